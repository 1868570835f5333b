//! Style sheets and scripts, with their content in their names, so that browsers keep them for ever.

use super::Shared;
use super::routes::{Access, Route, get};
use crate::render::style;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const CONSOLE_JS: &str = include_str!("../../assets/console.js");
const ICON: &str = include_str!("../../assets/icon.svg");

struct Asset {
    path: String,
    body: &'static str,
    kind: &'static str,
}

impl Asset {
    fn new(name: &str, body: &'static str, kind: &'static str) -> Self {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let hash = data_encoding::HEXLOWER.encode(Sha256::digest(body.as_bytes()).get(..6).unwrap_or_default());
        Self { path: format!("/assets/{stem}.{hash}.{ending}"), body, kind }
    }
}

static CONSOLE_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("console.css", style::console_css(), "text/css; charset=utf-8"));
static SURVEY_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("survey.css", style::survey_css(), "text/css; charset=utf-8"));
static CONSOLE_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("console.js", CONSOLE_JS, "text/javascript; charset=utf-8"));
static SURVEY_SLIM: LazyLock<String> = LazyLock::new(|| slim(super::respond::SCRIPT));
static SURVEY_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("survey.js", &SURVEY_SLIM, "text/javascript; charset=utf-8"));

static FIRST_SLIM: LazyLock<String> = LazyLock::new(|| slim(super::respond::FIRST));
static FIRST_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("first.js", &FIRST_SLIM, "text/javascript; charset=utf-8"));
static FLOW_SLIM: LazyLock<String> = LazyLock::new(|| slim(super::respond::FLOW));
static FLOW_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("flow.js", &FLOW_SLIM, "text/javascript; charset=utf-8"));

/// A script without its indentation and the lines that only speak to people. No text of ours runs over a line.
fn slim(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

pub(super) fn flow_js_path() -> &'static str {
    &FLOW_SCRIPT.path
}

pub(super) fn first_js_path() -> &'static str {
    &FIRST_SCRIPT.path
}

pub(super) fn console_css_path() -> &'static str {
    &CONSOLE_STYLE.path
}

pub(super) fn console_js_path() -> &'static str {
    &CONSOLE_SCRIPT.path
}

pub(super) fn survey_css_path() -> &'static str {
    &SURVEY_STYLE.path
}

pub(super) fn survey_js_path() -> &'static str {
    &SURVEY_SCRIPT.path
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/assets/{name}", Access::Public, || web::get().to(asset)),
        get("/favicon.ico", Access::Public, || web::get().to(icon)),
    ]
}

/// What a drawing may do where somebody opens it by itself: nothing but show.
const DRAWING_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

async fn asset(app: Shared, name: web::Path<String>) -> HttpResponse {
    let wanted = format!("/assets/{name}");
    if let Some(file) = app.look.files().find(|file| file.path == wanted) {
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CONTENT_TYPE, file.kind))
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
        if file.kind.starts_with("image/") {
            response.insert_header((header::CONTENT_SECURITY_POLICY, DRAWING_POLICY));
        }
        return response.body(file.body.clone());
    }
    let all = [&*CONSOLE_STYLE, &*SURVEY_STYLE, &*CONSOLE_SCRIPT, &*SURVEY_SCRIPT, &*FIRST_SCRIPT, &*FLOW_SCRIPT];
    match all.into_iter().find(|a| a.path == wanted) {
        Some(asset) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, asset.kind))
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(asset.body),
        None => HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("no such file\n"),
    }
}

async fn icon() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=604800"))
        .body(ICON)
}
