//! The projects there are, and who may do what in them.

use std::sync::{Arc, PoisonError, RwLock};

use crate::domain::access::Scope;
use crate::domain::ids::{ClientId, ProjectId, UserId};
use crate::domain::member::Role;
use crate::domain::project::Project;

/// Why a caller gets no project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProjectError {
    /// None of that id for this client.
    #[error("there is no such project for this client")]
    Unknown,
    /// Several, and none was named.
    #[error("this client has several projects: name one with projectId")]
    Required,
    /// The user is not listed.
    #[error("this user is not a member of the project")]
    NotAMember,
    /// The user may look, not change.
    #[error("this user may view the project, not change it")]
    ViewerOnly,
}

/// The registry of projects; replaced as a whole when its file changes.
#[derive(Debug)]
pub struct Projects {
    current: RwLock<Arc<Vec<Arc<Project>>>>,
}

impl Projects {
    /// A registry of these.
    pub fn new(projects: Vec<Project>) -> Self {
        Self {
            current: RwLock::new(shared(projects)),
        }
    }

    /// Puts other projects in place of the present ones.
    pub fn replace(&self, projects: Vec<Project>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = shared(projects);
    }

    /// All projects at this moment.
    pub fn all(&self) -> Arc<Vec<Arc<Project>>> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Those of the clients in `scope`.
    pub fn within(&self, scope: &Scope) -> Arc<Vec<Arc<Project>>> {
        let all = self.all();
        if *scope == Scope::All {
            return all;
        }
        let theirs = all.iter().filter(|project| scope.covers(&project.client));
        Arc::new(theirs.map(Arc::clone).collect())
    }

    /// Whether what belongs to a project may be seen. What belongs to none, or to one that is gone, is the operator's.
    pub fn covered(&self, scope: &Scope, project: Option<&ProjectId>) -> bool {
        let project = || self.get(project?);
        *scope == Scope::All || project().is_some_and(|project| scope.covers(&project.client))
    }

    /// The project of this id.
    pub fn get(&self, id: &ProjectId) -> Option<Arc<Project>> {
        self.all()
            .iter()
            .find(|project| project.id == *id)
            .map(Arc::clone)
    }

    /// The project that `client` means, if `user` may change it.
    pub fn for_edit(
        &self,
        client: &ClientId,
        named: Option<&ProjectId>,
        user: &UserId,
    ) -> Result<Arc<Project>, ProjectError> {
        let all = self.all();
        let mut theirs = all.iter().filter(|project| {
            project.takes_client(client) && named.is_none_or(|id| project.id == *id)
        });
        let project = theirs.next().ok_or(ProjectError::Unknown)?;
        if theirs.next().is_some() {
            return Err(ProjectError::Required);
        }
        match project.role_of(user.as_str()) {
            None => Err(ProjectError::NotAMember),
            Some(Role::Viewer) => Err(ProjectError::ViewerOnly),
            Some(Role::Editor | Role::Publisher) => Ok(Arc::clone(project)),
        }
    }
}

fn shared(projects: Vec<Project>) -> Arc<Vec<Arc<Project>>> {
    Arc::new(projects.into_iter().map(Arc::new).collect())
}
