//! A connection on which STARTTLS gets one answer (RFC 3207 §6).

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Fails when the server sends more than its answer to STARTTLS before TLS begins.
///
/// Whoever sits in between could put answers there, which would be read later as if they had come through TLS: the
/// client library keeps what it has read.
#[derive(Debug)]
pub(super) struct OneReply {
    stream: TcpStream,
    /// What came since STARTTLS was sent and until the next byte is.
    answer: Option<Vec<u8>>,
    /// Whether more came: nothing is sent any more then, no goodbye that would wait for an answer either.
    is_refused: bool,
}

impl OneReply {
    pub(super) const fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            answer: None,
            is_refused: false,
        }
    }
}

/// Whether something follows the last line of a reply.
fn holds_more_than_a_reply(answer: &[u8]) -> bool {
    let mut lines = answer.split_inclusive(|byte| *byte == b'\n');
    let ended = lines.any(|line| line.ends_with(b"\n") && line.get(3) != Some(&b'-'));
    ended && lines.next().is_some()
}

impl AsyncRead for OneReply {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if let Some(answer) = &mut self.answer {
            answer.extend_from_slice(&buffer.filled()[before..]);
            if holds_more_than_a_reply(answer) {
                self.is_refused = true;
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "more came than the answer to STARTTLS before TLS began; somebody in between may have put it there",
                )));
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for OneReply {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_refused {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        self.answer = bytes.starts_with(b"STARTTLS").then(Vec::new);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for OneReply {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_ends_with_the_line_that_says_so() {
        for whole in ["", "220 go", "220 go\r\n", "220-a\r\n220 b\r\n", "220\r\n"] {
            assert!(!holds_more_than_a_reply(whole.as_bytes()), "{whole:?}");
        }
        for more in ["220 go\r\n2", "220-a\r\n220 b\r\n250 x\r\n"] {
            assert!(holds_more_than_a_reply(more.as_bytes()), "{more:?}");
        }
    }
}
