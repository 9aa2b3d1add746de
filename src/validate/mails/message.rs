//! Emails in the form in which they are sent (RFC 5322).

use mail_parser::{Address, HeaderName, HeaderValue, MessageParser};
use sha2::{Digest as _, Sha256};

use super::Message;

/// A parsed email.
pub(super) struct Mail {
    recipients: Vec<String>,
    pub(super) message: Message,
}

impl Mail {
    /// Parses an email. Returns `None` if it isn't one.
    pub(super) fn parse(raw: &[u8]) -> Option<Self> {
        let mail = MessageParser::default().parse(raw)?;
        let named = [mail.to(), mail.cc()].into_iter().flatten();
        let mut recipients: Vec<String> = named
            .flat_map(Address::iter)
            .filter_map(|address| Some(address.address()?.to_lowercase()))
            .collect();
        // Servers and mailing lists put the recipient of the envelope here.
        for name in ["Delivered-To", "X-Original-To"] {
            let values = mail.header_values(HeaderName::parse(name)?);
            recipients.extend(
                values
                    .filter_map(HeaderValue::as_text)
                    .map(str::to_lowercase),
            );
        }
        let mut text = mail.body_text(0)?.into_owned();
        if let Some(html) = mail.body_html(0) {
            text.push('\n');
            text.push_str(&html.replace("&amp;", "&"));
        }
        let id = hex::encode(Sha256::digest(raw));
        Some(Self {
            recipients,
            message: Message { id, text },
        })
    }

    /// Returns whether it is to this address.
    pub(super) fn is_to(&self, address: &str) -> bool {
        let address = address.to_lowercase();
        let mut recipients = self.recipients.iter();
        recipients.any(|recipient| recipient.trim_matches(['<', '>', ' ']) == address)
    }
}

/// Returns the message if it is to this address.
pub(super) fn message_to(raw: &[u8], address: &str) -> Option<Message> {
    let mail = Mail::parse(raw)?;
    mail.is_to(address).then_some(mail.message)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::validate::link::Link;

    /// An email as regstack sends it, with this link.
    pub(in crate::validate::mails) fn mail(to: &str, link: &str) -> String {
        let link = link.replace('=', "=3D");
        let (start, end) = link.split_at(20);
        format!(
            "From: Acme <accounts@acme.test>\r\nTo: Ada <{to}>\r\nSubject: =?utf-8?q?Verify_your_email_address?=\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             Hello,\r\n\r\nopen {start}=\r\n{end}\r\n\r\n\
             --b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             <p><a href=3D\"{start}=\r\n{end}\">Verify</a></p>\r\n--b--\r\n"
        )
    }

    const LINK: &str = "https://a.example/account/verify?token=abcdefghijklmnopqrstuvwxyz";

    #[test]
    fn a_mail_is_decoded_and_has_its_recipients() {
        let raw = mail("Ada+1@Example.com", LINK);
        let read = Mail::parse(raw.as_bytes()).unwrap();
        assert!(read.is_to("ada+1@example.com") && !read.is_to("ada@example.com"));
        assert_eq!(
            Link::first_in(&read.message.text).unwrap().url.as_str(),
            LINK
        );
        let forwarded = format!("Delivered-To: <bob@example.com>\r\n{raw}");
        assert!(message_to(forwarded.as_bytes(), "bob@example.com").is_some());
        assert!(message_to(raw.as_bytes(), "bob@example.com").is_none());
        assert!(Mail::parse(b"").is_none());
    }
}
