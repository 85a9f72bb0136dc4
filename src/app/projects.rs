//! The list of projects: read at start, and again every minute (`design.md` section 5).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tracing::warn;

use super::services::Services;
use crate::config::{Mode, ProjectsSource, load_projects};
use crate::domain::project::Project;
use crate::runtime::{Periodic, Spawner, Stage};

/// Between two looks at the list.
const LOOK: Duration = Duration::from_mins(1);

/// Reads the list from wherever it is.
pub(super) type ProjectsReader = Arc<dyn ReadProjects>;

/// Something that has the list.
#[async_trait]
pub(super) trait ReadProjects: Send + Sync {
    /// The list as it is now, or what is wrong with it.
    async fn read(&self) -> anyhow::Result<Vec<Project>>;
}

/// A file of this machine, or the list that comes with Hermes.
pub(super) struct LocalProjects {
    pub(super) source: ProjectsSource,
    pub(super) mode: Mode,
}

#[async_trait]
impl ReadProjects for LocalProjects {
    async fn read(&self) -> anyhow::Result<Vec<Project>> {
        Ok(load_projects(&self.source, self.mode)?)
    }
}

/// Reads the list again and again; a bad one keeps the old one and shows in readiness.
pub(super) fn spawn(spawner: &Spawner, services: &Services, reader: ProjectsReader) {
    let rereading = Rereading {
        reader,
        projects: Arc::clone(&services.projects),
        health: Arc::clone(&services.health),
        last_problem: std::sync::Mutex::default(),
    };
    let rereading = Arc::new(rereading);
    spawner.spawn_periodic(
        Stage::Intake,
        Periodic::every("projects", LOOK),
        move || {
            let rereading = Arc::clone(&rereading);
            async move {
                rereading.tick().await;
                Ok::<(), std::io::Error>(())
            }
        },
    );
}

struct Rereading {
    reader: ProjectsReader,
    projects: Arc<crate::services::projects::Projects>,
    health: Arc<crate::services::health::Health>,
    last_problem: std::sync::Mutex<Option<String>>,
}

impl Rereading {
    async fn tick(&self) {
        let problem = match self.reader.read().await {
            Ok(list) => {
                self.projects.replace(list);
                None
            }
            Err(error) => Some(format!(
                "the projects file is not used until it is mended: {error:#}"
            )),
        };
        let mut last = self
            .last_problem
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if problem != *last
            && let Some(problem) = &problem
        {
            warn!("{problem}");
        }
        last.clone_from(&problem);
        drop(last);
        self.health.projects_file(problem);
    }
}
