//! Cases in a reader's words: what the pages are filled with.

use crate::app::App;
use crate::app::cases::{Contact, Dossier, Line, Proposal};
use crate::domain::permission::Actor;
use crate::domain::value::{Cents, Source};
use crate::domain::winback::plan::StepKind;
use crate::domain::winback::state::Ground;
use crate::domain::winback::{CaseCause, Outcome, Purpose, State};
use crate::error::{Code, Fault, Result};
use crate::store::cases::{Arithmetic, Event, Step};
use crate::text::{Reader, minor_digits};
use crate::web::form::Fields;
use serde_json::{Value, json};

/// Reads an amount of money as a person types it: 860000, 860,000 or 860000.50.
pub(super) fn amount(fields: &Fields, name: &'static str, currency: &str) -> Result<Option<Cents>> {
    let Some(text) = fields.get(name) else { return Ok(None) };
    let digits = usize::from(minor_digits(currency));
    let read = || {
        let plain = text.replace([',', '，', ' '], "");
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(part) || part.len() > digits {
            return None;
        }
        format!("{whole}{part:0<digits$}").parse::<Cents>().ok()
    };
    let wrong = || Fault::field(name, Code::ValueMalformed).with("value", text).with("expected", "860000").into();
    read().map(Some).ok_or_else(wrong)
}

/// The words of one reader.
pub(super) struct Words<'a> {
    app: &'a App,
    reader: Reader,
}

impl<'a> Words<'a> {
    pub(super) fn new(app: &'a App, actor: &Actor) -> Self {
        Self { app, reader: app.reader(actor) }
    }

    pub(super) fn text(&self, id: &str) -> String {
        self.reader.text(id, &[])
    }

    pub(super) fn cause(&self, cause: CaseCause) -> String {
        self.text(&format!("case-cause-{}", cause.as_str()))
    }

    pub(super) fn purpose(&self, purpose: Purpose) -> String {
        self.text(&format!("case-purpose-{}", purpose.as_str()))
    }

    fn outcome(&self, outcome: Outcome) -> String {
        self.text(&format!("case-outcome-{}", outcome.as_str()))
    }

    fn money(&self, amount: Cents) -> String {
        self.reader.money(amount, &self.app.config.organisation.currency)
    }

    pub(super) fn tier(&self, key: &str) -> String {
        let tier = self.app.config.tiers.iter().find(|t| t.key == key);
        tier.map_or(key, |t| t.names.for_reader(&self.reader.language)).to_owned()
    }

    /// Series are numbered by the order of the tiers; there are four colours.
    fn series(&self, key: &str) -> usize {
        self.app.config.tiers.iter().position(|t| t.key == key).map_or(4, |p| (p + 1).min(4))
    }

    pub(super) fn summary(&self, tab: &str, n: usize, net: Cents, below: usize) -> String {
        let net = self.money(net);
        let args = [("count", (n as f64).into()), ("net", net.as_str().into()), ("below", (below as f64).into())];
        self.reader.text(&format!("case-summary-{tab}"), &args)
    }

    pub(super) fn line(&self, line: &Line, rank: Option<usize>, who: Option<String>) -> Value {
        let case = &line.case;
        let gate = &case.arithmetic.gate;
        let share = |percent: u8| f64::from(percent) / 100.0;
        let next =
            line.next.as_ref().map(|(step, late)| json!({ "title": self.step(step), "due": step.due, "late": late }));
        json!({
            "href": super::path(case.account, case.id),
            "rank": rank,
            "name": line.account.name,
            "tier": { "name": self.tier(&line.account.tier), "n": self.series(&line.account.tier) },
            "purpose": self.purpose(case.purpose),
            "cause": self.cause(case.cause),
            "probability": share(gate.probability.value),
            "low": share(gate.probability_low),
            "high": share(gate.probability_high),
            "value": gate.value.value,
            "cost": gate.cost.value,
            "net": gate.net,
            "net_low": self.money(gate.net_low),
            "net_high": self.money(gate.net_high),
            "next": next,
            "who": who,
            "why": case.arithmetic.refusal.map(|r| self.text(&format!("case-refusal-{}", r.as_str()))),
            "outcome": case.outcome.map(|o| self.outcome(o)),
            "ended": case.closed_at.map(|at| at.to_rfc3339()),
            "until": case.deferred_until,
        })
    }

    pub(super) fn step(&self, step: &Step) -> String {
        step.title.clone().unwrap_or_else(|| self.kind(step.kind))
    }

    fn kind(&self, kind: StepKind) -> String {
        self.text(&format!("case-step-{}", kind.as_str()))
    }

