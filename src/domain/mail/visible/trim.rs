//! From a mail to its sender's own words (B5 to B8, B10, B11).

use super::line::{Line, LineKind, lines, readable};
use super::own;
use super::quote::{MailKind, split};
use super::residue::without_repeated_links;
use super::twin;
use crate::domain::mail::{
    BodySource, InboundMail, RuleId, Sender, Span, SpanKind, SubjectPrefix, subject_prefix,
};

/// Longest instruction in bytes (B11).
pub const MAX_INSTRUCTION: usize = 32 * 1024;

/// What of a mail its sender wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct VisibleText {
    /// The sender's own words, trimmed, at most [`MAX_INSTRUCTION`] bytes.
    pub text: String,
    /// All of the words where [`text`](Self::text) holds only the first of them (B11).
    pub full: Option<String>,
    /// The forwarded mail below them: material, no instruction (B10).
    pub forwarded: Option<String>,
    /// What was done to the text.
    pub rules: Vec<RuleId>,
}

impl std::fmt::Debug for VisibleText {
    /// Without the words: mails are not logged.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VisibleText")
            .field("bytes", &self.text.len())
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

/// The sender's own visible text of a mail.
pub fn visible(mail: &InboundMail) -> VisibleText {
    let mut rules = Vec::new();
    if mail.body.source == BodySource::Html {
        rules.push(RuleId::B5);
    }
    if mail.body.had_hidden {
        rules.push(RuleId::B6);
    }
    if readable(&mail.body.text).len() < mail.body.text.len() {
        rules.push(RuleId::B11);
    }
    let context = Context::of(mail);
    let mut found = extract(&mail.body.text, &mail.body.spans, &context);
    if let Some(html) = &mail.body.html {
        twin::compare(&mut found, html, &context);
    }
    if mail.body.source == BodySource::Plain && found.own.contains('<') {
        found.own = without_repeated_links(&found.own);
    }
    for (rule, is_used) in [
        (RuleId::B10, found.forwarded.is_some()),
        (RuleId::B7, found.has_quote && found.forwarded.is_none()),
        (RuleId::B8, found.has_signature),
    ] {
        if is_used {
            rules.push(rule);
        }
    }
    let text = capped(&found.own, &mut rules);
    let is_capped = text.len() < found.own.len();
    VisibleText {
        text,
        full: is_capped.then_some(found.own),
        forwarded: found
            .forwarded
            .filter(|text| !text.is_empty())
            .map(|text| capped(&text, &mut rules)),
        rules,
    }
}

/// What of a mail helps to read its text.
#[derive(Debug)]
pub(super) struct Context<'x> {
    kind: MailKind,
    /// The sender's display name.
    name: Option<&'x str>,
}

impl<'x> Context<'x> {
    fn of(mail: &'x InboundMail) -> Self {
        let is_answer = !mail.in_reply_to.is_empty() || !mail.references.is_empty();
        let kind = match subject_prefix(&mail.subject) {
            SubjectPrefix::Forward => MailKind::Forward,
            SubjectPrefix::Reply => MailKind::Reply,
            SubjectPrefix::None if is_answer => MailKind::Reply,
            SubjectPrefix::None => MailKind::First,
        };
        let name = match &mail.from {
            Sender::One { name, .. } => name.as_deref(),
            Sender::None | Sender::Several => None,
        };
        Self { kind, name }
    }
}

/// A body's own words, and what was taken off them.
#[derive(Debug, Default)]
pub(super) struct Extract {
    pub(super) own: String,
    pub(super) forwarded: Option<String>,
    pub(super) has_quote: bool,
    pub(super) has_signature: bool,
}

/// Reads one body.
pub(super) fn extract(text: &str, spans: &[Span], context: &Context<'_>) -> Extract {
    let text = readable(text);
    let all = lines(text, spans);
    let parts = split(&all, context.kind);
    let mut found = Extract {
        forwarded: parts.forwarded.map(|at| {
            let below: Vec<&str> = all.iter().skip(at).map(|line| line.text).collect();
            below.join("\n").trim().to_owned()
        }),
        has_quote: parts.has_quote,
        has_signature: false,
        own: String::new(),
    };
    let has_marked_signature = parts.has_signature;
    let (mut kept, is_cut) = own::clean(parts, context.name);
    if found.has_quote {
        // What was cut leaves no hole.
        kept.dedup_by(|line, above| line.trim().is_empty() && above.trim().is_empty());
    }
    found.own = joined(&kept);
    found.has_signature = is_cut || has_marked_signature;
    if found.own.is_empty() && found.forwarded.is_none() {
        if has_marked_signature {
            // Some clients put the cursor, and so the instruction, inside of the signature's element.
            let quotes: Vec<Span> = spans
                .iter()
                .filter(|span| span.kind != SpanKind::Signature)
                .cloned()
                .collect();
            return extract(text, &quotes, context);
        }
        if context.kind == MailKind::First && is_indented(&all) {
            // A first mail in which everything is indented with `>`: nobody is quoted there.
            text.trim().clone_into(&mut found.own);
            found.has_quote = false;
        }
    }
    found
}

fn is_indented(lines: &[Line<'_>]) -> bool {
    lines
        .iter()
        .all(|line| line.is_blank() || line.kind == LineKind::Quoted)
}

fn joined(lines: &[&str]) -> String {
    lines.join("\n").trim().to_owned()
}

/// At most [`MAX_INSTRUCTION`] bytes, cut between characters (B11).
fn capped(text: &str, rules: &mut Vec<RuleId>) -> String {
    if text.len() <= MAX_INSTRUCTION {
        return text.to_owned();
    }
    if !rules.contains(&RuleId::B11) {
        rules.push(RuleId::B11);
    }
    let mut end = MAX_INSTRUCTION;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
#[path = "trim_tests.rs"]
mod tests;
