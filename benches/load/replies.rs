//! Mail in to reply out, one message at a time: the literal agent on the demo project, with real workers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;

use super::http::{Connection, request};
use super::mails;
use super::process::{Process, Program};
use super::traffic;

/// Senders; the first mail of each finds its container asleep.
pub(crate) const SENDERS: usize = 5;
/// Mails of each sender, each a new thread: more in an hour would look like a loop.
pub(crate) const MAILS_OF_SENDER: usize = 4;
/// Longest wait for a reply.
const REPLY_LIMIT: Duration = Duration::from_secs(20);
/// Between two looks at the outbox.
const LOOK: Duration = Duration::from_millis(1);

/// Milliseconds from mail to reply.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    pub(crate) asleep: Vec<f64>,
    pub(crate) awake: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Accepted {
    command_id: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    state: String,
}

/// Hermes in `folder` with a place for every sender's container.
pub(crate) fn hermes(binary: &Path, folder: &Path) -> Program {
    let mut program = traffic::hermes(binary, folder);
    for (name, value) in &mut program.environment {
        match *name {
            "HERMES_MAX_CONTAINERS" => *value = SENDERS.to_string(),
            "SESSION_TTL" => "30m".clone_into(value),
            _ => {}
        }
    }
    program
}

/// Sends all mails, each after the reply to the one before.
pub(crate) async fn exchange(hermes: &Process, folder: &Path) -> anyhow::Result<Replies> {
    let outbox = folder.join("data/outbox");
    let mut replies = Replies::default();
    for number in 0..MAILS_OF_SENDER {
        for sender in 0..SENDERS {
            let took = one_reply(hermes, &outbox, sender, number).await;
            let took = took.with_context(|| format!("mail {number} of sender {sender}"))?;
            let to = if number == 0 {
                &mut replies.asleep
            } else {
                &mut replies.awake
            };
            to.push(took.as_secs_f64());
        }
    }
    Ok(replies)
}

async fn one_reply(
    hermes: &Process,
    outbox: &Path,
    sender: usize,
    number: usize,
) -> anyhow::Result<Duration> {
    let before = letters(outbox)?;
    let mut bytes = Vec::new();
    let mail = mails::opening_hours(sender, number);
    request(
        &mut bytes,
        hermes.address(),
        "POST /hermes/api/mail",
        "message/rfc822",
        &mail,
    );
    let mut connection = Connection::open(hermes.address()).await?;
    let begun = Instant::now();
    let answer = connection.call(&bytes).await?;
    answer.expect(202)?;
    let Accepted { command_id } = answer.json()?;
    let command_id = command_id.context("the mail was accepted without a command")?;
    let reply = loop {
        if let Some(reply) = letters(outbox)?.difference(&before).next() {
            break reply.clone();
        }
        if begun.elapsed() > REPLY_LIMIT {
            bail!("no reply within {REPLY_LIMIT:?}");
        }
        tokio::time::sleep(LOOK).await;
    };
    let took = begun.elapsed();
    let id = mails::reply_id(sender, number);
    ensure!(
        std::fs::read_to_string(&reply)?.contains(&id),
        "the reply does not name {id}"
    );
    let line = format!("GET /hermes/api/commands/{command_id}");
    request(&mut bytes, hermes.address(), &line, "", b"");
    let answer = connection.call(&bytes).await?;
    answer.expect(200)?;
    let Asked { state } = answer.json()?;
    ensure!(state == "succeeded", "the command is {state}");
    Ok(took)
}

fn letters(outbox: &Path) -> std::io::Result<BTreeSet<PathBuf>> {
    let entries = match std::fs::read_dir(outbox) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    let paths = entries.map(|entry| Ok(entry?.path()));
    paths
        .filter(|path: &std::io::Result<PathBuf>| {
            path.as_ref().map_or(true, |path| {
                path.extension().is_some_and(|end| end == "eml")
            })
        })
        .collect()
}

/// Seconds of the git calls that a change cannot do without: fetch, worktree, add, commit, push.
pub(crate) fn git_floor(folder: &Path) -> anyhow::Result<Vec<f64>> {
    std::fs::create_dir_all(folder)?;
    let seed = "init -q -b main seed";
    git(folder, seed)?;
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo-site");
    for entry in std::fs::read_dir(site)? {
        let entry = entry?;
        std::fs::copy(entry.path(), folder.join("seed").join(entry.file_name()))?;
    }
    git(folder, "-C seed add -A")?;
    git(folder, "-C seed commit -q -m seed")?;
    git(folder, "clone -q --bare seed origin.git")?;
    git(folder, "clone -q --no-checkout origin.git work")?;
    let mut times = Vec::new();
    for thread in 0..MAILS_OF_SENDER {
        let begun = Instant::now();
        git(folder, "-C work fetch -q origin")?;
        git(
            folder,
            &format!("-C work worktree add -q -b t{thread} ../t{thread} origin/main"),
        )?;
        std::fs::write(folder.join(format!("t{thread}/index.html")), "changed")?;
        git(folder, &format!("-C t{thread} add -A"))?;
        git(folder, &format!("-C t{thread} commit -q -m change"))?;
        git(folder, &format!("-C t{thread} push -q origin t{thread}"))?;
        times.push(begun.elapsed().as_secs_f64());
    }
    Ok(times)
}

fn git(folder: &Path, arguments: &str) -> anyhow::Result<()> {
    let output = Command::new("git")
        .args(["-c", "user.name=bench", "-c", "user.email=bench@localhost"])
        .args(arguments.split(' '))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .current_dir(folder)
        .output()
        .context("start git")?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "git {arguments}: {error}");
    Ok(())
}
