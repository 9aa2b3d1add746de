//! Why a message was not sent, and whether to retry.

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};

use super::text;

/// When to try again, as the provider asked (`Retry-After`, RFC 9110 §10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After this time.
    Wait(Duration),
    /// At this time or later.
    Until(Timestamp),
}

impl RetryAfter {
    /// The longest wait. Longer ones are cut to it.
    pub const MAX: SignedDuration = SignedDuration::from_mins(5);

    /// Parses a number of seconds or an HTTP date. Returns `None` for anything else.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // A number with too many digits exceeds the maximum anyway.
            let seconds = value.parse().map_or(Duration::MAX, Duration::from_secs);
            return Some(Self::Wait(seconds));
        }
        let moment: SystemTime = httpdate::parse_http_date(value).ok()?;
        // The largest `Timestamp` is a little before the year 10000.
        let moment = Timestamp::try_from(moment).unwrap_or(Timestamp::MAX);
        Some(Self::Until(moment))
    }

    /// Returns the wait from `now` on, between zero and [`Self::MAX`].
    #[must_use]
    pub fn from(self, now: Timestamp) -> SignedDuration {
        let wait = match self {
            Self::Wait(wait) => SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX),
            Self::Until(moment) => moment.duration_since(now),
        };
        wait.clamp(SignedDuration::ZERO, Self::MAX)
    }
}

/// Why a message wasn't sent, in one line without control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The provider refuses this message permanently.
    #[error("{0}")]
    Permanent(String),
    /// A later attempt may succeed.
    #[error("{0}")]
    Transient(String),
    /// It may have been sent: the answer is missing or unreadable. It is only retried a few times, because each attempt
    /// may deliver another copy.
    #[error("{0}")]
    Unconfirmed(String),
    /// This and all other messages to the same provider may succeed at a time that the provider named.
    #[error("{0}")]
    Later(String, RetryAfter),
}

impl SendError {
    /// Returns a permanent refusal. `reason` may quote the provider.
    #[must_use]
    pub fn permanent(reason: &str) -> Self {
        Self::Permanent(text::escaped(reason))
    }

    /// Returns a temporary failure. `reason` may quote the provider.
    #[must_use]
    pub fn transient(reason: &str) -> Self {
        Self::Transient(text::escaped(reason))
    }

    /// Returns a failure after which the message may have been delivered. `reason` may quote the provider.
    #[must_use]
    pub fn unconfirmed(reason: &str) -> Self {
        Self::Unconfirmed(text::escaped(reason))
    }

    /// Adds the time to wait to a transient failure. Other errors stay unchanged.
    #[must_use]
    pub fn after(self, wait: Option<RetryAfter>) -> Self {
        match (self, wait) {
            (Self::Transient(reason), Some(wait)) => Self::Later(reason, wait),
            (other, _) => other,
        }
    }

    /// Removes from the reason what could be a secret in `content`, the content of the message, because providers may
    /// quote it.
    pub(super) fn without(self, content: &str) -> Self {
        self.reworded(|reason| text::redacted(reason, content))
    }

    /// Adds a note to the reason.
    pub(super) fn noted(self, note: &str) -> Self {
        self.reworded(|reason| format!("{reason} {}", text::escaped(note)))
    }

    fn reworded(self, reword: impl FnOnce(&str) -> String) -> Self {
        match self {
            Self::Permanent(reason) => Self::Permanent(reword(&reason)),
            Self::Transient(reason) => Self::Transient(reword(&reason)),
            Self::Unconfirmed(reason) => Self::Unconfirmed(reword(&reason)),
            Self::Later(reason, wait) => Self::Later(reword(&reason), wait),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_seconds_or_a_date_and_bounded() {
        // The example of RFC 9110: Sun, 06 Nov 1994 08:49:37 GMT.
        let now = Timestamp::from_second(784_111_777).unwrap();
        let endless = "9".repeat(40);
        for (value, wait) in [
            ("0", Some(0)),
            (" 17 ", Some(17)),
            ("300", Some(300)),
            ("86400", Some(300)),
            ("18446744073709551615", Some(300)),
            (&*endless, Some(300)),
            ("Sun, 06 Nov 1994 08:50:17 GMT", Some(40)),
            ("Sunday, 06-Nov-94 08:50:17 GMT", Some(40)),
            ("Sun Nov  6 08:50:17 1994", Some(40)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Fri, 31 Dec 9999 12:00:00 GMT", Some(300)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("Sun, 99 Nov 1994 08:50:17 GMT", None),
        ] {
            let read = RetryAfter::parse(value).map(|wait| wait.from(now).as_secs());
            assert_eq!(read, wait, "{value:?}");
        }
    }
}
