//! The templates of a process that serves: those that were read last.

use std::sync::{Arc, PoisonError, RwLock};

use super::Templates;
use crate::config::{SettingError, Settings};

/// Templates that can be read again while they are in use. Cheap to clone; all clones see the same.
#[derive(Clone)]
pub struct LiveTemplates(Arc<RwLock<Templates>>);

impl From<Templates> for LiveTemplates {
    fn from(templates: Templates) -> Self {
        Self(Arc::new(RwLock::new(templates)))
    }
}

impl LiveTemplates {
    /// Returns the templates as they were read last.
    #[must_use]
    pub fn now(&self) -> Templates {
        let templates = self.0.read().unwrap_or_else(PoisonError::into_inner);
        templates.clone()
    }

    /// Reads all templates again.
    ///
    /// # Errors
    /// As [`Templates::load`]; then those before stay in use.
    pub fn renew(&self, settings: &Settings) -> Result<(), SettingError> {
        let templates = Templates::load(&settings.pages.extra_template_dirs)?.offering(settings)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = templates;
        Ok(())
    }
}
