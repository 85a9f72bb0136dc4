//! The stream of events: resumable, honest about its end.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use hermes::domain::event::{EventDraft, EventKind};
use hermes::domain::ids::SessionId;
use hermes::ports::ledger::Write;
use http_body_util::BodyExt as _;
use serde_json::json;

use super::app::TestApp;
use crate::support::records::{a_session, an_event, id};

const EVENTS: &str = "/hermes/api/sessions/ses-1/events";
const PATIENCE: Duration = Duration::from_secs(5);

/// An app with the session `ses-1` and so many events in it.
async fn app_with_events(count: u32) -> TestApp {
    let app = TestApp::start();
    app.ports
        .ledger
        .commit(vec![Write::Session(a_session(1))])
        .await
        .unwrap();
    for number in 1..=count {
        happen(&app, number).await;
    }
    app
}

async fn happen(app: &TestApp, number: u32) {
    app.ports
        .ledger
        .commit(vec![Write::Event(an_event(1, number))])
        .await
        .unwrap();
}

async fn end(app: &TestApp) {
    let session_id: SessionId = id("ses-1");
    let mut session = app.ports.sessions.get(&session_id).await.unwrap().unwrap();
    let now = app.ports.clock.now();
    session.end(now, "idle");
    let kind = EventKind::SessionEnded {
        reason: "idle".to_owned(),
    };
    let event = EventDraft::of(&session, now, kind);
    let writes = vec![Write::Session(session), Write::Event(event)];
    app.ports.ledger.commit(writes).await.unwrap();
}

/// A stream that is being read.
struct Stream(Body);

impl Stream {
    async fn chunk(&mut self) -> Option<Bytes> {
        let frame = tokio::time::timeout(PATIENCE, self.0.frame()).await;
        Some(frame.expect("comes in time")?.unwrap().into_data().unwrap())
    }

    /// The next frames, as `id event` of each.
    async fn frames(&mut self) -> Option<Vec<String>> {
        let chunk = self.chunk().await?;
        let text = std::str::from_utf8(&chunk).unwrap();
        assert!(text.ends_with("\n\n"), "{text:?}");
        let name = |frame: &str| {
            let field = |name: &str| {
                frame
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .unwrap_or_default()
            };
            format!("{} {}", field("id: "), field("event: "))
                .trim()
                .to_owned()
        };
        Some(text.trim_end().split("\n\n").map(name).collect())
    }
}

async fn open(app: &TestApp, last: Option<&str>) -> Stream {
    let call = app.get(EVENTS);
    let call = match last {
        Some(last) => call.header("last-event-id", last),
        None => call,
    };
    let response = call.open().await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(
        response.headers()["cache-control"],
        "no-store, no-transform"
    );
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let mut stream = Stream(response.into_body());
    let first = stream.chunk().await.unwrap();
    assert!(
        first.starts_with(b": connected\n\nretry: 2000\n\n"),
        "{first:?}"
    );
    if last == Some("99") {
        assert!(first.ends_with(
            b"event: reset\ndata: {\"events\":\"/hermes/api/sessions/ses-1/events?after=0\"}\n\n"
        ));
    } else {
        assert!(first.ends_with(b"retry: 2000\n\n"), "{first:?}");
    }
    stream
}

#[tokio::test]
async fn a_stream_replays_goes_live_and_ends_with_its_session() {
    let app = app_with_events(2).await;
    let mut stream = open(&app, None).await;
    assert_eq!(
        stream.frames().await.unwrap(),
        ["1 command.queued", "2 command.queued"]
    );
    happen(&app, 3).await;
    assert_eq!(stream.frames().await.unwrap(), ["3 command.queued"]);
    end(&app).await;
    assert_eq!(stream.frames().await.unwrap(), ["4 session.ended"]);
    assert_eq!(stream.frames().await.unwrap(), ["end"]);
    assert_eq!(stream.frames().await, None);
}

#[tokio::test]
async fn a_stream_resumes_after_the_last_event_it_has_given() {
    let app = app_with_events(3).await;
    let mut stream = open(&app, Some("2")).await;
    assert_eq!(stream.frames().await.unwrap(), ["3 command.queued"]);
    let call = app
        .get(&format!("{EVENTS}?after=1"))
        .header("accept", "text/event-stream");
    let mut stream = Stream(call.open().await.into_body());
    stream.chunk().await.unwrap();
    assert_eq!(
        stream.frames().await.unwrap(),
        ["2 command.queued", "3 command.queued"]
    );
}

#[tokio::test]
async fn an_event_that_is_not_kept_means_to_begin_again() {
    let app = app_with_events(1).await;
    let mut stream = open(&app, Some("99")).await;
    assert_eq!(stream.frames().await.unwrap(), ["1 command.queued"]);
}

#[tokio::test]
async fn an_ended_session_replays_once_and_then_has_nothing() {
    let app = app_with_events(1).await;
    end(&app).await;
    let mut stream = open(&app, Some("1")).await;
    assert_eq!(stream.frames().await.unwrap(), ["2 session.ended"]);
    assert_eq!(stream.frames().await.unwrap(), ["end"]);
    let over = app.get(EVENTS).header("last-event-id", "2").send().await;
    assert_eq!((over.status.as_u16(), over.text()), (204, ""));
}

#[tokio::test]
async fn a_stop_ends_open_streams_and_tells_them_to_come_back() {
    let app = app_with_events(1).await;
    let mut stream = open(&app, None).await;
    stream.frames().await.unwrap();
    let waiting = stream.frames();
    let stopping = async {
        tokio::task::yield_now().await;
        app.stopping.send_replace(true);
    };
    let (last, ()) = tokio::join!(waiting, stopping);
    assert_eq!(last.unwrap(), ["restart"]);
    assert_eq!(stream.frames().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_shows_that_it_lives() {
    let app = app_with_events(1).await;
    let mut stream = open(&app, None).await;
    stream.frames().await.unwrap();
    let begun = tokio::time::Instant::now();
    let chunk = stream
        .0
        .frame()
        .await
        .unwrap()
        .unwrap()
        .into_data()
        .unwrap();
    assert_eq!(&chunk[..], b": keep-alive\n\n");
    assert_eq!(begun.elapsed().as_secs(), 15);
}

#[tokio::test]
async fn more_events_than_one_page_come_in_order() {
    let app = app_with_events(0).await;
    for first in [0, 90, 180] {
        let writes = (first..first + 90).map(|number| Write::Event(an_event(1, number)));
        app.ports.ledger.commit(writes.collect()).await.unwrap();
    }
    let mut stream = open(&app, None).await;
    let mut seen = stream.frames().await.unwrap();
    seen.extend(stream.frames().await.unwrap());
    let expected: Vec<_> = (1..=270)
        .map(|number| format!("{number} command.queued"))
        .collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn pages_hold_the_same_events() {
    let app = app_with_events(3).await;
    let page = |query: &str| {
        let call = app.get(&format!("{EVENTS}?{query}"));
        call.header("accept", "application/json")
    };
    let first = page("limit=2").send().await.expect(200);
    assert_eq!(first["events"][1]["sequence"], 2);
    assert_eq!(first["next"], 2);
    let rest = page("after=2").send().await.expect(200);
    assert_eq!(rest["events"][0]["data"], json!({"commandId": "cmd-3"}));
    let none = page("after=3").send().await.expect(200);
    assert_eq!(none, json!({"events": [], "next": 3}));
}
