//! Which reader a file is for.

use super::model::{Document, Format};
use super::{html, markdown, plain};

/// The format that a file's name says, if it is one we edit.
pub(crate) fn format_of(path: &str) -> Option<Format> {
    let (_, extension) = path.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => Some(Format::Html),
        "md" | "markdown" => Some(Format::Markdown),
        "txt" => Some(Format::Plain),
        _ => None,
    }
}

/// Takes a file apart. Linear in its length.
pub(crate) fn read(format: Format, source: String) -> Document {
    match format {
        Format::Html => html::read(source),
        Format::Markdown => markdown::read(source),
        Format::Plain => plain::read(source),
    }
}
