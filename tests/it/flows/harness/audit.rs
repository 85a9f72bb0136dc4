//! What must be true of the records, whatever has happened.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hermes::domain::command::{Command, CommandState, Source};
use hermes::domain::ids::{CommandId, ContainerId, ReplyId};
use hermes::domain::reply::ReplyState;
use hermes::domain::wire::{FromWorker, ToWorker};
use hermes::ports::queues::{Direction, QueueName, VISIBILITY};

use super::hermes::Hermes;

/// How often one and the same answer may have gone out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeats {
    /// Once.
    None,
    /// Again, after a cut between the mail and the note of it (C21).
    Possible,
}

impl Hermes {
    /// All commands of all sessions.
    pub(crate) async fn commands(&self) -> Vec<Command> {
        let mut all = Vec::new();
        for session in &self.known {
            all.extend(self.ports.commands.by_session(session, 1000).await.unwrap());
        }
        all
    }

    /// The counters tell what is open, and events are numbered without gaps, in order of time.
    pub(crate) async fn audit_counters(&self) {
        let mut in_container: BTreeMap<ContainerId, u32> = BTreeMap::new();
        for id in &self.known {
            let session = self.session(id).await;
            let commands = self.ports.commands.by_session(id, 1000).await.unwrap();
            let open = commands.iter().filter(|c| c.state.is_open()).count();
            assert_eq!(session.open_commands as usize, open, "{session:?}");
            let open = u32::try_from(open).unwrap();
            *in_container.entry(session.container_id).or_default() += open;
            let events = self.ports.events.page(id, 0, 10_000).await.unwrap();
            for (place, event) in (1..).zip(&events) {
                assert_eq!(event.sequence, place);
            }
            assert!(
                events.is_sorted_by_key(|event| event.draft.at),
                "{events:?}"
            );
        }
        for (id, open) in in_container {
            let container = self.container(&id).await;
            assert_eq!(container.open_commands, open, "{container:?}");
        }
    }

    /// Everything has ended once, every mail has its one outcome, and nothing is left to do.
    pub(crate) async fn audit(&mut self, repeats: Repeats) {
        self.audit_counters().await;
        let commands = self.commands().await;
        for command in &commands {
            assert!(!command.state.is_open(), "{command:?}");
            assert!(command.result.is_some() && command.ended_at.is_some());
            self.audit_events(command).await;
            self.audit_reply(command, &commands, repeats).await;
        }
        self.fall_asleep().await;
        assert!(self.fleet.running().is_empty(), "zero when idle");
        self.audit_queues().await;
    }

    async fn audit_events(&self, command: &Command) {
        let events = self.ports.events.page(&command.session_id, 0, 10_000).await;
        let (mut queued, mut ended) = (0, 0);
        for event in events.unwrap() {
            let kind = event.draft.kind;
            let json = serde_json::to_value(&kind).unwrap();
            if json["data"]["commandId"] != command.command_id.as_str() {
                continue;
            }
            match kind.name() {
                "command.queued" => queued += 1,
                "command.succeeded" | "command.failed" | "command.interrupted" => ended += 1,
                _ => {}
            }
        }
        assert_eq!((queued, ended), (1, 1), "{command:?}");
    }

    /// A mail has one answer of its own, or is told of in that of the mail which stopped it (C16).
    async fn audit_reply(&self, command: &Command, all: &[Command], repeats: Repeats) {
        let id = ReplyId::for_command(&command.command_id);
        let reply = self.ports.replies.get(&id).await.unwrap();
        let taken = self.mailer.taken_of(&id);
        if command.source == Source::Api || is_covered(command, all) {
            assert_eq!((reply, taken.len()), (None, 0), "{command:?}");
            return;
        }
        let reply = reply.unwrap_or_else(|| panic!("no answer to {command:?}"));
        assert!(matches!(reply.state, ReplyState::Sent { .. }), "{reply:?}");
        match repeats {
            Repeats::None => assert_eq!(taken.len(), 1, "{reply:?}"),
            Repeats::Possible => assert!(!taken.is_empty(), "{reply:?}"),
        }
        let first = &taken[0];
        assert!(taken.iter().all(|mail| mail.raw == first.raw), "{reply:?}");
    }

    /// What is left in queues is of generations that are over, or was said of commands that have ended.
    async fn audit_queues(&self) {
        let dead = self.ports.queues.depth(Direction::Dead, &[]).await.unwrap();
        assert_eq!((dead.visible, dead.in_flight), (0, 0));
        self.clock.advance(VISIBILITY);
        let commands = self.commands().await;
        let ids: BTreeSet<_> = commands
            .iter()
            .map(|command| &command.container_id)
            .collect();
        for id in ids {
            let generation = self.container(id).await.generation;
            for body in self.left_in(QueueName::input(id.clone())).await {
                let of = match serde_json::from_str(&body).unwrap() {
                    ToWorker::Work(work) => work.generation,
                    ToWorker::Interrupt(interrupt) => interrupt.generation,
                    ToWorker::Shutdown(shutdown) => shutdown.generation,
                };
                assert!(of <= generation, "{body}");
            }
            for body in self.left_in(QueueName::output(id.clone())).await {
                let of = match serde_json::from_str(&body).unwrap() {
                    FromWorker::Response(response) => response.generation.unwrap(),
                    FromWorker::Heartbeat(event)
                    | FromWorker::Started(event)
                    | FromWorker::Progress(event) => event.generation,
                };
                assert!(of <= generation, "{body}");
            }
        }
    }

    async fn left_in(&self, queue: QueueName) -> Vec<String> {
        let left = self.ports.queues.receive(&queue, 100, Duration::ZERO).await;
        left.unwrap()
            .into_iter()
            .map(|message| message.body)
            .collect()
    }
}

fn is_covered(command: &Command, all: &[Command]) -> bool {
    let by = command
        .result
        .as_ref()
        .and_then(|result| result.interrupted_by.as_ref());
    let is_mail = |id: &CommandId| {
        all.iter()
            .any(|newer| newer.command_id == *id && newer.source == Source::Email)
    };
    command.state == CommandState::Interrupted && by.is_some_and(is_mail)
}
