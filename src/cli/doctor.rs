//! What doctor found and provision made, for people and for programs.

use std::io;

use serde::Serialize;
use serde_json::json;

use crate::config::cli::Exit;
use crate::domain::check::{Check, CheckState, Step, StepState};

use super::screen::{Cell, Style, Table, Terminal};
use super::server::{Failure, report};

/// The checks of one topic.
#[derive(Debug, Clone)]
pub struct Findings {
    /// Such as `account`.
    pub topic: &'static str,
    /// Its rows.
    pub checks: Vec<Check>,
}

/// A row for programs.
#[derive(Serialize)]
struct Row<'a> {
    topic: &'static str,
    #[serde(flatten)]
    check: &'a Check,
}

/// Says how far the round is, in one line that the next one replaces; only for a person's terminal.
pub fn doctor_progress(done: usize, total: usize, terminal: &mut Terminal<'_>) {
    let line = if done < total {
        format!("\r\u{1b}[Klooked at {done} of {total} topics ...")
    } else {
        "\r\u{1b}[K".to_owned()
    };
    // nobody reads a closed standard error
    write!(terminal.err, "{line}")
        .and_then(|()| terminal.err.flush())
        .ok();
}

/// `hermes doctor`: prints what was found. Anything wrong is a failure.
pub fn doctor(findings: &[Findings], terminal: &mut Terminal<'_>) -> Exit {
    let count = |state| {
        let checks = findings.iter().flat_map(|found| &found.checks);
        checks.filter(|check| check.state == state).count()
    };
    let [ok, wrong, unknown] = [CheckState::Ok, CheckState::Wrong, CheckState::Unknown].map(count);
    let told = if terminal.json {
        let rows = findings.iter().flat_map(|found| {
            let topic = found.topic;
            let checks = found.checks.iter();
            checks.map(move |check| Row { topic, check })
        });
        let rows: Vec<Row<'_>> = rows.collect();
        terminal.line(json!({ "ok": ok, "wrong": wrong, "unknown": unknown, "checks": rows }))
    } else {
        print_checks(findings, terminal).and_then(|()| {
            let counts = format!("{ok} ok, {wrong} wrong, {unknown} unknown");
            let style = if wrong > 0 { Style::Bad } else { Style::Good };
            terminal.line("")?;
            terminal.line(terminal.paint(style, &counts))
        })
    };
    let exit = if wrong > 0 { Exit::Failed } else { Exit::Done };
    ended(told, exit, terminal)
}

fn print_checks(findings: &[Findings], terminal: &mut Terminal<'_>) -> io::Result<()> {
    let mut table = Table::new(["STATE", "CHECK", "FOUND"]);
    for check in findings.iter().flat_map(|found| &found.checks) {
        let style = match check.state {
            CheckState::Ok => Style::Good,
            CheckState::Wrong => Style::Bad,
            CheckState::Unknown => Style::Notice,
        };
        table.push([
            Cell::new(&check.state.to_string()).styled(style),
            Cell::new(&check.name),
            Cell::new(&check.detail),
        ]);
        if let Some(fix) = &check.fix {
            let fix = Cell::new(&format!("fix: {fix}")).styled(Style::Strong);
            table.push([Cell::new(""), Cell::new(""), fix]);
        }
    }
    table.print(terminal)
}

/// `hermes provision`: prints one step as soon as it is done; with `--json` all come at the end.
pub fn provision_step(step: &Step, terminal: &mut Terminal<'_>) {
    if terminal.json {
        return;
    }
    let style = match step.state {
        StepState::Made => Style::Good,
        StepState::WasThere => Style::Faint,
        StepState::Differs | StepState::Failed => Style::Bad,
    };
    let state = format!("{:<9}", step.state.to_string());
    let mut line = format!(
        "{}  {}",
        terminal.paint(style, &state),
        Cell::new(&step.name)
    );
    if !step.detail.is_empty() {
        line = format!("{line}: {}", Cell::new(&step.detail));
    }
    if let Some(fix) = &step.fix {
        line = format!("{line} (fix: {})", Cell::new(fix));
    }
    // a closed standard output is found out at the end
    terminal.line(line).ok();
}

/// The end of `hermes provision`.
pub fn provision(steps: &[Step], terminal: &mut Terminal<'_>) -> Exit {
    let told = if terminal.json {
        terminal.line(json!({ "steps": steps }))
    } else {
        let made = steps.iter().filter(|step| step.state == StepState::Made);
        let made = made.count();
        terminal.line(format_args!("{made} made, {} in all", steps.len()))
    };
    let good = |step: &Step| matches!(step.state, StepState::Made | StepState::WasThere);
    let exit = if steps.iter().all(good) {
        Exit::Done
    } else {
        Exit::Failed
    };
    ended(told, exit, terminal)
}

fn ended(told: io::Result<()>, exit: Exit, terminal: &mut Terminal<'_>) -> Exit {
    match told {
        Ok(()) => exit,
        Err(error) => report(&Failure::from(error), terminal),
    }
}
