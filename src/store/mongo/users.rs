//! Accounts: creating, finding, listing, counting, changing and deleting them.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::deletion::{self, Marked};
use super::documents::{LANGUAGE, RECOVERY, TOTP, date, literal, stored_number, user};
use super::error::{timed_out, tolerate};
use super::out::Out;
use super::relay::relay;
use super::superusers::Turn;
use super::user_documents::{as_read, by_email, by_id, ended, is_crowded};
use super::{Mongo, attempts, caps, code_documents, promotion, sessions, undos, user_list};
use crate::model::{
    Counts, Email, FullName, Id, Language, NewAddress, Page, PageKey, Revision, User, UserChange,
    UserFilter,
};
use crate::store::page::Start;
use crate::store::{
    ChangeUser, CreateFirstAdmin, CreateUser, DeleteUser, Deletion, Effects, Result, UserStore,
};

/// How often an operation starts again if others change the account in between.
const MAX_TRIES: usize = 10;

/// Creates the first administrator in the turn of those who change whether there is one.
async fn first_admin(
    db: &Db,
    turn: &Turn,
    user: &User,
    effects: Effects,
) -> Result<CreateFirstAdmin> {
    if !turn.finds_none(db).await? {
        return Ok(CreateFirstAdmin::NotFirst);
    }
    let (holder, is_crowded) =
        tokio::try_join!(by_email(db, &user.email), is_crowded(db, &user.email))?;
    if holder.is_some() || is_crowded {
        return Ok(CreateFirstAdmin::EmailTaken);
    }
    let inserted = promotion::insert(db, user, Out::of_account(effects)?).await?;
    Ok(if inserted {
        CreateFirstAdmin::Created
    } else {
        CreateFirstAdmin::EmailTaken
    })
}

#[async_trait]
impl UserStore for Mongo {
    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser> {
        let (db, _counts) = self.counted().await?;
        let (holder, is_crowded) =
            tokio::try_join!(by_email(db, &user.email), is_crowded(db, &user.email))?;
        if holder.is_some() || is_crowded {
            return Ok(CreateUser::EmailTaken);
        }
        let inserted = promotion::insert(db, &user, Out::of_account(effects)?).await?;
        Ok(if inserted {
            CreateUser::Created
        } else {
            CreateUser::EmailTaken
        })
    }

    async fn create_first_admin(&self, user: User, effects: Effects) -> Result<CreateFirstAdmin> {
        let (db, _counts) = self.counted().await?;
        let turn = Turn::take(db, true).await?;
        let created = first_admin(db, &turn, &user, effects).await;
        turn.end(db).await;
        created
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
            if let Some(address) = &change.email {
                if !address.is_for(&before) {
                    return Ok(ChangeUser::Stale);
                }
                // A different spelling of the account's own email address does not count as taken.
                let holder = by_email(db, &address.to).await?;
                if holder.is_some_and(|holder| holder.id != id) {
                    return Ok(ChangeUser::EmailTaken);
                }
            }
            let revision = change.revise(before);
            let turn = Turn::take(db, !force && revision.removes_superuser()).await?;
            let undos = change
                .email
                .as_ref()
                .map(|address| undo_fields(address, &revision, now));
            let undos = undos.unwrap_or_default();
            let done = write(db, &revision, undos, &turn, now, effects.clone()).await;
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

/// Writes a change if the account is still as it was read. Returns `None` if it is not.
async fn write(
    db: &Db,
    revision: &Revision,
    undos: Document,
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
        fields.extend(undos);
        if revision.removes_second_factor {
            fields.extend(doc! { TOTP: "$$REMOVE", RECOVERY: "$$REMOVE" });
        }
    }
    let out = Out::of(effects, Some(id), Some(&before.email))?;
    let mut stages = vec![out.stage(revision.ends_sessions)];
    if !fields.is_empty() {
        stages.push(doc! { "$set": fields });
    }
    let changed = db.users.find_one_and_update(as_read(before), stages);
    let changed = changed.return_document(ReturnDocument::After);
    // The unique index on the email address decides.
    let after = match db.write_unique(changed).await? {
        None => return Ok(Some(ChangeUser::EmailTaken)),
        Some(None) => return Ok(None),
        Some(Some(after)) => after,
    };
    if revision.verifies() || revision.changes_email() {
        promotion::forget(db, &before.email).await?;
    }
    if revision.changes_email() {
        promotion::forget(db, &revision.after.email).await?;
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

/// Returns the fields of the changes that can be undone, after this change.
fn undo_fields(address: &NewAddress, revision: &Revision, now: Timestamp) -> Document {
    match &address.undo {
        _ if address.is_final => doc! { undos::UNDOS: "$$REMOVE" },
        Some(undo) => undos::kept(undo, &revision.before, now),
        None => Document::new(),
    }
}

fn changed_fields(user: &User, now: Timestamp) -> Document {
    let text =
        |text: Option<&str>| text.map_or(Bson::from("$$REMOVE"), |text| literal(text).into());
    doc! {
        "email": literal(user.email.as_str()),
        "is_active": user.is_active,
        "is_superuser": user.is_superuser,
        "is_verified": user.is_verified,
        "is_mfa_enabled": user.is_mfa_enabled,
        "full_name": text(user.full_name.as_ref().map(FullName::as_str)),
        LANGUAGE: text(user.language.as_ref().map(Language::as_str)),
        "phone_number": text(stored_number(user)),
        "updated_at": date(now),
    }
}
