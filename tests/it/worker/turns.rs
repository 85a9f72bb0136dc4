//! Several commands: interrupts, turns and threads.

use hermes::worker::Ended;

use super::lab::{Lab, work_message};

#[tokio::test]
async fn c16_a_newer_command_interrupts_and_hears_what_it_stopped() {
    let lab = Lab::new();
    let begun = lab.pipe("begun");
    let worker = lab.start();
    lab.ask(
        1,
        "a",
        &format!("echo half > half.html; echo > {begun}; sleep 600"),
    )
    .await;
    lab.heard(&begun).await;
    lab.ask(2, "a", "").await; // the agent would run the whole prompt as a script, so it is empty
    let first = lab.response().await;
    assert_eq!(first.command_id.as_str(), "cmd-1");
    assert!(first.interrupted && !first.success);
    assert_eq!(first.result.interrupted_by, Some("cmd-2".parse().unwrap()));
    assert_eq!(first.result.files_changed, ["half.html"]);
    let second = lab.response().await;
    assert_eq!(second.command_id.as_str(), "cmd-2");
    lab.shutdown().await;
    assert_eq!(worker.ended().await, Ended::Shutdown);
    let message = lab.origin(&["log", "-1", "--format=%B", "thread-a"]);
    assert!(message.starts_with("[wip] Interrupted\n"), "{message}");
    assert!(message.ends_with("Hermes-State: wip"), "{message}");
}
