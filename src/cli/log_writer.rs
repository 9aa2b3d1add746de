//! Writes log lines to stderr without failing, blocking or ending the process.
//!
//! Lines are lost if a pipe isn't read or was closed, or if a disk is full. They are counted, and the number is logged
//! as soon as lines can be written again.

use std::io::{self, BufWriter, Write};

use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};

/// The most lines that wait for a slow reader. More are lost.
const MAX_WAITING_LINES: usize = 10_000;

/// How many bytes of lines that follow each other closely are written at once.
const BATCH: usize = 64 * 1024;

/// Returns a writer whose lines are written by a separate thread until the guard is dropped, which waits a second for
/// the rest.
pub(super) fn in_background() -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(MAX_WAITING_LINES)
        .thread_name("log")
        .finish(BufWriter::with_capacity(
            BATCH,
            Unfailing::new(io::stderr()),
        ))
}

/// A writer that ignores errors.
pub(super) struct Unfailing<W> {
    to: W,
    lost: u64,
}

impl<W: Write> Unfailing<W> {
    pub(super) const fn new(to: W) -> Self {
        Self { to, lost: 0 }
    }
}

impl<W: Write> Write for Unfailing<W> {
    /// Writes whole lines.
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        let written = if self.lost == 0 {
            self.to.write_all(lines)
        } else {
            let lost = self.lost;
            let note = format!("{lost} log lines couldn't be written\n");
            self.to
                .write_all(note.as_bytes())
                .and_then(|()| self.to.write_all(lines))
        };
        let count = lines.split_inclusive(|byte| *byte == b'\n').count() as u64;
        self.lost = written.map_or(self.lost + count, |()| 0);
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.to.flush();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk that is full for some lines.
    #[derive(Default)]
    struct Disk {
        written: Vec<u8>,
        is_full: bool,
    }

    impl Write for &mut Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.is_full {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.written.extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lost_lines_are_counted_and_told_once() {
        let mut disk = Disk::default();
        let mut lost = 0;
        for (line, is_full) in [
            ("a\n", false),
            ("b\n", true),
            ("c\nc\n", true),
            ("d\n", false),
            ("e\n", false),
        ] {
            disk.is_full = is_full;
            let mut writer = Unfailing {
                to: &mut disk,
                lost,
            };
            assert_eq!(writer.write(line.as_bytes()).unwrap(), line.len());
            lost = writer.lost;
        }
        let written = String::from_utf8(disk.written).unwrap();
        assert_eq!(written, "a\n3 log lines couldn't be written\nd\ne\n");
    }
}
