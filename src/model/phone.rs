//! Phone numbers in the international form of ITU-T E.164.

use serde::{Deserialize, Deserializer, Serialize};

use super::code::{ascii_digit, separates};
use super::named::text;

/// The maximum number of digits, including the country code (E.164 §6.2.1).
const MAX_DIGITS: usize = 15;

/// A phone number: `+` and 2 to 15 digits, the first of which isn't 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

/// The text isn't a phone number of this form. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a phone number has the form +14155550123: a plus sign, the country code and the number, digits only"
)]
pub struct InvalidPhoneNumber;

impl PhoneNumber {
    /// Parses an international number as people write it. Spaces, dashes, dots, slashes and brackets are ignored, and
    /// digits of other scripts are accepted. The country isn't guessed. `(0)` is refused, because it isn't dialed from
    /// abroad.
    ///
    /// # Errors
    /// [`InvalidPhoneNumber`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidPhoneNumber> {
        let told = text.chars().filter(|c| !separates(*c));
        let told: String = told.map(|c| ascii_digit(c).unwrap_or(c)).collect();
        let number = told.strip_prefix(['+', '＋']).ok_or(InvalidPhoneNumber)?;
        let digits = number.replace(['(', ')', '.', '/'], "");
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !number.contains("(0)");
        if plain && !digits.starts_with('0') && (2..=MAX_DIGITS).contains(&digits.len()) {
            Ok(Self(format!("+{digits}")))
        } else {
            Err(InvalidPhoneNumber)
        }
    }

    /// Returns the number with only its last two digits readable, enough for its owner to recognize it.
    #[must_use]
    pub fn masked(&self) -> String {
        let last: Vec<char> = self.0.chars().rev().take(2).collect();
        format!("•••• {}", last.into_iter().rev().collect::<String>())
    }
}

text!(PhoneNumber);

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
        for same in [
            " +14155550123",
            "+14155550123\n",
            "+1 415 555 0123",
            "+1-415-555-0123",
            "+1(415)5550123",
            "+1 415.555/01\u{2013}23",
            "＋１４１５５５５０１２３",
            "+١٤١٥٥٥٥٠١٢٣",
        ] {
            assert_eq!(PhoneNumber::parse(same).unwrap().as_str(), "+14155550123");
        }
        for bad in [
            "",
            "+",
            "+1",
            "14155550123",
            "0014155550123",
            "+04155550123",
            "+1234567890123456",
            "+1 (0) 415 555 0123",
            "+1 415 555 0123 x9",
            "(+1) 415 555 0123",
            "++14155550123",
            "+1415555012a",
            "tel:+14155550123",
        ] {
            assert_eq!(PhoneNumber::parse(bad), Err(InvalidPhoneNumber), "{bad:?}");
        }
    }
}
