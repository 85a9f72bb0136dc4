//! The aws backend over an emulator: only what Hermes itself costs, for the emulator is slower than AWS.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};

use super::http::{Load, Measured};
use super::on_hermes::OnHermes;
use super::process::{Process, Program};
use super::table::{Row, Unit};
use super::traffic::{self, Phase};

/// A twentieth of the load: an emulator answers some hundred calls a second.
const PART: usize = 20;
/// In the order of the run. Keepalive three times, as on one machine.
const RUN: [Phase; 7] = [
    Phase::Activate,
    Phase::Status,
    Phase::List,
    Phase::Keepalive,
    Phase::Keepalive,
    Phase::Keepalive,
    Phase::Mail,
];

/// A running emulator; it ends with its standard input.
pub(crate) struct Emulator {
    endpoint: String,
    _process: Child,
}

impl Emulator {
    /// Starts the emulator that the tests have installed; `None` when they have not.
    pub(crate) fn start() -> anyhow::Result<Option<Self>> {
        let python = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-emulator/bin/python");
        if !python.exists() {
            return Ok(None);
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/aws/support/emulator.py");
        let mut process = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("start the emulator")?;
        let mut port = String::new();
        let output = process.stdout.take().context("no output")?;
        BufReader::new(output).read_line(&mut port)?;
        Ok(Some(Self {
            endpoint: format!("http://127.0.0.1:{}", port.trim()),
            _process: process,
        }))
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let store = "s3://bench-previews/{clientHash}/{projectId}/{sessionId}/";
        [
            ("AWS_ACCESS_KEY_ID", "111122223333"), // an account of its own
            ("AWS_SECRET_ACCESS_KEY", "bench"),
            ("AWS_REGION", "us-west-2"),
            ("AWS_ENDPOINT_URL", &self.endpoint),
            ("HERMES_BACKEND", "aws"),
            ("HERMES_MAIL_ADDRESS", "edit@bench.example"),
            ("HERMES_MAIL_STORE", "s3://bench-mail/in/"),
            ("HERMES_PREVIEW_STORE", store),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into()
    }

    /// Hermes over it, accepting only.
    pub(crate) fn hermes(&self, binary: &Path, folder: &Path) -> Program {
        let mut program = traffic::hermes(binary, folder);
        program.environment.extend(self.environment());
        program
    }

    /// Makes tables, queues and buckets.
    pub(crate) fn provision(&self, binary: &PathBuf) -> anyhow::Result<()> {
        let output = Command::new(binary)
            .arg("provision")
            .envs(self.environment())
            .stdin(Stdio::null())
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "hermes provision failed: {said}");
        Ok(())
    }
}

/// Drives all phases, and answers the rows with the bars of `design.md` section 9.
pub(crate) async fn rows(hermes: &Process) -> anyhow::Result<Vec<Row>> {
    let idle = hermes.resident_mb()?;
    let mut on_hermes = OnHermes::new(hermes, PART);
    let mut measured: Vec<(Phase, Measured)> = Vec::new();
    for phase in RUN {
        let now = on_hermes.run(phase).await;
        let now = now.with_context(|| format!("{phase:?} on aws"))?;
        match measured.iter_mut().find(|(known, _)| *known == phase) {
            Some((_, so_far)) => *so_far = so_far.clone().and(now),
            None => measured.push((phase, now)),
        }
    }
    let once = Load {
        requests: 0,
        connections: 0,
        ids: 0,
    };
    let loaded = hermes.resident_mb()?;
    let mut rows = vec![
        Row::new("aws: memory, idle", Unit::Megabytes, once, idle).bar(20.0),
        Row::new("aws: memory, after the load", Unit::Megabytes, once, loaded).bar(40.0),
    ];
    rows.extend(measured.iter().filter_map(|(phase, of)| row(*phase, of)));
    Ok(rows)
}

fn row(phase: Phase, of: &Measured) -> Option<Row> {
    let row = |what| Row::new(what, Unit::CpuPer1000, of.load, of.cpu_per_1000());
    match phase {
        Phase::Health => None,
        Phase::Status => Some(row("aws: status, CPU per 1000").bar(0.25)),
        Phase::List => Some(row("aws: list of 20, CPU per 1000").bar(0.5)),
        Phase::Keepalive => Some(row("aws: keepalive, CPU per 1000").bar(0.35)),
        Phase::Activate => Some(row("aws: activate, CPU per 1000")),
        Phase::Mail => Some(row("aws: mail of 10 KB, CPU per 1000")),
    }
}
