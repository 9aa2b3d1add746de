//! Where log lines go: stderr, in a way that never fails, blocks or ends what is logged about.
//!
//! A pipe that nobody reads, a pipe that was closed, a disk that is full: lines are lost then, they are counted, and the
//! number is said once as soon as lines can be written again.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// Lines that wait for a slow reader; what comes beyond is lost.
const MAX_WAITING_LINES: usize = 10_000;
/// The same in bytes.
const MAX_WAITING_BYTES: usize = 8 * 1024 * 1024;

/// How long the first line waits for others that are written with it: of a busy server's lines, many are one write, and one
/// wake of the thread.
const GATHERING: Duration = Duration::from_millis(3);

/// How long the end of a process waits for what is still to be written.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Lines that are written by a thread of their own until the guard is dropped, which waits a second for the rest.
pub(super) fn in_background() -> io::Result<(Waiting, Guard)> {
    writing_to(io::stderr())
}

fn writing_to(to: impl Write + Send + 'static) -> io::Result<(Waiting, Guard)> {
    let waiting = Waiting::default();
    let lines = waiting.clone();
    let thread = thread::Builder::new().name("log".to_owned());
    thread.spawn(move || lines.write_out(Unfailing::new(to)))?;
    Ok((waiting.clone(), Guard(waiting)))
}

/// The lines that wait to be written.
#[derive(Clone, Default)]
pub(super) struct Waiting(Arc<(Mutex<Lines>, Condvar)>);

#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    count: usize,
    /// Those for which there was no room.
    lost: u64,
    /// The thread waits for the first one.
    is_idle: bool,
    is_closed: bool,
    is_ended: bool,
}

impl Waiting {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for as long as something holds; at most so long, if there is a limit.
    fn wait<'a>(
        &self,
        lines: MutexGuard<'a, Lines>,
        limit: Option<Duration>,
        holds: impl Fn(&Lines) -> bool,
    ) -> MutexGuard<'a, Lines> {
        let holds = |lines: &mut Lines| holds(lines);
        let wake = &self.0.1;
        match limit {
            None => wake
                .wait_while(lines, holds)
                .unwrap_or_else(PoisonError::into_inner),
            Some(limit) => {
                let waited = wake.wait_timeout_while(lines, limit, holds);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        }
    }

    fn add(&self, line: &[u8]) {
        let mut lines = self.lines();
        if lines.count >= MAX_WAITING_LINES || lines.text.len() + line.len() > MAX_WAITING_BYTES {
            lines.lost += 1;
            return;
        }
        lines.text.extend_from_slice(line);
        lines.count += 1;
        if mem::take(&mut lines.is_idle) {
            self.0.1.notify_all();
        }
    }

    /// Writes until the guard is dropped and all is written.
    fn write_out<W: Write>(&self, mut writer: Unfailing<W>) {
        let mut text = Vec::new();
        loop {
            let mut lines = self.lines();
            lines.is_idle = true;
            let lines = self.wait(lines, None, |lines| lines.is_idle && !lines.is_closed);
            let mut lines = self.wait(lines, Some(GATHERING), |lines| !lines.is_closed);
            lines.is_idle = false;
            lines.count = 0;
            mem::swap(&mut lines.text, &mut text);
            writer.lost += mem::take(&mut lines.lost);
            let is_last = lines.is_closed;
            drop(lines);
            // Never an error.
            let _ = writer.write(&text);
            text.clear();
            if is_last {
                break;
            }
        }
        self.lines().is_ended = true;
        self.0.1.notify_all();
    }
}

impl Write for &Waiting {
    /// Takes one line, whole.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.add(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Waiting {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> &'a Self {
        self
    }
}

/// Writes what is left when it is dropped.
pub(super) struct Guard(Waiting);

impl Drop for Guard {
    fn drop(&mut self) {
        let mut lines = self.0.lines();
        lines.is_closed = true;
        self.0.0.1.notify_all();
        drop(
            self.0
                .wait(lines, Some(LAST_LINES), |lines| !lines.is_ended),
        );
    }
}

