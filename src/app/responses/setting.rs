//! What a survey that branches may know of whom it asks.

use super::super::App;
use super::super::surveys::Instrument;
use crate::domain::answer::Answers;
use crate::domain::survey::logic::{Attributes, Quota, Setting};
use crate::domain::tally::Segment;
use crate::error::Result;
use crate::store::Conn;
use crate::store::invitations::Asked;
use crate::store::tallies;

/// The setting in which an invitation is answered. A survey that asks everybody the same needs none of it.
///
/// A quota stays open to `answers` that it has counted already: who changes an answer is not shut out by it.
pub(super) fn setting(
    app: &App,
    conn: &mut Conn,
    instrument: &Instrument,
    asked: &Asked,
    answers: Option<&Answers>,
) -> Result<Setting> {
    let seed = asked.invitation.id.0.as_u128();
    if !instrument.varies && instrument.definition.thanks_when.is_empty() {
        return Ok(Setting { seed, ..Setting::default() });
    }
    let definition = &instrument.definition;
    let attributes = of_segment(&asked.segment)
        .with_text("account.name", Some(&asked.account_name))
        .with_text("account.manager", asked.manager.as_deref())
        .with_text("contact.name", asked.contact_name.as_deref())
        .with_text("contact.salutation", asked.salutation.as_deref().or(asked.contact_name.as_deref()))
        .with_text("contact.role", asked.role.as_deref())
        .with_text("contact.language", Some(asked.invitation.language.as_str()))
        .with_date("invitation.day", app.day_of(asked.invitation.created_at));
    let mut setting = Setting { attributes, seed, ..Setting::default() };
    if definition.quotas.is_empty() {
        return Ok(setting);
    }
    let counts = tallies::quota_counts(conn, instrument.version.id)?;
    let count = |quota: &Quota| -> i64 {
        let of = |segment: &Segment| quota.concerns(&of_segment(segment));
        counts.iter().filter(|(key, segment, _)| *key == quota.key && of(segment)).map(|(_, _, n)| n).sum()
    };
    let held: Vec<&str> = match answers {
        Some(answers) => definition.fills(answers).map(|quota| quota.key.as_str()).collect(),
        None => Vec::new(),
    };
    setting.full = definition
        .quotas
        .iter()
        .filter(|quota| quota.concerns(&setting.attributes) && !held.contains(&quota.key.as_str()))
        .filter(|quota| count(quota) >= quota.most)
        .map(|quota| quota.key.clone())
        .collect();
    Ok(setting)
}

fn of_segment(segment: &Segment) -> Attributes {
    Attributes::default()
        .with_text("account.tier", Some(&segment.tier))
        .with_text("account.region", Some(&segment.region))
        .with_text("account.product_line", Some(&segment.product_line))
}
