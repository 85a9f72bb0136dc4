//! One letter of every kind and end, in every language.

use std::time::Duration;

use hermes::domain::command::{
    Acks, Action, Command, CommandResult, CommandState, MailOrigin, NOTHING_CHANGED,
    STOPPED_BEFORE, Source,
};
use hermes::domain::ids::{Bits, ThreadId};
use hermes::domain::mail::files::{FileRefusal, RefusedFile};
use hermes::domain::mail::{Language, Letter, LetterKind, RefusalReason, ReplyToken};
use hermes::domain::member::Role;
use hermes::domain::thread::Thread;
use hermes::domain::time::Timestamp;
use hermes::services::letters::{Asked, Letters, Situation, Stopping};

/// When all of them were written.
const NOW: Timestamp = Timestamp::from_millis(1_795_271_261_602);
const PREVIEW: &str = "https://ses-0f8fad5b-d9cb-469f-a165-70867728950e.preview.example.com/";

/// A letter and what to call it.
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) letter: Letter,
}

impl Shown {
    /// The mail as it is sent.
    pub(crate) fn mail(&self) -> String {
        let raw = letters().render(&self.letter).expect("is rendered");
        String::from_utf8(raw.to_vec()).expect("is text")
    }
}

fn letters() -> Letters {
    Letters::new("edit@mail.example.com".parse().unwrap())
}

/// What is asked for and what is said of it, in one language.
struct Story {
    subject: &'static str,
    instruction: &'static str,
    summary: &'static str,
    question: &'static str,
}

fn story(language: Language) -> Story {
    match language {
        Language::En => Story {
            subject: "Opening hours",
            instruction: "Please change the opening hours on the contact page to 10-6, and say that we are closed on Mondays.\n\nThanks, Amelia",
            summary: "The contact page now says “Open 10-6”, and “Closed on Mondays.” stands below it.",
            question: "I found “Open 9-5” in 2 places, and I am not sure which one you mean:\n- contact.html: “Open 9-5, Tuesday to Sunday”\n- index.html: “Open 9-5”",
        },
        Language::De => Story {
            subject: "Öffnungszeiten",
            instruction: "Bitte ändern Sie die Öffnungszeiten auf der Kontaktseite auf 10-18 Uhr und schreiben Sie dazu, dass montags geschlossen ist.\n\nDanke, Amelia",
            summary: "Auf der Kontaktseite steht jetzt „Geöffnet 10-18 Uhr“ und darunter „Montags geschlossen.“",
            question: "„Geöffnet 9-17 Uhr“ steht an 2 Stellen, und ich weiß nicht, welche Sie meinen:\n- kontakt.html: „Geöffnet 9-17 Uhr, Dienstag bis Sonntag“\n- index.html: „Geöffnet 9-17 Uhr“",
        },
        Language::Fr => Story {
            subject: "Horaires d'ouverture",
            instruction: "Pourriez-vous changer les horaires de la page contact en 10h-18h et ajouter que nous sommes fermés le lundi ?\n\nMerci, Amélie",
            summary: "La page contact indique maintenant « Ouvert 10h-18h », et « Fermé le lundi. » figure en dessous.",
            question: "« Ouvert 9h-17h » figure à 2 endroits, et je ne sais pas duquel il s'agit :\n- contact.html : « Ouvert 9h-17h, du mardi au dimanche »\n- index.html : « Ouvert 9h-17h »",
        },
        Language::Es => Story {
            subject: "Horario de apertura",
            instruction: "Por favor, cambien el horario de la página de contacto a 10-18 y añadan que cerramos los lunes.\n\nGracias, Amelia",
            summary: "La página de contacto dice ahora «Abierto 10-18», y debajo «Cerrado los lunes.»",
            question: "«Abierto 9-17» aparece en 2 lugares, y no sé a cuál se refiere:\n- contacto.html: «Abierto 9-17, de martes a domingo»\n- index.html: «Abierto 9-17»",
        },
    }
}

fn origin(language: Language) -> MailOrigin {
    MailOrigin {
        journal_id: "msg-0123456789abcdef0123456789abcdef".parse().unwrap(),
        from: "amelia@example.org".parse().unwrap(),
        answer_to: None,
        remarks: Vec::new(),
        copies: Vec::new(),
        subject: story(language).subject.to_owned(),
        message_id: "CAFq1x+5Zk@mail.example.org".parse().unwrap(),
        references: vec!["CAFq1w@mail.example.org".parse().unwrap()],
        language,
        role: Some(Role::Publisher),
        acks: Acks::Wanted,
    }
}

