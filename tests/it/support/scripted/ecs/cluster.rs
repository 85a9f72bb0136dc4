//! What the server remembers: tasks, client tokens, what it was asked and what it is to answer.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::Value;

use super::task::Task;

pub(super) const CLUSTER: &str = "webordinary-edit-cluster";
pub(super) const CLUSTER_ARN: &str =
    "arn:aws:ecs:us-west-2:123456789012:cluster/webordinary-edit-cluster";
pub(super) const SERVICE: &str = "webordinary-edit-service";
pub(super) const FAMILY: &str = "webordinary-edit";
pub(super) const TASK_DEFINITION_ARN: &str =
    "arn:aws:ecs:us-west-2:123456789012:task-definition/webordinary-edit:7";
pub(super) const SUBNETS: [&str; 2] = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"];
pub(super) const SECURITY_GROUP: &str = "sg-0a1b2c3d4e5f60001";

/// What one call is answered instead.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// This error.
    Error(u16, &'static str, &'static str),
    /// `RunTask`: no task, and these reasons.
    Failures(Vec<&'static str>),
    /// It is carried out, and the answer is an error of the server.
    Lost,
}

impl Answer {
    /// As AWS throttles.
    pub(crate) fn throttled() -> Self {
        Self::Error(400, "ThrottlingException", "Rate exceeded")
    }

    /// As AWS refuses what a role may not do.
    pub(crate) fn denied() -> Self {
        let text = "User: arn:aws:sts::123456789012:assumed-role/hermes/i is not authorized to perform: ecs:RunTask";
        Self::Error(400, "AccessDeniedException", text)
    }
}

/// A `RunTask` that was answered with a task.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) token: String,
    pub(crate) container: String,
    pub(crate) generation: u64,
    pub(crate) task: String,
    /// Whether it started the task; else it was a repetition.
    pub(crate) started: bool,
}

/// What was started under a client token, and with what.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) request: Value,
    pub(super) tasks: Vec<String>,
}

/// Everything that can change. Beside the tasks: the knobs of the test.
#[derive(Debug, Default)]
pub(super) struct Cluster {
    /// By ARN; ARNs count up.
    pub(super) tasks: BTreeMap<String, Task>,
    pub(super) tokens: HashMap<String, Token>,
    pub(super) runs: Vec<Run>,
    pub(super) calls: Vec<(String, Value)>,
    pub(super) answers: HashMap<String, VecDeque<Answer>>,
    /// The folder in which containers have theirs, as the task definition says.
    pub(super) workspace: String,
    pub(super) lag: usize,
    pub(super) has_no_spot: bool,
    /// Whether a start without a task uses its token up; AWS does not say.
    pub(super) failures_bind: bool,
    /// The capacity providers of the service; none: launch type FARGATE.
    pub(super) providers: Vec<&'static str>,
    pub(super) has_no_service: bool,
    /// Tasks on a page of `ListTasks`.
    pub(super) page: Option<usize>,
}

impl Cluster {
    pub(super) fn take_answer(&mut self, operation: &str) -> Option<Answer> {
        self.answers.get_mut(operation)?.pop_front()
    }

    pub(super) fn next_arn(&self) -> String {
        let number = self.tasks.len() + 1;
        format!("arn:aws:ecs:us-west-2:123456789012:task/{CLUSTER}/{number:032x}")
    }
}
