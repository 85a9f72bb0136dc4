//! Files that come with a mail: which the agent gets, which it does not, and where they stand in the text (B12, B13, B15).
//!
//! Nothing is trusted but the bytes: the declared type and the name's extension are hints, which may refuse a file but
//! never admit one. Nothing is unpacked, decoded or rendered here; headers are read, and bounded searches made.

mod examine;
mod extension;
mod image;
mod kind;
mod mark;
mod office;
mod reason;
mod sort;
mod svg;

pub use mark::is_wordless;
pub use reason::{FileNote, FileRefusal, Ignored, RefusedFile};
pub use sort::{Arrived, KeptFile, MAX_FILES, MAX_TOGETHER, Sorted, recurring, sort};
