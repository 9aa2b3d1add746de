//! Phone numbers in the international form of ITU-T E.164.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// The most digits a number has, the country's code included (E.164 §6.2.1).
const MAX_DIGITS: usize = 15;

/// A number as `+` and 2 to 15 digits, the first of them not 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

/// The text is no number of that form. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a phone number is written as +14155550123: a plus, the country's code and the number, digits only"
)]
pub struct InvalidPhoneNumber;

impl PhoneNumber {
    /// Takes a number as it has to be written: nothing is cut, added or guessed.
    ///
    /// # Errors
    /// [`InvalidPhoneNumber`] for everything else.
    pub fn parse(text: &str) -> Result<Self, InvalidPhoneNumber> {
        let digits = text.strip_prefix('+').ok_or(InvalidPhoneNumber)?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain && !digits.starts_with('0') && (2..=MAX_DIGITS).contains(&digits.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPhoneNumber)
        }
    }

    /// A number as a store holds it: trusted, not checked.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_plus_and_its_digits() {
        for good in ["+14155550123", "+3227777777", "+12", "+123456789012345"] {
            assert_eq!(PhoneNumber::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "+",
            "+1",
            "14155550123",
            "0014155550123",
            "+04155550123",
            "+1234567890123456",
            " +14155550123",
            "+14155550123\n",
            "+1 415 555 0123",
            "+1-415-555-0123",
            "+1(415)5550123",
            "++14155550123",
            "+1415555012a",
            "+١٤١٥٥٥٥٠١٢٣",
            "tel:+14155550123",
        ] {
            assert_eq!(PhoneNumber::parse(bad), Err(InvalidPhoneNumber), "{bad:?}");
        }
    }
}
