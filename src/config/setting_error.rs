//! An error in a setting that is found after the configuration was loaded.

/// Why a setting can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct SettingError {
    /// The key to change.
    pub key: &'static str,
    /// What is wrong. Contains no secret.
    pub reason: String,
}

impl SettingError {
    /// Returns the error for `key`.
    pub fn new(key: &'static str, reason: impl Into<String>) -> Self {
        Self {
            key,
            reason: reason.into(),
        }
    }
}
