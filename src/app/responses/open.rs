//! Answering by an open link. Nobody was invited: the pass that stands sealed in the page says who answers, and
//! the response bears its name, so that a form that is sent twice is one response.

use super::{
    Drafted, Opened, Outcome, Typed, add, change, check_open, first_response, responses, setting::setting, tallies,
    until_it_holds,
};
use crate::app::App;
use crate::app::surveys::Instrument;
use crate::domain::answer::Answers;
use crate::domain::answer::quality::Sending;
use crate::domain::ident::InvitationId;
use crate::domain::language::Language;
use crate::domain::open_link::{OpenLink, Standing};
use crate::domain::token::{LinkCode, Pass, Token};
use crate::error::{Code, Error, Result};
use crate::store::invitations::{Asked, Invitation, State as Asking};
use crate::store::responses::{Channel, Response};
use crate::store::{Conn, accounts, open_links, users};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// When a link closes that has no last day.
const NEVER: i64 = 253_402_214_400;

/// What stands behind an open link.
pub struct Found {
    pub opened: Opened,
    /// Whether it takes a first answer.
    pub standing: Standing,
}

impl Found {
    /// The link itself.
    pub fn link(&self) -> Option<&OpenLink> {
        self.opened.open.as_ref()
    }

    /// What stands for an invitation's token, where pages are made for one person.
    pub fn token(&self) -> Token {
        let invitation = &self.opened.asked.invitation;
        Token { account_id: invitation.account, invitation_id: invitation.id }
    }
}

/// Looks up what an open link leads to for one visitor. Records nothing.
///
/// # Errors
/// `LinkUnknown` if there is no such link.
pub async fn open_link(app: &Arc<App>, code: LinkCode, pass: Pass) -> Result<Found> {
    let house = Arc::clone(app);
    app.db.glance(move |conn| found(&house, conn, code, pass, false)).await
}

fn found(app: &App, conn: &mut Conn, code: LinkCode, pass: Pass, hold: bool) -> Result<Found> {
    let link = open_links::by_code(conn, code)?;
    let response = match responses::find(conn, link.account, pass.id) {
        // A pass is made for one link; nobody comes to another's response by it.
        Ok(response) => (response.link == Some(link.id)).then_some(response),
        Err(error) if error.code() == Code::NotFound => None,
        Err(error) => return Err(error),
    };
    let taken = match link.most.filter(|_| response.is_none()) {
        Some(_) => {
            if hold {
                open_links::hold(conn, link.id)?;
            }
            open_links::taken(conn, &link)?
        }
        None => 0,
    };
    let standing = link.standing(app.now(), taken);
    let version = response.as_ref().map_or(link.version, |response| response.version);
    let instrument = app.surveys.get(conn, version)?;
    let asked = asked(app, conn, &link, pass, &instrument)?;
    let setting = setting(app, conn, &instrument, &asked, response.as_ref().map(|response| &response.answers))?;
    Ok(Found {
        opened: Opened { asked, instrument, response, setting, after: None, used: false, open: Some(link) },
        standing,
    })
}

/// What an invitation would say, had there been one.
fn asked(app: &App, conn: &mut Conn, link: &OpenLink, pass: Pass, instrument: &Instrument) -> Result<Asked> {
    let account = accounts::find_any(conn, link.account)?;
    let manager = match account.manager {
        Some(manager) => Some(users::find(conn, manager)?.name),
        None => None,
    };
    let never = DateTime::<Utc>::from_timestamp(NEVER, 0).unwrap_or_else(|| app.now());
    let is_open = matches!(link.standing(app.now(), 0), Standing::Open);
    let invitation = Invitation {
        account: link.account,
        id: InvitationId(pass.id.0),
        wave: Default::default(),
        version: instrument.version.id,
        contact: Default::default(),
        segment: account.segment().id(),
        kind: instrument.definition.kind.as_str().to_owned(),
        language: link.language.clone(),
        state: if is_open { Asking::Delivered } else { Asking::Cancelled },
        created_at: pass.at,
        delivered_at: None,
        delivered_day: None,
        answered_at: None,
        closes_at: link.closes_at.unwrap_or(never),
    };
    Ok(Asked {
        invitation,
        contact_name: None,
        salutation: None,
        role: None,
        account_name: account.name.clone(),
        segment: account.segment(),
        manager,
    })
}

