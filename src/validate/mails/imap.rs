//! A mailbox on a mail server (`IMAP4rev1`, RFC 3501), opened read-only.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use async_imap::error::Error;
use async_imap::types::Uid;
use async_imap::{Client, Session};
use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::{Host, Url};

use super::message::message_to;
use super::{MAX_MAIL, Message, Read, Source};
use crate::delivery::http_client::trusted;
use crate::secret::{ExposeSecret as _, SecretString};

/// How long one look may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The time between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// The most messages that are read in one look: the newest.
const MAX_MESSAGES: usize = 20;

/// A connection, with TLS or without.
trait Connection: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug> Connection for S {}

/// A mailbox, and how to log in to it.
pub(crate) struct Imap {
    host: String,
    port: u16,
    is_plain: bool,
    user: String,
    password: SecretString,
    mailbox: String,
    /// The login that is kept between two looks.
    session: Option<Session<Box<dyn Connection>>>,
    /// The messages that were read.
    read: HashMap<Uid, Option<Message>>,
}

impl Imap {
    /// Parses `imaps://USER@HOST[:PORT][/MAILBOX]` (RFC 5092). `imap://`, without TLS, is for this machine only.
    ///
    /// # Errors
    /// The text is something else.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str =
            "expected imaps://USER@HOST[:PORT][/MAILBOX], with %40 for an @ in USER";
        let url = Url::parse(text).map_err(|_| EXPECTED)?;
        let is_plain = match url.scheme() {
            "imaps" => false,
            "imap" => true,
            _ => return Err(EXPECTED),
        };
        if url.password().is_some() {
            return Err("others can see a password here: put it into the variable IMAP_PASSWORD");
        }
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(EXPECTED),
        };
        if is_plain && !["localhost", "127.0.0.1", "::1"].contains(&host.as_str()) {
            return Err(
                "imap:// is for this machine only, because others could read the password: use imaps://",
            );
        }
        let decoded = |text: &str| {
            let text = percent_encoding::percent_decode_str(text);
            text.decode_utf8()
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| EXPECTED)
        };
        let user = decoded(url.username())?;
        let mailbox = decoded(url.path().trim_start_matches('/'))?;
        let unsafe_here = |text: &str| text.chars().any(char::is_control);
        if user.is_empty() || unsafe_here(&user) || unsafe_here(&mailbox) {
            return Err(EXPECTED);
        }
        Ok(Self {
            host,
            port: url.port().unwrap_or(if is_plain { 143 } else { 993 }),
            is_plain,
            user,
            password: SecretString::default(),
            mailbox: if mailbox.is_empty() {
                "INBOX".to_owned()
            } else {
                mailbox
            },
            session: None,
            read: HashMap::new(),
        })
    }

    /// Returns the name that it logs in with.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// Sets the password.
    pub(crate) fn with_password(mut self, password: SecretString) -> Self {
        self.password = password;
        self
    }

    async fn connect(&self) -> Read<Session<Box<dyn Connection>>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
        let stream = stream.map_err(|error| format!("{}: {error}", self.host))?;
        let stream: Box<dyn Connection> = if self.is_plain {
            Box::new(stream)
        } else {
            let name =
                ServerName::try_from(self.host.clone()).map_err(|error| error.to_string())?;
            let stream = trusted()?.connect(name, stream).await;
            Box::new(stream.map_err(|error| format!("TLS with {}: {error}", self.host))?)
        };
        let mut client = Client::new(stream);
        match client.read_response().await {
            Ok(Some(_)) => {}
            Ok(None) => return Err("the server closes the connection".to_owned()),
            Err(error) => return Err(error.to_string()),
        }
        let login = client
            .login(&self.user, self.password.expose_secret())
            .await;
        // The error quotes the server, and not the command.
        login.map_err(|(error, _)| format!("the login is refused: {}", in_words(&error)))
    }

    /// Looks for messages, with the login of the last look if there is one.
    async fn look(&mut self, to: &str) -> Read<Vec<Message>> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => self.connect().await?,
        };
        let found = self.search(&mut session, to).await;
        let found = found.map_err(|error| in_words(&error))?;
        // After an error it isn't kept: the next look logs in again.
        self.session = Some(session);
        Ok(found)
    }

    async fn search(
        &mut self,
        session: &mut Session<Box<dyn Connection>>,
        to: &str,
    ) -> Result<Vec<Message>, Error> {
        // Opening it again shows what arrived since; read-only, so that nothing is marked as read.
        session.examine(&self.mailbox).await?;
        let found = session.uid_search(format!("TO \"{to}\"")).await?;
        let mut found: Vec<Uid> = found.into_iter().collect();
        found.sort_unstable();
        let newest = found.split_off(found.len().saturating_sub(MAX_MESSAGES));
        for uid in &newest {
            if self.read.contains_key(uid) {
                continue;
            }
            let part = format!("BODY.PEEK[]<0.{MAX_MAIL}>");
            let fetched = session.uid_fetch(uid.to_string(), part).await?;
            let fetched: Vec<_> = fetched.try_collect().await?;
            let mut bodies = fetched.iter().filter_map(|part| part.body());
            let message = bodies.find_map(|raw| message_to(raw, to));
            self.read.insert(*uid, message);
        }
        let messages = newest.iter().filter_map(|uid| self.read[uid].clone());
        Ok(messages.collect())
    }
}

