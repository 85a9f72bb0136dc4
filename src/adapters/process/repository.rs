//! Where a worker finds a project's repository, as a URL that git reads.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::demo_repo;
use crate::domain::project::{Project, ProjectRepo};
use crate::ports::fleet::LaunchError;

/// What stands in a path for itself.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~');

/// The repository's URL. The sample site's is made at its first use, in the folder `repos`.
pub(super) async fn url(
    project: &Project,
    repos: &Path,
    environment: &[(OsString, OsString)],
) -> Result<String, LaunchError> {
    match &project.repo {
        ProjectRepo::Url(url) => Ok(url.clone()),
        ProjectRepo::Path(path) => Ok(file_url(path)),
        ProjectRepo::Demo => {
            let path = demo_repo::ensure(repos, &project.id, &project.branch, environment).await?;
            Ok(file_url(&path))
        }
    }
}

fn file_url(path: &Path) -> String {
    format!(
        "file://{}",
        percent_encode(path.as_os_str().as_bytes(), PATH)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_url_whatever_is_in_it() {
        assert_eq!(
            file_url(Path::new("/srv/a b/100%/ü.git")),
            "file:///srv/a%20b/100%25/%C3%BC.git"
        );
    }
}
