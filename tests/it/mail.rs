//! Both mails as they are composed: their words in both languages, their parts, their headers.

use bellwether::domain::contact::EmailAddress;
use bellwether::domain::ident::{AccountId, InvitationId, MailId};
use bellwether::domain::language::Language;
use bellwether::domain::token::{Purpose, ReturnAddress, SealKey, Token, parse_verp};
use bellwether::error::Code;
use bellwether::mail::view::{
    Digest, DigestFigure, DigestItem, DigestNext, DigestPromise, DigestTier, DigestTiers, Invitation, OtherLanguage,
    Rating, Signature,
};
use bellwether::mail::{Composed, Draft, ListHeaders, Mailbox, Sending, compose};
use bellwether::render::template::Templates;
use bellwether::text::Catalogue;
use chrono::DateTime;
use data_encoding::BASE64;
use serde::Serialize;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

fn render(name: &str, language: &Language, view: &impl Serialize) -> String {
    static HOUSE: LazyLock<(Arc<Catalogue>, Templates)> = LazyLock::new(|| {
        let catalogue = Arc::new(Catalogue::load(None).unwrap());
        let templates = Templates::load(None, &catalogue).unwrap();
        (catalogue, templates)
    });
    let (catalogue, templates) = &*HOUSE;
    templates.render(name, view, &catalogue.reader(language, chrono_tz::Asia::Shanghai)).unwrap()
}

fn key() -> SealKey {
    SealKey::new([9; 32])
}

const MAIL: MailId = MailId(Uuid::from_u128(0x0190_1111_2222_7333_8444_5555_6666_7777));

fn token() -> Token {
    Token {
        account_id: AccountId(Uuid::from_u128(0x0190_aaaa_0000_7000_8000_0000_0000_0001)),
        invitation_id: InvitationId(Uuid::from_u128(0x0190_bbbb_0000_7000_8000_0000_0000_0002)),
    }
}

const PUBLIC: &str = "https://survey.corvane.example";

fn invitation(language: &Language) -> Invitation {
    let (survey, leave) =
        (token().link(&key(), Purpose::Answer, PUBLIC), token().link(&key(), Purpose::Unsubscribe, PUBLIC));
    let other = |tag: &str, name: &str| OtherLanguage {
        language: Language::parse(tag).unwrap(),
        name: name.into(),
        url: format!("{survey}?lang={tag}"),
    };
    if language.is_chinese() {
        Invitation {
            language: language.clone(),
            subject: "与我们合作感受如何？两分钟即可".into(),
            preheader: "点一个数字即可，愿意的话再答几个小问题。".into(),
            company: "科凡轴承".into(),
            addressee: "李工".into(),
            paragraphs: vec![
                "贵公司自 2018 年起与我们合作。最近六个月感受如何？您的回答由我和质量部门阅读，处理结果会告诉您。"
                    .into(),
            ],
            rating: Some(Rating::new(
                "您有多大可能向同事或合作伙伴推荐科凡？",
                (0, "完全不可能"),
                (10, "非常可能"),
                &survey,
            )),
            survey_url: survey.clone(),
            hidden_url: format!("{survey}/more"),
            minutes: 2,
            until: "12 月 14 日".into(),
            signature: Signature { name: "陈若琳".into(), phone: Some("0510-5550 0120".into()), manager: true },
            account: "明皓包装机械".into(),
            role: Some("设备".into()),
            per_year: 2,
            unsubscribe_url: leave,
            privacy_url: Some(format!("{PUBLIC}/privacy")),
            other_languages: vec![other("en", "English")],
            postal_address: "科凡轴承，无锡市太湖路 18 号，邮编 214000".into(),
        }
    } else {
        Invitation {
            language: language.clone(),
            subject: "How is it to work with us? Two minutes".into(),
            preheader: "One tap here, then a few short questions if you like.".into(),
            company: "Corvane Bearings".into(),
            addressee: "Ms Lindqvist".into(),
            paragraphs: vec![
                "You have worked with us since 2019. How has it been in the last six months? Your answer goes to me \
                 and to our quality team, and you will hear what becomes of it."
                    .into(),
            ],
            rating: Some(Rating::new(
                "How likely are you to recommend Corvane to a colleague or a business partner?",
                (0, "not at all likely"),
                (10, "extremely likely"),
                &survey,
            )),
            survey_url: survey.clone(),
            hidden_url: format!("{survey}/more"),
            minutes: 2,
            until: "14 December".into(),
            signature: Signature { name: "Marta Ekholm".into(), phone: Some("+46 31 555 01 20".into()), manager: true },
            account: "Aldersund Turbines".into(),
            role: Some("plant engineering".into()),
            per_year: 2,
            unsubscribe_url: leave,
            privacy_url: Some(format!("{PUBLIC}/privacy")),
            other_languages: vec![other("zh-CN", "中文")],
            postal_address: "Corvane Bearings, 18 Taihu Road, Wuxi 214000, China".into(),
        }
    }
}

