//! Surveys that our own people fill in: the survey's own page, sent to the console.

use crate::app::App;
use crate::app::surveys::Instrument;
use crate::domain::answer::{Answers, Rejected};
use crate::domain::language::Language;
use crate::domain::survey::logic::{self, Setting, Step};
use crate::error::{Code, Fault};
use crate::render::survey::{Branch, Desk, Fill, Form, Variant, Wrong};
use crate::text::Reader;
use crate::web::respond;

/// A survey at somebody's desk.
pub(super) struct Sheet<'a> {
    pub instrument: &'a Instrument,
    pub setting: &'a Setting,
    pub language: Language,
    /// Where its form goes.
    pub action: &'a str,
    /// What stands above it, from [`crate::render::survey::above`].
    pub above: &'a str,
    pub until: &'a str,
}

/// Which page of a survey that branches is open, where no script runs.
pub(super) enum At {
    First,
    Page(Option<String>),
    Wrong,
}

impl Sheet<'_> {
    fn variant(&self) -> Variant {
        Variant { language: self.language.clone(), manager: false, open: false }
    }

    /// The page, filled in.
    pub fn write(&self, app: &App, values: &[(String, String)], wrong: &[Wrong], at: &At) -> String {
        let (site, reader, variant) = (respond::site(app), app.reader_of(&self.language), self.variant());
        let definition = &self.instrument.definition;
        let branch = self.instrument.varies.then(|| self.branch(values, wrong, at, site.company, &reader));
        let form = match branch {
            Some(_) => std::sync::Arc::new(Form::branching(definition, self.setting, &variant, &site, &reader)),
            None => {
                self.instrument.form(variant, |definition, variant| Form::build(definition, variant, &site, &reader))
            }
        };
        form.write(&Fill {
            until: self.until,
            values,
            wrong,
            summary: &respond::summary(&reader, wrong),
            seed: self.setting.seed,
            branch: branch.as_ref(),
            desk: Some(Desk { action: self.action, above: self.above }),
            ..Fill::default()
        })
    }

    fn branch(&self, values: &[(String, String)], wrong: &[Wrong], at: &At, company: &str, reader: &Reader) -> Branch {
        let definition = &self.instrument.definition;
        let answers = Answers::partial(definition, values);
        let flow = logic::flow(definition, self.setting, &answers);
        let step = match at {
            At::First => flow.first(),
            At::Page(None) => Step::Close,
            At::Page(Some(key)) => flow.page(key).map_or(flow.first(), |shown| Step::Page(&shown.page.key)),
            At::Wrong => {
                let is_wrong = |key: &str| wrong.iter().any(|one| one.question == key);
                let page = flow.pages.iter().find(|shown| shown.questions.iter().any(|one| is_wrong(&one.key)));
                page.map_or(Step::Close, |shown| Step::Page(&shown.page.key))
            }
        };
        Branch::new(definition, &flow, step, &answers, &self.variant(), company, reader)
    }

    /// What is wrong with what was typed, in words.
    pub fn wrong(&self, app: &App, rejected: &Rejected) -> Vec<Wrong> {
        respond::wrong(app, &self.instrument.definition, &self.language, rejected)
    }

    /// Leads from page to page where no script runs; the same page again where something on it is wrong.
    pub fn go(&self, app: &App, typed: &[(String, String)], forward: bool) -> (u16, String) {
        let definition = &self.instrument.definition;
        let field = |name: &str| typed.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value.as_str());
        let answers = Answers::partial(definition, typed);
        let flow = logic::flow(definition, self.setting, &answers);
        let order = logic::arranged(definition, self.setting.seed);
        let place = order.iter().position(|(page, _)| page.key == field("_page")).unwrap_or(order.len());
        let seen: Vec<&str> = field("_seen").split(' ').collect();
        let here = order.get(place).map_or(&[][..], |(_, questions)| questions.as_slice());
        let counts = |fault: &Fault| {
            let at = fault.place.to_string();
            let question = here.iter().find(|question| question.key == at);
            question.is_some_and(|question| {
                seen.contains(&question.key.as_str()) && (fault.code != Code::ValueMissing || question.required)
            })
        };
        if forward && let Err(rejected) = Answers::parse_shown(definition, self.setting, typed, &self.language) {
            let faults: Vec<Fault> = rejected.faults.into_iter().filter(counts).collect();
            if !faults.is_empty() {
                let wrong = self.wrong(app, &Rejected { typed: typed.to_vec(), faults });
                return (422, self.write(app, typed, &wrong, &At::Wrong));
            }
        }
        let step = if forward { flow.after(place, |question| seen.contains(&question)) } else { flow.before(place) };
        let to = match step {
            Step::Page(key) => Some(key.to_owned()),
            Step::Close => None,
        };
        (200, self.write(app, typed, &[], &At::Page(to)))
    }
}
