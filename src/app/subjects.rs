//! Sites, teams and employees: keeping them, checks of them, and how named employees are rated.

use super::entries::is_checklist;
use super::responses::{Entered, keep_entered};
use super::surveys::Instrument;
use super::{App, Change};
use crate::domain::account::{Account, AccountKind, CustomerNumber};
use crate::domain::answer::{Answers, Rejected, check_score};
use crate::domain::day::{Month, start_of};
use crate::domain::ident::{AccountId, ResponseId, SubjectId, UserId, VersionId};
use crate::domain::index::compare::{Difference, Finding, difference};
use crate::domain::index::{Figure, figure};
use crate::domain::language::Language;
use crate::domain::measure::{Measure, Milli, Sums, to_milli};
use crate::domain::permission::{Action, Actor, Module, Standing, may, require};
use crate::domain::subject::{Subject, SubjectKind};
use crate::domain::survey::logic::Setting;
use crate::error::{Code, Error, Fault, Result};
use crate::store::subjects::{self, Check, Checked, Training};
use crate::store::users::{self, User};
use crate::store::{Conn, accounts, responses, tallies};
use chrono::{Days, Months, NaiveDate, TimeDelta};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub const VIEW: Action = Action::view(Module::Subjects);
pub const CREATE: Action = Action::create(Module::Subjects);
pub const CHANGE: Action = Action::change(Module::Subjects);
pub const CHECK: Action = Action::create(Module::Checks);
const RATINGS: Action = Action::view(Module::Ratings);

/// Months over which the score of a place, and the rating of a person, is averaged.
pub const MONTHS: i32 = 12;
/// The longest name, in characters.
const LONGEST: usize = 200;
const MOST_CHECKS: i64 = 100;
const NOON: TimeDelta = TimeDelta::hours(12);

fn standing(subject: &Subject) -> Standing {
    Standing { region: subject.region.clone(), ..Standing::default() }
}

/// One line of the list.
pub struct Line {
    pub subject: Subject,
    /// Checks that count in the last [`MONTHS`], and the mean of their scores.
    pub checks: Sums,
    /// Day, score and grade of the latest check.
    pub latest: Option<(NaiveDate, Milli, String)>,
}

/// Sites, teams and employees within reach: those that were checked by their mean score, the best first, then the
/// others by name.
///
/// # Errors
/// `Forbidden`.
pub fn list(app: &App, actor: &Actor, kind: Option<SubjectKind>, text: Option<&str>) -> Result<Vec<Line>> {
    require(actor, VIEW, None)?;
    let last = Month::of(app.today());
    app.db.read(|conn| {
        let mut sums = tallies::of_subjects(conn, &Measure::Check.key(), last.plus(1 - MONTHS), last)?;
        let mut latest = subjects::latest_checks(conn)?;
        let mut lines: Vec<Line> = subjects::listed(conn, text)?
            .into_iter()
            .filter(|one| kind.is_none_or(|kind| one.kind == kind) && may(actor, VIEW, Some(&standing(one))))
            .map(|subject| Line {
                checks: sums.remove(&subject.id).unwrap_or_default(),
                latest: latest.remove(&subject.id),
                subject,
            })
            .collect();
        lines.sort_by(|a, b| mean(b.checks).total_cmp(&mean(a.checks)));
        Ok(lines)
    })
}

/// The mean of scores; below all where there are none.
fn mean(sums: Sums) -> f64 {
    let (n, sum, _) = sums.as_f64();
    if n > 0.0 { sum / n } else { -1.0 }
}

/// What a form says of one.
#[derive(Debug, Clone, Default)]
pub struct SubjectForm {
    /// Given once, with the number.
    pub kind: String,
    pub number: String,
    pub name: String,
    pub site: Option<SubjectId>,
    pub region: String,
    pub user: Option<UserId>,
    pub active: bool,
    pub revision: i64,
}

/// What its form offers.
pub struct Choices {
    pub subject: Option<Subject>,
    pub sites: Vec<Subject>,
    pub people: Vec<User>,
}

