//! What the kernel says of a process, signals to its group, and what may go wrong with either.

use std::fs;
use std::io;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::domain::container::TaskRef;
use crate::ports::fault::{Fault, FaultKind};

/// A process, told from a later one with the same pid by when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) pid: Pid,
    /// Ticks from the boot of the machine to the process's start.
    started: u64,
}

/// What is read from `/proc/<pid>/stat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    state: char,
    group: i32,
    started: u64,
}

impl Identity {
    /// The identity of a process that exists now; one that has ended and is not reaped yet still does.
    pub(super) fn of(pid: Pid) -> io::Result<Self> {
        let started = read_stat(pid)?.started;
        Ok(Self { pid, started })
    }

    /// Reads the form that [`Identity::task`] writes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (pid, started) = text.split_once(':')?;
        Some(Self {
            pid: Pid::from_raw(pid.parse().ok().filter(|pid| *pid > 1)?)?,
            started: started.parse().ok()?,
        })
    }

    /// The task's name: `<pid>:<start time>`.
    pub(super) fn task(self) -> TaskRef {
        TaskRef(format!("{}:{}", self.pid.as_raw_nonzero(), self.started))
    }

    /// Whether this very process is running as the leader of its group.
    pub(super) fn leads_its_group(self) -> bool {
        read_stat(self.pid).is_ok_and(|stat| {
            stat.started == self.started
                && stat.group == self.pid.as_raw_nonzero().get()
                && !matches!(stat.state, 'Z' | 'X')
        })
    }
}

/// Signals a whole group. A group without members is not an error.
pub(super) fn signal_group(leader: Pid, signal: Signal) -> io::Result<()> {
    match kill_process_group(leader, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// How often this machine has killed a process for its memory since it was booted.
pub(super) fn oom_kills() -> u64 {
    let text = fs::read_to_string("/proc/vmstat").unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("oom_kill "))
        .and_then(|count| count.parse().ok())
        .unwrap_or_default()
}

/// Names this boot of the machine; start times count from it.
pub(super) fn boot_id() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
}

/// Classifies a failure of a system call.
pub(super) fn fault(operation: &'static str, error: io::Error) -> Fault {
    let kind = if error.kind() == io::ErrorKind::PermissionDenied {
        FaultKind::Denied
    } else {
        FaultKind::Broken
    };
    Fault::new(operation, kind, error)
}

fn read_stat(pid: Pid) -> io::Result<Stat> {
    let text = fs::read(format!("/proc/{}/stat", pid.as_raw_nonzero()))?;
    parse_stat(&String::from_utf8_lossy(&text))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "unknown form of /proc/pid/stat"))
}

fn parse_stat(text: &str) -> Option<Stat> {
    // The name in brackets may hold anything, brackets too; no later field does.
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    let group = fields.nth(1)?.parse().ok()?;
    let started = fields.nth(16)?.parse().ok()?;
    Some(Stat {
        state,
        group,
        started,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_spaces_hides_no_field() {
        let text =
            "4242 (a) R 1 (b) S 1 4240 4240 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 1";
        let stat = parse_stat(text).unwrap();
        assert_eq!((stat.state, stat.group, stat.started), ('S', 4240, 98765));
        assert_eq!(parse_stat("4242 (a) S 1"), None);
    }

    #[test]
    fn a_task_name_reads_back() {
        let own = Identity::of(rustix::process::getpid()).unwrap();
        assert_eq!(Identity::parse(&own.task().0), Some(own));
        for bad in ["", "1", "x:1", "1:x", "-5:1", "0:1", "1:5"] {
            assert_eq!(Identity::parse(bad), None, "{bad:?}");
        }
    }
}
