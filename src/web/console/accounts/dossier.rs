//! One account in the words of one reader: what its page is filled with.

use super::super::doubts::doubt;
use super::super::follow_ups;
use super::super::warnings::{Names, event, row, waterfall};
use super::tier;
use crate::app::App;
use crate::app::accounts::Dossier;
use crate::app::figures::tier_name;
use crate::app::warnings::{Settings, words};
use crate::domain::answer::Answer;
use crate::domain::day::{Month, day_of, start_of};
use crate::domain::ident::ContactId;
use crate::domain::trend;
use crate::domain::value::rhythm::Standing;
use crate::domain::warning::{Cause, Evidence};
use crate::domain::winback;
use crate::error::Result;
use crate::render::chart::{self, Course, Known, Order, Orders, Overdue, Reference, Scale, Turn};
use crate::store::responses::{Channel, Response, State};
use crate::store::visits::Mark;
use crate::store::warnings::Kept;
use crate::text::{Reader, minor_digits};
use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Half the width of the 80 and of the 95 % interval, in standard deviations.
const INNER: f64 = 1.2816;
const OUTER: f64 = 1.96;
/// Months that the course and the orders show.
const COURSE_MONTHS: u32 = 24;
const ORDER_MONTHS: u32 = 12;
/// Things that happened, and warnings, that the page tells.
const MOST_EVENTS: usize = 9;
const MOST_WARNINGS: usize = 20;
/// Responses that stand open; earlier ones are folded away.
const OPEN_RESPONSES: usize = 8;

/// Everything on the page. `chosen` is the contact whose form is open.
pub(super) fn page(app: &App, reader: &Reader, found: &Dossier, chosen: Option<ContactId>) -> Result<Value> {
    let page = Page { app, reader, found, names: Names::of(&found.people), today: app.today() };
    let account = &found.account;
    let worst = found.worst();
    let rights = &found.rights;
    let under_way = found.cases.iter().find(|c| matches!(c.state, winback::State::Open | winback::State::Deferred));
    let mut shown: Vec<&Kept> = found.warnings.iter().collect();
    shown.sort_by_key(|k| (!k.warning.is_open(), k.warning.is_open().then_some(std::cmp::Reverse(k.warning.level))));
    shown.truncate(MOST_WARNINGS);
    let mut responses = page.responses();
    let earlier = responses.split_off(responses.len().min(OPEN_RESPONSES));
    Ok(json!({
        "id": account.id, "name": account.name, "number": account.number.as_str(), "active": account.active,
        "level": worst.map(|l| l.as_str()),
        "box": worst.map(|l| reader.text("warning-of-level", &[("level", words::level_alone(reader, l).into())])),
        "facts": page.facts(),
        "parent": found.parent.as_ref().map(|p| json!({ "id": p.id, "name": p.name })),
        "course": page.course()?, "why": page.why(), "orders": page.orders()?,
        "events": page.events(),
        "warnings": shown.iter().map(|k| row(app, reader, k, account, &page.names)).collect::<Vec<_>>(),
        "warnings_title": page.warnings_title(),
        "cases": page.cases(),
        "case": under_way.map(|c| format!("/cases/{}/{}", c.account, c.id)),
        "responses": responses, "earlier": earlier,
        "responses_title": page.responses_title(),
        "contacts": page.contacts(), "contacts_title": page.contacts_title(), "person": page.person(chosen),
        "tiers": page.tiers(), "machines": page.machines(), "decides": rights.decide,
        "may_change": rights.change, "may_see_contacts": rights.see_contacts,
        "may_change_contacts": rights.change_contact,
        "may_open_case": rights.open_case && under_way.is_none(), "may_enter": rights.enter,
    }))
}

struct Page<'a> {
    app: &'a App,
    reader: &'a Reader,
    found: &'a Dossier,
    names: Names<'a>,
    today: NaiveDate,
}

