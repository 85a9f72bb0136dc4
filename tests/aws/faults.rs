//! Trouble between Hermes and AWS: a call succeeds after all, or fails in time and says which call and why.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hermes::adapters::aws::dynamo::{DynamoStore, schema};
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::s3::S3Archive;
use hermes::adapters::aws::ses::SesMailer;
use hermes::adapters::aws::sqs::{SqsMail, SqsQueues, ensure_mail_queues};
use hermes::adapters::system::SystemClock;
use hermes::config::StoreUrl;
use hermes::domain::time::Timestamp;
use hermes::ports::archive::Archive as _;
use hermes::ports::fault::{Fault, FaultKind};
use hermes::ports::ledger::{CommitError, Ledger as _, Write};
use hermes::ports::mail_queue::MailQueue as _;
use hermes::ports::mailer::{Mailer as _, MailerError, OutgoingMail};
use hermes::ports::queues::{QueueName, Queues as _};
use hermes::ports::session_store::SessionStore as _;
use serde_json::Value;

use crate::installation::{Installation, SERVICE, eventually, hand_back};
use crate::support::emulator;
use crate::support::proxy::{Proxy, Trouble};
use crate::support::records::{a_session, id, the_box};

trials![
    one_trouble_is_survived,
    a_mail_whose_answer_is_lost_is_not_sent_again_at_once,
    what_is_always_throttled_fails_after_three_tries_and_says_so,
    what_hangs_fails_at_its_deadline_and_says_so,
    every_client_has_deadlines,
    readiness_says_what_does_not_answer,
    failed_receives_end_nothing_and_lose_no_mail,
];

/// Adapters behind a proxy.
struct Behind {
    proxy: Proxy,
    store: DynamoStore,
    queues: SqsQueues,
    mail: SqsMail,
    archive: S3Archive,
    mailer: SesMailer,
}

impl Behind {
    async fn new() -> Self {
        let mut account = emulator().account();
        let direct = account.clients();
        let names = Names::new(&account.settings);
        let tables = schema::create_missing(&direct.dynamodb, &names).await;
        tables.expect("tables");
        ensure_mail_queues(&direct.sqs, &account.settings).await;
        let identity = direct.ses.create_email_identity();
        let identity = identity.email_identity(SERVICE).send().await;
        identity.expect("a sender");
        let store = StoreUrl {
            bucket: account.bucket("mail").await,
            prefix: "in/".to_owned(),
        };
        let proxy = Proxy::start(emulator().endpoint());
        account.settings.endpoint_url = Some(proxy.endpoint().to_owned());
        let clients = account.clients();
        let behind = Self {
            store: DynamoStore::new(clients.dynamodb.clone(), &names, Arc::new(SystemClock)),
            queues: SqsQueues::new(&clients, names.clone()),
            mail: SqsMail::new(&clients, &names),
            archive: S3Archive::new(&clients, &store),
            mailer: SesMailer::new(&clients, &account.settings),
            proxy,
        };
        // the addresses of queues are known from then on
        behind.send().await.expect("is sent");
        behind.receive_mail().await.expect("is received");
        behind.proxy.counts();
        behind
    }

    async fn send(&self) -> Result<(), Fault> {
        let queue = QueueName::input(the_box());
        self.queues.send(&queue, "x".to_owned()).await
    }

    async fn receive(&self) -> Result<(), Fault> {
        let queue = QueueName::input(the_box());
        let received = self.queues.receive(&queue, 1, Duration::ZERO).await;
        received.map(drop)
    }

    async fn receive_mail(&self) -> Result<(), Fault> {
        self.mail.receive(1, Duration::ZERO).await.map(drop)
    }

    async fn read(&self) -> Result<(), Fault> {
        self.store.get(&id("ses-1")).await.map(drop)
    }

    /// A new session each time.
    async fn write(&self, number: u32) -> Result<(), CommitError> {
        let session = a_session(number);
        self.store.commit(vec![Write::Session(session)]).await
    }

    async fn keep(&self) -> Result<(), Fault> {
        let content = Bytes::from_static(b"a mail");
        self.archive.put(content, Timestamp::EPOCH).await.map(drop)
    }

