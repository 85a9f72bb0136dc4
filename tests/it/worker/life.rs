//! How a worker ends, and what becomes of what it holds.

use std::fs;
use std::path::Path;
use std::time::Duration;

use hermes::domain::wire::FromWorker;
use hermes::worker::Ended;

use super::lab::{Lab, Started, work_message};

async fn in_the_middle(lab: &Lab) -> Started {
    let begun = lab.pipe("begun");
    let worker = lab.start();
    let pid = lab.path("pid");
    let script = format!("echo half > half.html; echo $$ > {pid}; echo > {begun}; sleep 600");
    lab.ask(1, "a", &script).await;
    lab.heard(&begun).await;
    worker
}

fn agent_is_alive(lab: &Lab) -> bool {
    let pid = fs::read_to_string(lab.path("pid")).unwrap();
    let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z ")
}

#[tokio::test]
async fn shutdown_hands_back_what_is_not_begun_and_lets_the_running_one_finish() {
    let lab = Lab::new();
    let (begun, go) = (lab.pipe("begun"), lab.pipe("go"));
    let worker = lab.start();
    lab.ask(
        1,
        "a",
        &format!("echo > {begun}; read x < {go}; echo x > x.html"),
    )
    .await;
    lab.heard(&begun).await;
    lab.ask(2, "b", "echo never > never.html").await;
    lab.shutdown().await;
    lab.taken_back(1).await;
    lab.say(&go).await;
    assert!(lab.response().await.success);
    assert_eq!(worker.ended().await, Ended::Shutdown);
    assert_eq!(lab.queues.count(&lab.input()), 1);
    assert!(lab.queues.visible(&lab.input())[0].contains("cmd-2"));
    assert_eq!(lab.origin(&["branch", "--list", "thread-b"]), "");
}

#[tokio::test]
async fn c9_a_stop_saves_the_work_and_hands_everything_back() {
    let mut lab = Lab::new();
    let worker = in_the_middle(&lab).await;
    lab.ask(2, "b", "echo never > never.html").await;
    worker.stop.cancel();
    assert_eq!(worker.ended().await, Ended::Stopped);
    assert!(!agent_is_alive(&lab));
    assert_eq!(lab.subjects("thread-a"), ["[wip] Interrupted"]);
    assert_eq!(lab.queues.visible(&lab.input()).len(), 2);
    // The next generation carries out what it is sent, on top of what was saved.
    lab.config.generation = 2;
    lab.ask(1, "a", "mv half.html whole.html; echo Done.").await;
    let worker = lab.start();
    let response = lab.response().await;
    assert!(response.success, "{response:?}");
    assert_eq!(response.generation, Some(2));
    worker.stop.cancel();
    worker.ended().await;
    assert_eq!(lab.file("thread-a", "whole.html"), "half");
}

#[tokio::test]
async fn c26_a_dropped_worker_takes_its_agent_along() {
    let lab = Lab::new();
    let (alive, begun) = (lab.pipe("alive"), lab.pipe("begun"));
    let worker = lab.start();
    let script = format!("exec 9> {alive}; (echo > {begun}; sleep 600) & sleep 600");
    lab.ask(1, "a", &script).await;
    // The pipe is at its end when nobody has it open any more, the agent's own children included.
    let gone = lab.heard(&alive);
    let kill = async {
        lab.heard(&begun).await;
        worker.killed().await;
    };
    tokio::join!(gone, kill);
}

#[tokio::test]
async fn c4_a_lower_generation_is_deleted_and_a_higher_one_ends_the_worker() {
    let mut lab = Lab::new();
    lab.config.generation = 2;
    let worker = lab.start();
    let mut work = lab.work(1, "a", "echo x > x.html");
    work.generation = 1;
    lab.send(work_message(work.clone())).await;
    lab.ask(2, "a", "true").await;
    assert_eq!(lab.response().await.command_id.as_str(), "cmd-2");
    assert_eq!(lab.queues.count(&lab.input()), 0);
    work.generation = 3;
    lab.send(work_message(work)).await;
    assert_eq!(worker.ended().await, Ended::Fenced);
    assert_eq!(lab.queues.visible(&lab.input()).len(), 1);
    assert_eq!(lab.origin(&["branch", "--list", "thread-a"]), "");
}

#[tokio::test]
async fn c4_a_fenced_worker_saves_nothing() {
    let lab = Lab::new();
    let worker = in_the_middle(&lab).await;
    let mut work = lab.work(1, "a", "true");
    work.generation = 2;
    lab.send(work_message(work)).await;
    assert_eq!(worker.ended().await, Ended::Fenced);
    assert!(!agent_is_alive(&lab));
    assert_eq!(lab.origin(&["branch", "--list", "thread-a"]), "");
}

