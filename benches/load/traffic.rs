//! The load: the same phases against Hermes and against the floor.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use super::floor::SESSIONS_OF_CLIENT;
use super::http::{Answer, Load, Measured, drive, request};
use super::mails;
use super::process::{Process, Program};

const CONNECTIONS: usize = 32;
const SESSIONS: usize = 20_000;
/// How often each session is kept alive.
const KEEPALIVE_PASSES: usize = 3;
/// `SESSION_TTL`. A keepalive is written when it gains more than 5 % of it.
const SESSION_TTL: Duration = Duration::from_mins(1);
/// 5 % of [`SESSION_TTL`], a second because expiry counts whole ones, and a little more.
const DUE_AFTER: Duration = Duration::from_millis(4_500);
/// A prime that walks all sessions in an order that no cache likes.
const STRIDE: usize = 7_919;
/// Until what the start has left to do in the background is done.
const SETTLE: Duration = Duration::from_secs(1);

const fn load(requests: usize, ids: usize) -> Load {
    Load {
        requests,
        connections: CONNECTIONS,
        ids,
    }
}

/// What the load measured on one server.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) idle_mb: f64,
    pub(crate) loaded_mb: f64,
    pub(crate) health: Measured,
    pub(crate) activate: Measured,
    pub(crate) status: Measured,
    pub(crate) list: Measured,
    pub(crate) keepalive: Measured,
    pub(crate) mail: Measured,
}

/// Hermes in `folder`, accepting only.
pub(crate) fn hermes(binary: &Path, folder: &Path) -> Program {
    Program {
        binary: binary.to_owned(),
        arguments: vec!["serve".to_owned()],
        environment: vec![
            ("HOST", "127.0.0.1".to_owned()),
            ("HERMES_DATA_DIR", folder.join("data").display().to_string()),
            ("HERMES_MAX_CONTAINERS", "0".to_owned()),
            ("SESSION_TTL", format!("{}s", SESSION_TTL.as_secs())),
            ("LOG_FORMAT", "json".to_owned()),
        ],
        folder: folder.to_owned(),
        health: "/hermes/health",
    }
}

/// The floor in `folder`: this program again.
pub(crate) fn floor(binary: &Path, folder: &Path) -> Program {
    Program {
        binary: binary.to_owned(),
        arguments: vec!["floor".to_owned(), folder.display().to_string()],
        environment: Vec::new(),
        folder: folder.to_owned(),
        health: "/health",
    }
}

/// Drives the floor through all phases.
pub(crate) async fn drive_floor(floor: &Process) -> anyhow::Result<Results> {
    tokio::time::sleep(SETTLE).await;
    let idle_mb = floor.resident_mb()?;
    let call = |line: fn(usize) -> String| {
        move |number: usize, into: &mut Vec<u8>| {
            request(into, floor.address(), &line(number), "", b"");
        }
    };
    let ok = |_: usize, answer: Answer<'_>| answer.expect(200);
    let everything = load(SESSIONS, SESSIONS);
    let post = call(|n| format!("POST /records/{}", scatter(n)));
    let health = drive(
        floor,
        load(SESSIONS, 0),
        call(|_| "GET /health".to_owned()),
        ok,
    )
    .await?;
    let activate = drive(
        floor,
        everything,
        call(|n| format!("POST /records/{n}")),
        ok,
    )
    .await?;
    let status = call(|n| format!("GET /records/{}", scatter(n)));
    let status = drive(floor, everything, status, ok).await?;
    let list = call(|n| format!("GET /clients/{}", n % (SESSIONS / SESSIONS_OF_CLIENT)));
    let list = drive(floor, LIST, list, ok).await?;
    let mut keepalive = drive(floor, everything, &post, ok).await?;
    for _ in 1..KEEPALIVE_PASSES {
        keepalive = keepalive.and(drive(floor, everything, &post, ok).await?);
    }
    let mail = |n: usize, into: &mut Vec<u8>| {
        request(
            into,
            floor.address(),
            "POST /mails",
            MAIL_TYPE,
            &mails::of_10_kb(n),
        );
    };
    let mail = drive(floor, MAIL, mail, ok).await?;
    Ok(Results {
        idle_mb,
        loaded_mb: floor.resident_mb()?,
        health,
        activate,
        status,
        list,
        keepalive,
        mail,
    })
}

const MAIL_TYPE: &str = "message/rfc822";
const MAIL: Load = load(10_000, 10_000);
const LIST: Load = load(5_000, SESSIONS / SESSIONS_OF_CLIENT);

fn scatter(number: usize) -> usize {
    number * STRIDE % SESSIONS
}

/// A session of the load, and its expiry as last answered.
#[derive(Debug, Clone, Default)]
struct Opened {
    session_id: String,
    ttl: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Activated {
    session_id: String,
    ttl: i64,
}

#[derive(Deserialize)]
struct KeptAlive {
    ttl: i64,
}

#[derive(Deserialize)]
struct Accepted {
    verdict: String,
    duplicate: bool,
}

/// Drives Hermes through all phases; each checks that it was answered as it should be.
pub(crate) async fn drive_hermes(hermes: &Process) -> anyhow::Result<Results> {
    tokio::time::sleep(SETTLE).await;
    let idle_mb = hermes.resident_mb()?;
    let phases = Phases {
        hermes,
        sessions: Mutex::new(vec![Opened::default(); SESSIONS]),
    };
    let health = phases.health().await.context("health")?;
    let activate = phases.activate().await.context("activate")?;
    let written = Instant::now();
    let status = phases.status().await.context("status")?;
    let list = phases.list().await.context("list")?;
    let mut keepalive = phases.keepalive(written).await.context("keepalive")?;
    for _ in 1..KEEPALIVE_PASSES {
        let again = phases.keepalive(Instant::now()).await;
        keepalive = keepalive.and(again.context("keepalive")?);
    }
    let mail = phases.mail().await.context("mail")?;
    Ok(Results {
        idle_mb,
        loaded_mb: hermes.resident_mb()?,
        health,
        activate,
        status,
        list,
        keepalive,
        mail,
    })
}

struct Phases<'a> {
    hermes: &'a Process,
    sessions: Mutex<Vec<Opened>>,
}

