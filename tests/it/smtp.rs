//! Mails to real SMTP servers: a well-behaved one with TLS and sign-in, and one that does at every step
//! what servers do in bad moments.

use bellwether::config::MailTls;
use bellwether::domain::contact::EmailAddress;
use bellwether::domain::delivery::{Enhanced, Failure, Outcome, Stage};
use bellwether::domain::ident::MailId;
use bellwether::error::Code;
use bellwether::mail::{Composed, Mailer, Smtp, SmtpSettings};
use mailin_embedded::{AuthMechanism, Handler, Response, Server, SslConfig, response};
use secrecy::SecretString;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What the scripted server does when it is its turn.
#[derive(Clone, Copy)]
enum Turn {
    Say(&'static str),
    SayAndHangUp(&'static str),
    HangUp,
    /// Says nothing until the client has lost patience.
    Sleep,
}
use Turn::{HangUp, Say, SayAndHangUp, Sleep};

#[derive(Clone, Copy)]
struct Script {
    greeting: Turn,
    extensions: &'static str,
    mail: Turn,
    rcpt: Turn,
    data: Turn,
    dot: Turn,
    /// Hangs up after so many mails on one connection, without a word, as servers do to idle clients.
    mails: usize,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            greeting: Say("220 scripted ESMTP"),
            extensions: "8BITMIME",
            mail: Say("250 2.1.0 sender ok"),
            rcpt: Say("250 2.1.5 recipient ok"),
            data: Say("354 go ahead"),
            dot: Say("250 2.0.0 queued as 42"),
            mails: usize::MAX,
        }
    }
}

#[derive(Default)]
struct Seen {
    connections: usize,
    commands: Vec<String>,
    mails: Vec<String>,
}

struct Scripted {
    port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Scripted {
    fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                shared.lock().unwrap().connections += 1;
                let shared = Arc::clone(&shared);
                // A client that is gone ends its conversation, not the server.
                thread::spawn(move || drop(serve(stream, script, &shared)));
            }
        });
        Self { port, seen }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    fn mailer(&self) -> Mailer {
        mailer(SmtpSettings { tls: MailTls::None, ..settings("127.0.0.1", self.port) })
    }
}

/// Takes the turn; an error ends the conversation.
fn take(turn: Turn, stream: &mut TcpStream) -> io::Result<()> {
    match turn {
        Say(text) => stream.write_all(format!("{text}\r\n").as_bytes()),
        SayAndHangUp(text) => {
            stream.write_all(format!("{text}\r\n").as_bytes())?;
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        HangUp => Err(io::ErrorKind::ConnectionAborted.into()),
        Sleep => {
            thread::sleep(Duration::from_secs(3));
            Err(io::ErrorKind::TimedOut.into())
        }
    }
}

fn serve(mut stream: TcpStream, script: Script, seen: &Mutex<Seen>) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    take(script.greeting, &mut stream)?;
    let mut taken = 0;
    while let Some(line) = lines.next().transpose()? {
        seen.lock().unwrap().commands.push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                let mut words: Vec<_> = script.extensions.split(',').filter(|e| !e.is_empty()).collect();
                words.insert(0, "scripted");
                let last = words.len() - 1;
                for (i, word) in words.iter().enumerate() {
                    let mark = if i == last { ' ' } else { '-' };
                    stream.write_all(format!("250{mark}{word}\r\n").as_bytes())?;
                }
            }
            "MAIL" => take(script.mail, &mut stream)?,
            "RCPT" => take(script.rcpt, &mut stream)?,
            "DATA" => {
                take(script.data, &mut stream)?;
                if !matches!(script.data, Say(text) if text.starts_with("354")) {
                    continue;
                }
                let mut mail = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.push('\n');
                }
                seen.lock().unwrap().mails.push(mail);
                take(script.dot, &mut stream)?;
                taken += 1;
                if taken == script.mails {
                    return Ok(());
                }
            }
            "QUIT" => return take(SayAndHangUp("221 bye"), &mut stream),
            _ => take(Say("250 ok"), &mut stream)?,
        }
    }
    Ok(())
}

fn settings(host: &str, port: u16) -> SmtpSettings {
    SmtpSettings {
        timeout: Duration::from_millis(1500),
        final_timeout: Duration::from_millis(1500),
        ..SmtpSettings::new(host, port, "bellwether.example")
    }
}

fn mailer(settings: SmtpSettings) -> Mailer {
    Mailer::Smtp(Box::new(Smtp::new(settings).unwrap()))
}

