//! The binary: arguments in, exit status out. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    regstack::run_command_line(std::env::args_os())
}
