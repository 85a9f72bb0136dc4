//! `hermes worker-exec`: the last step before an agent or a build begins.
//!
//! It runs in the child, after the fork, so that nothing unsafe is needed: it asks the kernel to kill the process when
//! the worker dies (C26) and then becomes the program.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::process::{
    DumpableBehavior, Pid, Signal, getppid, set_dumpable_behavior, set_parent_process_death_signal,
};

/// Becomes `command`, and dies when `parent`, the process that started us, dies. Returns only when that is impossible.
///
/// The signal follows the *thread* that started us: a worker starts its children from threads that live as long as
/// its runtime, never from a blocking pool.
pub fn exec(parent: i32, command: &[OsString]) -> io::Error {
    let Some((program, rest)) = command.split_first() else {
        return io::Error::new(io::ErrorKind::InvalidInput, "no program to run");
    };
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        return error.into();
    }
    // It may have died before the kernel knew of our wish.
    if getppid() != Pid::from_raw(parent) {
        return io::Error::other("the worker is gone");
    }
    Command::new(program).args(rest).exec()
}

/// Keeps other processes of the same user, such as agents, from reading this one's environment and memory. Programs that
/// it starts are as open as ever.
pub fn close_to_others() -> io::Result<()> {
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}
