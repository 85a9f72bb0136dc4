//! The MIME tree, walked without recursion and within limits.

use super::decode::{FlowJoin, TransferEncoding};
use super::fields::{self, Field};

/// Deepest nesting that is opened (B5).
const MAX_DEPTH: usize = 20;
/// Most parts that are looked at (B5).
const MAX_PARTS: usize = 500;

/// Bytes of a calendar in which its method is looked for.
const MAX_CALENDAR_HEAD: usize = 4 * 1024;

/// What a part of a mail says it is, as far as a rule asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MediaType {
    /// `type/subtype`, lower-case.
    pub essence: String,
    /// The parameter `report-type`, lower-case.
    pub report_type: Option<String>,
    /// The method of a calendar part, by its parameter or its own words, lower-case.
    pub method: Option<String>,
}

/// A part that is no multipart, its bytes still encoded.
#[derive(Debug)]
pub(super) struct Leaf<'x> {
    pub(super) media: String,
    pub(super) charset: Option<String>,
    pub(super) flow: Option<FlowJoin>,
    pub(super) encoding: TransferEncoding,
    pub(super) disposition: Option<String>,
    pub(super) name: Option<String>,
    pub(super) content_id: Option<String>,
    pub(super) body: &'x [u8],
    /// The outermost `multipart/alternative` that it stands in.
    pub(super) alternative: Option<usize>,
}

impl Leaf<'_> {
    /// Whether it is text for the reader of the mail, rather than a file that came with it.
    pub(super) fn is_inline_text(&self) -> bool {
        matches!(self.media.as_str(), "text/plain" | "text/html")
            && self.disposition.as_deref() != Some("attachment")
            && self.name.is_none()
    }

    /// The method that a calendar says itself, when its type does not (L14).
    fn calendar_method(&self) -> Option<String> {
        if !matches!(self.media.as_str(), "text/calendar" | "application/ics") {
            return None;
        }
        let head = self.body.get(..MAX_CALENDAR_HEAD).unwrap_or(self.body);
        let text = String::from_utf8_lossy(&self.encoding.decode(head)).to_ascii_lowercase();
        let method = text.lines().find_map(|line| line.strip_prefix("method:"))?;
        Some(method.trim().to_owned())
    }
}

/// The leaves of a mail in reading order.
#[derive(Debug, Default)]
pub(super) struct Tree<'x> {
    pub(super) leaves: Vec<Leaf<'x>>,
    /// Every part that was met, the mail itself first.
    pub(super) media: Vec<MediaType>,
    /// Whether a limit left something out.
    pub(super) is_truncated: bool,
}

struct Entity<'x> {
    bytes: &'x [u8],
    depth: usize,
    alternative: Option<usize>,
}

/// Walks the tree below a mail whose fields are already split off.
pub(super) fn walk<'x>(fields: &[Field<'_>], body: &'x [u8]) -> Tree<'x> {
    let mut tree = Tree::default();
    let mut pending: Vec<Entity<'x>> = Vec::new();
    let mut alternatives = 0;
    let mut next = Some((Head::read(fields), body, 0, None));
    while let Some((head, body, depth, outer)) = next.take() {
        tree.media.push(head.media_type());
        let parts = head
            .boundary
            .as_deref()
            .and_then(|boundary| children(body, boundary));
        match parts {
            Some(parts) if depth < MAX_DEPTH => {
                let alternative = outer.or_else(|| {
                    (head.essence == "multipart/alternative").then(|| {
                        alternatives += 1;
                        alternatives
                    })
                });
                // Reversed, so that the first part is popped first.
                pending.extend(parts.into_iter().rev().map(|bytes| Entity {
                    bytes,
                    depth: depth + 1,
                    alternative,
                }));
            }
            Some(_) => tree.is_truncated = true,
            None => {
                let leaf = head.leaf(body, outer);
                if let Some(media) = tree.media.last_mut()
                    && media.method.is_none()
                {
                    media.method = leaf.calendar_method();
                }
                tree.leaves.push(leaf);
            }
        }
        if tree.media.len() >= MAX_PARTS {
            tree.is_truncated |= !pending.is_empty();
            break;
        }
        next = pending.pop().map(|entity| {
            let (fields, body) = fields::split(entity.bytes);
            (Head::read(&fields), body, entity.depth, entity.alternative)
        });
    }
    tree
}

