//! One-time codes and the second factor.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, FactorEnabled, IssuedSession, Result};
use crate::model::{
    CapPurpose, CodeBudget, CodeKind, Event, Id, NewSession, PasswordHash, PhoneNumber, ProofHash,
    RecipientCap, RecoverySet, User,
};

/// One-time codes and the second factor. At most one code of each kind waits for an account. Every check is paid for
/// before it is made: with one attempt of the code, and with one unit of the account's budget. Wrong codes use up the
/// budget, whichever code they were tried on. Only a right code, or an administrator who enables the account or removes
/// the factor, restores it. An engine where another program writes codes without a `jti` lets those serve a token that
/// was issued at nearly the same time ([`WaitingCode::made_near`](crate::model::WaitingCode::made_near)).
#[async_trait]
pub trait CodeStore: Send + Sync + 'static {
    /// Stores a code in place of any older one of its account and kind, queues the SMS that carries it, and stores the
    /// upgraded hash. Does so only if the account is active and still as it was read, its budget allows a guess, and
    /// the limit of the phone number allows an SMS. For a login, the second factor must be on, with the phone number of
    /// the cap.
    async fn issue_code(&self, code: CodeIssue, effects: Effects) -> Result<IssueCode>;

    /// Uses a login code. The right one issues the session, once, and clears the failures of the account's email
    /// address. A wrong one is recorded.
    async fn issue_session_for_code(
        &self,
        check: CodeCheck,
        session: NewSession,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>>;

    /// Uses the code that was sent to `number`. The right one makes it the account's phone number, turns the second
    /// factor on, and ends all other codes, including those sent to an older number. The account gets the recovery
    /// codes if it has none.
    async fn enable_second_factor(
        &self,
        check: CodeCheck,
        number: &PhoneNumber,
        recovery: RecoverySet,
        effects: Effects,
    ) -> Result<UseCode<FactorEnabled>>;

    /// Turns off the phone as a second factor if it is one, the account is active, and its hash is still the verified
    /// one. Deletes the number, codes and budgets, and the recovery codes if this was the last factor. Returns the
    /// account after the change, or `None` if nothing changed.
    async fn disable_second_factor(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<User>>;
}

/// A code about to be sent after a password was verified.
#[derive(Debug, Clone)]
pub struct CodeIssue {
    /// The account.
    pub user_id: Id,
    /// The hash that the password was verified against, or the account's hash at the time if something else was
    /// verified. It must still be the account's. `None` if the account has no password.
    pub verified_hash: Option<PasswordHash>,
    /// A stronger hash of the same password, to be stored.
    pub upgraded_hash: Option<PasswordHash>,
    /// What the code is for.
    pub kind: CodeKind,
    /// The id of the pending token that waits for the code. The code works with no other token.
    pub jti: String,
    /// The code's hash.
    pub code_hash: ProofHash,
    /// How often it may be checked.
    pub max_attempts: u32,
    /// The pending token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// When the code expires.
    pub expires_at: Timestamp,
    /// Which other codes may end the wait.
    pub also: Vec<CodeKind>,
    /// The budget that the account's wrong codes must not exceed. `None`: they are not counted.
    pub budget: Option<CodeBudget>,
    /// The phone number, and the limit that the SMS counts towards.
    pub cap: RecipientCap,
}

/// The row of a waiting code.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodeRow<'a> {
    pub(super) user_id: Id,
    pub(super) kind: CodeKind,
    pub(super) jti: &'a str,
    pub(super) code_hash: &'a str,
    #[cfg_attr(
        not(feature = "mongodb"),
        allow(dead_code, reason = "only MongoDB stores it")
    )]
    pub(super) sent_to: Option<&'a str>,
    pub(super) max_attempts: u32,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

impl CodeIssue {
    /// Returns the rows to store.
    pub(super) fn rows(&self) -> impl Iterator<Item = CodeRow<'_>> {
        let code = CodeRow {
            user_id: self.user_id,
            kind: self.kind,
            jti: &self.jti,
            code_hash: self.code_hash.as_str(),
            sent_to: Some(&self.cap.recipient),
            max_attempts: self.max_attempts,
            issued_at: self.issued_at,
            expires_at: self.expires_at,
        };
        let also = self.also.iter().map(move |kind| CodeRow {
            kind: *kind,
            code_hash: "",
            sent_to: None,
            ..code
        });
        std::iter::once(code).chain(also)
    }

    /// Returns whether an account is as it was read for this code: it has the hash, and for a login the phone number as
    /// a second factor.
    pub(super) fn is_for(&self, user: &User) -> bool {
        let number = user.second_factor().map(PhoneNumber::as_str);
        user.hashed_password == self.verified_hash
            && (self.kind != CodeKind::LoginMfa || number == Some(&self.cap.recipient))
    }

    /// Returns all limits that the SMS counts towards. A setup can name any phone number, so it also counts towards a
    /// limit of the account of the same size. Otherwise one account could send SMS to every number in the world.
    pub(super) fn caps(&self) -> Vec<RecipientCap> {
        let mut caps = vec![self.cap.clone()];
        if self.kind == CodeKind::PhoneSetup {
            caps.push(RecipientCap {
                recipient: self.user_id.to_string(),
                purpose: CapPurpose::AccountSetups,
                ..self.cap.clone()
            });
        }
        caps
    }
}

/// Outcome of [`super::CodeStore::issue_code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueCode {
    /// The SMS is queued. Any older code of the account and kind is dead.
    Queued,
    /// The account has changed since it was read (hash, cut-off, second factor), is disabled or deleted: read it again.
    /// Nothing changed.
    Stale,
    /// Too many wrong codes: nothing changed.
    BudgetSpent {
        /// When a code can be checked again.
        until: Timestamp,
    },
    /// Too many SMS to this number, or setups of this account, in the last hour: nothing changed.
    CapSpent {
        /// When another one can be sent.
        until: Timestamp,
    },
}

/// A presented code.
#[derive(Debug, Clone)]
pub struct CodeCheck {
    /// The account that the pending token names.
    pub user_id: Id,
    /// The pending token's id.
    pub jti: String,
    /// The pending token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// The hash of the presented code.
    pub code_hash: ProofHash,
    /// The budget that a wrong code counts towards. `None`: wrong codes are not counted.
    pub budget: Option<CodeBudget>,
    /// The current time.
    pub now: Timestamp,
}

/// The events that record a wrong login code.
#[derive(Debug, Clone)]
pub struct CodeFailure {
    /// Recorded in any case.
    pub failed: Event,
    /// Also recorded if this code used up the account's budget.
    pub locked: Event,
}

impl CodeFailure {
    /// Returns the effects of a wrong code.
    pub(super) fn effects(self, spends_budget: bool) -> Effects {
        let locked = spends_budget.then_some(self.locked);
        Effects::of_events(std::iter::once(self.failed).chain(locked))
    }
}

/// Outcome of the operations that use a code: the result of a right one, or the reason for a refusal.
pub type UseCode<T> = std::result::Result<T, CodeRefusal>;

/// Why a code was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeRefusal {
    /// The code was checked and is wrong.
    Wrong,
    /// The code for this token has expired. Nothing was checked.
    Expired,
    /// There is no code for this token: it was used, replaced, or had too many wrong guesses. Nothing was checked.
    NoCode,
    /// Too many wrong codes. Nothing was checked.
    BudgetSpent {
        /// When a code can be checked again.
        until: Timestamp,
    },
    /// The account no longer accepts the token: it is disabled or deleted, its tokens were ended, or (for a login) its
    /// second factor was turned off. Nothing was checked.
    Stale,
}
