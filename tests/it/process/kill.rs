//! SIGKILL at any instant: nothing is lost, nothing is done twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::harness::{Hermes, PATIENCE, git, header, mail, outbox};

/// A small generator: the instants differ from run to run of the loop, and are the same in every run of the test.
fn instants(seed: u64) -> impl Iterator<Item = Duration> {
    let step = |x: &u64| {
        Some(
            x.wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407),
        )
    };
    std::iter::successors(step(&seed), step).map(|x| Duration::from_millis(x >> 33 & 0x1ff))
}

async fn answers(data: &Path, count: usize) {
    while outbox(data).len() < count {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What a person would look at to find out what is missing.
async fn story(running: &Hermes, data: &Path) -> String {
    let mut story = String::new();
    let (_, journal) = running.get("/hermes/api/mail").await;
    for row in journal.as_array().unwrap() {
        let id = row["commandId"].as_str().unwrap_or("none");
        let (_, command) = running.get(&format!("/hermes/api/commands/{id}")).await;
        if command["state"] != "succeeded" {
            let session = row["sessionId"].as_str().unwrap_or("none");
            let (_, status) = running
                .get(&format!("/hermes/api/sessions/{session}/status"))
                .await;
            let (_, events) = running
                .get(&format!("/hermes/api/sessions/{session}/events?limit=100"))
                .await;
            story += &[row, &command, &status, &events]
                .map(ToString::to_string)
                .join("\n");
        }
    }
    for log in std::fs::read_dir(data.join("logs")).unwrap() {
        story += &std::fs::read_to_string(log.unwrap().path()).unwrap();
    }
    story + "\n" + &running.log()
}

#[tokio::test]
async fn killed_at_any_instant_it_loses_nothing_and_doubles_nothing() {
    const MAILS: usize = 12;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut hermes = Some(Hermes::start(folder.path(), &[]));
    let mut waits = instants(42);
    for n in 0..MAILS {
        let from = format!("user{}@example.com", n % 3);
        let text = mail(
            &from,
            &format!("kill{n}@example.com"),
            &format!("Add a paragraph \"Note number {n}.\" to the contact page"),
        );
        // until it is acknowledged, as a mail server would
        loop {
            let running = hermes.get_or_insert_with(|| Hermes::start(folder.path(), &[]));
            let posted = running.post_mail(&text);
            let kill_after = waits.next().unwrap();
            let answer = tokio::time::timeout(kill_after, posted)
                .await
                .ok()
                .flatten();
            let acknowledged = matches!(&answer, Some((202, _)));
            if !acknowledged || n % 2 == 1 {
                let wait = waits.next().unwrap();
                tokio::time::sleep(wait).await;
                hermes.take().unwrap().kill();
            }
            if acknowledged {
                break;
            }
        }
    }
    let running = hermes.unwrap_or_else(|| Hermes::start(folder.path(), &[]));
    if tokio::time::timeout(PATIENCE, answers(&data, MAILS))
        .await
        .is_err()
    {
        panic!(
            "waited in vain for every answer\n{}",
            story(&running, &data).await
        );
    }

    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    for (file, answer) in outbox(&data) {
        *answers
            .entry(header(&answer, "In-Reply-To").to_owned())
            .or_default() += 1;
        assert!(
            answer.contains("Your change is ready"),
            "{}: {answer}",
            file.display()
        );
    }
    assert_eq!(answers.len(), MAILS, "{answers:?}");
    assert!(answers.values().all(|count| *count == 1), "{answers:?}");

    let trailers = git(
        &data,
        &[
            "log",
            "--all",
            "--format=%(trailers:key=Hermes-Command,valueonly,separator=%x2C)",
        ],
    );
    let mut commands: Vec<&str> = trailers.lines().filter(|line| !line.is_empty()).collect();
    let commits = commands.len();
    commands.sort_unstable();
    commands.dedup();
    assert_eq!(
        (commands.len(), commits),
        (MAILS, MAILS),
        "each command is in the branches once: {trailers}"
    );

    let (_, journal) = running.get("/hermes/api/mail").await;
    assert_eq!(journal.as_array().unwrap().len(), MAILS);
}
