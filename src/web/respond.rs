//! The customer's page: answering, and stopping the mails. Reading a page never records anything.

mod branching;
mod open;
mod private;
mod reply;

use super::client;
use super::page::Answer;
use super::routes::{Access, Route, get, post};
use super::{Shared, assets};
use crate::app::App;
use crate::app::responses::{self, Opened, Outcome, SHOWN};
use crate::app::visits::{self, Begun, Given, Use};
use crate::domain::answer::{Answers, Rejected};
use crate::domain::language::Language;
use crate::domain::survey::{Definition, Question};
use crate::domain::token::{Purpose, Token};
use crate::domain::visit::{Agent, Visit};
use crate::error::{Code, Error, Kind};
use crate::render::survey::{self, Fill, Site, Variant, Wrong};
use crate::text::{self, Reader};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use actix_web::web::{self, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use reply::{page, quiet, refused, see_other, sent};

/// What the page can do more where scripts run.
pub(super) const SCRIPT: &str = include_str!("../../assets/survey.js");
/// What it does before it is painted.
pub(super) const FIRST: &str = include_str!("../../assets/first.js");
/// Which questions a survey that branches asks.
pub(super) const FLOW: &str = include_str!("../../assets/flow.js");

/// The largest form that is read, in bytes: many times the longest survey filled to the brim.
const LARGEST_FORM: usize = 256 * 1024;

pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    // Gateways that rewrite links write some of them in capitals.
    for [answer, stop_mails] in [["/r/{token}", "/u/{token}"], ["/R/{token}", "/U/{token}"]] {
        routes.extend([
            get(answer, Access::Public, || web::route().to(show)),
            post(answer, Access::Public, || web::post().to(keep)),
            get(stop_mails, Access::Public, || web::route().to(ask_to_stop)),
            post(stop_mails, Access::Public, || web::post().to(stop)),
        ]);
    }
    routes.extend(open::routes());
    routes.extend([
        get("/r/{token}/more", Access::Public, || web::route().to(show_hidden)),
        post("/r/{token}/begin", Access::Public, || web::post().to(begin)),
        post("/r/{token}/clear", Access::Public, || web::post().to(clear)),
    ]);
    routes.extend(private::routes());
    routes
}

/// What an address may say beside the token.
#[derive(Debug, Default)]
struct Asked {
    /// The language to read in.
    lang: Option<String>,
    /// A score that was clicked in the mail: filled in, never recorded.
    s: Option<String>,
    /// Shows the form to somebody who has answered.
    change: bool,
}

impl Asked {
    /// Reads what follows the token. Gateways change the case of names, add fields of their own and
    /// repeat ours: what is not understood is passed over, and the first of several holds.
    fn of(req: &HttpRequest) -> Self {
        let fields: Vec<(&str, &str)> = req.query_string().split('&').filter_map(|pair| pair.split_once('=')).collect();
        let first = |name: &str| {
            let found = fields.iter().find(|(n, value)| n.eq_ignore_ascii_case(name) && !value.is_empty());
            found.map(|(_, value)| (*value).to_owned())
        };
        Self { lang: first("lang"), s: first("s"), change: first("change").is_some() }
    }

    fn language(&self) -> Option<Language> {
        self.lang.as_deref().and_then(|tag| Language::parse(tag).ok())
    }
}

pub(super) fn site(app: &App) -> Site<'_> {
    let organisation = &app.config.organisation;
    Site {
        company: &organisation.name,
        postal_address: organisation.postal_address.as_deref(),
        privacy_url: organisation.privacy_url.as_ref().map(|url| url.as_str()),
        css: assets::survey_css_path(),
        first_js: assets::first_js_path(),
        js: assets::survey_js_path(),
        flow_js: assets::flow_js_path(),
        look: &app.look,
    }
}

/// Whose link this is, if it is one of ours and is not used too often.
fn admitted(app: &App, req: &HttpRequest, purpose: Purpose, link: &str, how: Use) -> Result<Token, Refused> {
    let (now, address) = (app.now(), client::address(req, &app.config.web.trusted_proxies));
    let settings = &app.config.answering;
    let Some(token) = Token::read(app.seal_key(), purpose, link) else {
        let error = app.limits.admit_stranger(address, now).err().unwrap_or_else(|| Error::new(Code::LinkUnknown));
        return Err(Refused { token: None, error });
    };
    app.limits
        .admit((token, how), address, (settings.link_a_minute, settings.address_a_minute), now)
        .map(|()| token)
        .map_err(|error| Refused { token: Some(token), error })
}

