//! Who gets the answer to a mail that is carried out: members of its project, and nobody else (A7, A8).

use crate::domain::journal::Verdict;
use crate::domain::mail::{Decision, EmailAddress, InboundMail, OwnIdentity, RuleId};
use crate::domain::project::Project;
use crate::services::addressing::Addressed;

/// Most people who get one answer (A8).
const MOST: usize = 15;

/// Whom the answer goes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answering {
    /// Instead of the sender.
    pub(super) to: Option<EmailAddress>,
    /// As well.
    pub(super) copies: Vec<EmailAddress>,
    /// The rules by which it is so.
    pub(super) rules: Vec<RuleId>,
}

/// Who gets the answer to what this decision has carried out; nobody in particular for any other.
pub(super) fn of(
    decision: &Decision,
    mail: &InboundMail,
    addressed: &Addressed,
    own: &OwnIdentity,
) -> Answering {
    match (decision.verdict, &addressed.project) {
        (Verdict::Instruct | Verdict::Command, Some(project)) => answering(mail, project, own),
        _ => Answering::default(),
    }
}

/// `Reply-To` counts if it is one listed member, and who is in `Cc` gets a copy if listed. They get it at the address
/// that is stored for them, not at the one that the mail has. Nobody becomes a participant by it: the reply token in the
/// answer finds the thread, and authenticates nobody (T11).
fn answering(mail: &InboundMail, project: &Project, own: &OwnIdentity) -> Answering {
    let Some(from) = mail.from.address() else {
        return Answering::default();
    };
    let stored = |address: &EmailAddress| {
        let member = project.member(address.as_str())?;
        let stored: EmailAddress = member.address.as_deref()?.parse().ok()?;
        (!own.is_ours(&stored)).then_some(stored)
    };
    let mut rules = Vec::new();
    let sender = stored(from).unwrap_or_else(|| from.clone());
    let to = match mail.reply_to.as_slice() {
        [one] => stored(one).filter(|address| *address != sender),
        _ => None,
    };
    rules.extend(to.as_ref().map(|_| RuleId::A7));
    let first = to.as_ref().unwrap_or(&sender);
    let mut copies: Vec<EmailAddress> = Vec::new();
    for address in mail.cc.iter().filter_map(stored) {
        if copies.len() + 1 < MOST && address != *first && !copies.contains(&address) {
            copies.push(address);
        }
    }
    if !copies.is_empty() {
        rules.push(RuleId::A8);
    }
    Answering { to, copies, rules }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::UserId;
    use crate::domain::mail::parse;
    use crate::domain::member::Role;
    use crate::domain::project::{AgentChoice, GmailFolding, MailOptions, Member, ProjectRepo};

    fn site(members: &[&str]) -> Project {
        let member = |address: &&str| Member {
            user: UserId::from_address(address),
            address: Some((*address).to_owned()),
            role: Role::Viewer,
        };
        Project {
            id: "site".parse().unwrap(),
            client: "acme".parse().unwrap(),
            open: true,
            repo: ProjectRepo::Demo,
            branch: "main".to_owned(),
            build: None,
            output: ".".into(),
            addresses: vec!["site@acme.example".to_owned()],
            agent: AgentChoice::Literal,
            command_timeout: std::time::Duration::from_mins(1),
            members: members.iter().map(member).collect(),
            mail: MailOptions {
                gmail: GmailFolding::On,
                ..MailOptions::default()
            },
        }
    }

    fn own() -> OwnIdentity {
        OwnIdentity {
            hermes: "edit@hermes.example".parse().unwrap(),
            addresses: vec!["site@acme.example".parse().unwrap()],
            instance: "hermes.example".to_owned(),
        }
    }

    /// To whom, in copy, by which rules.
    fn who(head: &str) -> (String, Vec<String>, Vec<RuleId>) {
        let raw = format!("From: ann@x.example\r\n{head}\r\n\r\nx");
        let mail = parse(raw.as_bytes()).unwrap();
        let members = [
            "ann@x.example",
            "bob@x.example",
            "vic@x.example",
            "jodoe@gmail.com",
            "site@acme.example",
        ];
        let found = answering(&mail, &site(&members), &own());
        let to = found.to.map(|to| to.to_string()).unwrap_or_default();
        let copies = found.copies.iter().map(ToString::to_string);
        (to, copies.collect(), found.rules)
    }

    #[test]
    fn a7_reply_to_counts_only_if_it_is_one_listed_member() {
        for (head, to) in [
            ("", ""),
            ("Reply-To: Bob <BOB@x.example>", "bob@x.example"),
            ("Reply-To: jo.doe+x@googlemail.com", "jodoe@gmail.com"),
            ("Reply-To: ann@x.example", ""),
            ("Reply-To: evil@y.example", ""),
            ("Reply-To: bob@x.example, evil@y.example", ""),
            ("Reply-To: \"bob@x.example\" <evil@y.example>", ""),
            ("Reply-To: site+token@acme.example", ""),
            ("Reply-To: site@acme.example", ""),
            ("Reply-To: edit@hermes.example", ""),
        ] {
            let rules = if to.is_empty() {
                vec![]
            } else {
                vec![RuleId::A7]
            };
            assert_eq!(who(head), (to.to_owned(), Vec::new(), rules), "{head}");
        }
    }

    #[test]
    fn a8_only_listed_members_in_copy_get_a_copy() {
        for (head, copies) in [
            (
                "Cc: bob@x.example, Vic <vic@X.example>",
                vec!["bob@x.example", "vic@x.example"],
            ),
            (
                "Cc: evil@y.example, bob@x.example, bob@x.example",
                vec!["bob@x.example"],
            ),
            ("Cc: ann@x.example, site@acme.example", vec![]),
            ("To: bob@x.example", vec![]),
            ("Bcc: bob@x.example", vec![]),
        ] {
            let rules = if copies.is_empty() {
                vec![]
            } else {
                vec![RuleId::A8]
            };
            let copies = copies.into_iter().map(str::to_owned).collect();
            assert_eq!(who(head), (String::new(), copies, rules), "{head}");
        }
        let both = who("Reply-To: bob@x.example\r\nCc: bob@x.example, vic@x.example");
        let copies = vec!["vic@x.example".to_owned()];
        assert_eq!(
            both,
            (
                "bob@x.example".to_owned(),
                copies,
                vec![RuleId::A7, RuleId::A8]
            )
        );
    }

    #[test]
    fn a8_fifteen_people_get_one_answer_at_most() {
        let people: Vec<String> = (0..30).map(|n| format!("p{n}@x.example")).collect();
        let members: Vec<&str> = people.iter().map(String::as_str).collect();
        let raw = format!("From: p0@x.example\r\nCc: {}\r\n\r\nx", people.join(", "));
        let mail = parse(raw.as_bytes()).unwrap();
        assert_eq!(
            answering(&mail, &site(&members), &own()).copies.len(),
            MOST - 1
        );
    }
}
