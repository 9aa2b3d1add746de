//! Security-relevant changes that an owner is told about, and the messages for each.

/// A change to the protection of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecurityChange {
    /// The password was changed.
    Password,
    /// The email address was changed.
    Email,
    /// The second factor was turned on.
    SecondFactorAdded,
    /// The phone number of the second factor was changed.
    SecondFactorMoved,
    /// The second factor was turned off.
    SecondFactorRemoved,
    /// An authenticator app became a second factor.
    AppAdded,
    /// The authenticator app was replaced by another.
    AppReplaced,
    /// The authenticator app was removed.
    AppRemoved,
    /// New recovery codes were generated.
    RecoveryCodesMade,
    /// A recovery code was used to log in.
    RecoveryCodeUsed {
        /// How many recovery codes are left.
        left: usize,
    },
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// All passkeys were removed.
    PasskeysRemoved,
    /// Logging in with the provider of this name was enabled.
    ProviderLinked(String),
    /// Logging in with the provider of this name was disabled.
    ProviderUnlinked(String),
}

impl SecurityChange {
    /// Returns the messages that describe the change and what to do if it was somebody else.
    pub(super) const fn keys(&self) -> [&'static str; 2] {
        match self {
            Self::Password => ["notice-password", "notice-password-remedy"],
            Self::Email => ["notice-email", "notice-email-remedy"],
            Self::SecondFactorAdded => [
                "notice-second-factor-added",
                "notice-second-factor-added-remedy",
            ],
            Self::SecondFactorMoved => [
                "notice-second-factor-moved",
                "notice-second-factor-moved-remedy",
            ],
            Self::SecondFactorRemoved => [
                "notice-second-factor-removed",
                "notice-second-factor-removed-remedy",
            ],
            Self::AppAdded => ["notice-app-added", "notice-app-remedy"],
            Self::AppReplaced => ["notice-app-replaced", "notice-app-remedy"],
            Self::AppRemoved => ["notice-app-removed", "notice-second-factor-removed-remedy"],
            Self::RecoveryCodesMade => ["notice-codes-made", "notice-codes-remedy"],
            Self::RecoveryCodeUsed { left: 0 } => ["notice-code-last", "notice-codes-remedy"],
            Self::RecoveryCodeUsed { .. } => ["notice-code-used", "notice-codes-remedy"],
            Self::PasskeyAdded => ["notice-passkey-added", "notice-passkey-added-remedy"],
            Self::PasskeyRemoved => ["notice-passkey-removed", "notice-passkey-removed-remedy"],
            Self::PasskeysRemoved => ["notice-passkeys-removed", "notice-passkey-removed-remedy"],
            Self::ProviderLinked(_) => ["notice-provider-linked", "notice-provider-linked-remedy"],
            Self::ProviderUnlinked(_) => ["notice-provider-unlinked", "notice-password-remedy"],
        }
    }
}
