//! Passwords that people enter, and the hashes that are stored.

use std::fmt;

use crate::secret::{ExposeSecret as _, SecretString};

/// The shortest new password, in Unicode scalar values.
pub const MIN_LENGTH: usize = 8;
/// The longest password, new or presented, in Unicode scalar values.
pub const MAX_LENGTH: usize = 128;

/// A password entered to log in: 1 to 128 scalar values, unchanged, wiped after use.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

/// A new password: 8 to 128 scalar values, unchanged, wiped after use.
#[derive(Debug, Clone)]
pub struct NewPassword(Password);

/// How many characters the strength check looks at. The cost of zxcvbn grows quickly with the length, and a weak start
/// of this length is rarely followed by something strong.
const MAX_JUDGED: usize = 64;

/// The password is too easy to guess. Holds advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeakPassword(pub String);

/// Why a text can't be a password. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// It has fewer scalar values than the minimum, which it holds.
    #[error("a password has at least {0} characters")]
    TooShort(usize),
    /// It has more than [`MAX_LENGTH`] scalar values.
    #[error("a password has at most {MAX_LENGTH} characters")]
    TooLong,
}

fn check(text: &SecretString, minimum: usize) -> Result<(), InvalidPassword> {
    match text.expose_secret().chars().count() {
        length if length < minimum => Err(InvalidPassword::TooShort(minimum)),
        length if length > MAX_LENGTH => Err(InvalidPassword::TooLong),
        _ => Ok(()),
    }
}

impl Password {
    /// Takes a password that someone entered.
    ///
    /// # Errors
    /// [`InvalidPassword`] if it is empty or too long to be a password.
    pub fn parse(text: SecretString) -> Result<Self, InvalidPassword> {
        check(&text, 1)?;
        Ok(Self(text))
    }

    /// Returns the password itself, for the hash function only.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl NewPassword {
    /// Takes a new password.
    ///
    /// # Errors
    /// [`InvalidPassword`] if it doesn't have 8 to 128 scalar values.
    pub fn parse(text: SecretString) -> Result<Self, InvalidPassword> {
        check(&text, MIN_LENGTH)?;
        Ok(Self(Password(text)))
    }

    /// Refuses a password that is easier to guess than `wanted` allows (0 to 4, on the scale of zxcvbn). `known` are
    /// texts that an attacker may know. It takes milliseconds of processor time.
    ///
    /// # Errors
    /// [`WeakPassword`] with advice for the user.
    pub fn check_strength(&self, wanted: u8, known: &[&str]) -> Result<(), WeakPassword> {
        let text = self.0.expose();
        let end = text.char_indices().nth(MAX_JUDGED);
        let judged = &text[..end.map_or(text.len(), |(at, _)| at)];
        let estimate = zxcvbn::zxcvbn(judged, known);
        if u8::from(estimate.score()) >= wanted {
            return Ok(());
        }
        let warning = estimate
            .feedback()
            .and_then(zxcvbn::feedback::Feedback::warning);
        Err(WeakPassword(warning.map_or_else(
            || "use more words, or less common ones".into(),
            |warning| warning.to_string(),
        )))
    }

    /// Returns the same password, to be hashed or compared.
    #[must_use]
    pub fn as_password(&self) -> &Password {
        &self.0
    }
}

/// A PHC string (`$argon2id$v=19$…`) as stored. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a hash from a store or the hash function.
    #[must_use]
    pub fn from_phc(text: String) -> Self {
        Self(text)
    }

    /// Returns the PHC string.
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strength_is_judged_by_the_first_characters_alone() {
        let password = |text: &str| NewPassword::parse(text.to_owned().into()).unwrap();
        assert!(password("password1234").check_strength(3, &[]).is_err());
        assert!(
            password("ada@example.com")
                .check_strength(3, &["ada@example.com"])
                .is_err()
        );
        let strong = "vexing plover mends 47 quiet harps";
        assert_eq!(password(strong).check_strength(4, &[]), Ok(()));
        let late = format!("{}{strong}", "a".repeat(MAX_JUDGED));
        assert!(password(&late).check_strength(4, &[]).is_err());
        // The limit is in characters, so it never splits one.
        assert!(password(&"ä".repeat(100)).check_strength(4, &[]).is_err());
    }

    #[test]
    fn lengths_count_scalar_values_and_nothing_is_trimmed() {
        let of = |text: String| NewPassword::parse(SecretString::from(text));
        assert_eq!(of("é".repeat(7)).unwrap_err(), InvalidPassword::TooShort(8));
        assert!(of("é".repeat(8)).is_ok());
        assert_eq!(
            of(" \0 \t\u{202e} 🦀 ".into())
                .unwrap()
                .as_password()
                .expose(),
            " \0 \t\u{202e} 🦀 "
        );
        assert!(of("🦀".repeat(128)).is_ok());
        assert_eq!(of("🦀".repeat(129)).unwrap_err(), InvalidPassword::TooLong);
        assert_eq!(
            Password::parse(SecretString::from("")).unwrap_err(),
            InvalidPassword::TooShort(1)
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let password = NewPassword::parse(SecretString::from("canary-password")).unwrap();
        assert!(
            !format!("{password:?} {:?}", PasswordHash::from_phc("canary".into()))
                .contains("canary")
        );
    }
}
