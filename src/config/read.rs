//! Reads the files that people name, so that none of them holds up the program or fills its memory.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// How long a pipe may take until it ends.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads a file.
///
/// # Errors
/// What is no regular file, or larger than 1 MiB, and whatever the system says.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    read_file_of(path, MAX_BYTES)
}

/// Reads a file of at most so many bytes, in whole MiB.
///
/// # Errors
/// What is no regular file, or larger, and whatever the system says.
pub fn read_file_of(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    match what_else(path)? {
        None => read(path, max_bytes),
        Some(what) => Err(io::Error::other(format!("it is {what}, not a file"))),
    }
}

/// Reads a file as text.
///
/// # Errors
/// Those of [`read_file`], and text that is not UTF-8.
pub fn read_text_file(path: &Path) -> io::Result<String> {
    read_file(path).and_then(text)
}

/// Returns a text without the byte order mark that Windows tools put before it.
#[must_use]
pub fn without_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// Reads text from a file, without a byte order mark, or from what a shell puts in a file's place: `<(command)`, `/dev/stdin`, a named pipe. The latter
/// has to end within five seconds.
///
/// # Errors
/// As [`read_text_file`], but pipes are taken.
pub fn read_text(path: &Path) -> io::Result<String> {
    if what_else(path)?.is_none() {
        return read(path, MAX_BYTES).and_then(text).map(without_mark);
    }
    let (done, outcome) = mpsc::channel();
    let path = path.to_owned();
    // Even to open a pipe waits for its other end. The thread is left behind where that never comes.
    std::thread::spawn(move || done.send(read(&path, MAX_BYTES)));
    let outcome = outcome.recv_timeout(PATIENCE);
    let late = |_| io::Error::other("it is no file, and did not end within 5 seconds");
    outcome.map_err(late)?.and_then(text).map(without_mark)
}

/// What stands at the path, if it is no regular file. A folder is left to the system, which has an error of its own for it.
fn what_else(path: &Path) -> io::Result<Option<&'static str>> {
    let kind = fs::metadata(path)?.file_type();
    Ok(if kind.is_fifo() {
        Some("a pipe")
    } else if kind.is_char_device() || kind.is_block_device() {
        Some("a device")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        None
    })
}

fn read(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(max_bytes + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        let most = max_bytes >> 20;
        return Err(io::Error::other(format!("it is larger than {most} MiB")));
    }
    Ok(bytes)
}

fn text(bytes: Vec<u8>) -> io::Result<String> {
    let invalid = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text");
    String::from_utf8(bytes).map_err(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_text() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (bytes, text) in [
            ("\u{feff}secret\r\n", "secret\r\n"),
            ("a\u{feff}b", "a\u{feff}b"),
        ] {
            fs::write(file.path(), bytes).unwrap();
            assert_eq!(read_text(file.path()).unwrap(), text);
            // What is written back keeps it.
            assert_eq!(read_text_file(file.path()).unwrap(), bytes);
        }
    }

    #[test]
    fn what_is_no_file_is_named_and_nothing_is_read_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let mkfifo = |name| {
            let pipe = folder.path().join(name);
            let made = std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.unwrap().success());
            pipe
        };
        let pipe = mkfifo("pipe");
        let large = folder.path().join("large");
        fs::write(&large, vec![b'x'; (1 << 20) + 1]).unwrap();
        let fault = |outcome: io::Result<Vec<u8>>| outcome.unwrap_err().to_string();
        assert_eq!(fault(read_file(&pipe)), "it is a pipe, not a file");
        let zero = Path::new("/dev/zero");
        assert_eq!(fault(read_file(zero)), "it is a device, not a file");
        assert_eq!(fault(read_file(&large)), "it is larger than 1 MiB");
        let fault = |path: &Path| read_text(path).unwrap_err().to_string();
        assert_eq!(fault(zero), "it is larger than 1 MiB");
        assert_eq!(fault(&large), "it is larger than 1 MiB");
        assert_eq!(
            fault(&pipe),
            "it is no file, and did not end within 5 seconds"
        );
        // A pipe of its own: the reader that was left behind above may still wait at the first.
        let written = mkfifo("written");
        let writer = {
            let pipe = written.clone();
            std::thread::spawn(move || fs::write(pipe, "piped"))
        };
        assert_eq!(read_text(&written).unwrap(), "piped");
        writer.join().unwrap().unwrap();
        assert_eq!(read_text(Path::new("/dev/null")).unwrap(), "");
        assert_eq!(
            read_text(folder.path()).unwrap_err().kind(),
            io::ErrorKind::IsADirectory
        );
    }
}
