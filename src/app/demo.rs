//! `hermes demo`: a mail changes a website, before your eyes.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::run::{Stopped, Surroundings, exit_of, service_runtime, settings_of, telemetry};
use super::serve::{Running, serve};
use crate::adapters::system::{SystemClock, SystemEntropy};
use crate::cli::{Server, narrate, send_mail};
use crate::config::cli::{ClientFlags, Exit, load_client};
use crate::config::{MailOut, Settings, SettingsFlags, Source};
use crate::domain::access::Scope;
use crate::domain::event::EventKind;
use crate::domain::ids::{SessionId, hex};
use crate::domain::mail::{LetterKind, parse};
use crate::domain::project::{Project, ProjectRepo};
use crate::ports::clock::Clock as _;
use crate::ports::entropy::Entropy as _;
use crate::runtime::{Signal, SignalSender, Signals};

/// The mail that is sent; its Date, To and Message-ID are put in when it is.
const MAIL: &str = include_str!("../../config/demo-mail.eml");
/// A first start also makes the sample site's repository; seconds on a slow disk.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs the service and the demo in it. With `exit` it ends after the answer.
pub(super) fn run(
    flags: &SettingsFlags,
    exit: bool,
    surroundings: &Surroundings,
) -> Result<ExitCode, Stopped> {
    let loaded = settings_of(flags, surroundings)?;
    let settings = loaded.settings;
    let chosen = loaded
        .provenance
        .settings()
        .iter()
        .any(|o| o.name == "RUST_LOG" && o.source != Source::Default);
    telemetry(
        settings.log_format,
        if chosen { &settings.log_filter } else { "warn" },
    )?;
    if settings.max_containers == 0 {
        return Err(Stopped::usage(
            &"HERMES_MAX_CONTAINERS=0 only accepts messages; the demo needs at least 1",
        ));
    }
    let threads = service_runtime()?;
    let ended = threads.block_on(perform(settings, exit, surroundings));
    threads.shutdown_background();
    ended
}

async fn perform(
    settings: Settings,
    exit: bool,
    surroundings: &Surroundings,
) -> Result<ExitCode, Stopped> {
    let (sender, signals) = Signals::channel();
    let (ready, running) = oneshot::channel();
    let serving = serve(settings.clone(), &surroundings.environment, signals, ready);
    let script = async {
        let Ok(running) = running.await else {
            return Told::Nothing;
        };
        let told = tokio::select! {
            told = tell(&settings, &running, surroundings) => match told {
                Ok(()) => Told::All,
                Err(error) => Told::Failed(error),
            },
            signal = next_signal() => Told::Interrupted(signal),
        };
        wait(&told, exit, &sender, &running).await;
        told
    };
    let (outcome, told) = tokio::join!(serving, script);
    let outcome = outcome?;
    match told {
        Told::Failed(error) => Err(Stopped::failed(&error.context("the demo did not work"))),
        Told::Interrupted(Signal::Interrupt) => Ok(Exit::Interrupted.into()),
        Told::All | Told::Nothing | Told::Interrupted(Signal::Terminate) => Ok(exit_of(&outcome)),
    }
}

/// How far the demo came.
enum Told {
    All,
    Failed(anyhow::Error),
    Interrupted(Signal),
    Nothing,
}

/// Serves on until somebody asks for the end, then asks the service to stop.
async fn wait(told: &Told, exit: bool, sender: &SignalSender, running: &Running) {
    let signal = match told {
        Told::All if !exit => {
            say(&format!(
                "\nServing on {}. Write another mail with `hermes mail send FILE`, or end with Ctrl-C.",
                running.url
            ));
            next_signal().await
        }
        Told::Interrupted(signal) => *signal,
        Told::All | Told::Failed(_) | Told::Nothing => Signal::Terminate,
    };
    sender.send(signal);
}

async fn next_signal() -> Signal {
    match Signals::of_process() {
        Ok(mut signals) => signals.recv().await,
        Err(_) => std::future::pending().await,
    }
}

