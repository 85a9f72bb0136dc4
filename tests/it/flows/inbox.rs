//! Mail in from a mail queue: what leaves it, when, and what became of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use hermes::domain::journal::{Channel, JournalRow, Verdict};
use hermes::domain::mail::envelope::ObjectRef;
use hermes::ports::fault::{Fault, FaultKind};
use hermes::ports::mail_objects::{Fetched, MailObjects};
use hermes::ports::mail_queue::{MAX_BATCH, MailQueue};
use hermes::ports::queues::{Delivery, MAX_RECEIVES, Receipt, VISIBILITY};
use hermes::services::inbox::{Inbox, InboxTimings};
use hermes::services::metrics::Metrics;
use serde_json::{Value, json};

use super::harness::{Hermes, Mail, Setup, a_project};
use crate::support::entropy::SeededEntropy;
use crate::support::faulty::Trouble;

const AMELIA: &str = "amelia@example.com";

/// A mail queue and an object store in memory.
#[derive(Default)]
struct Post {
    waiting: Mutex<Vec<(String, u32)>>,
    in_hand: Mutex<Vec<Delivery>>,
    hidden: Mutex<Vec<Duration>>,
    dead: Mutex<Vec<String>>,
    objects: Mutex<HashMap<String, Bytes>>,
    /// The next receive fails with this.
    fails: Mutex<Option<FaultKind>>,
    /// Fetching takes this long.
    slow: Duration,
}

#[async_trait]
impl MailQueue for Post {
    async fn receive(&self, max: usize, _: Duration) -> Result<Vec<Delivery>, Fault> {
        if let Some(kind) = self.fails.lock().unwrap().take() {
            return Err(Fault::new("receive", kind, "the test says so"));
        }
        let mut waiting = self.waiting.lock().unwrap();
        let count = max.min(waiting.len());
        let taken = waiting.drain(..count).enumerate();
        let taken: Vec<_> = taken
            .map(|(n, (body, receives))| Delivery {
                body,
                receipt: Receipt(format!("r{n}")),
                receives,
            })
            .collect();
        self.in_hand.lock().unwrap().extend(taken.iter().cloned());
        Ok(taken)
    }

    async fn delete(&self, receipt: &Receipt) -> Result<bool, Fault> {
        let mut in_hand = self.in_hand.lock().unwrap();
        let before = in_hand.len();
        in_hand.retain(|delivery| delivery.receipt != *receipt);
        Ok(in_hand.len() < before)
    }

    async fn set_visibility(&self, _: &Receipt, visibility: Duration) -> Result<bool, Fault> {
        self.hidden.lock().unwrap().push(visibility);
        Ok(true)
    }

    async fn bury(&self, delivery: &Delivery, reason: &str) -> Result<(), Fault> {
        self.dead.lock().unwrap().push(reason.to_owned());
        self.delete(&delivery.receipt).await.map(drop)
    }
}

#[async_trait]
impl MailObjects for Post {
    async fn fetch(&self, object: &ObjectRef, limit: usize) -> Result<Fetched, Fault> {
        tokio::time::sleep(self.slow).await;
        let key = match object {
            ObjectRef::At { bucket, .. } if bucket != "mail" => return Ok(Fetched::Outside),
            ObjectRef::At { key, .. } | ObjectRef::Named(key) => key,
        };
        let found = self.objects.lock().unwrap().get(key).cloned();
        Ok(match found {
            None => Fetched::Missing,
            Some(content) if content.len() > limit => Fetched::TooLong,
            Some(content) => Fetched::Mail(content),
        })
    }
}

impl Post {
    fn put(&self, body: &impl ToString, receives: u32) {
        let message = (body.to_string(), receives);
        self.waiting.lock().unwrap().push(message);
    }

    fn left(&self) -> usize {
        self.in_hand.lock().unwrap().len()
    }

    fn dead(&self) -> Vec<String> {
        self.dead.lock().unwrap().clone()
    }
}

