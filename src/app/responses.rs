//! Responses: keeping what customers answer, and what may become of it later. Every step folds what it
//! changes into the tallies, in the same unit of work.

mod entered;
mod open;
mod recount;
mod setting;

pub(crate) use entered::{Entered, correct_entered, keep_entered, rated_employee};
pub use open::{Found, keep_open, open_link, refuse};
pub use recount::{Differences, mend_tallies, recount};

use super::surveys::Instrument;
use super::visits::Begun;
use super::{App, Change, anonymous, follow_ups};
use crate::domain::answer::quality::{self, Flag, Sending};
use crate::domain::answer::{self, Answers, Rejected};
use crate::domain::follow_up::FollowUp;
use crate::domain::ident::{AccountId, ContactId, InvitationId, ResponseId, SegmentId, VersionId};
use crate::domain::language::Language;
use crate::domain::measure::{Measure, Measurement};
use crate::domain::open_link::{self, OpenLink};
use crate::domain::permission::{Action, Actor, Module, Operation, require};
use crate::domain::survey::Definition;
use crate::domain::survey::logic::{QUOTA, Quota, Setting};
use crate::domain::tally::{Counted, Fold, Segment};
use crate::domain::token::{self, LinkCode, Paper, Pass, Purpose, Token};
use crate::error::{Code, Error, Fault, Result};
use crate::store::Conn;
use crate::store::accounts;
use crate::store::anonymous::Slip;
use crate::store::contacts;
use crate::store::invitations::{self, Asked};
use crate::store::responses::{self, Channel, Response, State};
use crate::store::sent_forms;
use crate::store::suppressions;
use crate::store::tallies;
use crate::store::visits;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;
use setting::setting;
use std::sync::Arc;

/// How often a step is tried again that met another of the same response.
const TRIES: usize = 4;
/// The most characters of a reason for which a response does not count.
const LONGEST_REASON: usize = 500;

/// The field that holds the sealed time of the page.
pub const SHOWN: &str = "_shown";
/// The field in which the page's script says what it saw of a person: `none` until it saw anything.
pub const SIGN: &str = "_sign";
/// The field that holds the key of one press of the button: who sends the same again, since no answer came
/// through, sends the same key.
pub const ONCE: &str = "_once";
/// The field that says for how many seconds a form waited for a connection.
pub const WAITED: &str = "_waited";

/// What stands behind a link that somebody has opened.
pub struct Opened {
    pub asked: Asked,
    pub instrument: Arc<Instrument>,
    /// What they have answered before.
    pub response: Option<Response>,
    /// What decides which questions they are asked.
    pub setting: Setting,
    /// The open link that they came by, where nobody invited them.
    pub open: Option<OpenLink>,
    /// Whether the link of an anonymous survey was used: nobody can tell with which answers.
    pub used: bool,
    /// What comes of the response; of who opened the link to look at it.
    pub after: Option<After>,
}

/// What comes of a response.
#[derive(Debug, Clone, Default)]
pub struct After {
    /// What is promised, and by whom.
    pub promise: Option<(FollowUp, String)>,
    /// Whether they would speak for us, where they have said so.
    pub willing: Option<bool>,
}

