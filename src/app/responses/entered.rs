//! Responses that our own people, or an agency, have brought in: by file, by telephone, on paper, about a site.

use super::super::App;
use super::{add, swap};
use crate::app::surveys::Instrument;
use crate::domain::answer::Answers;
use crate::domain::answer::quality;
use crate::domain::ident::{AccountId, ContactId, ResponseId, SegmentId, SubjectId, UserId};
use crate::domain::language::Language;
use crate::domain::survey::Definition;
use crate::error::{Code, Error, Result};
use crate::store::Conn;
use crate::store::invitations::{self, Invitation};
use crate::store::responses::{Channel, Response, State};
use crate::store::subjects;
use chrono::{DateTime, Utc};

/// What somebody brings in, looked through already.
pub(crate) struct Entered<'a> {
    /// What it is to be called; none: a new identifier.
    pub id: Option<ResponseId>,
    pub instrument: &'a Instrument,
    pub account: AccountId,
    pub contact: Option<ContactId>,
    /// The invitation that it answers, where there was one.
    pub invitation: Option<&'a Invitation>,
    /// Where the account stood on the day of the answers.
    pub segment: SegmentId,
    pub answers: Answers,
    pub language: Language,
    pub received_at: DateTime<Utc>,
    pub channel: Channel,
    pub source: Option<String>,
    pub subject: Option<SubjectId>,
    pub entered_by: Option<UserId>,
}

/// Keeps one, with what it adds to the tallies, in the open unit of work.
///
/// # Errors
/// `ChangedMeanwhile` if its invitation is answered already.
pub(crate) fn keep_entered(app: &App, conn: &mut Conn, entered: Entered<'_>) -> Result<Response> {
    let definition = &entered.instrument.definition;
    let day = app.day_of(entered.received_at);
    let answers_to = match entered.invitation {
        Some(invitation) if invitation.answered_at.is_some() => {
            return Err(Error::new(Code::ChangedMeanwhile).with("what", invitation.id));
        }
        Some(invitation) => invitations::mark_answered(conn, invitation, entered.received_at, day)?
            .map(|delivered| (delivered, invitation.segment)),
        None => None,
    };
    let kind = entered.invitation.map_or_else(|| definition.kind.as_str().to_owned(), |i| i.kind.clone());
    let response = Response {
        account: entered.account,
        id: entered.id.unwrap_or_else(|| app.chance.id(entered.received_at)),
        invitation: entered.invitation.map(|i| i.id),
        contact: entered.contact,
        wave: entered.invitation.map(|i| i.wave),
        version: entered.instrument.version.id,
        segment: entered.segment,
        kind,
        channel: entered.channel,
        state: State::Kept,
        why_excluded: None,
        flags: quality::of_answers(definition, &entered.answers),
        answers: entered.answers,
        language: entered.language,
        received_at: entered.received_at,
        day,
        changed_at: app.now(),
        revision: 1,
        took_seconds: None,
        source: entered.source,
        subject: entered.subject,
        entered_by: entered.entered_by,
        link: None,
    };
    add(conn, definition, &response, answers_to)?;
    Ok(response)
}

/// Puts other answers in the place of those that a feed has brought before; what does not count goes on not to.
pub(crate) fn correct_entered(
    conn: &mut Conn,
    definition: &Definition,
    before: &Response,
    after: Response,
) -> Result<()> {
    swap(conn, definition, before, after, None).map(drop)
}

/// Whom the ratings of a response are about: what it is about already, else the employee who looks after the account.
pub(crate) fn rated_employee(
    conn: &mut Conn,
    definition: &Definition,
    subject: Option<SubjectId>,
    account: AccountId,
) -> Result<Option<SubjectId>> {
    if subject.is_some() || !definition.rates_employee() {
        return Ok(subject);
    }
    subjects::manager_of(conn, account)
}
