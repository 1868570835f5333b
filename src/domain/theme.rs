//! Colours of an organisation's own, and whether they can be read: what a theme asks for becomes two whole
//! lists of colours, light and dark, or is refused with the figure.
//!
//! The contrast is that of WCAG 2.2: 4.5:1 for text (1.4.3), 3:1 for what shows where to press, to type and
//! where the focus is (1.4.11, 2.4.7).

mod logo;

pub use logo::{Drawing, Logo, MOST_BYTES as LOGO_MOST_BYTES};

use std::fmt;

/// What text needs against what it stands on (WCAG 2.2, 1.4.3).
const TEXT: f64 = 4.5;
/// What edges and marks need (WCAG 2.2, 1.4.11).
const MARK: f64 = 3.0;

/// A colour of a screen (sRGB), eight bits for each light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    pub const BLACK: Self = Self([0; 3]);
    pub const WHITE: Self = Self([255; 3]);

    const fn of(hex: u32) -> Self {
        let [_, r, g, b] = hex.to_be_bytes();
        Self([r, g, b])
    }

    /// Reads `#0b5a94` or `#05a`, in small or large letters.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text
            .trim()
            .strip_prefix('#')?
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()?;
        match *digits.as_slice() {
            [r, g, b] => Some(Self([r * 17, g * 17, b * 17])),
            [r, s, g, h, b, c] => Some(Self([r * 16 + s, g * 16 + h, b * 16 + c])),
            _ => None,
        }
    }

    /// The relative luminance, from 0 (black) to 1 (white).
    ///
    /// Source: WCAG 2.2, "relative luminance": `L = 0.2126 R + 0.7152 G + 0.0722 B` over linear light, where
    /// `c / 12.92` holds up to 0.04045 and `((c + 0.055) / 1.055)^2.4` above (IEC 61966-2-1).
    pub fn luminance(self) -> f64 {
        let linear = |light: u8| {
            let c = f64::from(light) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// The contrast ratio, from 1 (the same) to 21 (black and white), whichever comes first.
    ///
    /// Source: WCAG 2.2, "contrast ratio": `(L1 + 0.05) / (L2 + 0.05)` with the lighter as `L1`.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour with a share (0 to 1) of another in it, light by light as they stand in a file.
    #[must_use]
    pub fn mix(self, other: Self, share: f64) -> Self {
        let [r, g, b] = self.0;
        let [s, t, u] = other.0;
        // Both are within 0 and 255, so what lies between them is, too.
        let between =
            |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share.clamp(0.0, 1.0)).round() as u8;
        Self([between(r, s), between(g, t), between(b, u)])
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// The colours that a theme can change, and those that they stand beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    pub ground: Colour,
    pub surface: Colour,
    pub sunk: Colour,
    pub ink: Colour,
    pub ink_2: Colour,
    pub ink_3: Colour,
    pub control: Colour,
    pub worse: Colour,
    pub accent: Colour,
    pub accent_strong: Colour,
    pub on_accent: Colour,
    pub accent_soft: Colour,
}

impl Palette {
    /// The house's own, as the style sheet has them.
    pub const LIGHT: Self = Self {
        ground: Colour::of(0xf6_f6f3),
        surface: Colour::of(0xff_ffff),
        sunk: Colour::of(0xf0_f0ec),
        ink: Colour::of(0x1b_1e23),
        ink_2: Colour::of(0x46_4b53),
        ink_3: Colour::of(0x61_666e),
        control: Colour::of(0x80_858c),
        worse: Colour::of(0x97_440a),
        accent: Colour::of(0x0b_5a94),
        accent_strong: Colour::of(0x08_456f),
        on_accent: Colour::of(0xff_ffff),
        accent_soft: Colour::of(0xe5_eff7),
    };

    /// The same where the ground is dark.
    pub const DARK: Self = Self {
        ground: Colour::of(0x10_1317),
        surface: Colour::of(0x17_1b20),
        sunk: Colour::of(0x1e_232a),
        ink: Colour::of(0xe9_ebee),
        ink_2: Colour::of(0xbc_c2ca),
        ink_3: Colour::of(0x98_a0aa),
        control: Colour::of(0x72_7a85),
        worse: Colour::of(0xeb_a267),
        accent: Colour::of(0x7d_bbea),
        accent_strong: Colour::of(0xa5_d2f3),
        on_accent: Colour::of(0x0c_1a26),
        accent_soft: Colour::of(0x17_293a),
    };

    /// With another accent; what goes with it is mixed from it.
    fn with_accent(self, accent: Colour) -> Self {
        let (away, strong, soft) = if self.is_dark() { (Colour::WHITE, 0.3, 0.16) } else { (Colour::BLACK, 0.24, 0.1) };
        Self { accent, accent_strong: accent.mix(away, strong), accent_soft: self.surface.mix(accent, soft), ..self }
    }

    fn is_dark(&self) -> bool {
        self.surface.luminance() < 0.18
    }

    /// The accent nearest to this one, on the way to black or white, with which everything can be read.
    fn nearest(self, accent: Colour) -> Option<Colour> {
        let away = if self.is_dark() { Colour::WHITE } else { Colour::BLACK };
        (0..=100)
            .map(|step| accent.mix(away, f64::from(step) / 100.0))
            .find(|one| poor(&self.with_accent(*one), Part::Accent).is_empty())
    }

    /// The same for the ground, on the way to white or black.
    fn nearest_ground(self, ground: Colour) -> Option<Colour> {
        let away = if self.is_dark() { Colour::BLACK } else { Colour::WHITE };
        (0..=100)
            .map(|step| ground.mix(away, f64::from(step) / 100.0))
            .find(|one| poor(&Self { ground: *one, ..self }, Part::Ground).is_empty())
    }
}

/// What of a theme a pair of colours hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Accent,
    Ground,
}

