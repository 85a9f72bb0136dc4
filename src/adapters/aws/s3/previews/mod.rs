//! Previews in a bucket: each publication has a prefix of its own, and one small object says which of them is shown.

mod lookup;
mod place;
mod pointer;
mod store;
mod sweep;
mod version;
mod walk;

pub use store::S3Previews;
