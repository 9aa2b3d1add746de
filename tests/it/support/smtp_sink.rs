//! The least SMTP server (RFC 5321) that takes mail: plain, in process, on a given or free port.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Mails as they came: headers and body.
#[derive(Clone)]
pub(crate) struct SmtpSink {
    port: u16,
    mails: Arc<Mutex<Vec<String>>>,
    /// So many mails more are put off.
    busy: Arc<Mutex<usize>>,
    /// The extension that is offered, if one is.
    offer: Arc<Mutex<Option<&'static str>>>,
}

impl SmtpSink {
    /// Takes mail on a listener until the test's runtime ends.
    pub(crate) fn on(listener: TcpListener) -> Self {
        let sink = Self {
            port: listener.local_addr().unwrap().port(),
            mails: Arc::default(),
            busy: Arc::default(),
            offer: Arc::default(),
        };
        let accepting = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = accepting.clone();
                tokio::spawn(async move { sink.talk(stream).await });
            }
        });
        sink
    }

    /// Puts the next mails off, in words that quote their links, as some servers do.
    pub(crate) fn put_off(&self, mails: usize) {
        *self.busy.lock().unwrap() = mails;
    }

    /// Offers an extension from now on.
    pub(crate) fn offer(&self, extension: &'static str) {
        *self.offer.lock().unwrap() = Some(extension);
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }

    async fn talk(self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            let reply: &[u8] = match verb.as_str() {
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut mail = String::new();
                    while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".")
                    {
                        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                        mail.push('\n');
                    }
                    if let Some(quote) = self.put_off_with(&mail) {
                        write.write_all(quote.as_bytes()).await.ok()?;
                        continue;
                    }
                    self.mails.lock().unwrap().push(mail);
                    b"250 2.0.0 Ok: queued as SINK\r\n"
                }
                "EHLO" => {
                    let offer = self.offer.lock().unwrap().unwrap_or("sink");
                    let reply = format!("250-sink\r\n250 {offer}\r\n");
                    write.write_all(reply.as_bytes()).await.ok()?;
                    continue;
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 fine\r\n",
            };
            write.write_all(reply).await.ok()?;
        }
        Some(())
    }

    fn put_off_with(&self, mail: &str) -> Option<String> {
        let mut busy = self.busy.lock().unwrap();
        *busy = busy.checked_sub(1)?;
        let text = decoded(mail);
        let link = text.split_whitespace().find(|word| word.contains("token="));
        Some(format!("451 4.7.1 later: {}\r\n", link.unwrap_or_default()))
    }
}

/// Quoted-printable (RFC 2045 §6.7), as far as links need it: `=` is written as `=3D`, and one at a line's end continues it.
pub(crate) fn decoded(mail: &str) -> String {
    mail.replace("=\n", "").replace("=3D", "=")
}
