//! Passkeys, and the challenges that were used.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::effects::{Subject, write_effects};
use super::rows::{Fields, Moment, all, execute, first, run, value};
use super::threads::Writer;
use super::user_rows::{self, accepting};
use super::{Sqlite, attempts, login_methods, registration, sessions, user_list};
use crate::model::{
    Challenge, CredentialId, Id, NewSession, Passkey, PasskeyName, RemovedMethod, User, UserFilter,
};
use crate::store::{
    AddPasskey, AddedPasskey, Effects, PasskeyRemoval, PasskeyStore, PresentedPasskey,
    RemoveAllPasskeys, RemovePasskey, Result, UsePasskey,
};

#[async_trait]
impl PasskeyStore for Sqlite {
    async fn passkeys(&self, user_id: Id) -> Result<Vec<Passkey>> {
        self.read(move |db| of_account(db, user_id)).await
    }

    async fn passkey(&self, credential_id: &CredentialId) -> Result<Option<(User, Passkey)>> {
        let credential_id = credential_id.clone();
        self.read(move |db| {
            let Some((user_id, passkey)) = find(db, &credential_id)? else {
                return Ok(None);
            };
            Ok(user_rows::by_id(db, user_id)?.map(|user| (user, passkey)))
        })
        .await
    }

    async fn add_passkey(&self, adding: AddPasskey, effects: Effects) -> Result<AddedPasskey> {
        self.write(move |db| {
            let AddPasskey {
                user_id,
                passkey,
                challenge,
                proof,
                now,
            } = adding;
            if !use_up(db, &challenge)? {
                return Ok(AddedPasskey::ChallengeUsed);
            }
            let Some(mut user) = accepting(db, user_id, proof.issued_at())? else {
                return Ok(AddedPasskey::Stale);
            };
            if !proof.suits(&user) {
                return Ok(AddedPasskey::PasswordOnly);
            }
            if find(db, &passkey.credential_id)?.is_some() {
                return Ok(AddedPasskey::Taken);
            }
            if of_account(db, user_id)?.len() >= Passkey::MOST {
                return Ok(AddedPasskey::Full);
            }
            insert(db, user_id, &passkey)?;
            if let Some(link) = proof.link() {
                user.is_verified = true;
                registration::forget(db, &user.email)?;
                attempts::succeed(db, &user.email, None, now)?;
                sessions::end(db, &mut user, now, Some(link))?;
                user_rows::update(db, &user)?;
            }
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(AddedPasskey::Added)
        })
        .await
    }

    async fn rename_passkey(
        &self,
        user_id: Id,
        id: Id,
        name: PasskeyName,
        effects: Effects,
    ) -> Result<bool> {
        self.write(move |db| {
            let Some(user) = user_rows::by_id(db, user_id)? else {
                return Ok(false);
            };
            let sql = "update passkeys set name = ?3 where user_id = ?1 and id = ?2";
            let renamed = execute(db, sql, (user_id, id, &name))? > 0;
            if renamed {
                write_effects(db, effects, &Subject::user(&user))?;
            }
            Ok(renamed)
        })
        .await
    }

    async fn remove_passkey(
        &self,
        removal: PasskeyRemoval,
        effects: Effects,
    ) -> Result<RemovePasskey> {
        self.write(move |db| {
            let user = user_rows::by_id(db, removal.user_id)?;
            let Some(user) = user.filter(|user| removal.is_for(user)) else {
                return Ok(RemovePasskey::Stale);
            };
            let passkeys = of_account(db, user.id)?;
            if !passkeys.iter().any(|passkey| passkey.id == removal.id) {
                return Ok(RemovePasskey::NotFound);
            }
            let removed = RemovedMethod::Passkey(removal.id);
            if !login_methods::any_left(db, &user, &removal.open, removed)? {
                return Ok(RemovePasskey::LastLoginMethod);
            }
            run(db, "delete from passkeys where id = ?1", [removal.id])?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(RemovePasskey::Removed)
        })
        .await
    }

    async fn remove_all_passkeys(
        &self,
        user_id: Id,
        only_if: Option<UserFilter>,
        effects: Effects,
    ) -> Result<RemoveAllPasskeys> {
        self.write(move |db| {
            let Some(user) = user_rows::by_id(db, user_id)? else {
                return Ok(RemoveAllPasskeys::NotFound);
            };
            if !user_list::admits(db, only_if.as_ref(), user_id)? {
                return Ok(RemoveAllPasskeys::Overtaken);
            }
            let removed = forget(db, user_id, Timestamp::MIN)?;
            if removed > 0 {
                write_effects(db, effects, &Subject::user(&user))?;
            }
            Ok(RemoveAllPasskeys::Removed(removed))
        })
        .await
    }

    async fn count_passkeys_elsewhere(&self, rp_id: &str) -> Result<u64> {
        let rp_id = rp_id.to_owned();
        let sql = "select count(*) from passkeys where rp_id <> ?1";
        let count = self.read(move |db| value::<i64>(db, sql, [rp_id])).await?;
        Ok(count.unsigned_abs())
    }

