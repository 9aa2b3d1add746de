//! The SMTP transport (RFC 5321), with STARTTLS (RFC 3207), implicit TLS (RFC 8314) or neither.

mod reply;
mod session;
mod tls;

use std::fmt::Display;
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use lettre::{Address, Message};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use self::reply::NoReply;
use self::session::{Failure, Session};
use self::tls::Tls;
use super::mail::{EmailTransport, Mail};
use super::mime::Sender;
use crate::config::{SettingError, SmtpLogin, SmtpSecurity, SmtpSettings};
use crate::delivery::send_error::SendError;

/// The number of idle connections that are kept for later messages, and for how long.
const IDLE_CONNECTIONS: usize = 8;
const IDLE_FOR: Duration = Duration::from_secs(30);
/// How long a server may take to accept a message (RFC 5321 §4.5.3.2.6). Giving up earlier would send it twice.
const FINAL_REPLY: Duration = Duration::from_mins(10);
/// The extension that permits non-ASCII email addresses (RFC 6531).
const UTF8: &str = "SMTPUTF8";
/// Enhanced status codes (RFC 3463, RFC 7505) that say that a recipient does not exist or does not accept mail.
const NO_RECIPIENT: &[&str] = &["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];

/// Sends email through one mail server, over connections that are reused.
///
/// It does not use lettre's client, which reads replies of any length, rejects a code without a text, and reuses
/// connections on which sending was interrupted: the next message would read the replies to the last one.
pub(super) struct Smtp {
    sender: Sender,
    host: String,
    port: u16,
    security: Security,
    login: Option<SmtpLogin>,
    hello: String,
    time_limit: Duration,
    idle: Mutex<Vec<(Instant, Session)>>,
}

enum Security {
    StartTls(Tls),
    Tls(Tls),
    /// Both kinds of TLS are turned off in the configuration. Only then is a password sent unencrypted.
    Plain,
}

impl Smtp {
    /// Returns a transport that connects when it sends the first email.
    pub(super) fn new(sender: Sender, settings: &SmtpSettings) -> Result<Self, SettingError> {
        let tls = |ca_file: &Option<PathBuf>| Tls::to(&settings.host, ca_file.as_deref());
        Ok(Self {
            sender,
            host: settings.host.clone(),
            port: settings.port,
            security: match &settings.security {
                SmtpSecurity::StartTls { ca_file } => Security::StartTls(tls(ca_file)?),
                SmtpSecurity::Tls { ca_file } => Security::Tls(tls(ca_file)?),
                SmtpSecurity::Plain => Security::Plain,
            },
            login: settings.login.clone(),
            hello: hello_name(settings),
            time_limit: settings.timeout,
            idle: Mutex::default(),
        })
    }

    /// Returns a connection that is ready for a message: an idle one that still answers, or a new one.
    async fn connection(&self) -> Result<Session, SendError> {
        loop {
            // A statement of its own, so that the lock isn't held while the server is asked.
            let kept = self.idle().pop();
            let Some((since, mut session)) = kept else {
                break;
            };
            if since.elapsed() < IDLE_FOR
                && let Ok(Ok(_)) = timeout(self.time_limit, session.command("NOOP")).await
            {
                return Ok(session);
            }
        }
        self.connect().await
    }

    /// Returns a new connection that is logged in.
    async fn connect(&self) -> Result<Session, SendError> {
        let (address, failure) = ((self.host.as_str(), self.port), "can't connect");
        let stream = self.step(failure, TcpStream::connect(address)).await?;
        let tls = match &self.security {
            Security::Tls(tls) => Some(tls),
            Security::StartTls(_) | Security::Plain => None,
        };
        let begin = Session::begin(stream, tls, &self.hello);
        let mut session = self.step(failure, begin).await?;
        if let Security::StartTls(tls) = &self.security {
            // Fails if the server does not offer STARTTLS, because an attacker in between could have removed the offer.
            let secured = session.secured(tls, &self.hello);
            session = self.step("STARTTLS failed", secured).await?;
        }
        if let Some(login) = &self.login {
            let failure = "email.smtp_username can't log in";
            self.step(failure, session.log_in(login)).await?;
        }
        Ok(session)
    }

    fn keep(&self, session: Session) {
        let mut idle = self.idle();
        if idle.len() < IDLE_CONNECTIONS {
            idle.push((Instant::now(), session));
        }
    }

    /// Runs one step towards a usable connection. A failure here says nothing about the message, not even a 5xx reply
    /// (a wrong password, or a server that accepts no more clients). The message waits until the operator has fixed the
    /// cause.
    async fn step<T, E: Display>(
        &self,
        failure: &str,
        step: impl Future<Output = Result<T, E>>,
    ) -> Result<T, SendError> {
        match timeout(self.time_limit, step).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(SendError::transient(&format!(
                "{}: {failure}: {error}",
                self.server(),
            ))),
            Err(_) => Err(self.too_slow()),
        }
    }

    fn too_slow(&self) -> SendError {
        SendError::transient(&format!(
            "{}: no answer within {} s",
            self.server(),
            self.time_limit.as_secs()
        ))
    }

    /// Adds the settings for the connection to the error.
    fn with_settings(&self, error: &SendError) -> SendError {
        let tls = match self.security {
            Security::Plain => "",
            Security::StartTls(_) => ", email.smtp_starttls, email.smtp_ca_file",
            Security::Tls(_) => ", email.smtp_tls, email.smtp_ca_file",
        };
        SendError::transient(&format!("{error} (email.smtp_host, email.smtp_port{tls})"))
    }

    fn server(&self) -> String {
        format!("mail server {}:{}", self.host, self.port)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(Instant, Session)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Smtp {
    /// Sends the email and returns the server's final reply.
    async fn deliver(&self, mail: &Mail) -> Result<String, SendError> {
        let message = self.sender.message(mail)?;
        let mut session = self.connection().await?;
        // The connection belongs to this message until the last reply is read. If this is cancelled before, the
        // connection is closed and not reused.
        self.hand_over(&mut session, &message).await?;
        match timeout(self.time_limit.max(FINAL_REPLY), session.verdict()).await {
            Ok(Ok(reply)) if reply.is_positive() => {
                self.keep(session);
                Ok(reply.to_string())
            }
            Ok(Ok(reply)) => Err(self.refused(false, &Failure::Refused(reply))),
            // The code says that the server accepted the email, even though the rest of the reply is missing.
            Ok(Err(NoReply {
                code: Some(code @ 200..=299),
                ..
            })) => Ok(code.to_string()),
            Ok(Err(NoReply { reason, .. })) => Err(SendError::unconfirmed(&format!(
                "{} received the email, but its answer is missing: {reason}",
                self.server()
            ))),
            Err(_) => Err(SendError::unconfirmed(&format!(
                "{} received the email, but didn't say within {} minutes whether it accepted it",
                self.server(),
                FINAL_REPLY.as_secs() / 60
            ))),
        }
    }

    /// Sends the commands for one message, and its content.
    async fn hand_over(&self, session: &mut Session, message: &Message) -> Result<(), SendError> {
        let (envelope, content) = (message.envelope(), message.formatted());
        let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        let mut addresses = envelope.from().into_iter().chain(envelope.to());
        let beyond_ascii = !addresses.all(is_ascii);
        if beyond_ascii && !session.offers(UTF8) {
            return Err(SendError::permanent(&format!(
                "{} doesn't support non-ASCII email addresses (SMTPUTF8)",
                self.server()
            )));
        }
        let from = mail_from(envelope.from(), beyond_ascii);
        // A refusal of the sender is for the operator to fix, whatever its code.
        let sender = self.asked(false, session.command(&from)).await;
        sender.map_err(|error| SendError::transient(&error.to_string()))?;
        for to in envelope.to() {
            let to = format!("RCPT TO:<{to}>");
            self.asked(true, session.command(&to)).await?;
        }
        self.asked(false, session.command("DATA")).await?;
        self.asked(false, session.body(&content)).await?;
        self.asked(false, session.end()).await
    }

    /// Runs one step before the end of the message. `about_recipient` says whether the reply is about the recipient.
    async fn asked<T>(
        &self,
        about_recipient: bool,
        step: impl Future<Output = Result<T, Failure>>,
    ) -> Result<(), SendError> {
        match timeout(self.time_limit, step).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(failure)) => Err(self.refused(about_recipient, &failure)),
            Err(_) => Err(self.too_slow()),
        }
    }

    /// Returns what a failure means for the message. Only a recipient that doesn't exist is permanent. The operator or
    /// time can fix everything else: a missing login, a sender or relay that isn't allowed, a quota, a broken
    /// connection.
    fn refused(&self, about_recipient: bool, failure: &Failure) -> SendError {
        let server = self.server();
        match failure {
            Failure::Refused(reply)
                if reply.is_permanent() && is_no_recipient(about_recipient, &reply.to_string()) =>
            {
                SendError::permanent(&format!("{server}: refused: {reply}"))
            }
            Failure::Refused(reply) => {
                SendError::transient(&format!("{server}: not accepted: {reply}"))
            }
            Failure::Broken(_) => SendError::transient(&format!("{server}: {failure}")),
        }
    }
}

