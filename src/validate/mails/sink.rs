//! A mail server (SMTP, RFC 5321) that takes every email and delivers none.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::message::Mail;
use super::{Message, Read, Source};

/// The longest command line (RFC 5321 §4.5.3.1.4, with room for extensions).
const MAX_LINE: u64 = 4096;
/// The longest email, in bytes.
const MAX_MAIL: u64 = 1024 * 1024;
/// How much is kept of all emails, in bytes.
const MAX_KEPT: usize = 64 * 1024 * 1024;
/// The most connections at a time.
const MAX_CLIENTS: usize = 32;
/// The most recipients of an email (RFC 5321 §4.5.3.1.8).
const MAX_RECIPIENTS: usize = 100;
/// How long a client may be silent (RFC 5321 §4.5.3.2.7).
const SILENCE: Duration = Duration::from_mins(5);

/// The emails that arrived, with the recipients of their envelopes.
type Arrived = Arc<Mutex<Vec<(Vec<String>, Message)>>>;

/// A running server.
pub(crate) struct Sink {
    address: SocketAddr,
    arrived: Arrived,
    accepting: JoinHandle<()>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Sink {
    /// Starts a server.
    ///
    /// # Errors
    /// The address can't be used.
    pub(crate) async fn at(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let arrived = Arrived::default();
        let keeping = Arc::clone(&arrived);
        let clients = Arc::new(Semaphore::new(MAX_CLIENTS));
        let accepting = tokio::spawn(async move {
            // Others wait until one leaves.
            while let Ok(client) = Arc::clone(&clients).acquire_owned().await {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                let keeping = Arc::clone(&keeping);
                tokio::spawn(async move {
                    let _ = talk(stream, &keeping).await;
                    drop(client);
                });
            }
        });
        Ok(Self {
            address,
            arrived,
            accepting,
        })
    }
}

#[async_trait]
impl Source for Sink {
    async fn messages(&mut self, to: &str) -> Read<Vec<Message>> {
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        let ours = arrived
            .iter()
            .filter(|(recipients, _)| recipients.iter().any(|recipient| recipient == to));
        Ok(ours.map(|(_, message)| message.clone()).collect())
    }

    fn name(&self) -> String {
        format!("the mail server that this command runs on {}", self.address)
    }
}

/// Talks to one client until it leaves.
async fn talk(stream: TcpStream, arrived: &Arrived) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut recipients = Vec::new();
    write.write_all(b"220 regstack validate\r\n").await?;
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut read).take(MAX_LINE);
        let reading = limited.read_until(b'\n', &mut line);
        if timeout(SILENCE, reading).await?? == 0 || !line.ends_with(b"\n") {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        let verb = line.split([' ', '\r', '\n']).next().unwrap_or_default();
        let reply: &[u8] = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => b"250-regstack validate\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n",
            "HELO" | "NOOP" => b"250 OK\r\n",
            "MAIL" | "RSET" => {
                recipients.clear();
                b"250 2.0.0 OK\r\n"
            }
            "RCPT" if recipients.len() >= MAX_RECIPIENTS => b"452 4.5.3 too many recipients\r\n",
            "RCPT" => {
                let address = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
                recipients.extend(address.map(|(address, _)| address.to_lowercase()));
                b"250 2.1.5 OK\r\n"
            }
            "DATA" if recipients.is_empty() => b"503 5.5.1 RCPT first\r\n",
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let Some(raw) = data(&mut read).await? else {
                    return Ok(());
                };
                keep(&raw, std::mem::take(&mut recipients), arrived)
            }
            "QUIT" => {
                write.write_all(b"221 2.0.0 bye\r\n").await?;
                return Ok(());
            }
            _ => b"502 5.5.1 not implemented\r\n",
        };
        write.write_all(reply).await?;
    }
}

/// Reads an email up to the line with a single dot. Returns `None` if it's too long or the client leaves.
async fn data(read: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut raw = Vec::new();
    let mut read = read.take(MAX_MAIL);
    loop {
        let start = raw.len();
        let reading = read.read_until(b'\n', &mut raw);
        if timeout(SILENCE, reading).await?? == 0 || !raw.ends_with(b"\n") {
            return Ok(None);
        }
        if raw[start..].trim_ascii_end() == b"." {
            raw.truncate(start);
            return Ok(Some(raw));
        }
        // RFC 5321 §4.5.2: a dot was put before lines that begin with one.
        if raw[start] == b'.' {
            raw.remove(start);
        }
    }
}

