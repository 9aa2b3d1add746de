//! Administration: what is done to accounts by others.

use super::login::MAX_ROUNDS;
use super::notice::SecurityChange;
use super::{Accounts, Error, Mailed, Result};
use crate::model::{EventKind, Id, NewPassword, Origin, User, UserChange, UserFilter};
use crate::store::{ChangeUser, DeleteUser, Deletion, Effects, PasswordProof};

impl Accounts {
    /// Changes an account. Each actual change is recorded as its own event. `force` overrides the protection of the
    /// last active administrator. The owner is told when the email address changes or a second factor is removed.
    pub async fn patch(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        origin: &Origin,
    ) -> Result<User> {
        let patched = self.patch_and_mail(id, change, force, origin).await;
        patched.map(|(user, _)| user)
    }

    /// Does what [`Self::patch`] does, and also mails a verification link to a new email address that must be verified
    /// before the account can log in. Returns what became of that mail, if there was one.
    pub async fn patch_and_mail(
        &self,
        id: Id,
        mut change: UserChange,
        force: bool,
        origin: &Origin,
    ) -> Result<(User, Option<Mailed>)> {
        change.only_if = change.only_if.or_else(|| self.condition());
        if let Some(address) = &change.email {
            self.check_reach(&address.to).await?;
        }
        for _ in 0..MAX_ROUNDS {
            let mut change = change.clone();
            let effects = self.effects_of(id, &mut change, origin).await?;
            let is_mailed = !effects.messages.is_empty();
            let moves = change.email.is_some();
            let changed = self
                .store
                .change_user(id, change, force, self.now(), effects);
            let user = match changed.await? {
                ChangeUser::Done(user) => user,
                ChangeUser::NotFound => return Err(Error::NotFound),
                ChangeUser::Overtaken => return Err(Error::Overtaken),
                ChangeUser::LastSuperuser => return Err(Error::LastSuperuser),
                ChangeUser::EmailTaken => return Err(Error::EmailTaken),
                // The account changed after it was read.
                ChangeUser::Stale => continue,
            };
            if is_mailed {
                self.outbox.wake();
            }
            let mailed = if moves && self.must_verify(&user) {
                self.prove_new_address(id, origin).await
            } else {
                None
            };
            return Ok((user, mailed));
        }
        Err(Error::Overtaken)
    }

    /// Returns what is written together with a change: its events and the notices to the owner. Drops a new email
    /// address from the change if the account already has it.
    async fn effects_of(
        &self,
        id: Id,
        change: &mut UserChange,
        origin: &Origin,
    ) -> Result<Effects> {
        let (mut messages, mut messages_cap) = (Vec::new(), None);
        if change.remove_second_factor || change.email.is_some() {
            let user = self.user(id).await?;
            if change.remove_second_factor {
                messages.extend(self.notice(&user, SecurityChange::SecondFactorRemoved, origin)?);
            }
            change.email = change
                .email
                .take()
                .filter(|address| address.to != user.email);
            if let Some(address) = &mut change.email {
                let undo = self
                    .undo_of(&user, &address.to)
                    .filter(|_| !address.is_final);
                let (undo, url) = undo.unzip();
                messages.extend(self.moved_notice(&user, &address.to, url, origin)?);
                address.undo = undo;
                address.from = Some(user.email.clone());
            }
            // As in `confirm_email_change`.
            messages_cap = change.email.is_none().then(|| self.notice_cap(&user));
        }
        Ok(Effects {
            messages,
            messages_cap,
            events: events_of(change)
                .map(|kind| self.event(kind, origin))
                .collect(),
        })
    }

    /// Mails the link that verifies the new email address of an account. The address is already changed, so a failure
    /// here is not an error.
    async fn prove_new_address(&self, id: Id, origin: &Origin) -> Option<Mailed> {
        let mailed = self.reverify(id, origin).await;
        mailed
            .inspect_err(
                |error| tracing::warn!(%error, "verification link not sent to a new email address"),
            )
            .ok()
    }