/// Returns the `MAIL FROM` command.
fn mail_from(from: Option<&Address>, beyond_ascii: bool) -> String {
    let from = from.map(Address::to_string).unwrap_or_default();
    let utf8 = if beyond_ascii { " SMTPUTF8" } else { "" };
    format!("MAIL FROM:<{from}>{utf8}")
}

/// Returns the name for the `EHLO` command.
#[must_use]
pub fn hello_name(settings: &SmtpSettings) -> String {
    let machine = rustix::system::uname();
    hello(settings, &machine.nodename().to_string_lossy())
}

/// Returns the name for the `EHLO` command: the configured name, or this machine's name if it is fully qualified, or
/// the host of the application's URL. Servers refuse other names (RFC 5321 §2.3.5).
fn hello(settings: &SmtpSettings, machine: &str) -> String {
    let configured = settings.helo_name.as_deref();
    let name = configured
        .or_else(|| Some(machine).filter(|name| is_full_name(name)))
        .or_else(|| Some(settings.own_host.as_str()).filter(|name| is_full_name(name)));
    // Without a name, an address literal is allowed (RFC 5321 §4.1.3).
    name.unwrap_or("[127.0.0.1]").to_owned()
}

/// Returns whether `name` is a fully qualified domain name in ASCII.
fn is_full_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let mut bytes = label.bytes();
        !label.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let top = name.rsplit('.').next().unwrap_or_default();
    name.contains('.')
        && name.split('.').all(is_label)
        && top.bytes().any(|byte| byte.is_ascii_alphabetic())
        && top != "localdomain"
}

