//! What is typed: words, numbers, days, contact details; and the box under a statement.

use super::questions::Pen;
use super::{escape, slot};
use crate::domain::answer::YES;
use crate::domain::language::Texts;
use crate::domain::survey::{Body, ContactPart, Question};

impl Pen<'_> {
    /// The one field of a question whose label is its text.
    pub(super) fn field(&self, html: &mut String, question: &Question, hint_id: &str) {
        let key = escape(&question.key);
        let typed = slot(&["typed", &question.key]);
        let described = |more: &str| slot(&["described", &question.key, [hint_id, more].join(" ").trim()]);
        match &question.body {
            Body::Text { lines, placeholder, most, .. } => html.push_str(&format!(
                "<textarea class=\"write\" id=\"f-{key}\" name=\"{key}\" rows=\"{lines}\" maxlength=\"{most}\" \
                 placeholder=\"{}\"{}>\n{typed}</textarea>\n",
                self.text(placeholder),
                described("")
            )),
            Body::Line { most, placeholder, .. } => html.push_str(&format!(
                "<input class=\"write line\" id=\"f-{key}\" name=\"{key}\" maxlength=\"{most}\" placeholder=\"{}\" \
                 value=\"{typed}\"{}>\n",
                self.text(placeholder),
                described("")
            )),
            Body::Number { min, step, unit, .. } => {
                // A telephone offers a keyboard without a minus for numbers; where one may be needed it is the plain one.
                let mode = match (min, step % 1000) {
                    (Some(0..), 0) => " inputmode=\"numeric\"",
                    (Some(0..), _) => " inputmode=\"decimal\"",
                    _ => "",
                };
                let unit = self.text(unit);
                let (unit_id, unit) = if unit.is_empty() {
                    (String::new(), String::new())
                } else {
                    (format!("unit-{key}"), format!("<span class=\"unit\" id=\"unit-{key}\">{unit}</span>"))
                };
                html.push_str(&format!(
                    "<div class=\"part\"><input class=\"write line\" id=\"f-{key}\" name=\"{key}\"{mode} autocomplete=\"off\" \
                     maxlength=\"24\" value=\"{typed}\"{}>{unit}</div>\n",
                    described(&unit_id)
                ));
            }
            Body::Date { min, max } => {
                let end = |name: &str, day: &Option<chrono::NaiveDate>| {
                    day.map_or_else(String::new, |day| format!(" {name}=\"{day}\""))
                };
                html.push_str(&format!(
                    "<div class=\"part\"><input class=\"write line\" type=\"date\" id=\"f-{key}\" name=\"{key}\"{}{} \
                     value=\"{typed}\"{}></div>\n",
                    end("min", min),
                    end("max", max),
                    described("")
                ));
            }
            _ => {}
        }
    }

    pub(super) fn contact(&self, html: &mut String, question: &Question, ask: &[ContactPart]) {
        html.push_str("<div class=\"choices contact\">\n");
        for part in ask {
            // What a browser knows of its owner is offered to be filled in.
            let (kind, known) = match part {
                ContactPart::Name => ("text", "name"),
                ContactPart::Email => ("email", "email"),
                ContactPart::Telephone => ("tel", "tel"),
            };
            let field = question.part_field(part.as_str());
            html.push_str(&format!(
                "<div><label for=\"f-{field}\">{}</label><input class=\"write line\" type=\"{kind}\" id=\"f-{field}\" \
                 name=\"{field}\" autocomplete=\"{known}\" value=\"{}\"></div>\n",
                self.say(&format!("respond-contact-{}", part.as_str())),
                slot(&["typed", &field])
            ));
        }
        html.push_str("</div>\n");
    }

    /// The box is never ticked beforehand: consent is something that a person does.
    pub(super) fn consent(&self, html: &mut String, question: &Question, statement: &Texts) {
        html.push_str(&format!(
            "<div class=\"choices\">\n<label class=\"choice\"><input type=\"checkbox\" name=\"{}\" value=\"{YES}\"{}>\
             <span>{}</span></label>\n</div>\n",
            escape(&question.key),
            slot(&["checked", &question.key, YES]),
            self.text(statement)
        ));
    }
}
