//! What a command is given to read: a file, or standard input.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::config::cli::FileOrStdin;

use super::screen::Terminal;
use super::server::Failure;

/// Reads it whole, at most `largest` bytes. Nothing is as wrong as too much.
pub(super) fn read(
    from: &FileOrStdin,
    largest: u64,
    terminal: &mut Terminal<'_>,
) -> Result<Vec<u8>, Failure> {
    let content = read_even_nothing(from, largest, terminal)?;
    if content.is_empty() {
        return Err(Failure::Usage(format!("{} is empty", name(from))));
    }
    Ok(content)
}

fn name(from: &FileOrStdin) -> String {
    match from {
        FileOrStdin::Stdin => "standard input".to_owned(),
        FileOrStdin::File(path) => path.display().to_string(),
    }
}

/// Reads it whole, at most `largest` bytes, also where there is nothing.
pub(super) fn read_even_nothing(
    from: &FileOrStdin,
    largest: u64,
    terminal: &mut Terminal<'_>,
) -> Result<Vec<u8>, Failure> {
    let name = name(from);
    let content = match from {
        FileOrStdin::Stdin => whole(&mut *terminal.input, largest),
        FileOrStdin::File(path) => whole(open(path)?, largest),
    };
    let content = content.map_err(|error| Failure::Usage(format!("{name}: {error}")))?;
    if content.len() as u64 > largest {
        let largest = if largest >= 1 << 20 {
            format!("{} MB", largest >> 20)
        } else {
            format!("{} KB", largest >> 10)
        };
        return Err(Failure::Usage(format!("{name} has more than {largest}")));
    }
    Ok(content)
}

fn whole(from: impl Read, largest: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    from.take(largest + 1).read_to_end(&mut content)?;
    Ok(content)
}

/// Opens a file, or says by its name why not.
pub(super) fn open(path: &Path) -> Result<File, Failure> {
    opened(path).map_err(|why| Failure::Usage(format!("{}: {why}", path.display())))
}

fn opened(path: &Path) -> Result<File, String> {
    let said = |error: io::Error| {
        let kind = error.kind();
        if kind == ErrorKind::NotFound {
            "there is no such file".to_owned()
        } else if kind == ErrorKind::PermissionDenied {
            "this user may not read it".to_owned()
        } else {
            error.to_string()
        }
    };
    let file = File::open(path).map_err(said)?;
    let kind = file.metadata().map_err(said)?;
    if kind.is_dir() {
        return Err("this is a folder; name a file in it".to_owned());
    }
    Ok(file)
}
