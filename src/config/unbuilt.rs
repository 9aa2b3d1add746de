//! Keys that are accepted but have no effect yet. The list shrinks with every feature built, and then this file goes.

const UNBUILT: &[&str] = &["metrics"];

/// Returns whether a key has no effect.
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
            assert!(keys().any(|key| key.name == *entry), "{entry}");
        }
    }
}
