//! The ledger: conditional writes of records, several in one transaction.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;

use super::DynamoStore;
use super::engine::{Change, Edit, Lost, Table, transact};
use super::records::{self, Drafts};
use crate::domain::event::EventDraft;
use crate::domain::ids::{ContainerId, SessionId};
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::ledger::{CommitError, Ledger, Write};

/// Most items that DynamoDB changes in one transaction.
const MAX_ITEMS: usize = 100;

/// How often events are numbered anew because somebody else wrote events of the same session meanwhile. That is no
/// conflict for the caller: nothing was decided from a number.
const NUMBERINGS: u32 = 8;

const OPERATION: &str = "ledger.commit";

#[async_trait]
impl Ledger for DynamoStore {
    async fn commit(&self, writes: Vec<Write>) -> Result<(), CommitError> {
        let mut plan = Plan::of(writes)?;
        let changes = plan.changes.iter_mut();
        let index_rows: Vec<_> = changes.flat_map(Change::take_index_rows).collect();
        self.commit_plan(plan).await?;
        let now = self.now();
        for (id, row) in index_rows {
            self.recent().note(now, &id, row);
        }
        Ok(())
    }
}

impl DynamoStore {
    async fn commit_plan(&self, plan: Plan) -> Result<(), CommitError> {
        match plan {
            Plan {
                changes, events, ..
            } if events.is_empty() => self.commit_changes(changes).await,
            plan => self.commit_with_events(plan).await,
        }
    }

    async fn commit_changes(&self, mut changes: Vec<Change>) -> Result<(), CommitError> {
        let Some(only) = changes.pop() else {
            return Ok(());
        };
        let reader = self.reader();
        if changes.is_empty() {
            return only.commit(&reader.client, &reader.tables, OPERATION).await;
        }
        changes.push(only);
        check_size(changes.len())?;
        transact(reader, changes, OPERATION)
            .await
            .map_err(|lost| match lost {
                Lost::Race(_) => CommitError::Conflict,
                Lost::Fault(fault) => CommitError::Backend(fault),
            })
    }

    async fn commit_with_events(&self, plan: Plan) -> Result<(), CommitError> {
        let first_event = plan.changes.len();
        for tries in 0..NUMBERINGS {
            let mut changes = plan.changes.clone();
            let mut numbered = Vec::with_capacity(plan.events.len());
            for events in &plan.events {
                let is_new = tries == 0 && plan.new_sessions.contains(&events.session);
                let last = if is_new {
                    0 // nobody else knows of it yet; the condition says so if somebody does
                } else {
                    self.last_number(&events.session).await?
                };
                changes.extend(records::number_events(events, last)?);
                numbered.push((&events.session, last + events.drafts.len() as u64));
            }
            check_size(changes.len())?;
            let made = transact(self.reader(), changes, OPERATION).await;
            for (session, last) in numbered {
                if made.is_ok() {
                    self.last_events().put(session, last);
                } else {
                    self.last_events().forget(session);
                }
            }
            match made {
                Ok(()) => return Ok(()),
                Err(Lost::Fault(fault)) => return Err(CommitError::Backend(fault)),
                Err(Lost::Race(places)) if places.iter().any(|place| *place < first_event) => {
                    return Err(CommitError::Conflict);
                }
                Err(Lost::Race(_)) => {} // only numbers were taken
            }
        }
        Err(CommitError::Conflict)
    }

    async fn last_number(&self, session: &SessionId) -> Result<u64, Fault> {
        match self.last_events().get(session) {
            Some(last) => Ok(last),
            None => self.last_event(session, OPERATION).await,
        }
    }
}

fn check_size(items: usize) -> Result<(), Fault> {
    if items > MAX_ITEMS {
        return Err(misuse("more than 100 items in one transaction"));
    }
    Ok(())
}

fn misuse(what: &'static str) -> Fault {
    Fault::new(OPERATION, FaultKind::Broken, what)
}

/// What a commit changes, before events have numbers.
struct Plan {
    changes: Vec<Change>,
    /// One entry a session.
    events: Vec<Drafts>,
    /// Sessions of the threads that begin with this commit: they have no events yet.
    new_sessions: Vec<SessionId>,
}

impl Plan {
    fn of(writes: Vec<Write>) -> Result<Self, Fault> {
        if writes.len() > MAX_ITEMS {
            return Err(misuse("more than 100 writes in one transaction"));
        }
        let mut plan = Self {
            changes: Vec::with_capacity(writes.len()),
            events: Vec::new(),
            new_sessions: Vec::new(),
        };
        let mut openings = HashMap::new();
        for write in writes {
            plan.add(write, &mut openings)?;
        }
        plan.note_openings(openings);
        let mut records = HashSet::with_capacity(plan.changes.len());
        let mut ids = plan.changes.iter().map(|c| (c.table, c.id.as_str()));
        if !ids.all(|id| records.insert(id)) {
            return Err(misuse("two writes of one record in a transaction"));
        }
        Ok(plan)
    }

    fn add(&mut self, write: Write, openings: &mut Openings) -> Result<(), Fault> {
        let change = match write {
            Write::Session(session) => records::session(&session),
            Write::Thread(thread) => {
                if thread.version == 0 {
                    self.new_sessions.push(thread.session_id.clone());
                }
                records::thread(thread)?
            }
            Write::Container(container) => records::container(container)?,
            Write::Command(command) => {
                if let Some(opens) = records::opening(&command) {
                    let noted = openings.entry(command.container_id.clone()).or_default();
                    noted.push(records::note_open(&command, opens));
                }
                records::command(*command)?
            }
            Write::Reply(reply) => records::reply(*reply)?,
            Write::Journal(row) => records::journal(*row)?,
            Write::Note(note) => records::note(note)?,
            Write::Pointer(pointer) => records::point(&pointer),
            Write::Claim(claim) => records::claim(claim)?,
            Write::Event(draft) => {
                self.append(draft);
                return Ok(());
            }
        };
        self.changes.push(change);
        Ok(())
    }

    fn append(&mut self, draft: EventDraft) {
        let of_session = |events: &&mut Drafts| events.session == draft.session_id;
        if let Some(events) = self.events.iter_mut().find(of_session) {
            events.drafts.push(draft);
        } else {
            self.events.push(Drafts {
                session: draft.session_id.clone(),
                drafts: vec![draft],
            });
        }
    }

    /// Writes down which commands are open: with the container where it is written anyway, else beside it.
    fn note_openings(&mut self, openings: Openings) {
        for (container, edits) in openings {
            let id = container.as_str();
            let is_it = |change: &&mut Change| change.table == Table::Containers && change.id == id;
            if let Some(change) = self.changes.iter_mut().find(is_it) {
                for edit in edits {
                    change.also(edit);
                }
            } else {
                let key = Table::Containers.key(id);
                let change = Change::update(Table::Containers, id, key, edits, None);
                self.changes.push(change);
            }
        }
    }
}

/// Which commands begin and cease to be open, by container.
type Openings = HashMap<ContainerId, Vec<(String, Edit)>>;
