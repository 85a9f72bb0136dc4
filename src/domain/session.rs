//! The session: a thread as the API sees it, and when it ends.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ids::{ClientId, CommandId, ContainerId, ProjectId, SessionId, ThreadId, UserId};
use super::time::Timestamp;

/// Whether the conversation is open (`design.md` section 5, "Status").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStatus {
    /// Until its container runs.
    Initializing,
    /// Open; also while the container sleeps.
    Active,
    /// Deactivated, until its open commands have ended.
    Draining,
    /// Over; a message activates it again.
    Expired,
}

impl SessionStatus {
    /// The status as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initializing => "initializing",
            Self::Active => "active",
            Self::Draining => "draining",
            Self::Expired => "expired",
        }
    }
}

/// How long sessions live.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// After the last activity (`SESSION_TTL`).
    pub idle: Duration,
    /// After the activation, without a new message (S7).
    pub max: Duration,
}

/// 4 hours (S7).
pub const MAX_LIFETIME: Duration = Duration::from_hours(4);

/// One conversation, open or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Session {
    pub session_id: SessionId,
    pub user_id: UserId,
    pub client_id: ClientId,
    pub project_id: ProjectId,
    pub thread_id: ThreadId,
    pub container_id: ContainerId,
    /// As stored; [`Session::status_at`] is what counts.
    pub status: SessionStatus,
    /// The last message, running command, its end, or keepalive. Reading is not activity.
    pub last_activity: Timestamp,
    /// When it expires; whole seconds, because the record's `ttl` counts those.
    pub ttl: Timestamp,
    /// The git branch of its thread.
    pub edit_branch: String,
    /// Where the preview opens.
    pub preview_url: String,
    /// When the conversation began.
    pub created_at: Timestamp,
    /// When it was last opened.
    pub activated_at: Timestamp,
    /// How often it was opened.
    pub activation: u32,
    /// Commands queued or running: while there are any, it does not expire.
    pub open_commands: u32,
    /// The newest command.
    pub last_command: Option<CommandId>,
    /// Why it ended, once it did.
    pub reason: Option<String>,
    /// Counts the writes of this record.
    pub version: u64,
}

/// What a keepalive does.
#[derive(Debug, Clone, PartialEq)]
pub enum Keepalive {
    /// Write this and answer it.
    Extend(Box<Session>),
    /// Answer what is stored: the gain is too small to be worth a write (S5).
    Enough,
    /// It has expired; nothing brings it back but a message (S3).
    Expired,
    /// It is draining; try again when it has ended (S3).
    Draining,
}

impl Session {
    /// Whether it is over at `now`: `now >= ttl` (S4), but never with open commands.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.status == SessionStatus::Expired || (self.open_commands == 0 && now >= self.ttl)
    }

    /// The status at `now`, whatever is stored.
    pub fn status_at(&self, now: Timestamp) -> SessionStatus {
        if self.is_expired(now) {
            SessionStatus::Expired
        } else {
            self.status
        }
    }

    /// The latest `ttl` this activation can reach by keepalives.
    pub fn max_expires_at(&self, lifetimes: Lifetimes) -> Timestamp {
        whole_seconds(self.activated_at + lifetimes.max)
    }

    /// Why it ends when its `ttl` has passed.
    pub fn lapse_reason(&self, lifetimes: Lifetimes) -> &'static str {
        if self.ttl >= self.max_expires_at(lifetimes) {
            "max_lifetime"
        } else {
            "idle"
        }
    }

    /// Decides a keepalive (S3, S5).
    pub fn keepalive(&self, now: Timestamp, lifetimes: Lifetimes) -> Keepalive {
        match self.status_at(now) {
            SessionStatus::Expired => return Keepalive::Expired,
            SessionStatus::Draining => return Keepalive::Draining,
            SessionStatus::Initializing | SessionStatus::Active => {}
        }
        let ttl = whole_seconds(now + lifetimes.idle).min(self.max_expires_at(lifetimes));
        let worth_a_write = (lifetimes.idle / 20).min(Duration::from_secs(30));
        if ttl.since(self.ttl) <= worth_a_write {
            return Keepalive::Enough;
        }
        Keepalive::Extend(Box::new(Self {
            last_activity: now,
            ttl,
            ..self.clone()
        }))
    }

    /// Marks activity at `now`: the clock starts again, and never runs out before an open command ends.
    pub fn touch(&mut self, now: Timestamp, lifetimes: Lifetimes) {
        let mut ttl = whole_seconds(now + lifetimes.idle);
        if self.open_commands == 0 {
            ttl = ttl.min(self.max_expires_at(lifetimes).max(whole_seconds(now)));
        }
        self.last_activity = self.last_activity.max(now);
        self.ttl = self.ttl.max(ttl);
    }

    /// Opens it again at `now` after it drained or expired.
    pub fn reactivate(&mut self, now: Timestamp, lifetimes: Lifetimes) {
        self.status = SessionStatus::Initializing;
        self.activation = self.activation.saturating_add(1);
        self.activated_at = now;
        self.ttl = whole_seconds(now + lifetimes.idle);
        self.last_activity = now;
        self.reason = None;
    }

    /// Adds a command. A message also starts the 4 hours anew (S7).
    pub fn command_queued(&mut self, id: CommandId, now: Timestamp, lifetimes: Lifetimes) {
        self.open_commands = self.open_commands.saturating_add(1);
        self.last_command = Some(id);
        self.activated_at = now;
        self.touch(now, lifetimes);
    }

    /// Takes note that a command has ended; the last one of a draining session ends the session.
    /// Answers whether it ended.
    pub fn command_ended(&mut self, now: Timestamp, lifetimes: Lifetimes) -> bool {
        self.open_commands = self.open_commands.saturating_sub(1);
        match self.status {
            SessionStatus::Draining if self.open_commands == 0 => {
                self.end(now, "deactivated");
                true
            }
            SessionStatus::Initializing => {
                self.status = SessionStatus::Active;
                self.touch(now, lifetimes);
                false
            }
            SessionStatus::Active | SessionStatus::Draining | SessionStatus::Expired => {
                self.touch(now, lifetimes);
                false
            }
        }
    }

    /// Ends it at `now`.
    pub fn end(&mut self, now: Timestamp, reason: &str) {
        self.status = SessionStatus::Expired;
        self.ttl = self.ttl.min(whole_seconds(now));
        self.reason = Some(reason.to_owned());
    }
}

fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_secs(at.as_secs())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIFETIMES: Lifetimes = Lifetimes {
        idle: Duration::from_mins(30),
        max: MAX_LIFETIME,
    };

    pub(crate) fn session(now: Timestamp) -> Session {
        Session {
            session_id: "ses-1".parse().unwrap(),
            user_id: "u@example.com".parse().unwrap(),
            client_id: "c".parse().unwrap(),
            project_id: "p".parse().unwrap(),
            thread_id: "t".parse().unwrap(),
            container_id: "k".parse().unwrap(),
            status: SessionStatus::Active,
            last_activity: now,
            ttl: whole_seconds(now + LIFETIMES.idle),
            edit_branch: "thread-t".to_owned(),
            preview_url: "http://ses-1.localhost:3000/".to_owned(),
            created_at: now,
            activated_at: now,
            activation: 1,
            open_commands: 0,
            last_command: None,
            reason: None,
            version: 1,
        }
    }

    #[test]
    fn s4_it_is_expired_at_the_very_second_of_its_ttl() {
        let start = Timestamp::from_secs(1000);
        let s = session(start);
        assert!(!s.is_expired(s.ttl - Duration::from_millis(1)));
        assert!(s.is_expired(s.ttl));
        let busy = Session {
            open_commands: 1,
            ..s.clone()
        };
        assert!(!busy.is_expired(s.ttl + Duration::from_secs(9999)));
    }

    #[test]
    fn s5_a_small_gain_is_not_written() {
        let start = Timestamp::from_secs(1000);
        let s = session(start);
        assert_eq!(
            s.keepalive(start + Duration::from_secs(30), LIFETIMES),
            Keepalive::Enough
        );
        let later = start + Duration::from_secs(31);
        let Keepalive::Extend(extended) = s.keepalive(later, LIFETIMES) else {
            panic!("extends")
        };
        assert_eq!(extended.ttl, later + LIFETIMES.idle);
    }

    #[test]
    fn s3_keepalives_end_at_the_longest_lifetime_and_never_wake_the_dead() {
        let start = Timestamp::from_secs(1000);
        let mut s = session(start);
        s.ttl = s.max_expires_at(LIFETIMES);
        let late = s.ttl - Duration::from_secs(1);
        assert_eq!(s.keepalive(late, LIFETIMES), Keepalive::Enough);
        assert_eq!(s.keepalive(s.ttl, LIFETIMES), Keepalive::Expired);
        s.status = SessionStatus::Draining;
        assert_eq!(s.keepalive(late, LIFETIMES), Keepalive::Draining);
    }

    #[test]
    fn s9_the_last_command_of_a_draining_session_ends_it() {
        let start = Timestamp::from_secs(1000);
        let mut s = session(start);
        s.open_commands = 2;
        s.status = SessionStatus::Draining;
        assert!(!s.command_ended(start, LIFETIMES));
        assert!(s.command_ended(start, LIFETIMES));
        assert_eq!(s.status, SessionStatus::Expired);
        assert_eq!(s.reason.as_deref(), Some("deactivated"));
    }

    proptest! {
        #[test]
        fn s3_nothing_but_an_end_shortens_it(steps in prop::collection::vec((0_u64..20_000, 0_u8..4), 1..40)) {
            let mut now = Timestamp::from_secs(1000);
            let mut s = session(now);
            for (wait, what) in steps {
                now = now + Duration::from_secs(wait);
                let before = s.ttl;
                match what {
                    0 => if let Keepalive::Extend(next) = s.keepalive(now, LIFETIMES) { s = *next },
                    1 => s.command_queued("cmd".parse().unwrap(), now, LIFETIMES),
                    2 if s.open_commands > 0 => { s.command_ended(now, LIFETIMES); }
                    _ => s.touch(now, LIFETIMES),
                }
                prop_assert!(s.ttl >= before);
                prop_assert!(s.open_commands == 0 || !s.is_expired(now));
                prop_assert_eq!(s.ttl.as_millis() % 1000, 0);
            }
        }
    }
}