fn keep(raw: &[u8], recipients: Vec<String>, arrived: &Arrived) -> &'static [u8] {
    let Some(mail) = Mail::parse(raw) else {
        return b"554 5.6.0 this isn't an email\r\n";
    };
    let mut arrived = arrived.lock().unwrap_or_else(PoisonError::into_inner);
    let sizes = arrived.iter().map(|(_, message)| message.text.len());
    if sizes.sum::<usize>() + mail.message.text.len() > MAX_KEPT {
        return b"452 4.3.1 too many emails\r\n";
    }
    arrived.push((recipients, mail.message));
    b"250 2.0.0 OK\r\n"
}

#[cfg(test)]
mod tests {
    use super::super::message::tests::mail;
    use super::*;

    #[tokio::test]
    async fn emails_are_taken_for_the_recipients_of_the_envelope() {
        let mut sink = Sink::at("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let mut stream = TcpStream::connect(sink.address).await.unwrap();
        let text = mail("somebody@example.com", "https://a.example/verify?token=one");
        let text = text.replace("Hello,", "..Hello,");
        let dialogue = format!(
            "EHLO me\r\nDATA\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<Ada@example.com>\r\nDATA\r\n{text}.\r\nVRFY x\r\nQUIT\r\n"
        );
        stream.write_all(dialogue.as_bytes()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        let codes: Vec<&str> = said.lines().map(|line| &line[..3]).collect();
        assert_eq!(
            codes,
            [
                "220", "250", "250", "250", "250", "503", "250", "250", "354", "250", "502", "221"
            ]
        );
        let read = sink.messages("ada@example.com").await.unwrap();
        assert_eq!(read.len(), 1);
        assert!(
            read[0].text.contains("token=one") && read[0].text.starts_with(".Hello"),
            "{}",
            read[0].text
        );
        assert_eq!(sink.messages("somebody@example.com").await.unwrap(), []);
    }

    #[tokio::test]
    async fn what_clients_send_is_bounded() {
        let mut sink = Sink::at("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let to = "RCPT TO:<ada@example.com>\r\n";
        let endless = "x".repeat(usize::try_from(MAX_MAIL).unwrap() + 1);
        for (said, ends_with) in [
            ("N".repeat(5000), "220 regstack validate\r\n"),
            (format!("{to}DATA\r\n{endless}"), "354 go on\r\n"),
            (
                format!("{}QUIT\r\n", to.repeat(MAX_RECIPIENTS + 1)),
                "452 4.5.3 too many recipients\r\n221 2.0.0 bye\r\n",
            ),
        ] {
            let mut stream = TcpStream::connect(sink.address).await.unwrap();
            // It may have left before all was said.
            let _ = stream.write_all(said.as_bytes()).await;
            let mut answers = Vec::new();
            let _ = stream.read_to_end(&mut answers).await;
            let answers = String::from_utf8(answers).unwrap();
            // A reset connection may lose the last answer, and there is none after it.
            assert!(
                ends_with.ends_with(&answers) || answers.ends_with(ends_with),
                "{answers}"
            );
        }
        assert_eq!(sink.messages("ada@example.com").await.unwrap(), []);
        let kept = vec![(
            vec!["ada@example.com".to_owned()],
            Message {
                id: String::new(),
                text: "x".repeat(MAX_KEPT),
            },
        )];
        let full = Mutex::new(kept).into();
        let one = mail("ada@example.com", "https://a.example/verify?token=one");
        assert!(keep(one.as_bytes(), Vec::new(), &full).starts_with(b"452 "));
    }

    #[tokio::test]
    async fn a_client_that_breaks_off_leaves_nothing() {
        let mut sink = Sink::at("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let mut stream = TcpStream::connect(sink.address).await.unwrap();
        stream
            .write_all(b"MAIL FROM:<a@a>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\nTo: x\r\n\r\nhalf")
            .await
            .unwrap();
        stream.shutdown().await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert!(said.ends_with("354 go on\r\n"), "{said}");
        assert_eq!(sink.messages("ada@example.com").await.unwrap(), []);
    }
}
