//! Messages between Hermes and its workers (`design.md` section 7), with the field names of the service before.

use serde::{Deserialize, Serialize};

use super::command::{Action, Attachment, CommandResult, Source};
use super::ids::{ClientId, CommandId, ContainerId, ProjectId, SessionId, ThreadId, UserId};
use super::mail::files::RefusedFile;
use super::project::{AgentChoice, Project};
use super::time::{Timestamp, rfc3339};

/// Hermes to worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ToWorker {
    /// Carry this out.
    Work(Box<Work>),
    /// Stop this command if it is queued or running there.
    Interrupt(Interrupt),
    /// Take nothing new, hand back what is not begun, end.
    Shutdown(Shutdown),
}

/// One command to carry out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Work {
    pub command_id: CommandId,
    pub session_id: SessionId,
    pub project_id: ProjectId,
    pub user_id: UserId,
    pub client_id: ClientId,
    pub thread_id: ThreadId,
    /// The same as `thread_id`; the name that older workers read.
    pub chat_thread_id: ThreadId,
    /// The thread's branch.
    pub branch: String,
    /// The project's repository.
    pub repo_url: String,
    /// What to do, in the sender's words.
    pub instruction: String,
    /// What the words ask for, when they are fixed ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    #[serde(with = "rfc3339")]
    pub timestamp: Timestamp,
    pub source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Order of work in the container.
    #[serde(default)]
    pub sequence: u64,
    /// The generation this is for.
    #[serde(default)]
    pub generation: u64,
    #[serde(default, skip_serializing_if = "WorkContext::is_empty")]
    pub context: WorkContext,
}

/// What else the agent should know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkContext {
    /// The instruction that was stopped for this one, half done (C16).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<InterruptedWork>,
    /// Files that came with the instruction.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Files that came with it and are kept from the agent (B13).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused_files: Vec<RefusedFile>,
}

impl WorkContext {
    fn is_empty(&self) -> bool {
        self.interrupted.is_none() && self.attachments.is_empty() && self.refused_files.is_empty()
    }
}

/// An instruction that a newer one has stopped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InterruptedWork {
    /// Which command.
    pub command_id: CommandId,
    /// What it was to do.
    pub instruction: String,
}

/// Stops one command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Interrupt {
    pub command_id: CommandId,
    pub session_id: SessionId,
    pub generation: u64,
    #[serde(with = "rfc3339")]
    pub timestamp: Timestamp,
    /// Why.
    pub reason: String,
}

/// Ends the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields say what their types say"
)]
pub struct Shutdown {
    pub generation: u64,
    #[serde(with = "rfc3339")]
    pub timestamp: Timestamp,
    /// Why.
    pub reason: String,
}

/// Worker to Hermes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FromWorker {
    /// A command has ended.
    Response(Box<Response>),
    /// The worker is there.
    Heartbeat(WorkerEvent),
    /// A command has begun.
    Started(WorkerEvent),
    /// A command is under way.
    Progress(WorkerEvent),
}

/// The end of a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Response {
    pub command_id: CommandId,
    pub session_id: SessionId,
    pub project_id: ProjectId,
    pub user_id: UserId,
    #[serde(with = "rfc3339")]
    pub timestamp: Timestamp,
    /// Absent from workers that know only `work` and `response`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    pub success: bool,
    /// Stopped before its end; `success` is false then.
    #[serde(default)]
    pub interrupted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    #[serde(flatten)]
    pub result: CommandResult,
}

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct WorkerEvent {
    pub container_id: ContainerId,
    pub generation: u64,
    #[serde(with = "rfc3339")]
    pub timestamp: Timestamp,
    /// Whether a command is running.
    #[serde(default)]
    pub busy: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_id: Option<CommandId>,
    /// What is being done, for people; no bodies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What a worker must know of its project; JSON in `HERMES_PROJECT`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerProject {
    /// The default branch, from which threads start.
    pub branch: String,
    /// The build command, run without a shell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Vec<String>>,
    /// The folder to publish, relative to the repository.
    pub output: String,
    /// `literal`, `claude`, `bedrock` or `program`.
    pub agent: String,
    /// The command of the agent `program`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Vec<String>>,
    /// How long one command may take, in seconds.
    pub command_timeout_seconds: u64,
}

impl From<&Project> for WorkerProject {
    fn from(project: &Project) -> Self {
        let program = match &project.agent {
            AgentChoice::Program(argv) => Some(argv.clone()),
            AgentChoice::Literal | AgentChoice::Claude | AgentChoice::Bedrock => None,
        };
        Self {
            branch: project.branch.clone(),
            build: project.build.clone(),
            output: project.output.to_string_lossy().into_owned(),
            agent: project.agent.name().to_owned(),
            program,
            command_timeout_seconds: project.command_timeout.as_secs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_workers_response_is_read() {
        let text = r#"{"type":"response","commandId":"cmd-1","sessionId":"ses-1","projectId":"p","userId":"u@x.y",
            "timestamp":"2026-11-21T14:27:41Z","success":true,"summary":"done","filesChanged":["a.html"]}"#;
        let FromWorker::Response(response) = serde_json::from_str(text).unwrap() else {
            panic!("a response")
        };
        assert_eq!(response.generation, None);
        assert_eq!(response.result.files_changed, ["a.html"]);
    }

    #[test]
    fn control_messages_keep_their_type_tags() {
        let shutdown = ToWorker::Shutdown(Shutdown {
            generation: 3,
            timestamp: Timestamp::EPOCH,
            reason: "idle".to_owned(),
        });
        let json = serde_json::to_value(&shutdown).unwrap();
        assert_eq!(json["type"], "shutdown");
        assert_eq!(json["timestamp"], "1970-01-01T00:00:00Z");
        assert_eq!(serde_json::from_value::<ToWorker>(json).unwrap(), shutdown);
    }
}