/// The MIME fields of one entity.
struct Head {
    essence: String,
    boundary: Option<String>,
    report_type: Option<String>,
    method: Option<String>,
    charset: Option<String>,
    flow: Option<FlowJoin>,
    encoding: TransferEncoding,
    disposition: Option<String>,
    name: Option<String>,
    content_id: Option<String>,
}

impl Head {
    fn read(fields: &[Field<'_>]) -> Self {
        let find = |name: &str| fields.iter().find(|field| field.is(name));
        let content_type = find("Content-Type").and_then(Field::content_type);
        let disposition = find("Content-Disposition").and_then(Field::content_type);
        let attribute = |name: &str| {
            content_type
                .as_ref()
                .and_then(|value| value.attribute(name))
                .map(str::to_ascii_lowercase)
        };
        let essence = content_type.as_ref().map_or_else(
            || "text/plain".to_owned(),
            |value| essence(value.ctype(), value.subtype()),
        );
        let boundary = content_type
            .as_ref()
            .filter(|_| essence.starts_with("multipart/"))
            .and_then(|value| value.attribute("boundary"))
            .map(|text| text.trim_end().to_owned())
            .filter(|text| !text.is_empty());
        let flow = (attribute("format").as_deref() == Some("flowed")).then(|| {
            if attribute("delsp").as_deref() == Some("yes") {
                FlowJoin::DeleteSpace
            } else {
                FlowJoin::KeepSpace
            }
        });
        let name = disposition
            .as_ref()
            .and_then(|value| value.attribute("filename"))
            .or_else(|| {
                content_type
                    .as_ref()
                    .and_then(|value| value.attribute("name"))
            })
            .map(str::to_owned);
        Self {
            boundary,
            report_type: attribute("report-type"),
            method: attribute("method"),
            charset: attribute("charset"),
            flow,
            encoding: find("Content-Transfer-Encoding")
                .map_or(TransferEncoding::Identity, |field| {
                    TransferEncoding::from_header(&field.raw_text())
                }),
            disposition: disposition.map(|value| value.ctype().to_ascii_lowercase()),
            name,
            content_id: find("Content-ID").map(Field::raw_text),
            essence,
        }
    }

    fn media_type(&self) -> MediaType {
        MediaType {
            essence: self.essence.clone(),
            report_type: self.report_type.clone(),
            method: self.method.clone(),
        }
    }

    fn leaf(self, body: &[u8], alternative: Option<usize>) -> Leaf<'_> {
        // A multipart without usable parts is shown as the text it is: better a boundary line than a lost instruction.
        let media = if self.essence.starts_with("multipart/") {
            "text/plain".to_owned()
        } else {
            self.essence
        };
        Leaf {
            media,
            charset: self.charset,
            flow: self.flow,
            encoding: self.encoding,
            disposition: self.disposition,
            name: self.name,
            content_id: self.content_id,
            body,
            alternative,
        }
    }
}

fn essence(kind: &str, subtype: Option<&str>) -> String {
    match (kind.trim(), subtype.map(str::trim)) {
        ("", _) => "text/plain".to_owned(),
        (kind, Some(subtype)) if !subtype.is_empty() => {
            format!("{kind}/{subtype}").to_ascii_lowercase()
        }
        (kind, _) if kind.eq_ignore_ascii_case("text") => "text/plain".to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

/// The bodies between the boundary lines; none when the boundary never comes. A missing last boundary is forgiven.
fn children<'x>(body: &'x [u8], boundary: &str) -> Option<Vec<&'x [u8]>> {
    let mut parts = Vec::new();
    let mut start: Option<usize> = None;
    let mut rest = body;
    loop {
        let here = body.len() - rest.len();
        let (line, next) = fields::split_line(rest);
        if let Some(mark) = boundary_mark(line, boundary.as_bytes()) {
            if let Some(start) = start {
                parts.push(without_line_end(body.get(start..here).unwrap_or_default()));
            }
            start = Some(body.len() - next.len());
            if mark == Mark::Last || parts.len() >= MAX_PARTS {
                return Some(parts);
            }
        }
        if next.is_empty() {
            break;
        }
        rest = next;
    }
    let last = body.get(start?..).unwrap_or_default();
    if !last.is_empty() {
        parts.push(last);
    }
    Some(parts)
}

