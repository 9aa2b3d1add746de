//! Logins with external providers: unfinished ones, and the identities that accounts are linked to.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::effects::{Subject, write_effects};
use super::rows::{Fields, Moment, all, execute, first, run};
use super::{Sqlite, login_methods, registration, sessions, user_rows};
use crate::model::{
    Id, Identity, NewSession, OfferedMethods, ProofHash, ProviderId, RemovedMethod, User,
};
use crate::store::{
    CreateWithIdentity, Effects, IdentityLink, IdentityStore, IdentityUse, IssuedSession,
    LinkIdentity, OauthState, Result, UnlinkIdentity,
};

const TABLE: &str = "oauth_identities";
const COLUMNS: &str = "provider, subject_id, user_id, email, linked_at, last_used_at";

#[async_trait]
impl IdentityStore for Sqlite {
    async fn put_oauth_state(&self, state: OauthState) -> Result<()> {
        self.write(move |db| {
            run(
                db,
                "insert into oauth_states (id, sealed, created_at, expires_at) values (?1, ?2, ?3, ?4)",
                (
                    &state.id,
                    &state.sealed,
                    Moment(state.created_at),
                    Moment(state.expires_at),
                ),
            )
        })
        .await
    }

    async fn take_oauth_state(&self, id: &ProofHash, now: Timestamp) -> Result<Option<Vec<u8>>> {
        let id = id.clone();
        self.write(move |db| {
            let sql = "delete from oauth_states where id = ?1 returning id, sealed, expires_at";
            let taken = first(db, "oauth_states", sql, [&id], |fields| {
                fields.take::<String>("id")?;
                let sealed: Vec<u8> = fields.take("sealed")?;
                Ok((sealed, fields.moment("expires_at")?))
            })?;
            Ok(taken
                .filter(|(_, expires_at)| *expires_at > now)
                .map(|(sealed, _)| sealed))
        })
        .await
    }

    async fn identity_owner(&self, provider: &ProviderId, subject: &str) -> Result<Option<User>> {
        let (provider, subject) = (provider.clone(), subject.to_owned());
        self.read(move |db| match find(db, &provider, &subject)? {
            Some(identity) => user_rows::by_id(db, identity.user_id),
            None => Ok(None),
        })
        .await
    }

    async fn identities(&self, user_id: Id) -> Result<Vec<Identity>> {
        let sql = format!(
            "select {COLUMNS} from oauth_identities where user_id = ?1 order by linked_at, provider"
        );
        self.read(move |db| all(db, TABLE, &sql, [user_id], read))
            .await
    }

    async fn identities_of(&self, user_ids: &[Id]) -> Result<Vec<Identity>> {
        let ids: serde_json::Value = user_ids.iter().map(ToString::to_string).collect();
        let sql = format!(
            "select {COLUMNS} from oauth_identities where user_id in (select value from json_each(?1))"
        );
        self.read(move |db| all(db, TABLE, &sql, [ids.to_string()], read))
            .await
    }

    async fn create_user_with_identity(
        &self,
        user: User,
        identity: Identity,
        effects: Effects,
    ) -> Result<CreateWithIdentity> {
        self.write(move |db| {
            if find(db, &identity.provider, &identity.subject)?.is_some() {
                return Ok(CreateWithIdentity::IdentityTaken);
            }
            if user_rows::by_email(db, &user.email)?.is_some() {
                return Ok(CreateWithIdentity::EmailTaken);
            }
            registration::insert(db, &user, effects)?;
            insert(db, &identity)?;
            Ok(CreateWithIdentity::Created)
        })
        .await
    }

    async fn link_identity(&self, link: IdentityLink, effects: Effects) -> Result<LinkIdentity> {
        self.write(move |db| {
            let IdentityLink { identity, proof } = link;
            let user = user_rows::by_id(db, identity.user_id)?;
            let Some(user) = user.filter(|user| proof.holds(user)) else {
                return Ok(LinkIdentity::Stale);
            };
            if let Some(there) = find(db, &identity.provider, &identity.subject)? {
                return Ok(if there.user_id == user.id {
                    LinkIdentity::AlreadyLinked
                } else {
                    LinkIdentity::IdentityTaken
                });
            }
            if of_account(db, user.id, &identity.provider)?.is_some() {
                return Ok(LinkIdentity::ProviderTaken);
            }
            insert(db, &identity)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(LinkIdentity::Linked)
        })
        .await
    }

