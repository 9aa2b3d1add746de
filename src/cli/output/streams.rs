//! The streams themselves: results go to stdout, talk goes to stderr.

use std::io::{self, IsTerminal as _, Write as _};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::cli::{Failure, Result};

pub(super) fn stderr_width() -> Option<u16> {
    let terminal = io::stderr().is_terminal();
    terminal.then(|| console::Term::stderr().size().1)
}

/// Writes to stdout: whether anybody still reads. A reader that has left (`| head`) is no failure.
pub(crate) fn write_out(text: &str) -> Result<bool> {
    written(io::stdout().lock().write_all(text.as_bytes()))
}

/// The same for what was written to stdout in another way.
pub(crate) fn written(result: io::Result<()>) -> Result<bool> {
    match result.and_then(|()| io::stdout().flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::failed("the result cannot be written").because(error)),
    }
}

/// Whether stdout is a pipe that nobody reads from any more: who waits for news would else learn it with the next line only.
pub(crate) fn reader_has_left() -> bool {
    let stdout = io::stdout();
    let mut polled = [PollFd::new(&stdout, PollFlags::empty())];
    poll(&mut polled, Some(&Timespec::default())).is_ok()
        && polled[0].revents().contains(PollFlags::ERR)
}

/// Writes to stderr. There is nowhere left to complain when that fails.
pub(crate) fn write_err(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
