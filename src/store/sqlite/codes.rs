//! One-time codes, and the second factor that they switch on.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::effects::{Subject, write_effects};
use super::rows::{Moment, run};
use super::user_rows::{self, accepting};
use super::{Sqlite, caps, code_rows, sessions};
use crate::model::{CodeKind, Id, NewSession, PasswordHash, PhoneNumber, User};
use crate::store::{
    CodeCheck, CodeFailure, CodeIssue, CodeRefusal, CodeStore, Effects, IssueCode, IssuedSession,
    Result, UseCode,
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
            code_rows::put(db, &issue)?;
            run(
                db,
                "update users set last_iat = max(:issued_at, coalesce(last_iat, :issued_at)),
                         hashed_password = coalesce(:upgraded_hash, hashed_password)
                     where id = :id",
                named_params! {
                    ":issued_at": Moment(issue.issued_at),
                    ":upgraded_hash": issue.upgraded_hash,
                    ":id": user.id,
                },
            )?;
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
            if let Err(refusal) = code_rows::use_up(db, &check, kind)? {
                if refusal == CodeRefusal::Wrong {
                    let key = (user.id, kind);
                    let spent = code_rows::budget_spent_until(db, key, check.budget, check.now)?;
                    let effects = failure.effects(spent.is_some());
                    write_effects(db, effects, &Subject::user(&user))?;
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
        effects: Effects,
    ) -> Result<UseCode<User>> {
        let number = number.clone();
        self.write(move |db| {
            let Some(mut user) = accepting(db, check.user_id, check.issued_at)? else {
                return Ok(Err(CodeRefusal::Stale));
            };
            if let Err(refusal) = code_rows::use_up(db, &check, CodeKind::PhoneSetup)? {
                return Ok(Err(refusal));
            }
            user.phone_number = Some(number);
            user.is_mfa_enabled = true;
            user.updated_at = check.now;
            write_factor(db, &user)?;
            code_rows::forget(db, user.id)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(Ok(user))
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
            user.is_mfa_enabled = false;
            user.updated_at = now;
            write_factor(db, &user)?;
            code_rows::forget(db, id)?;
            code_rows::forgive(db, id)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(Some(user))
        })
        .await
    }
}

fn write_factor(connection: &Connection, user: &User) -> Result<()> {
    run(
        connection,
        "update users set phone_number = :phone_number, is_mfa_enabled = :is_mfa_enabled, updated_at = :updated_at
         where id = :id",
        named_params! {
            ":phone_number": user.phone_number,
            ":is_mfa_enabled": user.is_mfa_enabled,
            ":updated_at": Moment(user.updated_at),
            ":id": user.id,
        },
    )
}
