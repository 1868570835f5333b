//! Open links: answering where nobody was invited. Who opens one is given a pass, sealed into the page; who has
//! answered, a cookie that says so. Neither a look nor a scanner's visit leaves anything behind, here or there.

use super::reply::{page, quiet, refused};
use super::{Asked, Filled, LARGEST_FORM, Refused, branching, form, not_kept, shown, site, wrong};
use crate::app::responses::{self, Found, Outcome, SHOWN};
use crate::app::visits::Use;
use crate::app::{App, open_links};
use crate::domain::language::Language;
use crate::domain::open_link::Standing;
use crate::domain::survey::fill;
use crate::domain::token::{LinkCode, Paper, Pass};
use crate::error::{Code, Error, Kind};
use crate::render::survey;
use crate::text;
use crate::web::page::Answer;
use crate::web::routes::{Access, Route, get, post};
use crate::web::{Shared, body, client, errors};
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, LOCATION};
use actix_web::web::{self, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use std::net::IpAddr;

/// What says whose response it was. Each link has its own, by its path.
const COOKIE: &str = "bw_visitor";
/// For so long a browser remembers that it has answered; after that somebody may answer anew.
const REMEMBERED_DAYS: i64 = 90;
/// The field in which the paper of who gives a password stands.
const DOOR: &str = "_door";

pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    // Codes are read by many programs; some write addresses in capitals.
    for [answer, thanks] in [["/o/{token}", "/o/{token}/thanks"], ["/O/{token}", "/O/{token}/thanks"]] {
        routes.extend([
            get(answer, Access::Public, || web::route().to(show)),
            post(answer, Access::Public, || web::post().to(keep)),
            get(thanks, Access::Public, || web::route().to(thank)),
        ]);
    }
    routes
}

/// What a request to a link brings with it.
struct Visitor {
    code: LinkCode,
    address: Option<IpAddr>,
    /// What the cookie says, if it is one of ours and not too old.
    cookie: Option<Pass>,
}

impl Visitor {
    fn of(app: &App, req: &HttpRequest, link: &str) -> Result<Self, Refused> {
        let address = client::address(req, &app.config.web.trusted_proxies);
        let Some(code) = LinkCode::read(app.seal_key(), link) else {
            let error =
                app.limits.admit_stranger(address, app.now()).err().unwrap_or_else(|| Error::new(Code::LinkUnknown));
            return Err(Refused { token: None, error });
        };
        let held = req.cookie(COOKIE);
        let cookie = held.and_then(|held| Pass::read(app.seal_key(), Paper::Visitor, code, held.value()));
        let cookie = cookie.filter(|pass| app.now() - pass.at < TimeDelta::days(REMEMBERED_DAYS));
        Ok(Self { code, address, cookie })
    }

    fn admit(&self, app: &App, how: Use, who: Option<Pass>) -> Result<(), Error> {
        let visitor = who.map(|pass| pass.id);
        app.limits.admit_open((self.code, how), visitor, self.address, app.config.answering.address_a_minute, app.now())
    }

    /// A pass for who has none.
    fn new_pass(app: &App) -> Pass {
        Pass { id: app.chance.id(app.now()), at: app.now() }
    }

    /// What the link leads to for who has answered, as the cookie says; else for who comes with `pass`.
    async fn found(&self, app: &Shared, pass: Option<Pass>) -> Result<(Found, Option<Pass>), Error> {
        if let Some(known) = self.cookie {
            let found = responses::open_link(app, self.code, known).await?;
            if found.opened.response.is_some() {
                return Ok((found, Some(known)));
            }
        }
        let found = responses::open_link(app, self.code, pass.unwrap_or_else(|| Self::new_pass(app))).await?;
        Ok((found, pass))
    }
}

/// The language to show a link in: the one asked for, else that of the response, else the first that the
/// browser names and the survey has, else the link's.
fn wish(req: &HttpRequest, found: &Found, asked: &Asked) -> Option<Language> {
    let offered = &found.opened.instrument.definition.languages;
    let header = req.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let tags = header.split(',').filter_map(|part| Language::parse(part.split(';').next()?.trim()).ok());
    let named = || tags.filter_map(|tag| tag.choose(offered).cloned()).next();
    asked.language().or_else(|| found.opened.response.is_none().then(named).flatten())
}

async fn show(app: Shared, link: Path<String>, req: HttpRequest) -> Answer {
    let visitor = match Visitor::of(&app, &req, &link) {
        Ok(visitor) => visitor,
        Err(refused) => return refused.page(&app, &req),
    };
    if let Err(error) = visitor.admit(&app, Use::Open, visitor.cookie) {
        return Refused { token: None, error }.page(&app, &req);
    }
    // One address for each link, so that its cookie comes back.
    let right = format!("/{}/{}", LinkCode::PATH, visitor.code.seal(app.seal_key()));
    if req.path() != right {
        let query = req.query_string();
        let to = if query.is_empty() { right } else { format!("{right}?{query}") };
        return Ok(quiet(StatusCode::PERMANENT_REDIRECT).insert_header((LOCATION, to)).finish());
    }
    let asked = Asked::of(&req);
    let (found, known) = visitor.found(&app, None).await?;
    let wish = wish(&req, &found, &asked);
    if known.is_none() && found.standing == Standing::Open && locked(&found) {
        let pass = Visitor::new_pass(&app);
        return Ok(page(200, door(&app, &found, visitor.code, pass, wish.as_ref(), None)));
    }
    Ok(shown_page(&app, &found, wish, &asked))
}

