//! What comes in and goes on beside the mails: checks of sites and teams, an agency that telephones, and promises
//! to customers who are not content. All of it through the use cases that pages and files call.

use super::Demo;
use super::notes;
use super::seed::House;
use crate::app::imports::{self, Feed, Options};
use crate::app::subjects::{self, Filled, SubjectForm};
use crate::app::{App, follow_ups, surveys};
use crate::clock::FixedClock;
use crate::domain::account::Account;
use crate::domain::day;
use crate::domain::ident::{SubjectId, UserId};
use crate::domain::permission::Actor;
use crate::domain::subject::SubjectKind;
use crate::domain::survey::{Definition, NOT_APPLICABLE};
use crate::error::{Code, Error, Result};
use crate::store::responses::Channel;
use crate::store::users;
use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, Utc};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Cursor;

/// Apart from the streams that draw what customers do, and what is done about it.
const STREAM: u64 = 0x00d0_ca11;
/// Weeks before the end from which on sites are checked.
const CHECKED: i64 = 53;
/// Days before the end at which the agency sends its files, and for each the version that it asked.
const FILES: [(i64, i32); 4] = [(273, 1), (182, 1), (91, 2), (3, 2)];
/// A file holds the talks of so many days.
const QUARTER: i64 = 84;
/// Talks in one file.
const TALKS: usize = 78;
/// So many days before the end one account manager learns to prepare visits.
const TRAINED: i64 = 140;
/// The place of that account manager in the model.
const TRAINEE: usize = 0;
/// The agency.
const AGENCY: &str = "Halden Field Research";

const VISITS: [(&str, &str); 2] =
    [("visit_1.toml", include_str!("surveys/visit_1.toml")), ("visit_2.toml", include_str!("surveys/visit_2.toml"))];

/// A site or team of the model.
struct Place {
    number: &'static str,
    kind: SubjectKind,
    name: (&'static str, &'static str),
    /// The place in the list of regions.
    region: usize,
    /// The place in this list of the site that a team belongs to.
    site: Option<usize>,
    /// The share of points that are met at first, and a year later.
    met: (f64, f64),
}

const PLACES: [Place; 8] = [
    site("S-01", ("Shanghai depot", "上海仓库"), 0, (0.93, 0.95)),
    // Where deliveries are late since it moved.
    site("S-02", ("Tianjin depot", "天津仓库"), 1, (0.95, 0.58)),
    site("S-03", ("Foshan workshop", "佛山维修车间"), 2, (0.84, 0.88)),
    site("S-04", ("Rotterdam depot", "鹿特丹仓库"), 3, (0.88, 0.86)),
    site("S-05", ("Cleveland workshop", "克利夫兰维修车间"), 4, (0.70, 0.87)),
    team("T-01", ("Evening hotline", "晚间热线组"), 0, 0, (0.82, 0.93)),
    team("T-02", ("Field service north", "北方现场服务组"), 1, 1, (0.86, 0.74)),
    team("T-03", ("Regrinding crew", "修磨组"), 2, 2, (0.90, 0.91)),
];

const fn site(number: &'static str, name: (&'static str, &'static str), region: usize, met: (f64, f64)) -> Place {
    Place { number, kind: SubjectKind::Site, name, region, site: None, met }
}

const fn team(
    number: &'static str,
    name: (&'static str, &'static str),
    region: usize,
    site: usize,
    met: (f64, f64),
) -> Place {
    Place { number, kind: SubjectKind::Team, name, region, site: Some(site), met }
}

/// What the house does beside its waves.
pub(super) struct Programme<'a> {
    app: &'a App,
    clock: &'a FixedClock,
    demo: &'a Demo,
    chinese: bool,
    quality: Actor,
    people: BTreeMap<UserId, Actor>,
    users: Vec<UserId>,
    accounts: Vec<Account>,
    /// By their place in [`PLACES`].
    places: Vec<SubjectId>,
    trainee: Option<SubjectId>,
    rng: ChaCha8Rng,
}

impl<'a> Programme<'a> {
    pub(super) fn new(app: &'a App, clock: &'a FixedClock, demo: &'a Demo, house: &House<'_>) -> Result<Self> {
        let everybody = app.db.read(users::all)?;
        let role = crate::domain::permission::Role::QualityManager;
        let quality = everybody.iter().find(|u| u.role == role).map(users::User::actor);
        Ok(Self {
            app,
            clock,
            demo,
            chinese: app.config.organisation.language.is_chinese(),
            quality: quality.ok_or_else(|| Error::internal("a model without a quality manager"))?,
            people: everybody.iter().map(|u| (u.id, u.actor())).collect(),
            users: house.users.clone(),
            accounts: house.accounts.clone(),
            places: Vec::new(),
            trainee: None,
            rng: ChaCha8Rng::seed_from_u64(demo.seed ^ STREAM),
        })
    }

