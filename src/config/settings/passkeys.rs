//! The sites that passkeys are valid for.

use crate::config::key::section;

section! {
    /// The sites that passkeys are valid for.
    pub struct Passkeys at settings.passkeys, named "" field "" {
        passkey_rp_id: Option<String> = None, DOMAIN, "Domain that passkeys are valid for: the host of `base_url` (the default) or a domain above it. Changing it invalidates all passkeys.";
        passkey_origins: Vec<String> = Vec::new(), NAMED_ORIGINS, "Other origins on this domain whose pages may use passkeys, such as `https://app.example.com`.";
    }
    derived {
        /// The relying party's id, from `passkey_rp_id` and `base_url`.
        rp_id: String = "localhost".into();
        /// Every origin whose pages may use passkeys, from `passkey_origins` and `base_url`.
        origins: Vec<String> = vec!["http://localhost:8000".into()];
    }
}
