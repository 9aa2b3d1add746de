//! Converts an email to a MIME message (RFC 5322, RFC 2045). Text from outside never reaches a header unencoded.

use std::time::SystemTime;

use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::mail::Mail;
use crate::config::{EmailSettings, SettingError};
use crate::delivery::send_error::SendError;
use crate::delivery::text;

/// The sender of all email.
pub(super) struct Sender(Mailbox);

impl Sender {
    /// Returns the configured sender.
    pub(super) fn new(settings: &EmailSettings, app_name: &str) -> Result<Self, SettingError> {
        let address = address(&settings.from_address).ok_or_else(|| {
            let shown = text::escaped(&settings.from_address);
            SettingError::new(
                "email.from_address",
                format!("{shown} is not an email address"),
            )
        })?;
        let name = text::one_line(settings.from_name.as_deref().unwrap_or(app_name));
        Ok(Self(Mailbox::new(
            (!name.is_empty()).then_some(name),
            address,
        )))
    }

    /// Returns the name and email address, for the log.
    pub(super) fn shown(&self) -> String {
        self.0.to_string()
    }

    /// Returns the email address of the sender, without a name.
    pub(super) fn address(&self) -> &Address {
        &self.0.email
    }

    /// Returns the MIME message. Each delivery attempt gets the same bytes.
    pub(super) fn message(&self, mail: &Mail) -> Result<Message, SendError> {
        let to = address(&mail.to).ok_or_else(|| {
            SendError::permanent("the recipient's address can't be used in an email")
        })?;
        let envelope = Envelope::new(Some(self.0.email.clone()), vec![to.clone()]);
        let parts = MultiPart::alternative()
            .boundary(format!("regstack-{}", mail.id))
            .singlepart(SinglePart::plain(mail.text.clone()))
            .singlepart(SinglePart::html(mail.html.clone()));
        Message::builder()
            .date(SystemTime::from(mail.date))
            .message_id(Some(format!("<{}@{}>", mail.id, self.0.email.domain())))
            // Set explicitly, because lettre would otherwise parse it from the headers, which fails for some email
            // addresses.
            .envelope(envelope.expect("there is a recipient"))
            .from(self.0.clone())
            .to(Mailbox::new(None, to))
            .subject(text::one_line(&mail.subject))
            // Keeps out-of-office programs from replying (RFC 3834 §5).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".into(),
            ))
            .multipart(parts)
            .map_err(|error| SendError::permanent(&format!("the email can't be composed: {error}")))
    }
}

/// Returns the email address with its domain in ASCII form, so that only a non-ASCII local part needs a server with
/// SMTPUTF8.
fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.rsplit_once('@')?;
    if domain.is_ascii() {
        return Address::new(user, domain).ok();
    }
    Address::new(user, idna::domain_to_ascii(domain).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::email::tests::mail;

    fn formatted(settings: &EmailSettings, app_name: &str, mail: &Mail) -> String {
        let message = Sender::new(settings, app_name)
            .unwrap()
            .message(mail)
            .unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    fn headers(settings: &EmailSettings, app_name: &str, mail: &Mail) -> Vec<String> {
        let message = formatted(settings, app_name, mail);
        let (head, _) = message.split_once("\r\n\r\n").unwrap();
        head.replace("\r\n ", " ")
            .split("\r\n")
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn headers_are_as_designed_and_the_same_for_every_try() {
        let settings = EmailSettings {
            from_address: "noreply@bücher.example".into(),
            ..EmailSettings::default()
        };
        assert_eq!(
            headers(&settings, "Acme", &mail()),
            [
                "Date: Fri, 15 Jan 2027 08:00:00 +0000",
                "Message-ID: <abababababababababababab@xn--bcher-kva.example>",
                "From: Acme <noreply@xn--bcher-kva.example>",
                "To: ada@example.com",
                "Subject: Hello",
                "Auto-Submitted: auto-generated",
                "MIME-Version: 1.0",
                "Content-Type: multipart/alternative; boundary=\"regstack-abababababababababababab\"",
            ]
        );
        assert_eq!(
            formatted(&settings, "Acme", &mail()),
            formatted(&settings, "Acme", &mail())
        );
        let named = EmailSettings {
            from_name: Some("Post, Office".into()),
            ..settings
        };
        assert_eq!(
            headers(&named, "Acme", &mail())[2],
            "From: =?utf-8?b?UG9zdCwgT2ZmaWNl?= <noreply@xn--bcher-kva.example>"
        );
    }

    #[test]
    fn no_line_end_or_control_character_reaches_a_header() {
        for evil in [
            "Acme\r\nBcc: eve@example.com\r\n\r\nbody",
            "\u{1b}[2J\u{7f}",
            "x\u{0}",
            "é\u{85}\u{2028}\u{9b}",
        ] {
            let settings = EmailSettings {
                from_name: Some(evil.into()),
                ..EmailSettings::default()
            };
            let lines = headers(
                &settings,
                evil,
                &Mail {
                    subject: evil.into(),
                    ..mail()
                },
            );
            assert_eq!(lines.len(), 8, "{lines:#?}");
            assert!(
                lines
                    .iter()
                    .all(|line| line.chars().all(|c| (' '..='~').contains(&c))),
                "{lines:#?}"
            );
        }
        let to = Mail {
            to: "ada@example.com\r\nBcc: eve@example.com".into(),
            ..mail()
        };
        assert!(matches!(
            Sender::new(&EmailSettings::default(), "x")
                .unwrap()
                .message(&to),
            Err(SendError::Permanent(_))
        ));
    }

    #[test]
    fn lines_end_in_crlf_and_long_or_foreign_bodies_are_encoded() {
        let long = Mail {
            text: format!("Grüße\n{}\n", "x".repeat(5000)),
            ..mail()
        };
        let message = formatted(&EmailSettings::default(), "Acme", &long);
        assert!(
            message.is_ascii()
                && message
                    .split("\r\n")
                    .all(|line| line.len() < 1000 && !line.contains(['\r', '\n']))
        );
    }

    #[test]
    fn unusual_names_and_addresses_do_not_panic() {
        let sender = Sender::new(&EmailSettings::default(), "Acme").unwrap();
        for to in [
            "andré@example.com",
            "用户@例子.example",
            "ada@localhost",
            "ada@[127.0.0.1]",
            "\"a b\"@example.com",
        ] {
            assert!(
                sender
                    .message(&Mail {
                        to: to.into(),
                        ..mail()
                    })
                    .is_ok(),
                "{to}"
            );
        }
        for name in [
            "\"",
            "\\",
            "a@b.example <c@d.example>",
            "(x)",
            ",;:",
            "👩‍⚕️",
            "\u{feff}",
            &"long ".repeat(100),
            &"é".repeat(300),
        ] {
            let settings = EmailSettings {
                from_name: Some(name.into()),
                ..EmailSettings::default()
            };
            assert!(
                headers(&settings, "Acme", &mail())
                    .iter()
                    .any(|line| line.ends_with("noreply@example.com>")),
                "{name}"
            );
        }
        for to in [
            "",
            "@",
            "ada@",
            "@example.com",
            "a@b@c",
            "ada@exa mple.com",
            "ada@\u{0}",
            "a\u{9b}da@example.com",
            "xn--@xn--\u{fffd}",
        ] {
            assert!(
                sender
                    .message(&Mail {
                        to: to.into(),
                        ..mail()
                    })
                    .is_err(),
                "{to:?}"
            );
        }
    }
}