/// A link that is not served now.
struct Refused {
    /// Whose it is, where it is one of ours.
    token: Option<Token>,
    error: Error,
}

impl Refused {
    /// The page that says so: in the look of the survey for who waits, who may be a customer.
    fn page(self, app: &App, req: &HttpRequest) -> Answer {
        if self.error.kind() != Kind::TooMany {
            return Err(self.error.into());
        }
        let (status, body) = refused(app, &super::errors::reader(req, app), &self.error);
        let mut response = page(status, body);
        wait_before_retry(response.headers_mut(), &self.error);
        Ok(response)
    }
}

/// Tells programs how long to wait: as long as the error says, else ten seconds.
fn wait_before_retry(headers: &mut HeaderMap, error: &Error) {
    let said = error.args().iter().find(|(name, _)| *name == "seconds").map(|(_, value)| value.as_str());
    let value = HeaderValue::from_str(said.unwrap_or("10")).unwrap_or(HeaderValue::from_static("10"));
    headers.insert(RETRY_AFTER, value);
}

async fn show(app: Shared, link: Path<String>, req: HttpRequest) -> Answer {
    open(&app, &link, &req, false).await
}

/// The link of the mail that nobody sees. Who follows it all the same is served like anybody else.
async fn show_hidden(app: Shared, link: Path<String>, req: HttpRequest) -> Answer {
    open(&app, &link, &req, true).await
}

async fn open(app: &Shared, link: &str, req: &HttpRequest, hidden: bool) -> Answer {
    let token = match admitted(app, req, Purpose::Answer, link, Use::Open) {
        Ok(token) => token,
        Err(refused) => return refused.page(app, req),
    };
    let asked = Asked::of(req);
    let (opened, begun) = responses::open_with_begun(app, token).await?;
    let visit = Visit {
        token,
        at: app.now(),
        agent: Agent::of(req.headers().get(USER_AGENT).and_then(|value| value.to_str().ok())),
        head: req.method() == Method::HEAD,
        score: asked.s.as_deref().and_then(|s| s.parse().ok()),
        hidden,
    };
    // Of an anonymous survey nothing is kept that belongs to one link.
    if !opened.instrument.definition.anonymous {
        app.witness.saw(&app.db, visit);
    }
    let (status, body) = shown(app, token, &opened, &asked, begun.as_ref());
    Ok(page(status, body))
}

/// What the page posts by itself once it has seen a person. It learns from the answer whether the device may
/// forget it.
async fn begin(app: Shared, link: Path<String>, req: HttpRequest, mut body: Payload) -> Answer {
    let token = match admitted(&app, &req, Purpose::Answer, &link, Use::Open) {
        Ok(token) => token,
        Err(refused) => return refused.page(&app, &req),
    };
    let form = super::body::fields(&mut body, LARGEST_FORM).await?;
    let kept = visits::begin(&app, Given { token, form }).await?;
    let mut response = quiet(actix_web::http::StatusCode::NO_CONTENT);
    if let Some(at) = kept {
        response.insert_header(("x-kept", state(at)));
    }
    Ok(response.finish())
}

/// What was kept at a time, in the page's words.
fn state(at: DateTime<Utc>) -> String {
    at.timestamp_millis().to_string()
}

/// Forgets what was filled in and not sent, and shows the survey from its beginning.
async fn clear(app: Shared, link: Path<String>, req: HttpRequest, mut body: Payload) -> Answer {
    let token = match admitted(&app, &req, Purpose::Answer, &link, Use::Send) {
        Ok(token) => token,
        Err(refused) => return refused.page(&app, &req),
    };
    let form = super::body::fields(&mut body, LARGEST_FORM).await?;
    let language = form.iter().find(|(name, _)| name == "_lang").and_then(|(_, tag)| Language::parse(tag).ok());
    visits::clear(&app, token).await?;
    let language = language.as_ref().unwrap_or(&app.config.organisation.language);
    let path = format!("/{}/{}", Purpose::Answer.path(), token.seal(app.seal_key(), Purpose::Answer));
    Ok(see_other(&path, language.as_str()))
}

