//! What the phases found out.

use std::time::Duration;

use serde::Serialize;

use super::{Done, PhaseName, Result};

/// The result of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Passed,
    Failed,
    Skipped,
}

/// A phase that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Phase {
    pub(crate) name: PhaseName,
    pub(crate) status: Status,
    pub(crate) detail: String,
    pub(crate) remedy: Option<String>,
    pub(crate) milliseconds: u64,
}

impl Phase {
    /// Returns a phase with its outcome.
    pub(super) fn of(name: PhaseName, outcome: Result, took: Duration) -> Self {
        let (status, detail, remedy) = match outcome {
            Ok(Done::Passed(detail)) => (Status::Passed, detail, None),
            Ok(Done::NotThere(detail)) => (Status::Skipped, detail, None),
            Err(trouble) => (Status::Failed, trouble.detail, trouble.remedy),
        };
        Self {
            name,
            status,
            detail,
            remedy,
            milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// Returns a phase that wasn't run.
    pub(super) fn skipped(name: PhaseName, why: String) -> Self {
        Self {
            name,
            status: Status::Skipped,
            detail: why,
            remedy: None,
            milliseconds: 0,
        }
    }
}

/// All phases, in the order in which they were run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) url: String,
    pub(crate) phases: Vec<Phase>,
    /// The email addresses of accounts that couldn't be deleted.
    pub(crate) left: Vec<String>,
    pub(crate) interrupted: bool,
}

impl Report {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            phases: Vec::new(),
            left: Vec::new(),
            interrupted: false,
        }
    }

    /// Returns how many phases ended like this.
    pub(crate) fn count(&self, status: Status) -> usize {
        let phases = self.phases.iter();
        phases.filter(|phase| phase.status == status).count()
    }
}
