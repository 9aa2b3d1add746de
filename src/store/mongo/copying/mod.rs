//! Copies of everything, out of a database and into one.
//!
//! Documents are read and written field by field, so that fields which this version doesn't use aren't lost. A database that
//! is copied into is marked, so that nobody opens it before the copy is finished.

mod accounts;
mod fields;
mod layouts;
mod lists;
mod mark;
mod view;

use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use jiff::SignedDuration;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};

use self::lists::Attempt;
use self::mark::Hold;
pub(super) use self::mark::use_copy;
use self::view::DatabaseView;
use super::db::Db;
use super::error::is_lost;
use super::out::OUT;
use super::removal::REMOVED;
use super::user_documents::DELETING;
use super::{Mongo, indexes, repair};
use crate::store::{CopyStore, CopyTarget, Key, Record, Result, StoreError, Theme, View};

#[async_trait]
impl CopyStore for Mongo {
    /// What can't be finished, such as what a newer version left behind, stays.
    async fn settle(&self) -> Result<()> {
        let db = self.db().await?;
        let mut left = u64::MAX;
        loop {
            Box::pin(repair::repair(db)).await?;
            db.tidy.work().await;
            let still = unsettled(db).await?;
            if still == 0 || still >= left {
                return Ok(());
            }
            left = still;
        }
    }

    async fn view(&self) -> Result<Box<dyn View>> {
        let db = self.connection.connect().await?;
        Ok(Box::new(DatabaseView::of_one_moment(db).await?))
    }
}

impl Mongo {
    /// Begins a copy into this database, or continues one. Creates the indexes.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the database contains something else, which is left as it is, or if another process is
    /// copying into it.
    pub async fn begin_copy(self) -> Result<Box<dyn CopyTarget>> {
        let db = self.connection.connect().await?;
        let hold = mark::begin(&db, &self.connection.name()).await?;
        indexes::ensure(&db, self.connection.server()).await?;
        Ok(Box::new(DatabaseTarget {
            db,
            hold,
            place: self.connection.name(),
            lockout_window: SignedDuration::try_from(self.connection.server().lockout_window)
                .unwrap_or(SignedDuration::MAX),
            mongo: self,
        }))
    }
}

/// How many documents have something to be finished.
async fn unsettled(db: &Db) -> Result<u64> {
    let mut count = 0;
    for (collection, field) in [
        (&db.users, format!("{OUT}.id")),
        (&db.pending, format!("{OUT}.id")),
        (&db.guard, format!("{OUT}.id")),
        (&db.revoked, format!("{OUT}.id")),
        (&db.service_keys, format!("{OUT}.id")),
        (&db.signing_keys, format!("{OUT}.id")),
        (&db.identities, format!("{OUT}.id")),
        (&db.users, DELETING.to_owned()),
        (&db.service_keys, REMOVED.to_owned()),
        (&db.signing_keys, REMOVED.to_owned()),
    ] {
        let marked = collection.count_documents(doc! { field: { "$exists": true } });
        count += db.read(marked).await?;
    }
    Ok(count)
}

/// The database to copy into.
struct DatabaseTarget {
    db: Db,
    hold: Hold,
    place: String,
    lockout_window: SignedDuration,
    mongo: Mongo,
}

#[async_trait]
impl CopyTarget for DatabaseTarget {
    fn place(&self) -> String {
        self.place.clone()
    }

    async fn view(&self) -> Result<Box<dyn View>> {
        let db = self.mongo.connection.connect().await?;
        Ok(Box::new(DatabaseView::of_copy(db)))
    }

    async fn insert(&self, theme: Theme, records: Vec<Record>) -> Result<()> {
        let documents = match theme {
            Theme::Accounts => records.iter().map(accounts::account).collect(),
            Theme::WrongCodes | Theme::CountedMessages => records
                .iter()
                .map(|record| lists::window(theme, record, self.lockout_window))
                .collect(),
            // The entry comes before the document of a failure: what is found there is complete.
            Theme::LoginsUnderWay => return self.reserve(theme, &records).await,
            Theme::FailedLogins => {
                self.reserve(theme, &records).await?;
                documents(theme, &records)
            }
            _ => documents(theme, &records),
        };
        let (db, documents) = (&self.db, documents?);
        let collection = layouts::collection(db, theme);
        // They may be there already, if the answer to an earlier try was lost.
        self.write(|| db.insert_each(collection, &documents))
            .await?;
        Ok(())
    }

