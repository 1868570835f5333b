//! Accounts with a known history, written straight into the database: what the nightly look is held against.

use super::{Backend, House, TestDb};
use bellwether::domain::account::{Account, AccountKind, CustomerNumber};
use bellwether::domain::contact::{Contact, EmailAddress};
use bellwether::domain::ident::{AccountId, ContactId, OrderId, UserId};
use bellwether::domain::language::Language;
use bellwether::domain::permission::Role;
use bellwether::store::orders::Order;
use bellwether::store::users::User;
use bellwether::store::{accounts, contacts, orders, users};
use chrono::{Days, NaiveDate};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use uuid::Uuid;

/// Writes what the store has no function for yet, and what one does not want to send a thousand mails for.
pub struct Book<'a> {
    pub house: &'a House,
    db: &'a TestDb,
    sql: std::cell::RefCell<String>,
}

const SEGMENT: u128 = 0x5e9;
const VERSION: u128 = 0x7e5;

impl<'a> Book<'a> {
    pub fn new(house: &'a House, db: &'a TestDb) -> Self {
        let book = Self { house, db, sql: String::new().into() };
        let (segment, version) = (book.blob(Uuid::from_u128(SEGMENT)), book.blob(Uuid::from_u128(VERSION)));
        book.add(&format!("INSERT INTO segments VALUES ({segment}, 'x', 'x', 'x')"));
        let shipped = bellwether::domain::survey::library().unwrap();
        let survey = shipped.iter().find(|survey| survey.key == "relationship").unwrap();
        let definition = survey.to_json().unwrap().replace('\'', "''");
        book.add(&format!(
            "INSERT INTO survey_versions VALUES ({version}, 'relationship', 1, 'relationship', '{definition}', {version}, '2024-01-01 00:00:00')"
        ));
        book
    }

    /// A book over a house that has been written into before.
    pub fn reopen(house: &'a House, db: &'a TestDb) -> Self {
        Self { house, db, sql: String::new().into() }
    }

    pub fn user(&self, name: &str, role: Role, language: Language) -> User {
        let now = self.house.now();
        let user = User {
            id: self.house.chance.id::<UserId>(now),
            email: format!("{}@example.com", name.to_lowercase().replace(' ', ".")),
            name: name.into(),
            role,
            language,
            zone: chrono_tz::Tz::UTC,
            region: None,
            active: true,
            digest: true,
            revision: 1,
        };
        self.house.db.write(|conn| users::insert(conn, &user, None, now)).unwrap();
        user
    }

    pub fn account(&self, name: &str, tier: &str, manager: Option<UserId>) -> Account {
        let now = self.house.now();
        let id = self.house.chance.id::<AccountId>(now);
        let account = Account {
            id,
            number: CustomerNumber::parse(&id.to_string()[16..]).unwrap(),
            name: name.into(),
            kind: AccountKind::Customer,
            parent: None,
            tier: tier.into(),
            region: "north".into(),
            product_line: "bearings".into(),
            manager,
            deputy: None,
            active: true,
            revision: 1,
        };
        let today = self.house.today();
        self.house.db.write(|conn| accounts::insert(conn, std::slice::from_ref(&account), None, now, today)).unwrap();
        account
    }

    pub fn contact(&self, account: AccountId, name: &str) -> ContactId {
        let now = self.house.now();
        let id = self.house.chance.id::<ContactId>(now);
        let contact = Contact {
            id,
            account_id: account,
            email: EmailAddress::parse(&format!("{}@customer.example", name.to_lowercase().replace([' ', '.'], "")))
                .unwrap(),
            name: name.into(),
            salutation: None,
            phone: None,
            language: Language::english(),
            role: Some("purchasing".into()),
            consent: true,
            active: true,
            revision: 1,
        };
        self.house.db.write(|conn| contacts::insert(conn, &[contact], now)).unwrap();
        id
    }

    /// The day so many days before today.
    pub fn ago(&self, days: u64) -> NaiveDate {
        self.house.today().checked_sub_days(Days::new(days)).unwrap()
    }