fn thread() -> Thread {
    let thread_id: ThreadId = "k3v9q1m7x2b8n4c6z0ad".parse().unwrap();
    Thread {
        session_id: "ses-0f8fad5b-d9cb-469f-a165-70867728950e".parse().unwrap(),
        client_id: "acme".parse().unwrap(),
        project_id: "site".parse().unwrap(),
        user_id: "amelia@example.org".parse().unwrap(),
        container_id: "box-1".parse().unwrap(),
        edit_branch: Thread::branch_of(&thread_id),
        reply_token: ReplyToken::mint(Bits([0x51; 16]), Bits([0x7e; 16])),
        subject: None,
        language: None,
        created_at: NOW,
        version: 0,
        thread_id,
    }
}

fn command(language: Language, state: CommandState, result: Option<CommandResult>) -> Command {
    let thread = thread();
    Command {
        command_id: "cmd-7c9e6679-7425-40de-944b-e07fc1f90ae7".parse().unwrap(),
        session_id: thread.session_id,
        thread_id: thread.thread_id,
        container_id: thread.container_id,
        client_id: thread.client_id,
        project_id: thread.project_id,
        user_id: thread.user_id,
        source: Source::Email,
        instruction: story(language).instruction.to_owned(),
        action: None,
        mail: Some(origin(language)),
        attachments: Vec::new(),
        state,
        sequence: 1,
        dispatched_generation: 1,
        starts: 1,
        cancel: None,
        cancel_sent_generation: 0,
        created_at: NOW,
        started_at: None,
        ended_at: None,
        result,
        reply_trouble: None,
        refused_files: Vec::new(),
        told: Vec::new(),
        version: 1,
    }
}

