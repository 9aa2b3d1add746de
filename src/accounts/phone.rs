//! The phone as a second factor: set up with the password and a code, turned off with the password.

use super::code::{CodeRequest, CodeSent};
use super::login::MAX_ROUNDS;
use super::notice::SecurityChange;
use super::{Accounts, Error, FactorOn, Result, Session};
use crate::model::{Actor, Code, CodeKind, EventKind, Origin, Password, PhoneNumber, Purpose};

impl Accounts {
    /// Sends a code to a phone number that is to become the second factor. A number that is already set stays until the
    /// code is confirmed.
    pub async fn start_phone_setup(
        &self,
        session: &Session,
        number: &PhoneNumber,
        current: &Password,
        origin: &Origin,
    ) -> Result<CodeSent> {
        for _ in 0..MAX_ROUNDS {
            let (user, verified_hash) = self.confirm_password(session, current, origin).await?;
            let request = CodeRequest {
                user: &user,
                verified_hash: Some(verified_hash),
                upgraded_hash: None,
                kind: CodeKind::PhoneSetup,
                also: Vec::new(),
                number,
                no_later_than: None,
                provider: None,
            };
            if let Some(sent) = self.send_code(request, origin).await? {
                return Ok(sent);
            }
        }
        Err(Error::WrongPassword)
    }

    /// Confirms the phone number that the code was sent to. From now on logins need a code from it. Sessions continue.
    pub async fn confirm_phone(
        &self,
        pending_token: &str,
        code: &Code,
        origin: &Origin,
    ) -> Result<FactorOn> {
        let (claims, user) = self.open_wait(pending_token, Purpose::PhoneSetup).await?;
        let number = claims.phone.as_ref().ok_or(Error::InvalidPendingToken)?;
        let change = if user.second_factor().is_some() {
            SecurityChange::SecondFactorMoved
        } else {
            SecurityChange::SecondFactorAdded
        };
        let owner = origin.acting_as(Actor::User(user.id));
        let effects = self.noticed(&user, change, EventKind::MfaEnabled, &owner)?;
        let check = self.code_check(&claims, code);
        let (codes, recovery) = self.factors.new_recovery_codes(user.id);
        let enabled = self
            .store
            .enable_second_factor(check, number, recovery, effects)
            .await?;
        self.factor_on(enabled, codes)
    }

    /// Turns off the phone as the second factor of a session's account.
    pub async fn remove_phone(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<()> {
        for _ in 0..MAX_ROUNDS {
            let (user, hash) = self.confirm_password(session, current, origin).await?;
            if user.second_factor().is_none() {
                return Err(Error::MfaNotEnabled);
            }
            let (change, kind) = (SecurityChange::SecondFactorRemoved, EventKind::MfaDisabled);
            let effects = self.noticed(&user, change, kind, origin)?;
            let disabled = self
                .store
                .disable_second_factor(user.id, &hash, self.now(), effects);
            if disabled.await?.is_some() {
                self.outbox.wake();
                return Ok(());
            }
        }
        Err(Error::WrongPassword)
    }
}