/// What stands on something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Words.
    Text,
    /// The edge of what can be pressed or filled in.
    Control,
    /// A sign beside words, or the ring around what has the focus.
    Mark,
}

impl Use {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Control => "control",
            Self::Mark => "mark",
        }
    }

    fn least(self) -> f64 {
        if self == Self::Text { TEXT } else { MARK }
    }
}

/// Every pair of colours that the style puts on one another and a theme can change. The ring of the focus
/// has the accent, on grounds where the accent is text, too, and so more than it needs.
fn pairs(p: &Palette) -> [(Part, Use, Colour, Colour); 20] {
    use Part::{Accent, Ground};
    use Use::{Control, Mark, Text};
    [
        (Accent, Text, p.on_accent, p.accent),
        (Accent, Text, p.accent, p.surface),
        (Accent, Text, p.accent, p.sunk),
        (Accent, Text, p.accent, p.ground),
        (Accent, Text, p.on_accent, p.accent_strong),
        (Accent, Text, p.accent_strong, p.surface),
        (Accent, Text, p.accent_strong, p.sunk),
        (Accent, Text, p.accent_strong, p.ground),
        (Accent, Text, p.accent_strong, p.accent_soft),
        (Accent, Text, p.ink, p.accent_soft),
        (Accent, Text, p.ink_2, p.accent_soft),
        (Accent, Mark, p.accent, p.accent_soft),
        // A chosen point is told from the others by its ground.
        (Accent, Mark, p.accent, p.surface),
        (Ground, Text, p.ink, p.ground),
        (Ground, Text, p.ink_2, p.ground),
        (Ground, Text, p.ink_3, p.ground),
        (Ground, Text, p.worse, p.ground),
        (Ground, Control, p.control, p.ground),
        (Ground, Text, Palette::accent_of(p), p.ground),
        (Ground, Text, Palette::accent_strong_of(p), p.ground),
    ]
}

impl Palette {
    /// The house's accent on the same kind of ground: a ground has to bear this one, whichever a theme takes.
    fn accent_of(&self) -> Colour {
        if self.is_dark() { Self::DARK.accent } else { Self::LIGHT.accent }
    }

