//! Why a template cannot be used.

use std::fmt;

use crate::delivery::locales::Finding;
use crate::delivery::text;

/// Why a template cannot be used. Displayed as `FILE, line 3: reason`, on one line without control characters.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TemplateError {
    /// The file, or the name of a built-in template.
    pub place: String,
    /// The line in it, if it is known.
    pub line: Option<usize>,
    /// A description of the problem.
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
