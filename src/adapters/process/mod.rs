//! Containers as worker processes on this machine.
