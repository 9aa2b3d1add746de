//! Where emails and codes are read, as the options say.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;
use indicatif::ProgressBar;
use url::Url;
use zeroize::Zeroizing;

use super::shown::Shown;
use super::{Args, can_ask};
use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::prompt;
use crate::secret::SecretString;
use crate::validate::mails::{
    DevMailbox, Imap, Log, MailCommand, Mailbox, Maildir, Mailpit, Sink, SmsCommand,
};
use crate::validate::{Codes, SmsReader};

/// The environment variables with the password for `--imap`, and with the path of a file that has it.
const PASSWORD: &str = "IMAP_PASSWORD";
const PASSWORD_FILE: &str = "IMAP_PASSWORD_FILE";

/// Parses the address of the mail server. Without a host, it's for this machine only.
pub(super) fn sink_address(text: &str) -> Result<SocketAddr, &'static str> {
    let port = text.trim_start_matches(':').parse();
    let local = port.map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    local
        .or_else(|_| text.replace("localhost", "127.0.0.1").parse())
        .map_err(|_| "expected an address and a port, such as 127.0.0.1:2525")
}

/// Returns where the emails arrive, and the name of the login with IMAP. Without options, that's the mailbox of
/// `serve --dev`, if the server has one.
pub(super) async fn mails(
    args: &Args,
    context: &Context,
    url: &Url,
) -> Result<(Option<Mailbox>, Option<String>)> {
    let unusable = |what: &str, cause: &dyn std::fmt::Display| {
        Failure::refused(format!("{what} can't be used")).because(cause)
    };
    let mailbox = if let Some(address) = args.smtp_sink {
        let sink = Sink::at(address).await;
        let sink = sink.map_err(|cause| unusable(&format!("the address {address}"), &cause))?;
        Mailbox::new(sink)
    } else if let Some(path) = &args.maildir {
        let maildir = Maildir::open(path.clone()).await;
        let maildir = maildir.map_err(|cause| {
            let what = format!("the maildir {}", path.display());
            unusable(&what, &cause).next("name the folder that has new and cur in it")
        })?;
        Mailbox::new(maildir)
    } else if let Some(url) = &args.mailpit {
        let mailpit = Mailpit::at(url.clone()).map_err(|cause| unusable("Mailpit", &cause))?;
        let mailbox = Mailbox::readable(mailpit).await;
        mailbox.map_err(|(place, cause)| {
            unusable(&place, &cause).next("give the address of its pages: --mailpit URL")
        })?
    } else if let Some(text) = &args.imap {
        let imap = Imap::parse(text).map_err(|cause| unusable("the URL of --imap", &cause))?;
        let user = imap.user().to_owned();
        let imap = imap.with_password(imap_password(context).await?);
        let mailbox = Mailbox::readable(imap).await.map_err(|(place, cause)| {
            unusable(&place, &cause).next(format!(
                "correct --imap or {PASSWORD}; if an authority of your own signed the server's certificate, name it in SSL_CERT_FILE"
            ))
        });
        return Ok((Some(mailbox?), Some(user)));
    } else if let Some(command) = &args.mail_command {
        Mailbox::new(MailCommand(command.clone()))
    } else if let Some(source) = &args.log_source {
        let log = Log::follow(source);
        Mailbox::new(log.map_err(|cause| unusable("the log", &cause))?)
    } else {
        let mailbox = DevMailbox::of(url).map_err(|cause| unusable("HTTP", &cause))?;
        return Ok((
            mailbox.is_there().await.then(|| Mailbox::new(mailbox)),
            None,
        ));
    };
    Ok((Some(mailbox), None))
}

/// Returns the password for IMAP: from the environment, from a file, or from a prompt.
async fn imap_password(context: &Context) -> Result<SecretString> {
    if let Some(password) = context.variable(PASSWORD) {
        return Ok(SecretString::from(password));
    }
    if let Some(path) = context.variable(PASSWORD_FILE) {
        let text = std::fs::read_to_string(path).map(Zeroizing::new);
        let text = text.map_err(|cause| {
            Failure::refused(format!("the password in {path} can't be read")).because(cause)
        })?;
        return Ok(SecretString::from(text.trim_end_matches(['\n', '\r'])));
    }
    if !prompt::possible() {
        return Err(
            Failure::refused("the password for --imap is missing").next(format!(
                "set {PASSWORD}, or {PASSWORD_FILE} to a file with it"
            )),
        );
    }
    let asked = prompt::asked(|| {
        dialoguer::Password::new()
            .with_prompt("Password for IMAP")
            .interact()
    });
    Ok(SecretString::from(asked.await?))
}

/// Returns the phone, and who reads its codes: a command, the source of the emails, or a person.
pub(super) fn phone(args: &Args, has_mails: bool, shown: &Shown) -> Result<Option<SmsReader>> {
    let Some(number) = &args.phone else {
        return Ok(None);
    };
    let reads_both = args.log_source.is_some() || has_mails && !has_option(args);
    let codes: Option<Box<dyn Codes>> = match &args.sms_command {
        Some(command) => Some(Box::new(SmsCommand(command.clone()))),
        None if reads_both => None,
        None if can_ask() => Some(Box::new(Person {
            bar: shown.bar(),
            asked: 0,
        })),
        None => {
            return Err(
                Failure::refused("there is no terminal to ask for the code sent by SMS")
                    .next("give a command that prints it: --sms-command COMMAND"),
            );
        }
    };
    Ok(Some(SmsReader {
        number: number.to_string(),
        codes,
    }))
}

/// Returns whether an option says where the emails arrive.
fn has_option(args: &Args) -> bool {
    args.smtp_sink.is_some()
        || args.maildir.is_some()
        || args.mailpit.is_some()
        || args.imap.is_some()
        || args.mail_command.is_some()
        || args.log_source.is_some()
}

/// Somebody with the phone, who types in the code.
struct Person {
    bar: ProgressBar,
    asked: usize,
}

#[async_trait]
impl Codes for Person {
    async fn texts(&mut self, _: &str) -> Result<Vec<(String, String)>, String> {
        self.bar.disable_steady_tick();
        self.bar.set_message("");
        self.asked += 1;
        let answer = prompt::line("Code in the SMS", |text| {
            let is_code =
                (4..=10).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
            if is_code {
                Ok(())
            } else {
                Err("expected 4 to 10 digits")
            }
        });
        let answer = answer.await.map_err(|failure| failure.what);
        self.bar.enable_steady_tick(Duration::from_millis(200));
        Ok(vec![(self.asked.to_string(), answer?)])
    }

    fn is_person(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_for_this_machine() {
        for (text, address) in [
            ("2525", "127.0.0.1:2525"),
            (":2525", "127.0.0.1:2525"),
            ("localhost:2525", "127.0.0.1:2525"),
            ("0.0.0.0:25", "0.0.0.0:25"),
            ("[::1]:25", "[::1]:25"),
        ] {
            assert_eq!(sink_address(text), Ok(address.parse().unwrap()), "{text}");
        }
        assert!(sink_address("mail.example.com").is_err());
    }
}
