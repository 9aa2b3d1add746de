//! One-time codes and the second factor.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, FactorEnabled, IssuedSession, Result};
use crate::model::{
    CapPurpose, CodeBudget, CodeKind, Event, Id, NewSession, PasswordHash, PhoneNumber, ProofHash,
    RecipientCap, RecoverySet, User,
};

/// One-time codes and the second factor. At most one code of each kind waits for an account. What is evaluated is paid
/// for before: one attempt of the code, and one unit of the account's budget, which wrong codes use up whatever code they
/// were tried on, and which only a right one and an administrator's unlocking or removal of the factor give back. An engine
/// where another program writes codes without a `jti` lets those serve a token that was issued close to them
/// ([`WaitingCode::made_near`](crate::model::WaitingCode::made_near)).
#[async_trait]
pub trait CodeStore: Send + Sync + 'static {
    /// Puts a code in place of any older one of its account and kind, queues the SMS that carries it, and keeps the upgraded
    /// hash, if the account is active and still as it was read, its budget allows a guess and the number's cap an SMS. For a
    /// login the second factor must be on, with the number of the cap.
    async fn issue_code(&self, code: CodeIssue, effects: Effects) -> Result<IssueCode>;

    /// Uses the code of a login: the right one issues the session, once, and clears the failures of the account's address. A
    /// wrong one is recorded.
    async fn issue_session_for_code(
        &self,
        check: CodeCheck,
        session: NewSession,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>>;

    /// Uses the code that was sent to `number`: the right one makes it the account's number, switches the second factor on,
    /// and ends all other codes, those sent to an older number included. The recovery codes are the account's, if it has none.
    async fn enable_second_factor(
        &self,
        check: CodeCheck,
        number: &PhoneNumber,
        recovery: RecoverySet,
        effects: Effects,
    ) -> Result<UseCode<FactorEnabled>>;

    /// Switches the phone off as second factor, if it is one, the account active and its hash still the verified one: number,
    /// codes and budgets go, and recovery codes with the last factor. Returns the account afterwards; `None`, and nothing
    /// changed, otherwise.
    async fn disable_second_factor(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<User>>;
}

/// A code about to be sent, on the strength of one verified password.
#[derive(Debug, Clone)]
pub struct CodeIssue {
    /// Whose.
    pub user_id: Id,
    /// The hash that the password was verified against, or that the account had when something else was: it must still be the
    /// account's. None where it has none.
    pub verified_hash: Option<PasswordHash>,
    /// A stronger hash of the same password, to be kept from now on.
    pub upgraded_hash: Option<PasswordHash>,
    /// What for.
    pub kind: CodeKind,
    /// The id of the pending token that waits for the code. Together with another token the code is worth nothing.
    pub jti: String,
    /// The code.
    pub code_hash: ProofHash,
    /// How often it may be evaluated.
    pub max_attempts: u32,
    /// The pending token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// From this moment on the code is dead.
    pub expires_at: Timestamp,
    /// What else may end the wait.
    pub also: Vec<CodeKind>,
    /// What the account's wrong codes must leave room in; `None`: they are not counted.
    pub budget: Option<CodeBudget>,
    /// The number written to, and what the SMS costs.
    pub cap: RecipientCap,
}

/// What is kept while a code waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodeRow<'a> {
    pub(super) user_id: Id,
    pub(super) kind: CodeKind,
    pub(super) jti: &'a str,
    pub(super) code_hash: &'a str,
    pub(super) sent_to: Option<&'a str>,
    pub(super) max_attempts: u32,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

impl CodeIssue {
    /// What is kept of it.
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

    /// Whether an account is as it was read for this code: it has the hash, and for a login the number as second factor.
    pub(super) fn is_for(&self, user: &User) -> bool {
        let number = user.second_factor().map(PhoneNumber::as_str);
        user.hashed_password == self.verified_hash
            && (self.kind != CodeKind::LoginMfa || number == Some(&self.cap.recipient))
    }

    /// All that the SMS costs. A set-up may name any number, so it pays a cap of its account as well, of the same size:
    /// otherwise one account could have every number in the world written to.
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
    /// The SMS is queued; any older code of the account and kind is dead.
    Queued,
    /// The account is not as it was read any more (hash, cut-off, second factor; disabled or gone): read it again.
    /// Nothing changed.
    Stale,
    /// Too many wrong codes: nothing changed.
    BudgetSpent {
        /// The first moment at which a code is evaluated again.
        until: Timestamp,
    },
    /// The number had enough SMS this hour, or the account enough set-ups: nothing changed.
    CapSpent {
        /// The first moment at which another may be sent.
        until: Timestamp,
    },
}

/// A code as somebody presented it.
#[derive(Debug, Clone)]
pub struct CodeCheck {
    /// Whose, by the pending token.
    pub user_id: Id,
    /// The pending token's id.
    pub jti: String,
    /// The pending token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// What was presented.
    pub code_hash: ProofHash,
    /// What a wrong code costs; `None`: they are not counted.
    pub budget: Option<CodeBudget>,
    /// The present moment.
    pub now: Timestamp,
}

/// What a wrong code at a login is recorded as.
#[derive(Debug, Clone)]
pub struct CodeFailure {
    /// Always.
    pub failed: Event,
    /// As well, when it was the one that spent the account's budget.
    pub locked: Event,
}

impl CodeFailure {
    /// What is written of a wrong code.
    pub(super) fn effects(self, spends_budget: bool) -> Effects {
        let locked = spends_budget.then_some(self.locked);
        Effects::of_events(std::iter::once(self.failed).chain(locked))
    }
}

/// Outcome of the operations that use a code: what came of the right one, or why nothing did.
pub type UseCode<T> = std::result::Result<T, CodeRefusal>;

/// Why nothing came of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeRefusal {
    /// It was evaluated, and is wrong.
    Wrong,
    /// The code that waited for this token has expired. Nothing was evaluated.
    Expired,
    /// No code waits for this token: it was used, replaced, or guessed at too often. Nothing was evaluated.
    NoCode,
    /// Too many wrong codes. Nothing was evaluated.
    BudgetSpent {
        /// The first moment at which a code is evaluated again.
        until: Timestamp,
    },
    /// The account no longer accepts the token: disabled, gone, its tokens ended, or (for a login) its second
    /// factor switched off. Nothing was evaluated.
    Stale,
}
