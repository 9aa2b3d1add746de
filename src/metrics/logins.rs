//! Logins, by method and outcome.

use super::cells::Counter;

/// Declares the values of a label: an enum, with a text for each variant.
macro_rules! labels {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
        }

        impl $name {
            pub(super) const TEXTS: &'static [&'static str] = &[$($text,)*];

            /// Returns its text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

pub(super) use labels;

labels! {
    /// What proves who logs in: the label `method`.
    LoginFactor {
        /// With a password.
        Password = "password",
        /// With a code sent by SMS, after the password.
        Sms = "sms",
        /// With a code of an authenticator app, after the password.
        Totp = "totp",
        /// With a recovery code, after the password.
        RecoveryCode = "recovery_code",
        /// With a passkey.
        Passkey = "passkey",
        /// With an account at another provider.
        Provider = "provider",
    }
}

labels! {
    /// How a login ended.
    LoginOutcome {
        /// The person is logged in.
        Success = "success",
        /// The password was right; a second factor is needed.
        SecondStep = "second_step",
        /// The password is wrong, or there is no such account.
        InvalidCredentials = "invalid_credentials",
        /// The code is wrong or was already used.
        WrongCode = "wrong_code",
        /// The passkey was not accepted.
        PasskeyRefused = "passkey_refused",
        /// The time for the second factor, or the passkey's challenge, has expired.
        Expired = "expired",
        /// Locked out, after too many failed attempts.
        Locked = "locked",
        /// The account is disabled.
        AccountDisabled = "account_disabled",
        /// The email address is not verified.
        EmailUnverified = "email_unverified",
        /// The server is too busy.
        Overloaded = "overloaded",
        /// The database or something else failed.
        Error = "error",
    }
}

const FACTORS: usize = LoginFactor::TEXTS.len();
const OUTCOMES: usize = LoginOutcome::TEXTS.len();

/// The number of logins.
#[derive(Debug, Default)]
pub struct Logins([[Counter; OUTCOMES]; FACTORS]);

impl Logins {
    /// Counts a login, or one step of it.
    pub fn count(&self, factor: LoginFactor, outcome: LoginOutcome) {
        self.0[factor as usize][outcome as usize].count();
    }

    /// Returns method, outcome and count, including zeros: alerts on a rate need the series from the start.
    pub(super) fn all(&self) -> impl Iterator<Item = ([&'static str; 2], u64)> {
        let factors = LoginFactor::TEXTS.iter().zip(&self.0);
        factors.flat_map(|(factor, outcomes)| {
            let outcomes = LoginOutcome::TEXTS.iter().zip(outcomes);
            outcomes.map(|(outcome, count)| ([*factor, *outcome], count.value()))
        })
    }
}
