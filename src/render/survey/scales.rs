//! Points on a scale, and yes or no.

use super::questions::{Pen, ROW};
use super::{escape, slot};
use crate::domain::answer::{NO, YES};
use crate::domain::language::Texts;
use crate::domain::survey::{Body, Display, NOT_APPLICABLE, Polarity, Question, Scale};

const STAR: &str = r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2.6l2.9 6 6.5.9-4.7 4.6 1.1 6.5-5.8-3.1-5.8 3.1 1.1-6.5L2.6 9.5l6.5-.9z"/></svg>"#;

impl Pen<'_> {
    pub(super) fn eleven(&self, html: &mut String, question: &Question, scale: &Scale) {
        let end = |x: i64, texts: &Texts| format!("{x}{}{}", self.bare("respond-colon"), self.text(texts));
        html.push_str(&format!("<div class=\"nps\">\n<p class=\"low-end\">{}</p>\n", end(scale.from, &scale.low)));
        self.points(html, question, scale);
        html.push_str(&format!("<p class=\"high-end\">{}</p>\n</div>\n", end(scale.last(), &scale.high)));
    }

    /// The points of a rating with the words of both ends: below them, and above where they are opposites.
    pub(super) fn rating(&self, html: &mut String, question: &Question) {
        let Some(scale) = question.scale() else { return };
        let opposites = matches!(question.body, Body::Differential { .. });
        if opposites {
            self.ends(html, scale, question);
        }
        self.points(html, question, scale);
        if !opposites {
            self.ends(html, scale, question);
        }
    }

    fn points(&self, html: &mut String, question: &Question, scale: &Scale) {
        let not_applicable = question.allows_not_applicable();
        let drawn = match question.body {
            Body::Rating { display: Display::Stars, .. } => " drawn stars",
            Body::Rating { display: Display::Faces, .. } => " drawn",
            _ => "",
        };
        html.push_str(&format!("<div class=\"scale{}{drawn}\">\n", columns(question, scale)));
        let key = escape(&question.key);
        for (x, meaning) in scale.values() {
            let meaning = meaning.map_or_else(String::new, |texts| {
                format!("<b class=\"unseen\">{}{}</b>", self.bare("respond-colon"), self.text(texts))
            });
            let checked = slot(&["checked", &question.key, &x.to_string()]);
            html.push_str(&format!(
                "<label class=\"pick\"><input type=\"radio\" name=\"{key}\" value=\"{x}\"{checked}>\
                 <span>{}{x}{meaning}</span></label>\n",
                drawing(question, scale, x)
            ));
        }
        if not_applicable {
            self.not_applicable(html, question);
        }
        html.push_str("</div>\n");
    }

    fn not_applicable(&self, html: &mut String, question: &Question) {
        html.push_str(&format!(
            "<label class=\"pick none\"><input type=\"radio\" name=\"{}\" value=\"{NOT_APPLICABLE}\"{}>\
             <span>{}<b class=\"unseen\">{}{}</b></span></label>\n",
            escape(&question.key),
            slot(&["checked", &question.key, NOT_APPLICABLE]),
            self.say("respond-na"),
            self.bare("respond-colon"),
            self.say("respond-na-long")
        ));
    }

    /// The words of both ends of a scale; read aloud they stand in the points themselves.
    fn ends(&self, html: &mut String, scale: &Scale, question: &Question) {
        let opposites = matches!(question.body, Body::Differential { .. });
        // Up to five points and the sixth of "not applicable" stand in six columns, whether it is offered or not.
        let full = !columns(question, scale).is_empty();
        html.push_str(&format!(
            "<div class=\"ends{}{}{}\" aria-hidden=\"true\"><span>{}</span><span>{}</span></div>\n",
            if full { " full" } else { "" },
            match (!full, scale.points) {
                (true, 2) => " of2",
                (true, 3) => " of3",
                (true, 4) => " of4",
                _ => "",
            },
            if opposites { " poles" } else { "" },
            self.text(&scale.low),
            self.text(&scale.high)
        ));
    }

    pub(super) fn yes_or_no(&self, html: &mut String, question: &Question) {
        let Body::YesNo { yes, no, not_applicable } = &question.body else { return };
        html.push_str(if *not_applicable {
            "<div class=\"scale few three\">\n"
        } else {
            "<div class=\"scale few\">\n"
        });
        for (value, own, ours) in [(YES, yes, "respond-yes"), (NO, no, "respond-no")] {
            let text = if own.0.is_empty() { self.say(ours) } else { self.text(own) };
            html.push_str(&format!(
                "<label class=\"pick\"><input type=\"radio\" name=\"{}\" value=\"{value}\"{}><span>{text}</span></label>\n",
                escape(&question.key),
                slot(&["checked", &question.key, value])
            ));
        }
        if *not_applicable {
            self.not_applicable(html, question);
        }
        html.push_str("</div>\n");
    }
}

/// How many stand in a row, as a class; six without one. Rows of a group keep the same columns.
fn columns(question: &Question, scale: &Scale) -> &'static str {
    let not_applicable = question.allows_not_applicable();
    let opposites = matches!(question.body, Body::Differential { .. });
    match scale.points {
        7 => " seven",
        5 if opposites && !not_applicable && question.group.is_none() => " five",
        points if points + i64::from(not_applicable) > ROW => " eleven",
        _ => "",
    }
}

/// The picture of a point. The number beside it is what is read aloud, and what prints.
fn drawing(question: &Question, scale: &Scale, x: i64) -> String {
    match question.body {
        Body::Rating { display: Display::Stars, .. } => STAR.to_owned(),
        Body::Rating { display: Display::Faces, .. } => {
            let part = (x - scale.from) as f64 / (scale.points - 1).max(1) as f64;
            let good = if question.polarity == Polarity::Negative { 1.0 - part } else { part };
            // The corners of the mouth rise by half as much as its middle sinks.
            let (corner, middle) = (16.5 - 2.5 * good, 11.0 + 9.0 * good);
            format!(
                "<svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" class=\"face\"><circle cx=\"12\" cy=\"12\" r=\"10\"/>\
                 <path d=\"M8.5 9v.4M15.5 9v.4M7.5 {corner:.1}Q12 {middle:.1} 16.5 {corner:.1}\"/></svg>"
            )
        }
        _ => String::new(),
    }
}
