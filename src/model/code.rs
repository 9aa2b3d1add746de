//! One-time codes sent by SMS: what they are for, and the digits themselves.

use super::ProofHash;
use crate::secret::{ExposeSecret as _, SecretString};

/// The shortest code anyone may be sent or send, in characters.
pub const MIN_LENGTH: usize = 4;
/// The longest one.
pub const MAX_LENGTH: usize = 10;

/// What a code is for. An account has at most one code of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    /// Proves a phone number that is to become the second factor.
    PhoneSetup,
    /// The second factor of a login.
    LoginMfa,
}

impl CodeKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::PhoneSetup, Self::LoginMfa];

    /// The stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PhoneSetup => "phone_setup",
            Self::LoginMfa => "login_mfa",
        }
    }
}

/// A code, as sent or as somebody presented it. Only its hash is stored.
#[derive(Debug, Clone)]
pub struct Code(SecretString);

impl Code {
    /// Any text may be presented; most are no code.
    #[must_use]
    pub fn presented(text: SecretString) -> Self {
        Self(text)
    }

    /// The code's text, to be put into an SMS.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored and compared in its place.
    #[must_use]
    pub fn hash(&self) -> ProofHash {
        ProofHash::of(self.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_kept_as_its_sha_256_and_never_shown() {
        let code = Code::presented("042719".into());
        // sha256sum of the six digits.
        assert_eq!(
            code.hash().as_str(),
            "d6d8e5621684f36486d5a04cf0c37cc9b33031f9b864f8c7a23f8d480f404735"
        );
        assert!(!format!("{code:?}").contains("042719"));
    }
}