fn mail_to(recipient: &str) -> Composed {
    Composed {
        mail_id: MailId(Uuid::from_u128(1)),
        message_id: "<1@example.org>".into(),
        sender: EmailAddress::parse("b+abc@bounce.example.org").unwrap(),
        recipient: EmailAddress::parse(recipient).unwrap(),
        bytes: b"Subject: dots\r\n\r\nfirst\r\n.\r\n..second\r\n".to_vec(),
    }
}

fn send(script: Script) -> (Outcome, Scripted) {
    let server = Scripted::start(script);
    let outcome = server.mailer().send(&mail_to("anna@example.com"));
    (outcome, server)
}

#[test]
fn accepted_with_the_servers_words() {
    let (outcome, server) = send(Script::default());
    let Outcome::Accepted { reply } = outcome else { panic!("{outcome:?}") };
    assert_eq!((reply.code, reply.enhanced, reply.text.as_str()), (250, Some(Enhanced(2, 0, 0)), "2.0.0 queued as 42"));
    let seen = server.seen();
    // The dots of the text arrive as they were: nothing in a mail ends it early.
    assert!(seen.mails[0].starts_with("Subject: dots\n\nfirst\n.\n..second\n"), "{}", seen.mails[0]);
    assert!(seen.commands.contains(&"MAIL FROM:<b+abc@bounce.example.org>".to_owned()));
    assert!(seen.commands.contains(&"RCPT TO:<anna@example.com>".to_owned()));
}

#[test]
fn refusals_are_told_apart_by_stage_and_code() {
    for (script, stage, failure) in [
        (Script { rcpt: Say("550 5.1.1 no such user"), ..Script::default() }, Stage::Recipient, Failure::Hard),
        (
            Script { rcpt: Say("550 Mailbox not found or access denied"), ..Script::default() },
            Stage::Recipient,
            Failure::Unclear,
        ),
        (
            Script { rcpt: Say("552-5.2.2 the mailbox\r\n552 5.2.2 is full"), ..Script::default() },
            Stage::Recipient,
            Failure::Soft,
        ),
        (Script { mail: Say("550 5.1.8 who are you"), ..Script::default() }, Stage::Sender, Failure::Policy),
        (Script { data: Say("554 5.7.1 not today"), ..Script::default() }, Stage::Content, Failure::Policy),
        (Script { dot: Say("550 5.7.1 looks like spam"), ..Script::default() }, Stage::Content, Failure::Policy),
        (Script { dot: Say("550 content refused"), ..Script::default() }, Stage::Content, Failure::Unclear),
    ] {
        let (outcome, _) = send(script);
        let Outcome::Refused { stage: at, reply } = outcome else { panic!("{outcome:?}") };
        assert_eq!((at, reply.failure(at)), (stage, failure), "{reply}");
        assert!(reply.code >= 550);
    }
}

#[test]
fn put_off_at_data_and_at_the_dot() {
    for script in [
        Script { data: Say("451 4.3.0 try later"), ..Script::default() },
        Script { dot: Say("451 4.3.0 try later"), ..Script::default() },
    ] {
        let (outcome, _) = send(script);
        let Outcome::Deferred { stage: Stage::Content, reply } = outcome else { panic!("{outcome:?}") };
        assert_eq!((reply.code, reply.enhanced), (451, Some(Enhanced(4, 3, 0))));
    }
}

#[test]
fn lost_after_the_dot_is_not_lost_before_it() {
    for (script, expected, taken) in [
        (Script { mail: HangUp, ..Script::default() }, false, 0),
        (Script { rcpt: HangUp, ..Script::default() }, false, 0),
        (Script { data: HangUp, ..Script::default() }, false, 0),
        (Script { data: Say("250 that is no answer to DATA"), ..Script::default() }, false, 0),
        (Script { dot: HangUp, ..Script::default() }, true, 1),
        (Script { dot: Say("this is no reply"), ..Script::default() }, true, 1),
        (Script { dot: Sleep, ..Script::default() }, true, 1),
    ] {
        let (outcome, server) = send(script);
        let Outcome::ConnectionLost { after_data, why } = outcome else { panic!("{outcome:?}") };
        assert_eq!(after_data, expected, "{why}");
        assert_eq!(server.seen().mails.len(), taken);
        // The server may have it: on this side nobody tries again.
        assert_eq!(server.seen().connections, 1);
    }
}

