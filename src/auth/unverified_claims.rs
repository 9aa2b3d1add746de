//! The claims of tokens that nobody has verified yet.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use super::short_tokens;
use super::tokens::MAX_LENGTH;
use super::wire::exact_moment;
use crate::model::{Id, Purpose};

/// The claims of a token, unverified: anyone can write anything here.
#[derive(Debug, Clone, Default)]
pub struct UnverifiedClaims {
    /// The algorithm of its signature (`alg`).
    pub algorithm: Option<String>,
    /// What it is for.
    pub purpose: Option<Purpose>,
    /// The account (`sub`).
    pub user_id: Option<Id>,
    /// The token's own id (`jti`).
    pub jti: Option<String>,
    /// When it was issued (`iat`).
    pub issued_at: Option<Timestamp>,
    /// When it expires (`exp`).
    pub expires_at: Option<Timestamp>,
    /// The audience that it is for (`aud`).
    pub audience: Vec<String>,
}

impl UnverifiedClaims {
    /// Reads the claims of a token without verifying them.
    #[must_use]
    pub fn read(token: &str) -> Self {
        if token.len() > MAX_LENGTH {
            Self::default()
        } else if short_tokens::is_short(token) {
            short_tokens::read(token).unwrap_or_default()
        } else {
            Self::of_jwt(token)
        }
    }

    fn of_jwt(token: &str) -> Self {
        let part = |index| -> serde_json::Value {
            let text = token.split('.').nth(index).unwrap_or_default();
            let json = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
            serde_json::from_slice(&json).unwrap_or_default()
        };
        let (header, claims) = (part(0), part(1));
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        Self {
            algorithm: text(&header["alg"]),
            purpose: serde_json::from_value(claims["purpose"].clone()).ok(),
            user_id: claims["sub"].as_str().and_then(|id| id.parse().ok()),
            jti: text(&claims["jti"]),
            issued_at: claims["iat"].as_f64().and_then(exact_moment),
            expires_at: claims["exp"]
                .as_i64()
                .and_then(|second| Timestamp::from_second(second).ok()),
            audience: match &claims["aud"] {
                serde_json::Value::Array(names) => names.iter().filter_map(text).collect(),
                name => text(name).into_iter().collect(),
            },
        }
    }
}
