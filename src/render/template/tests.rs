use super::*;
use crate::domain::language::Language;
use serde_json::json;

fn catalogue() -> Arc<Catalogue> {
    Arc::new(Catalogue::load(None).unwrap())
}

fn compile(files: &[(&str, &str)]) -> Result<Templates> {
    let sources = files
        .iter()
        .map(|(name, text)| (name.to_string(), Source { file: format!("{name}.hbs"), text: text.to_string() }))
        .collect();
    Templates::compile(sources, &catalogue(), 10_000)
}

fn reader(language: Language) -> Reader {
    catalogue().reader(&language, chrono_tz::Asia::Shanghai)
}

fn english() -> Reader {
    reader(Language::english())
}

#[track_caller]
fn fill(text: &str, data: serde_json::Value) -> String {
    compile(&[("page", text)]).unwrap().render("page", &data, &english()).unwrap()
}

#[track_caller]
fn load_faults(files: &[(&str, &str)]) -> Vec<String> {
    let error = compile(files).unwrap_err();
    error.faults().iter().map(|f| format!("{} {} {:?}", f.place, f.code.as_str(), f.args.last().unwrap())).collect()
}

#[test]
fn they_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>(_: &T) {}
    shared(&compile(&[]).unwrap());
}

#[test]
fn the_shipped_templates_are_sound() {
    Templates::load(None, &catalogue()).unwrap();
}

#[test]
fn html_is_escaped_and_plain_text_is_not() {
    let data = json!({ "name": "<b>\"Q&A\"</b>" });
    let templates =
        compile(&[("a.html", "{{name}} {{{name}}}"), ("a.txt", "{{name}} {{t \"days\" count=name}}")]).unwrap();
    let html = templates.render("a.html", &data, &english()).unwrap();
    assert_eq!(html, "&lt;b&gt;&quot;Q&amp;A&quot;&lt;/b&gt; <b>\"Q&A\"</b>");
    assert_eq!(templates.render("a.txt", &data, &english()).unwrap(), "<b>\"Q&A\"</b> <b>\"Q&A\"</b> days");
}

#[test]
fn values_in_texts_are_escaped() {
    assert_eq!(fill("{{t \"days\" count=n}}", json!({ "n": "<i>" })), "&lt;i&gt; days");
    let faults = load_faults(&[("page", "\n{{{t \"days\" count=n}}}")]);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("page.hbs:2:1 template.faulty"), "{faults:?}");
}

#[test]
fn helpers_write_in_the_readers_form() {
    let template = "{{lang}}|{{t \"days\" count=n}}|{{number x decimals=1}}|{{integer n}}|{{signed x}}|\
        {{percent share}}|{{chance share}}|{{interval low x decimals=1}}|{{date day}}|{{date day form=\"long\"}}|\
        {{date day form=\"short\"}}|{{month month}}|{{month month form=\"axis\"}}|{{instant at}}|\
        {{instant at form=\"time\"}}|{{instant at form=\"date\"}}|{{money minor \"CNY\"}}|\
        {{money minor currency=\"CNY\" form=\"full\"}}|{{days n}}|{{number none}}|{{date none}}";
    let data = json!({
        "n": 1234, "x": 1234567.891, "share": 0.48, "low": -2.0, "day": "2026-09-30", "month": "2026-10",
        "at": "2026-11-30T22:00:00Z", "minor": 1_395_000_000, "none": null,
    });
    let templates = compile(&[("page", template)]).unwrap();
    let page = |language| templates.render("page", &data, &reader(language)).unwrap().replace('\u{a0}', " ");
    assert_eq!(
        page(Language::english()),
        "en|1,234 days|1,234,567.9|1,234|+1,234,568|48 %|48 %|−2.0 to 1,234,567.9|30 Sep 2026|30 September 2026|\
         30 Sep|Oct 2026|Oct|1 Dec 2026, 06:00|06:00|1 Dec 2026|14.0 million CNY|13,950,000.00 CNY|1,234 days|–|–"
    );
    assert_eq!(
        page(Language::chinese()),
        "zh-CN|1,234 天|1,234,567.9|1,234|+1,234,568|48%|48%|−2.0 至 1,234,567.9|2026年9月30日|2026年9月30日|\
         9月30日|2026年10月|10月|2026年12月1日 06:00|06:00|2026年12月1日|1,395 万元|13,950,000.00 元|1,234 天|–|–"
    );
}

#[test]
fn helpers_work_inside_blocks_partials_and_each_other() {
    let files = [
        ("page", "{{#> partials/frame title=\"T\"}}{{#each rows}}{{> partials/row}}{{/each}}{{/partials/frame}}"),
        ("partials/frame", "<{{title}} {{lang}}>{{> @partial-block}}</>"),
        (
            "partials/row",
            "{{#if (gt n 1)}}{{t \"interval\" low=(integer n) high=(number n decimals=1)}};{{else if (eq n 1)}}one;{{/if}}",
        ),
    ];
    let data = json!({ "rows": [{ "n": 1 }, { "n": 2000 }, { "n": 0 }] });
    let page = compile(&files).unwrap().render("page", &data, &english()).unwrap();
    assert_eq!(page, "<T en>one;2,000 to 2,000.0;</>");
}

