//! The current templates of a running server.

use std::sync::{Arc, PoisonError, RwLock};

use super::Templates;
use crate::config::{SettingError, Settings};

/// Templates that can be reloaded while they are in use. Cheap to clone; all clones share them.
#[derive(Clone)]
pub struct LiveTemplates(Arc<RwLock<Templates>>);

impl From<Templates> for LiveTemplates {
    fn from(templates: Templates) -> Self {
        Self(Arc::new(RwLock::new(templates)))
    }
}

impl LiveTemplates {
    /// Returns the current templates.
    #[must_use]
    pub fn now(&self) -> Templates {
        let templates = self.0.read().unwrap_or_else(PoisonError::into_inner);
        templates.clone()
    }

    /// Reloads all templates.
    ///
    /// # Errors
    /// The same as [`Templates::load`]. The previous templates stay in use.
    pub fn renew(&self, settings: &Settings) -> Result<(), SettingError> {
        let templates = Templates::load(&settings.pages.extra_template_dirs)?.offering(settings)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = templates;
        Ok(())
    }
}