fn files(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// How a command ends, and the name of its letter.
type End = (&'static str, CommandState, CommandResult);

fn changed(language: Language) -> CommandResult {
    CommandResult {
        summary: Some(story(language).summary.to_owned()),
        files_changed: files(&["contact.html", "partials/footer.html"]),
        deploy_success: Some(true),
        ..CommandResult::default()
    }
}

fn failed(code: &str, summary: &str) -> CommandResult {
    CommandResult {
        error_code: Some(code.to_owned()),
        summary: Some(summary.to_owned()),
        ..CommandResult::default()
    }
}

fn done(language: Language) -> Vec<End> {
    let changed = changed(language);
    let unseen = CommandResult {
        deploy_success: Some(false),
        ..changed.clone()
    };
    let many = CommandResult {
        files_changed: (1..=23).map(|n| format!("blog/2026/{n:02}.md")).collect(),
        ..changed.clone()
    };
    let nothing = CommandResult {
        summary: Some(NOTHING_CHANGED.to_owned()),
        ..CommandResult::default()
    };
    let ends = [
        ("result", changed),
        ("result-unseen", unseen),
        ("result-of-many", many),
        ("result-nothing", nothing),
    ];
    let ends = ends.into_iter();
    ends.map(|(name, result)| (name, CommandState::Succeeded, result))
        .collect()
}

fn not_done(language: Language) -> Vec<End> {
    let question = story(language).question;
    let log = "> build\n> eleventy\n\n[11ty] Problem writing templates: contact.html\n[11ty] 1. Unclosed tag <price> (contact.html, line 12)\nexit status 1";
    let red = CommandResult {
        build_success: Some(false),
        deploy_success: Some(false),
        error: Some(log.to_owned()),
        error_code: Some("build_failed".to_owned()),
        ..changed(language)
    };
    let ends = [
        ("question", failed("text_ambiguous", question)),
        ("refusal-of-agent", failed("needs_model", question)),
        ("failure-build", red),
        ("failure-crash", failed("worker_crashed", "It crashed.")),
        (
            "failure-never-started",
            failed("never_started", "It did not start."),
        ),
        (
            "failure-repository",
            failed("repository_unavailable", "It cannot be reached."),
        ),
        (
            "failure-files",
            failed("attachments_unavailable", "It cannot be fetched."),
        ),
        (
            "failure-other",
            failed("agent_failed", "The editor ended with an error."),
        ),
    ];
    let ends = ends.into_iter();
    ends.map(|(name, result)| (name, CommandState::Failed, result))
        .collect()
}

fn stopped() -> Vec<End> {
    let newer = CommandResult {
        interrupted_by: Some("cmd-2".parse().unwrap()),
        ..CommandResult::default()
    };
    let ends = [
        ("stopped-by-newer", newer),
        ("stopped-by-end", failed("deactivated", STOPPED_BEFORE)),
    ];
    let ends = ends.into_iter();
    ends.map(|(name, result)| (name, CommandState::Interrupted, result))
        .collect()
}

/// One file for each reason why files are left out.
fn refused_files() -> Vec<RefusedFile> {
    let refused = |reason: FileRefusal| RefusedFile {
        name: format!("{}.bin", reason.as_str()),
        reason,
    };
    FileRefusal::ALL.map(refused).into()
}

/// Commands that are more than their words and their end.
fn special(language: Language) -> Vec<(String, Command)> {
    let made = command(language, CommandState::Succeeded, Some(changed(language)));
    let left_out = Command {
        refused_files: refused_files(),
        ..made
    };
    let mut all = vec![("result-left-out".to_owned(), left_out)];
    for (name, action) in [
        ("publish", Action::Publish),
        ("undo", Action::Undo { turns: 1 }),
        ("discard", Action::Discard),
        ("continue", Action::Continue),
    ] {
        let result = failed("unsupported", "It is not possible here yet.");
        let command = command(language, CommandState::Failed, Some(result));
        let command = Command {
            action: Some(action),
            instruction: name.to_owned(),
            ..command
        };
        all.push((format!("refusal-of-{name}"), command));
    }
    all
}

fn question(language: Language) -> Option<Letter> {
    let mail = origin(language);
    let asked = Asked {
        member: &mail.from,
        message_id: &mail.message_id,
        journal_id: &mail.journal_id,
        language,
        url: "https://hermes.example.com/hermes/confirm/k3v9q1m7x2b8n4c6z0adk3v9q1".to_owned(),
    };
    letters().question(asked, NOW)
}

fn of(language: Language) -> Vec<(String, Letter)> {
    let (letters, thread, mail) = (letters(), thread(), origin(language));
    let mut all = Vec::new();
    let mut show = |name: &str, letter: Option<Letter>| {
        all.push((name.to_owned(), letter.expect("is written")));
    };
    let ends = [done(language), not_done(language), stopped()];
    for (name, state, result) in ends.into_iter().flatten() {
        let command = command(language, state, Some(result));
        show(
            name,
            letters.outcome(&command, &mail, Some(&thread), PREVIEW, NOW),
        );
    }
    for (name, command) in special(language) {
        let letter = letters.outcome(&command, &mail, Some(&thread), PREVIEW, NOW);
        show(&name, letter);
    }
    show("confirm", question(language));
    for reason in RefusalReason::ALL {
        let name = format!("refusal-{}", reason.as_str());
        show(&name, letters.refusal(reason, &mail, NOW));
    }
    let queued = command(language, CommandState::Queued, None);
    show(
        "ack",
        letters.acknowledgment(&queued, &mail, Some(&thread), NOW),
    );
    let until = NOW + Duration::from_hours(24);
    show(
        "kept",
        letters.kept(&queued, &mail, Some(&thread), until, NOW),
    );
    show("help", letters.help(&mail, Some(&thread), NOW));
    let done = command(language, CommandState::Succeeded, Some(changed(language)));
    for (name, last, open) in [
        ("status-new", None, 0),
        ("status-waiting", Some(&queued), 3),
        ("status-done", Some(&done), 0),
    ] {
        let situation = Situation {
            last,
            open,
            preview_url: PREVIEW,
        };
        show(name, letters.status(&mail, Some(&thread), situation, NOW));
    }
    for (name, stopping) in [
        ("stopped", Stopping::Begun),
        ("stopped-nothing", Stopping::Nothing),
    ] {
        show(name, letters.stopped(&mail, Some(&thread), stopping, NOW));
    }
    all
}

/// All letters in all languages.
pub(crate) fn all() -> Vec<Shown> {
    let mut all = Vec::new();
    for language in Language::ALL {
        for (name, letter) in of(language) {
            let name = format!("{name}-{}", language.tag());
            all.push(Shown { name, letter });
        }
    }
    let shown = |kind: &LetterKind| all.iter().any(|one: &Shown| one.letter.kind == *kind);
    assert!(LetterKind::ALL.iter().all(shown), "a kind is not shown");
    all
}
