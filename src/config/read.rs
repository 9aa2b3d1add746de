//! Reads files that users name, without letting any of them block the program or fill its memory.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// The size limit of a file, in bytes.
const MAX_BYTES: u64 = 1 << 20;
/// How long a pipe may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads a file.
///
/// # Errors
/// If it isn't a regular file or is larger than 1 MiB, or if the system reports an error.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    read_file_of(path, MAX_BYTES)
}

/// Reads a file of at most `max_bytes`, a whole number of MiB.
///
/// # Errors
/// If it isn't a regular file or is larger, or if the system reports an error.
pub fn read_file_of(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    match what_else(path)? {
        None => read(path, max_bytes),
        Some(what) => Err(io::Error::other(format!("it is {what}, not a file"))),
    }
}

/// Reads a file as text.
///
/// # Errors
/// Those of [`read_file`], or if the text isn't UTF-8.
pub fn read_text_file(path: &Path) -> io::Result<String> {
    read_file(path).and_then(text)
}

/// Returns a text without the byte order mark that Windows tools put at its start.
#[must_use]
pub fn without_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// Reads text without a byte order mark from a file, or from `<(command)`, `/dev/stdin` or a named pipe. A pipe must
/// end within five seconds.
///
/// # Errors
/// Those of [`read_text_file`], except that pipes are accepted.
pub fn read_text(path: &Path) -> io::Result<String> {
    if what_else(path)?.is_none() {
        return read(path, MAX_BYTES).and_then(text).map(without_mark);
    }
    let (done, outcome) = mpsc::channel();
    let path = path.to_owned();
    // Even opening a pipe waits for its other end. If that never comes, the thread keeps waiting after this function
    // has returned.
    std::thread::spawn(move || done.send(read(&path, MAX_BYTES)));
    let outcome = outcome.recv_timeout(PATIENCE);
    let late = |_| io::Error::other("it isn't a file, and didn't end within 5 seconds");
    outcome.map_err(late)?.and_then(text).map(without_mark)
}

/// Returns what is at the path if it isn't a regular file. A folder isn't reported, because the system has its own
/// error for it.
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
    let invalid = |_| io::Error::new(io::ErrorKind::InvalidData, "it isn't UTF-8 text");
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
            // The byte order mark is kept, because the text may be written back.
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
            "it isn't a file, and didn't end within 5 seconds"
        );
        // This needs a separate pipe: the reader above may still be waiting at the first one.
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