impl Opened {
    /// Whether answers are taken at this moment.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        check_open(&self.asked, now).is_ok()
    }

    /// Until when a first answer is taken, or the one that was given may be changed.
    pub fn open_until(&self, app: &App) -> DateTime<Utc> {
        let closes = self.asked.invitation.closes_at;
        self.response.as_ref().map_or(closes, |response| changeable_until(app, response).min(closes))
    }

    /// Where its page is.
    pub fn path(&self, app: &App, token: Token) -> String {
        match &self.open {
            Some(link) => format!("/{}/{}", LinkCode::PATH, link.code.seal(app.seal_key())),
            None => format!("/{}/{}", Purpose::Answer.path(), token.seal(app.seal_key(), Purpose::Answer)),
        }
    }

    /// Where the mails are stopped, if any are sent.
    pub fn stop_path(&self, app: &App, token: Token) -> Option<String> {
        let path = || format!("/{}/{}", Purpose::Unsubscribe.path(), token.seal(app.seal_key(), Purpose::Unsubscribe));
        self.open.is_none().then(path)
    }

    /// When a page was given out, sealed; by an open link, and to whom.
    pub fn stamp(&self, app: &App, token: Token, at: DateTime<Utc>) -> String {
        match &self.open {
            Some(link) => {
                Pass { id: ResponseId(token.invitation_id.0), at }.seal(app.seal_key(), Paper::Page, link.code)
            }
            None => token::stamp(app.seal_key(), &token, at),
        }
    }

    /// Reads what [`Self::stamp`] made.
    pub fn read_stamp(&self, app: &App, token: Token, text: &str) -> Option<DateTime<Utc>> {
        match &self.open {
            Some(link) => Pass::read(app.seal_key(), Paper::Page, link.code, text).map(|pass| pass.at),
            None => token::read_stamp(app.seal_key(), &token, text),
        }
    }

    /// When no first answer is taken any more, if that is known.
    pub fn closes_at(&self) -> Option<DateTime<Utc>> {
        self.open.as_ref().map_or(Some(self.asked.invitation.closes_at), |link| link.closes_at)
    }

    /// The quota that has closed the survey to who has not answered yet.
    pub fn closed_by(&self) -> Option<&Quota> {
        let full = |quota: &&Quota| quota.closes.is_none() && self.setting.full.contains(&quota.key);
        self.instrument.definition.quotas.iter().find(full).filter(|_| self.response.is_none())
    }
}

/// What became of a form.
pub enum Outcome {
    Kept(Box<Response>),
    /// Nothing was recorded; what was typed is in it.
    Rejected(Box<Opened>, Rejected),
    /// Enough others have answered in the meantime; nothing was recorded.
    Full(Box<Opened>),
    /// The link of an anonymous survey is used now, or was before: nobody can tell with which answers. The page to be
    /// shown speaks this language.
    Used(Language),
}

/// Looks up what a link leads to. Records nothing.
///
/// # Errors
/// `LinkUnknown` if there is no such invitation.
pub async fn open(app: &Arc<App>, token: Token) -> Result<Opened> {
    let house = Arc::clone(app);
    app.db.glance(move |conn| look_up(&house, conn, token)).await
}

/// The same with what was begun by the link and not sent, in one visit to the database: what the page of the survey
/// needs.
///
/// # Errors
/// As [`open`].
pub async fn open_with_begun(app: &Arc<App>, token: Token) -> Result<(Opened, Option<Begun>)> {
    let house = Arc::clone(app);
    let look = move |conn: &mut Conn| {
        let opened = look_up(&house, conn, token)?;
        let begun = super::visits::begun(&house, conn, token, &opened)?;
        Ok((opened, begun))
    };
    app.db.glance(look).await
}

fn look_up(app: &App, conn: &mut Conn, token: Token) -> Result<Opened> {
    let asked = asked(conn, token)?;
    let instrument = app.surveys.get(conn, asked.invitation.version)?;
    let response = match asked.invitation.answered_at {
        Some(_) => responses::by_invitation(conn, token.account_id, token.invitation_id)?,
        None => None,
    };
    let setting = setting(app, conn, &instrument, &asked, response.as_ref().map(|response| &response.answers))?;
    let after = match &response {
        Some(response) if response.contact.is_some() => follow_ups::after(conn, response)?,
        _ => None,
    };
    let anonymous = instrument.definition.anonymous;
    let used = anonymous && anonymous::is_used(app, conn, &asked.invitation)?;
    Ok(Opened { asked, instrument, response, setting, after, used, open: None })
}

fn asked(conn: &mut Conn, token: Token) -> Result<Asked> {
    invitations::with_people(conn, token.account_id, token.invitation_id).map_err(|error| match error.code() {
        Code::NotFound => Error::new(Code::LinkUnknown),
        _ => error,
    })
}

