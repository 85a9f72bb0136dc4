//! `worker-exec`: a child that dies with the thread that started it.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};

/// Not a test: what the tests below run as their child. This binary has no other way to be somebody else.
#[test]
#[ignore = "run by another test as its child"]
fn become_a_shell() {
    let Some(parent) = std::env::var_os("EXEC_TEST_PARENT") else {
        return;
    };
    let parent = parent.to_str().unwrap().parse().unwrap();
    let command = ["/bin/sh", "-c", "echo ready; sleep 600"].map(Into::into);
    panic!("{}", hermes::worker::exec(parent, &command));
}

fn child_of(parent: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "worker::exec::become_a_shell",
            "--ignored",
            "--nocapture",
        ])
        .env("EXEC_TEST_PARENT", parent.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn c26_an_agent_dies_with_what_started_it() {
    let starting = std::thread::spawn(|| {
        let mut child = child_of(std::process::id());
        let output = BufReader::new(child.stdout.take().unwrap());
        assert!(output.lines().any(|line| line.unwrap() == "ready"));
        child
    });
    let mut child = starting.join().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
}

#[test]
fn c26_an_agent_whose_worker_has_gone_does_not_begin() {
    let output = child_of(1).wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("the worker is gone"), "{said}");
    assert!(!said.contains("ready"));
}
