use super::*;
use crate::error::{Code, Fault, Place};
use secrecy::ExposeSecret;

fn from_file(text: &str) -> Result<Config, Error> {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("b.toml");
    std::fs::write(&file, text).unwrap();
    Config::load(&Sources { file: Some(file), ..Sources::default() })
}

fn from_environment(variables: &[(&str, &str)]) -> Result<Config, Error> {
    let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::load(&Sources { environment, ..Sources::default() })
}

fn arg<'a>(fault: &'a Fault, name: &str) -> Option<&'a str> {
    fault.args.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
}

/// Line, column and code of each fault.
fn places(result: Result<Config, Error>) -> Vec<(usize, usize, Code)> {
    let error = result.unwrap_err();
    let place = |fault: &Fault| match &fault.place {
        Place::Line { file, line, column } if file.ends_with("b.toml") => (*line, *column, fault.code),
        other => panic!("{other:?}"),
    };
    error.faults().iter().map(place).collect()
}

#[test]
fn the_committed_example_is_what_the_code_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml");
    if std::env::var_os("BELLWETHER_BLESS").is_some() {
        std::fs::write(path, example()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == example(), "config.example.toml is out of date: run the tests with BELLWETHER_BLESS=1");
}

/// The example with the mark of a comment taken from every setting.
fn uncommented() -> String {
    let is_setting = |rest: &str| rest.starts_with("    ") || !rest.starts_with(' ');
    let line = |line: &str| match line.strip_prefix('#') {
        Some(rest) if is_setting(rest) => rest.to_owned(),
        _ => line.to_owned(),
    };
    example().lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_line_of_the_example_can_be_used() {
    let mut text = uncommented();
    let sample = "(what `openssl rand -hex 32` prints)";
    assert!(text.contains(sample));
    text = text.replace(sample, &"ab".repeat(32));
    let config = from_file(&text).unwrap();
    assert_eq!(config.mail.host.as_deref(), Some("smtp.example.com"));
    for path in load::paths(&config) {
        let name = path.rsplit('.').next().unwrap();
        assert!(text.contains(&format!("\n{name} = ")), "{path} is not in the example");
    }
}

#[test]
fn an_empty_file_and_the_commented_example_are_the_defaults() {
    let defaults = format!("{:?}", Config::default());
    assert_eq!(format!("{:?}", from_file("").unwrap()), defaults);
    assert_eq!(format!("{:?}", from_file(&example()).unwrap()), defaults);
}

#[test]
fn flags_over_environment_over_file() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("b.toml");
    std::fs::write(&file, "[mail]\nport = 1\nconcurrency = 1\nmax_attempts = 1\n").unwrap();
    let sources = Sources {
        file: None,
        environment: [
            ("BELLWETHER_CONFIG".to_owned(), file.display().to_string()),
            ("BELLWETHER_MAIL_PORT".to_owned(), "2".to_owned()),
            ("BELLWETHER_MAIL_CONCURRENCY".to_owned(), "2".to_owned()),
        ]
        .into(),
        flags: vec![("mail.port".into(), "3".into())],
    };
    let mail = Config::load(&sources).unwrap().mail;
    assert_eq!((mail.port, mail.concurrency, mail.max_attempts), (3, 2, 1));
}

#[test]
fn every_setting_has_a_variable_of_its_own() {
    let paths = load::paths(&Config::default());
    let variables: std::collections::BTreeSet<String> = paths.iter().map(|path| load::variable(path)).collect();
    assert_eq!(variables.len(), paths.len());
    assert!(variables.contains("BELLWETHER_ORGANISATION_REPORTING_ZONE"));
}

