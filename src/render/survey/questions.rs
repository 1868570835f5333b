//! The steps of a survey and their questions as HTML.

use super::{Site, Variant, escape, slot, with_slot};
use crate::domain::language::Texts;
use crate::domain::survey::{
    Block, Body, Choice, Definition, Group, ItemMeasure, NOT_APPLICABLE, Question, Scale, SurveyKind, fill,
};
use crate::text::Reader;

/// The most cells that stand in one row on a phone.
const ROW: i64 = 6;

/// What all questions of one page share.
struct Pen<'a> {
    variant: &'a Variant,
    site: &'a Site<'a>,
    reader: &'a Reader,
}

/// Writes all steps: without the script they are one long page with one button at its end.
pub(super) fn write(html: &mut String, definition: &Definition, variant: &Variant, site: &Site<'_>, reader: &Reader) {
    let pen = Pen { variant, site, reader };
    let count = definition.pages.len();
    html.push_str(&slot(&["summary"]));
    for (at, page) in definition.pages.iter().enumerate() {
        let last = at + 1 == count;
        html.push_str(&format!(
            "<section class=\"step{}{}\" aria-label=\"{}\">\n<div class=\"sheet\">\n",
            if last { " last" } else { "" },
            slot(&["current", &at.to_string()]),
            pen.text(&page.title)
        ));
        if count > 1 {
            pen.progress(html, at, count, &page.title);
        }
        if at == 0 {
            html.push_str(&format!("<h1 class=\"survey-title\">{}</h1>\n", pen.text(&definition.title)));
            if !pen.text(&definition.intro).is_empty() {
                html.push_str(&format!("<p class=\"hint intro\">{}</p>\n", pen.text(&definition.intro)));
            }
        }
        for (nth, block) in page.blocks().iter().enumerate() {
            match block {
                Block::Question(question) => pen.question(html, question, nth > 0),
                Block::Group(group, members) => pen.group(html, group, members),
            }
        }
        if last {
            pen.who_sees(html, definition.kind);
        }
        pen.buttons(html, at, last);
        html.push_str("</div>\n</section>\n");
    }
}

