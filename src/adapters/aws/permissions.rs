//! What Hermes may do on AWS, and why: the one list of its IAM actions.
//!
//! Doctor asks IAM for each; a test holds the role of the template and the README to it. What a client's containers may do
//! is less, and not here: see `config/aws/client.yaml`.

/// One action that Hermes' role needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// The action, as IAM calls it.
    pub action: &'static str,
    /// What it is done to.
    pub on: Target,
    /// What for.
    pub why: &'static str,
}

/// What an action is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The tables.
    Tables,
    /// Their indexes.
    Indexes,
    /// The queue of received mail.
    MailQueue,
    /// The queue of mail that could not be read.
    MailDeadLetters,
    /// The queues of containers.
    ContainerQueues,
    /// Task definitions of edit containers.
    TaskDefinitions,
    /// Tasks in the edit cluster.
    Tasks,
    /// The roles that edit containers are given.
    EditRoles,
    /// Whatever there is: the action knows no resource.
    Anything,
    /// The namespace of Hermes' metrics.
    Metrics,
    /// The address that mail goes out from.
    Sender,
    /// The model, or the inference profile and its models.
    Model,
    /// Raw mails.
    Mails,
    /// The projects file.
    ProjectsFile,
    /// Previews.
    Previews,
    /// The buckets of mails, previews and the projects file.
    Buckets,
}

impl Target {
    /// As people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tables => "the tables",
            Self::Indexes => "the tables' indexes",
            Self::MailQueue => "the mail queue",
            Self::MailDeadLetters => "the mail dead letters",
            Self::ContainerQueues => "the containers' queues",
            Self::TaskDefinitions => "the edit task definition",
            Self::Tasks => "the edit tasks",
            Self::EditRoles => "the edit containers' roles",
            Self::Anything => "everything",
            Self::Metrics => "the metrics",
            Self::Sender => "the sender",
            Self::Model => "the model",
            Self::Mails => "the mail store",
            Self::ProjectsFile => "the projects file",
            Self::Previews => "the preview store",
            Self::Buckets => "the buckets",
        }
    }
}

const fn may(on: Target, action: &'static str, why: &'static str) -> Permission {
    Permission { action, on, why }
}

