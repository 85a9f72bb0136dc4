use proptest::prelude::*;

use super::*;
use crate::domain::mail::PublishProof;
use crate::domain::mail::parse;

fn own() -> OwnIdentity {
    OwnIdentity {
        hermes: "edit@hermes.example".parse().unwrap(),
        addresses: Vec::new(),
        instance: "hermes-1".to_owned(),
    }
}

/// What a test says about a mail; the rest is an editor's first mail to the one project.
struct Case {
    authentication: Authentication,
    project: ProjectMatch,
    role: Option<Role>,
    thread_project: Option<&'static str>,
    screening: Screening,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            authentication: Authentication::Proven,
            project: ProjectMatch::One("site".parse().unwrap()),
            role: Some(Role::Editor),
            thread_project: None,
            screening: Screening::Clean,
        }
    }
}

impl Case {
    fn decide(&self, raw: &str) -> Decision {
        let mail = parse(raw.as_bytes()).unwrap();
        decide(&Facts {
            mail: &mail,
            own: &own(),
            screening: self.screening,
            authentication: self.authentication,
            project: self.project.clone(),
            role: self.role,
            publishing: PublishProof::default(),
            thread: self.thread_project.map(|project| MatchedThread {
                thread: "thread1".parse().unwrap(),
                project: project.parse().unwrap(),
                by: RuleId::T1,
            }),
        })
    }
}

const PLAIN: &str = "From: a@b.c\nMessage-ID: <1@b.c>\n\nMake it blue.";

#[test]
fn a_members_words_are_an_instruction() {
    let decision = Case::default().decide(PLAIN);
    assert_eq!(decision.verdict, Verdict::Instruct);
    assert_eq!(decision.instruction.as_deref(), Some("Make it blue."));
    assert_eq!((decision.rules, decision.thread), (vec![RuleId::A3], None));
    let vouched = Case {
        authentication: Authentication::Vouched { may_publish: false },
        role: Some(Role::Publisher),
        ..Case::default()
    };
    assert_eq!(vouched.decide(PLAIN).rules, [RuleId::AVouched]);
    let without_id = Case::default().decide("From: a@b.c\n\nMake it blue.");
    assert_eq!(without_id.rules, [RuleId::E10, RuleId::A3]);
}

#[test]
fn a1_and_machines_are_silent_even_when_vouched_for() {
    for (raw, rule) in [
        ("From: a@b.c, d@e.f\n\nx", RuleId::A1),
        ("Subject: x\n\nx", RuleId::A1),
        // Servers that report name no sender, or none with an address: they are known for what they are.
        ("From: <>\nSubject: Undeliverable\n\nx", RuleId::L5),
        ("From: MAILER-DAEMON\n\nx", RuleId::L5),
        ("Return-Path: <>\nSubject: x\n\nx", RuleId::L2),
        ("Subject: x\nX-Failed-Recipients: a@b.c\n\nx", RuleId::L4),
        ("From: edit@hermes.example\n\nx", RuleId::L1),
        ("From: a@b.c\nReturn-Path: <>\n\nx", RuleId::L2),
        ("From: a@b.c\nAuto-Submitted: auto-replied\n\nx", RuleId::L6),
        ("From: a@b.c\nList-Id: <x>\n\nx", RuleId::L11),
    ] {
        let vouched = Case {
            authentication: Authentication::Vouched { may_publish: true },
            thread_project: Some("site"),
            ..Case::default()
        };
        let decision = vouched.decide(raw);
        assert_eq!(decision.verdict, Verdict::Silent, "{raw}");
        assert_eq!(decision.rules.last(), Some(&rule), "{raw}");
        assert_eq!(
            (decision.instruction, decision.refusal, decision.thread),
            (None, None, None)
        );
    }
}

#[test]
fn e6_harmful_mail_is_dropped_and_unsolicited_mail_is_kept_without_a_word() {
    for (screening, raw, verdict, rules) in [
        (Screening::Virus, PLAIN, Verdict::Silent, [RuleId::E6]),
        (Screening::Spam, PLAIN, Verdict::Hold, [RuleId::E6]),
        (
            Screening::Spam,
            "From: a@b.c\nMessage-ID: <1@b.c>\nList-Id: <x>\n\nx",
            Verdict::Silent,
            [RuleId::L11],
        ),
    ] {
        let case = Case {
            screening,
            thread_project: Some("site"),
            ..Case::default()
        };
        let decision = case.decide(raw);
        assert_eq!(
            (decision.verdict, decision.rules),
            (verdict, rules.to_vec())
        );
        assert_eq!((decision.refusal, decision.thread), (None, None));
    }
}

#[test]
fn a6_unproven_mail_is_silent_or_held_and_never_refused() {
    for (role, thread_project, project, expected) in [
        (None, None, ProjectMatch::None, Verdict::Silent),
        (
            None,
            None,
            ProjectMatch::One("site".parse().unwrap()),
            Verdict::Silent,
        ),
        (
            Some(Role::Editor),
            None,
            ProjectMatch::One("site".parse().unwrap()),
            Verdict::Silent,
        ),
        (
            None,
            Some("site"),
            ProjectMatch::One("site".parse().unwrap()),
            Verdict::Silent,
        ),
        (
            Some(Role::Editor),
            Some("other"),
            ProjectMatch::One("site".parse().unwrap()),
            Verdict::Silent,
        ),
        (
            Some(Role::Editor),
            Some("site"),
            ProjectMatch::One("site".parse().unwrap()),
            Verdict::Hold,
        ),
    ] {
        let case = Case {
            authentication: Authentication::Unproven,
            role,
            thread_project,
            screening: Screening::Clean,
            project,
        };
        let decision = case.decide(PLAIN);
        assert_eq!(
            (decision.verdict, decision.refusal),
            (expected, None),
            "{role:?} {thread_project:?}"
        );
        assert!(decision.rules.contains(&RuleId::A6));
    }
}