impl Page<'_> {
    fn text(&self, id: &str) -> String {
        self.reader.text(id, &[])
    }

    /// A day as it stands in a narrow column: without its year where that is plain.
    fn when(&self, day: NaiveDate) -> String {
        let recent = (self.today - day).num_days() < 300;
        if recent { self.reader.date_short(day) } else { self.reader.month(Month::of(day)) }
    }

    fn facts(&self) -> Value {
        let account = &self.found.account;
        let since = self.found.tiers.last().filter(|(_, tier)| *tier == account.tier).map(|(day, _)| *day);
        let working = self.found.contacts.iter().filter(|c| c.active);
        let (people, with_consent) = (working.clone().count(), working.filter(|c| c.consent).count());
        json!({
            "tier": tier(self.app, self.reader, account),
            "tier_since": since.map(|d| self.reader.text("accounts-since", &[("day", self.reader.date(d).into())])),
            "manager": self.names.name(account.manager), "deputy": self.names.name(account.deputy),
            "region": account.region, "line": account.product_line,
            "kind": self.text(&format!("accounts-kind-{}", account.kind.as_str())),
            "contacts": self.reader.integer(people as i64),
            "consent": self.reader.text("accounts-with-consent", &[("count", with_consent.into())]),
        })
    }

    /// The open decline, if there is one.
    fn decline(&self) -> Option<&Kept> {
        self.found.warnings.iter().find(|k| k.warning.is_open() && k.warning.cause == Cause::Decline)
    }

    fn course(&self) -> Result<Value> {
        let reader = self.reader;
        let Some(now) = self.found.course.last() else { return Ok(Value::Null) };
        let bounded = |level: f64, by: f64| ((level - by).max(0.0), (level + by).min(100.0));
        let known: Vec<Known> = self
            .found
            .course
            .iter()
            .map(|p| {
                let level = p.level.clamp(0.0, 100.0);
                Known { day: p.day, level, inner: bounded(level, INNER * p.sd), outer: bounded(level, OUTER * p.sd) }
            })
            .collect();
        let earliest = self.today.checked_sub_months(Months::new(COURSE_MONTHS)).unwrap_or(self.today);
        // The chart begins where something is known, but it never is a mere sliver of time.
        let year = self.today.checked_sub_months(Months::new(12)).unwrap_or(self.today);
        let first = known.first().map_or(year, |k| k.day.min(year).max(earliest));
        let responses: Vec<chart::Response> = self
            .found
            .answers
            .iter()
            .map(|s| {
                let value = s.x as f64 / 1000.0;
                let said = [
                    ("day", reader.date(s.day).into()),
                    ("who", self.who(s.contact).into()),
                    ("score", reader.number(value, 0).into()),
                ];
                chart::Response { day: s.day, value, title: reader.text("accounts-ring", &said) }
            })
            .collect();
        let zone = self.app.config.organisation.reporting_zone;
        let declines: BTreeSet<_> =
            self.found.warnings.iter().filter(|k| k.warning.cause == Cause::Decline).map(|k| k.warning.id).collect();
        let turns: Vec<Turn> = self
            .found
            .events
            .iter()
            .filter(|e| declines.contains(&e.warning) && matches!(e.what.as_str(), "raised" | "rose"))
            .filter_map(|e| {
                let level = trend::Level::parse(e.to.as_deref()?).ok()?;
                let day = day_of(e.at, zone);
                let words = [("level", words::level(reader, level).into()), ("day", reader.date(day).into())];
                Some(Turn { day, level: mark(level), title: reader.text("accounts-turn", &words) })
            })
            .collect();
        let (level, low, high) = known.last().map_or((now.level, 0.0, 100.0), |k| (k.level, k.outer.0, k.outer.1));
        let title = match self.decline().map(|k| &k.warning.evidence) {
            Some(Evidence::Decline { level_then, then_day, level_now, .. }) => reader.text(
                "accounts-course-fell",
                &[
                    ("then", reader.number(*level_then, 0).into()),
                    ("now", reader.number(*level_now, 0).into()),
                    ("since", reader.month(Month::of(*then_day)).into()),
                ],
            ),
            _ => reader.text(
                "accounts-course-stands",
                &[("now", reader.number(level, 0).into()), ("interval", reader.interval(low, high, 0).into())],
            ),
        };
        let tier = tier_name(self.app, &self.found.account.tier, &reader.language);
        let mean = self.found.model.mean;
        let usual = [("tier", tier.into()), ("mean", reader.number(mean, 0).into())];
        let shown = known.iter().filter(|k| k.day >= first).flat_map(|k| [k.outer.0, k.outer.1]);
        let rings = responses.iter().filter(|r| r.day >= first).map(|r| r.value);
        let label = reader.text("accounts-course-label", &[("name", self.found.account.name.as_str().into())]);
        let figure = Course {
            label: &label,
            first,
            last: self.today,
            known: &known,
            responses: &responses,
            turns: &turns,
            breaks: &self.breaks(),
            turn_words: &self.text("accounts-turn-words"),
            reference: Some(Reference { value: mean, text: reader.text("accounts-tier-usual", &usual) }),
            level_word: &self.text("accounts-level-word"),
            scale: Scale::index(shown.chain(rings).collect::<Vec<_>>()),
            decimals: 0,
            head: [&self.text("accounts-day"), &self.text("accounts-level-head")],
        }
        .draw(reader)?;
        Ok(json!({ "title": title, "figure": figure }))
    }

    /// From which day on people of this account were asked something else.
    fn breaks(&self) -> Vec<(NaiveDate, String)> {
        let told = |version: i32| {
            let version = version.to_string();
            self.reader.text("overview-break", &[("version", version.as_str().into())])
        };
        self.found.breaks.iter().map(|(day, version)| (*day, told(*version))).collect()
    }

    fn why(&self) -> Value {
        let Some(kept) = self.decline() else { return Value::Null };
        let (reader, w, settings) = (self.reader, &kept.warning, Settings::of(&self.app.config));
        let line = row(self.app, reader, kept, &self.found.account, &self.names);
        json!({
            "title": reader.text("warning-why", &[("level", words::level(reader, w.level).into())]),
            "row": line,
            "false_alarms": words::false_alarms(reader, &w.evidence, w.level, &settings),
            "waterfall": waterfall(reader, &w.evidence, &self.found.contacts),
        })
    }

    fn orders(&self) -> Result<Value> {
        let reader = self.reader;
        let orders: Vec<_> = self.found.orders.iter().filter(|o| o.ordered_on <= self.today).collect();
        let Some(latest) = orders.last() else { return Ok(Value::Null) };
        let currency = &self.app.config.organisation.currency;
        let year = self.today.checked_sub_months(Months::new(ORDER_MONTHS)).unwrap_or(self.today);
        // Of an account that stopped buying one still sees how it bought.
        let first = year.min(latest.ordered_on.checked_sub_days(Days::new(120)).unwrap_or(year));
        let unit = 10_f64.powi(i32::from(minor_digits(currency)));
        let most = orders.iter().filter(|o| o.ordered_on >= first).map(|o| o.amount as f64 / unit).fold(0.0, f64::max);
        let in_chinese = reader.language.is_chinese();
        let (scale, size) = match (in_chinese, most) {
            (true, most) if most >= 100_000.0 => (10_000.0, "myriad"),
            (false, most) if most >= 10_000_000.0 => (1_000_000.0, "million"),
            (false, most) if most >= 10_000.0 => (1_000.0, "thousand"),
            _ => (1.0, "one"),
        };
        let drawn: Vec<Order> = orders
            .iter()
            .map(|o| {
                let late = o.promised_on.zip(o.delivered_on).map(|(p, d)| (d - p).num_days()).filter(|d| *d > 0);
                let told = [
                    ("day", reader.date(o.ordered_on).into()),
                    ("amount", reader.money(o.amount, currency).into()),
                    ("late", late.unwrap_or(0).into()),
                ];
                let value = o.amount as f64 / unit / scale;
                Order { day: o.ordered_on, value, title: reader.text("accounts-order", &told) }
            })
            .collect();
        let short = |day: NaiveDate| reader.date_short(day);
        let expected = |day: NaiveDate| Some((day, reader.text("accounts-expected", &[("day", short(day).into())])));
        let last = || ("last", reader.date(latest.ordered_on).into());
        let (title, expected, overdue) = match &self.found.standing {
            None => (self.text("accounts-orders-no-rhythm"), None, None),
            Some(Standing::OnTime { next_expected }) if *next_expected >= self.today => (
                reader.text("accounts-orders-on-time", &[last(), ("next", reader.date(*next_expected).into())]),
                expected(*next_expected),
                None,
            ),
            Some(Standing::OnTime { next_expected }) => (
                reader.text("accounts-orders-soon", &[last(), ("next", reader.date(*next_expected).into())]),
                expected(*next_expected),
                None,
            ),
            Some(Standing::Pausing { until, .. }) => {
                (reader.text("accounts-orders-pause", &[last(), ("until", reader.date(*until).into())]), None, None)
            }
            Some(Standing::Overdue(o)) => (
                reader.text("accounts-orders-overdue", &[last(), ("next", reader.date(o.next_expected).into())]),
                expected(o.next_expected),
                Some(Overdue {
                    since: o.last_day + Days::new(o.limit_gap.ceil().clamp(0.0, 36_500.0) as u64),
                    words: [self.text("accounts-overdue-word"), reader.duration_days(o.days_overdue)],
                }),
            ),
        };
        // Room to the right, where the next order is still ahead.
        let ahead = expected.as_ref().map_or(self.today, |(day, _)| *day);
        let most_ahead = self.today.checked_add_days(Days::new(120)).unwrap_or(self.today);
        let measured = [("size", size.into()), ("currency", currency.as_str().into())];
        let mut sub = reader.text("accounts-orders-sub", &measured);
        if let Some(rhythm) = &self.found.rhythm {
            let gaps = [
                ("usual", reader.duration_days(rhythm.usual_gap.round() as i64).into()),
                ("limit", reader.duration_days(rhythm.limit_gap.ceil() as i64).into()),
                ("gaps", rhythm.gaps.into()),
            ];
            sub = format!("{sub}{}{}", self.text("accounts-gap"), reader.text("accounts-rhythm", &gaps));
        }
        let label = reader.text("accounts-orders-label", &[("name", self.found.account.name.as_str().into())]);
        let small = drawn.iter().any(|o| o.value > 0.0 && o.value < 10.0);
        let figure = Orders {
            label: &label,
            first,
            last: ahead.clamp(self.today, most_ahead),
            orders: &drawn,
            expected,
            overdue,
            decimals: usize::from(small && size != "one"),
            head: [&self.text("accounts-day"), &reader.text("accounts-amount", &measured)],
        }
        .draw(reader)?;
        Ok(json!({ "title": title, "sub": sub, "figure": figure }))
    }

    /// What happened here, the latest first: warnings, responses, cases, the last order, tiers.
    fn events(&self) -> Vec<Value> {
        let (reader, zone) = (self.reader, self.reader.zone);
        let mut happened: Vec<(DateTime<Utc>, Value)> = Vec::new();
        for e in &self.found.events {
            let cause = self.found.warnings.iter().find(|k| k.warning.id == e.warning).map(|k| k.warning.cause);
            let mut told = event(reader, e, &self.names);
            // Which warning it was stands below what happened; that the service did it goes without saying.
            let note = told.get("note").and_then(Value::as_str).map(ToOwned::to_owned);
            let below: Vec<String> = cause.map(|c| words::cause(reader, c)).into_iter().chain(note).collect();
            put(&mut told, "note", below.join(&self.text("accounts-and-then")).into());
            if e.actor.is_none() {
                put(&mut told, "who", Value::Null);
            }
            happened.push((e.at, told));
        }
        let plain = |what: String, note: Option<String>| json!({ "what": what, "note": note, "who": Value::Null, "level": Value::Null });
        for r in self.found.responses.iter().filter(|r| r.state == State::Kept) {
            let said = [("who", self.who(r.contact).into()), ("scores", self.scores(r).into())];
            let words = own_words(r).into_iter().next().map(|w| shortened(&w));
            happened.push((r.received_at, plain(reader.text("accounts-event-response", &said), words)));
        }
        for c in &self.found.cases {
            happened.push((c.opened_at, plain(self.text("accounts-event-case-opened"), None)));
            if let Some(at) = c.closed_at {
                let outcome = c.outcome.map(|o| self.text(&format!("case-outcome-{}", o.as_str())));
                happened.push((at, plain(self.text("accounts-event-case-closed"), outcome)));
            }
        }
        let start = |day: NaiveDate| start_of(day, zone);
        if let Some(o) = self.found.orders.iter().rfind(|o| o.ordered_on <= self.today) {
            let amount = self.reader.money(o.amount, &self.app.config.organisation.currency);
            happened.push((
                start(o.ordered_on),
                plain(reader.text("accounts-event-order", &[("amount", amount.into())]), None),
            ));
        }
        for (day, key) in self.found.tiers.iter().skip(1) {
            let tier = tier_name(self.app, key, &reader.language);
            happened.push((start(*day), plain(reader.text("accounts-event-tier", &[("tier", tier.into())]), None)));
        }
        happened.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        happened
            .into_iter()
            .take(MOST_EVENTS)
            .map(|(at, mut told)| {
                put(&mut told, "when", self.when(day_of(at, zone)).into());
                told
            })
            .collect()
    }

    fn warnings_title(&self) -> String {
        let open = self.found.warnings.iter().filter(|k| k.warning.is_open()).count();
        self.reader.text("accounts-warnings-title", &[("count", open.into())])
    }

    fn cases(&self) -> Vec<Value> {
        let reader = self.reader;
        let zone = reader.zone;
        let of = |c: &crate::store::cases::Case| {
            let closed = c.closed_at.map(|at| reader.date(day_of(at, zone)));
            json!({
                "href": format!("/cases/{}/{}", c.account, c.id),
                "purpose": self.text(&format!("case-purpose-{}", c.purpose.as_str())),
                "cause": self.text(&format!("case-cause-{}", c.cause.as_str())),
                "state": self.text(&format!("case-state-{}", c.state.as_str())),
                "outcome": c.outcome.map(|o| self.text(&format!("case-outcome-{}", o.as_str()))),
                "net": reader.money(c.arithmetic.gate.net, &self.app.config.organisation.currency),
                "owner": self.names.name(c.owner),
                "opened": reader.date(day_of(c.opened_at, zone)), "closed": closed,
            })
        };
        self.found.cases.iter().map(of).collect()
    }

    fn responses_title(&self) -> String {
        let kept = self.found.responses.iter().filter(|r| r.state == State::Kept);
        match kept.clone().map(|r| r.day).max() {
            Some(day) => self.reader.text("accounts-responses-title", &[("day", self.reader.date(day).into())]),
            None => self.text("accounts-responses-none"),
        }
    }

    fn responses(&self) -> Vec<Value> {
        let of = |r: &Response| {
            let excluded =
                (r.state != State::Kept).then(|| self.text(&format!("accounts-response-{}", r.state.as_str())));
            // What was erased is gone, and what was taken out of the count is told with its reason.
            let (account, decides) = (r.account, self.found.rights.decide);
            let step = |name: &str| format!("/accounts/{account}/responses/{}/{name}", r.id);
            json!({
                "id": r.id, "doubts": self.doubts(r),
                "exclude": (decides && r.state == State::Kept).then(|| step("exclude")),
                "restore": (decides && r.state == State::Excluded).then(|| step("restore")),
                "day": self.reader.date(r.day), "who": self.who(r.contact),
                "kind": self.text(&format!("surveys-kind-{}", r.kind.replace('_', "-"))),
                "scores": self.scores(r), "words": own_words(r), "lang": r.language.as_str(),
                "excluded": excluded, "why": r.why_excluded, "came": self.came(r),
                "promise": self.found.promises.iter().find(|one| one.response == r.id)
                    .map(|one| follow_ups::line(self.app, self.reader, one, &self.found.people)),
                "replies": self.replies(r), "willing": self.willing(r),
                "reply": (self.found.rights.reply && r.state == State::Kept && r.contact.is_some())
                    .then(|| step("reply")),
            })
        };
        self.found.responses.iter().map(of).collect()
    }

    /// The way a response came, and by whose hand, where that was not the page.
    fn came(&self, response: &Response) -> Option<String> {
        if response.channel == Channel::Web {
            return None;
        }
        let way = self.text(&format!("channel-{}", response.channel.as_str().replace('_', "-")));
        let entered = self.names.name(response.entered_by);
        Some(match (&response.source, entered) {
            (Some(source), _) => {
                self.reader.text("entries-from", &[("channel", way.into()), ("source", source.as_str().into())])
            }
            (None, Some(name)) => self.reader.text("entries-by", &[("channel", way.into()), ("name", name.into())]),
            (None, None) => way,
        })
    }

    /// What we have written about a response to who gave it.
    fn replies(&self, response: &Response) -> Vec<Value> {
        let of = self.found.replies.iter().filter(|one| one.response == response.id);
        of.map(|one| {
            let day = self.reader.date(self.app.day_of(one.at));
            let by = [("name", self.names.name(Some(one.by)).unwrap_or_default().into()), ("date", day.into())];
            json!({ "words": one.words, "by": self.reader.text("follow-ups-reply-by", &by) })
        })
        .collect()
    }

    fn willing(&self, response: &Response) -> Option<String> {
        let said = self.found.willing.iter().find(|one| one.response == response.id)?;
        Some(self.reader.text("follow-ups-willing", &[("willing", said.willing.to_string().into())]))
    }

    /// Why a response is doubtful, in words; and what visits to its link say, for who may know.
    fn doubts(&self, response: &Response) -> Vec<String> {
        let mut doubts: Vec<String> =
            response.flags.iter().map(|flag| doubt(self.app, self.reader, response.version, flag)).collect();
        let near = self.found.marks.iter().filter(|(mark, _)| Some(mark.invitation) == response.invitation);
        let fetches: i64 = near.map(|(mark, _)| mark.times).sum();
        if fetches > 0 && !doubts.is_empty() {
            doubts.push(self.reader.text("visits-machine-near", &[("count", fetches.into())]));
        }
        doubts
    }

    /// Visits that look like a machine's.
    fn machines(&self) -> Vec<Value> {
        let word = |word: &str| word.replace('_', "-");
        let of = |(mark, contact): &(Mark, Option<ContactId>)| {
            json!({
                "sign": self.text(&format!("visits-sign-{}", word(mark.sign.as_str()))),
                "program": self.text(&format!("visits-agent-{}", word(mark.agent.as_str()))),
                "who": self.who(*contact), "times": mark.times,
                "first": mark.first_at.to_rfc3339(), "last": mark.last_at.to_rfc3339(),
            })
        };
        self.found.marks.iter().map(of).collect()
    }

    /// "recommends 5 of 10, satisfaction 45".
    fn scores(&self, response: &Response) -> String {
        let scores = self.found.scores.get(&response.id).copied().unwrap_or_default();
        let said = [
            scores.recommend.map(|x| ("accounts-recommends", self.reader.number(x, 0))),
            scores.satisfaction.map(|x| ("accounts-satisfaction", self.reader.number(x, 0))),
        ];
        let said: Vec<String> =
            said.into_iter().flatten().map(|(id, x)| self.reader.text(id, &[("score", x.into())])).collect();
        if said.is_empty() { self.text("accounts-no-score") } else { said.join(&self.text("warning-list-separator")) }
    }

    /// Who answered, as far as the reader may know it.
    fn who(&self, contact: Option<ContactId>) -> String {
        if contact.is_some() && !self.found.rights.see_contacts {
            return self.text("accounts-a-contact");
        }
        let known = contact.and_then(|id| self.found.contacts.iter().find(|c| c.id == id));
        known.map_or_else(
            || self.text("warning-somebody"),
            |c| match &c.role {
                Some(role) => self
                    .reader
                    .text("accounts-person", &[("name", c.name.as_str().into()), ("role", role.as_str().into())]),
                None => c.name.clone(),
            },
        )
    }

    fn contacts_title(&self) -> String {
        let working: Vec<_> = self.found.contacts.iter().filter(|c| c.active).collect();
        let year = self.today.checked_sub_months(Months::new(12)).unwrap_or(self.today);
        let answered: BTreeSet<_> = self
            .found
            .responses
            .iter()
            .filter(|r| r.state == State::Kept && r.day >= year)
            .filter_map(|r| r.contact)
            .filter(|id| working.iter().any(|c| c.id == *id))
            .collect();
        let counts = [("answered", answered.len().into()), ("count", working.len().into())];
        self.reader.text("accounts-contacts-title", &counts)
    }

    fn contacts(&self) -> Vec<Value> {
        let mut people: Vec<_> = self.found.contacts.iter().collect();
        people.sort_by_key(|c| !c.active);
        people
            .into_iter()
            .map(|c| {
                let kept = self.found.responses.iter().filter(|r| r.state == State::Kept && r.contact == Some(c.id));
                let last = kept.map(|r| r.day).max();
                json!({
                    "id": c.id, "name": c.name, "role": c.role, "email": c.email.as_str(), "phone": c.phone,
                    "language": self.app.catalogue.text(&c.language, "language-name", &[]),
                    "consent": self.text(if c.consent { "accounts-consent-yes" } else { "accounts-consent-no" }),
                    "active": c.active, "answered": last,
                })
            })
            .collect()
    }

    /// The form for a person: that of the chosen one, or an empty one; none for who may not.
    fn person(&self, chosen: Option<ContactId>) -> Value {
        let (rights, id) = (&self.found.rights, self.found.account.id);
        let chosen = chosen.filter(|_| rights.change_contact);
        let known = chosen.and_then(|id| self.found.contacts.iter().find(|c| c.id == id));
        if known.is_none() && !rights.add_contact {
            return Value::Null;
        }
        let default = &self.app.config.organisation.language;
        let now = known.map_or(default, |c| &c.language);
        let language = |l: &crate::domain::language::Language| json!({ "tag": l.as_str(), "name": self.app.catalogue.text(l, "language-name", &[]), "chosen": l == now });
        let mut languages = self.app.catalogue.languages();
        if !languages.contains(now) {
            languages.push(now.clone());
        }
        json!({
            "action": known.map_or_else(|| format!("/accounts/{id}/contacts"), |c| format!("/accounts/{id}/contacts/{}", c.id)),
            "known": known.is_some(),
            "title": known.map_or_else(
                || self.text("accounts-contact-add"),
                |c| self.reader.text("accounts-contact-change", &[("name", c.name.as_str().into())]),
            ),
            "name": known.map(|c| c.name.as_str()), "email": known.map(|c| c.email.as_str()),
            "role": known.and_then(|c| c.role.as_deref()), "phone": known.and_then(|c| c.phone.as_deref()),
            "salutation": known.and_then(|c| c.salutation.as_deref()),
            "consent": known.is_some_and(|c| c.consent), "active": known.is_none_or(|c| c.active),
            "revision": known.map_or(1, |c| c.revision),
            "languages": languages.iter().map(language).collect::<Vec<_>>(),
        })
    }

    fn tiers(&self) -> Vec<Value> {
        let name = |key: &str| tier_name(self.app, key, &self.reader.language);
        self.found.tiers.iter().rev().map(|(day, key)| json!({ "day": day, "name": name(key) })).collect()
    }
}

/// Sets a field of what a template is filled with.
fn put(told: &mut Value, field: &str, value: Value) {
    if let Value::Object(fields) = told {
        fields.insert(field.to_owned(), value);
    }
}

/// What somebody wrote in their own words, in the order of the questions' keys.
fn own_words(response: &Response) -> Vec<String> {
    let texts = response.answers.0.values().filter_map(|a| match a {
        Answer::Text(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

/// The beginning of what somebody wrote.
fn shortened(words: &str) -> String {
    const MOST: usize = 90;
    if words.chars().count() <= MOST {
        return words.to_owned();
    }
    let head: String = words.chars().take(MOST).collect();
    format!("{}…", head.trim_end())
}

fn mark(level: trend::Level) -> chart::Level {
    match level {
        trend::Level::Yellow => chart::Level::Yellow,
        trend::Level::Orange => chart::Level::Orange,
        trend::Level::Red => chart::Level::Red,
    }
}
