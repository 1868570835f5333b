//! One error type for the whole service, and the table of every code it can carry.
//!
//! An [`Error`] knows what went wrong (its [`Code`]), with what ([`Error::args`]) and where
//! ([`Fault`]s with their places); it knows no HTTP and no language. The text a person reads is made
//! from the code by `text`, in that person's language; the status of a reply by `web`.

use std::fmt;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of thing went wrong: what a caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The input is at fault; sending it again unchanged fails again.
    Invalid,
    /// There is no such thing, or not for this person.
    NotFound,
    /// It was there, and is over.
    Gone,
    /// Nobody is signed in, or the sign-in failed.
    SignIn,
    /// The acting person may not do this.
    Forbidden,
    /// Somebody else was first, or the state does not allow it.
    Conflict,
    TooLarge,
    TooMany,
    /// Something we depend on does not answer; trying again may help.
    Unavailable,
    /// Our own fault.
    Internal,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not found",
            Self::Gone => "gone",
            Self::SignIn => "sign-in",
            Self::Forbidden => "forbidden",
            Self::Conflict => "conflict",
            Self::TooLarge => "too large",
            Self::TooMany => "too many",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $kind:ident;)+) => {
        /// Every way a request, a file or a setting can fail. `docs/errors.md` is printed from this table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$name,)+];

            /// The stable name: what logs, documents and programs use.
            pub fn as_str(self) -> &'static str { match self { $(Code::$name => $text,)+ } }

            pub fn kind(self) -> Kind { match self { $(Code::$name => Kind::$kind,)+ } }

            /// What the code means, for the people who run the service.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc,)+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    // input in general
    /// A value that is required was not given.
    ValueMissing = "value.missing", Invalid;
    /// A value is not of the form that the field takes.
    ValueMalformed = "value.malformed", Invalid;
    /// A value is outside the range that the field takes.
    ValueOutOfRange = "value.out-of-range", Invalid;
    /// A value is not one of those that the field takes.
    ValueUnknown = "value.unknown", Invalid;
    /// A text is shorter than it must be.
    ValueTooShort = "value.too-short", Invalid;
    /// A text is longer than the field takes.
    ValueTooLong = "value.too-long", Invalid;
    /// A value cannot stand beside others that were given.
    ValueConflicting = "value.conflicting", Invalid;
    /// A value occurs twice where it must be unique.
    ValueTwice = "value.twice", Invalid;
    /// A value that must be unique is another record's already.
    ValueTaken = "value.taken", Invalid;
    /// A text has control characters, or marks that turn the direction of what is around them.
    TextUnprintable = "value.unprintable", Invalid;
    /// The input has faults; each is listed with its place.
    InputFaulty = "input.faulty", Invalid;
    /// The body of the request is larger than the service takes.
    BodyTooLarge = "body.too-large", TooLarge;
    // settings
    /// The settings file or a setting in it is not valid; the place is named.
    SettingFaulty = "setting.faulty", Invalid;
    /// There is no setting of this name.
    SettingUnknown = "setting.unknown", Invalid;
    /// Two settings do not go together.
    SettingContradiction = "setting.contradiction", Invalid;
    /// A colour cannot be told from what it stands on, or read there.
    ContrastTooLow = "setting.contrast", Invalid;
    /// A logo is no SVG or PNG of moderate size, or holds more than a drawing.
    LogoFaulty = "setting.logo", Invalid;
    /// The URL of the database has a scheme that is neither sqlite nor postgres.
    DatabaseUrlUnknown = "setting.database-url", Invalid;
    /// TLS to PostgreSQL is asked for, but this build has none.
    DatabaseTlsMissing = "setting.database-tls", Invalid;
    /// A file of texts has a mistake; file and line are named.
    LocaleFaulty = "locale.faulty", Invalid;
    // files
    /// A file cannot be read.
    FileUnreadable = "file.unreadable", Invalid;
    /// A file cannot be written.
    FileUnwritable = "file.unwritable", Unavailable;
    /// A CSV file has a column that is not known.
    ColumnFaulty = "import.column", Invalid;
    /// A CSV file lacks a column that is required.
    ColumnMissing = "import.column-missing", Invalid;
    /// A CSV file is not UTF-8.
    EncodingUnknown = "import.encoding", Invalid;
    /// A row of a CSV file has another number of cells than the header.
    RowRagged = "import.row", Invalid;
    /// A row names a customer number that no account has.
    AccountNumberUnknown = "import.account-unknown", Invalid;
    /// A row answers a question that the survey does not ask of somebody who answered like this.
    QuestionNotAsked = "import.question-not-asked", Invalid;
    /// The survey does not ask accounts of this kind.
    AccountKindNotAsked = "survey.account-kind", Invalid;
    /// Who looks after an account does not enter what is said there: it would be a judgement on oneself.
    OwnAccount = "permission.own-account", Forbidden;
    /// An account would belong to itself, directly or through others.
    AccountCircle = "import.account-circle", Invalid;
    // surveys
    /// A survey definition is not valid; file and line are named.
    SurveyFaulty = "survey.faulty", Invalid;
    /// There is no survey of that name and version.
    SurveyUnknown = "survey.unknown", NotFound;
    /// A published version never changes; a changed definition needs a new version number.
    VersionChanged = "survey.version-changed", Conflict;
    /// A survey of this kind is not sent by a wave: its answers come in as a file, or our own people enter them.
    SurveyNotSent = "survey.not-sent", Invalid;
    // waves
    /// The wave is not in a state that allows this step.
    WaveState = "wave.state", Conflict;
    /// Nobody is left to ask.
    WaveEmpty = "wave.empty", Invalid;
    /// As many contacts as may be are held back from the wave.
    HeldBackEnough = "wave.held-back", Conflict;
    /// The wave does not ask this contact anyway, so that there is nothing to hold back.
    NotAsked = "wave.not-asked", Conflict;
    /// A template is badly written or needs a value that is not there; nothing was sent or shown.
    TemplateFaulty = "template.faulty", Invalid;
    // answering
    /// The link is not one of ours, or was damaged on the way.
    LinkUnknown = "link.unknown", NotFound;
    /// The survey behind this link is closed.
    LinkClosed = "link.closed", Gone;
    /// The link was used too often within a minute; wait before the next try.
    LinkThrottled = "link.throttled", TooMany;
    /// The response can no longer be changed.
    ResponseFinal = "response.final", Conflict;
    // people
    /// The e-mail address or the password is wrong.
    SignInFailed = "sign-in.failed", SignIn;
    /// Nobody is signed in, or the session has ended.
    SignInNeeded = "sign-in.needed", SignIn;
    /// Too many sign-ins failed; wait before the next try.
    SignInThrottled = "sign-in.throttled", TooMany;
    /// The form is too old or comes from elsewhere; load the page again.
    FormStale = "form.stale", Forbidden;
    /// The role of the acting person does not allow this.
    Forbidden = "permission.denied", Forbidden;
    // things
    /// There is no such record, or the acting person may not see it.
    NotFound = "record.not-found", NotFound;
    /// There is no page at this address.
    PageUnknown = "page.unknown", NotFound;
    /// Somebody else changed the record in the meantime; nothing was saved.
    ChangedMeanwhile = "record.changed", Conflict;
    /// The step is not possible in the present state of the record.
    StepImpossible = "record.state", Conflict;
    // figures
    /// A computation was given data for which it has no answer.
    FigureUndefined = "figure.undefined", Invalid;
    // mail
    /// The mail server cannot be reached or does not speak as expected; mails stay in the outbox.
    MailUnavailable = "mail.unavailable", Unavailable;
    /// The mail server refuses this mail for good.
    MailRefused = "mail.refused", Invalid;
    /// An e-mail address is not valid.
    AddressFaulty = "mail.address", Invalid;
    // ourselves
    /// The directory holds something that the demo did not make; it is left alone.
    DirectoryForeign = "demo.directory", Conflict;
    /// The data of the demo were made by another version of the program; `--reset` makes them anew.
    DemoOutdated = "demo.outdated", Conflict;
    /// The database does not answer or is locked; nothing was saved.
    DatabaseUnavailable = "database.unavailable", Unavailable;
    /// There is no database where the setting says; `bellwether migrate` makes one.
    DatabaseMissing = "database.missing", Unavailable;
    /// The schema of the database does not fit this program.
    SchemaMismatch = "database.schema", Unavailable;
    /// Another process serves this embedded database already.
    AlreadyServed = "database.already-served", Conflict;
    /// The service cannot listen at the address of a setting.
    AddressUnavailable = "server.address", Conflict;
    /// Something that the program takes for impossible has happened; the log says more.
    Internal = "internal", Internal;
}

