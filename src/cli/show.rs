//! What answers about mails and about sessions have in common.

use std::io;

use serde::Deserialize;
use serde_json::json;

use crate::config::cli::{Exit, Page};
use crate::domain::time::Timestamp;

use super::screen::{Style, Terminal, clean, moment, second};
use super::server::{Answer, Failure, Server};

/// A command, as far as it is shown.
#[derive(Debug, Deserialize)]
pub(super) struct Command {
    #[serde(rename = "commandId")]
    id: String,
    state: String,
    #[serde(default)]
    summary: Option<String>,
}

impl Command {
    /// `cmd-1: succeeded: Opening hours are now 9-5`.
    pub(super) fn sentence(&self) -> String {
        let end = self
            .summary
            .as_deref()
            .map(|summary| format!(": {summary}"));
        format!("{}: {}{}", self.id, self.state, end.unwrap_or_default())
    }
}

/// The texts in a row; `None` if there are none.
pub(super) fn list(texts: &[String]) -> Option<String> {
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// A time of the API and its distance; what is no time stays as it is.
pub(super) fn moment_of(text: &str, now: Timestamp) -> String {
    text.parse()
        .map_or_else(|_| text.to_owned(), |at| moment(at, now))
}

/// A time of the API to the second; what is no time stays as it is.
pub(super) fn second_of(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), second)
}

/// What to do next, beside the answer.
pub(super) fn next_step(
    arguments: &str,
    server: &Server,
    terminal: &mut Terminal<'_>,
) -> io::Result<()> {
    let next = format!("next: hermes {}{}", clean(arguments), server.arguments());
    terminal.remark(terminal.paint(Style::Faint, &next))
}

/// The query that asks for a page; `limit` is the page's own, as text.
pub(super) fn page_query<'a>(limit: &'a str, page: &'a Page) -> Vec<(&'a str, &'a str)> {
    let cursor = page.cursor.as_deref().map(|cursor| ("cursor", cursor));
    [("limit", limit)].into_iter().chain(cursor).collect()
}

/// How to ask for the next page, if there is one.
pub(super) fn next_page(
    command: &str,
    page: &Page,
    answer: &Answer,
    server: &Server,
    terminal: &mut Terminal<'_>,
) -> io::Result<()> {
    let Some(cursor) = &answer.next else {
        return Ok(());
    };
    let limit = page.limit;
    let more = format!("{command} --limit {limit} --cursor '{cursor}'");
    next_step(&more, server, terminal)
}

/// A page for programs: the rows as the server wrote them, and the cursor that is in no row.
pub(super) fn json_page(answer: &Answer, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let page = format!(
        "{{\"items\":{},\"next\":{}}}",
        answer.json,
        json!(answer.next)
    );
    terminal.json(&page)?;
    Ok(Exit::Done)
}
