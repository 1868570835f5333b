//! The cards below the figures: warnings, cases and own words, each within the reach of who looks, and
//! only for a role that has them.

use crate::app::App;
use crate::app::figures::tier_name;
use crate::app::warnings::words;
use crate::domain::account::Account;
use crate::domain::answer::Answer;
use crate::domain::day::Month;
use crate::domain::ident::AccountId;
use crate::domain::permission::{Action, Actor, Module, Reach, may, reach};
use crate::domain::value::Cents;
use crate::domain::winback::State;
use crate::error::Result;
use crate::store::cases::{self, Case};
use crate::store::responses::{self, Comment};
use crate::store::users::User;
use crate::store::warnings::{self, Kept};
use crate::store::{Conn, accounts};
use crate::text::Reader;
use crate::web::console::warnings::{Names, row};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SOME_WARNINGS: i64 = 4;
const SOME_CASES: usize = 5;
const SOME_COMMENTS: i64 = 4;
/// A card quotes this many characters; the rest is on the account's page.
const MOST_QUOTED: usize = 240;

/// The cards as the template takes them; null where the role has no such thing.
pub(super) struct Cards {
    pub warnings: Value,
    pub cases: Value,
    pub comments: Value,
}

/// Reads what the person may see of each, at the accounts that the page is about.
pub(super) fn cards(
    app: &App,
    conn: &mut Conn,
    reader: &Reader,
    actor: &Actor,
    of: &accounts::Filter,
) -> Result<Cards> {
    let within = |module| reach(actor, Action::view(module)).ok();
    let card = |value: Option<Value>| value.unwrap_or(Value::Null);
    Ok(Cards {
        warnings: card(within(Module::Warnings).map(|r| warning_card(app, conn, reader, &r, of)).transpose()?),
        cases: card(within(Module::Cases).map(|r| case_card(app, conn, reader, &r, of)).transpose()?),
        comments: match within(Module::Responses) {
            Some(reached) => comment_card(app, conn, reader, actor, &reached, of)?,
            None => Value::Null,
        },
    })
}

fn known(conn: &mut Conn, ids: impl Iterator<Item = AccountId>) -> Result<BTreeMap<AccountId, Account>> {
    let mut ids: Vec<AccountId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(accounts::find_many(conn, &ids)?.into_iter().map(|a| (a.id, a)).collect())
}

fn warning_card(app: &App, conn: &mut Conn, reader: &Reader, within: &Reach, of: &accounts::Filter) -> Result<Value> {
    let open = warnings::Filter { open: Some(true), accounts: of.clone(), ..warnings::Filter::default() };
    let counts = warnings::count_by_level(conn, within, of)?;
    let (found, count): (Vec<Kept>, i64) = warnings::list(conn, within, &open, 0, SOME_WARNINGS)?;
    let known = known(conn, found.iter().map(|k| k.warning.account_id))?;
    // The board names who deals with a warning; there is no room for that here.
    let nobody: [User; 0] = [];
    let names = Names::of(&nobody);
    let rows: Vec<Value> =
        found.iter().filter_map(|k| Some(row(app, reader, k, known.get(&k.warning.account_id)?, &names))).collect();
    let levels: Vec<Value> = counts
        .iter()
        .rev()
        .map(|(level, count)| {
            json!({
                "key": level.as_str(),
                "name": words::level_alone(reader, *level),
                "count": reader.integer(count.open),
                "waiting": reader.text("warning-waiting", &[("count", count.waiting.into())]),
            })
        })
        .collect();
    Ok(json!({ "count": count, "levels": levels, "rows": rows }))
}

