//! What single elements mean: which are hidden, which quote, which break lines.

use super::tokens::Attributes;

/// The attributes that a rule asks for, found in one pass over a tag.
#[derive(Debug, Default)]
pub(super) struct Marks<'x> {
    id: &'x str,
    class: &'x str,
    style: &'x str,
    kind: &'x str,
    data_marker: &'x str,
    width: &'x str,
    height: &'x str,
    is_hidden: bool,
    pub(super) href: &'x str,
    pub(super) src: &'x str,
    pub(super) alt: &'x str,
}

/// What the text of an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The sender's own words.
    Plain,
    /// Not shown to the sender's reader (B6).
    Hidden,
    /// A quote, to the end of its element (B7).
    Quote,
    /// The head of a quote that runs to the end of the mail (B7).
    QuoteFromHere,
    /// A signature (B8).
    Signature,
}

/// Attributes that are looked at in one tag; no real tag has more.
const MAX_ATTRIBUTES: usize = 64;

impl<'x> Marks<'x> {
    pub(super) fn read(attributes: Attributes<'x>) -> Self {
        let mut marks = Self::default();
        for (name, value) in attributes.iter().take(MAX_ATTRIBUTES) {
            let slot = match name.len() {
                2 if name.eq_ignore_ascii_case("id") => &mut marks.id,
                3 if name.eq_ignore_ascii_case("alt") => &mut marks.alt,
                3 if name.eq_ignore_ascii_case("src") => &mut marks.src,
                4 if name.eq_ignore_ascii_case("type") => &mut marks.kind,
                4 if name.eq_ignore_ascii_case("href") => &mut marks.href,
                5 if name.eq_ignore_ascii_case("class") => &mut marks.class,
                5 if name.eq_ignore_ascii_case("style") => &mut marks.style,
                5 if name.eq_ignore_ascii_case("width") => &mut marks.width,
                6 if name.eq_ignore_ascii_case("height") => &mut marks.height,
                11 if name.eq_ignore_ascii_case("data-marker") => &mut marks.data_marker,
                6 if name.eq_ignore_ascii_case("hidden") => {
                    marks.is_hidden = true;
                    continue;
                }
                _ => continue,
            };
            *slot = value;
        }
        marks
    }

    /// Whether an image is too small to be seen: a tracking pixel.
    pub(super) fn is_pixel(&self) -> bool {
        let tiny = |text: &str| matches!(text.trim_end_matches("px").trim(), "0" | "1" | "2");
        tiny(self.width) && tiny(self.height)
    }

    pub(super) fn role(&self, element: &str) -> Role {
        if self.is_hidden || is_never_shown(element) || hides(self.style) {
            return Role::Hidden;
        }
        if self.id.is_empty()
            && self.class.is_empty()
            && self.data_marker.is_empty()
            && self.kind.is_empty()
        {
            return Role::Plain;
        }
        let is_cite = self.kind.eq_ignore_ascii_case("cite") || self.has_class(&["gmail_quote"]);
        if element.eq_ignore_ascii_case("blockquote") && is_cite || self.has_class(&QUOTE_CLASSES) {
            return Role::Quote;
        }
        if self.has_id(&QUOTE_IDS) || self.data_marker == "__QUOTED_TEXT__" {
            return Role::Quote;
        }
        if self.has_id(&QUOTE_HEAD_IDS) {
            return Role::QuoteFromHere;
        }
        if self.has_class(&SIGNATURE_CLASSES)
            || self.has_id(&SIGNATURE_IDS)
            || self.data_marker == "__SIG_PRE__"
        {
            return Role::Signature;
        }
        Role::Plain
    }

    fn has_class(&self, wanted: &[&str]) -> bool {
        self.class
            .split_ascii_whitespace()
            .take(32)
            .any(|class| is_one_of(class, wanted))
    }

    fn has_id(&self, wanted: &[&str]) -> bool {
        is_one_of(self.id.trim(), wanted)
    }
}

/// Outlook puts `x_` before foreign ids and classes, once for each time a mail passes through it.
fn is_one_of(name: &str, wanted: &[&str]) -> bool {
    let bare = name.trim_start_matches("x_");
    wanted
        .iter()
        .any(|wanted| wanted.eq_ignore_ascii_case(bare))
}

/// Not `gmail_quote` on a `div`: inline answers stand in it, between its blockquotes.
const QUOTE_CLASSES: [&str; 8] = [
    "gmail_attr",
    "yahoo_quoted",
    "moz-cite-prefix",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "ms-outlook-mobile-reference-message",
    "OutlookMessageHeader",
];
const QUOTE_IDS: [&str; 2] = [
    "mail-editor-reference-message-container",
    "OLK_SRC_BODY_SECTION",
];
const QUOTE_HEAD_IDS: [&str; 2] = ["divRplyFwdMsg", "stopSpelling"];
const SIGNATURE_CLASSES: [&str; 4] = [
    "gmail_signature",
    "moz-signature",
    "protonmail_signature_block",
    "AppleMailSignature",
];
const SIGNATURE_IDS: [&str; 3] = [
    "Signature",
    "AppleMailSignature",
    "ms-outlook-mobile-signature",
];

