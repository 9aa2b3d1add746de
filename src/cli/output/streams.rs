//! The output streams: results go to stdout, messages to stderr.

use std::io::{self, IsTerminal as _, Write as _};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::cli::{Failure, Result};

pub(super) fn stderr_width() -> Option<u16> {
    let terminal = io::stderr().is_terminal();
    terminal.then(|| console::Term::stderr().size().1)
}

/// Writes to stdout. Returns whether the output is still read. A closed pipe (`| head`) is not an error.
pub(crate) fn write_out(text: &str) -> Result<bool> {
    written(io::stdout().lock().write_all(text.as_bytes()))
}

/// The same for the result of another write to stdout.
pub(crate) fn written(result: io::Result<()>) -> Result<bool> {
    match result.and_then(|()| io::stdout().flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::failed("the result can't be written").because(error)),
    }
}

/// Returns whether stdout is a pipe that nobody reads any more. Otherwise a command that waits for events would only
/// notice it with the next line.
pub(crate) fn reader_has_left() -> bool {
    let stdout = io::stdout();
    let mut polled = [PollFd::new(&stdout, PollFlags::empty())];
    poll(&mut polled, Some(&Timespec::default())).is_ok()
        && polled[0].revents().contains(PollFlags::ERR)
}

/// Writes to stderr. Errors are ignored, because there is no place left to report them.
pub(crate) fn write_err(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
