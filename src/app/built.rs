//! What is built from the settings alone, before the database is opened.

use std::sync::Arc;

use super::{Ambient, engine};
use crate::auth::PasswordHasher;
use crate::config::{SettingError, Settings};
use crate::delivery::providers::Providers;
use crate::delivery::{Templates, Transports};

/// The parts that are built before the database is opened, so that an invalid setting doesn't leave a new database
/// behind.
pub(super) struct Built {
    pub(super) templates: Templates,
    pub(super) passwords: PasswordHasher,
    pub(super) transports: Transports,
    pub(super) providers: Providers,
}

impl Built {
    pub(super) fn new(settings: &Settings, ambient: &Ambient) -> Result<Self, Vec<SettingError>> {
        let templates = Templates::load(&settings.pages.extra_template_dirs)
            .and_then(|templates| templates.offering(settings));
        let passwords = PasswordHasher::new(&settings.password, Arc::clone(&ambient.random))
            .map_err(|error| SettingError::new("password", error.to_string()));
        let store = engine::check(settings)
            .map_err(|error| SettingError::new("database_url", error.to_string()));
        let mut folders = settings.pages.extra_static_dirs.iter();
        let folders = folders.find(|folder| !folder.is_dir()).map(|missing| {
            let reason = format!("{} is not a folder", missing.display());
            SettingError::new("extra_static_dirs", reason)
        });
        let transports = Transports::new(settings, ambient.transports());
        let providers = Providers::new(&settings.oauth, &ambient.clock);
        match (templates, passwords, store, folders, transports, providers) {
            (Ok(templates), Ok(passwords), Ok(()), None, Ok(transports), Ok(providers)) => {
                Ok(Self {
                    templates,
                    passwords,
                    transports,
                    providers,
                })
            }
            (templates, passwords, store, folders, transports, providers) => {
                let errors = [
                    templates.err(),
                    passwords.err(),
                    store.err(),
                    folders,
                    providers.err(),
                ];
                let errors = errors.into_iter().flatten();
                Err(errors
                    .chain(transports.err().into_iter().flatten())
                    .collect())
            }
        }
    }
}
