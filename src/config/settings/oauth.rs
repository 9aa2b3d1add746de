//! Keys of the Python package for sign-in through other providers: known, so that its files load and their values are told to be idle.

use crate::config::key::section;
use crate::secret::SecretString;

section! {
    /// Keys that load, and mean nothing until there is such a sign-in.
    pub(in crate::config) struct OauthKeys at oauth, named "" field "" {
        enable_oauth: bool = false, NO_OAUTH, "Only false is accepted.";
        oauth_identity_collection: String = "oauth_identities".into(), COLLECTION, "MongoDB collection where the Python package keeps logins through other providers; deleted with their account.";
        oauth_state_collection: String = "oauth_states".into(), COLLECTION, "Accepted for the Python package's files.";
        oauth_exchange_rate_limit: Option<crate::config::RateLimit> = None, Any, "Accepted for the Python package's files.";
    }
}

section! {
    /// Keys that are accepted and warned of.
    pub(in crate::config) struct RefusedKeys at refused, named "oauth." field "" {
        google_client_id: Option<SecretString> = None, Any, "Accepted for the Python package's files.";
        google_client_secret: Option<SecretString> = None, Any, "Accepted for the Python package's files.";
        google_redirect_uri: Option<SecretString> = None, Any, "Accepted for the Python package's files.";
        auto_link_verified_emails: Option<SecretString> = None, Any, "Accepted for the Python package's files.";
        enforce_mfa_on_oauth_signin: Option<SecretString> = None, Any, "Accepted for the Python package's files.";
        state_ttl_seconds: Option<SecretString> = None, Any, "Accepted for the Python package's files.";
        completion_ttl_seconds: Option<SecretString> = None, Any, "Accepted for the Python package's files.";
    }
}