/// What the service needs to run.
pub const NEEDED: &[Permission] = &[
    may(
        Target::Tables,
        "dynamodb:GetItem",
        "read a record by its key",
    ),
    may(
        Target::Tables,
        "dynamodb:BatchGetItem",
        "read the records of a list",
    ),
    may(
        Target::Tables,
        "dynamodb:PutItem",
        "write new records; accepting a message writes several at once",
    ),
    may(
        Target::Tables,
        "dynamodb:UpdateItem",
        "change a record on a condition",
    ),
    may(
        Target::Tables,
        "dynamodb:Query",
        "read the events of a session",
    ),
    may(
        Target::Tables,
        "dynamodb:DescribeTable",
        "tell in readiness whether a table is there",
    ),
    may(
        Target::Indexes,
        "dynamodb:Query",
        "list sessions, and find what is due, without a scan",
    ),
    may(Target::MailQueue, "sqs:GetQueueUrl", "find the queue"),
    may(
        Target::MailQueue,
        "sqs:GetQueueAttributes",
        "tell in metrics how much mail waits",
    ),
    may(Target::MailQueue, "sqs:ReceiveMessage", "take mail in"),
    may(
        Target::MailQueue,
        "sqs:ChangeMessageVisibility",
        "hold a mail while it is read",
    ),
    may(
        Target::MailQueue,
        "sqs:DeleteMessage",
        "acknowledge a mail that was accepted",
    ),
    may(Target::MailDeadLetters, "sqs:GetQueueUrl", "find the queue"),
    may(
        Target::MailDeadLetters,
        "sqs:GetQueueAttributes",
        "tell in metrics how many dead letters there are",
    ),
    may(
        Target::MailDeadLetters,
        "sqs:SendMessage",
        "put what cannot be read aside, with its reason",
    ),
    may(
        Target::ContainerQueues,
        "sqs:CreateQueue",
        "make a container's queues on first use",
    ),
    may(
        Target::ContainerQueues,
        "sqs:TagQueue",
        "tag them as ours when they are made",
    ),
    may(
        Target::ContainerQueues,
        "sqs:SetQueueAttributes",
        "mend their redrive",
    ),
    may(Target::ContainerQueues, "sqs:GetQueueUrl", "find them"),
    may(
        Target::ContainerQueues,
        "sqs:GetQueueAttributes",
        "name the dead letters, and tell in metrics how much waits",
    ),
    may(
        Target::ContainerQueues,
        "sqs:SendMessage",
        "dispatch instructions",
    ),
    may(
        Target::ContainerQueues,
        "sqs:ReceiveMessage",
        "read results and dead letters",
    ),
    may(
        Target::ContainerQueues,
        "sqs:ChangeMessageVisibility",
        "give a result back that could not be recorded",
    ),
    may(
        Target::ContainerQueues,
        "sqs:DeleteMessage",
        "acknowledge results",
    ),
    may(
        Target::TaskDefinitions,
        "ecs:RunTask",
        "start an edit container",
    ),
    may(
        Target::Tasks,
        "ecs:TagResource",
        "tag a task when it starts",
    ),
    may(
        Target::Tasks,
        "ecs:StopTask",
        "put an idle container to sleep",
    ),
    may(
        Target::EditRoles,
        "iam:PassRole",
        "give the edit container its roles",
    ),
    may(
        Target::Anything,
        "ecs:ListTasks",
        "find tasks that no record knows",
    ),
    may(
        Target::Anything,
        "ecs:DescribeTasks",
        "see how a container is",
    ),
    may(
        Target::Anything,
        "ecs:DescribeServices",
        "read the edit service: what tasks are made of by default",
    ),
    may(
        Target::Anything,
        "ecs:DescribeTaskDefinition",
        "find the worker's container in it",
    ),
    may(
        Target::Metrics,
        "cloudwatch:PutMetricData",
        "publish metrics once a minute",
    ),
    may(Target::Sender, "ses:SendRawEmail", "answer mails"),
    may(
        Target::Sender,
        "ses:SendEmail",
        "answer mails: the call is SendEmail, even of raw mail",
    ),
    may(
        Target::Model,
        "bedrock:InvokeModel",
        "ask the model (Converse)",
    ),
    may(Target::Mails, "s3:GetObject", "read a mail that SES stored"),
    may(
        Target::Mails,
        "s3:PutObject",
        "keep a raw mail, and the files that came with it",
    ),
    may(Target::ProjectsFile, "s3:GetObject", "read the projects"),
    may(
        Target::Previews,
        "s3:GetObject",
        "find the present preview of a session",
    ),
    may(
        Target::Buckets,
        "s3:ListBucket",
        "be told that an object is missing, instead of being refused",
    ),
];

/// What only doctor needs, beside [`NEEDED`]: all of it reads. Without one of them its row says unknown.
pub const DOCTOR: &[&str] = &[
    "application-autoscaling:DescribeScalingPolicies",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTimeToLive",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ecs:DescribeClusters",
    "iam:GetRole",
    "iam:SimulatePrincipalPolicy",
    "secretsmanager:DescribeSecret",
    "ses:DescribeActiveReceiptRuleSet",
    "ses:GetAccount",
    "ses:GetConfigurationSet",
    "ses:GetEmailIdentity",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_permission_is_listed_twice_and_each_has_its_reason() {
        let mut seen = HashSet::new();
        for needed in NEEDED {
            assert!(seen.insert((needed.action, needed.on)), "{needed:?}");
            assert!(
                needed.action.contains(':') && needed.why.len() > 7,
                "{needed:?}"
            );
            assert!(!DOCTOR.contains(&needed.action), "{needed:?}");
        }
    }
}
