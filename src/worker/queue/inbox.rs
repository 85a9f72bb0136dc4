//! The commands a worker holds, and which of them is next. No I/O: every rule of order is here and tested here.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::domain::ids::{CommandId, SessionId};
use crate::domain::wire::{InterruptedWork, Response, Work};
use crate::ports::queues::Receipt;

/// Responses that are sent again if their command comes again.
const REMEMBERED: usize = 256;

/// A command, and the messages by which it came.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) work: Arc<Work>,
    pub(crate) receipts: Vec<Receipt>,
}

/// Everything a worker has taken and not yet answered.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    queued: Vec<Held>,
    running: Option<Held>,
    /// When each session had its last turn.
    turns: HashMap<SessionId, u64>,
    turn: u64,
    /// What was stopped half done, for the next command of the session.
    interrupted: HashMap<SessionId, InterruptedWork>,
    answered: VecDeque<Response>,
}

/// What to do with a command that has come.
#[derive(Debug, PartialEq)]
pub(crate) enum Arrival {
    /// Nothing more: it waits for its turn, or was here already.
    Kept,
    /// It waits, and the running command is to be stopped for it.
    Interrupts,
    /// It has had its response; send it again.
    Answered(Box<Response>),
}

/// What an interrupt means here.
#[derive(Debug)]
pub(crate) enum Target {
    /// Stop the running command.
    Running,
    /// It had not begun and is no longer held.
    Queued(Held),
    /// Not here, or over already.
    Unknown,
}

impl Inbox {
    /// Takes a command in. A newer one of the session that is running interrupts; a late older one does not (C18).
    pub(crate) fn accept(&mut self, work: Work, receipt: Receipt) -> Arrival {
        if let Some(response) = self
            .answered
            .iter()
            .find(|r| r.command_id == work.command_id)
        {
            return Arrival::Answered(Box::new(response.clone()));
        }
        let here = self.queued.iter_mut().chain(self.running.iter_mut());
        for held in here {
            if held.work.command_id == work.command_id {
                held.receipts.push(receipt);
                return Arrival::Kept;
            }
        }
        let interrupts = self.running.as_ref().is_some_and(|running| {
            running.work.session_id == work.session_id && running.work.sequence < work.sequence
        });
        self.queued.push(Held {
            work: Arc::new(work),
            receipts: vec![receipt],
        });
        if interrupts {
            Arrival::Interrupts
        } else {
            Arrival::Kept
        }
    }

    /// What an interrupt of this command is to stop.
    pub(crate) fn target(&mut self, command: &CommandId) -> Target {
        if self
            .running
            .as_ref()
            .is_some_and(|held| held.work.command_id == *command)
        {
            return Target::Running;
        }
        let place = self
            .queued
            .iter()
            .position(|held| held.work.command_id == *command);
        place.map_or(Target::Unknown, |place| {
            Target::Queued(self.queued.remove(place))
        })
    }

    /// Begins the next command: the session that has waited longest for a turn, and of it the lowest sequence.
    pub(crate) fn begin(&mut self) -> Option<Arc<Work>> {
        if self.running.is_some() {
            return None;
        }
        let order = |held: &Held| {
            let last_turn = self.turns.get(&held.work.session_id).copied().unwrap_or(0);
            (last_turn, held.work.sequence)
        };
        let place =
            (0..self.queued.len()).min_by_key(|place| self.queued.get(*place).map(order))?;
        let mut held = self.queued.remove(place);
        self.turn += 1;
        self.turns.insert(held.work.session_id.clone(), self.turn);
        if let Some(before) = self.interrupted.remove(&held.work.session_id) {
            let work = Arc::make_mut(&mut held.work);
            work.context.interrupted.get_or_insert(before);
        }
        let work = Arc::clone(&held.work);
        self.running = Some(held);
        Some(work)
    }

    /// The running command is over; answers the messages by which it came.
    pub(crate) fn end(&mut self) -> Vec<Receipt> {
        self.running
            .take()
            .map_or_else(Vec::new, |held| held.receipts)
    }

    /// Remembers a response, and what it leaves half done.
    pub(crate) fn remember(&mut self, work: &Work, response: Response) {
        if response.interrupted && response.result.interrupted_by.is_some() {
            let before = InterruptedWork {
                command_id: work.command_id.clone(),
                instruction: work.instruction.clone(),
            };
            self.interrupted.insert(work.session_id.clone(), before);
        }
        if self.answered.len() >= REMEMBERED {
            self.answered.pop_front();
        }
        self.answered.push_back(response);
    }

