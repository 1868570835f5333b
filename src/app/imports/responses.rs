//! Responses that an agency has gathered, or that were taken down by telephone or on paper: a row each, a column for
//! each field of the survey.
//!
//! A file is read three times, so that memory holds a handful of rows and never the file: for the accounts that it
//! names, to judge it, and to write.

use super::super::App;
use super::super::responses::{Entered, correct_entered, keep_entered, rated_employee};
use super::super::surveys::{self, Instrument};
use super::cell::{self, Wrong};
use super::table::{self, Column, Faults, Header, Outline, Row};
use super::{Counts, Job, Named, Numbers, Options, Report, read_number, require_all};
use crate::app::Change;
use crate::domain::account::{Account, AccountKind, CustomerNumber};
use crate::domain::answer::{Answers, NO, YES};
use crate::domain::contact::EmailAddress;
use crate::domain::day::start_of;
use crate::domain::ident::{AccountId, ContactId, SegmentId, SubjectId};
use crate::domain::language::Language;
use crate::domain::permission::{Actor, Module};
use crate::domain::survey::logic::{self, Attributes, Setting};
use crate::domain::survey::{Body, Definition, NOT_APPLICABLE, Question};
use crate::domain::tally::Segment;
use crate::error::{Code, Error, Fault, Place, Result};
use crate::store::response_feeds::{self, Fed};
use crate::store::responses::{self as store, Channel, State};
use crate::store::{Conn, accounts, contacts, subjects, tallies};
use chrono::{NaiveDate, TimeDelta};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek, SeekFrom};

/// Responses are compared and written this many at a time.
const AT_ONCE: usize = 500;
/// The most characters of an agency's name, and of what it calls a response.
const LONGEST_NAME: usize = 100;
/// Answers are dated to the middle of their day, which is the same day in all zones near that of the reports.
const NOON: TimeDelta = TimeDelta::hours(12);

const FIXED: &[Column<'_>] = &[
    Column::required(
        "account",
        &["customer_number", "account_number", "customer_id", "customer", "客户编号", "客户编码", "客户号"],
    ),
    Column::optional("id", &["response_id", "interview_id", "答卷编号", "问卷编号"]),
    Column::optional("email", &["contact_email", "e_mail", "邮箱", "电子邮箱", "联系人邮箱"]),
    Column::required("day", &["date", "answered_on", "日期", "答卷日期", "访问日期"]),
    Column::optional("language", &["语言"]),
    Column::optional("subject", &["employee", "site", "team", "员工编号", "网点编号", "对象编号"]),
];

/// What a file of responses is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// A survey by its name, such as `relationship` or `relationship@1`.
    pub survey: String,
    /// Who gathered the responses.
    pub agency: String,
    /// How they were gathered.
    pub channel: Channel,
}

/// Brings in a file of responses.
///
/// The same file again changes nothing: a response is known by what the agency calls it in the column `id`, else by the
/// file and the row. Under a name that is known, other answers take the place of those there were.
///
/// # Errors
/// As [`super::import`]; `SurveyUnknown`; `ValueMissing`, `ValueTooLong` for the agency, `ValueUnknown` for a channel
/// by which nothing is imported, `ValueConflicting` for a survey that customers do not answer; `ValueTaken` at the cell
/// of a name under which a response of another account or survey has come in already.
pub fn import_responses(
    app: &App,
    actor: &Actor,
    feed: &Feed,
    input: impl Read + Seek,
    file: &str,
    options: Options,
) -> Result<Report> {
    require_all(actor, Module::Responses)?;
    if options.create_accounts {
        require_all(actor, Module::Accounts)?;
    }
    let agency = feed.agency.trim();
    if agency.is_empty() {
        return Err(Fault::field("agency", Code::ValueMissing).into());
    }
    cell::line(agency, LONGEST_NAME)
        .map_err(|wrong| Error::from(Fault::field("agency", wrong.code).with("max", LONGEST_NAME)))?;
    if !matches!(feed.channel, Channel::ThirdParty | Channel::Telephone | Channel::Paper) {
        return Err(Fault::field("channel", Code::ValueUnknown).with("value", feed.channel.as_str()).into());
    }
    let instrument = surveys::named(app, feed.survey.trim()).map_err(|error| error.at_field("survey"))?;
    if instrument.definition.asks().is_empty() {
        return Err(Fault::field("survey", Code::ValueConflicting).with("value", instrument.name()).into());
    }
    let said = json!({ "survey": instrument.name(), "agency": agency, "channel": feed.channel.as_str() });
    let job = Job { app, actor, record: "responses", file, options, said: Some(said) };
    let questions = Columns::of(&instrument.definition);
    Import { job, feed, agency, instrument: &instrument, questions: &questions, input }.run()
}

