//! The fleet with shell scripts as workers: real processes, real files.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hermes::adapters::process::{FleetSettings, ProcessFleet};
use hermes::domain::container::{StopReason, TaskRef};
use hermes::domain::project::{AgentChoice, Project, ProjectRepo};
use hermes::domain::wire::WorkerProject;
use hermes::ports::fleet::{Fleet, Launch, LaunchError, TaskState};

use super::doubles::StillClock;

/// A worker that does nothing until its input closes.
pub(super) const WAITS: &str = "read token; echo ready >> out; while read line; do :; done; exit 0";

/// A worker that ends for nothing but SIGKILL, with a child in its group that does neither.
const STUBBORN: &str =
    "trap '' TERM; sleep 1000 & echo $! > child; echo ready > out; while :; do sleep 1; done";

const GRACE: Duration = Duration::from_secs(20);

/// A data folder and how its fleet starts workers.
pub(super) struct World {
    pub(super) data: tempfile::TempDir,
    pub(super) clock: Arc<StillClock>,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            data: tempfile::tempdir().unwrap(),
            clock: Arc::new(StillClock::new()),
        }
    }

    pub(super) fn settings(&self, script: &str) -> FleetSettings {
        let data = self.data.path().to_owned();
        FleetSettings {
            program: PathBuf::from("/bin/sh"),
            arguments: vec!["-c".into(), script.into()],
            socket: data.join("worker.sock"),
            previews: data.join("previews"),
            environment: std::env::vars_os().collect(),
            issue_token: Arc::new(|container, generation| {
                format!("token-of-{container}-{generation}").into()
            }),
            clock: Arc::clone(&self.clock) as Arc<_>,
            data,
        }
    }

    pub(super) async fn fleet(&self, script: &str) -> ProcessFleet {
        ProcessFleet::open(self.settings(script)).await.unwrap()
    }

    pub(super) fn workspace(&self, container: &str) -> PathBuf {
        self.data.path().join("workspaces").join(container)
    }

    /// Waits until a worker has written a file, and answers its content.
    pub(super) async fn written(&self, container: &str, file: &str) -> String {
        let path = self.workspace(container).join(file);
        let written = async {
            loop {
                match std::fs::read_to_string(&path) {
                    Ok(text) if text.ends_with('\n') => return text,
                    _ => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            }
        };
        let written = tokio::time::timeout(GRACE, written).await;
        written.unwrap_or_else(|_| panic!("{} was not written", path.display()))
    }
}

pub(super) fn launch(container: &str, generation: u64) -> Launch {
    Launch {
        container_id: container.parse().unwrap(),
        client_id: "acme".parse().unwrap(),
        project_id: "site".parse().unwrap(),
        user_id: "ann@example.com".parse().unwrap(),
        generation,
        project: Project {
            id: "site".parse().unwrap(),
            client: "acme".parse().unwrap(),
            open: false,
            repo: ProjectRepo::Path("/srv/my site.git".into()),
            branch: "main".to_owned(),
            build: Some(vec![
                "npm".to_owned(),
                "run".to_owned(),
                "build now".to_owned(),
            ]),
            output: "dist".into(),
            addresses: Vec::new(),
            agent: AgentChoice::Program(vec!["./agent".to_owned(), "-x".to_owned()]),
            command_timeout: Duration::from_mins(30),
            members: Vec::new(),
            mail: hermes::domain::project::MailOptions::default(),
        },
    }
}

pub(super) async fn state(fleet: &ProcessFleet, task: &TaskRef) -> TaskState {
    let states = fleet.observe(std::slice::from_ref(task)).await.unwrap();
    states[0].clone()
}

/// Waits for the end of a worker as the app does.
async fn end(fleet: &ProcessFleet, task: &TaskRef) -> StopReason {
    let end = async {
        loop {
            if let TaskState::Stopped(stop) = state(fleet, task).await {
                return stop.reason;
            }
            fleet.exited().await.unwrap();
        }
    };
    tokio::time::timeout(GRACE, end).await.unwrap()
}

/// Whether a process runs; one that waits to be reaped does not.
pub(super) fn runs(pid: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.trim()).join("stat"));
    stat.is_ok_and(|stat| !stat.rsplit_once(')').unwrap().1.starts_with(" Z"))
}