/// The page of a link for who needs no password (any more).
fn shown_page(app: &App, found: &Found, wish: Option<Language>, asked: &Asked) -> HttpResponse {
    if found.opened.response.is_none()
        && let Err(error) = responses::refuse(app, found.standing)
    {
        return over(app, found, wish.as_ref(), &error);
    }
    let asked = Asked { lang: wish.map(|wish| wish.as_str().to_owned()), s: None, change: asked.change };
    let (status, body) = shown(app, found.token(), &found.opened, &asked, None);
    page(status, body)
}

/// Says why nothing is taken, in the language of the survey.
fn over(app: &App, found: &Found, wish: Option<&Language>, error: &Error) -> HttpResponse {
    let reader = app.reader_of(&super::language(&found.opened, wish));
    let error = match (error.code(), found.standing) {
        (Code::LinkNotYet, Standing::NotYet(at)) => {
            Error::new(Code::LinkNotYet).with("day", reader.date_long(app.day_of(at)))
        }
        (code, _) => Error::new(code),
    };
    let (status, body) = refused(app, &reader, &error);
    page(status, body)
}

fn locked(found: &Found) -> bool {
    found.link().is_some_and(|link| link.password_hash.is_some())
}

fn door(
    app: &App,
    found: &Found,
    code: LinkCode,
    pass: Pass,
    wish: Option<&Language>,
    error: Option<&Error>,
) -> String {
    let definition = &found.opened.instrument.definition;
    let language = super::language(&found.opened, wish);
    let reader = app.reader_of(&language);
    let others: Vec<&Language> = definition.languages.iter().filter(|other| **other != language).collect();
    let wrong = error.map(|error| text::error::describe(&reader, error));
    let page = survey::Door {
        title: &fill(definition.title.for_reader(&language), &app.config.organisation.name),
        action: &found.opened.path(app, found.token()),
        pass: &pass.seal(app.seal_key(), Paper::Door, code),
        wrong: wrong.as_deref(),
    };
    survey::door(&site(app), &reader, &others, &page)
}

/// The page after a form was kept. Who takes no cookies is told no more than that.
async fn thank(app: Shared, link: Path<String>, req: HttpRequest) -> Answer {
    let visitor = match Visitor::of(&app, &req, &link) {
        Ok(visitor) => visitor,
        Err(refused) => return refused.page(&app, &req),
    };
    if let Err(error) = visitor.admit(&app, Use::Open, visitor.cookie) {
        return Refused { token: None, error }.page(&app, &req);
    }
    let asked = Asked::of(&req);
    let (found, known) = visitor.found(&app, None).await?;
    let wish = wish(&req, &found, &asked);
    if known.is_some() {
        return Ok(shown_page(&app, &found, wish, &Asked { change: false, ..asked }));
    }
    let reader = app.reader_of(&super::language(&found.opened, wish.as_ref()));
    Ok(page(200, survey::recorded(&site(&app), &reader)))
}

