//! Signing keys.

use async_trait::async_trait;
use mongodb::bson::{Document, doc};

use super::Mongo;
use super::documents::{Fields, binary, date};
use super::out::Out;
use super::relay::relay;
use super::removal::{self, present};
use crate::model::{SigningAlgorithm, SigningKey};
use crate::store::{Effects, Result, SigningKeyStore};

#[async_trait]
impl SigningKeyStore for Mongo {
    async fn signing_keys(&self) -> Result<Vec<SigningKey>> {
        let db = self.db().await?;
        let found = db
            .signing_keys
            .find(present(doc! {}))
            .sort(doc! { "_id": 1 });
        db.all(found).await?.iter().map(signing_key).collect()
    }

    async fn add_signing_key(&self, key: SigningKey, effects: Effects) -> Result<bool> {
        let db = self.db().await?;
        let mut document = doc! {
            "_id": i64::from(key.number),
            "kid": key.kid,
            "algorithm": key.algorithm.as_str(),
            "public_key": binary(key.public_key),
            "sealed": binary(key.sealed),
            "created_at": date(key.created_at),
            "signs_from": date(key.signs_from),
        };
        Out::of_account(effects)?.put_into(&mut document);
        let inserted = db.write_unique(db.signing_keys.insert_one(&document));
        let inserted = inserted.await?.is_some();
        if inserted {
            relay(db, &db.signing_keys, &document).await?;
        }
        Ok(inserted)
    }

    async fn reseal_signing_key(&self, key: SigningKey, sealed_before: Vec<u8>) -> Result<bool> {
        let db = self.db().await?;
        let condition = doc! { "kid": key.kid, "sealed": binary(sealed_before) };
        let change = doc! { "$set": { "sealed": binary(key.sealed) } };
        let updated = db.write(db.signing_keys.update_one(condition, change));
        Ok(updated.await?.modified_count > 0)
    }

    async fn remove_signing_key(&self, kid: &str, effects: Effects) -> Result<bool> {
        let db = self.db().await?;
        removal::remove(db, &db.signing_keys, doc! { "kid": kid }, effects).await
    }
}

fn signing_key(document: &Document) -> Result<SigningKey> {
    let fields = Fields::of("regstack_signing_keys", document);
    let number = fields.optional("_id", |number| {
        number
            .as_i64()
            .or_else(|| number.as_i32().map(i64::from))
            .and_then(|number| u32::try_from(number).ok())
    })?;
    Ok(SigningKey {
        number: fields.required("_id", number)?,
        kid: fields.text("kid")?,
        algorithm: fields.named("algorithm", SigningAlgorithm::from_name)?,
        public_key: fields.bytes("public_key")?,
        sealed: fields.bytes("sealed")?,
        created_at: fields.moment("created_at")?,
        signs_from: fields.moment("signs_from")?,
    })
}
