//! The phases of the load on Hermes.

use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use super::http::{Answer, Measured, drive, request};
use super::mails;
use super::process::Process;
use super::traffic::{DUE_AFTER, Phase, SESSIONS_OF_CLIENT};

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

/// Hermes, and the sessions that the load has opened there.
pub(crate) struct OnHermes<'a> {
    hermes: &'a Process,
    /// The part of every phase's load that is sent.
    part: usize,
    sessions: Mutex<Vec<Opened>>,
    /// When the sessions were last written.
    written: Instant,
}

impl<'a> OnHermes<'a> {
    /// Without any session yet; `part` 1 sends everything, 10 a tenth.
    pub(crate) fn new(hermes: &'a Process, part: usize) -> Self {
        let sessions = vec![Opened::default(); Phase::Activate.load().part(part).ids];
        Self {
            hermes,
            part,
            sessions: Mutex::new(sessions),
            written: Instant::now(),
        }
    }

    /// Sends one phase. A keepalive waits until every session is due for its write.
    pub(crate) async fn run(&mut self, phase: Phase) -> anyhow::Result<Measured> {
        if phase == Phase::Keepalive {
            tokio::time::sleep(DUE_AFTER.saturating_sub(self.written.elapsed())).await;
        }
        let load = phase.load().part(self.part);
        let make =
            |number: usize, into: &mut Vec<u8>| self.make(phase, phase.id(number, load), into);
        let check =
            |number: usize, answer: Answer<'_>| self.check(phase, phase.id(number, load), answer);
        let measured = drive(self.hermes, load, make, check).await?;
        if matches!(phase, Phase::Keepalive | Phase::Activate) {
            self.written = Instant::now();
        }
        Ok(measured)
    }

    fn make(&self, phase: Phase, id: usize, into: &mut Vec<u8>) {
        let (line, kind, body) = match phase {
            Phase::Health => ("GET /hermes/health".to_owned(), "", Vec::new()),
            Phase::Status => (self.about_session("GET", id, "status"), "", Vec::new()),
            Phase::Keepalive => (self.about_session("POST", id, "keepalive"), "", Vec::new()),
            Phase::List => {
                let line = format!("GET /hermes/api/sessions/client/client-{id}");
                (line, "", Vec::new())
            }
            Phase::Activate => {
                let line = "POST /hermes/api/sessions/activate".to_owned();
                (line, "application/json", activation(id))
            }
            Phase::Mail => {
                let line = "POST /hermes/api/mail".to_owned();
                (line, "message/rfc822", mails::of_10_kb(id))
            }
        };
        request(into, self.hermes.address(), &line, kind, &body);
    }

    fn check(&self, phase: Phase, id: usize, answer: Answer<'_>) -> anyhow::Result<()> {
        match phase {
            Phase::Health | Phase::Status => answer.expect(200),
            Phase::List => {
                answer.expect(200)?;
                if id == 0 {
                    let listed = answer.json::<Vec<serde::de::IgnoredAny>>()?.len();
                    ensure!(
                        listed == SESSIONS_OF_CLIENT,
                        "{listed} sessions were listed"
                    );
                }
                Ok(())
            }
            Phase::Keepalive => {
                answer.expect(200)?;
                let KeptAlive { ttl } = answer.json()?;
                let before = self.session(id, |opened| std::mem::replace(&mut opened.ttl, ttl))?;
                ensure!(
                    ttl > before,
                    "nothing was written: ttl was {before} and is {ttl}"
                );
                Ok(())
            }
            Phase::Activate => {
                answer.expect(201)?;
                let Activated { session_id, ttl } = answer.json()?;
                self.session(id, |opened| *opened = Opened { session_id, ttl })
            }
            Phase::Mail => {
                answer.expect(202)?;
                let Accepted { verdict, duplicate } = answer.json()?;
                ensure!(
                    verdict == "instruct" && !duplicate,
                    "{verdict}, duplicate: {duplicate}"
                );
                Ok(())
            }
        }
    }

    /// Reads or changes one session of the load.
    fn session<T>(&self, id: usize, run: impl FnOnce(&mut Opened) -> T) -> anyhow::Result<T> {
        let mut sessions = self.sessions.lock().ok().context("poisoned")?;
        sessions.get_mut(id).map(run).context("no such session")
    }

    fn about_session(&self, method: &str, id: usize, what: &str) -> String {
        let session = self.session(id, |opened| opened.session_id.clone());
        let session = session.unwrap_or_default(); // answered 404, which ends the phase
        format!("{method} /hermes/api/sessions/{session}/{what}")
    }
}

/// Opens a session: [`SESSIONS_OF_CLIENT`] for each client, each of a user of its own.
fn activation(id: usize) -> Vec<u8> {
    let (client, user) = (id / SESSIONS_OF_CLIENT, id % SESSIONS_OF_CLIENT);
    format!(
        r#"{{"clientId":"client-{client}","userId":"user-{user}","projectId":"demo","instruction":"Please replace \"8 am to 5 pm\" with \"7 am to 6 pm\" on the home page."}}"#
    )
    .into_bytes()
}
