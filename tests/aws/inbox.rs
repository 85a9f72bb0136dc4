//! Mail in on AWS: what SES tells through SQS becomes a command in `DynamoDB`, or a dead letter that says why.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use hermes::adapters::aws::Clients;
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::s3::{S3Archive, S3Mails};
use hermes::adapters::aws::sqs::{SqsMail, ensure_mail_queues};
use hermes::config::{Mode, parse_projects};
use hermes::domain::command::CommandState;
use hermes::domain::container::Limits;
use hermes::domain::journal::{Channel, JournalRow, Verdict};
use hermes::domain::session::{Lifetimes, MAX_LIFETIME};
use hermes::ports::Ports;
use hermes::services::acceptance::Acceptor;
use hermes::services::inbox::{Inbox, InboxTimings};
use hermes::services::intake::Intake;
use hermes::services::letters::Letters;
use hermes::services::metrics::Metrics;
use hermes::services::policy::Policy;
use hermes::services::projects::Projects;
use serde_json::{Value, json};

use crate::support::entropy::SeededEntropy;
use crate::support::fleet::FakeFleet;
use crate::support::mailer::FakeMailer;
use crate::support::{Objects, World, emulator};

trials![
    e1_e9_a_mail_in_any_wrapping_is_one_command,
    e2_a_mail_in_the_bucket_is_fetched_and_one_that_is_not_there_waits,
    e8_a_mail_too_large_for_a_queue_comes_by_reference,
    e1_what_is_no_mail_is_a_dead_letter_with_its_reason,
    a_mail_that_cannot_be_made_durable_stays_in_the_queue,
    two_inboxes_take_each_mail_once,
];

const PROJECTS: &str = r#"
[[project]]
id = "site"
client = "acme"
repo = "builtin:demo"
addresses = ["site@sites.example"]
members = [{ address = "ann@example.com", role = "editor" }]
"#;

struct Ground {
    clients: Clients,
    objects: Objects,
    world: World,
    names: Names,
    inbox: Inbox,
}

impl Ground {
    async fn new() -> Self {
        let account = emulator().account();
        let clients = account.clients();
        let objects = Objects::new(&account).await;
        let steps = ensure_mail_queues(&clients.sqs, &account.settings).await;
        assert_eq!(steps.len(), 2, "{steps:?}");
        let world = World::of_account(&account, &objects).await;
        let names = Names::new(&account.settings);
        Self {
            inbox: inbox(&world, &clients, &objects, &names),
            clients,
            objects,
            world,
            names,
        }
    }

    async fn url(&self, name: &str) -> String {
        let found = self.clients.sqs.get_queue_url().queue_name(name);
        found.send().await.unwrap().queue_url.unwrap()
    }

    async fn send(&self, body: impl ToString) {
        let url = self.url(self.names.mail_queue()).await;
        let send = self.clients.sqs.send_message().queue_url(url);
        send.message_body(body.to_string()).send().await.unwrap();
    }

    async fn put(&self, key: &str, raw: &str) {
        let put = self.clients.s3.put_object().bucket(&self.objects.bucket);
        let body = ByteStream::from(raw.as_bytes().to_vec());
        put.key(key).body(body).send().await.unwrap();
    }

    async fn journal(&self) -> Vec<JournalRow> {
        self.world.journal.list(1000, None).await.unwrap().items
    }

    /// Messages in the mail queue: those that wait, and those that are hidden.
    async fn queued(&self) -> [String; 2] {
        let url = self.url(self.names.mail_queue()).await;
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ];
        let asked = self.clients.sqs.get_queue_attributes().queue_url(url);
        let asked = asked.set_attribute_names(Some(names.to_vec()));
        let told = asked.send().await.unwrap().attributes.unwrap();
        names.map(|name| told[&name].clone())
    }

    /// Reasons and bodies of the dead letters.
    async fn dead(&self) -> Vec<(String, String)> {
        let url = self.url(self.names.mail_dead_letters()).await;
        let receive = self.clients.sqs.receive_message().queue_url(url);
        let receive = receive
            .max_number_of_messages(10)
            .wait_time_seconds(0)
            .message_attribute_names("All")
            .message_system_attribute_names(MessageSystemAttributeName::All);
        let received = receive.send().await.unwrap().messages.unwrap_or_default();
        let letters = received.into_iter().map(|message| {
            let attributes = message.message_attributes.unwrap();
            let reason = attributes["reason"].string_value().unwrap().to_owned();
            (reason, message.body.unwrap())
        });
        let mut letters: Vec<_> = letters.collect();
        letters.sort();
        letters
    }
}

