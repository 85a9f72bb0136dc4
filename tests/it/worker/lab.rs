//! A website's repository, queues and previews for one worker, and a program as its agent.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use hermes::adapters::folder::FolderPreviews;
use hermes::adapters::system::SystemClock;
use hermes::domain::command::Source;
use hermes::domain::project::AgentChoice;
use hermes::domain::time::Timestamp;
use hermes::domain::wire::{
    FromWorker, Interrupt, Response, Shutdown, ToWorker, Work, WorkContext,
};
use hermes::ports::preview_store::{Found, PreviewStore as _};
use hermes::ports::queues::{QueueName, Queues as _};
use hermes::worker::{self, Ended, Timings, WorkerConfig, WorkerPorts};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::files::MemoryFiles;
use super::queues::MemoryQueues;
use crate::support::records::a_preview;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Lab {
    folder: TempDir,
    pub(crate) queues: Arc<MemoryQueues>,
    pub(crate) config: WorkerConfig,
    previews: Arc<FolderPreviews>,
    pub(crate) files: Arc<MemoryFiles>,
}

/// A worker at work. Dropping it stops it like a kill.
pub(crate) struct Started {
    tasks: JoinSet<Ended>,
    pub(crate) stop: CancellationToken,
}

impl Started {
    /// Ends it between two instructions, as a crash would.
    pub(crate) async fn killed(mut self) {
        self.tasks.shutdown().await;
    }

    pub(crate) async fn ended(mut self) -> Ended {
        timeout(PATIENCE, self.tasks.join_next())
            .await
            .expect("the worker ends")
            .unwrap()
            .unwrap()
    }
}

impl Lab {
    /// A website of two pages, whose agent runs the last line of its input as a shell script.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let prompt = root.join("prompt").to_str().unwrap().to_owned();
        let agent = format!("cat > {prompt}; eval \"$(tail -n 1 {prompt})\"");
        let config = WorkerConfig {
            container_id: "box".parse().unwrap(),
            client_id: "acme".parse().unwrap(),
            project_id: "site".parse().unwrap(),
            user_id: "u@example.com".parse().unwrap(),
            generation: 1,
            workspace: root.join("workspace"),
            repo_url: root.join("origin.git").to_str().unwrap().to_owned(),
            default_branch: "main".to_owned(),
            build: None,
            output: PathBuf::from("."),
            agent: AgentChoice::Program(shell(&agent)),
            command_timeout: PATIENCE,
            hermes: env!("CARGO_BIN_EXE_hermes").into(),
            path: std::env::var_os("PATH").unwrap(),
            git_environment: Vec::new(),
            timings: Timings {
                grace: Duration::from_millis(500),
                ..Timings::default()
            },
        };
        let lab = Self {
            queues: Arc::default(),
            previews: Arc::new(FolderPreviews::new(root.join("previews"))),
            config,
            files: Arc::default(),
            folder,
        };
        lab.git(&["init", "--quiet", "--bare", "-b", "main", "origin.git"]);
        lab.git(&["init", "--quiet", "-b", "main", "source"]);
        let pages = [
            ("index.html", "<h1>Hello</h1>\n"),
            ("about.html", "<p>About</p>\n"),
            (".gitignore", "cache/\n"),
        ];
        lab.push_from("source", "main", &pages);
        lab
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A path as a shell script writes it.
    pub(crate) fn path(&self, name: &str) -> String {
        self.root().join(name).to_str().unwrap().to_owned()
    }

