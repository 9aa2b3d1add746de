//! What is declared and does nothing yet. The list shrinks with every feature built, and then this file goes.

/// Keys, or `key=value` where only that value has no effect.
const UNBUILT: &[&str] = &[
    "metrics",
    "oauth_identity_collection",
    "oauth_state_collection",
    "oauth_exchange_rate_limit",
];

/// Whether a key has no effect when it is not at its default but holds `value`. Switching off a feature that is on by
/// default and not built needs no entry: it is off.
pub(super) fn without_effect(key: &str, value: &str) -> bool {
    UNBUILT.iter().any(|entry| {
        entry
            .split_once('=')
            .map_or(*entry == key, |(name, only)| name == key && only == value)
    })
}

/// Whether a key has no effect at all.
pub(super) fn is_unbuilt(key: &str) -> bool {
    UNBUILT.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::keys;

    #[test]
    fn every_entry_is_a_key() {
        for entry in UNBUILT {
            let name = entry.split('=').next().unwrap();
            assert!(keys().any(|key| key.name == name), "{entry}");
        }
    }
}
