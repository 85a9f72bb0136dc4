//! The object store: raw mail in, files for workers, previews out, and the file of projects.

mod archive;
mod document;
mod files;
mod mails;
mod object;
mod previews;

pub use archive::S3Archive;
pub use document::{DocumentError, S3Document};
pub use files::S3Files;
pub use mails::S3Mails;
pub use previews::S3Previews;
