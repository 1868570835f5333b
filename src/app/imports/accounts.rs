//! Accounts: who the customers are, where they belong and who looks after them.

use super::cell::{self, Wrong};
use super::table::{self, Column, Faults, Row};
use super::{Counts, Job, Report, read_number};
use crate::config::Tier;
use crate::domain::account::{Account, AccountKind, CustomerNumber};
use crate::domain::ident::{AccountId, UserId};
use crate::error::{Code, Result};
use crate::store::accounts as store;
use crate::store::users;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;

const COLUMNS: &[Column<'_>] = &[
    Column::required(
        "number",
        &["customer_number", "account", "account_number", "customer_id", "客户编号", "客户编码", "客户号"],
    ),
    Column::optional("name", &["customer", "customer_name", "account_name", "名称", "客户名称", "公司名称"]),
    Column::optional("kind", &["type", "类型", "客户类型"]),
    Column::optional("parent", &["parent_number", "上级", "上级客户", "上级客户编号"]),
    Column::optional("tier", &["class", "等级", "级别", "客户等级", "客户级别"]),
    Column::optional("region", &["区域", "地区", "大区"]),
    Column::optional("product_line", &["product", "产品线", "产品"]),
    Column::optional("manager", &["account_manager", "客户经理"]),
    Column::optional("deputy", &["代理人", "副客户经理", "代理客户经理"]),
    Column::optional("active", &["启用", "有效", "在用"]),
];

/// What a row says. `None` is a column that the file lacks: it leaves the field as it is.
struct Draft {
    row: usize,
    number: CustomerNumber,
    name: Option<String>,
    kind: Option<AccountKind>,
    parent: Option<Option<CustomerNumber>>,
    tier: Option<String>,
    region: Option<String>,
    product_line: Option<String>,
    manager: Option<Option<UserId>>,
    deputy: Option<Option<UserId>>,
    active: Option<bool>,
}

pub(super) fn import(job: &Job<'_>, input: impl Read) -> Result<Report> {
    let app = job.app;
    let people: HashMap<String, UserId> = app
        .db
        .read(users::all)?
        .into_iter()
        .filter(|user| user.active)
        .map(|user| (user.email.to_lowercase(), user.id))
        .collect();
    let (mut faults, mut drafts) = (Faults::default(), Vec::new());
    let outline = table::read(input, job.file, COLUMNS, &mut faults, |row| {
        if let Some(draft) = read_row(row, &app.config.tiers, &people) {
            drafts.push(draft);
        }
    })?;
    let header = &outline.header;
    let known = known_accounts(job, &drafts)?;
    let mut in_file: HashMap<&str, AccountId> = HashMap::new();
    let mut accounts = Vec::new();
    let mut counts = Counts::default();
    for draft in &drafts {
        if in_file.contains_key(draft.number.as_str()) {
            faults.add(draft.row, header.label("number"), Wrong::of(Code::ValueTwice, draft.number.as_str()));
            continue;
        }
        let before = known.by_number.get(draft.number.as_str());
        if before.is_none() && draft.name.is_none() {
            faults.add(draft.row, header.label("name"), Wrong::new(Code::ValueMissing));
        }
        let account = before.cloned().unwrap_or_else(|| job.new_account(draft.number.clone(), String::new()));
        in_file.insert(draft.number.as_str(), account.id);
        accounts.push((draft, account, before));
    }
    let mut parents: HashMap<AccountId, AccountId> = known.parents;
    for (draft, account, _) in &mut accounts {
        draft.change(account);
        let Some(named) = &draft.parent else { continue };
        account.parent = named.as_ref().and_then(|number| {
            let found = in_file.get(number.as_str()).copied();
            found.or_else(|| known.by_number.get(number.as_str()).map(|parent| parent.id))
        });
        match (named, account.parent) {
            (Some(number), None) => {
                let wrong = Wrong::of(Code::AccountNumberUnknown, number.as_str());
                faults.add(draft.row, header.label("parent"), wrong);
            }
            (_, Some(parent)) => drop(parents.insert(account.id, parent)),
            (None, None) => drop(parents.remove(&account.id)),
        }
    }
    let depths = depths(&parents);
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (draft, account, before) in accounts {
        if account.parent.is_some() && !depths.contains_key(&account.id) {
            let number = draft.parent.iter().flatten().next().map_or("", CustomerNumber::as_str);
            faults.add(draft.row, header.label("parent"), Wrong::of(Code::AccountCircle, number));
        }
        match before {
            None => new.push(account),
            Some(before) if *before == account => counts.unchanged += 1,
            Some(_) => changed.push(account),
        }
    }
    counts.added = new.len();
    counts.changed = changed.len();
    // A parent has to be there before its children.
    new.sort_by_key(|account| depths.get(&account.id).copied().unwrap_or_default());
    job.finish(
        &outline,
        faults,
        |_| Ok(counts),
        |conn| {
            job.add_accounts(conn, &new)?;
            for account in &changed {
                store::update(conn, account, job.actor.user, app.now(), app.today())?;
            }
            Ok(counts)
        },
    )
}

