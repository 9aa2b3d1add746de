//! One-time codes, and the second factor that they turn on.

use async_trait::async_trait;
use jiff::Timestamp;

use super::effects::{Subject, write_effects};
use super::threads::Writer;
use super::user_rows::{self, accepting};
use super::{Sqlite, caps, code_rows, factor_rows, sessions};
use crate::model::{
    CodeBudget, CodeKind, Id, NewSession, PasswordHash, PhoneNumber, RecoverySet, User, WaitingCode,
};
use crate::store::{
    CodeCheck, CodeFailure, CodeIssue, CodeRefusal, CodeStore, Effects, FactorEnabled, IssueCode,
    IssuedSession, Result, UseCode,
};

#[async_trait]
impl CodeStore for Sqlite {
    async fn issue_code(&self, issue: CodeIssue, effects: Effects) -> Result<IssueCode> {
        self.write(move |db| {
            let user = accepting(db, issue.user_id, issue.issued_at)?;
            let Some(user) = user.filter(|user| issue.is_for(user)) else {
                return Ok(IssueCode::Stale);
            };
            let key = (user.id, issue.kind);
            let now = issue.cap.now;
            if let Some(until) = code_rows::budget_spent_until(db, key, issue.budget, now)? {
                return Ok(IssueCode::BudgetSpent { until });
            }
            if let Some(until) = caps::spend_or_wait(db, &issue.caps())? {
                return Ok(IssueCode::CapSpent { until });
            }
            for code in issue.rows() {
                code_rows::put(db, &code)?;
            }
            user_rows::note_login(db, user.id, issue.issued_at, issue.upgraded_hash.as_ref())?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(IssueCode::Queued)
        })
        .await
    }

    async fn issue_session_for_code(
        &self,
        check: CodeCheck,
        session: NewSession,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>> {
        self.write(move |db| {
            let user = accepting(db, check.user_id, check.issued_at)?;
            let Some(user) = user.filter(|user| user.second_factor().is_some()) else {
                return Ok(Err(CodeRefusal::Stale));
            };
            let kind = CodeKind::LoginMfa;
            let judge = |code: &WaitingCode| code.judge(&check.code_hash, check.now);
            if let Err(refusal) = code_rows::use_up(db, &check, kind, judge)? {
                if refusal == CodeRefusal::Wrong {
                    record_wrong(db, (&user, kind), check.budget, failure, check.now)?;
                }
                return Ok(Err(refusal));
            }
            sessions::write(db, user, session, None, None, check.now, effects).map(Ok)
        })
        .await
    }

    async fn enable_second_factor(
        &self,
        check: CodeCheck,
        number: &PhoneNumber,
        recovery: RecoverySet,
        effects: Effects,
    ) -> Result<UseCode<FactorEnabled>> {
        let number = number.clone();
        self.write(move |db| {
            let Some(mut user) = accepting(db, check.user_id, check.issued_at)? else {
                return Ok(Err(CodeRefusal::Stale));
            };
            let judge = |code: &WaitingCode| code.judge(&check.code_hash, check.now);
            if let Err(refusal) = code_rows::use_up(db, &check, CodeKind::PhoneSetup, judge)? {
                return Ok(Err(refusal));
            }
            user.phone_number = Some(number);
            user.is_mfa_enabled = true;
            user.updated_at = check.now;
            factor_rows::write_flags(db, &user)?;
            let took_recovery_codes =
                factor_rows::keep_recovery(db, user.id, &recovery, check.now)?;
            code_rows::forget(db, user.id)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(Ok(FactorEnabled {
                user,
                took_recovery_codes,
            }))
        })
        .await
    }

    async fn disable_second_factor(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<User>> {
        let hash = verified_hash.clone();
        self.write(move |db| {
            let holds = |user: &User| {
                let is_on = user.is_active && user.second_factor().is_some();
                is_on && user.hashed_password.as_ref() == Some(&hash)
            };
            let Some(mut user) = user_rows::by_id(db, id)?.filter(holds) else {
                return Ok(None);
            };
            user.phone_number = None;
            factor_rows::write_remaining(db, &mut user, now)?;
            code_rows::forget(db, id)?;
            code_rows::forgive(db, id)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(Some(user))
        })
        .await
    }
}

/// Records a wrong login code, and whether it used up the budget.
pub(super) fn record_wrong(
    db: &Writer,
    (user, kind): (&User, CodeKind),
    budget: Option<CodeBudget>,
    failure: CodeFailure,
    now: Timestamp,
) -> Result<()> {
    let spent = code_rows::budget_spent_until(db, (user.id, kind), budget, now)?;
    write_effects(db, failure.effects(spent.is_some()), &Subject::user(user))
}
