//! Tries out answers during the dialogue: the database, the mail server, the DNS records of the sender's domain.
//! Changes nothing and sends nothing.

use std::path::Path;
use std::time::Duration;

use crate::app::App;
use crate::config::{Engine, Settings};
use crate::delivery::{SendError, email, sms};
use crate::doctor::{self, Finding, Status};

pub(super) const PATIENCE: Duration = Duration::from_secs(15);

pub(super) enum Trial {
    Fine(String),
    Fails { why: String, remedy: Option<String> },
}

impl Trial {
    pub(super) fn fails(why: impl Into<String>, remedy: Option<&str>) -> Self {
        Self::Fails {
            why: why.into(),
            remedy: remedy.map(str::to_owned),
        }
    }
}

/// Checks that the database responds, or that its file can be created. `folder` may still be missing and is created
/// later.
pub(super) async fn database(settings: &Settings, folder: &Path) -> Trial {
    if let Engine::Sqlite { path } = &settings.database.engine
        && !path.exists()
    {
        return room_for(path, folder);
    }
    match App::inspect(settings).await {
        Ok(inspection) => {
            let topology = inspection
                .topology
                .map_or_else(String::new, |topology| format!(", {topology}"));
            Trial::Fine(format!(
                "{} at {}{topology}",
                inspection.engine, inspection.place
            ))
        }
        Err(error) => Trial::fails(error.to_string(), None),
    }
}

/// Checks that a file can be created there, with a temporary one.
fn room_for(path: &Path, installation: &Path) -> Trial {
    let folder = path.parent().unwrap_or(Path::new("."));
    let there = folder
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(folder);
    if there != folder && folder != installation {
        return Trial::fails(
            format!("the folder {} does not exist", folder.display()),
            Some("create it, or choose another one"),
        );
    }
    match tempfile::tempfile_in(there) {
        Ok(_) => Trial::Fine(format!("{} can be created", path.display())),
        Err(error) => Trial::fails(
            format!("{} can't be written: {error}", there.display()),
            None,
        ),
    }
}

/// Checks that the mail server accepts the connection and the login.
pub(super) async fn email(settings: &Settings) -> Trial {
    match email::transport(&settings.email, &settings.identity.app_name) {
        Ok(transport) => ended(transport.probe().await),
        Err(error) => Trial::fails(error.to_string(), None),
    }
}

/// Checks that the SMS provider accepts the login.
pub(super) async fn sms(settings: &Settings) -> Trial {
    match sms::transport(&settings.sms) {
        Ok(transport) => ended(transport.probe().await),
        Err(error) => Trial::fails(error.to_string(), None),
    }
}

fn ended(probed: Result<String, SendError>) -> Trial {
    match probed {
        Ok(seen) => Trial::Fine(seen),
        Err(error) => {
            let why = error.to_string();
            let remedy = doctor::certificate_remedy(&why);
            Trial::fails(why, remedy)
        }
    }
}

/// Checks that the sender's domain receives mail and publishes who may send it.
pub(super) async fn sender(settings: &Settings) -> Trial {
    let checks = doctor::examine_sender(settings).await;
    let findings = || checks.iter().flat_map(|check| &check.findings);
    let failed: Vec<&Finding> = findings()
        .filter(|finding| finding.status == Status::Fail)
        .collect();
    if failed.is_empty() {
        return Trial::Fine(joined(findings().map(|finding| finding.detail.as_str())));
    }
    let remedies = failed
        .iter()
        .filter_map(|finding| finding.remedy.as_deref());
    Trial::Fails {
        remedy: Some(joined(remedies)),
        why: joined(failed.iter().map(|finding| finding.detail.as_str())),
    }
}

fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut texts: Vec<&str> = texts.collect();
    texts.dedup();
    texts.join("; ")
}
