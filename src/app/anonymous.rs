//! Anonymous surveys: putting answers into the box, and opening it. What holds against whom is in `docs/anonymity.md`;
//! the rules of counting are in [`anonymity`].

use super::responses::{counted, measured};
use super::surveys::Instrument;
use super::{App, Change};
use crate::domain::anonymity::{self, sealed};
use crate::domain::answer::{Answer, Answers, Rejected, quality};
use crate::domain::ident::{AccountId, ResponseId, VersionId};
use crate::domain::measure::{Measure, Sums};
use crate::domain::survey::Definition;
use crate::domain::tally::{AccountKey, Counted, Fold, Segment};
use crate::domain::token::Token;
use crate::error::{Code, Error, Fault, Result};
use crate::store::anonymous::{self as kept, Slip};
use crate::store::invitations::{self, Invitation};
use crate::store::responses::{self, Channel, Response, State};
use crate::store::{Conn, accounts, tallies};
use chrono::{NaiveDate, NaiveTime};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many rows are read at once.
const CHUNK: i64 = 500;

/// What became of the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opening {
    /// Answers that count from now on.
    pub opened: usize,
    /// Answers that wait for more.
    pub waiting: usize,
}

/// What lies in the box, as JSON: where the account stood, and the answers. Nothing of the person.
type Paper = (String, String, String, Answers);

/// Seals the answers to an anonymous survey; `token` is that of the invitation they came by, if there was one. Nothing
/// is written yet: that is [`put`].
///
/// # Errors
/// The answers, with the fault at the longest, if together they are longer than what is sealed.
pub fn slip(
    app: &App,
    instrument: &Instrument,
    token: Option<&Token>,
    segment: &Segment,
    answers: &Answers,
) -> Result<std::result::Result<Slip, Rejected>> {
    let Segment { tier, region, product_line } = segment.clone();
    let paper: Paper = (tier, region, product_line, answers.clone());
    let text = serde_json::to_vec(&paper).map_err(Error::internal)?;
    let Some(sealed) = app.box_key().seal(app.chance.bytes(), &text) else {
        return Ok(Err(too_long(&instrument.definition, answers)));
    };
    let mark = token.map(|token| app.box_key().mark(token));
    Ok(Ok(Slip { id: random(app).into_bytes(), version: instrument.version.id, mark, sealed }))
}

/// Puts a sealed answer into the box, in an open unit of work: durable, and once for each invitation.
///
/// # Errors
/// `ResponseFinal` if the invitation was used; nothing is kept then.
pub fn put(conn: &mut Conn, slip: &Slip, token: Option<&Token>) -> Result<()> {
    let used = Error::new(Code::ResponseFinal);
    if !kept::put(conn, slip)? {
        return Err(used);
    }
    // The box is locked by having been written to: who opens it has been here before, or comes after.
    if let Some(token) = token
        && invitations::find(conn, token.account_id, token.invitation_id)?.answered_at.is_some()
    {
        return Err(used);
    }
    Ok(())
}

/// Whether an invitation to an anonymous survey was used.
pub(super) fn is_used(app: &App, conn: &mut Conn, invitation: &Invitation) -> Result<bool> {
    let token = Token { account_id: invitation.account, invitation_id: invitation.id };
    Ok(invitation.answered_at.is_some() || kept::is_marked(conn, &app.box_key().mark(&token))?)
}

/// Opens the box: of each survey of which enough answers wait, and which was not opened today. Safe to run again.
///
/// # Errors
/// What the database fails with.
pub fn open_box(app: &App) -> Result<Opening> {
    let mut done = Opening::default();
    for version in app.db.read(kept::versions)? {
        let one = app.db.write(|conn| open_version(app, conn, version))?;
        done.opened += one.opened;
        done.waiting += one.waiting;
    }
    // Also what an earlier run, cut short, has left behind.
    kept::scrub(&app.db)?;
    Ok(done)
}

