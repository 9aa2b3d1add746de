//! Second factors beside the phone: the authenticator app, and recovery codes.

use async_trait::async_trait;
use jiff::Timestamp;

use super::codes::CodeRow;
use super::{CodeCheck, CodeFailure, Effects, IssuedSession, Result, UseCode};
use crate::model::{
    CodeBudget, CodeKind, FactorSecret, Factors, Id, NewSession, PasswordHash, ProofHash,
    RecoverySet, Sealed, Totp, User,
};

/// Second factors beside the phone. Whoever is to be asked for one waits under a pending token; a wait is a code of each kind
/// that may end it, with attempts of its own, and the newest one of an account takes the place of those before. What is
/// presented is paid for as other codes are ([`CodeStore`](super::CodeStore)).
#[async_trait]
pub trait FactorStore: Send + Sync + 'static {
    /// The factors of an account.
    async fn factors(&self, id: Id) -> Result<Factors>;

    /// Begins a wait, if the account is active and still as it was read, and its budgets allow a guess of any kind.
    async fn begin_wait(&self, wait: Wait, effects: Effects) -> Result<BeginWait>;

    /// Ends the wait of a login: what is right issues the session, once, is used up with it, and clears the failures of the
    /// account's address. What is wrong is recorded.
    async fn issue_session_for_factor(
        &self,
        check: FactorCheck,
        session: NewSession,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>>;

    /// Ends the wait of a set-up: with the right code the app is a second factor of the account, in place of an older one, and
    /// the recovery codes are the account's, if it has none.
    async fn enable_totp(
        &self,
        check: FactorCheck,
        secret: Sealed,
        recovery: RecoverySet,
        effects: Effects,
    ) -> Result<UseCode<FactorEnabled>>;

    /// Takes the app away, if there is one, the account is active and its hash still the verified one. Recovery codes go with
    /// the last factor. Returns the account afterwards; `None`, and nothing changed, otherwise.
    async fn disable_totp(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<User>>;

    /// Puts recovery codes in the place of older ones, if a second factor is on, the account active and its hash still the
    /// verified one; whether that was so.
    async fn replace_recovery_codes(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        recovery: RecoverySet,
        now: Timestamp,
        effects: Effects,
    ) -> Result<bool>;

    /// Some of what is sealed under the secrets of these names.
    async fn factors_to_reseal(&self, earlier: &[String], limit: u32) -> Result<Vec<SealedFactor>>;

    /// Puts what is sealed anew in the place of `sealed_before`; false if that is not there any more.
    async fn reseal_factor(&self, anew: SealedFactor, sealed_before: Vec<u8>) -> Result<bool>;

    /// How much is sealed under none of the secrets of these names.
    async fn count_factors_sealed_elsewhere(&self, known: &[String]) -> Result<u64>;
}

/// A wait for a second factor, about to begin on the strength of one verified password.
#[derive(Debug, Clone)]
pub struct Wait {
    /// Whose.
    pub user_id: Id,
    /// The hash that the password was verified against, or that the account had when something else was: it must still be the
    /// account's. None where it has none.
    pub verified_hash: Option<PasswordHash>,
    /// A stronger hash of the same password, to be kept from now on.
    pub upgraded_hash: Option<PasswordHash>,
    /// What may end it.
    pub kinds: Vec<CodeKind>,
    /// The id of the pending token.
    pub jti: String,
    /// How often something may be presented, of each kind.
    pub max_attempts: u32,
    /// The pending token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// From this moment on it is over.
    pub expires_at: Timestamp,
    /// What the account's wrong codes must leave room in; `None`: they are not counted.
    pub budget: Option<CodeBudget>,
    /// The present moment.
    pub now: Timestamp,
}

impl Wait {
    /// What is kept while it lasts.
    pub(super) fn rows(&self) -> impl Iterator<Item = CodeRow<'_>> {
        self.kinds.iter().map(|kind| CodeRow {
            user_id: self.user_id,
            kind: *kind,
            jti: &self.jti,
            // What is right is not known before it is presented.
            code_hash: "",
            sent_to: None,
            max_attempts: self.max_attempts,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
        })
    }

    /// Whether an account is as it was read: it has the hash, and where a login waits for its app, has that.
    pub(super) fn is_for(&self, user: &User) -> bool {
        let wants_totp = self.kinds.contains(&CodeKind::LoginTotp);
        user.hashed_password == self.verified_hash && (!wants_totp || user.uses_totp())
    }
}

/// Outcome of [`FactorStore::begin_wait`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeginWait {
    /// It has begun.
    Begun,
    /// The account is not as it was read any more: read it again. Nothing changed.
    Stale,
    /// Too many wrong codes of every kind that might end it: nothing changed.
    BudgetSpent {
        /// The first moment at which one is evaluated again.
        until: Timestamp,
    },
}

/// What somebody presented, as it was judged against what the account had when it was read.
#[derive(Debug, Clone)]
pub enum FactorProof {
    /// A code of the app whose secret was sealed as this.
    Totp {
        /// The sealed secret.
        sealed: Vec<u8>,
        /// The step that the code is of; none if it is wrong or used up.
        step: Option<u64>,
    },
    /// A code of an app that is being set up, of this step; none if it is wrong.
    NewTotp(Option<u64>),
    /// A recovery code.
    Recovery(ProofHash),
}

impl FactorProof {
    /// The kind of code that it is.
    #[must_use]
    pub fn kind(&self) -> CodeKind {
        match self {
            Self::Totp { .. } => CodeKind::LoginTotp,
            Self::NewTotp(_) => CodeKind::TotpSetup,
            Self::Recovery(_) => CodeKind::LoginRecovery,
        }
    }

    /// Whether it is right for an account with these factors.
    pub(super) fn is_right(&self, factors: &Factors) -> bool {
        match self {
            Self::Totp { sealed, step } => {
                let fits = |totp: &Totp| {
                    totp.secret.bytes == *sealed && step.is_some_and(|step| step > totp.last_step)
                };
                factors.totp.as_ref().is_some_and(fits)
            }
            Self::NewTotp(step) => step.is_some(),
            Self::Recovery(hash) => {
                let mut codes = factors.recovery.iter().flat_map(|set| &set.codes);
                codes.any(|code| code.matches(hash))
            }
        }
    }
}

/// Something presented under a pending token.
#[derive(Debug, Clone)]
pub struct FactorCheck {
    /// Whose, by the pending token.
    pub user_id: Id,
    /// The pending token's id.
    pub jti: String,
    /// The pending token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// What was presented.
    pub proof: FactorProof,
    /// What a wrong one costs; `None`: they are not counted.
    pub budget: Option<CodeBudget>,
    /// The present moment.
    pub now: Timestamp,
}

impl FactorCheck {
    /// What it costs, as of any code.
    pub(super) fn cost(&self) -> CodeCheck {
        CodeCheck {
            user_id: self.user_id,
            jti: self.jti.clone(),
            issued_at: self.issued_at,
            code_hash: ProofHash::from_stored(String::new()),
            budget: self.budget,
            now: self.now,
        }
    }
}

/// A second factor that is on from now on.
#[derive(Debug, Clone)]
pub struct FactorEnabled {
    /// The account afterwards.
    pub user: User,
    /// Whether the recovery codes that came with it are the account's: it had none.
    pub took_recovery_codes: bool,
}

/// One sealed secret of an account.
#[derive(Debug, Clone)]
pub struct SealedFactor {
    /// Whose.
    pub user_id: Id,
    /// Which.
    pub kind: FactorSecret,
    /// The secret.
    pub sealed: Sealed,
}