fn inbox(world: &World, clients: &Clients, objects: &Objects, names: &Names) -> Inbox {
    let ports = Ports {
        clock: Arc::<crate::support::ManualClock>::clone(&world.clock),
        entropy: Arc::new(SeededEntropy::new(5)),
        ledger: Arc::clone(&world.ledger),
        sessions: Arc::clone(&world.sessions),
        threads: Arc::clone(&world.threads),
        containers: Arc::clone(&world.containers),
        commands: Arc::clone(&world.commands),
        replies: Arc::clone(&world.replies),
        journal: Arc::clone(&world.journal),
        events: Arc::clone(&world.events),
        claims: Arc::clone(&world.claims),
        notes: Arc::clone(&world.notes),
        archive: Arc::clone(&world.archive),
        retention: Arc::clone(&world.retention),
        queues: Arc::clone(&world.queues),
        fleet: Arc::new(FakeFleet::default()),
        mailer: Arc::new(FakeMailer::default()),
        previews: Arc::clone(&world.previews),
    };
    let policy = Policy {
        lifetimes: Lifetimes {
            idle: Duration::from_mins(30),
            max: MAX_LIFETIME,
        },
        limits: Limits::default(),
        max_containers: 0,
        preview_url: "https://hermes.example/hermes/preview/{sessionId}/".to_owned(),
        mail_retention: Duration::from_hours(24),
    };
    let projects = parse_projects("projects", PROJECTS, Path::new("/"), Mode::Development);
    let metrics = Arc::new(Metrics::new("1.2.3", "aws"));
    let intake = Intake::new(
        &ports,
        Acceptor::new(&ports, Arc::new(policy)),
        Arc::new(Projects::new(projects.unwrap())),
        Letters::new("edit@hermes.localhost".parse().unwrap()),
        Arc::clone(&metrics),
    );
    let timings = InboxTimings {
        poll: Duration::from_secs(1),
        jitter: Duration::ZERO,
        ..InboxTimings::default()
    };
    Inbox::new(
        Arc::new(SqsMail::new(clients, names)),
        Arc::new(S3Mails::new(clients, &objects.mail)),
        Arc::new(intake),
        metrics,
        Arc::clone(&ports.entropy),
    )
    .with_timings(timings)
}

fn raw(id: &str, body: &str) -> String {
    format!(
        "From: Ann <ann@example.com>\r\nTo: site@sites.example\r\nSubject: Hours\r\n\
         Message-ID: <{id}@example.com>\r\n\r\n{body}\r\n"
    )
}

/// What SES says of a mail by Ann, who is proven.
fn notice(action: &Value) -> Value {
    let verdict = json!({"status": "PASS"});
    json!({
        "notificationType": "Received",
        "mail": {"messageId": "ses1", "source": "ann@example.com", "timestamp": "2026-11-21T14:00:00Z"},
        "receipt": {
            "recipients": ["site@sites.example"],
            "spamVerdict": verdict, "virusVerdict": verdict, "spfVerdict": verdict,
            "dkimVerdict": verdict, "dmarcVerdict": verdict, "action": action,
        },
    })
}

fn inline(raw: &str) -> Value {
    let mut document = notice(&json!({"type": "SNS", "encoding": "UTF-8"}));
    document["content"] = json!(raw);
    document
}

fn in_sns(document: &Value) -> Value {
    json!({"Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": document.to_string()})
}

impl Ground {
    fn stored(&self, key: &str) -> Value {
        notice(&json!({"type": "S3", "bucketName": self.objects.bucket, "objectKey": key}))
    }
}

async fn e1_e9_a_mail_in_any_wrapping_is_one_command() {
    let ground = Ground::new().await;
    let raw = raw("m1", "Change the title to Hello");
    let document = inline(&raw);
    ground.send(&document).await;
    ground.send(in_sns(&document)).await;
    ground.put("mail/ses/1", &raw).await;
    ground.send(ground.stored("mail/ses/1")).await;
    ground.put("mail/ses1", &raw).await;
    let lambda =
        json!({"Records": [{"eventSource": "aws:ses", "ses": notice(&json!({"type": "Lambda"}))}]});
    ground.send(lambda).await;
    let mut taken = 0;
    while taken < 4 {
        taken += ground.inbox.tick().await.unwrap();
    }
    let rows = ground.journal().await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(
        (row.verdict, row.channel),
        (Verdict::Instruct, Channel::Ses)
    );
    let command = row.command_id.as_ref().unwrap();
    let command = ground.world.commands.get(command).await.unwrap().unwrap();
    assert_eq!(command.state, CommandState::Queued);
    assert_eq!(command.instruction, "Change the title to Hello");
    let session = &command.session_id;
    let commands = ground.world.commands.by_session(session, 10).await.unwrap();
    assert_eq!(commands.len(), 1);
    let kept = ground.world.archive.get(&row.raw).await.unwrap();
    assert_eq!(kept.unwrap(), raw.as_bytes());
    assert_eq!(ground.queued().await, ["0", "0"]);
    assert_eq!(ground.dead().await, []);
}

