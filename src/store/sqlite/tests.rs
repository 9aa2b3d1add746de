//! What only SQLite promises: the file, its threads, its indexes. Everything else is the conformance suite.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::clock::from_millis;
use crate::model::PasswordHash;
use crate::store::SharedStore;
use crate::store::conformance::{Database, conformance};

/// A file in a folder of its own.
struct File {
    folder: TempDir,
}

fn fresh() -> File {
    File {
        folder: tempfile::tempdir().unwrap(),
    }
}

impl File {
    fn path(&self) -> PathBuf {
        self.folder.path().join("regstack.db")
    }

    async fn sqlite(&self) -> Sqlite {
        Sqlite::open(&self.path()).await.unwrap()
    }

    /// The file as another program sees it.
    fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

#[async_trait]
impl Database for File {
    async fn open(&self) -> SharedStore {
        Arc::new(self.sqlite().await)
    }

    async fn plant(&self, pending: PendingRegistration) {
        let planted = self.raw().execute(
            "insert into pending_registrations values (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                pending.email,
                pending.hashed_password,
                pending.full_name,
                pending.token_hash,
                rows::Moment(pending.created_at),
                rows::Moment(pending.expires_at),
            ),
        );
        assert_eq!(planted.unwrap(), 1);
    }
}

mod behaviours {
    use super::*;

    conformance!(super::fresh);
}
