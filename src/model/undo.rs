//! Undoing a change of the email address: for some time, the holder of the old email address can undo it.

use jiff::{SignedDuration, Timestamp};

use super::{Email, PhoneNumber, ProofHash, User};

/// How long a change can be undone.
pub const UNDO_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many changes of one account can be undone at a time. Later changes can't be undone, so that nobody can
/// invalidate the owner's link by making more changes.
pub const MAX_UNDOS: u32 = 20;

/// The right to undo one change, to be sent to the old email address.
#[derive(Debug, Clone)]
pub struct NewUndo {
    /// The hash of the token in the link.
    pub proof: ProofHash,
    /// When the right expires.
    pub expires_at: Timestamp,
}

/// A change that can still be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// The email address that the account had.
    pub email: Email,
    /// When the change was made. Undoing it also makes the changes after it final.
    pub changed_at: Timestamp,
    /// The phone that was a second factor before it.
    pub phone: PhoneBefore,
}

/// The phone that was the second factor of an account before a change. Unlike an app, a phone doesn't say since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneBefore {
    /// Nobody wrote it down: the change was made with an older version.
    Unknown,
    /// No phone was a second factor.
    None,
    /// This one.
    Number(PhoneNumber),
}

/// How [`PhoneBefore::None`] is stored.
const NO_PHONE: &str = "-";

impl PhoneBefore {
    /// Returns that of an account as it is now.
    #[must_use]
    pub fn of(user: &User) -> Self {
        let number = user.phone_number.clone().filter(|_| user.is_mfa_enabled);
        number.map_or(Self::None, Self::Number)
    }

    /// Returns it as it is stored.
    #[must_use]
    pub fn as_stored(&self) -> Option<&str> {
        match self {
            Self::Unknown => None,
            Self::None => Some(NO_PHONE),
            Self::Number(number) => Some(number.as_str()),
        }
    }

    /// Reads what was stored.
    #[must_use]
    pub fn from_stored(text: Option<String>) -> Self {
        match text {
            None => Self::Unknown,
            Some(text) if text == NO_PHONE => Self::None,
            Some(number) => Self::Number(PhoneNumber::from_stored(number)),
        }
    }

    /// Gives an account the phone that it had. `has_app` says whether an app from that time is left.
    pub fn restore(&self, user: &mut User, has_app: bool) {
        let was_on = user.is_mfa_enabled;
        match self {
            Self::Number(number) => user.phone_number = Some(number.clone()),
            // A number that isn't a factor is no way to log in.
            Self::None if was_on => user.phone_number = None,
            Self::None | Self::Unknown => {}
        }
        let is_factor = was_on || matches!(self, Self::Number(_));
        user.has_totp = has_app;
        user.is_mfa_enabled = has_app || user.phone_number.is_some() && is_factor;
    }
}
