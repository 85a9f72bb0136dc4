//! Cutting quotes and signatures off, and what a forward leaves (B7, B8, B10, B11).

use std::borrow::Cow;

use super::marker::is_marker;
use super::marks;
use crate::domain::mail::{
    BodySource, InboundMail, RuleId, SpanKind, SubjectPrefix, subject_prefix,
};

/// Longest instruction in bytes (B11).
pub const MAX_INSTRUCTION: usize = 32 * 1024;
/// Lines at the end among which a device's advertisement is looked for.
const DEVICE_LINES: usize = 4;
/// Longest signature in lines that are not blank; a longer one is text after a ruler.
const MAX_SIGNATURE: usize = 10;
/// Most lines that one attribution is wrapped over.
const MAX_WRAP: usize = 3;

/// What of a mail its sender wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct VisibleText {
    /// The sender's own words, trimmed, at most [`MAX_INSTRUCTION`] bytes.
    pub text: String,
    /// All of the words, when `text` is only their beginning (B11).
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
    let lines: Vec<&str> = mail.body.text.split('\n').collect();
    let (text, forwarded) = match forward_start(mail, &lines) {
        Some(at) => {
            rules.push(RuleId::B10);
            let (lead, forwarded) = lines.split_at_checked(at).unwrap_or((&lines, &[]));
            (
                lead.join("\n"),
                Some(forwarded.join("\n").trim().to_owned()),
            )
        }
        None => (own_words(mail, &mut rules), None),
    };
    let own = capped(text.trim(), &mut rules);
    VisibleText {
        full: (own.len() < text.trim().len()).then(|| text.trim().to_owned()),
        text: own,
        forwarded: forwarded
            .filter(|text| !text.is_empty())
            .map(|text| capped(&text, &mut rules)),
        rules,
    }
}

/// The line at which a forwarded mail begins (B10). The announcing line is proof by itself; a bare header block only
/// under a subject that says forward.
fn forward_start(mail: &InboundMail, lines: &[&str]) -> Option<usize> {
    let says_forward = subject_prefix(&mail.subject) == SubjectPrefix::Forward;
    lines.iter().enumerate().position(|(at, line)| {
        if marks::is_forwarded(line) {
            // Without the subject, `Original Message` announces the quote of an answer.
            return says_forward || !marks::is_original(line);
        }
        says_forward
            && (marks::is_original(line) || marks::is_header_block(lines.iter().skip(at).copied()))
    })
}

/// Everything but quotes and signatures.
fn own_words(mail: &InboundMail, rules: &mut Vec<RuleId>) -> String {
    let unmarked = without_spans(mail, rules);
    let lines: Vec<&str> = unmarked.split('\n').collect();
    let is_reply = !mail.in_reply_to.is_empty()
        || !mail.references.is_empty()
        || subject_prefix(&mail.subject) == SubjectPrefix::Reply;
    let mut kept = without_quotes(&lines, is_reply);
    if kept.len() < lines.len() {
        add(rules, RuleId::B7);
    }
    if rules.contains(&RuleId::B7) {
        // What was cut leaves no hole.
        kept.dedup_by(|line, above| line.trim().is_empty() && above.trim().is_empty());
    }
    if cut_signature(&mut kept) {
        add(rules, RuleId::B8);
    }
    kept.join("\n")
}

/// The text without what the HTML marked. Signatures stay when nothing else is left: some clients put the cursor, and
/// so the instruction, inside of them.
fn without_spans<'a>(mail: &'a InboundMail, rules: &mut Vec<RuleId>) -> Cow<'a, str> {
    let body = &mail.body;
    if body.spans.is_empty() {
        return Cow::Borrowed(&body.text);
    }
    let cut = |is_cut: fn(SpanKind) -> bool| {
        let mut out = String::with_capacity(body.text.len());
        let mut from = 0;
        for span in body.spans.iter().filter(|span| is_cut(span.kind)) {
            out.push_str(body.text.get(from..span.range.start).unwrap_or_default());
            // Cut words must not glue their neighbours together.
            out.push('\n');
            from = span.range.end;
        }
        out.push_str(body.text.get(from..).unwrap_or_default());
        out
    };
    let has = |kind| body.spans.iter().any(|span| span.kind == kind);
    if has(SpanKind::Quote) {
        add(rules, RuleId::B7);
    }
    let own = cut(|_| true);
    if !own.trim().is_empty() {
        if has(SpanKind::Signature) {
            add(rules, RuleId::B8);
        }
        return Cow::Owned(own);
    }
    Cow::Owned(cut(|kind| kind == SpanKind::Quote))
}

