//! What `serve` tells the console: where the settings come from, and the findings of the doctor.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use super::{Context, dev, doctor};
use crate::app::{Ambient, Finding, Insight, Severity};
use crate::config::{Effective, Loaded};
use crate::delivery::Mailbox;
use crate::doctor::{Check, Status, Wishes, examine};

/// What a running server was started with.
struct Started {
    loaded: Loaded,
    working_dir: PathBuf,
    ambient: Ambient,
    dev: bool,
}

/// Returns the ambient of a server, which knows what it was started with.
pub(super) fn known(
    context: &Context,
    loaded: &Loaded,
    mailbox: Option<Mailbox>,
    dev: bool,
) -> Ambient {
    let ambient = context.ambient(mailbox);
    let started = Started {
        loaded: loaded.clone(),
        working_dir: context.working_dir().to_owned(),
        ambient: ambient.clone(),
        dev,
    };
    Ambient {
        insight: Some(Arc::new(started)),
        ..ambient
    }
}

impl Insight for Started {
    fn settings(&self) -> Vec<Effective> {
        self.loaded.values.clone()
    }

    fn examine(&self) -> Pin<Box<dyn Future<Output = Vec<Finding>> + Send>> {
        let (loaded, working_dir) = (self.loaded.clone(), self.working_dir.clone());
        let (ambient, dev) = (self.ambient.clone(), self.dev);
        Box::pin(async move {
            // Reads templates and keys.
            let subject = tokio::task::spawn_blocking(move || {
                let mut loaded = loaded;
                loaded
                    .warnings
                    .retain(|warning| warning.layer != dev::LAYER);
                doctor::subject(Ok(loaded), working_dir, &ambient, dev)
            });
            match subject.await {
                Ok(subject) => findings(Box::pin(examine(subject, Wishes::default())).await),
                Err(cause) => {
                    tracing::error!(%cause, "the checks broke off");
                    Vec::new()
                }
            }
        })
    }
}

fn findings(checks: Vec<Check>) -> Vec<Finding> {
    let of_check = |check: Check| {
        let name = check.name;
        check.findings.into_iter().map(move |finding| Finding {
            check: name,
            severity: match finding.status {
                Status::Skipped => Severity::Skipped,
                Status::Ok => Severity::Ok,
                Status::Warn => Severity::Warning,
                Status::Fail => Severity::Failure,
            },
            detail: finding.detail,
            remedy: finding.remedy,
        })
    };
    checks.into_iter().flat_map(of_check).collect()
}
