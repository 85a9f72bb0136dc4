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
    name: &'x str,
    width: &'x str,
    height: &'x str,
    tab_index: &'x str,
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
    /// Stands between the sender's words and a quote that runs to the end of the mail; without words above, nothing (B7).
    Divider,
    /// What Outlook puts above an original, if header fields are in it: then a quote runs to the end of the mail (B7).
    HeaderBox,
    /// Gmail's element around attribution and quote; inline answers stand in it too (B7).
    Container,
    /// Indented: a quote below an attribution, and else the sender's own (B7).
    Indented,
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
                4 if name.eq_ignore_ascii_case("name") => &mut marks.name,
                4 if name.eq_ignore_ascii_case("type") => &mut marks.kind,
                4 if name.eq_ignore_ascii_case("href") => &mut marks.href,
                5 if name.eq_ignore_ascii_case("class") => &mut marks.class,
                5 if name.eq_ignore_ascii_case("style") => &mut marks.style,
                5 if name.eq_ignore_ascii_case("width") => &mut marks.width,
                6 if name.eq_ignore_ascii_case("height") => &mut marks.height,
                8 if name.eq_ignore_ascii_case("tabindex") => &mut marks.tab_index,
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
        if element.eq_ignore_ascii_case("blockquote") {
            return self.blockquote();
        }
        if element.eq_ignore_ascii_case("hr") {
            return self.ruler();
        }
        if let Some(role) = self.named_role() {
            return role;
        }
        let is_div = element.eq_ignore_ascii_case("div");
        if is_div && is_header_box(self.style) {
            Role::HeaderBox
        } else if is_div && self.has_class(&CONTAINER_CLASSES) {
            Role::Container
        } else if element.eq_ignore_ascii_case("signature") {
            Role::Signature
        } else {
            Role::Plain
        }
    }

    /// What ids, classes and names say.
    fn named_role(&self) -> Option<Role> {
        let names = [self.id, self.class, self.data_marker, self.name];
        if names.iter().all(|name| name.is_empty()) {
            return None;
        }
        let is = |wanted: &[&str]| {
            self.has_class(wanted)
                || is_one_of(self.id.trim(), wanted)
                || is_one_of(self.name.trim(), wanted)
        };
        if is(&QUOTE_HEADS) || has_head(self.id, "divRpF") {
            Some(Role::QuoteFromHere)
        } else if is(&["appendonsend"]) {
            Some(Role::Divider)
        } else if is(&QUOTES)
            || matches!(self.data_marker, "__QUOTED_TEXT__" | "__HEADERS__")
            || has_head(self.id, "yahoo_quoted")
            || has_head(self.id, "yahooQuoted")
            || self.name == "quote"
        {
            Some(Role::Quote)
        } else if is(&SIGNATURES)
            || self.data_marker == "__SIG_PRE__"
            || has_head(self.id, "bloop_sign")
        {
            Some(Role::Signature)
        } else {
            None
        }
    }

    /// Clients cite in blockquotes; people indent with them, for which Gmail takes its quote's class without the bar.
    fn blockquote(&self) -> Role {
        let has_no_bar = self.has_style("border:none") || self.has_style("border:0");
        if self.kind.eq_ignore_ascii_case("cite") {
            return Role::Quote;
        }
        if has_no_bar {
            return Role::Indented;
        }
        let is_quote = self.has_class(&["gmail_quote"]) || self.named_role() == Some(Role::Quote);
        if is_quote || self.has_style("border-left:") && !self.has_style("border-left:none") {
            Role::Quote
        } else {
            Role::Indented
        }
    }

    /// Rulers that only clients draw.
    fn ruler(&self) -> Role {
        let is_divider = self.data_marker == "__DIVIDER__"
            || is_one_of(self.id.trim(), &["stopSpelling", "zwchr"])
            || self.tab_index == "-1" && self.has_style("width:98%");
        if is_divider {
            Role::Divider
        } else {
            Role::Plain
        }
    }

    fn has_style(&self, wanted: &str) -> bool {
        has_style(self.style, wanted)
    }

    fn has_class(&self, wanted: &[&str]) -> bool {
        self.class
            .split_ascii_whitespace()
            .take(32)
            .any(|class| is_one_of(class, wanted))
    }
}

/// Whether a style says something, however it is spaced.
fn has_style(style: &str, wanted: &str) -> bool {
    style
        .split(';')
        .take(64)
        .map(|declaration| {
            declaration
                .chars()
                .filter(|c| !c.is_whitespace())
                .take(64)
                .collect::<String>()
                .to_ascii_lowercase()
        })
        .any(|declaration| declaration.starts_with(wanted))
}

