//! Files that came with a mail.

use std::collections::HashSet;
use std::fmt;

use sha2::{Digest, Sha256};

/// Longest name in bytes (B12).
const MAX_NAME: usize = 120;
/// Names that Hermes gives to files of its own beside those of the sender.
const RESERVED: [&str; 3] = ["manifest.json", "message.txt", "forwarded.txt"];

/// One attached file, decoded. Nothing in it was opened or trusted.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// A name that is safe as a file name and unlike those of the other attachments (B12).
    pub name: String,
    /// `type/subtype` as the mail says, lower-case.
    pub content_type: String,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
    /// The decoded bytes.
    pub content: Vec<u8>,
    /// Its `Content-ID` as `cid:` links name it, lower-case, without brackets.
    pub content_id: Option<String>,
    /// Whether the mail wants it shown among the text (`Content-Disposition: inline`).
    pub is_inline: bool,
    /// Whether the HTML shows it somewhere by its `cid:` (B12); that may be in a quote or a signature.
    pub is_referenced: bool,
}

impl Attachment {
    pub(super) fn new(name: Option<&str>, content_type: &str, content: Vec<u8>) -> Self {
        let name = name
            .map(safe_name)
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| default_name(content_type));
        Self {
            name,
            content_type: content_type.to_owned(),
            sha256: Sha256::digest(&content).into(),
            content,
            content_id: None,
            is_inline: false,
            is_referenced: false,
        }
    }

    /// The same, shown where its mail says.
    pub(super) fn shown(mut self, content_id: Option<&str>, disposition: Option<&str>) -> Self {
        self.content_id = content_id.map(cid_key).filter(|id| !id.is_empty());
        self.is_inline = disposition == Some("inline");
        self
    }
}

/// A `Content-ID`, or what a `cid:` link names, in the form in which they are compared.
pub(super) fn cid_key(id: &str) -> String {
    let bare = id.trim().trim_start_matches('<').trim_end_matches('>');
    percent_encoding::percent_decode_str(bare)
        .decode_utf8_lossy()
        .to_lowercase()
}

impl fmt::Debug for Attachment {
    /// Without the content: mails are not logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment")
            .field("content_type", &self.content_type)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// Drops paths, controls and direction marks from a sender's file name (B12).
fn safe_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = base
        .chars()
        .filter(|c| !c.is_control() && !is_direction_mark(*c))
        .map(|c| {
            match c {
                '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
                // `[image 1: name]` ends at the first bracket
                '[' => '(',
                ']' => ')',
                c => c,
            }
        })
        .collect();
    let trimmed = kept
        .trim()
        .trim_start_matches('.')
        .trim_end_matches(['.', ' ']);
    shorten(trimmed, MAX_NAME)
}

const fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn default_name(content_type: &str) -> String {
    let extension = match content_type {
        "message/rfc822" => "eml",
        "text/plain" => "txt",
        "text/calendar" => "ics",
        "image/jpeg" => "jpg",
        "image/svg+xml" => "svg",
        other => match other.split_once('/') {
            Some(("image" | "audio" | "video", kind))
                if kind.bytes().all(|b| b.is_ascii_alphanumeric()) =>
            {
                kind
            }
            Some(("application", "pdf")) => "pdf",
            Some(("text", "html")) => "html",
            _ => "bin",
        },
    };
    shorten(&format!("attachment.{extension}"), MAX_NAME)
}

/// Cuts the stem and keeps the extension.
fn shorten(name: &str, limit: usize) -> String {
    if name.len() <= limit {
        return name.to_owned();
    }
    let (stem, extension) = split_extension(name);
    let mut end = limit.saturating_sub(extension.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", stem.get(..end).unwrap_or_default())
}

/// The stem, and the extension with its dot; what is too long for an extension is none.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= 12 => {
            name.split_at_checked(at).unwrap_or((name, ""))
        }
        _ => (name, ""),
    }
}

/// Gives doubles a number: `menu.pdf`, `menu-2.pdf` (B12). Names are compared without case, as file systems do.
pub(super) fn dedupe(attachments: &mut [Attachment]) {
    let mut taken: HashSet<String> = RESERVED.map(str::to_owned).into();
    for attachment in attachments {
        let (stem, extension) = split_extension(&attachment.name);
        let mut name = attachment.name.clone();
        let mut number = 2_u32;
        while !taken.insert(name.to_lowercase()) {
            let suffix = format!("-{number}{extension}");
            name = format!("{}{suffix}", shorten(stem, MAX_NAME - suffix.len()));
            number += 1;
        }
        attachment.name = name;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn b12_names_are_safe_as_file_names() {
        for (given, expected) in [
            ("menu.pdf", "menu.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\a\\logo.png", "logo.png"),
            (".htaccess", "htaccess"),
            ("..", ""),
            ("gpj.\u{202e}exe.txt", "gpj.exe.txt"),
            ("a\0b\r\nc.txt", "abc.txt"),
            ("what?.txt", "what_.txt"),
            ("menu[1].pdf", "menu(1).pdf"),
            ("caf\u{e9} menu.pdf ", "caf\u{e9} menu.pdf"),
        ] {
            assert_eq!(safe_name(given), expected, "{given:?}");
        }
        let long = safe_name(&format!("{}.jpeg", "\u{e9}".repeat(200)));
        assert!(
            long.len() <= MAX_NAME && long.ends_with("\u{e9}.jpeg"),
            "{long}"
        );
    }

    #[test]
    fn b12_doubles_are_numbered_and_nameless_parts_named() {
        let mut list: Vec<Attachment> = [
            (Some("a.png"), "image/png"),
            (Some("A.png"), "image/png"),
            (None, "image/png"),
            (None, "message/rfc822"),
            (Some("/"), "application/x-odd"),
            (Some("Manifest.json"), "application/json"),
        ]
        .into_iter()
        .map(|(name, kind)| Attachment::new(name, kind, Vec::new()))
        .collect();
        dedupe(&mut list);
        let names: Vec<&str> = list.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "a.png",
                "A-2.png",
                "attachment.png",
                "attachment.eml",
                "attachment.bin",
                "Manifest-2.json"
            ]
        );
    }

    proptest! {
        #[test]
        fn b12_any_name_becomes_one_path_component(name in "[./\\\\\\PC\\u{202e}]{0,300}") {
            let safe = safe_name(&name);
            prop_assert!(safe.len() <= MAX_NAME && !safe.contains(['/', '\\']) && safe != ".." && safe != ".");
        }
    }
}
