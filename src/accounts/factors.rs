//! Second factors other than the phone, managed by the owner: the authenticator app and recovery codes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::login::MAX_ROUNDS;
use super::notice::SecurityChange;
use super::{Accounts, Error, Result, Session};
use crate::model::{
    Actor, Claims, Code, CodeKind, Event, EventKind, FactorSecret, Origin, Password, Purpose,
    RecoveryCode, TotpMatch, User,
};
use crate::secret::SecretString;
use crate::store::{BeginWait, Effects, FactorEnabled, FactorProof, SealedFactor, UseCode, Wait};

/// How many second factors are re-encrypted at a time.
const BATCH: u32 = 100;

/// An authenticator app that is being set up.
pub struct TotpSetup {
    /// The secret as text, to type into an app that can't scan a QR code.
    pub secret: Zeroizing<String>,
    /// The `otpauth:` URL for the QR code.
    pub url: Zeroizing<String>,
    /// The token to present together with the first code.
    pub pending_token: SecretString,
    /// Lifetime in seconds.
    pub expires_in: u32,
}

/// A second factor that was just turned on.
pub struct FactorOn {
    /// The account after the change.
    pub user: User,
    /// The new recovery codes, to be shown once; `None` if the account already had some.
    pub recovery_codes: Option<Vec<RecoveryCode>>,
}

/// The second factors of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MfaAnswer)]
pub struct SecondFactors {
    /// Whether any second factor is on, so that logins ask for one.
    pub is_mfa_enabled: bool,
    /// Whether an authenticator app is set up.
    pub totp: bool,
    /// Whether a phone is set up.
    pub sms: bool,
    /// The last two digits of the phone number.
    #[schema(example = "•••• 23")]
    pub phone_hint: Option<String>,
    /// The number of recovery codes left.
    #[schema(example = 10)]
    pub recovery_codes_left: usize,
}

impl Accounts {
    /// Returns the second factors of an account.
    pub async fn second_factors(&self, user: &User) -> Result<SecondFactors> {
        let codes_left = if user.is_mfa_enabled {
            self.store.factors(user.id).await?.codes_left()
        } else {
            0
        };
        let number = user.second_factor();
        Ok(SecondFactors {
            is_mfa_enabled: user.is_mfa_enabled,
            totp: user.uses_totp(),
            sms: number.is_some(),
            phone_hint: number.map(crate::model::PhoneNumber::masked),
            recovery_codes_left: codes_left,
        })
    }

