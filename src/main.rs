//! The binary: arguments in, exit status out. Everything else is in the library.

use std::process::ExitCode;

/// Faster than the system's for many small pieces, and gives back what is not used any more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    regstack::run_command_line(std::env::args_os())
}
