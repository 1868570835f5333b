//! What stands above a survey that our own people fill in for somebody.

use super::{DESK_FORM, escape};

/// A field that goes with the form and is not one of the survey's.
pub enum Extra<'a> {
    Hidden(&'a str, String),
    /// A day, with its label and what is wrong with it.
    Day(&'a str, String, String),
}

/// What stands above a form: what it is, a way back, what is wrong with the whole, and further fields.
pub fn above(title: &str, note: &str, back: (&str, &str), wrong: Option<&str>, extras: &[Extra<'_>]) -> String {
    let mut html = format!(
        "<div class=\"sheet desk\"><p class=\"crumb\"><a href=\"{}\">{}</a></p><p><strong>{}</strong></p><p class=\"quiet\">{}</p>\n",
        escape(back.0),
        escape(back.1),
        escape(title),
        escape(note)
    );
    if let Some(wrong) = wrong {
        html.push_str(&format!("<div class=\"note wrong summary\" role=\"alert\"><p>{}</p></div>\n", escape(wrong)));
    }
    for extra in extras {
        match extra {
            Extra::Hidden(name, value) => html.push_str(&format!(
                "<input type=\"hidden\" form=\"{DESK_FORM}\" name=\"{name}\" value=\"{}\">\n",
                escape(value)
            )),
            Extra::Day(name, value, label) => html.push_str(&format!(
                "<p class=\"desk-field\"><label for=\"{name}\">{}</label> <input class=\"write line\" type=\"date\" form=\"{DESK_FORM}\" \
                 id=\"{name}\" name=\"{name}\" value=\"{}\" required></p>\n",
                escape(label),
                escape(value)
            )),
        }
    }
    html.push_str("</div>\n");
    html
}