    async fn post(&self) -> Result<(), MailerError> {
        let mail = OutgoingMail {
            id: id("rep-1"),
            from: SERVICE.to_owned(),
            to: vec!["ann@example.com".to_owned()],
            raw: Bytes::from_static(b"From: edit@sites.example.com\r\n\r\nHi\r\n"),
        };
        self.mailer.send(mail).await.map(drop)
    }

    fn tries(&self, operation: &str) -> usize {
        self.proxy.counts().remove(operation).unwrap_or_default()
    }
}

/// A fault with all that lies below it.
fn told(fault: &Fault) -> String {
    let first: &dyn Error = fault;
    let all = std::iter::successors(Some(first), |error| (*error).source());
    let texts: Vec<String> = all.map(ToString::to_string).collect();
    texts.join(": ")
}

async fn one_trouble_is_survived() {
    let behind = Behind::new().await;
    let troubles = [
        Trouble::Throttle,
        Trouble::Status(500),
        Trouble::Status(503),
        Trouble::Abort,
        Trouble::Slow(Duration::from_millis(300)),
    ];
    for (number, trouble) in (1..).zip(troubles) {
        for operation in [
            "DynamoDB.GetItem",
            "DynamoDB.Query",
            "SQS.SendMessage",
            "S3.PutObject",
        ] {
            behind.proxy.next(operation, [trouble]);
        }
        behind.read().await.expect("is read");
        behind.send().await.expect("is sent");
        behind.keep().await.expect("is kept");
        behind.proxy.next("SQS.ReceiveMessage", [trouble]);
        behind.receive().await.expect("is received");
        behind.proxy.next("SQS.ReceiveMessage", [trouble]);
        behind.receive_mail().await.expect("is received");

        for operation in ["DynamoDB.PutItem", "DynamoDB.TransactWriteItems"] {
            behind.proxy.next(operation, [trouble]);
        }
        match behind.write(number).await {
            Ok(()) => {}
            // the answer was lost, and the second try met the first: who lost reads again
            Err(CommitError::Conflict) if trouble == Trouble::Abort => {}
            Err(error) => panic!("{trouble:?}: {error:?}"),
        }
        let session = behind.store.get(&a_session(number).session_id).await;
        assert!(session.expect("is read").is_some(), "{trouble:?}");
        behind.proxy.mend();
    }
}

async fn a_mail_whose_answer_is_lost_is_not_sent_again_at_once() {
    let behind = Behind::new().await;
    behind.proxy.next("SES.SendEmail", [Trouble::Throttle]);
    behind.post().await.expect("is sent");
    assert_eq!(behind.tries("SES.SendEmail"), 2);
    behind.proxy.next("SES.SendEmail", [Trouble::Abort]);
    let Err(MailerError::Backend(fault)) = behind.post().await else {
        panic!("nobody knows whether it was sent");
    };
    assert_eq!(fault.kind, FaultKind::Transient);
    assert_eq!(behind.tries("SES.SendEmail"), 1);
}

async fn what_is_always_throttled_fails_after_three_tries_and_says_so() {
    let behind = Behind::new().await;
    behind.proxy.always("", Trouble::Throttle);
    let check = |operation: &str, code: &str, fault: &Fault| {
        let text = told(fault);
        assert_eq!(fault.kind, FaultKind::Throttled, "{operation}: {text}");
        assert!(text.contains(code), "{operation}: {text}");
        assert_eq!(behind.tries(operation), 3, "{operation}: {text}");
    };
    let fault = behind.send().await.unwrap_err();
    check("SQS.SendMessage", "ThrottlingException", &fault);
    let fault = behind.receive_mail().await.unwrap_err();
    check("SQS.ReceiveMessage", "ThrottlingException", &fault);
    let fault = behind.keep().await.unwrap_err();
    check("S3.PutObject", "SlowDown", &fault);
    let Err(CommitError::Backend(fault)) = behind.write(1).await else {
        panic!("nothing is written");
    };
    let text = told(&fault);
    assert_eq!(fault.kind, FaultKind::Throttled, "{text}");
    assert!(
        text.contains("ProvisionedThroughputExceededException"),
        "{text}"
    );
    let Err(MailerError::Backend(fault)) = behind.post().await else {
        panic!("nothing is sent");
    };
    behind.proxy.counts();
    assert_eq!(fault.kind, FaultKind::Throttled, "{}", told(&fault));
}