/// Sends the mail and tells what happens until the answer is there.
async fn tell(
    settings: &Settings,
    running: &Running,
    surroundings: &Surroundings,
) -> anyhow::Result<()> {
    let project = demo_project(running)?;
    let flags = ClientFlags::default();
    let mut client = load_client(
        &flags,
        &SettingsFlags::default(),
        &surroundings.environment,
        &surroundings.folder,
    )?;
    client.server = format!("http://localhost:{}", running.address.port());
    let server = Server::new(client).map_err(|failure| anyhow::anyhow!("{failure}"))?;
    let mail = letter(settings, &project)?;
    say(&format!(
        "Hermes runs at {}. A mail comes in:\n",
        running.url
    ));
    say(&indented(body_of(&mail)));
    let sent = send_mail(&server, mail.into_bytes())
        .await
        .map_err(|failure| anyhow::anyhow!("{failure}"))?;
    say(&format!(
        "  accepted          {} ({})",
        sent.journal_id,
        sent.verdict.as_str()
    ));
    let Some(session) = sent.session_id else {
        bail!(
            "the mail was not accepted as an instruction: {}",
            sent.verdict.as_str()
        )
    };
    let told = timeout(PATIENCE, follow(running, &session)).await;
    told.with_context(|| format!("no answer after {} s", PATIENCE.as_secs()))??;
    let view = running.sessions.status(&Scope::All, &session).await?;
    let command = view.command.context("the session has no command")?;
    if let MailOut::Folder(folder) = &settings.mail_out {
        show_answer(&folder.join(format!("{}.eml", command.command_id)))?;
    }
    say(&format!("\nPreview: {}", view.session.preview_url));
    if command.state != crate::domain::command::CommandState::Succeeded {
        bail!("the command ended as {}", command.state.as_str());
    }
    Ok(())
}

fn demo_project(running: &Running) -> anyhow::Result<Project> {
    let all = running.projects.all();
    let demo = all
        .iter()
        .find(|project| project.repo == ProjectRepo::Demo && project.open);
    let demo = demo.context("no open project with repo = \"builtin:demo\": the demo needs the one of the shipped config/projects.toml (HERMES_PROJECTS)")?;
    Ok((**demo).clone())
}

/// The shipped mail as a new one: for this project, of now, with an id of its own.
fn letter(settings: &Settings, project: &Project) -> anyhow::Result<String> {
    let entropy = SystemEntropy::open()?;
    let id = hex(&entropy.bits().0);
    let (local, domain) = settings
        .mail_address
        .split_once('@')
        .context("HERMES_MAIL_ADDRESS")?;
    let to = format!("To: {local}+{}@{domain}", project.id);
    let (headers, body) = MAIL
        .split_once("\n\n")
        .context("the shipped mail has no body")?;
    let headers = headers
        .lines()
        .map(|line| match line.split_once(':').map(|(name, _)| name) {
            Some("To") => to.clone(),
            Some("Date") => format!("Date: {}", SystemClock.now().rfc5322()),
            Some("Message-ID") => format!("Message-ID: <demo.{id}@example.com>"),
            _ => line.to_owned(),
        });
    Ok(format!(
        "{}\n\n{body}",
        headers.collect::<Vec<_>>().join("\n")
    ))
}

fn body_of(mail: &str) -> &str {
    mail.split_once("\n\n").map_or("", |(_, body)| body)
}

/// Tells the session's events until its answer was sent.
async fn follow(running: &Running, session: &SessionId) -> anyhow::Result<()> {
    let mut news = running.nudges.events();
    let mut after = 0;
    loop {
        let page = running
            .sessions
            .events(&Scope::All, session, after, 100)
            .await?;
        for event in page.events {
            after = event.sequence;
            let kind = &event.draft.kind;
            say(&format!("  {:<18} {}", kind.name(), narrate(kind)));
            if let EventKind::CommandSucceeded {
                git_commit: Some(commit),
                ..
            } = kind
            {
                say(&format!(
                    "  {:<18} {commit} on branch thread-{}",
                    "commit", event.draft.thread_id
                ));
            }
            if is_answer(kind) {
                return Ok(());
            }
            if matches!(kind, EventKind::ReplyFailed { .. }) {
                bail!("the answer could not be sent");
            }
        }
        // lagging behind only means that there is something to read
        let _news = timeout(Duration::from_secs(1), news.recv()).await;
    }
}

/// Whether the outcome is out; a note on the way is not.
fn is_answer(event: &EventKind) -> bool {
    let notes = LetterKind::ALL.into_iter().filter(|kind| kind.is_note());
    let is_note = |sent: &str| notes.clone().any(|kind| kind.as_str() == sent);
    matches!(event, EventKind::ReplySent { kind, .. } if !is_note(kind))
}

fn show_answer(file: &Path) -> anyhow::Result<()> {
    let raw = std::fs::read(file)
        .with_context(|| format!("cannot read the answer {}", file.display()))?;
    let mail = parse(&raw)?;
    say(&format!("\nThe answer, in {}:\n", file.display()));
    say(&indented(&format!(
        "Subject: {}\n\n{}",
        mail.subject, mail.body.text
    )));
    Ok(())
}

fn indented(text: &str) -> String {
    let lines = text.trim_end().lines();
    lines
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("    {line}")
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
        + "\n"
}

/// Prints a line. A reader that has gone away does not stop the demo.
fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}