    /// Creates a secret for an authenticator app. An app that is already set up stays valid until the new one is
    /// confirmed.
    pub async fn start_totp(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<TotpSetup> {
        for _ in 0..MAX_ROUNDS {
            let (user, hash) = self.confirm_password(session, current, origin).await?;
            let secret = self.factors.new_totp();
            let sealed = self
                .factors
                .seal(user.id, FactorSecret::Totp, secret.bytes());
            let issued_at = user.next_issue_time(self.now());
            let expires_in = self.settings.sms_codes.mfa_pending_token_ttl_seconds;
            let claims = Claims {
                sealed: Some(URL_SAFE_NO_PAD.encode(&sealed.bytes)),
                ..self.claims(user.id, issued_at, expires_in, Purpose::TotpSetup)
            };
            let wait = Wait {
                kinds: vec![CodeKind::TotpSetup],
                ..self.wait(&claims, Some(hash))
            };
            let effects = self.recorded(EventKind::TotpSetupStarted, origin);
            match self.store.begin_wait(wait, effects).await? {
                BeginWait::Stale => {}
                BeginWait::BudgetSpent { until } => {
                    let retry_after = self.seconds_until(until);
                    return Err(Error::CodeBudgetSpent { retry_after });
                }
                BeginWait::Begun => {
                    let app_name = &self.settings.identity.app_name;
                    return Ok(TotpSetup {
                        secret: secret.base32(),
                        url: secret.url(app_name, user.email.as_str()),
                        pending_token: self.tokens.sign(&claims),
                        expires_in,
                    });
                }
            }
        }
        Err(Error::WrongPassword)
    }

    /// Confirms the app with one of its codes. From now on logins ask for them. Sessions continue.
    pub async fn confirm_totp(
        &self,
        pending_token: &str,
        code: &Code,
        origin: &Origin,
    ) -> Result<FactorOn> {
        let (claims, user) = self.open_wait(pending_token, Purpose::TotpSetup).await?;
        let sealed = claims
            .sealed
            .as_deref()
            .map(|text| URL_SAFE_NO_PAD.decode(text));
        let Some(Ok(sealed)) = sealed else {
            return Err(Error::InvalidPendingToken);
        };
        let secret = self.factors.open_totp(user.id, &sealed);
        let secret = secret.map_err(|_| Error::InvalidPendingToken)?;
        let step = match secret.find(code, None, self.now()) {
            TotpMatch::Fresh(step) => Some(step),
            TotpMatch::Used | TotpMatch::None => None,
        };
        let change = if user.uses_totp() {
            SecurityChange::AppReplaced
        } else {
            SecurityChange::AppAdded
        };
        let owner = origin.acting_as(Actor::User(user.id));
        let effects = self.noticed_of(&user, change, EventKind::MfaEnabled, "totp", &owner)?;
        let check = self.factor_check(&claims, FactorProof::NewTotp(step));
        // Encrypt with the current `jwt_secret`, which may not be the one of the token.
        let sealed = self
            .factors
            .seal(user.id, FactorSecret::Totp, secret.bytes());
        let (codes, recovery) = self.factors.new_recovery_codes(user.id);
        let enabled = self
            .store
            .enable_totp(check, sealed, recovery, effects)
            .await?;
        self.factor_on(enabled, codes)
    }

    /// Completes turning on a second factor. The recovery codes are the account's only if it had none.
    pub(super) fn factor_on(
        &self,
        enabled: UseCode<FactorEnabled>,
        recovery_codes: Vec<RecoveryCode>,
    ) -> Result<FactorOn> {
        let enabled = enabled.map_err(|refusal| self.code_refused(refusal))?;
        self.outbox.wake();
        Ok(FactorOn {
            user: enabled.user,
            recovery_codes: enabled.took_recovery_codes.then_some(recovery_codes),
        })
    }

    /// Removes the authenticator app of a session's account.
    pub async fn remove_totp(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<User> {
        for _ in 0..MAX_ROUNDS {
            let (user, hash) = self.confirm_password(session, current, origin).await?;
            if !user.uses_totp() {
                return Err(Error::MfaNotEnabled);
            }
            let (change, kind) = (SecurityChange::AppRemoved, EventKind::MfaDisabled);
            let effects = self.noticed_of(&user, change, kind, "totp", origin)?;
            let removed = self.store.disable_totp(user.id, &hash, self.now(), effects);
            if let Some(user) = removed.await? {
                self.outbox.wake();
                return Ok(user);
            }
        }
        Err(Error::WrongPassword)
    }

    /// Replaces the recovery codes with new ones.
    pub async fn new_recovery_codes(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<Vec<RecoveryCode>> {
        for _ in 0..MAX_ROUNDS {
            let (user, hash) = self.confirm_password(session, current, origin).await?;
            if !user.is_mfa_enabled {
                return Err(Error::MfaNotEnabled);
            }
            let (change, kind) = (
                SecurityChange::RecoveryCodesMade,
                EventKind::RecoveryCodesCreated,
            );
            let effects = self.noticed(&user, change, kind, origin)?;
            let (codes, recovery) = self.factors.new_recovery_codes(user.id);
            let replaced =
                self.store
                    .replace_recovery_codes(user.id, &hash, recovery, self.now(), effects);
            if replaced.await? {
                self.outbox.wake();
                return Ok(codes);
            }
        }
        Err(Error::WrongPassword)
    }

    /// Does the same as [`Self::noticed`], and records which second factor the events are about.
    fn noticed_of(
        &self,
        user: &User,
        change: SecurityChange,
        kind: EventKind,
        method: &str,
        origin: &Origin,
    ) -> Result<Effects> {
        let mut effects = self.noticed(user, change, kind, origin)?;
        let tell = |event: &mut Event| event.data.insert("method".into(), method.into());
        effects
            .events
            .iter_mut()
            .for_each(|event| drop(tell(event)));
        Ok(effects)
    }

    /// Returns whether every encrypted second factor can be decrypted with the known secrets.
    pub async fn opens_all_factors(&self) -> Result<bool> {
        let known = self.factors.known();
        Ok(self.store.count_factors_sealed_elsewhere(known).await? == 0)
    }

    /// Re-encrypts what is encrypted with an earlier secret, so that the earlier secret can be dropped.
    ///
    /// What is encrypted with the *next* secret stays as it is: a rotation leads there, and servers that still have the
    /// older configuration must not undo it. This way each rotation re-encrypts everything exactly once.
    pub async fn reseal_factors(&self) -> Result<()> {
        let unknown = self.factors.known();
        let unknown = self.store.count_factors_sealed_elsewhere(unknown).await?;
        if unknown > 0 {
            tracing::warn!(
                count = unknown,
                "second factors are encrypted with an unknown jwt_secret"
            );
        }
        loop {
            let earlier = self.factors.earlier();
            let before = self.store.factors_to_reseal(earlier, BATCH).await?;
            let mut resealed = 0;
            for factor in before {
                let SealedFactor {
                    user_id,
                    kind,
                    sealed,
                } = factor;
                let Ok(plain) = self.factors.open(user_id, kind, &sealed.bytes) else {
                    tracing::warn!(%user_id, kind = kind.as_str(), "a second factor can't be decrypted");
                    continue;
                };
                let anew = SealedFactor {
                    user_id,
                    kind,
                    sealed: self.factors.seal(user_id, kind, &plain),
                };
                if self.store.reseal_factor(anew, sealed.bytes).await? {
                    resealed += 1;
                }
            }
            if resealed == 0 {
                return Ok(());
            }
            tracing::info!(
                resealed,
                "second factors are now encrypted with the current jwt_secret"
            );
            // Let other work run between batches.
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The pause between two batches.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(20);
