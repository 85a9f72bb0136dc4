//! What can be done about a failure of the file system.

use std::io::{self, ErrorKind};

use crate::ports::fault::{Fault, FaultKind};

/// Classifies once for all of this adapter.
pub(super) fn fault(operation: &'static str, error: io::Error) -> Fault {
    let denied = [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem];
    let kind = if denied.contains(&error.kind()) {
        FaultKind::Denied
    } else {
        FaultKind::Broken
    };
    Fault::new(operation, kind, error)
}
