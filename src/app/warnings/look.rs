//! The nightly look: every active account is held against the rules in one pass.
//!
//! Figures are loaded flat, accounts are scored side by side on several threads, and what is found is
//! saved in units of some hundred accounts, so that people who answer in the meantime get their turn at
//! the writer of an embedded database. A unit is whole by itself: after a fall the look simply runs again,
//! finds what was saved already, and changes nothing there.

use super::{App, CHANGE, Change, end_of, happened, tier_position, told};
use crate::app::cases;
use crate::app::figures::Series;
use crate::config::Config;
use crate::domain::account::Account;
use crate::domain::day;
use crate::domain::ident::{AccountId, ContactId, UserId, VersionId, WarningId, WaveId};
use crate::domain::measure::Measure;
use crate::domain::permission::{Actor, Reach, Role, require};
use crate::domain::trend::{DeclineRule, Fleet, Level, Observation, TierModel, Verdict};
use crate::domain::trend::{assess, day_number, fit_tiers, score};
use crate::domain::value::rhythm::{self, Rhythm};
use crate::domain::warning::detect::{Course, Delivery, Round, Rules, Scored, Steps};
use crate::domain::warning::escalate::{Line, Patience};
use crate::domain::warning::{Cause, Contribution, Finding, Warning, escalate, reconcile};
use crate::error::Result;
use crate::store::warnings::{self, Asking, Event, Kept, Score};
use crate::store::{Conn, accounts, orders, users};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// How many accounts are saved in one unit of work.
const UNIT: usize = 500;
/// How far back answers and askings are looked at: the window of the decline rule, and a past before it.
const YEARS_OF_ANSWERS: u64 = 3;
/// How far back orders are looked at: rhythms of seldom buyers need years.
const YEARS_OF_ORDERS: u64 = 6;

/// What the look goes by.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub rules: Rules,
    pub decline: DeclineRule,
    pub rhythm: rhythm::Settings,
    pub patience: Patience,
    pub reconcile: reconcile::Settings,
}

impl Settings {
    /// As the operator has set them.
    pub fn of(config: &Config) -> Self {
        let warnings = &config.warnings;
        Self {
            rules: warnings.rules(),
            decline: warnings.decline(),
            rhythm: rhythm::Settings::default(),
            patience: warnings.acknowledge_days.clone(),
            reconcile: warnings.reconcile(),
        }
    }
}

/// What one look has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Look {
    pub accounts: usize,
    pub raised: usize,
    pub risen: usize,
    pub fallen: usize,
    pub closed: usize,
    pub escalated: usize,
    /// Cases that went through the gate, or were refused there.
    pub cases: usize,
}

/// Looks at all active accounts as of now. Running it again changes nothing.
///
/// # Errors
/// What the database fails with; units that were saved stay saved.
pub fn look(app: &App, actor: &Actor, settings: &Settings) -> Result<Look> {
    require(actor, CHANGE, None)?;
    let (now, today) = (app.now(), app.today());
    let (night, quality) = app.db.read(|conn| Ok((Night::load(app, conn, today)?, quality_managers(conn)?)))?;
    let (fleet, answers) = night.fleet(app);
    let models = fit_tiers(&fleet, app.config.tiers.len());
    let named: Vec<(String, TierModel)> =
        app.config.tiers.iter().map(|t| t.key.clone()).zip(models.iter().copied()).collect();
    app.db.write(|conn| warnings::save_models(conn, &named, now))?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let verdicts = score(&fleet, &models, &settings.decline, day_number(today), threads);

    let mut done = Look { accounts: night.accounts.len(), ..Look::default() };
    let places: Vec<usize> = (0..night.accounts.len()).collect();
    for places in places.chunks(UNIT) {
        let looked: Vec<Looked<'_>> = places
            .iter()
            .filter_map(|&place| {
                let account = night.accounts.get(place)?;
                let tier = tier_position(app, &account.tier);
                let model = models.get(tier).copied().unwrap_or_default();
                let mut findings = night.findings(account, tier, today, settings);
                let scores = answers.get(place).map_or(&[][..], Vec::as_slice);
                let verdict = verdicts.get(place)?;
                findings.extend(decline(fleet.account(place), scores, verdict, &model, tier, today, settings));
                let findings = findings.into_iter().map(|f| (f.cause(), f)).collect();
                Some(Looked { account, findings })
            })
            .collect();
        let unit = Unit { app, actor, settings, now, quality: &quality };
        let one = app.db.write(|conn| unit.save(conn, &looked))?;
        done.raised += one.raised;
        done.risen += one.risen;
        done.fallen += one.fallen;
        done.closed += one.closed;
        done.escalated += one.escalated;
        done.cases += one.cases;
    }
    Ok(done)
}

