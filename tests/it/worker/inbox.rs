//! The files that come with a command: there for the agent, and for nobody else.

use std::fs;
use std::os::unix::fs::symlink;

use hermes::domain::blob::BlobId;
use hermes::domain::command::Attachment;
use hermes::domain::mail::files::{FileNote, FileRefusal, RefusedFile};
use hermes::domain::project::AgentChoice;
use hermes::domain::wire::{Response, Work};

use super::lab::{Lab, code, shell, work_message};

/// The folder of the files in the worktree of a thread.
fn inbox(lab: &Lab, thread: &str) -> std::path::PathBuf {
    let tree = format!("threads/t-{thread}/tree/.hermes-inbox");
    lab.config.workspace.join(tree)
}

/// One command with files, from the message to the response.
async fn with_files(lab: &Lab, n: u64, files: Vec<Attachment>, instruction: &str) -> Response {
    let mut work = lab.work(n, "a", instruction);
    work.context.attachments = files;
    once(lab, work).await
}

async fn once(lab: &Lab, work: Work) -> Response {
    let worker = lab.start();
    lab.send(work_message(work)).await;
    let response = lab.response().await;
    lab.shutdown().await;
    worker.ended().await;
    response
}

#[tokio::test]
async fn files_are_there_while_the_agent_runs_and_in_no_commit_build_or_preview() {
    let mut lab = Lab::new();
    // the build publishes whatever it finds
    lab.config.build = Some(shell("ls -A > listed.txt"));
    let files = vec![
        lab.files.put("logo.txt", b"LOGO"),
        lab.files.put("menu.pdf", b"%PDF"),
    ];
    let script =
        "cp \"$HERMES_INBOX/logo.txt\" logo.txt; ls -A .hermes-inbox > inbox.txt; echo Used it.";
    let response = with_files(&lab, 1, files, script).await;
    assert!(response.success, "{response:?}");
    assert_eq!(response.result.files_changed, ["inbox.txt", "logo.txt"]);
    assert_eq!(lab.file("thread-a", "logo.txt"), "LOGO");
    assert_eq!(
        lab.file("thread-a", "inbox.txt"),
        "logo.txt\nmanifest.json\nmenu.pdf"
    );
    let tree = lab.origin(&["ls-tree", "-r", "--name-only", "thread-a"]);
    assert!(!tree.contains("hermes-inbox"), "{tree}");
    let listed = lab.preview("a", "/listed.txt").await.unwrap();
    assert!(!listed.contains("hermes-inbox"), "{listed}");
    assert!(!inbox(&lab, "a").exists());
}

#[tokio::test]
async fn the_agent_is_told_what_came_and_what_did_not() {
    let lab = Lab::new();
    let mut work = lab.work(
        1,
        "a",
        "cat .hermes-inbox/manifest.json > m.txt; echo See [image 1: a.png]",
    );
    let mut image = lab.files.put("a.png", b"PNG");
    image.image = Some(1);
    image.notes.push(FileNote::NotForBrowsers);
    work.context.attachments = vec![image];
    work.context.refused_files = vec![RefusedFile {
        name: "setup.exe".to_owned(),
        reason: FileRefusal::Program,
    }];
    let response = once(&lab, work).await;
    assert!(response.success, "{response:?}");
    let prompt = fs::read_to_string(lab.path("prompt")).unwrap();
    assert!(
        prompt.contains("- a.png (text/plain, 3 bytes, image 1)\n"),
        "{prompt}"
    );
    assert!(
        prompt.contains("- setup.exe (Programs are not accepted.)\n"),
        "{prompt}"
    );
    let manifest: serde_json::Value = serde_json::from_str(&lab.file("thread-a", "m.txt")).unwrap();
    assert_eq!(manifest["files"][0]["inText"], "[image 1: a.png]");
    assert_eq!(manifest["files"][0]["sha256"], BlobId::of(b"PNG").as_str());
    assert_eq!(manifest["leftOut"][0]["name"], "setup.exe");
}

#[tokio::test]
async fn without_files_there_is_no_inbox() {
    let lab = Lab::new();
    let script = "echo \"<${HERMES_INBOX-none}>\" > x.html; ls -A > y.html; echo Done.";
    assert!(lab.once(1, "a", script).await.success);
    assert_eq!(lab.file("thread-a", "x.html"), "<none>");
    assert!(!lab.file("thread-a", "y.html").contains("inbox"));
}

#[tokio::test]
async fn a_file_that_is_gone_or_changed_fails_the_command() {
    let lab = Lab::new();
    let gone = Attachment {
        sha256: BlobId::of(b"purged"),
        ..lab.files.put("gone.txt", b"x")
    };
    let changed = lab.files.put("changed.txt", b"right");
    lab.files.put_as(&changed.sha256, b"wrong");
    let good = lab.files.put("good.txt", b"good");
    for (n, file) in [(1, gone), (2, changed)] {
        let name = file.name.clone();
        let response = with_files(
            &lab,
            n,
            vec![good.clone(), file],
            "echo x > x.html; echo Done.",
        )
        .await;
        assert_eq!(code(&response), "attachments_unavailable");
        let summary = response.result.summary.unwrap();
        assert!(summary.contains(&format!("\"{name}\"")), "{summary}");
        assert!(!inbox(&lab, "a").exists());
    }
    assert_eq!(lab.origin(&["branch", "--list", "thread-a"]), "");
}

