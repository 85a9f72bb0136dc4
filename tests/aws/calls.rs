//! What each operation asks of AWS, counted between the SDK and the emulator.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hermes::adapters::aws::dynamo::{DynamoStore, schema};
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::s3::{S3Archive, S3Mails};
use hermes::adapters::aws::sqs::{SqsMail, SqsQueues, ensure_mail_queues};
use hermes::adapters::folder::FolderPreviews;
use hermes::config::StoreUrl;
use hermes::domain::access::Scope;
use hermes::domain::container::Limits;
use hermes::domain::ids::{SessionId, UserId};
use hermes::domain::member::Role;
use hermes::domain::project::{AgentChoice, Member, Project, ProjectRepo};
use hermes::domain::session::{Lifetimes, MAX_LIFETIME};
use hermes::ports::Ports;
use hermes::services::acceptance::Acceptor;
use hermes::services::activation::{Activate, Activation};
use hermes::services::inbox::Inbox;
use hermes::services::intake::Intake;
use hermes::services::letters::Letters;
use hermes::services::metrics::Metrics;
use hermes::services::policy::Policy;
use hermes::services::projects::Projects;
use hermes::services::sessions::Sessions;

use crate::installation::{EDITORS, SERVICE, editor, notice};
use crate::support::ManualClock;
use crate::support::emulator;
use crate::support::entropy::SeededEntropy;
use crate::support::fleet::FakeFleet;
use crate::support::mailer::FakeMailer;
use crate::support::proxy::Proxy;

trials![each_operation_asks_aws_as_often_as_the_table_says];

/// The table of the README: an operation, and its calls once queues and rows are known.
const TABLE: [(&str, &str); 5] = [
    (
        "activate",
        "1 DynamoDB.GetItem, 1 DynamoDB.TransactWriteItems",
    ),
    ("status", "2 DynamoDB.GetItem, 1 DynamoDB.Query"),
    ("keepalive", "1 DynamoDB.GetItem, 1 DynamoDB.UpdateItem"),
    (
        "mail in",
        "4 DynamoDB.GetItem, 1 DynamoDB.TransactWriteItems, 1 S3.PutObject, 1 SQS.DeleteMessage, 1 SQS.ReceiveMessage",
    ),
    (
        "mail in, a second time",
        "1 DynamoDB.GetItem, 1 S3.PutObject, 1 SQS.DeleteMessage, 1 SQS.ReceiveMessage",
    ),
];

/// Services over a proxy that counts.
struct Counted {
    proxy: Proxy,
    clock: Arc<ManualClock>,
    activation: Activation,
    sessions: Sessions,
    inbox: Inbox,
    /// Past the proxy: what puts mails into the queue is not counted.
    sqs: aws_sdk_sqs::Client,
    mail_queue: Option<String>,
    _folder: tempfile::TempDir,
}

fn a_project() -> Project {
    let member = |number| Member {
        user: UserId::from_address(&editor(number)),
        address: Some(editor(number)),
        role: Role::Editor,
    };
    Project {
        id: "site".parse().unwrap(),
        client: "acme".parse().unwrap(),
        open: false,
        repo: ProjectRepo::Demo,
        branch: "main".to_owned(),
        build: None,
        output: PathBuf::from("."),
        addresses: Vec::new(),
        agent: AgentChoice::Literal,
        command_timeout: Duration::from_mins(30),
        members: (0..EDITORS).map(member).collect(),
        mail: hermes::domain::project::MailOptions::default(),
    }
}

fn a_policy() -> Arc<Policy> {
    Arc::new(Policy {
        lifetimes: Lifetimes {
            idle: Duration::from_mins(30),
            max: MAX_LIFETIME,
        },
        limits: Limits::default(),
        max_containers: 8,
        preview_url: "https://example.com/{sessionId}/".to_owned(),
        mail_retention: Duration::from_hours(24 * 30),
    })
}

