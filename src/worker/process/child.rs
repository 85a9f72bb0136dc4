//! Child processes that can be stopped as a whole: a group of their own, bounded output, bounded time.
//!
//! A child sees only the environment it is given. Whatever way a run ends, dropped in the middle included, nothing of
//! its process group is left.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// What to start.
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    pub(crate) folder: PathBuf,
    /// The whole environment.
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// Standard input, closed after it.
    pub(crate) input: Vec<u8>,
    /// Hears the process's id once it is started.
    pub(crate) started: Option<Arc<OnceLock<u32>>>,
}

/// How far it may go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// From start to end.
    pub(crate) time: Duration,
    /// Without a byte of output.
    pub(crate) silence: Option<Duration>,
    /// From a polite signal to one that cannot be refused.
    pub(crate) grace: Duration,
    /// Bytes of standard output that are kept: the last ones.
    pub(crate) output: usize,
}

/// Bytes of both outputs together that are kept for people to read: the last ones.
const LOG_LIMIT: usize = 8 * 1024;
/// How long output may still come once the child is gone: only a process that fled its group holds the pipe then.
const DRAIN: Duration = Duration::from_secs(1);

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself; the code is absent when a signal ended it.
    Exited(Option<i32>),
    /// Stopped because its time was over.
    TimedOut,
    /// Stopped because it said nothing for too long.
    Silent,
    /// Stopped because we were asked to.
    Cancelled,
}

/// A child that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) end: End,
    /// Standard output.
    pub(crate) stdout: Tail,
    /// Standard output and error as they came.
    pub(crate) log: Tail,
}

/// The end of a stream of bytes.
#[derive(Debug)]
pub(crate) struct Tail {
    bytes: VecDeque<u8>,
    limit: usize,
    /// Whether the beginning is missing.
    pub(crate) cut: bool,
}

impl Tail {
    fn new(limit: usize) -> Self {
        Self {
            bytes: VecDeque::new(),
            limit,
            cut: false,
        }
    }

    fn push(&mut self, more: &[u8]) {
        self.bytes.extend(more);
        let over = self.bytes.len().saturating_sub(self.limit);
        if over > 0 {
            self.bytes.drain(..over);
            self.cut = true;
        }
    }

    /// The bytes kept.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes.into()
    }

    /// The last lines, at most `lines`, as plain text: no control characters but line ends and tabs.
    pub(crate) fn into_text(self, lines: usize) -> String {
        let bytes = self.into_bytes();
        let text = String::from_utf8_lossy(&bytes);
        let plain = without_controls(&text);
        let kept: Vec<&str> = plain.trim().lines().map(str::trim_end).collect();
        kept.get(kept.len().saturating_sub(lines)..)
            .unwrap_or_default()
            .join("\n")
    }
}

/// Takes out colour codes and other control characters.
fn without_controls(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            if chars.next_if_eq(&'[').is_some() {
                while chars
                    .next()
                    .is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c))
                {}
            }
        } else if !c.is_control() || matches!(c, '\n' | '\t') {
            plain.push(c);
        }
    }
    plain
}

/// Runs to the end, or to whatever bound is met first. An error means that it could not be started or waited for.
pub(crate) async fn run(
    launch: Launch,
    bounds: Bounds,
    cancel: &CancellationToken,
) -> io::Result<Finished> {
    let captured = Captured::new(bounds.output);
    let (mut child, group, mut pump) = start(launch, &captured)?;
    let end = {
        let exit = exit_of(&mut child, &mut pump);
        tokio::select! {
            code = exit => End::Exited(code?),
            () = cancel.cancelled() => End::Cancelled,
            () = sleep(bounds.time) => End::TimedOut,
            () = captured.silent_for(bounds.silence) => End::Silent,
        }
    };
    if !matches!(end, End::Exited(_)) {
        group.signal(Signal::TERM);
        // Late or not, what is left of the group is killed next.
        let _in_time = timeout(bounds.grace, exit_of(&mut child, &mut pump)).await;
    }
    group.kill();
    child.wait().await?;
    let _drained = timeout(DRAIN, pump.rest()).await;
    drop(pump);
    let captured = captured
        .0
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    Ok(Finished {
        end,
        stdout: captured.stdout,
        log: captured.log,
    })
}

fn start(launch: Launch, captured: &Captured) -> io::Result<(Child, Group, Pump<'_>)> {
    let mut child = Command::new(&launch.program)
        .args(&launch.args)
        .current_dir(&launch.folder)
        .env_clear()
        .envs(launch.environment)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let group = Group::led_by(&child);
    if let (Some(started), Some(id)) = (&launch.started, child.id()) {
        started.get_or_init(|| id);
    }
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let work = async move {
        tokio::join!(
            feed(stdin, launch.input),
            captured.read(stdout, Stream::Out),
            captured.read(stderr, Stream::Err),
        );
    };
    let pump = Pump(Some(Box::pin(work)));
    Ok((child, group, pump))
}

/// Waits for the child while its pipes are served.
async fn exit_of(child: &mut Child, pump: &mut Pump<'_>) -> io::Result<Option<i32>> {
    tokio::select! {
        status = child.wait() => Ok(status?.code()),
        () = pump.for_ever() => Ok(None),
    }
}

