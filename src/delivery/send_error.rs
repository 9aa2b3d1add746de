//! Why a message was not sent, and whether it is worth another try.

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};

use super::text;

/// When the other side wants to be asked again (`Retry-After`, RFC 9110 §10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so long.
    Wait(Duration),
    /// From then on.
    Until(Timestamp),
}

impl RetryAfter {
    /// The longest wait that is granted: whoever asks for more is asked again after it.
    pub const MAX: SignedDuration = SignedDuration::from_mins(5);

    /// Reads seconds or an HTTP date; none where it is neither.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // So many digits that they are no number are more than the most.
            let seconds = value.parse().map_or(Duration::MAX, Duration::from_secs);
            return Some(Self::Wait(seconds));
        }
        let moment: SystemTime = httpdate::parse_http_date(value).ok()?;
        // Dates end a little before the year 10000.
        let moment = Timestamp::try_from(moment).unwrap_or(Timestamp::MAX);
        Some(Self::Until(moment))
    }

    /// How long that is from `now` on, between nothing and [`Self::MAX`].
    #[must_use]
    pub fn from(self, now: Timestamp) -> SignedDuration {
        let wait = match self {
            Self::Wait(wait) => SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX),
            Self::Until(moment) => moment.duration_since(now),
        };
        wait.clamp(SignedDuration::ZERO, Self::MAX)
    }
}

/// Why a message was not sent, in one line that holds no control character.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The provider refuses this message for good.
    #[error("{0}")]
    Permanent(String),
    /// It may go through later.
    #[error("{0}")]
    Transient(String),
    /// It may have been sent: the answer that would tell is missing or cannot be read. It is tried again a few times only,
    /// since each try may be another copy.
    #[error("{0}")]
    Unconfirmed(String),
    /// It, and all else for the same neighbor, may go through at a time that the neighbor named.
    #[error("{0}")]
    Later(String, RetryAfter),
}

impl SendError {
    /// A refusal for good. Providers' own words may be part of `reason`.
    #[must_use]
    pub fn permanent(reason: &str) -> Self {
        Self::Permanent(text::escaped(reason))
    }

    /// A failure worth another try. Providers' own words may be part of `reason`.
    #[must_use]
    pub fn transient(reason: &str) -> Self {
        Self::Transient(text::escaped(reason))
    }

    /// A delivery that may have taken place. Providers' own words may be part of `reason`.
    #[must_use]
    pub fn unconfirmed(reason: &str) -> Self {
        Self::Unconfirmed(text::escaped(reason))
    }

    /// A transient failure whose end the other side named, if it did; another one as it is.
    #[must_use]
    pub fn after(self, wait: Option<RetryAfter>) -> Self {
        match (self, wait) {
            (Self::Transient(reason), Some(wait)) => Self::Later(reason, wait),
            (other, _) => other,
        }
    }

    /// The same without what could be a secret of a message with this `content`: providers like to quote.
    pub(super) fn without(self, content: &str) -> Self {
        self.reworded(|reason| text::redacted(reason, content))
    }

    /// The same with something more to say.
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
        // Sun, 06 Nov 1994 08:49:37 GMT.
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
