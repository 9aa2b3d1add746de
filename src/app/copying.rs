//! Copies everything into another database.

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
    /// Whether the source was read as a consistent snapshot.
    pub one_moment: bool,
    /// What was done with each kind of data.
    pub items: Vec<ThemeReport>,
}

impl App {
    /// Copies everything in this application's database into another one, which has to be empty, or an earlier copy that
    /// was never opened, which is updated. Removes expired data first.
    ///
    /// # Errors
    /// The other database contains something else, or another process is copying into it. Other errors leave an unfinished
    /// copy, which can't be opened; another call completes it.
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