/// One account and what was found there.
struct Looked<'a> {
    account: &'a Account,
    findings: BTreeMap<Cause, Finding>,
}

/// All figures of the night, by account.
struct Night {
    /// In the order of identifiers, as all flat figures come.
    accounts: Vec<Account>,
    satisfaction: BTreeMap<AccountId, Vec<Score>>,
    /// Where the series of satisfaction breaks.
    series: Series,
    recommend: BTreeMap<AccountId, Vec<Score>>,
    askings: BTreeMap<AccountId, Vec<Asking>>,
    orders: BTreeMap<AccountId, Vec<orders::Brief>>,
    zone: chrono_tz::Tz,
}

impl Night {
    fn load(app: &App, conn: &mut Conn, today: NaiveDate) -> Result<Self> {
        let back = |years: u64| today.checked_sub_days(Days::new(365 * years)).unwrap_or_default();
        let filter = accounts::Filter { active_only: true, ..accounts::Filter::default() };
        let (mut all, _) = accounts::list(conn, &Reach::All, &filter, 0, i64::MAX)?;
        // Suppliers, banks and our own people answer surveys too; they are not customers whom we may lose.
        all.retain(|a| a.kind.is_buyer());
        all.sort_by_key(|a| a.id);
        let since = back(YEARS_OF_ANSWERS);
        // Who was asked anonymously is not looked after: that they were silent, or answered, says nothing here.
        let all_surveys = app.surveys.all(conn)?;
        let anonymous: Vec<VersionId> =
            all_surveys.iter().filter(|one| one.definition.anonymous).map(|one| one.version.id).collect();
        let satisfaction =
            grouped(warnings::scores_since(conn, &Measure::SatisfactionIndex, since, None)?, |s| s.account);
        let scores: Vec<&Score> = satisfaction.values().flatten().collect();
        let series = Series::of(app, conn, &Measure::SatisfactionIndex, &scores)?;
        Ok(Self {
            accounts: all,
            satisfaction,
            series,
            recommend: grouped(warnings::scores_since(conn, &Measure::RecommendScore, since, None)?, |s| s.account),
            askings: grouped(warnings::askings_since(conn, since, &anonymous)?, |a| a.account),
            orders: grouped(orders::briefs_since(conn, back(YEARS_OF_ORDERS))?, |o| o.account),
            zone: app.config.organisation.reporting_zone,
        })
    }

    /// The answers of all accounts for the trend, and the scores they were made of, in the same order: those
    /// since the last break of each series. Other words may move a level, and that is no decline.
    fn fleet(&self, app: &App) -> (Fleet, Vec<Vec<Score>>) {
        let count = self.satisfaction.values().map(Vec::len).sum();
        let mut fleet = Fleet::with_capacity(self.accounts.len(), count);
        let mut answers = Vec::with_capacity(self.accounts.len());
        for account in &self.accounts {
            let scores = of(&self.satisfaction, account.id);
            let tier = u8::try_from(tier_position(app, &account.tier)).unwrap_or(u8::MAX);
            let last = self.series.parts(scores).pop().unwrap_or_default();
            let scores: Vec<Score> = last.into_iter().filter_map(|place| scores.get(place)).copied().collect();
            fleet.push(tier, observations(&scores));
            answers.push(scores);
        }
        (fleet, answers)
    }

