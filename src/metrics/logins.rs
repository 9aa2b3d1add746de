//! Logins, by how somebody tried to prove who they are and what came of it.

use super::cells::Counter;

/// Declares labels: a type of so many values, each with its text.
macro_rules! labels {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
        }

        impl $name {
            pub(super) const TEXTS: &'static [&'static str] = &[$($text,)*];
        }
    };
}

pub(super) use labels;

labels! {
    /// How somebody tries to prove who they are.
    LoginWay {
        /// By a password.
        Password = "password",
        /// After the password, by a code sent by SMS.
        Sms = "sms",
        /// After the password, by a code of an authenticator app.
        Totp = "totp",
        /// After the password, by a recovery code.
        RecoveryCode = "recovery_code",
        /// By a passkey.
        Passkey = "passkey",
        /// By an account with another provider.
        Provider = "provider",
    }
}

labels! {
    /// What came of it.
    LoginOutcome {
        /// A session.
        Success = "success",
        /// The password was right; a second step has to follow.
        SecondStep = "second_step",
        /// The password is wrong, or there is no such account.
        InvalidCredentials = "invalid_credentials",
        /// The code is wrong or was used.
        WrongCode = "wrong_code",
        /// The passkey is not accepted.
        PasskeyRefused = "passkey_refused",
        /// The second step, or the challenge, has expired.
        Expired = "expired",
        /// Too many failures before.
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

const WAYS: usize = LoginWay::TEXTS.len();
const OUTCOMES: usize = LoginOutcome::TEXTS.len();

/// Logins.
#[derive(Debug, Default)]
pub struct Logins([[Counter; OUTCOMES]; WAYS]);

impl Logins {
    /// Counts a login, or one step of it.
    pub fn count(&self, way: LoginWay, outcome: LoginOutcome) {
        self.0[way as usize][outcome as usize].count();
    }

    /// Way, outcome and number, also of what never occurred: alerts on a rate need its beginning.
    pub(super) fn all(&self) -> impl Iterator<Item = ([&'static str; 2], u64)> {
        let ways = LoginWay::TEXTS.iter().zip(&self.0);
        ways.flat_map(|(way, outcomes)| {
            let outcomes = LoginOutcome::TEXTS.iter().zip(outcomes);
            outcomes.map(|(outcome, count)| ([*way, *outcome], count.value()))
        })
    }
}
