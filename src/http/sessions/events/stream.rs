//! The stream: it reads the table whenever the client can take more, so a slow reader loses nothing and holds nothing.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::pin;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream::unfold;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep, sleep_until};

use super::envelope::frame;
use crate::domain::access::Scope;
use crate::domain::event::Event;
use crate::domain::ids::SessionId;
use crate::http::state::AppState;
use crate::services::http_metrics::OpenStream;
use crate::services::session_error::SessionError;

/// Events read at once.
const PAGE: usize = 256;
/// Between two looks into the table when no nudge comes: another replica may have written.
const LOOK: Duration = Duration::from_secs(2);
/// Between two signs of life, well below the idle timeouts of proxies.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Where a stream begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    after: u64,
    /// The events before `after` that the client has seen are not those that are kept: it must read anew.
    reset: bool,
    over: bool,
}

impl Start {
    /// Looks up the event that the client has seen last. One that is gone, or never was, means starting again from
    /// the oldest that is kept.
    pub(super) async fn find(
        app: &AppState,
        scope: &Scope,
        session: &SessionId,
        after: u64,
    ) -> Result<Self, SessionError> {
        let before = after.saturating_sub(1);
        let page = app.sessions.events(scope, session, before, 2).await?;
        let known = after == 0
            || page
                .events
                .first()
                .is_some_and(|event| event.sequence == after);
        let newer = page.events.iter().any(|event| event.sequence > after);
        Ok(Self {
            after: if known { after } else { 0 },
            reset: !known,
            over: page.ended && known && !newer,
        })
    }

    /// Whether the session has ended and the client has seen all of it: asking again brings nothing.
    pub(super) fn is_over(self) -> bool {
        self.over
    }
}

struct Stream {
    app: AppState,
    scope: Scope,
    session: SessionId,
    nudges: Receiver<SessionId>,
    after: u64,
    said: Instant,
    ended: bool,
    _open: OpenStream,
}

/// The body of a stream from `start` on.
pub(super) fn body(app: AppState, scope: Scope, session: SessionId, start: Start) -> Body {
    let mut first = ": connected\n\nretry: 2000\n\n".to_owned();
    if start.reset {
        // writing to a String cannot fail
        write!(
            first,
            "event: reset\ndata: {{\"events\":\"/hermes/api/sessions/{session}/events?after=0\"}}\n\n"
        )
        .ok();
    }
    let stream = Stream {
        nudges: app.nudges.events(),
        _open: app.metrics.http.open_stream(),
        app,
        scope,
        session,
        after: start.after,
        said: Instant::now(),
        ended: false,
    };
    let begin = (Some(Bytes::from(first)), stream);
    Body::from_stream(unfold(begin, async |(first, mut stream)| {
        let chunk = match first {
            Some(first) => first,
            None => stream.next().await?,
        };
        Some((Ok::<_, Infallible>(chunk), (None, stream)))
    }))
}

impl Stream {
    /// The next bytes for the client; `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        if self.ended {
            return None;
        }
        loop {
            if *self.app.stopping.borrow() {
                return Some(self.end("restart"));
            }
            let page = self
                .app
                .sessions
                .events(&self.scope, &self.session, self.after, PAGE);
            match page.await {
                Ok(page) if !page.events.is_empty() => return Some(self.frames(&page.events)),
                Ok(page) if page.ended => return Some(self.end("end")),
                Ok(_) => {}
                Err(SessionError::NotFound) => return Some(self.end("end")), // its row was purged
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "a stream of events is cut off, its client comes back"
                    );
                    return None;
                }
            }
            if self.wait().await == Woken::ToSayHello {
                self.said = Instant::now();
                return Some(Bytes::from_static(b": keep-alive\n\n"));
            }
        }
    }

    fn frames(&mut self, events: &[Event]) -> Bytes {
        self.said = Instant::now();
        self.after = events.last().map_or(self.after, |event| event.sequence);
        events.iter().map(frame).collect::<String>().into()
    }

    fn end(&mut self, event: &'static str) -> Bytes {
        self.ended = true;
        format!("event: {event}\ndata: {{}}\n\n").into()
    }

    async fn wait(&mut self) -> Woken {
        let mut stopping = self.app.stopping.clone();
        let stop = pin!(async {
            if stopping.wait_for(|stopping| *stopping).await.is_err() {
                std::future::pending::<()>().await; // nobody will say it any more
            }
        });
        let nudge = pin!(nudged(&mut self.nudges, &self.session));
        tokio::select! {
            biased;
            () = stop => Woken::ToLook,
            () = nudge => Woken::ToLook,
            () = sleep_until(self.said + KEEP_ALIVE) => Woken::ToSayHello,
            () = sleep(LOOK) => Woken::ToLook,
        }
    }
}

#[derive(PartialEq, Eq)]
enum Woken {
    ToLook,
    ToSayHello,
}

/// Returns when the session may have new events.
async fn nudged(nudges: &mut Receiver<SessionId>, session: &SessionId) {
    loop {
        match nudges.recv().await {
            Ok(id) if id == *session => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            // nobody writes any more; the table is still looked at now and then
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
