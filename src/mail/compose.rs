//! Makes the bytes of a mail from a [`Draft`].
//!
//! The result depends on the draft alone: a mail that is composed again after a crash is the same mail,
//! with the same Message-ID, so that a receiver can tell a copy.

use crate::domain::contact::EmailAddress;
use crate::domain::ident::MailId;
use crate::domain::language::Language;
use crate::domain::token::{ReturnAddress, SealKey, verp};
use crate::error::{Code, Error};
use chrono::{DateTime, Utc};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::fmt::Write;
use std::time::SystemTime;

/// An address with the name of whom it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    pub name: Option<String>,
    pub email: EmailAddress,
}

impl Mailbox {
    pub fn new(name: impl Into<String>, email: EmailAddress) -> Self {
        Self { name: Some(name.into()), email }
    }
}

/// Everything that makes a mail to one person.
#[derive(Debug, Clone)]
pub struct Draft {
    pub mail_id: MailId,
    pub from: Mailbox,
    pub reply_to: Option<Mailbox>,
    pub to: Mailbox,
    pub subject: String,
    pub html: String,
    pub text: String,
    pub language: Language,
    /// For mails of a series that one can leave: invitations, reminders, digests.
    pub list: Option<ListHeaders>,
    /// Written by the machine: out-of-office replies are not wanted (RFC 3834).
    pub auto_submitted: bool,
    /// What stands under Date. Kept with the mail, so that a second try composes the same bytes.
    pub sent_at: DateTime<Utc>,
}

/// How to leave the series, and what it is.
#[derive(Debug, Clone)]
pub struct ListHeaders {
    /// The https address that unsubscribes by one POST (RFC 8058).
    pub unsubscribe_url: String,
    /// Offer to unsubscribe by mail too, at an address made for this mail under the bounce domain.
    pub unsubscribe_by_mail: bool,
    /// The name of the series in List-Id, such as `relationship` (RFC 2919): letters, digits, hyphens.
    pub series: String,
    /// The wave or sending, by which receivers count complaints in Feedback-ID: the same characters.
    pub campaign: String,
}

/// What all mails of this installation have in common.
#[derive(Debug)]
pub struct Sending<'a> {
    /// The domain on the right of Message-ID and List-Id, such as `survey.corvane.example`.
    pub domain: &'a str,
    /// The domain whose mailbox takes the bounces. Without one, bounces go to the From address, and
    /// cannot be told apart by it.
    pub bounce_domain: Option<&'a str>,
    pub key: &'a SealKey,
}

/// A mail ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    pub mail_id: MailId,
    /// With its angle brackets. Stored with the mail: a bounce that has lost everything else names it.
    pub message_id: String,
    /// The envelope sender, where bounces go.
    pub sender: EmailAddress,
    /// The envelope recipient.
    pub recipient: EmailAddress,
    pub bytes: Vec<u8>,
}

/// Composes a multipart/alternative mail, text first.
///
/// Nothing in a draft can add a header or a recipient: names and the subject are one line each, whatever
/// was typed, and everything else has its own strict form.
///
/// # Errors
///
/// [`Code::AddressFaulty`] with `value` for an address that does not fit a mail; [`Code::ValueMalformed`]
/// with `value` for a domain, series or unsubscribe address of the wrong form.
pub fn compose(draft: &Draft, sending: &Sending<'_>) -> Result<Composed, Error> {
    let domain = host(sending.domain)?;
    let message_id = message_id(draft.mail_id, &domain);
    let from = mailbox(&draft.from)?;
    let to = mailbox(&draft.to)?;
    let sender = match sending.bounce_domain {
        Some(bounces) => return_address(draft.mail_id, ReturnAddress::Bounce, bounces, sending.key)?,
        None => ascii_domain(&draft.from.email)?,
    };
    let recipient = ascii_domain(&draft.to.email)?;

    let mut builder = Message::builder()
        .from(from)
        .to(to)
        .subject(one_line(&draft.subject))
        .date(SystemTime::from(draft.sent_at))
        .message_id(Some(message_id.clone()))
        .raw_header(plain("Content-Language", draft.language.as_str().to_owned())?);
    if let Some(reply_to) = &draft.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    if draft.auto_submitted {
        builder = builder
            .raw_header(plain("Auto-Submitted", "auto-generated".into())?)
            .raw_header(plain("X-Auto-Response-Suppress", "All".into())?);
    }
    if let Some(list) = &draft.list {
        for (name, value) in list_headers(list, draft.mail_id, &domain, sending)? {
            builder = builder.raw_header(plain(name, value)?);
        }
    }
    let parts = MultiPart::alternative()
        // `=_` cannot stand in quoted-printable or base64 (RFC 2045 section 6.7), so no text can end a part.
        .boundary(format!("=_{}", draft.mail_id))
        .singlepart(part(ContentType::TEXT_PLAIN, &draft.text))
        .singlepart(part(ContentType::TEXT_HTML, &draft.html));
    let message = builder.multipart(parts).map_err(Error::internal)?;
    Ok(Composed { mail_id: draft.mail_id, message_id, sender, recipient, bytes: message.formatted() })
}

