//! What an agent may not leave in a tree.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Entries looked at; more than any website has, fewer than would keep us busy for long.
const MAX_ENTRIES: usize = 300_000;

/// The first path named `.git`, in any case and at any depth, relative to the tree.
///
/// Git would pass over it in silence, and whoever uses the tree later would take its settings and hooks from it.
/// Folders of installed packages are theirs, not the agent's, and are never committed with it.
pub(super) fn find_dot_git(tree: &Path) -> io::Result<Option<PathBuf>> {
    let mut folders = vec![tree.to_path_buf()];
    let mut seen = 0_usize;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            seen += 1;
            if seen > MAX_ENTRIES {
                return Err(io::Error::other("too many files"));
            }
            let name = entry.file_name();
            if name.eq_ignore_ascii_case(".git") {
                let path = entry.path();
                return Ok(path.strip_prefix(tree).ok().map(Path::to_path_buf));
            }
            if name != "node_modules" && entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    Ok(None)
}

/// Whether a link at `path` in a tree, with this target, leads out of the tree.
pub(super) fn leads_out(path: &Path, target: &Path) -> bool {
    let mut depth = path.components().count().saturating_sub(1);
    for part in target.components() {
        match part {
            Component::RootDir | Component::Prefix(_) => return true,
            Component::ParentDir if depth == 0 => return true,
            Component::ParentDir => depth -= 1,
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_in_thought() {
        let out = |path: &str, target: &str| leads_out(Path::new(path), Path::new(target));
        assert!(out("a", "/etc/passwd"));
        assert!(out("a", "../b"));
        assert!(out("a/b", "../../c"));
        assert!(out("a/b/c", "x/../../../../d"));
        assert!(!out("a/b", "../c"));
        assert!(!out("a", "b/../c"));
    }

    #[test]
    fn a_hidden_repository_is_found_at_any_depth_and_in_any_case() {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir_all(tree.path().join("a/b")).unwrap();
        fs::create_dir_all(tree.path().join("node_modules/x/.git")).unwrap();
        fs::write(tree.path().join(".gitignore"), "").unwrap();
        assert_eq!(find_dot_git(tree.path()).unwrap(), None);
        fs::write(tree.path().join("a/b/.GiT"), "").unwrap();
        let found = find_dot_git(tree.path()).unwrap();
        assert_eq!(found.as_deref(), Some(Path::new("a/b/.GiT")));
    }
}
