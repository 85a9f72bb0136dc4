//! How tasks and the whole service ended.

use std::error::Error;
use std::fmt;

use super::Signal;

/// What a long-lived task fails with; anything that is an error, or a text, becomes one with `?` or `into`.
pub type TaskError = Box<dyn Error + Send + Sync>;

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskEnd {
    /// It returned without an error.
    Returned,
    /// It returned this error, told with its sources.
    Failed(String),
    /// It panicked with this message, without what may quote content.
    Panicked(String),
    /// It was dropped at the end of a hard stop.
    Dropped,
}

impl fmt::Display for TaskEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned => f.write_str("it returned"),
            Self::Failed(error) => write!(f, "it failed: {error}"),
            Self::Panicked(message) => write!(f, "it panicked: {message}"),
            Self::Dropped => f.write_str("it was dropped"),
        }
    }
}

/// How the service ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A signal came and every task ended within the grace.
    Stopped(Signal),
    /// A signal came and work was cut off, by a second signal or because the grace was used up.
    CutOff {
        /// The last signal that came.
        signal: Signal,
        /// The tasks and jobs that had not ended by themselves, by name.
        unfinished: Vec<&'static str>,
    },
    /// A task ended although nobody had asked it to; the rest was then stopped in order.
    TaskDied {
        /// The task.
        name: &'static str,
        /// How it ended.
        why: TaskEnd,
    },
}

impl Outcome {
    /// The exit code of the process: 0 only for a clean stop.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Stopped(_) => 0,
            Self::CutOff { signal, .. } => signal.exit_code(),
            // EX_SOFTWARE of sysexits.h: tells a bug from a wrong setting.
            Self::TaskDied { .. } => 70,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped(signal) => write!(f, "stopped by {}", signal.name()),
            Self::CutOff { signal, unfinished } => {
                let names = unfinished.join(", ");
                write!(f, "cut off after {}, unfinished: {names}", signal.name())
            }
            Self::TaskDied { name, why } => write!(f, "task `{name}` died: {why}"),
        }
    }
}

/// Prints an error and its sources on one line, `outer: inner: innermost`.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a>(pub &'a (dyn Error + 'a));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(source) = next {
            write!(f, ": {source}")?;
            next = source.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read the list")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn a_chain_names_every_source_once() {
        let error = Outer(std::io::Error::other("disk gone"));
        assert_eq!(Chain(&error).to_string(), "cannot read the list: disk gone");
    }

    #[test]
    fn only_a_clean_stop_exits_with_zero() {
        let cut_off = Outcome::CutOff {
            signal: Signal::Interrupt,
            unfinished: vec!["a", "b"],
        };
        let died = Outcome::TaskDied {
            name: "a",
            why: TaskEnd::Returned,
        };
        assert_eq!(Outcome::Stopped(Signal::Terminate).exit_code(), 0);
        assert_eq!(cut_off.exit_code(), 130);
        assert_eq!(
            cut_off.to_string(),
            "cut off after SIGINT, unfinished: a, b"
        );
        assert_eq!(died.exit_code(), 70);
        assert_eq!(died.to_string(), "task `a` died: it returned");
    }
}
