//! What happened in a session: one durable, numbered list.

use serde::{Deserialize, Serialize};

use super::command::Command;
use super::ids::{
    ClientId, CommandId, ContainerId, JournalId, ProjectId, SessionId, ThreadId, hash_parts, hex,
};
use super::session::Session;
use super::time::Timestamp;

/// What happened. No bodies, no addresses, no secrets; additive only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all_fields = "camelCase")]
#[expect(
    missing_docs,
    reason = "fields are the ids of their types, or documented on the records they come from"
)]
pub enum EventKind {
    /// A mail became part of the session.
    #[serde(rename = "mail.accepted")]
    MailAccepted { journal_id: JournalId },
    /// The conversation began.
    #[serde(rename = "session.created")]
    SessionCreated { activation: u32 },
    /// A message opened it again.
    #[serde(rename = "session.woken")]
    SessionWoken { activation: u32 },
    /// It was deactivated.
    #[serde(rename = "session.draining")]
    SessionDraining { open_commands: u32 },
    /// It is over.
    #[serde(rename = "session.ended")]
    SessionEnded { reason: String },
    /// An instruction was accepted.
    #[serde(rename = "command.queued")]
    CommandQueued { command_id: CommandId },
    /// A worker began.
    #[serde(rename = "command.started")]
    CommandStarted { command_id: CommandId, attempt: u32 },
    /// It is under way.
    #[serde(rename = "command.progress")]
    CommandProgress {
        command_id: CommandId,
        detail: String,
    },
    /// It is done.
    #[serde(rename = "command.succeeded")]
    CommandSucceeded {
        command_id: CommandId,
        summary: String,
        files_changed: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        git_commit: Option<String>,
        preview_url: String,
    },
    /// It was not done.
    #[serde(rename = "command.failed")]
    CommandFailed {
        command_id: CommandId,
        error_code: String,
        summary: String,
    },
    /// It was stopped.
    #[serde(rename = "command.interrupted")]
    CommandInterrupted {
        command_id: CommandId,
        #[serde(skip_serializing_if = "Option::is_none")]
        interrupted_by: Option<CommandId>,
    },
    /// The container is being started.
    #[serde(rename = "container.starting")]
    ContainerStarting {
        container_id: ContainerId,
        generation: u64,
    },
    /// Its worker answers.
    #[serde(rename = "container.running")]
    ContainerRunning {
        container_id: ContainerId,
        generation: u64,
    },
    /// It is going to sleep.
    #[serde(rename = "container.draining")]
    ContainerDraining {
        container_id: ContainerId,
        generation: u64,
        reason: String,
    },
    /// It sleeps.
    #[serde(rename = "container.stopped")]
    ContainerStopped {
        container_id: ContainerId,
        generation: u64,
        reason: String,
    },
    /// It could not be started.
    #[serde(rename = "container.failed")]
    ContainerFailed {
        container_id: ContainerId,
        generation: u64,
        reason: String,
    },
    /// The preview shows the branch.
    #[serde(rename = "preview.ready")]
    PreviewReady {
        preview_url: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        git_commit: Option<String>,
    },
    /// An answer was handed over.
    #[serde(rename = "reply.sent")]
    ReplySent {
        #[serde(skip_serializing_if = "Option::is_none")]
        command_id: Option<CommandId>,
        kind: String,
    },
    /// An answer could not be handed over.
    #[serde(rename = "reply.failed")]
    ReplyFailed {
        #[serde(skip_serializing_if = "Option::is_none")]
        command_id: Option<CommandId>,
        kind: String,
    },
    /// An answer was handed over, and came back.
    #[serde(rename = "reply.bounced")]
    ReplyBounced {
        #[serde(skip_serializing_if = "Option::is_none")]
        command_id: Option<CommandId>,
        kind: String,
        /// `soft` if it may pass, else `hard`.
        class: String,
    },
}

impl EventKind {
    /// The event's `type`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::MailAccepted { .. } => "mail.accepted",
            Self::SessionCreated { .. } => "session.created",
            Self::SessionWoken { .. } => "session.woken",
            Self::SessionDraining { .. } => "session.draining",
            Self::SessionEnded { .. } => "session.ended",
            Self::CommandQueued { .. } => "command.queued",
            Self::CommandStarted { .. } => "command.started",
            Self::CommandProgress { .. } => "command.progress",
            Self::CommandSucceeded { .. } => "command.succeeded",
            Self::CommandFailed { .. } => "command.failed",
            Self::CommandInterrupted { .. } => "command.interrupted",
            Self::ContainerStarting { .. } => "container.starting",
            Self::ContainerRunning { .. } => "container.running",
            Self::ContainerDraining { .. } => "container.draining",
            Self::ContainerStopped { .. } => "container.stopped",
            Self::ContainerFailed { .. } => "container.failed",
            Self::PreviewReady { .. } => "preview.ready",
            Self::ReplySent { .. } => "reply.sent",
            Self::ReplyFailed { .. } => "reply.failed",
            Self::ReplyBounced { .. } => "reply.bounced",
        }
    }
}

/// An event that has no number yet: the ledger numbers it in the transaction that makes the change.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are the ids of their types")]
pub struct EventDraft {
    pub session_id: SessionId,
    pub client_id: ClientId,
    pub project_id: ProjectId,
    pub thread_id: ThreadId,
    pub at: Timestamp,
    pub kind: EventKind,
}

impl EventDraft {
    /// An event of `session`.
    pub fn of(session: &Session, at: Timestamp, kind: EventKind) -> Self {
        Self {
            session_id: session.session_id.clone(),
            client_id: session.client_id.clone(),
            project_id: session.project_id.clone(),
            thread_id: session.thread_id.clone(),
            at,
            kind,
        }
    }
}

impl EventDraft {
    /// An event of the session that `command` is for.
    pub fn of_command(command: &Command, at: Timestamp, kind: EventKind) -> Self {
        Self {
            session_id: command.session_id.clone(),
            client_id: command.client_id.clone(),
            project_id: command.project_id.clone(),
            thread_id: command.thread_id.clone(),
            at,
            kind,
        }
    }
}

/// A numbered event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// 1, 2, 3 in its session, without gaps.
    pub sequence: u64,
    /// What happened, when and where.
    pub draft: EventDraft,
}

impl Event {
    /// `evt_` and 24 hexadecimal digits, the same for the same event whenever it is read.
    pub fn id(&self) -> String {
        let hash = hash_parts(&[
            self.draft.session_id.as_str().as_bytes(),
            &self.sequence.to_be_bytes(),
        ]);
        format!("evt_{}", hex(hash.get(..12).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_in_json_is_the_name() {
        let kinds = [
            EventKind::SessionEnded {
                reason: "idle".to_owned(),
            },
            EventKind::CommandQueued {
                command_id: "cmd-1".parse().unwrap(),
            },
            EventKind::CommandSucceeded {
                command_id: "cmd-1".parse().unwrap(),
                summary: "Opening hours are now 9-5".to_owned(),
                files_changed: vec!["contact.html".to_owned()],
                git_commit: None,
                preview_url: "http://x/".to_owned(),
            },
        ];
        for kind in kinds {
            let json = serde_json::to_value(&kind).unwrap();
            assert_eq!(json["type"], kind.name());
            assert!(json["data"].is_object());
            assert_eq!(serde_json::from_value::<EventKind>(json).unwrap(), kind);
        }
    }
}
