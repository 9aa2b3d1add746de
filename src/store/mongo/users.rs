//! Accounts: made, found, listed, counted, changed and deleted.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Bson, Document, doc};

use super::db::Db;
use super::deletion::{self, Marked};
use super::documents::{LANGUAGE, date, literal, user};
use super::error::{timed_out, tolerate};
use super::out::Out;
use super::relay::relay;
use super::superusers::Turn;
use super::user_documents::{as_read, by_email, by_id, ended, is_crowded, update};
use super::{Mongo, attempts, caps, code_documents, promotion, sessions, user_list};
use crate::model::{
    Counts, Email, FullName, Id, Language, Page, PageKey, PhoneNumber, Revision, User, UserChange,
    UserFilter,
};
use crate::store::page::Start;
use crate::store::{ChangeUser, CreateUser, DeleteUser, Deletion, Effects, Result, UserStore};

/// How often an act starts again that others get ahead of.
const MAX_TRIES: usize = 10;

#[async_trait]
impl UserStore for Mongo {
    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser> {
        let (db, _counts) = self.counted().await?;
        if by_email(db, &user.email).await?.is_some() || is_crowded(db, &user.email).await? {
            return Ok(CreateUser::EmailTaken);
        }
        let inserted = promotion::insert(db, &user, Out::of_account(effects)?).await?;
        Ok(if inserted {
            CreateUser::Created
        } else {
            CreateUser::EmailTaken
        })
    }

    async fn user(&self, id: Id) -> Result<Option<User>> {
        by_id(self.db().await?, id).await
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<User>> {
        by_email(self.db().await?, email).await
    }

    async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>> {
        user_list::page(self.db().await?, filter, &Start::After(after), limit).await
    }

    async fn users_from(&self, filter: &UserFilter, skip: u32, limit: u32) -> Result<Page<User>> {
        user_list::page(self.db().await?, filter, &Start::Skip(skip), limit).await
    }

    async fn count_users(&self, filter: &UserFilter) -> Result<u64> {
        user_list::count(self.db().await?, filter).await
    }

    async fn change_user(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        now: Timestamp,
        effects: Effects,
    ) -> Result<ChangeUser> {
        let (db, _counts) = self.counted().await?;
        for _ in 0..MAX_TRIES {
            let Some(before) = by_id(db, id).await? else {
                return Ok(ChangeUser::NotFound);
            };
            if !user_list::admits(db, change.only_if.as_ref(), id).await? {
                return Ok(ChangeUser::Overtaken);
            }
            let revision = change.revise(before);
            let turn = Turn::take(db, !force && revision.removes_superuser()).await?;
            let done = write(db, &revision, &turn, now, effects.clone()).await;
            turn.end(db).await;
            if let Some(done) = done? {
                return Ok(done);
            }
        }
        Err(timed_out())
    }

    async fn delete_user(
        &self,
        id: Id,
        deletion: Deletion,
        effects: Effects,
    ) -> Result<DeleteUser> {
        let (db, _counts) = self.counted().await?;
        for _ in 0..MAX_TRIES {
            let Some(before) = by_id(db, id).await? else {
                return Ok(DeleteUser::NotFound);
            };
            if !user_list::admits(db, deletion.only_if.as_ref(), id).await? {
                return Ok(DeleteUser::Overtaken);
            }
            if !deletion.is_allowed_for(&before) {
                return Ok(DeleteUser::Stale);
            }
            let turn = Turn::take(db, deletion.removes_superuser(&before)).await?;
            let marked = deletion::mark(db, &before, &deletion, &turn, effects.clone()).await;
            turn.end(db).await;
            match marked? {
                Marked::Gone(document) => {
                    tolerate(deletion::finish(db, &document).await)?;
                    return Ok(DeleteUser::Done(before));
                }
                Marked::LastSuperuser => return Ok(DeleteUser::LastSuperuser),
                Marked::Overtaken => {}
            }
        }
        Err(timed_out())
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts> {
        self.counts.get(self.db().await?, now).await
    }
}

/// Writes a change if the account is still as it was read; none when it is not.
async fn write(
    db: &Db,
    revision: &Revision,
    turn: &Turn,
    now: Timestamp,
    mut effects: Effects,
) -> Result<Option<ChangeUser>> {
    let before = &revision.before;
    let id = before.id;
    if !turn.leaves_another(db, id).await? {
        return Ok(Some(ChangeUser::LastSuperuser));
    }
    let unlocked = revision.unlocks
        && (attempts::recorded(db, &before.email).await? > 0
            || code_documents::counted(db, id).await?);
    if !revision.is_wanted(unlocked) {
        return Ok(Some(ChangeUser::Done(before.clone())));
    }
    effects
        .events
        .retain(|event| revision.took_place(event.kind, unlocked));
    let effects = caps::afford(db, effects).await?;
    let mut fields = Document::new();
    if revision.ends_sessions {
        fields.extend(ended(now, None));
    }
    if revision.changes_user() {
        fields.extend(changed_fields(&revision.after, now));
    }
    let mut stages = vec![Out::of_account(effects)?.stage(revision.ends_sessions)];
    if !fields.is_empty() {
        stages.push(doc! { "$set": fields });
    }
    let Some(after) = update(db, as_read(before), stages).await? else {
        return Ok(None);
    };
    if revision.verifies() {
        promotion::forget(db, &before.email).await?;
    }
    if unlocked {
        attempts::clear(db, &before.email).await?;
        code_documents::forgive(db, id).await?;
    }
    if revision.removes_second_factor {
        code_documents::forget(db, id).await?;
        code_documents::forgive(db, id).await?;
    }
    if revision.ends_sessions {
        sessions::drop_links_and_codes(db, id).await?;
    }
    relay(db, &db.users, &after).await?;
    Ok(Some(ChangeUser::Done(user(&after)?)))
}

fn changed_fields(user: &User, now: Timestamp) -> Document {
    let text =
        |text: Option<&str>| text.map_or(Bson::from("$$REMOVE"), |text| literal(text).into());
    doc! {
        "is_active": user.is_active,
        "is_superuser": user.is_superuser,
        "is_verified": user.is_verified,
        "is_mfa_enabled": user.is_mfa_enabled,
        "full_name": text(user.full_name.as_ref().map(FullName::as_str)),
        LANGUAGE: text(user.language.as_ref().map(Language::as_str)),
        "phone_number": text(user.phone_number.as_ref().map(PhoneNumber::as_str)),
        "updated_at": date(now),
    }
}