#[test]
fn a_server_that_does_not_serve_costs_the_mail_no_try() {
    for greeting in [Say("421 4.3.2 too many connections"), Say("554 no service for you"), HangUp, Sleep] {
        let started = Instant::now();
        let (outcome, _) = send(Script { greeting, ..Script::default() });
        let Outcome::Unreachable { why } = outcome else { panic!("{outcome:?}") };
        assert!(why.contains("127.0.0.1"), "{why}");
        assert!(started.elapsed() < Duration::from_secs(3), "the timeout holds");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refused = mailer(SmtpSettings { tls: MailTls::None, ..settings("127.0.0.1", nobody) });
    assert!(matches!(refused.send(&mail_to("a@example.com")), Outcome::Unreachable { .. }));
}

#[test]
fn connections_are_kept_and_counted() {
    let server = Scripted::start(Script::default());
    let mailer =
        mailer(SmtpSettings { tls: MailTls::None, mails_per_connection: 2, ..settings("127.0.0.1", server.port) });
    for _ in 0..5 {
        assert!(matches!(mailer.send(&mail_to("a@example.com")), Outcome::Accepted { .. }));
    }
    assert_eq!(server.seen().connections, 3, "two mails a connection");
    mailer.close();
    assert_eq!(server.seen().commands.iter().filter(|c| *c == "QUIT").count(), 3);
}

#[test]
fn a_refusal_does_not_cost_the_connection() {
    let server = Scripted::start(Script { rcpt: Say("550 5.1.1 no"), ..Script::default() });
    let mailer = server.mailer();
    for _ in 0..3 {
        assert!(matches!(mailer.send(&mail_to("a@example.com")), Outcome::Refused { .. }));
    }
    let seen = server.seen();
    assert_eq!(seen.connections, 1);
    assert_eq!(seen.commands.iter().filter(|c| *c == "RSET").count(), 3);
}

#[test]
fn a_kept_connection_gone_stale_is_replaced_unnoticed() {
    let server = Scripted::start(Script { mails: 1, ..Script::default() });
    let mailer = server.mailer();
    for _ in 0..3 {
        assert!(matches!(mailer.send(&mail_to("a@example.com")), Outcome::Accepted { .. }));
        thread::sleep(Duration::from_millis(30));
    }
    let seen = server.seen();
    assert_eq!((seen.connections, seen.mails.len()), (3, 3), "each mail once");
}

#[test]
fn many_threads_share_one_mailer() {
    let server = Scripted::start(Script::default());
    let mailer = server.mailer();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert!(matches!(mailer.send(&mail_to("a@example.com")), Outcome::Accepted { .. }));
                }
            });
        }
    });
    let seen = server.seen();
    assert_eq!(seen.mails.len(), 40);
    assert!(seen.connections <= 8, "{} connections", seen.connections);
}

#[test]
fn addresses_outside_ascii_ask_for_smtputf8() {
    let server = Scripted::start(Script::default());
    let outcome = server.mailer().send(&mail_to("李@example.com"));
    let Outcome::Unsendable { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("SMTPUTF8") && why.contains("李@example.com"), "{why}");
    assert!(!server.seen().commands.iter().any(|c| c.starts_with("MAIL")));

    let server = Scripted::start(Script { extensions: "8BITMIME,SMTPUTF8", ..Script::default() });
    let mut mail = mail_to("李@example.com");
    mail.bytes = "To: 李@example.com\r\n\r\nx\r\n".into();
    assert!(matches!(server.mailer().send(&mail), Outcome::Accepted { .. }));
    let seen = server.seen();
    assert!(seen.commands.contains(&"MAIL FROM:<b+abc@bounce.example.org> SMTPUTF8 BODY=8BITMIME".to_owned()));
    assert!(seen.commands.contains(&"RCPT TO:<李@example.com>".to_owned()));
}

#[test]
fn without_starttls_nothing_is_said() {
    let server = Scripted::start(Script { extensions: "8BITMIME,AUTH PLAIN LOGIN", ..Script::default() });
    let smtp = Smtp::new(SmtpSettings {
        user: Some("u".into()),
        password: Some(SecretString::from("hunter2")),
        ..settings("127.0.0.1", server.port)
    })
    .unwrap();
    let error = smtp.check().unwrap_err();
    assert_eq!(error.code(), Code::MailUnavailable);
    assert!(error.to_string().contains("does not offer STARTTLS"), "{error}");
    let outcome = Mailer::Smtp(Box::new(smtp)).send(&mail_to("a@example.com"));
    let Outcome::Unreachable { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("STARTTLS"), "{why}");
    let spoken = server.seen().commands.join("\n");
    assert!(!spoken.contains("AUTH") && !spoken.contains("MAIL"), "{spoken}");
}

