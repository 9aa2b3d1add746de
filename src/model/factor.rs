//! Second factors beside the phone: the authenticator app, and recovery codes. How a step of the app is accepted, and what
//! recovery codes look like.

use super::named::names;
use super::{Code, ProofHash};
use crate::secret::{ExposeSecret as _, SecretString};

names! {
    /// What the second step of a login can be done with.
    #[derive(utoipa::ToSchema)]
    pub enum MfaMethod {
        /// A code of an authenticator app.
        Totp = "totp",
        /// A code that comes by SMS.
        Sms = "sms",
        /// One of the codes that are kept for the day on which nothing else is there.
        RecoveryCode = "recovery_code",
    }
}

names! {
    /// What is kept sealed of an account's second factors.
    pub enum FactorSecret {
        /// The secret that the account shares with an authenticator app.
        Totp = "totp",
        /// The key that the account's recovery codes are hashed with.
        RecoveryKey = "recovery_key",
    }
}

/// Something sealed, and the name of the secret that it is sealed under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The sealed bytes.
    pub bytes: Vec<u8>,
    /// Which secret seals them.
    pub under: String,
}

/// An authenticator app that was set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totp {
    /// What it shares with the account.
    pub secret: Sealed,
    /// The newest step of time whose code was accepted. No code of this step or an earlier one is accepted any more.
    pub last_step: u64,
}

/// The recovery codes of an account that are not used yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverySet {
    /// What they are hashed with.
    pub key: Sealed,
    /// The hashes.
    pub codes: Vec<ProofHash>,
}

/// The second factors of an account beside its phone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Factors {
    /// Its authenticator app.
    pub totp: Option<Totp>,
    /// Its recovery codes, which stay when all are used.
    pub recovery: Option<RecoverySet>,
}

impl Factors {
    /// Returns how many recovery codes are left.
    #[must_use]
    pub fn codes_left(&self) -> usize {
        self.recovery.as_ref().map_or(0, |set| set.codes.len())
    }
}

/// A code of an authenticator app beside those that are right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotpMatch {
    /// It is that of this step, which is later than the last one that was accepted.
    Fresh(u64),
    /// It was right for a step that is used up.
    Used,
    /// It is none.
    None,
}

/// A recovery code: ten letters and digits, none of which is easily taken for another.
#[derive(Debug, Clone)]
pub struct RecoveryCode(SecretString);

/// The characters of recovery codes: no i, l, o or u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl RecoveryCode {
    /// How many of them an account is given at a time.
    pub const COUNT: usize = 10;
    /// Its characters, without the dash.
    pub const LENGTH: usize = 10;
    /// So few left are worth a word.
    pub const FEW: usize = 3;

    /// A code of random bytes; none of those that hold digits only, which could be taken for another kind of code.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Option<Self> {
        let text: String = bytes
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
            .collect();
        let has_letter = text.contains(|c: char| c.is_ascii_alphabetic());
        has_letter.then(|| Self(SecretString::from(text)))
    }

    /// Takes a code as people write it, in any case, with blanks and dashes, and with letters that look like the right ones;
    /// none for what cannot be one.
    #[must_use]
    pub fn written(text: &str) -> Option<Self> {
        let told = text.chars().filter(|c| !super::code::separates(*c));
        let plain: String = told
            .map(|c| match c.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                c => c,
            })
            .collect();
        let fits = plain.len() == Self::LENGTH
            && plain.bytes().all(|byte| ALPHABET.contains(&byte))
            && text.contains(|c: char| c.is_ascii_alphabetic());
        fits.then(|| Self(SecretString::from(plain)))
    }

    /// Its characters as they are hashed.
    #[must_use]
    pub fn plain(&self) -> &str {
        self.0.expose_secret()
    }

    /// The code as it is shown, once.
    #[must_use]
    pub fn expose(&self) -> String {
        let (start, end) = self.plain().split_at(Self::LENGTH / 2);
        format!("{start}-{end}")
    }
}

/// What somebody presents at the second step of a login.
#[derive(Debug, Clone)]
pub enum LoginCode {
    /// Digits, of an app or an SMS.
    Digits(Code),
    /// A recovery code.
    Recovery(RecoveryCode),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_read_as_people_write_it() {
        let code = RecoveryCode::from_bytes([0, 1, 10, 11, 12, 31, 30, 29, 28, 27]).unwrap();
        assert_eq!(code.expose(), "01abc-zyxwv");
        for same in [
            "01abc-zyxwv",
            " 01ABC zyxwv",
            "oiabczyxwv",
            "Olabc\u{2013}zyxwv",
        ] {
            let read = RecoveryCode::written(same).unwrap();
            assert_eq!(read.plain(), code.plain(), "{same}");
        }
        for none in [
            "01abc-zyxw",
            "01abc-zyxwvv",
            "01abu-zyxwv",
            "0123456789",
            "01abc-zyxw!",
            "",
        ] {
            assert!(RecoveryCode::written(none).is_none(), "{none}");
        }
        assert!(!format!("{code:?}").contains("abc"));
    }

    #[test]
    fn a_recovery_code_is_never_mistaken_for_digits() {
        assert!(RecoveryCode::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).is_none());
        assert!(RecoveryCode::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 10]).is_some());
    }
}
