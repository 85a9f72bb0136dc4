//! From arguments to an exit code.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tracing::warn;

use super::{backup, demo, doctor, explain, serve, worker};
use crate::adapters::system::{SystemClock, SystemEntropy};
use crate::cli::{self, Remote, Terminal, wants_colour};
use crate::config::cli::{Command, Exit, Invocation, KeyCommand, MailTask};
use crate::config::{Environment, Loaded, LogFormat, SettingsFlags, load};
use crate::ports::clock::Clock as _;
use crate::ports::entropy::Entropy as _;
use crate::runtime::{self, Outcome, Signals, init_telemetry, log_panics};

/// What a command knows of the process it runs in.
pub(super) struct Surroundings {
    pub(super) environment: Environment,
    pub(super) folder: PathBuf,
}

/// Why a command ended without doing its work, and with which exit code.
pub(super) struct Stopped {
    exit: Exit,
    message: String,
}

impl Stopped {
    /// Wrong settings: nothing was tried.
    pub(super) fn usage(message: &impl ToString) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.to_string(),
        }
    }

    /// It was tried and failed.
    pub(super) fn failed(error: &anyhow::Error) -> Self {
        Self {
            exit: Exit::Failed,
            message: format!("{error:#}"),
        }
    }
}

impl From<anyhow::Error> for Stopped {
    fn from(error: anyhow::Error) -> Self {
        Self::failed(&error)
    }
}

/// Runs `hermes` with these arguments, program name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let environment = Environment::of_process();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(code) = answer_git(&environment, &arguments) {
        return code;
    }
    let invocation = match Invocation::parse(arguments) {
        Ok(invocation) => invocation,
        Err(told) => {
            // help and version are no errors; a closed pipe is not worth one
            told.print().ok();
            return ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2));
        }
    };
    let folder = std::env::current_dir().unwrap_or_else(|_gone| PathBuf::from("/"));
    let surroundings = Surroundings {
        environment,
        folder,
    };
    match dispatch(invocation, &surroundings) {
        Ok(code) => code,
        Err(stopped) => {
            let mut terminal_error = io::stderr();
            // nobody reads a closed standard error
            io::Write::write_fmt(
                &mut terminal_error,
                format_args!("error: {}\n", stopped.message),
            )
            .ok();
            stopped.exit.into()
        }
    }
}

