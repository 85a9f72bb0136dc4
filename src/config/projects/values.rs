//! The values of a project. Errors complete the sentence "this ...".

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use reqwest::Url;

use crate::config::settings;
use crate::domain::project::{ProjectRepo, is_branch_name};

/// Most words of a command, and longest of them in bytes.
const MOST_WORDS: usize = 256;
const LONGEST_WORD: usize = 4096;

/// A repository: `builtin:demo`, a URL, ssh's short form, or a path below `folder`.
pub(super) fn repo(text: &str, folder: &Path) -> Result<ProjectRepo, String> {
    if text.is_empty() || text.starts_with('-') || text.contains(|c: char| c.is_control()) {
        return Err("must be a URL, a path, or builtin:demo".to_owned());
    }
    if text == "builtin:demo" {
        return Ok(ProjectRepo::Demo);
    }
    if text.starts_with("builtin:") {
        return Err("must be builtin:demo: there is no other built-in site".to_owned());
    }
    if text.contains("://") {
        return url(text);
    }
    if is_short_form(text) {
        return Ok(ProjectRepo::Url(text.to_owned()));
    }
    settings::absolute_path(text, folder).map(ProjectRepo::Path)
}

fn url(text: &str) -> Result<ProjectRepo, String> {
    let wrong = || "must be an https, ssh or file URL".to_owned();
    let url = Url::parse(text).map_err(|_may_quote_a_secret| wrong())?;
    let host = url.host_str().unwrap_or_default();
    // A host that begins with a dash would be an option to ssh.
    let right = match url.scheme() {
        "https" | "ssh" => {
            !host.is_empty() && !host.starts_with('-') && !url.username().starts_with('-')
        }
        "file" => host.is_empty(),
        _ => false,
    };
    let plain = !text.contains(char::is_whitespace);
    (right && plain)
        .then(|| ProjectRepo::Url(text.to_owned()))
        .ok_or_else(wrong)
}

/// `user@host:path`, as ssh has it.
fn is_short_form(text: &str) -> bool {
    let word = |text: &str| {
        !text.is_empty()
            && !text.starts_with('-')
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    };
    let Some((login, path)) = text.split_once(':') else {
        return false;
    };
    let (user, host) = login.split_once('@').unwrap_or_default();
    word(user) && word(host) && !path.is_empty() && !path.starts_with('-')
}

/// A branch name.
pub(super) fn branch(text: &str) -> Result<String, String> {
    let right = is_branch_name(text).then(|| text.to_owned());
    right.ok_or_else(|| "must be a branch name that git takes, such as main".to_owned())
}

/// A folder inside the repository.
pub(super) fn output(text: &str) -> Result<PathBuf, String> {
    let inside = Path::new(text)
        .components()
        .all(|component| match component {
            Component::CurDir => true,
            Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => false,
        });
    if inside && !text.is_empty() && !text.contains('\0') {
        Ok(PathBuf::from(text))
    } else {
        Err("must be a folder inside the repository, without .., such as dist".to_owned())
    }
}

/// A command as a list of words.
pub(super) fn command(words: &[&str]) -> Result<Vec<String>, String> {
    let right = |word: &&str| word.len() <= LONGEST_WORD && !word.contains('\0');
    let program = words
        .first()
        .is_some_and(|program| !program.trim().is_empty());
    if program && words.len() <= MOST_WORDS && words.iter().all(right) {
        Ok(words.iter().map(|word| (*word).to_owned()).collect())
    } else {
        Err(
            "must be a list of words, the program first, such as [\"npm\", \"run\", \"build\"]"
                .to_owned(),
        )
    }
}

/// How long a command may take; a container is awake for 4 h at most (S7).
pub(super) fn timeout(text: &str) -> Result<Duration, String> {
    settings::duration(text, Duration::from_secs(1), Duration::from_hours(4))
}
