//! Bringing customers in: accounts, contacts and orders from CSV files, all of a file or nothing of it.
//!
//! A file is read and judged whole before anything is written; then it is one unit of work. The same file
//! again changes nothing. What a cell says is data: it is stored as it stands, and never carried out.

mod accounts;
mod cell;
mod contacts;
mod orders;
mod responses;
mod subjects;
mod table;

pub(crate) use responses::as_of;
pub use responses::{Feed, import_responses};

use super::{App, Change};
use crate::domain::account::{Account, AccountKind, CustomerNumber};
use crate::domain::ident::AccountId;
use crate::domain::permission::{Action, Actor, Module, Reach, reach};
use crate::error::{Code, Error, Fault, Result};
use crate::store::accounts as store;
use crate::store::{Conn, Db};
use cell::Wrong;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use table::Faults;

/// What a file brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Accounts,
    Contacts,
    Orders,
    /// Sites, teams and employees of our own.
    Subjects,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Contacts => "contacts",
            Self::Orders => "orders",
            Self::Subjects => "subjects",
        }
    }

    fn module(self) -> Module {
        match self {
            Self::Accounts => Module::Accounts,
            Self::Contacts => Module::Contacts,
            Self::Orders => Module::Orders,
            Self::Subjects => Module::Subjects,
        }
    }
}

/// How a file is brought in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Says what would be done, and does nothing.
    pub dry_run: bool,
    /// Customer numbers that contacts and orders name and nobody has become accounts of the lowest tier.
    pub create_accounts: bool,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Rows with any value, without the header.
    pub rows: usize,
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// Accounts that contacts or orders made necessary.
    pub accounts_added: usize,
    /// New contacts who may not be asked, since the file does not say that they agreed.
    pub without_consent: usize,
    /// What is wrong, by row; the first thousand.
    pub faults: Vec<Fault>,
    /// How many faults there are in all.
    pub faults_total: usize,
    /// Was it written? Never on a dry run, nor where there is any fault.
    pub saved: bool,
    /// Begins the SHA-256 of the file: names it in the audit trail and in the keys of orders without ids.
    pub fingerprint: String,
}

/// Brings in a file of one kind.
///
/// `file` is the name that messages call it by. The faults of the file's content are no error but part of
/// the report; with any of them nothing is written.
///
/// # Errors
/// `Forbidden` for who may not add and change such records of all accounts; `FileUnreadable`;
/// `ChangedMeanwhile` if somebody changed the same records while the file was judged (nothing is written).
pub fn import(app: &App, actor: &Actor, kind: Kind, input: impl Read, file: &str, options: Options) -> Result<Report> {
    require_all(actor, kind.module())?;
    if options.create_accounts {
        require_all(actor, Module::Accounts)?;
    }
    let job = Job { app, actor, record: kind.as_str(), file, options, said: None };
    match kind {
        Kind::Accounts => accounts::import(&job, input),
        Kind::Contacts => contacts::import(&job, input),
        Kind::Orders => orders::import(&job, input),
        Kind::Subjects => subjects::import(&job, input),
    }
}

/// A file is of all accounts: who reaches only some cannot bring it in.
fn require_all(actor: &Actor, module: Module) -> Result<()> {
    for action in [Action::create(module), Action::change(module)] {
        if reach(actor, action)? != Reach::All {
            return Err(Error::new(Code::Forbidden));
        }
    }
    Ok(())
}

/// One import under way.
struct Job<'a> {
    app: &'a App,
    actor: &'a Actor,
    /// What it brings, as the audit trail calls it.
    record: &'static str,
    file: &'a str,
    options: Options,
    /// What else the trail tells of it.
    said: Option<serde_json::Value>,
}

/// How much of each there is.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    added: usize,
    changed: usize,
    unchanged: usize,
    accounts_added: usize,
    without_consent: usize,
}