/// The columns of a survey's fields.
struct Columns {
    /// The name of a column, another one, the field, and the place of its question among all.
    fields: Vec<(String, String, String, usize)>,
    /// Whether not everybody is asked everything: then a question without a column may have been asked of nobody.
    branches: bool,
}

impl Columns {
    /// A field is a column of its own name, or with `q.` before it; where that name is one that every file has, only so.
    fn of(definition: &Definition) -> Self {
        let mut fields = Vec::new();
        for (at, question) in definition.questions().enumerate() {
            for field in question.fields() {
                let named = format!("q.{field}");
                let taken = FIXED.iter().any(|c| c.name == field || c.aliases.contains(&field.as_str()));
                fields.push((if taken { named.clone() } else { field.clone() }, named, field, at));
            }
        }
        Self { fields, branches: definition.branches() }
    }

    fn with<T>(&self, work: impl FnOnce(&[Column<'_>]) -> T) -> T {
        let aliases: Vec<[&str; 1]> = self.fields.iter().map(|(_, named, ..)| [named.as_str()]).collect();
        let mut columns: Vec<Column<'_>> = FIXED.to_vec();
        columns.extend(self.fields.iter().zip(&aliases).map(|((name, ..), also)| Column::optional(name, also)));
        work(&columns)
    }
}

struct Import<'a, R> {
    job: Job<'a>,
    feed: &'a Feed,
    agency: &'a str,
    instrument: &'a Instrument,
    questions: &'a Columns,
    input: R,
}

/// What rows are judged against.
#[derive(Default)]
struct Known {
    /// By number of the account in the file.
    accounts: Vec<Account>,
    unknown: HashSet<CustomerNumber>,
    /// The tiers that each was in, the oldest first.
    tiers: HashMap<AccountId, Vec<(NaiveDate, String)>>,
    contacts: HashMap<(AccountId, String), ContactId>,
    subjects: HashMap<String, SubjectId>,
}

/// A row that is well.
struct Draft {
    row: usize,
    account: AccountId,
    contact: Option<ContactId>,
    subject: Option<SubjectId>,
    segment: Segment,
    day: NaiveDate,
    language: Language,
    id: Option<String>,
    answers: Answers,
}

impl<R: Read + Seek> Import<'_, R> {
    fn run(mut self) -> Result<Report> {
        // Which accounts there are; what is wrong with the rows is told by the second reading.
        let (mut numbers, mut first) = (Numbers::default(), Faults::default());
        let outline = self.rows(&mut first, |row| {
            if let Some(number) = row.required("account", read_number) {
                numbers.index_of(number, row.number);
            }
        })?;
        let mut faults = Faults::default();
        let label = outline.header.label("account").to_owned();
        let named = self.job.accounts_named(&numbers, &label, &mut faults)?;
        let known = self.known(&named, &numbers, &outline.header)?;
        self.missing_columns(&outline, &mut faults);
        for (at, account) in known.accounts.iter().enumerate().filter(|(_, a)| !known.unknown.contains(&a.number)) {
            self.check_kind(account, &numbers, at, &label, &mut faults);
        }
        let mut ids: HashSet<Box<str>> = HashSet::new();
        let judge = Judge { app: self.job.app, definition: &self.instrument.definition, questions: self.questions };
        let mut own = Faults::default();
        self.rows(&mut own, |row| {
            let Some(draft) = judge.draft(row, &mut numbers, &known) else { return };
            if let Some(id) = draft.id
                && !ids.insert(id.clone().into_boxed_str())
            {
                row.fault("id", Wrong::of(Code::ValueTwice, &id));
            }
        })?;
        drop(ids);
        faults.extend(own);
        let mut counts = Counts { accounts_added: named.new.len(), ..Counts::default() };
        let saved = faults.is_empty() && !self.job.options.dry_run;
        if !faults.is_empty() {
            return self.job.report(&outline, faults, Counts::default(), false);
        }
        let app = self.job.app;
        let mut write = |conn: &mut Conn| -> Result<()> {
            if saved {
                self.job.add_accounts(conn, &named.new)?;
            }
            let mut batch =
                Batch { known_segments: HashSet::new(), drafts: Vec::new(), fingerprint: &outline.fingerprint };
            let mut failed = None;
            self.read_drafts(&mut numbers, &known, |draft, import| {
                if failed.is_some() {
                    return;
                }
                batch.drafts.push(draft);
                if batch.drafts.len() == AT_ONCE {
                    failed = batch.flush(import, conn, saved, &outline.header, &mut counts).err();
                }
            })?;
            if let Some(error) = failed {
                return Err(error);
            }
            let import = Told { job: &self.job, feed: self.feed, agency: self.agency, instrument: self.instrument };
            batch.flush(&import, conn, saved, &outline.header, &mut counts)?;
            if saved {
                self.job.note(conn, &outline, counts)?;
            }
            Ok(())
        };
        if saved {
            app.db.write(&mut write)?
        } else {
            app.db.read(&mut write)?
        }
        self.job.report(&outline, faults, counts, saved)
    }

