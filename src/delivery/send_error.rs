//! Why a message was not sent, and whether it is worth another try.

use super::text;

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
        }
    }
}