    /// What goes on in the days up to a moment; the clock stands there again afterwards.
    pub(super) fn week(&mut self, after: DateTime<Utc>, until: DateTime<Utc>) -> Result<()> {
        if after + Duration::weeks(2) < until {
            // The first stop: all that is earlier.
            return Ok(());
        }
        let (first, last) = (self.app.day_of(after), self.app.day_of(until));
        if self.places.is_empty() && last > self.demo.end - Duration::weeks(CHECKED) {
            self.furnish()?;
        }
        self.check(first, last)?;
        for (days, version) in FILES {
            let sent = self.demo.end - Duration::days(days);
            if first < sent && sent <= last {
                self.clock.set(self.hour(sent));
                self.bring(sent, version)?;
            }
        }
        let trained = self.demo.end - Duration::days(TRAINED);
        if let Some(trainee) = self.trainee.filter(|_| first < trained && trained <= last) {
            let name = self.say(("Preparing visits, two days", "客户拜访准备（两天）"));
            subjects::add_training(self.app, &self.quality, trainee, &name, trained)?;
        }
        self.keep_promises(after, until)?;
        self.clock.set(until);
        Ok(())
    }

    fn say(&self, (english, chinese): (&str, &str)) -> String {
        if self.chinese { chinese } else { english }.to_owned()
    }

    /// An hour of a working day.
    fn hour(&mut self, day: NaiveDate) -> DateTime<Utc> {
        let zone = self.app.config.organisation.reporting_zone;
        day::start_of(day, zone) + Duration::minutes(self.rng.random_range(9 * 60..17 * 60))
    }

    /// Enters the sites, teams and account managers.
    fn furnish(&mut self) -> Result<()> {
        for place in &PLACES {
            let form = SubjectForm {
                kind: place.kind.as_str().to_owned(),
                number: place.number.to_owned(),
                name: self.say(place.name),
                site: place.site.and_then(|at| self.places.get(at).copied()),
                region: super::REGIONS.get(place.region).map(|names| self.say(*names)).unwrap_or_default(),
                active: true,
                ..SubjectForm::default()
            };
            let kept = subjects::save(self.app, &self.quality, None, &form)?;
            self.places.push(kept.id);
        }
        let managers = self.demo.users.iter().zip(&self.users).filter(|(user, _)| user.role == "account-manager");
        for (at, (person, user)) in managers.enumerate() {
            let form = SubjectForm {
                kind: SubjectKind::Employee.as_str().to_owned(),
                number: format!("E-{:02}", at + 1),
                name: person.name.clone(),
                user: Some(*user),
                active: true,
                ..SubjectForm::default()
            };
            let kept = subjects::save(self.app, &self.quality, None, &form)?;
            if at == TRAINEE {
                self.trainee = Some(kept.id);
            }
        }
        Ok(())
    }

    /// Each site and team is checked once a month, on a day of its own.
    fn check(&mut self, after: NaiveDate, until: NaiveDate) -> Result<()> {
        if self.places.is_empty() {
            return Ok(());
        }
        let checklist = surveys::named(self.app, "spot_check")?;
        let days = after.iter_days().skip(1).take_while(|day| *day <= until);
        for day in days {
            for (place, id) in PLACES.iter().zip(self.places.clone()).enumerate().filter_map(|(at, both)| {
                // Between the 3rd and the 24th.
                (day.day() == 3 + u32::try_from(at * 3).unwrap_or(0)).then_some(both)
            }) {
                let at = self.hour(day);
                self.clock.set(at);
                let form = self.fill(&checklist.definition, place, day);
                let (id_of, shown) = (self.app.chance.id(at), self.quality.language.clone());
                let filled = Filled { id: id_of, version: checklist.version.id, day, form: &form, shown: &shown };
                match subjects::keep_check(self.app, &self.quality, id, &filled)? {
                    subjects::Outcome::Kept(_) => {}
                    subjects::Outcome::Rejected(_, rejected) => return Err(Error::faulty(rejected.faults)),
                }
            }
        }
        Ok(())
    }

