//! A load generator that costs little beside what it drives: raw HTTP/1.1 on kept connections, in one thread.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use futures_util::TryStreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::process::Process;

/// Longest time for one phase: what hangs is a failure, not a slow row.
const PHASE_LIMIT: Duration = Duration::from_mins(1);

/// An answer, in the connection's buffer until the next call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    /// Fails with the answer's text unless it has this status.
    pub(crate) fn expect(&self, status: u16) -> anyhow::Result<()> {
        if self.status != status {
            let body = String::from_utf8_lossy(self.body);
            let start: String = body.chars().take(400).collect();
            bail!("expected status {status}, got {}: {start}", self.status);
        }
        Ok(())
    }

    /// The body as JSON.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> anyhow::Result<T> {
        serde_json::from_slice(self.body)
            .with_context(|| format!("read the answer {}", String::from_utf8_lossy(self.body)))
    }
}

/// One kept connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What the head of an answer says.
struct Head {
    status: u16,
    body_from: usize,
    body_to: usize,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let received = Vec::with_capacity(32 * 1024);
        Ok(Self { stream, received })
    }

    /// Sends a whole request and reads the whole answer.
    pub(crate) async fn call(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let head = loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the connection was closed in the middle of an answer");
            }
            match head_of(&self.received)? {
                Some(head) if head.body_to <= self.received.len() => break head,
                Some(_) | None => {}
            }
        };
        let body = self.received.get(head.body_from..head.body_to);
        Ok(Answer {
            status: head.status,
            body: body.unwrap_or_default(),
        })
    }
}

/// Reads the head once all of it is there.
fn head_of(received: &[u8]) -> anyhow::Result<Option<Head>> {
    let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(received.get(..end).unwrap_or_default())?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status.context("no status line")?.parse()?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .with_context(|| format!("an answer without content-length: {head}"))?;
    let body_from = end + 4;
    let body_to = body_from + length.1.trim().parse::<usize>()?;
    Ok(Some(Head {
        status,
        body_from,
        body_to,
    }))
}

/// Writes a request into `into`. The server reads the address it is called by, so `Host` is a real one.
pub(crate) fn request(into: &mut Vec<u8>, target: SocketAddr, line: &str, kind: &str, body: &[u8]) {
    use std::io::Write as _;
    into.clear();
    let typed = if kind.is_empty() {
        String::new()
    } else {
        format!("content-type: {kind}\r\n")
    };
    let length = body.len();
    // Writing into memory does not fail.
    let _written = write!(
        into,
        "{line} HTTP/1.1\r\nhost: {target}\r\n{typed}content-length: {length}\r\n\r\n"
    );
    into.extend_from_slice(body);
}

/// How hard a phase is driven.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) requests: usize,
    pub(crate) connections: usize,
    /// How many different things the requests are about.
    pub(crate) ids: usize,
}

impl Load {
    /// A part of it, for what is slower than Hermes itself.
    pub(crate) const fn part(self, of: usize) -> Self {
        Self {
            requests: self.requests / of,
            connections: self.connections,
            ids: self.ids / of,
        }
    }
}

/// What a phase took.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) load: Load,
    wall: Duration,
    cpu: Duration,
    /// Ascending.
    latencies: Vec<Duration>,
}

impl Measured {
    /// CPU seconds of the server for 1000 requests.
    pub(crate) fn cpu_per_1000(&self) -> f64 {
        self.cpu.as_secs_f64() * 1000.0 / count(self.load.requests)
    }

    /// Requests answered per second.
    pub(crate) fn per_second(&self) -> f64 {
        count(self.load.requests) / self.wall.as_secs_f64()
    }

    /// The latency in milliseconds that 99 of 100 requests keep.
    pub(crate) fn p99_ms(&self) -> f64 {
        let at = (self.latencies.len() * 99).div_ceil(100).saturating_sub(1);
        let latency = self.latencies.get(at).copied().unwrap_or_default();
        latency.as_secs_f64() * 1000.0
    }

    /// This and another phase of the same kind as one.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.load.requests += other.load.requests;
        self.wall += other.wall;
        self.cpu += other.cpu;
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        self
    }
}

/// A small number as a float.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}

/// Sends `load.requests` requests as fast as they are answered, each connection one at a time.
///
/// `make` writes request `n` into the buffer, `check` sees its answer. The connections stand before the clock starts.
pub(crate) async fn drive(
    process: &Process,
    load: Load,
    make: impl Fn(usize, &mut Vec<u8>) + Sync,
    check: impl Fn(usize, Answer<'_>) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<Measured> {
    let mut connections = Vec::with_capacity(load.connections);
    for _ in 0..load.connections {
        connections.push(Connection::open(process.address()).await?);
    }
    let (next, make, check) = (AtomicUsize::new(0), &make, &check);
    let cpu = process.cpu()?;
    let begun = Instant::now();
    let running: FuturesUnordered<_> = connections
        .into_iter()
        .map(|connection| one_connection(connection, &next, load.requests, make, check))
        .collect();
    let latencies: Vec<Vec<Duration>> = tokio::time::timeout(PHASE_LIMIT, running.try_collect())
        .await
        .context("not done within a minute")??;
    let (wall, cpu) = (begun.elapsed(), process.cpu()?.saturating_sub(cpu));
    let mut latencies = latencies.concat();
    latencies.sort_unstable();
    Ok(Measured {
        load,
        wall,
        cpu,
        latencies,
    })
}

async fn one_connection(
    mut connection: Connection,
    next: &AtomicUsize,
    requests: usize,
    make: &(impl Fn(usize, &mut Vec<u8>) + Sync),
    check: &(impl Fn(usize, Answer<'_>) -> anyhow::Result<()> + Sync),
) -> anyhow::Result<Vec<Duration>> {
    let mut request = Vec::with_capacity(16 * 1024);
    let mut latencies = Vec::with_capacity(requests);
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= requests {
            return Ok(latencies);
        }
        make(number, &mut request);
        let sent = Instant::now();
        let answer = connection.call(&request).await?;
        latencies.push(sent.elapsed());
        check(number, answer).with_context(|| format!("request {number}"))?;
    }
}
