//! An installation of Hermes in an account: everything it needs there, a repository, and mail that SES tells of.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use hermes::adapters::aws::Clients;
use hermes::adapters::aws::dynamo::{DynamoStore, schema};
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::sqs::ensure_mail_queues;
use hermes::adapters::system::SystemClock;
use hermes::ports::queues::Direction;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Hermes, client};
use crate::support::emulator;
use crate::support::emulator::Account;
use crate::support::proxy::Receipt;

/// The address of the service.
pub(crate) const SERVICE: &str = "edit@sites.example.com";

/// Longest wait for anything; far above what a slow machine needs.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);

/// Editors of the project.
pub(crate) const EDITORS: usize = 40;

/// The address of an editor.
pub(crate) fn editor(number: usize) -> String {
    format!("user{}@example.com", number % EDITORS)
}

/// An account with tables, queues, buckets and a sender, a project, and a folder for all that is not on AWS.
pub(crate) struct Installation {
    pub(crate) account: Account,
    pub(crate) clients: Clients,
    pub(crate) names: Names,
    pub(crate) folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Installation {
    pub(crate) async fn new() -> Self {
        let account = emulator().account();
        let clients = account.clients();
        let names = Names::new(&account.settings);
        let tables = schema::create_missing(&clients.dynamodb, &names).await;
        tables.expect("tables");
        ensure_mail_queues(&clients.sqs, &account.settings).await;
        let identity = clients.ses.create_email_identity();
        let identity = identity.email_identity(SERVICE).send().await;
        identity.expect("a sender");
        let mails = account.bucket("mail").await;
        let previews = account.bucket("previews").await;
        let folder = tempfile::tempdir().unwrap();
        let projects = projects(folder.path());
        let mut settings = account.environment();
        settings.extend(
            [
                ("HERMES_BACKEND", "aws".to_owned()),
                ("HERMES_MAIL_ADDRESS", SERVICE.to_owned()),
                ("HERMES_MAIL_STORE", format!("s3://{mails}/in/")),
                (
                    "HERMES_PREVIEW_STORE",
                    format!("s3://{previews}/{{clientHash}}/{{projectId}}/{{sessionId}}/"),
                ),
                ("HERMES_PROJECTS", projects),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        Self {
            account,
            clients,
            names,
            folder,
            settings,
        }
    }

    /// A Hermes that finds AWS there.
    pub(crate) fn hermes(&self, endpoint: &str) -> Hermes {
        let mut settings = self.settings.clone();
        settings.push(("AWS_ENDPOINT_URL".to_owned(), endpoint.to_owned()));
        let settings: Vec<(&str, &str)> = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        Hermes::start(self.folder.path(), &settings)
    }

    /// The records, as they are.
    pub(crate) fn store(&self) -> DynamoStore {
        let client = self.clients.dynamodb.clone();
        DynamoStore::new(client, &self.names, Arc::new(SystemClock))
    }

    /// Puts mails with these numbers into the mail queue, as SES tells of them.
    pub(crate) async fn receive(&self, numbers: impl IntoIterator<Item = usize>) {
        let queue = self.names.mail_queue();
        let url = self.clients.sqs.get_queue_url().queue_name(queue).send();
        let url = url.await.expect("the mail queue").queue_url;
        let numbers: Vec<usize> = numbers.into_iter().collect();
        for few in numbers.chunks(10) {
            let entries = few.iter().map(|number| {
                SendMessageBatchRequestEntry::builder()
                    .id(number.to_string())
                    .message_body(notice(*number).to_string())
                    .build()
                    .unwrap()
            });
            let sending = self.clients.sqs.send_message_batch();
            let sending = sending.set_queue_url(url.clone());
            let sent = sending.set_entries(Some(entries.collect())).send().await;
            assert_eq!(sent.expect("mails").failed().len(), 0);
        }
    }

    /// The subjects and texts of all mails that SES has taken.
    pub(crate) async fn sent(&self) -> Vec<(String, String)> {
        let (endpoint, account) = (emulator().endpoint(), self.account.id());
        let url = format!("{endpoint}/_ministack/ses/messages?account={account}");
        let answer = client().get(url).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        let mails = answer["messages"][self.account.id()].as_array();
        let text = |mail: &Value, name: &str| mail[name].as_str().unwrap_or_default().to_owned();
        let mails = mails.into_iter().flatten();
        mails
            .map(|mail| (text(mail, "Subject"), text(mail, "BodyText")))
            .collect()
    }

    /// What git says of the repository.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let repository = self.folder.path().join("site.git");
        git(self.folder.path(), &{
            let mut all = vec!["--git-dir", repository.to_str().unwrap()];
            all.extend(arguments);
            all
        })
    }
}

/// Looks again and again until `look` finds something: other processes have no event to wait for.
pub(crate) async fn eventually<T>(
    what: &str,
    mut look: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let begun = Instant::now();
    loop {
        match look().await {
            Ok(found) => return found,
            Err(seen) if begun.elapsed() > PATIENCE => {
                panic!("waited in vain for {what}: {seen}")
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

/// As if the time were over for which the dead one had the messages that it received.
pub(crate) async fn hand_back(installation: &Installation, receipts: Vec<Receipt>) {
    let of_workers = installation.names.queues(Direction::Input);
    for receipt in receipts {
        if !receipt.queue_url.contains(&of_workers) {
            let sqs = &installation.clients.sqs;
            let hidden = sqs.change_message_visibility().visibility_timeout(0);
            let hidden = hidden.queue_url(receipt.queue_url);
            // an error says that it was deleted in time
            drop(hidden.receipt_handle(receipt.handle).send().await);
        }
    }
}

/// A mail that asks for a change of its own.
pub(crate) fn notice(number: usize) -> Value {
    let from = editor(number);
    let content = format!(
        "From: {from}\r\nTo: {SERVICE}\r\nSubject: Wish {number}\r\nMessage-ID: <wish{number}@example.com>\r\n\
         Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nAdd a paragraph \"Note number {number}.\" to the contact page\r\n"
    );
    let pass = json!({ "status": "PASS" });
    json!({
        "notificationType": "Received",
        "content": content,
        "mail": {
            "timestamp": "2026-11-21T10:00:00.000Z", "source": from, "messageId": format!("ses{number}"),
            "destination": [SERVICE], "headersTruncated": false, "headers": [], "commonHeaders": {},
        },
        "receipt": {
            "timestamp": "2026-11-21T10:00:01.000Z", "recipients": [SERVICE],
            "spamVerdict": pass, "virusVerdict": pass, "spfVerdict": pass, "dkimVerdict": pass, "dmarcVerdict": pass,
            "action": { "type": "SNS", "topicArn": "arn:aws:sns:us-west-2:1:mail", "encoding": "UTF-8" },
        },
    })
}

/// Pages of the sample site: two are enough, for every change publishes them all.
const PAGES: [&str; 2] = ["contact.html", "index.html"];

/// The list of projects, with one, whose repository has a part of the sample site.
fn projects(folder: &Path) -> String {
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo-site");
    let (work, bare) = (folder.join("site"), folder.join("site.git"));
    std::fs::create_dir(&work).unwrap();
    for page in PAGES {
        std::fs::copy(site.join(page), work.join(page)).unwrap();
    }
    let named = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
    git(&work, &["init", "--quiet", "--initial-branch=main"]);
    git(&work, &["add", "."]);
    git(
        &work,
        &[&named[..], &["commit", "--quiet", "-m", "A site"]].concat(),
    );
    let bare = bare.to_str().unwrap();
    git(folder, &["clone", "--quiet", "--bare", "site", bare]);
    let members: Vec<String> = (0..EDITORS)
        .map(|number| format!("{{ address = \"{}\", role = \"editor\" }}", editor(number)))
        .collect();
    let list = format!(
        "[[project]]\nid = \"site\"\nclient = \"acme\"\nrepo = \"{bare}\"\nagent = \"literal\"\nmembers = [{}]\n",
        members.join(", ")
    );
    let path = folder.join("projects.toml");
    std::fs::write(&path, list).unwrap();
    path.to_str().unwrap().to_owned()
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}
