//! Second factors besides the phone: authenticator apps and recovery codes. Says which steps of an app are accepted,
//! and which form recovery codes have.

use super::named::names;
use super::{Code, ProofHash};
use crate::secret::{ExposeSecret as _, SecretString};

names! {
    /// The methods for the second factor of a login.
    pub enum MfaMethod {
        /// A code of an authenticator app.
        Totp = "totp",
        /// A code sent by SMS.
        Sms = "sms",
        /// A recovery code, for when no other method is available.
        RecoveryCode = "recovery_code",
    }
}

names! {
    /// The kinds of encrypted secrets of an account's second factors.
    pub enum FactorSecret {
        /// The secret that the account shares with an authenticator app.
        Totp = "totp",
        /// The key that the account's recovery codes are hashed with.
        RecoveryKey = "recovery_key",
    }
}

/// An encrypted secret, and the name of the key that it is encrypted with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The ciphertext.
    pub bytes: Vec<u8>,
    /// The name of the `jwt_secret` that it is encrypted under.
    pub under: String,
}

/// An authenticator app that was set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totp {
    /// The secret that it shares with the account.
    pub secret: Sealed,
    /// The latest time step whose code was accepted. Codes of this step and earlier ones are refused.
    pub last_step: u64,
}

/// The recovery codes of an account that are not used yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverySet {
    /// The key that they are hashed with.
    pub key: Sealed,
    /// The hashes.
    pub codes: Vec<ProofHash>,
}

/// The second factors of an account besides its phone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Factors {
    /// Its authenticator app.
    pub totp: Option<Totp>,
    /// Its recovery codes. The set stays when all are used.
    pub recovery: Option<RecoverySet>,
}

impl Factors {
    /// Returns how many recovery codes are left.
    #[must_use]
    pub fn codes_left(&self) -> usize {
        self.recovery.as_ref().map_or(0, |set| set.codes.len())
    }
}

/// The result of comparing a code with an authenticator app's current ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotpMatch {
    /// It is the code of this step, which is later than the last accepted one.
    Fresh(u64),
    /// It is the code of a step that was used before.
    Used,
    /// It is none of the current codes.
    None,
}

/// A recovery code: ten letters and digits, without any that look alike.
#[derive(Debug, Clone)]
pub struct RecoveryCode(SecretString);

/// The characters of recovery codes: no i, l, o or u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl RecoveryCode {
    /// How many codes an account gets at a time.
    pub const COUNT: usize = 10;
    /// How many characters a code has, without the dash.
    pub const LENGTH: usize = 10;

    /// Creates a code from random bytes. Returns `None` if it would consist of digits only, because it could be
    /// mistaken for another kind of code.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::LENGTH]) -> Option<Self> {
        let text: String = bytes
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
            .collect();
        let has_letter = text.contains(|c: char| c.is_ascii_alphabetic());
        has_letter.then(|| Self(SecretString::from(text)))
    }

    /// Reads a code as people write it: in any case, with spaces and dashes, and with letters that look like the right
    /// ones. Returns `None` for text that can't be a code.
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

    /// Returns the characters that are hashed.
    #[must_use]
    pub fn plain(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the code as it is shown, once.
    #[must_use]
    pub fn expose(&self) -> String {
        let (start, end) = self.plain().split_at(Self::LENGTH / 2);
        format!("{start}-{end}")
    }
}

/// What someone enters as the second factor of a login.
#[derive(Debug, Clone)]
pub enum LoginCode {
    /// Digits, from an app or an SMS.
    Digits(Code),
    /// A recovery code.
    Recovery(RecoveryCode),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_document_lists_the_names_that_answers_have() {
        use utoipa::PartialSchema as _;
        let documented = serde_json::to_value(MfaMethod::schema()).unwrap();
        let answered = serde_json::to_value(MfaMethod::ALL).unwrap();
        assert_eq!(documented["enum"], answered);
    }

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