#[test]
fn a11_b9_b14_t14_t15_proven_people_are_told_why() {
    let site = || ProjectMatch::One("site".parse().unwrap());
    let encrypted = "From: a@b.c\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\nx\n--x--";
    let files = "From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: image/png\n\nx\n--x--";
    let forward =
        "From: a@b.c\nSubject: Fwd: x\n\n---------- Forwarded message ---------\nFrom: d\n\nx";
    for (raw, project, role, expected) in [
        (
            PLAIN,
            ProjectMatch::None,
            Some(Role::Editor),
            RefusalReason::NoSuchProject,
        ),
        (
            PLAIN,
            ProjectMatch::Several,
            Some(Role::Editor),
            RefusalReason::SeveralProjects,
        ),
        (PLAIN, site(), None, RefusalReason::NotAMember),
        (PLAIN, site(), Some(Role::Viewer), RefusalReason::Viewer),
        (
            "From: a@b.c\nSubject: Re: x\n\n> quoted\n\n-- \n",
            site(),
            Some(Role::Editor),
            RefusalReason::EmptyMessage,
        ),
        (
            "From: a@b.c\n\n \n",
            site(),
            Some(Role::Editor),
            RefusalReason::EmptyMessage,
        ),
        (
            files,
            site(),
            Some(Role::Editor),
            RefusalReason::AttachmentsOnly,
        ),
        (
            forward,
            site(),
            Some(Role::Editor),
            RefusalReason::AttachmentsOnly,
        ),
        (
            encrypted,
            site(),
            Some(Role::Editor),
            RefusalReason::Encrypted,
        ),
    ] {
        let case = Case {
            project,
            role,
            ..Case::default()
        };
        let decision = case.decide(raw);
        assert_eq!(
            (decision.verdict, decision.refusal),
            (Verdict::Refuse, Some(expected)),
            "{raw}"
        );
        assert_eq!(decision.instruction, None);
    }
}

#[test]
fn t6_a_match_in_another_project_begins_a_new_thread() {
    let other = Case {
        thread_project: Some("other"),
        ..Case::default()
    }
    .decide(PLAIN);
    assert_eq!((other.verdict, other.thread), (Verdict::Instruct, None));
    assert!(other.rules.contains(&RuleId::T6));
    let same = Case {
        thread_project: Some("site"),
        ..Case::default()
    }
    .decide(PLAIN);
    assert_eq!(same.thread.unwrap().as_str(), "thread1");
    assert!(same.rules.contains(&RuleId::T1));
}

#[test]
fn l8_l10_soft_signs_are_noted_and_do_not_decide() {
    let raw = "From: a@b.c\nMessage-ID: <1@b.c>\nPrecedence: Bulk\nX-Auto-Response-Suppress: All\n\nMake it blue.";
    let decision = Case::default().decide(raw);
    assert_eq!(decision.verdict, Verdict::Instruct);
    assert_eq!(decision.rules, [RuleId::L8, RuleId::L10, RuleId::A3]);
}

proptest! {
    #[test]
    fn a6_no_unproven_mail_is_ever_answered_or_carried_out(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        role in prop_oneof![Just(None), Just(Some(Role::Viewer)), Just(Some(Role::Publisher))],
        has_thread: bool,
    ) {
        let raw = [&b"From: a@b.c\n"[..], &bytes].concat();
        let mail = parse(&raw).unwrap();
        let facts = Facts {
            mail: &mail,
            own: &own(),
            screening: Screening::Clean,
            authentication: Authentication::Unproven,
            project: ProjectMatch::One("site".parse().unwrap()),
            role,
            publishing: PublishProof::default(),
            thread: has_thread.then(|| MatchedThread {
                thread: "thread1".parse().unwrap(),
                project: "site".parse().unwrap(),
                by: RuleId::T1,
            }),
        };
        let decision = decide(&facts);
        prop_assert!(matches!(decision.verdict, Verdict::Silent | Verdict::Hold));
        prop_assert_eq!(decision, decide(&facts));
    }
}

#[test]
fn p1_command_words_are_commands_and_what_only_asks_is_open_to_viewers() {
    let reply = |words: &str| format!("From: a@b.c\nMessage-ID: <1@b.c>\n\n{words}");
    for (role, words, verdict) in [
        (Role::Editor, "Undo 2", Verdict::Command),
        (Role::Editor, "Stop!", Verdict::Command),
        (Role::Viewer, "status", Verdict::Command),
        (Role::Viewer, "help", Verdict::Command),
        (Role::Viewer, "stop", Verdict::Refuse),
        (Role::Editor, "Yes", Verdict::Instruct),
        (
            Role::Editor,
            "Stop the music on the home page",
            Verdict::Instruct,
        ),
    ] {
        let case = Case {
            role: Some(role),
            ..Case::default()
        };
        let decision = case.decide(&reply(words));
        assert_eq!(decision.verdict, verdict, "{words}");
        let has_command = decision.command.is_some();
        assert_eq!(has_command, verdict == Verdict::Command, "{words}");
    }
}

#[test]
fn p4_quoted_and_forwarded_words_are_no_command() {
    for words in [
        "Thank you for this.\n\nOn Fri, 20 Nov 2026 at 14:27, A <a@b.c> wrote:\n> publish",
        "publish\n\n---------- Forwarded message ---------\nFrom: x@y.z\nDate: today\nSubject: y\nTo: a@b.c\n\ntext",
    ] {
        let decision = Case::default().decide(&format!("From: a@b.c\n\n{words}"));
        assert_eq!(decision.verdict, Verdict::Instruct, "{words}");
    }
}
