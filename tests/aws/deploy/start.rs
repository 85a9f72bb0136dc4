//! The service as its task starts it, in the stacks' account.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::stack::Stacks;
use super::stacks::{Made, create_all};
use crate::support::emulator;
use crate::support::emulator::Account;
use crate::trial::Ignored;

trials![a_mail_that_ses_announces_reaches_the_hermes_of_the_stack];

/// Longest until a mail is in the journal.
const PATIENCE: Duration = Duration::from_secs(30);

const PROJECTS: &str = r#"
[[project]]
id = "site"
client = "acme"
repo = "https://github.com/acme/site.git"
addresses = ["edit@edit.example.com"]
members = [{ address = "ann@example.com", role = "publisher" }]
"#;

const MAIL: &str = "From: Ann <ann@example.com>\r\nTo: edit@edit.example.com\r\nSubject: Hours\r\n\
    Message-ID: <m1@example.com>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nReplace \"9-6\" with \"9-5\".\r\n";

/// A process that ends with the test.
struct Running {
    child: Child,
    url: String,
    /// Where it keeps what is large, for as long as it runs.
    _folder: TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Starts the service with what its task definition and its image give it; the task's role is the account's key here.
async fn start(account: &Account) -> Running {
    let ecs = account.clients().ecs;
    let request = ecs.describe_task_definition();
    let told = request
        .task_definition("webordinary-hermes")
        .send()
        .await
        .unwrap();
    let container = &told.task_definition().unwrap().container_definitions()[0];
    let given = container.environment().iter();
    let given = given.map(|entry| (entry.name().unwrap(), entry.value().unwrap()));
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_hermes"))
        .arg("serve")
        .current_dir(folder.path())
        .env_clear()
        .envs(account.environment())
        .envs(given)
        .envs([
            ("HERMES_ENV", "production"),
            ("HERMES_BACKEND", "aws"),
            ("LOG_FORMAT", "json"),
        ])
        .envs([
            ("HERMES_API_KEYS", "open"),
            ("HOST", "127.0.0.1"),
            ("PORT", "0"),
        ])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let mut seen = Vec::new();
    let port = loop {
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("it ended: {seen:#?}"));
        if let Some((_, rest)) = line.split_once("listening on 127.0.0.1:") {
            break rest
                .chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>();
        }
        seen.push(line);
    };
    std::thread::spawn(move || lines.for_each(drop));
    Running {
        child,
        url: format!("http://127.0.0.1:{port}"),
        _folder: folder,
    }
}

/// What SES tells of a mail that it put into the bucket.
fn announcement(made: &Made, key: &str) -> Value {
    let passed = json!({"status": "PASS"});
    json!({
        "notificationType": "Received",
        "receipt": {
            "timestamp": "2026-11-21T10:00:01.000Z",
            "processingTimeMillis": 300,
            "recipients": ["edit@edit.example.com"],
            "spamVerdict": passed, "virusVerdict": passed, "spfVerdict": passed, "dkimVerdict": passed, "dmarcVerdict": passed,
            "action": {"type": "S3", "topicArn": made.topic, "bucketName": made.mails, "objectKeyPrefix": "mail/ses/", "objectKey": key},
        },
        "mail": {
            "timestamp": "2026-11-21T10:00:00.000Z",
            "source": "ann@example.com",
            "messageId": "ses1",
            "destination": ["edit@edit.example.com"],
            "headersTruncated": false,
            "headers": [],
            "commonHeaders": {"from": ["Ann <ann@example.com>"], "to": ["edit@edit.example.com"], "messageId": "<m1@example.com>", "subject": "Hours"},
        },
    })
}

async fn a_mail_that_ses_announces_reaches_the_hermes_of_the_stack() -> Result<(), Ignored> {
    let account = emulator().account();
    let made = create_all(&account).await?;
    let s3 = account.clients().s3;
    for (key, text) in [("config/projects.toml", PROJECTS), ("mail/ses/ses1", MAIL)] {
        let request = s3.put_object().bucket(&made.mails).key(key);
        request
            .body(text.as_bytes().to_vec().into())
            .send()
            .await
            .unwrap();
    }
    let hermes = start(&account).await;
    let http = Client::builder().no_proxy().build().unwrap();
    let get = async |path: &str| -> Value {
        let answer = http
            .get(format!("{}{path}", hermes.url))
            .send()
            .await
            .unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    };
    assert_eq!(get("/hermes/health").await["backend"], "aws");
    let stacks = Stacks::of(&account);
    stacks
        .announce(
            &made.topic,
            &announcement(&made, "mail/ses/ses1").to_string(),
        )
        .await;
    let until = Instant::now() + PATIENCE;
    let journal = loop {
        let journal = get("/hermes/api/mail").await;
        if journal.as_array().is_some_and(|rows| !rows.is_empty()) || Instant::now() > until {
            break journal;
        }
        // nothing tells a client that the journal has grown
        sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(journal[0]["verdict"], "instruct", "{journal}");
    Ok(())
}