impl Draft {
    fn change(&self, account: &mut Account) {
        fn put<T: Clone>(field: &mut T, said: &Option<T>) {
            if let Some(value) = said {
                field.clone_from(value);
            }
        }
        put(&mut account.name, &self.name);
        put(&mut account.kind, &self.kind);
        put(&mut account.tier, &self.tier);
        put(&mut account.region, &self.region);
        put(&mut account.product_line, &self.product_line);
        put(&mut account.manager, &self.manager);
        put(&mut account.deputy, &self.deputy);
        put(&mut account.active, &self.active);
    }
}

/// What the house knows of the accounts that a file names.
struct Known {
    by_number: BTreeMap<String, Account>,
    /// Who belongs to whom, up to the top.
    parents: HashMap<AccountId, AccountId>,
}

fn known_accounts(job: &Job<'_>, drafts: &[Draft]) -> Result<Known> {
    let named = drafts.iter().flat_map(|draft| std::iter::once(&draft.number).chain(draft.parent.iter().flatten()));
    let numbers: BTreeSet<String> = named.map(|number| number.as_str().to_owned()).collect();
    job.db().read(|conn| {
        let by_number = store::by_numbers(conn, &numbers)?;
        let mut parents: HashMap<AccountId, AccountId> = HashMap::new();
        let mut met: BTreeSet<AccountId> = by_number.values().map(|account| account.id).collect();
        let mut level: Vec<Account> = by_number.values().cloned().collect();
        while !level.is_empty() {
            parents.extend(level.iter().filter_map(|account| Some((account.id, account.parent?))));
            let above: Vec<AccountId> =
                level.iter().filter_map(|account| account.parent).filter(|id| met.insert(*id)).collect();
            level = store::find_many(conn, &above)?;
        }
        Ok(Known { by_number, parents })
    })
}

/// How far below the top each account that has a parent lies; those of a circle, and below one, lie nowhere.
fn depths(parents: &HashMap<AccountId, AccountId>) -> HashMap<AccountId, usize> {
    let mut depths = HashMap::new();
    let mut lost = BTreeSet::new();
    for start in parents.keys() {
        let (mut path, mut on_path, mut at) = (Vec::new(), BTreeSet::new(), *start);
        let top = loop {
            if let Some(depth) = depths.get(&at) {
                break Some(*depth);
            }
            if lost.contains(&at) || !on_path.insert(at) {
                break None;
            }
            match parents.get(&at) {
                Some(parent) => {
                    path.push(at);
                    at = *parent;
                }
                None => break Some(0),
            }
        };
        match top {
            Some(top) => depths.extend(path.into_iter().rev().zip(top + 1..)),
            None => lost.extend(path),
        }
    }
    depths
}

fn read_row(row: &mut Row<'_>, tiers: &[Tier], people: &HashMap<String, UserId>) -> Option<Draft> {
    let person =
        |text: &str| people.get(&text.to_lowercase()).copied().ok_or_else(|| Wrong::of(Code::ValueUnknown, text));
    let number = row.required("number", read_number);
    let name = row.line("name", 200);
    let kind = row.optional("kind", kind);
    let parent = row.optional("parent", read_number);
    let tier = row.optional("tier", |text| tier(text, tiers));
    let region = row.line("region", 100);
    let product_line = row.line("product_line", 100);
    let manager = row.optional("manager", person);
    let deputy = row.optional("deputy", person);
    let active = row.optional("active", cell::yes_no);
    Some(Draft {
        row: row.number,
        number: number?,
        name: name.flatten(),
        kind: kind.flatten(),
        parent,
        tier: tier.flatten(),
        region: region.map(Option::unwrap_or_default),
        product_line: product_line.map(Option::unwrap_or_default),
        manager,
        deputy,
        active: active.flatten(),
    })
}

/// A kind by its key or its Chinese name.
fn kind(text: &str) -> Result<AccountKind, Wrong> {
    let folded = text.to_lowercase();
    let key = match folded.as_str() {
        "客户" | "终端客户" => "customer",
        "经销商" => "dealer",
        "供应商" => "supplier",
        "银行" => "bank",
        "合作伙伴" => "partner",
        "本公司" => "own",
        other => other,
    };
    AccountKind::parse(key).ok_or_else(|| {
        let known: Vec<&str> = AccountKind::ALL.into_iter().map(AccountKind::as_str).collect();
        Wrong::of(Code::ValueUnknown, text).with("known", known.join(", "))
    })
}

/// A tier by its key, or by its name in any language.
fn tier(text: &str, tiers: &[Tier]) -> Result<String, Wrong> {
    let folded = text.to_lowercase();
    let found = tiers.iter().find(|tier| {
        tier.key.to_lowercase() == folded || tier.names.0.values().any(|name| name.to_lowercase() == folded)
    });
    found.map(|tier| tier.key.clone()).ok_or_else(|| {
        let known: Vec<&str> = tiers.iter().map(|tier| tier.key.as_str()).collect();
        Wrong::of(Code::ValueUnknown, text).with("known", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> AccountId {
        AccountId(Uuid::from_u128(n))
    }

    #[test]
    fn circles_have_no_top() {
        // 3 below 2 below 1; 5 and 6 below each other; 7 below 5; 8 its own parent.
        let parents = [(3, 2), (2, 1), (5, 6), (6, 5), (7, 5), (8, 8)].map(|(a, b)| (id(a), id(b))).into();
        let depths = depths(&parents);
        assert_eq!(depths, [(id(2), 1), (id(3), 2)].into());
    }
}
