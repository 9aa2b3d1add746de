//! Links that reset a password or change an email address, and those changes.

use async_trait::async_trait;
use jiff::Timestamp;

use super::effects::{Subject, pretend_effects, write_effects};
use super::threads::Writer;
use super::{
    Sqlite, attempts, caps, factor_rows, identities, passkeys, registration, sessions, undos,
    user_list, user_rows,
};
use crate::model::{Id, ProofHash, Undo, User};
use crate::store::{
    ChangeEmail, Conditional, CredentialStore, Effects, EmailChange, IssueLink, LinkIssue,
    PasswordChange, PasswordProof, Result, UndoEmailChange,
};

#[async_trait]
impl CredentialStore for Sqlite {
    async fn issue_link(&self, link: LinkIssue, effects: Effects) -> Result<IssueLink> {
        self.write(move |db| {
            let user = match link.user_id {
                Some(id) => user_rows::by_id(db, id)?.filter(|user| link.is_for(user)),
                None => None,
            };
            if link.user_id.is_some() && user.is_none() {
                return Ok(IssueLink::Stale);
            }
            if let Some(user) = &user
                && !user_list::admits(db, link.only_if.as_ref(), user.id)?
            {
                return Ok(IssueLink::Overtaken);
            }
            let cap = if user.is_some() {
                link.cap
            } else {
                link.cap.pretended()
            };
            if !caps::spend(db, &cap)? {
                return Ok(IssueLink::CapSpent);
            }
            let Some(user) = user else {
                pretend_effects(db, effects, &Subject::default())?;
                return Ok(IssueLink::Nobody);
            };
            user_rows::raise_last_iat(db, user.id, link.issued_at)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(IssueLink::Queued)
        })
        .await
    }

    async fn change_password(
        &self,
        change: PasswordChange,
        effects: Effects,
    ) -> Result<Conditional> {
        self.write(move |db| {
            let user = user_rows::by_id(db, change.user_id)?;
            let user = user.filter(|user| match &change.proof {
                PasswordProof::Verified(hash) => user.is_active && user.has_hash(hash),
                PasswordProof::Link(issued_at) => user.accepts(*issued_at),
                PasswordProof::Administrator => true,
            });
            let Some(mut user) = user else {
                return Ok(Conditional::Stale);
            };
            user.hashed_password = Some(change.new_hash);
            let link = change.proof.link();
            if link.is_some() {
                user.is_verified = true;
                registration::forget(db, &user.email)?;
            }
            attempts::succeed(db, &user.email, change.attempt, change.now)?;
            sessions::end(db, &mut user, change.now, link)?;
            user_rows::update(db, &user)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(Conditional::Done(user))
        })
        .await
    }

    async fn change_email(&self, change: EmailChange, effects: Effects) -> Result<ChangeEmail> {
        self.write(move |db| {
            let user = user_rows::by_id(db, change.user_id)?;
            let Some(before) = user.filter(|user| change.is_for(user)) else {
                return Ok(ChangeEmail::Stale);
            };
            let mut user = before.clone();
            user.email = change.new_email;
            let link = Some(change.issued_at);
            let changed = move_user(db, &before, user, change.now, link, effects)?;
            if let (ChangeEmail::Done(_), Some(undo)) = (&changed, &change.undo) {
                undos::keep(db, &before, undo, change.now)?;
            }
            Ok(changed)
        })
        .await
    }

    async fn undo(&self, user_id: Id, proof: &ProofHash, now: Timestamp) -> Result<Option<Undo>> {
        let proof = proof.clone();
        self.read(move |db| undos::find(db, user_id, &proof, now))
            .await
    }

    async fn undo_email_change(
        &self,
        undo: UndoEmailChange,
        effects: Effects,
    ) -> Result<ChangeEmail> {
        self.write(move |db| {
            let user = user_rows::by_id(db, undo.user_id)?;
            let Some(before) = user.filter(|user| undo.is_for(user)) else {
                return Ok(ChangeEmail::Stale);
            };
            let Some(change) = undos::find(db, before.id, &undo.proof, undo.now)? else {
                return Ok(ChangeEmail::Stale);
            };
            let mut user = before.clone();
            user.email = change.email;
            if undo.forgets_password {
                user.hashed_password = None;
            }
            let mut changed = move_user(db, &before, user, undo.now, None, effects)?;
            if let ChangeEmail::Done(user) = &mut changed {
                undos::forget(db, user.id, change.changed_at)?;
                // Whoever controlled the account then may have added some.
                passkeys::forget(db, user.id, change.changed_at)?;
                identities::forget(db, user.id, change.changed_at)?;
                let has_app = factor_rows::forget_since(db, user.id, change.changed_at)?;
                change.phone.restore(user, has_app);
                factor_rows::write_restored(db, user, undo.now)?;
            }
            Ok(changed)
        })
        .await
    }
}

/// Writes an account with its new email address, if no other account has it, and deletes what belonged to the old or
/// the new address.
fn move_user(
    db: &Writer,
    before: &User,
    mut user: User,
    now: Timestamp,
    link: Option<Timestamp>,
    effects: Effects,
) -> Result<ChangeEmail> {
    // A different spelling of the account's own email address does not count as taken.
    let holder = user_rows::by_email(db, &user.email)?;
    if holder.is_some_and(|holder| holder.id != before.id) {
        return Ok(ChangeEmail::EmailTaken);
    }
    user.is_verified = true;
    for address in [&before.email, &user.email] {
        registration::forget(db, address)?;
    }
    sessions::end(db, &mut user, now, link)?;
    user_rows::update(db, &user)?;
    write_effects(db, effects, &Subject::user(before))?;
    Ok(ChangeEmail::Done(user))
}
