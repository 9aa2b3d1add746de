//! The ids that imported accounts had in other systems.

use serde::Serialize;

use super::named::text;

/// An account's id in the system that it was imported from, such as `auth0|5f7c8ec7c33c6c004bbafe82`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ForeignId(String);

impl ForeignId {
    /// The maximum length, in bytes.
    pub const MAX_LENGTH: usize = 255;

    /// Parses an id. Returns `None` if it is empty, too long, or contains control characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.len() <= Self::MAX_LENGTH;
        (fits && !text.contains(char::is_control)).then(|| Self(text.to_owned()))
    }
}

text!(ForeignId);
