//! Logins that are refused before a password is checked. Repeated ones are counted in one event, so that they don't
//! fill the audit trail.

use jiff::Timestamp;

use super::login_metrics::log_account;
use super::{Accounts, Error};
use crate::model::{Email, Event, EventKind, Id, Origin, User};

/// Why logins are refused without a check. All refusals with the same reason, subject and moment are one event.
struct Reason<'a> {
    /// The code that the API answers with.
    code: &'static str,
    /// The subject: an email address, an account, or a client.
    whom: &'a str,
    /// The start or end of the refusals, which tells them from earlier and later ones.
    moment: Timestamp,
}

impl Accounts {
    /// Refuses a password for an email address that is locked out. All refusals of one lockout are one event.
    pub(super) async fn locked_out(
        &self,
        email: &Email,
        until: Timestamp,
        origin: &Origin,
    ) -> Error {
        // Look the account up in any case, so that the time does not reveal whether it exists.
        let user = self.store.user_by_email(email).await.ok().flatten();
        let reason = Reason {
            code: "locked",
            whom: &email.key(),
            moment: until,
        };
        let mut event = self.refused(&reason, origin);
        event.email = Some(email.clone());
        event.user_id = user.map(|user| user.id);
        event.user_id.into_iter().for_each(log_account);
        event
            .data
            .insert("locked_until".into(), until.to_string().into());
        self.record_refused(event, 1).await;
        Error::LockedOut {
            retry_after: self.seconds_until(until),
        }
    }

    /// Refuses to check or send a login code because the account had too many wrong ones.
    pub(super) async fn budget_spent(
        &self,
        user: &User,
        until: Timestamp,
        origin: &Origin,
    ) -> Error {
        let reason = Reason {
            code: "code_budget_spent",
            whom: &user.id.to_string(),
            moment: until,
        };
        let mut event = self.refused(&reason, origin);
        event.email = Some(user.email.clone());
        event.user_id = Some(user.id);
        event.data.insert("step".into(), "code".into());
        event
            .data
            .insert("locked_until".into(), until.to_string().into());
        self.record_refused(event, 1).await;
        Error::CodeBudgetSpent {
            retry_after: self.seconds_until(until),
        }
    }

    /// Records that `times` logins of a client were refused by the request rate limit, in the window that began at
    /// `began`.
    pub async fn client_refused(
        &self,
        client: &str,
        began: Timestamp,
        times: u64,
        origin: &Origin,
    ) {
        let reason = Reason {
            code: "rate_limited",
            whom: client,
            moment: began,
        };
        self.record_refused(self.refused(&reason, origin), times)
            .await;
    }

    fn refused(&self, reason: &Reason<'_>, origin: &Origin) -> Event {
        let kind = EventKind::LoginRefused;
        let moment = reason.moment.as_millisecond().to_string();
        let mut event = Event {
            id: Id::named([kind.as_str(), reason.code, reason.whom, &moment]),
            ..self.event(kind, origin)
        };
        event.data.insert("reason".into(), reason.code.into());
        event
    }

    /// Records a refusal. A failure to record it is only logged: the refusal stands.
    async fn record_refused(&self, event: Event, times: u64) {
        if let Err(error) = self.store.record_again(event, times).await {
            tracing::warn!(%error, "recording a refused login failed");
        }
    }
}