    /// Reads the file from its beginning.
    fn rows(&mut self, faults: &mut Faults, each: impl FnMut(&mut Row<'_>)) -> Result<Outline> {
        let file = self.job.file;
        self.input
            .seek(SeekFrom::Start(0))
            .map_err(|e| Error::new(Code::FileUnreadable).with("file", file).because(e))?;
        let input = &mut self.input;
        self.questions.with(|columns| table::read(input, file, columns, faults, each))
    }

    fn read_drafts(
        &mut self,
        numbers: &mut Numbers,
        known: &Known,
        mut each: impl FnMut(Draft, &Told<'_>),
    ) -> Result<()> {
        let (app, instrument, questions) = (self.job.app, self.instrument, self.questions);
        let (feed, agency) = (self.feed, self.agency);
        let told = Job { said: None, ..self.job };
        let told = Told { job: &told, feed, agency, instrument };
        let judge = Judge { app, definition: &instrument.definition, questions };
        let mut again = Faults::default();
        self.rows(&mut again, |row| {
            if let Some(draft) = judge.draft(row, numbers, known) {
                each(draft, &told);
            }
        })?;
        // It was well a moment ago: the file is being written to.
        if again.is_empty() { Ok(()) } else { Err(Error::new(Code::FileUnreadable).with("file", self.job.file)) }
    }

    fn known(&self, named: &Named, numbers: &Numbers, header: &Header) -> Result<Known> {
        self.job.db().read(|conn| {
            let found = accounts::find_many(conn, &named.ids)?;
            let mut by_id: HashMap<AccountId, Account> =
                found.into_iter().chain(named.new.iter().cloned()).map(|a| (a.id, a)).collect();
            // A number that nobody has is told as a fault; its rows are judged all the same.
            let mut unknown = HashSet::new();
            let stand_in = |number: &CustomerNumber| self.job.new_account(number.clone(), String::new());
            let accounts: Vec<Account> = named
                .ids
                .iter()
                .zip(&numbers.list)
                .map(|(id, (number, _))| {
                    by_id.remove(id).unwrap_or_else(|| {
                        unknown.insert(number.clone());
                        stand_in(number)
                    })
                })
                .collect();
            let ids: Vec<AccountId> = accounts.iter().map(|a| a.id).collect();
            let mut contacts_of = HashMap::new();
            if header.has("email") {
                for some in ids.chunks(1000) {
                    let people = contacts::of_accounts(conn, some)?;
                    contacts_of.extend(people.into_iter().map(|c| ((c.account_id, c.email.folded()), c.id)));
                }
            }
            let subjects = if header.has("subject") {
                subjects::all(conn)?.into_iter().map(|s| (s.number.to_lowercase(), s.id)).collect()
            } else {
                HashMap::new()
            };
            Ok(Known {
                tiers: accounts::tiers_of_many(conn, &ids)?,
                accounts,
                unknown,
                contacts: contacts_of,
                subjects,
            })
        })
    }

    /// A question that everybody has to answer and that the file has no column for is told once, and not in every row.
    fn missing_columns(&self, outline: &Outline, faults: &mut Faults) {
        for question in self.instrument.definition.questions().filter(|q| self.questions.is_missing(q, &outline.header))
        {
            faults.add(1, &question.key, Wrong::of(Code::ColumnMissing, &question.key));
        }
    }

    /// Figures of customers and of others never mix: a survey is brought in for those alone whom it asks.
    fn check_kind(&self, account: &Account, numbers: &Numbers, at: usize, label: &str, faults: &mut Faults) {
        let asks = self.instrument.definition.asks();
        if asks.contains(&account.kind) {
            return;
        }
        if let Some((number, row)) = numbers.list.get(at) {
            let known: Vec<&str> = asks.iter().copied().map(AccountKind::as_str).collect();
            let wrong = Wrong::of(Code::AccountKindNotAsked, number.as_str()).with("kind", account.kind.as_str());
            faults.add(*row, label, wrong.with("known", known.join(", ")));
        }
    }
}

impl Columns {
    /// Whether everybody has to answer a question and a file has no column for it.
    fn is_missing(&self, question: &Question, header: &Header) -> bool {
        let of_question = |field: &String| question.fields().contains(field);
        let there = self.fields.iter().any(|(name, _, field, _)| of_question(field) && header.has(name));
        question.required && !self.branches && question.is_asked() && !there
    }
}

/// Reads rows.
struct Judge<'a> {
    app: &'a App,
    definition: &'a Definition,
    questions: &'a Columns,
}

impl Judge<'_> {
    fn draft(&self, row: &mut Row<'_>, numbers: &mut Numbers, known: &Known) -> Option<Draft> {
        let account = row.required("account", read_number);
        let id = row.line("id", LONGEST_NAME);
        let today = self.app.today();
        let day = row.required("day", |text| cell::within(cell::day(text)?, NaiveDate::MIN, today));
        let tongue = row.optional("language", |text| {
            Language::parse(text).map_err(|_| Wrong::of(Code::ValueMalformed, text).with("expected", "en, zh-CN"))
        });
        let account = known.accounts.get(numbers.index_of(account?, row.number) as usize)?;
        let contact = row.optional("email", |text| {
            let address = EmailAddress::parse(text)?;
            let found = known.contacts.get(&(account.id, address.folded())).copied();
            found.ok_or_else(|| Wrong::of(Code::ValueUnknown, text))
        });
        let subject = row.optional("subject", |text| {
            known.subjects.get(&text.to_lowercase()).copied().ok_or_else(|| Wrong::of(Code::ValueUnknown, text))
        });
        let day = day?;
        let segment = as_of(account, known.tiers.get(&account.id), day);
        let language = tongue.flatten().unwrap_or_else(|| self.app.config.organisation.language.clone());
        let language = self.definition.language_for(&language);
        let answers = self.answers(row, account, &segment, day, &language)?;
        Some(Draft {
            row: row.number,
            account: account.id,
            contact: contact.flatten(),
            subject: subject.flatten(),
            segment,
            day,
            language,
            id: id.flatten(),
            answers,
        })
    }

