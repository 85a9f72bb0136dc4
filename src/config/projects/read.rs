//! The whole file: every project in it, and the rules between projects.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::document::{self, Document, Value};
use crate::config::problem::{Problem, SettingsErrors};
use crate::config::settings::{Mode, ProjectsSource};
use crate::domain::project::Project;

use super::entry;

/// The projects file that comes with Hermes: one open demo project.
const SHIPPED: &str = include_str!("../../../config/projects.toml");

/// Loads the projects from where the settings say.
pub fn load_projects(source: &ProjectsSource, mode: Mode) -> Result<Vec<Project>, SettingsErrors> {
    let wrong = |name: &str, detail: String| SettingsErrors(vec![Problem::new(name, detail)]);
    match source {
        ProjectsSource::BuiltIn => parse_projects("built-in", SHIPPED, Path::new("/"), mode),
        ProjectsSource::ObjectStore(url) => Err(wrong(
            url,
            "an object store is read by the aws backend only".to_owned(),
        )),
        ProjectsSource::File(path) => {
            let name = path.display().to_string();
            let text = document::read_text(path).map_err(|detail| {
                wrong(
                    &name,
                    format!("{detail}; HERMES_PROJECTS must name a projects file"),
                )
            })?;
            let folder = path.parent().unwrap_or(Path::new("/"));
            parse_projects(&name, &text, folder, mode)
        }
    }
}

/// Reads a projects file. `name` is what messages call it; relative repositories are taken from
/// `folder`. The errors are all that is wrong, each with its line.
pub fn parse_projects(
    name: &str,
    text: &str,
    folder: &Path,
    mode: Mode,
) -> Result<Vec<Project>, SettingsErrors> {
    let document = Document::parse(name, text).map_err(SettingsErrors)?;
    let root = document.root();
    let mut problems = root.unknown_keys(&["project"]);
    let mut projects = Vec::new();
    let mut taken = Taken::default();
    let entries = root.get("project").and_then(Value::list);
    for entry in entries.into_iter().flatten() {
        let Some(fields) = entry.fields() else {
            let detail = "must be a table that begins with [[project]]";
            problems.push(Problem::new(entry.place(), detail));
            continue;
        };
        let Some(project) = entry::read(fields, folder, mode, &mut problems) else {
            continue;
        };
        problems.extend(taken.add(&fields.place(), &project));
        projects.push(project);
    }
    if projects.is_empty() && problems.is_empty() {
        let detail = "lists no project; add one that begins with [[project]]";
        problems.push(Problem::new(name, detail));
    }
    if problems.is_empty() {
        Ok(projects)
    } else {
        Err(SettingsErrors(problems))
    }
}

/// What no two projects may share, and the project that has it.
#[derive(Default)]
struct Taken {
    ids: BTreeMap<String, String>,
    addresses: BTreeMap<String, String>,
}

impl Taken {
    fn add(&mut self, place: &str, project: &Project) -> Vec<Problem> {
        let mut problems = Vec::new();
        let name = project.id.to_string();
        // Ids are compared in lower case: mail addresses carry them (T14).
        if let Some(other) = self.ids.insert(name.to_lowercase(), name.clone()) {
            let detail =
                format!("id {name:?} is already that of project {other:?}; choose another");
            problems.push(Problem::new(place, detail));
        }
        for address in &project.addresses {
            if let Some(other) = self.addresses.insert(address.clone(), name.clone()) {
                let detail = format!(
                    "address {address:?} is already that of project {other:?}; choose another"
                );
                problems.push(Problem::new(place, detail));
            }
        }
        problems
    }
}
