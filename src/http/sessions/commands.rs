//! What was asked, and what became of it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::domain::command::{Command, CommandResult, ReplyTrouble, Source};
use crate::domain::ids::{CommandId, JournalId, SessionId};
use crate::domain::time::Timestamp;
use crate::http::caller::{Caller, ToWork};
use crate::http::input::{LIMIT, PathId, Query};
use crate::http::problem::Problem;
use crate::http::state::AppState;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct CommandBody {
    command_id: CommandId,
    session_id: SessionId,
    /// The reference in the mails about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    journal_id: Option<JournalId>,
    state: &'static str,
    instruction: String,
    source: Source,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    /// `failed` or `bounced`: the answer by mail was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<ReplyTrouble>,
    #[serde(flatten)]
    result: Option<CommandResult>,
}

/// `GET /hermes/api/sessions/{sessionId}/commands`: the latest, newest first.
pub(in crate::http) async fn commands(
    State(app): State<AppState>,
    caller: Caller<ToWork>,
    PathId(session): PathId<SessionId>,
    query: Query,
) -> Result<Json<Vec<CommandBody>>, Problem> {
    let limit = query.limit(&LIMIT)?;
    let commands = app
        .sessions
        .commands(&caller.scope, &session, limit)
        .await?;
    Ok(Json(commands.into_iter().map(CommandBody::from).collect()))
}

/// `GET /hermes/api/commands/{commandId}`.
pub(in crate::http) async fn command(
    State(app): State<AppState>,
    caller: Caller<ToWork>,
    PathId(id): PathId<CommandId>,
) -> Result<Json<CommandBody>, Problem> {
    let command = app.sessions.command(&caller.scope, &id).await?;
    Ok(Json(command.into()))
}

impl From<Command> for CommandBody {
    fn from(command: Command) -> Self {
        Self {
            reply: command.reply_trouble,
            command_id: command.command_id,
            session_id: command.session_id,
            journal_id: command.mail.map(|mail| mail.journal_id),
            state: command.state.as_str(),
            instruction: command.instruction,
            source: command.source,
            created_at: command.created_at.rfc3339(),
            started_at: command.started_at.map(Timestamp::rfc3339),
            ended_at: command.ended_at.map(Timestamp::rfc3339),
            result: command.result,
        }
    }
}