    /// The answers of a row; nothing where one of them is at fault, or was given to a question that is not asked of
    /// somebody who answered like this. The latter is refused and not dropped: the agency then asked by another
    /// questionnaire than this one, and what else it asked differently nobody knows.
    fn answers(
        &self,
        row: &mut Row<'_>,
        account: &Account,
        segment: &Segment,
        day: NaiveDate,
        language: &Language,
    ) -> Option<Answers> {
        let questions: Vec<&Question> = self.definition.questions().collect();
        let mut form: Vec<(String, String)> = Vec::new();
        for (name, _, field, at) in &self.questions.fields {
            let (Some(place), Some(question)) = (row.header().place(name), questions.get(*at)) else { continue };
            let text = row.text(place);
            if !text.is_empty() {
                form.extend(values(question, field, text).into_iter().map(|value| (field.clone(), value)));
            }
        }
        let setting = setting(account, segment, day, language);
        let mut well = true;
        if self.definition.branches() {
            let given = Answers::partial(self.definition, &form);
            let flow = logic::flow(self.definition, &setting, &given);
            let shown: HashSet<&str> = flow.questions().map(|question| question.key.as_str()).collect();
            for (field, value) in &form {
                let column = self.questions.fields.iter().find(|(_, _, known, _)| known == field);
                let question = column.and_then(|(_, _, _, at)| questions.get(*at));
                if let (Some((name, ..)), Some(question)) = (column, question)
                    && !shown.contains(question.key.as_str())
                {
                    well = false;
                    row.fault(name, Wrong::of(Code::QuestionNotAsked, value));
                }
            }
        }
        match Answers::parse_shown(self.definition, &setting, &form, language) {
            Ok(answers) if well => Some(answers),
            Ok(_) => None,
            Err(rejected) => {
                for fault in rejected.faults {
                    self.tell(row, &questions, fault);
                }
                None
            }
        }
    }