impl Counted {
    async fn new() -> Self {
        let mut account = emulator().account();
        let direct = account.clients();
        let names = Names::new(&account.settings);
        let tables = schema::create_missing(&direct.dynamodb, &names).await;
        tables.expect("tables");
        ensure_mail_queues(&direct.sqs, &account.settings).await;
        let mails = StoreUrl {
            bucket: account.bucket("mail").await,
            prefix: "in/".to_owned(),
        };
        let proxy = Proxy::start(emulator().endpoint());
        account.settings.endpoint_url = Some(proxy.endpoint().to_owned());
        let clients = account.clients();
        let clock = Arc::new(ManualClock::default());
        let store = Arc::new(DynamoStore::new(
            clients.dynamodb.clone(),
            &names,
            Arc::<ManualClock>::clone(&clock),
        ));
        macro_rules! port {
            () => {
                Arc::<DynamoStore>::clone(&store)
            };
        }
        let folder = tempfile::tempdir().unwrap();
        let ports = Ports {
            ledger: port!(),
            sessions: port!(),
            threads: port!(),
            containers: port!(),
            commands: port!(),
            replies: port!(),
            journal: port!(),
            events: port!(),
            claims: port!(),
            notes: port!(),
            archive: Arc::new(S3Archive::new(&clients, &mails)),
            retention: port!(),
            queues: Arc::new(SqsQueues::new(&clients, names.clone())),
            fleet: Arc::new(FakeFleet::default()),
            mailer: Arc::new(FakeMailer::default()),
            previews: Arc::new(FolderPreviews::new(folder.path().to_owned())),
            clock: Arc::<ManualClock>::clone(&clock),
            entropy: Arc::new(SeededEntropy::new(7)),
        };
        let projects = Arc::new(Projects::new(vec![a_project()]));
        let metrics = Arc::new(Metrics::new("1.2.3", "aws"));
        let acceptor = Acceptor::new(&ports, a_policy());
        let letters = Letters::new(SERVICE.parse().unwrap());
        let intake = Arc::new(Intake::new(
            &ports,
            acceptor.clone(),
            Arc::clone(&projects),
            letters,
            Arc::clone(&metrics),
        ));
        let inbox = Inbox::new(
            Arc::new(SqsMail::new(&clients, &names)),
            Arc::new(S3Mails::new(&clients, &mails)),
            intake,
            metrics,
            Arc::clone(&ports.entropy),
        );
        let url = direct.sqs.get_queue_url().queue_name(names.mail_queue());
        let url = url.send().await.expect("the mail queue").queue_url;
        Self {
            proxy,
            clock,
            activation: Activation::new(&ports, acceptor, projects),
            sessions: Sessions::new(&ports, a_policy()),
            inbox,
            sqs: direct.sqs,
            mail_queue: url,
            _folder: folder,
        }
    }

    async fn activate(&self) -> SessionId {
        let request = Activate {
            client_id: "acme".parse().unwrap(),
            user_id: UserId::from_address(&editor(0)),
            instruction: "Make it blue".to_owned(),
            project_id: None,
            thread_id: None,
            idempotency_key: None,
        };
        let activated = self.activation.activate(&Scope::All, request).await;
        activated.expect("is activated").session_id
    }

    async fn mail_in(&self, number: usize) {
        let sending = self
            .sqs
            .send_message()
            .set_queue_url(self.mail_queue.clone());
        let sending = sending.message_body(notice(number).to_string());
        sending.send().await.expect("a mail");
        assert_eq!(self.inbox.tick().await.expect("is taken in"), 1);
    }

    fn asked(&self) -> String {
        shown(&self.proxy.counts())
    }
}

fn shown(counts: &BTreeMap<String, usize>) -> String {
    let calls = counts.iter().map(|(call, count)| format!("{count} {call}"));
    calls.collect::<Vec<_>>().join(", ")
}

async fn each_operation_asks_aws_as_often_as_the_table_says() {
    let counted = Counted::new().await;
    // addresses of queues and the rows of a container are there after the first time
    counted.activate().await;
    counted.mail_in(0).await;
    counted.asked();

    let session = counted.activate().await;
    let activate = counted.asked();
    let status = counted.sessions.status(&Scope::All, &session).await;
    status.expect("is there");
    let status = counted.asked();
    counted.clock.advance(Duration::from_mins(5));
    let kept = counted.sessions.keepalive(&Scope::All, &session).await;
    kept.expect("lives");
    let keepalive = counted.asked();
    counted.mail_in(EDITORS).await;
    let mail_in = counted.asked();
    counted.mail_in(EDITORS).await;
    let again = counted.asked();

    let measured = [activate, status, keepalive, mail_in, again];
    let names = TABLE.map(|(name, _)| name);
    let measured: Vec<_> = names.into_iter().zip(measured).collect();
    let table: Vec<_> = TABLE.map(|(name, calls)| (name, calls.to_owned())).into();
    assert_eq!(measured, table, "measured, and the table");
}
