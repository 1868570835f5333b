//! Sites, teams and employees of our own.

use super::cell::{self, Wrong};
use super::table::{self, Column, Faults, Row};
use super::{Counts, Job, Report};
use crate::domain::ident::{SubjectId, UserId};
use crate::domain::subject::{Subject, SubjectKind};
use crate::error::{Code, Result};
use crate::store::{subjects as store, users};
use std::collections::HashMap;
use std::io::Read;

const COLUMNS: &[Column<'_>] = &[
    Column::required("number", &["code", "编号"]),
    Column::optional("name", &["名称", "姓名"]),
    Column::optional("kind", &["type", "类型"]),
    Column::optional("site", &["site_number", "网点", "所属网点", "所属网点编号"]),
    Column::optional("region", &["区域", "地区"]),
    Column::optional("user", &["email", "邮箱", "用户"]),
    Column::optional("active", &["启用", "有效"]),
];

struct Draft {
    row: usize,
    number: String,
    name: Option<String>,
    kind: Option<SubjectKind>,
    site: Option<Option<String>>,
    region: Option<String>,
    user: Option<Option<UserId>>,
    active: Option<bool>,
}

pub(super) fn import(job: &Job<'_>, input: impl Read) -> Result<Report> {
    let app = job.app;
    let (people, there) = app.db.read(|conn| Ok((users::all(conn)?, store::all(conn)?)))?;
    let people: HashMap<String, UserId> = people.into_iter().map(|user| (user.email.to_lowercase(), user.id)).collect();
    let (mut faults, mut drafts) = (Faults::default(), Vec::new());
    let outline = table::read(input, job.file, COLUMNS, &mut faults, |row| drafts.extend(read_row(row, &people)))?;
    let header = &outline.header;
    let before: HashMap<String, Subject> = there.into_iter().map(|one| (one.number.clone(), one)).collect();
    // Sites first, whatever their order in the file: others belong to them.
    drafts.sort_by_key(|draft| (draft.kind.unwrap_or(SubjectKind::Employee), draft.row));
    let mut ids: HashMap<String, (SubjectId, SubjectKind)> =
        before.values().map(|one| (one.number.clone(), (one.id, one.kind))).collect();
    let mut persons: HashMap<UserId, SubjectId> = before.values().filter_map(|one| Some((one.user?, one.id))).collect();
    let mut seen = std::collections::HashSet::new();
    let (mut counts, mut new, mut changed) = (Counts::default(), Vec::new(), Vec::new());
    for draft in drafts {
        if !seen.insert(draft.number.clone()) {
            faults.add(draft.row, header.label("number"), Wrong::of(Code::ValueTwice, &draft.number));
            continue;
        }
        let known = before.get(&draft.number);
        for (column, missing) in [("name", draft.name.is_none()), ("kind", draft.kind.is_none())] {
            if known.is_none() && missing {
                faults.add(draft.row, header.label(column), Wrong::new(Code::ValueMissing));
            }
        }
        let mut subject = known.cloned().unwrap_or_else(|| Subject {
            id: app.chance.id(app.now()),
            kind: draft.kind.unwrap_or(SubjectKind::Site),
            number: draft.number.clone(),
            name: String::new(),
            site: None,
            region: String::new(),
            user: None,
            active: true,
            revision: 1,
        });
        if draft.kind.is_some_and(|kind| kind != subject.kind) {
            let wrong = Wrong::of(Code::ValueConflicting, subject.kind.as_str());
            faults.add(draft.row, header.label("kind"), wrong);
        }
        if let Some(named) = draft.site {
            subject.site = named.as_ref().and_then(|number| ids.get(number)).map(|(id, _)| *id);
            let fits =
                named.as_ref().and_then(|number| ids.get(number)).is_none_or(|(_, kind)| *kind == SubjectKind::Site);
            if let Some(number) = named.filter(|_| subject.site.is_none() || !fits || subject.kind == SubjectKind::Site)
            {
                faults.add(draft.row, header.label("site"), Wrong::of(Code::ValueUnknown, &number));
            }
        }
        if let Some(user) = draft.user {
            let taken = user.and_then(|user| persons.insert(user, subject.id)).is_some_and(|other| other != subject.id);
            if taken || (user.is_some() && subject.kind != SubjectKind::Employee) {
                faults.add(draft.row, header.label("user"), Wrong::new(Code::ValueTaken));
            }
            subject.user = user;
        }
        put(&mut subject.name, draft.name);
        put(&mut subject.region, draft.region);
        put(&mut subject.active, draft.active);
        ids.insert(subject.number.clone(), (subject.id, subject.kind));
        match known {
            None => new.push(subject),
            Some(known) if *known == subject => counts.unchanged += 1,
            Some(_) => changed.push(subject),
        }
    }
    counts.added = new.len();
    counts.changed = changed.len();
    job.finish(
        &outline,
        faults,
        |_| Ok(counts),
        |conn| {
            for subject in &new {
                store::insert(conn, subject, app.now())?;
            }
            for subject in &changed {
                store::update(conn, subject)?;
            }
            Ok(counts)
        },
    )
}

fn put<T>(field: &mut T, said: Option<T>) {
    if let Some(value) = said {
        *field = value;
    }
}

fn read_row(row: &mut Row<'_>, people: &HashMap<String, UserId>) -> Option<Draft> {
    let number = row.required("number", |text| cell::line(text, 64));
    let name = row.line("name", 200);
    let kind = row.optional("kind", |text| {
        let kind = match text.to_lowercase().as_str() {
            "网点" | "现场" => Some(SubjectKind::Site),
            "班组" | "团队" => Some(SubjectKind::Team),
            "员工" => Some(SubjectKind::Employee),
            word => SubjectKind::parse(word),
        };
        kind.ok_or_else(|| Wrong::of(Code::ValueUnknown, text).with("known", "site, team, employee"))
    });
    let site = row.line("site", 64);
    let region = row.line("region", 100);
    let user = row.optional("user", |text| {
        people.get(&text.to_lowercase()).copied().ok_or_else(|| Wrong::of(Code::ValueUnknown, text))
    });
    let active = row.optional("active", cell::yes_no);
    Some(Draft {
        row: row.number,
        number: number?,
        name: name.flatten(),
        kind: kind.flatten(),
        site,
        region: region.map(Option::unwrap_or_default),
        user,
        active: active.flatten(),
    })
}
