//! A test that runs when the emulator does, and says why if it does not.

use libtest_mimic::{Completion, Failed, Trial};

use crate::support::emulator;

/// Why a test could not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ignored(pub(crate) String);

/// What a check returns: nothing, or that it could not run.
pub(crate) trait Outcome {
    fn ran(self) -> Result<(), Ignored>;
}

impl Outcome for () {
    fn ran(self) -> Result<(), Ignored> {
        Ok(())
    }
}

impl Outcome for Result<(), Ignored> {
    fn ran(self) -> Result<(), Ignored> {
        self
    }
}

/// A check as a trial, on a runtime of its own like that of `#[tokio::test]`.
pub(crate) fn trial<T: Outcome>(
    name: &str,
    check: impl AsyncFnOnce() -> T + Send + 'static,
) -> Trial {
    let name = name.strip_prefix("aws::").unwrap_or(name);
    Trial::ignorable_test(name, move || run(check))
}

fn run<T: Outcome>(check: impl AsyncFnOnce() -> T) -> Result<Completion, Failed> {
    if let Err(Ignored(reason)) = emulator::ready() {
        return Ok(Completion::ignored_with(reason));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match runtime.block_on(check()).ran() {
        Ok(()) => Ok(Completion::Completed),
        Err(Ignored(reason)) => Ok(Completion::ignored_with(reason)),
    }
}
