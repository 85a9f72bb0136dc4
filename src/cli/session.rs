//! `hermes session`: starts sessions, asks about them, keeps and ends them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::config::cli::{Exit, FileOrStdin, Page, SessionCommand};
use crate::domain::ids::{ClientId, ProjectId, SessionId, ThreadId, UserId};
use crate::domain::time::Timestamp;

use super::input;
use super::screen::{Cell, Details, Style, Table, Terminal, clean, moment};
use super::server::{Answer, Content, Failure, Route, Server};
use super::show;
use super::watch::watch;

/// Largest instruction that is read from standard input, in bytes. The server says what it takes.
const LARGEST_INSTRUCTION: u64 = 1 << 20;

pub(super) async fn run(
    command: &SessionCommand,
    server: &Server,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    match command {
        SessionCommand::Activate { .. } => activate(command, server, terminal).await,
        SessionCommand::Status(session) => {
            let answer = server.get(route(&steps(&session.id, "status"))).await?;
            tell_status(&answer, terminal)
        }
        SessionCommand::Keepalive(session) => {
            let answer = post(&session.id, "keepalive", server).await?;
            tell_kept(&session.id, &answer, terminal)
        }
        SessionCommand::Deactivate(session) => {
            let answer = post(&session.id, "deactivate", server).await?;
            tell_deactivated(&session.id, &answer, terminal)
        }
        SessionCommand::List {
            client_id, page, ..
        } => list(client_id, page, server, terminal).await,
        SessionCommand::Watch(session) => watch(server, &session.id, terminal, ctrl_c()).await,
    }
}

/// Ends at Ctrl-C; never, where that cannot be listened to.
async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn steps<'a>(session: &'a SessionId, what: &'a str) -> [&'a str; 4] {
    ["api", "sessions", session.as_str(), what]
}

