//! Somebody with a shell on the machine, and what they do to the account of an address.

use regstack::internals::accounts::{Accounts, NewAccount};
use regstack::internals::model::{Actor, Email, NewPassword, Origin, User, UserChange};

use super::actor::PASSWORD;
use super::served::Served;

/// An operator of a served application.
pub(crate) struct Operator<'a> {
    served: &'a Served,
    origin: Origin,
}

impl<'a> Operator<'a> {
    pub(super) fn of(served: &'a Served) -> Self {
        let origin = Origin {
            actor: Actor::Operator("test".into()),
            ip: None,
            request_id: None,
            languages: Vec::new(),
            user_agent: None,
        };
        Self { served, origin }
    }

    fn accounts(&self) -> &Accounts {
        &self.served.app.accounts
    }

    /// Creates an account, verified and with the usual password unless `change` says otherwise.
    pub(super) async fn create(&self, email: &str, change: impl FnOnce(&mut NewAccount)) -> User {
        let mut account = NewAccount {
            email: Email::parse(email).unwrap(),
            password: Some(NewPassword::parse(PASSWORD.into()).unwrap()),
            full_name: None,
            is_superuser: false,
            is_verified: true,
            send_invite: false,
        };
        change(&mut account);
        let created = self.accounts().create_user(account, &self.origin).await;
        created.unwrap()
    }

    pub(crate) async fn disable(&self, email: &str) {
        let id = self.served.id_of(email).await;
        let done = self.accounts().lock(id, false, &self.origin).await;
        done.unwrap();
    }

    /// Enables an account, and forgives its failed logins.
    pub(crate) async fn enable(&self, email: &str) {
        let id = self.served.id_of(email).await;
        let done = self.accounts().unlock(id, &self.origin).await;
        done.unwrap();
    }

    /// Takes an administrator's rights away.
    pub(crate) async fn demote(&self, email: &str) {
        let id = self.served.id_of(email).await;
        let patch = UserChange {
            is_superuser: Some(false),
            ..UserChange::default()
        };
        let done = self.accounts().patch(id, patch, false, &self.origin).await;
        done.unwrap();
    }

    pub(crate) async fn revoke_tokens(&self, email: &str) {
        let id = self.served.id_of(email).await;
        let done = self.accounts().revoke_tokens(id, &self.origin).await;
        done.unwrap();
    }

    pub(crate) async fn remove_second_factor(&self, email: &str) {
        let id = self.served.id_of(email).await;
        let done = self.accounts().remove_second_factor(id, &self.origin).await;
        done.unwrap();
    }

    pub(crate) async fn set_password(&self, email: &str, password: &str) {
        let id = self.served.id_of(email).await;
        let new = NewPassword::parse(password.into()).unwrap();
        let done = self.accounts().set_password(id, &new, &self.origin).await;
        done.unwrap();
    }

    pub(crate) async fn delete(&self, email: &str) {
        let id = self.served.id_of(email).await;
        let done = self.accounts().delete(id, false, &self.origin).await;
        done.unwrap();
    }
}
