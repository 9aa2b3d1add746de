//! What administrators do to accounts, alone or many at once, with the same names in paths, forms and messages.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::accounts::{Accounts, Mailed, Result};
use crate::http::error::ApiError;
use crate::model::{Origin, User, UserChange};

/// An act on an account that needs nothing but the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Disable,
    Enable,
    Verify,
    ResendVerification,
    SendReset,
    EndSessions,
    Promote,
    Demote,
    ResetFactor,
    RemovePasskeys,
    Delete,
}

/// What an act came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was done.
    Done,
    /// There was nothing to do.
    Unchanged,
    /// No mail was sent, because the address had too many.
    CapSpent,
}

impl Act {
    /// All acts, in the order in which they are offered.
    pub(super) const ALL: [Self; 11] = [
        Self::Enable,
        Self::Verify,
        Self::ResendVerification,
        Self::SendReset,
        Self::EndSessions,
        Self::ResetFactor,
        Self::RemovePasskeys,
        Self::Promote,
        Self::Demote,
        Self::Disable,
        Self::Delete,
    ];

    /// Returns its name in paths, forms and the keys of messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Verify => "verify",
            Self::ResendVerification => "resend-verification",
            Self::SendReset => "send-reset",
            Self::EndSessions => "end-sessions",
            Self::Promote => "promote",
            Self::Demote => "demote",
            Self::ResetFactor => "reset-factor",
            Self::RemovePasskeys => "remove-passkeys",
            Self::Delete => "delete",
        }
    }

    /// Returns the act of this name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }

    /// Returns whether the administrator has to prove first who they are.
    pub(super) const fn is_sensitive(self) -> bool {
        matches!(
            self,
            Self::Promote | Self::Demote | Self::ResetFactor | Self::RemovePasskeys | Self::Delete
        )
    }

    /// Returns whether it takes something away.
    pub(super) const fn is_dangerous(self) -> bool {
        matches!(self, Self::Disable | Self::Delete | Self::Demote)
    }

    /// Returns whether it makes sense for an account, as far as that is known without a look at the store.
    pub(super) fn is_offered(self, user: &User, accounts: &Accounts) -> bool {
        match self {
            Self::Disable => user.is_active,
            Self::Enable => !user.is_active,
            Self::Verify | Self::ResendVerification => !user.is_verified,
            Self::SendReset => user.is_active && accounts.password_links_work(),
            Self::Promote => !user.is_superuser,
            Self::Demote => user.is_superuser,
            Self::ResetFactor => user.is_mfa_enabled || user.phone_number.is_some(),
            Self::EndSessions | Self::RemovePasskeys | Self::Delete => true,
        }
    }

    /// Does it. The use cases decide whether it may be done.
    pub(super) async fn apply(
        self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> Result<Outcome> {
        let id = user.id;
        let mailed = |mailed| match mailed {
            Mailed::CapSpent => Outcome::CapSpent,
            Mailed::Queued => Outcome::Done,
        };
        let change = match self {
            Self::Disable => return accounts.lock(id, false, origin).await.map(done),
            Self::Enable => return accounts.unlock(id, origin).await.map(done),
            Self::EndSessions => return accounts.revoke_tokens(id, origin).await.map(done),
            Self::Delete => return accounts.delete(id, false, origin).await.map(done),
            Self::ResendVerification => return accounts.reverify(id, origin).await.map(mailed),
            Self::SendReset => {
                let sent = accounts.send_password_reset(id, origin);
                return sent.await.map(mailed);
            }
            Self::ResetFactor => {
                let changed = accounts.reset_second_factor(user, origin).await;
                return changed.map(only_if);
            }
            Self::RemovePasskeys => {
                let removed = accounts.remove_passkeys(id, origin).await;
                return removed.map(|count| only_if(count > 0));
            }
            Self::Verify => UserChange {
                is_verified: Some(true),
                ..UserChange::default()
            },
            Self::Promote | Self::Demote => UserChange {
                is_superuser: Some(self == Self::Promote),
                ..UserChange::default()
            },
        };
        accounts.patch(id, change, false, origin).await.map(done)
    }
}

fn done<T>(_: T) -> Outcome {
    Outcome::Done
}

fn only_if(changed: bool) -> Outcome {
    if changed {
        Outcome::Done
    } else {
        Outcome::Unchanged
    }
}

/// The act that a path names. An unknown one is answered like an unknown path.
impl<S: Send + Sync> FromRequestParts<S> for Act {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> std::result::Result<Self, ApiError> {
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| ApiError::not_found())?;
        let act = parameters.iter().find(|(name, _)| *name == "act");
        let act = act.and_then(|(_, act)| Self::from_name(act));
        act.ok_or_else(ApiError::not_found)
    }
}
