//! What a signed token says, and the purposes a token can have.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Email, Id, PhoneNumber, User};

/// What a token is for. A token of one purpose is refused everywhere else, by key and by claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A logged-in session.
    Session,
    /// A mailed link that sets a password.
    PasswordReset,
    /// A mailed link that confirms a new address.
    EmailChange,
    /// The wait for the code that confirms a phone number.
    PhoneSetup,
    /// The wait for the code of the second factor.
    LoginMfa,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: &[Self] = &[
        Self::Session,
        Self::PasswordReset,
        Self::EmailChange,
        Self::PhoneSetup,
        Self::LoginMfa,
    ];

    /// The name in the claim and in the key derivation.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::PasswordReset => "password_reset",
            Self::EmailChange => "email_change",
            Self::PhoneSetup => "phone_setup",
            Self::LoginMfa => "login_mfa",
        }
    }
}

/// The checked content of a token (RFC 7519), in whole milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The account (`sub`).
    pub user_id: Id,
    /// The token's own id (`jti`): 16 random bytes, base64url. Revocation names it.
    pub jti: String,
    /// When it was issued (`iat`).
    pub issued_at: Timestamp,
    /// From this moment on it is dead (`exp`).
    pub expires_at: Timestamp,
    /// What it is for.
    pub purpose: Purpose,
    /// The address that an email-change link confirms.
    pub new_email: Option<Email>,
    /// The address that an email-change link was issued from. The Python package's links do not say.
    pub old_email: Option<Email>,
    /// The number that the wait for a code is about: the only one that the code can confirm.
    pub phone: Option<PhoneNumber>,
}

impl Claims {
    /// The claims every token has.
    #[must_use]
    pub fn new(
        user_id: Id,
        jti: String,
        issued_at: Timestamp,
        expires_at: Timestamp,
        purpose: Purpose,
    ) -> Self {
        Self {
            user_id,
            jti,
            issued_at,
            expires_at,
            purpose,
            new_email: None,
            old_email: None,
            phone: None,
        }
    }

    /// Whether the account still honours a token issued then: it is active, and nothing has ended its tokens since.
    #[must_use]
    pub fn outlives(&self, user: &User) -> bool {
        user.is_active
            && user
                .tokens_invalidated_after
                .is_none_or(|cut_off| self.issued_at > cut_off)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_disabled_account_honours_no_token_and_a_cut_off_ends_what_came_before_it() {
        let now: Timestamp = "2026-11-23T06:00:00.123Z".parse().unwrap();
        let id = Id::from_bytes([7; 12]);
        let mut user = User {
            id,
            email: Email::from_stored("ada@example.com".into()),
            hashed_password: None,
            is_active: true,
            is_verified: true,
            is_superuser: false,
            full_name: None,
            phone_number: None,
            is_mfa_enabled: false,
            created_at: now,
            updated_at: now,
            last_login: None,
            tokens_invalidated_after: None,
        };
        let claims = Claims::new(
            id,
            "j".into(),
            now,
            now + SignedDuration::from_hours(1),
            Purpose::Session,
        );
        assert!(claims.outlives(&user));
        user.tokens_invalidated_after = Some(now - SignedDuration::from_millis(1));
        assert!(claims.outlives(&user));
        user.tokens_invalidated_after = Some(now);
        assert!(
            !claims.outlives(&user),
            "the cut-off's own millisecond is dead"
        );
        user.tokens_invalidated_after = None;
        user.is_active = false;
        assert!(!claims.outlives(&user));
    }
}
