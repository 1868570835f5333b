//! The mail that asks one person: what its template is filled with.

use super::approach;
use crate::app::App;
use crate::app::surveys::Instrument;
use crate::domain::account::Account;
use crate::domain::contact::Contact;
use crate::domain::language::Language;
use crate::domain::survey::{self, Definition};
use crate::domain::token::{Purpose, Token};
use crate::domain::wave::Approach;
use crate::mail::view::{Invitation, OtherLanguage, Rating, Signature};
use crate::store::waves::Wave;
use chrono::TimeDelta;

/// The language in which somebody is written to: one that survey and mail both speak, the nearest to
/// theirs.
pub(super) fn language(app: &App, definition: &Definition, contact: &Language) -> Language {
    let spoken = app.catalogue.languages();
    let both: Vec<Language> = definition.languages.iter().filter(|l| spoken.contains(l)).cloned().collect();
    contact
        .choose(&both)
        .or_else(|| Language::english().choose(&both))
        .or(both.first())
        .cloned()
        .unwrap_or_else(|| definition.language_for(contact))
}

/// How often such a survey comes in a year at most, by the rules that spare people.
fn per_year(app: &App, definition: &Definition) -> u32 {
    let rules = app.config.fatigue.rules();
    let days = match approach(definition.kind) {
        Approach::Relationship => rules.relationship_days,
        Approach::Transactional => rules.transactional_days,
        Approach::Other => rules.any_days,
    };
    (365 / days.max(1)).max(1)
}

#[expect(clippy::too_many_arguments, reason = "each is a thing of its own that the mail tells of")]
pub(super) fn view(
    app: &App,
    published: &Instrument,
    wave: &Wave,
    account: &Account,
    contact: &Contact,
    language: &Language,
    manager: Option<&str>,
    token: Token,
) -> Invitation {
    let definition = &published.definition;
    let reader = app.reader_of(language);
    let company = &app.config.organisation.name;
    let fill = |text: &str| survey::fill(text, company);
    let base = app.config.base_url.as_str();
    let survey_url = token.link(app.seal_key(), Purpose::Answer, base);
    let minutes = definition.minutes();
    let first = definition.questions().next();
    let rating = first.and_then(|question| {
        // An address that holds a score stands in logs of others, beside the link.
        let scale = question.scale().filter(|_| !definition.anonymous)?;
        Some(Rating::new(
            fill(question.text.for_reader(language)),
            (scale.from, scale.low.for_reader(language)),
            (scale.last(), scale.high.for_reader(language)),
            &survey_url,
        ))
    });
    let intro = fill(definition.intro.for_reader(language));
    let promise = definition.anonymous.then(|| reader.text("respond-anonymous", &[]));
    let others = definition.languages.iter().filter(|l| *l != language).map(|l| OtherLanguage {
        language: l.clone(),
        name: app.reader_of(l).text("language-name", &[]),
        url: format!("{survey_url}?lang={l}"),
    });
    let last_day = app.day_of(wave.closes_at - TimeDelta::microseconds(1));
    Invitation {
        language: language.clone(),
        subject: reader.text("mail-invitation-subject", &[("minutes", i64::from(minutes).into())]),
        preheader: reader.text("mail-invitation-preheader", &[]),
        company: company.clone(),
        addressee: contact.salutation.clone().unwrap_or_else(|| contact.name.clone()),
        paragraphs: Some(intro).filter(|text| !text.trim().is_empty()).into_iter().chain(promise).collect(),
        rating,
        minutes,
        until: reader.date_long(last_day),
        signature: Signature { name: manager.unwrap_or(company).to_owned(), phone: None, manager: manager.is_some() },
        account: account.name.clone(),
        // A role in Latin letters would stand amid a Chinese sentence; without it the sentence is whole.
        role: contact.role.clone().filter(|role| !language.is_chinese() || !role.is_ascii()),
        per_year: per_year(app, definition),
        unsubscribe_url: token.link(app.seal_key(), Purpose::Unsubscribe, base),
        privacy_url: app.config.organisation.privacy_url.as_ref().map(|url| url.as_str().to_owned()),
        other_languages: others.collect(),
        postal_address: app.config.organisation.postal_address.clone().unwrap_or_else(|| company.clone()),
        hidden_url: format!("{survey_url}/more"),
        survey_url,
    }
}
