//! For whom a mail is: its project, its sender, and what the sender may do there.

use std::sync::Arc;

use crate::domain::ids::UserId;
use crate::domain::mail::{
    Authentication, EmailAddress, HermesAddress, InboundMail, OwnIdentity, ProjectMatch,
    recipient_projects,
};
use crate::domain::member::Role;
use crate::domain::project::Project;
use crate::domain::thread::Thread;

/// The projects and addresses of this moment.
pub(super) struct Addressing {
    pub(super) own: OwnIdentity,
    projects: Arc<Vec<Arc<Project>>>,
}

/// Whom a mail concerns.
pub(super) struct Addressed {
    pub(super) project: Option<Arc<Project>>,
    pub(super) matched: ProjectMatch,
    pub(super) user: Option<UserId>,
    pub(super) role: Option<Role>,
    /// The address that is stored for the sender, if the project lists it.
    pub(super) member: Option<EmailAddress>,
}

impl Addressed {
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

    /// Finds project and sender. A thread that a reply token led to says which project is meant when no address does.
    pub(super) fn address(&self, mail: &InboundMail, thread: Option<&Thread>) -> Addressed {
        let (project, matched) = self.project(mail, thread);
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
            matched,
            user,
            role,
            member,
        }
    }

    /// The project whose address it was sent to, else the one in the plus tag, else the thread's, else the only one.
    fn project(
        &self,
        mail: &InboundMail,
        thread: Option<&Thread>,
    ) -> (Option<Arc<Project>>, ProjectMatch) {
        let addressed = self.projects.iter().filter(|project| {
            project
                .addresses
                .iter()
                .any(|address| mail.routed().iter().any(|to| same_mailbox(to, address)))
        });
        let mut named: Vec<&Arc<Project>> = addressed.collect();
        if named.is_empty() {
            let tags = recipient_projects(mail, &self.own.hermes);
            if !tags.is_empty() {
                named = self
                    .projects
                    .iter()
                    .filter(|p| tags.iter().any(|tag| same_id(tag.as_str(), p)))
                    .collect();
                if named.is_empty() {
                    return (None, ProjectMatch::None);
                }
            }
        }
        if named.is_empty()
            && let Some(thread) = thread
        {
            named = self
                .projects
                .iter()
                .filter(|project| project.id == thread.project_id)
                .collect();
        }
        if named.is_empty() {
            named = self.projects.iter().collect();
        }
        match named.as_slice() {
            [] => (None, ProjectMatch::None),
            [one] => (Some(Arc::clone(one)), ProjectMatch::One(one.id.clone())),
            _ => (None, ProjectMatch::Several),
        }
    }
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
