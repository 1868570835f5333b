//! The helpers by which templates write texts, numbers, money and dates in the reader's form.

use crate::domain::day::Month;
use crate::domain::language::Language;
use crate::text::{Catalogue, Reader, Value};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use handlebars::{Context, Handlebars, Helper, HelperDef, PathAndJson, RenderContext, RenderError};
use handlebars::{RenderErrorReason, ScopedJson};
use serde_json::Value as Json;
use std::sync::Arc;

/// What stands for a figure or a date that is null.
const NOTHING: &str = "–";

/// Makes a text of the parameters of a helper.
type Form = fn(&Reader, &Given<'_, '_>) -> Result<String, RenderError>;

const FORMS: [(&str, Form); 12] = [
    ("t", text),
    ("number", |r, g| g.figure(|x| Ok(r.number(x, g.decimals(0)?)))),
    ("signed", |r, g| g.figure(|x| Ok(r.signed(x, g.decimals(0)?)))),
    ("percent", |r, g| g.figure(|x| Ok(r.percent(x, g.decimals(0)?)))),
    ("chance", |r, g| g.figure(|x| Ok(r.chance(x)))),
    ("integer", |r, g| g.integer(|n| Ok(r.integer(n)))),
    ("days", |r, g| g.integer(|n| Ok(r.duration_days(n)))),
    ("interval", interval),
    ("date", date),
    ("month", month),
    ("instant", instant),
    ("money", money),
];

pub(super) fn register(registry: &mut Handlebars<'static>, catalogue: &Arc<Catalogue>) {
    for (name, form) in FORMS {
        registry.register_helper(name, Box::new(Writer { name, form, catalogue: Arc::clone(catalogue) }));
    }
    registry.register_helper(BRAND, Box::new(Brand));
}

/// Whether a template may call a helper of this name.
pub(super) fn is_known(name: &str) -> bool {
    const BUILT_IN: [&str; 16] = [
        "if", "unless", "each", "with", "lookup", "raw", "eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not",
        "len",
    ];
    BUILT_IN.contains(&name) || name == BRAND || FORMS.iter().any(|(n, _)| *n == name)
}

/// The helper that gives a colour, or the address of the logo, of the organisation's theme.
const BRAND: &str = "brand";

/// Looks into `brand` of the data, and falls back on the house's own where it has nothing.
struct Brand;

impl HelperDef for Brand {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let given = Given { name: BRAND, helper };
        let name = given.at(0)?.as_str().ok_or_else(|| given.wrong("0", "name of a colour"))?;
        let own = context.data().get(BRAND).and_then(|brand| brand.get(name)).and_then(Json::as_str);
        let value = own.map(ToOwned::to_owned).or_else(|| crate::render::look::mail_default(name));
        Ok(ScopedJson::Derived(Json::String(value.ok_or_else(|| given.wrong("0", "name of a colour"))?)))
    }
}

struct Writer {
    name: &'static str,
    form: Form,
    catalogue: Arc<Catalogue>,
}

impl HelperDef for Writer {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let root = |key: &str| context.data().get(key).and_then(Json::as_str);
        let language = root("lang").and_then(|tag| Language::parse(tag).ok()).unwrap_or_else(Language::english);
        let zone = root("zone").and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC);
        let reader = self.catalogue.reader(&language, zone);
        let given = Given { name: self.name, helper };
        Ok(ScopedJson::Derived(Json::String((self.form)(&reader, &given)?)))
    }
}

/// The parameters of one call; what is missing or of another kind is an error that names it.
struct Given<'a, 'rc> {
    name: &'static str,
    helper: &'a Helper<'rc>,
}

impl<'a, 'rc> Given<'a, 'rc> {
    fn at(&self, index: usize) -> Result<&'a Json, RenderError> {
        let param = self.helper.param(index).ok_or(RenderErrorReason::ParamNotFoundForIndex(self.name, index))?;
        present(param)
    }

    fn named(&self, key: &str) -> Result<Option<&'a Json>, RenderError> {
        self.helper.hash_get(key).map(present).transpose()
    }

    fn word(&self, key: &str) -> Result<&'a str, RenderError> {
        match self.named(key)? {
            None => Ok(""),
            Some(value) => value.as_str().ok_or_else(|| self.wrong(key, "text")),
        }
    }

    fn decimals(&self, usual: u8) -> Result<u8, RenderError> {
        match self.named("decimals")? {
            None => Ok(usual),
            Some(n) => n
                .as_u64()
                .and_then(|n| u8::try_from(n).ok())
                .filter(|n| *n <= 9)
                .ok_or_else(|| self.wrong("decimals", "number from 0 to 9")),
        }
    }

    fn figure(&self, form: impl FnOnce(f64) -> Result<String, RenderError>) -> Result<String, RenderError> {
        match self.at(0)? {
            Json::Null => Ok(NOTHING.to_owned()),
            value => form(value.as_f64().ok_or_else(|| self.wrong("0", "number"))?),
        }
    }

    fn integer(&self, form: impl FnOnce(i64) -> Result<String, RenderError>) -> Result<String, RenderError> {
        match self.at(0)? {
            Json::Null => Ok(NOTHING.to_owned()),
            value => form(value.as_i64().ok_or_else(|| self.wrong("0", "whole number"))?),
        }
    }

    /// The first parameter, a text, made into something by `parse`.
    fn parsed<T>(
        &self,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
        form: impl FnOnce(T) -> Result<String, RenderError>,
    ) -> Result<String, RenderError> {
        match self.at(0)? {
            Json::Null => Ok(NOTHING.to_owned()),
            value => form(value.as_str().and_then(parse).ok_or_else(|| self.wrong("0", expected))?),
        }
    }

    fn wrong(&self, key: &str, expected: &str) -> RenderError {
        RenderErrorReason::ParamTypeMismatchForName(self.name, key.to_owned(), expected.to_owned()).into()
    }
}

