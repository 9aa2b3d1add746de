//! Changes to an account by an administrator.

use super::{Email, EventKind, FullName, Language, NewUndo, User, UserFilter};

/// A change to an account by an administrator. Fields that are `None` or `false` change nothing.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// Enable or disable the account. Disabling ends all sessions. Enabling ends the lockout of the email address and
    /// resets the count of wrong codes, but doesn't restore sessions.
    pub is_active: Option<bool>,
    /// Make the account an administrator, or revoke that.
    pub is_superuser: Option<bool>,
    /// Mark the email address as verified or unverified.
    pub is_verified: Option<bool>,
    /// Change the email address. That ends all sessions. The new email address is unverified unless
    /// [`UserChange::is_verified`] says otherwise.
    pub email: Option<NewAddress>,
    /// Set (`Some(Some)`) or clear (`Some(None)`) the name.
    pub full_name: Option<Option<FullName>>,
    /// Set (`Some(Some)`) or clear (`Some(None)`) the language.
    pub language: Option<Option<Language>>,
    /// End all sessions and invalidate all mailed links. This always counts as a change.
    pub end_sessions: bool,
    /// Remove all second factors: phone number, authenticator app, recovery codes, pending codes and the count of
    /// wrong ones.
    pub remove_second_factor: bool,
    /// Change the account only if it matches this filter.
    pub only_if: Option<UserFilter>,
}

/// A new email address that an administrator gives an account.
#[derive(Debug, Clone)]
pub struct NewAddress {
    /// The new email address.
    pub to: Email,
    /// The email address that the account must have before the change, if that matters.
    pub from: Option<Email>,
    /// Whether the change and those before it can't be undone, because the owner has lost access to the old email
    /// address.
    pub is_final: bool,
    /// The right to undo the change, if anyone gets it.
    pub undo: Option<NewUndo>,
}

impl NewAddress {
    /// Creates a change that can be undone from the old email address.
    #[must_use]
    pub fn to(email: Email) -> Self {
        Self {
            to: email,
            from: None,
            is_final: false,
            undo: None,
        }
    }

    /// Returns whether the account still has the email address that the change is for.
    #[must_use]
    pub fn is_for(&self, user: &User) -> bool {
        let from = self.from.as_ref();
        from.is_none_or(|from| *from == user.email)
    }
}

/// A change applied to one account.
#[derive(Debug, Clone)]
pub struct Revision {
    /// The account before the change.
    pub before: User,
    /// The account after the change, except for its timestamps.
    pub after: User,
    /// Whether all sessions end.
    pub ends_sessions: bool,
    /// Whether the lockout of the email address ends and the counts of wrong codes are reset.
    pub unlocks: bool,
    /// Whether pending codes and the counts of wrong ones are removed with the second factor.
    pub removes_second_factor: bool,
}

impl UserChange {
    /// Applies the change to an account.
    #[must_use]
    pub fn revise(&self, before: User) -> Revision {
        let mut after = before.clone();
        after.is_active = self.is_active.unwrap_or(after.is_active);
        after.is_superuser = self.is_superuser.unwrap_or(after.is_superuser);
        if let Some(email) = &self.email {
            // Another spelling of the same email address stays verified.
            after.is_verified &= after.email.is_same_as(&email.to);
            after.email = email.to.clone();
        }
        after.is_verified = self.is_verified.unwrap_or(after.is_verified);
        if let Some(full_name) = &self.full_name {
            after.full_name.clone_from(full_name);
        }
        if let Some(language) = &self.language {
            after.language.clone_from(language);
        }
        if self.remove_second_factor {
            after.is_mfa_enabled = false;
            after.has_totp = false;
            after.phone_number = None;
        }
        let moves = !before.email.is_same_as(&after.email);
        Revision {
            ends_sessions: self.end_sessions || moves || (before.is_active && !after.is_active),
            unlocks: self.is_active == Some(true),
            removes_second_factor: self.remove_second_factor,
            before,
            after,
        }
    }
}

impl Revision {
    /// Returns whether the account itself changes.
    #[must_use]
    pub fn changes_user(&self) -> bool {
        self.before != self.after
    }

    /// Returns whether the email address or its spelling changes.
    #[must_use]
    pub fn changes_email(&self) -> bool {
        self.before.email != self.after.email
    }

    /// Returns whether anything changes. `unlocked` says whether failed logins or wrong codes were cleared.
    #[must_use]
    pub fn is_wanted(&self, unlocked: bool) -> bool {
        self.changes_user() || self.ends_sessions || unlocked
    }

    /// Returns whether it takes away an active administrator. Another one must remain.
    #[must_use]
    pub fn removes_superuser(&self) -> bool {
        self.before.is_active_superuser() && !self.after.is_active_superuser()
    }

    /// Returns whether the email address becomes verified. A pending registration for it is then obsolete.
    #[must_use]
    pub fn verifies(&self) -> bool {
        self.after.is_verified && !self.before.is_verified
    }