fn inbox(hermes: &Hermes, post: &Arc<Post>) -> Inbox {
    let timings = InboxTimings {
        jitter: Duration::ZERO,
        ..InboxTimings::default()
    };
    Inbox::new(
        Arc::<Post>::clone(post),
        Arc::<Post>::clone(post),
        Arc::clone(&hermes.intake),
        Arc::new(Metrics::new("1", "aws")),
        Arc::new(SeededEntropy::new(3)),
    )
    .with_timings(timings)
}

/// What SES says of a mail whose sender is proven, with the mail in it.
fn notice(raw: &Bytes) -> Value {
    let verdict = json!({"status": "PASS"});
    json!({
        "notificationType": "Received",
        "content": BASE64_STANDARD.encode(raw),
        "mail": {"messageId": "ses1", "source": AMELIA, "timestamp": "2026-11-21T14:00:00Z"},
        "receipt": {
            "recipients": ["edit@hermes.localhost"],
            "spamVerdict": verdict, "virusVerdict": verdict, "spfVerdict": verdict,
            "dkimVerdict": verdict, "dmarcVerdict": verdict,
            "action": {"type": "SNS", "encoding": "BASE64"},
        },
    })
}

fn stored(bucket: &str, key: &str) -> Value {
    let mut document = notice(&Bytes::new());
    document.as_object_mut().unwrap().remove("content");
    document["receipt"]["action"] = json!({"type": "S3", "bucketName": bucket, "objectKey": key});
    document
}

fn with(raw: &Bytes, path: &str, value: Value) -> Value {
    let mut document = notice(raw);
    *document.pointer_mut(path).unwrap() = value;
    document
}

async fn journal(hermes: &Hermes) -> Vec<JournalRow> {
    hermes.ports.journal.list(100, None).await.unwrap().items
}