fn is_never_shown(element: &str) -> bool {
    const NEVER: [&str; 8] = [
        "head", "template", "svg", "math", "object", "noframes", "select", "audio",
    ];
    NEVER.iter().any(|name| name.eq_ignore_ascii_case(element))
}

/// Whether a style makes its element invisible (B6). White on white counts only where the style itself says both.
fn hides(style: &str) -> bool {
    if style.is_empty() {
        return false;
    }
    let (mut color, mut background) = (String::new(), String::new());
    for declaration in style.split(';').take(64) {
        let Some((name, value)) = declaration.split_once(':') else {
            continue;
        };
        let compact: String = value
            .to_ascii_lowercase()
            .replace("!important", "")
            .split_ascii_whitespace()
            .collect();
        let is_zero = matches!(compact.as_str(), "0" | "0px" | "0pt" | "0em" | "0%");
        match name.trim().to_ascii_lowercase().as_str() {
            "display" if compact == "none" => return true,
            "visibility" if compact == "hidden" => return true,
            "mso-hide" if compact == "all" => return true,
            "font-size" | "opacity" | "max-height" | "max-width" if is_zero => return true,
            "color" => color = compact,
            "background" | "background-color" => background = compact,
            _ => {}
        }
    }
    !color.is_empty() && color == background
}

/// What an element does to the line it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Nothing.
    Inline,
    /// Starts a line.
    Line,
    /// Starts a line and leaves one empty.
    Paragraph,
    /// A table cell.
    Cell,
}

pub(super) fn flow(element: &str) -> Flow {
    const LINES: [&str; 19] = [
        "div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "main", "aside",
        "nav", "form", "center", "address", "fieldset", "figure", "body", "option",
    ];
    const PARAGRAPHS: [&str; 14] = [
        "p",
        "ul",
        "ol",
        "dl",
        "table",
        "blockquote",
        "pre",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ];
    let is_in = |list: &[&str]| list.iter().any(|name| name.eq_ignore_ascii_case(element));
    match element.len() {
        2 if is_in(&["td", "th"]) => Flow::Cell,
        _ if is_in(&LINES) => Flow::Line,
        _ if is_in(&PARAGRAPHS) => Flow::Paragraph,
        _ => Flow::Inline,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::{Token, Tokens};
    use super::*;

    fn role(tag: &str) -> Role {
        match Tokens::new(tag).next() {
            Some(Token::Open(name, attributes)) => Marks::read(attributes).role(name),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn b6_hidden_elements_are_told() {
        for tag in [
            "<div style=\"display:none\">",
            "<span style='FONT-SIZE: 0px'>",
            "<p style=\"color:#FFF; background: #fff\">",
            "<div style=\"max-height:0;overflow:hidden\">",
            "<span style=\"visibility : hidden !important\">",
            "<b hidden>",
            "<head>",
        ] {
            assert_eq!(role(tag), Role::Hidden, "{tag}");
        }
        for tag in [
            "<p style=\"color:#fff\">",
            "<p style=\"font-size:10px\">",
            "<p aria-hidden=no>",
            "<header>",
        ] {
            assert_eq!(role(tag), Role::Plain, "{tag}");
        }
    }

    #[test]
    fn b7_b8_quotes_and_signatures_of_the_big_clients_are_told() {
        for (tag, expected) in [
            ("<blockquote type=\"cite\">", Role::Quote),
            (
                "<blockquote class=\"gmail_quote\" style=\"x\">",
                Role::Quote,
            ),
            ("<div class=\"gmail_quote\">", Role::Plain),
            ("<div dir=ltr class='gmail_attr'>", Role::Quote),
            (
                "<div class=\"yahoo_quoted\" id=\"yahoo_quoted_12\">",
                Role::Quote,
            ),
            ("<div class=\"moz-cite-prefix\">", Role::Quote),
            ("<div class=\"protonmail_quote\">", Role::Quote),
            (
                "<div id=\"divRplyFwdMsg\" dir=\"ltr\">",
                Role::QuoteFromHere,
            ),
            ("<div id=\"x_x_divRplyFwdMsg\">", Role::QuoteFromHere),
            ("<div data-marker=\"__QUOTED_TEXT__\">", Role::Quote),
            ("<div class=\"gmail_signature\">", Role::Signature),
            ("<div id=\"AppleMailSignature\">", Role::Signature),
            ("<blockquote>", Role::Plain),
            ("<div class=\"quote\">", Role::Plain),
        ] {
            assert_eq!(role(tag), expected, "{tag}");
        }
    }
}
