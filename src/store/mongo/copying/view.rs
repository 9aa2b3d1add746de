//! The content of a database, as records.
//!
//! A replica set is read as a consistent snapshot, for as long as the server keeps it; any other server as it is at the time
//! of each read.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use mongodb::bson::{Bson, Document, doc};
use mongodb::{ClientSession, Collection};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::fields::Field;
use super::{accounts, fields, layouts, lists, owners};
use crate::store::mongo::db::Db;
use crate::store::mongo::error::{DEADLINE, ServerError, code, is_passing, timed_out};
use crate::store::mongo::outbox;
use crate::store::{Batch, Key, Record, Result, StoreError, Theme, View};

/// What a database holds.
pub(super) struct DatabaseView {
    db: Db,
    /// Sees one moment.
    session: Mutex<Option<ClientSession>>,
    is_of_one_moment: AtomicBool,
    /// What a source holds that has no effect any more is left out.
    is_source: bool,
}

impl DatabaseView {
    /// A source as it is now.
    pub(super) async fn of_one_moment(db: Db) -> Result<Self> {
        let session = if shows_one_moment(&db).await? {
            let session = db.database.client().start_session().snapshot(true);
            Some(db.read(session).await?)
        } else {
            None
        };
        Ok(Self {
            db,
            is_of_one_moment: session.is_some().into(),
            session: Mutex::new(session),
            is_source: true,
        })
    }

    /// A copy.
    pub(super) fn of_copy(db: Db) -> Self {
        Self {
            db,
            session: Mutex::new(None),
            is_of_one_moment: false.into(),
            is_source: false,
        }
    }

    async fn find(
        &self,
        collection: &Collection<Document>,
        condition: Document,
        sort: Document,
        limit: u32,
    ) -> Result<Vec<Document>> {
        let find = || {
            let found = collection.find(condition.clone());
            found.sort(sort.clone()).limit(limit.into())
        };
        let mut session = self.session.lock().await;
        if let Some(seen) = session.as_mut() {
            let found = async {
                let mut cursor = find().session(&mut *seen).await?;
                let mut documents = Vec::new();
                while cursor.advance(seen).await? {
                    documents.push(cursor.deserialize_current()?);
                }
                Ok(documents)
            };
            match timeout(DEADLINE, found).await {
                Ok(Ok(documents)) => return Ok(documents),
                // The server has no such snapshot, or no longer.
                Ok(Err(error)) if code(&error).is_some() && !is_passing(&error) => {
                    tracing::warn!(
                        error = %ServerError::Driver(error),
                        "the database can't be read at one moment anymore"
                    );
                    *session = None;
                    self.is_of_one_moment.store(false, Ordering::Relaxed);
                }
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => return Err(timed_out()),
            }
        }
        self.db.all(find()).await
    }

    /// Leaves out what deleted accounts left behind: this engine only drops it when it comes across it.
    async fn with_effect(&self, theme: Theme, documents: Vec<Document>) -> Result<Vec<Document>> {
        if !self.is_source || !matches!(theme, Theme::Outbox | Theme::Identities) {
            return Ok(documents);
        }
        let mut kept = Vec::with_capacity(documents.len());
        if theme == Theme::Outbox {
            for document in documents {
                if !document.contains_key("account")
                    || outbox::is_alive(&self.db, &document).await?
                {
                    kept.push(document);
                }
            }
            return Ok(kept);
        }
        let ids = owners(&documents);
        let condition = doc! { "_id": { "$in": ids } };
        let most = u32::try_from(documents.len()).unwrap_or(u32::MAX);
        let found = self.find(&self.db.users, condition, doc! { "_id": 1 }, most);
        let found = found.await?;
        kept.extend(documents.into_iter().filter(|document| {
            let owner = owners(std::slice::from_ref(document));
            let owner = owner.first().copied().map(Bson::ObjectId);
            found.iter().any(|user| user.get("_id") == owner.as_ref())
        }));
        Ok(kept)
    }
}

