//! What the running service tells its operators: one line or one JSON object an event, on standard error.
//!
//! What is never logged, at no level: e-mail addresses and names of people, tokens of links, cookies and
//! passwords, what people answered or wrote, bodies of mails and requests. Say *which* with identifiers,
//! and *how many* with counts; whoever may see the record can look it up. As a net below that rule, fields
//! whose names speak of such things (see [`is_private`]) are written as `***`. The net does not
//! read messages: never put such a value into the text of an event.
//!
//! ```
//! use bellwether::{config::Log, telemetry};
//! telemetry::start(&Log::default())?;
//! tracing::info!(wave = "7ppgv", mails = 120, "wave planned");
//! # Ok::<(), bellwether::error::Error>(())
//! ```

use crate::config::{Log, LogFormat};
use crate::error::Error;
use serde_json::{Map, Value, json};
use std::fmt;
use std::io;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::format::{self, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

/// Starts writing events, once in the life of the process.
///
/// # Errors
/// [`crate::error::Code::Internal`] if something else already takes the events.
pub fn start(log: &Log) -> Result<(), Error> {
    let subscriber = subscriber(log, io::stderr);
    tracing::subscriber::set_global_default(subscriber).map_err(Error::internal)
}

/// Is this the name of a field that must not be written?
pub fn is_private(field: &str) -> bool {
    const WORDS: [&str; 17] = [
        "address",
        "answer",
        "answers",
        "authorization",
        "body",
        "comment",
        "cookie",
        "email",
        "key",
        "password",
        "phone",
        "recipient",
        "secret",
        "subject",
        "token",
        "to",
        "from",
    ];
    field.split(['_', '.', '-']).any(|word| WORDS.iter().any(|private| private.eq_ignore_ascii_case(word)))
}

fn subscriber<W>(log: &Log, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(false)
        .fmt_fields(format::debug_fn(write_field).delimited(" "));
    let layer = match log.format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.event_format(JsonLines).boxed(),
    };
    Registry::default().with(layer.with_filter(log.level.targets().clone()))
}

fn write_field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    match field.name() {
        // An event's message may quote input, and a line break in it would forge a line of the log.
        "message" => write!(writer, "{}", format!("{value:?}").replace(['\n', '\r'], " ")),
        name if is_private(name) => write!(writer, "{name}=***"),
        name => write!(writer, "{name}={}", format!("{value:?}").replace(['\n', '\r'], " ")),
    }
}

/// One JSON object a line: time, level, target, spans, and the fields of the event under their own names.
struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let spans: Vec<String> = context
            .event_scope()
            .into_iter()
            .flat_map(|scope| scope.from_root())
            .map(|span| {
                let extensions = span.extensions();
                let fields = extensions.get::<FormattedFields<N>>().map_or("", |f| f.fields.as_str());
                format!("{} {fields}", span.name()).trim_end().to_owned()
            })
            .collect();
        let metadata = event.metadata();
        let line = json!({
            "time": time,
            "level": metadata.level().as_str(),
            "target": metadata.target(),
            "spans": spans,
            "fields": fields.0,
        });
        writeln!(writer, "{line}")
    }
}

struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        let value = if is_private(field.name()) { Value::from("***") } else { value };
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}").into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LogLevel;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, level: &str, events: impl FnOnce()) -> String {
        let buffer = Buffer::default();
        let log = Log { format, level: LogLevel::parse(level).unwrap() };
        let writer = buffer.clone();
        tracing::subscriber::with_default(subscriber(&log, move || writer.clone()), events);
        let bytes = buffer.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    fn some_events() {
        let span = tracing::info_span!("send", mail = 7, contact_email = "anna@example.com");
        span.in_scope(|| {
            tracing::info!(token = "t0k3n", attempts = 2, delivered = true, "mail\nsent");
            tracing::debug!("hidden");
        });
    }

    #[test]
    fn text_hides_what_is_private() {
        let text = written(LogFormat::Text, "info", some_events);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("mail sent") && text.contains("attempts=2") && text.contains("mail=7"), "{text}");
        assert!(text.contains("token=***") && text.contains("contact_email=***"), "{text}");
        assert!(!text.contains("t0k3n") && !text.contains("anna"), "{text}");
    }

    #[test]
    fn json_is_one_object_a_line_and_hides_the_same() {
        let text = written(LogFormat::Json, "debug", some_events);
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["level"], "INFO");
        assert_eq!(
            lines[0]["fields"],
            json!({"message": "mail\nsent", "token": "***", "attempts": 2, "delivered": true})
        );
        assert_eq!(lines[0]["spans"], json!(["send mail=7 contact_email=***"]));
        assert!(lines[0]["time"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn levels_go_by_part() {
        let events = || {
            tracing::debug!(target: "bellwether::mail", "kept");
            tracing::debug!(target: "bellwether::web", "dropped");
        };
        let text = written(LogFormat::Text, "warn,bellwether::mail=debug", events);
        assert!(text.contains("kept") && !text.contains("dropped"), "{text}");
    }

    #[test]
    fn names_of_private_fields() {
        for private in ["email", "Email", "to", "reply_to", "body", "link.token", "secret_key", "recipient_address"] {
            assert!(is_private(private), "{private}");
        }
        for open in ["mail", "account", "attempts", "total", "keys_made", "format", "message"] {
            assert!(!is_private(open), "{open}");
        }
    }
}