fn digest(language: &Language) -> Digest {
    let chinese = language.is_chinese();
    let say = |english: &str, chinese_text: &str| if chinese { chinese_text } else { english }.to_owned();
    let url = |path: &str| format!("https://bellwether.corvane.example/{path}");
    let item = |level, account: String, tier, due, finding, action| DigestItem {
        level,
        account,
        account_url: url("accounts/x"),
        tier,
        due,
        finding,
        action,
        action_url: url("cases/x"),
    };
    let row = |name, responses: &str, figure: Option<(&str, String)>, hidden| DigestTier {
        name,
        responses: responses.into(),
        figure: figure.map(|(nps, interval)| DigestFigure { nps: nps.into(), interval }),
        hidden,
    };
    Digest {
        language: language.clone(),
        subject: say("3 accounts need you this week", "本周有 3 个客户需要您处理"),
        preheader: say("Aldersund: visit on Wednesday. One step is late.", "奥德松涡轮：周三拜访。一个步骤已逾期。"),
        today: say("Monday, 30 November 2026", "2026 年 11 月 30 日星期一"),
        name: say("Marta", "若琳"),
        accounts: 61,
        warned: 2,
        due: 1,
        responses: 14,
        promises: vec![DigestPromise {
            account: say("Aldersund Turbines", "奥德松涡轮"),
            text: say("Ms Berg: overdue since 27 November", "贝格女士：11 月 27 日已到期，已逾期"),
            url: url("follow-ups/x"),
            late: true,
        }],
        items: vec![
            item(
                "red",
                say("Aldersund Turbines", "奥德松涡轮"),
                say("strategic", "战略"),
                Some(say("visit 2 Dec", "12 月 2 日拜访")),
                say(
                    "Satisfaction fell from about 81 to about 48 since May (the chance that it fell by 8 or more is 97 %). \
                     No order since 21 August. The notice of delay is 3 days late at customer service.",
                    "5 月以来满意度由约 81 降至约 48（下降 8 分以上的概率为 97%）。8 月 21 日以来没有订单。客服部的延期通知已晚 3 天。",
                ),
                say("Open the case", "打开个案"),
            ),
            item(
                "orange",
                say("Norrhavn Marine", "诺港船舶"),
                say("key", "重点"),
                Some(say("acknowledge by 1 Dec", "12 月 1 日前确认")),
                say(
                    "Two waves unanswered by all four contacts. Perhaps nobody there has our survey now.",
                    "四位联系人连续两次调查都没有作答。那里可能已无人收到我们的问卷。",
                ),
                say("Find a contact", "查找联系人"),
            ),
            item(
                "yellow",
                say("Kvistholm Gears", "奎斯特齿轮"),
                say("general", "一般"),
                None,
                say(
                    "Orders are perhaps slowing: 52 days since the last, usually 31. May be chance.",
                    "采购可能在放缓：距上次下单 52 天，平时为 31 天。也可能是偶然。",
                ),
                say("Look at orders", "查看订单"),
            ),
        ],
        tiers: Some(DigestTiers {
            period: say("six months to November", "截至 11 月的六个月"),
            rows: vec![
                row(say("Strategic", "战略"), "31", Some(("19", say("−10 to 45", "−10 至 45"))), None),
                row(say("Key", "重点"), "46", Some(("37", say("13 to 56", "13 至 56"))), None),
                row(
                    say("General", "一般"),
                    "4",
                    None,
                    Some(say("not shown: fewer than 5 responses", "答卷不足 5 份，不显示")),
                ),
            ],
        }),
        next: Some(DigestNext {
            weekday: say("Monday", "星期一"),
            date: say("7 December 2026", "2026 年 12 月 7 日"),
            time: say("08:00", "08:00"),
        }),
        settings_url: url("me#digest"),
    }
}

