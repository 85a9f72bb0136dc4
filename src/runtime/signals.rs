//! The requests to stop that come from outside the process.

use std::future::pending;
use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// A request to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C at a terminal.
    Interrupt,
    /// SIGTERM: what service managers send.
    Terminate,
}

impl Signal {
    /// The exit code of a program that this signal cut short, by the shells' convention of 128 + number.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }

    /// The usual name, such as `SIGTERM`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
        }
    }
}

/// The stream of requests to stop: the first one is polite, the second one is not.
#[derive(Debug)]
pub struct Signals(Source);

#[derive(Debug)]
enum Source {
    Process {
        interrupt: tokio::signal::unix::Signal,
        terminate: tokio::signal::unix::Signal,
    },
    Channel(mpsc::Receiver<Signal>),
}

/// Sends signals to a [`Signals`] that does not listen to the process.
#[derive(Debug, Clone)]
pub struct SignalSender(mpsc::Sender<Signal>);

impl Signals {
    /// Listens to SIGINT and SIGTERM, which from now on no longer end the process by themselves.
    pub fn of_process() -> io::Result<Self> {
        Ok(Self(Source::Process {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        }))
    }

    /// Signals that another part of the program sends, for a service inside a test or a demo.
    pub fn channel() -> (SignalSender, Self) {
        // Two signals mean something, a third one is only impatience.
        let (sender, receiver) = mpsc::channel(2);
        (SignalSender(sender), Self(Source::Channel(receiver)))
    }

    /// The next signal; waits for ever when none can come any more. Cancel-safe.
    pub async fn recv(&mut self) -> Signal {
        let next = match &mut self.0 {
            Source::Process {
                interrupt,
                terminate,
            } => {
                tokio::select! {
                    some = interrupt.recv() => some.map(|()| Signal::Interrupt),
                    some = terminate.recv() => some.map(|()| Signal::Terminate),
                }
            }
            Source::Channel(receiver) => receiver.recv().await,
        };
        match next {
            Some(signal) => signal,
            None => pending().await,
        }
    }
}

impl SignalSender {
    /// Sends one signal; more than two unread ones, or a receiver that is gone, change nothing.
    pub fn send(&self, signal: Signal) {
        if self.0.try_send(signal).is_err() {
            tracing::debug!(signal = signal.name(), "nobody waits for this signal");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::{Signal as Raw, getpid, kill_process};

    #[tokio::test]
    async fn the_process_gets_both_signals_and_lives() {
        let mut signals = Signals::of_process().unwrap();
        kill_process(getpid(), Raw::TERM).unwrap();
        assert_eq!(signals.recv().await, Signal::Terminate);
        kill_process(getpid(), Raw::INT).unwrap();
        assert_eq!(signals.recv().await, Signal::Interrupt);
    }

    #[tokio::test]
    async fn a_channel_that_closed_sends_nothing() {
        let (sender, mut signals) = Signals::channel();
        sender.send(Signal::Interrupt);
        drop(sender);
        assert_eq!(signals.recv().await, Signal::Interrupt);
        tokio::select! {
            biased;
            signal = signals.recv() => panic!("{signal:?} from nowhere"),
            () = tokio::task::yield_now() => {}
        }
    }

    #[test]
    fn exit_codes_follow_the_convention_of_shells() {
        assert_eq!(Signal::Interrupt.exit_code(), 130);
        assert_eq!(Signal::Terminate.exit_code(), 143);
    }
}