/// An invitation is answered until its survey closes, and not after it was cancelled.
fn check_open(asked: &Asked, now: DateTime<Utc>) -> Result<()> {
    let cancelled = asked.invitation.state == invitations::State::Cancelled;
    if cancelled || now >= asked.invitation.closes_at { Err(Error::new(Code::LinkClosed)) } else { Ok(()) }
}

/// When the time to change a response ends, unless its survey closes before.
fn changeable_until(app: &App, response: &Response) -> DateTime<Utc> {
    response.received_at + TimeDelta::days(i64::from(app.config.answering.change_days))
}

/// Keeps what somebody has answered by their link. A second form from the same link changes the
/// response; there is never more than one. What comes back is on disk.
///
/// `shown` is the language that the form was shown in.
///
/// # Errors
/// `LinkUnknown`, `LinkClosed`; `ResponseFinal` if the response was erased or the time for changes is over;
/// `DatabaseUnavailable`.
pub async fn keep(
    app: &Arc<App>,
    token: Token,
    form: Vec<(String, String)>,
    shown: Option<Language>,
) -> Result<Outcome> {
    // Reading, and all that is to be thought about, comes before the turn at the one who writes: a unit
    // there holds up everybody behind it. What was read is held against the row when it is written.
    let (house, reads) = (Arc::clone(app), Arc::new(Typed { token, form, shown }));
    let typed = Arc::clone(&reads);
    let mut draft = match app.db.glance(move |conn| draft(&house, conn, &reads)).await? {
        Drafted::Rejected(opened, rejected) => return Ok(Outcome::Rejected(opened, rejected)),
        Drafted::Full(opened) => return Ok(Outcome::Full(opened)),
        Drafted::First(draft) => Some(draft),
        Drafted::Again => None,
        Drafted::Used(language) => return Ok(Outcome::Used(language)),
        Drafted::Sealed(slip, language) => {
            let put = app.db.write_grouped(move |conn| anonymous::put(conn, &slip, Some(&token))).await;
            return match put {
                Err(error) if error.code() != Code::ResponseFinal => Err(error),
                _ => Ok(Outcome::Used(language)),
            };
        }
    };
    let attempt = || {
        let (house, typed, draft) = (Arc::clone(app), Arc::clone(&typed), draft.take());
        move |conn: &mut Conn| match draft {
            Some(draft) => match keep_first(conn, *draft)? {
                Some(response) => Ok((Outcome::Kept(Box::new(response)), true)),
                None => keep_in(&house, conn, &typed),
            },
            None => keep_in(&house, conn, &typed),
        }
    };
    until_it_holds(app, attempt).await
}

/// Writes what a form comes to; where two forms of one page met, once more: the later one finds the response of the
/// first, and changes it. Each attempt says also whether the response is a new one.
async fn until_it_holds<W>(app: &App, mut attempt: impl FnMut() -> W) -> Result<Outcome>
where
    W: FnOnce(&mut Conn) -> Result<(Outcome, bool)> + Send + 'static,
{
    let mut tries = 1;
    loop {
        match app.db.write_grouped(attempt()).await {
            Err(error) if error.code() == Code::ChangedMeanwhile && tries < TRIES => tries += 1,
            Err(error) => return Err(error),
            Ok((outcome, new)) => {
                if new {
                    metrics::counter!("bellwether_responses_kept_total").increment(1);
                }
                return Ok(outcome);
            }
        }
    }
}

/// A form as it came in.
struct Typed {
    token: Token,
    form: Vec<(String, String)>,
    shown: Option<Language>,
}

impl Typed {
    /// How the form was sent, by what stands in it: the sealed time of its page, and what the script saw.
    fn sending(&self, app: &App, now: DateTime<Utc>) -> Sending {
        let field = |name: &str| self.form.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        let shown = field(SHOWN).and_then(|text| token::read_stamp(app.seal_key(), &self.token, text));
        let waited = field(WAITED).and_then(|text| text.parse::<u32>().ok()).unwrap_or_default();
        // The stamp knows whole seconds, rounded down: in doubt somebody took longer.
        let seconds = shown.map(|at| (now - at).num_seconds()).filter(|seconds| *seconds >= 0);
        let seconds = seconds.map(|seconds| (seconds - i64::from(waited)).max(0));
        Sending { seconds, unseen: Self::unseen(&self.form) }
    }