fn draft(language: &Language) -> Draft {
    let view = invitation(language);
    Draft {
        mail_id: MAIL,
        from: Mailbox::new(view.signature.name.clone(), EmailAddress::parse("survey@corvane.example").unwrap()),
        reply_to: Some(Mailbox::new(
            view.signature.name.clone(),
            EmailAddress::parse("marta@corvane.example").unwrap(),
        )),
        to: Mailbox::new(view.addressee.clone(), EmailAddress::parse("anna@aldersund.example").unwrap()),
        subject: view.subject.clone(),
        html: render("mail/invitation.html", language, &view),
        text: render("mail/invitation.txt", language, &view),
        language: language.clone(),
        list: Some(ListHeaders {
            unsubscribe_url: view.unsubscribe_url.clone(),
            unsubscribe_by_mail: true,
            series: "relationship".into(),
            campaign: "2026-h2".into(),
        }),
        auto_submitted: true,
        sent_at: DateTime::from_str("2026-11-30T07:00:00Z").unwrap(),
    }
}

fn composed(draft: &Draft) -> Result<Composed, bellwether::error::Error> {
    let key = key();
    compose(
        draft,
        &Sending { domain: "survey.corvane.example", bounce_domain: Some("bounce.corvane.example"), key: &key },
    )
}

/// A mail taken apart by the rules of RFC 5322 and 2045, as far as ours need them.
struct Parsed {
    headers: Vec<(String, String)>,
    raw_headers: String,
    parts: Vec<(String, String)>,
}

impl Parsed {
    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let value = found.next().map(|(_, v)| v.as_str());
        assert!(found.next().is_none(), "{name} stands twice");
        value
    }
}

fn headers_of(text: &str) -> Vec<(String, String)> {
    let unfolded = text.replace("\r\n ", " ");
    unfolded.split("\r\n").filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.into(), v.into())).collect()
}

fn parse(bytes: &[u8]) -> Parsed {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (raw_headers, body) = text.split_once("\r\n\r\n").unwrap();
    let headers = headers_of(raw_headers);
    let content_type = &headers.iter().find(|(n, _)| n == "Content-Type").unwrap().1;
    assert!(content_type.starts_with("multipart/alternative"), "{content_type}");
    let boundary = content_type.split("boundary=\"").nth(1).unwrap().trim_end_matches('"');
    let parts = body
        .split(&format!("--{boundary}"))
        .filter(|part| part.starts_with("\r\n") && part.trim() != "")
        .map(|part| {
            let (head, body) = part.trim_start().split_once("\r\n\r\n").unwrap();
            let head = headers_of(head);
            let get = |name| head.iter().find(|(n, _)| n == name).unwrap().1.clone();
            let decoded = match get("Content-Transfer-Encoding").as_str() {
                "base64" => BASE64.decode(body.replace("\r\n", "").as_bytes()).unwrap(),
                "quoted-printable" => unquote(body),
                other => panic!("{other}"),
            };
            (get("Content-Type"), String::from_utf8(decoded).unwrap().replace("\r\n", "\n"))
        })
        .collect();
    Parsed { headers, raw_headers: raw_headers.into(), parts }
}

fn unquote(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'=' {
            let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
            out.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            out.push(byte);
        }
    }
    out
}

/// Links and ids change with the key; what is left is what a person decided.
fn redacted(text: &str) -> String {
    let mut out = text.to_owned();
    for purpose in [Purpose::Answer, Purpose::Unsubscribe, Purpose::Private] {
        out = out.replace(&token().seal(&key(), purpose), "[token]");
    }
    for address in [ReturnAddress::Bounce, ReturnAddress::Unsubscribe] {
        out = out.replace(&bellwether::domain::token::verp(&key(), address, MAIL), "[verp]");
    }
    out.replace(&MAIL.to_string(), "[mail]")
}

