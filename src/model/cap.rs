//! The hourly caps on the messages that anybody can cause one recipient to get.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use super::SlidingWindow;
use super::client_network::{is_near, network};
use super::moment::before;
use super::named::names;

names! {
    /// What a message is about. Each purpose has a cap of its own: what strangers can ask for never uses up what an owner needs.
    pub enum CapPurpose {
        /// Links that prove an address.
        Verification = "verification",
        /// Links that set a new password.
        PasswordReset = "password_reset",
        /// Links that prove an account's new address.
        EmailChange = "email_change",
        /// Notices of what changed in an account.
        Notice = "notice",
        /// Codes to a number that is to become a second factor.
        PhoneSetup = "phone_setup",
        /// Codes to a number that is one.
        LoginCode = "login_code",
        /// Set-ups of one account, to whatever numbers.
        AccountSetups = "account_setups",
    }
}

/// At most `limit` messages an hour to one recipient for one purpose. `None`: no limit, nothing is counted.
#[derive(Debug, Clone)]
pub struct RecipientCap {
    /// Who is written to.
    pub recipient: String,
    /// What for.
    pub purpose: CapPurpose,
    /// Whether the message is only pretended: such ones have a counter of their own.
    pub is_pretended: bool,
    /// Messages an hour.
    pub limit: Option<u32>,
    /// What was sent at this moment or earlier is of no use any more: where nothing is newer, one message is let through
    /// although the cap is spent. `None`: a spent cap lets nothing through.
    pub useless_until: Option<Timestamp>,
    /// The network of the client that asks for it. Where the cap is spent, each that is named gets one more, up to `limit`
    /// of them: what one stranger uses up, the owner has all the same.
    pub client: Option<String>,
    /// The moment of this message.
    pub now: Timestamp,
}

impl RecipientCap {
    /// How long a message counts against its recipient's cap.
    pub const LENGTH: SignedDuration = SignedDuration::from_hours(1);

    /// How long a message that was counted may take to be written.
    const ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(10);

    /// Returns the window that messages are counted in, if they are.
    #[must_use]
    pub fn window(&self) -> Option<SlidingWindow> {
        self.limit.map(|limit| SlidingWindow {
            limit,
            length: Self::LENGTH,
        })
    }

    /// Returns the key that messages are counted under.
    #[must_use]
    pub fn key(&self) -> String {
        let pretended = if self.is_pretended { "pretended:" } else { "" };
        format!("{pretended}{}:{}", self.purpose.as_str(), self.recipient)
    }

    /// Returns the cap of a message that this client asks for. One of the neighbourhood is not named: it may be a proxy that
    /// nobody told of, and everybody comes from it.
    #[must_use]
    pub fn asked_by(self, client: Option<IpAddr>) -> Self {
        let client = client.filter(|client| !is_near(client.to_canonical()));
        Self {
            client: client.map(|client| network(client).to_string()),
            ..self
        }
    }

    /// Returns the caps that one more message is let through by where this one is spent: one for each client, and one for
    /// all of them.
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

    /// Returns the cap of a message that is only pretended.
    #[must_use]
    pub fn pretended(self) -> Self {
        Self {
            is_pretended: true,
            ..self
        }
    }

    /// Returns the cap where nothing that was sent before is of use any more. What was counted a moment ago may be on its way
    /// still, of several that come at once.
    #[must_use]
    pub fn with_nothing_alive(self) -> Self {
        Self {
            useless_until: Some(before(self.now, Self::ON_ITS_WAY)),
            ..self
        }
    }

    /// Returns the first moment at which there is room for one more message, if there is none now; `sent` are the newest ones,
    /// in any order.
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