    /// What every rule but that of declines finds.
    fn findings(&self, account: &Account, tier: usize, today: NaiveDate, settings: &Settings) -> Vec<Finding> {
        let rules = &settings.rules;
        let orders = of(&self.orders, account.id);
        let deliveries: Vec<Delivery> = orders
            .iter()
            .filter_map(|o| Some(Delivery { order: o.id, promised: o.promised_on?, delivered: o.delivered_on }))
            .collect();
        let days: Vec<NaiveDate> = orders.iter().map(|o| o.ordered_on).filter(|day| *day <= today).collect();
        let rhythm = Rhythm::of(&days, &settings.rhythm);
        [
            rules.low_score.find(&self.scored(account.id), tier, today),
            rules.silence.find(&rounds(of(&self.askings, account.id), self.zone), tier, today),
            rules.order_late.find(&deliveries, tier, today),
            rhythm.and_then(|rhythm| rules.order_overdue.find(&rhythm, tier, today)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Both scales of each response side by side.
    fn scored(&self, account: AccountId) -> Vec<Scored> {
        let mut found = BTreeMap::new();
        let mut take = |scores: &[Score], put: fn(&mut Scored, f64)| {
            for s in scores {
                let scored = found.entry(s.response).or_insert_with(|| Scored {
                    response: s.response,
                    contact: s.contact,
                    day: s.day,
                    recommend: None,
                    satisfaction: None,
                });
                put(scored, s.x as f64 / 1000.0);
            }
        };
        take(of(&self.satisfaction, account), |scored, x| scored.satisfaction = Some(x));
        take(of(&self.recommend, account), |scored, x| scored.recommend = Some(x));
        found.into_values().collect()
    }
}

/// The scores of one account as the trend takes them. Whoever answers anonymously is a new person each
/// time: nobody knows better.
pub(in crate::app) fn observations(scores: &[Score]) -> Vec<Observation> {
    let mut people: BTreeMap<ContactId, u32> = BTreeMap::new();
    let mut last = 0_u32;
    let mut seen = Vec::with_capacity(scores.len());
    for s in scores {
        let known = s.contact.and_then(|contact| people.get(&contact).copied());
        let who = known.unwrap_or(last + 1);
        last = last.max(who);
        if let Some(contact) = s.contact {
            people.insert(contact, who);
        }
        seen.push(Observation::on(s.day, who, s.x as f64 / 1000.0));
    }
    seen
}

/// The decline of an account, with its reasons, where the verdict is anywhere near a level.
fn decline(
    seen: &[Observation],
    scores: &[Score],
    verdict: &Verdict,
    model: &TierModel,
    tier: usize,
    today: NaiveDate,
    settings: &Settings,
) -> Option<Finding> {
    let thresholds = settings.decline.thresholds(tier);
    let rule = &settings.rules.decline;
    if verdict.decline?.probability < thresholds.yellow - rule.margin {
        return None;
    }
    let found = assess(seen, model, &settings.decline, day_number(today))?;
    let reach = 1.96 * found.level_sd;
    let contributions = found
        .contributions
        .iter()
        .filter_map(|c| {
            let from = scores.get(c.observation)?;
            let (response, contact) = (from.response, from.contact);
            Some(Contribution { response, contact, day: c.day, score: c.value, weight: c.weight, points: c.points })
        })
        .collect();
    let course = Course {
        level_then: found.level_then,
        then_day: found.then_day,
        level_now: found.level_now,
        low: (found.level_now - reach).max(0.0),
        high: (found.level_now + reach).min(100.0),
        fall: settings.decline.delta,
        probability: found.probability,
        contributions,
    };
    rule.find(course, &Steps::new(thresholds.yellow, thresholds.orange, thresholds.red))
}

/// All invitations of one wave are one round of asking.
fn rounds(askings: &[Asking], zone: chrono_tz::Tz) -> Vec<Round> {
    let mut waves: BTreeMap<WaveId, (Round, BTreeSet<ContactId>)> = BTreeMap::new();
    for asking in askings {
        let answered = asking.answered_at.map(|at| day::day_of(at, zone));
        let empty = Round { day: asking.day, invitations: 0, contacts: 0, bounced: 0, answered: None };
        let (round, contacts) = waves.entry(asking.wave).or_insert_with(|| (empty, BTreeSet::new()));
        round.day = round.day.max(asking.day);
        round.invitations += 1;
        round.contacts += u32::from(contacts.insert(asking.contact));
        round.bounced += u32::from(asking.failed);
        round.answered = round.answered.max(answered);
    }
    waves.into_values().map(|(round, _)| round).collect()
}

/// What saving one unit needs besides the findings.
struct Unit<'a> {
    app: &'a App,
    actor: &'a Actor,
    settings: &'a Settings,
    now: DateTime<Utc>,
    quality: &'a [(UserId, Option<String>)],
}

impl Unit<'_> {
    /// Holds the findings of some accounts against their warnings. The warnings are read here and not
    /// before, so that a step that somebody has taken in the meantime is not undone.
    fn save(&self, conn: &mut Conn, looked: &[Looked<'_>]) -> Result<Look> {
        let ids: Vec<AccountId> = looked.iter().map(|l| l.account.id).collect();
        let mut open: BTreeMap<(AccountId, Cause), Kept> =
            warnings::open_of(conn, &ids)?.into_iter().map(|k| ((k.warning.account_id, k.warning.cause), k)).collect();
        let longest =
            Cause::ALL.iter().map(|c| self.settings.reconcile.cool_down(*c)).max().unwrap_or(Duration::zero());
        let closed = warnings::closed_since(conn, &ids, self.now - longest)?;
        let mut done = Look::default();
        for Looked { account, findings } in looked {
            for cause in LOOKED_FOR {
                let key = (account.id, cause);
                let kept = open.remove(&key);
                let finding = findings.get(&cause);
                let change = reconcile(
                    kept.as_ref().map(|k| &k.warning),
                    closed.get(&key),
                    finding,
                    self.now,
                    &self.settings.reconcile,
                );
                self.apply(conn, account, kept, &change, &mut done)?;
            }
            // Causes that others report are not judged here, but they may be left lying as well.
            let others: Vec<_> = open.keys().filter(|(id, _)| *id == account.id).copied().collect();
            for key in others {
                if let Some(kept) = open.remove(&key) {
                    self.escalate(conn, account, kept, &mut done)?;
                }
            }
        }
        Ok(done)
    }

    fn apply(
        &self,
        conn: &mut Conn,
        account: &Account,
        kept: Option<Kept>,
        change: &reconcile::Change,
        done: &mut Look,
    ) -> Result<()> {
        use reconcile::Change as C;
        let now = self.now;
        let Some(before) = kept else {
            let C::Raise { level, evidence, follows } = change else { return Ok(()) };
            let id = self.app.chance.id::<WarningId>(now);
            let mut kept = Kept::new(Warning::raise(id, account.id, *level, evidence.clone(), now));
            kept.owner = account.manager;
            if warnings::insert(conn, &kept)? {
                done.raised += 1;
                self.tell(conn, &kept, "raised", None, Some(*level), follows.map(|f| f.to_string()))?;
                self.consider(conn, account, &kept.warning, done)?;
            }
            return Ok(());
        };
        let mut after = Kept { warning: before.warning.after(change, now), seen_at: now, ..before.clone() };
        let saved = match change {
            C::Rise { from, to, .. } => self.change_level(conn, &after, "rose", (*from, Some(*to)), &mut done.risen)?,
            C::Fall { from, to, .. } => {
                self.change_level(conn, &after, "fell", (*from, Some(*to)), &mut done.fallen)?
            }
            C::Close { level } => {
                after.closed_at = Some(now);
                self.change_level(conn, &after, "lapsed", (*level, None), &mut done.closed)?
            }
            C::Keep { .. } if after.warning != before.warning => {
                warnings::refresh(conn, &after)?;
                false
            }
            C::Keep { .. } | C::Nothing | C::Raise { .. } => false,
        };
        after.revision += i64::from(saved);
        if saved && matches!(change, C::Rise { .. }) {
            self.consider(conn, account, &after.warning, done)?;
        }
        self.escalate(conn, account, after, done)
    }

    /// A grave enough warning opens a case in the same unit of work: after a fall there is never the one
    /// without the other.
    fn consider(&self, conn: &mut Conn, account: &Account, warning: &Warning, done: &mut Look) -> Result<()> {
        let opened = cases::consider(self.app, conn, account, warning.id, warning.cause, warning.level)?;
        done.cases += usize::from(opened.is_some());
        Ok(())
    }

    fn change_level(
        &self,
        conn: &mut Conn,
        after: &Kept,
        what: &'static str,
        (from, to): (Level, Option<Level>),
        count: &mut usize,
    ) -> Result<bool> {
        // Somebody has acted on it in this very moment: the next look takes it from there.
        if !warnings::save(conn, after)? {
            return Ok(false);
        }
        *count += 1;
        self.tell(conn, after, what, Some(from), to, None)?;
        Ok(true)
    }

    fn escalate(&self, conn: &mut Conn, account: &Account, kept: Kept, done: &mut Look) -> Result<()> {
        let in_charge = |region: &Option<String>| region.as_ref().is_none_or(|r| *r == account.region);
        let line = Line {
            deputy: account.deputy,
            quality_managers: self.quality.iter().filter(|(_, region)| in_charge(region)).map(|(id, _)| *id).collect(),
        };
        let remedy_due = kept.due_on.map(|day| end_of(self.app, day));
        let warning = Warning { remedy_due, ..kept.warning.clone() };
        let Some(up) = escalate(&warning, &line, self.now, &self.settings.patience) else { return Ok(()) };
        let mut after = kept;
        let from = after.warning.escalated_to.map(|r| r.as_str().to_owned());
        after.warning.escalated_to = Some(up.rung);
        after.escalated_to = up.to.first().copied();
        after.escalated_at = Some(self.now);
        if warnings::save(conn, &after)? {
            done.escalated += 1;
            let event = happened(self.app, &after.warning, self.now, self.actor.user, "escalated");
            let neglect = serde_json::to_value(up.neglect).ok().and_then(|v| v.as_str().map(ToOwned::to_owned));
            warnings::add_events(conn, &[Event { from, to: Some(up.rung.as_str().into()), note: neglect, ..event }])?;
            let change = Change::new("escalated", "warning", &after.warning.id).of_account(account.id);
            self.app.note(conn, self.actor, change.to(json!({ "to": up.rung.as_str() })))?;
        }
        Ok(())
    }

    fn tell(
        &self,
        conn: &mut Conn,
        kept: &Kept,
        what: &'static str,
        from: Option<Level>,
        to: Option<Level>,
        note: Option<String>,
    ) -> Result<()> {
        let event = happened(self.app, &kept.warning, self.now, self.actor.user, what);
        warnings::add_events(conn, &[Event { from: from.and_then(told), to: to.and_then(told), note, ..event }])?;
        let level = |l: Option<Level>| l.map(|l| json!({ "level": l.as_str() }));
        let change = Change::new(what, "warning", &kept.warning.id).of_account(kept.warning.account_id);
        self.app.note(conn, self.actor, change.was(level(from)).to(level(to)))
    }
}

/// The causes that the look judges. Others are reported from elsewhere and left alone.
const LOOKED_FOR: [Cause; 5] = [Cause::LowScore, Cause::Decline, Cause::Silence, Cause::OrderLate, Cause::OrderOverdue];

/// Those above whom there is nobody, and the region each is bound to.
fn quality_managers(conn: &mut Conn) -> Result<Vec<(UserId, Option<String>)>> {
    let all = users::all(conn)?;
    Ok(all.into_iter().filter(|u| u.active && u.role == Role::QualityManager).map(|u| (u.id, u.region)).collect())
}

fn grouped<T>(rows: Vec<T>, account: impl Fn(&T) -> AccountId) -> BTreeMap<AccountId, Vec<T>> {
    let mut groups: BTreeMap<AccountId, Vec<T>> = BTreeMap::new();
    for row in rows {
        groups.entry(account(&row)).or_default().push(row);
    }
    groups
}

fn of<T>(groups: &BTreeMap<AccountId, Vec<T>>, account: AccountId) -> &[T] {
    groups.get(&account).map_or(&[], Vec::as_slice)
}