    /// Where a figure comes from.
    fn source(&self, source: &Source) -> String {
        match source {
            Source::Orders { first, last, count } => {
                let (first, last) = (self.reader.date(*first), self.reader.date(*last));
                let args = [
                    ("first", first.as_str().into()),
                    ("last", last.as_str().into()),
                    ("count", (*count as f64).into()),
                ];
                self.reader.text("case-source-orders", &args)
            }
            Source::Setting { name } => self.reader.text("case-source-setting", &[("name", name.as_str().into())]),
            Source::ClosedCases { cause, won, closed } => {
                let cause = CaseCause::parse(cause).map_or_else(|| cause.clone(), |c| self.cause(c));
                let args = [
                    ("cause", cause.as_str().into()),
                    ("won", f64::from(*won).into()),
                    ("closed", f64::from(*closed).into()),
                ];
                self.reader.text("case-source-closed", &args)
            }
            Source::Computed => self.text("case-source-computed"),
            Source::Entered { by, reason } => self
                .reader
                .text("case-source-entered", &[("by", by.as_str().into()), ("reason", reason.as_str().into())]),
        }
    }

    /// The arithmetic, line by line; what is printed is what was computed.
    fn arithmetic(&self, arithmetic: &Arithmetic) -> Value {
        let gate = &arithmetic.gate;
        let share = |percent: u8| f64::from(percent) / 100.0;
        // Opened into its terms only where the value is the one that was worked out from them.
        let entered = matches!(gate.value.source, Source::Entered { .. });
        let second = arithmetic.second.as_ref().filter(|_| !entered).map(|s| {
            json!({
                "turnover": s.turnover.value,
                "turnover_source": self.source(&s.turnover.source),
                "margin_share": s.margin_share.value,
                "margin_source": self.source(&s.margin_share.source),
                "yearly_margin": s.yearly_margin.value,
                "years_worth": s.years_worth.value,
                "retention": s.retention.value,
                "discount": s.discount.value,
                "years": s.years.value,
                "worth_source": self.source(&s.retention.source),
            })
        });
        json!({
            "second": second,
            "value": gate.value.value,
            "value_source": self.source(&gate.value.source),
            "unit": self.app.config.cases.gate.unit,
            "probability": share(gate.probability.value),
            "low": share(gate.probability_low),
            "high": share(gate.probability_high),
            "probability_source": self.source(&gate.probability.source),
            "gain": gate.net + gate.cost.value,
            "cost": gate.cost.value,
            "cost_source": self.source(&gate.cost.source),
            "net": gate.net,
            "net_low": self.money(gate.net_low),
            "net_high": self.money(gate.net_high),
            "threshold": gate.threshold,
            "passed": gate.passed,
            "refusal": arithmetic.refusal.map(|r| self.text(&format!("case-refusal-{}", r.as_str()))),
        })
    }

    fn proposal(&self, proposal: &Proposal) -> Value {
        let ground = match &proposal.ground {
            Ground::Orders { count, last } => {
                let last = self.reader.date(*last);
                self.reader
                    .text("case-ground-orders", &[("count", (*count as f64).into()), ("last", last.as_str().into())])
            }
            Ground::ResponseAtOldLevel { day, score, old_level } => {
                let day = self.reader.date(*day);
                let (score, old) = (self.reader.number(*score, 1), self.reader.number(*old_level, 1));
                let args =
                    [("day", day.as_str().into()), ("score", score.as_str().into()), ("old", old.as_str().into())];
                self.reader.text("case-ground-response", &args)
            }
            Ground::NothingCame { since, days } => {
                let since = self.reader.date(*since);
                let days = self.reader.duration_days(i64::try_from(*days).unwrap_or(i64::MAX));
                self.reader
                    .text("case-ground-nothing", &[("since", since.as_str().into()), ("days", days.as_str().into())])
            }
        };
        json!({ "outcome": self.outcome(proposal.outcome), "ground": ground })
    }

    /// What happened, in words.
    fn event(&self, event: &Event) -> String {
        let money = |text: &Option<String>| {
            text.as_deref().and_then(|t| t.parse().ok()).map_or_else(String::new, |amount| self.money(amount))
        };
        let date = |text: &Option<String>| {
            text.as_deref().and_then(|t| t.parse().ok()).map_or_else(String::new, |day| self.reader.date(day))
        };
        let cause = |text: &Option<String>| {
            text.as_deref().and_then(CaseCause::parse).map_or_else(String::new, |c| self.cause(c))
        };
        let plain = |text: &Option<String>| text.clone().unwrap_or_default();
        let title = || {
            let note = plain(&event.note);
            StepKind::parse(&note).map_or(note, |kind| self.kind(kind))
        };
        let (from, to) = match event.what.as_str() {
            "opened" | "refused" | "admitted" | "asked" | "numbers" => (money(&event.from), money(&event.to)),
            "cause" => (cause(&event.from), cause(&event.to)),
            "step_added" | "step_done" => (title(), date(&event.to)),
            "step_moved" => (date(&event.from), date(&event.to)),
            "touch" => (String::new(), self.text(&format!("case-channel-{}", plain(&event.to)))),
            "owner" => {
                let from = plain(&event.from);
                (if from.is_empty() { self.text("case-nobody") } else { from }, plain(&event.to))
            }
            "ended" => {
                let same = if event.from.is_some() && event.from == event.to { "yes" } else { "no" };
                let to = event.to.as_deref().and_then(Outcome::parse).map_or_else(String::new, |o| self.outcome(o));
                (same.to_owned(), to)
            }
            "deferred" => (String::new(), date(&event.to)),
            _ => (plain(&event.from), plain(&event.to)),
        };
        let title = title();
        let args = [("from", from.as_str().into()), ("to", to.as_str().into()), ("title", title.as_str().into())];
        self.reader.text(&format!("case-event-{}", event.what), &args)
    }

