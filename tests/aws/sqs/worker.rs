//! `hermes worker` in a container's clothes: its queues on SQS, its orders in the environment, the real git.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::s3::S3Archive;
use hermes::adapters::aws::sqs::SqsQueues;
use hermes::config::StoreUrl;
use hermes::domain::blob::BlobId;
use hermes::domain::ids::ContainerId;
use hermes::domain::time::Timestamp;
use hermes::domain::wire::{FromWorker, Response};
use hermes::ports::archive::Archive as _;
use hermes::ports::queues::{Direction, QueueName, Queues as _};
use serde_json::json;
use tempfile::TempDir;

use super::git_server::GitServer;
use crate::support::emulator;
use crate::support::emulator::Account;
use crate::trial::Ignored;

trials![
    a_worker_over_sqs_does_what_it_does_on_one_machine,
    the_files_of_a_command_come_from_the_object_store,
    c9_on_sigterm_work_is_saved_and_handed_back,
    git_gets_the_secret_of_the_client_and_the_agent_does_not,
];

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A repository, an account, and one container's worker.
struct Site {
    folder: TempDir,
    account: Account,
    queues: SqsQueues,
    bucket: String,
}

/// A worker's process; it does not outlive the test.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Worker {
    fn signal_term(&self) {
        let pid = i32::try_from(self.0.id()).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }

    async fn ended(mut self) -> ExitStatus {
        let child = &mut self.0;
        until(async || child.try_wait().unwrap()).await
    }
}