    /// Whether the script of the page ran and saw nobody.
    fn unseen(form: &[(String, String)]) -> bool {
        form.iter().any(|(name, value)| name == SIGN && value == "none")
    }

    /// The key of this sending, if it has one that could be ours.
    fn once(&self) -> Option<&str> {
        let key = self.form.iter().find(|(name, _)| name == ONCE).map(|(_, value)| value.as_str())?;
        let fits = (16..=40).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        fits.then_some(key)
    }
}

/// What a form comes to before anything is written.
enum Drafted {
    Rejected(Box<Opened>, Rejected),
    Full(Box<Opened>),
    /// The first response of its invitation.
    First(Box<Draft>),
    /// There is a response already, or more is to be noted than a response.
    Again,
    /// The answers to an anonymous survey, ready for the box.
    Sealed(Box<Slip>, Language),
    /// The link of an anonymous survey was used before.
    Used(Language),
}

/// A response that waits for its turn to be written.
struct Draft {
    response: Response,
    measured: Vec<Measurement>,
    folds: Vec<Fold>,
    answers_to: NaiveDate,
    /// The key of the sending.
    once: Option<String>,
    /// What it promises to somebody who is not content.
    promise: Option<FollowUp>,
}

fn draft(app: &App, conn: &mut Conn, typed: &Typed) -> Result<Drafted> {
    let now = app.now();
    let asked = asked(conn, typed.token)?;
    let instrument = app.surveys.get(conn, asked.invitation.version)?;
    if instrument.definition.anonymous {
        check_open(&asked, now)?;
        return seal(app, conn, typed, asked, instrument);
    }
    let (Some(answers_to), None) = (asked.invitation.delivered_day, asked.invitation.answered_at) else {
        return Ok(Drafted::Again);
    };
    check_open(&asked, now)?;
    let definition = &instrument.definition;
    let language = definition.language_for(typed.shown.as_ref().unwrap_or(&asked.invitation.language));
    let setting = setting(app, conn, &instrument, &asked, None)?;
    let parsed = Answers::parse_shown(definition, &setting, &typed.form, &language);
    let opened = Opened {
        asked,
        instrument: Arc::clone(&instrument),
        response: None,
        setting,
        after: None,
        used: false,
        open: None,
    };
    if opened.closed_by().is_some() {
        return Ok(Drafted::Full(Box::new(opened)));
    }
    let answers = match parsed {
        Ok(answers) => answers,
        Err(rejected) => return Ok(Drafted::Rejected(Box::new(opened), rejected)),
    };
    let asked = opened.asked;
    let mut response = first_response(app, &asked, definition, answers, language, typed.sending(app, now));
    response.subject = rated_employee(conn, definition, response.subject, response.account)?;
    let measured = measured(definition, &response);
    let folds = counted(definition, &response, measured.clone(), Some((answers_to, asked.invitation.segment))).folds();
    let once = typed.once().map(ToOwned::to_owned);
    let promise = follow_ups::owed(app, conn, definition, &response)?;
    Ok(Drafted::First(Box::new(Draft { response, measured, folds, answers_to, once, promise })))
}

/// Reads the answers to an anonymous survey and seals them. How they were sent is left aside.
fn seal(app: &App, conn: &mut Conn, typed: &Typed, asked: Asked, instrument: Arc<Instrument>) -> Result<Drafted> {
    let definition = &instrument.definition;
    let language = definition.language_for(typed.shown.as_ref().unwrap_or(&asked.invitation.language));
    if anonymous::is_used(app, conn, &asked.invitation)? {
        return Ok(Drafted::Used(language));
    }
    check_open(&asked, app.now())?;
    let setting = setting(app, conn, &instrument, &asked, None)?;
    let parsed = Answers::parse_shown(definition, &setting, &typed.form, &language);
    let opened = Opened {
        asked,
        instrument: Arc::clone(&instrument),
        response: None,
        setting,
        after: None,
        used: false,
        open: None,
    };
    if opened.closed_by().is_some() {
        return Ok(Drafted::Full(Box::new(opened)));
    }
    let sealed = match parsed {
        Ok(answers) => anonymous::slip(app, &instrument, Some(&typed.token), &opened.asked.segment, &answers)?,
        Err(rejected) => Err(rejected),
    };
    Ok(match sealed {
        Ok(slip) => Drafted::Sealed(Box::new(slip), language),
        Err(rejected) => Drafted::Rejected(Box::new(opened), rejected),
    })
}