fn open_version(app: &App, conn: &mut Conn, version: VersionId) -> Result<Opening> {
    kept::hold(conn)?;
    let (today, least) = (app.today(), app.config.figures.anonymity_minimum as usize);
    let waiting = papers(app, conn, version)?;
    if kept::openings(conn, version)?.contains_key(&today) {
        return Ok(Opening { opened: 0, waiting: waiting.len() });
    }
    let instrument = app.surveys.get(conn, version)?;
    let mut people: BTreeMap<Segment, usize> = BTreeMap::new();
    waiting.values().for_each(|(segment, _)| *people.entry(segment.clone()).or_default() += 1);
    let placed = anonymity::groups(&people, least);
    let mut responses = BTreeMap::new();
    let mut taken = Vec::new();
    let total = waiting.len();
    for (id, (own, answers)) in waiting {
        let Some(into) = placed.get(&own) else { continue };
        let account = accounts::anonymous_of(conn, into, today)?;
        let response = response(app, &instrument, account, into, answers, today);
        responses.insert(response.id, response);
        taken.push(id);
    }
    if taken.is_empty() {
        return Ok(Opening { opened: 0, waiting: total });
    }
    // In the order of their new identifiers, which are random.
    for response in responses.values() {
        responses::insert(conn, response, &measured(&instrument.definition, response))?;
    }
    kept::open_on(conn, version, today, least)?;
    let openings = kept::openings(conn, version)?;
    tallies::fold(conn, folds_of(&instrument.definition, responses.values(), &openings))?;
    use_invitations(app, conn, version, today)?;
    kept::remove(conn, version, &taken)?;
    let after = json!({ "survey": instrument.name(), "responses": taken.len() });
    app.note(conn, &app.service(), Change::new("opened", "anonymous answers", &version).to(after))?;
    Ok(Opening { opened: taken.len(), waiting: total - taken.len() })
}

/// What waits, by its random identifier.
fn papers(app: &App, conn: &mut Conn, version: VersionId) -> Result<BTreeMap<Vec<u8>, (Segment, Answers)>> {
    let mut found = BTreeMap::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let chunk = kept::sealed_after(conn, version, after.as_deref(), CHUNK)?;
        let Some((last, _)) = chunk.last() else { return Ok(found) };
        after = Some(last.clone());
        for (id, sealed) in chunk {
            // Another secret than the one it was sealed with: it stays where it is, for who finds the right one.
            let text = app.box_key().open(&sealed).ok_or_else(|| Error::new(Code::BoxLocked))?;
            let (tier, region, product_line, answers): Paper =
                serde_json::from_slice(&text).map_err(Error::internal)?;
            found.insert(id, (Segment { tier, region, product_line }, answers));
        }
    }
}

/// A response of nobody, of a day and of no wave, in a language that says nothing of who answered.
fn response(
    app: &App,
    instrument: &Instrument,
    account: AccountId,
    segment: &Segment,
    answers: Answers,
    today: NaiveDate,
) -> Response {
    let definition = &instrument.definition;
    let midnight = today.and_time(NaiveTime::MIN).and_utc();
    Response {
        account,
        id: ResponseId(random(app)),
        invitation: None,
        contact: None,
        wave: None,
        version: instrument.version.id,
        segment: segment.id(),
        kind: definition.kind.as_str().to_owned(),
        channel: Channel::Web,
        state: State::Kept,
        why_excluded: None,
        flags: quality::of_answers(definition, &answers),
        answers,
        language: definition.languages.first().cloned().unwrap_or_else(crate::domain::language::Language::english),
        received_at: midnight,
        day: today,
        changed_at: midnight,
        revision: 1,
        took_seconds: None,
        source: None,
        subject: None,
        entered_by: None,
        link: None,
    }
}

/// An identifier that carries no time (UUID version 4).
fn random(app: &App) -> Uuid {
    uuid::Builder::from_random_bytes(app.chance.bytes()).into_uuid()
}

