//! Signing keys.

use async_trait::async_trait;

use super::Sqlite;
use super::rows::{Moment, all, execute};
use crate::model::SigningKey;
use crate::store::{Effects, Result, SigningKeyStore};

#[async_trait]
impl SigningKeyStore for Sqlite {
    async fn signing_keys(&self) -> Result<Vec<SigningKey>> {
        let sql = "select kid, number, algorithm, public_key, sealed, created_at, signs_from from signing_keys order by number";
        self.read(move |db| {
            all(db, "signing_keys", sql, (), |fields| {
                Ok(SigningKey {
                    kid: fields.take("kid")?,
                    number: fields.take("number")?,
                    algorithm: fields.take("algorithm")?,
                    public_key: fields.take("public_key")?,
                    sealed: fields.take("sealed")?,
                    created_at: fields.moment("created_at")?,
                    signs_from: fields.moment("signs_from")?,
                })
            })
        })
        .await
    }

    async fn add_signing_key(&self, key: SigningKey, effects: Effects) -> Result<bool> {
        let sql = "insert into signing_keys (number, kid, algorithm, public_key, sealed, created_at, signs_from)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict do nothing";
        self.write_telling(effects, move |db| {
            let values = (
                key.number,
                &key.kid,
                key.algorithm,
                &key.public_key,
                &key.sealed,
                Moment(key.created_at),
                Moment(key.signs_from),
            );
            execute(db, sql, values)
        })
        .await
    }

    async fn reseal_signing_key(&self, key: SigningKey, sealed_before: Vec<u8>) -> Result<bool> {
        let sql = "update signing_keys set sealed = ?1 where kid = ?2 and sealed = ?3";
        self.write_one(move |db| execute(db, sql, (&key.sealed, &key.kid, &sealed_before)))
            .await
    }

    async fn remove_signing_key(&self, kid: &str, effects: Effects) -> Result<bool> {
        let (sql, kid) = ("delete from signing_keys where kid = ?1", kid.to_owned());
        self.write_telling(effects, move |db| execute(db, sql, [&kid]))
            .await
    }
}
