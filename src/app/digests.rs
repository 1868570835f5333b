//! The digest: what is new, worse, better or due at somebody's accounts, as one mail.

use super::App;
use super::figures::{Slice, by_tier, tier_name, tier_position, view};
use super::outbox::Payload;
use super::warnings::{Due, Settings, due, words};
use crate::domain::account::Account;
use crate::domain::day::Month;
use crate::domain::delivery::Delivery;
use crate::domain::ident::{AccountId, MailId};
use crate::domain::measure::Measure;
use crate::domain::permission::{Reach, Role};
use crate::domain::trend::Level;
use crate::domain::warning::{News, news};
use crate::error::{Error, Result};
use crate::mail::view::{Digest, DigestFigure, DigestItem, DigestNext, DigestPromise, DigestTier, DigestTiers};
use crate::store::mails::{self, Mail, Purpose};
use crate::store::users::User;
use crate::store::warnings::{self, Event, Kept};
use crate::store::{accounts, follow_ups, responses, users};
use crate::text::Reader;
use crate::text::figure::Unit;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Promises in one mail; the rest stands in the list.
const MOST_PROMISES: i64 = 20;
/// Accounts in one mail; the rest stands on the board.
const MOST_ITEMS: usize = 12;

/// Puts the digests of a slot into the outbox: once for each person, however often it is asked for.
/// Returns how many were put there.
///
/// # Errors
/// What the database fails with.
pub fn send(app: &App, since: DateTime<Utc>, slot: NaiveDate) -> Result<usize> {
    let now = app.now();
    let people = app.db.read(users::all)?;
    let mut sent = 0;
    for user in people.iter().filter(|u| u.active && u.digest) {
        let Some(digest) = compose(app, user, since)? else { continue };
        let mail = Mail {
            account: AccountId::default(),
            id: app.chance.id::<MailId>(now),
            purpose: Purpose::Digest,
            invitation: None,
            wave: None,
            user: Some(user.id),
            to_address: user.email.clone(),
            to_name: user.name.clone(),
            language: digest.language.clone(),
            payload: payload(&digest)?,
            once_key: format!("digest:{}:{slot}", user.id),
            delivery: Delivery::scheduled(now, now + Duration::hours(i64::from(app.config.mail.too_late_hours))),
            claimed_by: None,
            dated_at: None,
            reply: None,
            created_at: now,
        };
        sent += app.db.write(|conn| mails::insert(conn, &[mail]))?;
    }
    Ok(sent)
}

/// As the sender reads it. No list is named: who leaves the digest does so signed in, not by a link that a
/// mail program may follow.
fn payload(digest: &Digest) -> Result<String> {
    let view = serde_json::to_value(digest).map_err(Error::internal)?;
    serde_json::to_string(&Payload { view, list: None }).map_err(Error::internal)
}

/// What one person is told: account managers and deputies of their own accounts, quality managers of the
/// red warnings within their reach. Nothing, where nothing needs them.
///
/// # Errors
/// What the database fails with.
pub fn compose(app: &App, user: &User, since: DateTime<Utc>) -> Result<Option<Digest>> {
    let reach = match user.role {
        Role::AccountManager => Reach::Own(user.id),
        Role::QualityManager => user.region.clone().map_or(Reach::All, Reach::Region),
        _ => return Ok(None),
    };
    let (events, open, mine, answers) = app.db.read(|conn| {
        let filter = warnings::Filter { open: Some(true), ..warnings::Filter::default() };
        let mut events = warnings::events_since(conn, &reach, since)?;
        let (mut open, _) = warnings::list(conn, &reach, &filter, 0, i64::MAX)?;
        // Those who closed since have their say, too.
        for event in events.iter().filter(|e| closes(e)) {
            let kept = warnings::find(conn, event.account, event.warning)?;
            if !kept.warning.is_open() && !open.iter().any(|k| k.warning.id == kept.warning.id) {
                open.push(kept);
            }
        }
        events.sort_by_key(|e| (e.at, e.id));
        let mine =
            accounts::list(conn, &reach, &accounts::Filter { active_only: true, ..Default::default() }, 0, i64::MAX)?.0;
        let answers = responses::counts_since(conn, app.day_of(since))?;
        Ok((events, open, mine, answers))
    })?;
    let mine: BTreeMap<AccountId, Account> = mine.into_iter().map(|a| (a.id, a)).collect();
    let told: Vec<Told<'_>> = open
        .iter()
        .filter_map(|kept| {
            let account = mine.get(&kept.warning.account_id)?;
            let told = Told::of(app, kept, account, &events, since)?;
            (user.role != Role::QualityManager || kept.warning.level == Level::Red).then_some(told)
        })
        .collect();
    let promises = promises(app, user)?;
    if told.is_empty() && promises.is_empty() {
        return Ok(None);
    }
    let responses: i64 = answers.iter().filter(|(id, _)| mine.contains_key(id)).map(|(_, n)| n).sum();
    let held: BTreeSet<&str> = mine.values().map(|a| a.tier.as_str()).collect();
    let digest = Told::write(app, user, told, mine.len(), u64::try_from(responses).unwrap_or(0));
    let subject = if digest.items.is_empty() {
        let reader = app.catalogue.reader(&user.language, user.zone);
        reader.text("follow-ups-digest-subject", &[("count", promises.len().into())])
    } else {
        digest.subject.clone()
    };
    Ok(Some(Digest { tiers: tiers(app, user, &held)?, promises, subject, ..digest }))
}