impl Pen<'_> {
    /// A text of the survey, escaped, in the language of the page.
    fn text(&self, texts: &Texts) -> String {
        escape(&fill(texts.for_reader(&self.variant.language), self.site.company))
    }

    /// A text of ours, escaped.
    fn say(&self, id: &str) -> String {
        escape(&self.reader.text(id, &[]))
    }

    fn progress(&self, html: &mut String, at: usize, count: usize, title: &Texts) {
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let of = [("step", number(at + 1).into()), ("steps", number(count).into())];
        let track: String = (0..count).map(|n| if n <= at { "<i class=\"on\"></i>" } else { "<i></i>" }).collect();
        html.push_str(&format!(
            "<div class=\"steps\"><span class=\"nowrap\">{}</span><span class=\"track\" aria-hidden=\"true\">{track}\
             </span><span class=\"nowrap\">{}</span></div>\n",
            escape(&self.reader.text("respond-step", &of)),
            self.text(title)
        ));
    }

    fn buttons(&self, html: &mut String, at: usize, last: bool) {
        html.push_str("<div class=\"go\">");
        if at > 0 {
            html.push_str(&format!(
                "<button class=\"btn pager\" type=\"button\" data-go=\"back\">{}</button>",
                self.say("respond-back")
            ));
        }
        html.push_str(&if last {
            format!("<button class=\"btn main\" type=\"submit\">{}</button>", self.say("respond-send"))
        } else {
            format!(
                "<button class=\"btn main pager\" type=\"button\" data-go=\"next\">{}</button>",
                self.say("respond-next")
            )
        });
        html.push_str("</div>\n");
    }

    fn who_sees(&self, html: &mut String, kind: SurveyKind) {
        let text = if kind == SurveyKind::Internal {
            self.say("respond-who-sees-internal")
        } else if self.variant.manager {
            with_slot(self.reader, "respond-who-sees-manager", "manager", "manager")
        } else {
            self.say("respond-who-sees")
        };
        html.push_str(&format!(
            "<div class=\"aside\"><h2>{}</h2><p>{text}</p></div>\n",
            self.say("respond-who-sees-title")
        ));
    }

    /// A question that stands alone. Minor ones are not the first of their step.
    fn question(&self, html: &mut String, question: &Question, follows: bool) {
        let key = escape(&question.key);
        let hint = self.hint(question);
        let hint_id = if hint.is_empty() { String::new() } else { format!("hint-{key}") };
        html.push_str(&slot(&["wrong", &question.key]));
        let minor = follows && !matches!(question.body, Body::Recommend { .. } | Body::Rating { .. });
        let class = if minor { "q minor" } else { "q" };
        if let Body::Text { lines, placeholder, most } = &question.body {
            html.push_str(&format!(
                "<div class=\"{class}\" id=\"q-{key}\"{}>\n<label class=\"q-title\" for=\"f-{key}\">{}{}</label>\n{hint}",
                self.rules(question),
                self.text(&question.text),
                self.optional(question)
            ));
            html.push_str(&format!(
                "<textarea class=\"write\" id=\"f-{key}\" name=\"{key}\" rows=\"{lines}\" maxlength=\"{most}\" \
                 placeholder=\"{}\"{}>\n{}</textarea>\n</div>\n",
                self.text(placeholder),
                slot(&["described", &question.key, &hint_id]),
                slot(&["typed", &question.key])
            ));
            return;
        }
        html.push_str(&format!(
            "<fieldset class=\"{class}\" id=\"q-{key}\"{}{}>\n<legend>{}{}</legend>\n{hint}",
            self.rules(question),
            slot(&["described", &question.key, &hint_id]),
            self.text(&question.text),
            self.optional(question)
        ));
        match &question.body {
            Body::Recommend { scale } => self.eleven(html, question, scale),
            Body::Rating { scale, not_applicable } => {
                html.push_str("<div class=\"rating\">\n");
                self.points(html, question, scale, *not_applicable);
                self.ends(html, scale);
                html.push_str("</div>\n");
            }
            Body::Single { choices } => self.choices(html, question, choices, "radio"),
            Body::Multiple { choices, .. } => self.choices(html, question, choices, "checkbox"),
            Body::Text { .. } => {}
        }
        html.push_str("</fieldset>\n");
        html.push_str(&slot(&["prefilled", &question.key]));
    }

    /// What the script has to know: whether an answer is needed, and what to say without one.
    fn rules(&self, question: &Question) -> String {
        if !question.required {
            return String::new();
        }
        format!(" data-missing=\"{}\"", escape(&missing(self.reader, question)))
    }

    fn optional(&self, question: &Question) -> String {
        let words = matches!(question.body, Body::Text { .. });
        if question.required || !words {
            return String::new();
        }
        format!(" <span class=\"quiet optional\">{}</span>", self.say("respond-optional"))
    }

    /// What belongs to the question, and how to answer it.
    fn hint(&self, question: &Question) -> String {
        let mut parts: Vec<String> =
            [&question.about, &question.hint].into_iter().map(|t| self.text(t)).filter(|t| !t.is_empty()).collect();
        if question.measure == Some(ItemMeasure::Contact) && self.variant.manager {
            parts.push(with_slot(self.reader, "respond-your-manager", "manager", "manager"));
        }
        if parts.is_empty() {
            return String::new();
        }
        format!("<p class=\"hint\" id=\"hint-{}\">{}</p>\n", escape(&question.key), parts.join(" "))
    }

    fn eleven(&self, html: &mut String, question: &Question, scale: &Scale) {
        let end = |x: i64, texts: &Texts| format!("{x}{}{}", self.say("respond-colon"), self.text(texts));
        html.push_str(&format!("<div class=\"nps\">\n<p class=\"low-end\">{}</p>\n", end(scale.from, &scale.low)));
        self.points(html, question, scale, false);
        html.push_str(&format!("<p class=\"high-end\">{}</p>\n</div>\n", end(scale.last(), &scale.high)));
    }

    fn points(&self, html: &mut String, question: &Question, scale: &Scale, not_applicable: bool) {
        let cells = scale.points + i64::from(not_applicable);
        html.push_str(if cells > ROW { "<div class=\"scale eleven\">\n" } else { "<div class=\"scale\">\n" });
        let key = escape(&question.key);
        for (x, meaning) in scale.values() {
            let meaning = meaning.map_or_else(String::new, |texts| {
                format!("<b class=\"unseen\">{}{}</b>", self.say("respond-colon"), self.text(texts))
            });
            let checked = slot(&["checked", &question.key, &x.to_string()]);
            html.push_str(&format!(
                "<label class=\"pick\"><input type=\"radio\" name=\"{key}\" value=\"{x}\"{checked}>\
                 <span>{x}{meaning}</span></label>\n"
            ));
        }
        if not_applicable {
            html.push_str(&format!(
                "<label class=\"pick none\"><input type=\"radio\" name=\"{key}\" value=\"{NOT_APPLICABLE}\"{}>\
                 <span>{}<b class=\"unseen\">{}{}</b></span></label>\n",
                slot(&["checked", &question.key, NOT_APPLICABLE]),
                self.say("respond-na"),
                self.say("respond-colon"),
                self.say("respond-na-long")
            ));
        }
        html.push_str("</div>\n");
    }

    /// The words of both ends under a scale; read aloud they stand in the points themselves.
    fn ends(&self, html: &mut String, scale: &Scale) {
        html.push_str(&format!(
            "<div class=\"ends\" aria-hidden=\"true\"><span>{}</span><span>{}</span></div>\n",
            self.text(&scale.low),
            self.text(&scale.high)
        ));
    }

    fn choices(&self, html: &mut String, question: &Question, choices: &[Choice], kind: &str) {
        html.push_str("<div class=\"choices\">\n");
        let key = escape(&question.key);
        for choice in choices {
            let about = self.text(&choice.about);
            let about = if about.is_empty() { about } else { format!("<span class=\"about\">{about}</span>") };
            html.push_str(&format!(
                "<label class=\"choice\"><input type=\"{kind}\" name=\"{key}\" value=\"{}\"{}><span>{}{about}</span></label>\n",
                escape(&choice.key),
                slot(&["checked", &question.key, &choice.key]),
                self.text(&choice.text)
            ));
            if choice.other {
                let field = question.other_field();
                html.push_str(&format!(
                    "<input class=\"write line\" name=\"{}\" maxlength=\"{}\" aria-label=\"{}\" value=\"{}\">\n",
                    escape(&field),
                    crate::domain::answer::OTHER_MOST,
                    self.say("respond-other"),
                    slot(&["typed", &field])
                ));
            }
        }
        html.push_str("</div>\n");
    }

    /// Ratings of one scale below each other, with one head.
    fn group(&self, html: &mut String, group: &Group, members: &[&Question]) {
        let key = escape(&group.key);
        html.push_str(&format!(
            "<div class=\"q\" role=\"group\" aria-labelledby=\"g-{key}\">\n<h2 class=\"q-title\" id=\"g-{key}\">{}</h2>\n",
            self.text(&group.text)
        ));
        if !self.text(&group.hint).is_empty() {
            html.push_str(&format!("<p class=\"hint\">{}</p>\n", self.text(&group.hint)));
        }
        html.push_str("<div class=\"aspects\">\n");
        if let Some(scale) = members.first().and_then(|q| q.scale()).filter(|scale| scale.points < ROW) {
            self.group_head(html, scale);
        }
        for question in members {
            let key = escape(&question.key);
            let about = [&question.about, &question.hint].map(|t| self.text(t)).join(" ");
            let about = about.trim();
            let about = if about.is_empty() { String::new() } else { format!("<small>{about}</small>") };
            html.push_str(&slot(&["wrong", &question.key]));
            html.push_str(&format!(
                "<fieldset class=\"aspect\" id=\"q-{key}\"{}{}>\n<legend>{}{about}</legend>\n",
                self.rules(question),
                slot(&["described", &question.key, ""]),
                self.text(&question.text)
            ));
            if let Body::Rating { scale, not_applicable } = &question.body {
                self.points(html, question, scale, *not_applicable);
                self.ends(html, scale);
            } else if let Some(scale) = question.scale() {
                self.points(html, question, scale, false);
                self.ends(html, scale);
            } else {
                let kind = if matches!(question.body, Body::Multiple { .. }) { "checkbox" } else { "radio" };
                self.choices(html, question, question.choices(), kind);
            }
            html.push_str("</fieldset>\n");
        }
        html.push_str("</div>\n</div>\n");
    }

    /// The words over the columns, where there is room for columns: the ends, and the middle if there is one.
    fn group_head(&self, html: &mut String, scale: &Scale) {
        let middle = (scale.points % 2 == 1).then(|| scale.from + scale.points / 2);
        let cells: String = scale
            .values()
            .map(|(x, meaning)| {
                let named = x == scale.from || x == scale.last() || Some(x) == middle;
                let meaning = meaning.filter(|_| named).map_or_else(String::new, |texts| self.text(texts));
                format!("<span>{meaning}</span>")
            })
            .collect();
        html.push_str(&format!(
            "<div class=\"aspect-head\" aria-hidden=\"true\"><div class=\"scale\">{cells}</div></div>\n"
        ));
    }
}

/// What is said where an answer is needed and there is none.
pub fn missing(reader: &Reader, question: &Question) -> String {
    match (&question.body, question.scale()) {
        (_, Some(scale)) => {
            reader.text("respond-missing-point", &[("min", scale.from.into()), ("max", scale.last().into())])
        }
        (Body::Text { .. }, _) => reader.text("respond-missing-words", &[]),
        _ => reader.text("respond-missing-choice", &[]),
    }
}
