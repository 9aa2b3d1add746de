//! Service keys.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::Sqlite;
use super::rows::{Fields, Moment, all, execute, first};
use crate::model::{Id, Page, PageKey, ProofHash, Scopes, ServiceKey, ServiceKeyName};
use crate::store::page;
use crate::store::{Effects, Result, ServiceKeyStore, StoreError};

const TABLE: &str = "service_keys";
const COLUMNS: &str = "id, name, hash, scopes, created_by, created_at, expires_at, last_used_on";

#[async_trait]
impl ServiceKeyStore for Sqlite {
    async fn service_key(&self, id: Id) -> Result<Option<ServiceKey>> {
        self.read_row(move |db| by_id(db, id)).await
    }

    async fn service_key_named(&self, name: &ServiceKeyName) -> Result<Option<ServiceKey>> {
        let sql = format!("select {COLUMNS} from service_keys where name = ?1");
        let name = name.as_str().to_owned();
        self.read(move |db| first(db, TABLE, &sql, [name], read))
            .await
    }

    async fn service_keys(&self, after: Option<PageKey>, limit: u32) -> Result<Page<ServiceKey>> {
        let start = page::start(after);
        let sql = format!(
            "select {COLUMNS} from service_keys where (created_at, id) < (:at, :id)
             order by created_at desc, id desc limit :limit"
        );
        let keys = self.read(move |db| {
            let params = named_params! {
                ":at": Moment(start.at),
                ":id": start.id,
                ":limit": page::rows(limit),
            };
            all(db, TABLE, &sql, params, read)
        });
        Ok(page::of(keys.await?, limit, |key| PageKey {
            at: key.created_at,
            id: key.id,
        }))
    }

    async fn add_service_key(&self, key: ServiceKey, effects: Effects) -> Result<bool> {
        let sql = "insert into service_keys (id, name, hash, scopes, created_by, created_at, expires_at, last_used_on)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict do nothing";
        self.write_telling(effects, move |db| {
            let values = (
                key.id,
                key.name.as_str(),
                &key.hash,
                key.scopes.to_string(),
                &key.created_by,
                Moment(key.created_at),
                key.expires_at.map(Moment),
                key.last_used_on.map(Moment),
            );
            execute(db, sql, values)
        })
        .await
    }

    async fn remove_service_key(&self, id: Id, effects: Effects) -> Result<bool> {
        let sql = "delete from service_keys where id = ?1";
        self.write_telling(effects, move |db| execute(db, sql, [id]))
            .await
    }

    async fn note_service_key_use(&self, id: Id, day: Timestamp) -> Result<()> {
        let sql = "update service_keys set last_used_on = ?2
                   where id = ?1 and (last_used_on is null or last_used_on < ?2)";
        self.write(move |db| execute(db, sql, (id, Moment(day))).map(drop))
            .await
    }
}

/// Returns the key with an id.
pub(super) fn by_id(connection: &Connection, id: Id) -> Result<Option<ServiceKey>> {
    let sql = format!("select {COLUMNS} from service_keys where id = ?1");
    first(connection, TABLE, &sql, [id], read)
}

fn read(fields: &mut Fields<'_>) -> Result<ServiceKey> {
    let id: Id = fields.take("id")?;
    Ok(ServiceKey {
        id,
        name: ServiceKeyName::from_stored(fields.take("name")?),
        hash: fields.take::<ProofHash>("hash")?,
        scopes: Scopes::parse(&fields.take::<String>("scopes")?).map_err(|_| {
            StoreError::Unreadable {
                table: TABLE,
                id: id.to_string(),
                field: "scopes",
            }
        })?,
        created_by: fields.take("created_by")?,
        created_at: fields.moment("created_at")?,
        expires_at: fields.optional_moment("expires_at")?,
        last_used_on: fields.optional_moment("last_used_on")?,
    })
}