/// Drops quoted lines and their attributions, and cuts at what introduces an unmarked quote.
fn without_quotes<'a>(lines: &[&'a str], is_reply: bool) -> Vec<&'a str> {
    let has_marker = lines.iter().any(|line| is_marker(line));
    let mut kept: Vec<&'a str> = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        if marks::is_quoted(line) {
            continue;
        }
        if is_marker(line) {
            break;
        }
        if marks::ends_like_attribution(line)
            && let Some(wrapped) = attribution_len(lines, at)
        {
            let above = kept.len().saturating_sub(wrapped - 1);
            let next = lines
                .iter()
                .skip(at + 1)
                .find(|line| !line.trim().is_empty());
            let is_marked_below = next.is_none_or(|next| marks::is_quoted(next));
            let has_words_above = kept.iter().take(above).any(|line| !line.trim().is_empty());
            kept.truncate(above);
            // An unmarked quote ends the mail, unless the sender's words can only stand below it.
            if !is_marked_below && (has_words_above || has_marker) {
                break;
            }
            continue;
        }
        if starts_original(lines, at, is_reply) && kept.iter().any(|line| !line.trim().is_empty()) {
            break;
        }
        kept.push(line);
    }
    let is_empty = kept.iter().all(|line| line.trim().is_empty());
    if is_empty && !is_reply && !has_marker {
        // A first mail in which everything is indented with `>`: nobody is quoted there.
        return lines.to_vec();
    }
    kept
}

/// Over how many lines the attribution that ends here is wrapped: the most that make one. Lines above count only when
/// they begin like one, so that none of the sender's own is taken.
fn attribution_len(lines: &[&str], end: usize) -> Option<usize> {
    let mut joined = String::new();
    let mut found = None;
    for count in 1..=MAX_WRAP {
        let Some(line) = (end + 1).checked_sub(count).and_then(|at| lines.get(at)) else {
            break;
        };
        if line.trim().is_empty() {
            break;
        }
        joined = format!("{} {joined}", line.trim());
        if (count == 1 || marks::starts_attribution(line)) && marks::is_attribution(&joined) {
            found = Some(count);
        }
    }
    found
}

/// Whether everything from here on is the original that an answer carries below.
fn starts_original(lines: &[&str], at: usize, is_reply: bool) -> bool {
    let Some(line) = lines.get(at) else {
        return false;
    };
    let block_at = |from: usize| marks::is_header_block(lines.iter().skip(from).copied());
    let next_words = || {
        (at + 1..lines.len().min(at + 4))
            .find(|n| lines.get(*n).is_some_and(|l| !l.trim().is_empty()))
    };
    marks::is_original(line)
        || marks::is_underscores(line) && next_words().is_some_and(block_at)
        || is_reply && block_at(at)
        || block_at(at) && lines.iter().take(at).any(|line| !line.trim().is_empty())
}

/// Cuts a signature and the device's advertisement; true when something was cut (B8).
fn cut_signature(kept: &mut Vec<&str>) -> bool {
    let before = kept.len();
    trim_end(kept);
    let words = |lines: &[&str]| lines.iter().filter(|line| !line.trim().is_empty()).count();
    let first_words = kept
        .iter()
        .position(|line| !line.trim().is_empty())
        .unwrap_or(0);
    let start = kept
        .iter()
        .rposition(|line| marks::is_signature_start(line))
        .filter(|at| {
            *at > first_words
                && kept
                    .get(at + 1..)
                    .is_some_and(|tail| words(tail) <= MAX_SIGNATURE)
        });
    if let Some(start) = start {
        kept.truncate(start);
    }
    trim_end(kept);
    let tail = kept.len().saturating_sub(DEVICE_LINES);
    let device = kept
        .iter()
        .enumerate()
        .skip(tail)
        .find(|(_, line)| marks::is_device_line(line))
        .map(|(at, _)| at);
    if let Some(at) = device {
        kept.remove(at);
    }
    if kept
        .iter()
        .all(|line| line.trim().is_empty() || marks::is_delimiter(line))
    {
        // Rulers alone say nothing.
        kept.clear();
    }
    let is_cut = start.is_some() || device.is_some();
    trim_end(kept);
    while is_cut && kept.len() > 1 && kept.last().is_some_and(|line| marks::is_delimiter(line)) {
        kept.pop();
        trim_end(kept);
    }
    is_cut && kept.len() < before
}

fn trim_end(lines: &mut Vec<&str>) {
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
}

/// At most [`MAX_INSTRUCTION`] bytes, cut between characters (B11).
fn capped(text: &str, rules: &mut Vec<RuleId>) -> String {
    if text.len() <= MAX_INSTRUCTION {
        return text.to_owned();
    }
    add(rules, RuleId::B11);
    let mut end = MAX_INSTRUCTION;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

fn add(rules: &mut Vec<RuleId>, rule: RuleId) {
    if !rules.contains(&rule) {
        rules.push(rule);
    }
}

#[cfg(test)]
#[path = "trim_tests.rs"]
mod tests;
