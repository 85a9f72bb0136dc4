//! The load bench: starts the real binary, drives it over loopback, prints one table (`cargo bench --bench load`).
//!
//! It fails when something does not run, not when a number misses its bar. Numbers are for the machine it runs on: read
//! the ratio to the floor, which the same run measures with the same generator on the same disk.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench talks to the person who runs it"
)]

mod floor;
mod http;
mod mails;
mod process;
mod replies;
mod table;
mod traffic;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use http::Load;
use process::{Process, Program};
use replies::{MAILS_OF_SENDER, SENDERS};
use table::{Row, Unit, median, table};
use traffic::Results;

/// How often a start is repeated.
const STARTS: usize = 10;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["floor", folder, "--port", port] => run_floor(folder, port),
        [.., "--bench"] | ["--bench", ..] => Bench::run(),
        _ => {
            println!("the load bench runs with `cargo bench`");
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

fn run_floor(folder: &str, port: &str) -> anyhow::Result<()> {
    floor::serve(port.parse()?, Path::new(folder))
}

/// One run: its folder, and the rows so far.
struct Bench {
    hermes: PathBuf,
    this: PathBuf,
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    rows: Vec<Row>,
    failed: Vec<&'static str>,
}

impl Bench {
    fn run() -> anyhow::Result<()> {
        let mut bench = Self {
            hermes: PathBuf::from(env!("CARGO_BIN_EXE_hermes")),
            this: std::env::current_exe()?,
            // Beside the build and not in the system's folder, which may be memory: syncs must be real.
            folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            rows: Vec::new(),
            failed: Vec::new(),
        };
        bench.section("binary", Self::binary);
        bench.section("start", Self::starts);
        bench.section("load", Self::load);
        bench.section("replies", Self::replies);
        println!("\n{}", table(&bench.rows));
        anyhow::ensure!(
            bench.failed.is_empty(),
            "failed: {}",
            bench.failed.join(", ")
        );
        Ok(())
    }

    /// Runs a section; the others go on without it.
    fn section(&mut self, name: &'static str, run: impl FnOnce(&mut Self) -> anyhow::Result<()>) {
        println!("{name} ...");
        if let Err(error) = run(self) {
            eprintln!("{name} failed: {error:?}");
            self.failed.push(name);
        }
    }

    fn binary(&mut self) -> anyhow::Result<()> {
        let bytes = u32::try_from(std::fs::metadata(&self.hermes)?.len())?;
        let once = Load {
            requests: 0,
            connections: 0,
            ids: 0,
        };
        let size = f64::from(bytes) / 1e6;
        self.rows
            .push(Row::new("binary", Unit::Megabytes, once, size).bar(30.0));
        Ok(())
    }

    fn starts(&mut self) -> anyhow::Result<()> {
        let load = Load {
            requests: STARTS,
            connections: 1,
            ids: 0,
        };
        let folder = self.folder.path().join("start");
        let hermes =
            |number: usize| traffic::hermes(&self.hermes, &folder.join(number.to_string()));
        let floor = started_in(|_| traffic::floor(&self.this, &folder.join("floor")))?;
        let fresh = started_in(hermes)?;
        let again = started_in(|_| hermes(0))?;
        for (what, measured) in [
            ("start to healthy", again),
            ("start in an empty folder", fresh),
        ] {
            let row = Row::new(what, Unit::Milliseconds, load, measured);
            self.rows.push(row.bar(30.0).floor(floor));
        }
        Ok(())
    }

    fn load(&mut self) -> anyhow::Result<()> {
        let floor = self.folder.path().join("floor");
        let floor = Process::start(&traffic::floor(&self.this, &floor))?;
        let lowest = self.runtime.block_on(traffic::drive_floor(&floor));
        let lowest = floor.explain(lowest).context("floor")?;
        floor.stop()?;

        let folder = self.folder.path().join("hermes");
        let program = traffic::hermes(&self.hermes, &folder);
        let hermes = Process::start(&program)?;
        let results = self.runtime.block_on(traffic::drive_hermes(&hermes));
        let results = hermes.explain(results)?;
        hermes.stop()?;
        self.rows.extend(load_rows(&results, &lowest));

        let load = Load {
            requests: STARTS,
            connections: 1,
            ids: results.activate.load.ids,
        };
        let loaded = started_in(|_| traffic::hermes(&self.hermes, &folder))?;
        let row = Row::new(
            "start with the load's records",
            Unit::Milliseconds,
            load,
            loaded,
        );
        self.rows.push(row.bar(30.0));
        Ok(())
    }

    fn replies(&mut self) -> anyhow::Result<()> {
        let git = median(replies::git_floor(&self.folder.path().join("git"))?);
        let folder = self.folder.path().join("replies");
        let hermes = Process::start(&replies::hermes(&self.hermes, &folder))?;
        let replies = replies::exchange(&hermes, &folder);
        let replies = hermes.explain(self.runtime.block_on(replies))?;
        hermes.stop()?;
        let load = |requests| Load {
            requests,
            connections: 1,
            ids: SENDERS,
        };
        let awake = load(SENDERS * (MAILS_OF_SENDER - 1));
        let rows = [
            Row::new(
                "mail to reply, awake",
                Unit::Seconds,
                awake,
                median(replies.awake),
            )
            .bar(0.3),
            Row::new(
                "mail to reply, asleep",
                Unit::Seconds,
                load(SENDERS),
                median(replies.asleep),
            )
            .bar(1.0),
        ];
        self.rows.extend(rows.map(|row| row.floor(git)));
        Ok(())
    }
}

/// The median of several starts, of the program of each number, in milliseconds.
fn started_in(program: impl Fn(usize) -> Program) -> anyhow::Result<f64> {
    let mut times = Vec::with_capacity(STARTS);
    for number in 0..STARTS {
        let process = Process::start(&program(number))?;
        times.push(process.started_in.as_secs_f64() * 1000.0);
        process.stop()?;
    }
    Ok(median(times))
}

/// The rows of `design.md` section 9 that come from the load.
fn load_rows(hermes: &Results, floor: &Results) -> Vec<Row> {
    use Unit::{CpuPer1000, Megabytes, Milliseconds, PerSecond};
    let none = Load {
        requests: 0,
        connections: 0,
        ids: 0,
    };
    let (activate, keepalive, mail) = (&hermes.activate, &hermes.keepalive, &hermes.mail);
    let cpu = |what, of: &http::Measured, floor: &http::Measured| {
        Row::new(what, CpuPer1000, of.load, of.cpu_per_1000()).floor(floor.cpu_per_1000())
    };
    vec![
        Row::new("memory, idle", Megabytes, none, hermes.idle_mb)
            .bar(20.0)
            .floor(floor.idle_mb),
        Row::new("memory, after the load", Megabytes, none, hermes.loaded_mb)
            .bar(40.0)
            .floor(floor.loaded_mb),
        cpu("health, CPU per 1000", &hermes.health, &floor.health).bar(0.03),
        cpu("status, CPU per 1000", &hermes.status, &floor.status).bar(0.05),
        cpu("list of 20, CPU per 1000", &hermes.list, &floor.list).bar(0.1),
        cpu("keepalive, CPU per 1000", keepalive, &floor.keepalive).bar(0.08),
        Row::new(
            "keepalive, per second",
            PerSecond,
            keepalive.load,
            keepalive.per_second(),
        )
        .bar(15_000.0)
        .floor(floor.keepalive.per_second()),
        Row::new(
            "keepalive, p99",
            Milliseconds,
            keepalive.load,
            keepalive.p99_ms(),
        )
        .bar(5.0)
        .floor(floor.keepalive.p99_ms()),
        cpu("activate, CPU per 1000", activate, &floor.activate),
        Row::new(
            "activate, per second",
            PerSecond,
            activate.load,
            activate.per_second(),
        )
        .floor(floor.activate.per_second()),
        Row::new(
            "activate, p99",
            Milliseconds,
            activate.load,
            activate.p99_ms(),
        )
        .bar(10.0)
        .floor(floor.activate.p99_ms()),
        // 0.4 ms a mail is 0.4 s for 1000.
        cpu("mail of 10 KB, CPU per 1000", mail, &floor.mail).bar(0.4),
        Row::new(
            "mails accepted, per second",
            PerSecond,
            mail.load,
            mail.per_second(),
        )
        .bar(3_000.0)
        .floor(floor.mail.per_second()),
    ]
}
