//! The mails: what each one's templates are given.

use serde::{Serialize, Serializer};

use crate::delivery::text;
use crate::model::{Email, FullName};

/// The variables of one mail: rendered by `NAME.subject.txt`, `NAME.txt`, `NAME.html`.
pub trait MailTemplate: Serialize {
    /// The template's name.
    const NAME: &'static str;
    /// Variables to try the template with.
    fn sample() -> Self;
}

/// Asks to prove an address.
#[derive(Debug, Clone, Serialize)]
pub struct Verification {
    /// The installation's name.
    pub app_name: String,
    /// Empty when unknown.
    #[serde(serialize_with = "greetable")]
    pub full_name: String,
    /// The link.
    pub url: String,
    /// How long it lives, in whole minutes, at least 1.
    pub ttl_minutes: u32,
    /// In whole hours, at least 1.
    pub ttl_hours: u32,
    /// The address.
    pub email: String,
}

impl Verification {
    /// The variables for a link that lives `ttl_seconds`. Minutes and hours are rounded down, but never to zero.
    #[must_use]
    pub fn new(
        app_name: &str,
        full_name: Option<&FullName>,
        email: &Email,
        url: String,
        ttl_seconds: u32,
    ) -> Self {
        Self {
            app_name: app_name.to_owned(),
            full_name: full_name.map(ToString::to_string).unwrap_or_default(),
            url,
            ttl_minutes: (ttl_seconds / 60).max(1),
            ttl_hours: (ttl_seconds / 3600).max(1),
            email: email.to_string(),
        }
    }
}

impl MailTemplate for Verification {
    const NAME: &'static str = "verification";

    fn sample() -> Self {
        Self {
            app_name: "RegStack".into(),
            full_name: "Ada Lovelace".into(),
            url: "https://app.example/verify?token=sample".into(),
            ttl_minutes: 1440,
            ttl_hours: 24,
            email: "ada@example.com".into(),
        }
    }
}

/// Writes a name as a greeting may show it: on one line, and not at all when it holds a link.
/// Anyone can register anyone's address: a name must not carry an advertisement into a stranger's mailbox.
fn greetable<S: Serializer>(name: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let name = text::one_line(name);
    let lower = name.to_lowercase();
    let link = lower.contains("://") || lower.contains("www.");
    serializer.serialize_str(if link { "" } else { &name })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::delivery::templates::{RenderedMail, Templates};

    /// A mail's variables, with a link that looks like a true one.
    pub(in crate::delivery) fn ada() -> Verification {
        let name = FullName::parse("Ada Lovelace").unwrap();
        let url = "https://app.example/verify?token=p3Jx0mB7-abcdefghijklmnop_0123456789";
        Verification::new(
            "Acme & Söhne",
            name.as_ref(),
            &Email::parse("ada@example.com").unwrap(),
            url.into(),
            86_400,
        )
    }

    fn built_in(content: &Verification) -> RenderedMail {
        Templates::load(&[]).unwrap().mail(content).unwrap()
    }

    #[test]
    fn the_verification_mail_greets_and_its_text_has_the_link_first_and_alone() {
        let mail = built_in(&ada());
        assert_eq!(mail.subject, "Confirm your email address for Acme & Söhne");
        assert!(
            mail.text.starts_with("Hello Ada Lovelace,\n"),
            "{}",
            mail.text
        );
        assert_eq!(text::links(&mail.text), [ada().url]);
        assert!(
            mail.text.lines().any(|line| line == ada().url),
            "{}",
            mail.text
        );
        assert!(mail.text.contains("for the next 24 hours"));
        assert!(
            mail.html.contains("Hello Ada Lovelace,") && mail.html.contains("Acme &amp; Söhne")
        );
        assert_eq!(
            mail.html.matches(&ada().url).count(),
            3,
            "button, link, and its text"
        );
    }

    #[test]
    fn without_a_name_the_greeting_is_still_one() {
        let mail = built_in(&Verification {
            full_name: String::new(),
            ..ada()
        });
        assert!(mail.text.starts_with("Hello,\n") && mail.html.contains(">Hello,<"));
    }

    #[test]
    fn a_hostile_name_stays_text_on_one_line_and_carries_no_link() {
        let mail = built_in(&Verification {
            full_name: "Eve\r\nBcc: x\u{1b}[2J<b onload='x'>".into(),
            ..ada()
        });
        assert!(
            mail.text
                .starts_with("Hello Eve Bcc: x [2J<b onload='x'>,\n"),
            "{}",
            mail.text
        );
        assert!(
            mail.html
                .contains("Hello Eve Bcc: x [2J&lt;b onload=&#x27;x&#x27;&gt;,"),
            "{}",
            mail.html
        );
        for name in ["Win at HTTPS://evil.example", "www.evil.example"] {
            let mail = built_in(&Verification {
                full_name: name.into(),
                ..ada()
            });
            assert!(mail.text.starts_with("Hello,\n"), "{name}");
            assert!(!mail.html.contains("evil"), "{name}");
        }
    }

    #[test]
    fn lifetimes_are_rounded_down_but_never_to_nothing() {
        for (seconds, minutes, hours, words) in [
            (60, 1, 1, "1 minute."),
            (5400, 90, 1, "90 minutes."),
            (7199, 119, 1, "119 minutes."),
            (90_000, 1500, 25, "25 hours."),
            (1, 1, 1, "1 minute."),
        ] {
            let content = Verification::new(
                "Acme",
                None,
                &Email::parse("ada@example.com").unwrap(),
                "https://x.example/".into(),
                seconds,
            );
            assert_eq!(
                (content.ttl_minutes, content.ttl_hours),
                (minutes, hours),
                "{seconds}"
            );
            assert!(built_in(&content).text.contains(words), "{seconds}");
        }
    }
}