    async fn issue_session_for_passkey(
        &self,
        presented: PresentedPasskey,
        session: NewSession,
        counter_refused: Effects,
        effects: Effects,
    ) -> Result<UsePasskey> {
        self.write(move |db| {
            let accepted = accept(db, &presented, counter_refused)?;
            let now = presented.now;
            accepted.then(|user| sessions::write(db, user, session, None, None, now, effects))
        })
        .await
    }

    async fn use_passkey(
        &self,
        presented: PresentedPasskey,
        counter_refused: Effects,
    ) -> Result<UsePasskey<()>> {
        self.write(move |db| accept(db, &presented, counter_refused)?.then(|_| Ok(())))
            .await
    }
}

/// Uses up the challenge and stores the counter, if the account is active and still has the passkey. Returns the account.
fn accept(
    db: &Writer,
    presented: &PresentedPasskey,
    counter_refused: Effects,
) -> Result<UsePasskey<User>> {
    if !use_up(db, &presented.challenge)? {
        return Ok(UsePasskey::ChallengeUsed);
    }
    let user = user_rows::by_id(db, presented.user_id)?.filter(|user| user.is_active);
    let passkey = find(db, &presented.credential_id)?;
    let passkey = passkey.filter(|(owner, _)| *owner == presented.user_id);
    let Some((user, (_, passkey))) = user.zip(passkey) else {
        return Ok(UsePasskey::Stale);
    };
    if !passkey.may_count(presented.sign_count) {
        write_effects(db, counter_refused, &Subject::user(&user))?;
        return Ok(UsePasskey::CounterRefused);
    }
    run(
        db,
        "update passkeys set sign_count = ?2, last_used_at = ?3 where credential_id = ?1",
        (
            &presented.credential_id,
            presented.sign_count,
            Moment(presented.now),
        ),
    )?;
    Ok(UsePasskey::Accepted(user))
}

const COLUMNS: &str = "credential_id, id, user_id, name, public_key, sign_count, is_synced, rp_id, created_at, last_used_at";

fn read(fields: &mut Fields<'_>) -> Result<(Id, Passkey)> {
    let credential_id = fields.take("credential_id")?;
    let id = fields.take("id")?;
    let user_id = fields.take("user_id")?;
    let passkey = Passkey {
        id,
        credential_id,
        name: fields.take("name")?,
        public_key: fields.take("public_key")?,
        sign_count: fields.take("sign_count")?,
        is_synced: fields.take("is_synced")?,
        rp_id: fields.take("rp_id")?,
        created_at: fields.moment("created_at")?,
        last_used_at: fields.optional_moment("last_used_at")?,
    };
    Ok((user_id, passkey))
}

/// Returns the passkey with a credential id, and the id of its account.
fn find(connection: &Connection, credential_id: &CredentialId) -> Result<Option<(Id, Passkey)>> {
    let sql = format!("select {COLUMNS} from passkeys where credential_id = ?1");
    first(connection, "passkeys", &sql, [credential_id], read)
}

fn of_account(connection: &Connection, user_id: Id) -> Result<Vec<Passkey>> {
    let sql = format!("select {COLUMNS} from passkeys where user_id = ?1 order by created_at, id");
    let found = all(connection, "passkeys", &sql, [user_id], read)?;
    Ok(found.into_iter().map(|(_, passkey)| passkey).collect())
}

fn insert(connection: &Connection, user_id: Id, passkey: &Passkey) -> Result<()> {
    let sql = format!(
        "insert into passkeys ({COLUMNS})
         values (:credential_id, :id, :user_id, :name, :public_key, :sign_count, :is_synced, :rp_id, :created_at, :last_used_at)"
    );
    run(
        connection,
        &sql,
        named_params! {
            ":credential_id": passkey.credential_id,
            ":id": passkey.id,
            ":user_id": user_id,
            ":name": passkey.name,
            ":public_key": passkey.public_key,
            ":sign_count": passkey.sign_count,
            ":is_synced": passkey.is_synced,
            ":rp_id": passkey.rp_id,
            ":created_at": Moment(passkey.created_at),
            ":last_used_at": passkey.last_used_at.map(Moment),
        },
    )
}

/// Uses up a challenge. Returns false if it was already used.
fn use_up(connection: &Connection, challenge: &Challenge) -> Result<bool> {
    let sql = "insert into used_challenges (challenge, expires_at) values (?1, ?2) on conflict do nothing";
    let used = execute(
        connection,
        sql,
        (&challenge.text, Moment(challenge.expires_at)),
    )?;
    Ok(used > 0)
}

/// Deletes the passkeys of an account that were added at `from` or later. Returns how many.
pub(super) fn forget(connection: &Connection, user_id: Id, from: Timestamp) -> Result<usize> {
    let sql = "delete from passkeys where user_id = ?1 and created_at >= ?2";
    execute(connection, sql, (user_id, Moment(from)))
}
