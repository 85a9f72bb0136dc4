//! The sample site as a repository (`builtin:demo`), made at its first use.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::domain::ids::ProjectId;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::fleet::LaunchError;

macro_rules! site {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../../config/demo-site/", $name)).as_slice())),*]
    };
}

/// The files of `config/demo-site`, name and content.
const SITE: &[(&str, &[u8])] = site![
    "about.html",
    "contact.html",
    "icon.svg",
    "index.html",
    "menu.html",
    "shop.svg",
    "style.css",
];

/// The one commit is the same on every machine: 2026-01-01.
const WHO_AND_WHEN: &str = "Hermes <hermes@localhost> 1767225600 +0000";

/// How long git may take for a few small files.
const GIT_TIMEOUT: Duration = Duration::from_secs(30);

/// The repository of a project that shows the sample site; makes it if it is not there. Made in a folder beside and
/// then renamed, so what is there is whole.
pub(super) async fn ensure(
    repos: &Path,
    project: &ProjectId,
    branch: &str,
    environment: &[(OsString, OsString)],
) -> Result<PathBuf, LaunchError> {
    // A project's name may not be a hidden file's, nor `..`.
    let name = project.as_str().replace('.', "%2E");
    let path = repos.join(format!("{name}.git"));
    if path.is_dir() {
        return Ok(path);
    }
    let new = repos.join(format!(".{name}.new"));
    if new.is_dir() {
        std::fs::remove_dir_all(&new).map_err(fault)?;
    }
    let git = Git {
        folder: &new,
        environment,
    };
    let branch_option = format!("--initial-branch={branch}");
    git.run(
        &["init", "--quiet", "--bare", "--template=", &branch_option],
        &[],
    )
    .await?;
    git.run(&["fast-import", "--quiet", "--done"], &commit(branch))
        .await?;
    std::fs::rename(&new, &path).map_err(fault)?;
    tracing::info!(project.id = %project, path = %path.display(), "made the sample site of {project}");
    Ok(path)
}

/// The stream from which `git fast-import` makes the one commit.
fn commit(branch: &str) -> Vec<u8> {
    let message = "Open the bakery's website\n";
    let mut stream = format!(
        "commit refs/heads/{branch}\nauthor {WHO_AND_WHEN}\ncommitter {WHO_AND_WHEN}\ndata {}\n{message}",
        message.len()
    )
    .into_bytes();
    for (name, content) in SITE {
        let header = format!("M 100644 inline {name}\ndata {}\n", content.len());
        stream.extend_from_slice(header.as_bytes());
        stream.extend_from_slice(content);
        stream.push(b'\n');
    }
    stream.extend_from_slice(b"done\n");
    stream
}

struct Git<'a> {
    folder: &'a Path,
    environment: &'a [(OsString, OsString)],
}

impl Git<'_> {
    async fn run(&self, arguments: &[&str], input: &[u8]) -> Result<(), LaunchError> {
        tokio::time::timeout(GIT_TIMEOUT, self.run_unbounded(arguments, input))
            .await
            .map_err(|elapsed| Fault::new("make the sample site", FaultKind::Transient, elapsed))?
    }

    async fn run_unbounded(&self, arguments: &[&str], input: &[u8]) -> Result<(), LaunchError> {
        let mut child = Command::new("git")
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_DIR", self.folder)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                if error.kind() == io::ErrorKind::NotFound {
                    LaunchError::Rejected("git is not installed".to_owned())
                } else {
                    fault(error).into()
                }
            })?;
        // What git says is short; it can't block on it while it reads its input.
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input).await.map_err(fault)?;
        }
        let output = child.wait_with_output().await.map_err(fault)?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(LaunchError::Rejected(format!(
            "git cannot make the sample site: {}",
            said.trim()
        )))
    }
}

fn fault(error: io::Error) -> Fault {
    Fault::new("make the sample site", FaultKind::Broken, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_folder_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo-site");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let embedded: Vec<&str> = SITE.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, embedded);
    }
}