#[derive(PartialEq, Eq)]
enum Mark {
    Next,
    Last,
}

fn boundary_mark(line: &[u8], boundary: &[u8]) -> Option<Mark> {
    let tail = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    if tail.iter().all(u8::is_ascii_whitespace) {
        Some(Mark::Next)
    } else {
        tail.starts_with(b"--").then_some(Mark::Last)
    }
}

/// The line end before a boundary belongs to the boundary.
fn without_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(mail: &str) -> (Vec<(String, String)>, bool) {
        let (fields, body) = fields::split(mail.as_bytes());
        let tree = walk(&fields, body);
        let leaves = tree
            .leaves
            .iter()
            .map(|leaf| {
                (
                    leaf.media.clone(),
                    String::from_utf8_lossy(leaf.body).into_owned(),
                )
            })
            .collect();
        (leaves, tree.is_truncated)
    }

    fn one(media: &str, body: &str) -> (String, String) {
        (media.to_owned(), body.to_owned())
    }

    #[test]
    fn b5_parts_come_in_reading_order() {
        let (leaves, truncated) = tree(
            "Content-Type: multipart/mixed; boundary=\"out er\"\r\n\r\npreamble\r\n--out er\r\n\
             Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n\r\nplain\r\n--in\r\n\
             Content-Type: text/HTML\r\n\r\n<p>html\r\n--in--\r\nepilogue\r\n--out er\r\n\
             Content-Type: image/png\r\n\r\nPNG\r\n--out er--\r\n",
        );
        let expected = [
            one("text/plain", "plain"),
            one("text/html", "<p>html"),
            one("image/png", "PNG"),
        ];
        assert_eq!(leaves, expected);
        assert!(!truncated);
    }

    #[test]
    fn b5_broken_multiparts_lose_no_text() {
        for (mail, expected) in [
            (
                "Content-Type: multipart/mixed; boundary=x\n\nhello",
                vec![one("text/plain", "hello")],
            ),
            (
                "Content-Type: multipart/mixed\n\nhello",
                vec![one("text/plain", "hello")],
            ),
            (
                "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello",
                vec![one("text/plain", "hello")],
            ),
            (
                "Content-Type: multipart/mixed; boundary=x\n\n--xy\n\n--x\n\na\n--x",
                vec![one("text/plain", "a")],
            ),
            (
                "Content-Type: text\n\nhello",
                vec![one("text/plain", "hello")],
            ),
            (
                "Content-Type: ;;;\n\nhello",
                vec![one("text/plain", "hello")],
            ),
        ] {
            assert_eq!(tree(mail).0, expected, "{mail:?}");
        }
    }

    #[test]
    fn l14_a_calendar_says_its_method_itself() {
        for (mail, expected) in [
            (
                "Content-Type: text/calendar; method=REPLY\n\n",
                Some("reply"),
            ),
            (
                "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n",
                Some("reply"),
            ),
            (
                "Content-Type: application/ics; name=invite.ics\nContent-Transfer-Encoding: base64\n\nTUVUSE9EOlJFUExZCg==",
                Some("reply"),
            ),
            ("Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n", None),
            ("Content-Type: text/plain\n\nMETHOD:REPLY\n", None),
        ] {
            let (fields, body) = fields::split(mail.as_bytes());
            let tree = walk(&fields, body);
            let method = tree.media.first().and_then(|media| media.method.as_deref());
            assert_eq!(method, expected, "{mail:?}");
        }
    }

    #[test]
    fn b5_nested_messages_are_not_opened() {
        let (leaves, _) =
            tree("Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: x\n\ny");
        assert_eq!(leaves.len(), 1);
        assert_eq!(leaves[0].0, "message/rfc822");
    }

    #[test]
    fn b5_depth_and_number_of_parts_are_limited() {
        use std::fmt::Write as _;
        let mut deep = String::new();
        for n in 0..100_000 {
            write!(
                deep,
                "Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"
            )
            .unwrap();
        }
        let (leaves, truncated) = tree(&deep);
        assert!(leaves.is_empty() && truncated);

        let wide = format!(
            "Content-Type: multipart/mixed; boundary=x\n\n{}",
            "--x\n\na\n".repeat(100_000)
        );
        let (leaves, truncated) = tree(&wide);
        assert!(leaves.len() < MAX_PARTS && truncated, "{}", leaves.len());
    }
}
