//! The client side of the command line, from its arguments to its exit code, against a server that a script plays.

mod events;
mod explain;
mod local;
mod mail;
mod refusals;
mod scripted;
mod session;
mod transport;
mod watch;
