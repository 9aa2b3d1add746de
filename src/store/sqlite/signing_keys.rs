//! The keys that sign session tokens, as rows.

use async_trait::async_trait;

use super::Sqlite;
use super::effects::{Subject, write_effects};
use super::rows::{Moment, all, execute};
use crate::model::{SigningAlgorithm, SigningKey};
use crate::store::{Effects, Result, SigningKeyStore, StoreError};

#[async_trait]
impl SigningKeyStore for Sqlite {
    async fn signing_keys(&self) -> Result<Vec<SigningKey>> {
        let sql = "select kid, number, algorithm, public_key, sealed, created_at, signs_from from signing_keys order by number";
        self.threads
            .read(move |db| {
                all(db, "signing_keys", sql, (), |fields| {
                    let kid: String = fields.take("kid")?;
                    Ok(SigningKey {
                        number: fields.take("number")?,
                        algorithm: SigningAlgorithm::of(&fields.take::<String>("algorithm")?)
                            .ok_or_else(|| StoreError::Unreadable {
                                table: "signing_keys",
                                id: kid.clone(),
                                field: "algorithm",
                            })?,
                        public_key: fields.take("public_key")?,
                        sealed: fields.take("sealed")?,
                        created_at: fields.moment("created_at")?,
                        signs_from: fields.moment("signs_from")?,
                        kid,
                    })
                })
            })
            .await
    }

    async fn add_signing_key(&self, key: SigningKey, effects: Effects) -> Result<bool> {
        self.threads
            .write(move |db| {
                let added = execute(
                    db,
                    "insert into signing_keys (number, kid, algorithm, public_key, sealed, created_at, signs_from)
                     values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict do nothing",
                    (
                        key.number,
                        &key.kid,
                        key.algorithm.as_str(),
                        &key.public_key,
                        &key.sealed,
                        Moment(key.created_at),
                        Moment(key.signs_from),
                    ),
                )? > 0;
                if added {
                    write_effects(db, effects, &Subject::default())?;
                }
                Ok(added)
            })
            .await
    }

    async fn reseal_signing_key(&self, key: SigningKey, sealed_before: Vec<u8>) -> Result<bool> {
        self.threads
            .write(move |db| {
                let resealed = execute(
                    db,
                    "update signing_keys set sealed = ?1 where kid = ?2 and sealed = ?3",
                    (&key.sealed, &key.kid, &sealed_before),
                )?;
                Ok(resealed > 0)
            })
            .await
    }

    async fn remove_signing_key(&self, kid: &str, effects: Effects) -> Result<bool> {
        let kid = kid.to_owned();
        self.threads
            .write(move |db| {
                let removed = execute(db, "delete from signing_keys where kid = ?1", [&kid])? > 0;
                if removed {
                    write_effects(db, effects, &Subject::default())?;
                }
                Ok(removed)
            })
            .await
    }
}
