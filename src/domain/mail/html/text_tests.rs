use super::*;
use proptest::prelude::*;

fn to_text(source: &str) -> HtmlText {
    super::to_text(source, &|_| None)
}

fn text(source: &str) -> String {
    to_text(source).text
}

#[test]
fn b6_html_reads_like_the_mail_looked() {
    for (source, expected) in [
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("a  <b>b</b>\n c&nbsp;d", "a b c d"),
        (
            "<ul><li>x<li>y</ul><ol><li>1st<li>2nd</ol>",
            "- x\n- y\n\n1. 1st\n2. 2nd",
        ),
        (
            "<table><tr><td>Mon<td>9-5<tr><td>Tue<td>9-6</table>",
            "Mon\t9-5\nTue\t9-6",
        ),
        (
            "see <a href=\"https://x.example/a?b&amp;c\">this</a>.",
            "see this (https://x.example/a?b&c).",
        ),
        ("<a href=\"https://x.example/\">x.example</a>", "x.example"),
        ("<a href=\"mailto:a@b.c\">a@b.c</a>", "a@b.c"),
        (
            "<a href=\"data:text/html,x\">x</a><a href=\"javascript:y\">y</a>",
            "xy",
        ),
        (
            "<img src=cid:1 alt=logo> <img alt=t width=1 height=1>",
            "[image: logo]",
        ),
        ("<pre>a\n  b\n</pre>c", "a\n  b\n\nc"),
        ("a\u{200b}b\u{feff}", "ab"),
        ("x &lt;h1&gt; y", "x <h1> y"),
        ("", ""),
    ] {
        assert_eq!(text(source), expected, "{source}");
    }
}

#[test]
fn b6_hidden_text_is_dropped() {
    for source in [
        "<head><title>t</title><style>p{}</style></head><body>seen",
        "<head><meta x><body>seen",
        "<div style=\"display:none\">no<div>no</div>no</div>seen",
        "<script>no()</script>seen<!-- no -->",
        "<p style=\"display:none\">no<p>seen",
        "<span style=\"font-size:0\">no</span>seen<div hidden>no</div>",
    ] {
        assert_eq!(text(source), "seen", "{source}");
    }
    assert!(to_text("<div hidden>x</div>y").had_hidden);
    assert!(!to_text("<div hidden> </div>y").had_hidden);
}

fn quoted(source: &str) -> (String, Vec<String>) {
    let html = to_text(source);
    let spans = html
        .spans
        .iter()
        .map(|span| html.text[span.range.clone()].trim().to_owned());
    (html.text.clone(), spans.collect())
}

#[test]
fn b7_quotes_are_marked_and_what_stands_between_them_is_not() {
    let (text, quotes) = quoted(
        "<div>Yes</div><div class=gmail_quote><div class=gmail_attr>On Monday A wrote:</div>\
         <blockquote class=gmail_quote>q1<blockquote type=cite>q2</blockquote>q3</blockquote>inline\
         <blockquote class=gmail_quote>q4</blockquote></div>",
    );
    assert_eq!(
        text,
        "Yes\nOn Monday A wrote:\n\nq1\n\nq2\n\nq3\n\ninline\n\nq4"
    );
    assert_eq!(quotes, ["On Monday A wrote:", "q1\n\nq2\n\nq3", "q4"]);
}

#[test]
fn b7_outlooks_quote_runs_to_the_end() {
    let (_, quotes) = quoted(
        "<p>Do it</p><hr><div id=divRplyFwdMsg>From: A</div><div class=gmail_signature>s</div>",
    );
    assert_eq!(quotes, ["From: A\ns"]);
}

#[test]
fn b7_a_hidden_part_does_not_stretch_its_quote() {
    let (text, quotes) =
        quoted("<div class=yahoo_quoted>q<div hidden>h<div>h</div></div></div><div>mine</div>");
    assert_eq!((text.as_str(), quotes), ("q\nmine", vec!["q".to_owned()]));
}

#[test]
fn b6_deep_and_wide_sources_take_linear_time() {
    let deep = "<div style='display:none'><blockquote type=cite><b>".repeat(50_000);
    assert_eq!(text(&deep), "");
    let wide = format!("<p {}>x", "a=b ".repeat(200_000));
    assert_eq!(text(&wide), "x");
    let open = "<a x=\"".repeat(200_000);
    assert!(!to_text(&open).had_hidden);
    let closes = "</div></blockquote></p>".repeat(100_000);
    assert_eq!(text(&closes), "");
}

proptest! {
    #[test]
    fn b6_spans_are_ordered_and_on_character_bounds(
        source in "(<div class=gmail_attr>|</div>|<blockquote type=cite>|</blockquote>|<div id=divRplyFwdMsg>|\
                    <div hidden>|<p>|<pre>|<br>|<li>|<td>|é| |x|\n){0,40}",
    ) {
        let html = to_text(&source);
        let mut last = 0;
        for span in &html.spans {
            prop_assert!(span.range.start >= last && html.text.get(span.range.clone()).is_some());
            last = span.range.end;
        }
    }
}

#[test]
fn b12_an_image_of_the_mail_is_shown_by_its_name() {
    let images = |src: &str| (src == "cid:a@b").then_some("logo.png");
    for (source, expected) in [
        (
            "<p>See <img src=\"cid:a&#64;b\" alt=x>!",
            "See [image: logo.png]!",
        ),
        ("<img src=cid:other alt=x>", "[image: x]"),
        ("<img src=cid:a@b width=1 height=1>", ""),
        ("<p hidden><img src=cid:a@b></p>", ""),
    ] {
        assert_eq!(super::to_text(source, &images).text, expected, "{source}");
    }
}
