//! Values as the templates show them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// A moment, in UTC. The script shows it in the reader's time zone.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Moment {
    /// RFC 3339, for programs.
    exact: String,
    /// To the minute, for people.
    text: String,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        let utc = at.to_zoned(TimeZone::UTC);
        Self {
            exact: at.to_string(),
            text: utc.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        }
    }
}

/// Returns the start of a text, so that strangers can't make a list long.
pub(super) fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