/// What responses that count add to the tallies; they may be of several groups of one version, of which `openings` says on
/// which day a group had to be of how many people.
pub(super) fn folds_of<'r>(
    definition: &Definition,
    responses: impl Iterator<Item = &'r Response>,
    openings: &BTreeMap<NaiveDate, usize>,
) -> Vec<Fold> {
    let mut groups: BTreeMap<(AccountId, NaiveDate), Vec<Counted>> = BTreeMap::new();
    for response in responses.filter(|response| response.state == State::Kept) {
        let counted = counted(definition, response, measured(definition, response), None);
        groups.entry((response.account, response.day)).or_default().push(counted);
    }
    let least = |day: &NaiveDate| openings.get(day).copied().unwrap_or(usize::MAX);
    groups.iter().flat_map(|((_, day), group)| anonymity::folds(group, least(day))).collect()
}

/// Saves a response of an anonymous survey as it now is. Its whole group is counted again, since what few are left with
/// counts no more.
pub(super) fn swap(
    conn: &mut Conn,
    definition: &Definition,
    before: &Response,
    mut after: Response,
) -> Result<Response> {
    let openings = kept::openings(conn, before.version)?;
    let group = responses::of_day(conn, before.account, before.version, before.day)?;
    tallies::fold_back(conn, folds_of(definition, group.iter(), &openings))?;
    responses::replace(conn, &after, &measured(definition, &after))?;
    let group = responses::of_day(conn, before.account, before.version, before.day)?;
    tallies::fold(conn, folds_of(definition, group.iter(), &openings))?;
    after.revision += 1;
    Ok(after)
}

/// Notes with all invitations whose marks wait that they were used: a flag without a time, for it is the moment at which
/// the survey closes for everybody. They are answered for the response rate from now on.
fn use_invitations(app: &App, conn: &mut Conn, version: VersionId, today: NaiveDate) -> Result<()> {
    let marks = kept::marks(conn, version)?;
    let mut after = None;
    loop {
        let chunk = invitations::unused_after(conn, version, after, CHUNK)?;
        let Some(last) = chunk.last() else { return Ok(()) };
        after = Some((last.account, last.id));
        for invitation in chunk {
            let token = Token { account_id: invitation.account, invitation_id: invitation.id };
            if !marks.contains(app.box_key().mark(&token).as_slice()) {
                continue;
            }
            // Who answered without our knowing of the delivery has got it: some time before today.
            if invitation.delivered_day.is_none() {
                let midnight = today.and_time(NaiveTime::MIN).and_utc();
                invitations::mark_delivered(conn, &invitation, midnight, today)?;
            }
            let day = invitations::mark_answered(conn, &invitation, invitation.closes_at, today)?;
            tallies::fold(conn, day.map(|day| answered(&invitation, day)))?;
        }
    }
}

/// What a used invitation adds to the response rate of its account: of its answers, nothing.
pub(super) fn answered(invitation: &Invitation, delivered: NaiveDate) -> Fold {
    let key = AccountKey {
        month: crate::domain::day::Month::of(delivered),
        measure: Measure::Asked.key(),
        account: invitation.account,
        segment: invitation.segment,
        kind: invitation.kind.clone(),
    };
    Fold::Account(key, Sums { n: 0, ..Sums::of(1000) })
}

fn too_long(definition: &Definition, answers: &Answers) -> Rejected {
    let length = |answer: &Answer| serde_json::to_string(answer).map_or(0, |text| text.len());
    let longest = definition.asked().max_by_key(|question| answers.get(&question.key).map_or(0, length));
    let count = longest.and_then(|question| answers.get(&question.key)).map_or(0, length);
    let place = longest.map_or("", |question| question.key.as_str());
    let fault = Fault::field(place, Code::ValueTooLong).with("max", sealed::LENGTH / 8).with("count", count);
    Rejected { typed: answers.to_form(), faults: vec![fault] }
}