async fn what_hangs_fails_at_its_deadline_and_says_so() {
    let behind = Behind::new().await;
    behind.proxy.always("", Trouble::Hang);
    let deadline = async |what: &str, seconds: u64, fault: Result<(), Fault>, begun: Instant| {
        let fault = fault.expect_err("it hangs");
        let text = told(&fault);
        assert_eq!(fault.kind, FaultKind::Transient, "{what}: {text}");
        assert!(
            text.contains(what) && text.contains("time"),
            "{what}: {text}"
        );
        let (took, limit) = (begun.elapsed(), Duration::from_secs(seconds + 2));
        assert!(took < limit, "{what}: {took:?}: {text}");
    };
    let begun = Instant::now();
    tokio::join!(
        async { deadline("sessions.get", 10, behind.read().await, begun).await },
        async { deadline("sqs.send", 15, behind.send().await, begun).await },
        async { deadline("sqs.receive", 30, behind.receive().await, begun).await },
    );
}

async fn every_client_has_deadlines() {
    let clients = emulator().account().clients();
    macro_rules! deadlines {
        ($($client:ident),+) => {
            [$((stringify!($client), clients.$client.config().timeout_config().cloned())),+]
        };
    }
    let all = deadlines![
        dynamodb, sqs, sqs_polls, ecs, ses, s3, cloudwatch, bedrock, sts, secrets
    ];
    for (client, deadlines) in all {
        let deadlines = deadlines.expect(client);
        assert!(deadlines.connect_timeout().is_some(), "{client}");
        assert!(deadlines.operation_attempt_timeout().is_some(), "{client}");
        assert!(deadlines.operation_timeout().is_some(), "{client}");
    }
}

async fn readiness_says_what_does_not_answer() {
    let installation = Installation::new().await;
    let proxy = Proxy::start(emulator().endpoint());
    let hermes = installation.hermes(proxy.endpoint());
    let ready = async || hermes.get("/hermes/health/ready").await;
    assert_eq!(ready().await.0, 200);
    for (service, trouble, dependency) in [
        ("DynamoDB.", Trouble::Status(500), "store"),
        ("DynamoDB.", Trouble::Hang, "store"),
        ("SQS.", Trouble::Throttle, "queues"),
    ] {
        proxy.always(service, trouble);
        let (status, said) = ready().await;
        assert_eq!(status, 503, "{service} {trouble:?}: {said}");
        let dependencies = said["dependencies"].as_array().unwrap();
        for one in dependencies {
            let is_ok = one["status"] == "ok";
            assert_eq!(is_ok, one["name"] != dependency, "{trouble:?}: {said}");
        }
        proxy.mend();
        eventually("readiness", async || match ready().await {
            (200, _) => Ok(()),
            (_, said) => Err(said.to_string()),
        })
        .await;
    }
    assert_eq!(hermes.terminate().0, Some(0));
}

async fn failed_receives_end_nothing_and_lose_no_mail() {
    const MAILS: usize = 6;
    let installation = Installation::new().await;
    let proxy = Proxy::start(emulator().endpoint());
    let hermes = installation.hermes(proxy.endpoint());
    let troubles = [Trouble::Throttle, Trouble::Status(500), Trouble::Abort];
    for trouble in troubles {
        // one more than the SDK tries
        proxy.next("SQS.ReceiveMessage", [trouble; 4]);
    }
    installation.receive(0..MAILS).await;
    eventually("every mail", async || {
        // what was in the answers that were lost comes again after two minutes; nobody wants to wait for that here
        hand_back(&installation, proxy.receipts()).await;
        let (_, journal) = hermes.get("/hermes/api/mail").await;
        match journal.as_array().map(Vec::len) {
            Some(MAILS) => Ok(()),
            _ => Err(format!("{journal}\n{}", hermes.log())),
        }
    })
    .await;
    let (_, journal) = hermes.get("/hermes/api/mail").await;
    let rows = journal.as_array().unwrap();
    assert!(
        rows.iter().all(|row| row["commandId"] != Value::Null),
        "{journal}"
    );
    assert!(hermes.log().contains("\"inbox"), "{}", hermes.log());
    assert_eq!(hermes.terminate().0, Some(0));
}
