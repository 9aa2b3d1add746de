//! Why a template cannot be used.

use std::fmt;

use crate::delivery::locales::Finding;
use crate::delivery::text;

/// Why a template cannot be used. Shown as `FILE, line 3: reason`, on one line that holds no control character.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TemplateError {
    /// Its file, or the name of a built-in one.
    pub place: String,
    /// The line in it, where that is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl std::error::Error for TemplateError {}

impl From<Finding> for TemplateError {
    fn from(finding: Finding) -> Self {
        Self {
            place: text::escaped(&finding.place),
            line: finding.line,
            reason: text::escaped(&finding.reason),
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.reason)
    }
}
