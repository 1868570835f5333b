//! What can be chosen, put in order, or given a share.

use super::{File, Source, Table};
use crate::domain::survey::{Choice, NOT_APPLICABLE, Reason};

/// The keys of a choice that only some kinds of questions take.
const CHOICE_KEYS: &[&str] = &["other", "exclusive"];

impl File {
    pub(super) fn choices(
        &self,
        source: &mut Source<'_>,
        table: &mut Table<'_>,
        question: &str,
        kind: &'static str,
    ) -> Vec<Choice> {
        table.require(source, "choices");
        let tables = table.tables(source, "choices");
        if table.has("choices") && tables.len() < 2 {
            source.fault(table.key_at("choices"), Reason::ChoicesFew, &[("question", &question)]);
        }
        let mut choices: Vec<Choice> = Vec::new();
        for mut one in tables {
            let at = one.at;
            let key = one.name(source, "key").map_or("", |found| found.value).to_owned();
            let choice = Choice {
                text: one.texts(source, "text", &self.languages),
                about: one.texts_if_any(source, "about", &self.languages),
                other: matches!(kind, "single" | "multiple") && one.boolean(source, "other"),
                exclusive: kind == "multiple" && one.boolean(source, "exclusive"),
                key,
            };
            one.close(source, kind, CHOICE_KEYS);
            let key = &choice.key;
            if key == NOT_APPLICABLE {
                source.fault(at, Reason::ChoiceKeyReserved, &[("question", &question), ("choice", key)]);
            } else if !key.is_empty() && choices.iter().any(|one| one.key == *key) {
                source.fault(at, Reason::ChoiceKeyTwice, &[("question", &question), ("choice", key)]);
            }
            if choice.other && choices.iter().any(|one| one.other) {
                source.fault(at, Reason::OtherTwice, &[("question", &question)]);
            }
            choices.push(choice);
        }
        choices
    }
}
