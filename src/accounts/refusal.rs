//! Why a token is not accepted, for administrators. Clients that present it are not told the reason.

use jiff::Timestamp;

use crate::auth::TokenFault;

/// Why a token is not accepted now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// The token itself is faulty.
    #[error("{0}")]
    Fault(TokenFault),
    /// The token was revoked.
    #[error("it was revoked")]
    Revoked,
    /// Nobody's.
    #[error("its account was deleted")]
    NoAccount,
    /// The account is disabled.
    #[error("its account is disabled")]
    Disabled,
    /// All tokens of the account up to a moment were ended.
    #[error("all tokens of its account issued up to {0} were revoked")]
    CutOff(Timestamp),
}

impl TokenRefusal {
    /// Returns a stable name for the reason.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Fault(TokenFault::NoToken) => "malformed",
            Self::Fault(TokenFault::Algorithm(_)) => "algorithm",
            Self::Fault(TokenFault::Critical) => "critical_header",
            Self::Fault(TokenFault::Signature) => "signature",
            Self::Fault(TokenFault::OtherPurpose { .. }) => "other_purpose",
            Self::Fault(TokenFault::Claims) => "claims",
            Self::Fault(TokenFault::Audience) => "audience",
            Self::Fault(TokenFault::TooEarly) => "not_yet_valid",
            Self::Fault(TokenFault::Expired) => "expired",
            Self::Revoked => "revoked",
            Self::NoAccount => "no_account",
            Self::Disabled => "account_disabled",
            Self::CutOff(_) => "ended_with_all",
        }
    }

    /// Returns whether the reason proves that this installation did not issue the token, assuming that its secrets have
    /// not changed.
    #[must_use]
    pub const fn is_foreign(&self) -> bool {
        !matches!(
            self,
            Self::Fault(TokenFault::Expired | TokenFault::TooEarly)
                | Self::Revoked
                | Self::NoAccount
                | Self::Disabled
                | Self::CutOff(_)
        )
    }
}