/// Git starts a program with its question as the only argument: no room for a command there.
fn answer_git(environment: &Environment, arguments: &[OsString]) -> Option<ExitCode> {
    let socket = crate::worker::asks(|name| environment.value(name).map(Into::into))?;
    let [_program, question] = arguments else {
        return None;
    };
    let told = crate::worker::ask(&socket, &question.to_string_lossy());
    Some(told.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}

fn dispatch(invocation: Invocation, surroundings: &Surroundings) -> Result<ExitCode, Stopped> {
    let json = invocation.json;
    match invocation.command {
        Command::Serve { settings } => run_service(&settings, surroundings),
        Command::Demo { exit, settings } => demo::run(&settings, exit, surroundings),
        Command::Worker => worker::run(&surroundings.environment),
        Command::WorkerExec { parent, command } => {
            let error = crate::worker::exec(parent, &command);
            Err(Stopped::failed(
                &anyhow::Error::new(error).context("cannot start the program"),
            ))
        }
        Command::Backup { file, settings } => backup::run(&settings, &file, surroundings),
        Command::Doctor { role, settings } => doctor::doctor(&settings, role, json, surroundings),
        Command::Provision { settings } => doctor::provision(&settings, json, surroundings),
        Command::Mail(MailTask::AtServer(command)) => {
            remote(&Remote::Mail(command), json, surroundings)
        }
        Command::Mail(MailTask::Explain(command)) => explain::run(&command, json, surroundings),
        Command::Session(command) => remote(&Remote::Session(command), json, surroundings),
        Command::Health { client, settings } => {
            remote(&Remote::Health { client, settings }, json, surroundings)
        }
        Command::Key(KeyCommand::New(command)) => {
            let mut random = [0; 32];
            SystemEntropy::open()
                .map_err(|error| Stopped::failed(&error.into()))?
                .fill(&mut random);
            Ok(on_terminal(json, surroundings, |terminal| {
                cli::new_key(&command, random, terminal)
            }))
        }
        Command::Config { settings } => {
            let loaded = settings_of(&settings, surroundings)?;
            Ok(on_terminal(json, surroundings, |terminal| {
                cli::settings(&loaded.provenance, terminal)
            }))
        }
        Command::Completions { shell } => Ok(on_terminal(json, surroundings, |terminal| {
            cli::completions(shell, terminal)
        })),
    }
}

/// The settings, or all that is wrong with them.
pub(super) fn settings_of(
    flags: &SettingsFlags,
    surroundings: &Surroundings,
) -> Result<Loaded, Stopped> {
    load(flags, &surroundings.environment, &surroundings.folder)
        .map_err(|errors| Stopped::usage(&errors))
}

/// Sets up log lines for a long-lived command.
pub(super) fn telemetry(format: LogFormat, filter: &str) -> Result<(), Stopped> {
    let format = match format {
        LogFormat::Pretty => runtime::LogFormat::Pretty,
        LogFormat::Json => runtime::LogFormat::Json,
    };
    init_telemetry(format, filter).map_err(|error| Stopped::usage(&error))?;
    log_panics();
    Ok(())
}

/// The asynchronous runtime of a service.
pub(super) fn service_runtime() -> Result<Runtime, Stopped> {
    Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Stopped::failed(&anyhow::Error::new(error).context("cannot start threads"))
        })
}

fn run_service(flags: &SettingsFlags, surroundings: &Surroundings) -> Result<ExitCode, Stopped> {
    let loaded = settings_of(flags, surroundings)?;
    telemetry(loaded.settings.log_format, &loaded.settings.log_filter)?;
    for warning in &loaded.warnings {
        warn!("{warning}");
    }
    let threads = service_runtime()?;
    let outcome = threads.block_on(async {
        let signals = Signals::of_process()?;
        let (ready, _nobody) = oneshot::channel();
        serve::serve(loaded.settings, &surroundings.environment, signals, ready).await
    });
    // a thread that is stuck in a system call must not hold the exit
    threads.shutdown_background();
    Ok(exit_of(&outcome?))
}

/// A clean stop is success, whoever asked for it.
pub(super) fn exit_of(outcome: &Outcome) -> ExitCode {
    match outcome {
        Outcome::Stopped(_) => ExitCode::SUCCESS,
        Outcome::CutOff { .. } | Outcome::TaskDied { .. } => {
            tracing::error!("{outcome}");
            Exit::Failed.into()
        }
    }
}

fn remote(command: &Remote, json: bool, surroundings: &Surroundings) -> Result<ExitCode, Stopped> {
    let one_thread = Builder::new_current_thread().enable_all().build();
    let one_thread = one_thread.map_err(|error| Stopped::failed(&error.into()))?;
    Ok(on_terminal(json, surroundings, |terminal| {
        let work = cli::run(
            command,
            &surroundings.environment,
            &surroundings.folder,
            terminal,
        );
        one_thread.block_on(work)
    }))
}

/// Hands over the streams of this process.
pub(super) fn on_terminal(
    json: bool,
    surroundings: &Surroundings,
    work: impl FnOnce(&mut Terminal<'_>) -> Exit,
) -> ExitCode {
    let (mut input, mut out, mut err) = (io::stdin(), io::stdout(), io::stderr());
    let colour = wants_colour(&surroundings.environment);
    let now = SystemClock.now();
    let mut terminal = Terminal {
        input: &mut input,
        out: &mut out,
        err: &mut err,
        json,
        colour,
        now,
    };
    work(&mut terminal).into()
}
