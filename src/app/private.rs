//! A contact's own page: what they said, and what became of it as far as we chose to tell. It opens by a
//! link of its own and ends with the contact: who has left, or was erased, has none.

use super::App;
use super::surveys::Instrument;
use crate::domain::contact::Contact;
use crate::domain::follow_up::FollowUp;
use crate::domain::ident::UserId;
use crate::domain::token::Token;
use crate::error::{Code, Error, Result};
use crate::store::follow_ups::{self, Reply};
use crate::store::invitations::{self, Asked};
use crate::store::responses::{self, Response};
use crate::store::warnings::{self, Event};
use crate::store::{Conn, contacts, suppressions, users};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Responses that one page takes.
const MOST: i64 = 40;

/// All that stands on the page.
pub struct Page {
    pub asked: Asked,
    pub contact: Contact,
    /// What they have answered, the latest first.
    pub told: Vec<Told>,
    /// What somebody of us chose to tell of what was done at the account since they first answered, the latest first.
    pub done: Vec<Event>,
    /// Whether they get no more mails.
    pub stopped: bool,
    names: BTreeMap<UserId, String>,
}

/// One response, and what became of it.
pub struct Told {
    pub response: Response,
    pub instrument: Arc<Instrument>,
    pub follow_up: Option<FollowUp>,
    pub replies: Vec<Reply>,
    /// Whether they would speak for us, where they have said so.
    pub willing: Option<bool>,
}

impl Page {
    /// What somebody of us is called.
    pub fn name(&self, user: UserId) -> &str {
        self.names.get(&user).map_or("", String::as_str)
    }
}

/// Whose page a link opens.
///
/// # Errors
/// `LinkUnknown` if there is no such invitation; `LinkClosed` if the person is not with the account any more.
pub(super) fn person(conn: &mut Conn, token: Token) -> Result<(Asked, Contact)> {
    let missing =
        |code: Code| move |error: Error| if error.code() == Code::NotFound { Error::new(code) } else { error };
    let asked =
        invitations::with_people(conn, token.account_id, token.invitation_id).map_err(missing(Code::LinkUnknown))?;
    let contact =
        contacts::find(conn, token.account_id, asked.invitation.contact).map_err(missing(Code::LinkClosed))?;
    if contact.active { Ok((asked, contact)) } else { Err(Error::new(Code::LinkClosed)) }
}

/// What stands on somebody's own page. Records nothing.
///
/// # Errors
/// `LinkUnknown` if there is no such invitation; `LinkClosed` if the person is not with the account any more.
pub fn open(app: &App, token: Token) -> Result<Page> {
    app.db.read(|conn| {
        let (asked, contact) = person(conn, token)?;
        let account = token.account_id;
        let ids = follow_ups::responses_of(conn, account, contact.id, MOST)?;
        let promised = follow_ups::of_account(conn, account)?;
        let replies = follow_ups::replies_of(conn, account)?;
        let willing = follow_ups::willing_of(conn, account)?;
        let mut told = Vec::new();
        for id in ids {
            let response = responses::find(conn, account, id)?;
            told.push(Told {
                instrument: app.surveys.get(conn, response.version)?,
                follow_up: promised.iter().find(|one| one.response == id).cloned(),
                replies: replies.iter().filter(|one| one.response == id).cloned().collect(),
                willing: willing.iter().find(|one| one.response == id).map(|one| one.willing),
                response,
            });
        }
        // Who has told us nothing yet is told nothing.
        let first = told.iter().map(|one: &Told| one.response.received_at).min();
        let done = first.map_or(Ok(Vec::new()), |first| warnings::told_to(conn, account, first, MOST))?;
        let stopped = suppressions::contains(conn, &super::outbox::address_hash(app, &contact.email))?;
        let names = users::all(conn)?.into_iter().map(|user| (user.id, user.name)).collect();
        Ok(Page { asked, contact, told, done, stopped, names })
    })
}