/// What a click on a link shows: the form, the thanks, or that it is over.
fn shown(app: &App, token: Token, opened: &Opened, asked: &Asked, begun: Option<&Begun>) -> (u16, String) {
    let wish = asked.language();
    let wish = wish.as_ref();
    let is_open = app.now() < opened.open_until(app) && opened.is_open(app.now());
    match &opened.response {
        _ if opened.used => (200, used(app, token, opened, wish)),
        Some(response) if response.state == crate::store::responses::State::Erased => {
            closed(app, opened, wish, Code::ResponseFinal)
        }
        Some(_) if !asked.change || !is_open => (200, thanks(app, token, opened, wish)),
        Some(response) => {
            let values = response.answers.to_form();
            let state = format!("r{}", response.revision);
            (200, form(app, token, opened, wish, &Filled { values: &values, state: &state, ..Filled::default() }))
        }
        None if !is_open => closed(app, opened, wish, Code::LinkClosed),
        None if opened.closed_by().is_some() => branching::full(app, opened, wish),
        None => {
            let definition = &opened.instrument.definition;
            let clicked: Vec<(String, String)> = (in_the_mail(definition).zip(asked.s.as_ref()))
                .map(|(question, s)| (question.key.clone(), s.clone()))
                .into_iter()
                .collect();
            let clicked = Answers::partial(definition, &clicked).to_form();
            let Some(begun) = begun else {
                let filled = Filled { values: &clicked, clicked: clicked.first(), state: "", ..Filled::default() };
                return (200, form(app, token, opened, wish, &filled));
            };
            // What somebody chose on the page holds against a link of the mail, by which they may just have
            // come back; where they differ, both are told.
            let mut values = begun.form.clone();
            let is_kept = clicked.first().is_some_and(|(key, _)| values.iter().any(|(name, _)| name == key));
            values.extend(clicked.iter().filter(|_| !is_kept).cloned());
            let since = opened.stamp(app, token, app.now() - begun.spent);
            let clicked = clicked.first().filter(|clicked| !is_kept || !values.contains(clicked));
            let filled = Filled {
                values: &values,
                clicked,
                since: Some(&since),
                at: if clicked.is_some() { branching::At::First } else { branching::At::Furthest },
                state: &state(begun.at),
                begun: Some(begun),
                ..Filled::default()
            };
            (200, form(app, token, opened, wish, &filled))
        }
    }
}

/// What a form shows beside its questions.
struct Filled<'a> {
    values: &'a [(String, String)],
    wrong: &'a [Wrong],
    /// The score that came with the link, unless it is the one that was kept.
    clicked: Option<&'a (String, String)>,
    /// The sealed time of the page that it stands in for.
    since: Option<&'a str>,
    /// Which page of a survey is open.
    at: branching::At<'a>,
    /// Which state of the answers is shown: see [`survey::Keeping`].
    state: &'a str,
    /// What was kept before.
    begun: Option<&'a Begun>,
}

impl Default for Filled<'_> {
    /// What was typed just now.
    fn default() -> Self {
        let at = branching::At::default();
        Self { values: &[], wrong: &[], clicked: None, since: None, at, state: "*", begun: None }
    }
}

/// The question whose points the mail offers to click: the first, where it has any. An anonymous survey has none, for an
/// address that holds a score stands in logs of others, beside the link.
fn in_the_mail(definition: &Definition) -> Option<&Question> {
    definition.questions().next().filter(|question| question.scale().is_some() && !definition.anonymous)
}

/// The language in which somebody sees a survey: the one they ask for, else the invitation's.
fn language(opened: &Opened, wish: Option<&Language>) -> Language {
    let answered = opened.response.as_ref().map(|response| &response.language);
    opened.instrument.definition.language_for(wish.or(answered).unwrap_or(&opened.asked.invitation.language))
}

fn until(app: &App, reader: &Reader, closes_at: DateTime<Utc>) -> String {
    // A survey that closes at midnight is open for the whole of the day before.
    reader.date_long(app.day_of(closes_at - chrono::Duration::seconds(1)))
}

