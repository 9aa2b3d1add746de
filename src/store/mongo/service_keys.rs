//! Service keys.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::Mongo;
use super::db::Db;
use super::documents::{Fields, behind, date, oid, without_nulls};
use super::out::Out;
use super::relay::relay;
use super::removal::{self, present};
use crate::model::{Id, Page, PageKey, ProofHash, Scopes, ServiceKey, ServiceKeyName};
use crate::store::page;
use crate::store::{Effects, Result, ServiceKeyStore};

#[async_trait]
impl ServiceKeyStore for Mongo {
    async fn service_key(&self, id: Id) -> Result<Option<ServiceKey>> {
        by_id(self.db().await?, id).await
    }

    async fn service_key_named(&self, name: &ServiceKeyName) -> Result<Option<ServiceKey>> {
        let db = self.db().await?;
        let condition = present(doc! { "name": name.as_str() });
        let found = db.read(db.service_keys.find_one(condition)).await?;
        found.as_ref().map(service_key).transpose()
    }

    async fn service_keys(&self, after: Option<PageKey>, limit: u32) -> Result<Page<ServiceKey>> {
        let db = self.db().await?;
        let condition = after.map_or_else(Document::new, |key| behind("created_at", key));
        let found = db.service_keys.find(present(condition));
        let newest_first = found.sort(doc! { "created_at": -1, "_id": -1 });
        let documents = db.all(newest_first.limit(page::rows(limit))).await?;
        let keys = documents.iter().map(service_key).collect::<Result<_>>()?;
        Ok(page::of(keys, limit, |key: &ServiceKey| PageKey {
            at: key.created_at,
            id: key.id,
        }))
    }

    async fn add_service_key(&self, key: ServiceKey, effects: Effects) -> Result<bool> {
        let db = self.db().await?;
        let mut document = without_nulls(doc! {
            "_id": oid(key.id),
            "name": key.name.as_str(),
            "hash": key.hash.as_str(),
            "scopes": key.scopes.to_string(),
            "created_by": key.created_by,
            "created_at": date(key.created_at),
            "expires_at": key.expires_at.map(date),
            "last_used_on": key.last_used_on.map(date),
        });
        Out::of_account(effects)?.put_into(&mut document);
        let inserted = db
            .write_unique(db.service_keys.insert_one(&document))
            .await?;
        if inserted.is_some() {
            relay(db, &db.service_keys, &document).await?;
        }
        Ok(inserted.is_some())
    }

    async fn remove_service_key(&self, id: Id, effects: Effects) -> Result<bool> {
        let db = self.db().await?;
        removal::remove(db, &db.service_keys, doc! { "_id": oid(id) }, effects).await
    }

    async fn note_service_key_use(&self, id: Id, day: Timestamp) -> Result<()> {
        let db = self.db().await?;
        let later = doc! { "$max": { "last_used_on": date(day) } };
        db.write(db.service_keys.update_one(doc! { "_id": oid(id) }, later))
            .await?;
        Ok(())
    }
}

/// Returns the key with an id.
pub(super) async fn by_id(db: &Db, id: Id) -> Result<Option<ServiceKey>> {
    let found = db.service_keys.find_one(present(doc! { "_id": oid(id) }));
    db.read(found).await?.as_ref().map(service_key).transpose()
}

fn service_key(document: &Document) -> Result<ServiceKey> {
    let fields = Fields::of("regstack_service_keys", document);
    let scopes = fields.optional("scopes", |scopes| Scopes::parse(scopes.as_str()?).ok())?;
    Ok(ServiceKey {
        id: fields.id("_id")?,
        name: ServiceKeyName::from_stored(fields.text("name")?),
        hash: ProofHash::from_stored(fields.text("hash")?),
        scopes: fields.required("scopes", scopes)?,
        created_by: fields.text("created_by")?,
        created_at: fields.moment("created_at")?,
        expires_at: fields.optional_moment("expires_at")?,
        last_used_on: fields.optional_moment("last_used_on")?,
    })
}
