//! Copies of everything into another database.

use std::sync::Arc;

use serde::Serialize;

use super::{App, engine};
use crate::config::{Engine, Settings};
use crate::store::{CopyTarget, Pass};
pub use crate::store::{Progress, StoreError, ThemeReport};

/// What a copy did.
#[derive(Debug, Serialize)]
pub struct Copied {
    /// The database that was copied, without a password.
    pub from: String,
    /// The database that was copied to, without a password.
    pub to: String,
    /// Whether the two databases were equal in the end, so that the copy can be opened.
    pub finished: bool,
    /// Whether the source was read as it was at one moment.
    pub one_moment: bool,
    /// What was done with each kind of data.
    pub items: Vec<ThemeReport>,
}

impl App {
    /// Copies everything that this application's database holds to another one, which is empty, or a copy that was begun
    /// before and not opened since: then it's brought up to date. Removes expired data before.
    ///
    /// # Errors
    /// An error when the other database has something else in it, or another process copies into it. Other errors leave a copy that can't be
    /// opened yet; another call makes up for them.
    pub async fn copy_to(
        &self,
        to: Engine,
        watch: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Copied, StoreError> {
        let settings = self.at(to);
        let target = engine::begin_copy(&settings).await?;
        let copied = self.copy_into(&*target, watch).await;
        target.end().await;
        copied
    }

    async fn copy_into(
        &self,
        target: &dyn CopyTarget,
        watch: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Copied, StoreError> {
        self.sweep().await?;
        self.store.settle().await?;
        let source = self.store.view().await?;
        let pass = Pass {
            source: &*source,
            target,
            clock: Arc::clone(&self.ambient.clock),
            rule: self.sweep_rule(),
            watch,
        };
        let items = pass.run().await?;
        Ok(Copied {
            from: self.store.status().await?.place,
            to: target.place(),
            finished: items.iter().all(|item| item.different == 0),
            one_moment: source.is_of_one_moment(),
            items,
        })
    }

    /// The same settings over another database.
    fn at(&self, engine: Engine) -> Settings {
        let mut settings = Settings::clone(&self.settings);
        settings.database.engine = engine;
        settings
    }
}
