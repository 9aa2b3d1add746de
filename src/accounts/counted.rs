//! Logins as operators see them: what each outcome is called in the metrics, and whose it is in the log.

use super::{Accounts, Error, Login, Result};
use crate::metrics::{LoginOutcome, LoginWay};
use crate::model::Id;

impl Accounts {
    /// Counts a first step of a login.
    pub(super) fn count_login(&self, way: LoginWay, login: &Result<Login>) {
        let outcome = match login {
            Ok(Login::Done(_)) => LoginOutcome::Success,
            Ok(Login::Waits(_)) => LoginOutcome::SecondStep,
            Err(error) => outcome(error),
        };
        self.metrics.logins.count(way, outcome);
    }

    /// Counts something else that was tried, and that issues the session if it is right.
    pub(super) fn count_proof<T>(&self, way: LoginWay, proven: &Result<T>) {
        let outcome = proven.as_ref().err().map_or(LoginOutcome::Success, outcome);
        self.metrics.logins.count(way, outcome);
    }
}

/// Names the account of a login in the log lines of its request: whoever asks why it failed finds it by its id.
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
        // The store's and our own, and what no login answers with.
        _ => LoginOutcome::Error,
    }
}