    /// Disables an account and ends its sessions.
    pub async fn lock(&self, id: Id, force: bool, origin: &Origin) -> Result<User> {
        let change = UserChange {
            is_active: Some(false),
            ..UserChange::default()
        };
        self.patch(id, change, force, origin).await
    }

    /// Enables an account and clears its lockout.
    pub async fn unlock(&self, id: Id, origin: &Origin) -> Result<User> {
        let change = UserChange {
            is_active: Some(true),
            ..UserChange::default()
        };
        self.patch(id, change, false, origin).await
    }

    /// Ends all sessions of an account, and every mailed link with them.
    pub async fn revoke_tokens(&self, id: Id, origin: &Origin) -> Result<User> {
        let change = UserChange {
            end_sessions: true,
            ..UserChange::default()
        };
        self.patch(id, change, false, origin).await
    }

    /// Turns off the second factor of an account and tells its owner.
    pub async fn remove_second_factor(&self, id: Id, origin: &Origin) -> Result<User> {
        let change = UserChange {
            remove_second_factor: true,
            ..UserChange::default()
        };
        self.patch(id, change, false, origin).await
    }

    /// Removes the second factor of an account, or a phone number set up for one, if there is any. Returns whether
    /// there was anything to remove.
    pub async fn reset_second_factor(&self, user: &User, origin: &Origin) -> Result<bool> {
        if !user.is_mfa_enabled && user.phone_number.is_none() {
            return Ok(false);
        }
        self.remove_second_factor(user.id, origin).await?;
        Ok(true)
    }

    /// Sets the password of an account and ends its sessions; its owner is told.
    pub async fn set_password(&self, id: Id, new: &NewPassword, origin: &Origin) -> Result<User> {
        let user = self.user(id).await?;
        let (proof, kind) = (PasswordProof::Administrator, EventKind::PasswordChanged);
        let changed = self.write_password(&user, new, proof, kind, origin).await?;
        changed.ok_or(Error::NotFound)
    }

    /// Deletes an account and what belongs to it.
    pub async fn delete(&self, id: Id, force: bool, origin: &Origin) -> Result<User> {
        let deletion = Deletion {
            force,
            verified_hash: None,
            only_if: self.condition(),
        };
        let effects = self.recorded(EventKind::UserDeleted, origin);
        match self.store.delete_user(id, deletion, effects).await? {
            DeleteUser::Done(user) => Ok(user),
            DeleteUser::LastSuperuser => Err(Error::LastSuperuser),
            DeleteUser::Overtaken => Err(Error::Overtaken),
            DeleteUser::NotFound | DeleteUser::Stale => Err(Error::NotFound),
        }
    }

    /// Refuses with [`Error::LastSuperuser`] what [`Accounts::delete`] would refuse without `force`, so that nobody is
    /// asked to confirm a deletion that can't succeed. The deletion itself checks again.
    pub async fn check_deletion(&self, user: &User) -> Result<()> {
        let superusers = UserFilter {
            is_active: Some(true),
            is_superuser: Some(true),
            ..UserFilter::default()
        };
        match self.users(&superusers, None, 2).await?.items.as_slice() {
            [last] if last.id == user.id => Err(Error::LastSuperuser),
            _ => Ok(()),
        }
    }
}

/// Returns the events that a change may cause. The store keeps those that describe what really changed.
fn events_of(change: &UserChange) -> impl Iterator<Item = EventKind> {
    let either = |wanted: Option<bool>, on, off| wanted.map(|wanted| if wanted { on } else { off });
    let kinds = [
        either(
            change.is_active,
            EventKind::UserEnabled,
            EventKind::UserDisabled,
        ),
        either(
            change.is_superuser,
            EventKind::AdminGranted,
            EventKind::AdminRevoked,
        ),
        (change.is_verified == Some(true)).then_some(EventKind::UserVerified),
        change.email.as_ref().map(|_| EventKind::EmailChanged),
        change.full_name.as_ref().map(|_| EventKind::NameChanged),
        change.end_sessions.then_some(EventKind::TokensRevoked),
        change
            .remove_second_factor
            .then_some(EventKind::MfaDisabled),
    ];
    kinds.into_iter().flatten()
}
