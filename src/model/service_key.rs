//! Service keys: how a program proves its identity, and what it may do.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::named::{names, text};
use super::{Id, ListItem, ProofHash};
use crate::secret::{self, ExposeSecret as _, SecretString};

/// The prefix of every key, which scanners for leaked secrets look for.
pub const PREFIX: &str = "rsk_";
/// The number of hexadecimal digits of the id, the secret, and the checksum after them.
const ID: usize = 24;
const SECRET: usize = 64;
const CHECKSUM: usize = 8;

/// A stand-in for a missing hash. It has the length of a hash and equals none.
const NO_HASH: &str = "----------------------------------------------------------------";

/// How long an expired key stays in lists, so that people find out why it stopped working.
pub const KEPT_AFTER_EXPIRY: SignedDuration = SignedDuration::from_hours(30 * 24);

names! {
    /// What a service key may be used for.
    #[derive(PartialOrd, Ord)]
    pub enum Scope {
        /// Asking whether a session token is valid, and whose it is.
        Introspect = "introspect",
        /// All GET requests of the admin API.
        AdminRead = "admin:read",
        /// The whole admin API except for the service keys themselves.
        AdminWrite = "admin:write",
    }
}

/// The scopes of a key: at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

/// The text isn't a valid list of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("scopes are one or more of introspect, admin:read and admin:write")]
pub struct InvalidScopes;

impl Scopes {
    /// Parses a list of scopes separated by spaces (RFC 6749 §3.3) or commas.
    ///
    /// # Errors
    /// [`InvalidScopes`] for an unknown scope or an empty list.
    pub fn parse(text: &str) -> Result<Self, InvalidScopes> {
        let names = text.split([' ', ',']).filter(|name| !name.is_empty());
        let scope = |name: &str| Scope::from_name(name).ok_or(InvalidScopes);
        let scopes: BTreeSet<Scope> = names.map(scope).collect::<Result<_, _>>()?;
        if scopes.is_empty() {
            return Err(InvalidScopes);
        }
        Ok(Self(scopes))
    }

    /// Returns whether `scope` is allowed. Permission to write includes permission to read.
    #[must_use]
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope) || scope == Scope::AdminRead && self.0.contains(&Scope::AdminWrite)
    }

    /// Returns the published names.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|scope| scope.as_str()).collect()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(" "))
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.names().serialize(serializer)
    }
}

/// The name of a service key, which appears in the audit trail. Names are unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceKeyName(String);

/// The text isn't a valid name of a service key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of a service key has 1 to 64 letters a-z, digits, dots, dashes or underscores, and starts with a letter or digit"
)]
pub struct InvalidServiceKeyName;

impl ServiceKeyName {
    /// The maximum length, in characters.
    pub const MAX_LENGTH: usize = 64;
    /// The form of a name, as a regular expression.
    pub const PATTERN: &str = "^[a-z0-9][a-z0-9._-]{0,63}$";

    /// Parses a name.
    ///
    /// # Errors
    /// [`InvalidServiceKeyName`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidServiceKeyName> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = (1..=Self::MAX_LENGTH).contains(&text.len())
            && text
                .bytes()
                .all(|byte| plain(byte) || b"._-".contains(&byte))
            && text.bytes().next().is_some_and(plain);
        // A name in the form of an id would be mistaken for one.
        if fits && text.parse::<Id>().is_err() {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidServiceKeyName)
        }
    }
}

text!(ServiceKeyName);

/// A service key as stored, with the hash of its text instead of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceKey {
    /// The id, which is part of the key's text.
    pub id: Id,
    /// The name.
    pub name: ServiceKeyName,
    /// The SHA-256 of the key's text.
    pub hash: ProofHash,
    /// What it may be used for.
    pub scopes: Scopes,
    /// Who created it, as recorded in the audit trail.
    pub created_by: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires, if it does.
    pub expires_at: Option<Timestamp>,
    /// The last day on which it was used, as the start of that day in UTC.
    pub last_used_on: Option<Timestamp>,
}

impl ServiceKey {
    /// Returns the day of `now` if no use was recorded for it yet.
    #[must_use]
    pub fn first_use_on(&self, now: Timestamp) -> Option<Timestamp> {
        let day = day_of(now)?;
        self.last_used_on
            .is_none_or(|noted| noted < day)
            .then_some(day)
    }

    /// Returns the part that is published.
    #[must_use]
    pub fn public(&self) -> ServiceKeyPublic {
        ServiceKeyPublic {
            id: self.id,
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            created_by: self.created_by.clone(),
            created_at: self.created_at,
            expires_at: self.expires_at,
            last_used_on: self
                .last_used_on
                .map(|day| day.to_zoned(TimeZone::UTC).date()),
        }
    }
}