/// Outlook's line above the header fields of an original.
fn is_header_box(style: &str) -> bool {
    style.contains("border-top")
        && has_style(style, "border-top:solid")
        && (has_style(style, "padding:3.0pt") || has_style(style, "border:none"))
}

fn has_head(name: &str, head: &str) -> bool {
    bare(name.trim()).starts_with(head)
}

fn is_one_of(name: &str, wanted: &[&str]) -> bool {
    let bare = bare(name);
    wanted
        .iter()
        .any(|wanted| wanted.eq_ignore_ascii_case(bare))
}

/// A name without what webmail puts before foreign ids and classes, once for each time a mail passes through it: `x_`
/// (Outlook), `ecx` (Hotmail), `m_-123` (Gmail), `yiv123` and `ydp12ab34cd` (Yahoo).
fn bare(name: &str) -> &str {
    let mut rest = name;
    loop {
        let after =
            if let Some(after) = rest.strip_prefix("x_").or_else(|| rest.strip_prefix("ecx")) {
                after
            } else if let Some(after) = rest.strip_prefix("yiv") {
                after.trim_start_matches(|c: char| c.is_ascii_digit())
            } else if let Some(after) = rest.strip_prefix("m_") {
                after
                    .trim_start_matches('-')
                    .trim_start_matches(|c: char| c.is_ascii_digit())
            } else if let Some(after) = rest.strip_prefix("ydp")
                && let Some(id) = after.get(..8)
                && id.bytes().all(|b| b.is_ascii_alphanumeric())
            {
                // Seven or eight signs; the name behind them begins with a letter either way.
                let (seven, eight) = (
                    after.get(7..).unwrap_or_default(),
                    after.get(8..).unwrap_or_default(),
                );
                if YAHOO.iter().any(|known| seven.starts_with(known)) {
                    seven
                } else {
                    eight
                }
            } else {
                return rest;
            };
        if after.is_empty() {
            return rest;
        }
        rest = after;
    }
}

const YAHOO: [&str; 3] = ["yahoo_quoted", "signature", "gmail_"];

/// Not `gmail_quote` on a `div`: inline answers stand in it, between its blockquotes.
const CONTAINER_CLASSES: [&str; 2] = ["gmail_quote", "gmail_quote_container"];
const QUOTES: [&str; 22] = [
    "gmail_attr",
    "yahoo_quoted",
    "moz-cite-prefix",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "ms-outlook-mobile-reference-message",
    "OutlookMessageHeader",
    "mail-editor-reference-message-container",
    "OLK_SRC_BODY_SECTION",
    "AppleOriginalContents",
    "isReplyContent",
    "ntes-mailmaster-quote",
    "reply-intro",
    "qt",
    "messageReplySection",
    "spark_quote",
    "front-blockquote",
    "CanaryBlockquote",
    "airmail_on",
    "bloop_original_html",
    "hey-quote",
];
const QUOTE_HEADS: [&str; 1] = ["divRplyFwdMsg"];
const SIGNATURES: [&str; 16] = [
    "gmail_signature",
    "gmail_signature_prefix",
    "moz-signature",
    "protonmail_signature_block",
    "AppleMailSignature",
    "Signature",
    "ms-outlook-mobile-signature",
    "composer_signature",
    "messageSignatureSection",
    "bloop_sign",
    "spark_sig",
    "CanarySig",
    "front-signature",
    "tutanota_signature",
    "Zm-_Id_-Sgn",
    "lineBreakAtBeginningOfSignature",
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
            ("<div class=\"gmail_quote\">", Role::Container),
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
            ("<blockquote>", Role::Indented),
            (
                "<blockquote class=\"gmail_quote\" style=\"margin:0 0 0 40px;border:none;padding:0px\">",
                Role::Indented,
            ),
            ("<div class=\"ydp1a2b3c4dyahoo_quoted\">", Role::Quote),
            ("<div id=\"yahoo_quoted_123\">", Role::Quote),
            ("<div id=\"m_-123divRplyFwdMsg\">", Role::QuoteFromHere),
            (
                "<hr tabindex=\"-1\" style=\"display:inline-block; width:98%\">",
                Role::Divider,
            ),
            ("<hr>", Role::Plain),
            (
                "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'>",
                Role::HeaderBox,
            ),
            ("<div name=\"quote\" style=\"margin:10px\">", Role::Quote),
            ("<div class=\"quote\">", Role::Plain),
        ] {
            assert_eq!(role(tag), expected, "{tag}");
        }
    }
}