/// The page of the survey, filled in.
fn form(app: &App, token: Token, opened: &Opened, wish: Option<&Language>, filled: &Filled<'_>) -> String {
    let Filled { values, wrong, clicked, since, at, state, begun } = *filled;
    let site = site(app);
    let language = language(opened, wish);
    let reader = app.reader_of(&language);
    let anonymous = opened.instrument.definition.anonymous;
    let manager = opened.asked.manager.as_deref().filter(|_| !anonymous);
    let variant = Variant { language, manager: manager.is_some(), open: opened.open.is_some() };
    let branch =
        opened.instrument.varies.then(|| branching::branch(opened, at, values, wrong, &variant, site.company, &reader));
    let built = if branch.is_some() {
        let definition = &opened.instrument.definition;
        std::sync::Arc::new(survey::Form::branching(definition, &opened.setting, &variant, &site, &reader))
    } else {
        opened.instrument.form(variant, |definition, variant| survey::Form::build(definition, variant, &site, &reader))
    };
    let clicked = clicked.map(|(question, x)| {
        let kept = values.iter().find(|(name, value)| name == question && value != x);
        let x = ("x", x.as_str().into());
        let text = match kept {
            Some((_, kept)) => reader.text("respond-prefilled-other", &[x, ("kept", kept.as_str().into())]),
            None => reader.text("respond-prefilled", &[x]),
        };
        (question.as_str(), text)
    });
    let kept =
        begun.map(|begun| reader.text("respond-kept", &[("date", reader.date_long(app.day_of(begun.at)).into())]));
    let summary = summary(&reader, wrong);
    let now = app.now();
    // A page that comes back with what was typed is no new page: the time goes on.
    let since = since.and_then(|text| opened.read_stamp(app, token, text)).unwrap_or(now);
    let keeps = opened.open.is_none() && visits::keeps_begun(&opened.instrument.definition);
    let begins = keeps
        && opened.response.is_none()
        && visits::takes_provisional(app, &opened.asked.invitation, since)
        && visits::takes_provisional(app, &opened.asked.invitation, now);
    built.write(&Fill {
        action: &opened.path(app, token),
        stop: &opened.stop_path(app, token).unwrap_or_default(),
        shown: &opened.stamp(app, token, since),
        begins,
        keeping: keeps.then_some(survey::Keeping { state, note: kept.as_deref() }),
        manager: manager.unwrap_or_default(),
        until: &opened.closes_at().map_or_else(String::new, |at| until(app, &reader, at)),
        values,
        wrong,
        summary: &summary,
        preview: None,
        desk: None,
        prefilled: clicked.as_ref().map(|(question, text)| (*question, text.as_str())),
        seed: token.invitation_id.0.as_u128(),
        branch: branch.as_ref(),
    })
}

/// How many answers need another look; empty where none does.
pub(super) fn summary(reader: &Reader, wrong: &[Wrong]) -> String {
    match wrong {
        [] => String::new(),
        some => reader.text("respond-wrong", &[("count", i64::try_from(some.len()).unwrap_or(i64::MAX).into())]),
    }
}

fn thanks(app: &App, token: Token, opened: &Opened, wish: Option<&Language>) -> String {
    let language = language(opened, wish);
    let reader = app.reader_of(&language);
    let (now, open_until) = (app.now(), opened.open_until(app));
    let closed = !opened.is_open(now);
    // Of a time that ends in the middle of a day, the day still counts: it can be changed then.
    let day = if open_until < opened.asked.invitation.closes_at {
        reader.date_long(app.day_of(open_until))
    } else {
        until(app, &reader, open_until)
    };
    let none = Answers::default();
    let asked = &opened.asked;
    let answers = opened.response.as_ref().map_or(&none, |response| &response.answers);
    let (own, group) = branching::thanks(opened, answers, &language, &reader, app);
    let seal = |purpose: Purpose| token.seal(app.seal_key(), purpose);
    let after = opened.response.as_ref().zip(opened.after.as_ref()).map(|(response, after)| survey::After {
        token: seal(Purpose::Private),
        response: response.id.to_string(),
        promise: after.promise.as_ref().map(|(kept, name)| private::promise(app, &reader, kept, name)),
        willing: after.willing,
        from_thanks: true,
    });
    survey::thanks(
        &site(app),
        &reader,
        &survey::Thanks {
            definition: &own,
            answers,
            language: &language,
            path: &opened.path(app, token),
            stop: opened.stop_path(app, token).as_deref(),
            open: opened.open.is_some(),
            name: asked.salutation.as_deref().or(asked.contact_name.as_deref()),
            manager: asked.manager.as_deref(),
            until: (!closed && now < open_until).then_some(day.as_str()),
            closed,
            group,
            after,
        },
    )
}

