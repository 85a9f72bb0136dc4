//! For whom a mail is: its projects, its sender, and what the sender may do there.

use std::sync::Arc;

use crate::domain::ids::{ProjectId, UserId};
use crate::domain::mail::{
    Authentication, EmailAddress, HermesAddress, InboundMail, OwnIdentity, ProjectMatch,
    PublishProof, Separator, recipient_projects,
};
use crate::domain::member::Role;
use crate::domain::project::Project;
use crate::domain::thread::Thread;

/// Most projects that one mail is carried out in (T15).
const MAX_TARGETS: usize = 8;

/// The projects and addresses of this moment.
pub(super) struct Addressing {
    pub(super) own: OwnIdentity,
    projects: Arc<Vec<Arc<Project>>>,
}

/// What one turn of a mail is about.
pub(super) struct Target {
    pub(super) project: Option<Arc<Project>>,
    matched: ProjectMatch,
}

/// Whom a turn of a mail concerns.
pub(super) struct Addressed {
    pub(super) project: Option<Arc<Project>>,
    pub(super) matched: ProjectMatch,
    pub(super) user: Option<UserId>,
    pub(super) role: Option<Role>,
    /// The address that is stored for the sender, if the project lists it.
    pub(super) member: Option<EmailAddress>,
}

impl Addressed {
    /// What it takes to publish there (P4).
    pub(super) fn publishing(&self) -> PublishProof {
        let project = self.project.as_ref();
        project.map_or_else(PublishProof::default, |project| project.mail.publish_proof)
    }

    /// What the sender may do, when it is this sure who that is. An open project takes anybody, but not anybody's name.
    pub(super) fn role_by(&self, auth: Authentication) -> Option<Role> {
        self.role
            .filter(|_| auth.may_edit() || self.member.is_some())
    }
}

impl Addressing {
    pub(super) fn new(
        projects: Arc<Vec<Arc<Project>>>,
        hermes: &HermesAddress,
        instance: &str,
    ) -> Self {
        let addresses = projects
            .iter()
            .flat_map(|project| &project.addresses)
            .filter_map(|text| text.parse().ok());
        let own = OwnIdentity {
            hermes: hermes.clone(),
            addresses: addresses.collect(),
            instance: instance.to_owned(),
        };
        Self { own, projects }
    }

    /// What a mail is about, a turn each (T15): the projects whose addresses it was sent to, those in plus tags, and those
    /// of the sender's threads whose tokens it was sent to; else the one of any token's thread, else the only one.
    pub(super) fn targets(&self, mail: &InboundMail, tokens: &[Thread]) -> Vec<Target> {
        let tags = recipient_projects(mail, &self.own.hermes);
        let is_named = |project: &Arc<Project>| {
            is_sent_to(mail, project)
                || tags.iter().any(|(tag, _)| same_id(tag.as_str(), project))
                || tokens
                    .iter()
                    .any(|thread| thread.project_id == project.id && self.names(mail, thread))
        };
        let mut named: Vec<&Arc<Project>> = self.projects.iter().filter(|p| is_named(p)).collect();
        if named.is_empty() && tags.iter().any(|(_, by)| *by == Separator::Plus) {
            return vec![Target::none()];
        }
        if named.is_empty()
            && let Some(thread) = tokens.first()
        {
            let is_its = |project: &&Arc<Project>| project.id == thread.project_id;
            named = self.projects.iter().filter(is_its).collect();
        } else if named.len() > 1 && named.len() <= MAX_TARGETS {
            return named.into_iter().map(Target::one).collect();
        }
        if named.is_empty() {
            named = self.projects.iter().collect();
        }
        vec![match named.as_slice() {
            [] => Target::none(),
            [one] => Target::one(one),
            _ => Target {
                project: None,
                matched: ProjectMatch::Several,
            },
        }]
    }

    /// Whether a recipient is nothing but the token of this thread of the sender's own: what it is about, another address
    /// notwithstanding.
    fn names(&self, mail: &InboundMail, thread: &Thread) -> bool {
        let is_senders = mail
            .from
            .address()
            .is_some_and(|from| user_of(from) == thread.user_id);
        is_senders
            && mail
                .routed()
                .iter()
                .any(|to| self.own.hermes.is_reply_to(to, &thread.reply_token))
    }
}

impl Target {
    /// The project, when there is just one.
    pub(super) fn id(&self) -> Option<&ProjectId> {
        self.project.as_ref().map(|project| &project.id)
    }

    /// Finds the sender, and what they may do in the project of this turn.
    pub(super) fn address(&self, mail: &InboundMail) -> Addressed {
        let project = self.project.clone();
        let from = mail.from.address();
        let listed = project
            .as_ref()
            .zip(from)
            .and_then(|(project, from)| project.member(from.as_str()));
        let user = listed
            .map(|member| member.user.clone())
            .or_else(|| from.map(user_of));
        let member = listed.and_then(|member| member.address.as_deref()?.parse().ok());
        let role = project
            .as_ref()
            .zip(from)
            .and_then(|(project, from)| project.role_of(from.as_str()));
        Addressed {
            project,
            matched: self.matched.clone(),
            user,
            role,
            member,
        }
    }

    fn one(project: &Arc<Project>) -> Self {
        Self {
            project: Some(Arc::clone(project)),
            matched: ProjectMatch::One(project.id.clone()),
        }
    }

    fn none() -> Self {
        Self {
            project: None,
            matched: ProjectMatch::None,
        }
    }
}

fn is_sent_to(mail: &InboundMail, project: &Project) -> bool {
    project
        .addresses
        .iter()
        .any(|address| mail.routed().iter().any(|to| same_mailbox(to, address)))
}

/// The user known by a mailbox.
fn user_of(address: &EmailAddress) -> UserId {
    UserId::from_address(address.as_str())
}

/// Local parts are lower-cased by some mailers, so a tag names a project whatever its case (T14).
fn same_id(tag: &str, project: &Project) -> bool {
    project.id.as_str().eq_ignore_ascii_case(tag)
}

fn same_mailbox(to: &EmailAddress, address: &str) -> bool {
    address
        .parse::<EmailAddress>()
        .is_ok_and(|own| own.domain() == to.domain() && own.base() == to.base())
}
