//! The claims of a signed token, and the purposes that a token can have.

use jiff::Timestamp;

use super::named::names;
use super::{Email, Id, PhoneNumber, ProviderId};

names! {
    /// What a token is for. A token of one purpose is refused for every other, by its key and by its claim.
    pub enum Purpose {
        /// A session.
        Session = "session",
        /// A mailed link that sets a password.
        PasswordReset = "password_reset",
        /// A mailed link that confirms a new email address.
        EmailChange = "email_change",
        /// Waiting for the code that confirms a phone number.
        PhoneSetup = "phone_setup",
        /// Waiting for the second factor of a login.
        LoginMfa = "login_mfa",
        /// Waiting for the code that confirms an authenticator app.
        TotpSetup = "totp_setup",
        /// Waiting for a new passkey.
        PasskeySetup = "passkey_setup",
        /// Waiting for a new passkey from somebody who opened a mailed link.
        PasskeyByLink = "passkey_by_link",
        /// Waiting for a login with a passkey, of any account.
        PasskeyLogin = "passkey_login",
        /// An administrator's proof of who they are, for sensitive acts in the console.
        ConsoleProof = "console_proof",
        /// Waiting for a passkey that proves it.
        ConsolePasskey = "console_passkey",
    }
}

/// The verified claims of a token (RFC 7519), with times in whole milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The account (`sub`).
    pub user_id: Id,
    /// The token's own id (`jti`): 16 random bytes, base64url. Revocations refer to it.
    pub jti: String,
    /// The session of a session token (`sid`). A token without it is the first of its session, see
    /// [`Claims::session_id`].
    pub sid: Option<String>,
    /// When it was issued (`iat`).
    pub issued_at: Timestamp,
    /// When it expires (`exp`).
    pub expires_at: Timestamp,
    /// What it is for.
    pub purpose: Purpose,
    /// The email address that an email-change link confirms.
    pub new_email: Option<Email>,
    /// The email address that the account had when an email-change link was issued. Links of the Python package don't
    /// have it.
    pub old_email: Option<Email>,
    /// The phone number that the pending code can confirm, and no other.
    pub phone: Option<PhoneNumber>,
    /// The encrypted secret of the authenticator app that is being set up, as base64url.
    pub sealed: Option<String>,
    /// The hash of a value that only whoever started has: a browser's cookie, or a mailed link. Nobody else can continue.
    pub browser: Option<String>,
    /// The provider of a login that is waiting for the second factor.
    pub provider: Option<ProviderId>,
}

impl Claims {
    /// Creates the claims that every token has.
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
