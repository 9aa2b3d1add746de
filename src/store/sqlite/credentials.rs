//! Links that recover or change what an account logs in with, and those changes.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::effects::{Subject, pretend_effects, write_effects};
use super::rows::{Moment, email_key, execute};
use super::threads::Writer;
use super::{Sqlite, attempts, caps, registration, sessions, users};
use crate::model::{Id, User};
use crate::store::{
    Conditional, CredentialStore, Effects, EmailChange, IssueLink, LinkIssue, PasswordChange,
    PasswordProof, Result,
};

#[async_trait]
impl CredentialStore for Sqlite {
    async fn issue_link(&self, link: LinkIssue, effects: Effects) -> Result<IssueLink> {
        self.threads
            .write(move |db| issue_link(db, &link, effects))
            .await
    }

    async fn change_password(
        &self,
        change: PasswordChange,
        effects: Effects,
    ) -> Result<Conditional> {
        self.threads
            .write(move |db| change_password(db, &change, effects))
            .await
    }

    async fn change_email(&self, change: EmailChange, effects: Effects) -> Result<Conditional> {
        self.threads
            .write(move |db| change_email(db, &change, effects))
            .await
    }
}

/// The account, if it still honours a link or pending token that was issued then.
pub(super) fn honouring(
    connection: &Connection,
    id: Id,
    issued_at: Timestamp,
) -> Result<Option<User>> {
    let user = users::by_id(connection, id)?.filter(|user| user.is_active);
    Ok(user.filter(|user| {
        let cut_off = user.tokens_invalidated_after;
        cut_off.is_none_or(|cut_off| cut_off < issued_at)
    }))
}

/// Whether the account still has the address and the hash that the link was made for.
fn is_as_read(user: &User, link: &LinkIssue) -> bool {
    let has_address = link
        .email
        .as_ref()
        .is_none_or(|email| email_key(email) == email_key(&user.email));
    has_address && (link.verified_hash.is_none() || link.verified_hash == user.hashed_password)
}

pub(super) fn issue_link(
    connection: &Writer,
    link: &LinkIssue,
    effects: Effects,
) -> Result<IssueLink> {
    let user = match link.user_id {
        Some(id) => {
            match honouring(connection, id, link.issued_at)?.filter(|user| is_as_read(user, link)) {
                Some(user) => Some(user),
                None => return Ok(IssueLink::Stale),
            }
        }
        None => None,
    };
    if !caps::spend(connection, &link.cap)? {
        return Ok(IssueLink::CapSpent);
    }
    let Some(user) = user else {
        pretend_effects(connection, effects, &Subject::default())?;
        return Ok(IssueLink::Nobody);
    };
    execute(
        connection,
        "update users set last_iat = max(:issued_at, coalesce(last_iat, :issued_at)) where id = :id",
        named_params! { ":issued_at": Moment(link.issued_at), ":id": user.id },
    )?;
    write_effects(connection, effects, &Subject::user(&user))?;
    Ok(IssueLink::Queued)
}

pub(super) fn change_password(
    connection: &Writer,
    change: &PasswordChange,
    effects: Effects,
) -> Result<Conditional> {
    let (user, link) = match &change.proof {
        PasswordProof::Verified(hash) => {
            let user = users::by_id(connection, change.user_id)?;
            let holds = |user: &User| user.is_active && user.hashed_password.as_ref() == Some(hash);
            (user.filter(holds), None)
        }
        PasswordProof::Link(issued_at) => {
            let user = honouring(connection, change.user_id, *issued_at)?;
            (user, Some(*issued_at))
        }
        PasswordProof::Administrator => (users::by_id(connection, change.user_id)?, None),
    };
    let Some(user) = user else {
        return Ok(Conditional::Stale);
    };
    let is_proven = link.is_some() && !user.is_verified;
    execute(
        connection,
        "update users set hashed_password = :new_hash, is_verified = :is_verified where id = :id",
        named_params! {
            ":new_hash": change.new_hash,
            ":is_verified": user.is_verified || is_proven,
            ":id": user.id,
        },
    )?;
    if is_proven {
        registration::forget(connection, &user.email)?;
    }
    attempts::succeed(connection, &user.email, change.attempt, change.now)?;
    finish(connection, &user, change.now, link, effects)
}

pub(super) fn change_email(
    connection: &Writer,
    change: &EmailChange,
    effects: Effects,
) -> Result<Conditional> {
    let Some(user) = honouring(connection, change.user_id, change.issued_at)? else {
        return Ok(Conditional::Stale);
    };
    let old_email = change.old_email.as_ref();
    if old_email.is_some_and(|old| email_key(old) != email_key(&user.email)) {
        return Ok(Conditional::Stale);
    }
    // Its own address in another spelling is nobody else's.
    let holder = users::by_email(connection, &change.new_email)?;
    if holder.is_some_and(|holder| holder.id != user.id) {
        return Ok(Conditional::EmailTaken);
    }
    execute(
        connection,
        "update users set email = :email, email_key = :email_key, is_verified = 1 where id = :id",
        named_params! {
            ":email": change.new_email,
            ":email_key": email_key(&change.new_email),
            ":id": user.id,
        },
    )?;
    for address in [&user.email, &change.new_email] {
        registration::forget(connection, address)?;
    }
    let link = Some(change.issued_at);
    finish(connection, &user, change.now, link, effects)
}

/// What every change ends with: all tokens die, and only then follows what tells of it.
fn finish(
    connection: &Writer,
    before: &User,
    now: Timestamp,
    link: Option<Timestamp>,
    effects: Effects,
) -> Result<Conditional> {
    sessions::end(connection, before.id, now, link)?;
    write_effects(connection, effects, &Subject::user(before))?;
    Ok(users::by_id(connection, before.id)?.map_or(Conditional::Stale, Conditional::Done))
}