    /// A pipe by which a script tells that it has come to a place: `echo > PIPE`.
    pub(crate) fn pipe(&self, name: &str) -> String {
        let path = self.path(name);
        assert!(
            Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        path
    }

    /// Waits until somebody has written to a pipe.
    pub(crate) async fn heard(&self, pipe: &str) {
        let pipe = pipe.to_owned();
        let reading = tokio::task::spawn_blocking(move || fs::read(pipe).unwrap());
        timeout(PATIENCE, reading)
            .await
            .expect("the script comes there")
            .unwrap();
    }

    /// Lets a script go on that reads from a pipe.
    pub(crate) async fn say(&self, pipe: &str) {
        let pipe = pipe.to_owned();
        let writing = tokio::task::spawn_blocking(move || fs::write(pipe, "go\n").unwrap());
        timeout(PATIENCE, writing)
            .await
            .expect("the script comes there")
            .unwrap();
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(args)
            .current_dir(self.root())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits files in a folder that is a repository and pushes them.
    pub(crate) fn push_from(&self, clone: &str, branch: &str, files: &[(&str, &str)]) {
        for (name, text) in files {
            fs::write(self.root().join(clone).join(name), text).unwrap();
        }
        self.git(&["-C", clone, "add", "--all"]);
        self.git(&["-C", clone, "commit", "--quiet", "-m", "by hand"]);
        let origin = self.path("origin.git");
        self.git(&[
            "-C",
            clone,
            "push",
            "--quiet",
            &origin,
            &format!("HEAD:refs/heads/{branch}"),
        ]);
    }

    pub(crate) fn origin(&self, args: &[&str]) -> String {
        self.git(&[&["--git-dir", "origin.git"], args].concat())
    }

    /// Subjects on a branch that are not on the default branch, newest first.
    pub(crate) fn subjects(&self, branch: &str) -> Vec<String> {
        let log = self.origin(&["log", "--format=%s", &format!("main..{branch}")]);
        log.lines().map(str::to_owned).collect()
    }

    pub(crate) fn file(&self, branch: &str, name: &str) -> String {
        self.origin(&["show", &format!("{branch}:{name}")])
    }

    pub(crate) fn start(&self) -> Started {
        self.start_with(self.config.clone())
    }

    pub(crate) fn start_with(&self, config: WorkerConfig) -> Started {
        let ports = WorkerPorts {
            queues: Arc::clone(&self.queues) as Arc<_>,
            files: Arc::clone(&self.files) as Arc<_>,
            clock: Arc::new(SystemClock),
            previews: Arc::clone(&self.previews) as Arc<_>,
            credentials: None,
        };
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(worker::run(config, ports, stop.clone()));
        Started { tasks, stop }
    }

    /// Command `cmd-<number>` of thread and session `name`, with its number as sequence.
    pub(crate) fn work(&self, number: u64, name: &str, instruction: &str) -> Work {
        Work {
            command_id: format!("cmd-{number}").parse().unwrap(),
            session_id: format!("ses-{name}").parse().unwrap(),
            project_id: self.config.project_id.clone(),
            user_id: self.config.user_id.clone(),
            client_id: self.config.client_id.clone(),
            thread_id: name.parse().unwrap(),
            chat_thread_id: name.parse().unwrap(),
            branch: format!("thread-{name}"),
            repo_url: self.config.repo_url.clone(),
            instruction: instruction.to_owned(),
            action: None,
            timestamp: Timestamp::EPOCH,
            source: Source::Api,
            from: None,
            subject: None,
            sequence: number,
            generation: self.config.generation,
            context: WorkContext::default(),
        }
    }

    pub(crate) async fn ask(&self, number: u64, name: &str, instruction: &str) {
        self.send(work_message(self.work(number, name, instruction)))
            .await;
    }

    pub(crate) async fn interrupt(&self, number: u64, name: &str) {
        let work = self.work(number, name, "");
        self.send(ToWorker::Interrupt(Interrupt {
            command_id: work.command_id,
            session_id: work.session_id,
            generation: 1,
            timestamp: Timestamp::EPOCH,
            reason: "stop".to_owned(),
        }))
        .await;
    }

    pub(crate) async fn shutdown(&self) {
        self.send(ToWorker::Shutdown(Shutdown {
            generation: 1,
            timestamp: Timestamp::EPOCH,
            reason: "idle".to_owned(),
        }))
        .await;
    }

    pub(crate) async fn send(&self, message: ToWorker) {
        let body = serde_json::to_string(&message).unwrap();
        self.queues.send(&self.input(), body).await.unwrap();
    }

    pub(crate) async fn send_text(&self, body: &str) {
        self.queues
            .send(&self.input(), body.to_owned())
            .await
            .unwrap();
    }

    /// Waits until the worker has handed back this many messages.
    pub(crate) async fn taken_back(&self, count: usize) {
        let input = self.input();
        let back = self
            .queues
            .until(&input, |visible, all| visible == count && all == count + 1);
        timeout(PATIENCE, back)
            .await
            .expect("the worker hands back");
    }

    /// Waits until the worker has extended its hold of a message this often.
    pub(crate) async fn held(&self, times: usize) {
        let input = self.input();
        let held = self.queues.held(&input, times);
        timeout(PATIENCE, held).await.expect("the worker holds");
    }

    /// Waits until the repository has a branch: its hook tells.
    pub(crate) async fn on_branch(&self, branch: &str) {
        self.heard(&self.path("pushed")).await;
        assert_eq!(self.subjects(branch).len(), 1);
    }

    /// Has the repository tell of every push, to whoever waits with [`Lab::on_branch`].
    pub(crate) fn tell_of_pushes(&self) {
        let pipe = self.pipe("pushed");
        self.hook("post-receive", &format!("echo > {pipe}"));
    }

    /// Gives the repository a hook.
    pub(crate) fn hook(&self, name: &str, script: &str) {
        let hook = self.root().join("origin.git/hooks").join(name);
        fs::create_dir_all(hook.parent().unwrap()).unwrap();
        fs::write(&hook, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Waits until the worker has taken every message.
    pub(crate) async fn all_taken(&self) {
        let input = self.input();
        let taken = self.queues.until(&input, |visible, _| visible == 0);
        timeout(PATIENCE, taken)
            .await
            .expect("the worker takes them");
    }

    pub(crate) fn input(&self) -> QueueName {
        QueueName::input(self.config.container_id.clone())
    }

    /// The next message of the worker.
    pub(crate) async fn heard_of(&self) -> FromWorker {
        let output = QueueName::output(self.config.container_id.clone());
        let mut messages = self.queues.receive(&output, 1, PATIENCE).await.unwrap();
        let message = messages.pop().expect("the worker says something");
        self.queues.delete(&output, &message.receipt).await.unwrap();
        serde_json::from_str(&message.body).unwrap()
    }

    /// The next response, past signs of life.
    pub(crate) async fn response(&self) -> Response {
        let search = async {
            loop {
                if let FromWorker::Response(response) = self.heard_of().await {
                    return *response;
                }
            }
        };
        timeout(PATIENCE, search).await.expect("the worker answers")
    }

    /// One worker, one command, one response.
    pub(crate) async fn once(&self, number: u64, name: &str, instruction: &str) -> Response {
        let worker = self.start();
        self.ask(number, name, instruction).await;
        let response = self.response().await;
        self.shutdown().await;
        assert_eq!(worker.ended().await, Ended::Shutdown);
        response
    }

    pub(crate) async fn preview(&self, name: &str, path: &str) -> Option<String> {
        let preview = a_preview(&format!("ses-{name}"));
        match self.previews.find(&preview, path).await.unwrap() {
            Found::File(file) => Some(fs::read_to_string(file).unwrap()),
            Found::Missing | Found::Unpublished | Found::Elsewhere(_) => None,
        }
    }
}

pub(crate) fn work_message(work: Work) -> ToWorker {
    ToWorker::Work(Box::new(work))
}

pub(crate) fn shell(script: &str) -> Vec<String> {
    ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
}

/// The code of a failure.
pub(crate) fn code(response: &Response) -> &str {
    assert!(!response.success);
    response.result.error_code.as_deref().unwrap()
}