    /// A checklist as it is found on a day.
    fn fill(&mut self, definition: &Definition, place: &Place, day: NaiveDate) -> Vec<(String, String)> {
        let since = 1.0 - (self.demo.end - day).num_days() as f64 / 365.0;
        let (first, last) = place.met;
        let met = (first + (last - first) * since.clamp(0.0, 1.0)).clamp(0.0, 1.0);
        let mut form = Vec::new();
        let mut failed: Option<String> = None;
        let language = &self.quality.language;
        for question in definition.asked() {
            if question.scale().is_some() {
                let point = match self.rng.random_range(0.0..1.0) {
                    // What there is not cannot be found wanting.
                    _ if place.kind == SubjectKind::Team && question.key == "load_lifting" => NOT_APPLICABLE,
                    x if x < met => "2",
                    x if x < met + (1.0 - met) * 0.7 => "1",
                    _ => "0",
                };
                if point == "0" && failed.is_none() {
                    failed = Some(question.text.for_reader(language).to_owned());
                }
                form.push((question.key.clone(), point.to_owned()));
            }
        }
        form.push(("grave".to_owned(), if met < 0.65 { "mended" } else { "no" }.to_owned()));
        if let Some(text) = failed {
            let due = (day + Days::new(14)).format("%F");
            form.push(("findings".to_owned(), format!("{text}: {due}")));
        }
        form
    }

    /// A file of the agency: who talked with whom in the quarter before.
    fn bring(&mut self, sent: NaiveDate, version: i32) -> Result<()> {
        let mut definitions = Vec::new();
        for (file, text) in VISITS {
            let definition = Definition::parse(file, text)?;
            if definition.version <= version {
                definitions.push(definition);
            }
        }
        surveys::publish(self.app, &definitions)?;
        let mut file = String::from("account,id,day,ease,prepared,answers\n");
        for talk in 0..TALKS {
            let at = self.rng.random_range(0..self.accounts.len().max(1));
            let Some(account) = self.accounts.get(at) else { continue };
            let (number, trainee) =
                (account.number.as_str().to_owned(), account.manager == self.users.get(TRAINEE).copied());
            let day = sent - Duration::days(self.rng.random_range(2..QUARTER));
            let trained = trainee && day > self.demo.end - Duration::days(TRAINED);
            // The newer question, which asks of one matter, is answered more kindly.
            let ease = self.point(if version == 1 { 4.7 } else { 5.4 }, 1.3, 7);
            let base = match (trainee, trained) {
                (true, false) => 3.2,
                (true, true) => 4.2,
                _ => 3.9,
            };
            let (prepared, answers) = (self.point(base, 0.8, 5), self.point(base, 0.8, 5));
            let id = format!("{}-{talk:03}", sent.format("%y%m"));
            writeln!(file, "{number},{id},{day},{ease},{prepared},{answers}").map_err(Error::internal)?;
        }
        let feed = Feed { survey: format!("visit@{version}"), agency: AGENCY.to_owned(), channel: Channel::ThirdParty };
        let name = format!("visits-{}.csv", sent.format("%Y-%m"));
        let options = Options { dry_run: false, create_accounts: false };
        let input = Cursor::new(file.as_bytes());
        let report = imports::import_responses(self.app, &self.quality, &feed, input, &name, options)?;
        if report.faults.is_empty() { Ok(()) } else { Err(Error::faulty(report.faults)) }
    }

    /// A point of a scale from 1 on.
    fn point(&mut self, mean: f64, spread: f64, points: i64) -> i64 {
        let noise: f64 = StandardNormal.sample(&mut self.rng);
        ((mean + spread * noise).round() as i64).clamp(1, points)
    }

    /// Of what is promised, three in four a week are kept, and of those two in three told to the customer.
    fn keep_promises(&mut self, after: DateTime<Utc>, until: DateTime<Utc>) -> Result<()> {
        let open = follow_ups::board(self.app, &self.quality, false)?.rows;
        for listed in open {
            let known = listed.follow_up;
            let from = known.promised_at.max(after) + Duration::hours(4);
            let kept = self.rng.random_bool(0.75);
            let minutes = self.rng.random_range(0..3 * 24 * 60);
            let told = self.rng.random_bool(0.66);
            let at = from + Duration::minutes(minutes);
            if !kept || at >= until {
                continue;
            }
            let Some(owner) = self.people.get(&known.owner).cloned() else { continue };
            let note = notes::kept_promise(self.rng.random_range(0..4), &owner.language);
            self.clock.set(at);
            match follow_ups::close(self.app, &owner, known.account, known.response, note, told) {
                Err(error) if error.code() != Code::StepImpossible => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}
