//! regstack's own file format for accounts, and its validation.

use data_encoding::BASE32_NOPAD;
use serde_json::Value;

use super::fields::{flag, moment, text};
use super::{AccountRecord, Flags, LinkedPerson};
use crate::auth::{PasswordHasher, TotpSecret};
use crate::model::identity::MAX_SUBJECT;
use crate::model::{Email, ForeignId, FullName, Language, PhoneNumber, ProviderId};

/// The allowed length of a TOTP secret, in bytes (RFC 4226 §4).
const TOTP_SECRET: std::ops::RangeInclusive<usize> = 10..=64;

/// Validates an account in regstack's own format.
pub(super) fn checked(row: &Value, assumed_verified: bool) -> Result<AccountRecord, String> {
    let address = text(row, "email").ok_or("it has no email address")?;
    let email = Email::parse(&address).map_err(|rule| rule.to_string())?;
    let id = match text(row, "id") {
        None => None,
        Some(id) => Some(id.parse().map_err(|rule| format!("{rule}"))?),
    };
    let foreign_id = match text(row, "foreign_id") {
        None => None,
        Some(id) => Some(ForeignId::parse(&id).ok_or("foreign_id is too long")?),
    };
    let hash = text(row, "password_hash").map(|hash| PasswordHasher::recognize(&hash));
    let full_name = text(row, "full_name").unwrap_or_default();
    let phone_number = text(row, "phone_number").map(|number| PhoneNumber::parse(&number));
    let totp = match text(row, "totp_secret") {
        None => None,
        Some(secret) => Some(totp(&secret).ok_or("totp_secret isn't a secret in base32")?),
    };
    let flags = Flags {
        is_active: flag(row, "is_active", true)?,
        is_verified: flag(row, "is_verified", assumed_verified)?,
        is_superuser: flag(row, "is_superuser", false)?,
        asks_by_sms: flag(row, "is_mfa_enabled", false)?,
    };
    if flags.asks_by_sms && phone_number.is_none() && totp.is_none() {
        // Without this check, an account that used a second factor elsewhere would be imported without one.
        return Err("is_mfa_enabled needs phone_number or totp_secret".into());
    }
    Ok(AccountRecord {
        id,
        foreign_id,
        email,
        hash: hash.transpose().map_err(|unfit| unfit.to_string())?,
        full_name: FullName::parse(&full_name).map_err(|rule| rule.to_string())?,
        phone_number: phone_number.transpose().map_err(|rule| rule.to_string())?,
        language: text(row, "language").and_then(|tag| Language::parse(&tag)),
        flags,
        totp,
        people: people(row)?,
        created_at: moment(row, "created_at")?,
        last_login: moment(row, "last_login")?,
    })
}

/// The people at other providers: a list, or in CSV its JSON.
fn people(row: &Value) -> Result<Vec<LinkedPerson>, String> {
    let list = match row.get("identities") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::String(text)) if text.is_empty() || text == "\\N" => return Ok(Vec::new()),
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(list) => list.clone(),
    };
    let list = list.as_array().ok_or("identities isn't a list")?;
    let mut people: Vec<LinkedPerson> = Vec::new();
    for one in list {
        let provider = text(one, "provider").and_then(|name| ProviderId::parse(&name));
        let provider = provider.ok_or("identities has an entry without a valid provider")?;
        let subject = text(one, "subject_id").filter(|subject| subject.len() <= MAX_SUBJECT);
        let subject = subject.ok_or("identities has an entry without a valid subject_id")?;
        if people.iter().any(|other| other.provider == provider) {
            return Err("identities has two entries for one provider".into());
        }
        people.push(LinkedPerson {
            provider,
            subject,
            email: text(one, "email"),
            linked_at: moment(one, "linked_at")?,
        });
    }
    Ok(people)
}

fn totp(text: &str) -> Option<TotpSecret> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '='))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let bytes = BASE32_NOPAD.decode(plain.as_bytes()).ok()?;
    TOTP_SECRET
        .contains(&bytes.len())
        .then(|| TotpSecret::from_bytes(bytes))
}
