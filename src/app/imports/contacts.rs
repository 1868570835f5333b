//! Contacts: the people at accounts whom we may ask.

use super::cell::{self, Wrong};
use super::table::{self, Column, Faults, Row};
use super::{Counts, Job, Numbers, Report, read_number};
use crate::domain::contact::{Contact, EmailAddress};
use crate::domain::ident::AccountId;
use crate::domain::language::Language;
use crate::error::{Code, Result};
use crate::store::contacts as store;
use std::collections::{HashMap, HashSet};
use std::io::Read;

const COLUMNS: &[Column<'_>] = &[
    Column::required(
        "account",
        &["customer_number", "account_number", "customer_id", "customer", "客户编号", "客户编码", "客户号"],
    ),
    Column::required("email", &["e_mail", "mail", "email_address", "邮箱", "电子邮箱", "电子邮件"]),
    Column::optional("name", &["contact", "contact_name", "姓名", "联系人", "联系人姓名"]),
    Column::optional("salutation", &["称呼", "称谓"]),
    Column::optional("phone", &["telephone", "mobile", "电话", "手机", "联系电话"]),
    Column::optional("language", &["语言"]),
    Column::optional("role", &["position", "title", "职务", "职位", "角色"]),
    Column::optional("consent", &["同意", "同意接收", "同意调查"]),
    Column::optional("active", &["在职", "启用", "有效"]),
];

/// What a row says. The outer `None` is a column that the file lacks: it leaves the field as it is.
struct Draft {
    row: usize,
    account: u32,
    email: EmailAddress,
    name: Option<String>,
    salutation: Option<Option<String>>,
    phone: Option<Option<String>>,
    language: Option<Language>,
    role: Option<Option<String>>,
    consent: Option<bool>,
    active: Option<bool>,
}

impl Draft {
    fn change(&self, contact: &mut Contact) {
        contact.email = self.email.clone();
        put(&mut contact.name, &self.name);
        put(&mut contact.salutation, &self.salutation);
        put(&mut contact.phone, &self.phone);
        put(&mut contact.language, &self.language);
        put(&mut contact.role, &self.role);
        put(&mut contact.consent, &self.consent);
        put(&mut contact.active, &self.active);
    }
}

fn put<T: Clone>(field: &mut T, said: &Option<T>) {
    if let Some(value) = said {
        field.clone_from(value);
    }
}

pub(super) fn import(job: &Job<'_>, input: impl Read) -> Result<Report> {
    let app = job.app;
    let (mut faults, mut numbers, mut drafts) = (Faults::default(), Numbers::default(), Vec::new());
    let outline = table::read(input, job.file, COLUMNS, &mut faults, |row| {
        if let Some(draft) = read_row(row, &mut numbers) {
            drafts.push(draft);
        }
    })?;
    let header = &outline.header;
    let named = job.accounts_named(&numbers, header.label("account"), &mut faults)?;
    let made: HashSet<AccountId> = named.new.iter().map(|account| account.id).collect();
    let mut old: Vec<AccountId> = named.ids.iter().copied().filter(|id| !made.contains(id)).collect();
    old.sort_unstable();
    let mut known: HashMap<(AccountId, String), Contact> = app
        .db
        .read(|conn| store::of_accounts(conn, &old))?
        .into_iter()
        .map(|contact| ((contact.account_id, contact.email.folded()), contact))
        .collect();

    let mut counts = Counts { accounts_added: named.new.len(), ..Counts::default() };
    let (mut new, mut changed, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for draft in &drafts {
        let key = (named.id(draft.account), draft.email.folded());
        if !seen.insert(key.clone()) {
            faults.add(draft.row, header.label("email"), Wrong::of(Code::ValueTwice, draft.email.as_str()));
        } else if let Some(before) = known.remove(&key) {
            let mut after = before.clone();
            draft.change(&mut after);
            if after == before {
                counts.unchanged += 1;
            } else {
                counts.changed += 1;
                changed.push(after);
            }
        } else {
            if draft.name.is_none() {
                faults.add(draft.row, header.label("name"), Wrong::new(Code::ValueMissing));
            }
            let mut contact = Contact {
                id: app.chance.id(app.now()),
                account_id: key.0,
                email: draft.email.clone(),
                name: String::new(),
                salutation: None,
                phone: None,
                language: app.config.organisation.language.clone(),
                role: None,
                // Nobody has agreed who is not said to have agreed.
                consent: false,
                active: true,
                revision: 0,
            };
            draft.change(&mut contact);
            counts.added += 1;
            counts.without_consent += usize::from(!contact.consent);
            new.push(contact);
        }
    }
    job.finish(
        &outline,
        faults,
        |_| Ok(counts),
        |conn| {
            job.add_accounts(conn, &named.new)?;
            store::insert(conn, &new, app.now())?;
            for contact in &changed {
                store::update(conn, contact)?;
            }
            Ok(counts)
        },
    )
}

fn read_row(row: &mut Row<'_>, numbers: &mut Numbers) -> Option<Draft> {
    let account = row.required("account", read_number);
    let email = row.required("email", |text| Ok(EmailAddress::parse(text)?));
    let name = row.line("name", 200);
    let salutation = row.line("salutation", 100);
    let phone = row.line("phone", 50);
    let language = row.optional("language", language);
    let role = row.line("role", 100);
    let consent = row.optional("consent", cell::yes_no);
    let active = row.optional("active", cell::yes_no);
    Some(Draft {
        row: row.number,
        account: numbers.index_of(account?, row.number),
        email: email?,
        name: name.flatten(),
        salutation,
        phone,
        language: language.flatten(),
        role,
        // An empty cell under a heading that asks for agreement is none.
        consent: consent.map(Option::unwrap_or_default),
        active: active.flatten(),
    })
}

fn language(text: &str) -> Result<Language, Wrong> {
    match text.to_lowercase().as_str() {
        "中文" | "汉语" | "简体中文" | "chinese" => Ok(Language::chinese()),
        "英文" | "英语" | "english" => Ok(Language::english()),
        _ => Language::parse(text).map_err(|_| Wrong::of(Code::ValueMalformed, text).with("expected", "en, zh-CN")),
    }
}