    /// A fault of an answer, at the cell that it stands in.
    fn tell(&self, row: &mut Row<'_>, questions: &[&Question], fault: Fault) {
        let key = fault.place.to_string();
        let Some(at) = questions.iter().position(|question| question.key == key) else { return };
        let missing = questions.get(at).is_some_and(|question| self.questions.is_missing(question, row.header()));
        if fault.code == Code::ValueMissing && missing {
            return;
        }
        let mut columns = self.questions.fields.iter().filter(|(.., of)| *of == at).map(|(name, ..)| name);
        let name = columns.clone().find(|name| row.header().has(name)).or_else(|| columns.next());
        let wrong = Wrong { code: fault.code, args: fault.args };
        row.fault(name.map_or(key.as_str(), String::as_str), wrong);
    }
}

/// What a survey that branches may know: as much as when the account is asked by mail, but for the person.
fn setting(account: &Account, segment: &Segment, day: NaiveDate, language: &Language) -> Setting {
    let attributes = Attributes::default()
        .with_text("account.tier", Some(&segment.tier))
        .with_text("account.region", Some(&segment.region))
        .with_text("account.product_line", Some(&segment.product_line))
        .with_text("account.name", Some(&account.name))
        .with_text("contact.language", Some(language.as_str()))
        .with_date("invitation.day", day);
    Setting { attributes, ..Setting::default() }
}

/// Where an account stood on a day. What was before its first tier is not known: it counts as that one.
pub(crate) fn as_of(account: &Account, tiers: Option<&Vec<(NaiveDate, String)>>, day: NaiveDate) -> Segment {
    let then = tiers.and_then(|tiers| tiers.iter().rfind(|(from, _)| *from <= day).or(tiers.first()));
    Segment { tier: then.map_or_else(|| account.tier.clone(), |(_, tier)| tier.clone()), ..account.segment() }
}

/// What a cell gives to a field: several choices are parted by semicolons or bars, and a choice may be written in the
/// words of the survey, in any of its languages.
fn values(question: &Question, field: &str, text: &str) -> Vec<String> {
    let says = |texts: &crate::domain::language::Texts, text: &str| {
        texts.0.values().any(|words| words.trim().eq_ignore_ascii_case(text.trim()) || words.trim() == text.trim())
    };
    let not_applicable = matches!(text.to_lowercase().as_str(), "n/a" | "na" | "不适用");
    if question.allows_not_applicable() && not_applicable {
        return vec![NOT_APPLICABLE.to_owned()];
    }
    let chosen = |text: &str| {
        let choices = question.choices();
        let by_key = choices.iter().find(|choice| choice.key == text);
        by_key
            .or_else(|| choices.iter().find(|choice| says(&choice.text, text)))
            .map_or_else(|| text.to_owned(), |c| c.key.clone())
    };
    match &question.body {
        Body::Multiple { .. } if field == question.key => {
            let parts = text.split([';', '|', '；']).map(str::trim).filter(|part| !part.is_empty());
            parts.map(chosen).collect()
        }
        Body::Single { .. } if field == question.key => vec![chosen(text)],
        Body::YesNo { yes, no, .. } => match cell::yes_no(text) {
            Ok(true) => vec![YES.to_owned()],
            Ok(false) => vec![NO.to_owned()],
            Err(_) if says(yes, text) => vec![YES.to_owned()],
            Err(_) if says(no, text) => vec![NO.to_owned()],
            Err(_) => vec![text.to_owned()],
        },
        Body::Consent { .. } if cell::yes_no(text) == Ok(true) => vec![YES.to_owned()],
        Body::Consent { .. } if cell::yes_no(text) == Ok(false) => Vec::new(),
        _ => vec![text.to_owned()],
    }
}

