//! Logins as they are counted: what each outcome is called in the metrics.

use super::login::Login;
use super::{Accounts, Error, Result};
use crate::metrics::{LoginOutcome, LoginWay};

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