async fn keep(app: Shared, link: Path<String>, req: HttpRequest, mut payload: Payload) -> Answer {
    let visitor = match Visitor::of(&app, &req, &link) {
        Ok(visitor) => visitor,
        Err(refused) => return refused.page(&app, &req),
    };
    let typed = body::fields(&mut payload, LARGEST_FORM).await?;
    let field = |name: &str| typed.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let paper =
        |paper: Paper, name: &str| field(name).and_then(|text| Pass::read(app.seal_key(), paper, visitor.code, text));
    let (at_door, in_page) = (paper(Paper::Door, DOOR), paper(Paper::Page, SHOWN));
    let action = format!("/{}/{}", LinkCode::PATH, visitor.code.seal(app.seal_key()));
    let who = visitor.cookie.or(in_page).or(at_door);
    if let Err(error) = visitor.admit(&app, Use::Send, who) {
        // Whoever has to wait loses nothing of what was typed, but for a password.
        let kept: Vec<_> = typed.iter().filter(|(name, _)| name != "password").cloned().collect();
        return Ok(not_kept(&app, &action, &kept, &errors::reader(&req, &app), error));
    }
    let asked = Asked::of(&req);
    let tag = |text: &str| Language::parse(text).ok();
    let lang = field("_lang").and_then(tag).or_else(|| asked.language());
    let (found, pass) = match visitor.found(&app, in_page).await {
        Ok(found) => found,
        Err(error) => return Ok(not_kept(&app, &action, &typed, &errors::reader(&req, &app), error)),
    };
    let wish = lang.clone().or_else(|| self::wish(&req, &found, &asked));
    if let Some(at_door) = at_door.filter(|_| field("password").is_some()) {
        let password = field("password").unwrap_or_default().to_owned();
        return enter(&app, &visitor, at_door, password, wish).await;
    }
    let Some(pass) = pass else {
        // A page that is none of ours: with a password, that is asked for first; without, what was typed is
        // shown again, to be sent from a page that is.
        if locked(&found) {
            let body = door(&app, &found, visitor.code, Visitor::new_pass(&app), wish.as_ref(), None);
            return Ok(page(200, body));
        }
        if let Err(error) = responses::refuse(&app, found.standing) {
            return Ok(over(&app, &found, wish.as_ref(), &error));
        }
        let at = branching::At::Page(field("_page"));
        let filled = Filled { values: &typed, at, ..Filled::default() };
        return Ok(page(422, form(&app, found.token(), &found.opened, wish.as_ref(), &filled)));
    };
    if let Some(wish) = field("_show").and_then(tag) {
        let filled = Filled {
            values: &typed,
            since: field(SHOWN),
            at: branching::At::Page(field("_page")),
            ..Filled::default()
        };
        return Ok(match responses::refuse(&app, found.standing) {
            Err(error) if found.opened.response.is_none() => over(&app, &found, Some(&wish), &error),
            _ => page(200, form(&app, found.token(), &found.opened, Some(&wish), &filled)),
        });
    }
    if let Some(go) = field("_go").filter(|go| ["next", "back"].contains(go)) {
        if found.opened.response.is_none()
            && let Err(error) = responses::refuse(&app, found.standing)
        {
            return Ok(over(&app, &found, wish.as_ref(), &error));
        }
        let (status, body) = branching::go(&app, found.token(), &found.opened, wish.as_ref(), &typed, go == "next");
        return Ok(page(status, body));
    }
    match responses::keep_open(&app, visitor.code, pass, typed.clone(), lang.clone()).await {
        Ok(Outcome::Kept(response)) => {
            let held = Pass { id: response.id, at: visitor.cookie.map_or_else(|| app.now(), |held| held.at) };
            let cookie = Cookie::build(COOKIE, held.seal(app.seal_key(), Paper::Visitor, visitor.code))
                .path(action.clone())
                .http_only(true)
                .secure(app.config.secure_cookies())
                .same_site(SameSite::Lax)
                .max_age(Duration::days(REMEMBERED_DAYS))
                .finish();
            let to = format!("{action}/thanks?lang={}", response.language.as_str());
            Ok(quiet(StatusCode::SEE_OTHER).cookie(cookie).insert_header((LOCATION, to)).finish())
        }
        Ok(Outcome::Rejected(opened, rejected)) => {
            let language = super::language(&opened, wish.as_ref());
            let wrong = wrong(&app, &opened.instrument.definition, &language, &rejected);
            let filled = Filled {
                values: &rejected.typed,
                wrong: &wrong,
                since: field(SHOWN),
                at: branching::At::Wrong,
                ..Filled::default()
            };
            Ok(page(422, form(&app, found.token(), &opened, wish.as_ref(), &filled)))
        }
        // No link asks an anonymous survey.
        Ok(Outcome::Used(_)) => Ok(over(&app, &found, wish.as_ref(), &Error::new(Code::LinkClosed))),
        Ok(Outcome::Full(opened)) => {
            let (status, body) = branching::full(&app, &opened, wish.as_ref());
            Ok(page(status, body))
        }
        Err(error) if error.code() == Code::ResponseFinal => {
            // What stands is shown, with the word that it stays.
            let (found, _) = visitor.found(&app, Some(pass)).await?;
            let asked = Asked { change: false, ..asked };
            let (_, body) = shown(&app, found.token(), &found.opened, &asked, None);
            Ok(page(errors::status(error.kind()), body))
        }
        Err(error) if error.kind() == Kind::Gone => Ok(over(&app, &found, wish.as_ref(), &error)),
        Err(error) => {
            let reader = app.reader_of(wish.as_ref().unwrap_or(&app.config.organisation.language));
            Ok(not_kept(&app, &action, &typed, &reader, error))
        }
    }
}

/// What comes after the door: the survey, or the door once more.
async fn enter(app: &Shared, visitor: &Visitor, pass: Pass, password: String, wish: Option<Language>) -> Answer {
    let (code, place) = (visitor.code, visitor.address);
    let entered = crate::app::run(app, move |app| open_links::enter(app, code, pass, place, &password)).await;
    let found = responses::open_link(app, code, pass).await?;
    match entered {
        Ok(_) => Ok(shown_page(app, &found, wish, &Asked::default())),
        Err(error) if matches!(error.code(), Code::LinkPasswordWrong | Code::LinkPasswordThrottled) => {
            let body = door(app, &found, code, pass, wish.as_ref(), Some(&error));
            Ok(page(errors::status(error.kind()), body))
        }
        Err(error) => Err(error.into()),
    }
}
