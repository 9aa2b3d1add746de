//! One-time codes by SMS: sending them, limiting guesses, and answering wrong ones.

use jiff::{SignedDuration, Timestamp};

use super::{Accounts, Error, Result};
use crate::delivery::templates::CodeSms;
use crate::model::{
    CapPurpose, Claims, Code, CodeBudget, CodeKind, EventKind, Origin, PasswordHash, PhoneNumber,
    ProviderId, Purpose, RecipientCap, User,
};
use crate::random;
use crate::secret::SecretString;
use crate::store::{CodeCheck, CodeIssue, CodeRefusal, IssueCode};

/// A code that was queued for sending, and the token that has to be presented with it.
#[derive(Debug, Clone)]
pub struct CodeSent {
    /// The signed token, which is useless without the code.
    pub pending_token: SecretString,
    /// Lifetime in seconds.
    pub expires_in: u32,
    /// The phone number that the code went to, masked.
    pub phone_hint: String,
}

/// A code to be sent to an account whose password was just verified.
pub(super) struct CodeRequest<'a> {
    /// The account as it was read when its password was verified.
    pub(super) user: &'a User,
    /// The hash that the password was verified against, or the account's hash at the time if something else was
    /// verified.
    pub(super) verified_hash: Option<PasswordHash>,
    /// A stronger hash of the same password, to be stored.
    pub(super) upgraded_hash: Option<PasswordHash>,
    /// What the code is for.
    pub(super) kind: CodeKind,
    /// Which other codes may end the same wait.
    pub(super) also: Vec<CodeKind>,
    /// The recipient.
    pub(super) number: &'a PhoneNumber,
    /// When the wait ends at the latest. `None`: the wait begins now and has the configured length.
    pub(super) no_later_than: Option<Timestamp>,
    /// The external provider that the person logged in with, if any.
    pub(super) provider: Option<ProviderId>,
}

impl Accounts {
    /// Sends a code. Does nothing and returns `None` if the account changed since its password was verified.
    pub(super) async fn send_code(
        &self,
        request: CodeRequest<'_>,
        origin: &Origin,
    ) -> Result<Option<CodeSent>> {
        let (user, kind, number) = (request.user, request.kind, request.number);
        let settings = &self.settings.sms_codes;
        let digits = random::digits(&*self.random, settings.sms_code_length.into());
        let code = Code::presented(digits.into());
        let issued_at = user.next_issue_time(self.now());
        let (purpose, event) = match kind {
            CodeKind::PhoneSetup => (Purpose::PhoneSetup, EventKind::PhoneSetupStarted),
            _ => (Purpose::LoginMfa, EventKind::MfaLoginStarted),
        };
        let wait = settings.mfa_pending_token_ttl_seconds;
        let expires_in = request.no_later_than.map_or(wait, |end| {
            let left = end.duration_since(issued_at).as_secs();
            wait.min(left.max(1).try_into().unwrap_or(wait))
        });
        let code_ttl = if request.no_later_than.is_some() {
            settings.sms_code_ttl_seconds.min(expires_in)
        } else {
            settings.sms_code_ttl_seconds
        };
        let claims = Claims {
            phone: (kind == CodeKind::PhoneSetup).then(|| number.clone()),
            provider: request.provider,
            ..self.claims(user.id, issued_at, expires_in, purpose)
        };
        let issue = CodeIssue {
            user_id: user.id,
            verified_hash: request.verified_hash,
            upgraded_hash: request.upgraded_hash,
            kind,
            jti: claims.jti.clone(),
            code_hash: code.hash(),
            max_attempts: settings.sms_code_max_attempts,
            issued_at,
            expires_at: issued_at + SignedDuration::from_secs(code_ttl.into()),
            also: request.also,
            budget: self.code_budget(),
            cap: self.sms_cap(number, kind),
        };
        let app_name = &self.settings.identity.app_name;
        let content = CodeSms::new(kind, app_name, &code, code_ttl);
        let outbox = &self.outbox;
        let mut message = outbox.sms(
            number,
            Some(user.id),
            &content,
            &self.language_of(user.language.as_ref(), origin),
            issue.expires_at,
        )?;
        message.dies_with_change = true;
        let effects = self.sending(message, event, origin);
        match self.store.issue_code(issue, effects).await? {
            IssueCode::Stale => return Ok(None),
            IssueCode::BudgetSpent { until } if kind == CodeKind::LoginMfa => {
                return Err(self.budget_spent(user, until, origin).await);
            }
            IssueCode::BudgetSpent { until } => {
                let retry_after = self.seconds_until(until);
                return Err(Error::CodeBudgetSpent { retry_after });
            }
            IssueCode::CapSpent { until } => {
                let retry_after = self.seconds_until(until);
                return Err(Error::SmsCapSpent { retry_after });
            }
            IssueCode::Queued => self.outbox.wake(),
        }
        Ok(Some(CodeSent {
            pending_token: self.tokens.sign(&claims),
            expires_in,
            phone_hint: number.masked(),
        }))
    }

    /// Returns the check of a presented code, to be used with a verified token.
    pub(super) fn code_check(&self, claims: &Claims, code: &Code) -> CodeCheck {
        CodeCheck {
            user_id: claims.user_id,
            jti: claims.jti.clone(),
            issued_at: claims.issued_at,
            code_hash: code.hash(),
            budget: self.code_budget(),
            now: self.now(),
        }
    }

    /// Returns the error for a refused code.
    pub(super) fn code_refused(&self, refusal: CodeRefusal) -> Error {
        match refusal {
            CodeRefusal::Wrong => Error::WrongCode,
            CodeRefusal::Expired => Error::CodeExpired,
            CodeRefusal::NoCode => Error::NoCode,
            CodeRefusal::Stale => Error::InvalidPendingToken,
            CodeRefusal::BudgetSpent { until } => Error::CodeBudgetSpent {
                retry_after: self.seconds_until(until),
            },
        }
    }

    pub(super) fn code_budget(&self) -> Option<CodeBudget> {
        let settings = &self.settings;
        let rule = self.lockout_rule();
        (!settings.guessing.rate_limit_disabled).then(|| CodeBudget {
            limit: rule
                .threshold
                .saturating_mul(settings.sms_codes.sms_code_max_attempts),
            window: rule.window,
        })
    }

    fn sms_cap(&self, number: &PhoneNumber, kind: CodeKind) -> RecipientCap {
        // Setups count separately: anybody can start one for somebody else's number, and must not use up that person's
        // login codes.
        let purpose = match kind {
            CodeKind::PhoneSetup => CapPurpose::PhoneSetup,
            _ => CapPurpose::LoginCode,
        };
        let an_hour = self.settings.guessing.sms_per_recipient_per_hour;
        self.cap(number.to_string(), purpose, an_hour)
    }
}
