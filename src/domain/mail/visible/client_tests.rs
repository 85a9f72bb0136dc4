//! What the HTML of well-known clients looks like, in answers and forwards.

use super::*;
use crate::domain::mail::parse;

const OWN: &str = "Make it blue.\n\nAnd bold.";

fn seen(subject: &str, body: &str) -> VisibleText {
    let raw = format!(
        "From: Amelia Smith <a@b.c>\nSubject: {subject}\nIn-Reply-To: <1@x>\nContent-Type: text/html; charset=utf-8\n\n{body}"
    );
    visible(&parse(raw.as_bytes()).unwrap())
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(body: &str) {
    let seen = seen("Re: x", body);
    assert_eq!(words(&seen.text), words(OWN), "{body}");
    assert_eq!(seen.forwarded, None);
}

const OLD: &str = "<div>Which colour shall it be?</div><div>Yours, Hermes</div>";

#[test]
fn b7_gmail() {
    check(&format!(
        "<div dir=\"ltr\"><div>Make it blue.</div><div><br></div><div>And bold.</div></div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On Fri, Nov 20, 2026 at 2:27 PM Hermes &lt;<a href=\"mailto:edit@h.example\">edit@h.example</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">{OLD}</blockquote></div>"
    ));
    // An older one, in a language of which nothing is known.
    check(&format!(
        "<div dir=\"ltr\">Make it blue.<div><br></div><div>And bold.</div></div><div class=\"gmail_extra\"><br><div class=\"gmail_quote\">Zilek 20 xyz Hermes <span dir=\"ltr\">&lt;<a href=\"mailto:edit@h.example\" target=\"_blank\">edit@h.example</a>&gt;</span> qwerty:<br><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex\">{OLD}</blockquote></div><br></div>"
    ));
    // With a signature.
    check(&format!(
        "<div dir=\"ltr\"><div>Make it blue.</div><div>And bold.</div><div><br></div><span class=\"gmail_signature_prefix\">-- </span><br><div dir=\"ltr\" class=\"gmail_signature\" data-smartmail=\"gmail_signature\"><div dir=\"ltr\">Amelia<br>Bakery</div></div></div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">x</div><blockquote class=\"gmail_quote\" style=\"border-left:1px solid\">{OLD}</blockquote></div>"
    ));
    // Indented words are the sender's.
    check(&format!(
        "<div dir=\"ltr\">Make it blue.</div><blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\" class=\"gmail_quote\"><div>And bold.</div></blockquote><div class=\"gmail_quote\"><div class=\"gmail_attr\">On x A wrote:</div><blockquote class=\"gmail_quote\" style=\"margin:0;border-left:1px solid\">{OLD}</blockquote></div>"
    ));
    // Inline answers.
    check(
        "<div dir=ltr><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Fri, Nov 20, 2026 at 2:27 PM Hermes wrote:<br></div><blockquote class=\"gmail_quote\" style=\"border-left:1px solid\"><div>Which colour?</div></blockquote><div>Make it blue.</div><blockquote class=\"gmail_quote\" style=\"border-left:1px solid\"><div>Which font?</div></blockquote><div>And bold.</div></div></div>",
    );
}

#[test]
fn b7_outlook() {
    let own = "<p class=\"MsoNormal\"><span lang=\"EN-GB\">Make it blue.<o:p></o:p></span></p><p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p><p class=\"MsoNormal\">And bold.<o:p></o:p></p><p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>";
    for fields in [
        "<b>From:</b> Hermes &lt;edit@h.example&gt;<br><b>Sent:</b> Friday, November 20, 2026 2:27 PM<br><b>To:</b> Amelia &lt;a@b.c&gt;<br><b>Subject:</b> x",
        "<b>Von:</b> Hermes &lt;edit@h.example&gt; <br><b>Gesendet:</b> Freitag, 20. November 2026 14:27<br><b>An:</b> Amelia<br><b>Betreff:</b> x",
        // A language of which nothing is known.
        "<b>Xyz:</b> Hermes &lt;edit@h.example&gt; <br><b>Qwe:</b> 20 2026 14:27<br><b>Rty:</b> Amelia<br><b>Uio:</b> x",
    ] {
        check(&format!(
            "<html><body lang=EN-GB><div class=WordSection1>{own}<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>{fields}<o:p></o:p></p></div></div><p class=MsoNormal>&nbsp;</p>{OLD}</div></body></html>"
        ));
    }
    // On the web, on phones.
    check(&format!(
        "<div class=\"elementToProof\">Make it blue.</div><div><br></div><div>And bold.</div><div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri\"><b>From:</b> Hermes<br><b>Sent:</b> x<br></font><div>&nbsp;</div></div>{OLD}"
    ));
    check(&format!(
        "<div dir=\"auto\">Make it blue.</div><div>And bold.</div><div id=\"ms-outlook-mobile-signature\"><div></div>Get <a href=\"https://aka.ms/o0ukef\">Outlook for iOS</a></div><div id=\"mail-editor-reference-message-container\"><hr><div class=\"ms-outlook-mobile-reference-message skipProofing\"><b>From:</b> Hermes<br></div>{OLD}</div>"
    ));
    check(&format!(
        "<div>Make it blue.</div><div>And bold.</div><div id=\"Signature\"><p>Amelia Smith</p><p>Bakery</p></div><div id=\"appendonsend\"></div><hr tabindex=\"-1\" style=\"display:inline-block; width:98%\"><div id=\"divRplyFwdMsg\"><b>Od:</b> Hermes</div>{OLD}"
    ));
    // Hotmail, long ago.
    check(&format!(
        "<div dir='ltr'>Make it blue.<br>And bold.<br><br><hr id=\"stopSpelling\">Date: Fri, 20 Nov 2026<br>From: edit@h.example<br>{OLD}</div>"
    ));
}

#[test]
fn b7_apple_yahoo_thunderbird_proton() {
    check(&format!(
        "<div dir=\"auto\">Make it blue.<div>And bold.<br><div dir=\"ltr\"><br>Sent from my iPhone</div><div dir=\"ltr\"><br><blockquote type=\"cite\">On Nov 20, 2026, at 2:27 PM, Hermes &lt;edit@h.example&gt; wrote:<br><br></blockquote></div><blockquote type=\"cite\"><div dir=\"ltr\">{OLD}</div></blockquote></div></div>"
    ));
    check(&format!(
        "<div>Make it blue.</div><div>And bold.</div><div id=\"AppleMailSignature\">Sent from my iPad</div><div><br>On Nov 20, 2026, at 2:27 PM, Hermes &lt;<a href=\"mailto:edit@h.example\">edit@h.example</a>&gt; wrote:<br><br></div><blockquote type=\"cite\">{OLD}</blockquote>"
    ));
    check(&format!(
        "<div class=\"ydp1234abcdyahoo-style-wrap\"><div dir=\"ltr\">Make it blue.</div><div>And bold.</div></div><div id=\"yahoo_quoted_1234567890\" class=\"yahoo_quoted\"><div>On Friday, November 20, 2026 at 02:27:15 PM GMT+1, Hermes &lt;edit@h.example&gt; wrote: </div>{OLD}</div>"
    ));
    check(&format!(
        "<p>Make it blue.</p><p>And bold.</p><div class=\"moz-signature\">-- <br>Amelia</div><div class=\"moz-cite-prefix\">On 20/11/2026 14:27, Hermes wrote:<br></div><blockquote type=\"cite\" cite=\"mid:1@x\">{OLD}</blockquote>"
    ));
    check(&format!(
        "<div style=\"font-family: Arial\">Make it blue.<br>And bold.</div><div class=\"protonmail_signature_block\"><div class=\"protonmail_signature_block-proton\">Sent with <a href=\"https://proton.me\">Proton Mail</a> secure email.</div></div><div class=\"protonmail_quote\">On Friday, November 20th, 2026 at 2:27 PM, Hermes wrote:<blockquote class=\"protonmail_quote\" type=\"cite\">{OLD}</blockquote></div>"
    ));
}

#[test]
fn b7_other_clients() {
    for quote in [
        format!(
            "<hr id=\"zwchr\" data-marker=\"__DIVIDER__\"><div data-marker=\"__HEADERS__\"><b>De: </b>\"Hermes\" &lt;edit@h.example&gt;<br></div><div data-marker=\"__QUOTED_TEXT__\">{OLD}</div>"
        ),
        format!(
            "<div name=\"quote\" style=\"margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;\"><div style=\"margin:0 0 10px 0;\"><b>Gesendet:</b> Freitag<br/><b>Von:</b> Hermes</div>{OLD}</div>"
        ),
        format!(
            "<p id=\"reply-intro\">On 2026-11-20 14:27, Hermes wrote:</p><blockquote type=\"cite\" style=\"padding: 0 0.4em; border-left: #1010ff 2px solid\">{OLD}</blockquote>"
        ),
        format!(
            "<div>20.11.2026, 14:27, \"Hermes\" &lt;edit@h.example&gt;:</div><blockquote>{OLD}</blockquote>"
        ),
        format!(
            "<blockquote style=\"border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;\">Пятница, 20 ноября 2026, 14:27 +03:00 от Hermes:<br>{OLD}</blockquote>"
        ),
        format!(
            "<div style=\"font-size: 12px;\">------------------&nbsp;原始邮件&nbsp;------------------</div><div>发件人: \"Hermes\"</div>{OLD}"
        ),
        format!(
            "<div id=\"isReplyContent\"><br>At 2026-11-20 14:27:15, \"Hermes\" wrote:<br>{OLD}</div>"
        ),
        format!("<div class=\"ntes-mailmaster-quote\">---- Replied Message ----{OLD}</div>"),
        format!(
            "<div>On Fri, Nov 20, 2026, at 14:27, Hermes wrote:<br></div><blockquote type=\"cite\" id=\"qt\">{OLD}</blockquote>"
        ),
        format!(
            "<div name=\"messageReplySection\">On 20 Nov 2026, 14:27 +0100, Hermes wrote:<br><blockquote type=\"cite\" class=\"spark_quote\">{OLD}</blockquote></div>"
        ),
        format!(
            "<div class=\"zmail_extra\">---- On Fri, 20 Nov 2026 14:27:15 +0100 <b>Hermes</b> wrote ----<br><blockquote style=\"margin:0px;border-left:1px solid\">{OLD}</blockquote></div>"
        ),
        format!(
            "<div align=\"left\"><div>-------- Original message --------</div><div>From: Hermes &lt;edit@h.example&gt;</div><div>Date: 20/11/2026</div></div>{OLD}"
        ),
        format!(
            "<div class=\"tutanota_quote\">20 Nov 2026, 14:27 by edit@h.example:<br>{OLD}</div>"
        ),
        format!(
            "<div class=\"x_divRplyFwdMsg\" id=\"x_divRplyFwdMsg\"><b>From:</b> Hermes</div>{OLD}"
        ),
        format!(
            "<table><tr><td>From:</td><td>Hermes &lt;edit@h.example&gt;</td></tr><tr><td>To:</td><td>a@b.c</td></tr><tr><td>Date:</td><td>11/20/2026</td></tr><tr><td>Subject:</td><td>x</td></tr></table>{OLD}"
        ),
        format!("<div>-- Reply above this line -- (hermes-0123456789ab)</div>{OLD}"),
        format!(
            "<div><b>On Fri, 20 Nov 2026 at 14:27, Hermes &lt;edit@h.example&gt; wrote:</b></div>{OLD}"
        ),
        format!(
            "<div>20 Nov 2026, 14:27 by edit@h.example:</div><blockquote class=\"tutanota_quote\" style=\"border-left: 1px solid #93A3B8;\">{OLD}</blockquote>"
        ),
    ] {
        check(&format!(
            "<html><head><style>p{{}}</style></head><body><div>Make it blue.</div><div><br></div><div>And bold.</div><div><br></div>{quote}</body></html>"
        ));
    }
}

#[test]
fn b10_forwards_in_html() {
    for below in [
        "<div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">---------- Forwarded message ---------<br>From: <strong>Chef</strong> &lt;c@d.e&gt;<br>Date: x<br>Subject: menu<br>To: a@b.c<br></div><br><br>Soup 5</div>",
        "<div class=\"moz-forward-container\">-------- Forwarded Message --------<table><tr><th>Subject: </th><td>menu</td></tr><tr><th>From: </th><td>c@d.e</td></tr></table>Soup 5</div>",
        "<div><div>Begin forwarded message:</div><br><blockquote type=\"cite\"><div><b>From: </b>Chef</div><div>Soup 5</div></blockquote></div>",
        "<div id=\"appendonsend\"></div><hr tabindex=\"-1\" style=\"display:inline-block; width:98%\"><div id=\"divRplyFwdMsg\"><b>From:</b> Chef &lt;c@d.e&gt;<br><b>Sent:</b> x<br><b>To:</b> a<br><b>Subject:</b> menu</div><div>Soup 5</div>",
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p><b>Von:</b> Chef &lt;c@d.e&gt;<br><b>Gesendet:</b> x<br><b>An:</b> a<br><b>Betreff:</b> menu</p></div><div>Soup 5</div>",
        "<div class=\"yahoo_quoted\"><div>----- Forwarded message -----<br>From: Chef<br>To: x<br>Sent: y<br>Subject: menu</div>Soup 5</div>",
        "<div class=\"protonmail_quote\">------- Forwarded Message -------<br>From: Chef &lt;c@d.e&gt;<br>Subject: menu<br><br><blockquote type=cite>Soup 5</blockquote></div>",
    ] {
        let seen = seen(
            "Fwd: menu",
            &format!("<div>Put this on the menu page.</div><br>{below}"),
        );
        assert_eq!(seen.text, "Put this on the menu page.", "{below}");
        assert!(
            seen.forwarded
                .is_some_and(|text| text.contains("Soup 5")
                    && text.contains("Chef") | text.contains("c@d.e")),
            "{below}"
        );
    }
}

/// A plain text that lost what its HTML still tells.
#[test]
fn b5_the_html_tells_where_an_unmarked_quote_begins() {
    let both = |plain: &str, html: &str| {
        let raw = format!(
            "From: Amelia <a@b.c>\nSubject: Re: x\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b--\n"
        );
        visible(&parse(raw.as_bytes()).unwrap()).text
    };
    let html = format!(
        "<div>Make it <b>blue</b>, see <a href=\"https://x.example/a\">this</a>.</div><div>And bold.</div><blockquote type=cite>{OLD}</blockquote>"
    );
    for plain in [
        "Make it *blue*, see this <https://x.example/a>.\n\nAnd bold.\n\nXyz qwe rty\n\nWhich colour shall it be?\nYours, Hermes",
        "Make it blue, see this.\nAnd bold.\nWhich colour shall it be?\nYours, Hermes",
    ] {
        let own = both(plain, &html);
        assert!(
            own.starts_with("Make it") && own.ends_with("And bold."),
            "{own}"
        );
    }
    // Bottom posting below an unmarked quote.
    assert_eq!(
        both(
            "On 20 Nov 2026 at 14:27, Hermes wrote:\n\nWhich colour shall it be?\nYours, Hermes\n\nMake it blue.\nAnd bold.",
            &format!(
                "<div>On 20 Nov 2026 at 14:27, Hermes wrote:</div><blockquote type=cite>{OLD}</blockquote><div>Make it blue.</div><div>And bold.</div>"
            ),
        ),
        "Make it blue.\nAnd bold."
    );
    // Where they differ, the plain text stands.
    assert_eq!(
        both("Something else.\n\nAnd more.", "<p>Other words</p>"),
        "Something else.\n\nAnd more."
    );
    // Lost line ends come back.
    assert_eq!(
        both(
            "Make it blue.And boldAmelia",
            "<div>Make it blue.</div><div>And bold</div><div>Amelia</div><blockquote type=cite>old</blockquote>"
        ),
        "Make it blue.\nAnd bold\nAmelia"
    );
}
