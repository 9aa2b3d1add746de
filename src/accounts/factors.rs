//! Second factors beside the phone: the authenticator app and recovery codes, from the account's page.

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
use crate::store::{BeginWait, Effects, FactorProof, SealedFactor, Wait};

/// How much is sealed anew at a time.
const BATCH: u32 = 100;

/// An authenticator app that is being set up.
pub struct TotpSetup {
    /// What is typed into the app where it cannot scan.
    pub secret: Zeroizing<String>,
    /// What the app reads (`otpauth:`).
    pub url: Zeroizing<String>,
    /// What the first code is presented with.
    pub pending_token: SecretString,
    /// Its life, in seconds.
    pub expires_in: u32,
}

/// A second factor that was just switched on.
pub struct FactorOn {
    /// The account afterwards.
    pub user: User,
    /// The recovery codes that the account has from now on, to be shown once; none where it had some.
    pub recovery_codes: Option<Vec<RecoveryCode>>,
}

/// The second factors of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MfaAnswer)]
pub struct SecondFactors {
    /// Whether any is on, so that logins ask for one of them.
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
    /// The second factors of an account.
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

    /// Makes a secret for an authenticator app. An app that is set up already stays until the new one is confirmed.
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

    /// Confirms the app by one of its codes: from now on logins ask for them. Sessions go on.
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
        // Under the secret of now, which need not be that of the token.
        let sealed = self
            .factors
            .seal(user.id, FactorSecret::Totp, secret.bytes());
        let (codes, recovery) = self.factors.new_recovery_codes(user.id);
        let enabled = self
            .store
            .enable_totp(check, sealed, recovery, effects)
            .await?;
        let enabled = enabled.map_err(|refusal| self.code_refused(refusal))?;
        self.outbox.wake();
        Ok(FactorOn {
            user: enabled.user,
            recovery_codes: enabled.took_recovery_codes.then_some(codes),
        })
    }

    /// Takes the authenticator app of a session's account away.
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

    /// Makes new recovery codes in the place of older ones.
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

    /// The same as [`Self::noticed`], of one of several factors.
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

    /// Whether everything that second factors keep sealed can be opened.
    pub async fn opens_all_factors(&self) -> Result<bool> {
        let known = self.factors.known();
        Ok(self.store.count_factors_sealed_elsewhere(known).await? == 0)
    }

    /// Seals anew what is sealed under an earlier secret, so that this secret is of no use any more.
    ///
    /// What is sealed under the next secret stays: it is where a rotation leads, and servers that have not followed yet must
    /// not lead back. So everything is sealed anew once a rotation, in the order of the secrets, and then no more.
    pub async fn tend_factors(&self) -> Result<()> {
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
            // Others have work to do as well.
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Between two batches.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(20);
