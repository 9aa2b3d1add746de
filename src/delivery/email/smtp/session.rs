//! A session with a mail server, command by command (RFC 5321). Independent of messages and time limits.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use zeroize::Zeroizing;

use super::reply::{self, NoReply, Reply};
use super::tls::Tls;
use crate::config::SmtpLogin;
use crate::delivery::stream::Stream;
use crate::secret::ExposeSecret as _;

/// Why a step failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server refused it.
    Refused(Reply),
    /// There was no readable reply.
    Broken(NoReply),
}

impl Failure {
    fn broken(reason: impl Into<String>) -> Self {
        Self::Broken(NoReply {
            reason: reason.into(),
            code: None,
        })
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::broken(error.to_string())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(reply) => reply.fmt(f),
            Self::Broken(NoReply { reason, .. }) => f.write_str(reason),
        }
    }
}

/// A connection on which EHLO was successful.
pub(super) struct Session {
    stream: Box<dyn Stream>,
    /// Bytes received after the last reply. Empty, unless the server sends something it wasn't asked for.
    unread: Vec<u8>,
    /// The extensions that the server offers, as it wrote them.
    offers: Vec<String>,
}

impl Session {
    /// Starts a session and sends EHLO. With `tls`, the connection uses TLS from its first byte.
    pub(super) async fn begin(
        stream: TcpStream,
        tls: Option<&Tls>,
        hello: &str,
    ) -> Result<Self, Failure> {
        // Every write waits for a reply, so delaying small packets would only cost time.
        let _ = stream.set_nodelay(true);
        let stream: Box<dyn Stream> = match tls {
            Some(tls) => Box::new(tls.over(stream).await.map_err(Failure::from)?),
            None => Box::new(stream),
        };
        let mut session = Self {
            stream,
            unread: Vec::new(),
            offers: Vec::new(),
        };
        let greeting = session.reply().await?;
        if !greeting.is_positive() {
            return Err(Failure::Refused(greeting));
        }
        session.greet(hello).await?;
        Ok(session)
    }

    async fn greet(&mut self, hello: &str) -> Result<(), Failure> {
        let offers = self.command(&format!("EHLO {hello}")).await?;
        self.offers = offers.lines.into_iter().skip(1).collect();
        Ok(())
    }

    /// Upgrades the connection to TLS with STARTTLS (RFC 3207).
    pub(super) async fn secured(mut self, tls: &Tls, hello: &str) -> Result<Self, Failure> {
        if !self.offers("STARTTLS") {
            return Err(Failure::broken("STARTTLS is not supported by the server"));
        }
        self.command("STARTTLS").await?;
        if !self.unread.is_empty() {
            // If these bytes were read later, they would look like a reply that was received over TLS.
            return Err(Failure::broken(
                "there was extra data after the answer to STARTTLS; someone in between may have inserted it",
            ));
        }
        let stream = tls.over(self.stream).await.map_err(Failure::from)?;
        let mut session = Self {
            stream: Box::new(stream),
            unread: Vec::new(),
            offers: Vec::new(),
        };
        session.greet(hello).await?;
        Ok(session)
    }

    /// Returns whether the server offers an extension.
    pub(super) fn offers(&self, extension: &str) -> bool {
        self.words_of(extension).is_some()
    }

