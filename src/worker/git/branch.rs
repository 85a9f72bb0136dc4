//! Names of branches, checked before git sees them.

use std::fmt;

/// The branch of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Branch(String);

impl Branch {
    /// Takes a name by the rules of `git check-ref-format --branch`, unless it is the project's default branch.
    pub(crate) fn of_thread(name: &str, default: &str) -> Option<Self> {
        (is_branch_name(name) && name != default).then(|| Self(name.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_branch_name(name: &str) -> bool {
    let component = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && part.strip_suffix(".lock").is_none()
    };
    let forbidden = |c: char| {
        c.is_ascii_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\')
    };
    name.len() <= 200
        && name != "@"
        && name != "HEAD"
        && !name.starts_with('-')
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && !name.contains(forbidden)
        && name.split('/').all(component)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t12_only_what_git_takes_is_a_branch() {
        for good in ["thread-7k2m9q4d", "feature/a.b", "ä", "a@b"] {
            assert!(Branch::of_thread(good, "main").is_some(), "{good}");
        }
        for bad in [
            "", "main", "@", "HEAD", "-f", "a..b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[",
            "a\\b", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a.", "a@{1}", "a\nb",
            "\u{7f}",
        ] {
            assert!(Branch::of_thread(bad, "main").is_none(), "{bad:?}");
        }
    }
}
