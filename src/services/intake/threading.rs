//! Which conversation a mail continues (T1, T4 to T9, T13).

use std::collections::HashSet;

use super::arrival::Arrival;
use super::memory::Memory;
use super::take::Intake;
use crate::domain::mail::{
    Candidate, InboundMail, MatchedThread, MessageId, OwnIdentity, ReplyToken, RuleId,
    SHORT_COMMAND, SubjectMatch, SubjectPrefix, candidates, has_new_subject, quoted_marks,
    subject_prefix, visible,
};
use crate::domain::thread::{PointerKey, Thread};
use crate::ports::fault::Fault;
use crate::services::addressing::Addressed;

/// Most tokens of a mail that are looked up; people write to one.
const MAX_TOKENS: usize = 4;
/// Most threads of others that a mail refers to before its own is looked for no more.
const MAX_FOREIGN: usize = 3;

/// A conversation, and what led to it.
pub(super) struct Found {
    pub(super) thread: Thread,
    by: RuleId,
}

impl Found {
    pub(super) fn matched(&self) -> MatchedThread {
        MatchedThread {
            thread: self.thread.thread_id.clone(),
            project: self.thread.project_id.clone(),
            by: self.by,
        }
    }
}

/// Where a mail belongs.
#[derive(Default)]
pub(super) struct Threading {
    /// The conversation that it continues; none begins one.
    pub(super) found: Option<Found>,
    /// Rules that took part and led to nothing.
    pub(super) rules: Vec<RuleId>,
}

impl Intake {
    /// The threads of the tokens that a mail was sent to, each once (T1 (1)).
    pub(super) async fn threads_of_tokens(
        &self,
        mail: &InboundMail,
        own: &OwnIdentity,
    ) -> Result<Vec<Thread>, Fault> {
        let tokens: Vec<ReplyToken> = candidates(mail, &own.hermes)
            .into_iter()
            .filter_map(|candidate| match candidate {
                Candidate::Token(token) => Some(token),
                Candidate::Message(_) | Candidate::Tag(_) => None,
            })
            .take(MAX_TOKENS)
            .collect();
        let mut threads: Vec<Thread> = Vec::new();
        for token in &tokens {
            let found = self.acceptor.resolve(&[PointerKey::token(token)]).await?;
            threads.extend(found.map(|(_, thread)| thread));
        }
        Ok(threads)
    }

    /// Finds the conversation that a mail continues in the project that it is for.
    pub(super) async fn find_thread(
        &self,
        arrival: &Arrival<'_>,
        own: &OwnIdentity,
        addressed: &Addressed,
        memory: &mut Memory,
    ) -> Result<Threading, Fault> {
        let mut threading = self.by_reference(arrival, own, addressed).await?;
        let is_known = arrival.auth.may_edit() && addressed.role_by(arrival.auth).is_some();
        if !is_known {
            return Ok(threading);
        }
        let mail = arrival.mail;
        if let Some(found) = &threading.found {
            let is_new = has_new_subject(found.thread.subject.as_deref(), mail)
                && visible(mail).text.chars().count() > SHORT_COMMAND;
            if is_new {
                self.recall(addressed, memory).await?;
                let talks = memory.talks();
                if !talks.knows_subject(&found.thread.thread_id, &mail.subject_key) {
                    // T9: another matter, from what is published
                    threading.found = None;
                    threading.rules.push(RuleId::T9);
                }
            }
        } else if subject_prefix(&mail.subject) == SubjectPrefix::Reply {
            self.recall(addressed, memory).await?;
            threading.found = self.by_subject(arrival, addressed, memory).await?;
        }
        Ok(threading)
    }