    /// Returns the parameters of an extension if the server offers it.
    fn words_of(&self, extension: &str) -> Option<impl Iterator<Item = &str>> {
        self.offers.iter().find_map(|line| {
            // Servers wrote `AUTH=PLAIN` before RFC 4954.
            let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty());
            words
                .next()?
                .eq_ignore_ascii_case(extension)
                .then_some(words)
        })
    }

    /// Logs in with PLAIN or LOGIN (RFC 4954).
    pub(super) async fn log_in(&mut self, login: &SmtpLogin) -> Result<(), Failure> {
        let [plain, by_steps] = ["PLAIN", "LOGIN"].map(|mechanism| {
            self.words_of("AUTH")
                .is_some_and(|mut words| words.any(|word| word.eq_ignore_ascii_case(mechanism)))
        });
        let (user, password) = (&login.username, login.password.expose_secret());
        if plain {
            let words = Zeroizing::new(format!("\0{user}\0{password}"));
            let words = Zeroizing::new(STANDARD.encode(&*words));
            let command = Zeroizing::new(format!("AUTH PLAIN {}", *words));
            self.command(&command).await?;
        } else if by_steps {
            self.command("AUTH LOGIN").await?;
            self.command(&STANDARD.encode(user)).await?;
            let words = Zeroizing::new(STANDARD.encode(password));
            self.command(&words).await?;
        } else {
            return Err(Failure::broken(
                "the server supports neither PLAIN nor LOGIN",
            ));
        }
        Ok(())
    }

    /// Sends one command and returns the reply. A refusal is an error.
    pub(super) async fn command(&mut self, command: &str) -> Result<Reply, Failure> {
        if !self.unread.is_empty() {
            return Err(Failure::broken(
                "the server sent a reply that wasn't expected",
            ));
        }
        if command.contains(['\r', '\n']) {
            return Err(Failure::broken("a command can't contain a line break"));
        }
        let line = Zeroizing::new(format!("{command}\r\n"));
        self.write(line.as_bytes()).await?;
        let reply = self.reply().await?;
        if reply.is_positive() {
            Ok(reply)
        } else {
            Err(Failure::Refused(reply))
        }
    }

    /// Sends a message without its end. If this fails, the server cannot have accepted the message.
    pub(super) async fn body(&mut self, content: &[u8]) -> Result<(), Failure> {
        self.write(&stuffed(content)).await?;
        if self.has_spoken().await? {
            // The server refuses the message early, for example with 421 or because it is too long.
            return Err(match self.reply().await? {
                reply if reply.is_positive() => {
                    Failure::broken("the server sent a reply that wasn't expected")
                }
                reply => Failure::Refused(reply),
            });
        }
        Ok(())
    }

    /// Sends the end of a message. Fails only if the server cannot have received it.
    pub(super) async fn end(&mut self) -> Result<(), Failure> {
        self.write(b".\r\n").await
    }

    /// Reads the server's reply to the message.
    pub(super) async fn verdict(&mut self) -> Result<Reply, NoReply> {
        reply::read(&mut *self.stream, &mut self.unread).await
    }

    async fn reply(&mut self) -> Result<Reply, Failure> {
        self.verdict().await.map_err(Failure::Broken)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        written.await.map_err(Failure::from)
    }

    /// Returns whether there is something to read. A closed connection is an error.
    async fn has_spoken(&mut self) -> Result<bool, Failure> {
        let mut bytes = [0; 512];
        let mut buffer = ReadBuf::new(&mut bytes);
        let stream = &mut self.stream;
        let read = poll_fn(|context| {
            Poll::Ready(
                match Pin::new(&mut *stream).poll_read(context, &mut buffer) {
                    Poll::Ready(read) => Some(read),
                    Poll::Pending => None,
                },
            )
        });
        match read.await {
            None => Ok(!self.unread.is_empty()),
            Some(Err(error)) => Err(error.into()),
            Some(Ok(())) if buffer.filled().is_empty() => {
                Err(Failure::broken("it closed the connection"))
            }
            Some(Ok(())) => {
                self.unread.extend_from_slice(buffer.filled());
                Ok(true)
            }
        }
    }
}

/// Returns the message with dots doubled at the start of lines (RFC 5321 §4.5.2), and with a line ending after its last
/// line.
fn stuffed(content: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(content.len() + 64);
    let mut last = b'\n';
    for &byte in content {
        if byte == b'.' && matches!(last, b'\r' | b'\n') {
            stuffed.push(b'.');
        }
        stuffed.push(byte);
        last = byte;
    }
    if !stuffed.ends_with(b"\r\n") {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_message_is_its_end() {
        for (content, wanted) in [
            ("a", "a\r\n"),
            ("a\r\n", "a\r\n"),
            (".", "..\r\n"),
            ("a\r\n.\r\nb.\r\n..c\r\n", "a\r\n..\r\nb.\r\n...c\r\n"),
            ("a\n.\n", "a\n..\n\r\n"),
            ("", "\r\n"),
        ] {
            let stuffed = String::from_utf8(stuffed(content.as_bytes())).unwrap();
            assert_eq!(stuffed, wanted, "{content:?}");
        }
    }
}