/// What somebody has promised to customers and is due within the week, or overdue.
fn promises(app: &App, user: &User) -> Result<Vec<DigestPromise>> {
    let reader = app.catalogue.reader(&user.language, user.zone);
    let week = app.day_of(app.now() + Duration::days(7));
    let all = app.db.read(|conn| follow_ups::list(conn, &Reach::All, Some(user.id), true, MOST_PROMISES))?;
    let base = app.config.base_url.as_str().trim_end_matches('/');
    let due = all.into_iter().filter(|one| one.follow_up.due <= week);
    Ok(due
        .map(|one| {
            let late = one.follow_up.is_overdue(app.today());
            let date = reader.date(one.follow_up.due);
            let due = reader.text("follow-ups-due", &[("date", date.into()), ("late", late.to_string().into())]);
            let contact = one.contact_name.unwrap_or_else(|| reader.text("follow-ups-somebody", &[]));
            DigestPromise {
                account: one.account_name,
                text: reader.text("follow-ups-digest-line", &[("contact", contact.into()), ("due", due.into())]),
                url: format!("{base}/follow-ups/{}/{}", one.follow_up.account, one.follow_up.response),
                late,
            }
        })
        .collect())
}

/// The recommendation of the reader's own accounts by tier, over the months that figures are shown for;
/// none where nobody has answered. Tiers that the reader has no account in are left out.
fn tiers(app: &App, user: &User, held: &BTreeSet<&str>) -> Result<Option<DigestTiers>> {
    let reader = app.catalogue.reader(&user.language, user.zone);
    let months = i32::try_from(app.config.figures.period_months).unwrap_or(i32::MAX);
    let slice = Slice::ending(Month::of(app.today()), months);
    let figures = by_tier(app, &user.actor(), &slice, &Measure::Recommend)?;
    if figures.iter().all(|(_, figure)| figure.is_none()) {
        return Ok(None);
    }
    let unit = Unit::of(&Measure::Recommend);
    let rows = figures
        .into_iter()
        .filter(|(tier, figure)| held.contains(tier.as_str()) || figure.is_some())
        .map(|(tier, figure)| DigestTier {
            name: tier_name(app, &tier, &reader.language),
            responses: reader.integer(figure.as_ref().map_or(0, |f| f.n)),
            hidden: figure.is_none().then(|| reader.text("chart-nothing", &[])),
            figure: figure.map(|f| DigestFigure {
                nps: unit.write(&reader, f.value),
                interval: reader.interval(f.low, f.high, unit.decimals()),
            }),
        })
        .collect();
    Ok(Some(DigestTiers { period: view::period(&reader, slice.period), rows }))
}

/// Whether people of a role get a digest, if they want it.
pub fn is_told(role: Role) -> bool {
    matches!(role, Role::AccountManager | Role::QualityManager)
}

/// When the schedule brings the next digest, as the reader's clock shows it.
pub fn next(app: &App, reader: &Reader) -> Option<DigestNext> {
    let at = app.config.jobs.digest.next_after(app.now(), app.config.organisation.reporting_zone)?;
    let day = crate::domain::day::day_of(at, reader.zone);
    Some(DigestNext { weekday: reader.weekday(day), date: reader.date_long(day), time: reader.time(at) })
}

fn closes(event: &Event) -> bool {
    event.what == "lapsed" || (event.what == "stepped" && event.to.as_deref() == Some("verified"))
}

/// One warning that a digest speaks of.
struct Told<'a> {
    kept: &'a Kept,
    account: &'a Account,
    news: Option<News>,
    due: Option<Due>,
    is_due: bool,
}

impl<'a> Told<'a> {
    /// `None` where there is nothing to tell.
    fn of(app: &App, kept: &'a Kept, account: &'a Account, events: &[Event], since: DateTime<Utc>) -> Option<Self> {
        let w = &kept.warning;
        let own: Vec<&Event> = events.iter().filter(|e| e.warning == w.id).collect();
        let before = level_at(w.raised_at, w.level, since, &own);
        let changed =
            own.iter().any(|e| matches!(e.what.as_str(), "raised" | "rose" | "fell")) || own.iter().any(|e| closes(e));
        // A trend alone is told when it has turned since, that is, together with an event; else it would
        // be told again week by week.
        let news = changed.then(|| news(before, w.is_open().then_some(w.level), w.trend)).flatten();
        let due = if w.is_open() { due(kept, &Settings::of(&app.config)) } else { None };
        let week = app.now() + Duration::days(7);
        let is_due = match due {
            Some(Due::Acknowledge(at)) => at <= week,
            Some(Due::Remedy(day)) => day <= app.day_of(week),
            None => false,
        };
        (news.is_some() || is_due).then_some(Self { kept, account, news, due, is_due })
    }

