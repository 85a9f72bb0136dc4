//! The mail queue and its dead letters: made for small accounts and emulators, and looked at by doctor.

use std::collections::HashMap;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName as Name;

use super::attributes::{
    Attributes, DEAD_RETENTION_SECONDS, RETENTION_SECONDS, common_tags, of_dead_letters,
    with_redrive,
};
use super::calls::refused;
use crate::config::AwsSettings;
use crate::domain::check::{Check, Step};
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::queues::{MAX_RECEIVES, VISIBILITY};

/// What mends a mail queue that is not as it should be.
const FIX: &str = "set it on the queue (config/aws has the values), or delete the queue, wait a minute and run `hermes provision`";

/// Makes the mail queue, the dead letters it leads to, and leave for SNS to send to it. What is there already stays as
/// it is, but for a missing policy or redrive, without which it does not work.
pub async fn ensure_mail_queues(client: &Client, settings: &AwsSettings) -> Vec<Step> {
    let dead = &settings.mail_dead_letters;
    let (step, dead) = told(dead, ensure_dead_letters(client, settings).await);
    let Some(dead) = dead else {
        return vec![step];
    };
    let (mail, _) = told(
        &settings.mail_queue,
        ensure_mail_queue(client, settings, &dead).await,
    );
    vec![step, mail]
}

fn told<T>(name: &str, outcome: Result<(Step, T), Fault>) -> (Step, Option<T>) {
    match outcome {
        Ok((step, made)) => (step, Some(made)),
        Err(fault) => (
            Step::failed(title(name), text(&fault), advice(&fault)),
            None,
        ),
    }
}

async fn ensure_dead_letters(
    client: &Client,
    settings: &AwsSettings,
) -> Result<(Step, String), Fault> {
    let name = &settings.mail_dead_letters;
    if let Some(queue) = Queue::find(client, name).await? {
        let wrong = retention_of_dead_letters(&queue);
        return Ok((found(name, &wrong), queue.arn()?));
    }
    let queue = Queue::make(client, settings, name, of_dead_letters()).await?;
    Ok((Step::made(title(name), ""), queue.arn()?))
}

async fn ensure_mail_queue(
    client: &Client,
    settings: &AwsSettings,
    dead: &str,
) -> Result<(Step, ()), Fault> {
    let name = &settings.mail_queue;
    let Some(queue) = Queue::find(client, name).await? else {
        let queue = Queue::make(client, settings, name, with_redrive(dead)).await?;
        let policy = policy(&queue.arn()?);
        queue.set(client, [(Name::Policy, policy)].into()).await?;
        return Ok((Step::made(title(name), ""), ()));
    };
    let mut missing = Attributes::new();
    if queue.get(&Name::RedrivePolicy).is_empty() {
        let redrive = with_redrive(dead).remove(&Name::RedrivePolicy);
        missing.extend(redrive.map(|redrive| (Name::RedrivePolicy, redrive)));
    }
    if queue.get(&Name::Policy).is_empty() {
        missing.insert(Name::Policy, policy(&queue.arn()?));
    }
    if missing.is_empty() {
        return Ok((found(name, &wrong_mail_queue(&queue, Some(dead))), ()));
    }
    let mut names: Vec<&str> = missing.keys().map(Name::as_str).collect();
    names.sort_unstable();
    let detail = format!("it was there, without {}", names.join(" and "));
    queue.set(client, missing).await?;
    Ok((Step::made(title(name), detail), ()))
}

fn found(name: &str, wrong: &[String]) -> Step {
    if wrong.is_empty() {
        Step::was_there(title(name))
    } else {
        Step::differs(title(name), wrong.join("; "), FIX)
    }
}

/// How the mail queue and its dead letters are (C22, C24). A queue that nobody can look at is an unknown row.
pub async fn check_mail_queues(client: &Client, settings: &AwsSettings) -> Vec<Check> {
    let dead = Queue::find(client, &settings.mail_dead_letters).await;
    let mail = Queue::find(client, &settings.mail_queue).await;
    let arn = match &dead {
        Ok(Some(queue)) => queue.arn().ok(),
        Ok(None) | Err(_) => None,
    };
    vec![
        row(&settings.mail_queue, mail, |queue| {
            wrong_mail_queue(queue, arn.as_deref())
        }),
        row(&settings.mail_dead_letters, dead, retention_of_dead_letters),
    ]
}

fn row(
    name: &str,
    queue: Result<Option<Queue>, Fault>,
    wrong: impl Fn(&Queue) -> Vec<String>,
) -> Check {
    let title = title(name);
    match queue {
        Err(fault) => Check::unknown(title, text(&fault), advice(&fault)),
        Ok(None) => Check::wrong(
            title,
            "there is no such queue in this region and account",
            "run `hermes provision` or create the stack of config/aws; look at AWS_REGION, HERMES_MAIL_QUEUE and HERMES_MAIL_DEAD_LETTERS",
        ),
        Ok(Some(queue)) => {
            let wrong = wrong(&queue);
            if wrong.is_empty() {
                Check::ok(title, queue.summary())
            } else {
                Check::wrong(title, wrong.join("; "), FIX)
            }
        }
    }
}