impl Phases<'_> {
    /// Reads or changes one session of the load.
    fn session<T>(&self, number: usize, run: impl FnOnce(&mut Opened) -> T) -> anyhow::Result<T> {
        let mut sessions = self.sessions.lock().ok().context("poisoned")?;
        sessions.get_mut(number).map(run).context("no such session")
    }

    fn call(&self, into: &mut Vec<u8>, method: &str, path: &str) {
        let line = format!("{method} /hermes{path}");
        request(into, self.hermes.address(), &line, "", b"");
    }

    /// Writes a request about a session of the load.
    fn call_session(&self, into: &mut Vec<u8>, method: &str, number: usize, what: &str) {
        let id = self.session(number, |opened| opened.session_id.clone());
        let id = id.unwrap_or_default(); // answered 404, which ends the phase
        self.call(into, method, &format!("/api/sessions/{id}/{what}"));
    }

    async fn health(&self) -> anyhow::Result<Measured> {
        let make = |_: usize, into: &mut Vec<u8>| self.call(into, "GET", "/health");
        let check = |_: usize, answer: Answer<'_>| answer.expect(200);
        drive(self.hermes, load(SESSIONS, 0), make, check).await
    }

    /// Opens all sessions: [`SESSIONS_OF_CLIENT`] for each client, each of a user of its own.
    async fn activate(&self) -> anyhow::Result<Measured> {
        let make = |number: usize, into: &mut Vec<u8>| {
            let (client, user) = (number / SESSIONS_OF_CLIENT, number % SESSIONS_OF_CLIENT);
            let body = format!(
                r#"{{"clientId":"client-{client}","userId":"user-{user}","projectId":"demo","instruction":"Please replace \"8 am to 5 pm\" with \"7 am to 6 pm\" on the home page."}}"#
            );
            let line = "POST /hermes/api/sessions/activate";
            request(
                into,
                self.hermes.address(),
                line,
                "application/json",
                body.as_bytes(),
            );
        };
        let check = |number: usize, answer: Answer<'_>| {
            answer.expect(201)?;
            let Activated { session_id, ttl } = answer.json()?;
            self.session(number, |opened| *opened = Opened { session_id, ttl })
        };
        drive(self.hermes, load(SESSIONS, SESSIONS), make, check).await
    }

    async fn status(&self) -> anyhow::Result<Measured> {
        let make =
            |n: usize, into: &mut Vec<u8>| self.call_session(into, "GET", scatter(n), "status");
        let check = |_: usize, answer: Answer<'_>| answer.expect(200);
        drive(self.hermes, load(SESSIONS, SESSIONS), make, check).await
    }

    async fn list(&self) -> anyhow::Result<Measured> {
        let make = |number: usize, into: &mut Vec<u8>| {
            let client = number % (SESSIONS / SESSIONS_OF_CLIENT);
            self.call(
                into,
                "GET",
                &format!("/api/sessions/client/client-{client}"),
            );
        };
        let check = |number: usize, answer: Answer<'_>| {
            answer.expect(200)?;
            if number == 0 {
                let listed = answer.json::<Vec<serde::de::IgnoredAny>>()?.len();
                ensure!(
                    listed == SESSIONS_OF_CLIENT,
                    "{listed} sessions were listed"
                );
            }
            Ok(())
        };
        drive(self.hermes, LIST, make, check).await
    }

    /// Keeps every session alive once, when each is due for its write.
    async fn keepalive(&self, written: Instant) -> anyhow::Result<Measured> {
        tokio::time::sleep(DUE_AFTER.saturating_sub(written.elapsed())).await;
        let make = |n: usize, into: &mut Vec<u8>| {
            self.call_session(into, "POST", scatter(n), "keepalive");
        };
        let check = |n: usize, answer: Answer<'_>| {
            answer.expect(200)?;
            let KeptAlive { ttl } = answer.json()?;
            let before =
                self.session(scatter(n), |opened| std::mem::replace(&mut opened.ttl, ttl))?;
            ensure!(
                ttl > before,
                "nothing was written: ttl was {before} and is {ttl}"
            );
            Ok(())
        };
        drive(self.hermes, load(SESSIONS, SESSIONS), make, check).await
    }

    async fn mail(&self) -> anyhow::Result<Measured> {
        let make = |number: usize, into: &mut Vec<u8>| {
            let line = "POST /hermes/api/mail";
            request(
                into,
                self.hermes.address(),
                line,
                MAIL_TYPE,
                &mails::of_10_kb(number),
            );
        };
        let check = |_: usize, answer: Answer<'_>| {
            answer.expect(202)?;
            let Accepted { verdict, duplicate } = answer.json()?;
            ensure!(
                verdict == "instruct" && !duplicate,
                "{verdict}, duplicate: {duplicate}"
            );
            Ok(())
        };
        drive(self.hermes, MAIL, make, check).await
    }
}