    async fn unlink_identity(
        &self,
        user_id: Id,
        provider: &ProviderId,
        unless_last: Option<OfferedMethods>,
        effects: Effects,
    ) -> Result<UnlinkIdentity> {
        let provider = provider.clone();
        self.write(move |db| {
            let user = user_rows::by_id(db, user_id)?;
            let identity = of_account(db, user_id, &provider)?;
            let Some((user, identity)) = user.zip(identity) else {
                return Ok(UnlinkIdentity::NotLinked);
            };
            let removed = RemovedMethod::Identity(&provider);
            if let Some(open) = &unless_last
                && !login_methods::any_left(db, &user, open, removed)?
            {
                return Ok(UnlinkIdentity::LastLoginMethod);
            }
            run(
                db,
                "delete from oauth_identities where user_id = ?1 and provider = ?2",
                (user_id, &provider),
            )?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(UnlinkIdentity::Done(identity))
        })
        .await
    }

    async fn note_identity_use(&self, used: &IdentityUse, at: Timestamp) -> Result<bool> {
        let used = used.clone();
        self.write(move |db| note_use(db, &used, at)).await
    }

    async fn issue_session_for_identity(
        &self,
        used: IdentityUse,
        session: NewSession,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<IssuedSession>> {
        self.write(move |db| {
            let account = user_rows::by_id(db, used.user_id)?.filter(|user| user.is_active);
            let Some(account) = account else {
                return Ok(None);
            };
            if !note_use(db, &used, now)? {
                return Ok(None);
            }
            sessions::write(db, account, session, None, None, now, effects).map(Some)
        })
        .await
    }
}

fn read(fields: &mut Fields<'_>) -> Result<Identity> {
    Ok(Identity {
        provider: fields.take("provider")?,
        subject: fields.take("subject_id")?,
        user_id: fields.take("user_id")?,
        email: fields.take("email")?,
        linked_at: fields.moment("linked_at")?,
        last_used_at: fields.optional_moment("last_used_at")?,
    })
}

pub(super) fn find(
    connection: &Connection,
    provider: &ProviderId,
    subject: &str,
) -> Result<Option<Identity>> {
    let sql =
        format!("select {COLUMNS} from oauth_identities where provider = ?1 and subject_id = ?2");
    first(connection, TABLE, &sql, (provider, subject), read)
}

fn of_account(
    connection: &Connection,
    user_id: Id,
    provider: &ProviderId,
) -> Result<Option<Identity>> {
    let sql =
        format!("select {COLUMNS} from oauth_identities where user_id = ?1 and provider = ?2");
    first(connection, TABLE, &sql, (user_id, provider), read)
}

pub(super) fn insert(connection: &Connection, identity: &Identity) -> Result<()> {
    let sql = format!(
        "insert into oauth_identities ({COLUMNS})
         values (:provider, :subject, :user_id, :email, :linked_at, :last_used_at)"
    );
    run(
        connection,
        &sql,
        named_params! {
            ":provider": identity.provider,
            ":subject": identity.subject,
            ":user_id": identity.user_id,
            ":email": identity.email,
            ":linked_at": Moment(identity.linked_at),
            ":last_used_at": identity.last_used_at.map(Moment),
        },
    )
}

fn note_use(connection: &Connection, used: &IdentityUse, at: Timestamp) -> Result<bool> {
    let noted = execute(
        connection,
        "update oauth_identities set last_used_at = max(?4, coalesce(last_used_at, ?4))
         where provider = ?1 and subject_id = ?2 and user_id = ?3",
        (&used.provider, &used.subject, used.user_id, Moment(at)),
    )?;
    Ok(noted > 0)
}

/// Deletes the identities of an account that were linked at `from` or later.
pub(super) fn forget(connection: &Connection, user_id: Id, from: Timestamp) -> Result<()> {
    let sql = "delete from oauth_identities where user_id = ?1 and linked_at >= ?2";
    run(connection, sql, (user_id, Moment(from)))
}
