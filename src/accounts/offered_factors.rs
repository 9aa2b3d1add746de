//! Which second factors an account is asked for when it logs in.

use super::{Accounts, Result};
use crate::model::{CodeKind, MfaMethod, PhoneNumber, User};

/// The factors that an account may use at the second step.
pub(super) struct OfferedFactors<'a> {
    /// The code of its authenticator app.
    pub(super) totp: bool,
    /// A code that is sent to this number.
    pub(super) number: Option<&'a PhoneNumber>,
    /// Whether recovery codes are left.
    recovery: bool,
}

impl OfferedFactors<'_> {
    /// Returns them as methods, preferred ones first.
    pub(super) fn methods(&self) -> Vec<MfaMethod> {
        let methods = [
            (self.totp, MfaMethod::Totp),
            (self.number.is_some(), MfaMethod::Sms),
            (self.recovery, MfaMethod::RecoveryCode),
        ];
        let methods = methods.into_iter().filter(|(is_on, _)| *is_on);
        methods.map(|(_, method)| method).collect()
    }

    /// Returns the kinds of code that can be presented without being sent first.
    pub(super) fn kinds(&self) -> Vec<CodeKind> {
        let kinds = [
            (self.totp, CodeKind::LoginTotp),
            (self.recovery, CodeKind::LoginRecovery),
        ];
        let kinds = kinds.into_iter().filter(|(is_on, _)| *is_on);
        kinds.map(|(_, kind)| kind).collect()
    }
}

impl Accounts {
    /// Returns whether the logins of an account need a second factor.
    pub(super) fn needs_second_factor(&self, user: &User) -> bool {
        let features = &self.settings.features;
        let totp = user.uses_totp() && features.enable_totp;
        totp || user.second_factor().is_some() && features.enable_sms_2fa
    }

    /// Returns the factors that an account is asked for after the right password, or `None` if the password is enough.
    pub(super) async fn offered_factors<'a>(
        &self,
        user: &'a User,
    ) -> Result<Option<OfferedFactors<'a>>> {
        let features = &self.settings.features;
        let totp = user.uses_totp() && features.enable_totp;
        let number = user.second_factor().filter(|_| features.enable_sms_2fa);
        if !totp && number.is_none() {
            return Ok(None);
        }
        let recovery = self.store.factors(user.id).await?.codes_left() > 0;
        Ok(Some(OfferedFactors {
            totp,
            number,
            recovery,
        }))
    }
}