async fn e2_a_mail_in_the_bucket_is_fetched_and_one_that_is_not_there_waits() {
    let ground = Ground::new().await;
    ground.send(ground.stored("mail/ses/late")).await;
    assert_eq!(ground.inbox.tick().await.unwrap(), 1);
    assert_eq!(ground.queued().await, ["0", "1"], "it comes again");
    assert_eq!(ground.dead().await, []);
    let raw = raw("m1", "Change the title to Hello");
    ground.put("mail/ses/late", &raw).await;
    ground.send(ground.stored("mail/ses/late")).await;
    assert_eq!(ground.inbox.tick().await.unwrap(), 1);
    assert_eq!(ground.journal().await.len(), 1);
}

async fn e8_a_mail_too_large_for_a_queue_comes_by_reference() {
    let ground = Ground::new().await;
    let large = "This line was written to be long.\r\n".repeat(60_000);
    ground.put("mail/ses/large", &raw("m1", &large)).await;
    ground.send(ground.stored("mail/ses/large")).await;
    assert_eq!(ground.inbox.tick().await.unwrap(), 1);
    let rows = ground.journal().await;
    assert_eq!(
        (rows[0].verdict, rows[0].bytes > 2_000_000),
        (Verdict::Instruct, true)
    );
    let command = rows[0].command_id.as_ref().unwrap();
    let command = ground.world.commands.get(command).await.unwrap().unwrap();
    assert!(
        command.instruction.len() < 100_000,
        "{}",
        command.instruction.len()
    );
}

async fn e1_what_is_no_mail_is_a_dead_letter_with_its_reason() {
    let ground = Ground::new().await;
    let confirm = json!({"Type": "SubscriptionConfirmation", "SubscribeURL": "http://x/"});
    for body in ["garbage".to_owned(), confirm.to_string()] {
        ground.send(body).await;
    }
    ground.send(ground.stored("elsewhere/1")).await;
    let mut taken = 0;
    while taken < 3 {
        taken += ground.inbox.tick().await.unwrap();
    }
    let dead = ground.dead().await;
    assert_eq!(dead.len(), 3);
    assert_eq!(
        dead[0].0,
        "the mail is said to be in another place than the configured one (A3)"
    );
    let asked = "the message asks to confirm a subscription, which an operator must do";
    assert_eq!(dead[1], (asked.to_owned(), confirm.to_string()));
    let garbage = ("the message is not a JSON object", "garbage");
    assert_eq!((dead[2].0.as_str(), dead[2].1.as_str()), garbage);
    assert_eq!(ground.queued().await, ["0", "0"]);
}

async fn a_mail_that_cannot_be_made_durable_stays_in_the_queue() {
    let mut ground = Ground::new().await;
    let mut nowhere = ground.objects.mail.clone();
    nowhere.bucket.push_str("-x");
    let archive = Arc::new(S3Archive::new(&ground.clients, &nowhere));
    ground.world.archive = archive;
    let without_archive = inbox(
        &ground.world,
        &ground.clients,
        &ground.objects,
        &ground.names,
    );
    ground
        .send(inline(&raw("m1", "Change the title to Hello")))
        .await;
    assert_eq!(without_archive.tick().await.unwrap(), 1);
    assert_eq!(ground.queued().await, ["0", "1"]);
    assert!(ground.journal().await.is_empty());
    assert_eq!(ground.dead().await, []);
}

async fn two_inboxes_take_each_mail_once() {
    const MAILS: usize = 24;
    let ground = Ground::new().await;
    for n in 0..MAILS {
        // all of one conversation: so many of them would be a loop
        let mail = raw(&format!("m{n}"), &format!("Change the title to {n}"));
        let document = inline(&format!("References: <m@example.com>\r\n{mail}"));
        ground.send(&document).await;
        if n % 4 == 0 {
            ground.send(in_sns(&document)).await;
        }
    }
    let other = inbox(
        &ground.world,
        &ground.clients,
        &ground.objects,
        &ground.names,
    );
    let drain = async |inbox: &Inbox| while inbox.tick().await.unwrap() > 0 {};
    tokio::join!(drain(&ground.inbox), drain(&other));
    let rows = ground.journal().await;
    assert_eq!(rows.len(), MAILS);
    let mut commands: Vec<_> = rows
        .iter()
        .filter_map(|row| row.command_id.clone())
        .collect();
    commands.sort_by_key(ToString::to_string);
    commands.dedup();
    assert_eq!(commands.len(), MAILS);
    assert_eq!(ground.queued().await, ["0", "0"]);
}