    fn accent_strong_of(&self) -> Colour {
        if self.is_dark() { Self::DARK.accent_strong } else { Self::LIGHT.accent_strong }
    }
}

fn poor(palette: &Palette, part: Part) -> Vec<(Use, Colour, Colour, f64)> {
    pairs(palette)
        .into_iter()
        .filter(|(hangs_on, ..)| *hangs_on == part)
        .map(|(_, what, over, under)| (what, over, under, over.contrast(under)))
        .filter(|(what, _, _, ratio)| *ratio < what.least())
        .collect()
}

/// What an organisation asks for; nothing is the house's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wishes {
    pub accent: Option<Colour>,
    pub accent_dark: Option<Colour>,
    pub ground: Option<Colour>,
    pub ground_dark: Option<Colour>,
}

/// The colours of the pages, each of which can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    pub light: Palette,
    pub dark: Palette,
}

impl Default for Theme {
    fn default() -> Self {
        Self { light: Palette::LIGHT, dark: Palette::DARK }
    }
}

/// A colour that cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Unreadable {
    /// The name of the wish: `accent`, `accent_dark`, `ground` or `ground_dark`.
    pub wish: &'static str,
    pub what: Use,
    pub over: Colour,
    pub under: Colour,
    /// The contrast between the two.
    pub ratio: f64,
    /// What is needed.
    pub least: f64,
    /// A colour near the one that is wished for that would do.
    pub near: Option<Colour>,
}

impl Theme {
    /// Makes the lists of colours. A dark accent that is not wished for is the light one, brightened until it
    /// can be read.
    ///
    /// # Errors
    /// For each wish that cannot be read, the pair of colours with the least of what it needs.
    pub fn new(wishes: &Wishes) -> Result<Self, Vec<Unreadable>> {
        let mut faults = Vec::new();
        let mut lay = |base: Palette, names: [&'static str; 2], accent: Option<Colour>, ground: Option<Colour>| {
            let grounded = Palette { ground: ground.unwrap_or(base.ground), ..base };
            if let Some(wish) = ground {
                let near = base.nearest_ground(wish);
                faults.extend(worst(poor(&grounded, Part::Ground), names[1], near));
            }
            let Some(wish) = accent else { return grounded };
            let palette = grounded.with_accent(wish);
            faults.extend(worst(poor(&palette, Part::Accent), names[0], grounded.nearest(wish)));
            palette
        };
        let light = lay(Palette::LIGHT, ["accent", "ground"], wishes.accent, wishes.ground);
        let dark_base = Palette { ground: wishes.ground_dark.unwrap_or(Palette::DARK.ground), ..Palette::DARK };
        let dark_accent = wishes.accent_dark.or_else(|| dark_base.nearest(wishes.accent?));
        let dark = lay(Palette::DARK, ["accent_dark", "ground_dark"], dark_accent, wishes.ground_dark);
        if faults.is_empty() { Ok(Self { light, dark }) } else { Err(faults) }
    }
}