fn case_card(app: &App, conn: &mut Conn, reader: &Reader, within: &Reach, of: &accounts::Filter) -> Result<Value> {
    let open = cases::Filter { states: vec![State::Open], accounts: of.clone(), ..cases::Filter::default() };
    let found = cases::list(conn, within, &open)?;
    let net = found.iter().map(|c| c.arithmetic.gate.net).fold(0, Cents::saturating_add);
    let known = known(conn, found.iter().take(SOME_CASES).map(|c| c.account))?;
    let currency = &app.config.organisation.currency;
    let unit = app.config.cases.gate.unit.max(1);
    let rows: Vec<Value> = found
        .iter()
        .take(SOME_CASES)
        .filter_map(|case| {
            Some(json!({
                "href": format!("/cases/{}/{}", case.account, case.id),
                "account": known.get(&case.account)?.name,
                "cause": reader.text(&format!("case-cause-{}", case.cause.as_str()), &[]),
                "arithmetic": arithmetic(reader, case, unit),
                "net": in_units(reader, case.arithmetic.gate.net, unit),
            }))
        })
        .collect();
    Ok(json!({
        "count": found.len(),
        "net": reader.money(net, currency),
        "unit": reader.money(unit, currency),
        "rows": rows,
    }))
}

/// "0.46 × 860 − 28": the sum that the gate did, in the unit that it rounds to.
fn arithmetic(reader: &Reader, case: &Case, unit: Cents) -> String {
    let gate = &case.arithmetic.gate;
    format!(
        "{} × {} − {}",
        reader.number(f64::from(gate.probability.value) / 100.0, 2),
        in_units(reader, gate.value.value, unit),
        in_units(reader, gate.cost.value, unit),
    )
}

fn in_units(reader: &Reader, amount: Cents, unit: Cents) -> String {
    reader.number(amount as f64 / unit as f64, 0)
}

/// Null where nobody has written anything: an empty card says nothing.
fn comment_card(
    app: &App,
    conn: &mut Conn,
    reader: &Reader,
    actor: &Actor,
    within: &Reach,
    of: &accounts::Filter,
) -> Result<Value> {
    let found = responses::latest_comments(conn, within, of, SOME_COMMENTS)?;
    // Who may not see contacts is not told who wrote, here either.
    let names = may(actor, Action::view(Module::Contacts), None);
    let known = known(conn, found.iter().map(|c| c.response.account))?;
    let mut comments = Vec::new();
    for comment in &found {
        let Some(words) = own_words(comment) else { continue };
        let published = app.surveys.get(conn, comment.response.version)?;
        let score = published.definition.recommendation().and_then(|q| comment.response.answers.score(&q.key));
        let account = match &comment.contact_name {
            Some(name) if names => reader.text(
                "overview-comment-who",
                &[("name", name.as_str().into()), ("account", comment.account_name.as_str().into())],
            ),
            _ => comment.account_name.clone(),
        };
        let tier = known.get(&comment.response.account).map(|a| tier_name(app, &a.tier, &reader.language));
        let day = comment.response.day;
        let day = match Month::of(day).0 / 12 == Month::of(app.today()).0 / 12 {
            true => reader.date_short(day),
            false => reader.date(day),
        };
        let score = score.map(|score| reader.text("overview-comment-score", &[("score", score.into())]));
        let from: Vec<String> = [Some(account), tier, score, Some(day)].into_iter().flatten().collect();
        comments.push(json!({
            "text": shortened(words),
            "lang": comment.response.language.as_str(),
            "from": from.join(" · "),
        }));
    }
    Ok(if comments.is_empty() { Value::Null } else { Value::Array(comments) })
}

/// The longest of what somebody wrote says most.
fn own_words(comment: &Comment) -> Option<&str> {
    let texts = comment.response.answers.0.values().filter_map(|answer| match answer {
        Answer::Text(text) if !text.trim().is_empty() => Some(text.trim()),
        _ => None,
    });
    texts.max_by_key(|text| text.chars().count())
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_QUOTED) {
        None => text.to_owned(),
        Some((end, _)) => {
            let (head, _) = text.split_at(end);
            let cut = head.rfind(char::is_whitespace).filter(|at| *at > end / 2).unwrap_or(end);
            format!("{}…", head.split_at(cut).0.trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_comment_ends_at_a_word_or_a_character() {
        assert_eq!(shortened("on time"), "on time");
        let short = shortened(&"late again ".repeat(40));
        assert!(short.ends_with("late…") || short.ends_with("again…"), "{short}");
        assert_eq!(shortened(&"迟".repeat(300)).chars().count(), MOST_QUOTED + 1);
    }
}
