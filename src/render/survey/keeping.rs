//! What the page says of keeping: what was filled in before, and a form that waits for a connection.

use super::{Fill, Form, Keeping, escape, own};
use crate::domain::language::Language;
use crate::text::Reader;

/// The words, escaped, in the language of one page.
#[derive(Debug)]
pub(super) struct Words {
    language: String,
    /// The attributes of what we say in a language that is not the page's.
    pub ours: String,
    /// The device alone had kept something.
    here: String,
    clear: String,
    /// That it is kept, at the foot of the page.
    pub keeps: String,
    /// The part that is shown while a form waits.
    waits: String,
}

impl Words {
    pub fn new(language: &Language, reader: &Reader) -> Self {
        let (speaks, ours) = (language.primary() == reader.language.primary(), &reader.language);
        let direction = if ours.is_right_to_left() { "rtl" } else { "ltr" };
        let say = |id: &str| own(reader, language, &reader.text(id, &[]));
        Self {
            language: escape(language.as_str()),
            ours: if speaks { String::new() } else { format!(" lang=\"{ours}\" dir=\"{direction}\"") },
            here: escape(&reader.text("respond-kept-here", &[])),
            clear: say("respond-kept-clear"),
            keeps: escape(&format!("{}{}", reader.text("mail-gap", &[]), reader.text("respond-keeps", &[]))),
            waits: format!(
                "<div class=\"sheet done waits\" tabindex=\"-1\" hidden>\n<h1>{}</h1>\n<p data-stored>{}</p>\n\
                 <p data-open hidden>{}</p>\n<div class=\"go\"><button class=\"btn\" type=\"button\" data-wait=\"back\">{}\
                 </button><button class=\"btn main\" type=\"button\" data-wait=\"now\">{}</button></div>\n</div>\n",
                say("respond-waits"),
                say("respond-waits-stored"),
                say("respond-waits-open"),
                say("respond-waits-back"),
                say("respond-waits-now"),
            ),
        }
    }
}

impl Form {
    /// What is said of keeping before the form, or behind it.
    pub(super) fn keeping(&self, fill: &Fill<'_>, keeping: &Keeping<'_>, before: bool) -> String {
        if !before {
            return self.words.waits.clone();
        }
        // A form of its own: the first button of the survey is the one that Enter presses.
        let Words { language, ours, here, clear, .. } = &self.words;
        let hidden = if keeping.note.is_some() { "" } else { " hidden" };
        format!(
            "<form class=\"sheet kept\" method=\"post\" action=\"/r/{}/clear\"{hidden}>\
             <input type=\"hidden\" name=\"_lang\" value=\"{language}\"><p class=\"small soft\"><span{ours} data-here=\"{here}\">{}</span> \
             <button class=\"btn plain\">{clear}</button></p></form>\n",
            fill.token,
            keeping.note.map_or_else(String::new, escape),
        )
    }
}