#[test]
fn the_environment_in_its_own_forms() {
    let config = from_environment(&[
        ("BELLWETHER_WEB_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("BELLWETHER_MAIL_PER_HOUR", "100"),
        ("BELLWETHER_MAIL_USER", ""),
        ("BELLWETHER_ORGANISATION_NAME", "12345"),
        ("BELLWETHER_TIERS", r#"[{ key = "all", names = { en = "All" } }]"#),
        ("BELLWETHER_TEST_POSTGRES", "is no setting"),
        ("DATABASE_URL", "postgres://h/d"),
        ("PATH", "/bin"),
    ]);
    // A list of tables has commas of its own, so it is one of the few things for the file alone.
    assert_eq!(config.unwrap_err().faults()[0].place, Place::Setting("BELLWETHER_TIERS".into()));
    let config = from_environment(&[
        ("BELLWETHER_WEB_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("BELLWETHER_MAIL_PER_HOUR", "100"),
        ("BELLWETHER_MAIL_USER", ""),
        ("BELLWETHER_ORGANISATION_NAME", "12345"),
        ("DATABASE_URL", "postgres://h/d"),
    ])
    .unwrap();
    assert_eq!(config.web.trusted_proxies.len(), 2);
    assert_eq!((config.mail.per_hour, config.mail.user), (Some(100), None));
    assert_eq!(config.organisation.name, "12345");
    assert_eq!(config.database_url.engine(), Engine::Postgres);
    let ours =
        from_environment(&[("DATABASE_URL", "postgres://h/d"), ("BELLWETHER_DATABASE_URL", "sqlite://x.db")]).unwrap();
    assert_eq!(ours.database_url.engine(), Engine::Sqlite);
}

#[test]
fn all_faults_of_a_file_are_named_with_line_and_column() {
    let text =
        "lisen = \"x\"\nbase_url = \"ftp://x\"\n\n[mail]\nport = 99999\n  tls = \"ssl\"\nhots = \"x\"\n[male]\nx = 1\n";
    assert_eq!(
        {
            let mut found = places(from_file(text));
            found.sort_by_key(|(line, ..)| *line);
            found
        },
        [
            (1, 1, Code::SettingUnknown),
            (2, 12, Code::ValueMalformed),
            (5, 8, Code::ValueOutOfRange),
            (6, 9, Code::ValueUnknown),
            (7, 1, Code::SettingUnknown),
            (8, 2, Code::SettingUnknown),
        ]
    );
    let error = from_file(text).unwrap_err();
    let near =
        |name: &str| error.faults().iter().find(|f| arg(f, "setting") == Some(name)).and_then(|f| arg(f, "near"));
    assert_eq!((near("lisen"), near("mail.hots")), (Some("listen"), Some("mail.host")));
}

#[test]
fn what_is_no_toml_is_named_with_its_line() {
    assert_eq!(places(from_file("listen = \"127.0.0.1:1\"\n[mail\n")), [(2, 6, Code::SettingFaulty)]);
    assert_eq!(places(from_file("[mail]\nport = 1\nport = 2\n")), [(3, 1, Code::SettingFaulty)]);
    assert_eq!(places(from_file("名 = "))[0], (1, 1, Code::SettingFaulty));
    assert_eq!(places(from_file("[web]\ntrusted_proxies = [\"::1\",\n \"x\"]")), [(3, 2, Code::ValueMalformed)]);
    assert_eq!(places(from_file("mail = 3")), [(1, 8, Code::ValueMalformed)]);
    assert_eq!(places(from_file("listen = { a = 1 }")), [(1, 10, Code::ValueMalformed)]);
    let missing = Config::load(&Sources { file: Some("/no/such/file.toml".into()), ..Sources::default() });
    assert_eq!(missing.unwrap_err().code(), Code::FileUnreadable);
}

#[test]
fn tiers_are_checked_where_they_stand() {
    let tiers = |text: &str| places(from_file(text));
    assert_eq!(
        tiers("[[tiers]]\nkey = \"a\"\nnames = { en = \"A\" }\ncolour = \"red\"\n"),
        [(4, 1, Code::ValueMalformed)],
        "an unknown part of a tier"
    );
    assert_eq!(tiers("tiers = []"), [(1, 9, Code::ValueOutOfRange)]);
    let twice = "tiers = [{ key = \"a\", names = { en = \"A\" } }, { key = \"a\", names = { en = \"B\" } }]";
    assert_eq!(tiers(twice), [(1, 9, Code::ValueTwice)]);
    assert_eq!(tiers("tiers = [{ key = \"A b\", names = { en = \"A\" } }]"), [(1, 9, Code::ValueMalformed)]);
    assert_eq!(tiers("tiers = [{ key = \"a\", names = { de = \"A\" } }]"), [(1, 9, Code::ValueMissing)]);
    let config = from_file("[[tiers]]\nkey = \"gold\"\nnames = { en = \"Gold\", zh-CN = \"金牌\" }\n").unwrap();
    assert_eq!(config.tiers[0].names.for_reader(&Language::chinese()), "金牌");
}

#[test]
fn variables_and_flags_are_named() {
    let error = from_environment(&[("BELLWETHER_MAIL_PORT", "http")]).unwrap_err();
    assert_eq!(error.faults()[0].place, Place::Setting("BELLWETHER_MAIL_PORT".into()));
    let error = from_environment(&[("BELLWETHER_MAIL_HSOT", "x")]).unwrap_err();
    assert_eq!((error.code(), arg(&error.faults()[0], "near")), (Code::SettingUnknown, Some("BELLWETHER_MAIL_HOST")));
    let flags = vec![("mail.port".to_owned(), "0".to_owned()), ("mail".to_owned(), "x".to_owned())];
    let error = Config::load(&Sources { flags, ..Sources::default() }).unwrap_err();
    let codes: Vec<Code> = error.faults().iter().map(|f| f.code).collect();
    assert_eq!(codes, [Code::ValueOutOfRange, Code::SettingUnknown]);
}

#[test]
fn settings_have_to_go_together() {
    let codes = |text: &str| -> Vec<(String, Code)> {
        let error = from_file(text).unwrap_err();
        error.faults().iter().map(|f| (arg(f, "setting").unwrap_or_default().to_owned(), f.code)).collect()
    };
    let missing = |name: &str| (name.to_owned(), Code::ValueMissing);
    assert_eq!(
        codes("[mail]\ntransport = \"smtp\""),
        ["mail.host", "mail.from", "organisation.postal_address", "organisation.privacy_url"].map(missing)
    );
    assert_eq!(codes("[mail]\nuser = \"u\""), [missing("mail.password")]);
    let clear = "[mail]\nhost = \"HOST\"\nuser = \"u\"\npassword = \"p\"\ntls = \"none\"";
    assert_eq!(
        codes(&clear.replace("HOST", "mail.example.com")),
        [("mail.tls".to_owned(), Code::SettingContradiction)]
    );
    assert!(from_file(&clear.replace("HOST", "127.0.0.1")).is_ok());
    assert_eq!(codes("[metrics]\nlisten = \"0.0.0.0:9090\""), [missing("metrics.token")]);
    assert!(from_file("[metrics]\nlisten = \"127.0.0.1:9090\"").is_ok());
    for (text, setting) in [
        ("base_url = \"https://x.org/?a=b\"", "base_url"),
        ("secret_key = \"short\"", "secret_key"),
        ("[organisation]\ncurrency = \"yuan\"", "organisation.currency"),
        ("[mail]\nbounce_domain = \"not a domain\"", "mail.bounce_domain"),
        ("[mail]\nfrom_name = \"a\\r\\nBcc: x@y.cn\"", "mail.from_name"),
        ("[organisation]\nreporting_zone = \"Mars\"", "organisation.reporting_zone"),
        ("[log]\nlevel = \"inof\"", "log.level"),
        ("[jobs]\nnightly = \"0 24 * * *\"", "jobs.nightly"),
    ] {
        assert_eq!(codes(text), [(setting.to_owned(), Code::ValueMalformed)], "{text}");
    }
}

#[test]
fn tls_to_postgres_is_refused_from_the_environment_too() {
    let error = from_environment(&[("DATABASE_URL", "postgres://h/d"), ("PGSSLMODE", "verify-full")]).unwrap_err();
    assert_eq!((error.code(), error.faults()[0].place.to_string()), (Code::DatabaseTlsMissing, "PGSSLMODE".to_owned()));
    assert!(from_environment(&[("PGSSLMODE", "verify-full")]).is_ok(), "SQLite does not care");
    let error = from_environment(&[("DATABASE_URL", "postgres://u:hunter2@h/d?sslmode=require")]).unwrap_err();
    assert_eq!(error.code(), Code::DatabaseTlsMissing);
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn secrets_are_not_shown() {
    let secret = "5ecre7".repeat(8);
    let text = format!(
        "secret_key = \"{}\"\ndatabase_url = \"postgres://u:{secret}@h/d\"\n[mail]\nuser = \"u\"\npassword = \"{secret}\"\n[metrics]\ntoken = \"{secret}\"",
        "5e".repeat(32)
    );
    let config = from_file(&text).unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains(&secret) && !shown.contains(&"5e".repeat(32)), "{shown}");
    assert_eq!(config.mail.password.as_ref().unwrap().expose_secret(), secret);
    assert_eq!(config.secret([0; 32]).unwrap().expose_secret(), [0x5e; 32]);
    for wrong in [
        format!("mail.password = [\"{secret}\"]"),
        format!("metrics.token = {{ x = \"{secret}\" }}"),
        format!("secret_key = \"{secret}!\""),
    ] {
        let error = format!("{:?}", from_file(&wrong).unwrap_err());
        assert!(!error.contains(&secret), "{error}");
    }
}

#[test]
fn what_follows_from_settings() {
    let config = Config::default();
    assert!(!config.secure_cookies());
    assert_eq!(config.sender_name(), "Bellwether");
    let config = from_file("base_url = \"https://x.org/\"\n[mail]\nfrom_name = \"Service\"").unwrap();
    assert!(config.secure_cookies());
    assert_eq!((config.base_url.as_str(), config.sender_name()), ("https://x.org", "Service"));
}

#[test]
fn a_theme_that_cannot_be_read_is_refused_with_its_figure_and_its_line() {
    let error = from_file("[theme]\nground = \"#ffffff\"\naccent = \"#7fb2ff\"").unwrap_err();
    let [fault] = error.faults() else { panic!("{error:?}") };
    assert!(matches!(&fault.place, Place::Line { line: 3, .. }), "{:?}", fault.place);
    assert_eq!(fault.code, Code::ContrastTooLow);
    let [ratio, least, near] = ["ratio", "least", "near"].map(|name| arg(fault, name).unwrap());
    assert_eq!((ratio, least, arg(fault, "what")), ("1.89", "4.5", Some("text")));
    // What it proposes is taken.
    assert!(from_file(&format!("[theme]\nground = \"#ffffff\"\naccent = \"{near}\"")).is_ok());
    assert_eq!(places(from_file("[theme]\naccent = \"blue\"")), [(2, 10, Code::ValueMalformed)]);
    let flags = [("theme.ground_dark".to_owned(), "#777777".to_owned())];
    let error = Config::default().with_flags(&flags).unwrap_err();
    assert!(error.faults().iter().all(|fault| fault.code == Code::ContrastTooLow && arg(fault, "ratio").is_some()));
}