fn used(app: &App, token: Token, opened: &Opened, wish: Option<&Language>) -> String {
    let language = language(opened, wish);
    let stop = token.seal(app.seal_key(), Purpose::Unsubscribe);
    survey::used(&site(app), &app.reader_of(&language), &opened.instrument.definition, &language, &stop)
}

fn closed(app: &App, opened: &Opened, wish: Option<&Language>, code: Code) -> (u16, String) {
    refused(app, &app.reader_of(&language(opened, wish)), &Error::new(code))
}

async fn keep(app: Shared, link: Path<String>, req: HttpRequest, mut body: Payload) -> Answer {
    let asked = Asked::of(&req);
    let admitted = admitted(&app, &req, Purpose::Answer, &link, Use::Send);
    let form = match &admitted {
        Err(Refused { token: None, .. }) => Vec::new(),
        _ => super::body::fields(&mut body, LARGEST_FORM).await?,
    };
    let token = match admitted {
        Ok(token) => token,
        // Whoever has to wait loses nothing of what was typed.
        Err(Refused { token: Some(token), error }) => {
            return Ok(not_kept(&app, &link_path(&app, token), &form, &super::errors::reader(&req, &app), error));
        }
        Err(refused) => return refused.page(&app, &req),
    };
    let field = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let tag = |text: &str| Language::parse(text).ok();
    let shown = field("_lang").and_then(tag).or_else(|| asked.language());
    if let Some(wish) = field("_show").and_then(tag) {
        // Another language was asked for, with what is typed already; nothing is recorded.
        let opened = match responses::open(&app, token).await {
            Ok(opened) => opened,
            Err(error) => return Ok(not_kept(&app, &link_path(&app, token), &form, &app.reader_of(&wish), error)),
        };
        let (status, body) = if opened.is_open(app.now()) {
            let at = branching::At::Page(field("_page"));
            let filled = Filled { values: &form, since: field(SHOWN), at, ..Filled::default() };
            (200, self::form(&app, token, &opened, Some(&wish), &filled))
        } else {
            closed(&app, &opened, Some(&wish), Code::LinkClosed)
        };
        return Ok(page(status, body));
    }
    if let Some(go) = field("_go").filter(|go| ["next", "back"].contains(go)) {
        let opened = responses::open(&app, token).await?;
        let (status, body) = branching::go(&app, token, &opened, shown.as_ref(), &form, go == "next");
        return Ok(page(status, body));
    }
    match responses::keep(&app, token, form.clone(), shown.clone()).await {
        Ok(Outcome::Kept(response)) => {
            let (path, language) = (link_path(&app, token), response.language.as_str());
            // The script goes there itself, once it knows that this came from us.
            Ok(if field("_by") == Some("script") { sent(&path, language) } else { see_other(&path, language) })
        }
        Ok(Outcome::Rejected(opened, rejected)) => {
            let language = language(&opened, shown.as_ref());
            let wrong = wrong(&app, &opened.instrument.definition, &language, &rejected);
            let filled = Filled {
                values: &rejected.typed,
                wrong: &wrong,
                since: field(SHOWN),
                at: branching::At::Wrong,
                ..Filled::default()
            };
            Ok(page(422, self::form(&app, token, &opened, shown.as_ref(), &filled)))
        }
        Ok(Outcome::Used(language)) => Ok(see_other(&token.seal(app.seal_key(), Purpose::Answer), language.as_str())),
        Ok(Outcome::Full(opened)) => {
            let (status, body) = branching::full(&app, &opened, shown.as_ref());
            Ok(page(status, body))
        }
        Err(error) if error.code() == Code::ResponseFinal => {
            // What stands is shown, with the word that it stays.
            let opened = responses::open(&app, token).await?;
            let (_, body) = self::shown(&app, token, &opened, &Asked { change: false, ..asked }, None);
            Ok(page(super::errors::status(error.kind()), body))
        }
        Err(error) => {
            let reader = app.reader_of(shown.as_ref().unwrap_or(&app.config.organisation.language));
            Ok(not_kept(&app, &link_path(&app, token), &form, &reader, error))
        }
    }
}

