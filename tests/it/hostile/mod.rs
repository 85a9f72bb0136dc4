//! Mails that nobody should send: each gets a verdict, none hangs, crashes or is lost.

mod explained;
mod mutations;
mod torture;
