//! Several commands: interrupts, turns and threads.

use std::fs;

use hermes::domain::wire::{FromWorker, InterruptedWork};
use hermes::worker::Ended;

use super::lab::{Lab, Started, work_message};

/// A worker whose agent is in the middle of command 1 of thread `a`, with one new file.
async fn in_the_middle(lab: &Lab) -> Started {
    let begun = lab.pipe("begun");
    let worker = lab.start();
    let script = format!("echo half > half.html; echo > {begun}; sleep 600");
    lab.ask(1, "a", &script).await;
    lab.heard(&begun).await;
    worker
}

async fn shut_down(lab: &Lab, worker: Started) {
    lab.shutdown().await;
    assert_eq!(worker.ended().await, Ended::Shutdown);
    assert_eq!(lab.queues.count(&lab.input()), 0);
}

#[tokio::test]
async fn c16_a_newer_command_interrupts_and_hears_what_it_stopped() {
    let lab = Lab::new();
    let worker = in_the_middle(&lab).await;
    lab.ask(2, "a", "mv half.html whole.html; echo Done both.")
        .await;
    let first = lab.response().await;
    assert_eq!(first.command_id.as_str(), "cmd-1");
    assert!(first.interrupted && !first.success);
    assert_eq!(first.result.interrupted_by, Some("cmd-2".parse().unwrap()));
    assert_eq!(first.result.files_changed, ["half.html"]);
    let second = lab.response().await;
    assert!(second.success, "{second:?}");
    shut_down(&lab, worker).await;
    let prompt = fs::read_to_string(lab.path("prompt")).unwrap();
    assert!(
        prompt.contains("interrupted") && prompt.contains("echo half"),
        "{prompt}"
    );
    assert_eq!(
        lab.subjects("thread-a"),
        ["Done both.", "[wip] Interrupted"]
    );
    let wip = lab.origin(&["log", "-1", "--format=%B", "thread-a~1"]);
    assert!(wip.contains("Hermes-Command: cmd-1\n"), "{wip}");
    assert!(wip.ends_with("Hermes-State: wip"), "{wip}");
    assert_eq!(lab.file("thread-a", "whole.html"), "half");
}

#[tokio::test]
async fn c18_a_late_older_command_interrupts_nothing_and_comes_before_what_is_newer() {
    let lab = Lab::new();
    let (begun, go) = (lab.pipe("begun"), lab.pipe("go"));
    let worker = lab.start();
    let waits = format!("echo 5 >> order.html; echo > {begun}; read x < {go}");
    lab.ask(5, "a", &waits).await;
    lab.heard(&begun).await;
    lab.ask(4, "a", "echo 4 >> order.html").await;
    lab.ask(3, "a", "echo 3 >> order.html").await;
    lab.say(&go).await;
    for number in [5, 3, 4] {
        let response = lab.response().await;
        assert_eq!(
            response.command_id,
            format!("cmd-{number}").parse().unwrap()
        );
        assert!(response.success, "{response:?}");
    }
    shut_down(&lab, worker).await;
    assert_eq!(lab.file("thread-a", "order.html"), "5\n3\n4");
}

#[tokio::test]
async fn a_command_of_another_session_waits_and_has_its_own_branch_and_files() {
    let lab = Lab::new();
    let (begun, go) = (lab.pipe("begun"), lab.pipe("go"));
    let worker = lab.start();
    lab.ask(
        1,
        "a",
        &format!("echo a > page.html; echo > {begun}; read x < {go}"),
    )
    .await;
    lab.heard(&begun).await;
    lab.ask(2, "b", "test ! -e page.html && echo b > page.html")
        .await;
    lab.say(&go).await;
    assert!(lab.response().await.success);
    assert!(lab.response().await.success);
    shut_down(&lab, worker).await;
    assert_eq!(lab.file("thread-a", "page.html"), "a");
    assert_eq!(lab.file("thread-b", "page.html"), "b");
    assert_eq!(lab.preview("b", "/page").await.as_deref(), Some("b\n"));
}

#[tokio::test]
async fn c20_an_interrupt_stops_the_running_command_and_starts_nothing() {
    let lab = Lab::new();
    let worker = in_the_middle(&lab).await;
    lab.interrupt(1, "a").await;
    let response = lab.response().await;
    assert!(response.interrupted && !response.success);
    assert_eq!(response.result.interrupted_by, None);
    assert_eq!(lab.subjects("thread-a"), ["[wip] Interrupted"]);
    // Nothing is left to be said of it: what comes next was not told of it.
    lab.ask(2, "a", "echo x > x.html").await;
    assert!(lab.response().await.success);
    let prompt = fs::read_to_string(lab.path("prompt")).unwrap();
    assert!(!prompt.contains("interrupted"), "{prompt}");
    shut_down(&lab, worker).await;
}

#[tokio::test]
async fn an_interrupt_of_a_queued_command_answers_it_at_once() {
    let lab = Lab::new();
    let worker = in_the_middle(&lab).await;
    lab.ask(2, "b", "echo never > never.html").await;
    lab.interrupt(2, "b").await;
    let response = lab.response().await;
    assert_eq!(response.command_id.as_str(), "cmd-2");
    assert!(response.interrupted);
    lab.interrupt(1, "a").await;
    assert_eq!(lab.response().await.command_id.as_str(), "cmd-1");
    shut_down(&lab, worker).await;
    assert_eq!(lab.origin(&["branch", "--list", "thread-b"]), "");
}

#[tokio::test]
async fn an_interrupt_of_what_is_over_or_unknown_does_nothing() {
    let lab = Lab::new();
    let worker = lab.start();
    lab.ask(1, "a", "echo x > x.html").await;
    let first = lab.response().await;
    lab.interrupt(1, "a").await;
    lab.interrupt(7, "a").await;
    lab.ask(1, "a", "").await;
    assert_eq!(lab.response().await, first);
    shut_down(&lab, worker).await;
}

#[tokio::test]
async fn what_hermes_says_was_interrupted_is_passed_on() {
    let lab = Lab::new();
    let worker = lab.start();
    let mut work = lab.work(2, "a", "true");
    work.context.interrupted = Some(InterruptedWork {
        command_id: "cmd-1".parse().unwrap(),
        instruction: "paint it blue".to_owned(),
    });
    lab.send(work_message(work)).await;
    assert!(lab.response().await.success);
    let prompt = fs::read_to_string(lab.path("prompt")).unwrap();
    assert!(prompt.contains("paint it blue"), "{prompt}");
    shut_down(&lab, worker).await;
}

#[tokio::test]
async fn a_long_command_shows_progress_without_bodies() {
    let lab = Lab::new();
    let worker = in_the_middle(&lab).await;
    // What is said in between depends on how busy the machine is.
    let mut said = Vec::new();
    while said.last().map(String::as_str) != Some("editing") {
        if let FromWorker::Progress(progress) = lab.heard_of().await {
            assert_eq!(progress.command_id, Some("cmd-1".parse().unwrap()));
            said.extend(progress.detail);
        }
    }
    let known = ["fetching the website", "publishing the preview", "editing"];
    assert!(
        said.iter().all(|line| known.contains(&line.as_str())),
        "{said:?}"
    );
    worker.stop.cancel();
    worker.ended().await;
}