    /// One response with an index of satisfaction and a recommendation.
    pub fn answer(&self, account: AccountId, contact: ContactId, ago: u64, satisfaction: f64, recommend: i64) {
        let (response, day) = (Uuid::from_bytes(self.house.chance.bytes()), self.ago(ago));
        let (account, contact, response) = (self.blob(account.0), self.blob(contact.0), self.blob(response));
        let (segment, version) = (self.blob(Uuid::from_u128(SEGMENT)), self.blob(Uuid::from_u128(VERSION)));
        self.add(&format!(
            "INSERT INTO responses (account_id, id, contact_id, version_id, segment_id, kind, channel, state, answers, quotable, language, received_at, day, changed_at, revision, flags) \
             VALUES ({account}, {response}, {contact}, {version}, {segment}, 'relationship', 'web', 'kept', \
             '{{\"why\":{{\"text\":\"Deliveries come late.\"}}}}', true, 'en', '{day} 08:00:00', '{day}', '{day} 08:00:00', 1, '[]')"
        ));
        for (measure, x) in
            [("satisfaction_index", (satisfaction * 1000.0) as i64), ("recommend_score", recommend * 1000)]
        {
            self.add(&format!("INSERT INTO measurements VALUES ({account}, {response}, '{measure}', '{day}', {x})"));
        }
    }

    /// One wave that went to some contacts of an account, and whether they answered the next day.
    pub fn round(&self, account: AccountId, asked: &[ContactId], ago: u64, answered: bool) {
        let wave = self.blob(Uuid::from_bytes(self.house.chance.bytes()));
        let (segment, version) = (self.blob(Uuid::from_u128(SEGMENT)), self.blob(Uuid::from_u128(VERSION)));
        let (account, day, after) = (self.blob(account.0), self.ago(ago), self.ago(ago.saturating_sub(1)));
        self.add(&format!(
            "INSERT INTO waves (id, name, version_id, state, audience, closes_at, created_at, revision) \
             VALUES ({wave}, 'w', {version}, 'finished', '{{}}', '2030-01-01 00:00:00', '{day} 00:00:00', 1)"
        ));
        for contact in asked {
            let (id, contact) = (self.blob(Uuid::from_bytes(self.house.chance.bytes())), self.blob(contact.0));
            let answered = if answered { format!("'{after} 08:00:00'") } else { "NULL".into() };
            self.add(&format!(
                "INSERT INTO invitations (account_id, id, wave_id, version_id, contact_id, segment_id, kind, language, state, created_at, delivered_at, delivered_day, answered_at, closes_at) \
                 VALUES ({account}, {id}, {wave}, {version}, {contact}, {segment}, 'relationship', 'en', 'delivered', \
                 '{day} 06:00:00', '{day} 06:00:00', '{day}', {answered}, '2030-01-01 00:00:00')"
            ));
        }
    }

    /// An order, promised ten days after it was placed, that came so many days after the promise.
    pub fn order(&self, account: AccountId, ago: u64, late: Option<i64>) {
        let (now, ordered_on) = (self.house.now(), self.ago(ago));
        let promised_on = ordered_on + chrono::Duration::days(10);
        let order = Order {
            id: self.house.chance.id::<OrderId>(now),
            account,
            feed_key: format!("f{ago}"),
            number: None,
            ordered_on,
            amount: 34_000_000,
            promised_on: Some(promised_on),
            delivered_on: late.map(|days| promised_on + chrono::Duration::days(days)),
        };
        self.house.db.write(|conn| orders::upsert(conn, &[order], now)).unwrap();
    }

    /// Everything noted since the last time goes into the database.
    pub fn write(&self) {
        let sql = self.sql.take();
        match self.db.backend() {
            Backend::Sqlite => {
                let path = self.db.url().strip_prefix("sqlite://").unwrap();
                let mut c = SqliteConnection::establish(path).unwrap();
                c.batch_execute(&format!("PRAGMA busy_timeout = 5000; BEGIN; {sql} COMMIT;")).unwrap();
            }
            Backend::Postgres => {
                PgConnection::establish(self.db.url())
                    .unwrap()
                    .batch_execute(&format!("BEGIN; {sql} COMMIT;"))
                    .unwrap();
            }
        }
    }

    fn add(&self, statement: &str) {
        let mut sql = self.sql.borrow_mut();
        sql.push_str(statement);
        sql.push_str(";\n");
    }

    fn blob(&self, id: Uuid) -> String {
        match self.db.backend() {
            Backend::Sqlite => format!("x'{}'", id.simple()),
            Backend::Postgres => format!("'\\x{}'::bytea", id.simple()),
        }
    }
}
