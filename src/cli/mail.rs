//! `hermes mail`: sends mails, and shows what became of them.

use serde::Deserialize;

use crate::config::cli::{Exit, FileOrStdin, MailCommand, Page};
use crate::domain::ids::{CommandId, JournalId, SessionId};

use super::input;
use super::screen::{Cell, Details, Style, Table, Terminal, clean};
use super::server::{Answer, Content, Failure, Route, Server};
use super::show;

/// Largest mail that is sent or explained, in bytes: what the service takes.
pub(super) const LARGEST_MAIL: u64 = 40 << 20;

/// What the service says of a mail it has taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentMail {
    /// The mail's row in the journal.
    pub journal_id: JournalId,
    /// What becomes of it, as the API writes it.
    pub verdict: String,
    /// Whether it had been received before.
    #[serde(default)]
    pub duplicate: bool,
    /// The session it belongs to.
    pub session_id: Option<SessionId>,
    /// The command that carries it out.
    pub command_id: Option<CommandId>,
    /// Ids of the rules that decided.
    #[serde(default)]
    pub rules: Vec<String>,
}

/// Posts a mail (message/rfc822). Sending it again is safe: the service recognises it.
pub async fn send_mail(server: &Server, mail: Vec<u8>) -> Result<SentMail, Failure> {
    post_mail(server, mail).await?.read()
}

pub(super) async fn run(
    command: &MailCommand,
    server: &Server,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    match command {
        MailCommand::Send { file, .. } => send(file, server, terminal).await,
        MailCommand::List { page, .. } => list(page, server, terminal).await,
        MailCommand::Show { id, .. } => show(id, server, terminal).await,
        MailCommand::Replay { id, force, .. } => {
            let query: &[_] = if *force { &[("force", "true")] } else { &[] };
            let route = Route {
                steps: &["api", "mail", id.as_str(), "replay"],
                query,
            };
            let answer = server.post(route, Content::Nothing).await?;
            tell_sent(&answer, server, terminal)
        }
    }
}

async fn post_mail(server: &Server, mail: Vec<u8>) -> Result<Answer, Failure> {
    let route = Route {
        steps: &["api", "mail"],
        query: &[],
    };
    server.post(route, Content::Mail(mail)).await
}

async fn send(
    file: &FileOrStdin,
    server: &Server,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let mail = input::read(file, LARGEST_MAIL, terminal)?;
    tell_sent(&post_mail(server, mail).await?, server, terminal)
}

fn tell_sent(
    answer: &Answer,
    server: &Server,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let sent: SentMail = answer.read()?;
    if terminal.json {
        terminal.json(&answer.json)?;
        return Ok(Exit::Done);
    }
    let (style, meaning) = meaning(&sent.verdict);
    terminal.line(terminal.paint(style, &meaning))?;
    if sent.duplicate {
        terminal.line("It had been received before: nothing is done twice")?;
    }
    let mut details = Details::default();
    details.push("mail", sent.journal_id.as_str());
    details.push_some("session", sent.session_id.as_ref().map(SessionId::as_str));
    details.push_some("command", sent.command_id.as_ref().map(CommandId::as_str));
    details.push_some("rules", show::list(&sent.rules));
    details.print(terminal)?;
    let next = match &sent.session_id {
        Some(session) => format!("session watch {session}"),
        None => format!("mail show {}", sent.journal_id),
    };
    show::next_step(&next, server, terminal)?;
    Ok(Exit::Done)
}

/// A verdict in words. Its name stays in, because documentation and metrics use it.
fn meaning(verdict: &str) -> (Style, String) {
    let (style, text) = match verdict {
        "instruct" => (Style::Good, "Accepted: it will be carried out"),
        "command" => (Style::Good, "Accepted: a command by reply"),
        "silent" => (Style::Notice, "Kept: nobody is answered"),
        "refuse" => (Style::Notice, "Refused: the sender is told why"),
        "hold" => (Style::Notice, "Held until somebody confirms it"),
        "poison" => (Style::Bad, "Kept: it cannot be read"),
        _ => (Style::Notice, "Received"),
    };
    (style, format!("{text} ({})", clean(verdict)))
}

/// One mail in the journal, as far as it is shown.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    journal_id: String,
    received_at: String,
    verdict: String,
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    message_id: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Vec<String>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    bytes: Option<u64>,
    #[serde(default)]
    project_id: Option<String>,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    session_id: Option<String>,
    #[serde(default)]
    thread_id: Option<String>,
    #[serde(default)]
    command_id: Option<CommandId>,
    #[serde(default)]
    replays: u32,
}

async fn list(page: &Page, server: &Server, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let limit = page.limit.to_string();
    let route = Route {
        steps: &["api", "mail"],
        query: &show::page_query(&limit, page),
    };
    let answer = server.get(route).await?;
    let rows: Vec<Row> = answer.read()?;
    if terminal.json {
        return show::json_page(&answer, terminal);
    }
    if rows.is_empty() {
        terminal.line("No mails")?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["RECEIVED", "VERDICT", "FROM", "SUBJECT", "RULES", "ID"]);
    for row in &rows {
        table.push([
            Cell::new(&show::second_of(&row.received_at)),
            Cell::new(&row.verdict).styled(meaning(&row.verdict).0),
            Cell::cut(row.from.as_deref().unwrap_or("-"), 28),
            Cell::cut(&row.subject, 32),
            Cell::cut(&row.rules.join(" "), 16),
            Cell::new(&row.journal_id),
        ]);
    }
    table.print(terminal)?;
    show::next_page("mail list", page, &answer, server, terminal)?;
    Ok(Exit::Done)
}

async fn show(
    id: &JournalId,
    server: &Server,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let route = Route {
        steps: &["api", "mail", id.as_str()],
        query: &[],
    };
    let answer = server.get(route).await?;
    let row: Row = answer.read()?;
    if terminal.json {
        terminal.json(&answer.json)?;
        return Ok(Exit::Done);
    }
    let mut details = Details::default();
    details.push("mail", &row.journal_id);
    details.push("received", show::moment_of(&row.received_at, terminal.now));
    details.push_some("channel", row.channel);
    details.push_some("from", row.from);
    details.push_some("to", show::list(&row.to));
    details.push("subject", &row.subject);
    details.push_some("message id", row.message_id);
    details.push_some("size", row.bytes.map(|bytes| format!("{bytes} bytes")));
    details.push("verdict", &row.verdict);
    details.push("reason", &row.reason);
    details.push_some("rules", show::list(&row.rules));
    details.push_some("project", row.project_id);
    details.push_some("thread", row.thread_id);
    details.push_some("session", row.session_id);
    if row.replays > 0 {
        details.push("decided again", format!("{} times", row.replays));
    }
    if let Some(id) = row.command_id {
        details.push("command", became(&id, server).await);
    }
    details.print(terminal)?;
    Ok(Exit::Done)
}

/// What became of a command. A key that may read the journal may not be one that may read commands.
async fn became(id: &CommandId, server: &Server) -> String {
    let route = Route {
        steps: &["api", "commands", id.as_str()],
        query: &[],
    };
    let command = async { server.get(route).await?.read::<show::Command>() };
    match command.await {
        Ok(command) => command.sentence(),
        Err(failure) => format!("{id}: {failure}"),
    }
}