fn present<'a>(param: &'a PathAndJson<'_>) -> Result<&'a Json, RenderError> {
    if param.is_value_missing() {
        return Err(RenderError::strict_error(param.relative_path()));
    }
    Ok(param.value())
}

fn text(reader: &Reader, given: &Given<'_, '_>) -> Result<String, RenderError> {
    let id = given.at(0)?.as_str().ok_or_else(|| given.wrong("0", "id of a text"))?;
    let mut values = Vec::with_capacity(given.helper.hash().len());
    for (name, param) in given.helper.hash() {
        let value = match present(param)? {
            Json::String(text) => Value::from(text),
            Json::Number(n) => Value::from(n.as_f64().unwrap_or(f64::NAN)),
            Json::Bool(true) => Value::from("true"),
            Json::Bool(false) => Value::from("false"),
            Json::Null => Value::from("absent"),
            Json::Array(_) | Json::Object(_) => return Err(given.wrong(name, "text or number")),
        };
        values.push((*name, value));
    }
    Ok(reader.text(id, &values))
}

fn interval(reader: &Reader, given: &Given<'_, '_>) -> Result<String, RenderError> {
    match (given.at(0)?, given.at(1)?) {
        (Json::Null, _) | (_, Json::Null) => Ok(NOTHING.to_owned()),
        (low, high) => {
            let low = low.as_f64().ok_or_else(|| given.wrong("0", "number"))?;
            let high = high.as_f64().ok_or_else(|| given.wrong("1", "number"))?;
            Ok(reader.interval(low, high, given.decimals(0)?))
        }
    }
}

fn date(reader: &Reader, given: &Given<'_, '_>) -> Result<String, RenderError> {
    given.parsed(
        "day such as 2026-09-30",
        |text| text.parse::<NaiveDate>().ok(),
        |day| match given.word("form")? {
            "" => Ok(reader.date(day)),
            "long" => Ok(reader.date_long(day)),
            "short" => Ok(reader.date_short(day)),
            "weekday" => Ok(reader.weekday(day)),
            _ => Err(given.wrong("form", "long, short or weekday")),
        },
    )
}

fn month(reader: &Reader, given: &Given<'_, '_>) -> Result<String, RenderError> {
    given.parsed("month such as 2026-09", Month::parse, |month| match given.word("form")? {
        "" => Ok(reader.month(month)),
        "axis" => Ok(reader.month_on_axis(month)),
        _ => Err(given.wrong("form", "axis")),
    })
}

fn instant(reader: &Reader, given: &Given<'_, '_>) -> Result<String, RenderError> {
    let parse = |text: &str| DateTime::parse_from_rfc3339(text).ok().map(|t| t.to_utc());
    given.parsed("instant of RFC 3339", parse, |instant: DateTime<Utc>| match given.word("form")? {
        "" => Ok(reader.instant(instant)),
        "date" => Ok(reader.date(crate::domain::day::day_of(instant, reader.zone))),
        "time" => Ok(reader.time(instant)),
        _ => Err(given.wrong("form", "date or time")),
    })
}

fn money(reader: &Reader, given: &Given<'_, '_>) -> Result<String, RenderError> {
    let currency = match given.named("currency")? {
        Some(currency) => currency,
        None => given.at(1)?,
    };
    let currency = currency.as_str().ok_or_else(|| given.wrong("currency", "code such as CNY"))?;
    given.integer(|minor| match given.word("form")? {
        "" => Ok(reader.money(minor, currency)),
        "full" => Ok(reader.money_full(minor, currency)),
        "exact" => Ok(reader.money_exact(minor, currency)),
        _ => Err(given.wrong("form", "full or exact")),
    })
}
