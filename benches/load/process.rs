//! A server under measurement: started, watched through `/proc`, stopped.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};

/// Longest wait for the first healthy answer.
const START_LIMIT: Duration = Duration::from_secs(20);
/// Longest wait for the end after SIGTERM.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// Between two looks at a server that starts: well below what is measured.
const LOOK: Duration = Duration::from_micros(200);
/// `/proc` counts CPU in ticks of 10 ms on every Linux (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);
/// How many lines of the log a failure shows.
const LOG_TAIL: usize = 25;

/// What to run, and where its log goes.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) binary: PathBuf,
    /// Followed by `--port` and a free port.
    pub(crate) arguments: Vec<String>,
    /// The whole environment beside `PATH`.
    pub(crate) environment: Vec<(&'static str, String)>,
    pub(crate) folder: PathBuf,
    pub(crate) health: &'static str,
}

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    /// From the start to the first healthy answer.
    pub(crate) started_in: Duration,
}

impl Process {
    /// Starts `program` on a free port of the loopback and waits until it is healthy.
    pub(crate) fn start(program: &Program) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&program.folder)?;
        let log = program.folder.join("bench.log");
        let output = File::options().append(true).create(true).open(&log)?;
        let address = free_address()?;
        let mut command = Command::new(&program.binary);
        command
            .args(&program.arguments)
            .args(["--port", &address.port().to_string()])
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH"))
            .envs(program.environment.iter().cloned())
            .current_dir(&program.folder)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        let begun = Instant::now();
        let child = command.spawn().context("start the server")?;
        let mut process = Self {
            child,
            address,
            log,
            started_in: Duration::ZERO,
        };
        let healthy = process.until_healthy(program.health, begun);
        process.started_in = begun.elapsed();
        process.explain(healthy)?;
        Ok(process)
    }

    fn until_healthy(&mut self, health: &str, begun: Instant) -> anyhow::Result<()> {
        while !healthy(self.address, health) {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended before it was healthy: {status}");
            }
            if begun.elapsed() > START_LIMIT {
                bail!("the server was not healthy within {START_LIMIT:?}");
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// User and system time it has used so far, all its threads, without its children.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let stat = self.read_proc("stat")?;
        // The second field is the name in parentheses, which may hold anything.
        let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
        let ticks: u32 = fields
            .split_whitespace()
            .skip(11) // utime is the 14th field of all, the 12th behind the name
            .take(2)
            .map(str::parse::<u32>)
            .sum::<Result<u32, _>>()?;
        Ok(TICK * ticks)
    }

    /// Resident memory in megabytes (10^6 bytes).
    pub(crate) fn resident_mb(&self) -> anyhow::Result<f64> {
        let status = self.read_proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        let kilobytes: u32 = kilobytes.context("no VmRSS in status")?.parse()?;
        Ok(f64::from(kilobytes) * 1024.0 / 1e6)
    }

    fn read_proc(&self, file: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        std::fs::read_to_string(&path).with_context(|| format!("read {path}"))
    }

    /// Asks it to stop and waits for a clean end.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let ended = self.until_ended();
        self.explain(ended)
    }

    fn until_ended(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => bail!("the server ended with {status}"),
                None if begun.elapsed() > STOP_LIMIT => bail!("no end within {STOP_LIMIT:?}"),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    /// Adds the end of its log to an error.
    pub(crate) fn explain<T>(&self, result: anyhow::Result<T>) -> anyhow::Result<T> {
        result.map_err(|error| {
            let log = std::fs::read(&self.log).unwrap_or_default();
            let log = String::from_utf8_lossy(&log);
            let lines: Vec<&str> = log.lines().collect();
            let tail = lines.get(lines.len().saturating_sub(LOG_TAIL)..);
            let tail = tail.unwrap_or_default().join("\n");
            anyhow::anyhow!("{error:#}\nThe end of its log:\n{tail}")
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; there is nobody to tell.
        let _killed = self.child.kill().is_ok();
        let _reaped = self.child.wait().is_ok();
    }
}

fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Whether a health check on a new connection answers 200.
fn healthy(address: SocketAddr, path: &str) -> bool {
    let asked = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n")?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(start.ends_with(b" 200"))
    };
    asked().unwrap_or(false)
}
