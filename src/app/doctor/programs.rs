//! Git, and the programs that the projects name.

use std::ffi::OsStr;
use std::process::{Output, Stdio};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::process::Command;

use crate::config::{Settings, load_projects};
use crate::domain::check::Check;
use crate::domain::project::{AgentChoice, Project, ProjectRepo};

/// The first version that can be told to read no settings of the machine (`GIT_CONFIG_GLOBAL`).
const LEAST_GIT: (u32, u32) = (2, 32);
/// Longest that a program may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How git says that there is no such branch.
const NO_MATCH: i32 = 2;

/// The version of git.
pub(super) async fn git() -> Vec<Check> {
    const NAME: &str = "git";
    let (major, minor) = LEAST_GIT;
    let fix = format!("install git {major}.{minor} or newer");
    vec![match run("git", ["--version"]).await {
        Err(why) => Check::wrong(NAME, why, fix),
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            match version(&told) {
                Some(found) if found < LEAST_GIT => Check::wrong(NAME, told, fix),
                Some(_) => Check::ok(NAME, told),
                None => Check::unknown(NAME, format!("its version is not told: {told}"), fix),
            }
        }
    }]
}

/// The version in `git version 2.43.0`.
fn version(told: &str) -> Option<(u32, u32)> {
    let mut numbers = told.split_whitespace().nth(2)?.split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next()?.parse().ok()?;
    Some((major, minor))
}

/// The projects file, and what each project needs on this machine.
pub(super) async fn projects(settings: &Settings) -> Vec<Check> {
    let name = format!("projects {}", settings.projects);
    let projects = match load_projects(&settings.projects, settings.mode) {
        Ok(projects) => projects,
        Err(errors) => {
            let fix = "mend the file; HERMES_PROJECTS must name it";
            return vec![Check::wrong(name, errors.to_string(), fix)];
        }
    };
    let number = projects.len();
    let word = if number == 1 { "project" } else { "projects" };
    let mut checks = vec![Check::ok(name, format!("{number} {word}"))];
    checks.extend(join_all(projects.iter().map(repository)).await);
    for project in &projects {
        checks.extend(agent(project).await);
    }
    checks
}

/// Whether the repository and its branch can be read. Its URL is not shown: it may hold a secret.
async fn repository(project: &Project) -> Check {
    let name = format!("repository of {}", project.id);
    let place = match &project.repo {
        ProjectRepo::Demo => return Check::ok(name, "the sample site that comes with Hermes"),
        ProjectRepo::Path(path) => path.as_os_str(),
        ProjectRepo::Url(url) => OsStr::new(url),
    };
    let branch = format!("refs/heads/{}", project.branch);
    let arguments = [
        OsStr::new("ls-remote"),
        OsStr::new("--exit-code"),
        OsStr::new("--"),
        place,
        OsStr::new(&branch),
    ];
    match run("git", arguments).await {
        Ok(output) if output.status.success() => {
            Check::ok(name, format!("has the branch {}", project.branch))
        }
        Ok(output) if output.status.code() == Some(NO_MATCH) => Check::wrong(
            name,
            format!("has no branch {}", project.branch),
            "push a first commit to it, or mend branch in the projects file",
        ),
        Ok(_) => Check::wrong(
            name,
            "git cannot read it",
            "try git ls-remote with its repo of the projects file, as the user that Hermes runs as",
        ),
        Err(why) => Check::unknown(name, why, "see that git and the network work"),
    }
}

/// The program of the project's agent.
async fn agent(project: &Project) -> Option<Check> {
    let program = match &project.agent {
        AgentChoice::Literal | AgentChoice::Bedrock => return None,
        AgentChoice::Claude => "claude",
        AgentChoice::Program(words) => words.first()?,
    };
    let name = format!("agent of {}", project.id);
    let found = run("sh", ["-c", "command -v -- \"$0\"", program]).await;
    Some(match found {
        Ok(output) if output.status.success() => Check::ok(name, program.to_owned()),
        Ok(_) => Check::wrong(
            name,
            format!("there is no program {program}"),
            "install it where the user that Hermes runs as finds it (PATH), or mend agent in the projects file",
        ),
        Err(why) => Check::unknown(name, why, "see that a shell can be started"),
    })
}

/// Runs a program that asks nobody anything.
async fn run(
    program: &str,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<Output, String> {
    let output = Command::new(program)
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    match tokio::time::timeout(PATIENCE, output).await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => Err(format!("{program} cannot be started: {error}")),
        Err(_) => Err(format!(
            "{program} took longer than {} s",
            PATIENCE.as_secs()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_however_they_end() {
        assert_eq!(version("git version 2.43.0"), Some((2, 43)));
        assert_eq!(version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(version("git version 2.9.windows.1"), Some((2, 9)));
        assert_eq!(version("something"), None);
    }
}
