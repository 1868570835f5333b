use super::*;
use crate::domain::language::Language;
use crate::text::Catalogue;

const PAGE: &str = r##"<!doctype html><title>a < b</title><main id="main">
<form method="get" action="/a"><input name="q" value="kept"></form>
<details class="more"><summary>+</summary>
<form method="post" action='/a'><input type="hidden" name="_form" value="key"><input type=hidden name="to" value="one">
<label for="n">N</label><input id="n" name="n" value="old &amp; gold" required/>
<textarea name="text" title="a > b">old</textarea>
<select name="pick"><option value="x">X</option><option selected>Y &#x27;z&#x27;</option></select>
<label><input type="checkbox" name="box" value="1" checked> Box</label>
<label><input type="radio" name="way" value="l"> L</label><label><input type="radio" name="way" value="r"> R</label>
<input type="password" name="p"></form></details>
<form method="post" action="/a"><input type="hidden" name="to" value="two"><input name="n" value="other"></form>
</main>"##;

fn again(fields: &[(&str, &str)], error: &Error) -> String {
    let fields = Fields(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect());
    let catalogue = std::sync::Arc::new(Catalogue::load(None).unwrap());
    let reader = &catalogue.reader(&Language::english(), chrono_tz::UTC);
    refill(PAGE, &Refused { action: "/a", fields: &fields, error, reader })
}

#[test]
fn what_is_taken_apart_is_put_together_again() {
    let strange = [
        "<",
        "a<b",
        "<!-- <a --> x",
        "<a",
        "<a href=\"x>y\">",
        "<a b='c' d = e f>",
        "</",
        "<script>1<2</script>",
        "é<ü",
        "<a =>",
    ];
    for page in [PAGE].into_iter().chain(strange) {
        let whole: String = markup::pieces(page)
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => (*text).to_owned(),
                Piece::Tag(tag) => tag.write().into_owned(),
            })
            .collect();
        assert_eq!(whole, page);
    }
}

#[test]
fn every_sort_of_field_is_filled_in_and_no_other_form() {
    let typed = [
        ("to", "one"),
        ("n", "\"new\" <b>"),
        ("text", "\nline</textarea>"),
        ("pick", "x"),
        ("way", "r"),
        ("p", "secret"),
    ];
    let page = again(&typed, &Fault::field("n", Code::ValueMissing).into());
    assert!(page.contains("<details class=\"more\" open>"), "{page}");
    assert!(page.contains("<input id=\"n\" name=\"n\" value=\"&quot;new&quot; &lt;b&gt;\" required aria-invalid=\"true\" aria-describedby=\"wrong-n\" autofocus><span class=\"error\" id=\"wrong-n\">"), "{page}");
    assert!(
        page.contains("title=\"a &gt; b\">\n\nline&lt;/textarea&gt;</textarea>")
            || page.contains("title=\"a > b\">\n\nline&lt;/textarea&gt;</textarea>"),
        "{page}"
    );
    assert!(page.contains("<option value=\"x\" selected>X</option><option>Y"), "{page}");
    assert!(page.contains("<input type=\"checkbox\" name=\"box\" value=\"1\"> Box"), "{page}");
    assert!(page.contains("value=\"l\"> L") && page.contains("value=\"r\" checked> R"), "{page}");
    assert!(page.contains("value=\"other\"") && page.contains("value=\"kept\"") && !page.contains("secret"), "{page}");
    assert!(!page.contains("role=\"alert\""), "it is said at the field alone: {page}");
}

#[test]
fn what_concerns_a_group_stands_behind_its_last_label() {
    let page = again(&[("to", "one")], &Fault::field("way", Code::ValueMissing).into());
    assert!(page.contains("> R</label><span class=\"error\" id=\"wrong-way\">"), "{page}");
    assert_eq!(page.matches("aria-describedby=\"wrong-way\"").count(), 2);
    let page = again(&[("to", "one"), ("pick", "x")], &Fault::field("pick", Code::ValueUnknown).into());
    assert!(page.contains("</select><span class=\"error\""), "{page}");
    let page = again(&[("to", "one")], &Fault::field("text", Code::ValueMissing).into());
    assert!(page.contains(">old</textarea><span class=\"error\""), "{page}");
}

#[test]
fn the_form_is_the_one_with_the_same_fixed_fields() {
    let page = again(&[("to", "two"), ("n", "mine")], &Error::new(Code::StepImpossible));
    assert!(page.contains("value=\"old &amp; gold\"") && page.contains("value=\"mine\""), "{page}");
    assert!(
        page.contains("<form method=\"post\" action=\"/a\"><div class=\"flash wrong whole\" role=\"alert\">"),
        "{page}"
    );
    // None is: the message stands on top, and what was written is not lost.
    let page = again(
        &[("to", "three"), ("n", "a long text"), ("k", "key"), ("_form", "a b")],
        &Error::new(Code::StepImpossible),
    );
    assert!(page.contains("<main id=\"main\"><div class=\"flash wrong whole\""), "{page}");
    assert!(page.contains("<blockquote class=\"wrap\">a long text</blockquote>") && !page.contains(">key<"), "{page}");
    assert!(!page.contains("a b</blockquote>"), "{page}");
}

#[test]
fn many_faults_are_counted_on_top_and_those_without_a_field_named_there() {
    let faults = vec![Fault::field("n", Code::ValueMissing), Fault::field("unknown", Code::ValueMissing)];
    let page = again(&[("to", "one")], &Error::faulty(faults));
    assert!(page.contains("The input has 2 mistakes.") && page.contains("<li>Field “unknown”: A value"), "{page}");
    assert!(page.contains("id=\"wrong-n\""), "{page}");
}
