//! The object store: raw mail in, previews out, and the file of projects.

mod archive;
mod document;
mod mails;
mod object;
mod previews;

pub use archive::S3Archive;
pub use document::{DocumentError, S3Document};
pub use mails::S3Mails;
pub use previews::S3Previews;