/// Writes a draft, unless its invitation is not any more as it was read: then nothing is written.
fn keep_first(conn: &mut Conn, draft: Draft) -> Result<Option<Response>> {
    let Draft { response, measured, folds, answers_to, once, promise } = draft;
    let Some(invitation) = response.invitation else { return Ok(None) };
    if !invitations::mark_first_answer(conn, response.account, invitation, response.received_at, answers_to)? {
        return Ok(None);
    }
    responses::insert(conn, &response, &measured)?;
    if let Some(promise) = promise {
        crate::store::follow_ups::insert(conn, &promise)?;
    }
    tallies::fold(conn, folds)?;
    if let Some(once) = once {
        sent_forms::note(conn, response.account, invitation, &once, response.received_at)?;
    }
    Ok(Some(response))
}

/// What became of a form, and whether it made a new response. Reads everything anew, with the invitation
/// held.
fn keep_in(app: &App, conn: &mut Conn, typed: &Typed) -> Result<(Outcome, bool)> {
    let now = app.now();
    let token = typed.token;
    invitations::hold(conn, token.account_id, token.invitation_id)?;
    let asked = asked(conn, token)?;
    let before = match asked.invitation.answered_at {
        Some(_) => responses::by_invitation(conn, token.account_id, token.invitation_id)?,
        None => None,
    };
    if let (Some(before), Some(once)) = (&before, typed.once())
        && before.state != State::Erased
        && sent_forms::is_known(conn, token.account_id, token.invitation_id, once)?
    {
        // It was taken before, whatever has become of the response since.
        return Ok((Outcome::Kept(Box::new(before.clone())), false));
    }
    check_open(&asked, now)?;
    let instrument = app.surveys.get(conn, asked.invitation.version)?;
    let definition = &instrument.definition;
    let language = definition.language_for(typed.shown.as_ref().unwrap_or(&asked.invitation.language));
    let setting = setting(app, conn, &instrument, &asked, before.as_ref().map(|response| &response.answers))?;
    let parsed = Answers::parse_shown(definition, &setting, &typed.form, &language);
    let opened = Opened {
        asked,
        instrument: Arc::clone(&instrument),
        response: before,
        setting,
        after: None,
        used: false,
        open: None,
    };
    if opened.closed_by().is_some() {
        return Ok((Outcome::Full(Box::new(opened)), false));
    }
    let answers = match parsed {
        Ok(answers) => answers,
        Err(rejected) => return Ok((Outcome::Rejected(Box::new(opened), rejected), false)),
    };
    let Opened { asked, response: before, .. } = opened;
    let (kept, new) = match before {
        Some(before) => {
            let kept = change(app, conn, definition, &asked, before, answers, language, typed.sending(app, now))?;
            (kept, false)
        }
        None => {
            let mut response = first_response(app, &asked, definition, answers, language, typed.sending(app, now));
            response.subject = rated_employee(conn, definition, response.subject, response.account)?;
            let invitation = &asked.invitation;
            let delivered = invitations::mark_answered(conn, invitation, now, response.day)?;
            add(conn, definition, &response, delivered.map(|day| (day, invitation.segment)))?;
            follow_ups::settle(app, conn, definition, &response)?;
            (response, true)
        }
    };
    if let Some(once) = typed.once() {
        sent_forms::note(conn, token.account_id, token.invitation_id, once, now)?;
    }
    Ok((Outcome::Kept(Box::new(kept)), new))
}

