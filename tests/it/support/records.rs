//! Records to start from. Each is new (version 0), valid, and named by the number it is made from.

use std::time::Duration;

use hermes::domain::blob::BlobId;
use hermes::domain::claim::{Claim, ClaimKey};
use hermes::domain::command::{Command, CommandState, Source};
use hermes::domain::container::{Container, ContainerState, StopReason, TaskRef};
use hermes::domain::event::{EventDraft, EventKind};
use hermes::domain::ids::{Bits, ContainerId};
use hermes::domain::journal::{Channel, JournalRow, Verdict};
use hermes::domain::mail::files::FileRefusal;
use hermes::domain::mail::{Language, Letter, LetterKind, ReplyToken, Section};
use hermes::domain::note::{Note, NoteKey};
use hermes::domain::reply::{Reply, ReplyState};
use hermes::domain::session::{Session, SessionStatus};
use hermes::domain::thread::{Pointer, PointerKey, Thread};
use hermes::ports::preview_store::PreviewOf;

use super::ManualClock;

/// An id of any kind.
pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// The reply token of thread `n`.
pub(crate) fn a_token(n: u32) -> ReplyToken {
    let n = u8::try_from(n % 256).unwrap();
    ReplyToken::mint(Bits([n; 16]), Bits([n; 16]))
}

/// An active session `ses-<n>` of client `acme`, in container `box-1`, that lives for half an hour.
pub(crate) fn a_session(n: u32) -> Session {
    let now = ManualClock::START;
    Session {
        session_id: id(&format!("ses-{n}")),
        user_id: id("amelia@example.com"),
        client_id: id("acme"),
        project_id: id("site"),
        thread_id: id(&format!("thread{n}")),
        container_id: id("box-1"),
        status: SessionStatus::Active,
        last_activity: now,
        ttl: now + Duration::from_mins(30),
        edit_branch: format!("thread-thread{n}"),
        preview_url: format!("http://ses-{n}.localhost:3000/"),
        created_at: now,
        activated_at: now,
        activation: 1,
        open_commands: 0,
        last_command: None,
        reason: None,
        version: 0,
    }
}

/// The preview of a session of the client and project that records here are of.
pub(crate) fn a_preview(session: &str) -> PreviewOf {
    PreviewOf {
        client: id("acme"),
        project: id("site"),
        session: id(session),
    }
}

/// The thread of `ses-<n>`.
pub(crate) fn a_thread(n: u32) -> Thread {
    Thread {
        thread_id: id(&format!("thread{n}")),
        session_id: id(&format!("ses-{n}")),
        client_id: id("acme"),
        project_id: id("site"),
        user_id: id("amelia@example.com"),
        container_id: id("box-1"),
        edit_branch: format!("thread-thread{n}"),
        reply_token: a_token(n),
        subject: Some("opening hours".to_owned()),
        language: Some(Language::Es),
        created_at: ManualClock::START,
        version: 0,
    }
}

/// A pointer to `thread<n>` from a Message-ID that is made from `key`.
pub(crate) fn a_pointer(key: u32, n: u32) -> Pointer {
    Pointer {
        key: PointerKey::message(&id("site"), &format!("m{key}@example.com")),
        thread_id: id(&format!("thread{n}")),
    }
}

/// A container `box-<n>` of client `acme` that never ran.
pub(crate) fn a_container(n: u32) -> Container {
    Container::new(
        id(&format!("box-{n}")),
        id("acme"),
        id("site"),
        id("amelia@example.com"),
    )
}

/// All states a container can be in.
pub(crate) fn container_states() -> [ContainerState; 5] {
    let since = ManualClock::START;
    let task = TaskRef("4711@100".to_owned());
    [
        ContainerState::Stopped,
        ContainerState::Starting { since, task: None },
        ContainerState::Running {
            since,
            task: task.clone(),
        },
        ContainerState::Draining {
            since,
            task,
            reason: StopReason::Idle,
        },
        ContainerState::Failed {
            reason: "no capacity".to_owned(),
        },
    ]
}

/// A container `box-<n>` of `client` that sleeps and has work since `minute`.
pub(crate) fn a_waiting_container(n: u32, client: &str, minute: u64) -> Container {
    Container {
        client_id: id(client),
        open_commands: 1,
        due_at: Some(ManualClock::START + Duration::from_mins(minute)),
        ..a_container(n)
    }
}