async fn feed(stdin: Option<ChildStdin>, input: Vec<u8>) {
    if let Some(mut stdin) = stdin {
        // A child need not read what it is given.
        let _unread = stdin.write_all(&input).await;
    }
}

/// The work on a child's pipes.
struct Pump<'a>(Option<Pin<Box<dyn Future<Output = ()> + Send + 'a>>>);

impl Pump<'_> {
    async fn rest(&mut self) {
        if let Some(work) = &mut self.0 {
            work.await;
            self.0 = None;
        }
    }

    async fn for_ever(&mut self) {
        self.rest().await;
        std::future::pending::<()>().await;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

struct Captured(Mutex<Output>);

struct Output {
    stdout: Tail,
    log: Tail,
    last: Instant,
}

impl Captured {
    fn new(limit: usize) -> Self {
        Self(Mutex::new(Output {
            stdout: Tail::new(limit),
            log: Tail::new(LOG_LIMIT),
            last: Instant::now(),
        }))
    }

    async fn read(&self, pipe: Option<impl AsyncRead + Unpin>, stream: Stream) {
        let Some(mut pipe) = pipe else { return };
        let mut chunk = vec![0; 8 * 1024];
        while let Ok(count @ 1..) = pipe.read(&mut chunk).await {
            let bytes = chunk.get(..count).unwrap_or_default();
            let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            output.last = Instant::now();
            output.log.push(bytes);
            if stream == Stream::Out {
                output.stdout.push(bytes);
            }
        }
    }

    async fn silent_for(&self, limit: Option<Duration>) {
        let Some(limit) = limit else {
            return std::future::pending().await;
        };
        loop {
            let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).last;
            let due = last + limit;
            if Instant::now() >= due {
                return;
            }
            sleep_until(due).await;
        }
    }
}

/// A process group that does not outlive us.
struct Group(Option<Pid>);

impl Group {
    fn led_by(child: &Child) -> Self {
        let pid = child.id().and_then(|id| i32::try_from(id).ok());
        Self(pid.and_then(Pid::from_raw))
    }

    /// Kills what is left of it, and forgets it: its number may be another's soon.
    fn kill(mut self) {
        self.signal(Signal::KILL);
        self.0 = None;
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.0 {
            // No such group is what we want in the end.
            let _gone = kill_process_group(pid, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        time: Duration::from_secs(20),
        silence: None,
        grace: Duration::from_secs(5),
        output: 1024,
    };

    async fn shell(script: &str, bounds: Bounds, cancel: &CancellationToken) -> Finished {
        let launch = Launch {
            program: "/bin/sh".into(),
            args: vec!["-c".into(), script.into()],
            folder: "/".into(),
            environment: vec![("PATH".into(), "/usr/bin:/bin".into())],
            input: b"hello".to_vec(),
            started: None,
        };
        run(launch, bounds, cancel).await.unwrap()
    }

    #[tokio::test]
    async fn it_sees_its_input_and_only_the_environment_it_was_given() {
        let done = shell(
            "cat; echo; env | grep -v -e PWD -e SHLVL -e '^_='",
            BOUNDS,
            &CancellationToken::new(),
        )
        .await;
        assert_eq!(done.end, End::Exited(Some(0)));
        assert_eq!(done.stdout.into_text(9), "hello\nPATH=/usr/bin:/bin");
    }

    #[tokio::test]
    async fn the_end_of_a_long_output_is_kept() {
        let done = shell("seq 1 100000; exit 3", BOUNDS, &CancellationToken::new()).await;
        assert_eq!(done.end, End::Exited(Some(3)));
        assert!(done.stdout.cut);
        assert_eq!(done.stdout.into_text(2), "99999\n100000");
    }

    #[tokio::test]
    async fn what_it_left_in_the_background_ends_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            0o600.into(),
            0,
        )
        .unwrap();
        let script = format!("exec 9> {}; sleep 600 &", pipe.display());
        // The pipe is at its end when nobody has it open any more.
        let closed = tokio::task::spawn_blocking(move || std::fs::read(pipe).unwrap());
        let done = shell(&script, BOUNDS, &CancellationToken::new()).await;
        assert_eq!(done.end, End::Exited(Some(0)));
        assert_eq!(closed.await.unwrap(), b"");
    }

    #[tokio::test]
    async fn c15_silence_time_and_cancel_stop_it_even_when_it_refuses() {
        let stubborn = "trap '' TERM; while :; do read line; done";
        let never = CancellationToken::new();
        let hard = Bounds {
            grace: Duration::from_millis(50),
            ..BOUNDS
        };
        let quiet = Bounds {
            silence: Some(Duration::from_millis(50)),
            ..hard
        };
        assert_eq!(shell(stubborn, quiet, &never).await.end, End::Silent);
        let short = Bounds {
            time: Duration::from_millis(50),
            ..hard
        };
        assert_eq!(shell(stubborn, short, &never).await.end, End::TimedOut);
        let cancelled = CancellationToken::new();
        cancelled.cancel();
        assert_eq!(shell(stubborn, hard, &cancelled).await.end, End::Cancelled);
    }

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(
            without_controls("\u{1b}[31mred\u{1b}[0m\r\n\u{7}x"),
            "red\nx"
        );
    }
}
