//! The binary: hands its arguments to [`hermes::app`].

use std::process::ExitCode;

fn main() -> ExitCode {
    hermes::app::run(std::env::args_os())
}
