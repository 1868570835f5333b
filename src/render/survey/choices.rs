//! Choices: to choose, to put in order, to give a share.

use super::questions::Pen;
use super::{escape, slot};
use crate::domain::answer::OTHER_MOST;
use crate::domain::language::Texts;
use crate::domain::survey::{Choice, Question};

impl Pen<'_> {
    /// Boxes or buttons of a browser, one below the other.
    pub(super) fn choices(&self, html: &mut String, question: &Question, kind: &str) {
        html.push_str("<div class=\"choices\">\n");
        let key = escape(&question.key);
        self.each(html, question, &|html, choice| {
            html.push_str(&format!(
                "<label class=\"choice\"><input type=\"{kind}\" name=\"{key}\" value=\"{}\"{}{}><span>{}</span></label>\n",
                escape(&choice.key),
                if choice.exclusive { " data-alone" } else { "" },
                slot(&["checked", &question.key, &choice.key]),
                self.words(choice)
            ));
            if choice.other {
                let field = question.other_field();
                html.push_str(&format!(
                    "<input class=\"write line\" name=\"{}\" maxlength=\"{OTHER_MOST}\" aria-label=\"{}\" value=\"{}\">\n",
                    escape(&field),
                    self.bare("respond-other"),
                    slot(&["typed", &field])
                ));
            }
        });
        html.push_str("</div>\n");
    }

    /// A rank to select for each choice. The script lets people tap the choices in their order.
    pub(super) fn ranking(&self, html: &mut String, question: &Question, most: usize) {
        html.push_str("<div class=\"choices ranks\">\n");
        self.each(html, question, &|html, choice| {
            let field = question.part_field(&choice.key);
            let ranks: String = (1..=most)
                .map(|rank| {
                    let selected = slot(&["selected", &field, &rank.to_string()]);
                    format!("<option value=\"{rank}\"{selected}>{rank}</option>")
                })
                .collect();
            html.push_str(&format!(
                "<div class=\"part\">{}<select class=\"write line\" id=\"f-{field}\" name=\"{field}\">\
                 <option value=\"\">–</option>{ranks}</select></div>\n",
                self.label(&field, choice)
            ));
        });
        html.push_str("</div>\n");
    }

    /// A number for each choice. The script says how much of the total is given out.
    pub(super) fn shares(&self, html: &mut String, question: &Question, total: i64, unit: &Texts) {
        html.push_str("<div class=\"choices shares\">\n");
        let unit = self.text(unit);
        let unit = if unit.is_empty() { unit } else { format!("<span class=\"unit\">{unit}</span>") };
        self.each(html, question, &|html, choice| {
            let field = question.part_field(&choice.key);
            html.push_str(&format!(
                "<div class=\"part\">{}<input class=\"write line\" id=\"f-{field}\" name=\"{field}\" inputmode=\"numeric\" \
                 autocomplete=\"off\" maxlength=\"8\" value=\"{}\">{unit}</div>\n",
                self.label(&field, choice),
                slot(&["typed", &field])
            ));
        });
        // The script puts the sum in the place of the mark; without it the line stays hidden.
        let so_far = self.reader.text("respond-sum-so-far", &[("sum", "#".into()), ("total", total.into())]);
        html.push_str(&format!(
            "</div>\n<p class=\"sum\" role=\"status\" data-total=\"{total}\" data-text=\"{}\" hidden></p>\n",
            escape(&so_far)
        ));
    }

    fn label(&self, field: &str, choice: &Choice) -> String {
        format!("<label for=\"f-{field}\">{}</label>", self.words(choice))
    }

    /// What a choice says.
    fn words(&self, choice: &Choice) -> String {
        let about = self.text(&choice.about);
        let about = if about.is_empty() { about } else { format!("<span class=\"about\">{about}</span>") };
        format!("{}{about}", self.text(&choice.text))
    }

    /// Draws each choice, with marks between them where each person sees them in an order of their own.
    fn each(&self, html: &mut String, question: &Question, draw: &dyn Fn(&mut String, &Choice)) {
        let random = question.body.is_random();
        if random {
            html.push_str(&slot(&["mix", &question.key]));
        }
        for choice in question.choices() {
            if random {
                html.push_str(&slot(&["part"]));
            }
            draw(html, choice);
        }
        if random {
            html.push_str(&slot(&["unmix"]));
        }
    }
}
