//! Why a token is not accepted, for administrators: whoever presents it is told no reason.

use jiff::Timestamp;

use crate::auth::TokenFault;

/// Why a token is not accepted now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// It is not in order.
    #[error("{0}")]
    Fault(TokenFault),
    /// Revoked by itself.
    #[error("it was revoked")]
    Revoked,
    /// Nobody's.
    #[error("its account was deleted")]
    NoAccount,
    /// Its account may do nothing.
    #[error("its account is disabled")]
    Disabled,
    /// All tokens of the account up to a moment were ended.
    #[error("all tokens of its account issued up to {0} were revoked")]
    CutOff(Timestamp),
}

impl TokenRefusal {
    /// The reason by a name that stays.
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

    /// Whether no token that this installation issued can be refused like that, short of a change of its secrets.
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
