//! The agent `program`: any command that reads an instruction on standard input.

use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::task::{Agent, AgentOutcome, AgentTask};
use crate::worker::config::WorkerConfig;
use crate::worker::inbox;
use crate::worker::process::{self, Bounds, End, Finished, Sandbox};

/// Runs one program for each instruction. What it prints last is the summary.
pub(super) struct Program {
    argv: Vec<String>,
    sandbox: Sandbox,
    bounds: Bounds,
}

/// Lines of output that make the summary.
const SUMMARY_LINES: usize = 12;
const OUTPUT_LIMIT: usize = 4 * 1024;

impl Program {
    pub(super) fn new(config: &WorkerConfig, argv: &[String]) -> Self {
        Self {
            argv: argv.to_vec(),
            sandbox: Sandbox::new(config),
            bounds: Bounds {
                time: config.command_timeout,
                silence: Some(config.timings.silence),
                grace: config.timings.grace,
                output: OUTPUT_LIMIT,
            },
        }
    }

    fn judge(&self, finished: Finished) -> AgentOutcome {
        let failed = |message| AgentOutcome::failed("agent_failed", message);
        match finished.end {
            End::Exited(Some(0)) => AgentOutcome::Done {
                summary: finished.stdout.into_text(SUMMARY_LINES),
            },
            End::Exited(_) => {
                let said = finished.log.into_text(SUMMARY_LINES);
                failed(
                    format!("The editor ended with an error.\n\n{said}")
                        .trim_end()
                        .to_owned(),
                )
            }
            End::TimedOut => failed(stopped("took longer than", self.bounds.time)),
            End::Silent => failed(stopped(
                "said nothing for",
                self.bounds.silence.unwrap_or_default(),
            )),
            End::Cancelled => AgentOutcome::Interrupted,
        }
    }
}

fn stopped(why: &str, limit: Duration) -> String {
    let limit = humantime::format_duration(limit);
    format!("The editor {why} {limit} and was stopped.")
}

#[async_trait]
impl Agent for Program {
    async fn run(&self, task: &AgentTask<'_>, cancel: &CancellationToken) -> AgentOutcome {
        let mut launch =
            self.sandbox
                .launch(&self.argv, task.files.path(), prompt(task).into_bytes());
        if let Some(inbox) = task.inbox {
            launch
                .environment
                .push(("HERMES_INBOX".into(), inbox.into()));
        }
        match process::run(launch, self.bounds, cancel).await {
            Ok(finished) => self.judge(finished),
            Err(error) => AgentOutcome::failed(
                "agent_failed",
                format!("The editor could not be started: {error}."),
            ),
        }
    }
}

/// The instruction, behind what was stopped for it (C16) and the files that came with it.
fn prompt(task: &AgentTask<'_>) -> String {
    let mut before = String::new();
    if let Some(stopped) = &task.context.interrupted {
        before = format!(
            "The instruction before this one was interrupted and may be half done:\n\n{}\n\n",
            stopped.instruction
        );
    }
    let files = inbox::listing(task.context);
    if !files.is_empty() {
        before.extend([files.as_str(), "\n"]);
    }
    if !before.is_empty() {
        before.push_str("The instruction now:\n\n");
    }
    format!("{before}{}\n", task.instruction)
}