/// A writer whose errors are nobody's.
pub(super) struct Unfailing<W> {
    to: W,
    lost: u64,
    /// The last line was cut off.
    is_torn: bool,
}

impl<W: Write> Unfailing<W> {
    pub(super) const fn new(to: W) -> Self {
        Self {
            to,
            lost: 0,
            is_torn: false,
        }
    }

    /// Writes what can be; the rest.
    fn write_some<'a>(&mut self, mut text: &'a [u8]) -> &'a [u8] {
        while !text.is_empty() {
            match self.to.write(text) {
                Ok(0) => break,
                Ok(written) => {
                    self.is_torn = text[written - 1] != b'\n';
                    text = &text[written..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        text
    }
}

impl<W: Write> Write for Unfailing<W> {
    /// Takes lines, whole ones.
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        let taken = lines.len();
        let lost = self.lost;
        let note = match (lost, self.is_torn) {
            (0, _) => String::new(),
            (_, false) => format!("{lost} log lines couldn't be written\n"),
            (_, true) => format!("\n{lost} log lines couldn't be written\n"),
        };
        let rest = if self.write_some(note.as_bytes()).is_empty() {
            self.lost = 0;
            self.write_some(lines)
        } else {
            lines
        };
        self.lost += rest.split(|byte| *byte == b'\n').skip(1).count() as u64;
        Ok(taken)
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
            ("c\n", true),
            ("d\n", false),
            ("e\n", false),
        ] {
            disk.is_full = is_full;
            let mut writer = Unfailing {
                to: &mut disk,
                lost,
                is_torn: false,
            };
            assert_eq!(writer.write(line.as_bytes()).unwrap(), 2);
            lost = writer.lost;
        }
        let written = String::from_utf8(disk.written).unwrap();
        assert_eq!(written, "a\n2 log lines couldn't be written\nd\ne\n");
    }

    /// Room for so many bytes, and then for as many again.
    struct Short(Vec<u8>, usize);

    impl Write for Short {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.1);
            self.1 -= taken;
            self.0.extend(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn of_lines_that_are_written_together_the_cut_off_ones_are_lost() {
        let mut writer = Unfailing::new(Short(Vec::new(), 4));
        writer.write_all(b"a\nbcd\ne\n").unwrap();
        writer.to.1 = 1000;
        writer.write_all(b"f\n").unwrap();
        let written = String::from_utf8(writer.to.0).unwrap();
        assert_eq!(written, "a\nbc\n2 log lines couldn't be written\nf\n");
    }

    /// A reader that waits to be let go.
    #[derive(Clone, Default)]
    struct Reader(Arc<Mutex<Vec<u8>>>, Arc<(Mutex<bool>, Condvar)>);

    impl Reader {
        fn read_on(&self) {
            *self.1.0.lock().unwrap() = true;
            self.1.1.notify_all();
        }
    }

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (reads, changed) = &*self.1;
            drop(changed.wait_while(reads.lock().unwrap(), |reads| !*reads));
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_waits_is_bounded_and_what_was_taken_is_written_at_the_end() {
        let reader = Reader::default();
        let (waiting, guard) = writing_to(reader.clone()).unwrap();
        let mut writer = &waiting;
        writer.write_all(b"first\n").unwrap();
        let is_taken = || waiting.lines().count == 0;
        while !is_taken() {
            thread::sleep(GATHERING);
        }
        for _ in 0..MAX_WAITING_LINES + 5 {
            writer.write_all(b"line\n").unwrap();
        }
        assert!(waiting.lines().text.len() <= MAX_WAITING_LINES * 5);
        reader.read_on();
        drop(guard);
        let written = String::from_utf8(reader.0.lock().unwrap().clone()).unwrap();
        let lines = written.lines().filter(|line| *line == "line");
        assert_eq!(lines.count(), MAX_WAITING_LINES);
        assert!(written.starts_with("first\n5 log lines couldn't be written\nline\n"));
    }
}
