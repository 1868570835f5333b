//! Accounts with one person each, to be asked.

use bellwether::app::App;
use bellwether::domain::account::{Account, AccountKind, CustomerNumber};
use bellwether::domain::contact::{Contact, EmailAddress};
use bellwether::domain::ident::ContactId;
use bellwether::domain::language::Language;
use bellwether::store::{accounts, contacts};

/// So many accounts of the tier `key`, each with one person of the address given; every third reads Chinese.
pub fn roster(app: &App, count: usize, address: impl Fn(usize) -> String) {
    let now = app.now();
    let both = (0..count).map(|n| {
        let account = Account {
            id: app.chance.id(now),
            number: CustomerNumber::parse(&format!("C{n:05}")).unwrap(),
            name: format!("Works {n}"),
            kind: AccountKind::Customer,
            parent: None,
            tier: "key".into(),
            region: "north".into(),
            product_line: "bearings".into(),
            manager: None,
            deputy: None,
            active: true,
            revision: 1,
        };
        let chinese = n % 3 == 0;
        let contact = Contact {
            id: app.chance.id::<ContactId>(now),
            account_id: account.id,
            email: EmailAddress::parse(&address(n)).unwrap(),
            name: if chinese { format!("王{n}") } else { format!("Person {n}") },
            salutation: None,
            phone: None,
            language: if chinese { Language::chinese() } else { Language::english() },
            role: None,
            consent: true,
            active: true,
            revision: 1,
        };
        (account, contact)
    });
    let (all, people): (Vec<Account>, Vec<Contact>) = both.unzip();
    app.db
        .write(|conn| {
            accounts::insert(conn, &all, None, now, app.today())?;
            contacts::insert(conn, &people, now)
        })
        .unwrap();
}