/// Waits for the end of a process that is no child of ours: the kernel takes a moment for a whole group.
async fn gone(pid: &str) {
    let begun = std::time::Instant::now();
    while runs(pid) {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{pid} still runs"
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_worker_sees_an_allow_list_and_no_secret() {
    let world = World::new();
    let mut settings = world.settings("read token; env -0 > env; echo done > out; read rest");
    let secrets = [
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "HERMES_API_KEYS",
        "HERMES_SMTP_URL",
        "HTTPS_PROXY",
        "LD_PRELOAD",
        "ANTHROPIC_API_KEY",
        "CONTAINER_ID",
        "HOME",
    ];
    let hidden = secrets.map(|name| (OsString::from(name), OsString::from("secret-value")));
    let shown = [
        ("PATH", "/usr/bin:/bin"),
        ("LANG", "C.UTF-8"),
        ("TZ", "UTC"),
        ("RUST_LOG", "debug"),
        ("LOG_FORMAT", "json"),
    ];
    let shown_os = shown.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    settings.environment = hidden.into_iter().chain(shown_os).collect();
    let fleet = ProcessFleet::open(settings).await.unwrap();
    fleet.start(launch("k1", 7)).await.unwrap();
    world.written("k1", "out").await;

    let text = std::fs::read_to_string(world.workspace("k1").join("env")).unwrap();
    assert!(
        !text.contains("secret-value") && !text.contains("token-of"),
        "{text}"
    );
    let mut seen: BTreeMap<&str, &str> = text
        .split_terminator('\0')
        .map(|variable| variable.split_once('=').unwrap())
        .collect();
    for of_the_shell in ["PWD", "OLDPWD", "SHLVL", "_"] {
        seen.remove(of_the_shell);
    }
    let data = world.data.path().to_str().unwrap();
    let project: WorkerProject = serde_json::from_str(seen["HERMES_PROJECT"]).unwrap();
    assert_eq!(project.build.unwrap(), ["npm", "run", "build now"]);
    assert_eq!(
        (project.branch.as_str(), project.output.as_str()),
        ("main", "dist")
    );
    assert_eq!(
        (project.agent.as_str(), project.program.unwrap()[0].as_str()),
        ("program", "./agent")
    );
    assert_eq!(project.command_timeout_seconds, 1800);
    seen.remove("HERMES_PROJECT");
    let workspace = format!("{data}/workspaces/k1");
    let queue = |kind: &str| format!("unix:{data}/worker.sock?queue=webordinary-{kind}-k1");
    let expected = [
        ("CLIENT_ID", "acme".to_owned()),
        ("CONTAINER_ID", "k1".to_owned()),
        ("DLQ_URL", queue("dlq")),
        ("HERMES_GENERATION", "7".to_owned()),
        ("HERMES_PREVIEW_PATH", format!("{data}/previews")),
        ("HERMES_SOCKET", format!("{data}/worker.sock")),
        ("HOME", workspace.clone()),
        ("INPUT_QUEUE_URL", queue("input")),
        ("OUTPUT_QUEUE_URL", queue("output")),
        ("PROJECT_ID", "site".to_owned()),
        ("REPO_URL", "file:///srv/my%20site.git".to_owned()),
        ("USER_ID", "ann@example.com".to_owned()),
        ("WORKSPACE_PATH", workspace),
    ];
    let mut expected: BTreeMap<&str, String> = expected.into();
    expected.extend(shown.map(|(name, value)| (name, value.to_owned())));
    let seen: BTreeMap<&str, String> = seen
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn the_token_comes_first_and_the_close_of_the_input_is_the_order_to_end() {
    let world = World::new();
    let script = "read token; echo \"$token\" > out; read more || echo closed > end; echo to the log; exit 0";
    let fleet = world.fleet(script).await;
    let task = fleet.start(launch("k1", 3)).await.unwrap();
    assert_eq!(world.written("k1", "out").await, "token-of-k1-3\n");
    assert_eq!(state(&fleet, &task).await, TaskState::Running);
    fleet.stop(&task, GRACE).await.unwrap();
    assert_eq!(world.written("k1", "end").await, "closed\n");
    assert_eq!(
        state(&fleet, &task).await,
        TaskState::Stopped(StopReason::Idle.into())
    );
    let log = std::fs::read_to_string(world.data.path().join("logs/k1.log")).unwrap();
    assert_eq!(log, "to the log\n");
    fleet.stop(&task, GRACE).await.unwrap();
}

#[tokio::test]
async fn a_start_again_is_the_same_task_and_a_later_one_kills_the_earlier() {
    let world = World::new();
    let fleet = world.fleet(WAITS).await;
    let both = tokio::join!(fleet.start(launch("k1", 1)), fleet.start(launch("k1", 1)));
    let (first, again) = (both.0.unwrap(), both.1.unwrap());
    assert_eq!(first, again);
    let other = fleet.start(launch("k2", 1)).await.unwrap();
    assert_ne!(first, other);

    let second = fleet.start(launch("k1", 2)).await.unwrap();
    let states = fleet
        .observe(&[first.clone(), second.clone(), other])
        .await
        .unwrap();
    let fenced = TaskState::Stopped(StopReason::Fenced.into());
    assert_eq!(states, [fenced, TaskState::Running, TaskState::Running]);
    let late = fleet.start(launch("k1", 1)).await.unwrap_err();
    assert!(matches!(late, LaunchError::Rejected(_)), "{late}");
    assert_eq!(state(&fleet, &second).await, TaskState::Running);
    fleet.stop_all(GRACE).await.unwrap();
    assert_eq!(
        fleet.start(launch("k1", 2)).await.unwrap(),
        second,
        "also after its end"
    );
}

#[tokio::test]
async fn c4_a_stopped_worker_is_dead_before_the_next_generation_starts() {
    let world = World::new();
    let fleet = world.fleet(STUBBORN).await;
    let first = fleet.start(launch("k1", 1)).await.unwrap();
    let child = world.written("k1", "child").await;
    world.written("k1", "out").await;
    let pid = first.0.split_once(':').unwrap().0.to_owned();
    let leader = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
    rustix::process::kill_process_group(leader, rustix::process::Signal::STOP).unwrap();
    fleet.start(launch("k1", 2)).await.unwrap();
    assert!(!runs(&pid));
    gone(&child).await;
    fleet.stop_all(Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn a_worker_that_does_not_end_is_killed_with_its_group() {
    let world = World::new();
    let fleet = world.fleet(STUBBORN).await;
    let task = fleet.start(launch("k1", 1)).await.unwrap();
    let child = world.written("k1", "child").await;
    world.written("k1", "out").await;
    assert!(runs(&child));
    fleet.stop(&task, Duration::from_millis(20)).await.unwrap();
    assert_eq!(
        state(&fleet, &task).await,
        TaskState::Stopped(StopReason::Asked.into())
    );
    gone(&child).await;
}

#[tokio::test]
async fn an_end_by_itself_is_noticed_with_its_reason() {
    let world = World::new();
    let script = "read token; case $CONTAINER_ID in idle) exit 0;; crash) exit 3;; killed) kill -9 $$;; esac";
    let fleet = world.fleet(script).await;
    for (container, reason) in [
        ("idle", StopReason::Idle),
        ("crash", StopReason::Crash),
        ("killed", StopReason::Crash),
    ] {
        let task = fleet.start(launch(container, 1)).await.unwrap();
        assert_eq!(end(&fleet, &task).await, reason, "{container}");
        let pid_file = world.data.path().join(format!("run/{container}.pid"));
        assert!(!pid_file.exists());
    }
}

#[tokio::test]
async fn what_a_worker_leaves_in_its_group_goes_with_it() {
    let world = World::new();
    let fleet = world
        .fleet("read token; sleep 1000 & echo $! > child; exit 1")
        .await;
    let task = fleet.start(launch("k1", 1)).await.unwrap();
    assert_eq!(end(&fleet, &task).await, StopReason::Crash);
    let child = world.written("k1", "child").await;
    let gone = async {
        while runs(&child) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(GRACE, gone).await.unwrap();
}

#[tokio::test]
async fn a_task_is_remembered_for_an_hour_after_its_end() {
    let world = World::new();
    let fleet = world.fleet("exit 0").await;
    let task = fleet.start(launch("k1", 1)).await.unwrap();
    assert_eq!(end(&fleet, &task).await, StopReason::Idle);
    world.clock.advance(Duration::from_mins(59));
    assert_eq!(
        state(&fleet, &task).await,
        TaskState::Stopped(StopReason::Idle.into())
    );
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(state(&fleet, &task).await, TaskState::Unknown);
    fleet.stop(&task, GRACE).await.unwrap();
    assert_eq!(
        state(&fleet, &TaskRef("1:1".to_owned())).await,
        TaskState::Unknown
    );
}

#[tokio::test]
async fn every_end_is_told_once() {
    let world = World::new();
    let fleet = world.fleet("exit 0").await;
    for container in ["k1", "k2"] {
        fleet.start(launch(container, 1)).await.unwrap();
        let told = tokio::time::timeout(GRACE, fleet.exited()).await;
        told.unwrap().unwrap();
    }
    let quiet = tokio::time::timeout(Duration::from_millis(50), fleet.exited()).await;
    assert!(quiet.is_err(), "nothing new has ended");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_rejected() {
    let world = World::new();
    let mut settings = world.settings(WAITS);
    settings.program = "/no/such/program".into();
    let fleet = ProcessFleet::open(settings).await.unwrap();
    let error = fleet.start(launch("k1", 1)).await.unwrap_err();
    assert!(matches!(error, LaunchError::Rejected(_)), "{error}");
}

#[tokio::test]
async fn an_odd_container_id_stays_inside_the_data_folder() {
    let world = World::new();
    let fleet = world.fleet(WAITS).await;
    fleet.start(launch("..", 1)).await.unwrap();
    world.written("%2E%2E", "out").await;
    fleet.stop_all(GRACE).await.unwrap();
}

#[tokio::test]
async fn at_the_stop_of_hermes_workers_may_finish_and_the_others_are_ended() {
    let world = World::new();
    let script =
        "read token; test $CONTAINER_ID = done && exit 0; echo ready > out; read more; exit 0";
    let fleet = world.fleet(script).await;
    let done = fleet.start(launch("done", 1)).await.unwrap();
    fleet.let_finish(GRACE).await.unwrap();
    assert_eq!(
        state(&fleet, &done).await,
        TaskState::Stopped(StopReason::Idle.into())
    );
    let busy = fleet.start(launch("busy", 1)).await.unwrap();
    world.written("busy", "out").await;
    fleet.let_finish(Duration::from_millis(20)).await.unwrap();
    assert_eq!(state(&fleet, &busy).await, TaskState::Running);
    fleet.stop_all(GRACE).await.unwrap();
    assert_eq!(
        state(&fleet, &busy).await,
        TaskState::Stopped(StopReason::Idle.into())
    );
}
