//! What is true of every edit.

use proptest::prelude::*;

use super::support::*;

/// Pages made of parts that browsers, and we, have to make sense of.
fn page() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("<p>"),
        Just("</p>"),
        Just("<b>"),
        Just("</b>"),
        Just("<a href='x'>"),
        Just("</a>"),
        Just("<ul>"),
        Just("<li>"),
        Just("</li>"),
        Just("</ul>"),
        Just("<br>"),
        Just("<h1>"),
        Just("</h1>"),
        Just("<main>"),
        Just("</main>"),
        Just("<title>"),
        Just("</title>"),
        Just("<script>"),
        Just("</script>"),
        Just("<!-- c -->"),
        Just("<img alt=\"red cat\">"),
        Just("red"),
        Just("cat"),
        Just("dog"),
        Just(" "),
        Just("\r\n"),
        Just("&amp;"),
        Just("&nbsp;"),
        Just("&"),
        Just("<"),
        Just("é"),
        Just("<i class=x></i>"),
        Just("<td>"),
        Just("<div>"),
        Just("</div>")
    ];
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn instruction() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        Just("red"),
        Just("cat"),
        Just("red cat"),
        Just("cat dog"),
        Just("& cat"),
        Just("new <b> & \"x\"")
    ];
    (text.clone(), text).prop_flat_map(|(a, b)| {
        prop_oneof![
            Just(format!("replace “{a}” with “{b}” everywhere")),
            Just(format!("replace “{a}” with “{b}”")),
            Just(format!("remove “{a}” everywhere")),
            Just(format!("add a paragraph “{b}” after “{a}”")),
            Just(format!("add a list item “{b}”")),
            Just(format!("add a link “{b}” to https://x.org")),
            Just(format!("change the title to “{b}”")),
            Just(format!("change the first paragraph to “{b}”")),
        ]
    })
}

/// The source without its texts: its tags, comments and scripts.
fn tags(source: &str) -> Vec<String> {
    let document = document::read(document::Format::Html, source.to_owned());
    document
        .elements
        .iter()
        .skip(1)
        .map(|e| source[e.open.clone()].to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_instruction_and_no_page_panics(page in page(), instruction in instruction()) {
        let site = Site::new([("a.html".to_owned(), page.clone()), ("b.md".to_owned(), page.clone()), ("c.txt".to_owned(), page)]);
        for name in ["", " on a.html", " on b.md", " on c.txt"] {
            carry_out(&format!("{instruction}{name}"), &site);
        }
    }

    #[test]
    fn no_text_at_all_panics(page in "\\PC{0,60}", instruction in "\\PC{0,60}") {
        let site = Site::new([("a.html".to_owned(), page.clone()), ("b.md".to_owned(), page)]);
        carry_out(&instruction, &site);
        carry_out(&format!("replace \"{instruction}\" with \"x\" everywhere"), &site);
    }

    #[test]
    fn replacing_words_keeps_every_tag(page in page()) {
        let site = one("a.html", &page);
        if let Outcome::Edited { edits, .. } = carry_out("replace \"cat\" with \"new <i> & x\" everywhere", &site) {
            prop_assert_eq!(tags(&edits[0].new_text), tags(&page.replace("alt=\"red cat\"", "alt=\"red new &lt;i> &amp; x\"")));
        }
    }

    #[test]
    fn replacing_back_restores_every_byte(page in page(), from in prop_oneof![Just("red"), Just("cat"), Just("dog")]) {
        let site = one("a.html", &page);
        if let Outcome::Edited { edits, .. } = carry_out(&format!("replace \"{from}\" with \"zebra\" everywhere"), &site) {
            // The words around must not have merged with it.
            let there = one("a.html", &edits[0].new_text);
            if let Outcome::Edited { edits, .. } = carry_out(&format!("replace \"zebra\" with \"{from}\" everywhere"), &there) {
                prop_assert_eq!(&edits[0].new_text, &page);
            }
        }
    }

    #[test]
    fn a_single_replacement_changes_one_stretch(page in page()) {
        if let Outcome::Edited { edits, .. } = carry_out("replace \"cat\" with \"horse\"", &one("a.html", &page)) {
            let places: Vec<String> = page.match_indices("cat").map(|(at, _)| format!("{}horse{}", &page[..at], &page[at + 3..])).collect();
            prop_assert!(places.contains(&edits[0].new_text), "{} -> {}", page, edits[0].new_text);
        }
    }
}

#[test]
fn long_pages_are_edited_in_good_time() {
    let mut page = String::from("<title>t</title><main>");
    while page.len() < 150_000 {
        page.push_str("<p>some <b>bold</b> words &amp; others</p>\n");
    }
    page.push_str("<p>needle</p></main>");
    let deep = format!("{}needle{}", "<b>".repeat(20_000), "</b>".repeat(20_000));
    let flat = format!("<p>{}needle", "<i>x</i> ".repeat(20_000));
    let amps = format!("<p>{}needle", "&copy;&".repeat(20_000));
    for page in [page, deep, flat, amps] {
        let site = one("a.html", &page);
        for instruction in [
            "replace \"missing thing\" with \"x\"",
            "remove \"needle\"",
            "replace \"x\" with \"y\" everywhere",
        ] {
            let started = std::time::Instant::now();
            carry_out(instruction, &site);
            let took = started.elapsed();
            assert!(took.as_secs() < 10, "{instruction} took {took:?}");
        }
    }
}

#[test]
fn long_messages_are_read_in_good_time() {
    for part in [
        "and ",
        "\"",
        "' ",
        "replace \"a\" ",
        "change the ",
        "\n",
        "x\n",
        "with to ",
        ". ",
        "- a\n",
        "on the ",
        "add a paragraph ",
        "“a” ",
        "in the page ",
    ] {
        let message = part.repeat(MAX_INSTRUCTION / part.len());
        let started = std::time::Instant::now();
        carry_out(&message, &shop());
        let took = started.elapsed();
        assert!(took.as_secs() < 10, "{part:?} took {took:?}");
    }
}