#[test]
fn a_missing_value_is_named_with_template_and_line() {
    let files = [
        ("page", "first\n{{customer.name}}"),
        ("helper", "\n\n{{number total}}"),
        ("text", "{{t \"days\" count=age}}"),
        ("outer", "a\n{{> partials/inner}}"),
        ("partials/inner", "\n\n {{gone}}"),
        ("each", "{{#each rows}}{{name}}{{/each}}"),
    ];
    let templates = compile(&files).unwrap();
    let fails = |name: &str, data: serde_json::Value| {
        let error = templates.render(name, &data, &english()).unwrap_err();
        assert_eq!(error.code(), Code::TemplateFaulty);
        error.args().iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(fails("page", json!({ "customer": {} })), "template=page line=2 variable=customer.name");
    assert_eq!(fails("helper", json!({})), "template=helper line=3 variable=total");
    assert_eq!(fails("text", json!({})), "template=text line=1 variable=age");
    assert_eq!(fails("outer", json!({})), "template=partials/inner line=3 variable=gone");
    assert_eq!(fails("each", json!({ "rows": [{ "name": 1 }, {}] })), "template=each line=1 variable=name");
    assert!(fails("each", json!({})).contains("variable=rows"));
    assert!(fails("nowhere", json!({})).starts_with("template=nowhere"));
    assert!(fails("helper", json!({ "total": "many" })).contains("reason="));
}

#[test]
fn a_missing_value_reads_well() {
    let templates = compile(&[("mail/digest.txt", "{{name}}")]).unwrap();
    let error = templates.render("mail/digest.txt", &json!({}), &english()).unwrap_err();
    assert_eq!(
        crate::text::error::describe(&english(), &error),
        "The template “mail/digest.txt” cannot be filled in (line 1): the value “name” is missing. \
         Nothing was sent; correct the template."
    );
}

#[test]
fn output_has_a_limit() {
    let templates = compile(&[("page", "{{#each rows}}0123456789{{/each}}")]).unwrap();
    let render = |n: usize| templates.render("page", &json!({ "rows": vec![0; n] }), &english());
    assert_eq!(render(1000).unwrap().len(), 10_000);
    let error = render(1001).unwrap_err();
    assert_eq!(error.code(), Code::TemplateFaulty);
    assert!(error.to_string().contains("larger than 10000 bytes"), "{error}");
}

#[test]
fn mistakes_are_found_when_loading_with_their_lines() {
    let faults = load_faults(&[
        ("syntax", "a\n{{#if x}}\n{{/each}}"),
        ("helper", "\n{{nmber x}}"),
        ("nested", "{{#if x}}\n{{t \"interval\" low=(intger x) high=1}}{{/if}}"),
        ("partial", "\n\n{{> partials/gone}}"),
        ("text", "{{t \"no-such-text\"}}"),
        ("values", "{{#each rows}}\n{{#if x}}{{else}}\n{{t \"interval\" low=1}}{{/if}}{{/each}}"),
        ("dynamic", "{{> (lookup this \"which\")}}"),
    ]);
    for expected in [
        "syntax.hbs:3:1 template.faulty",
        "helper.hbs:2:1 value.unknown (\"value\", \"nmber\")",
        "nested.hbs:2:1 value.unknown (\"value\", \"intger\")",
        "partial.hbs:3:1 value.unknown (\"value\", \"partials/gone\")",
        "text.hbs:1:1 value.unknown (\"value\", \"no-such-text\")",
        "values.hbs:3:1 template.faulty (\"variable\", \"high\")",
        "dynamic.hbs:1:1 template.faulty",
    ] {
        assert!(faults.iter().any(|f| f.starts_with(expected)), "{expected} in {faults:#?}");
    }
    assert_eq!(faults.len(), 7, "{faults:#?}");
}

#[test]
fn partials_in_a_circle_are_refused() {
    let faults = load_faults(&[
        ("page", "{{> partials/a}}"),
        ("partials/a", "{{#if x}}{{> partials/b}}{{/if}}"),
        ("partials/b", "{{> partials/a}}"),
        ("self", "{{> self}}"),
        ("unused", "{{#*inline \"loop\"}}{{> loop}}{{/inline}}{{> loop}}"),
    ]);
    let files: Vec<&str> = faults.iter().map(|f| f.split(':').next().unwrap()).collect();
    assert_eq!(files, ["unused.hbs", "partials/a.hbs", "partials/b.hbs", "self.hbs"], "{faults:?}");
}

#[test]
fn partials_of_a_page_itself_are_known() {
    let page =
        fill("{{#*inline \"row\"}}[{{n}}]{{/inline}}{{#each rows}}{{> row}}{{/each}}", json!({ "rows": [{ "n": 1 }] }));
    assert_eq!(page, "[1]");
}

#[test]
fn a_folder_replaces_and_adds_templates() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("mail/partials")).unwrap();
    fs::write(dir.path().join("mail/own.txt.hbs"), "{{> mail/partials/sign.txt}} {{name}}").unwrap();
    fs::write(dir.path().join("mail/partials/sign.txt.hbs"), "–").unwrap();
    fs::write(dir.path().join("notes.md"), "{{#nothing").unwrap();
    let templates = Templates::load(Some(dir.path()), &catalogue()).unwrap();
    assert!(templates.has("mail/own.txt") && templates.names().contains(&"mail/partials/sign.txt"));
    assert_eq!(templates.render("mail/own.txt", &json!({ "name": "R&D" }), &english()).unwrap(), "– R&D");

    fs::write(dir.path().join("mail/own.txt.hbs"), "ok\n{{#if}").unwrap();
    let error = Templates::load(Some(dir.path()), &catalogue()).unwrap_err();
    assert_eq!(error.code(), Code::TemplateFaulty);
    assert!(error.faults()[0].place.to_string().contains("own.txt.hbs:2:"), "{error}");
    assert_eq!(
        Templates::load(Some(Path::new("/no/such/folder")), &catalogue()).unwrap_err().code(),
        Code::FileUnreadable
    );
}
