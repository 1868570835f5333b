//! Scales: the named ones of the file, and those that a kind of question brings with it.

use super::{At, File, NamedScale, Source, Table};
use crate::domain::language::{Language, Texts};
use crate::domain::survey::{Reason, Scale};
use std::fmt::Display;

/// Nobody tells more points apart; a percentage has 101.
const POINTS_MOST: i64 = 101;

impl File {
    pub(super) fn read_scales(&mut self, source: &mut Source<'_>, root: &mut Table<'_>) {
        let Some(table) = root.table(source, "scale") else { return };
        for name in table.names() {
            let scale = table.entry(source, name).and_then(|entry| self.scale(source, name, entry));
            self.scales.insert(name.value.to_owned(), NamedScale { scale, at: name.at, used: false });
        }
    }

    fn scale(&self, source: &mut Source<'_>, name: At<&str>, mut table: Table<'_>) -> Option<Scale> {
        let languages = &self.languages;
        let from = table.integer(source, "from", -100..=100).map(|found| found.value);
        let from = if table.has("from") { from } else { Some(1) };
        table.require(source, "points");
        let points = table.integer(source, "points", i64::MIN..=i64::MAX).and_then(|found| {
            if (2..=POINTS_MOST).contains(&found.value) {
                return Some(found.value);
            }
            let args: &[(&'static str, &dyn Display)] =
                &[("scale", &name.value), ("points", &found.value), ("max", &POINTS_MOST)];
            source.fault(found.at, Reason::ScalePoints, args);
            None
        });
        let lists = table.text_lists(source, "labels", languages);
        for (language, list) in &lists {
            let count = list.value.len();
            if let Some(points) = points.filter(|points| usize::try_from(*points) != Ok(count)) {
                let args: &[(&'static str, &dyn Display)] =
                    &[("scale", &name.value), ("language", language), ("points", &points), ("count", &count)];
                source.fault(list.at, Reason::ScaleLabels, args);
            }
        }
        let labels = by_point(&lists);
        let mut low = table.texts_if_any(source, "low", languages);
        let mut high = table.texts_if_any(source, "high", languages);
        if let ([first, ..], [.., last]) = (labels.as_slice(), labels.as_slice()) {
            // Labels name the ends too; words of their own for the ends go before.
            if !table.has("low") {
                low = first.clone();
            }
            if !table.has("high") {
                high = last.clone();
            }
        } else if !(table.has("labels") || table.has("low") && table.has("high")) {
            source.fault(name.at, Reason::ScaleEnds, &[("scale", &name.value)]);
        }
        let usual = if points.unwrap_or(2) >= 4 { 2 } else { 1 };
        let top =
            table.integer(source, "top", 1..=points.unwrap_or(POINTS_MOST) - 1).map_or(usual, |found| found.value);
        table.close(source, "", &[]);
        Some(Scale { from: from?, points: points?, low, high, labels, top })
    }

    /// The scale that a question names, and its name.
    pub(super) fn scale_of(
        &mut self,
        source: &mut Source<'_>,
        table: &mut Table<'_>,
        question: &str,
    ) -> (Option<String>, Option<Scale>) {
        table.require(source, "scale");
        let Some(name) = table.string(source, "scale") else { return (None, None) };
        match self.scales.get_mut(name.value) {
            Some(named) => {
                named.used = true;
                (Some(name.value.to_owned()), named.scale.clone())
            }
            None => {
                source.fault(name.at, Reason::ScaleUnknown, &[("question", &question), ("scale", &name.value)]);
                (None, None)
            }
        }
    }

    /// The scale between two opposites, and a name for it that questions of one group share.
    pub(super) fn poles(
        &self,
        source: &mut Source<'_>,
        table: &mut Table<'_>,
        question: &str,
    ) -> (String, Option<Scale>) {
        let low = table.texts(source, "left", &self.languages);
        let high = table.texts(source, "right", &self.languages);
        let points = match table.integer(source, "points", i64::MIN..=i64::MAX) {
            None if table.has("points") => None,
            None => Some(7),
            Some(found) if matches!(found.value, 5 | 7) => Some(found.value),
            Some(found) => {
                let args: &[(&'static str, &dyn Display)] = &[("question", &question), ("points", &found.value)];
                source.fault(found.at, Reason::DifferentialPoints, args);
                None
            }
        };
        let top = table.integer(source, "top", 1..=points.unwrap_or(7) - 1).map_or(2, |found| found.value);
        // A name of a scale has no colon in it.
        let name = format!("differential:{}", points.unwrap_or_default());
        (name, points.map(|points| Scale { from: 1, points, low, high, labels: Vec::new(), top }))
    }
}

/// From a list of labels in each language to the texts of each point.
fn by_point(lists: &[(Language, At<Vec<String>>)]) -> Vec<Texts> {
    let points = lists.iter().map(|(_, list)| list.value.len()).max().unwrap_or(0);
    let mut labels = vec![Texts::default(); points];
    for (language, list) in lists {
        for (texts, label) in labels.iter_mut().zip(&list.value) {
            texts.0.insert(language.clone(), label.clone());
        }
    }
    labels
}
