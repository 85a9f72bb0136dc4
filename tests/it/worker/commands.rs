//! One command, from the message to the commit, the preview and the response.

use std::fs;

use hermes::domain::project::AgentChoice;
use hermes::domain::wire::FromWorker;

use super::lab::{Lab, code, shell};

#[tokio::test]
async fn a_command_is_one_commit_a_preview_and_a_response() {
    let lab = Lab::new();
    let worker = lab.start();
    let FromWorker::Heartbeat(first) = lab.heard_of().await else {
        panic!("the first sign of life is a heartbeat")
    };
    assert!(!first.busy);
    lab.ask(
        1,
        "a",
        "echo '<h1>Hi</h1>' > index.html; echo Changed the title.",
    )
    .await;
    let FromWorker::Started(started) = lab.heard_of().await else {
        panic!("a command begins with `started`")
    };
    assert_eq!(started.command_id, Some("cmd-1".parse().unwrap()));
    assert!(started.busy);
    let response = lab.response().await;
    assert!(response.success, "{response:?}");
    assert_eq!(response.generation, Some(1));
    assert_eq!(response.branch.as_deref(), Some("thread-a"));
    assert_eq!(
        response.result.summary.as_deref(),
        Some("Changed the title.")
    );
    assert_eq!(response.result.files_changed, ["index.html"]);
    assert_eq!(response.result.deploy_success, Some(true));
    assert_eq!(response.result.build_success, None);
    let tip = lab.origin(&["rev-parse", "thread-a"]);
    assert_eq!(response.result.git_commit.as_deref(), Some(tip.as_str()));
    let message = lab.origin(&["log", "-1", "--format=%an%n%B", "thread-a"]);
    assert_eq!(
        message,
        "Hermes\nChanged the title.\n\nHermes-Command: cmd-1\nHermes-Session: ses-a\nHermes-State: done"
    );
    assert_eq!(lab.subjects("thread-a").len(), 1);
    assert_eq!(
        lab.preview("a", "/").await.as_deref(),
        Some("<h1>Hi</h1>\n")
    );
    lab.shutdown().await;
    worker.ended().await;
    assert_eq!(lab.queues.count(&lab.input()), 0);
}

#[tokio::test]
async fn c21_a_command_that_comes_again_is_answered_again_and_not_done_again() {
    let lab = Lab::new();
    let worker = lab.start();
    let script = "echo x >> about.html; echo Done it.";
    lab.ask(1, "a", script).await;
    let first = lab.response().await;
    lab.ask(1, "a", script).await;
    assert_eq!(lab.response().await, first);
    lab.shutdown().await;
    worker.ended().await;
    assert_eq!(lab.subjects("thread-a"), ["Done it."]);
}

#[tokio::test]
async fn a_crash_between_push_and_response_costs_nothing_but_the_answer() {
    let mut lab = Lab::new();
    let script = "echo x >> about.html; echo Done it.";
    let first = lab.once(1, "a", script).await;
    fs::remove_dir_all(&lab.config.workspace).unwrap();
    fs::remove_dir_all(lab.root().join("previews")).unwrap();
    lab.config.agent = AgentChoice::Program(shell("echo must not run; exit 1"));
    let again = lab.once(1, "a", script).await;
    assert_eq!(again.result, first.result);
    assert_eq!(lab.subjects("thread-a"), ["Done it."]);
    assert!(lab.preview("a", "/about").await.unwrap().ends_with("x\n"));
}

#[tokio::test]
async fn nothing_changed_is_said_and_is_no_commit() {
    let lab = Lab::new();
    let response = lab.once(1, "a", "echo It says so already.").await;
    assert!(response.success);
    assert_eq!(
        response.result.summary.as_deref(),
        Some("It says so already.")
    );
    assert_eq!(response.result.git_commit, None);
    assert_eq!(lab.origin(&["branch", "--list", "thread-a"]), "");
    // The first activation shows the website as it is.
    assert_eq!(
        lab.preview("a", "/").await.as_deref(),
        Some("<h1>Hello</h1>\n")
    );
}

#[tokio::test]
async fn the_first_preview_is_there_before_the_agent_has_ended() {
    let lab = Lab::new();
    let begun = lab.pipe("begun");
    let worker = lab.start();
    lab.ask(1, "a", &format!("echo > {begun}; sleep 600")).await;
    lab.heard(&begun).await;
    assert_eq!(
        lab.preview("a", "/").await.as_deref(),
        Some("<h1>Hello</h1>\n")
    );
    worker.stop.cancel();
    worker.ended().await;
}

