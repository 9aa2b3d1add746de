//! One-time codes, what guessing them costs, and the second factor that they switch on.
//!
//! Inside the writer's transaction nobody comes between the look at a code and what follows from it, so that what a guess
//! costs is written once it is known to be wrong.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::effects::{Subject, write_effects};
use super::rows::{Moment, execute, first};
use super::threads::Writer;
use super::user_rows::accepting;
use super::{Sqlite, caps, sessions, user_rows};
use crate::model::{CodeBudget, CodeKind, Id, PasswordHash, PhoneNumber, ProofHash, User};
use crate::store::{
    CodeCheck, CodeFailure, CodeIssue, CodeRefusal, CodeStore, Conditional, Effects, IssueCode,
    IssuedSession, Result, UseCode,
};

#[async_trait]
impl CodeStore for Sqlite {
    async fn issue_code(&self, code: CodeIssue, effects: Effects) -> Result<IssueCode> {
        self.threads
            .write(move |db| issue(db, &code, effects))
            .await
    }

    async fn issue_session_for_code(
        &self,
        check: CodeCheck,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>> {
        self.threads
            .write(move |db| issue_session(db, &check, failure, effects))
            .await
    }

    async fn enable_second_factor(
        &self,
        check: CodeCheck,
        number: &PhoneNumber,
        effects: Effects,
    ) -> Result<UseCode<User>> {
        let number = number.clone();
        self.threads
            .write(move |db| enable_second_factor(db, &check, &number, effects))
            .await
    }

    async fn disable_second_factor(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Conditional> {
        let hash = verified_hash.clone();
        self.threads
            .write(move |db| disable_second_factor(db, id, &hash, now, effects))
            .await
    }
}

pub(super) fn issue(connection: &Writer, issue: &CodeIssue, effects: Effects) -> Result<IssueCode> {
    let is_as_read = |user: &User| {
        let number = user.second_factor().map(PhoneNumber::as_str);
        user.hashed_password.as_ref() == Some(&issue.verified_hash)
            && (issue.kind != CodeKind::LoginMfa || number == Some(&issue.cap.recipient))
    };
    let user = accepting(connection, issue.user_id, issue.issued_at)?;
    let Some(user) = user.filter(is_as_read) else {
        return Ok(IssueCode::Stale);
    };
    if let Some(until) = budget_spent_until(
        connection,
        (user.id, issue.kind),
        issue.budget,
        issue.cap.now,
    )? {
        return Ok(IssueCode::BudgetSpent { until });
    }
    if let Some(until) = caps::spend_or_wait(connection, &issue.caps())? {
        return Ok(IssueCode::CapSpent { until });
    }
    execute(
        connection,
        "insert or replace into codes (user_id, kind, jti, code_hash, attempts, max_attempts, created_at, expires_at)
         values (:user_id, :kind, :jti, :code_hash, 0, :max_attempts, :created_at, :expires_at)",
        named_params! {
            ":user_id": user.id,
            ":kind": issue.kind,
            ":jti": issue.jti,
            ":code_hash": issue.code_hash,
            ":max_attempts": issue.max_attempts,
            ":created_at": Moment(issue.issued_at),
            ":expires_at": Moment(issue.expires_at),
        },
    )?;
    execute(
        connection,
        "update users set last_iat = max(:issued_at, coalesce(last_iat, :issued_at)),
             hashed_password = coalesce(:upgraded_hash, hashed_password)
         where id = :id",
        named_params! {
            ":issued_at": Moment(issue.issued_at),
            ":upgraded_hash": issue.upgraded_hash,
            ":id": user.id,
        },
    )?;
    write_effects(connection, effects, &Subject::user(&user))?;
    Ok(IssueCode::Queued)
}

pub(super) fn issue_session(
    connection: &Writer,
    check: &CodeCheck,
    failure: CodeFailure,
    effects: Effects,
) -> Result<UseCode<IssuedSession>> {
    let Some(user) = accepting(connection, check.user_id, check.issued_at)?
        .filter(|user| user.second_factor().is_some())
    else {
        return Ok(Err(CodeRefusal::Stale));
    };
    if let Err(refusal) = use_up(connection, check, CodeKind::LoginMfa)? {
        if refusal == CodeRefusal::Wrong {
            let key = (user.id, CodeKind::LoginMfa);
            let spent = budget_spent_until(connection, key, check.budget, check.now)?.is_some();
            let locked = spent.then_some(failure.locked);
            let events = std::iter::once(failure.failed).chain(locked).collect();
            let told = Effects {
                events,
                ..Effects::default()
            };
            write_effects(connection, told, &Subject::user(&user))?;
        }
        return Ok(Err(refusal));
    }
    let issued = sessions::write(connection, user, None, None, check.now, effects)?;
    Ok(Ok(issued))
}

pub(super) fn enable_second_factor(
    connection: &Writer,
    check: &CodeCheck,
    number: &PhoneNumber,
    effects: Effects,
) -> Result<UseCode<User>> {
    let Some(mut user) = accepting(connection, check.user_id, check.issued_at)? else {
        return Ok(Err(CodeRefusal::Stale));
    };
    if let Err(refusal) = use_up(connection, check, CodeKind::PhoneSetup)? {
        return Ok(Err(refusal));
    }
    user.phone_number = Some(number.clone());
    user.is_mfa_enabled = true;
    user.updated_at = check.now;
    write_factor(connection, &user)?;
    forget(connection, user.id)?;
    write_effects(connection, effects, &Subject::user(&user))?;
    Ok(Ok(user))
}

pub(super) fn disable_second_factor(
    connection: &Writer,
    id: Id,
    verified_hash: &PasswordHash,
    now: Timestamp,
    effects: Effects,
) -> Result<Conditional> {
    let holds = |user: &User| {
        let is_on = user.is_active && user.second_factor().is_some();
        is_on && user.hashed_password.as_ref() == Some(verified_hash)
    };
    let Some(mut user) = user_rows::by_id(connection, id)?.filter(holds) else {
        return Ok(Conditional::Stale);
    };
    user.phone_number = None;
    user.is_mfa_enabled = false;
    user.updated_at = now;
    write_factor(connection, &user)?;
    forget(connection, id)?;
    forgive(connection, id)?;
    write_effects(connection, effects, &Subject::user(&user))?;
    Ok(Conditional::Done(user))
}

fn write_factor(connection: &Connection, user: &User) -> Result<()> {
    execute(
        connection,
        "update users set phone_number = :phone_number, is_mfa_enabled = :is_mfa_enabled, updated_at = :updated_at
         where id = :id",
        named_params! {
            ":phone_number": user.phone_number,
            ":is_mfa_enabled": user.is_mfa_enabled,
            ":updated_at": Moment(user.updated_at),
            ":id": user.id,
        },
    )?;
    Ok(())
}

/// Evaluates a code, if one waits for the token. A right one is used up and forgives the wrong ones; a wrong one costs an
/// attempt of the code and a unit of the budget.
fn use_up(connection: &Connection, check: &CodeCheck, kind: CodeKind) -> Result<UseCode<()>> {
    let key = (check.user_id, kind);
    if let Some(until) = budget_spent_until(connection, key, check.budget, check.now)? {
        return Ok(Err(CodeRefusal::BudgetSpent { until }));
    }
    let code = first(
        connection,
        "codes",
        "select user_id, code_hash, attempts + 1 >= max_attempts, expires_at from codes
         where user_id = ?1 and kind = ?2 and jti = ?3",
        (check.user_id, kind, &check.jti),
        |fields| {
            fields.take::<Id>("user_id")?;
            let hash = fields.take::<ProofHash>("code_hash")?;
            let is_last = fields.take::<bool>("attempts")?;
            Ok((hash, is_last, fields.moment("expires_at")?))
        },
    )?;
    let Some((hash, is_last, expires_at)) = code else {
        return Ok(Err(CodeRefusal::NoCode));
    };
    if expires_at <= check.now {
        return Ok(Err(CodeRefusal::Expired));
    }
    let is_right = hash.matches(&check.code_hash);
    let spend = if is_right || is_last {
        "delete from codes where user_id = ?1 and kind = ?2"
    } else {
        "update codes set attempts = attempts + 1 where user_id = ?1 and kind = ?2"
    };
    execute(connection, spend, key)?;
    if is_right {
        let forgive = "delete from wrong_codes where user_id = ?1 and kind = ?2";
        execute(connection, forgive, key)?;
        return Ok(Ok(()));
    }
    if check.budget.is_some() {
        execute(
            connection,
            "insert into wrong_codes (user_id, kind, at) values (?1, ?2, ?3)",
            (check.user_id, kind, Moment(check.now)),
        )?;
    }
    Ok(Err(CodeRefusal::Wrong))
}

/// When a spent budget allows the next guess.
fn budget_spent_until(
    connection: &Connection,
    (user_id, kind): (Id, CodeKind),
    budget: Option<CodeBudget>,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let Some(budget) = budget else {
        return Ok(None);
    };
    // The oldest of the last `limit` wrong codes, when there are so many within the window.
    first(
        connection,
        "wrong_codes",
        "select user_id, at from wrong_codes where user_id = :user_id and kind = :kind and at > :since
         order by at desc limit 1 offset :limit - 1",
        named_params! {
            ":user_id": user_id,
            ":kind": kind,
            ":since": Moment(now).minus(budget.window),
            ":limit": budget.limit.max(1),
        },
        |fields| {
            fields.take::<Id>("user_id")?;
            Ok(Moment(fields.moment("at")?).plus(budget.window).0)
        },
    )
}

/// Removes the codes of an account.
pub(super) fn forget(connection: &Connection, user_id: Id) -> Result<()> {
    execute(
        connection,
        "delete from codes where user_id = ?1",
        [user_id],
    )?;
    Ok(())
}

/// Gives an account its code budgets back; how many wrong codes were counted.
pub(super) fn forgive(connection: &Connection, user_id: Id) -> Result<usize> {
    let forgive = "delete from wrong_codes where user_id = ?1";
    execute(connection, forgive, [user_id])
}
