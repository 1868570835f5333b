//! The steps of a survey and their questions as HTML.

use super::complaint::{days, missing, range};
use super::said::number;
use super::{Site, Variant, escape, marked, own, slot, with_slot};
use crate::domain::language::Texts;
use crate::domain::survey::{Block, Body, Definition, Group, ItemMeasure, Question, Scale, SurveyKind, fill};
use crate::text::Reader;

/// The most cells that stand in one row on a phone.
pub(super) const ROW: i64 = 6;

/// What all questions of one page share.
pub(super) struct Pen<'a> {
    variant: &'a Variant,
    site: &'a Site<'a>,
    pub reader: &'a Reader,
    /// Whether the survey branches.
    branching: bool,
}

/// Writes all steps: without the script they are one long page with one button at its end. A survey that
/// branches has a step of its own for that button, since nobody knows beforehand which page is the last.
pub(super) fn write(
    html: &mut String,
    definition: &Definition,
    variant: &Variant,
    site: &Site<'_>,
    reader: &Reader,
    branching: bool,
) {
    let pen = Pen { variant, site, reader, branching };
    let count = definition.pages.len();
    if branching {
        pen.fields_of_branches(html);
    }
    html.push_str(&slot(&["summary"]));
    let mut behind = 0;
    for (at, page) in definition.pages.iter().enumerate() {
        let last = at + 1 == count && !branching;
        html.push_str(&format!(
            "<section class=\"step{}{}\"{} aria-label=\"{}\">\n<div class=\"sheet\">\n",
            if last { " last" } else { "" },
            slot(&["current", &at.to_string()]),
            pen.of_page(at, &page.key),
            pen.text(&page.title)
        ));
        if branching {
            let all = definition.questions().count().max(1);
            pen.share(html, behind * 100 / all, &titled(at, &pen.text(&page.title)));
            behind += page.questions.len();
        } else if count > 1 {
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
    if branching {
        pen.closing(html, count, definition.kind);
    }
}

impl Pen<'_> {
    /// A text of the survey, escaped, in the language of the page.
    pub fn text(&self, texts: &Texts) -> String {
        escape(&fill(texts.for_reader(&self.variant.language), self.site.company))
    }

    /// A text of ours as it stands in the page.
    pub fn say(&self, id: &str) -> String {
        self.ours(&self.reader.text(id, &[]))
    }

    /// A text of ours for an attribute, and marks that belong to no language.
    pub fn bare(&self, id: &str) -> String {
        escape(&self.reader.text(id, &[]))
    }

    fn ours(&self, text: &str) -> String {
        own(self.reader, &self.variant.language, text)
    }

    /// A text of ours that names the account's manager.
    fn naming_manager(&self, id: &str) -> String {
        marked(self.reader, &self.variant.language, with_slot(self.reader, id, "manager", "manager"))
    }

    fn progress(&self, html: &mut String, at: usize, count: usize, title: &Texts) {
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let of = [("step", number(at + 1).into()), ("steps", number(count).into())];
        let track: String = (0..count).map(|n| if n <= at { "<i class=\"on\"></i>" } else { "<i></i>" }).collect();
        html.push_str(&format!(
            "<div class=\"steps\"><span class=\"nowrap\">{}</span><span class=\"track\" aria-hidden=\"true\">{track}\
             </span>{}</div>\n",
            self.ours(&self.reader.text("respond-step", &of)),
            titled(at, &self.text(title))
        ));
    }

    /// What tells the server where somebody is. The first button of a form is the one that Enter presses.
    fn fields_of_branches(&self, html: &mut String) {
        html.push_str(&format!(
            "<input type=\"hidden\" name=\"_page\" value=\"{}\">\n<input type=\"hidden\" name=\"_seen\" value=\"{}\">\n\
             <button class=\"unseen\" type=\"submit\" name=\"_go\" value=\"{}\" tabindex=\"-1\" aria-hidden=\"true\"></button>\n",
            slot(&["open-page"]),
            slot(&["seen"]),
            slot(&["go"])
        ));
    }

    fn of_page(&self, at: usize, key: &str) -> String {
        if !self.branching {
            return String::new();
        }
        format!("{} data-page=\"{}\"", slot(&["hidden-step", &at.to_string()]), escape(key))
    }

    /// How much of the survey lies behind: a share that depends on the page alone, so it never falls,
    /// whatever is passed over.
    fn share(&self, html: &mut String, percent: usize, title: &str) {
        let said = self.reader.text("respond-behind", &[("percent", i64::try_from(percent).unwrap_or(100).into())]);
        let track: String = (0..20).map(|n| if n * 5 < percent { "<i class=\"on\"></i>" } else { "<i></i>" }).collect();
        html.push_str(&format!(
            "<div class=\"steps\"><span class=\"nowrap\">{}</span><span class=\"track\" aria-hidden=\"true\">{track}\
             </span>{title}</div>\n",
            self.ours(&said)
        ));
    }

    /// The end of a survey that branches: all is asked, and it is sent from here.
    fn closing(&self, html: &mut String, at: usize, kind: SurveyKind) {
        let title = self.say("respond-all-asked");
        let label = self.bare("respond-all-asked");
        html.push_str(&format!(
            "<section class=\"step last{}\"{} aria-label=\"{label}\">\n<div class=\"sheet\">\n",
            slot(&["current", &at.to_string()]),
            self.of_page(at, "")
        ));
        self.share(html, 100, "");
        html.push_str(&format!(
            "<div class=\"q\">\n<h1 class=\"q-title\">{title}</h1>\n<p class=\"hint\">{}</p>\n</div>\n",
            self.say("respond-all-asked-text")
        ));
        self.who_sees(html, kind);
        html.push_str("<div class=\"go\">");
        self.branch_button(html, "back", "btn");
        self.branch_button(html, "send", "btn main");
        html.push_str("</div>\n</div>\n</section>\n");
    }

    fn branch_button(&self, html: &mut String, go: &str, class: &str) {
        let script = if go == "send" { String::new() } else { format!(" data-go=\"{go}\"") };
        html.push_str(&format!(
            "<button class=\"{class}\" type=\"submit\" name=\"_go\" value=\"{go}\"{script}>{}</button>",
            self.say(&format!("respond-{go}"))
        ));
    }

    fn buttons(&self, html: &mut String, at: usize, last: bool) {
        html.push_str("<div class=\"go\">");
        if self.branching {
            if at > 0 {
                self.branch_button(html, "back", "btn");
            }
            self.branch_button(html, "next", "btn main");
            html.push_str("</div>\n");
            return;
        }
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
            self.naming_manager("respond-who-sees-manager")
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
        if question.body == Body::Information {
            html.push_str(&format!(
                "<div class=\"q info\" id=\"q-{key}\"{}>\n<h2 class=\"q-title\">{}</h2>\n{hint}</div>\n",
                self.rules(question),
                self.text(&question.text)
            ));
            return;
        }
        html.push_str(&slot(&["wrong", &question.key]));
        let minor = follows && question.scale().is_none();
        let class = if minor { "q minor" } else { "q" };
        if matches!(question.body, Body::Text { .. } | Body::Line { .. } | Body::Number { .. } | Body::Date { .. }) {
            html.push_str(&format!(
                "<div class=\"{class}\" id=\"q-{key}\"{}>\n<label class=\"q-title\" for=\"f-{key}\">{}{}</label>\n{hint}",
                self.rules(question),
                self.text(&question.text),
                self.optional(question)
            ));
            self.field(html, question, &hint_id);
            html.push_str("</div>\n");
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
            Body::Rating { .. } | Body::Differential { .. } => {
                html.push_str("<div class=\"rating\">\n");
                self.rating(html, question);
                html.push_str("</div>\n");
            }
            Body::YesNo { .. } => self.yes_or_no(html, question),
            Body::Single { .. } => self.choices(html, question, "radio"),
            Body::Multiple { .. } => self.choices(html, question, "checkbox"),
            Body::Ranking { most, .. } => self.ranking(html, question, *most),
            Body::ConstantSum { total, unit, .. } => self.shares(html, question, *total, unit),
            Body::Contact { ask, .. } => self.contact(html, question, ask),
            Body::Consent { statement, .. } => self.consent(html, question, statement),
            Body::Text { .. } | Body::Line { .. } | Body::Number { .. } | Body::Date { .. } | Body::Information => {}
        }
        html.push_str("</fieldset>\n");
        html.push_str(&slot(&["prefilled", &question.key]));
    }

    /// What the script has to know: whether an answer is needed, and what to say without one.
    fn rules(&self, question: &Question) -> String {
        let branch = if self.branching {
            format!(" data-q=\"{}\"{}", escape(&question.key), slot(&["hidden", &question.key]))
        } else {
            String::new()
        };
        if !question.required {
            return branch;
        }
        format!(" data-missing=\"{}\"{branch}", escape(&missing(self.reader, question)))
    }

    fn optional(&self, question: &Question) -> String {
        let words = matches!(
            question.body,
            Body::Text { .. } | Body::Line { .. } | Body::Number { .. } | Body::Date { .. } | Body::Contact { .. }
        );
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
            parts.push(self.naming_manager("respond-your-manager"));
        }
        parts.extend(self.how(question));
        if parts.is_empty() {
            return String::new();
        }
        format!("<p class=\"hint\" id=\"hint-{}\">{}</p>\n", escape(&question.key), parts.join(" "))
    }

    /// How to answer, where the kind of question asks for more than a glance.
    fn how(&self, question: &Question) -> Option<String> {
        let text = match &question.body {
            Body::Ranking { .. } => Some(self.reader.text("respond-rank-how", &[])),
            Body::ConstantSum { total, .. } => {
                Some(self.reader.text("respond-missing-sum", &[("total", (*total).into())]))
            }
            Body::Number { min, max, .. } => {
                let end = |x: Option<i64>| x.map(|x| number(self.reader, x));
                range(self.reader, end(*min), end(*max))
            }
            Body::Date { min, max } => days(self.reader, *min, *max),
            _ => None,
        };
        text.map(|text| self.ours(&text))
    }

    /// Ratings of one scale below each other, with one head.
    fn group(&self, html: &mut String, group: &Group, members: &[&Question]) {
        let key = escape(&group.key);
        let branch = if self.branching {
            let keys: Vec<&str> = members.iter().map(|question| question.key.as_str()).collect();
            format!(" data-group{}", slot(&["hidden-group", &keys.join(" ")]))
        } else {
            String::new()
        };
        html.push_str(&format!(
            "<div class=\"q\" role=\"group\" aria-labelledby=\"g-{key}\"{branch}>\n<h2 class=\"q-title\" id=\"g-{key}\">{}</h2>\n",
            self.text(&group.text)
        ));
        if !self.text(&group.hint).is_empty() {
            html.push_str(&format!("<p class=\"hint\">{}</p>\n", self.text(&group.hint)));
        }
        html.push_str("<div class=\"aspects\">\n");
        if let Some(scale) = members.first().and_then(|q| headed(q)) {
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
            self.rating(html, question);
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

/// The title of a page beside its progress. It is the heading of what is seen, but for the first page, which
/// bears the title of the survey.
fn titled(at: usize, title: &str) -> String {
    let tag = if at == 0 { "span" } else { "h1" };
    format!("<{tag} class=\"nowrap\">{title}</{tag}>")
}

/// The scale whose words stand once over a group. Opposites differ from row to row, and long scales have
/// no room for columns.
fn headed(question: &Question) -> Option<&Scale> {
    match &question.body {
        Body::Rating { scale, .. } => Some(scale).filter(|scale| scale.points < ROW),
        _ => None,
    }
}