    /// How many commands wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queued.len()
    }

    /// Every message that is held.
    pub(crate) fn receipts(&self) -> Vec<Receipt> {
        let held = self.queued.iter().chain(&self.running);
        held.flat_map(|held| held.receipts.iter().cloned())
            .collect()
    }

    /// Forgets what has not begun; answers the messages by which it came.
    pub(crate) fn clear_queued(&mut self) -> Vec<Receipt> {
        let queued = std::mem::take(&mut self.queued);
        queued.into_iter().flat_map(|held| held.receipts).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command::{CommandResult, Source};
    use crate::domain::time::Timestamp;
    use crate::domain::wire::WorkContext;

    fn work(sequence: u64, session: &str) -> Work {
        Work {
            command_id: format!("cmd-{sequence}").parse().unwrap(),
            session_id: session.parse().unwrap(),
            project_id: "p".parse().unwrap(),
            user_id: "u".parse().unwrap(),
            client_id: "c".parse().unwrap(),
            thread_id: session.parse().unwrap(),
            chat_thread_id: session.parse().unwrap(),
            branch: format!("thread-{session}"),
            repo_url: String::new(),
            instruction: format!("do {sequence}"),
            action: None,
            timestamp: Timestamp::EPOCH,
            source: Source::Api,
            from: None,
            subject: None,
            sequence,
            generation: 1,
            context: WorkContext::default(),
        }
    }

    fn receipt(text: &str) -> Receipt {
        Receipt(text.to_owned())
    }

    fn accept(inbox: &mut Inbox, sequence: u64, session: &str) -> Arrival {
        inbox.accept(work(sequence, session), receipt(&format!("r{sequence}")))
    }

    fn begun(inbox: &mut Inbox) -> Option<u64> {
        inbox.begin().map(|work| work.sequence)
    }

    fn response(work: &Work, newer: Option<&str>) -> Response {
        Response {
            command_id: work.command_id.clone(),
            session_id: work.session_id.clone(),
            project_id: work.project_id.clone(),
            user_id: work.user_id.clone(),
            timestamp: Timestamp::EPOCH,
            generation: Some(1),
            success: newer.is_none(),
            interrupted: newer.is_some(),
            preview_url: None,
            branch: None,
            result: CommandResult {
                interrupted_by: newer.map(|id| id.parse().unwrap()),
                ..CommandResult::default()
            },
        }
    }

    #[test]
    fn sessions_take_turns_and_each_keeps_its_order() {
        let mut inbox = Inbox::default();
        for (sequence, session) in [(3, "a"), (1, "a"), (2, "a"), (4, "b"), (5, "c"), (6, "b")] {
            assert_eq!(accept(&mut inbox, sequence, session), Arrival::Kept);
        }
        let mut order = Vec::new();
        while let Some(sequence) = begun(&mut inbox) {
            assert_eq!(begun(&mut inbox), None, "one at a time");
            assert_eq!(inbox.end(), [receipt(&format!("r{sequence}"))]);
            order.push(sequence);
        }
        assert_eq!(order, [1, 4, 5, 2, 6, 3]);
    }

    #[test]
    fn c16_c18_only_what_is_newer_and_of_the_same_session_interrupts() {
        let mut inbox = Inbox::default();
        assert_eq!(accept(&mut inbox, 5, "a"), Arrival::Kept);
        assert_eq!(begun(&mut inbox), Some(5));
        assert_eq!(accept(&mut inbox, 4, "a"), Arrival::Kept);
        assert_eq!(accept(&mut inbox, 6, "b"), Arrival::Kept);
        assert_eq!(accept(&mut inbox, 7, "a"), Arrival::Interrupts);
    }

    #[test]
    fn c16_the_next_of_the_session_hears_what_was_stopped_and_only_the_next() {
        let mut inbox = Inbox::default();
        accept(&mut inbox, 1, "a");
        let first = inbox.begin().unwrap();
        accept(&mut inbox, 2, "a");
        accept(&mut inbox, 3, "a");
        inbox.end();
        inbox.remember(&first, response(&first, Some("cmd-2")));
        let second = inbox.begin().unwrap();
        let before = second.context.interrupted.as_ref().unwrap();
        assert_eq!(
            (before.command_id.as_str(), before.instruction.as_str()),
            ("cmd-1", "do 1")
        );
        inbox.end();
        assert_eq!(inbox.begin().unwrap().context.interrupted, None);
    }

    #[test]
    fn a_command_that_comes_again_adds_its_message_or_gets_its_response() {
        let mut inbox = Inbox::default();
        accept(&mut inbox, 1, "a");
        let first = inbox.begin().unwrap();
        assert_eq!(inbox.accept(work(1, "a"), receipt("again")), Arrival::Kept);
        assert_eq!(inbox.receipts(), [receipt("r1"), receipt("again")]);
        assert_eq!(inbox.end(), [receipt("r1"), receipt("again")]);
        inbox.remember(&first, response(&first, None));
        let answered = Arrival::Answered(Box::new(response(&first, None)));
        assert_eq!(accept(&mut inbox, 1, "a"), answered);
        assert_eq!(begun(&mut inbox), None);
    }

    #[test]
    fn an_interrupt_finds_its_command_wherever_it_is() {
        let mut inbox = Inbox::default();
        accept(&mut inbox, 1, "a");
        inbox.begin();
        accept(&mut inbox, 2, "b");
        assert!(matches!(
            inbox.target(&"cmd-1".parse().unwrap()),
            Target::Running
        ));
        assert!(
            matches!(inbox.target(&"cmd-2".parse().unwrap()), Target::Queued(held) if held.work.sequence == 2)
        );
        assert!(matches!(
            inbox.target(&"cmd-2".parse().unwrap()),
            Target::Unknown
        ));
        assert_eq!(inbox.waiting(), 0);
    }
}