/// # Errors
/// `Forbidden`, `NotFound`.
pub fn for_form(app: &App, actor: &Actor, id: Option<SubjectId>) -> Result<Choices> {
    require(actor, if id.is_some() { CHANGE } else { CREATE }, None)?;
    app.db.read(|conn| {
        let subject = id.map(|id| found(conn, actor, CHANGE, id)).transpose()?;
        let mut sites = subjects::all(conn)?;
        sites.retain(|one| one.kind == SubjectKind::Site && one.active);
        Ok(Choices { subject, sites, people: users::all(conn)?.into_iter().filter(|u| u.active).collect() })
    })
}

fn found(conn: &mut Conn, actor: &Actor, action: Action, id: SubjectId) -> Result<Subject> {
    let subject = subjects::find(conn, id)?;
    require(actor, VIEW, Some(&standing(&subject)))?;
    require(actor, action, Some(&standing(&subject)))?;
    Ok(subject)
}

/// Makes a new one, or changes one that there is.
///
/// # Errors
/// `Forbidden`, `NotFound`; a fault at its field; `ValueTaken` for a number or a person that is taken;
/// `ChangedMeanwhile`.
pub fn save(app: &App, actor: &Actor, id: Option<SubjectId>, form: &SubjectForm) -> Result<Subject> {
    require(actor, if id.is_some() { CHANGE } else { CREATE }, None)?;
    let name = form.name.trim();
    if name.is_empty() {
        return Err(Fault::field("name", Code::ValueMissing).into());
    }
    if name.chars().count() > LONGEST {
        return Err(Fault::field("name", Code::ValueTooLong).with("max", LONGEST).into());
    }
    app.db.write(|conn| {
        let before = id.map(|id| found(conn, actor, CHANGE, id)).transpose()?;
        let others = subjects::all(conn)?;
        let (kind, number) = match &before {
            Some(before) => (before.kind, before.number.clone()),
            None => {
                let kind = SubjectKind::parse(form.kind.trim());
                let number = form.number.trim().to_owned();
                if number.is_empty() || number.chars().count() > 64 {
                    return Err(Fault::field("number", Code::ValueMissing).into());
                }
                if others.iter().any(|one| one.number == number) {
                    return Err(Fault::field("number", Code::ValueTaken).with("value", number).into());
                }
                (kind.ok_or_else(|| Error::from(Fault::field("kind", Code::ValueUnknown)))?, number)
            }
        };
        let site = form.site.filter(|_| kind != SubjectKind::Site);
        if site.is_some_and(|id| !others.iter().any(|one| one.id == id && one.kind == SubjectKind::Site)) {
            return Err(Fault::field("site", Code::ValueUnknown).into());
        }
        let user = form.user.filter(|_| kind == SubjectKind::Employee);
        let own = before.as_ref().map(|one| one.id);
        if user.is_some() && others.iter().any(|one| one.user == user && Some(one.id) != own) {
            return Err(Fault::field("user", Code::ValueTaken).into());
        }
        let subject = Subject {
            id: own.unwrap_or_else(|| app.chance.id(app.now())),
            kind,
            number,
            name: name.to_owned(),
            site,
            region: form.region.trim().to_owned(),
            user,
            active: form.active,
            revision: if before.is_some() { form.revision } else { 1 },
        };
        require(actor, CHANGE, Some(&standing(&subject)))?;
        match &before {
            Some(_) => subjects::update(conn, &subject)?,
            None => subjects::insert(conn, &subject, app.now())?,
        }
        let verb = if before.is_some() { "changed" } else { "created" };
        let change = Change::new(verb, "subject", &subject.id);
        app.note(conn, actor, change.was(before.as_ref().map(told)).to(told(&subject)))?;
        Ok(subject)
    })
}

fn told(subject: &Subject) -> Value {
    json!({
        "kind": subject.kind.as_str(), "number": subject.number, "name": subject.name, "site": subject.site,
        "region": subject.region, "user": subject.user, "active": subject.active,
    })
}

/// A checklist that lies open for a site or team.
pub struct Checklist {
    pub subject: Subject,
    pub instrument: Arc<Instrument>,
    pub setting: Setting,
}

/// What became of a filled-in checklist.
pub enum Outcome {
    Kept(Check),
    Rejected(Box<Checklist>, Rejected),
}

/// The checklists that there are, the newest version of each.
///
/// # Errors
/// `Forbidden`.
pub fn checklists(app: &App, actor: &Actor) -> Result<Vec<Arc<Instrument>>> {
    require(actor, CHECK, None)?;
    let mut newest: Vec<Arc<Instrument>> = Vec::new();
    for one in app.db.read(|conn| app.surveys.all(conn))? {
        let known = newest.iter().any(|known| known.version.survey == one.version.survey);
        if !known && is_checklist(one.definition.kind) {
            newest.push(one);
        }
    }
    Ok(newest)
}