/// The response that first answers makes of an invitation.
fn first_response(
    app: &App,
    asked: &Asked,
    definition: &Definition,
    answers: Answers,
    language: Language,
    sending: Sending,
) -> Response {
    let (invitation, now) = (&asked.invitation, app.now());
    let flags = quality::flags(definition, &answers, sending);
    Response {
        account: invitation.account,
        id: app.chance.id(now),
        invitation: Some(invitation.id),
        contact: Some(invitation.contact),
        wave: Some(invitation.wave),
        version: invitation.version,
        segment: asked.segment.id(),
        kind: invitation.kind.clone(),
        channel: Channel::Web,
        state: State::Kept,
        why_excluded: None,
        answers,
        language,
        received_at: now,
        day: app.day_of(now),
        changed_at: now,
        revision: 1,
        took_seconds: sending.seconds,
        flags,
        source: None,
        subject: None,
        entered_by: None,
        link: None,
    }
}

#[expect(clippy::too_many_arguments, reason = "each is a thing of its own that a change needs")]
fn change(
    app: &App,
    conn: &mut Conn,
    definition: &Definition,
    asked: &Asked,
    before: Response,
    answers: Answers,
    language: Language,
    sending: Sending,
) -> Result<Response> {
    if before.state == State::Erased {
        return Err(Error::new(Code::ResponseFinal));
    }
    if before.answers == answers {
        // The same form twice, by a double click or from two tabs.
        return Ok(before);
    }
    if app.now() >= changeable_until(app, &before) {
        return Err(Error::new(Code::ResponseFinal));
    }
    let mut response = before.clone();
    response.flags.retain(Flag::is_of_sending);
    if sending.unseen && !response.flags.contains(&Flag::NoSign) {
        response.flags.push(Flag::NoSign);
    }
    response.flags.extend(quality::of_answers(definition, &answers));
    response.answers = answers;
    response.language = language;
    response.changed_at = app.now();
    let answers_to = asked.invitation.delivered_day.map(|day| (day, asked.invitation.segment));
    let response = swap(conn, definition, &before, response, answers_to)?;
    follow_ups::settle(app, conn, definition, &response)?;
    let told = |one: &Response| Some(json!(one.answers.without_ratings(definition)));
    let words = (told(&before), told(&response));
    let change = Change::new("changed by the customer", "response", &response.id).of_account(response.account);
    app.note(conn, &app.service(), change.was(words.0).to(words.1))?;
    Ok(response)
}

/// Keeps a new response and what it adds to the tallies.
fn add(
    conn: &mut Conn,
    definition: &Definition,
    response: &Response,
    answers_to: Option<(NaiveDate, SegmentId)>,
) -> Result<()> {
    let measured = measured(definition, response);
    responses::insert(conn, response, &measured)?;
    tallies::fold(conn, counted(definition, response, measured, answers_to).folds())
}

/// Saves a response in place of what it was, and turns the tallies from one to the other. Returns it
/// with its new revision.
fn swap(
    conn: &mut Conn,
    definition: &Definition,
    before: &Response,
    mut after: Response,
    answers_to: Option<(NaiveDate, SegmentId)>,
) -> Result<Response> {
    let measured_after = measured(definition, &after);
    responses::replace(conn, &after, &measured_after)?;
    if before.state == State::Kept {
        tallies::fold_back(conn, counted(definition, before, measured(definition, before), answers_to).folds())?;
    }
    if after.state == State::Kept {
        tallies::fold(conn, counted(definition, &after, measured_after, answers_to).folds())?;
    }
    after.revision += 1;
    Ok(after)
}

/// What is measured by a response; nothing by one that does not count.
pub(super) fn measured(definition: &Definition, response: &Response) -> Vec<Measurement> {
    if response.state == State::Kept { answer::measurements(definition, &response.answers) } else { Vec::new() }
}