#[tokio::test]
async fn an_agent_that_fails_leaves_nothing_behind() {
    let lab = Lab::new();
    let failed = lab
        .once(
            1,
            "a",
            "echo broken > index.html; touch new.html; echo no idea >&2; exit 3",
        )
        .await;
    assert_eq!(code(&failed), "agent_failed");
    assert!(failed.result.summary.unwrap().contains("no idea"));
    assert_eq!(lab.origin(&["branch", "--list", "thread-a"]), "");
    let next = lab.once(2, "a", "echo y >> about.html").await;
    assert_eq!(next.result.files_changed, ["about.html"]);
}

#[tokio::test]
async fn agents_that_are_not_there_say_so() {
    let mut lab = Lab::new();
    lab.config.agent = AgentChoice::Claude;
    assert_eq!(
        code(&lab.once(1, "a", "make it nice").await),
        "agent_unavailable"
    );
}

#[tokio::test]
async fn an_agent_sees_its_instruction_and_nothing_of_hermes() {
    let mut lab = Lab::new();
    lab.config.git_environment = vec![("SSH_AUTH_SOCK".into(), "/secret".into())];
    let response = lab
        .once(
            1,
            "a",
            "env | cut -d= -f1 | grep -v -e PWD -e SHLVL -e '^_$' | sort | tr '\\n' ' '",
        )
        .await;
    assert_eq!(
        response.result.summary.as_deref(),
        Some("HOME LANG PATH TERM")
    );
}

#[tokio::test]
async fn the_build_makes_the_preview_and_stays_out_of_the_commit() {
    let mut lab = Lab::new();
    lab.config.build = Some(shell(
        "mkdir -p out && cp index.html out/ && echo built > leftover.txt",
    ));
    lab.config.output = "out".into();
    let response = lab
        .once(1, "a", "test ! -e leftover.txt && echo new > index.html")
        .await;
    assert!(response.success, "{response:?}");
    assert_eq!(response.result.build_success, Some(true));
    assert_eq!(response.result.files_changed, ["index.html"]);
    assert_eq!(lab.preview("a", "/").await.as_deref(), Some("new\n"));
}

#[tokio::test]
async fn a_red_build_keeps_the_preview_and_the_edit() {
    let mut lab = Lab::new();
    lab.config.build = Some(shell("seq 1 100; ! grep bad index.html"));
    assert!(lab.once(1, "a", "echo good > index.html").await.success);
    let red = lab
        .once(2, "a", "echo bad > index.html; echo Made it bad.")
        .await;
    assert_eq!(code(&red), "build_failed");
    assert_eq!(red.result.build_success, Some(false));
    let log = red.result.error.as_deref().unwrap();
    assert_eq!((log.lines().count(), log.lines().last()), (60, Some("bad")));
    assert_eq!(lab.preview("a", "/").await.as_deref(), Some("good\n"));
    assert_eq!(lab.file("thread-a", "index.html"), "bad");
    // Answered from its commit if the response is lost, and a follow-up can mend it.
    let again = lab.once(2, "a", "exit 1").await;
    assert_eq!(again.result, red.result);
    assert!(lab.once(3, "a", "echo mended > index.html").await.success);
    assert_eq!(lab.preview("a", "/").await.as_deref(), Some("mended\n"));
}

#[tokio::test]
async fn the_literal_agent_edits_pages_and_nothing_that_a_build_has_left() {
    let mut lab = Lab::new();
    lab.config.agent = AgentChoice::Literal;
    lab.config.build = Some(shell("mkdir -p cache && cp *.html cache/"));
    lab.config.output = "cache".into();
    let edited = lab
        .once(1, "a", "Replace \"Hello\" with \"Good morning\"")
        .await;
    assert!(edited.success, "{edited:?}");
    assert_eq!(edited.result.files_changed, ["index.html"]);
    assert_eq!(
        lab.preview("a", "/").await.as_deref(),
        Some("<h1>Good morning</h1>\n")
    );
    let missing = lab.once(2, "a", "Replace \"Nowhere\" with \"Here\"").await;
    assert_eq!(code(&missing), "text_not_found");
    let vague = lab.once(3, "a", "Make it look more modern").await;
    assert_eq!(code(&vague), "needs_model");
    assert!(
        vague
            .result
            .summary
            .is_some_and(|message| message.len() > 20)
    );
    assert_eq!(lab.subjects("thread-a").len(), 1);
}