/// Returns the time of the snapshot, if the server can read one.
async fn shows_one_moment(db: &Db) -> Result<bool> {
    if !db.hello().await?.contains_key("setName") {
        return Ok(false);
    }
    let snapshot = doc! {
        "find": db.users.name(),
        "projection": { "_id": 1 },
        "limit": 1,
        "readConcern": { "level": "snapshot" },
    };
    Ok(match db.run(snapshot).await {
        Ok(found) => found
            .get_document("cursor")
            .is_ok_and(|cursor| cursor.contains_key("atClusterTime")),
        // A server that refuses it is read as it is.
        Err(StoreError::Failed(_)) => false,
        Err(error) => return Err(error),
    })
}

#[async_trait]
impl View for DatabaseView {
    fn is_of_one_moment(&self) -> bool {
        self.is_of_one_moment.load(Ordering::Relaxed)
    }

    async fn count(&self, theme: Theme) -> Result<u64> {
        let collection = layouts::collection(&self.db, theme);
        self.db.read(collection.estimated_document_count()).await
    }

    async fn records(&self, theme: Theme, after: Option<&Key>, limit: u32) -> Result<Batch> {
        let collection = layouts::collection(&self.db, theme);
        let mut condition = layouts::filter(theme);
        if let Some(after) = after {
            condition = doc! { "$and": [condition, behind(theme, after)] };
        }
        let sort = layouts::key(theme).iter();
        let sort = sort.map(|field| (field.name.to_owned(), Bson::Int32(1)));
        let documents = self.find(collection, condition, sort.collect(), limit);
        let documents = documents.await?;
        let next = match documents.last() {
            Some(last) if documents.len() >= limit as usize => Some(key_of(theme, last)?),
            _ => None,
        };
        let documents = self.with_effect(theme, documents).await?;
        let records = documents.iter().map(|document| record(theme, document));
        Ok(Batch {
            records: records.collect::<Result<_>>()?,
            next,
        })
    }
}

fn record(theme: Theme, document: &Document) -> Result<Record> {
    match theme {
        Theme::Accounts => accounts::record(document),
        Theme::WrongCodes | Theme::LoginsUnderWay | Theme::CountedMessages => {
            lists::record(theme, document)
        }
        _ => {
            let values = fields::row(theme.name(), layouts::fields(theme), document)?;
            Ok(Record::single(theme, values))
        }
    }
}

/// What the key of a document is.
fn key_of(theme: Theme, document: &Document) -> Result<Key> {
    match theme {
        Theme::WrongCodes | Theme::LoginsUnderWay | Theme::CountedMessages => {
            lists::key(theme, document)
        }
        _ => fields::row(theme.name(), layouts::key(theme), document),
    }
}

/// The values of a key, as the server has them.
fn stored(theme: Theme, key: &Key) -> Vec<(&'static str, Bson)> {
    let fields = layouts::key(theme);
    if layouts::fields(theme).is_empty() && theme != Theme::Accounts {
        let text = lists::key_of_list(theme, key).unwrap_or_default();
        return vec![("_id", text.into())];
    }
    let value = |(field, value): (&Field, _)| (field.name, field.bson(value).unwrap_or(Bson::Null));
    fields.iter().zip(key).map(value).collect()
}

/// The condition on what lies behind a key.
fn behind(theme: Theme, key: &Key) -> Document {
    match &stored(theme, key)[..] {
        [(field, value)] => doc! { *field: { "$gt": value } },
        [(first, one), (second, other)] => doc! { "$and": [
            { *first: { "$gte": one } },
            { "$or": [{ *first: { "$gt": one } }, { *second: { "$gt": other } }] },
        ] },
        _ => doc! {},
    }
}

/// The condition that a document has one of these keys.
pub(super) fn any_of(theme: Theme, keys: &[Key]) -> Document {
    let keys = keys.iter().map(|key| stored(theme, key));
    let conditions = keys.map(|key| {
        let fields = key.into_iter();
        let fields = fields.map(|(field, value)| (field.to_owned(), value));
        Bson::Document(fields.collect())
    });
    doc! { "$or": conditions.collect::<Vec<_>>() }
}
