//! The hourly caps on messages to one recipient that anyone can cause.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use super::SlidingWindow;
use super::client_network::{is_near, network};
use super::moment::before;
use super::named::names;

names! {
    /// What a message is about. Each purpose has a cap of its own, so that requests by strangers never use up what an
    /// owner needs.
    pub enum CapPurpose {
        /// Links that verify an email address.
        Verification = "verification",
        /// Links that set a new password.
        PasswordReset = "password_reset",
        /// Links that verify an account's new email address.
        EmailChange = "email_change",
        /// Notifications about changes to an account.
        Notice = "notice",
        /// Codes to a phone number that is being set up as a second factor.
        PhoneSetup = "phone_setup",
        /// Codes to a phone number that is a second factor.
        LoginCode = "login_code",
        /// Phone setups of one account, whatever the numbers.
        AccountSetups = "account_setups",
    }
}

/// At most `limit` messages an hour to one recipient for one purpose. With `None`, there is no limit and nothing is
/// counted.
#[derive(Debug, Clone)]
pub struct RecipientCap {
    /// The recipient.
    pub recipient: String,
    /// The purpose of the message.
    pub purpose: CapPurpose,
    /// Whether the message is only pretended. Pretended messages are counted separately.
    pub is_pretended: bool,
    /// The limit of messages an hour.
    pub limit: Option<u32>,
    /// Messages sent at this moment or earlier are no longer of use. If no newer one was sent, one more message is
    /// allowed although the cap is reached. With `None`, a reached cap allows no message.
    pub useless_until: Option<Timestamp>,
    /// The network of the client that asks for the message, if known. When the cap is reached, each network may ask for
    /// one more message, up to `limit` messages in total. So a stranger who uses up the cap doesn't keep the owner from
    /// getting a message.
    pub client: Option<String>,
    /// The time of this message.
    pub now: Timestamp,
}

impl RecipientCap {
    /// How long a message counts towards the cap.
    pub const LENGTH: SignedDuration = SignedDuration::from_hours(1);

    /// How long it may take until a counted message is stored.
    const ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(10);

    /// Returns the window in which messages are counted, or `None` if they aren't.
    #[must_use]
    pub fn window(&self) -> Option<SlidingWindow> {
        self.limit.map(|limit| SlidingWindow {
            limit,
            length: Self::LENGTH,
        })
    }

    /// Returns the key under which messages are counted.
    #[must_use]
    pub fn key(&self) -> String {
        let pretended = if self.is_pretended { "pretended:" } else { "" };
        format!("{pretended}{}:{}", self.purpose.as_str(), self.recipient)
    }

    /// Returns the cap for a message that this client asks for. A private or loopback address isn't used: it may be a
    /// proxy that isn't configured, through which all clients come.
    #[must_use]
    pub fn asked_by(self, client: Option<IpAddr>) -> Self {
        let client = client.filter(|client| !is_near(client.to_canonical()));
        Self {
            client: client.map(|client| network(client).to_string()),
            ..self
        }
    }

    /// Returns the caps that allow one more message when this one is reached: one for the client, and one for all
    /// clients together.
    #[must_use]
    pub fn beyond(&self) -> Option<[Self; 2]> {
        let client = self.client.as_deref()?;
        let of = |whom: &str, limit| Self {
            recipient: format!("{} for {whom}", self.recipient),
            limit,
            useless_until: None,
            client: None,
            ..self.clone()
        };
        Some([of(client, Some(1)), of("others", self.limit)])
    }

    /// Returns the cap for a message that is only pretended.
    #[must_use]
    pub fn pretended(self) -> Self {
        Self {
            is_pretended: true,
            ..self
        }
    }

    /// Returns the cap for when no earlier message is still of use. Messages counted in the last few seconds still
    /// count, because concurrent requests may not have stored theirs yet.
    #[must_use]
    pub fn with_nothing_alive(self) -> Self {
        Self {
            useless_until: Some(before(self.now, Self::ON_ITS_WAY)),
            ..self
        }
    }

    /// Returns when the next message is allowed, or `None` if one is allowed now. `sent` are the times of the newest
    /// messages, in any order.
    #[must_use]
    pub fn spent_until(&self, sent: impl IntoIterator<Item = Timestamp>) -> Option<Timestamp> {
        let sent: Vec<Timestamp> = sent.into_iter().map(|at| at.min(self.now)).collect();
        let useless = |until| sent.iter().all(|at| *at <= until);
        if self.useless_until.is_some_and(useless) {
            return None;
        }
        self.window()?.full_until(sent, self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cap() -> RecipientCap {
        RecipientCap {
            recipient: "ada@example.com".to_owned(),
            purpose: CapPurpose::PasswordReset,
            is_pretended: false,
            limit: Some(2),
            useless_until: None,
            client: None,
            now: at(0),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn what_is_pretended_is_counted_apart() {
        assert_eq!(cap().key(), "password_reset:ada@example.com");
        assert_eq!(
            cap().pretended().key(),
            "pretended:password_reset:ada@example.com"
        );
    }

    #[test]
    fn beyond_the_cap_clients_are_told_apart_by_networks_and_neighbours_are_not() {
        let beyond = |client: &str| cap().asked_by(client.parse().ok()).beyond();
        let keys = |client| beyond(client).map(|caps| caps.map(|cap| (cap.key(), cap.limit)));
        let key = |whom: &str| format!("password_reset:ada@example.com for {whom}");
        assert_eq!(
            keys("203.0.113.7"),
            Some([(key("203.0.113.7/32"), Some(1)), (key("others"), Some(2))])
        );
        assert_eq!(keys("2001:db8::1"), keys("2001:db8::2:0:0:9"));
        assert_ne!(keys("2001:db8::1"), keys("2001:db8:0:1::1"));
        for near in [
            "127.0.0.1",
            "10.0.0.1",
            "::ffff:192.168.0.1",
            "fd00::1",
            "none",
        ] {
            assert_eq!(keys(near), None, "{near}");
        }
        let pretended = cap().pretended().asked_by("203.0.113.7".parse().ok());
        let [own, _] = pretended.beyond().unwrap();
        assert!(own.key().starts_with("pretended:"));
    }

    #[test]
    fn a_spent_cap_lets_one_through_where_nothing_sent_is_of_use() {
        let sent = [at(-100), at(-50)];
        let of = |useless_until| {
            RecipientCap {
                useless_until,
                ..cap()
            }
            .spent_until(sent)
        };
        assert_eq!(of(None), Some(at(3500)));
        assert_eq!(of(Some(at(-51))), Some(at(3500)), "the newest one is alive");
        assert_eq!(of(Some(at(-50))), None);
        assert_eq!(cap().with_nothing_alive().spent_until(sent), None);
        assert_eq!(cap().spent_until([at(-100)]), None);
    }
}
