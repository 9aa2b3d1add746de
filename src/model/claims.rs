//! What a signed token says, and the purposes a token can have.

use jiff::Timestamp;

use super::named::names;
use super::{Email, Id, PhoneNumber, ProviderId};

names! {
    /// What a token is for. A token of one purpose is refused everywhere else, by key and by claim.
    pub enum Purpose {
        /// A logged-in session.
        Session = "session",
        /// A mailed link that sets a password.
        PasswordReset = "password_reset",
        /// A mailed link that confirms a new address.
        EmailChange = "email_change",
        /// The wait for the code that confirms a phone number.
        PhoneSetup = "phone_setup",
        /// The wait for the code of the second factor.
        LoginMfa = "login_mfa",
        /// The wait for the code that confirms an authenticator app.
        TotpSetup = "totp_setup",
        /// The wait for a new passkey.
        PasskeySetup = "passkey_setup",
        /// The wait for a new passkey of whoever holds a mailed link.
        PasskeyByLink = "passkey_by_link",
        /// The wait for a login by passkey, of whoever.
        PasskeyLogin = "passkey_login",
    }
}

/// The checked content of a token (RFC 7519), in whole milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The account (`sub`).
    pub user_id: Id,
    /// The token's own id (`jti`): 16 random bytes, base64url. Revocation names it.
    pub jti: String,
    /// The session that a session token is of (`sid`). Tokens that do not say are the first of theirs: [`Claims::session_id`].
    pub sid: Option<String>,
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
    /// The sealed secret that the wait for an authenticator app's code is about, as base64url.
    pub sealed: Option<String>,
    /// What whoever began keeps, hashed: no other one can go on. The cookie of a browser, or the mailed link.
    pub browser: Option<String>,
    /// The provider that somebody logged in with who waits for the second step.
    pub provider: Option<ProviderId>,
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
            sid: None,
            issued_at,
            expires_at,
            purpose,
            new_email: None,
            old_email: None,
            phone: None,
            sealed: None,
            browser: None,
            provider: None,
        }
    }
}