/// Returns what the server said, without the names of fields that the library puts around it.
fn in_words(error: &Error) -> String {
    let text = error.to_string();
    let said = text.rsplit_once("Some(\"").map(|(_, rest)| rest);
    let said = said.and_then(|rest| rest.rsplit_once("\")"));
    said.map_or(text.as_str(), |(said, _)| said).to_owned()
}

#[async_trait]
impl Source for Imap {
    async fn messages(&mut self, to: &str) -> Read<Vec<Message>> {
        let looked = timeout(TIME_LIMIT, self.look(to)).await;
        looked.unwrap_or_else(|_| Err(format!("no answer within {} s", TIME_LIMIT.as_secs())))
    }

    fn pause(&self) -> Duration {
        PAUSE
    }

    fn name(&self) -> String {
        format!("{} of {} on {}", self.mailbox, self.user, self.host)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;

    use super::super::message::tests::mail;
    use super::*;

    /// A server that expects these commands in this order, and gives these answers. `TAG` is that of the command.
    async fn scripted(dialogue: Vec<(&'static str, String)>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"* OK ready\r\n").await.unwrap();
            for (expected, answer) in dialogue {
                let line = lines.next_line().await.unwrap().unwrap_or_default();
                let (tag, command) = line.split_once(' ').unwrap_or_default();
                let answer = if command == expected {
                    answer.replace("TAG", tag)
                } else {
                    format!("{tag} BAD expected {expected}, not {command}\r\n")
                };
                write.write_all(answer.as_bytes()).await.unwrap();
            }
            // Leaves after the last answer.
        });
        port
    }

    fn imap(port: u16) -> Imap {
        let imap = Imap::parse(&format!(
            "imap://ada%40example.com@127.0.0.1:{port}/Test%20mails"
        ));
        imap.unwrap().with_password("se\"cret".to_owned().into())
    }

    const LOGIN: &str = r#"LOGIN "ada@example.com" "se\"cret""#;
    const SEARCH: &str = "UID SEARCH TO \"ada+1@example.com\"";

    fn opened() -> Vec<(&'static str, String)> {
        vec![
            (LOGIN, "TAG OK welcome\r\n".to_owned()),
            (
                "EXAMINE \"Test mails\"",
                "* 2 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\nTAG OK [READ-ONLY] done\r\n".to_owned(),
            ),
        ]
    }

    #[tokio::test]
    async fn messages_are_searched_and_read_once_and_stay_unread() {
        let raw = mail("ada+1@example.com", "https://a.example/verify?token=one");
        let fetched = format!(
            "* 2 FETCH (UID 7 BODY[]<0> {{{}}}\r\n{raw})\r\nTAG OK done\r\n",
            raw.len()
        );
        let mut dialogue = opened();
        dialogue.extend([
            (SEARCH, "* SEARCH\r\nTAG OK done\r\n".to_owned()),
            opened().remove(1),
            (SEARCH, "* SEARCH 7\r\nTAG OK done\r\n".to_owned()),
            ("UID FETCH 7 BODY.PEEK[]<0.1048576>", fetched),
            opened().remove(1),
            (SEARCH, "* SEARCH 7\r\nTAG OK done\r\n".to_owned()),
        ]);
        let mut imap = imap(scripted(dialogue).await);
        let to = "ada+1@example.com";
        assert_eq!(imap.messages(to).await.unwrap(), []);
        let found = imap.messages(to).await.unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].text.contains("token=one"));
        assert_eq!(imap.messages(to).await.unwrap(), found);
    }

    #[tokio::test]
    async fn a_refused_login_is_said_without_the_password() {
        let refusal = (LOGIN, "TAG NO [AUTHENTICATIONFAILED] wrong\r\n".to_owned());
        let mut imap = imap(scripted(vec![refusal]).await);
        let problem = imap.messages("ada+1@example.com").await.unwrap_err();
        assert_eq!(
            problem,
            "the login is refused: [AUTHENTICATIONFAILED] wrong"
        );
    }

    #[tokio::test]
    async fn a_mailbox_that_is_not_there_is_said_in_the_words_of_the_server() {
        let mut dialogue = opened();
        dialogue[1].1 = "TAG NO Mailbox doesn't exist: Test mails\r\n".to_owned();
        let mut imap = imap(scripted(dialogue).await);
        let problem = imap.messages("ada+1@example.com").await.unwrap_err();
        assert_eq!(problem, "Mailbox doesn't exist: Test mails");
    }

    #[tokio::test]
    async fn a_lost_connection_is_an_error_and_not_the_end() {
        let mut imap = imap(scripted(opened()).await);
        assert!(imap.messages("ada+1@example.com").await.is_err());
        assert!(imap.session.is_none());
    }

    #[test]
    fn urls_are_checked() {
        let imap = Imap::parse("imaps://ada%40example.com@mail.example.com")
            .ok()
            .unwrap();
        assert_eq!(
            (imap.user(), imap.port, imap.mailbox.as_str()),
            ("ada@example.com", 993, "INBOX")
        );
        for wrong in [
            "imaps://mail.example.com",
            "imaps://ada:secret@mail.example.com",
            "imap://ada@mail.example.com",
            "https://ada@mail.example.com",
            "imaps://ada%0d@mail.example.com",
            "mail.example.com",
        ] {
            assert!(Imap::parse(wrong).is_err(), "{wrong}");
        }
    }
}
