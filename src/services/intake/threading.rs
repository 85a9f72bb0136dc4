//! Which conversation a mail continues (T1, T6).

use std::collections::HashSet;

use super::take::Intake;
use crate::domain::mail::{Candidate, InboundMail, MatchedThread, MessageId, candidates};
use crate::domain::thread::{PointerKey, Thread};
use crate::ports::fault::Fault;
use crate::services::addressing::{Addressed, Addressing};

impl Intake {
    /// The thread of the first candidate that leads to one; last of all the mail's own id, which a reply that
    /// overtook it may have registered.
    pub(super) async fn resolve(
        &self,
        mail: &InboundMail,
        addressing: &Addressing,
        keys: Vec<PointerKey>,
    ) -> Result<Option<Thread>, Fault> {
        if let Some(thread) = self.acceptor.resolve(&keys).await? {
            return Ok(Some(thread));
        }
        let Some(project) = addressing.address(mail, None).project else {
            return Ok(None);
        };
        let mut ids: Vec<PointerKey> = candidates(mail, &addressing.own.hermes)
            .iter()
            .filter_map(|candidate| match candidate {
                Candidate::Token(_) => None,
                Candidate::Message(id) => Some(PointerKey::message(&project.id, id.as_str())),
            })
            .collect();
        ids.push(PointerKey::message(&project.id, mail.message_id.as_str()));
        self.acceptor.resolve(&ids).await
    }
}

/// T6: a thread goes on only for its own user, in its own project.
pub(super) fn continues(thread: &Thread, addressed: &Addressed) -> bool {
    addressed
        .project
        .as_ref()
        .is_some_and(|project| project.id == thread.project_id)
        && addressed
            .user
            .as_ref()
            .is_some_and(|user| *user == thread.user_id)
}

pub(super) fn addressed_thread(thread: &Thread) -> MatchedThread {
    MatchedThread {
        thread: thread.thread_id.clone(),
        project: thread.project_id.clone(),
    }
}

/// Keys that need no project: the reply tokens.
pub(super) fn candidate_keys(mail: &InboundMail, addressing: &Addressing) -> Vec<PointerKey> {
    candidates(mail, &addressing.own.hermes)
        .iter()
        .filter_map(|candidate| match candidate {
            Candidate::Token(token) => Some(PointerKey::token(token)),
            Candidate::Message(_) => None,
        })
        .collect()
}

/// The at most ten ids that a mail refers to, newest first (T1).
pub(super) fn referred(mail: &InboundMail) -> impl Iterator<Item = &MessageId> {
    const MOST: usize = 10;
    let mut seen = HashSet::new();
    let ids = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    ids.filter(move |id| seen.insert(*id)).take(MOST)
}
