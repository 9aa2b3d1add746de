//! The database itself: whether it answers, what it is made of, what is swept.

use super::{Sqlite, inspect, open, rows, survey, sweep};
use crate::store::{Inspection, Pulse, Result, Survey, SweepRule, UpkeepStore};
use async_trait::async_trait;

#[async_trait]
impl UpkeepStore for Sqlite {
    fn engine(&self) -> String {
        format!("SQLite {}", rusqlite::version())
    }

    async fn ping(&self) -> Result<()> {
        self.threads
            .read(|db| rows::value::<i64>(db, "select total from user_counts", []).map(drop))
            .await
    }

    async fn inspect(&self) -> Result<Inspection> {
        let (engine, path) = (self.engine(), self.threads.path().to_owned());
        self.threads
            .read(move |db| inspect::inspect(db, engine, &path))
            .await
    }

    async fn pulse(&self) -> Result<Pulse> {
        survey::pulse(&self.threads, self.engine()).await
    }

    async fn survey(&self, addresses: u32, hashes: u32) -> Result<Survey> {
        survey::survey(&self.threads, addresses, hashes).await
    }

    async fn migrate(&self) -> Result<Vec<String>> {
        open::blocking(self.threads.path(), inspect::migrate).await
    }

    async fn sweep(&self, rule: SweepRule) -> Result<u64> {
        let mut removed = 0;
        for expired in sweep::expired(rule) {
            removed += sweep::remove(&self.threads, expired).await?;
        }
        Ok(removed)
    }
}
