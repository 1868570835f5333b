//! Waves that leave the house: through the sender's threads, over SMTP, to a server with bad moments and to
//! a real one (Exim), whose folder of mails is read by a parser that is not ours.

use crate::support::{TestDb, house_with, roster};
use bellwether::app::{App, outbox, surveys, waves};
use bellwether::clock::FixedClock;
use bellwether::config::{Config, Transport, WebUrl};
use bellwether::domain::contact::EmailAddress;
use bellwether::domain::delivery::UnknownPolicy;
use bellwether::domain::ident::WaveId;
use bellwether::domain::wave::Audience;
use bellwether::jobs::send::Sender;
use bellwether::mail::{Mailer, Smtp, SmtpSettings, Tls};
use bellwether::store::suppressions;
use chrono::{DateTime, TimeDelta, Utc};
use mail_parser::{Address, Message, MessageParser, PartType};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

on_both_backends! {
    a_server_with_bad_moments_gets_each_mail_once,
    nothing_is_said_to_a_server_that_refuses_tls,
    a_real_server_gets_each_mail_of_a_wave_once_and_whole,
}

/// The authority that has signed the certificate of the tests' servers.
pub const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/smtp/authority.pem");

/// The mails that the real server has delivered.
pub struct Maildir(PathBuf);

impl Maildir {
    /// Where `scripts/test` has put it; a test that finds none fails.
    pub fn of_the_server() -> Self {
        Self(variable("BELLWETHER_TEST_MAILS").into())
    }

    /// The mails to addresses of one domain: by recipient, each with its bytes.
    pub fn to(&self, domain: &str) -> Vec<(String, Vec<u8>)> {
        // Nothing has come yet at all, if the folder is not there.
        let Ok(files) = std::fs::read_dir(self.0.join("new")) else { return Vec::new() };
        let mails = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        let addressed = mails.filter_map(|bytes| {
            let text = String::from_utf8_lossy(&bytes);
            let to = text.lines().find_map(|line| line.strip_prefix("Envelope-to: "))?.to_owned();
            to.ends_with(&format!("@{domain}")).then_some((to, bytes))
        });
        addressed.collect()
    }

