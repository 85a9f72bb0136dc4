//! A decision for people to read.

use std::io;

use crate::cli::screen::{Details, Style, Terminal, clean};
use crate::domain::journal::Verdict;
use crate::domain::mail::{Explained, ExplainedFile, RefusalReason};

/// Most lines of a text that are shown; `--json` has all of it.
const MAX_LINES: usize = 60;

/// Prints verdict, facts, rules and words.
pub(super) fn print(explained: &Explained, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let (style, meaning) = meaning(explained.verdict);
    let verdict = format!("{meaning} ({})", explained.verdict.as_str());
    terminal.line(terminal.paint(style, &verdict))?;
    terminal.line(format_args!("Because: {}", clean(&explained.reason)))?;
    terminal.line("")?;
    facts(explained).print(terminal)?;
    if !explained.rules.is_empty() {
        heading("Rules, in the order in which they took part", terminal)?;
        let mut rules = Details::default();
        for rule in &explained.rules {
            rules.push(rule.as_str(), rule.meaning());
        }
        rules.print(terminal)?;
    }
    words("The sender's own words", &explained.instruction, terminal)?;
    if let Some(forwarded) = &explained.forwarded {
        words("Forwarded with it, as material", forwarded, terminal)?;
    }
    Ok(())
}

fn facts(explained: &Explained) -> Details {
    let mut facts = Details::default();
    facts.push_some("from", explained.from.as_deref());
    if !explained.subject.is_empty() {
        facts.push("subject", &explained.subject);
    }
    facts.push_some("message id", explained.message_id.as_deref());
    if explained.verdict != Verdict::Poison {
        facts.push(
            "written by",
            if explained.is_auto {
                "a machine"
            } else {
                "a person"
            },
        );
        facts.push("kind", explained.kind.as_str());
    }
    facts.push_some("command", explained.command);
    facts.push_some("refused as", explained.refusal.map(RefusalReason::as_str));
    for candidate in &explained.thread_candidates {
        facts.push("may continue", candidate);
    }
    for file in &explained.attachments {
        facts.push("file", file_line(file));
    }
    if explained.is_truncated {
        facts.push(
            "note",
            "it is larger or deeper than the limits: parts were not read",
        );
    }
    facts
}

fn file_line(file: &ExplainedFile) -> String {
    let ExplainedFile {
        name,
        content_type,
        bytes,
        ..
    } = file;
    format!("{name} ({content_type}, {bytes} bytes)")
}

fn heading(text: &str, terminal: &mut Terminal<'_>) -> io::Result<()> {
    terminal.line("")?;
    terminal.line(terminal.paint(Style::Strong, text))
}

fn words(name: &str, text: &str, terminal: &mut Terminal<'_>) -> io::Result<()> {
    heading(name, terminal)?;
    if text.is_empty() {
        return terminal.line(terminal.paint(Style::Faint, "  (none)"));
    }
    for line in text.lines().take(MAX_LINES) {
        terminal.line(format_args!("  {}", clean(line)))?;
    }
    let more = text.lines().count().saturating_sub(MAX_LINES);
    if more > 0 {
        terminal.line(terminal.paint(Style::Faint, &format!("  and {more} lines more")))?;
    }
    Ok(())
}

/// A verdict in words: nothing has happened yet.
const fn meaning(verdict: Verdict) -> (Style, &'static str) {
    match verdict {
        Verdict::Instruct => (Style::Good, "It would be carried out"),
        Verdict::Command => (Style::Good, "It would be obeyed as a command"),
        Verdict::Silent => (Style::Notice, "It would be kept, and nobody answered"),
        Verdict::Refuse => (
            Style::Notice,
            "It would be refused, and the sender told why",
        ),
        Verdict::Hold => (Style::Notice, "It would be held until somebody confirms it"),
        Verdict::Poison => (Style::Bad, "It cannot be read as a mail"),
    }
}