/// Keeps what somebody has answered by an open link. The same pass changes the response that it has; what comes
/// back is on disk.
///
/// # Errors
/// `LinkUnknown`; `LinkClosed`, `LinkNotYet`, `LinkFull` for a first answer that is not taken; `ResponseFinal`,
/// `DatabaseUnavailable` as [`super::keep`].
pub async fn keep_open(
    app: &Arc<App>,
    code: LinkCode,
    pass: Pass,
    form: Vec<(String, String)>,
    shown: Option<Language>,
) -> Result<Outcome> {
    let typed = Arc::new((pass, form, shown));
    // What is refused is found out before the turn at the one who writes.
    let (house, reads) = (Arc::clone(app), Arc::clone(&typed));
    let glance = move |conn: &mut Conn| {
        let (pass, form, shown) = &*reads;
        weigh(&house, conn, code, *pass, form, shown.as_ref(), false).map(|weighed| weighed.err())
    };
    match app.db.glance(glance).await? {
        Some(Drafted::Rejected(opened, rejected)) => return Ok(Outcome::Rejected(opened, rejected)),
        Some(Drafted::Full(opened)) => return Ok(Outcome::Full(opened)),
        _ => {}
    }
    let attempt = || {
        let (house, typed) = (Arc::clone(app), Arc::clone(&typed));
        move |conn: &mut Conn| {
            let (pass, form, shown) = &*typed;
            write(&house, conn, code, *pass, form, shown.as_ref())
        }
    };
    until_it_holds(app, attempt).await
}

type Weighed = std::result::Result<(Opened, Answers, Language), Drafted>;

/// What a form comes to before anything is written: what is to be kept, or why not.
fn weigh(
    app: &App,
    conn: &mut Conn,
    code: LinkCode,
    pass: Pass,
    form: &[(String, String)],
    shown: Option<&Language>,
    hold: bool,
) -> Result<Weighed> {
    let Found { opened, standing } = found(app, conn, code, pass, hold)?;
    if opened.instrument.definition.anonymous {
        // None is drawn up for one; a response by a link keeps more than anonymity allows.
        return Err(Error::new(Code::LinkClosed));
    }
    if opened.response.is_none() {
        refuse(app, standing)?;
    } else if check_open(&opened.asked, app.now()).is_err() {
        return Err(Error::new(Code::ResponseFinal));
    }
    let definition = &opened.instrument.definition;
    let language = definition.language_for(shown.unwrap_or(&opened.asked.invitation.language));
    let parsed = Answers::parse_shown(definition, &opened.setting, form, &language);
    if opened.closed_by().is_some() {
        return Ok(Err(Drafted::Full(Box::new(opened))));
    }
    Ok(match parsed {
        Ok(answers) => Ok((opened, answers, language)),
        Err(rejected) => Err(Drafted::Rejected(Box::new(opened), rejected)),
    })
}

/// Whether a first answer is taken.
///
/// # Errors
/// `LinkClosed`, `LinkNotYet` with the day, `LinkFull`.
pub fn refuse(app: &App, standing: Standing) -> Result<()> {
    match standing {
        Standing::Open => Ok(()),
        Standing::NotYet(at) => Err(Error::new(Code::LinkNotYet).with("day", app.day_of(at))),
        Standing::Over => Err(Error::new(Code::LinkClosed)),
        Standing::Full => Err(Error::new(Code::LinkFull)),
    }
}

fn write(
    app: &App,
    conn: &mut Conn,
    code: LinkCode,
    pass: Pass,
    form: &[(String, String)],
    shown: Option<&Language>,
) -> Result<(Outcome, bool)> {
    let (opened, answers, language) = match weigh(app, conn, code, pass, form, shown, true)? {
        Ok(weighed) => weighed,
        Err(Drafted::Rejected(opened, rejected)) => return Ok((Outcome::Rejected(opened, rejected), false)),
        Err(Drafted::Full(opened)) => return Ok((Outcome::Full(opened), false)),
        Err(_) => return Err(Error::internal("no invitation stands behind a link")),
    };
    let now = app.now();
    let seconds = Some((now - pass.at).num_seconds()).filter(|seconds| *seconds >= 0);
    let sending = Sending { seconds, unseen: Typed::unseen(form) };
    let Opened { asked, instrument, response, open, .. } = opened;
    let definition = &instrument.definition;
    if let Some(before) = response {
        let kept = change(app, conn, definition, &asked, before, answers, language, sending)?;
        return Ok((Outcome::Kept(Box::new(kept)), false));
    }
    let Some(link) = open else { return Err(Error::new(Code::LinkUnknown)) };
    tallies::ensure_segment(conn, &asked.segment)?;
    let response = Response {
        id: pass.id,
        invitation: None,
        contact: None,
        wave: None,
        channel: Channel::OpenLink,
        source: Some(link.source.clone()),
        subject: link.subject,
        link: Some(link.id),
        ..first_response(app, &asked, definition, answers, language, sending)
    };
    add(conn, definition, &response, None)?;
    Ok((Outcome::Kept(Box::new(response)), true))
}