    /// By token, by referenced id or, last of those, the mail's own, which a reply that overtook it may have registered;
    /// by the subject's tag; by what is quoted (T1, T13).
    async fn by_reference(
        &self,
        arrival: &Arrival<'_>,
        own: &OwnIdentity,
        addressed: &Addressed,
    ) -> Result<Threading, Fault> {
        let mut threading = Threading::default();
        let Some(project) = &addressed.project else {
            return Ok(threading);
        };
        let mail = arrival.mail;
        let theirs = |thread: &&Thread| continues(thread, addressed);
        if let Some(thread) = arrival.tokens.iter().find(theirs) {
            threading.found = found(thread.clone(), RuleId::T1);
            return Ok(threading);
        }
        let mut is_foreign = !arrival.tokens.is_empty();
        let ids: Vec<&MessageId> = referred(mail).chain([&mail.message_id]).collect();
        let keys: Vec<PointerKey> = ids
            .iter()
            .map(|id| PointerKey::message(&project.id, id.as_str()))
            .collect();
        let mut left = keys.as_slice();
        for _ in 0..=MAX_FOREIGN {
            let Some((key, thread)) = self.acceptor.resolve(left).await? else {
                break;
            };
            let at = keys.iter().position(|known| *known == key).unwrap_or(0);
            let id = ids.get(at).copied().unwrap_or(&mail.message_id);
            // an id that comes again with another subject is another mail (E9)
            let is_other =
                *id == mail.message_id && has_new_subject(thread.subject.as_deref(), mail);
            if continues(&thread, addressed) && !is_other {
                threading.found = found(thread, rule_of(id, own));
                return Ok(threading);
            }
            is_foreign |= !is_other;
            left = keys.get(at + 1..).unwrap_or_default();
        }
        let tag = candidates(mail, &own.hermes).into_iter().next_back();
        if let Some(Candidate::Tag(id)) = tag {
            let thread = self.acceptor.thread(&id).await?;
            let thread = thread.filter(|thread| continues(thread, addressed));
            threading.found = thread.and_then(|thread| found(thread, RuleId::T1));
            is_foreign |= threading.found.is_none();
        }
        if threading.found.is_none() {
            threading.found = self.by_quote(mail, addressed).await?;
        }
        if is_foreign && threading.found.is_none() {
            threading.rules.push(RuleId::T6);
        }
        Ok(threading)
    }

    /// By the letter that a reply quotes: more than a subject tells, where a client keeps neither address nor ids. What
    /// a forward carries along is no answer.
    async fn by_quote(
        &self,
        mail: &InboundMail,
        addressed: &Addressed,
    ) -> Result<Option<Found>, Fault> {
        let Some(project) = &addressed.project else {
            return Ok(None);
        };
        if subject_prefix(&mail.subject) == SubjectPrefix::Forward {
            return Ok(None);
        }
        let keys: Vec<PointerKey> = quoted_marks(&mail.body.text)
            .into_iter()
            .map(|mark| PointerKey::mark(&project.id, mark))
            .collect();
        let thread = self.acceptor.resolve(&keys).await?;
        let thread = thread.filter(|(_, thread)| continues(thread, addressed));
        Ok(thread.and_then(|(_, thread)| found(thread, RuleId::T1)))
    }

    /// T8: the one conversation of the sender in this project that went under this subject in the last days.
    async fn by_subject(
        &self,
        arrival: &Arrival<'_>,
        addressed: &Addressed,
        memory: &Memory,
    ) -> Result<Option<Found>, Fault> {
        let talks = memory.talks();
        let now = self.acceptor.now();
        let SubjectMatch::One(id) = talks.by_subject(&arrival.mail.subject_key, now) else {
            return Ok(None);
        };
        let thread = self.acceptor.thread(&id).await?;
        let thread = thread.filter(|thread| continues(thread, addressed));
        Ok(thread.and_then(|thread| found(thread, RuleId::T8)))
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what is found is put where there was nothing"
)]
fn found(thread: Thread, by: RuleId) -> Option<Found> {
    Some(Found { thread, by })
}

/// T6: a thread goes on only for its own user, in its own project.
fn continues(thread: &Thread, addressed: &Addressed) -> bool {
    addressed
        .project
        .as_ref()
        .is_some_and(|project| project.id == thread.project_id)
        && addressed
            .user
            .as_ref()
            .is_some_and(|user| *user == thread.user_id)
}

/// T4 for an id of ours, or one that SES has put in its place.
fn rule_of(id: &MessageId, own: &OwnIdentity) -> RuleId {
    let domain = id.domain();
    if domain == own.hermes.domain() || domain.ends_with(".amazonses.com") {
        RuleId::T4
    } else {
        RuleId::T1
    }
}

/// The at most ten ids that a mail refers to, newest first (T1).
pub(super) fn referred(mail: &InboundMail) -> impl Iterator<Item = &MessageId> {
    const MOST: usize = 10;
    let mut seen = HashSet::new();
    let ids = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    ids.filter(move |id| seen.insert(*id)).take(MOST)
}
