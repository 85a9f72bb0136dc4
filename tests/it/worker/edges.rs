//! What others do to the branch, and what an agent may leave in a tree.

use std::fs;

use hermes::worker::Ended;

use super::lab::{Lab, code};

/// A script that pushes a file to a branch, as another worker or a person would.
fn push_meanwhile(lab: &Lab, branch: &str, file: &str, trailers: &str) -> String {
    let origin = lab.path("origin.git");
    let git = "git -c user.name=t -c user.email=t@example.com";
    format!(
        "( cd .. && rm -rf other && git clone -q {origin} other && cd other && (git checkout -q {branch} || git checkout -q -b {branch}) 2>/dev/null \
         && echo theirs > {file} && git add -A && {git} commit -q -m theirs -m '{trailers}' && git push -q origin {branch} )"
    )
}

#[tokio::test]
async fn a_lost_lease_takes_the_change_over_to_what_the_branch_is_now() {
    let lab = Lab::new();
    for number in 1..3 {
        let meanwhile = push_meanwhile(&lab, "thread-a", &format!("{number}.html"), "By: hand");
        let response = lab
            .once(
                number,
                "a",
                &format!("{meanwhile} && echo mine{number} > index.html; echo Mine {number}."),
            )
            .await;
        assert!(response.success, "{response:?}");
        assert_eq!(response.result.files_changed, ["index.html"]);
        let tip = lab.origin(&["rev-parse", "thread-a"]);
        assert_eq!(response.result.git_commit, Some(tip));
    }
    assert_eq!(
        lab.subjects("thread-a"),
        ["Mine 2.", "theirs", "Mine 1.", "theirs"]
    );
    assert_eq!(lab.preview("a", "/2").await.as_deref(), Some("theirs\n"));
    assert_eq!(lab.preview("a", "/").await.as_deref(), Some("mine2\n"));
}

#[tokio::test]
async fn a_conflict_is_an_honest_failure() {
    let lab = Lab::new();
    let meanwhile = push_meanwhile(&lab, "thread-a", "index.html", "By: hand");
    let response = lab
        .once(1, "a", &format!("{meanwhile} && echo mine > index.html"))
        .await;
    assert_eq!(code(&response), "conflict");
    assert_eq!(lab.subjects("thread-a"), ["theirs"]);
    let next = lab
        .once(2, "a", "cat index.html; echo ours > index.html")
        .await;
    assert_eq!(next.result.summary.as_deref(), Some("theirs"));
}

#[tokio::test]
async fn c4_a_command_that_another_worker_has_ended_meanwhile_is_not_done_twice() {
    let lab = Lab::new();
    let trailers = "Hermes-Command: cmd-1\nHermes-Session: ses-a\nHermes-State: done";
    let meanwhile = push_meanwhile(&lab, "thread-a", "index.html", trailers);
    let worker = lab.start();
    // Two lines would be two scripts for the agent of the lab.
    fs::write(lab.path("meanwhile"), meanwhile).unwrap();
    let script = format!(". {} && echo mine > index.html", lab.path("meanwhile"));
    lab.ask(1, "a", &script).await;
    let response = lab.response().await;
    lab.shutdown().await;
    assert_eq!(worker.ended().await, Ended::Shutdown);
    assert!(response.success, "{response:?}");
    assert_eq!(response.result.summary.as_deref(), Some("theirs"));
    assert_eq!(lab.subjects("thread-a"), ["theirs"]);
    assert_eq!(lab.preview("a", "/").await.as_deref(), Some("theirs\n"));
}

#[tokio::test]
async fn what_no_website_may_hold_is_refused() {
    let lab = Lab::new();
    let refused = [
        ("ln -s /etc/passwd secret.html", "secret.html"),
        ("mkdir -p a/b; ln -s ../../../x a/b/out", "a/b/out"),
        ("git init -q .", ".git"),
        (
            "mkdir -p deep/er; echo 'gitdir: /tmp/x' > deep/er/.GIT",
            "deep/er/.GIT",
        ),
        (
            "git init -q sub; cd sub; git -c user.name=t -c user.email=t@e commit -q --allow-empty -m x",
            "sub/.git",
        ),
    ];
    let worker = lab.start();
    for (number, (script, path)) in (1..).zip(refused) {
        lab.ask(number, "a", &format!("{script}; exit 0")).await;
        let response = lab.response().await;
        assert_eq!(code(&response), "forbidden_path", "{script}");
        let message = response.result.summary.unwrap();
        assert!(message.contains(path), "{message}");
    }
    // And it is not in the way of what comes next.
    lab.ask(9, "a", "ln -s index.html start.html; echo x > x.html")
        .await;
    let next = lab.response().await;
    assert_eq!(next.result.files_changed, ["start.html", "x.html"]);
    worker.stop.cancel();
    worker.ended().await;
}

