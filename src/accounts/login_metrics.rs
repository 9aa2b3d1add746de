//! Logins as operators see them: the outcome in the metrics, the account in the log.

use super::{Accounts, Error, Login, Result};
use crate::metrics::{LoginFactor, LoginOutcome};
use crate::model::Id;

impl Accounts {
    /// Counts the first step of a login.
    pub(super) fn count_login(&self, factor: LoginFactor, login: &Result<Login>) {
        let outcome = match login {
            Ok(Login::Done(_)) => LoginOutcome::Success,
            Ok(Login::Waits(_)) => LoginOutcome::SecondStep,
            Err(error) => outcome(error),
        };
        self.metrics.logins.count(factor, outcome);
    }

    /// Counts another proof that issues a session if it is right: a code, a passkey.
    pub(super) fn count_proof<T>(&self, factor: LoginFactor, proven: &Result<T>) {
        let outcome = proven.as_ref().err().map_or(LoginOutcome::Success, outcome);
        self.metrics.logins.count(factor, outcome);
    }
}

/// Adds the account of a login to the log lines of its request, so that a failed login can be found by account id.
pub(super) fn log_account(user_id: Id) {
    tracing::Span::current().record("user_id", tracing::field::display(user_id));
}

fn outcome(error: &Error) -> LoginOutcome {
    match error {
        Error::InvalidCredentials => LoginOutcome::InvalidCredentials,
        Error::WrongCode | Error::CodeExpired | Error::NoCode => LoginOutcome::WrongCode,
        Error::PasskeyRefused => LoginOutcome::PasskeyRefused,
        Error::InvalidPendingToken => LoginOutcome::Expired,
        Error::LockedOut { .. } | Error::CodeBudgetSpent { .. } | Error::SmsCapSpent { .. } => {
            LoginOutcome::Locked
        }
        Error::AccountDisabled => LoginOutcome::AccountDisabled,
        Error::EmailUnverified => LoginOutcome::EmailUnverified,
        Error::Overloaded { .. } => LoginOutcome::Overloaded,
        // Failures of the store, internal errors, and errors that no login returns.
        _ => LoginOutcome::Error,
    }
}
