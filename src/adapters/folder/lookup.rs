//! Finds the file that a URL path means, inside a folder and nowhere else.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

/// The file at a URL path below `root`; `None` when there is none that may be served. `root` is canonical.
pub(super) fn find_file(root: &Path, url_path: &str) -> io::Result<Option<PathBuf>> {
    let Some(wanted) = Wanted::parse(url_path) else {
        return Ok(None);
    };
    for candidate in wanted.candidates(root) {
        if let Some(file) = where_it_seems(&candidate)? {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

/// A path that names something below a folder, whatever is there.
struct Wanted {
    relative: PathBuf,
    is_folder: bool,
}

impl Wanted {
    /// Decodes once, and refuses every name that is hidden, leads up, or means something else to another system.
    fn parse(url_path: &str) -> Option<Self> {
        let path = percent_decode_str(url_path).decode_utf8().ok()?;
        let mut relative = PathBuf::new();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            if name.starts_with('.') || name.contains(['\0', '\\']) {
                return None;
            }
            relative.push(name);
        }
        let is_folder = path.is_empty() || path.ends_with('/');
        Some(Self {
            relative,
            is_folder,
        })
    }

    fn candidates(&self, root: &Path) -> Vec<PathBuf> {
        let path = root.join(&self.relative);
        let index = path.join("index.html");
        if self.is_folder {
            return vec![index];
        }
        let mut page = path.clone().into_os_string();
        page.push(".html");
        vec![path, index, page.into()]
    }
}

/// The regular file at `path`, if no link is on the way to it.
fn where_it_seems(path: &Path) -> io::Result<Option<PathBuf>> {
    let real = match fs::canonicalize(path) {
        Ok(real) => real,
        Err(error) if is_absence(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok((real == path && real.is_file()).then_some(real))
}

/// Whether a file just isn't there: also when a file stands where the path has a folder, or a name can't be one.
fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use proptest::prelude::*;

    use super::*;

    struct Site {
        _temp: tempfile::TempDir,
        root: PathBuf,
    }

    impl Site {
        fn new() -> Self {
            let temp = tempfile::tempdir().unwrap();
            let top = temp.path().canonicalize().unwrap();
            let root = top.join("site");
            fs::create_dir_all(root.join("shop/.git")).unwrap();
            fs::write(top.join("secret.html"), "").unwrap();
            for file in [
                "index.html",
                "about.html",
                "a b.html",
                "shop/index.html",
                ".env",
                "shop/.git/config",
            ] {
                fs::write(root.join(file), "").unwrap();
            }
            symlink(top.join("secret.html"), root.join("out.html")).unwrap();
            symlink(&top, root.join("up")).unwrap();
            Self { _temp: temp, root }
        }

        fn find(&self, path: &str) -> Option<String> {
            let found = find_file(&self.root, path).unwrap()?;
            let inside = found.strip_prefix(&self.root).unwrap();
            Some(inside.to_str().unwrap().to_owned())
        }
    }

    #[test]
    fn pages_are_found_by_every_name_they_have() {
        let site = Site::new();
        for (path, file) in [
            ("", "index.html"),
            ("/", "index.html"),
            ("/about", "about.html"),
            ("about.html", "about.html"),
            ("/shop", "shop/index.html"),
            ("/shop/", "shop/index.html"),
            ("//shop//index.html", "shop/index.html"),
            ("/a%20b", "a b.html"),
            ("/%61bout", "about.html"),
        ] {
            assert_eq!(site.find(path).as_deref(), Some(file), "{path:?}");
        }
    }

    #[test]
    fn nothing_hidden_or_outside_is_found() {
        let site = Site::new();
        let long = "x".repeat(5000);
        for path in [
            "/.env",
            "/%2eenv",
            "/shop/.git/config",
            "/../secret.html",
            "/%2e%2e/secret.html",
            "/..%2fsecret.html",
            "/%252e%252e/secret.html",
            "/shop/../index.html",
            "/./index.html",
            "/shop\\index.html",
            "/shop%5cindex.html",
            "/index.html%00",
            "/index.html\0.png",
            "/out",
            "/out.html",
            "/up/secret.html",
            "/up/site/index.html",
            "/about/",
            "/index.html/",
            "/index.html/x",
            "/missing",
            "/%ff",
            &long,
        ] {
            assert_eq!(site.find(path), None, "{path:?}");
        }
    }

    #[test]
    fn whatever_is_asked_what_is_found_is_inside() {
        let site = Site::new();
        let paths = r"(/|\.|%2e|%2f|\\|up|out|shop|about|html|index|\PC){0,12}";
        proptest!(|(path in paths)| {
            if let Some(found) = find_file(&site.root, &path).unwrap() {
                prop_assert!(found.starts_with(&site.root));
                prop_assert!(found.is_file() && !found.is_symlink());
            }
        });
    }
}