/// What is wrong with the mail queue; `dead` is the ARN of its dead letters, if they are known.
fn wrong_mail_queue(queue: &Queue, dead: Option<&str>) -> Vec<String> {
    let mut wrong = Vec::new();
    let redrive: serde_json::Value =
        serde_json::from_str(queue.get(&Name::RedrivePolicy)).unwrap_or_default();
    let target = redrive.get("deadLetterTargetArn");
    match (target.and_then(|target| target.as_str()), dead) {
        (None, _) => {
            wrong
                .push("it has no dead letters: what cannot be read comes back for ever".to_owned());
        }
        (Some(target), Some(dead)) if target != dead => {
            wrong.push(format!(
                "its dead letters are {target} and not HERMES_MAIL_DEAD_LETTERS"
            ));
        }
        (Some(_), _) => {}
    }
    // a number or, as older tools write it, the same in quotes
    let receives = redrive.get("maxReceiveCount").map(ToString::to_string);
    let receives = receives.and_then(|count| count.trim_matches('"').parse::<u32>().ok());
    if receives.is_some_and(|receives| receives < 3) {
        wrong.push(format!(
            "messages die after {} receives: a restart costs one, so take {MAX_RECEIVES}",
            receives.unwrap_or_default()
        ));
    }
    let retention = queue.number(&Name::MessageRetentionPeriod);
    if retention < RETENTION_SECONDS {
        wrong.push(format!(
            "messages are kept for {retention} s, not for four days"
        ));
    }
    let visibility = queue.number(&Name::VisibilityTimeout);
    if visibility < VISIBILITY.as_secs() {
        wrong.push(format!(
            "its visibility timeout is {visibility} s, not {} s",
            VISIBILITY.as_secs()
        ));
    }
    let size = queue.number(&Name::MaximumMessageSize);
    if size < 256 * 1024 {
        wrong.push(format!(
            "it takes messages of {size} bytes only: SNS sends up to 256 KiB"
        ));
    }
    if queue.number(&Name::DelaySeconds) > 0 {
        wrong.push("it delays each message".to_owned());
    }
    wrong
}

fn retention_of_dead_letters(queue: &Queue) -> Vec<String> {
    let retention = queue.number(&Name::MessageRetentionPeriod);
    if retention > RETENTION_SECONDS {
        return Vec::new();
    }
    vec![format!(
        "dead letters are kept for {retention} s since they were first sent, and must outlive the {RETENTION_SECONDS} s of the mail queue: take {DEAD_RETENTION_SECONDS}"
    )]
}

/// Lets topics of the same account and region send to a queue, over TLS or, to emulators, without.
fn policy(arn: &str) -> String {
    let mut parts = arn.splitn(6, ':').skip(1);
    let partition = parts.next().unwrap_or("aws");
    let region = parts.nth(1).unwrap_or_default();
    let account = parts.next().unwrap_or_default();
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "MailFromTopics",
            "Effect": "Allow",
            "Principal": { "Service": "sns.amazonaws.com" },
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {
                "StringEquals": { "aws:SourceAccount": account },
                "ArnLike": { "aws:SourceArn": format!("arn:{partition}:sns:{region}:{account}:*") },
            },
        }],
    })
    .to_string()
}

/// A queue that is there.
struct Queue {
    url: String,
    attributes: Attributes,
}

impl Queue {
    async fn find(client: &Client, name: &str) -> Result<Option<Self>, Fault> {
        let call = client.get_queue_url().queue_name(name);
        let url = match call.send().await.map_err(refused("sqs.find_queue")) {
            Ok(answer) => answer.queue_url.unwrap_or_default(),
            Err(refused) if refused.no_queue => return Ok(None),
            Err(refused) => return Err(refused.fault),
        };
        Self::look(client, url).await.map(Some)
    }

    async fn look(client: &Client, url: String) -> Result<Self, Fault> {
        let answer = client
            .get_queue_attributes()
            .queue_url(&url)
            .attribute_names(Name::All)
            .send()
            .await
            .map_err(|error| refused("sqs.look_at_queue")(error).fault)?;
        let attributes = answer.attributes.unwrap_or_default();
        Ok(Self { url, attributes })
    }

    async fn make(
        client: &Client,
        settings: &AwsSettings,
        name: &str,
        attributes: Attributes,
    ) -> Result<Self, Fault> {
        let answer = client
            .create_queue()
            .queue_name(name)
            .set_attributes(Some(attributes))
            .set_tags(Some(common_tags(&settings.name_prefix)))
            .send()
            .await
            .map_err(|error| refused("sqs.create_queue")(error).fault)?;
        Self::look(client, answer.queue_url.unwrap_or_default()).await
    }

    async fn set(&self, client: &Client, attributes: HashMap<Name, String>) -> Result<(), Fault> {
        let call = client.set_queue_attributes().queue_url(&self.url);
        let done = call.set_attributes(Some(attributes)).send().await;
        done.map(drop)
            .map_err(|error| refused("sqs.set_up_queue")(error).fault)
    }

    fn get(&self, name: &Name) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &Name) -> u64 {
        self.get(name).parse().unwrap_or_default()
    }

    fn arn(&self) -> Result<String, Fault> {
        let arn = self.attributes.get(&Name::QueueArn).cloned();
        arn.ok_or_else(|| {
            Fault::new(
                "sqs.look_at_queue",
                FaultKind::Broken,
                "AWS did not say its ARN",
            )
        })
    }

    fn summary(&self) -> String {
        let visible = self.number(&Name::ApproximateNumberOfMessages);
        let hidden = self.number(&Name::ApproximateNumberOfMessagesNotVisible);
        format!("{visible} messages wait, {hidden} are being worked on")
    }
}

fn title(name: &str) -> String {
    format!("queue {name}")
}

fn text(fault: &Fault) -> String {
    format!("{fault}: {}", fault.source)
}

fn advice(fault: &Fault) -> String {
    match fault.kind {
        FaultKind::Denied => "allow the caller sqs:GetQueueUrl and sqs:GetQueueAttributes on the queue; to make it also sqs:CreateQueue, SetQueueAttributes and TagQueue",
        FaultKind::Transient | FaultKind::Throttled => "try again in a minute",
        FaultKind::Broken => "look at the message of AWS",
    }
    .to_owned()
}
