//! Which text of a mail is read: plain or HTML (B5).

use sha2::{Digest, Sha256};

use crate::domain::ids::hash_parts;
use crate::domain::mail::html::{HtmlText, Span, to_text};

use super::attachment::{self, Attachment};
use super::decode;
use super::images::Images;
use super::part::{Leaf, Tree};

/// Most decoded bytes of one mail (B5).
const MAX_DECODED: usize = 100 * 1024 * 1024;
/// A plain text shorter than this share of the HTML's text says "look at the HTML" (B5).
const MIN_PLAIN_SHARE: usize = 10;

/// Where the text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BodySource {
    /// There is no text.
    #[default]
    Nothing,
    /// The plain text.
    Plain,
    /// The HTML, because there is no plain text worth reading.
    Html,
}

/// The text of a mail with everything that was quoted in it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// Line ends are LF; NULs are gone.
    pub text: String,
    /// Quotes and signatures that the HTML marked, in their order, never overlapping. Plain text has none: there the
    /// words themselves must tell.
    pub spans: Vec<Span>,
    /// Where the text came from.
    pub source: BodySource,
    /// Whether hidden HTML text was dropped (B6).
    pub had_hidden: bool,
    /// The HTML that says the same as the plain text that was chosen: it often tells better where a quote begins.
    pub html: Option<String>,
}

impl std::fmt::Debug for Body {
    /// Without the text: mails are not logged.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body")
            .field("source", &self.source)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

impl Body {
    fn append(&mut self, piece: HtmlText, source: BodySource) {
        if piece.text.trim().is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str(if self.text.ends_with('\n') {
                "\n"
            } else {
                "\n\n"
            });
        }
        let offset = self.text.len();
        self.text.push_str(&piece.text);
        self.spans.extend(piece.spans.into_iter().map(|span| Span {
            range: span.range.start + offset..span.range.end + offset,
            kind: span.kind,
        }));
        self.had_hidden |= piece.had_hidden;
        self.source = if source == BodySource::Html {
            source
        } else {
            self.source.max_plain()
        };
    }
}

impl BodySource {
    const fn max_plain(self) -> Self {
        match self {
            Self::Nothing | Self::Plain => Self::Plain,
            Self::Html => Self::Html,
        }
    }
}

/// Everything that was decoded from the leaves of a mail.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) body: Body,
    pub(super) attachments: Vec<Attachment>,
    pub(super) hash: [u8; 32],
    pub(super) is_truncated: bool,
}

/// Texts that say the same in several ways: the parts of one `multipart/alternative`, or one text that stands alone.
#[derive(Default)]
struct Choice {
    alternative: Option<usize>,
    plain: Vec<String>,
    html: Vec<String>,
}

/// Decodes the leaves within the limit, chooses the text and hashes what is the same in every copy of a mail (E9).
pub(super) fn read(tree: &Tree<'_>) -> Contents {
    let mut contents = Contents {
        is_truncated: tree.is_truncated,
        ..Contents::default()
    };
    let mut choices: Vec<Choice> = Vec::new();
    let mut hashes: Vec<[u8; 32]> = Vec::new();
    let mut left = MAX_DECODED;
    for leaf in &tree.leaves {
        if leaf.body.len() > left {
            contents.is_truncated = true;
            break;
        }
        let bytes = leaf.encoding.decode(leaf.body);
        left = left.saturating_sub(bytes.len().max(leaf.body.len()));
        if leaf.is_inline_text() {
            let text = decode::text(&bytes, leaf.charset.as_deref(), leaf.encoding);
            hashes.push(Sha256::digest(text.trim_end()).into());
            add_text(&mut choices, leaf, text);
        } else if !is_ignored(leaf) {
            let file = Attachment::new(leaf.name.as_deref(), &leaf.media, bytes.into_owned())
                .shown(leaf.content_id.as_deref(), leaf.disposition.as_deref());
            hashes.push(file.sha256);
            contents.attachments.push(file);
        }
    }
    attachment::dedupe(&mut contents.attachments);
    contents.hash = hash_parts(&hashes.iter().map(<[u8; 32]>::as_slice).collect::<Vec<_>>());
    let is_only = choices.len() == 1;
    let images = Images::of(
        &mut contents.attachments,
        choices.iter().flat_map(|c| &c.html),
    );
    for choice in choices {
        let Chosen { text, source, twin } = choice.choose(&images);
        contents.body.append(text, source);
        contents.body.html = twin.filter(|_| is_only);
    }
    contents
}

fn add_text(choices: &mut Vec<Choice>, leaf: &Leaf<'_>, text: String) {
    let is_same =
        |last: &Choice| last.alternative.is_some() && last.alternative == leaf.alternative;
    if !choices.last().is_some_and(is_same) {
        choices.push(Choice {
            alternative: leaf.alternative,
            ..Choice::default()
        });
    }
    if let Some(choice) = choices.last_mut() {
        if leaf.media == "text/html" {
            choice.html.push(text);
        } else {
            let text = leaf
                .flow
                .map_or_else(|| text.clone(), |joins| decode::unflow(&text, joins));
            choice.plain.push(text);
        }
    }
}

/// The text that is read, and its HTML where the plain text was taken.
struct Chosen {
    text: HtmlText,
    source: BodySource,
    twin: Option<String>,
}

impl Choice {
    fn choose(self, images: &Images) -> Chosen {
        let plain = self.plain.join("\n");
        if self.html.is_empty() && is_html(&plain) {
            return Chosen {
                text: to_text(&plain, &|src| images.name_of(src)),
                source: BodySource::Html,
                twin: None,
            };
        }
        let html = (!self.html.is_empty()).then(|| self.html.join("\n"));
        let plain_len = plain.trim().len();
        let is_enough = |len: usize| plain_len > 0 && plain_len * MIN_PLAIN_SHARE >= len;
        // The HTML's text is shorter than its source: most mails are decided without reading the HTML.
        if let Some(html) = html.as_deref() {
            // Where the images stand is part of what the mail says (B12).
            let says_all = images.are_placed_by(&plain, html);
            if !says_all || !is_enough(html.len()) {
                let text = to_text(html, &|src| images.name_of(src));
                let says_all = says_all || !images.stand_in_own_words(&text);
                if !says_all || !is_enough(text.text.trim().len()) {
                    return Chosen {
                        text,
                        source: BodySource::Html,
                        twin: None,
                    };
                }
            }
        }
        Chosen {
            text: as_plain(plain),
            source: BodySource::Plain,
            twin: html,
        }
    }
}

/// Whether a text that calls itself plain is a whole HTML document.
fn is_html(text: &str) -> bool {
    let head: String = text
        .trim_start()
        .chars()
        .take(14)
        .collect::<String>()
        .to_ascii_lowercase();
    head.starts_with("<!doctype html") || head.starts_with("<html>") || head.starts_with("<html ")
}

fn as_plain(text: String) -> HtmlText {
    HtmlText {
        text,
        ..HtmlText::default()
    }
}

/// Parts that are neither text nor a file somebody attached: signatures of the mail itself, calendar and AMP twins of
/// the text (B15).
fn is_ignored(leaf: &Leaf<'_>) -> bool {
    let is_twin =
        leaf.alternative.is_some() && leaf.name.is_none() && leaf.media.starts_with("text/");
    is_twin
        || matches!(
            leaf.media.as_str(),
            "application/pgp-signature"
                | "application/pkcs7-signature"
                | "application/x-pkcs7-signature"
                | "text/calendar"
                | "text/vcard"
                | "text/x-vcard"
        )
}