#[tokio::test]
async fn a_fault_on_the_way_is_tried_again() {
    let lab = Lab::new();
    let file = lab.files.put("a.txt", b"there");
    *lab.files.failures.lock().unwrap() = 2;
    let response = with_files(
        &lab,
        1,
        vec![file],
        "cp .hermes-inbox/a.txt b.txt; echo Done.",
    )
    .await;
    assert!(response.success, "{response:?}");
    assert_eq!(lab.file("thread-a", "b.txt"), "there");
}

#[tokio::test]
async fn b12_a_name_that_leads_elsewhere_writes_nothing() {
    let lab = Lab::new();
    for (n, name) in (1..).zip(["../x.txt", "/tmp/hermes-x.txt", "..", "a/b"]) {
        let file = lab.files.put(name, b"x");
        let response = with_files(&lab, n, vec![file], "echo Done.").await;
        assert_eq!(code(&response), "workspace_failed", "{name}");
    }
    assert_eq!(lab.origin(&["branch", "--list", "thread-a"]), "");
}

#[tokio::test]
async fn a_link_in_its_place_is_not_followed_and_what_the_repository_has_there_stays() {
    let lab = Lab::new();
    let outside = lab.root().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret"), "x").unwrap();
    symlink(&outside, lab.root().join("source/.hermes-inbox")).unwrap();
    lab.push_from("source", "main", &[("index.html", "<h1>Linked</h1>\n")]);
    let file = lab.files.put("a.txt", b"there");
    let response = with_files(
        &lab,
        1,
        vec![file.clone()],
        "cp .hermes-inbox/a.txt b.txt; echo Done.",
    )
    .await;
    assert!(response.success, "{response:?}");
    assert_eq!(response.result.files_changed, ["b.txt"]);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
    let kept = lab.origin(&["ls-tree", "thread-a", ".hermes-inbox"]);
    assert!(kept.starts_with("120000"), "{kept}");
    // and again, where the worktree lacks what the branch has
    let response = with_files(
        &lab,
        2,
        vec![file],
        "cp .hermes-inbox/a.txt c.txt; echo Done.",
    )
    .await;
    assert_eq!(response.result.files_changed, ["c.txt"]);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[tokio::test]
async fn an_agent_that_puts_a_link_there_reaches_nothing() {
    let lab = Lab::new();
    let outside = lab.root().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("kept"), "x").unwrap();
    let file = lab.files.put("a.txt", b"there");
    let script = format!(
        "rm -r .hermes-inbox; ln -s {} .hermes-inbox; echo x > b.txt; echo Done.",
        outside.display()
    );
    let response = with_files(&lab, 1, vec![file], &script).await;
    assert_eq!(response.result.files_changed, ["b.txt"]);
    assert!(outside.join("kept").exists());
    assert!(fs::symlink_metadata(inbox(&lab, "a")).is_err());
}

#[tokio::test]
async fn what_a_crash_has_left_is_gone_even_where_the_project_ignores_it() {
    let lab = Lab::new();
    lab.push_from(
        "source",
        "main",
        &[(".gitignore", ".hermes-inbox/\ncache/\n")],
    );
    let begun = lab.pipe("begun");
    let file = lab.files.put("old.txt", b"old");
    let worker = lab.start();
    let mut work = lab.work(1, "a", &format!("echo > {begun}; sleep 600"));
    work.context.attachments = vec![file];
    lab.send(work_message(work)).await;
    lab.heard(&begun).await;
    worker.killed().await;
    assert!(inbox(&lab, "a").join("old.txt").exists());
    let response = lab
        .once(2, "a", "ls -A > ls.txt; echo x > b.txt; echo Done.")
        .await;
    assert!(response.success, "{response:?}");
    assert!(!lab.file("thread-a", "ls.txt").contains("inbox"));
    assert!(!inbox(&lab, "a").exists());
}

#[tokio::test]
async fn an_interrupted_command_leaves_no_files() {
    let lab = Lab::new();
    let begun = lab.pipe("begun");
    let worker = lab.start();
    let mut work = lab.work(
        1,
        "a",
        &format!("echo x > b.txt; echo > {begun}; sleep 600"),
    );
    work.context.attachments = vec![lab.files.put("a.txt", b"a")];
    lab.send(work_message(work)).await;
    lab.heard(&begun).await;
    lab.interrupt(1, "a").await;
    let response = lab.response().await;
    assert!(response.interrupted);
    assert_eq!(response.result.files_changed, ["b.txt"]);
    assert!(!inbox(&lab, "a").exists());
    lab.shutdown().await;
    worker.ended().await;
}

#[tokio::test]
async fn b11_the_literal_agent_reads_the_whole_of_a_long_message() {
    let mut lab = Lab::new();
    lab.config.agent = AgentChoice::Literal;
    let whole = "Replace \"Hello\" with \"Welcome\"";
    let mut message = lab.files.put("message.txt", whole.as_bytes());
    message.notes.push(FileNote::WholeMessage);
    let response = with_files(&lab, 1, vec![message], "Replace \"Hel").await;
    assert!(response.success, "{response:?}");
    assert_eq!(lab.file("thread-a", "index.html"), "<h1>Welcome</h1>");
}
