//! Where a link leads, and where in the source that is written.

use std::ops::Range;

use super::model::{Document, Element, Format};

/// The place of a link's target, or of another attribute's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TargetPlace {
    pub(crate) range: Range<usize>,
    quoted: bool,
}

impl Document {
    /// A link's target and its place. `None` when it has none, or Markdown writes it elsewhere.
    pub(crate) fn link_target(&self, link: &Element) -> Option<(String, TargetPlace)> {
        match self.format {
            Format::Html => {
                let attribute = self
                    .attributes_of(link)
                    .into_iter()
                    .find(|a| a.name == "href")?;
                let target = attribute.read(&self.source).text().to_owned();
                let quoted = attribute.escape(" ").is_some();
                Some((
                    target,
                    TargetPlace {
                        range: attribute.value,
                        quoted,
                    },
                ))
            }
            Format::Markdown => {
                let close = self.source.get(link.close.clone())?;
                let target = close.strip_prefix("](")?;
                let open = target.len() - target.trim_start_matches('<').len();
                let body = target.get(open..)?;
                let end = body.find(|c: char| c.is_whitespace() || matches!(c, '>' | ')'))?;
                let start = link.close.start + 2 + open;
                Some((
                    body.get(..end)?.to_owned(),
                    TargetPlace {
                        range: start..start + end,
                        quoted: open > 0,
                    },
                ))
            }
            Format::Plain => None,
        }
    }
}

/// A link's target as it must be written at its place; `None` when it cannot be.
pub(crate) fn escape_attribute(
    document: &Document,
    place: &TargetPlace,
    target: &str,
) -> Option<String> {
    match document.format {
        Format::Html => {
            let text = super::write::escape_html(target)
                .replace('"', "&quot;")
                .replace('\'', "&#39;");
            Some(if place.quoted {
                text
            } else {
                format!("\"{text}\"")
            })
        }
        Format::Markdown if place.quoted => {
            (!target.contains(['<', '>'])).then(|| target.to_owned())
        }
        Format::Markdown => Some(if target.contains(['(', ')']) {
            format!("<{target}>")
        } else {
            target.to_owned()
        }),
        Format::Plain => None,
    }
}