#[tokio::test]
async fn nothing_that_an_agent_has_planted_is_run_by_git() {
    let lab = Lab::new();
    let trap = lab.path("trap");
    let evil = lab.path("evil");
    fs::write(&evil, format!("#!/bin/sh\ntouch {trap}\ncat\n")).unwrap();
    let plant = [
        "printf '* filter=evil diff=evil merge=evil\\n' > .gitattributes",
        "printf '[core]\\n hooksPath = hooks\\n fsmonitor = sh EVIL\\n[filter \"evil\"]\\n clean = sh EVIL\\n smudge = sh EVIL\\n' > .gitconfig",
        "cp .gitconfig config; cp .gitconfig $HOME/.gitconfig; mkdir -p $HOME/.config/git; cp .gitconfig $HOME/.config/git/config",
        "mkdir hooks; for h in pre-commit post-checkout pre-push post-index-change reference-transaction; do cp EVIL hooks/$h; chmod +x hooks/$h; done",
        "cp .gitconfig REPO/config; mkdir -p REPO/hooks REPO/info; cp hooks/* REPO/hooks; cp .gitattributes REPO/info/attributes",
        "printf '[submodule \"s\"]\\n path = s\\n url = ext::sh EVIL\\n' > .gitmodules",
    ]
    .join(" && ")
    .replace("EVIL", &evil)
    .replace("REPO", &lab.path("workspace/repo.git"));
    let worker = lab.start();
    lab.ask(1, "a", &plant).await;
    assert!(lab.response().await.success);
    lab.ask(2, "a", "echo x > x.html").await;
    assert!(lab.response().await.success);
    worker.stop.cancel();
    worker.ended().await;
    assert!(!fs::exists(&trap).unwrap());
    assert_eq!(lab.subjects("thread-a").len(), 2);
    // The trap is one: git as people use it falls into it.
    fs::write(lab.path("source/.gitattributes"), "* filter=evil").unwrap();
    lab.git(&[
        "-C",
        "source",
        "-c",
        &format!("filter.evil.clean=sh {evil}"),
        "add",
        "--all",
    ]);
    assert!(fs::exists(&trap).unwrap());
}

#[tokio::test]
async fn only_a_branch_of_its_own_is_written() {
    let lab = Lab::new();
    let worker = lab.start();
    for (number, branch) in (1..).zip(["main", "--force", "a..b", "refs heads"]) {
        let mut work = lab.work(number, "a", "echo x > x.html");
        work.branch = branch.to_owned();
        lab.send(super::lab::work_message(work)).await;
        assert_eq!(code(&lab.response().await), "bad_branch", "{branch}");
    }
    let mut work = lab.work(9, "a", "echo x > x.html");
    work.branch = String::new();
    lab.send(super::lab::work_message(work)).await;
    assert_eq!(lab.response().await.branch.as_deref(), Some("thread-a"));
    worker.stop.cancel();
    worker.ended().await;
}

#[tokio::test]
async fn a_repository_that_is_not_there_or_empty_is_said() {
    let mut lab = Lab::new();
    lab.config.default_branch = "trunk".to_owned();
    let response = lab.once(1, "a", "true").await;
    assert_eq!(code(&response), "repository_unavailable");
    assert!(response.result.summary.unwrap().contains("trunk"));
    lab.config.repo_url = lab.path("nowhere.git");
    let response = lab.once(2, "a", "true").await;
    assert_eq!(code(&response), "repository_unavailable");
    assert!(!response.result.summary.unwrap().contains("nowhere"));
}

#[tokio::test]
async fn a_push_that_the_repository_refuses_is_said() {
    let lab = Lab::new();
    lab.hook("pre-receive", "exit 1");
    let response = lab.once(1, "a", "echo x > x.html").await;
    assert_eq!(code(&response), "push_refused");
    assert!(
        response
            .result
            .summary
            .unwrap()
            .contains("pre-receive hook declined")
    );
}

#[tokio::test]
async fn c15_an_agent_that_says_nothing_for_too_long_is_stopped() {
    let mut lab = Lab::new();
    lab.config.timings.silence = std::time::Duration::from_millis(200);
    let response = lab.once(1, "a", "echo x > x.html; sleep 600").await;
    assert_eq!(code(&response), "agent_failed");
    assert_eq!(lab.origin(&["branch", "--list", "thread-a"]), "");
}

#[tokio::test]
async fn a_preview_that_cannot_be_published_is_said_and_the_change_is_saved() {
    let lab = Lab::new();
    fs::write(lab.path("previews"), "a file in the way").unwrap();
    let response = lab.once(1, "a", "echo x > x.html").await;
    assert!(response.success, "{response:?}");
    assert_eq!(response.result.deploy_success, Some(false));
    assert_eq!(
        response.result.error_code.as_deref(),
        Some("publish_failed")
    );
    assert_eq!(lab.subjects("thread-a").len(), 1);
}