/// What all rows of a file have in common.
struct Told<'a> {
    job: &'a Job<'a>,
    feed: &'a Feed,
    agency: &'a str,
    instrument: &'a Instrument,
}

struct Batch<'a> {
    known_segments: HashSet<SegmentId>,
    drafts: Vec<Draft>,
    fingerprint: &'a str,
}

impl Batch<'_> {
    /// Compares what has gathered with what there is, and writes it if it is to be saved.
    fn flush(
        &mut self,
        told: &Told<'_>,
        conn: &mut Conn,
        save: bool,
        header: &Header,
        counts: &mut Counts,
    ) -> Result<()> {
        let drafts = std::mem::take(&mut self.drafts);
        let survey = &told.instrument.version.survey;
        let key = |draft: &Draft| match &draft.id {
            Some(id) => format!("agency:{}:{survey}:{id}", told.agency),
            None => format!("file:{}:{}", self.fingerprint, draft.row),
        };
        let keys: Vec<String> = drafts.iter().map(key).collect();
        let known = response_feeds::known(conn, &keys)?;
        let mut fed = Vec::new();
        for (draft, key) in drafts.into_iter().zip(keys) {
            match known.get(&key) {
                Some((account, response)) => {
                    let before = store::find(conn, *account, *response)?;
                    if *account != draft.account || before.version != told.instrument.version.id {
                        let place = Place::Cell { row: draft.row, column: header.label("id").to_owned() };
                        let id = draft.id.unwrap_or_default();
                        return Err(Fault::new(place, Code::ValueTaken).with("value", id).into());
                    }
                    if before.state == State::Erased || before.answers == draft.answers {
                        counts.unchanged += 1;
                        continue;
                    }
                    counts.changed += 1;
                    if save {
                        correct(told, conn, &before, draft)?;
                    }
                }
                None => {
                    counts.added += 1;
                    if save {
                        fed.push(self.keep(told, conn, draft, key)?);
                    }
                }
            }
        }
        response_feeds::insert(conn, &fed)
    }

    fn keep(&mut self, told: &Told<'_>, conn: &mut Conn, draft: Draft, feed_key: String) -> Result<Fed> {
        let (app, segment) = (told.job.app, draft.segment.id());
        if self.known_segments.insert(segment) {
            tallies::ensure_segment(conn, &draft.segment)?;
        }
        let entered = Entered {
            id: None,
            instrument: told.instrument,
            account: draft.account,
            contact: draft.contact,
            invitation: None,
            segment,
            answers: draft.answers,
            language: draft.language,
            received_at: start_of(draft.day, app.config.organisation.reporting_zone) + NOON,
            channel: told.feed.channel,
            source: Some(told.agency.to_owned()),
            subject: rated_employee(conn, &told.instrument.definition, draft.subject, draft.account)?,
            entered_by: told.job.actor.user,
        };
        let response = keep_entered(app, conn, entered)?;
        Ok(Fed { account: response.account, feed_key, response: response.id })
    }
}

fn correct(told: &Told<'_>, conn: &mut Conn, before: &store::Response, draft: Draft) -> Result<()> {
    let app = told.job.app;
    let definition = &told.instrument.definition;
    let shown = |answers: &Answers| Some(json!(answers.without_ratings(definition)));
    let words = (shown(&before.answers), shown(&draft.answers));
    let after = store::Response { answers: draft.answers, changed_at: app.now(), ..before.clone() };
    correct_entered(conn, &told.instrument.definition, before, after)?;
    let change = Change::new("corrected by file", "response", &before.id).of_account(before.account);
    app.note(conn, told.job.actor, change.was(words.0).to(words.1))
}
