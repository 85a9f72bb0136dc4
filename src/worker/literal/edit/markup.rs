//! Writes new paragraphs, items, headings and links the way the page around them is written.

use super::point::{self, Point};
use crate::worker::literal::document::{
    Care, Document, Element, Format, Splice, Writing, escape, escape_html,
};
use crate::worker::literal::instruction::Kind;

/// Something new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct New<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    /// Where it leads, if it is a link.
    pub(crate) url: Option<&'a str>,
}

/// The splice that writes new things at a point. `None` where the format has no such thing.
pub(crate) fn splice(
    document: &Document,
    at: Point,
    parts: &[New<'_>],
    care: Care,
) -> Option<Splice> {
    match document.format {
        Format::Html => {
            let written: Vec<String> = parts.iter().map(|new| html(document, at, new)).collect();
            html_splice(document, at, &written)
        }
        Format::Markdown if is_item(document, at) => markdown_item(document, at, parts, care),
        Format::Markdown => {
            let written: Option<Vec<String>> = parts
                .iter()
                .map(|new| markdown(document, new, care))
                .collect();
            block_splice(document, at, &written?)
        }
        Format::Plain => {
            let paragraphs = parts
                .iter()
                .map(|p| (p.kind == Kind::Paragraph).then(|| p.text.clone()));
            block_splice(document, at, &paragraphs.collect::<Option<Vec<String>>>()?)
        }
    }
}

fn sibling(document: &Document, at: Point) -> Option<&Element> {
    match at {
        Point::After(index) | Point::Before(index) => document.element(index),
        Point::Into(_) => None,
    }
}

fn is_item(document: &Document, at: Point) -> bool {
    let into_list =
        matches!(at, Point::Into(list) if document.element(list).is_some_and(Element::is_list));
    into_list || sibling(document, at).is_some_and(|e| e.name == "li")
}

fn html(document: &Document, at: Point, new: &New<'_>) -> String {
    let sibling = sibling(document, at);
    let bare = sibling.is_some_and(|e| e.name == "a");
    let text = escape_html(&new.text);
    let inner = match new.url {
        None => text,
        Some(url) => {
            let link = sibling.and_then(|s| link_of(document, s));
            let class = link.map(|l| class_of(document, l)).unwrap_or_default();
            let url = escape_html(url).replace('"', "&quot;");
            format!("<a{class} href=\"{url}\">{text}</a>")
        }
    };
    if bare && new.url.is_some() {
        return inner;
    }
    let name = if is_item(document, at) {
        "li"
    } else {
        name_of(document, new.kind)
    };
    let class = sibling
        .filter(|s| s.name == "li" && name == "li")
        .map(|s| class_of(document, s))
        .unwrap_or_default();
    format!("<{name}{class}>{inner}</{name}>")
}

fn name_of(document: &Document, kind: Kind) -> &'static str {
    match kind {
        Kind::Heading if !document.elements.iter().any(|e| e.name == "h1") => "h1",
        Kind::Heading => "h2",
        Kind::Subheading => "h3",
        Kind::Item => "li",
        Kind::Title | Kind::Paragraph | Kind::Link | Kind::Text => "p",
    }
}

/// The link in an item of a menu, or the item itself.
fn link_of<'a>(document: &'a Document, sibling: &'a Element) -> Option<&'a Element> {
    if sibling.name == "a" {
        return Some(sibling);
    }
    let inner = sibling.inner();
    (sibling.name == "li").then_some(())?;
    document
        .elements
        .iter()
        .find(|e| e.name == "a" && inner.contains(&e.open.start))
}

/// The neighbour's class, so that the new one looks alike; not one that marks the present page.
fn class_of(document: &Document, element: &Element) -> String {
    let class = document
        .attributes_of(element)
        .into_iter()
        .find(|a| a.name == "class");
    let class = class
        .map(|a| a.read(&document.source).text().to_owned())
        .unwrap_or_default();
    let words: Vec<&str> = class
        .split(' ')
        .filter(|w| !w.is_empty() && !w.contains("active") && !w.contains("current"))
        .collect();
    if words.is_empty() {
        return String::new();
    }
    format!(
        " class=\"{}\"",
        escape_html(&words.join(" ")).replace('"', "&quot;")
    )
}