fn route<'a>(steps: &'a [&'a str]) -> Route<'a> {
    Route { steps, query: &[] }
}

async fn post(session: &SessionId, what: &str, server: &Server) -> Result<Answer, Failure> {
    server
        .post(route(&steps(session, what)), Content::Nothing)
        .await
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Activation<'a> {
    client_id: &'a ClientId,
    user_id: &'a UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<&'a ProjectId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_id: Option<&'a ThreadId>,
    instruction: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Activated {
    session_id: SessionId,
    preview_url: String,
    status: String,
    thread_id: String,
    command_id: String,
    ttl: i64,
}

async fn activate(
    command: &SessionCommand,
    server: &Server,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let Some(body) = activation(command, terminal)? else {
        return Ok(Exit::Done);
    };
    let steps = ["api", "sessions", "activate"];
    let answer = server.post(route(&steps), Content::Json(body)).await?;
    let activated: Activated = answer.read()?;
    if terminal.json {
        terminal.json(&answer.json)?;
        return Ok(Exit::Done);
    }
    let said = if answer.status.as_u16() == 201 {
        "Session started"
    } else {
        "Added to a session that is open"
    };
    terminal.line(terminal.paint(Style::Good, said))?;
    let mut details = Details::default();
    details.push("session", activated.session_id.as_str());
    details.push(
        "status",
        status_line(&activated.status, activated.ttl, terminal.now),
    );
    details.push("preview", &activated.preview_url);
    details.push("thread", &activated.thread_id);
    details.push("command", &activated.command_id);
    details.print(terminal)?;
    let next = format!("session watch {}", activated.session_id);
    show::next_step(&next, server, terminal)?;
    Ok(Exit::Done)
}

/// The request that an activation makes; `None` for any other command.
fn activation(
    command: &SessionCommand,
    terminal: &mut Terminal<'_>,
) -> Result<Option<Value>, Failure> {
    let SessionCommand::Activate {
        client_id,
        user_id,
        project_id,
        thread_id,
        instruction,
        client: _,
    } = command
    else {
        return Ok(None);
    };
    let text = if instruction == "-" {
        let bytes = input::read(&FileOrStdin::Stdin, LARGEST_INSTRUCTION, terminal)?;
        let utf8 = |_| Failure::Usage("standard input is not UTF-8 text".to_owned());
        String::from_utf8(bytes).map_err(utf8)?
    } else {
        instruction.clone()
    };
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::Usage(
            "the instruction is empty: say what to change".to_owned(),
        ));
    }
    let activation = Activation {
        client_id,
        user_id,
        project_id: project_id.as_ref(),
        thread_id: thread_id.as_ref(),
        instruction: text,
    };
    Ok(Some(json!(activation)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusAnswer {
    session_id: String,
    client_id: String,
    user_id: String,
    #[serde(default)]
    project_id: Option<String>,
    #[serde(default)]
    thread_id: Option<String>,
    status: String,
    #[serde(default)]
    container: Option<String>,
    #[serde(default)]
    container_ip: Option<String>,
    last_activity: String,
    preview_url: String,
    ttl: i64,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    command: Option<show::Command>,
}

fn tell_status(answer: &Answer, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let status: StatusAnswer = answer.read()?;
    if terminal.json {
        terminal.json(&answer.json)?;
        return Ok(Exit::Done);
    }
    let mut details = Details::default();
    details.push("session", &status.session_id);
    details.push(
        "status",
        status_line(&status.status, status.ttl, terminal.now),
    );
    details.push_some("reason", status.reason);
    let at = status
        .container_ip
        .map(|ip| format!(" at {ip}"))
        .unwrap_or_default();
    details.push_some("container", status.container.map(|state| state + &at));
    details.push("client", &status.client_id);
    details.push("user", &status.user_id);
    details.push_some("project", status.project_id);
    details.push_some("thread", status.thread_id);
    details.push(
        "last activity",
        show::moment_of(&status.last_activity, terminal.now),
    );
    details.push("preview", &status.preview_url);
    details.push_some("command", status.command.map(|command| command.sentence()));
    details.print(terminal)?;
    Ok(Exit::Done)
}

/// A status, and when it runs out. `ttl` counts seconds since the epoch.
fn status_line(status: &str, ttl: i64, now: Timestamp) -> String {
    let at = Timestamp::from_secs(ttl);
    let verb = if at > now { "expires" } else { "expired" };
    match status {
        "expired" if ttl == 0 => status.to_owned(),
        "expired" => format!("expired {}", moment(at, now)),
        _ => format!("{status}, {verb} {}", moment(at, now)),
    }
}

#[derive(Debug, Deserialize)]
struct Kept {
    ttl: i64,
    status: String,
    #[serde(default)]
    clamped: bool,
}

fn tell_kept(
    session: &SessionId,
    answer: &Answer,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let kept: Kept = answer.read()?;
    if terminal.json {
        terminal.json(&answer.json)?;
        return Ok(Exit::Done);
    }
    let line = status_line(&clean(&kept.status), kept.ttl, terminal.now);
    terminal.line(format_args!("{session} is {line}"))?;
    if kept.clamped {
        terminal.line("That is the longest it can be kept: only a new message extends it")?;
    }
    Ok(Exit::Done)
}

#[derive(Debug, Deserialize)]
struct Deactivated {
    status: String,
    #[serde(default)]
    message: String,
}

fn tell_deactivated(
    session: &SessionId,
    answer: &Answer,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let Deactivated { status, message } = answer.read()?;
    if terminal.json {
        terminal.json(&answer.json)?;
    } else {
        terminal.line(format_args!(
            "{session} is {}: {}",
            clean(&status),
            clean(&message)
        ))?;
    }
    Ok(Exit::Done)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    session_id: String,
    user_id: String,
    status: String,
    preview_url: String,
    last_activity: String,
}

async fn list(
    client: &ClientId,
    page: &Page,
    server: &Server,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let limit = page.limit.to_string();
    let route = Route {
        steps: &["api", "sessions", "client", client.as_str()],
        query: &show::page_query(&limit, page),
    };
    let answer = server.get(route).await?;
    let rows: Vec<Row> = answer.read()?;
    if terminal.json {
        return show::json_page(&answer, terminal);
    }
    if rows.is_empty() {
        terminal.line(format_args!("No live sessions of {client}"))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["LAST ACTIVITY", "STATUS", "USER", "SESSION", "PREVIEW"]);
    for row in &rows {
        table.push([
            Cell::new(&show::moment_of(&row.last_activity, terminal.now)),
            Cell::new(&row.status),
            Cell::cut(&row.user_id, 32),
            Cell::new(&row.session_id),
            Cell::new(&row.preview_url),
        ]);
    }
    table.print(terminal)?;
    let command = format!("session list --client {client}");
    show::next_page(&command, page, &answer, server, terminal)?;
    Ok(Exit::Done)
}