/// The pair that lacks most of what it needs: one figure says more than five.
fn worst(poor: Vec<(Use, Colour, Colour, f64)>, wish: &'static str, near: Option<Colour>) -> Option<Unreadable> {
    let lack = |(what, _, _, ratio): &(Use, Colour, Colour, f64)| ratio / what.least();
    let (what, over, under, ratio) = poor.into_iter().min_by(|a, b| lack(a).total_cmp(&lack(b)))?;
    Some(Unreadable { wish, what, over, under, ratio, least: what.least(), near })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(hex: &str) -> Colour {
        Colour::parse(hex).unwrap()
    }

    #[test]
    fn colours_are_read_as_they_are_written() {
        assert_eq!(colour("#0B5a94"), Colour([0x0b, 0x5a, 0x94]));
        assert_eq!(colour(" #fa0 "), colour("#ffaa00"));
        assert_eq!(colour("#0b5a94").to_string(), "#0b5a94");
        for bad in ["", "#", "0b5a94", "#0b5a9", "#0b5a944", "#0b5a9g", "blue", "#é00", "rgb(0,0,0)"] {
            assert_eq!(Colour::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        // Values that are known from the standard's own papers and from many tools.
        for (one, other, ratio) in [
            ("#000000", "#ffffff", 21.0),
            ("#777777", "#ffffff", 4.478),
            ("#767676", "#ffffff", 4.542),
            ("#ff0000", "#ffffff", 3.998),
            ("#0000ff", "#ffffff", 8.592),
            ("#008000", "#ffffff", 5.138),
            ("#123456", "#123456", 1.0),
        ] {
            let (a, b) = (colour(one), colour(other));
            assert!((a.contrast(b) - ratio).abs() < 0.001, "{one} {other}: {}", a.contrast(b));
            assert!((a.contrast(b) - b.contrast(a)).abs() < 1e-12);
        }
    }

    #[test]
    fn the_houses_own_colours_can_be_read() {
        assert_eq!(Theme::new(&Wishes::default()), Ok(Theme::default()));
        for palette in [Palette::LIGHT, Palette::DARK] {
            for part in [Part::Accent, Part::Ground] {
                assert_eq!(poor(&palette, part), []);
            }
        }
    }

    #[test]
    fn a_fine_theme_gets_a_dark_accent_that_can_be_read() {
        let theme = Theme::new(&Wishes { accent: Some(colour("#0f5c4f")), ..Wishes::default() }).unwrap();
        assert_eq!(theme.light.accent, colour("#0f5c4f"));
        assert!(theme.dark.accent.contrast(theme.dark.sunk) >= 4.5);
        assert!(theme.dark.accent.contrast(theme.dark.on_accent) >= 4.5);
        assert_eq!(theme.light.ground, Palette::LIGHT.ground);
    }

    #[test]
    fn a_pale_accent_is_refused_with_the_figure_and_what_would_do() {
        let pale = colour("#7fb2ff");
        let faults = Theme::new(&Wishes { accent: Some(pale), ..Wishes::default() }).unwrap_err();
        let [fault] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((fault.wish, fault.what, fault.least), ("accent", Use::Text, 4.5));
        assert!(fault.ratio < 2.2 && fault.ratio > 1.5, "{fault:?}");
        let near = fault.near.unwrap();
        assert!(Theme::new(&Wishes { accent: Some(near), ..Wishes::default() }).is_ok(), "{near}");
    }

    #[test]
    fn each_wish_is_answered_for_itself() {
        let wishes = Wishes {
            accent: Some(colour("#0f5c4f")),
            accent_dark: Some(colour("#123456")),
            ground: Some(colour("#888888")),
            ground_dark: Some(colour("#555555")),
        };
        let faults = Theme::new(&wishes).unwrap_err();
        let named: Vec<_> = faults.iter().map(|fault| fault.wish).collect();
        for wish in ["accent_dark", "ground", "ground_dark"] {
            assert!(named.contains(&wish), "{named:?}");
        }
        assert!(faults.iter().all(|fault| fault.ratio < fault.least));
    }

    proptest::proptest! {
        #[test]
        fn what_is_taken_can_be_read_and_what_is_proposed_is_taken(accent: [u8; 3], ground: [u8; 3]) {
            let wishes = Wishes { accent: Some(Colour(accent)), ground: Some(Colour(ground)), ..Wishes::default() };
            match Theme::new(&wishes) {
                Ok(theme) => for palette in [theme.light, theme.dark] {
                    for (_, what, over, under) in pairs(&palette) {
                        proptest::prop_assert!(over.contrast(under) >= what.least());
                    }
                },
                Err(faults) => for fault in faults {
                    proptest::prop_assert!(fault.ratio < fault.least);
                    let own = match (fault.wish, fault.near) {
                        ("ground", near) => Wishes { ground: near, ..Wishes::default() },
                        (_, near) => Wishes { accent: near, ground: wishes.ground, ..Wishes::default() },
                    };
                    let again = Theme::new(&own).err().unwrap_or_default();
                    proptest::prop_assert!(again.iter().all(|one| one.wish != fault.wish), "{again:?}");
                },
            }
        }
    }
}
