//! Reads the replies of a mail server (RFC 5321 §4.2), with limits on their size.

use std::fmt;

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::delivery::text::MAX_WORDS;

/// The longest reply, in bytes and in lines. Real replies, even those to EHLO, are at most a tenth as long.
const MAX_BYTES: usize = 16 * 1024;
const MAX_LINES: usize = 128;

/// A reply: its code, and the text of each line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// Returns whether the command succeeded (2xx) or the server waits for more (3xx).
    pub(super) const fn is_positive(&self) -> bool {
        matches!(self.code, 200..=399)
    }

    pub(super) const fn is_permanent(&self) -> bool {
        matches!(self.code, 500..=599)
    }
}

/// Formats the reply as one line, cut to a readable length.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        let words = self.lines.iter().flat_map(|line| line.split_whitespace());
        let mut left = MAX_WORDS;
        for word in words {
            let length = word.chars().count();
            if length > left {
                let word: String = word.chars().take(left).collect();
                return write!(f, " {word}…");
            }
            write!(f, " {word}")?;
            left -= length;
        }
        Ok(())
    }
}

/// Why there is no complete reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoReply {
    pub(super) reason: String,
    /// The code of the lines that were received.
    pub(super) code: Option<u16>,
}

/// Reads one reply. Bytes after it stay in `unread`.
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin + ?Sized),
    unread: &mut Vec<u8>,
) -> Result<Reply, NoReply> {
    let (mut reply, mut bytes) = (None, 0);
    loop {
        let code = |reply: &Option<Reply>| reply.as_ref().map(|reply| reply.code);
        let no_reply = |reply: &Option<Reply>, reason: &str| NoReply {
            reason: reason.to_owned(),
            code: code(reply),
        };
        let line = match line(stream, unread, MAX_BYTES - bytes).await {
            Ok(line) => line,
            Err(reason) => return Err(no_reply(&reply, &reason)),
        };
        bytes += line.len() + 1;
        let Some((its_code, goes_on, text)) = parsed(&line) else {
            return Err(no_reply(&reply, "it doesn't answer like a mail server"));
        };
        let so_far = reply.get_or_insert_with(|| Reply {
            code: its_code,
            lines: Vec::new(),
        });
        so_far.lines.push(text);
        if !goes_on {
            // If the codes of the lines differ, the last one counts.
            so_far.code = its_code;
            return Ok(reply.take().expect("it was just there"));
        }
        if so_far.lines.len() >= MAX_LINES {
            return Err(no_reply(
                &reply,
                &format!("it answers with more than {MAX_LINES} lines"),
            ));
        }
    }
}

/// Returns the next line without its line ending.
async fn line(
    stream: &mut (impl AsyncRead + Unpin + ?Sized),
    unread: &mut Vec<u8>,
    most: usize,
) -> Result<Vec<u8>, String> {
    let mut searched = 0;
    loop {
        let end = unread[searched..].iter().position(|byte| *byte == b'\n');
        if let Some(end) = end.map(|end| searched + end)
            && end < most
        {
            let mut line: Vec<u8> = unread.drain(..=end).collect();
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(line);
        }
        searched = unread.len();
        if searched >= most {
            return Err(format!(
                "it answers with more than {} KiB",
                MAX_BYTES / 1024
            ));
        }
        let mut more = [0; 2048];
        match stream.read(&mut more).await {
            Ok(0) => return Err("it closed the connection".to_owned()),
            Ok(read) => unread.extend_from_slice(&more[..read]),
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Parses a line into its code, whether more lines follow, and its text, which may be empty or invalid UTF-8.
fn parsed(line: &[u8]) -> Option<(u16, bool, String)> {
    let code = line.get(..3)?;
    if !code.iter().all(u8::is_ascii_digit) || !(b'2'..=b'5').contains(&code[0]) {
        return None;
    }
    let number = code
        .iter()
        .fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    let text = |from: usize| String::from_utf8_lossy(&line[from..]).into_owned();
    match line.get(3) {
        None => Some((number, false, String::new())),
        Some(b'-') => Some((number, true, text(4))),
        Some(b' ' | b'\t') => Some((number, false, text(4))),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_of(mut bytes: &[u8]) -> (Result<Reply, NoReply>, Vec<u8>) {
        let mut unread = Vec::new();
        let reply = read(&mut bytes, &mut unread).await;
        (reply, unread)
    }

    #[tokio::test]
    async fn a_code_alone_and_foreign_bytes_are_answers() {
        for (bytes, code, lines) in [
            (&b"250\r\n"[..], 250, vec![""]),
            (b"250 \r\n", 250, vec![""]),
            (b"250 2.0.0 Ok\n", 250, vec!["2.0.0 Ok"]),
            (b"250 \xff\r\n", 250, vec!["\u{fffd}"]),
            (b"250-a\r\n250-\r\n250\r\n", 250, vec!["a", "", ""]),
            (b"250-a\r\n550 b\r\n", 550, vec!["a", "b"]),
        ] {
            let (reply, unread) = read_of(bytes).await;
            let lines = lines.into_iter().map(str::to_owned).collect();
            assert_eq!(reply, Ok(Reply { code, lines }), "{bytes:?}");
            assert!(unread.is_empty());
        }
        let (reply, unread) = read_of(b"220 go\r\n250 injected\r\n").await;
        assert_eq!(reply.unwrap().to_string(), "220 go");
        assert_eq!(unread, b"250 injected\r\n");
    }

    #[tokio::test]
    async fn what_is_no_answer_says_what_it_is() {
        let endless_lines = b"250-a\r\n".repeat(1000);
        let endless_line = [b"250 ".as_slice(), &b"x".repeat(100_000)].concat();
        let long_lines = [b"250-".as_slice(), &b"x".repeat(1000), b"\r\n"].concat();
        let long_lines = long_lines.repeat(100);
        for (bytes, words, code) in [
            (&b""[..], "closed the connection", None),
            (b"250-a\r\n", "closed the connection", Some(250)),
            (b"250", "closed the connection", None),
            (b"HTTP/1.1 400 Bad Request\r\n", "like a mail server", None),
            (b"25\r\n", "like a mail server", None),
            (b"2500 x\r\n", "like a mail server", None),
            (b"999 x\r\n", "like a mail server", None),
            (&endless_lines, "more than 128 lines", Some(250)),
            (&endless_line, "more than 16 KiB", None),
            (&long_lines, "more than 16 KiB", Some(250)),
        ] {
            let (reply, unread) = read_of(bytes).await;
            let no_reply = reply.unwrap_err();
            assert!(no_reply.reason.contains(words), "{no_reply:?}");
            assert_eq!(no_reply.code, code);
            assert!(unread.len() <= MAX_BYTES + 2048, "{}", unread.len());
        }
    }

    #[test]
    fn what_is_repeated_is_one_line_and_short() {
        let reply = Reply {
            code: 550,
            lines: vec!["5.1.1 no\tsuch".into(), "x".repeat(5000)],
        };
        let shown = reply.to_string();
        assert!(shown.starts_with("550 5.1.1 no such xxx"), "{shown}");
        assert!(shown.chars().count() < 220, "{shown}");
    }
}