    /// Returns whether an event of the change took place. Parts of the change may have been in effect before.
    #[must_use]
    pub fn took_place(&self, kind: EventKind, unlocked: bool) -> bool {
        let Self { before, after, .. } = self;
        match kind {
            EventKind::UserEnabled => unlocked || (after.is_active && !before.is_active),
            EventKind::UserDisabled => before.is_active && !after.is_active,
            EventKind::AdminGranted => after.is_superuser && !before.is_superuser,
            EventKind::AdminRevoked => before.is_superuser && !after.is_superuser,
            EventKind::UserVerified => self.verifies(),
            EventKind::EmailChanged => self.changes_email(),
            EventKind::NameChanged => before.full_name != after.full_name,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Id, PhoneNumber};

    fn ada() -> User {
        let email = Email::from_stored("ada@example.com".into());
        User {
            is_superuser: true,
            phone_number: PhoneNumber::parse("+14155550123").ok(),
            is_mfa_enabled: true,
            ..User::new(
                Id::from_bytes([7; 12]),
                email,
                "2026-11-23T06:00:00Z".parse().unwrap(),
            )
        }
    }

    #[test]
    fn what_is_so_already_is_no_change() {
        let same = UserChange {
            is_active: Some(true),
            is_superuser: Some(true),
            is_verified: Some(true),
            full_name: Some(None),
            ..UserChange::default()
        };
        let revision = same.revise(ada());
        assert!(!revision.changes_user() && !revision.is_wanted(false));
        assert!(revision.is_wanted(true), "clearing a lockout is a change");
        assert!(revision.took_place(EventKind::UserEnabled, true));
        for kind in [
            EventKind::UserEnabled,
            EventKind::UserDisabled,
            EventKind::AdminGranted,
            EventKind::AdminRevoked,
            EventKind::UserVerified,
        ] {
            assert!(!revision.took_place(kind, false), "{kind:?}");
        }
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let named = UserChange {
            full_name: Some(FullName::parse("Ada").unwrap()),
            ..UserChange::default()
        };
        let revision = named.revise(ada());
        let expected = User {
            full_name: FullName::parse("Ada").unwrap(),
            ..ada()
        };
        assert_eq!(revision.after, expected);
        assert!(!revision.ends_sessions && !revision.removes_superuser());
    }

    #[test]
    fn disabling_ends_sessions_once_and_on_demand_always() {
        let disable = UserChange {
            is_active: Some(false),
            ..UserChange::default()
        };
        let revision = disable.revise(ada());
        assert!(revision.ends_sessions && revision.removes_superuser() && !revision.unlocks);
        assert!(revision.took_place(EventKind::UserDisabled, false));
        let again = disable.revise(revision.after);
        assert!(!again.ends_sessions && !again.removes_superuser() && !again.is_wanted(false));
        let end = UserChange {
            end_sessions: true,
            ..UserChange::default()
        };
        let ended = end.revise(again.after);
        assert!(ended.ends_sessions && ended.is_wanted(false) && !ended.changes_user());
    }

    #[test]
    fn another_address_is_unproven_and_ends_sessions_and_another_spelling_does_not() {
        let moved = |from: &str, to: &str, is_verified| {
            let change = UserChange {
                email: Some(NewAddress::to(Email::parse(to).unwrap())),
                is_verified,
                ..UserChange::default()
            };
            let email = Email::from_stored(from.into());
            change.revise(User { email, ..ada() })
        };
        let elsewhere = moved("ada@example.com", "ada@example.org", None);
        assert!(elsewhere.ends_sessions && elsewhere.changes_email());
        assert!(!elsewhere.after.is_verified && elsewhere.before.is_verified);
        assert!(elsewhere.took_place(EventKind::EmailChanged, false));
        let known = moved("ada@example.com", "ada@example.org", Some(true));
        assert!(known.after.is_verified && !known.verifies());
        let spelling = moved("Ada@example.com", "ada@example.com", None);
        assert!(spelling.changes_email() && !spelling.ends_sessions && spelling.after.is_verified);
        let same = moved("ada@example.com", "ada@example.com", None);
        assert!(!same.is_wanted(false) && !same.took_place(EventKind::EmailChanged, false));
    }

    #[test]
    fn a_second_factor_goes_with_its_number() {
        let remove = UserChange {
            remove_second_factor: true,
            is_verified: Some(false),
            ..UserChange::default()
        };
        let revision = remove.revise(ada());
        assert!(revision.after.phone_number.is_none() && !revision.after.is_mfa_enabled);
        assert!(revision.removes_second_factor && !revision.verifies());
        let verify = UserChange {
            is_verified: Some(true),
            ..UserChange::default()
        };
        let verified = verify.revise(revision.after);
        assert!(verified.verifies() && verified.took_place(EventKind::UserVerified, false));
    }
}
