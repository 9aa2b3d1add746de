//! The second step of a login: beginning it, and checking the factor that completes it.

use super::code::CodeRequest;
use super::first_step::{FirstStep, method_after};
use super::login::LoggedIn;
use super::login_metrics::log_account;
use super::notice::SecurityChange;
use super::offered_factors::OfferedFactors;
use super::{Accounts, Error, Result};
use crate::auth::CannotOpen;
use crate::metrics::LoginFactor;
use crate::model::{
    Actor, Claims, Code, CodeKind, EventKind, FactorSecret, Factors, Id, LoginCode, MfaMethod,
    Origin, OwnMethod, PasswordHash, PhoneNumber, Purpose, RecoveryCode, TotpMatch, User,
};
use crate::secret::SecretString;
use crate::store::{BeginWait, CodeFailure, CodeRefusal, Effects, FactorCheck, FactorProof, Wait};

/// A login that waits for its second step.
#[derive(Debug, Clone)]
pub struct LoginWait {
    /// The signed token for the second step, which is useless without the factor.
    pub pending_token: SecretString,
    /// Lifetime in seconds.
    pub expires_in: u32,
    /// What can complete the login, preferred method first.
    pub methods: Vec<MfaMethod>,
    /// Whether a code was sent by SMS.
    pub is_sent: bool,
    /// The phone number that codes are sent to, masked, if there is one.
    pub phone_hint: Option<String>,
}

