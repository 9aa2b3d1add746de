//! The SMTP transport (RFC 5321), with STARTTLS (RFC 3207), implicit TLS (RFC 8314) or neither.

use std::error::Error as _;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::commands;
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use lettre::{Address, Message};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::mail::{EmailTransport, Mail};
use super::mime::Sender;
use super::one_reply::OneReply;
use crate::config::{SettingError, SmtpLogin, SmtpSecurity, SmtpSettings, read_file};
use crate::delivery::send_error::SendError;
use crate::secret::ExposeSecret as _;

/// Connections kept open between messages, and for how long unused.
const IDLE_CONNECTIONS: usize = 8;
const IDLE_FOR: Duration = Duration::from_secs(30);
/// How long a server may take to say whether it keeps a message (RFC 5321 §4.5.3.2.6); given up earlier, it is sent twice.
const FINAL_REPLY: Duration = Duration::from_mins(10);
/// Enhanced codes (RFC 3463, RFC 7505) that say that a recipient does not exist or takes no mail.
const NO_RECIPIENT: &[&str] = &["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];

/// Sends through one mail server, over connections that are kept for a while.
///
/// The connections are pooled here and not by lettre: its pool takes back a connection whose sending was cut off by a
/// time-out, and the next message would then read the replies to the last one.
pub(super) struct Smtp {
    sender: Sender,
    host: String,
    port: u16,
    security: Security,
    login: Option<Credentials>,
    hello: ClientId,
    time_limit: Duration,
    idle: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

enum Security {
    StartTls(TlsParameters),
    Tls(TlsParameters),
    /// Chosen by turning both kinds of TLS off: the one case in which a password travels in the clear.
    Plain,
}

impl Smtp {
    /// Returns a transport that connects with the first mail.
    pub(super) fn new(sender: Sender, settings: &SmtpSettings) -> Result<Self, SettingError> {
        let tls = |ca_file: &Option<PathBuf>| tls_parameters(&settings.host, ca_file.as_deref());
        let login = settings.login.as_ref();
        Ok(Self {
            sender,
            host: settings.host.clone(),
            port: settings.port,
            security: match &settings.security {
                SmtpSecurity::StartTls { ca_file } => Security::StartTls(tls(ca_file)?),
                SmtpSecurity::Tls { ca_file } => Security::Tls(tls(ca_file)?),
                SmtpSecurity::Plain => Security::Plain,
            },
            login: login.map(|SmtpLogin { username, password }| {
                Credentials::new(username.clone(), password.expose_secret().to_owned())
            }),
            hello: ClientId::default(),
            time_limit: settings.timeout,
            idle: Mutex::default(),
        })
    }

    /// A connection that was kept and still answers, or a new one, ready for a message.
    async fn connection(&self) -> Result<AsyncSmtpConnection, SendError> {
        loop {
            // Taken in a statement of its own: the lock must not be held while the server is asked.
            let kept = self.idle().pop();
            let Some((since, mut connection)) = kept else {
                break;
            };
            if since.elapsed() < IDLE_FOR
                && timeout(self.time_limit, connection.test_connected()).await == Ok(true)
            {
                return Ok(connection);
            }
        }
        self.connect().await
    }

    /// A new connection, logged in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let (address, failure) = ((self.host.as_str(), self.port), "cannot connect");
        let mut connection = if let Security::Tls(tls) = &self.security {
            let (tls, hello) = (Some(tls.clone()), &self.hello);
            let connect = AsyncSmtpConnection::connect_tokio1(address, None, hello, tls, None);
            self.step(failure, connect).await?
        } else {
            let stream = match timeout(self.time_limit, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => Box::new(OneReply::new(stream)),
                Ok(Err(error)) => {
                    let reason = format!("{}: {failure}: {error}", self.server());
                    return Err(SendError::transient(&reason));
                }
                Err(_) => return Err(self.too_slow()),
            };
            let greet = AsyncSmtpConnection::connect_with_transport(stream, &self.hello);
            self.step(failure, greet).await?
        };
        if let Security::StartTls(tls) = &self.security {
            // Fails where the server does not offer it: whoever sits in between could have struck out the offer.
            self.step(
                "STARTTLS failed",
                connection.starttls(tls.clone(), &self.hello),
            )
            .await?;
        }
        if let Some(login) = &self.login {
            self.step(
                "email.smtp_username cannot log in",
                connection.auth(DEFAULT_MECHANISMS, login),
            )
            .await?;
        }
        Ok(connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle();
        if idle.len() < IDLE_CONNECTIONS {
            idle.push((Instant::now(), connection));
        }
    }

    /// One step on the way to a usable connection. Whatever fails here says nothing about the message, a 5xx reply
    /// included (a wrong password, a server that takes no more clients): it waits until the operator has mended it.
    async fn step<T>(
        &self,
        failure: &str,
        step: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, SendError> {
        match timeout(self.time_limit, step).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(SendError::transient(&format!(
                "{}: {failure}: {}",
                self.server(),
                reason(&error)
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

    /// A failure to connect, with the settings that say where and how.
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

    fn idle(&self) -> MutexGuard<'_, Vec<(Instant, AsyncSmtpConnection)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Smtp {
    /// What the server answered when it had the mail.
    async fn deliver(&self, mail: &Mail) -> Result<String, SendError> {
        let message = self.sender.message(mail)?;
        let mut connection = self.connection().await?;
        // The connection is ours alone until the last reply is read; cut off before, it is closed and not kept.
        let answer = self.hand_over(&mut connection, &message).await?;
        self.keep(connection);
        Ok(answer)
    }

    /// The commands for one message, and the message: what the server answered when it had it.
    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        message: &Message,
    ) -> Result<String, SendError> {
        let (envelope, content) = (message.envelope(), message.formatted());
        let mut parameters = Vec::new();
        let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
        if !envelope
            .from()
            .into_iter()
            .chain(envelope.to())
            .all(is_ascii)
        {
            if !connection
                .server_info()
                .supports_feature(Extension::SmtpUtfEight)
            {
                return Err(SendError::permanent(&format!(
                    "{} takes no address beyond ASCII (SMTPUTF8)",
                    self.server()
                )));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let from = commands::Mail::new(envelope.from().cloned(), parameters);
        // What is said of the sender is the operator's to mend, whatever its code.
        let sender = self.asked(false, connection.command(from)).await;
        sender.map_err(|error| SendError::transient(&error.to_string()))?;
        for to in envelope.to() {
            let to = commands::Rcpt::new(to.clone(), Vec::new());
            self.asked(true, connection.command(to)).await?;
        }
        self.asked(false, connection.command(commands::Data))
            .await?;
        match timeout(
            self.time_limit.max(FINAL_REPLY),
            connection.message(&content),
        )
        .await
        {
            Ok(Ok(answer)) => Ok(words_of(&answer)),
            Ok(Err(error)) if error.status().is_some() => Err(self.refused(false, &error)),
            Ok(Err(_)) => Err(SendError::unconfirmed(&format!(
                "{} took the mail, and what it answered cannot be read",
                self.server()
            ))),
            Err(_) => Err(SendError::unconfirmed(&format!(
                "{} took the mail, and did not say within {} minutes whether it keeps it",
                self.server(),
                FINAL_REPLY.as_secs() / 60
            ))),
        }
    }

    /// One command before the message is handed over; `about_recipient` where the answer is about the recipient.
    async fn asked(
        &self,
        about_recipient: bool,
        answer: impl Future<Output = Result<Response, Error>>,
    ) -> Result<(), SendError> {
        match timeout(self.time_limit, answer).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.refused(about_recipient, &error)),
            Err(_) => Err(self.too_slow()),
        }
    }

    /// What a refusal means. Only the word that this recipient does not exist is final: all else (a login that is missing, a
    /// sender or relay that is not allowed, a quota) the operator or time can mend.
    fn refused(&self, about_recipient: bool, error: &Error) -> SendError {
        let words = reason(error);
        if error.is_permanent() && is_no_recipient(about_recipient, &words) {
            SendError::permanent(&format!("{}: refused: {words}", self.server()))
        } else {
            SendError::transient(&format!("{}: not accepted: {words}", self.server()))
        }
    }
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
        let connection = self.connection().await?;
        let offers = connection
            .server_info()
            .supports_feature(Extension::SmtpUtfEight);
        self.keep(connection);
        Ok(offers)
    }

    async fn probe(&self) -> Result<String, SendError> {
        let mut connection = self
            .connect()
            .await
            .map_err(|error| self.with_settings(&error))?;
        // Names the sender and no recipient: a server that wants a login first, or another sender, says so.
        let from = self.sender.address().clone();
        let beyond_ascii = !from.user().is_ascii();
        let parameters = Vec::from_iter(beyond_ascii.then_some(MailParameter::SmtpUtfEight));
        self.step(
            "email.from_address is refused",
            connection.command(commands::Mail::new(Some(from), parameters)),
        )
        .await?;
        // Not every server waits for a QUIT, and the probe has succeeded.
        let _ = timeout(self.time_limit, connection.quit()).await;
        let security = match self.security {
            Security::Plain => "without TLS",
            Security::StartTls(_) => "over STARTTLS",
            Security::Tls(_) => "over TLS",
        };
        let login = if self.login.is_some() {
            ", takes email.smtp_username's login"
        } else {
            ""
        };
        Ok(format!(
            "{} answers {security}{login} and takes mail from email.from_address",
            self.server()
        ))
    }
}

/// Whether a refusal, as `550 5.1.1 no such user`, says that there is no such recipient (RFC 3463 §3.2 and §3.3). Without an
/// enhanced code, 550, 551 and 553 say so where they answer the recipient's address (RFC 5321 §4.2.3), unless they object to
/// the name in EHLO, as some servers do only then.
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

/// A reply in one line of a length that can be read.
fn words_of(answer: &Response) -> String {
    let words: Vec<&str> = answer.message().flat_map(str::split_whitespace).collect();
    let words: String = words.join(" ").chars().take(200).collect();
    format!("{} {words}", answer.code())
}

/// What happened, in the words of whoever said it.
fn reason(error: &Error) -> String {
    let code = error
        .status()
        .map(|code| format!("{code} "))
        .unwrap_or_default();
    let words = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    format!("{code}{words}")
}

/// TLS to `host`. A CA file takes the place of the public authorities: who names one trusts nobody else.
fn tls_parameters(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, SettingError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(file) = ca_file {
        let fault = |fault: &dyn std::fmt::Display| {
            SettingError::new("email.smtp_ca_file", format!("{}: {fault}", file.display()))
        };
        let pem = read_file(file).map_err(|error| fault(&error))?;
        if !pem
            .windows(27)
            .any(|line| line == b"-----BEGIN CERTIFICATE-----")
        {
            return Err(fault(&"there is no certificate in it (expected PEM)"));
        }
        let certificates = Certificate::from_pem(&pem).map_err(|error| fault(&error))?;
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(certificates);
    }
    builder
        .build()
        .map_err(|error| SettingError::new("email.smtp_host", format!("no TLS to {host}: {error}")))
}