/// Takes one message in and answers the one row that the journal has then.
async fn row_of(hermes: &Hermes, document: &Value) -> JournalRow {
    let post = Arc::new(Post::default());
    post.put(document, 1);
    inbox(hermes, &post).tick().await.unwrap();
    assert_eq!((post.left(), post.dead()), (0, Vec::new()));
    let mut rows = journal(hermes).await;
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

#[tokio::test]
async fn e1_a_notification_becomes_a_command_and_leaves_the_queue() {
    let mut hermes = Hermes::start();
    let raw = Mail::new("m1", "Change the title to Hello").bytes();
    let row = row_of(&hermes, &notice(&raw)).await;
    assert_eq!(
        (row.channel, row.verdict),
        (Channel::Ses, Verdict::Instruct)
    );
    assert_eq!(row.rules, ["A3"]);
    hermes.known.extend(row.session_id);
    assert_eq!(hermes.commands().await.len(), 1);
    hermes.quiesce().await;
    assert_eq!(hermes.mailer.taken().len(), 1);
}

#[tokio::test]
async fn e9_the_same_mail_in_any_wrapping_is_one_command() {
    let hermes = Hermes::start();
    let raw = Mail::new("m1", "Change the title to Hello").bytes();
    let bare = notice(&raw);
    let wrapped = json!({"Type": "Notification", "Message": bare.to_string()});
    let post = Arc::new(Post::default());
    for document in [&bare, &wrapped, &bare] {
        post.put(document, 1);
    }
    post.put(&stored("mail", "in/x"), 1);
    post.objects.lock().unwrap().insert("in/x".to_owned(), raw);
    assert_eq!(inbox(&hermes, &post).tick().await.unwrap(), 4);
    assert_eq!((post.left(), post.dead()), (0, Vec::new()));
    let rows = journal(&hermes).await;
    assert_eq!(rows.len(), 1);
    let session = rows[0].session_id.as_ref().unwrap();
    let commands = hermes.ports.commands.by_session(session, 9).await.unwrap();
    assert_eq!(commands.len(), 1);
}

#[tokio::test]
async fn e4_the_envelope_says_which_project_it_is_for() {
    let mut bakery = a_project("bakery", "acme");
    bakery.addresses = vec!["bakery@sites.example".to_owned()];
    let mut florist = a_project("florist", "acme");
    florist.addresses = vec!["florist@sites.example".to_owned()];
    let hermes = Hermes::with(Setup {
        projects: vec![bakery, florist],
        ..Setup::default()
    });
    let raw = Mail::new("m1", "Change the title to Hello")
        .to("florist@sites.example")
        .bytes();
    let bcc = json!(["bakery@sites.example"]);
    let row = row_of(&hermes, &with(&raw, "/receipt/recipients", bcc)).await;
    assert_eq!(row.project_id.unwrap().as_str(), "bakery");
    assert_eq!(row.verdict, Verdict::Instruct);
}

#[tokio::test]
async fn e5_e6_verdicts_decide_what_becomes_of_a_mail() {
    for (check, status, verdict, rule) in [
        ("virusVerdict", "FAIL", Verdict::Silent, "E6"),
        ("spamVerdict", "fail", Verdict::Hold, "E6"),
        ("dmarcVerdict", "FAIL", Verdict::Silent, "A6"),
        ("dmarcVerdict", "NEW_WORD", Verdict::Instruct, "A3"),
        ("dmarcVerdict", "PROCESSING_FAILED", Verdict::Silent, "A6"),
        ("spfVerdict", "FAIL", Verdict::Instruct, "A3"),
    ] {
        let hermes = Hermes::start();
        let raw = Mail::new("m1", "Change the title to Hello").bytes();
        // with a new word for DMARC, which is GRAY, the envelope's own domain proves the sender by SPF
        let path = format!("/receipt/{check}/status");
        let row = row_of(&hermes, &with(&raw, &path, json!(status))).await;
        assert_eq!(
            (row.verdict, row.rules),
            (verdict, vec![rule.to_owned()]),
            "{check} {status}"
        );
        let kept = hermes.ports.archive.get(&row.raw).await.unwrap();
        assert_eq!(
            kept.is_some(),
            check != "virusVerdict",
            "E6: harmful mail is dropped"
        );
        assert!(hermes.mailer.taken().is_empty());
    }
}

#[tokio::test]
async fn l2_a_mail_without_a_return_path_is_silent() {
    let hermes = Hermes::start();
    let raw = Mail::new("m1", "Undeliverable").bytes();
    let row = row_of(&hermes, &with(&raw, "/mail/source", json!(""))).await;
    assert_eq!(
        (row.verdict, row.rules),
        (Verdict::Silent, vec!["L2".to_owned()])
    );
}

#[tokio::test]
async fn e1_what_is_no_mail_is_a_dead_letter_at_once_with_its_reason() {
    let hermes = Hermes::start();
    let post = Arc::new(Post::default());
    post.put(&"garbage", 1);
    post.put(
        &json!({"Type": "SubscriptionConfirmation", "SubscribeURL": "http://x/"}),
        1,
    );
    post.put(&json!({"notificationType": "Bounce"}), 1);
    post.put(&notice(&Bytes::from_static(b"\r\n\r\n")), 1);
    post.put(&stored("elsewhere", "in/x"), 1);
    inbox(&hermes, &post).tick().await.unwrap();
    assert_eq!(
        post.dead(),
        [
            "the message is not a JSON object",
            "the message asks to confirm a subscription, which an operator must do",
            "the message tells of another event than a received mail: Bounce",
            "this is not a mail: the message is empty",
            "the mail is said to be in another place than the configured one (A3)",
        ]
    );
    assert_eq!(post.left(), 0);
    assert!(journal(&hermes).await.is_empty());
}

#[tokio::test]
async fn e2_a_mail_that_is_not_in_the_bucket_is_looked_for_five_times() {
    let hermes = Hermes::start();
    let post = Arc::new(Post::default());
    let inbox = inbox(&hermes, &post);
    for receives in 1..=4 {
        post.put(&stored("mail", "in/x"), receives);
        inbox.tick().await.unwrap();
        assert_eq!((post.left(), post.dead().len()), (1, 0), "{receives}");
        post.in_hand.lock().unwrap().clear();
    }
    let hidden = post.hidden.lock().unwrap().clone();
    assert!(
        hidden.is_sorted() && hidden[0] >= Duration::from_secs(5),
        "{hidden:?}"
    );
    post.put(&stored("mail", "in/x"), 5);
    inbox.tick().await.unwrap();
    assert_eq!(post.dead(), ["the mail is not in the bucket (E2)"]);
}

#[tokio::test]
async fn a_mail_stays_in_the_queue_while_it_cannot_be_made_durable() {
    let hermes = Hermes::start();
    let post = Arc::new(Post::default());
    let inbox = inbox(&hermes, &post);
    let raw = Mail::new("m1", "Change the title to Hello").bytes();
    hermes.faults.strike(0, Trouble::CutBefore);
    for (receives, dead) in [(1, 0), (MAX_RECEIVES - 1, 0), (MAX_RECEIVES, 1)] {
        post.put(&notice(&raw), receives);
        inbox.tick().await.unwrap();
        assert_eq!(post.dead().len(), dead, "{receives}");
        post.in_hand.lock().unwrap().clear();
    }
    assert!(
        post.dead()[0].starts_with("the backend failed: "),
        "{:?}",
        post.dead()
    );
    assert!(journal(&hermes).await.is_empty());
    hermes.faults.mend();
    post.put(&notice(&raw), 2);
    inbox.tick().await.unwrap();
    assert_eq!((journal(&hermes).await.len(), post.left()), (1, 0));
}

#[tokio::test]
async fn a_failed_receive_is_reported_and_the_next_one_works() {
    let hermes = Hermes::start();
    let post = Arc::new(Post::default());
    let inbox = inbox(&hermes, &post);
    *post.fails.lock().unwrap() = Some(FaultKind::Denied);
    assert_eq!(inbox.tick().await.unwrap_err().kind, FaultKind::Denied);
    assert_eq!(inbox.tick().await.unwrap(), 0);
}

#[tokio::test]
async fn a_pass_takes_ten_at_once_and_a_stop_ends_the_wait() {
    let hermes = Hermes::start();
    let post = Arc::new(Post::default());
    let inbox = inbox(&hermes, &post);
    for n in 0..12 {
        post.put(
            &notice(&Mail::new(&format!("m{n}"), "Change the title to x").bytes()),
            1,
        );
    }
    assert_eq!(inbox.tick_until(std::future::ready(())).await.unwrap(), 0);
    assert_eq!(inbox.tick().await.unwrap(), MAX_BATCH);
    assert_eq!(inbox.tick().await.unwrap(), 2);
    assert_eq!((journal(&hermes).await.len(), post.left()), (12, 0));
}

#[tokio::test]
async fn c22_a_mail_that_takes_long_is_held() {
    let hermes = Hermes::start();
    let post = Arc::new(Post {
        slow: Duration::from_millis(100),
        ..Post::default()
    });
    let raw = Mail::new("m1", "Change the title to Hello").bytes();
    post.objects.lock().unwrap().insert("in/x".to_owned(), raw);
    post.put(&stored("mail", "in/x"), 1);
    let timings = InboxTimings {
        hold: Duration::from_millis(20),
        ..InboxTimings::default()
    };
    let inbox = inbox(&hermes, &post).with_timings(timings);
    inbox.tick().await.unwrap();
    let hidden = post.hidden.lock().unwrap().clone();
    assert!(!hidden.is_empty() && hidden.iter().all(|held| *held == VISIBILITY));
    assert_eq!(post.left(), 0);
}
