//! The sites that passkeys are valid for.

use crate::config::key::section;

section! {
    /// The sites that passkeys are valid for.
    pub struct Passkeys at settings.passkeys, named "" field "" {
        passkey_rp_id: Option<String> = None, DOMAIN, "Domain that passkeys are for: the host of `base_url`, which it is without this key, or a domain above it. Another one makes all passkeys useless.";
        passkey_origins: Vec<String> = Vec::new(), NAMED_ORIGINS, "Other origins on this domain whose pages may use passkeys, such as `https://app.example.com`.";
    }
    derived {
        /// The relying party's id, from `passkey_rp_id` and `base_url`.
        rp_id: String = "localhost".into();
        /// Every origin whose pages may use passkeys, from `passkey_origins` and `base_url`.
        origins: Vec<String> = vec!["http://localhost:8000".into()];
    }
}
