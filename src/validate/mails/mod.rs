//! Reads the emails that the installation sends, from wherever they arrive.
//!
//! A reader returns the messages to one address. It changes nothing: messages stay where they are, and unread.

mod command;
mod dev;
mod imap;
mod log;
mod maildir;
mod mailpit;
mod message;
mod sink;

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep};

use super::link::Link;
use super::{Probe, Result, Trouble};

pub(crate) use command::{MailCommand, SmsCommand};
pub(crate) use dev::DevMailbox;
pub(crate) use imap::Imap;
pub(crate) use log::{Log, LogSource};
pub(crate) use maildir::Maildir;
pub(crate) use mailpit::Mailpit;
pub(crate) use sink::Sink;

/// The time between two looks.
pub(super) const PAUSE: Duration = Duration::from_millis(300);

/// The most of an email that is read, in bytes: whoever sends them may be the server that is tested.
const MAX_MAIL: u32 = 1024 * 1024;

/// How long to wait for an email that may not have a link.
const MOMENT: Duration = Duration::from_secs(5);

/// The result of reading, or why it isn't possible at the moment.
pub(super) type Read<T> = std::result::Result<T, String>;

/// An address that no email was ever sent to (RFC 2606).
const NOBODY: &str = "nobody@regstack-probe.example";

/// An email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Identifies it for this reader.
    pub(super) id: String,
    /// Its readable parts.
    pub(super) text: String,
}

/// Somewhere that emails arrive.
#[async_trait]
pub(crate) trait Source: Send {
    /// Returns the messages to this address that are there now.
    async fn messages(&mut self, to: &str) -> Read<Vec<Message>>;

    /// Returns the SMS to a number, if they arrive here too. The last is the newest.
    async fn texts(&mut self, _number: &str) -> Read<Vec<(String, String)>> {
        Ok(Vec::new())
    }

    /// The time between two looks.
    fn pause(&self) -> Duration {
        PAUSE
    }

    /// What it is, after "arrived in".
    fn name(&self) -> String;
}

/// The emails of the accounts.
pub(crate) struct Mailbox {
    source: Box<dyn Source>,
    /// The messages whose links were taken.
    taken: HashSet<String>,
}

impl Mailbox {
    pub(crate) fn new(source: impl Source + 'static) -> Self {
        Self {
            source: Box::new(source),
            taken: HashSet::new(),
        }
    }

    /// Reads it once, so that a wrong address or password is found before an account is created.
    ///
    /// # Errors
    /// Its name, and why it can't be read.
    pub(crate) async fn readable(
        mut source: impl Source + 'static,
    ) -> std::result::Result<Self, (String, String)> {
        match source.messages(NOBODY).await {
            Ok(_) => Ok(Self::new(source)),
            Err(cause) => Err((source.name(), cause)),
        }
    }

    /// Returns the SMS to a number.
    pub(super) async fn texts(&mut self, number: &str) -> Read<Vec<(String, String)>> {
        self.source.texts(number).await
    }

    /// Returns the link in a new message, if one has arrived. Messages without a link are notices.
    async fn new_link(&mut self, to: &str) -> Read<Option<Link>> {
        for message in self.source.messages(to).await? {
            if self.taken.contains(&message.id) {
                continue;
            }
            if let Some(link) = Link::first_in(&message.text) {
                self.taken.insert(message.id);
                return Ok(Some(link));
            }
        }
        Ok(None)
    }
}

impl Probe<'_> {
    /// Returns the link in an email that may not have one. Waits a moment for it.
    pub(super) async fn possible_link(&mut self, to: &str) -> Option<Link> {
        let deadline = Instant::now() + self.patience.min(MOMENT);
        loop {
            let mails = self.mails.as_mut()?;
            if let Ok(Some(link)) = mails.new_link(to).await {
                return Some(link);
            }
            if Instant::now() >= deadline {
                return None;
            }
            sleep(mails.source.pause()).await;
        }
    }

    /// Waits for an email with a link. `what` names it, and `unless` says what else may keep it away.
    pub(super) async fn mailed_link(&mut self, to: &str, what: &str, unless: &str) -> Result<Link> {
        self.watch.does(&format!("waiting for {what}"));
        let Some(mails) = &mut self.mails else {
            return Err(Trouble::new(format!("{what} can't be read"))
                .remedy("say where emails arrive: --smtp-sink, --maildir, --mailpit, --imap, --mail-command or --log-source"));
        };
        let deadline = Instant::now() + self.patience;
        loop {
            let read = mails.new_link(to).await;
            if let Ok(Some(link)) = read {
                return Ok(link);
            }
            if Instant::now() >= deadline {
                let place = mails.source.name();
                let seconds = self.patience.as_secs();
                return Err(match read {
                    Err(problem) => Trouble::new(format!("{place} can't be read: {problem}"))
                        .remedy("fix that, then repeat"),
                    Ok(_) => Trouble::new(format!("{what} to {to} hasn't arrived in {place} within {seconds} s"))
                        .remedy(format!("on the server, regstack doctor --send-test ADDRESS tests the delivery, and regstack outbox list shows what waits and why; email.backend = \"console\" sends nothing{unless}")),
                });
            }
            sleep(mails.source.pause()).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use hyper::server::conn::http1;
    use hyper_util::rt::TokioIo;
    use hyper_util::service::TowerToHyperService;
    use tokio::net::TcpListener;

    /// Serves a router until the test's runtime ends.
    pub(super) async fn serve(listener: TcpListener, router: Router) {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(router.clone());
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }
}