/// Returns the start of a moment's day in UTC.
fn day_of(now: Timestamp) -> Option<Timestamp> {
    let midnight = now.to_zoned(TimeZone::UTC).start_of_day().ok()?;
    Some(midnight.timestamp())
}

/// A service key, without the key itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ServiceKeyItem)]
pub struct ServiceKeyPublic {
    /// 24 hexadecimal digits.
    #[schema(value_type = String, example = "6741c3a08f2b5d1e9c7a4b61")]
    pub id: Id,
    /// The name.
    #[schema(value_type = String, example = "billing")]
    pub name: ServiceKeyName,
    /// What it may be used for: `introspect`, `admin:read`, `admin:write`.
    #[schema(value_type = Vec<Scope>, example = json!(["introspect"]))]
    pub scopes: Scopes,
    /// Who created it: `user:<id>`, or `operator:<name>` on the command line.
    #[schema(example = "user:6741c3a08f2b5d1e9c7a4b60")]
    pub created_by: String,
    /// When it was created: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it expires; null for never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// The last day it was used, in UTC; null if never.
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-23")]
    pub last_used_on: Option<Date>,
}

impl ListItem for ServiceKeyPublic {
    const PAGE: &'static str = "ServiceKeysAnswer";
    const ABOUT_PAGE: &'static str = "One page of service keys.";
}

/// The text of a new service key, which is shown once.
#[derive(Debug)]
pub struct ServiceKeyText(SecretString);

impl ServiceKeyText {
    /// Creates a key from 32 random bytes.
    #[must_use]
    pub fn new(id: Id, secret: [u8; 32]) -> Self {
        let secret = hex::encode(secret);
        let key = format!("{PREFIX}{id}{secret}");
        let checksum = checksum(&key);
        Self(SecretString::from(key + checksum.as_str()))
    }

    /// Returns the text.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the hash that is stored.
    #[must_use]
    pub fn hash(&self) -> ProofHash {
        ProofHash::of(self.expose())
    }
}

/// A service key that someone presented. It has the right form, but may not be valid.
#[derive(Debug, Clone)]
pub struct PresentedServiceKey {
    /// The id inside the key.
    pub id: Id,
    hash: ProofHash,
}

impl PresentedServiceKey {
    /// Parses a key. Returns `None` if the form or the checksum is wrong, as in a mistyped key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digits.len() != ID + SECRET + CHECKSUM || !digits.bytes().all(is_hex) {
            return None;
        }
        let (key, sum) = text.split_at(text.len() - CHECKSUM);
        if checksum(key) != sum {
            return None;
        }
        Some(Self {
            id: digits[..ID].parse().ok()?,
            hash: ProofHash::of(text),
        })
    }

    /// Returns whether `found`, the stored key with this id, is the same key and hasn't expired. For every wrong key
    /// it takes the same time, whether or not one was found.
    #[must_use]
    pub fn is(&self, found: Option<&ServiceKey>, now: Timestamp) -> bool {
        let kept = found.map_or(NO_HASH, |key| key.hash.as_str());
        let is_same = secret::equal(kept.as_bytes(), self.hash.as_str().as_bytes());
        let is_alive = |key: &ServiceKey| key.expires_at.is_none_or(|expires_at| now < expires_at);
        is_same && found.is_some_and(is_alive)
    }
}

