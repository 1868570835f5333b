//! The settings of retention and win-back: what a return is worth, how likely it is, and what it must bring.

use super::setting::{Described, Given, Group, Setting, Wrong, read_parts, settings};
use crate::domain::value::{Cents, second_lifetime};
use crate::domain::winback::prior::CauseRow;
use crate::domain::winback::state::ProposalSettings;
use crate::domain::winback::{CaseCause, GateSettings, Opening, PriorTable};
use crate::error::Code;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::de::DeValue;
use toml::{Spanned, Value};

settings! {
    /// Which cases of retention and win-back are worth their cost. Amounts are in hundredths of the
    /// organisation's currency.
    pub struct Cases {
        /// The expected net value that a case must reach, and the unit that its amounts are rounded to
        /// (a multiple of 100).
        gate: GateSettings = GateSettings::default();
        /// Which warnings open a case: their causes, the level from which they do, and how many tiers,
        /// from the highest, are kept rather than won back while they are orange.
        opening: Opening = Opening::default();
        /// What a returning account is worth: the share of turnover that is margin, the chance to keep
        /// it for another year, the yearly discount rate, and the years that count.
        second_lifetime: second_lifetime::Settings = second_lifetime::Settings::default();
        /// By cause: the chance of return before any case has closed, as cases won and lost that it is
        /// worth, and what an attempt costs: an amount, and a share of a year's turnover. Causes left
        /// out keep these figures.
        causes: PriorTable = PriorTable::default();
        /// When an end is proposed: so many orders within so many days since the case opened, or a
        /// response at most so many points under the level before the decline.
        proposal: ProposalSettings = ProposalSettings::default();
    }
}

/// Settings of several parts, which serde reads and prints as one inline table.
macro_rules! in_parts {
    ($($name:ty = $example:literal),+ $(,)?) => {$(
        impl Setting for $name {
            fn read(value: &Value) -> Result<Self, Wrong> {
                Self::deserialize(value.clone())
                    .map_err(|error| Wrong::malformed($example).with("reason", error.message()))
            }
            fn read_spanned(value: Spanned<DeValue<'_>>) -> Result<Self, Wrong> {
                read_parts(value)
            }
            fn print(&self) -> Option<String> {
                Value::try_from(self).ok().map(|value| value.to_string())
            }
        }
    )+};
}

in_parts! {
    GateSettings = "{ threshold = 5000000, unit = 100000 }",
    Opening = "{ causes = [\"decline\"], from = \"orange\", high_value_tiers = 2 }",
    second_lifetime::Settings = "{ margin_share = 0.25, retention = 0.8, discount = 0.08, years = 5 }",
    ProposalSettings = "{ orders = 2, days = 120, near_old_level = 5.0 }",
}

/// A row of the table by cause as it stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    cause: CaseCause,
    won: f64,
    lost: f64,
    cost_fixed: Cents,
    cost_share: f64,
}

fn table_of(rows: Vec<Row>) -> Result<PriorTable, Wrong> {
    let mut table = BTreeMap::new();
    for Row { cause, won, lost, cost_fixed, cost_share } in rows {
        if table.insert(cause, CauseRow { won, lost, cost_fixed, cost_share }).is_some() {
            return Err(Wrong::new(Code::ValueTwice).with("value", cause.as_str()));
        }
    }
    Ok(table.into())
}

impl Setting for PriorTable {
    fn read(value: &Value) -> Result<Self, Wrong> {
        let example = "[{ cause = \"price\", won = 1.5, lost = 3.5, cost_fixed = 500000, cost_share = 0.03 }]";
        let rows = Vec::<Row>::deserialize(value.clone())
            .map_err(|error| Wrong::malformed(example).with("reason", error.message()))?;
        table_of(rows)
    }
    fn read_spanned(value: Spanned<DeValue<'_>>) -> Result<Self, Wrong> {
        table_of(read_parts(value)?)
    }
    fn print(&self) -> Option<String> {
        let row = |cause: CaseCause| {
            let CauseRow { won, lost, cost_fixed, cost_share } = self.row(cause);
            format!(
                "{{ cause = \"{}\", won = {won:?}, lost = {lost:?}, cost_fixed = {cost_fixed}, cost_share = {cost_share:?} }}",
                cause.as_str()
            )
        };
        Some(format!("[{}]", CaseCause::ALL.map(row).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Sources};
    use crate::error::Place;

    fn load(text: &str) -> crate::error::Result<Config> {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("b.toml");
        std::fs::write(&file, text).unwrap();
        Config::load(&Sources { file: Some(file), ..Sources::default() })
    }

    #[test]
    fn parts_left_out_keep_their_defaults() {
        let config = load(
            "[cases]\ngate = { threshold = 100 }\n\
             causes = [{ cause = \"price\", won = 2.0, lost = 2.0, cost_fixed = 1, cost_share = 0.5 }]",
        )
        .unwrap();
        assert_eq!(config.cases.gate, GateSettings { threshold: 100, ..GateSettings::default() });
        assert_eq!(config.cases.causes.row(CaseCause::Price).cost_share, 0.5);
        assert_eq!(config.cases.causes.row(CaseCause::Service), PriorTable::default().row(CaseCause::Service));
    }

    #[test]
    fn figures_out_of_range_are_named_with_their_line() {
        let error = load("[cases]\n\nsecond_lifetime = { margin_share = 2.0, years = 0 }").unwrap_err();
        let faults = error.faults();
        assert_eq!(faults.len(), 2);
        assert!(matches!(&faults[0].place, Place::Line { line: 3, .. }));
        assert!(faults[0].args.contains(&("because", "margin_share".into())));
        assert_eq!(load("[cases]\ngate = { unit = 150 }").unwrap_err().code(), Code::ValueOutOfRange);
        assert!(load("[cases]\ncauses = [{ cause = \"weather\" }]").is_err());
    }
}