/// Looks until there is something to see.
async fn until<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(began.elapsed() < PATIENCE, "nothing to see");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn container() -> ContainerId {
    "box".parse().unwrap()
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@b"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

impl Site {
    async fn new() -> Self {
        let account = emulator().account();
        let queues = SqsQueues::new(&account.clients(), Names::new(&account.settings));
        let bucket = account.bucket("previews").await;
        let folder = tempfile::tempdir().unwrap();
        git(
            folder.path(),
            &["init", "--quiet", "--bare", "-b", "main", "origin.git"],
        );
        git(folder.path(), &["clone", "--quiet", "origin.git", "source"]);
        let source = folder.path().join("source");
        fs::write(source.join("index.html"), "<h1>Hello</h1>\n").unwrap();
        git(&source, &["add", "."]);
        git(&source, &["commit", "--quiet", "-m", "first"]);
        git(&source, &["push", "--quiet", "origin", "HEAD:main"]);
        Self {
            folder,
            account,
            queues,
            bucket,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a worker as RunTask does, with `more` in its environment.
    async fn worker(&self, project: &serde_json::Value, more: &[(&str, String)]) -> Worker {
        let url = async |queue| self.queues.url(&queue).await.unwrap();
        let log = fs::File::create(self.path("worker.log")).unwrap();
        let store = format!("s3://{}/{{sessionId}}/", self.bucket);
        let child = Command::new(env!("CARGO_BIN_EXE_hermes"))
            .arg("worker")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .envs(self.account.environment())
            .env("CONTAINER_ID", container().as_str())
            .env("CLIENT_ID", "acme")
            .env("PROJECT_ID", "site")
            .env("USER_ID", "u@example.com")
            .env("INPUT_QUEUE_URL", url(QueueName::input(container())).await)
            .env(
                "OUTPUT_QUEUE_URL",
                url(QueueName::output(container())).await,
            )
            .env("DLQ_URL", url(QueueName::dead(container())).await)
            .env("REPO_URL", self.path("origin.git"))
            .env("WORKSPACE_PATH", self.path("workspace"))
            .env("HERMES_GENERATION", "1")
            .env("HERMES_PROJECT", project.to_string())
            .env("HERMES_PREVIEW_STORE", store)
            .envs(more.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        fs::create_dir_all(self.path("workspace")).unwrap();
        Worker(child.unwrap())
    }

    async fn ask(&self, command: &str, instruction: &str) {
        self.ask_with(command, instruction, json!({})).await;
    }

    async fn ask_with(&self, command: &str, instruction: &str, context: serde_json::Value) {
        let work = json!({
            "type": "work", "commandId": command, "sessionId": "ses-1", "projectId": "site", "userId": "u@example.com",
            "clientId": "acme", "threadId": "t1", "chatThreadId": "t1", "branch": "thread-t1",
            "repoUrl": "elsewhere", "instruction": instruction, "timestamp": "2026-11-21T14:00:00Z",
            "source": "api", "sequence": 1, "generation": 1,
            "context": context,
        });
        let input = QueueName::input(container());
        self.queues.send(&input, work.to_string()).await.unwrap();
    }

    /// What the worker says next.
    async fn hear(&self) -> Vec<FromWorker> {
        let output = QueueName::output(container());
        let got = self.queues.receive(&output, 10, Duration::from_secs(5));
        let got = got.await.unwrap();
        let receipts: Vec<_> = got.iter().map(|one| one.receipt.clone()).collect();
        self.queues.delete_all(&output, &receipts).await.unwrap();
        got.iter()
            .map(|one| serde_json::from_str(&one.body).unwrap())
            .collect()
    }

    async fn response(&self) -> Response {
        until(async || {
            self.hear().await.into_iter().find_map(|said| match said {
                FromWorker::Response(response) => Some(*response),
                FromWorker::Heartbeat(_) | FromWorker::Started(_) | FromWorker::Progress(_) => None,
            })
        })
        .await
    }

    /// Waits until nothing is left in the input queue.
    async fn all_is_deleted(&self) {
        until(async || {
            let ours = [container()];
            let depth = self.queues.depth(Direction::Input, &ours);
            (depth.await.unwrap() == hermes::ports::queues::Depth::default()).then_some(())
        })
        .await;
    }

    fn page(&self, branch: &str, name: &str) -> String {
        git(
            &self.path("origin.git"),
            &["show", &format!("{branch}:{name}")],
        )
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("worker.log")).unwrap()
    }
}

fn literal() -> serde_json::Value {
    json!({ "branch": "main", "output": ".", "agent": "literal", "commandTimeoutSeconds": 60 })
}

fn script(script: &str) -> serde_json::Value {
    json!({ "branch": "main", "output": ".", "agent": "program", "program": ["/bin/sh", "-c", script], "commandTimeoutSeconds": 60 })
}

async fn a_worker_over_sqs_does_what_it_does_on_one_machine() {
    let site = Site::new().await;
    let worker = site.worker(&literal(), &[]).await;
    site.ask("cmd-1", "Replace \"Hello\" with \"Welcome\"")
        .await;
    let response = site.response().await;
    assert!(response.success, "{response:?}\n{}", site.log());
    assert_eq!(response.generation, Some(1));
    assert_eq!(response.result.files_changed, ["index.html"]);
    assert_eq!(site.page("thread-t1", "index.html"), "<h1>Welcome</h1>\n");
    site.all_is_deleted().await;
    // the preview is in the store
    let s3 = site.account.clients().s3;
    let list = s3.list_objects_v2().bucket(&site.bucket).prefix("ses-1/");
    let list = list.send().await.unwrap();
    assert!(
        list.contents()
            .iter()
            .any(|object| object.key().is_some_and(|key| key.ends_with("index.html"))),
        "{list:?}\n{}",
        site.log()
    );
    // told by its queue to end, it does
    let end = json!({ "type": "shutdown", "generation": 1, "timestamp": "2026-11-21T14:00:00Z", "reason": "idle" });
    let input = QueueName::input(container());
    site.queues.send(&input, end.to_string()).await.unwrap();
    let status = worker.ended().await;
    assert!(status.success(), "{}", site.log());
}

async fn the_files_of_a_command_come_from_the_object_store() {
    let site = Site::new().await;
    let agent = "cat > /dev/null; cp \"$HERMES_INBOX/logo.txt\" logo.txt; echo Done.";
    let worker = site.worker(&script(agent), &[]).await;
    let store = format!("s3://{}/mail/", site.bucket);
    let store = StoreUrl::parse(&store).unwrap();
    let archive = S3Archive::new(&site.account.clients(), &store);
    let content = b"LOGO"[..].into();
    let client = "acme".parse().unwrap();
    let put = archive.put_file(&client, content, Timestamp::EPOCH);
    let reference = put.await.unwrap();
    let file = json!({ "name": "logo.txt", "contentType": "text/plain", "bytes": 4,
        "sha256": BlobId::of(b"LOGO"), "ref": reference });
    site.ask_with("cmd-1", "Use it", json!({ "attachments": [file] }))
        .await;
    let response = site.response().await;
    assert!(response.success, "{response:?}\n{}", site.log());
    assert_eq!(site.page("thread-t1", "logo.txt"), "LOGO");
    worker.signal_term();
    assert!(worker.ended().await.success());
}

async fn c9_on_sigterm_work_is_saved_and_handed_back() {
    let site = Site::new().await;
    let begun = site.path("begun");
    let agent = format!(
        "echo half > half.html; touch {}; sleep 600",
        begun.display()
    );
    let worker = site.worker(&script(&agent), &[]).await;
    site.ask("cmd-1", "Do something long").await;
    until(async || begun.exists().then_some(())).await;
    let asked = Instant::now();
    worker.signal_term();
    let status = worker.ended().await;
    assert!(status.success(), "{}", site.log());
    // ECS kills after 120 s
    assert!(asked.elapsed() < Duration::from_mins(1));
    assert_eq!(site.page("thread-t1", "half.html"), "half\n");
    let origin = site.path("origin.git");
    let subject = git(&origin, &["log", "-1", "--format=%s", "thread-t1"]);
    assert!(subject.starts_with("[wip]"), "{subject}");
    let input = QueueName::input(container());
    let again = site.queues.receive(&input, 10, Duration::from_secs(1));
    let again = again.await.unwrap();
    assert_eq!(again.len(), 1, "{}", site.log());
    assert!(again[0].receives >= 2);
}

/// The repository wants a password. The agent looks for it wherever it can.
async fn git_gets_the_secret_of_the_client_and_the_agent_does_not() -> Result<(), Ignored> {
    const SECRET: &str = "a-token-that-nobody-else-sees";
    let site = Site::new().await;
    let server = GitServer::start(site.folder.path(), "x-access-token", SECRET)?;
    let secrets = site.account.clients().secrets;
    let secret = secrets.create_secret().name("webordinary-git-acme");
    let value = json!({ "token": SECRET }).to_string();
    secret.secret_string(value).send().await.unwrap();
    let seen = site.path("seen");
    // in its own session it outlives the agent's group, and asks while git pushes
    let thief = format!(
        "for i in 1 2 3 4 5 6 7 8 9 10; do for n in 0 1 2 3 4 5 6 7; do \
         HERMES_ASKPASS=hermes-askpass-$1-$n {} \"Password for '{}': \"; done; done",
        env!("CARGO_BIN_EXE_hermes"),
        server.origin(),
    );
    fs::write(site.path("thief.sh"), thief).unwrap();
    let agent = format!(
        "exec > {seen} 2>&1; env; cat /proc/$PPID/environ /proc/$PPID/cmdline; \
         p=$(cut -d' ' -f4 /proc/$PPID/stat); cat /proc/$p/environ /proc/$p/cmdline; \
         grep -r a-token-that-[n]obody {workspace} .; setsid sh {thief} $PPID & echo new > new.html",
        seen = seen.display(),
        workspace = site.path("workspace").display(),
        thief = site.path("thief.sh").display(),
    );
    let more = [
        ("HERMES_GIT_SECRET", "webordinary-git-acme".to_owned()),
        ("REPO_URL", format!("{}/origin.git", server.origin())),
        ("GIT_SSL_CAINFO", server.certificate().display().to_string()),
    ];
    let worker = site.worker(&script(&agent), &more).await;
    site.ask("cmd-1", "Add a page").await;
    let response = site.response().await;
    let look = fs::read_to_string(&seen).unwrap_or_default();
    assert!(response.success, "{response:?}\n{}\n{look}", site.log());
    assert_eq!(site.page("thread-t1", "new.html"), "new\n");
    assert!(server.refused() > 0, "git was asked who it is");
    assert!(!look.contains(SECRET), "{look}");
    assert!(!site.log().contains(SECRET));
    let config = fs::read_to_string(site.path("workspace/repo.git/config")).unwrap();
    assert!(!config.contains(SECRET));
    worker.signal_term();
    assert!(worker.ended().await.success());
    Ok(())
}