pub(super) fn counted(
    definition: &Definition,
    response: &Response,
    mut measurements: Vec<Measurement>,
    answers_to: Option<(NaiveDate, SegmentId)>,
) -> Counted {
    let mut values = answer::values(&response.answers);
    // What fills a quota is counted like a value, so it is taken back like one when a response changes.
    values.extend(definition.fills(&response.answers).map(|quota| (QUOTA.to_owned(), quota.key.clone())));
    // Which way it came is told of those alone that did not come by the page.
    if response.channel != Channel::Web {
        let came = Measure::Came(response.channel.as_str().to_owned());
        measurements.push(Measurement { measure: came, x: 1000 });
    }
    if let Some(link) = response.link {
        // So is what came in by an open link.
        let recommends = measurements.iter().find(|m| m.measure == Measure::Recommend).map(|m| m.x);
        let places = open_link::counted_as(link, recommends);
        values.extend(places.into_iter().map(|place| (open_link::LINK.to_owned(), place)));
    }
    Counted {
        account: response.account,
        version: response.version,
        segment: response.segment,
        kind: response.kind.clone(),
        day: response.day,
        values,
        measurements,
        answers: answers_to,
        subject: response.subject,
    }
}

/// A response that comes in by another way than the customer's own click.
pub struct Import {
    pub account: AccountId,
    pub contact: Option<ContactId>,
    pub version: VersionId,
    /// The invitation that it answers, where there was one.
    pub invitation: Option<InvitationId>,
    pub answers: Answers,
    pub received_at: DateTime<Utc>,
    pub channel: Channel,
    pub language: Language,
    /// Where the account stood at that time; where it stands today, if not known.
    pub segment: Option<Segment>,
}

/// Takes in one response from elsewhere. Works on an open unit of work, so that many share one.
///
/// # Errors
/// `NotFound` if account, version or invitation are not there; `ChangedMeanwhile` if the invitation is
/// answered already.
pub fn import_one(app: &App, conn: &mut Conn, import: Import) -> Result<Response> {
    let instrument = app.surveys.get(conn, import.version)?;
    if instrument.definition.anonymous {
        return Err(Error::new(Code::SurveyAnonymous).with("name", instrument.name()));
    }
    let day = app.day_of(import.received_at);
    let segment = match import.segment {
        Some(segment) => segment,
        None => accounts::find_any(conn, import.account)?.segment(),
    };
    let invitation = import.invitation.map(|id| invitations::find(conn, import.account, id)).transpose()?;
    let answers_to = match &invitation {
        Some(invitation) => {
            invitations::mark_answered(conn, invitation, import.received_at, day)?.map(|day| (day, invitation.segment))
        }
        None => None,
    };
    let flags = quality::of_answers(&instrument.definition, &import.answers);
    let response = Response {
        account: import.account,
        id: app.chance.id(import.received_at),
        invitation: import.invitation,
        contact: import.contact,
        wave: invitation.as_ref().map(|i| i.wave),
        version: import.version,
        segment: tallies::ensure_segment(conn, &segment)?,
        kind: invitation.map_or_else(|| instrument.definition.kind.as_str().to_owned(), |i| i.kind),
        channel: import.channel,
        state: State::Kept,
        why_excluded: None,
        answers: import.answers,
        language: import.language,
        received_at: import.received_at,
        day,
        changed_at: import.received_at,
        revision: 1,
        took_seconds: None,
        flags,
        source: None,
        subject: None,
        entered_by: None,
        link: None,
    };
    add(conn, &instrument.definition, &response, answers_to)?;
    Ok(response)
}

/// Takes a response out of all figures, for a reason that stays with it.
///
/// # Errors
/// `StepImpossible` unless it counts now; `ValueMissing` without a reason; `Forbidden`, `NotFound`.
pub fn exclude(app: &App, actor: &Actor, account: AccountId, id: ResponseId, why: &str) -> Result<Response> {
    let why = why.trim();
    if why.is_empty() {
        return Err(Fault::field("why", Code::ValueMissing).into());
    }
    if why.chars().count() > LONGEST_REASON {
        return Err(Fault::field("why", Code::ValueTooLong).with("max", LONGEST_REASON).into());
    }
    step(app, actor, Operation::Change, "excluded", account, id, |response| match response.state {
        State::Kept => {
            response.state = State::Excluded;
            response.why_excluded = Some(why.to_owned());
            true
        }
        State::Excluded | State::Erased => false,
    })
}

