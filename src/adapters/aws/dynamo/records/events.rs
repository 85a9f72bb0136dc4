//! Session events as items, numbered without gaps.
//!
//! Item 0 of a session is its counter: the number of the last event. It has no `ttl`, so that numbers go on when the events
//! themselves are gone. A commit with events changes the counter in the same transaction, from the value that the
//! numbers were made from.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_dynamo::aws_sdk_dynamodb_1::{from_attribute_value, to_attribute_value};

use crate::adapters::aws::dynamo::DynamoStore;
use crate::adapters::aws::dynamo::engine::{
    Change, Condition, Edit, Item, TTL, Table, number, number_at, text, text_at,
};
use crate::domain::event::{Event, EventDraft};
use crate::domain::ids::SessionId;
use crate::domain::time::Timestamp;
use crate::ports::event_store::EventStore;
use crate::ports::fault::{Fault, FaultKind};

/// Events are kept 30 days (`design.md` section 6).
const KEPT: Duration = Duration::from_hours(30 * 24);

const LAST: &str = "last";

/// Events of one session, in order, that have no numbers yet.
#[derive(Debug, Clone)]
pub(in crate::adapters::aws::dynamo) struct Drafts {
    pub(in crate::adapters::aws::dynamo) session: SessionId,
    pub(in crate::adapters::aws::dynamo) drafts: Vec<EventDraft>,
}

/// The changes that append events after number `last`: the counter first.
pub(in crate::adapters::aws::dynamo) fn number_events(
    events: &Drafts,
    last: u64,
) -> Result<Vec<Change>, Fault> {
    let count = u64::try_from(events.drafts.len()).unwrap_or(u64::MAX);
    let condition = if last == 0 {
        Condition::Without(LAST)
    } else {
        Condition::Equal(LAST, number(last))
    };
    let edit = (
        LAST.to_owned(),
        Edit::Set(number(last.saturating_add(count))),
    );
    let session = &events.session;
    let mut changes = vec![Change::update(
        Table::Events,
        id(session, 0),
        key(session, 0),
        vec![edit],
        Some(condition),
    )];
    for (sequence, draft) in (last.saturating_add(1)..).zip(&events.drafts) {
        // the counter's condition says that the number is free; this one that it was never used otherwise
        let free = Condition::Without(TTL);
        let item = item(draft, sequence)?;
        changes.push(Change::put(
            Table::Events,
            id(session, sequence),
            item,
            free,
        )?);
    }
    Ok(changes)
}

fn id(session: &SessionId, sequence: u64) -> String {
    format!("{session}#{sequence}")
}

fn key(session: &SessionId, sequence: u64) -> Item {
    let attributes: [(&str, _); 2] = [
        ("sessionId", text(session.as_str())),
        ("sequence", number(sequence)),
    ];
    attributes
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

fn item(draft: &EventDraft, sequence: u64) -> Result<Item, Fault> {
    let event: AttributeValue = to_attribute_value(&draft.kind)
        .map_err(|error| Fault::new("encode event", FaultKind::Broken, error))?;
    let mut item = key(&draft.session_id, sequence);
    let attributes: [(&str, _); 6] = [
        ("at", number(draft.at.as_millis())),
        ("clientId", text(draft.client_id.as_str())),
        ("projectId", text(draft.project_id.as_str())),
        ("threadId", text(draft.thread_id.as_str())),
        ("event", event),
        (TTL, number((draft.at + KEPT).as_secs())),
    ];
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    Ok(item)
}

impl DynamoStore {
    /// The number of a session's last event.
    pub(in crate::adapters::aws::dynamo) async fn last_event(
        &self,
        session: &SessionId,
        operation: &'static str,
    ) -> Result<u64, Fault> {
        let counter = self
            .reader()
            .get(Table::Events, key(session, 0), operation)
            .await?;
        Ok(counter
            .and_then(|counter| number_at(&counter, LAST))
            .unwrap_or(0))
    }
}

#[async_trait]
impl EventStore for DynamoStore {
    async fn page(&self, id: &SessionId, after: u64, limit: usize) -> Result<Vec<Event>, Fault> {
        const OPERATION: &str = "events.page";
        if limit == 0 {
            return Ok(Vec::new());
        }
        let query = self
            .reader()
            .query(Table::Events, None)
            .key_condition_expression("sessionId = :session AND #sequence > :after")
            .filter_expression("#ttl > :now")
            .expression_attribute_names("#sequence", "sequence")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":session", text(id.as_str()))
            .expression_attribute_values(":after", number(after))
            .expression_attribute_values(":now", number(self.now().as_secs()))
            .consistent_read(true);
        let rows = self.reader().rows(query, limit, OPERATION).await?;
        rows.into_iter()
            .map(|row| {
                let corrupt =
                    || Fault::new(OPERATION, FaultKind::Broken, "an event is not readable");
                event(id, row).ok_or_else(corrupt)
            })
            .collect()
    }
}

fn event(session: &SessionId, mut row: Item) -> Option<Event> {
    Some(Event {
        sequence: number_at(&row, "sequence")?,
        draft: EventDraft {
            session_id: session.clone(),
            at: Timestamp::from_millis(number_at(&row, "at")?),
            client_id: text_at(&row, "clientId")?.parse().ok()?,
            project_id: text_at(&row, "projectId")?.parse().ok()?,
            thread_id: text_at(&row, "threadId")?.parse().ok()?,
            kind: from_attribute_value(row.remove("event")?).ok()?,
        },
    })
}