/// The Message-ID of a mail, with its angle brackets: always the same for the same mail.
pub fn message_id(mail: MailId, domain: &str) -> String {
    format!("<{mail}@{domain}>")
}

fn list_headers(
    list: &ListHeaders,
    mail: MailId,
    domain: &str,
    sending: &Sending<'_>,
) -> Result<Vec<(&'static str, String)>, Error> {
    let url = &list.unsubscribe_url;
    let printable = url.bytes().all(|b| b.is_ascii_graphic() && !b"<>\",".contains(&b));
    // RFC 8058 section 3.1 wants https; http is let through for trying the service out on one machine.
    if !(url.starts_with("https://") || url.starts_with("http://")) || !printable {
        return Err(Error::new(Code::ValueMalformed).with("value", url));
    }
    let mut unsubscribe = format!("<{url}>");
    if let (true, Some(bounces)) = (list.unsubscribe_by_mail, sending.bounce_domain) {
        let address = return_address(mail, ReturnAddress::Unsubscribe, bounces, sending.key)?;
        let _ = write!(unsubscribe, ", <mailto:{address}>");
    }
    let (series, campaign) = (label(&list.series)?, label(&list.campaign)?);
    Ok(vec![
        ("List-Unsubscribe", unsubscribe),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()),
        ("List-Id", format!("<{series}.{domain}>")),
        ("Precedence", "bulk".into()),
        ("Feedback-ID", format!("{campaign}:{series}:survey:bellwether")),
    ])
}

/// A header of one line. The library would fold it, and a folded List-Unsubscribe breaks DKIM at some
/// relays; so the value is written as it is, once it is known to be printable ASCII of a lawful length
/// (RFC 5322 section 2.1.1).
fn plain(name: &'static str, value: String) -> Result<HeaderValue, Error> {
    let fits = name.len() + 2 + value.len() <= 998;
    if !fits || !value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Err(Error::new(Code::ValueMalformed).with("value", value));
    }
    Ok(HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value))
}

/// A part in quoted-printable, or in base64 where most of it is not ASCII and would triple.
fn part(content_type: ContentType, text: &str) -> SinglePart {
    let foreign = text.bytes().filter(|b| !b.is_ascii()).count();
    let encoding = if foreign * 6 > text.len() {
        ContentTransferEncoding::Base64
    } else {
        ContentTransferEncoding::QuotedPrintable
    };
    // Both encodings take any text, so what is handed back as not fitting cannot occur.
    let body = Body::new_with_encoding(text.to_owned(), encoding).unwrap_or_else(Body::new);
    SinglePart::builder().header(content_type).body(body)
}

fn mailbox(from: &Mailbox) -> Result<lettre::message::Mailbox, Error> {
    let name = from.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    let email = ascii_domain(&from.email)?;
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or_default();
    let address = Address::new(local, domain)
        .map_err(|e| Error::new(Code::AddressFaulty).with("value", &from.email).because(e))?;
    Ok(lettre::message::Mailbox::new(name, address))
}

/// The address with its domain as it stands in the DNS (RFC 5890 A-labels), so that `李@例子.公司` asks
/// of the servers on the way only what its local part needs, and `li@例子.公司` asks nothing.
fn ascii_domain(email: &EmailAddress) -> Result<EmailAddress, Error> {
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or_default();
    if domain.is_ascii() {
        return Ok(email.clone());
    }
    let bad = || Error::new(Code::AddressFaulty).with("value", email);
    EmailAddress::parse(&format!("{local}@{}", idna::domain_to_ascii(domain).map_err(|e| bad().because(e))?))
}

fn return_address(mail: MailId, address: ReturnAddress, domain: &str, key: &SealKey) -> Result<EmailAddress, Error> {
    EmailAddress::parse(&format!("{}@{}", verp(key, address, mail), host(domain)?))
}

/// A host name in the letters of the DNS.
fn host(domain: &str) -> Result<String, Error> {
    let bad = || Error::new(Code::ValueMalformed).with("value", domain);
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|e| bad().because(e))?;
    if ascii.is_empty() || ascii.len() > 253 { Err(bad()) } else { Ok(ascii) }
}

fn label(text: &str) -> Result<&str, Error> {
    let fits = (1..=64).contains(&text.len());
    if fits && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
        Ok(text)
    } else {
        Err(Error::new(Code::ValueMalformed).with("value", text))
    }
}

/// Names and subjects are one line: controls and line separators become spaces, runs of them one.
fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let words: Vec<_> = text.split(breaks).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}