impl Job<'_> {
    fn db(&self) -> &Db {
        &self.app.db
    }

    /// Ends the import: with faults or on a dry run it reports, else it writes all in one unit of work,
    /// with one line in the trail.
    fn finish(
        &self,
        outline: &table::Outline,
        faults: Faults,
        counts: impl FnOnce(&mut Conn) -> Result<Counts>,
        write: impl FnOnce(&mut Conn) -> Result<Counts>,
    ) -> Result<Report> {
        let saved = faults.is_empty() && !self.options.dry_run;
        let counts = if saved {
            self.db().write(|conn| {
                let counts = write(conn)?;
                self.note(conn, outline, counts)?;
                Ok(counts)
            })?
        } else {
            self.db().read(counts)?
        };
        self.report(outline, faults, counts, saved)
    }

    /// The line of the trail.
    fn note(&self, conn: &mut Conn, outline: &table::Outline, counts: Counts) -> Result<()> {
        let after = json!({
            "kind": self.record, "file": self.file, "rows": outline.rows, "added": counts.added,
            "changed": counts.changed, "unchanged": counts.unchanged,
            "accounts_added": counts.accounts_added,
            "of": self.said,
        });
        self.app.note(conn, self.actor, Change::new("imported", self.record, &outline.fingerprint).to(after))
    }

    fn report(&self, outline: &table::Outline, faults: Faults, counts: Counts, saved: bool) -> Result<Report> {
        Ok(Report {
            rows: outline.rows,
            added: counts.added,
            changed: counts.changed,
            unchanged: counts.unchanged,
            accounts_added: counts.accounts_added,
            without_consent: counts.without_consent,
            faults_total: faults.total,
            faults: faults.into_sorted(),
            saved,
            fingerprint: outline.fingerprint.clone(),
        })
    }

    /// The accounts that rows name, by number; those that are missing are made or are faults.
    fn accounts_named(&self, numbers: &Numbers, label: &str, faults: &mut Faults) -> Result<Named> {
        let wanted: BTreeSet<String> = numbers.list.iter().map(|(number, _)| number.as_str().to_owned()).collect();
        let known = self.db().read(|conn| store::by_numbers(conn, &wanted))?;
        let mut named = Named { ids: Vec::with_capacity(numbers.list.len()), new: Vec::new() };
        for (at, (number, row)) in numbers.list.iter().enumerate() {
            if let Some(account) = known.get(number.as_str()) {
                named.ids.push(account.id);
                continue;
            }
            let account = self.new_account(number.clone(), number.as_str().to_owned());
            named.ids.push(account.id);
            if self.options.create_accounts {
                named.new.push(account);
            } else {
                // Each row that names it is at fault, but the number has to be put right only once.
                let rows = numbers.rows.get(at).copied().unwrap_or(1);
                let wrong = Wrong::of(Code::AccountNumberUnknown, number.as_str());
                faults.add(*row, label, if rows > 1 { wrong.with("count", rows) } else { wrong });
            }
        }
        Ok(named)
    }

    /// An account of which no more is known than its number: of the lowest tier.
    fn new_account(&self, number: CustomerNumber, name: String) -> Account {
        Account {
            id: self.app.chance.id(self.app.now()),
            number,
            name,
            kind: AccountKind::Customer,
            parent: None,
            tier: self.app.config.tiers.last().map(|tier| tier.key.clone()).unwrap_or_default(),
            region: String::new(),
            product_line: String::new(),
            manager: None,
            deputy: None,
            active: true,
            revision: 0,
        }
    }

    fn add_accounts(&self, conn: &mut Conn, new: &[Account]) -> Result<()> {
        store::insert(conn, new, self.actor.user, self.app.now(), self.app.today())
    }
}

/// The customer numbers of a file, each kept once: rows hold its index.
#[derive(Default)]
struct Numbers {
    at: BTreeMap<CustomerNumber, u32>,
    /// Each number with the first row that names it.
    list: Vec<(CustomerNumber, usize)>,
    /// How many rows name it.
    rows: Vec<usize>,
}

impl Numbers {
    fn index_of(&mut self, number: CustomerNumber, row: usize) -> u32 {
        if let Some(at) = self.at.get(&number).copied() {
            if let Some(rows) = self.rows.get_mut(at as usize) {
                *rows += 1;
            }
            return at;
        }
        let at = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push((number.clone(), row));
        self.rows.push(1);
        self.at.insert(number, at);
        at
    }
}

/// The accounts behind the numbers of a file, in their order.
struct Named {
    ids: Vec<AccountId>,
    new: Vec<Account>,
}

impl Named {
    fn id(&self, at: u32) -> AccountId {
        self.ids.get(at as usize).copied().unwrap_or_default()
    }
}

fn read_number(text: &str) -> Result<CustomerNumber, Wrong> {
    CustomerNumber::parse(text).ok_or_else(|| Wrong::of(Code::ValueMalformed, text).with("expected", "C-1024"))
}