    /// The same when there are as many as there should be, or more than that.
    pub fn when(&self, domain: &str, count: usize) -> Vec<(String, Vec<u8>)> {
        let began = Instant::now();
        loop {
            let mails = self.to(domain);
            if mails.len() >= count {
                return mails;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{} of {count} mails to {domain}", mails.len());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn variable(name: &str) -> String {
    std::env::var_os(name)
        .and_then(|value| value.into_string().ok())
        .filter(|value| !value.is_empty())
        .unwrap_or_else(|| panic!("{name} is not set: run scripts/test, which starts a mail server"))
}

/// Host and port of the real server.
pub fn real_server() -> (String, u16) {
    let named = variable("BELLWETHER_TEST_SMTP");
    let (host, port) = named.split_once(':').expect("BELLWETHER_TEST_SMTP is host:port");
    (host.to_owned(), port.parse().unwrap())
}

/// A domain that only this test on this engine writes to, in this run.
pub fn domain(test: &str, db: &TestDb) -> String {
    format!("{test}-{}-{}.example", db.backend().name(), std::process::id())
}

fn by_smtp(config: &mut Config) {
    config.mail.transport = Transport::Smtp;
    config.mail.host = Some("localhost".into());
    config.mail.from = Some(EmailAddress::parse("survey@corvane.example").unwrap());
    config.mail.bounce_domain = Some("bounce.corvane.example".into());
    config.organisation.postal_address = Some("18 Taihu Road, Wuxi".into());
    config.organisation.privacy_url = Some(WebUrl::parse("https://corvane.example/privacy").unwrap());
}

/// A house that sends to a server on this machine.
pub fn sending(db: &TestDb, port: u16, tls: Tls, change: impl FnOnce(&mut Config)) -> (Arc<App>, Arc<FixedClock>) {
    let (mut app, clock) = house_with(db, |config| {
        by_smtp(config);
        change(config);
    });
    app.mailer = Mailer::Smtp(Box::new(
        Smtp::new(SmtpSettings {
            tls,
            timeout: Duration::from_secs(10),
            final_timeout: Duration::from_secs(10),
            root_certificate: Some(std::fs::read(AUTHORITY).unwrap()),
            ..SmtpSettings::new("localhost", port, "bellwether.example")
        })
        .unwrap(),
    ));
    (Arc::new(app), clock)
}

fn started(app: &App) -> WaveId {
    surveys::publish_shipped(app).unwrap();
    let version = surveys::named(app, "relationship@1").unwrap().version.id;
    let last_day = app.today() + TimeDelta::days(20);
    let new = waves::NewWave { name: "Winter".into(), version, audience: Audience::default(), last_day };
    let wave = waves::create(app, &app.service(), new).unwrap().id;
    waves::start(app, &app.service(), wave, None).unwrap();
    wave
}

fn states(app: &App, wave: WaveId) -> BTreeMap<String, i64> {
    waves::progress(app, &app.service(), wave).unwrap().mails
}

/// Waits until the mails of a wave stand as they should.
fn reached(app: &App, wave: WaveId, expected: &[(&str, i64)]) {
    let expected: BTreeMap<String, i64> = expected.iter().map(|(state, n)| ((*state).to_owned(), *n)).collect();
    let began = Instant::now();
    loop {
        let now = states(app, wave);
        if now == expected {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{now:?}, and not {expected:?}, after a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn until(what: &str, enough: impl Fn() -> bool) {
    let began = Instant::now();
    while !enough() {
        assert!(began.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What the moody server has seen.
#[derive(Default)]
struct Seen {
    /// How often each recipient was named.
    named: BTreeMap<String, usize>,
    /// Mails that ended with their dot, by recipient.
    taken: Vec<(String, String)>,
    spoken: Vec<String>,
    /// Its mood has passed: nobody is put off or torn away any more.
    calm: bool,
}

/// A server whose mood depends on the recipient: `later…` is put off at first, `nobody…` is refused for
/// ever, to `cut…` the line is cut when the mail is there, and to `torn…`, at first, before it is there.
fn moody(refuses_tls: bool) -> (u16, Arc<Mutex<Seen>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let shared = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let shared = Arc::clone(&shared);
            // A client that is gone ends its conversation, not the server.
            std::thread::spawn(move || drop(converse(stream, refuses_tls, &shared)));
        }
    });
    (port, seen)
}

fn converse(mut stream: TcpStream, refuses_tls: bool, seen: &Mutex<Seen>) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut to = String::new();
    stream.write_all(b"220 moody ESMTP\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        seen.lock().unwrap().spoken.push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" if refuses_tls => "250-moody\r\n250 STARTTLS",
            "EHLO" => "250-moody\r\n250 8BITMIME",
            "STARTTLS" => "454 4.7.0 TLS is not available today",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let mut seen = seen.lock().unwrap();
                *seen.named.entry(to.clone()).or_default() += 1;
                match to.as_str() {
                    to if to.starts_with("later") && !seen.calm => "451 4.7.1 greylisted, come again",
                    to if to.starts_with("nobody") => "550 5.1.1 no such user",
                    _ => "250 2.1.5 ok",
                }
            }
            "DATA" if to.starts_with("torn") && !seen.lock().unwrap().calm => {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            "DATA" => {
                stream.write_all(b"354 go ahead\r\n")?;
                let mut mail = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.push_str("\r\n");
                }
                seen.lock().unwrap().taken.push((to.clone(), mail));
                if to.starts_with("cut") {
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
                "250 2.0.0 taken"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => "250 ok",
        };
        stream.write_all(format!("{reply}\r\n").as_bytes())?;
    }
    Ok(())
}

fn a_server_with_bad_moments_gets_each_mail_once(db: &TestDb) {
    let (port, seen) = moody(false);
    let (app, clock) = sending(db, port, Tls::None, |config| config.mail.unknown_policy = UnknownPolicy::GiveUp);
    roster(&app, 24, |n| {
        let mood = ["plain", "later", "plain", "nobody", "cut", "torn"][n % 6];
        format!("{mood}{n}@moody.example")
    });
    let wave = started(&app);
    let sender = Sender::start(&app).unwrap();
    // The first round: eight are taken, four refused, four cut off, and eight are due again later.
    reached(&app, wave, &[("failed", 4), ("scheduled", 8), ("sent", 8), ("unknown", 4)]);
    {
        let mut seen = seen.lock().unwrap();
        assert_eq!(seen.named.len(), 24);
        seen.calm = true;
    }
    for _ in 0..3 {
        clock.advance(TimeDelta::minutes(20));
        sender.ring();
        std::thread::sleep(Duration::from_millis(50));
    }
    reached(&app, wave, &[("failed", 8), ("sent", 16)]);
    sender.stop();
    let seen = seen.lock().unwrap();
    let taken: BTreeMap<&str, usize> = seen.taken.iter().fold(BTreeMap::new(), |mut all, (to, _)| {
        *all.entry(to.as_str()).or_default() += 1;
        all
    });
    // Whoever was cut off after the dot has the mail, and no second one; all the others that exist have one.
    assert_eq!(taken.len(), 20, "{taken:?}");
    assert!(taken.values().all(|n| *n == 1), "nobody has two: {taken:?}");
    for (to, times) in &seen.named {
        // A kept connection that is torn away before the text is tried anew on another one, at once.
        let expected = match to.split(|c: char| c.is_ascii_digit()).next().unwrap() {
            "torn" => 2..=3,
            "later" => 2..=2,
            _ => 1..=1,
        };
        assert!(expected.contains(times), "{to}: {times}");
        let hash = outbox::address_hash(&app, &EmailAddress::parse(to).unwrap());
        let dead = app.db.read(|conn| suppressions::contains(conn, &hash)).unwrap();
        assert_eq!(dead, to.starts_with("nobody"), "{to}");
    }
    let progress = waves::progress(&app, &app.service(), wave).unwrap();
    assert_eq!(progress.doubted, 4, "{progress:?}");
    let shown = waves::view(&app, &app.service(), wave).unwrap().invitations;
    assert_eq!((shown.delivered, shown.failed), (16, 4));
}

fn nothing_is_said_to_a_server_that_refuses_tls(db: &TestDb) {
    let (port, seen) = moody(true);
    let (app, clock) = sending(db, port, Tls::StartTls, |_| {});
    roster(&app, 12, |n| format!("p{n}@moody.example"));
    let wave = started(&app);
    let sender = Sender::start(&app).unwrap();
    until("sending rests", || app.brake.resting(app.now()).is_some());
    sender.stop();
    let why = app.brake.resting(app.now()).unwrap().why;
    assert!(why.contains("STARTTLS") && why.contains("454"), "{why}");
    // No mail is lost by it, none in doubt, and none has left in the clear.
    assert_eq!(states(&app, wave), BTreeMap::from([("scheduled".to_owned(), 12)]));
    let spoken = seen.lock().unwrap().spoken.join("\n");
    assert!(spoken.contains("STARTTLS") && !spoken.contains("MAIL") && !spoken.contains('@'), "{spoken}");
    // The server comes to its senses, and all of them leave, once.
    let (port, seen) = moody(false);
    let (app, later) = sending(db, port, Tls::None, |_| {});
    clock.advance(TimeDelta::hours(2));
    later.advance(TimeDelta::hours(2));
    let sender = Sender::start(&app).unwrap();
    reached(&app, wave, &[("sent", 12)]);
    sender.stop();
    let seen = seen.lock().unwrap();
    let to: BTreeSet<&str> = seen.taken.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!((seen.taken.len(), to.len()), (12, 12));
}

fn a_real_server_gets_each_mail_of_a_wave_once_and_whole(db: &TestDb) {
    let (_, port) = real_server();
    let domain = domain("wave", db);
    let (app, _) = sending(db, port, Tls::StartTls, |_| {});
    roster(&app, 30, |n| format!("p{n}@{domain}"));
    let wave = started(&app);
    let sender = Sender::start(&app).unwrap();
    reached(&app, wave, &[("sent", 30)]);
    sender.stop();
    let maildir = Maildir::of_the_server();
    let mails = maildir.when(&domain, 30);
    let everybody: BTreeSet<String> = (0..30).map(|n| format!("p{n}@{domain}")).collect();
    assert_eq!(mails.iter().map(|(to, _)| to.clone()).collect::<BTreeSet<_>>(), everybody);
    assert_eq!(mails.len(), 30, "each once");
    let mut ids = BTreeSet::new();
    let mut chinese = 0;
    for (to, bytes) in &mails {
        let mail = MessageParser::default().parse(bytes).expect("a mail");
        chinese += usize::from(is_whole(&mail, to, app.now()));
        assert!(ids.insert(mail.message_id().unwrap().to_owned()), "{to}: its Message-ID is another one's");
    }
    assert_eq!(chinese, 10);
    // A second run of the sender has nothing to do.
    let sender = Sender::start(&app).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    sender.stop();
    assert_eq!(maildir.to(&domain).len(), 30);
}

fn only(address: Option<&Address<'_>>) -> String {
    let all: Vec<_> = address.expect("an address").iter().collect();
    assert_eq!(all.len(), 1);
    all[0].address().unwrap().to_owned()
}

/// Whatever a receiver may ask of one mail. Returns whether it is in Chinese.
fn is_whole(mail: &Message<'_>, to: &str, sent: DateTime<Utc>) -> bool {
    let raw = String::from_utf8(mail.raw_message().to_vec()).unwrap();
    assert!(raw.is_ascii() && raw.lines().all(|line| line.len() <= 998), "{to}: lines");
    for name in ["Subject", "From", "To", "Date", "Message-ID", "MIME-Version", "List-Unsubscribe", "Content-Type"] {
        let count = mail.headers().iter().filter(|h| h.name().eq_ignore_ascii_case(name)).count();
        assert_eq!(count, 1, "{to}: {name}");
    }
    assert_eq!((only(mail.to()), only(mail.from())), (to.to_owned(), "survey@corvane.example".to_owned()));
    assert_eq!(mail.date().unwrap().to_timestamp(), sent.timestamp(), "{to}: the date");
    let id = mail.message_id().unwrap();
    assert!(id.ends_with("@corvane.example"), "{id}");
    // Bounces come back to an address that knows its mail.
    let back = mail.return_address().expect("a way back");
    assert!(back.ends_with("@bounce.corvane.example"), "{back}");

    // RFC 8058: leaving takes one click of the mail program.
    let raw_header = |name: &str| mail.header_raw(name).unwrap().split_whitespace().collect::<String>();
    assert_eq!(raw_header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let leave = raw_header("List-Unsubscribe");
    assert!(leave.contains("<http") && leave.contains("/u/") && leave.contains("<mailto:"), "{leave}");

    let root = mail.root_part();
    let PartType::Multipart(parts) = &root.body else { panic!("{to}: not of several parts") };
    let kind = mail.content_type_of(0);
    assert_eq!(kind, "multipart/alternative");
    assert_eq!(parts.len(), 2, "{to}");
    let kinds: Vec<String> = parts.iter().map(|n| mail.content_type_of(*n)).collect();
    assert_eq!(kinds, ["text/plain", "text/html"], "{to}: the plainest first");
    assert_eq!(mail.attachment_count(), 0);
    assert!(mail.parts.iter().all(|part| !part.is_encoding_problem), "{to}");
    let (text, html) = (mail.body_text(0).unwrap(), mail.body_html(0).unwrap());
    for part in [&text, &html] {
        assert!(!part.contains('\u{fffd}'), "{to}: a character was lost");
        assert!(part.contains("/r/") && part.contains("/u/"), "{to}: links");
        assert!(part.contains("18 Taihu Road, Wuxi"), "{to}: the postal address");
    }
    // Both parts lead to the same form.
    let link = |part: &str| part.split("/r/").nth(1).unwrap().chars().take(64).collect::<String>();
    assert_eq!(link(&text), link(&html));
    let subject = mail.subject().unwrap();
    let chinese = subject.contains("分钟");
    let number: usize = to[1..to.find('@').unwrap()].parse().unwrap();
    assert_eq!(chinese, number.is_multiple_of(3), "{to}: {subject}");
    if chinese {
        assert!(raw.contains("Subject: =?utf-8?"), "{to}: the subject is encoded on its way");
        assert!(text.contains('您') && html.contains("lang=\"zh-CN\""), "{to}");
    } else {
        assert!(html.contains("lang=\"en\""), "{to}");
    }
    chinese
}

/// The type and subtype of a part.
trait ContentTypeOf {
    fn content_type_of(&self, part: u32) -> String;
}

impl ContentTypeOf for Message<'_> {
    fn content_type_of(&self, part: u32) -> String {
        use mail_parser::MimeHeaders;
        let kind = self.part(part).unwrap().content_type().unwrap();
        format!("{}/{}", kind.c_type, kind.c_subtype.as_deref().unwrap_or_default())
    }
}
