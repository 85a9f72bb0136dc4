//! `hermes backup`: a copy of the database, while the service runs or not.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use super::run::{Stopped, Surroundings, settings_of};
use crate::adapters::sqlite::backup_file;
use crate::config::{Backend, SettingsFlags};

/// Copies the database of the settings' data folder into the new file `to`.
pub(super) fn run(
    flags: &SettingsFlags,
    to: &Path,
    surroundings: &Surroundings,
) -> Result<ExitCode, Stopped> {
    let settings = settings_of(flags, surroundings)?.settings;
    if settings.backend == Backend::Aws {
        return Err(Stopped::usage(
            &"there is no database to copy with HERMES_BACKEND=aws: DynamoDB keeps 35 days itself (point-in-time recovery)",
        ));
    }
    let to = surroundings.folder.join(to);
    backup_file(&settings.data_dir, &to).map_err(anyhow::Error::new)?;
    let told = writeln!(
        std::io::stdout(),
        "Copied the database of {} to {}.\nBack up the folders mail, repos and outbox beside it as files.",
        settings.data_dir.display(),
        to.display(),
    );
    told.map_err(anyhow::Error::new)?;
    Ok(ExitCode::SUCCESS)
}
