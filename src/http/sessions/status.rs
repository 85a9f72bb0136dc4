//! The status of a session. Asking is not activity.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::domain::command::{Command, ReplyTrouble};
use crate::domain::container::Container;
use crate::domain::ids::{ClientId, CommandId, JournalId, ProjectId, SessionId, ThreadId, UserId};
use crate::http::caller::{Caller, ToWork};
use crate::http::input::PathId;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::services::sessions::SessionView;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct StatusBody {
    session_id: SessionId,
    client_id: ClientId,
    user_id: UserId,
    project_id: ProjectId,
    thread_id: ThreadId,
    status: &'static str,
    container: &'static str,
    last_activity: String,
    preview_url: String,
    /// Epoch seconds.
    ttl: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<LastCommand>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LastCommand {
    command_id: CommandId,
    /// The reference in the mails about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    journal_id: Option<JournalId>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    /// `failed` or `bounced`: the answer by mail was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<ReplyTrouble>,
}

/// `GET /hermes/api/sessions/{sessionId}/status`.
pub(in crate::http) async fn status(
    State(app): State<AppState>,
    caller: Caller<ToWork>,
    PathId(session): PathId<SessionId>,
) -> Result<Json<StatusBody>, Problem> {
    let view = app.sessions.status(&caller.scope, &session).await?;
    Ok(Json(view.into()))
}

impl From<SessionView> for StatusBody {
    fn from(view: SessionView) -> Self {
        let session = view.session;
        Self {
            session_id: session.session_id,
            client_id: session.client_id,
            user_id: session.user_id,
            project_id: session.project_id,
            thread_id: session.thread_id,
            status: view.status.as_str(),
            container: view
                .container
                .as_ref()
                .map_or("stopped", Container::state_name),
            last_activity: session.last_activity.rfc3339(),
            preview_url: session.preview_url,
            ttl: session.ttl.as_secs(),
            reason: session.reason,
            command: view.command.map(LastCommand::from),
        }
    }
}

impl From<Command> for LastCommand {
    fn from(command: Command) -> Self {
        Self {
            command_id: command.command_id,
            journal_id: command.mail.map(|mail| mail.journal_id),
            state: command.state.as_str(),
            reply: command.reply_trouble,
            summary: command.result.and_then(|result| result.summary),
        }
    }
}
