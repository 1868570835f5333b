//! Orders: what was bought when, and when it was promised and delivered.

use super::cell::{self, Wrong};
use super::table::{self, Column, Faults, Row};
use super::{Counts, Job, Numbers, Report, read_number};
use crate::domain::ident::OrderId;
use crate::error::{Code, Result};
use crate::store::orders::{self as store, Order, Saved};
use crate::text::minor_digits;
use chrono::{Days, NaiveDate};
use std::collections::HashSet;
use std::io::Read;

const COLUMNS: &[Column<'_>] = &[
    // A feed of transactions often calls its customer simply `id`.
    Column::required(
        "account",
        &["customer_number", "account_number", "customer_id", "customer", "id", "客户编号", "客户编码", "客户号"],
    ),
    Column::optional("order", &["order_id", "order_number", "order_no", "订单号", "订单编号"]),
    Column::required("date", &["ordered_on", "order_date", "日期", "下单日期", "订单日期"]),
    Column::required("amount", &["value", "total", "金额", "订单金额"]),
    Column::optional(
        "promised",
        &["promised_on", "promised_date", "承诺日期", "承诺交期", "承诺交货日期", "约定交货日期"],
    ),
    Column::optional("delivered", &["delivered_on", "delivery_date", "交货日期", "实际交期", "实际交货日期"]),
    Column::optional("currency", &["币种", "货币"]),
    // Known so that a feed with it is not refused; not kept.
    Column::optional("quantity", &["n", "数量"]),
];

/// Orders are made and saved this many at a time, so that memory holds the lean drafts alone.
const AT_ONCE: usize = 2_000;

/// A row as it waits: small, since a file may have millions.
struct Draft {
    account: u32,
    row: u32,
    number: Option<Box<str>>,
    ordered_on: NaiveDate,
    amount: i64,
    promised_on: Option<NaiveDate>,
    delivered_on: Option<NaiveDate>,
}

pub(super) fn import(job: &Job<'_>, input: impl Read) -> Result<Report> {
    let app = job.app;
    let currency = app.config.organisation.currency.as_str();
    let decimals = minor_digits(currency);
    // Where the customer orders it may be tomorrow already.
    let latest = app.today().checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    let (mut faults, mut numbers, mut drafts) = (Faults::default(), Numbers::default(), Vec::new());
    let outline = table::read(input, job.file, COLUMNS, &mut faults, |row| {
        if let Some(draft) = read_row(row, &mut numbers, currency, decimals, latest) {
            drafts.push(draft);
        }
    })?;
    let header = &outline.header;
    let named = job.accounts_named(&numbers, header.label("account"), &mut faults)?;
    let mut seen = HashSet::new();
    for draft in &drafts {
        if let Some(number) = draft.number.as_deref()
            && !seen.insert((draft.account, number))
        {
            faults.add(draft.row as usize, header.label("order"), Wrong::of(Code::ValueTwice, number));
        }
    }
    drop(seen);
    let now = app.now();
    let order_of = |draft: &Draft| Order {
        id: app.chance.id::<OrderId>(now),
        account: named.id(draft.account),
        feed_key: match &draft.number {
            Some(number) => format!("order:{number}"),
            None => format!("file:{}:{}", outline.fingerprint, draft.row),
        },
        number: draft.number.as_deref().map(str::to_owned),
        ordered_on: draft.ordered_on,
        amount: draft.amount,
        promised_on: draft.promised_on,
        delivered_on: draft.delivered_on,
    };
    // A file without the column says nothing about it: what is known of an order stays.
    let keep = store::Keep { promised: !header.has("promised"), delivered: !header.has("delivered") };
    let total = |each: &mut dyn FnMut(&[Order]) -> Result<Saved>| -> Result<Counts> {
        let mut counts = Counts { accounts_added: named.new.len(), ..Counts::default() };
        for some in drafts.chunks(AT_ONCE) {
            let orders: Vec<Order> = some.iter().map(order_of).collect();
            let saved = each(&orders)?;
            counts.added += saved.added;
            counts.changed += saved.changed;
            counts.unchanged += saved.unchanged;
        }
        Ok(counts)
    };
    job.finish(
        &outline,
        faults,
        |conn| total(&mut |orders| store::compare(conn, orders, keep)),
        |conn| {
            job.add_accounts(conn, &named.new)?;
            total(&mut |orders| store::merge(conn, orders, keep, now))
        },
    )
}

fn read_row(
    row: &mut Row<'_>,
    numbers: &mut Numbers,
    currency: &str,
    decimals: u8,
    latest: NaiveDate,
) -> Option<Draft> {
    let account = row.required("account", read_number);
    let number = row.line("order", 100);
    let past = |text: &str| cell::within(cell::day(text)?, NaiveDate::MIN, latest).map_err(|_| too_late(text, latest));
    let ordered_on = row.required("date", past);
    let amount = row.required("amount", |text| cell::amount(text, decimals));
    let promised_on = row.optional("promised", cell::day).flatten();
    let delivered_on = row.optional("delivered", past).flatten();
    row.optional("currency", |text| {
        let ours = text.eq_ignore_ascii_case(currency);
        if ours { Ok(()) } else { Err(Wrong::of(Code::ValueUnknown, text).with("known", currency)) }
    });
    let ordered_on = ordered_on?;
    if let Some(delivered) = delivered_on
        && delivered < ordered_on
    {
        row.fault("delivered", Wrong::of(Code::ValueOutOfRange, &delivered.to_string()).with("min", ordered_on));
    }
    if let Some(promised) = promised_on
        && promised < ordered_on
    {
        row.fault("promised", Wrong::of(Code::ValueOutOfRange, &promised.to_string()).with("min", ordered_on));
    }
    Some(Draft {
        account: numbers.index_of(account?, row.number),
        row: u32::try_from(row.number).unwrap_or(u32::MAX),
        number: number.flatten().map(String::into_boxed_str),
        ordered_on,
        amount: amount?,
        promised_on,
        delivered_on,
    })
}

fn too_late(text: &str, latest: NaiveDate) -> Wrong {
    Wrong::of(Code::ValueOutOfRange, text).with("max", latest)
}