#[tokio::test]
async fn a_message_that_comes_again_while_it_is_held_is_carried_out_once() {
    let lab = Lab::new();
    let (begun, go) = (lab.pipe("begun"), lab.pipe("go"));
    let worker = lab.start();
    lab.ask(
        1,
        "a",
        &format!("echo > {begun}; read x < {go}; echo x >> x.html"),
    )
    .await;
    lab.heard(&begun).await;
    lab.queues.expire_all(&lab.input());
    lab.ask(1, "a", "").await;
    lab.all_taken().await;
    lab.say(&go).await;
    assert!(lab.response().await.success);
    lab.shutdown().await;
    worker.ended().await;
    assert_eq!(lab.queues.count(&lab.input()), 0);
    assert_eq!(lab.subjects("thread-a").len(), 1);
}

#[tokio::test]
async fn c22_what_is_held_is_hidden_again_and_again() {
    let mut lab = Lab::new();
    lab.config.timings.hold = Duration::from_millis(10);
    let begun = lab.pipe("begun");
    let worker = lab.start();
    lab.ask(1, "a", &format!("echo > {begun}; sleep 600")).await;
    lab.heard(&begun).await;
    lab.held(3).await;
    worker.stop.cancel();
    worker.ended().await;
}

#[tokio::test]
async fn c21_a_message_stays_until_its_response_is_sent() {
    let lab = Lab::new();
    let (begun, go) = (lab.pipe("begun"), lab.pipe("go"));
    let worker = lab.start();
    lab.ask(
        1,
        "a",
        &format!("echo > {begun}; read x < {go}; echo x > x.html"),
    )
    .await;
    lab.heard(&begun).await;
    lab.tell_of_pushes();
    lab.queues.fail_sends(usize::MAX);
    lab.say(&go).await;
    lab.on_branch("thread-a").await;
    assert_eq!(lab.queues.count(&lab.input()), 1);
    lab.queues.fail_sends(2);
    assert!(lab.response().await.success);
    lab.shutdown().await;
    worker.ended().await;
    assert_eq!(lab.queues.count(&lab.input()), 0);
}

#[tokio::test]
async fn a_response_that_cannot_be_sent_does_not_keep_a_worker_from_ending() {
    let lab = Lab::new();
    let (begun, go) = (lab.pipe("begun"), lab.pipe("go"));
    let worker = lab.start();
    lab.ask(
        1,
        "a",
        &format!("echo > {begun}; read x < {go}; echo x > x.html"),
    )
    .await;
    lab.heard(&begun).await;
    lab.tell_of_pushes();
    lab.queues.fail_sends(usize::MAX);
    lab.say(&go).await;
    lab.on_branch("thread-a").await;
    worker.stop.cancel();
    assert_eq!(worker.ended().await, Ended::Stopped);
    assert_eq!(lab.queues.visible(&lab.input()).len(), 1);
}

#[tokio::test]
async fn what_is_for_another_tenant_or_unreadable_becomes_a_dead_letter() {
    let lab = Lab::new();
    let worker = lab.start();
    let mut foreign = lab.work(1, "a", "echo x > x.html");
    foreign.client_id = "other".parse().unwrap();
    lab.send(work_message(foreign)).await;
    lab.send_text("not a message").await;
    lab.ask(2, "a", "true").await;
    assert_eq!(lab.response().await.command_id.as_str(), "cmd-2");
    lab.shutdown().await;
    worker.ended().await;
    assert_eq!(lab.queues.count(&lab.input()), 2);
}

#[tokio::test]
async fn it_gives_a_sign_of_life_at_once_and_again_and_again() {
    let mut lab = Lab::new();
    lab.config.timings.heartbeat = Duration::from_millis(10);
    let worker = lab.start();
    for _ in 0..3 {
        let FromWorker::Heartbeat(beat) = lab.heard_of().await else {
            panic!("heartbeats only")
        };
        assert!(!beat.busy);
        assert_eq!(beat.generation, 1);
    }
    worker.stop.cancel();
    assert_eq!(worker.ended().await, Ended::Stopped);
}

#[tokio::test]
async fn a_workspace_that_is_deleted_or_broken_is_made_again() {
    let lab = Lab::new();
    let worker = lab.start();
    let workspace = &lab.config.workspace;
    let damage: [&dyn Fn(); 4] = [
        &|| fs::remove_dir_all(workspace).unwrap(),
        &|| fs::remove_dir_all(workspace.join("repo.git/objects")).unwrap(),
        &|| fs::write(workspace.join("threads/t-a/index.lock"), "").unwrap(),
        &|| empty_all_files(&workspace.join("repo.git")),
    ];
    lab.ask(1, "a", "echo 0 >> x.html").await;
    assert!(lab.response().await.success);
    for (number, damage) in (2..).zip(damage) {
        damage();
        lab.ask(number, "a", &format!("echo {number} >> x.html"))
            .await;
        let response = lab.response().await;
        assert!(response.success, "{number}: {response:?}");
    }
    worker.stop.cancel();
    worker.ended().await;
    assert_eq!(lab.file("thread-a", "x.html"), "0\n2\n3\n4\n5");
    assert_eq!(lab.subjects("thread-a").len(), 5);
}

fn empty_all_files(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            empty_all_files(&path);
        } else {
            fs::remove_file(&path).unwrap();
            fs::write(&path, "").unwrap();
        }
    }
}
