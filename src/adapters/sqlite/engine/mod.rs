//! The database underneath the ports: connections, the writer thread, the folder's lock, migrations, backup.
//!
//! Knows no Hermes noun but the names of its files. What is above says what to read or write; this says how.

mod backup;
mod checkpointer;
mod connection;
mod error;
mod lock;
mod readers;
mod schema;
mod writer;

pub use backup::{BackupError, backup_file, backup_folder};
pub use error::OpenError;

pub(crate) use checkpointer::Checkpointer;
pub(crate) use connection::{Layout, open_writer};
pub(crate) use error::{Failure, fault};
pub(crate) use lock::FolderLock;
pub(crate) use readers::{Readers, many, one, value};
pub(crate) use schema::{migrate, open_error};
pub(crate) use writer::Writer;