/// Opens a checklist about a site or team.
///
/// # Errors
/// `Forbidden`, `NotFound`; `StepImpossible` for an employee, or what is not in use any more; `SurveyUnknown` for what
/// is no checklist.
pub fn open_check(app: &App, actor: &Actor, id: SubjectId, version: VersionId) -> Result<Checklist> {
    require(actor, CHECK, None)?;
    app.db.read(|conn| checklist(app, conn, actor, id, version))
}

fn checklist(app: &App, conn: &mut Conn, actor: &Actor, id: SubjectId, version: VersionId) -> Result<Checklist> {
    let subject = found(conn, actor, CHECK, id)?;
    if !subject.kind.is_checked() || !subject.active {
        return Err(Error::new(Code::StepImpossible).with("state", subject.kind.as_str()));
    }
    let instrument = app.surveys.get(conn, version)?;
    if !is_checklist(instrument.definition.kind) {
        return Err(Error::new(Code::SurveyUnknown).with("value", instrument.name()));
    }
    let setting = Setting { seed: subject.id.0.as_u128(), ..Setting::default() };
    Ok(Checklist { subject, instrument, setting })
}

/// A checklist as it is sent.
pub struct Filled<'a> {
    /// Given out with the page, so that a form that is sent twice is kept once.
    pub id: ResponseId,
    pub version: VersionId,
    pub day: NaiveDate,
    pub form: &'a [(String, String)],
    pub shown: &'a Language,
}

/// Keeps a checklist and grades the site or team by it. It stands at the account that is our own company, and is part
/// of no figure on customers.
///
/// # Errors
/// As [`open_check`]; a fault at `day`.
pub fn keep_check(app: &App, actor: &Actor, id: SubjectId, filled: &Filled<'_>) -> Result<Outcome> {
    require(actor, CHECK, None)?;
    let (first, today) = (app.today().checked_sub_months(Months::new(3)).unwrap_or(app.today()), app.today());
    if !(first..=today).contains(&filled.day) {
        let out = Fault::field("day", Code::ValueOutOfRange).with("value", filled.day);
        return Err(out.with("min", first).with("max", today).into());
    }
    app.db.write(|conn| {
        let open = checklist(app, conn, actor, id, filled.version)?;
        let before = subjects::checks_of(conn, id, MOST_CHECKS)?;
        if let Some(kept) = before.iter().find(|one| one.check.response == filled.id) {
            return Ok(Outcome::Kept(kept.check.clone()));
        }
        let definition = &open.instrument.definition;
        let language = definition.language_for(filled.shown);
        let answers = match Answers::parse_shown(definition, &open.setting, filled.form, &language) {
            Ok(answers) => answers,
            Err(rejected) => return Ok(Outcome::Rejected(Box::new(open), rejected)),
        };
        let Some(score) = check_score(definition, &answers).map(to_milli) else {
            // Nothing of the list applies: then nothing was checked.
            let first = definition.asked().next().map(|question| question.key.clone()).unwrap_or_default();
            let faults = vec![Fault::field(first, Code::ValueMissing)];
            let rejected = Rejected { typed: filled.form.to_vec(), faults };
            return Ok(Outcome::Rejected(Box::new(open), rejected));
        };
        let own = own_account(app, conn, actor)?;
        let noon = start_of(filled.day, app.config.organisation.reporting_zone) + NOON;
        let entered = Entered {
            id: Some(filled.id),
            instrument: &open.instrument,
            account: own.id,
            contact: None,
            invitation: None,
            segment: tallies::ensure_segment(conn, &own.segment())?,
            answers,
            language,
            received_at: noon.min(app.now()),
            channel: responses::Channel::SpotCheck,
            source: None,
            subject: Some(id),
            entered_by: actor.user,
        };
        let response = keep_entered(app, conn, entered)?;
        let earlier = before.iter().find(|one| one.counts && one.check.day <= filled.day);
        let check = Check {
            subject: id,
            response: response.id,
            account: own.id,
            day: response.day,
            score,
            grade: app.config.figures.grades.of(score).to_owned(),
            grade_before: earlier.map(|one| one.check.grade.clone()),
            entered_at: app.now(),
        };
        subjects::insert_check(conn, &check)?;
        let after = json!({ "day": check.day, "score": check.score, "grade": check.grade, "response": check.response });
        let change =
            Change::new("graded", "subject", &id).was(check.grade_before.as_ref().map(|g| json!({ "grade": g })));
        app.note(conn, actor, change.to(after))?;
        Ok(Outcome::Kept(check))
    })
}

