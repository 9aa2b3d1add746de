//! Signed tokens, and codes sent by SMS.

use std::collections::BTreeSet;

use crate::config::key::section;
use crate::config::value::choice;
use crate::secret::{ExposeSecret as _, SecretString};

/// The longest lifetime of a link: ten years. A longer one is a mistake, and would overflow dates.
const MAX_LINK_SECONDS: u64 = 315_360_000;

/// The longest lifetime of a session, in seconds: 30 days.
pub const MAX_SESSION_SECONDS: u32 = 2_592_000;

/// The longest lifetime of a session whose tokens are renewed, in seconds: a year.
const MAX_RENEWED_SECONDS: u64 = 31_536_000;

section! {
    /// Signed tokens.
    pub struct Tokens at settings.tokens, named "" field "" {
        jwt_secret: SecretString = SecretString::default(), Any, "Signs tokens and encrypts queued messages: at least 32 characters, from `regstack secret generate`. Required.";
        jwt_previous_secrets: Vec<SecretString> = Vec::new(), Any, "Older secrets; their tokens are still accepted.";
        jwt_algorithm: JwtAlgorithm = JwtAlgorithm::HS256, Any, "Algorithm that signs session tokens: HS256, HS384 and HS512 use `jwt_secret`; with EdDSA and ES256 other programs can verify tokens too.";
        jwt_ttl_seconds: u32 = 7200, Range(60, MAX_SESSION_SECONDS as u64), "Seconds a session lasts.";
        jwt_audience: Option<String> = None, OPTIONAL_LINE, "Audience (`aud`) of tokens; tokens for others are refused.";
        transport: Transport = Transport::Bearer, Any, "How browsers hold a session. Scripts can't read a cookie, and it only works for pages at `base_url`.";
        verification_token_ttl_seconds: u32 = 86_400, Range(60, MAX_LINK_SECONDS), "Seconds a verification link works.";
        password_reset_token_ttl_seconds: u32 = 1800, Range(60, MAX_LINK_SECONDS), "Seconds a password reset link works.";
        email_change_token_ttl_seconds: u32 = 3600, Range(60, MAX_LINK_SECONDS), "Seconds the link that confirms a new email address works.";
        invite_token_ttl_seconds: u32 = 604_800, Range(60, MAX_LINK_SECONDS), "Seconds an invitation works.";
        jwt_next_secret: Option<SecretString> = None, Any, "The next `jwt_secret`: already accepted, not used yet. `regstack secret rotate --prepare` writes it.";
        signing_key_rotation_days: u32 = 90, Range(0, 3650), "With EdDSA or ES256: days until the next signing key is made; 0 leaves it to `regstack keys rotate`.";
        signing_key_overlap_seconds: u32 = 3600, Range(300, 604_800), "With EdDSA or ES256: seconds a new signing key is published before it signs.";
        token_claims: Vec<TokenClaim> = Vec::new(), Any, "With EdDSA or ES256: what session tokens say about the account besides its id. Anyone who has a token can read it.";
        session_max_seconds: u32 = 0, Range(0, MAX_RENEWED_SECONDS), "Seconds after the login that a session can last while it is used, because its tokens are renewed. With 0, tokens aren't renewed, and a session ends after `jwt_ttl_seconds`.";
    }
}

impl Tokens {
    /// Returns the secrets that are accepted in addition to `jwt_secret`: the previous ones and the next one.
    pub fn also_accepted(&self) -> impl Iterator<Item = &SecretString> {
        self.jwt_previous_secrets
            .iter()
            .chain(&self.jwt_next_secret)
    }

    /// Returns how many characters `jwt_secret` has, and how many different ones. It doesn't reveal more of it.
    #[must_use]
    pub fn secret_characters(&self) -> (usize, usize) {
        let secret = self.jwt_secret.expose_secret();
        let different: BTreeSet<char> = secret.chars().collect();
        (secret.chars().count(), different.len())
    }
}

choice! {
    /// The claims about the account that a session token can have.
    pub enum TokenClaim {
        /// The email address.
        Email = "email",
        /// Whether the email address is verified.
        EmailVerified = "email_verified",
        /// The person's name.
        Name = "name",
        /// Whether the account is an administrator.
        Admin = "admin",
    }
}

choice! {
    /// The algorithm that signs tokens: an HMAC under `jwt_secret` (RFC 7518 §3.2), or for session tokens a key pair,
    /// so that other programs can verify them.
    pub enum JwtAlgorithm {
        /// HMAC with SHA-256.
        HS256 = "HS256",
        /// HMAC with SHA-384.
        HS384 = "HS384",
        /// HMAC with SHA-512.
        HS512 = "HS512",
        /// Ed25519 (RFC 8037).
        EdDsa = "EdDSA",
        /// ECDSA over P-256 with SHA-256 (RFC 7518 §3.4).
        Es256 = "ES256",
    }
}

impl JwtAlgorithm {
    /// Returns whether it signs with `jwt_secret` rather than with key pairs.
    #[must_use]
    pub fn is_hmac(self) -> bool {
        !matches!(self, Self::EdDsa | Self::Es256)
    }
}

choice! {
    /// How browsers carry a session.
    pub enum Transport {
        /// In the `Authorization` header.
        Bearer = "bearer",
        /// In a cookie, which scripts can't read.
        Cookie = "cookie",
    }
}

section! {
    /// Codes sent by SMS.
    pub struct SmsCodes at settings.sms_codes, named "" field "" {
        sms_code_length: u8 = 6, Range(4, 10), "Digits in a code.";
        sms_code_ttl_seconds: u32 = 300, Range(30, 1800), "Seconds a code works.";
        sms_code_max_attempts: u32 = 5, Range(1, 20), "Attempts per code.";
        mfa_pending_token_ttl_seconds: u32 = 600, Range(60, 1800), "Seconds a login waits for its code.";
    }
}
