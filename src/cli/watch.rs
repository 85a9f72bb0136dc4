//! `hermes session watch`: follows a session until it ends, whatever happens to the connection.
//!
//! Every event is told once: a new connection goes on behind the last event, and what comes twice is recognised by its
//! number.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::config::cli::Exit;
use crate::domain::event::EventKind;
use crate::domain::ids::SessionId;
use crate::domain::time::{Timestamp, rfc3339};

use super::narrate::{narrate, style};
use super::screen::{Style, Terminal, clean, second};
use super::server::{Failure, Item, Message, Parser, Route, Server, not_hermes};

/// A connection on which nothing comes for so long is dead: the server says something every 15 s.
const SILENCE: Duration = Duration::from_mins(1);
/// Bounds of the wait before the next connection, whatever the server asks for.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long a server may be away before watching ends.
const PATIENCE: Duration = Duration::from_mins(10);
/// Longest event id that is sent back, in bytes.
const LONGEST_ID: usize = 128;

/// Tells the events of a session as they happen, from its first. Ends when the session has ended, when the server
/// refuses, is not there or stays away for 10 minutes, or with `stop`.
pub async fn watch(
    server: &Server,
    session: &SessionId,
    terminal: &mut Terminal<'_>,
    stop: impl Future<Output = ()> + Send,
) -> Result<Exit, Failure> {
    tokio::select! {
        end = follow(server, session, terminal) => end.map(|()| Exit::Done),
        () = stop => Ok(Exit::Interrupted),
    }
}

/// Why a connection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// The session has ended.
    Ended,
    /// The server restarts and will be back.
    Restart,
    /// The connection broke, or the server is away.
    Lost,
}

async fn follow(
    server: &Server,
    session: &SessionId,
    terminal: &mut Terminal<'_>,
) -> Result<(), Failure> {
    let steps = ["api", "sessions", session.as_str(), "events"];
    let route = Route {
        steps: &steps,
        query: &[],
    };
    let mut place = Place::new(session);
    loop {
        let connection = server.stream(route.clone(), place.id.as_deref()).await;
        let over = match connection {
            Ok(response) => read(response, &mut place, terminal).await?,
            Err(failure) if place.can_wait_for(&failure) => Over::Lost,
            Err(failure) => return Err(failure),
        };
        match over {
            Over::Ended => return Ok(place.tell_end(terminal)?),
            Over::Restart | Over::Lost => place.tell_loss(over, terminal)?,
        }
        tokio::time::sleep(place.wait()).await;
    }
}

/// Reads a connection to its end.
async fn read(
    mut response: Response,
    place: &mut Place,
    terminal: &mut Terminal<'_>,
) -> Result<Over, Failure> {
    if response.status() == StatusCode::NO_CONTENT {
        return Ok(Over::Ended);
    }
    let kind = response.headers().get(CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        return Err(not_hermes(
            response.url(),
            "answered something that is no event stream",
        ));
    }
    let mut parser = Parser::default();
    loop {
        let Ok(Ok(Some(chunk))) = tokio::time::timeout(SILENCE, response.chunk()).await else {
            return Ok(Over::Lost);
        };
        place.heard();
        let items = parser.push(&chunk);
        for item in items.map_err(|error| not_hermes(response.url(), &error.to_string()))? {
            if let Some(over) = place.take(item, terminal)? {
                return Ok(over);
            }
        }
    }
}

/// How far the story is told.
#[derive(Debug)]
struct Place {
    /// The last event's id, for the next connection.
    id: Option<String>,
    /// The last event's number in its session.
    sequence: u64,
    /// Whether that event was the session's end.
    ended: bool,
    /// What the server asks to wait before the next connection.
    retry: Duration,
    /// Connections since the last event.
    failures: u32,
    /// When the server was last heard, if ever.
    heard: Option<Instant>,
    /// Whether a loss of the connection was told since the last event.
    loss_told: bool,
    /// Makes the waits of different watchers differ.
    seed: u64,
}

/// An event as the API writes it.
#[derive(Debug, Deserialize)]
struct Envelope {
    sequence: u64,
    #[serde(with = "rfc3339")]
    timestamp: Timestamp,
    #[serde(rename = "type")]
    name: String,
    #[serde(default)]
    data: Value,
}

impl Place {
    fn new(session: &SessionId) -> Self {
        let mut hasher = DefaultHasher::new();
        session.hash(&mut hasher);
        std::process::id().hash(&mut hasher);
        Self {
            id: None,
            sequence: 0,
            ended: false,
            retry: Duration::from_secs(2),
            failures: 0,
            heard: None,
            loss_told: false,
            seed: hasher.finish(),
        }
    }