    async fn remove(&self, theme: Theme, keys: Vec<Key>) -> Result<()> {
        let db = &self.db;
        let collection = layouts::collection(db, theme);
        let condition = view::any_of(theme, &keys);
        if theme == Theme::LoginsUnderWay {
            let settled = doc! { "$pull": { "entries": { "failed": false } } };
            self.write(|| db.write(collection.update_many(condition.clone(), settled.clone())))
                .await?;
            return Ok(());
        }
        if theme == Theme::FailedLogins {
            let rows = db.all(collection.find(condition.clone())).await?;
            let ids: Vec<_> = rows.iter().filter_map(|row| row.get("_id")).collect();
            let emails: HashSet<_> = rows
                .iter()
                .filter_map(|row| row.get_str("email").ok())
                .collect();
            let guards = doc! { "_id": { "$in": emails.into_iter().collect::<Vec<_>>() } };
            let forgotten = doc! { "$pull": { "entries": { "id": { "$in": ids } } } };
            self.write(|| db.write(db.guard.update_many(guards.clone(), forgotten.clone())))
                .await?;
        }
        self.write(|| db.write(collection.delete_many(condition.clone())))
            .await?;
        Ok(())
    }

    async fn finish(&self) -> Result<()> {
        self.hold.finish(&self.db).await
    }

    async fn end(&self) {
        self.hold.end().await;
    }
}

impl DatabaseTarget {
    /// Performs a write that may be repeated, while no other process copies. Retries once if it is unknown whether the write
    /// was done.
    async fn write<T, Act>(&self, act: impl Fn() -> Act) -> Result<T>
    where
        Act: Future<Output = Result<T>>,
    {
        self.hold.check().await?;
        match act().await {
            Err(error) if is_lost(&error) => {}
            done => return done,
        }
        self.hold.check().await?;
        act().await
    }

    /// Enters attempts into the lists of their addresses.
    async fn reserve(&self, theme: Theme, records: &[Record]) -> Result<()> {
        let rows = records.iter().flat_map(Record::rows);
        let mut by_email = BTreeMap::<&str, Vec<Attempt<'_>>>::new();
        for row in rows {
            let attempt = Attempt::of(theme, row)?;
            by_email.entry(attempt.email_key).or_default().push(attempt);
        }
        let updates = by_email
            .iter()
            .flat_map(|(email, attempts)| lists::guard(email, attempts, self.lockout_window));
        let command = doc! {
            "update": self.db.guard.name(),
            "updates": updates.collect::<Vec<_>>(),
            "writeConcern": { "w": "majority" },
        };
        let db = &self.db;
        let answer = self.write(|| db.write(db.database.run_command(command.clone())));
        match answer.await?.get_array("writeErrors") {
            Ok(errors) if !errors.is_empty() => {
                let error = format!("MongoDB says: {}", errors[0]);
                Err(StoreError::Failed(error.into()))
            }
            _ => Ok(()),
        }
    }
}

/// The documents of records that are one row each.
fn documents(theme: Theme, records: &[Record]) -> Result<Vec<Document>> {
    let name = theme.name();
    let documents = records.iter().map(|record| {
        let values = record.rows().first().map(|row| &row.values[..]);
        let fields = layouts::fields(theme);
        let mut document = fields::document(name, fields, values.unwrap_or_default())?;
        layouts::complete(theme, &mut document);
        Ok(document)
    });
    documents.collect()
}

/// The accounts that documents name.
fn owners(documents: &[Document]) -> Vec<ObjectId> {
    let owners = documents
        .iter()
        .filter_map(|document| match document.get("user_id")? {
            Bson::ObjectId(id) => Some(*id),
            Bson::String(id) => ObjectId::parse_str(id).ok(),
            _ => None,
        });
    owners.collect()
}
