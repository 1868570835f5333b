//! A matrix: a group of ratings on one scale, written as one question with rows.

use super::{Asked, Draft, File, KIND_KEYS, Source, Table, kinds, measures};
use crate::domain::survey::{Body, Group, Polarity, Question, Reason, unit_weight};

impl File {
    /// The rows of a matrix as the questions of a group that has its key. What the matrix says of
    /// measure, polarity, weight and so on holds for each row that does not say otherwise.
    pub(super) fn matrix(
        &mut self,
        source: &mut Source<'_>,
        mut table: Table<'_>,
        key: String,
        groups: &mut Vec<(Group, usize)>,
    ) -> Option<Vec<Draft>> {
        let words = self.words(source, &mut table, key);
        // Which row they would follow, nobody could say.
        for rule in ["skip_to", "end_if"].into_iter().filter(|rule| table.has(rule)) {
            source.fault(table.key_at(rule), Reason::KeyUnfit, &[("key", &rule), ("kind", &"matrix")]);
        }
        let (scale_name, scale) = self.scale_of(source, &mut table, &words.key);
        let required = table.boolean(source, "required");
        let named = table.has("measure");
        let measure = measures::read(source, &mut table);
        let aspect = table.name_if_any(source, "aspect").map(|found| found.value.to_owned());
        let polarity = kinds::polarity(source, &mut table).unwrap_or(Polarity::Positive);
        let weight = kinds::weight(source, &mut table).unwrap_or_else(unit_weight);
        let not_applicable = table.boolean(source, "not_applicable");
        let display = kinds::display(source, &mut table);
        table.require(source, "rows");
        let rows = table.tables(source, "rows");
        if table.has("rows") && rows.is_empty() {
            source.fault(table.key_at("rows"), Reason::ListEmpty, &[("key", &"rows")]);
        }
        if !words.key.is_empty() && groups.iter().any(|(one, _)| one.key == words.key) {
            source.fault(table.at, Reason::GroupKeyTwice, &[("group", &words.key)]);
        }
        let mut drafts: Vec<Draft> = Vec::new();
        for mut row in rows {
            self.asked += 1;
            let at = row.at;
            let row_key = self.question_key(source, &mut row);
            let mut own = Question { group: Some(words.key.clone()), ..self.words(source, &mut row, row_key) };
            self.notes.hand_down(&words, &mut own);
            let asked = Asked::read(source, &mut row, &self.languages);
            let aspect = asked.aspect.or_else(|| aspect.clone());
            let of = measures::Of {
                at,
                question: &own.key,
                kind: "matrix",
                named: named || row.has("measure"),
                has_aspect: aspect.is_some() || row.has("aspect") || table.has("aspect"),
            };
            let question = Question {
                same_as: own.same_as.take().or_else(|| words.same_as.clone()),
                short: asked.short,
                about: asked.about,
                required: required || asked.required,
                measure: of.measure(source, asked.measure.or(measure)),
                aspect,
                polarity: kinds::polarity(source, &mut row).unwrap_or(polarity),
                weight: kinds::weight(source, &mut row).unwrap_or(weight),
                body: Body::Rating { scale: scale.clone()?, not_applicable, display },
                ..own
            };
            row.close(source, "matrix", &[]);
            self.count_once(source, at, &question);
            drafts.push(Draft { question, scale: scale_name.clone(), group_at: at });
        }
        let at = table.at;
        table.close(source, "matrix", KIND_KEYS);
        if drafts.is_empty() {
            return None;
        }
        groups.push((Group { key: words.key, text: words.text, hint: words.hint }, at));
        Some(drafts)
    }
}