fn checksum(key: &str) -> String {
    ProofHash::of(key).as_str()[..CHECKSUM].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn id() -> Id {
        Id::from_bytes([7; 12])
    }

    fn key(text: &ServiceKeyText) -> ServiceKey {
        ServiceKey {
            id: id(),
            name: ServiceKeyName::parse("billing").unwrap(),
            hash: text.hash(),
            scopes: Scopes::parse("introspect").unwrap(),
            created_by: "operator:root".into(),
            created_at: at(0),
            expires_at: None,
            last_used_on: None,
        }
    }

    #[test]
    fn a_key_is_one_word_that_scanners_find_and_slips_of_the_pen_are_none() {
        let text = ServiceKeyText::new(id(), [9; 32]);
        let shown = text.expose();
        assert_eq!(shown.len(), 100);
        assert!(shown.starts_with("rsk_070707070707070707070707"));
        assert_eq!(PresentedServiceKey::parse(shown).unwrap().id, id());
        for at in 0..shown.len() {
            let mut slip = shown.as_bytes().to_vec();
            slip[at] = if slip[at] == b'a' { b'b' } else { b'a' };
            let slip = String::from_utf8(slip).unwrap();
            assert!(PresentedServiceKey::parse(&slip).is_none(), "{slip}");
        }
        for other in ["", "rsk_", &shown[1..], &shown[..99], &shown.to_uppercase()] {
            assert!(PresentedServiceKey::parse(other).is_none(), "{other}");
        }
        assert!(!format!("{text:?}").contains("0909"), "never printed");
    }

    #[test]
    fn only_the_very_key_is_accepted_and_only_until_it_expires() {
        let text = ServiceKeyText::new(id(), [9; 32]);
        let mut kept = key(&text);
        let presented = |secret| {
            let text = ServiceKeyText::new(id(), secret);
            PresentedServiceKey::parse(text.expose()).unwrap()
        };
        assert!(presented([9; 32]).is(Some(&kept), at(0)));
        assert!(!presented([8; 32]).is(Some(&kept), at(0)));
        assert!(!presented([9; 32]).is(None, at(0)));
        kept.expires_at = Some(at(10));
        assert!(presented([9; 32]).is(Some(&kept), at(9)));
        assert!(!presented([9; 32]).is(Some(&kept), at(10)));
    }

    #[test]
    fn a_use_is_noted_once_a_day() {
        let mut kept = key(&ServiceKeyText::new(id(), [1; 32]));
        assert_eq!(kept.first_use_on(at(DAY + 5)), Some(at(DAY)));
        kept.last_used_on = Some(at(DAY));
        assert_eq!(kept.first_use_on(at(2 * DAY - 1)), None);
        assert_eq!(kept.first_use_on(at(2 * DAY)), Some(at(2 * DAY)));
        assert_eq!(kept.first_use_on(at(0)), None, "a clock that was put back");
    }

    #[test]
    fn who_may_write_may_read_and_no_scope_reaches_into_another() {
        let allowed = |scopes: &str| {
            let scopes = Scopes::parse(scopes).unwrap();
            let allowed = Scope::ALL.iter().filter(|scope| scopes.allow(**scope));
            allowed.map(|scope| scope.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(allowed("introspect"), ["introspect"]);
        assert_eq!(allowed("admin:read"), ["admin:read"]);
        assert_eq!(allowed("admin:write"), ["admin:read", "admin:write"]);
        assert_eq!(
            Scopes::parse("admin:read,introspect introspect")
                .unwrap()
                .to_string(),
            "introspect admin:read"
        );
        for none in [
            "",
            " ",
            ",",
            "admin",
            "admin:*",
            "introspect;admin:read",
            "INTROSPECT",
        ] {
            assert!(Scopes::parse(none).is_err(), "{none:?}");
        }
    }

    #[test]
    fn names_are_plain_words() {
        for good in ["a", "billing", "shop-2.eu_west", &"x".repeat(64)] {
            assert!(ServiceKeyName::parse(good).is_ok(), "{good}");
        }
        let long = "x".repeat(65);
        for bad in [
            "",
            "Billing",
            "a b",
            "-a",
            "a\n",
            "é",
            "a:b",
            &long,
            &"a".repeat(24),
        ] {
            assert!(ServiceKeyName::parse(bad).is_err(), "{bad:?}");
        }
    }

    /// Hashes are compared in constant time, so that the time reveals neither where a wrong key differs nor whether
    /// one exists.
    #[test]
    fn the_time_of_a_comparison_tells_nothing_of_the_key() {
        let text = ServiceKeyText::new(id(), [9; 32]);
        let kept = key(&text);
        let of = |hash: String| PresentedServiceKey {
            id: id(),
            hash: ProofHash::from_stored(hash),
        };
        let hash = text.hash().as_str().to_owned();
        let first = of(format!("x{}", &hash[1..]));
        let last = of(format!("{}x", &hash[..63]));
        let time = |presented: &PresentedServiceKey, found: Option<&ServiceKey>| {
            let started = std::time::Instant::now();
            for _ in 0..2_000 {
                let found = std::hint::black_box(found);
                std::hint::black_box(std::hint::black_box(presented).is(found, at(0)));
            }
            started.elapsed().as_nanos()
        };
        // The shortest of many alternating rounds is the cost without interference from other processes.
        let mut shortest = [u128::MAX; 3];
        for _ in 0..60 {
            let round = [
                time(&first, Some(&kept)),
                time(&last, Some(&kept)),
                time(&last, None),
            ];
            shortest = std::array::from_fn(|at| shortest[at].min(round[at]));
        }
        let (less, more) = (
            shortest.iter().min().unwrap(),
            shortest.iter().max().unwrap(),
        );
        assert!(more * 4 < less * 5, "{shortest:?} ns");
    }
}