/// Where in the input a fault lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A field of a form, or a question of a survey.
    Field(String),
    /// A line (from 1) and column (from 1) of a text file.
    Line { file: String, line: usize, column: usize },
    /// A row (the header is row 1) and a named column of a table.
    Cell { row: usize, column: String },
    /// A setting by its dotted name.
    Setting(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) | Self::Setting(name) => f.write_str(name),
            Self::Line { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::Cell { row, column } => write!(f, "row {row}, {column}"),
        }
    }
}

pub type Args = Vec<(&'static str, String)>;

/// One thing that is wrong with an input, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: Place,
    pub code: Code,
    pub args: Args,
}

impl Fault {
    pub fn new(place: Place, code: Code) -> Self {
        Self { place, code, args: Vec::new() }
    }

    pub fn field(name: impl Into<String>, code: Code) -> Self {
        Self::new(Place::Field(name.into()), code)
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// Something went wrong. See the module's text for what it knows and what it does not.
pub struct Error(Box<Inner>);

struct Inner {
    code: Code,
    args: Args,
    faults: Vec<Fault>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub fn new(code: Code) -> Self {
        Self(Box::new(Inner { code, args: Vec::new(), faults: Vec::new(), source: None }))
    }

    /// An input with faults. One fault speaks for itself: its code becomes the error's.
    pub fn faulty(faults: Vec<Fault>) -> Self {
        let code = match faults.as_slice() {
            [one] => one.code,
            _ => Code::InputFaulty,
        };
        let mut error = Self::new(code).with("count", faults.len());
        if let [one] = faults.as_slice() {
            error.0.args.extend(one.args.iter().cloned());
        }
        error.0.faults = faults;
        error
    }

    /// Wraps a lower error that the program did not expect.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal).because(source)
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.args.push((name, value.to_string()));
        self
    }

    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error, said of a field: for values that are read by what knows of no form.
    #[must_use]
    pub fn at_field(self, name: impl Into<String>) -> Self {
        if !self.0.faults.is_empty() {
            return self;
        }
        let mut fault = Fault::field(name, self.0.code);
        fault.args = self.0.args;
        fault.into()
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub fn kind(&self) -> Kind {
        self.0.code.kind()
    }

    pub fn args(&self) -> &[(&'static str, String)] {
        &self.0.args
    }

    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::faulty(vec![fault])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.code.as_str())?;
        for (name, value) in &self.0.args {
            write!(f, " {name}={value:?}")?;
        }
        for fault in &self.0.faults {
            write!(f, "; {}: {}", fault.place, fault.code.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|e| e as _)
    }
}
