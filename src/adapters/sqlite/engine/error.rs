//! What can go wrong, and what it means to the callers of ports. The one place that knows SQLite's result codes.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use crate::ports::fault::{Fault, FaultKind};

/// Why the store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another Hermes has the folder.
    #[error("the data folder {folder} is in use by another Hermes (process {pid})")]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// The process in its lock file.
        pid: String,
    },
    /// The folder or a file in it can't be used.
    #[error("cannot use the data folder {folder}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Written by a newer Hermes.
    #[error("the database {file} was written by a newer Hermes; run that one, or restore a backup")]
    Newer {
        /// The file.
        file: PathBuf,
    },
    /// Damaged, or no database of ours.
    #[error("the database {file} is damaged or not a database; restore a backup")]
    Corrupt {
        /// The file.
        file: PathBuf,
        /// What SQLite said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// SQLite failed in another way.
    #[error("cannot open the database {file}")]
    Database {
        /// The file.
        file: PathBuf,
        /// What SQLite said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What went wrong below a port.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The condition of a write does not hold.
    #[error("a condition does not hold")]
    Conflict,
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// Tells where, not what: the text of the parser quotes the record, and records hold people's words.
    #[error("a record is not readable: {0:?} error at column {1}")]
    Body(serde_json::error::Category, usize),
    #[error("a column holds no id")]
    Column(#[from] crate::domain::ids::InvalidId),
    #[error("a file could not be read or written")]
    File(#[from] std::io::Error),
    /// The transaction that this write shared was not made.
    #[error("the commit failed: {1}")]
    Batch(FaultKind, String),
    /// The writer thread is gone.
    #[error("the writer thread has ended")]
    WriterGone,
    /// A task on the blocking pool did not end.
    #[error("a read was cut off")]
    ReadGone,
    /// Against the contract of a port.
    #[error("{0}")]
    Misuse(&'static str),
    #[error("the content of blob {0} does not match its hash")]
    BlobDamaged(String),
}

impl Failure {
    /// What the caller can do.
    pub(crate) fn kind(&self) -> FaultKind {
        match self {
            Self::Conflict | Self::ReadGone => FaultKind::Transient,
            Self::Sqlite(error) => sqlite_kind(error),
            Self::File(error) => file_kind(error),
            Self::Batch(kind, _) => *kind,
            Self::Body(..)
            | Self::Column(_)
            | Self::WriterGone
            | Self::Misuse(_)
            | Self::BlobDamaged(_) => FaultKind::Broken,
        }
    }

    /// This failure as the ports report it.
    pub(crate) fn into_fault(self, operation: &'static str) -> Fault {
        Fault::new(operation, self.kind(), self)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Body(error.classify(), error.column())
    }
}

/// For `map_err`: the fault of `operation`.
pub(crate) fn fault<E: Into<Failure>>(operation: &'static str) -> impl Fn(E) -> Fault {
    move |error| error.into().into_fault(operation)
}

fn sqlite_kind(error: &rusqlite::Error) -> FaultKind {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OperationInterrupted
            | ErrorCode::OperationAborted
            | ErrorCode::SchemaChanged
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OutOfMemory,
        ) => FaultKind::Transient,
        Some(
            ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::AuthorizationForStatementDenied,
        ) => FaultKind::Denied,
        // A full disk, an I/O error, a corrupt file, a bug: none passes by itself.
        Some(_) | None => FaultKind::Broken,
    }
}

fn file_kind(error: &std::io::Error) -> FaultKind {
    use std::io::ErrorKind as Kind;
    let is = |kinds: &[Kind]| kinds.contains(&error.kind());
    if is(&[Kind::PermissionDenied, Kind::ReadOnlyFilesystem]) {
        FaultKind::Denied
    } else if is(&[Kind::Interrupted, Kind::WouldBlock, Kind::TimedOut]) {
        FaultKind::Transient
    } else {
        FaultKind::Broken
    }
}

/// Whether SQLite says that the file is no (intact) database.
pub(crate) fn is_corrupt(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    fn failure(code: i32) -> Failure {
        Failure::Sqlite(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
    }

    #[test]
    fn result_codes_say_what_a_caller_can_do() {
        let table = [
            (ffi::SQLITE_BUSY, FaultKind::Transient),
            (ffi::SQLITE_NOMEM, FaultKind::Transient),
            (ffi::SQLITE_READONLY, FaultKind::Denied),
            (ffi::SQLITE_CANTOPEN, FaultKind::Denied),
            (ffi::SQLITE_FULL, FaultKind::Broken),
            (ffi::SQLITE_IOERR, FaultKind::Broken),
            (ffi::SQLITE_CORRUPT, FaultKind::Broken),
            (ffi::SQLITE_NOTADB, FaultKind::Broken),
            (ffi::SQLITE_ERROR, FaultKind::Broken),
        ];
        for (code, kind) in table {
            assert_eq!(failure(code).kind(), kind, "code {code}");
        }
        assert_eq!(Failure::WriterGone.kind(), FaultKind::Broken);
    }

    #[test]
    fn an_unreadable_record_is_not_quoted() {
        let error = serde_json::from_str::<u8>(r#""dear Hermes""#).unwrap_err();
        let fault = Failure::from(error).into_fault("sessions.get");
        assert_eq!(fault.kind, FaultKind::Broken);
        let text = format!("{fault:?} {}", fault.source);
        assert!(!text.contains("dear"), "{text}");
    }

    #[test]
    fn a_fault_names_the_operation_and_keeps_its_source() {
        let fault = failure(ffi::SQLITE_FULL).into_fault("ledger.commit");
        assert_eq!(fault.to_string(), "ledger.commit failed");
        assert!(fault.source.to_string().contains("full"), "{fault:?}");
    }
}