#[test]
fn an_invitation_in_both_languages() {
    for language in [Language::english(), Language::chinese()] {
        let draft = draft(&language);
        let mail = composed(&draft).unwrap();
        let parsed = parse(&mail.bytes);
        let kinds: Vec<_> = parsed.parts.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["text/plain; charset=utf-8", "text/html; charset=utf-8"], "text first");
        let (text, html) = (&parsed.parts[0].1, &parsed.parts[1].1);
        assert_eq!((text.trim(), html.trim()), (draft.text.trim(), draft.html.trim()), "nothing is lost on the way");
        // The template engine writes `=` as a reference; every reader of HTML reads it back.
        let links = html.replace("&#x3D;", "=");
        for n in 0..=10 {
            let url = format!("{}?s={n}", token().link(&key(), Purpose::Answer, PUBLIC));
            assert!(text.contains(&format!("{url}\n")) && links.contains(&format!("\"{url}\"")), "{n}");
        }
        for url in [token().link(&key(), Purpose::Unsubscribe, PUBLIC), format!("{PUBLIC}/privacy")] {
            assert!(text.contains(&url) && html.contains(&url), "{url}");
        }
        assert!(html.contains(&format!("<html lang=\"{language}\"")));
        let layout = html.matches("<table").count();
        assert_eq!(html.matches("<table role=\"presentation\"").count(), layout, "no table of data in an invitation");
        assert!(!html.contains("<img") && !html.contains("<script"), "no pixel");
        assert!(mail.bytes.is_ascii() && mail.bytes.split(|b| *b == b'\n').all(|line| line.len() <= 998));
        let name = format!("invitation_{language}");
        insta::assert_snapshot!(
            name.clone(),
            redacted(&format!("{}\n\n{text}", parsed.raw_headers.replace("\r\n", "\n")))
        );
        insta::assert_snapshot!(format!("{name}_html"), redacted(html));
    }
}

#[test]
fn a_digest_in_both_languages() {
    for language in [Language::english(), Language::chinese()] {
        let view = digest(&language);
        let (html, text) = (render("mail/digest.html", &language, &view), render("mail/digest.txt", &language, &view));
        for item in &view.items {
            assert!(html.contains(&item.finding) && text.contains(&item.finding) && text.contains(&item.action_url));
        }
        assert_eq!(html.matches("class=\"go\"").count(), 1, "one strong action");
        insta::assert_snapshot!(format!("digest_{language}"), text);
        insta::assert_snapshot!(format!("digest_{language}_html"), html);
    }
}

#[test]
fn headers_say_who_what_and_how_to_leave() {
    let mail = composed(&draft(&Language::english())).unwrap();
    let parsed = parse(&mail.bytes);
    let unsubscribe = parsed.header("List-Unsubscribe").unwrap();
    let (url, mailto) = unsubscribe.split_once(", ").unwrap();
    assert_eq!(url, format!("<{}>", token().link(&key(), Purpose::Unsubscribe, PUBLIC)));
    let address = mailto.strip_prefix("<mailto:").unwrap().trim_end_matches('>');
    assert_eq!(parse_verp(&key(), address), Some((ReturnAddress::Unsubscribe, MAIL)));
    assert!(parsed.raw_headers.contains(&format!("List-Unsubscribe: {unsubscribe}\r\n")), "one line");
    for (name, value) in [
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", "<relationship.survey.corvane.example>"),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("X-Auto-Response-Suppress", "All"),
        ("Feedback-ID", "2026-h2:relationship:survey:bellwether"),
        ("Content-Language", "en"),
        ("MIME-Version", "1.0"),
        ("Message-ID", &mail.message_id),
    ] {
        assert_eq!(parsed.header(name), Some(value), "{name}");
    }
    assert_eq!(mail.message_id, format!("<{MAIL}@survey.corvane.example>"));
    assert!(parsed.header("Date").unwrap().starts_with("Mon, 30 Nov 2026 07:00:00 "));
    assert_eq!(parse_verp(&key(), mail.sender.as_str()), Some((ReturnAddress::Bounce, MAIL)));
    assert!(mail.sender.as_str().split('@').next().unwrap().len() <= 64);
    assert_eq!(mail.bytes, composed(&draft(&Language::english())).unwrap().bytes, "the same mail, byte for byte");
}

