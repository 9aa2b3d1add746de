//! Second factors other than the phone: the authenticator app and recovery codes.

use async_trait::async_trait;
use jiff::Timestamp;

use super::codes::CodeRow;
use super::{CodeCheck, CodeFailure, Effects, IssuedSession, Result, UseCode};
use crate::model::{
    CodeBudget, CodeKind, FactorSecret, Factors, Id, NewSession, PasswordHash, ProofHash,
    RecoverySet, Sealed, Totp, User,
};

/// Second factors other than the phone. Somebody who is to be asked for one waits with a pending token. A wait is
/// stored as a code of each kind that may end it, with its own attempts. The newest wait of an account replaces earlier
/// ones. Checks are paid for as with other codes ([`CodeStore`](super::CodeStore)).
#[async_trait]
pub trait FactorStore: Send + Sync + 'static {
    /// Returns the factors of an account.
    async fn factors(&self, id: Id) -> Result<Factors>;

    /// Begins a wait, if the account is active and still as it was read, and its budgets allow a guess of any kind.
    async fn begin_wait(&self, wait: Wait, effects: Effects) -> Result<BeginWait>;

    /// Ends the wait of a login. A right proof issues the session, once, is used up, and clears the failures of the
    /// account's email address. A wrong one is recorded.
    async fn issue_session_for_factor(
        &self,
        check: FactorCheck,
        session: NewSession,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>>;

    /// Ends the wait of a setup. With the right code, the app becomes a second factor of the account and replaces an
    /// older one. The account gets the recovery codes if it has none.
    async fn enable_totp(
        &self,
        check: FactorCheck,
        secret: Sealed,
        recovery: RecoverySet,
        effects: Effects,
    ) -> Result<UseCode<FactorEnabled>>;

    /// Removes the app if there is one, the account is active, and its hash is still the verified one. Also removes the
    /// recovery codes if this was the last factor. Returns the account after the change, or `None` if nothing changed.
    async fn disable_totp(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<User>>;

    /// Replaces the recovery codes if a second factor is on, the account is active, and its hash is still the verified
    /// one. Returns whether it did.
    async fn replace_recovery_codes(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        recovery: RecoverySet,
        now: Timestamp,
        effects: Effects,
    ) -> Result<bool>;

    /// Returns some of the factors that are encrypted with the secrets of these names.
    async fn factors_to_reseal(&self, earlier: &[String], limit: u32) -> Result<Vec<SealedFactor>>;

    /// Replaces `sealed_before` with the re-encrypted factor. Returns false if `sealed_before` is no longer stored.
    async fn reseal_factor(&self, anew: SealedFactor, sealed_before: Vec<u8>) -> Result<bool>;

    /// Returns how many factors are encrypted with none of the secrets of these names.
    async fn count_factors_sealed_elsewhere(&self, known: &[String]) -> Result<u64>;
}

/// A wait for a second factor, about to begin after a password was verified.
#[derive(Debug, Clone)]
pub struct Wait {
    /// The account.
    pub user_id: Id,
    /// The hash that the password was verified against, or the account's hash at the time if something else was
    /// verified. It must still be the account's. `None` if the account has no password.
    pub verified_hash: Option<PasswordHash>,
    /// A stronger hash of the same password, to be stored.
    pub upgraded_hash: Option<PasswordHash>,
    /// The kinds of code that may end it.
    pub kinds: Vec<CodeKind>,
    /// The id of the pending token.
    pub jti: String,
    /// How many attempts each kind allows.
    pub max_attempts: u32,
    /// The pending token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// When the wait ends.
    pub expires_at: Timestamp,
    /// The budget that the account's wrong codes must not exceed. `None`: they are not counted.
    pub budget: Option<CodeBudget>,
    /// The current time.
    pub now: Timestamp,
}

impl Wait {
    /// Returns the rows to store for the wait.
    pub(super) fn rows(&self) -> impl Iterator<Item = CodeRow<'_>> {
        self.kinds.iter().map(|kind| CodeRow {
            user_id: self.user_id,
            kind: *kind,
            jti: &self.jti,
            // Which code is right is not known in advance.
            code_hash: "",
            sent_to: None,
            max_attempts: self.max_attempts,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
        })
    }

    /// Returns whether an account is as it was read: it has the hash, and the app if a login waits for its code.
    pub(super) fn is_for(&self, user: &User) -> bool {
        let wants_totp = self.kinds.contains(&CodeKind::LoginTotp);
        user.hashed_password == self.verified_hash && (!wants_totp || user.uses_totp())
    }
}

/// Outcome of [`FactorStore::begin_wait`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeginWait {
    /// The wait has begun.
    Begun,
    /// The account has changed since it was read: read it again. Nothing changed.
    Stale,
    /// Too many wrong codes of every kind that may end the wait: nothing changed.
    BudgetSpent {
        /// When one can be checked again.
        until: Timestamp,
    },
}

/// What was presented, already compared with the factors that the account had when it was read.
#[derive(Debug, Clone)]
pub enum FactorProof {
    /// A code of the app with this secret.
    Totp {
        /// The encrypted secret.
        sealed: Vec<u8>,
        /// The time step of the code; `None` if the code is wrong or already used.
        step: Option<u64>,
    },
    /// A code of an app that is being set up, with its time step; `None` if it is wrong.
    NewTotp(Option<u64>),
    /// The hash of a recovery code.
    Recovery(ProofHash),
}

impl FactorProof {
    /// Returns the kind of code.
    #[must_use]
    pub fn kind(&self) -> CodeKind {
        match self {
            Self::Totp { .. } => CodeKind::LoginTotp,
            Self::NewTotp(_) => CodeKind::TotpSetup,
            Self::Recovery(_) => CodeKind::LoginRecovery,
        }
    }

    /// Returns whether it is right for an account with these factors.
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

/// A proof presented with a pending token.
#[derive(Debug, Clone)]
pub struct FactorCheck {
    /// The account that the pending token names.
    pub user_id: Id,
    /// The pending token's id.
    pub jti: String,
    /// The pending token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// The proof.
    pub proof: FactorProof,
    /// The budget that a wrong proof counts towards. `None`: wrong proofs are not counted.
    pub budget: Option<CodeBudget>,
    /// The current time.
    pub now: Timestamp,
}

impl FactorCheck {
    /// Returns the check that pays for it, as for any code.
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

/// A second factor that was just turned on.
#[derive(Debug, Clone)]
pub struct FactorEnabled {
    /// The account after the change.
    pub user: User,
    /// Whether the account took the new recovery codes, because it had none.
    pub took_recovery_codes: bool,
}

/// One encrypted secret of an account.
#[derive(Debug, Clone)]
pub struct SealedFactor {
    /// The account.
    pub user_id: Id,
    /// Which secret it is.
    pub kind: FactorSecret,
    /// The encrypted secret.
    pub sealed: Sealed,
}
