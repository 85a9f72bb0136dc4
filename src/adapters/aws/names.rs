//! Every name of a thing on AWS, in one place.

use std::sync::Arc;

use crate::config::AwsSettings;
use crate::ports::queues::{Direction, QueueName};

/// The namespace of metrics in CloudWatch, as the service that came before had it.
pub const METRIC_NAMESPACE: &str = "Webordinary/EditSessions";

/// The tag that says that a thing is ours, and its value.
pub const OWNER_TAG: (&str, &str) = ("webordinary:service", "hermes");

/// Who started a task, in `ListTasks` (C13).
pub const STARTED_BY: &str = "hermes";

/// Names of tables and queues, from the settings. Clones share one copy.
#[derive(Debug, Clone)]
pub struct Names(Arc<AwsSettings>);

impl Names {
    /// The names that follow from these settings.
    pub fn new(settings: &AwsSettings) -> Self {
        Self(Arc::new(settings.clone()))
    }

    /// What the names of this installation begin with.
    pub fn prefix(&self) -> &str {
        &self.0.name_prefix
    }

    /// Sessions.
    pub fn table_sessions(&self) -> &str {
        &self.0.session_table
    }

    /// Threads and pointers.
    pub fn table_threads(&self) -> String {
        self.prefixed("thread-mappings")
    }

    /// Containers.
    pub fn table_containers(&self) -> String {
        self.prefixed("containers")
    }

    /// Commands.
    pub fn table_commands(&self) -> String {
        self.prefixed("commands")
    }

    /// Replies.
    pub fn table_replies(&self) -> String {
        self.prefixed("replies")
    }

    /// Events.
    pub fn table_events(&self) -> String {
        self.prefixed("events")
    }

    /// The journal, and claims.
    pub fn table_messages(&self) -> String {
        self.prefixed("messages")
    }

    /// Received mail.
    pub fn mail_queue(&self) -> &str {
        &self.0.mail_queue
    }

    /// Mail that could not be read.
    pub fn mail_dead_letters(&self) -> &str {
        &self.0.mail_dead_letters
    }

    /// A queue of a container.
    pub fn queue(&self, queue: &QueueName) -> String {
        format!("{}{}", self.queues(queue.direction), queue.container)
    }

    /// What the names of all queues of a direction begin with.
    pub fn queues(&self, direction: Direction) -> String {
        self.prefixed(match direction {
            Direction::Input => "input-",
            Direction::Output => "output-",
            Direction::Dead => "dlq-",
        })
    }

    fn prefixed(&self, name: &str) -> String {
        format!("{}{name}", self.0.name_prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ContainerId;

    #[test]
    fn c25_names_are_those_of_the_service_that_came_before() {
        let names = Names::new(&AwsSettings::default());
        assert_eq!(names.table_sessions(), "webordinary-edit-sessions");
        assert_eq!(names.table_threads(), "webordinary-thread-mappings");
        assert_eq!(names.mail_queue(), "webordinary-email-queue");
        let [client, project, user] = ["acme", "site", "ann@example.com"];
        let container = ContainerId::derive(
            &client.parse().unwrap(),
            &project.parse().unwrap(),
            &user.parse().unwrap(),
        );
        let queue = QueueName::output(container);
        assert_eq!(names.queue(&queue), queue.to_string());
        assert!(names.queue(&queue).len() <= 80);
    }
}
