//! The binary: arguments in, exit status out. Everything else is in the library.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Faster than the allocator of the C library where several threads answer requests.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    regstack::run_command_line(std::env::args_os())
}