/// What is wrong with a form, in words, at its questions. Fields that the survey does not have cannot
/// come from our page; what is said of them stands at the first question.
pub(super) fn wrong(app: &App, definition: &Definition, language: &Language, rejected: &Rejected) -> Vec<Wrong> {
    let reader = app.reader_of(language);
    let first = definition.asked().next();
    rejected
        .faults
        .iter()
        .filter_map(|fault| {
            let place = fault.place.to_string();
            let known = definition.question(&place);
            let question = known.or(first)?;
            let company = &app.config.organisation.name;
            let text = match known {
                Some(question) => survey::complaint(&reader, question, fault, language, company)
                    .unwrap_or_else(|| text::error::fault_text(&reader, fault)),
                None => text::error::describe_fault(&reader, fault),
            };
            let label = survey_label(question, language, &app.config.organisation.name);
            Some(Wrong { question: question.key.clone(), label, text })
        })
        .collect()
}

fn survey_label(question: &Question, language: &Language, company: &str) -> String {
    crate::domain::survey::fill(question.label().for_reader(language), company)
}

/// Where an invitation is answered.
fn link_path(app: &App, token: Token) -> String {
    format!("/{}/{}", Purpose::Answer.path(), token.seal(app.seal_key(), Purpose::Answer))
}

/// The answer to a form that was not kept. Where it is our trouble, the page gives back what was typed,
/// to be sent again.
fn not_kept(app: &App, action: &str, form: &[(String, String)], reader: &Reader, error: Error) -> HttpResponse {
    let waits = error.kind() == Kind::TooMany;
    let ours = matches!(error.kind(), Kind::Unavailable | Kind::Internal | Kind::Conflict);
    if !ours && !waits {
        let (status, body) = refused(app, reader, &error);
        return page(status, body);
    }
    if ours {
        tracing::error!(code = error.code().as_str(), cause = ?error, "a response was not kept");
    }
    let text = text::error::describe(reader, &error);
    let resend = survey::Resend { action, form, text: &text, code: error.code().as_str() };
    let mut response = page(super::errors::status(error.kind()), survey::resend(&site(app), reader, &resend));
    wait_before_retry(response.headers_mut(), &error);
    response
}

/// The reader of a page about mails: in the language asked for, else the invitation's.
fn reader_of(app: &App, asked: &Asked, invitation: &Language) -> Reader {
    app.reader_of(asked.language().as_ref().unwrap_or(invitation))
}

async fn ask_to_stop(app: Shared, link: Path<String>, req: HttpRequest) -> Answer {
    let token = match admitted(&app, &req, Purpose::Unsubscribe, &link, Use::Open) {
        Ok(token) => token,
        Err(refused) => return refused.page(&app, &req),
    };
    let asked = Asked::of(&req);
    let body = crate::app::run(&app, move |app| {
        let found = responses::open_unsubscribe(app, token)?;
        let reader = reader_of(app, &asked, &found.invitation.language);
        Ok(survey::stop(&site(app), &reader, &token.seal(app.seal_key(), Purpose::Unsubscribe)))
    })
    .await?;
    Ok(page(200, body))
}

/// Stops the mails, whoever presses the button: a person on our page, or their mail program for them
/// (RFC 8058), which sends `List-Unsubscribe=One-Click` in either form and follows no redirect. The
/// token says whose mails; the body says nothing more and is not looked into.
async fn stop(app: Shared, link: Path<String>, req: HttpRequest) -> Answer {
    let token = match admitted(&app, &req, Purpose::Unsubscribe, &link, Use::Send) {
        Ok(token) => token,
        Err(refused) => return refused.page(&app, &req),
    };
    let asked = Asked::of(&req);
    let body = crate::app::run(&app, move |app| {
        let found = responses::unsubscribe(app, token)?;
        Ok(survey::stopped(&site(app), &reader_of(app, &asked, &found.invitation.language)))
    })
    .await?;
    Ok(page(200, body))
}