impl Accounts {
    /// Begins the second step after the first. Returns `None` if the account changed in between. A code is sent only if
    /// there is no better factor.
    pub(super) async fn begin_second_step(
        &self,
        (user, offered): (&User, &OfferedFactors<'_>),
        first: FirstStep,
        origin: &Origin,
    ) -> Result<Option<LoginWait>> {
        let FirstStep {
            verified_hash,
            upgraded_hash,
            provider,
        } = first;
        if let (false, Some(number)) = (offered.totp, offered.number) {
            let request = CodeRequest {
                user,
                verified_hash,
                upgraded_hash,
                kind: CodeKind::LoginMfa,
                also: offered.kinds(),
                number,
                no_later_than: None,
                provider,
            };
            return self.send_second_step(request, offered, origin).await;
        }
        let issued_at = user.next_issue_time(self.now());
        let expires_in = self.settings.sms_codes.mfa_pending_token_ttl_seconds;
        let claims = Claims {
            provider,
            ..self.claims(user.id, issued_at, expires_in, Purpose::LoginMfa)
        };
        let wait = Wait {
            upgraded_hash,
            kinds: offered.kinds(),
            ..self.wait(&claims, verified_hash)
        };
        let effects = self.recorded(EventKind::MfaLoginStarted, origin);
        match self.store.begin_wait(wait, effects).await? {
            BeginWait::Stale => Ok(None),
            BeginWait::BudgetSpent { until } => Err(self.budget_spent(user, until, origin).await),
            BeginWait::Begun => Ok(Some(LoginWait {
                pending_token: self.tokens.sign(&claims),
                expires_in,
                methods: offered.methods(),
                is_sent: false,
                phone_hint: offered.number.map(PhoneNumber::masked),
            })),
        }
    }

    async fn send_second_step(
        &self,
        request: CodeRequest<'_>,
        offered: &OfferedFactors<'_>,
        origin: &Origin,
    ) -> Result<Option<LoginWait>> {
        let sent = self.send_code(request, origin).await?;
        Ok(sent.map(|sent| LoginWait {
            pending_token: sent.pending_token,
            expires_in: sent.expires_in,
            methods: offered.methods(),
            is_sent: true,
            phone_hint: Some(sent.phone_hint),
        }))
    }

    /// Returns the wait that belongs to a pending token with these claims.
    pub(super) fn wait(&self, claims: &Claims, verified_hash: Option<PasswordHash>) -> Wait {
        Wait {
            user_id: claims.user_id,
            verified_hash,
            upgraded_hash: None,
            kinds: Vec::new(),
            jti: claims.jti.clone(),
            max_attempts: self.settings.sms_codes.sms_code_max_attempts,
            issued_at: claims.issued_at,
            expires_at: claims.expires_at,
            budget: self.code_budget(),
            now: self.now(),
        }
    }

    /// Sends an SMS code to a login that waits: the first one, or a new one that replaces it. The wait continues under
    /// a new token and ends when it would have ended before. The SMS counts towards the limit of the phone number.
    pub async fn send_login_code(&self, pending_token: &str, origin: &Origin) -> Result<LoginWait> {
        let (claims, user) = self.open_wait(pending_token, Purpose::LoginMfa).await?;
        let offered = self.offered_factors(&user).await?;
        // The account still accepts the token, so its password has not changed since: a new password ends all tokens.
        let offered = offered.as_ref().ok_or(Error::InvalidPendingToken)?;
        let request = CodeRequest {
            user: &user,
            verified_hash: user.hashed_password.clone(),
            upgraded_hash: None,
            kind: CodeKind::LoginMfa,
            also: offered.kinds(),
            number: offered.number.ok_or(Error::InvalidPendingToken)?,
            no_later_than: Some(claims.expires_at),
            provider: claims.provider.clone(),
        };
        let sent = self.send_second_step(request, offered, origin).await?;
        sent.ok_or(Error::InvalidPendingToken)
    }

    /// Completes the second step of a login. The right code issues the session, once. Without a `method`, digits are
    /// checked as what the token waits for.
    pub async fn confirm_login(
        &self,
        pending_token: &str,
        code: &LoginCode,
        method: Option<MfaMethod>,
        origin: &Origin,
    ) -> Result<LoggedIn> {
        let (way, confirmed) = match (code, method) {
            (LoginCode::Recovery(code), None | Some(MfaMethod::RecoveryCode)) => (
                LoginFactor::RecoveryCode,
                self.confirm_by_recovery(pending_token, code, origin).await,
            ),
            (LoginCode::Digits(code), Some(MfaMethod::Totp)) => (
                LoginFactor::Totp,
                self.confirm_by_totp(pending_token, code, origin).await,
            ),
            (LoginCode::Digits(code), Some(MfaMethod::Sms)) => (
                LoginFactor::Sms,
                self.confirm_by_sms(pending_token, code, origin).await,
            ),
            (LoginCode::Digits(code), None) => {
                self.confirm_by_digits(pending_token, code, origin).await
            }
            // The form does not fit the method. Answer as for any wrong code.
            (LoginCode::Recovery(_), Some(_)) => (LoginFactor::RecoveryCode, Err(Error::WrongCode)),
            (LoginCode::Digits(_), Some(_)) => (LoginFactor::Sms, Err(Error::WrongCode)),
        };
        self.count_proof(way, &confirmed);
        confirmed
    }

    /// Checks digits as the kind of code that the token waits for, and returns which kind that was.
    async fn confirm_by_digits(
        &self,
        pending_token: &str,
        code: &Code,
        origin: &Origin,
    ) -> (LoginFactor, Result<LoggedIn>) {
        let user = match self.open_wait(pending_token, Purpose::LoginMfa).await {
            Ok((_, user)) => user,
            Err(refusal) => return (LoginFactor::Sms, Err(refusal)),
        };
        let totp = user.uses_totp() && self.settings.features.enable_totp;
        if !totp || user.second_factor().is_some() {
            match self.confirm_by_sms(pending_token, code, origin).await {
                // No code was sent for this token.
                Err(Error::NoCode) if totp => {}
                confirmed => return (LoginFactor::Sms, confirmed),
            }
        }
        let confirmed = self.confirm_by_totp(pending_token, code, origin).await;
        (LoginFactor::Totp, confirmed)
    }

    async fn confirm_by_totp(
        &self,
        pending_token: &str,
        code: &Code,
        origin: &Origin,
    ) -> Result<LoggedIn> {
        let claims = self.pending_claims(pending_token)?;
        let factors = self.store.factors(claims.user_id).await?;
        let totp = factors.totp.ok_or(Error::InvalidPendingToken)?;
        let (owner, sealed) = (claims.user_id, totp.secret.bytes);
        let secret = self.factors.open_totp(owner, &sealed);
        let secret = secret.map_err(|error| unreadable(FactorSecret::Totp, owner, error))?;
        let step = match secret.find(code, Some(totp.last_step), self.now()) {
            TotpMatch::Fresh(step) => Some(step),
            TotpMatch::Used | TotpMatch::None => None,
        };
        let proof = FactorProof::Totp { sealed, step };
        let effects = self.logged_in(owner, origin);
        self.confirm_by_factor(&claims, proof, effects, origin)
            .await
    }

    async fn confirm_by_recovery(
        &self,
        pending_token: &str,
        code: &RecoveryCode,
        origin: &Origin,
    ) -> Result<LoggedIn> {
        let (claims, user) = self.open_wait(pending_token, Purpose::LoginMfa).await?;
        let factors: Factors = self.store.factors(user.id).await?;
        let left = factors.codes_left().saturating_sub(1);
        let set = factors.recovery.ok_or(Error::InvalidPendingToken)?;
        let hash = self.factors.hash(user.id, &set, code);
        let kind = FactorSecret::RecoveryKey;
        let hash = hash.map_err(|error| unreadable(kind, user.id, error))?;
        let owner = origin.acting_as(Actor::User(user.id));
        let mut effects = self.logged_in(user.id, origin);
        let mut told = self.event(EventKind::RecoveryCodeUsed, &owner);
        told.data.insert("left".into(), left.into());
        effects.events.push(told);
        effects.messages = self.notice(&user, SecurityChange::RecoveryCodeUsed { left }, &owner)?;
        effects.messages_cap = Some(self.notice_cap(&user));
        let proof = FactorProof::Recovery(hash);
        let logged_in = self
            .confirm_by_factor(&claims, proof, effects, origin)
            .await?;
        self.outbox.wake();
        Ok(logged_in)
    }

    async fn confirm_by_factor(
        &self,
        claims: &Claims,
        proof: FactorProof,
        effects: Effects,
        origin: &Origin,
    ) -> Result<LoggedIn> {
        log_account(claims.user_id);
        let failure = self.second_step_failure(proof.kind(), origin);
        let method = match proof {
            FactorProof::Recovery(_) => OwnMethod::PasswordRecoveryCode,
            FactorProof::Totp { .. } | FactorProof::NewTotp(_) => OwnMethod::PasswordTotp,
        };
        let session = self.new_session(method_after(claims, method), origin);
        let id = session.id.clone();
        let check = self.factor_check(claims, proof);
        let issued = self
            .store
            .issue_session_for_factor(check, session, failure, effects)
            .await?;
        match issued {
            Ok(issued) => self.sign_session(id, issued).await,
            Err(refusal) => Err(self.second_step_refused(claims, refusal, origin).await?),
        }
    }

    /// Returns the check of a proof presented with a pending token.
    pub(super) fn factor_check(&self, claims: &Claims, proof: FactorProof) -> FactorCheck {
        FactorCheck {
            user_id: claims.user_id,
            jti: claims.jti.clone(),
            issued_at: claims.issued_at,
            proof,
            budget: self.code_budget(),
            now: self.now(),
        }
    }

    /// Returns the events that record a wrong second step.
    pub(super) fn second_step_failure(&self, kind: CodeKind, origin: &Origin) -> CodeFailure {
        let wrong = |event| {
            let mut event = self.event(event, origin);
            let step = match kind {
                CodeKind::LoginTotp => "totp",
                CodeKind::LoginRecovery => "recovery_code",
                _ => "code",
            };
            event.data.insert("step".into(), step.into());
            event
        };
        CodeFailure {
            failed: wrong(EventKind::LoginFailed),
            locked: wrong(EventKind::LoginLocked),
        }
    }

    /// Returns the error for a refused second step.
    pub(super) async fn second_step_refused(
        &self,
        claims: &Claims,
        refusal: CodeRefusal,
        origin: &Origin,
    ) -> Result<Error> {
        if let CodeRefusal::BudgetSpent { until } = refusal
            && let Some(user) = self.store.user(claims.user_id).await?
        {
            return Ok(self.budget_spent(&user, until, origin).await);
        }
        Ok(self.code_refused(refusal))
    }

    /// Returns the claims of a token that waits for the second step, without checking its account.
    pub(super) fn pending_claims(&self, pending_token: &str) -> Result<Claims> {
        let checked = self
            .tokens
            .check(pending_token, Purpose::LoginMfa, self.now());
        checked.map_err(|_| Error::InvalidPendingToken)
    }

    /// Returns the claims of a pending token and the account, which still accepts it.
    pub(super) async fn open_wait(
        &self,
        pending_token: &str,
        purpose: Purpose,
    ) -> Result<(Claims, User)> {
        let opened = self.open_link(pending_token, purpose).await;
        opened.map_err(|error| match error {
            Error::InvalidToken => Error::InvalidPendingToken,
            other => other,
        })
    }
}

/// Logs that a secret can't be decrypted, which only the operator can fix.
fn unreadable(kind: FactorSecret, owner: Id, error: CannotOpen) -> Error {
    let kind = kind.as_str();
    tracing::error!(user_id = %owner, kind, %error, "a second factor can't be decrypted");
    Error::Internal(format!(
        "the {kind} of an account can't be decrypted: {error}"
    ))
}