    fn heard(&mut self) {
        self.heard = Some(Instant::now());
    }

    /// Whether a server that was there before may come back.
    fn can_wait_for(&self, failure: &Failure) -> bool {
        let in_time = self.heard.is_some_and(|heard| heard.elapsed() < PATIENCE);
        let may_pass = match failure {
            Failure::Unreachable { .. } | Failure::Failed(_) => true,
            Failure::Refused(problem) => problem.status == 429,
            Failure::Usage(_) | Failure::Settings(_) | Failure::Output(_) => false,
        };
        in_time && may_pass
    }

    /// Takes in an item; says so if it is the last of the connection.
    fn take(&mut self, item: Item, terminal: &mut Terminal<'_>) -> io::Result<Option<Over>> {
        let message = match item {
            Item::Retry(wait) => {
                self.retry = wait.clamp(SHORTEST_WAIT, LONGEST_WAIT);
                return Ok(None);
            }
            Item::Message(message) => message,
        };
        match message.event.as_str() {
            "end" => Ok(Some(Over::Ended)),
            "restart" => Ok(Some(Over::Restart)),
            // It cannot go on behind our last event, so it begins again with the oldest one it keeps.
            "reset" => {
                self.id = None;
                Ok(None)
            }
            _ => self.tell(message, terminal).map(|()| None),
        }
    }

    /// Tells an event that was not told yet. What is no event of a session is for newer clients than this one.
    fn tell(&mut self, message: Message, terminal: &mut Terminal<'_>) -> io::Result<()> {
        let Ok(envelope) = serde_json::from_str::<Envelope>(&message.data) else {
            return Ok(());
        };
        self.failures = 0;
        self.loss_told = false;
        let sendable =
            |id: &String| id.len() <= LONGEST_ID && id.bytes().all(|b| b.is_ascii_graphic());
        self.id = message.id.filter(sendable);
        if envelope.sequence <= self.sequence {
            return Ok(());
        }
        self.sequence = envelope.sequence;
        self.ended = envelope.name == "session.ended";
        if terminal.json {
            return terminal.json(&message.data);
        }
        let at = terminal.paint(Style::Faint, &second(envelope.timestamp));
        let kind = json!({ "type": envelope.name, "data": envelope.data });
        let sentence = match serde_json::from_value::<EventKind>(kind) {
            Ok(kind) => match style(&kind) {
                Some(style) => terminal.paint(style, &narrate(&kind)),
                None => narrate(&kind),
            },
            Err(_) => clean(&envelope.name),
        };
        terminal.line(format_args!("{at}  {sentence}"))
    }

    fn tell_end(&self, terminal: &mut Terminal<'_>) -> io::Result<()> {
        if terminal.json || self.ended {
            return Ok(());
        }
        terminal.line("The session has ended")
    }

    /// Says once that the story stops for a while.
    fn tell_loss(&mut self, over: Over, terminal: &mut Terminal<'_>) -> io::Result<()> {
        if std::mem::replace(&mut self.loss_told, true) {
            return Ok(());
        }
        let why = match over {
            Over::Restart => "the server restarts",
            Over::Ended | Over::Lost => "the connection is lost",
        };
        terminal.remark(format_args!("{why}; going on when it is back"))
    }

    /// How long to wait before the next connection: what the server asks for, doubled with each connection that told
    /// nothing, and up to half as long again, so that not all watchers come back at once.
    fn wait(&mut self) -> Duration {
        let doubled = self.retry.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        let wait = doubled.min(LONGEST_WAIT);
        let mut hasher = DefaultHasher::new();
        (self.seed, self.failures).hash(&mut hasher);
        let [part, ..] = hasher.finish().to_be_bytes();
        wait + wait.mul_f32(0.5 * f32::from(part) / f32::from(u8::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit() {
        let mut place = Place::new(&"ses-1".parse().unwrap());
        place.retry = Duration::from_secs(2);
        for seconds in [2, 4, 8, 16, 30, 30] {
            let (least, most) = (seconds * 1000, seconds * 1500);
            let wait = u64::try_from(place.wait().as_millis()).unwrap();
            assert!((least..=most).contains(&wait), "{seconds}: {wait}");
        }
        for _ in 0..100 {
            place.wait();
        }
        assert!(place.wait() <= LONGEST_WAIT.mul_f32(1.5));
    }

    #[test]
    fn watchers_of_different_sessions_come_back_at_different_times() {
        let wait = |id: &str| Place::new(&id.parse().unwrap()).wait();
        let waits: std::collections::HashSet<_> =
            (0..50).map(|n| wait(&format!("ses-{n}"))).collect();
        assert!(waits.len() > 40, "{waits:?}");
    }
}