/// The account that stands for our own company: the first of its kind, made where there is none.
fn own_account(app: &App, conn: &mut Conn, actor: &Actor) -> Result<Account> {
    if let Some(own) = accounts::first_of_kind(conn, AccountKind::Own)? {
        return Ok(own);
    }
    let known = |number: &str| CustomerNumber::parse(number).ok_or_else(|| Error::new(Code::Internal));
    let mut number = known("own")?;
    if !accounts::by_numbers(conn, &["own".to_owned()].into())?.is_empty() {
        // Somebody calls a customer so; an identifier is nobody's number.
        number = known(&app.chance.id::<AccountId>(app.now()).to_string())?;
    }
    let own = Account {
        id: app.chance.id(app.now()),
        number,
        name: app.config.organisation.name.clone(),
        kind: AccountKind::Own,
        parent: None,
        tier: app.config.tiers.last().map(|tier| tier.key.clone()).unwrap_or_default(),
        region: String::new(),
        product_line: String::new(),
        manager: None,
        deputy: None,
        active: true,
        revision: 1,
    };
    accounts::insert(conn, std::slice::from_ref(&own), actor.user, app.now(), app.today())?;
    let change = Change::new("created", "account", &own.id).of_account(own.id);
    app.note(conn, actor, change.to(json!({ "number": own.number.as_str(), "kind": "own" })))?;
    Ok(own)
}

/// How one employee is rated, for those who may know.
pub struct Ratings {
    /// The last [`MONTHS`]; nothing where there are fewer responses than may be shown.
    pub figure: Option<Figure>,
    pub n: i64,
    /// The fewest that are shown.
    pub minimum: i64,
    pub trainings: Vec<Compared>,
}

/// The ratings before a training and after it.
pub struct Compared {
    pub training: Training,
    pub before: Option<Figure>,
    pub after: Option<Figure>,
    pub n_before: i64,
    pub n_after: i64,
    /// Nothing where either side has fewer responses than may be shown.
    pub difference: Option<Difference>,
    pub finding: Finding,
}

/// A site, team or employee with all that is known.
pub struct Page {
    pub subject: Subject,
    pub site: Option<Subject>,
    pub user: Option<User>,
    pub checks: Vec<Checked>,
    pub people: Vec<User>,
    /// The scores of checks by month.
    pub months: Vec<(Month, Sums)>,
    pub year: Sums,
    /// None for who may not know.
    pub ratings: Option<Ratings>,
    pub may_change: bool,
    pub may_check: bool,
}

/// # Errors
/// `Forbidden`, `NotFound`.
pub fn page(app: &App, actor: &Actor, id: SubjectId) -> Result<Page> {
    require(actor, VIEW, None)?;
    let last = Month::of(app.today());
    app.db.read(|conn| {
        let subject = found(conn, actor, VIEW, id)?;
        let site = subject.site.map(|id| subjects::find(conn, id)).transpose()?;
        let user = subject.user.map(|id| users::find(conn, id)).transpose()?;
        let months = tallies::of_subject(conn, id, &Measure::Check.key(), last.plus(1 - 2 * MONTHS), last)?;
        let mut year = Sums::default();
        months.iter().filter(|(month, _)| *month > last.plus(-MONTHS)).for_each(|(_, sums)| year += *sums);
        let knows =
            may(actor, RATINGS, Some(&standing(&subject))) || (actor.user.is_some() && subject.user == actor.user);
        let ratings = match knows && subject.kind == SubjectKind::Employee {
            true => Some(ratings(app, conn, &subject)?),
            false => None,
        };
        let at = standing(&subject);
        Ok(Page {
            checks: if subject.kind.is_checked() { subjects::checks_of(conn, id, MOST_CHECKS)? } else { Vec::new() },
            people: users::all(conn)?,
            may_change: may(actor, CHANGE, Some(&at)),
            may_check: subject.kind.is_checked() && subject.active && may(actor, CHECK, Some(&at)),
            subject,
            site,
            user,
            months,
            year,
            ratings,
        })
    })
}