    fn write(app: &App, user: &User, mut told: Vec<Self>, accounts: usize, responses: u64) -> Digest {
        let reader = app.catalogue.reader(&user.language, user.zone);
        let settings = Settings::of(&app.config);
        let count =
            |level: Level| told.iter().filter(|t| t.kept.warning.is_open() && t.kept.warning.level == level).count();
        let preheader = reader.text(
            "warning-digest-preheader",
            &[
                ("red", count(Level::Red).into()),
                ("orange", count(Level::Orange).into()),
                ("yellow", count(Level::Yellow).into()),
            ],
        );
        told.sort_by_key(|t| {
            let w = &t.kept.warning;
            (!w.is_open(), std::cmp::Reverse(w.level), w.raised_at, w.id)
        });
        // One item an account, led by its gravest warning.
        let mut order: Vec<AccountId> = Vec::new();
        let mut groups: BTreeMap<AccountId, Vec<Self>> = BTreeMap::new();
        for one in told {
            let id = one.account.id;
            if !order.contains(&id) {
                order.push(id);
            }
            groups.entry(id).or_default().push(one);
        }
        let of = |what: fn(&Self) -> bool| groups.values().filter(|g| g.iter().any(what)).count() as u64;
        let warned = of(|t| matches!(t.news, Some(News::New | News::Worse)));
        let due = of(|t| t.is_due);
        let base = app.config.base_url.as_str().trim_end_matches('/').to_owned();
        let items: Vec<DigestItem> = order
            .iter()
            .take(MOST_ITEMS)
            .filter_map(|id| {
                let group = groups.get(id)?;
                let first = group.first()?;
                let w = &first.kept.warning;
                let position = tier_position(app, &first.account.tier);
                let mut finding = words::sentence(&reader, &w.evidence, w.level, position, &settings);
                if let Some(news) = first.news {
                    let was = match news {
                        News::New => "new",
                        News::Worse => "worse",
                        News::Better => "better",
                        News::Over => "over",
                    };
                    let gap = reader.text("mail-gap", &[]);
                    finding = format!("{}{gap}{finding}", reader.text("warning-digest-was", &[("news", was.into())]));
                }
                if group.len() > 1 {
                    let causes: Vec<String> =
                        group.iter().skip(1).map(|t| words::cause(&reader, t.kept.warning.cause)).collect();
                    let separator = reader.text("warning-list-separator", &[]);
                    let more = [("count", (group.len() - 1).into()), ("causes", causes.join(&separator).into())];
                    let gap = reader.text("mail-gap", &[]);
                    finding = format!("{finding}{gap}{}", reader.text("warning-digest-more", &more));
                }
                Some(DigestItem {
                    level: w.level.as_str(),
                    account: first.account.name.clone(),
                    account_url: format!("{base}/accounts/{}", first.account.id),
                    tier: tier_name(app, &first.account.tier, &reader.language),
                    due: group.iter().find_map(|t| t.due).map(|d| words::due(&reader, d)),
                    finding,
                    action: reader.text("warning-digest-open", &[]),
                    action_url: format!("{base}/warnings/{}/{}", w.account_id, w.id),
                })
            })
            .collect();
        let now = app.now();
        let day = crate::domain::day::day_of(now, user.zone);
        let date = [("weekday", reader.weekday(day).into()), ("date", reader.date_long(day).into())];
        Digest {
            language: reader.language.clone(),
            subject: reader.text("mail-digest-subject", &[("count", items.len().into())]),
            preheader,
            today: reader.text("warning-digest-date", &date),
            name: user.name.clone(),
            accounts: accounts as u64,
            warned,
            due,
            responses,
            items,
            promises: Vec::new(),
            tiers: None,
            next: next(app, &reader),
            settings_url: format!("{base}/me#digest"),
        }
    }
}

/// The level a warning had at a moment; none if it was not open then. It is read back from what happened
/// since: the first change of level tells what was before it.
fn level_at(raised_at: DateTime<Utc>, now: Level, since: DateTime<Utc>, events: &[&Event]) -> Option<Level> {
    if raised_at > since {
        return None;
    }
    let first = events.iter().find(|e| matches!(e.what.as_str(), "rose" | "fell" | "lapsed"));
    first.and_then(|e| e.from.as_deref()).and_then(|l| Level::parse(l).ok()).or(Some(now))
}
