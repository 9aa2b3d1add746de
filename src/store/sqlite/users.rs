//! Accounts: creating, finding, listing, counting, changing and deleting them.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::Connection;

use super::effects::{Subject, write_effects};
use super::rows::{Moment, first, run, value};
use super::{
    Sqlite, attempts, code_rows, factor_rows, identities, outbox, passkeys, registration,
    session_rows, sessions, undos, user_list, user_rows,
};
use crate::model::{Counts, Email, Id, Page, PageKey, User, UserChange, UserFilter};
use crate::store::page::Start;
use crate::store::{
    ChangeUser, CreateFirstAdmin, CreateUser, DeleteUser, Deletion, Effects, Result, StoreError,
    UserStore,
};

#[async_trait]
impl UserStore for Sqlite {
    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser> {
        self.write(move |db| {
            if user_rows::by_email(db, &user.email)?.is_some() {
                return Ok(CreateUser::EmailTaken);
            }
            registration::insert(db, &user, effects)?;
            Ok(CreateUser::Created)
        })
        .await
    }

    async fn create_first_admin(&self, user: User, effects: Effects) -> Result<CreateFirstAdmin> {
        self.write(move |db| {
            let any = UserFilter {
                is_superuser: Some(true),
                ..UserFilter::default()
            };
            if user_list::count(db, &any)? > 0 {
                return Ok(CreateFirstAdmin::NotFirst);
            }
            if user_rows::by_email(db, &user.email)?.is_some() {
                return Ok(CreateFirstAdmin::EmailTaken);
            }
            registration::insert(db, &user, effects)?;
            Ok(CreateFirstAdmin::Created)
        })
        .await
    }

    async fn user(&self, id: Id) -> Result<Option<User>> {
        self.read_row(move |db| user_rows::by_id(db, id)).await
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<User>> {
        let email = email.clone();
        self.read_row(move |db| user_rows::by_email(db, &email))
            .await
    }

    async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>> {
        let filter = filter.clone();
        self.read(move |db| user_list::page(db, &filter, &Start::After(after), limit))
            .await
    }

    async fn users_from(&self, filter: &UserFilter, skip: u32, limit: u32) -> Result<Page<User>> {
        let filter = filter.clone();
        self.read(move |db| user_list::page(db, &filter, &Start::Skip(skip), limit))
            .await
    }

    async fn count_users(&self, filter: &UserFilter) -> Result<u64> {
        let filter = filter.clone();
        self.read(move |db| user_list::count(db, &filter)).await
    }

    async fn change_user(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        now: Timestamp,
        mut effects: Effects,
    ) -> Result<ChangeUser> {
        self.write(move |db| {
            let Some(before) = user_rows::by_id(db, id)? else {
                return Ok(ChangeUser::NotFound);
            };
            if !user_list::admits(db, change.only_if.as_ref(), id)? {
                return Ok(ChangeUser::Overtaken);
            }
            let revision = change.revise(before);
            if !force && revision.removes_superuser() && !has_other_superuser(db, id)? {
                return Ok(ChangeUser::LastSuperuser);
            }
            let (before, mut user) = (&revision.before, revision.after.clone());
            if let Some(address) = &change.email {
                if !address.is_for(before) {
                    return Ok(ChangeUser::Stale);
                }
                // A different spelling of the account's own email address does not count as taken.
                let holder = user_rows::by_email(db, &address.to)?;
                if holder.is_some_and(|holder| holder.id != id) {
                    return Ok(ChangeUser::EmailTaken);
                }
            }
            let unlocked = revision.unlocks
                && attempts::clear(db, &before.email)? + code_rows::forgive(db, id)? > 0;
            if !revision.is_wanted(unlocked) {
                return Ok(ChangeUser::Done(user));
            }
            if revision.changes_user() {
                user.updated_at = now;
            }
            if revision.verifies() || revision.changes_email() {
                registration::forget(db, &before.email)?;
                registration::forget(db, &user.email)?;
            }
            if let Some(address) = &change.email {
                if address.is_final {
                    undos::forget(db, id, Timestamp::UNIX_EPOCH)?;
                } else if let Some(undo) = &address.undo {
                    undos::keep(db, before, undo, now)?;
                }
            }
            if revision.ends_sessions {
                sessions::end(db, &mut user, now, None)?;
            }
            if revision.removes_second_factor {
                factor_rows::forget(db, id)?;
                code_rows::forget(db, id)?;
                code_rows::forgive(db, id)?;
            }
            user_rows::update(db, &user)?;
            effects
                .events
                .retain(|event| revision.took_place(event.kind, unlocked));
            write_effects(db, effects, &Subject::user(before))?;
            Ok(ChangeUser::Done(user))
        })
        .await
    }

    async fn delete_user(
        &self,
        id: Id,
        deletion: Deletion,
        effects: Effects,
    ) -> Result<DeleteUser> {
        self.write(move |db| {
            let Some(user) = user_rows::by_id(db, id)? else {
                return Ok(DeleteUser::NotFound);
            };
            if !user_list::admits(db, deletion.only_if.as_ref(), id)? {
                return Ok(DeleteUser::Overtaken);
            }
            if !deletion.is_allowed_for(&user) {
                return Ok(DeleteUser::Stale);
            }
            if deletion.removes_superuser(&user) && !has_other_superuser(db, id)? {
                return Ok(DeleteUser::LastSuperuser);
            }
            run(db, "delete from users where id = ?1", [id])?;
            attempts::clear(db, &user.email)?;
            registration::forget(db, &user.email)?;
            factor_rows::forget(db, id)?;
            passkeys::forget(db, id, Timestamp::MIN)?;
            code_rows::forget(db, id)?;
            code_rows::forgive(db, id)?;
            session_rows::forget(db, id)?;
            identities::forget(db, id, Timestamp::MIN)?;
            undos::forget(db, id, Timestamp::UNIX_EPOCH)?;
            outbox::drop_of_user(db, &user)?;
            // Write these after the deletions, so that the mail about the deletion is sent.
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(DeleteUser::Done(user))
        })
        .await
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts> {
        let read = move |db: &Connection| {
            first(
                db,
                "user_counts",
                "select total, active, verified, superusers,
                     (select count(*) from pending_registrations where expires_at > ?1)
                 from user_counts",
                [Moment(now)],
                |fields| {
                    let mut count =
                        |field| Ok::<_, StoreError>(fields.take::<i64>(field)?.unsigned_abs());
                    Ok(Counts {
                        total_users: count("total")?,
                        active_users: count("active")?,
                        verified_users: count("verified")?,
                        superusers: count("superusers")?,
                        pending_registrations: count("pending_registrations")?,
                    })
                },
            )
        };
        Ok(self.read(read).await?.unwrap_or_default())
    }
}

/// Returns whether there is an active administrator besides this account.
fn has_other_superuser(connection: &Connection, id: Id) -> Result<bool> {
    value(
        connection,
        "select exists (select 1 from users where is_superuser = 1 and is_active = 1 and id <> ?1)",
        [id],
    )
}
