//! The load bench: starts the real binary, drives it over loopback, prints one table (`cargo bench --bench load`).
//!
//! It fails when something does not run, not when a number misses its bar. Numbers are for the machine it runs on: read
//! the ratio to the floor, which the same run measures with the same generator on the same disk.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench talks to the person who runs it"
)]

mod aws;
mod floor;
mod http;
mod mails;
mod on_floor;
mod on_hermes;
mod process;
mod replies;
mod table;
mod traffic;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use http::{Load, Measured};
use process::{Process, Program};
use replies::{MAILS_OF_SENDER, SENDERS};
use table::{Row, Unit, median, table};
use traffic::{Pair, Phase, Results};

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
        bench.section("aws", Self::aws);
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
        let folder = self.folder.path().join("hermes");
        let servers = Pair {
            floor: Process::start(&traffic::floor(
                &self.this,
                &self.folder.path().join("floor"),
            ))?,
            hermes: Process::start(&traffic::hermes(&self.hermes, &folder))?,
        };
        let results = self.runtime.block_on(traffic::drive(&servers));
        let results = servers.hermes.explain(results)?;
        servers.floor.stop()?;
        servers.hermes.stop()?;
        self.rows.extend(memory_rows(&results));
        self.rows.extend(
            results
                .phases
                .iter()
                .flat_map(|(phase, pair)| phase_rows(*phase, pair)),
        );

        let load = Load {
            requests: STARTS,
            connections: 1,
            ids: Phase::Activate.load().ids,
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

impl Bench {
    fn aws(&mut self) -> anyhow::Result<()> {
        let Some(emulator) = aws::Emulator::start()? else {
            println!("aws is left out: `cargo test --test aws` installs its emulator");
            return Ok(());
        };
        emulator.provision(&self.hermes)?;
        let folder = self.folder.path().join("aws");
        let load = Load {
            requests: STARTS,
            connections: 1,
            ids: 0,
        };
        let started = started_in(|_| emulator.hermes(&self.hermes, &folder))?;
        let row = Row::new("aws: start to healthy", Unit::Milliseconds, load, started);
        self.rows.push(row.bar(60.0));
        let hermes = Process::start(&emulator.hermes(&self.hermes, &folder))?;
        let rows = hermes.explain(self.runtime.block_on(aws::rows(&hermes)))?;
        self.rows.extend(rows);
        hermes.stop()
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

fn memory_rows(results: &Results) -> [Row; 2] {
    let once = Load {
        requests: 0,
        connections: 0,
        ids: 0,
    };
    let row =
        |what, mb: &Pair<f64>| Row::new(what, Unit::Megabytes, once, mb.hermes).floor(mb.floor);
    [
        row("memory, idle", &results.idle_mb).bar(20.0),
        row("memory, after the load", &results.loaded_mb).bar(40.0),
    ]
}

/// The rows of a phase, with the bars of `design.md` section 9.
fn phase_rows(phase: Phase, pair: &Pair<Measured>) -> Vec<Row> {
    let cpu = |what| row(what, Unit::CpuPer1000, pair, Measured::cpu_per_1000);
    let rate = |what| row(what, Unit::PerSecond, pair, Measured::per_second);
    let p99 = |what| row(what, Unit::Milliseconds, pair, Measured::p99_ms);
    match phase {
        Phase::Health => vec![cpu("health, CPU per 1000").bar(0.03)],
        Phase::Status => vec![cpu("status, CPU per 1000").bar(0.05)],
        Phase::List => vec![cpu("list of 20, CPU per 1000").bar(0.1)],
        Phase::Keepalive => vec![
            cpu("keepalive, CPU per 1000").bar(0.08),
            rate("keepalive, per second").bar(15_000.0),
            p99("keepalive, p99").bar(5.0),
        ],
        Phase::Activate => vec![
            cpu("activate, CPU per 1000"),
            rate("activate, per second"),
            p99("activate, p99").bar(10.0),
        ],
        // 0.4 ms a mail is 0.4 s for 1000.
        Phase::Mail => vec![
            cpu("mail of 10 KB, CPU per 1000").bar(0.4),
            rate("mails accepted, per second").bar(3_000.0),
        ],
    }
}

fn row(what: &'static str, unit: Unit, pair: &Pair<Measured>, of: fn(&Measured) -> f64) -> Row {
    Row::new(what, unit, pair.hermes.load, of(&pair.hermes)).floor(of(&pair.floor))
}
