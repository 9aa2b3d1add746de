//! The report of a command that removes what has expired.

use serde::Serialize;

use super::output::{Canvas, Report};

/// What was removed, with the words for it.
#[derive(Serialize)]
pub(super) struct Purged {
    /// How many rows.
    pub(super) removed: u64,
    /// What is said when there was nothing to remove.
    #[serde(skip)]
    pub(super) nothing: &'static str,
    /// What one of them is.
    #[serde(skip)]
    pub(super) one: &'static str,
    /// What several of them are.
    #[serde(skip)]
    pub(super) several: &'static str,
}

impl Report for Purged {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        canvas.line(match self.removed {
            0 => self.nothing.to_owned(),
            1 => format!("removed 1 {}", self.one),
            count => format!("removed {count} {}", self.several),
        });
    }
}
