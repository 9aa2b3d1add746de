//! Email addresses in the canonical spelling in which accounts are stored and looked up.

use email_address::{EmailAddress, Options};
use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::named::text;

/// The maximum length of an email address, in bytes of its canonical form (RFC 5321 §4.5.3.1.3).
pub const MAX_LENGTH: usize = 254;

/// A canonical email address: trimmed, NFC-normalized, in lower case, with its domain in ASCII form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// Why a text isn't an email address. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// Longer than [`MAX_LENGTH`] once canonical.
    #[error("an email address has at most {MAX_LENGTH} characters")]
    TooLong,
    /// Not of the form `name@domain.tld`.
    #[error("not a valid email address: expected name@example.com")]
    Malformed,
}

impl Email {
    /// Parses an email address that a person typed, and brings it into its canonical form.
    ///
    /// # Errors
    /// [`InvalidEmail`] if the text isn't an email address, or is too long.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text: String = text.trim().nfc().collect();
        if text.chars().count() > MAX_LENGTH {
            return Err(InvalidEmail::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail::Malformed)?;
        // Quoted local parts and address literals are legal in RFC 5321 but useless here: they only allow more
        // spellings.
        if local.contains(|c: char| c.is_whitespace() || c.is_control() || c == '"') {
            return Err(InvalidEmail::Malformed);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| InvalidEmail::Malformed)?;
        let canonical: String = format!("{}@{domain}", local.to_lowercase()).nfc().collect();
        if canonical.len() > MAX_LENGTH {
            return Err(InvalidEmail::TooLong);
        }
        let options = Options::default()
            .with_required_tld()
            .without_display_text()
            .without_domain_literal();
        EmailAddress::parse_with_options(&canonical, options)
            .map_err(|_| InvalidEmail::Malformed)?;
        Ok(Self(canonical))
    }

    /// Returns the email address without a `+tag`, and without dots if the provider ignores them. It most likely
    /// receives the same mail. Use it for counting only: the owner of one spelling need not own the other.
    #[must_use]
    pub fn mailbox(&self) -> String {
        let key = self.key();
        let Some((local, domain)) = key.rsplit_once('@') else {
            return key;
        };
        let (local, domain) = match (local.split('+').next().unwrap_or(local), domain) {
            ("", _) => (local.to_owned(), domain),
            (local, "gmail.com" | "googlemail.com") => (local.replace('.', ""), "gmail.com"),
            (local, domain) => (local.to_owned(), domain),
        };
        format!("{local}@{domain}")
    }

    /// Returns the lower-case text that it is looked up by, so that earlier spellings are found.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// Returns whether both are spellings of the same email address.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    /// Returns a masked form for people who don't need to know all of it: the first character and the domain.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        // A character that isn't alphanumeric may be invisible, or reverse the direction of the text after it.
        let first = local.chars().next().filter(|c| c.is_alphanumeric());
        let first = first.map(String::from).unwrap_or_default();
        format!("{first}•••@{domain}")
    }
}

text!(Email);

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_shows_its_first_character_and_its_domain() {
        for (email, masked) in [
            ("ada@example.com", "a•••@example.com"),
            ("x@example.com", "x•••@example.com"),
            ("über@example.com", "ü•••@example.com"),
            ("\u{202e}ada@example.com", "•••@example.com"),
        ] {
            assert_eq!(Email::from_stored(email.into()).masked(), masked);
        }
    }

    #[test]
    fn spellings_of_one_address_become_one() {
        for (typed, canonical) in [
            ("  Ada@Example.COM ", "ada@example.com"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
            ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
            ("andre\u{301}@example.com", "andré@example.com"),
            ("ADA+tag@example.com", "ada+tag@example.com"),
        ] {
            assert_eq!(Email::parse(typed).unwrap().as_str(), canonical);
            assert_eq!(
                Email::parse(canonical).unwrap().as_str(),
                canonical,
                "canonical spellings stay"
            );
        }
    }

    #[test]
    fn legacy_spellings_are_the_same_address() {
        let [stored, typed, other] = ["Ada@Example.com", "ada@example.com", "bob@example.com"]
            .map(|text| Email::from_stored(text.into()));
        assert_eq!(stored.key(), "ada@example.com");
        assert!(stored.is_same_as(&typed) && !stored.is_same_as(&other));
    }

    #[test]
    fn spellings_of_one_mailbox_are_counted_together() {
        for (address, mailbox) in [
            ("ada+shop@example.com", "ada@example.com"),
            ("a.d.a+1+2@gmail.com", "ada@gmail.com"),
            ("ada@googlemail.com", "ada@gmail.com"),
            ("a.da@example.com", "a.da@example.com"),
            ("+tag@example.com", "+tag@example.com"),
        ] {
            assert_eq!(Email::parse(address).unwrap().mailbox(), mailbox);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "a b@example.com",
            "ada@@example.com",
            "ada@exa mple.com",
            "Ada <ada@example.com>",
            "ada@example.com\r\nBcc: x@example.com",
            "\"a b\"@example.com",
            "ada@[127.0.0.1]",
            "ada\0@example.com",
            ".ada@example.com",
        ] {
            assert_eq!(Email::parse(bad), Err(InvalidEmail::Malformed), "{bad:?}");
        }
        assert_eq!(
            Email::parse(&format!("{}@example.com", "a".repeat(300))),
            Err(InvalidEmail::TooLong)
        );
    }
}
