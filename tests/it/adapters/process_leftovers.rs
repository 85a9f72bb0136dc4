//! What an earlier Hermes has left running (C26).

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use hermes::domain::container::TaskRef;
use hermes::ports::fleet::{Fleet, TaskState};

use super::process_fleet::{WAITS, World, launch, runs, state};

/// A process in a group of its own, as a worker of an earlier Hermes would be.
struct Leftover(Child);

impl Leftover {
    fn start() -> Self {
        let mut command = Command::new("/bin/sleep");
        command.arg("1000").process_group(0);
        Self(command.stdin(Stdio::null()).spawn().unwrap())
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }

    fn start_time(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let (_, fields) = stat.rsplit_once(')').unwrap();
        fields.split_whitespace().nth(19).unwrap().parse().unwrap()
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn write_pid_file(world: &World, name: &str, text: &str) -> std::path::PathBuf {
    let run = world.data.path().join("run");
    std::fs::create_dir_all(&run).unwrap();
    let path = run.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap()
}

#[tokio::test]
async fn c26_a_leftover_is_killed_by_pid_and_start_time() {
    let world = World::new();
    let leftover = Leftover::start();
    let text = format!("{}:{} {}", leftover.pid(), leftover.start_time(), boot_id());
    let file = write_pid_file(&world, "k1.pid", &text);
    let fleet = world.fleet(WAITS).await;
    assert!(!runs(&leftover.pid()));
    assert!(!file.exists());
    let task = TaskRef(format!("{}:{}", leftover.pid(), leftover.start_time()));
    assert_eq!(
        state(&fleet, &task).await,
        TaskState::Unknown,
        "nothing is adopted"
    );
}

#[tokio::test]
async fn c26_a_process_that_got_the_pid_since_is_left_alone() {
    let world = World::new();
    let innocent = Leftover::start();
    let (pid, start) = (innocent.pid(), innocent.start_time());
    let this_boot = boot_id();
    let files = [
        ("k1.pid", format!("{pid}:{} {this_boot}", start + 1)),
        ("k2.pid", format!("{pid}:{start} 00000000-another-boot\n")),
        ("k3.pid", format!("{pid}\n")),
        ("k4.pid", "rubbish".to_owned()),
        ("k5.pid", format!("-{pid}:{start} {this_boot}")),
        ("k6.pid", String::new()),
    ]
    .map(|(name, text)| write_pid_file(&world, name, &text));
    let _fleet = world.fleet(WAITS).await;
    assert!(runs(&pid));
    assert!(files.iter().all(|file| !file.exists()));
}

#[tokio::test]
async fn c26_a_process_that_leads_no_group_is_left_alone() {
    let world = World::new();
    let child = Leftover(
        Command::new("/bin/sleep")
            .arg("1000")
            .stdin(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let text = format!("{}:{} {}", child.pid(), child.start_time(), boot_id());
    write_pid_file(&world, "k1.pid", &text);
    let _fleet = world.fleet(WAITS).await;
    assert!(runs(&child.pid()), "its group is ours");
}

#[tokio::test]
async fn c26_the_pid_file_names_the_task_and_the_next_hermes_kills_it() {
    let world = World::new();
    let first = world
        .fleet("trap '' TERM; while :; do sleep 1000; done")
        .await;
    let task = first.start(launch("k1", 1)).await.unwrap();
    let text = std::fs::read_to_string(world.data.path().join("run/k1.pid")).unwrap();
    assert_eq!(text, format!("{task} {}", boot_id()));
    let pid = task.0.split_once(':').unwrap().0;
    assert!(runs(pid));
    // The first fleet still holds the worker's input: as if its end had not been noticed.
    let second = world.fleet(WAITS).await;
    assert!(!runs(pid));
    assert_eq!(state(&second, &task).await, TaskState::Unknown);
    let next = second.start(launch("k1", 2)).await.unwrap();
    assert_eq!(state(&second, &next).await, TaskState::Running);
    // The first one's late look at its dead worker does not take away the second one's pid file.
    assert!(matches!(state(&first, &task).await, TaskState::Stopped(_)));
    assert!(world.data.path().join("run/k1.pid").exists());
}

#[tokio::test]
async fn c26_a_worker_ends_when_hermes_is_gone() {
    let world = World::new();
    let fleet = world
        .fleet("read token; read more; echo closed > end")
        .await;
    fleet.start(launch("k1", 1)).await.unwrap();
    drop(fleet);
    assert_eq!(world.written("k1", "end").await, "closed\n");
}