#[async_trait]
impl EmailTransport for Smtp {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        self.deliver(mail).await.map(drop)
    }

    async fn send_watched(&self, mail: &Mail) -> Result<Option<String>, SendError> {
        let greeting = format!("(to EHLO {})", self.hello);
        match self.deliver(mail).await {
            Ok(answer) => Ok(Some(format!("{answer} {greeting}"))),
            Err(error) => Err(error.noted(&greeting)),
        }
    }

    async fn takes_utf8(&self) -> Result<bool, SendError> {
        let session = self.connection().await?;
        let offers = session.offers(UTF8);
        self.keep(session);
        Ok(offers)
    }

    async fn probe(&self) -> Result<String, SendError> {
        let mut session = self
            .connect()
            .await
            .map_err(|error| self.with_settings(&error))?;
        // Only names the sender, no recipient. A server that requires a login or another sender refuses it.
        let from = self.sender.address().clone();
        let from = mail_from(Some(&from), !from.user().is_ascii());
        self.step("email.from_address is refused", session.command(&from))
            .await?;
        // Not every server answers QUIT, and the probe has succeeded already.
        let _ = timeout(self.time_limit, session.command("QUIT")).await;
        let security = match self.security {
            Security::Plain => "without TLS",
            Security::StartTls(_) => "over STARTTLS",
            Security::Tls(_) => "over TLS",
        };
        let login = if self.login.is_some() {
            ", accepts email.smtp_username's login"
        } else {
            ""
        };
        Ok(format!(
            "{} answers {security}{login} and accepts mail from email.from_address",
            self.server()
        ))
    }
}

/// Returns whether a refusal such as `550 5.1.1 no such user` says that the recipient does not exist (RFC 3463 §3.2 and
/// §3.3). Without an enhanced status code, 550, 551 and 553 say so in reply to the recipient (RFC 5321 §4.2.3). Some
/// servers only reject the name in EHLO at this point; such a refusal doesn't count.
fn is_no_recipient(about_recipient: bool, words: &str) -> bool {
    let lower = words.to_ascii_lowercase();
    if lower.contains("helo") || lower.contains("ehlo") {
        return false;
    }
    let mut words = words.split(' ');
    let code = words.next().unwrap_or_default();
    let enhanced = words.next().filter(|word| {
        let mut parts = word.split('.');
        let numbers = parts.by_ref().take(3);
        let is_number =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        numbers.filter(|part| is_number(part)).count() == 3 && parts.next().is_none()
    });
    match enhanced {
        Some(enhanced) => NO_RECIPIENT.contains(&enhanced),
        None => about_recipient && matches!(code, "550" | "551" | "553"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(helo_name: Option<&str>, own_host: &str) -> SmtpSettings {
        SmtpSettings {
            host: "mail.example.com".into(),
            port: 587,
            security: SmtpSecurity::Plain,
            login: None,
            timeout: Duration::from_secs(30),
            helo_name: helo_name.map(str::to_owned),
            own_host: own_host.into(),
        }
    }

    #[test]
    fn the_name_in_ehlo_is_configured_or_a_full_one() {
        for (configured, machine, own_host, name) in [
            (
                Some("out.example.com"),
                "vm.example.net",
                "app.example",
                "out.example.com",
            ),
            (None, "vm.example.net", "app.example", "vm.example.net"),
            (None, "vm", "app.example", "app.example"),
            (
                None,
                "b5f1c0ffee00",
                "xn--bcher-kva.example",
                "xn--bcher-kva.example",
            ),
            (None, "vm.localdomain", "app.example", "app.example"),
            (None, "my_vm.example", "app.example", "app.example"),
            (None, "", "localhost", "[127.0.0.1]"),
            (None, "vm", "192.0.2.1", "[127.0.0.1]"),
        ] {
            assert_eq!(hello(&settings(configured, own_host), machine), name);
        }
    }
}