#[test]
fn nothing_typed_becomes_a_header() {
    let evil = "Anna\r\nBcc: victim@example.org\r\n\r\n<script>";
    let mut draft = draft(&Language::english());
    draft.subject = format!("Hello {evil}");
    draft.from.name = Some(evil.into());
    draft.to.name = Some(format!("{evil}\u{2028}X-Evil: 1\u{0}"));
    draft.reply_to.as_mut().unwrap().name = Some("\n \r".into());
    draft.text = "--=_x\r\n.\r\nContent-Type: text/evil\r\n\r\n".into();
    let parsed = parse(&composed(&draft).unwrap().bytes);
    let lawful = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Content-Language",
        "Reply-To",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "List-Id",
        "Precedence",
        "Feedback-ID",
        "MIME-Version",
        "Content-Type",
    ];
    for (name, _) in &parsed.headers {
        assert!(lawful.contains(&name.as_str()), "{name}");
    }
    for line in parsed.raw_headers.split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']) && !line.starts_with("Bcc"), "{line:?}");
    }
    assert_eq!(parsed.parts.len(), 2);

    for (bad, code) in [
        ("https://x.example/u/a>, <mailto:evil@example.org", Code::ValueMalformed),
        ("https://x.example/u/a\r\nBcc: v@example.org", Code::ValueMalformed),
        ("javascript:alert(1)", Code::ValueMalformed),
    ] {
        draft.list.as_mut().unwrap().unsubscribe_url = bad.into();
        assert_eq!(composed(&draft).unwrap_err().code(), code, "{bad}");
    }
    draft.list.as_mut().unwrap().unsubscribe_url = "https://x.example/u/a".into();
    draft.list.as_mut().unwrap().series = "a b\r\n".into();
    assert_eq!(composed(&draft).unwrap_err().code(), Code::ValueMalformed);
}

#[test]
fn what_an_import_brings_stays_text() {
    let language = Language::english();
    let mut view = invitation(&language);
    view.addressee = "<img src=x onerror=alert(1)>".into();
    view.account = "A & \"B\"".into();
    let html = render("mail/invitation.html", &language, &view);
    assert!(html.contains("&lt;img") && !html.contains("<img"), "{html}");
    assert!(html.contains("A &amp; &quot;B&quot;"));
    assert!(render("mail/invitation.txt", &language, &view).contains("A & \"B\""));
}

#[test]
fn a_survey_that_begins_with_words_has_a_button() {
    let language = Language::english();
    let mut view = invitation(&language);
    view.rating = None;
    (view.role, view.signature.phone, view.privacy_url) = (None, None, None);
    view.per_year = 1;
    let html = render("mail/invitation.html", &language, &view);
    assert!(html.contains("class=\"go\"") && !html.contains("?s=") && !html.contains("No numbers"));
    assert!(html.contains("a contact at Aldersund Turbines, at most once a year."));
    assert!(!html.contains("Privacy"));
}

#[test]
fn foreign_domains_are_written_as_the_dns_has_them() {
    let mut draft = draft(&Language::chinese());
    draft.to.email = EmailAddress::parse("li@例子.公司").unwrap();
    let mail = composed(&draft).unwrap();
    assert_eq!(mail.recipient.as_str(), "li@xn--fsqu00a.xn--55qx5d");
    assert!(mail.bytes.is_ascii());
}

#[test]
fn a_mail_is_written_in_the_colours_of_the_theme() {
    use bellwether::domain::theme::{Colour, Logo, Theme, Wishes};
    use bellwether::render::look::Look;
    let theme = Theme::new(&Wishes { accent: Colour::parse("#8a1c3b"), ..Wishes::default() }).unwrap();
    let logo = Logo::read(b"\x89PNG\r\n\x1a\n".to_vec()).unwrap();
    let brand = Look::new(&theme, Some(logo), None).of_mails(PUBLIC);
    let english = Language::english();
    let mut view = serde_json::to_value(invitation(&english)).unwrap();
    let plain = render("mail/invitation.html", &english, &view);
    assert!(plain.contains("#0b5a94") && !plain.contains("#8a1c3b"));
    view["brand"] = brand
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let html = render("mail/invitation.html", &english, &view);
    let dark = theme.dark.accent.to_string();
    assert!(html.contains("#8a1c3b") && html.contains(&dark) && !html.contains("#0b5a94") && !html.contains("#7dbbea"));
    let image = html.split("<img").nth(1).expect("the logo").split('>').next().unwrap();
    assert!(image.contains(&format!("src=\"{PUBLIC}/assets/logo.")) && image.contains("alt=\"Corvane"), "{image}");
}
