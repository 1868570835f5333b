//! What an organisation's theme becomes: a small style sheet over the house's own, its logo, and the colours
//! that mails are written in.

use crate::domain::theme::{Drawing, Logo, Palette, Theme};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A file that is handed out under a name that changes with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it lies, such as `/assets/theme.0123456789ab.css`.
    pub path: String,
    pub kind: &'static str,
    pub body: Vec<u8>,
}

impl File {
    fn new(stem: &str, ending: &str, kind: &'static str, body: Vec<u8>) -> Self {
        let hash = data_encoding::HEXLOWER.encode(Sha256::digest(&body).get(..6).unwrap_or_default());
        Self { path: format!("/assets/{stem}.{hash}.{ending}"), kind, body }
    }
}

/// How the house looks beside its own style; nothing of it where no theme is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    sheet: Option<File>,
    logo: Option<File>,
    logo_dark: Option<File>,
    mail_logo: Option<String>,
    theme: Option<Theme>,
}

impl Look {
    /// Draws up the files of a theme.
    pub fn new(theme: &Theme, logo: Option<Logo>, logo_dark: Option<Logo>) -> Self {
        let own = *theme != Theme::default();
        let sheet = own.then(|| File::new("theme", "css", "text/css; charset=utf-8", sheet(theme).into_bytes()));
        let is_png = logo.as_ref().is_some_and(|logo| logo.drawing == Drawing::Png);
        let file = |logo: Logo| File::new("logo", logo.drawing.ending(), logo.drawing.media_type(), logo.bytes);
        let logo = logo.map(file);
        let mail_logo = logo.as_ref().filter(|_| is_png).map(|file| file.path.clone());
        Self { sheet, mail_logo, logo, logo_dark: logo_dark.map(file), theme: own.then_some(*theme) }
    }

    /// Where the theme's style sheet lies, to be loaded after the house's.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_ref().map(|file| file.path.as_str())
    }

    /// Where the logo lies, and the one for a dark ground.
    pub fn logo(&self) -> Option<(&str, Option<&str>)> {
        let dark = self.logo_dark.as_ref().map(|file| file.path.as_str());
        self.logo.as_ref().map(|file| (file.path.as_str(), dark))
    }

    /// All files that pages refer to.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        [&self.sheet, &self.logo, &self.logo_dark].into_iter().flatten()
    }

    /// What the templates of mails take in the place of the house's colours, by name; `base` is the address
    /// that a logo is fetched from.
    pub fn of_mails(&self, base: &str) -> Vec<(&'static str, String)> {
        let logo = self.mail_logo.iter().map(|path| ("logo", format!("{base}{path}")));
        let colours = self.theme.iter().flat_map(|theme| mail_colours(theme).into_iter());
        colours.map(|(name, colour)| (name, colour.to_string())).chain(logo).collect()
    }
}

/// A colour that mails are written in, where no theme is set; nothing for a name that mails do not know.
pub fn mail_default(name: &str) -> Option<String> {
    if name == "logo" {
        return Some(String::new());
    }
    mail_colours(&Theme::default()).into_iter().find(|(one, _)| *one == name).map(|(_, colour)| colour.to_string())
}

fn mail_colours(theme: &Theme) -> [(&'static str, crate::domain::theme::Colour); 7] {
    let Theme { light, dark } = theme;
    [
        ("accent", light.accent),
        ("accent-strong", light.accent_strong),
        ("on-accent", light.on_accent),
        ("accent-dark", dark.accent),
        ("accent-strong-dark", dark.accent_strong),
        ("on-accent-dark", dark.on_accent),
        ("surface", light.surface),
    ]
}

/// The theme's tokens under the same conditions as the house's: dark by the system's wish, or by the page's.
/// The ground is that of the customers' pages alone.
fn sheet(theme: &Theme) -> String {
    let accents = |p: &Palette| {
        format!(
            "--accent: {}; --accent-strong: {}; --on-accent: {}; --accent-soft: {};",
            p.accent, p.accent_strong, p.on_accent, p.accent_soft
        )
    };
    let Theme { light, dark } = theme;
    let mut css = format!(":root {{ {} }}\n.survey {{ --ground: {}; }}\n", accents(light), light.ground);
    for (when, root) in [
        ("screen and (prefers-color-scheme: dark)", ":root:not([data-theme=\"light\"])"),
        ("screen", ":root[data-theme=\"dark\"]"),
    ] {
        // Writing to a string does not fail.
        let _ = writeln!(
            css,
            "@media {when} {{ {root} {{ {} }} {root} .survey {{ --ground: {}; }} }}",
            accents(dark),
            dark.ground
        );
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::theme::{Colour, Wishes};

    fn themed() -> Theme {
        Theme::new(&Wishes { accent: Colour::parse("#0f5c4f"), ..Wishes::default() }).unwrap()
    }

    #[test]
    fn without_a_theme_there_is_nothing_more_to_load() {
        let look = Look::new(&Theme::default(), None, None);
        assert_eq!((look.sheet(), look.logo(), look.files().count()), (None, None, 0));
        assert_eq!(look.of_mails("https://a.example"), []);
        assert_eq!(mail_default("accent").as_deref(), Some("#0b5a94"));
        assert_eq!(mail_default("logo").as_deref(), Some(""));
        assert_eq!(mail_default("colour"), None);
    }

    #[test]
    fn a_theme_is_a_small_sheet_whose_name_follows_its_content() {
        let look = Look::new(&themed(), None, None);
        let file = look.files().next().unwrap();
        let css = String::from_utf8(file.body.clone()).unwrap();
        assert!(css.starts_with(":root { --accent: #0f5c4f;"), "{css}");
        assert_eq!(css.matches('{').count(), css.matches('}').count());
        assert!(css.len() < 1500 && css.matches(&themed().dark.accent.to_string()).count() == 2, "{css}");
        let other = Theme::new(&Wishes { accent: Colour::parse("#5c0f4f"), ..Wishes::default() }).unwrap();
        assert_ne!(look.sheet(), Look::new(&other, None, None).sheet());
    }

    #[test]
    fn mails_show_a_logo_that_they_can_draw() {
        let logo = |bytes: &[u8]| Logo::read(bytes.to_vec()).unwrap();
        let png = Look::new(&Theme::default(), Some(logo(b"\x89PNG\r\n\x1a\n")), None).of_mails("https://a.example");
        assert!(
            matches!(png.as_slice(), [("logo", url)] if url.starts_with("https://a.example/assets/logo.")),
            "{png:?}"
        );
        let svg = Look::new(&Theme::default(), Some(logo(b"<svg/>")), Some(logo(b"<svg />")));
        assert_eq!(svg.of_mails("https://a.example"), []);
        assert_eq!(svg.files().count(), 2);
        assert!(svg.logo().unwrap().1.is_some());
    }
}
