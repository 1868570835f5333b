//! What the mail templates are filled with.
//!
//! `mail/invitation.{html,txt}` takes an [`Invitation`], `mail/digest.{html,txt}` a [`Digest`]. The words
//! that are the same in every mail stand in `locales/*/mail.ftl`; what stands here is what differs from
//! mail to mail, already in the reader's language and form: dates, numbers and names as they are read.

use crate::domain::language::Language;
use serde::Serialize;

/// A language this mail's page is offered in, besides the mail's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherLanguage {
    pub language: Language,
    /// The language's own name for itself: `中文`, `English`.
    pub name: String,
    pub url: String,
}

/// The mail that asks one person to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invitation {
    /// The language of the whole mail.
    pub language: Language,
    /// The subject, which is the title of the HTML part too.
    pub subject: String,
    /// What an inbox shows behind the subject. Not shown in the mail.
    pub preheader: String,
    /// The company that asks, as its customers know it.
    pub company: String,
    /// How the person is addressed, without "Dear": the contact's salutation, else the name.
    pub addressee: String,
    /// Why we ask and who reads the answer: the survey's own paragraphs.
    pub paragraphs: Vec<String>,
    /// The first question, if it is a rating that can be answered from the mail.
    pub rating: Option<Rating>,
    /// The survey without a score filled in.
    pub survey_url: String,
    /// A link that nobody sees and no text part has: who follows it reads the mail as a machine does.
    pub hidden_url: String,
    /// How long answering takes.
    pub minutes: u32,
    /// The last day of the wave, as the reader writes it: `14 December`, `12 月 14 日`.
    pub until: String,
    pub signature: Signature,
    /// The account the person belongs to, as the reason why they get this mail.
    pub account: String,
    /// What the person does there, in the words of the contact's record.
    pub role: Option<String>,
    /// How often such a mail comes in a year at most, by the rules that spare people.
    pub per_year: u32,
    pub unsubscribe_url: String,
    pub privacy_url: Option<String>,
    pub other_languages: Vec<OtherLanguage>,
    /// The postal address of the company, one line; bulk mail must carry one.
    pub postal_address: String,
}

/// A rating question whose numbers stand in the mail as links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rating {
    pub question: String,
    /// The words at the low end: "not at all likely".
    pub low: String,
    /// The words at the high end: "extremely likely".
    pub high: String,
    pub lowest: i64,
    pub highest: i64,
    /// The numbers in groups, which stand beside each other where there is room and else below each other.
    pub groups: Vec<Vec<Score>>,
}

/// One number of a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Score {
    pub n: i64,
    /// The survey with this number filled in. Opening it answers nothing yet.
    pub url: String,
    /// The words of this number, where it has some.
    pub words: Option<String>,
}

impl Rating {
    /// Six numbers are as many as stand side by side on a narrow phone.
    const GROUP: usize = 6;

    /// The numbers from `lowest` to `highest` as links to `survey_url` with `?s=`.
    pub fn new(
        question: impl Into<String>,
        (lowest, low): (i64, &str),
        (highest, high): (i64, &str),
        survey_url: &str,
    ) -> Self {
        let score = |n: i64| Score {
            n,
            url: format!("{survey_url}?s={n}"),
            words: match n {
                _ if n == lowest => Some(low.to_owned()),
                _ if n == highest => Some(high.to_owned()),
                _ => None,
            },
        };
        let scores: Vec<_> = (lowest..=highest).map(score).collect();
        Self {
            question: question.into(),
            low: low.to_owned(),
            high: high.to_owned(),
            lowest,
            highest,
            groups: scores.chunks(Self::GROUP).map(<[Score]>::to_vec).collect(),
        }
    }
}

/// Who asks: a person, since people answer people; the company where the account has nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signature {
    pub name: String,
    pub phone: Option<String>,
    /// Whether it is the account manager who asks; else the company does.
    pub manager: bool,
}

/// The mail that tells an account manager what needs them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Digest {
    pub language: Language,
    pub subject: String,
    pub preheader: String,
    /// The day of the digest, as the reader writes it: `Monday, 30 November 2026`.
    pub today: String,
    /// How the account manager is called.
    pub name: String,
    /// How many accounts the reader looks after.
    pub accounts: u64,
    /// How many of them have a new or a higher warning.
    pub warned: u64,
    /// How many of them have a step that is due.
    pub due: u64,
    /// Responses that came in since the last digest.
    pub responses: u64,
    /// The accounts that need the reader, the most urgent first.
    pub items: Vec<DigestItem>,
    /// What the reader has promised to customers and is due within the week, or overdue.
    pub promises: Vec<DigestPromise>,
    /// The figures of the reader's own accounts, if there are any yet.
    pub tiers: Option<DigestTiers>,
    /// When the next one comes, if the schedule has one.
    pub next: Option<DigestNext>,
    /// Where it is stopped.
    pub settings_url: String,
}

/// One promise to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestPromise {
    pub account: String,
    /// Whom it was given to, and by when.
    pub text: String,
    pub url: String,
    pub late: bool,
}

/// When a digest comes, as the reader writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestNext {
    pub weekday: String,
    pub date: String,
    pub time: String,
}

/// One account that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestItem {
    /// `yellow`, `orange` or `red`: chooses shape, word and colour.
    pub level: &'static str,
    pub account: String,
    pub account_url: String,
    /// The name of the tier.
    pub tier: String,
    /// What is next and by when: `acknowledge by 1 Dec`.
    pub due: Option<String>,
    /// What was found, what happened, what is late: one paragraph with the uncertainty in words.
    pub finding: String,
    /// What to do: `Open the case`.
    pub action: String,
    pub action_url: String,
}

/// The small table at the foot of a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestTiers {
    /// What time the figures describe: `six months to November`.
    pub period: String,
    pub rows: Vec<DigestTier>,
}

/// One tier. A figure never stands without its interval; where there is none, the words say why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestTier {
    pub name: String,
    pub responses: String,
    pub figure: Option<DigestFigure>,
    /// Stands in place of the figure: `too few responses to tell`.
    pub hidden: Option<String>,
}

/// An NPS and its interval, both as they are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DigestFigure {
    pub nps: String,
    pub interval: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_names_its_ends_and_fits_a_phone() {
        let rating = Rating::new("?", (0, "no"), (10, "yes"), "https://a.example/r/x");
        assert_eq!(rating.groups.iter().map(Vec::len).collect::<Vec<_>>(), [6, 5]);
        let scores: Vec<_> = rating.groups.iter().flatten().collect();
        assert_eq!(scores[7].url, "https://a.example/r/x?s=7");
        assert_eq!((scores[0].words.as_deref(), scores[10].words.as_deref()), (Some("no"), Some("yes")));
        assert!(scores[1..10].iter().all(|s| s.words.is_none()));
        assert_eq!(Rating::new("?", (1, "no"), (5, "yes"), "u").groups.len(), 1);
    }
}