    pub(super) fn dossier(&self, dossier: &Dossier) -> Value {
        let Dossier { case, account, .. } = dossier;
        let today = self.app.today();
        let name = |id| dossier.names.get(&id).cloned();
        let service = || self.text("audit-service");
        let person = |id: Option<_>| id.and_then(name).unwrap_or_else(service);
        let nobody = || self.text("case-nobody");
        let steps: Vec<Value> = dossier
            .steps
            .iter()
            .map(|step| {
                let late = if step.done_at.is_none() { (today - step.due).num_days().max(0) } else { 0 };
                json!({
                    "id": step.id.to_string(),
                    // Not "title": the frame of the page has a parameter of that name.
                    "what": self.step(step),
                    "due": step.due,
                    "late": late,
                    "owner": step.owner.and_then(name).unwrap_or_else(nobody),
                    "done": step.done_at.map(|at| at.to_rfc3339()),
                    "done_by": person(step.done_by),
                })
            })
            .collect();
        let touches: Vec<Value> = dossier
            .touches
            .iter()
            .map(|touch| {
                json!({
                    "at": touch.at.to_rfc3339(),
                    "who": person(Some(touch.user)),
                    "channel": self.text(&format!("case-channel-{}", touch.channel)),
                    "note": touch.note,
                    "offer": touch.offer,
                })
            })
            .collect();
        let events: Vec<Value> = dossier
            .events
            .iter()
            .map(|event| {
                // The title of a step, and what was said, stand elsewhere already.
                let says = !event.what.starts_with("step_") && event.what != "touch";
                json!({
                    "at": event.at.to_rfc3339(),
                    "who": person(event.actor),
                    "text": self.event(event),
                    "note": event.note.as_ref().filter(|_| says),
                })
            })
            .collect();
        let chosen_owner = case.owner.map(|o| o.to_string()).unwrap_or_default();
        let people = dossier.people.iter().map(|u| (u.id.to_string(), u.name.clone()));
        let outcomes: Vec<(String, String)> = Outcome::offered(case.purpose)
            .filter(|o| {
                case.state == State::Open
                    || (case.state == State::Deferred && *o != Outcome::Deferred)
                    || *o == Outcome::NotPursued
            })
            .map(|o| (o.as_str().to_owned(), self.outcome(o)))
            .collect();
        let proposed = dossier.proposal.as_ref().map(|p| p.outcome.as_str()).unwrap_or_default();
        let done = dossier.steps.iter().filter(|s| s.done_at.is_some()).count();
        json!({
            "path": super::path(case.account, case.id),
            "revision": case.revision,
            "account": { "id": account.id.to_string(), "name": account.name },
            "tier": { "name": self.tier(&account.tier), "n": self.series(&account.tier) },
            "purpose": self.purpose(case.purpose),
            "state": self.text(&format!("case-state-{}", case.state.as_str())),
            "refused": case.state == State::Refused,
            "deferred": case.state == State::Deferred,
            "over": case.state == State::Closed,
            "opened": case.opened_at.to_rfc3339(),
            "by_warning": case.warning.is_some(),
            "owner": case.owner.and_then(name).unwrap_or_else(nobody),
            "cause": self.cause(case.cause),
            "cause_note": case.cause_note,
            "outcome": case.outcome.map(|o| self.outcome(o)),
            "outcome_note": case.outcome_note,
            "until": case.deferred_until,
            "sum": self.arithmetic(&case.arithmetic),
            "steps": steps,
            "done": done,
            "of": dossier.steps.len(),
            "touches": touches,
            "events": events,
            "proposal": dossier.proposal.as_ref().map(|p| self.proposal(p)),
            "may_change": dossier.may_change,
            "causes": super::options(CaseCause::ALL.map(|c| (c.as_str().to_owned(), self.cause(c))), case.cause.as_str()),
            "people": super::options(people, &chosen_owner),
            "channels": super::options(Contact::CHANNELS.map(|c| (c.to_owned(), self.text(&format!("case-channel-{c}")))), ""),
            "outcomes": super::options(outcomes, proposed),
            "today": today,
            "currency": self.app.config.organisation.currency,
        })
    }
}
