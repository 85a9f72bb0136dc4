//! One task, as ECS tells of it.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Notify;

/// Where a task is between its start and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Provisioning,
    Pending,
    Activating,
    Running,
    Deactivating,
    Stopping,
    Deprovisioning,
    Stopped,
}

impl Status {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Activating => "ACTIVATING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Stopped => "STOPPED",
        }
    }

    /// What comes next for a task that is to run, or to stop.
    pub(super) fn next(self, to_stop: bool) -> Self {
        match (self, to_stop) {
            (Self::Provisioning, false) => Self::Pending,
            (Self::Pending, false) => Self::Activating,
            (Self::Activating | Self::Running, false) => Self::Running,
            (Self::Running, true) => Self::Deactivating,
            (Self::Deactivating, _) => Self::Stopping,
            (Self::Provisioning | Self::Pending | Self::Activating, true) | (Self::Stopping, _) => {
                Self::Deprovisioning
            }
            (Self::Deprovisioning | Self::Stopped, _) => Self::Stopped,
        }
    }
}

/// How a task ends.
#[derive(Debug, Clone, Default)]
pub(crate) struct StopScript {
    /// `stopCode`.
    pub(crate) code: Option<&'static str>,
    /// `stoppedReason`.
    pub(crate) reason: Option<&'static str>,
    /// The reason that its container gives.
    pub(crate) container_reason: Option<&'static str>,
    /// The exit code of its container.
    pub(crate) exit_code: Option<i32>,
}

/// A task as a test sees it.
#[derive(Debug, Clone)]
pub(crate) struct TaskView {
    pub(crate) arn: String,
    pub(crate) container: String,
    pub(crate) generation: u64,
    pub(crate) status: &'static str,
    pub(crate) is_to_stop: bool,
    pub(crate) stop_code: Option<String>,
    pub(crate) stop_reason: Option<String>,
    pub(crate) exit_code: Option<i32>,
    pub(crate) pid: Option<u32>,
}

#[derive(Debug)]
pub(super) struct Task {
    pub(super) arn: String,
    /// What `RunTask` was asked for.
    pub(super) request: Value,
    /// The container that the overrides name.
    pub(super) worker: String,
    pub(super) status: Status,
    pub(super) is_to_stop: bool,
    pub(super) stop_code: Option<String>,
    pub(super) stopped_reason: Option<String>,
    pub(super) container_reason: Option<String>,
    pub(super) exit_code: Option<i32>,
    /// How often it is still missing when asked for (C11).
    pub(super) lag: usize,
    pub(super) is_forgotten: bool,
    pub(super) pid: Option<u32>,
    /// Told when it is to stop.
    pub(super) stop_asked: Arc<Notify>,
}

impl Task {
    pub(super) fn new(arn: String, request: Value, worker: String, lag: usize) -> Self {
        Self {
            arn,
            request,
            worker,
            status: Status::Provisioning,
            is_to_stop: false,
            stop_code: None,
            stopped_reason: None,
            container_reason: None,
            exit_code: None,
            lag,
            is_forgotten: false,
            pid: None,
            stop_asked: Arc::new(Notify::new()),
        }
    }

    /// Where it is to end; the first reason counts.
    pub(super) fn ask_to_stop(&mut self, code: &str, reason: &str) {
        if !self.is_to_stop {
            self.is_to_stop = true;
            self.stop_code = Some(code.to_owned());
            self.stopped_reason = Some(reason.to_owned());
        }
        self.stop_asked.notify_one();
    }

    /// What the overrides say to the worker.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        let variables = &self.request["overrides"]["containerOverrides"][0]["environment"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let pair = |one: &Value| (text(&one["name"]), text(&one["value"]));
        variables
            .as_array()
            .into_iter()
            .flatten()
            .map(pair)
            .collect()
    }

    pub(super) fn variable(&self, name: &str) -> String {
        let mut variables = self.environment().into_iter();
        let found = variables.find(|(one, _)| one == name);
        found.map(|(_, value)| value).unwrap_or_default()
    }

    pub(super) fn view(&self) -> TaskView {
        TaskView {
            arn: self.arn.clone(),
            container: self.variable("CONTAINER_ID"),
            generation: self
                .variable("HERMES_GENERATION")
                .parse()
                .unwrap_or_default(),
            status: self.status.as_str(),
            is_to_stop: self.is_to_stop,
            stop_code: self.stop_code.clone(),
            stop_reason: self.stopped_reason.clone(),
            exit_code: self.exit_code,
            pid: self.pid,
        }
    }

    pub(super) fn describe(&self, with_tags: bool) -> Value {
        let tags = if with_tags {
            self.request["tags"].clone()
        } else {
            json!([])
        };
        let mut task = json!({
            "taskArn": self.arn,
            "clusterArn": super::cluster::CLUSTER_ARN,
            "taskDefinitionArn": super::cluster::TASK_DEFINITION_ARN,
            "lastStatus": self.status.as_str(),
            "desiredStatus": if self.is_to_stop { "STOPPED" } else { "RUNNING" },
            "startedBy": self.request["startedBy"],
            "overrides": self.request["overrides"],
            "containers": [{
                "name": self.worker,
                "lastStatus": if self.status < Status::Running { "PENDING" } else { self.status.as_str() },
                "networkInterfaces": [{ "privateIpv4Address": "10.0.1.17" }],
            }],
            "createdAt": 1_795_269_600.125,
            "tags": tags,
        });
        let of_task = [
            ("stopCode", &self.stop_code),
            ("stoppedReason", &self.stopped_reason),
        ];
        for (name, value) in of_task {
            if let Some(value) = value {
                task[name] = json!(value);
            }
        }
        if let Some(reason) = &self.container_reason {
            task["containers"][0]["reason"] = json!(reason);
        }
        if let Some(code) = self.exit_code {
            task["containers"][0]["exitCode"] = json!(code);
        }
        task
    }
}
