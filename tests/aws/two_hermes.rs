//! Two replicas over the same tables and queues, one of which is killed: nothing is lost, nothing is done twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hermes::adapters::system::SystemClock;
use hermes::domain::reply::{Reply, ReplyState};
use hermes::ports::clock::Clock as _;
use hermes::ports::ledger::{Ledger as _, Write};
use hermes::ports::reply_store::ReplyStore as _;

use crate::installation::{Installation, eventually, hand_back};
use crate::support::emulator;
use crate::support::proxy::{Proxy, Trouble};
use crate::support::scripted::ecs::{EcsScript, Pace, ScriptedEcs, WorkerProgram};

trials![one_of_two_is_killed_and_each_mail_has_one_commit_and_one_reply];

const MAILS: usize = 200;

/// Replies after which the one is killed.
const MIDDLE: usize = 60;

/// Later than anything that waits now.
const LATER: Duration = Duration::from_mins(10);

fn a_cluster(installation: &Installation) -> ScriptedEcs {
    let path = std::env::var_os("PATH").unwrap().into_string().unwrap();
    let mut environment = installation.account.environment();
    environment.push(("PATH".to_owned(), path));
    ScriptedEcs::start(EcsScript {
        pace: Pace::Every(Duration::from_millis(50)),
        workers: Some(WorkerProgram {
            program: env!("CARGO_BIN_EXE_hermes").into(),
            arguments: vec!["worker".to_owned()],
            environment,
            folder: installation.folder.path().join("containers"),
            stop_timeout: Duration::from_secs(30),
        }),
        forward_to: Some(emulator().endpoint().to_owned()),
    })
}

/// Replies that are not noted as sent.
async fn unsent(installation: &Installation) -> Vec<Reply> {
    let later = SystemClock.now() + LATER;
    let replies = installation.store().due(later, 10 * MAILS).await;
    replies.expect("replies")
}

/// The replies that were taken up and then left, by a replica that SES does not answer any more.
async fn left_in_sending(installation: &Installation) -> Vec<Reply> {
    let sending = async || {
        let mut replies = unsent(installation).await;
        replies.retain(|reply| matches!(reply.state, ReplyState::Sending { .. }));
        replies
    };
    let before = sending().await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let mut after = sending().await;
    after.retain(|reply| before.contains(reply));
    after
}

async fn one_of_two_is_killed_and_each_mail_has_one_commit_and_one_reply() {
    let installation = Installation::new().await;
    std::fs::create_dir(installation.folder.path().join("containers")).unwrap();
    let ecs = a_cluster(&installation);
    let to_first = Proxy::start(ecs.endpoint());
    let first = installation.hermes(to_first.endpoint());
    let second = installation.hermes(ecs.endpoint());
    installation.receive(0..MAILS).await;

    eventually("the middle", async || {
        let sent = outcomes(&installation).await.len();
        if sent >= MIDDLE {
            Ok(())
        } else {
            Err(format!("{sent} replies\n{}", second.log()))
        }
    })
    .await;
    // C21 lets a mail go out twice only when its sender dies between SES's answer and its own note of it: not here
    to_first.always("SES.", Trouble::Hang);
    eventually("every reply that is out to be noted", async || {
        let unsent = unsent(&installation).await;
        let sent = installation.sent().await;
        let open: BTreeSet<&str> = unsent
            .iter()
            .map(|reply| reply.letter.subject.as_str())
            .collect();
        let torn = sent
            .iter()
            .filter(|(subject, _)| open.contains(subject.as_str()))
            .count();
        if torn == 0 {
            Ok(())
        } else {
            Err(format!("{torn} are not"))
        }
    })
    .await;
    first.kill();

    // what the dead one held comes back after two minutes; nobody wants to wait for that here
    for mut reply in left_in_sending(&installation).await {
        reply.due_at = Some(SystemClock.now());
        let due = vec![Write::Reply(Box::new(reply))];
        installation
            .store()
            .commit(due)
            .await
            .expect("it is nobody's");
    }
    eventually("every reply", async || {
        hand_back(&installation, to_first.receipts()).await;
        let sent = outcomes(&installation).await.len();
        if sent >= MAILS {
            Ok(())
        } else {
            Err(format!("{sent} replies\n{}", second.log()))
        }
    })
    .await;
    everything_happened_once(&installation, &ecs).await;
    assert_eq!(second.terminate().0, Some(0));
}

/// What was answered, without the notes that a result takes longer than a minute.
async fn outcomes(installation: &Installation) -> Vec<(String, String)> {
    let mut sent = installation.sent().await;
    sent.retain(|(_, text)| !text.contains("Your message has arrived."));
    sent
}

async fn everything_happened_once(installation: &Installation, ecs: &ScriptedEcs) {
    let mut replies: BTreeMap<String, usize> = BTreeMap::new();
    for (subject, text) in outcomes(installation).await {
        assert!(text.contains("Your change is ready"), "{subject}: {text}");
        *replies.entry(subject).or_default() += 1;
    }
    assert_eq!(replies.len(), MAILS, "{replies:?}");
    assert!(replies.values().all(|count| *count == 1), "{replies:?}");
    let trailers = installation.git(&[
        "log",
        "--all",
        "--format=%(trailers:key=Hermes-Command,valueonly,separator=%x2C)",
    ]);
    let commits: Vec<&str> = trailers.lines().filter(|line| !line.is_empty()).collect();
    let commands: BTreeSet<&str> = commits.iter().copied().collect();
    assert_eq!(
        (commands.len(), commits.len()),
        (MAILS, MAILS),
        "{trailers}"
    );
    assert_eq!(ecs.started_twice(), []);
}