/// Lets a response that was excluded count again.
///
/// # Errors
/// `StepImpossible` unless it is excluded; `Forbidden`, `NotFound`.
pub fn restore(app: &App, actor: &Actor, account: AccountId, id: ResponseId) -> Result<Response> {
    step(app, actor, Operation::Change, "restored", account, id, |response| match response.state {
        State::Excluded => {
            response.state = State::Kept;
            response.why_excluded = None;
            true
        }
        State::Kept | State::Erased => false,
    })
}

/// Erases what a response says and who gave it, for good: as the person may ask of us.
///
/// # Errors
/// `StepImpossible` if that is done already; `Forbidden`, `NotFound`.
pub fn erase(app: &App, actor: &Actor, account: AccountId, id: ResponseId) -> Result<Response> {
    step(app, actor, Operation::Delete, "erased", account, id, |response| {
        let there = response.state != State::Erased;
        response.state = State::Erased;
        response.why_excluded = None;
        response.answers = Answers::default();
        response.contact = None;
        response.took_seconds = None;
        response.flags.clear();
        there
    })
}

/// One step of the state of a response; `take` says whether it is possible.
fn step(
    app: &App,
    actor: &Actor,
    operation: Operation,
    verb: &'static str,
    account: AccountId,
    id: ResponseId,
    take: impl FnOnce(&mut Response) -> bool,
) -> Result<Response> {
    let action = Action::new(Module::Responses, operation);
    require(actor, action, None)?;
    app.db.write(|conn| {
        let standing = accounts::find_any(conn, account)?.standing();
        require(actor, action, Some(&standing))?;
        let before = responses::find(conn, account, id)?;
        let instrument = app.surveys.get(conn, before.version)?;
        let mut after = before.clone();
        if !take(&mut after) {
            return Err(Error::new(Code::StepImpossible).with("state", before.state.as_str()));
        }
        after.changed_at = app.now();
        if let (State::Erased, Some(invitation)) = (after.state, before.invitation) {
            visits::forget(conn, account, invitation)?;
            sent_forms::forget(conn, account, invitation)?;
        }
        let invitation = before.invitation.map(|id| invitations::find(conn, account, id)).transpose()?;
        let answers_to = invitation.and_then(|i| Some((i.delivered_day?, i.segment)));
        let after = if account.is_anonymous() {
            anonymous::swap(conn, &instrument.definition, &before, after)?
        } else {
            swap(conn, &instrument.definition, &before, after, answers_to)?
        };
        follow_ups::settle(app, conn, &instrument.definition, &after)?;
        // Of what is erased, the trail must not keep a copy: it tells the states alone.
        let state = |r: &Response| Some(json!({ "state": r.state.as_str(), "why": r.why_excluded }));
        let change = Change::new(verb, "response", &id).of_account(account).was(state(&before)).to(state(&after));
        app.note(conn, actor, change)?;
        Ok(after)
    })
}

/// Whom an unsubscribe link belongs to, for the page that asks. Records nothing.
///
/// # Errors
/// `LinkUnknown` if there is no such invitation.
pub fn open_unsubscribe(app: &App, token: Token) -> Result<Asked> {
    app.db.read(|conn| asked(conn, token))
}

/// Stops all mails to the address behind an unsubscribe link, at whatever account it turns up.
///
/// # Errors
/// `LinkUnknown` if there is no such invitation; `DatabaseUnavailable`.
pub fn unsubscribe(app: &App, token: Token) -> Result<Asked> {
    app.db.write(|conn| {
        let asked = asked(conn, token)?;
        let contact = match contacts::find(conn, token.account_id, asked.invitation.contact) {
            // Who was erased gets no mails.
            Err(error) if error.code() == Code::NotFound => return Ok(asked),
            found => found?,
        };
        let hash = super::outbox::address_hash(app, &contact.email);
        if suppressions::add(conn, &hash, suppressions::Reason::Unsubscribed, app.now())? {
            let change = Change::new("unsubscribed", "contact", &contact.id).of_account(token.account_id);
            app.note(conn, &app.service(), change)?;
        }
        Ok(asked)
    })
}
