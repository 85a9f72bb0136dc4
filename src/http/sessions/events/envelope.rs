//! One event as clients see it, in JSON and as a frame of a stream.

use serde::Serialize;

use crate::domain::event::{Event, EventKind};
use crate::domain::ids::{ClientId, ProjectId, SessionId, ThreadId};

/// The envelope of `observability.md`, with the event's `type` and `data` in it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope<'a> {
    id: String,
    timestamp: String,
    sequence: u64,
    client_id: &'a ClientId,
    project_id: &'a ProjectId,
    session_id: &'a SessionId,
    thread_id: &'a ThreadId,
    #[serde(flatten)]
    kind: &'a EventKind,
}

impl<'a> From<&'a Event> for Envelope<'a> {
    fn from(event: &'a Event) -> Self {
        let draft = &event.draft;
        Self {
            id: event.id(),
            timestamp: draft.at.rfc3339(),
            sequence: event.sequence,
            client_id: &draft.client_id,
            project_id: &draft.project_id,
            session_id: &draft.session_id,
            thread_id: &draft.thread_id,
            kind: &draft.kind,
        }
    }
}

/// The event as a frame. JSON text has no line breaks, so one `data:` line holds it.
pub(super) fn frame(event: &Event) -> String {
    // ids, texts and numbers always serialise
    let json = serde_json::to_string(&Envelope::from(event)).unwrap_or_default();
    let (id, name) = (event.sequence, event.draft.kind.name());
    format!("id: {id}\nevent: {name}\ndata: {json}\n\n")
}