fn html_splice(document: &Document, at: Point, parts: &[String]) -> Option<Splice> {
    let newline = document.newline();
    let (offset, text) = match at {
        Point::After(index) => {
            let element = document.element(index)?;
            let text = match point::indent(document, element.open.start) {
                Some(indent) => joined(parts, |p| format!("{newline}{indent}{p}")),
                None => spaced(document, element, parts),
            };
            (point::end(document, element), text)
        }
        Point::Before(index) => {
            let element = document.element(index)?;
            let text: String = match point::indent(document, element.open.start) {
                Some(indent) => joined(parts, |p| format!("{p}{newline}{indent}")),
                None => parts.concat(),
            };
            (element.open.start, text)
        }
        Point::Into(0) => {
            let gap = if document.source.is_empty() || document.source.ends_with('\n') {
                ""
            } else {
                newline
            };
            let text: String = joined(parts, |p| format!("{p}{newline}"));
            (document.source.len(), format!("{gap}{text}"))
        }
        Point::Into(index) => {
            let element = document.element(index)?;
            let indent = point::indent(document, element.open.start).unwrap_or_default();
            let text: String = joined(parts, |p| format!("{newline}{indent}  {p}"));
            let closed = document
                .source
                .get(element.inner())
                .is_some_and(|s| s.contains('\n'));
            let end = if closed {
                String::new()
            } else {
                format!("{newline}{indent}")
            };
            (element.open.end, format!("{text}{end}"))
        }
    };
    Some(Splice {
        range: offset..offset,
        text,
    })
}

fn joined(parts: &[String], write: impl Fn(&str) -> String) -> String {
    parts
        .iter()
        .map(|part| write(part))
        .collect::<Vec<String>>()
        .concat()
}

/// Links side by side need a space between them, as their neighbours have.
fn spaced(document: &Document, element: &Element, parts: &[String]) -> String {
    let before = document
        .source
        .get(..element.open.start)
        .unwrap_or_default();
    let space = if element.name == "a" && before.ends_with(char::is_whitespace) {
        " "
    } else {
        ""
    };
    joined(parts, |p| format!("{space}{p}"))
}

fn markdown(document: &Document, new: &New<'_>, care: Care) -> Option<String> {
    let text = escape(&new.text, Writing::Markdown, care)?;
    let inner = match new.url {
        None => text,
        Some(url) if url.contains(['(', ')']) => format!("[{text}](<{url}>)"),
        Some(url) => format!("[{text}]({url})"),
    };
    let signs = match name_of(document, new.kind) {
        "h1" => "# ",
        "h2" => "## ",
        "h3" => "### ",
        _ => "",
    };
    Some(format!("{signs}{inner}"))
}

/// An item with the sign of its neighbour, or the next number.
fn markdown_item(document: &Document, at: Point, parts: &[New<'_>], care: Care) -> Option<Splice> {
    let element = sibling(document, at)?;
    let indent = point::indent(document, element.open.start).unwrap_or_default();
    let sign = document
        .source
        .get(element.open.clone())
        .filter(|s| !s.is_empty())
        .unwrap_or("- ");
    let digits: String = sign.chars().take_while(char::is_ascii_digit).collect();
    let after = matches!(at, Point::After(_));
    let sign = match digits.parse::<u32>() {
        Ok(number) if after => format!("{}{}", number.saturating_add(1), sign.get(digits.len()..)?),
        _ => sign.to_owned(),
    };
    let newline = document.newline();
    let loose = document
        .elements
        .iter()
        .any(|e| e.name == "p" && element.inner().contains(&e.open.start));
    let gap = if loose {
        format!("{newline}{newline}")
    } else {
        newline.to_owned()
    };
    let new = parts.first()?;
    let text = markdown(
        document,
        &New {
            kind: Kind::Paragraph,
            ..new.clone()
        },
        care,
    )?;
    let (offset, text) = if after {
        (
            point::end(document, element),
            format!("{gap}{indent}{sign}{text}"),
        )
    } else {
        (element.open.start, format!("{sign}{text}{gap}{indent}"))
    };
    Some(Splice {
        range: offset..offset,
        text,
    })
}

/// Blocks in Markdown and plain text stand apart by blank lines.
fn block_splice(document: &Document, at: Point, parts: &[String]) -> Option<Splice> {
    let newline = document.newline();
    let apart = format!("{newline}{newline}");
    let text = parts.join(&apart);
    let blank_first = |rest: &str| rest.lines().next().is_none_or(|l| l.trim().is_empty());
    let (offset, text) = match at {
        Point::After(index) => {
            let end = point::end(document, document.element(index)?);
            let rest = document.source.get(end..)?;
            let next = rest.split_once('\n').map_or("", |(_, next)| next);
            let gap = if blank_first(next) { "" } else { newline };
            (end, format!("{apart}{text}{gap}"))
        }
        Point::Before(index) => {
            let start = document.element(index)?.open.start;
            let before = document.source.get(..start)?.trim_end_matches([' ', '\t']);
            let gap = if before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n")
            {
                ""
            } else {
                newline
            };
            (start, format!("{gap}{text}{apart}"))
        }
        Point::Into(_) => {
            let source = document.source.as_str();
            let gap = if source.trim().is_empty() {
                ""
            } else if source.ends_with('\n') {
                newline
            } else {
                apart.as_str()
            };
            (source.len(), format!("{gap}{text}{newline}"))
        }
    };
    Some(Splice {
        range: offset..offset,
        text,
    })
}