/// The figure of some readings, clustered by the accounts that gave them.
fn rated(readings: &[(AccountId, NaiveDate, Milli)]) -> (Option<Figure>, i64) {
    let mut by_account: BTreeMap<AccountId, Sums> = BTreeMap::new();
    for (account, _, x) in readings {
        *by_account.entry(*account).or_default() += Sums::of(*x);
    }
    let n = i64::try_from(readings.len()).unwrap_or(i64::MAX);
    (figure(&Measure::Employee, by_account.into_values()), n)
}

fn ratings(app: &App, conn: &mut Conn, subject: &Subject) -> Result<Ratings> {
    let (today, last) = (app.today(), Month::of(app.today()));
    let minimum = i64::from(app.config.figures.minimum_n_employee);
    let threshold = i64::from(app.config.figures.minimum_n_significance);
    let window = Days::new(u64::from(app.config.figures.training_days));
    let side = |conn: &mut Conn, first: NaiveDate, last: NaiveDate| {
        subjects::readings_of(conn, subject.id, &Measure::Employee, first, last).map(|readings| rated(&readings))
    };
    let shown = |(figure, n): (Option<Figure>, i64)| (figure.filter(|_| n >= minimum), n);
    let (figure, n) = shown(side(conn, last.plus(1 - MONTHS).first_day(), today)?);
    let mut sides = Vec::new();
    for training in subjects::trainings_of(conn, subject.id)? {
        let far = |day: Option<NaiveDate>| day.unwrap_or(training.day);
        // The day itself belongs to neither side.
        let before = (far(training.day.checked_sub_days(window)), far(training.day.checked_sub_days(Days::new(1))));
        let after = (far(training.day.checked_add_days(Days::new(1))), far(training.day.checked_add_days(window)));
        sides.push((side(conn, before.0, before.1)?, side(conn, after.0, after.1)?, training));
    }
    let mut trainings: Vec<Compared> = sides
        .into_iter()
        .map(|(before, after, training)| {
            let ((before, n_before), (after, n_after)) = (shown(before), shown(after));
            let difference = after.as_ref().zip(before.as_ref()).and_then(|(after, before)| difference(after, before));
            Compared { training, before, after, n_before, n_after, difference, finding: Finding::TooFew }
        })
        .collect();
    // All comparisons of a page are tested together.
    let p: Vec<f64> = trainings.iter().filter_map(|one| Some(one.difference?.change.p)).collect();
    let mut adjusted = crate::domain::index::compare::benjamini_hochberg(&p).into_iter();
    for one in &mut trainings {
        if let Some(found) = one.difference
            && let Some(p) = adjusted.next()
        {
            one.finding = Finding::of(found.change.difference, p, found.change.n, threshold);
        }
    }
    Ok(Ratings { figure, n, minimum, trainings })
}

/// Notes a training of an employee.
///
/// # Errors
/// `Forbidden`, `NotFound`; `StepImpossible` for what is no employee; a fault at its field.
pub fn add_training(app: &App, actor: &Actor, id: SubjectId, name: &str, day: NaiveDate) -> Result<Training> {
    require(actor, CHANGE, None)?;
    let name = name.trim();
    if name.is_empty() {
        return Err(Fault::field("name", Code::ValueMissing).into());
    }
    if name.chars().count() > LONGEST {
        return Err(Fault::field("name", Code::ValueTooLong).with("max", LONGEST).into());
    }
    if day > app.today() + Days::new(366) || day < app.today() - Months::new(240) {
        return Err(Fault::field("day", Code::ValueOutOfRange).with("value", day).into());
    }
    app.db.write(|conn| {
        let subject = found(conn, actor, CHANGE, id)?;
        if subject.kind != SubjectKind::Employee {
            return Err(Error::new(Code::StepImpossible).with("state", subject.kind.as_str()));
        }
        let training = Training { id: app.chance.id(app.now()), subject: id, name: name.to_owned(), day };
        subjects::insert_training(conn, &training, actor.user, app.now())?;
        let after = json!({ "training": training.name, "day": training.day });
        app.note(conn, actor, Change::new("trained", "subject", &id).to(after))?;
        Ok(training)
    })
}
