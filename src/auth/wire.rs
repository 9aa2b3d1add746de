//! The claims as written in a token.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::from_millis;
use crate::model::{Email, PhoneNumber, ProviderId, Purpose};

/// The claims as written in a token.
#[derive(Serialize, Deserialize)]
pub(super) struct Wire {
    pub(super) sub: String,
    pub(super) jti: String,
    /// Only in session tokens. Tokens signed with a secret have it only if it differs from `jti`, because the Python
    /// package doesn't know this claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
    /// Float seconds.
    pub(super) iat: f64,
    /// Whole seconds.
    pub(super) exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nbf: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aud: Option<Audience>,
    pub(super) purpose: Purpose,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) new_email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) old_email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) phone: Option<PhoneNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sealed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) browser: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provider: Option<ProviderId>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub(super) fn names(&self, wanted: &str) -> bool {
        match self {
            Self::One(name) => name == wanted,
            Self::Several(names) => names.iter().any(|name| name == wanted),
        }
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 fit a double's 53 bits until the year 287396"
)]
pub(super) fn seconds(moment: Timestamp) -> f64 {
    moment.as_millisecond() as f64 / 1000.0
}

/// Converts a float `iat` to a whole millisecond. It rounds to microseconds first and truncates then, because
/// truncating the float itself could lose a millisecond.
#[allow(
    clippy::cast_possible_truncation,
    reason = "guarded by the range above it"
)]
pub(super) fn exact_moment(iat: f64) -> Option<Timestamp> {
    (0.0..1e11)
        .contains(&iat)
        .then(|| from_millis((iat * 1e6).round() as i64 / 1000))
}
