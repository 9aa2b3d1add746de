//! The database itself: whether it answers, what it is made of, what is swept.

use super::{Mongo, connection, indexes, inspect, sweep};
use crate::store::{Inspection, Pulse, Result, Survey, SweepRule, UpkeepStore};
use async_trait::async_trait;

#[async_trait]
impl UpkeepStore for Mongo {
    fn engine(&self) -> String {
        inspect::engine(self.connection.version().unwrap_or("not reached yet"))
    }

    async fn ping(&self) -> Result<()> {
        let db = self.db().await?;
        db.read(db.database.run_command(connection::ping())).await?;
        Ok(())
    }

    async fn pulse(&self) -> Result<Pulse> {
        inspect::pulse(&self.connection).await
    }

    async fn survey(&self, addresses: u32, hashes: u32) -> Result<Survey> {
        inspect::survey(&self.connection.connect().await?, addresses, hashes).await
    }

    async fn inspect(&self) -> Result<Inspection> {
        inspect::inspect(&self.connection).await
    }

    async fn migrate(&self) -> Result<Vec<String>> {
        let db = self.connection.connect().await?;
        indexes::ensure(&db, self.connection.place()).await
    }

    async fn sweep(&self, rule: SweepRule) -> Result<u64> {
        sweep::run(self.db().await?, rule).await
    }
}