/// A queued command `cmd-<n>` of `ses-1` in `box-1`, with the sequence `n`.
pub(crate) fn a_command(n: u32) -> Command {
    Command {
        command_id: id(&format!("cmd-{n}")),
        session_id: id("ses-1"),
        thread_id: id("thread1"),
        container_id: id("box-1"),
        client_id: id("acme"),
        project_id: id("site"),
        user_id: id("amelia@example.com"),
        source: Source::Api,
        instruction: "Change the title to \u{201e}Grüße 👋\u{201c}\nand nothing else".to_owned(),
        action: None,
        mail: None,
        attachments: Vec::new(),
        refused_files: Vec::new(),
        state: CommandState::Queued,
        sequence: n.into(),
        dispatched_generation: 0,
        starts: 0,
        cancel: None,
        cancel_sent_generation: 0,
        created_at: ManualClock::START + Duration::from_secs(n.into()),
        started_at: None,
        ended_at: None,
        result: None,
        told: Vec::new(),
        reply_trouble: None,
        version: 0,
    }
}

/// The letter of the reply to `cmd-<n>`.
fn a_letter(n: u32) -> Letter {
    Letter {
        kind: LetterKind::Result,
        language: Language::Fr,
        reply_id: id(&format!("cmd-{n}")),
        message_id: id(&format!("turn.cmd-{n}@hermes.localhost")),
        from: id("edit@hermes.localhost"),
        to: id("amelia@example.com"),
        cc: vec![id("bob@example.com")],
        reply_to: id("edit@hermes.localhost"),
        subject: "Re: Öffnungszeiten".to_owned(),
        in_reply_to: id("m1@example.com"),
        references: vec![id("m1@example.com")],
        date: ManualClock::START,
        headline: "The opening hours are now 9-5".to_owned(),
        paragraphs: vec!["one".to_owned(), "two".to_owned()],
        files_changed: vec!["contact.html".to_owned()],
        more_files: 0,
        ignored_files: vec![("setup.exe".to_owned(), FileRefusal::Program)],
        preview_url: Some("http://ses-1.localhost:3000/".to_owned()),
        action: None,
        log: None,
        sections: vec![Section {
            title: "Left out".to_owned(),
            lines: vec!["setup.exe".to_owned()],
        }],
        hints: Vec::new(),
        quoted: None,
        reference: None,
    }
}

/// A reply to `cmd-<n>` that is to be sent at once.
pub(crate) fn a_reply(n: u32) -> Reply {
    Reply {
        reply_id: id(&format!("cmd-{n}")),
        session_id: Some(id("ses-1")),
        command_id: Some(id(&format!("cmd-{n}"))),
        journal_id: None,
        letter: a_letter(n),
        state: ReplyState::Pending,
        due_at: Some(ManualClock::START),
        attempts: 0,
        created_at: ManualClock::START,
        version: 0,
    }
}

/// A journal row `msg-<n>`, received `n` seconds after the start.
pub(crate) fn a_journal_row(n: u32) -> JournalRow {
    JournalRow {
        journal_id: id(&format!("msg-{n}")),
        received_at: ManualClock::START + Duration::from_secs(n.into()),
        channel: Channel::Http,
        message_id: format!("m{n}@example.com"),
        from: Some("amelia@example.com".to_owned()),
        to: vec!["edit@hermes.localhost".to_owned()],
        subject: "Opening hours".to_owned(),
        bytes: 1234,
        project_id: Some(id("site")),
        verdict: Verdict::Instruct,
        rules: vec!["A1".to_owned()],
        reason: "a member's own words".to_owned(),
        session_id: Some(id("ses-1")),
        thread_id: Some(id("thread1")),
        command_id: Some(id("cmd-1")),
        raw: BlobId::of(b"raw"),
        replays: 0,
        version: 0,
    }
}

/// A claim of `key` that holds for an hour.
pub(crate) fn a_claim(key: &str, value: &str) -> Claim {
    Claim {
        key: ClaimKey::idempotency(&id("acme"), key),
        value: value.to_owned(),
        claimed_at: ManualClock::START,
        expires_at: ManualClock::START + Duration::from_hours(1),
    }
}

/// Note `n`, which may be forgotten after an hour.
pub(crate) fn a_note(n: u32) -> Note {
    Note {
        key: NoteKey::correspondence(Some(&id("site")), &id(&format!("user-{n}"))),
        value: format!("note {n}"),
        expires_at: ManualClock::START + Duration::from_hours(1),
        version: 0,
    }
}

/// An event of `ses-<session>` about `cmd-<n>`.
pub(crate) fn an_event(session: u32, n: u32) -> EventDraft {
    EventDraft::of(
        &a_session(session),
        ManualClock::START,
        EventKind::CommandQueued {
            command_id: id(&format!("cmd-{n}")),
        },
    )
}

/// The container that the other records belong to.
pub(crate) fn the_box() -> ContainerId {
    id("box-1")
}
