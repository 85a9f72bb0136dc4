//! Numbered migrations, embedded. A release only ever adds one; `user_version` counts what a file has seen.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{Error, M, MigrationDefinitionError, Migrations};

use super::error::{OpenError, is_corrupt};

const STEPS: &[M<'static>] = &[
    M::up(include_str!("../migrations/0001_records.sql")),
    M::up(include_str!("../migrations/0002_notes.sql")),
];

/// Brings the database to this binary's schema.
pub(crate) fn migrate(connection: &mut Connection, file: &Path) -> Result<(), OpenError> {
    Migrations::from_slice(STEPS)
        .to_latest(connection)
        .map_err(|error| migration_error(error, file))
}

fn migration_error(error: Error, file: &Path) -> OpenError {
    let file = file.to_owned();
    if error == Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) {
        return OpenError::Newer { file };
    }
    if let Error::RusqliteError { err, .. } = error {
        return open_error(err, &file);
    }
    OpenError::Database {
        file,
        source: error.into(),
    }
}

/// What an error of SQLite means while opening.
pub(crate) fn open_error(error: rusqlite::Error, file: &Path) -> OpenError {
    let file = file.to_owned();
    if is_corrupt(&error) {
        OpenError::Corrupt {
            file,
            source: error.into(),
        }
    } else {
        OpenError::Database {
            file,
            source: error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_valid_sql() {
        Migrations::from_slice(STEPS).validate().unwrap();
    }

    #[test]
    fn a_newer_schema_is_refused_by_name() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 999).unwrap();
        let error = migrate(&mut connection, Path::new("/data/hermes.db")).unwrap_err();
        assert!(matches!(error, OpenError::Newer { .. }), "{error:?}");
        assert!(error.to_string().contains("/data/hermes.db"));
    }
}
