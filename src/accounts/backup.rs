//! Recording that an administrator takes a copy of the whole database away.

use super::{Accounts, Result};
use crate::model::{EventKind, Origin};

impl Accounts {
    /// Records that a backup is downloaded, before it is.
    pub async fn note_backup(&self, origin: &Origin) -> Result<()> {
        let event = self.event(EventKind::BackupDownloaded, origin);
        Ok(self.store.record(event).await?)
    }
}