/// A mail as a server took it: from whom, to whom, its bytes.
type Taken = (String, Vec<String>, Vec<u8>);

/// The well-behaved server's memory: envelope and text of each mail, and who signed in.
#[derive(Clone, Default)]
struct Inbox {
    signed_in: Arc<Mutex<Vec<String>>>,
    mails: Arc<Mutex<Vec<Taken>>>,
}

impl Handler for Inbox {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.mails.lock().unwrap().push((from.to_owned(), Vec::new(), Vec::new()));
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.mails.lock().unwrap().last_mut().unwrap().1.push(to.to_owned());
        response::OK
    }

    fn data(&mut self, buf: &[u8]) -> io::Result<()> {
        self.mails.lock().unwrap().last_mut().unwrap().2.extend_from_slice(buf);
        Ok(())
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        self.auth_login(user, password)
    }

    fn auth_login(&mut self, user: &str, password: &str) -> Response {
        self.signed_in.lock().unwrap().push(user.to_owned());
        if password == "right" { response::AUTH_OK } else { response::INVALID_CREDENTIALS }
    }
}

const AUTHORITY: &[u8] = include_bytes!("smtp/authority.pem");

/// A whole server with STARTTLS and sign-in by the given ways.
fn whole_server(ways: &[AuthMechanism]) -> (Inbox, u16) {
    // Two providers of cryptography are in the tree of the tests; the server takes the process's.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/smtp");
    let inbox = Inbox::default();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut server = Server::new(inbox.clone());
    server.with_name("localhost").with_tcp_listener(listener);
    for way in ways {
        server.with_auth(way.clone());
    }
    server
        .with_ssl(SslConfig::SelfSigned {
            cert_path: format!("{folder}/server.crt"),
            key_path: format!("{folder}/server.key"),
        })
        .unwrap();
    thread::spawn(move || server.serve().is_ok());
    (inbox, port)
}

fn signed_in(port: u16, password: &str) -> SmtpSettings {
    SmtpSettings {
        user: Some("bellwether".into()),
        password: Some(SecretString::from(password)),
        root_certificate: Some(AUTHORITY.to_vec()),
        ..settings("localhost", port)
    }
}

#[test]
fn starttls_and_sign_in_by_plain_and_login() {
    for way in [AuthMechanism::Plain, AuthMechanism::Login] {
        let (inbox, port) = whole_server(&[way]);
        let smtp = Smtp::new(signed_in(port, "right")).unwrap();
        smtp.check().unwrap();
        let outcome = Mailer::Smtp(Box::new(smtp)).send(&mail_to("anna@example.com"));
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        assert_eq!(*inbox.signed_in.lock().unwrap(), ["bellwether", "bellwether"]);
        let mails = inbox.mails.lock().unwrap();
        let (from, to, text) = &mails[0];
        assert_eq!(
            (from.as_str(), to.as_slice()),
            ("b+abc@bounce.example.org", ["anna@example.com".to_owned()].as_slice())
        );
        assert!(String::from_utf8_lossy(text).contains("first"));
    }
}

#[test]
fn a_wrong_password_and_a_strange_certificate_are_named() {
    let (inbox, port) = whole_server(&[AuthMechanism::Plain]);
    let outcome = mailer(signed_in(port, "wrong")).send(&mail_to("a@example.com"));
    let Outcome::Unreachable { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("signing in") && why.contains("535") && !why.contains("wrong"), "{why}");

    let stranger = SmtpSettings { root_certificate: None, ..signed_in(port, "right") };
    let outcome = mailer(stranger).send(&mail_to("a@example.com"));
    let Outcome::Unreachable { why } = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("STARTTLS") && why.to_lowercase().contains("cert"), "{why}");

    // The certificate says localhost; the address says something else.
    let elsewhere = SmtpSettings { host: "127.0.0.1".into(), ..signed_in(port, "right") };
    let outcome = mailer(elsewhere).send(&mail_to("a@example.com"));
    assert!(matches!(outcome, Outcome::Unreachable { .. }), "{outcome:?}");
    assert!(inbox.mails.lock().unwrap().is_empty());
}
