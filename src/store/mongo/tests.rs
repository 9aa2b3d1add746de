//! What only MongoDB promises: its layout, its indexes, repair after a process that died between two writes. Everything else
//! is the conformance suite.

use std::sync::Arc;

use mongodb::bson::doc;
use mongodb::bson::oid::ObjectId;

use super::*;
use crate::store::SharedStore;
use crate::store::conformance::{Database, conformance};

#[path = "../../../tests/it/support/peer.rs"]
mod peer;
mod repair;

/// A database of its own on the server of all tests.
struct OnPeer {
    name: String,
}

fn fresh() -> OnPeer {
    OnPeer {
        name: format!("regstack_test_{}", ObjectId::new()),
    }
}

/// The server looks through all its databases every second: one that is done with goes.
impl Drop for OnPeer {
    fn drop(&mut self) {
        let db = Mongo::new(
            peer::url().into(),
            self.name.clone(),
            &Settings::default(),
            Duration::from_mins(15),
        );
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let db = db.unwrap().connection.connect().await.unwrap();
                let _ = db.database.drop().await;
            });
        });
        let _ = dropping.join();
    }
}

impl OnPeer {
    fn mongo(&self) -> Mongo {
        Mongo::new(
            peer::url().into(),
            self.name.clone(),
            &Settings::default(),
            Duration::from_mins(15),
        )
        .unwrap()
    }

    /// The collections as another program sees them.
    async fn raw(&self) -> Db {
        self.mongo().connection.connect().await.unwrap()
    }
}

#[async_trait]
impl Database for OnPeer {
    async fn open(&self) -> SharedStore {
        Arc::new(self.mongo())
    }

    async fn plant(&self, pending: PendingRegistration) {
        let document = documents::pending_document(&pending);
        self.raw().await.pending.insert_one(document).await.unwrap();
    }
}

mod behaviours {
    use super::*;

    conformance!(super::fresh);
}
