//! The rows of one-time codes and of wrong codes, which count the guesses.
//!
//! Inside the writer's transaction nothing can come between reading a code and acting on it. So the cost of a guess is
//! written only after the guess is known to be wrong.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::rows::{Moment, all, execute, first, run};
use crate::model::{CodeBudget, CodeKind, CodeVerdict, Id, WaitingCode};
use crate::store::codes::CodeRow;
use crate::store::{CodeCheck, CodeRefusal, Result, UseCode};

/// Stores a code in place of any older one of its account and kind.
pub(super) fn put(connection: &Connection, code: &CodeRow<'_>) -> Result<()> {
    run(
        connection,
        "insert or replace into codes (user_id, kind, jti, code_hash, attempts, max_attempts, created_at, expires_at)
         values (:user_id, :kind, :jti, :code_hash, 0, :max_attempts, :created_at, :expires_at)",
        named_params! {
            ":user_id": code.user_id,
            ":kind": code.kind,
            ":jti": code.jti,
            ":code_hash": code.code_hash,
            ":max_attempts": code.max_attempts,
            ":created_at": Moment(code.issued_at),
            ":expires_at": Moment(code.expires_at),
        },
    )
}

/// Checks a code, if one waits for the token. A right one is used up and restores the budget. A wrong one costs an
/// attempt of the code and a unit of the budget. The right code of a login ends its wait for any other.
pub(super) fn use_up(
    connection: &Connection,
    check: &CodeCheck,
    kind: CodeKind,
    judge: impl FnOnce(&WaitingCode) -> CodeVerdict,
) -> Result<UseCode<()>> {
    let key = (check.user_id, kind);
    if let Some(until) = budget_spent_until(connection, key, check.budget, check.now)? {
        return Ok(Err(CodeRefusal::BudgetSpent { until }));
    }
    let Some(code) = waiting(connection, check, kind)? else {
        return Ok(Err(CodeRefusal::NoCode));
    };
    let delete = "delete from codes where user_id = ?1 and kind = ?2";
    match judge(&code) {
        CodeVerdict::Expired => Ok(Err(CodeRefusal::Expired)),
        CodeVerdict::Exhausted => Ok(Err(CodeRefusal::NoCode)),
        CodeVerdict::Right => {
            execute(connection, delete, key)?;
            if CodeKind::OF_LOGIN.contains(&kind) {
                for kind in CodeKind::OF_LOGIN {
                    execute(connection, delete, (check.user_id, kind))?;
                }
            }
            let forgive = "delete from wrong_codes where user_id = ?1 and kind = ?2";
            execute(connection, forgive, key)?;
            Ok(Ok(()))
        }
        CodeVerdict::Wrong { is_last } => {
            let count = "update codes set attempts = attempts + 1 where user_id = ?1 and kind = ?2";
            execute(connection, if is_last { delete } else { count }, key)?;
            if check.budget.is_some() {
                execute(
                    connection,
                    "insert into wrong_codes (user_id, kind, at) values (?1, ?2, ?3)",
                    (check.user_id, kind, Moment(check.now)),
                )?;
            }
            Ok(Err(CodeRefusal::Wrong))
        }
    }
}

/// Returns the code that waits for a token.
fn waiting(
    connection: &Connection,
    check: &CodeCheck,
    kind: CodeKind,
) -> Result<Option<WaitingCode>> {
    first(
        connection,
        "codes",
        "select user_id, code_hash, attempts, max_attempts, expires_at from codes
         where user_id = ?1 and kind = ?2 and jti = ?3",
        (check.user_id, kind, &check.jti),
        |fields| {
            fields.take::<Id>("user_id")?;
            Ok(WaitingCode {
                hash: fields.take("code_hash")?,
                attempts: fields.take("attempts")?,
                max_attempts: fields.take("max_attempts")?,
                expires_at: fields.moment("expires_at")?,
            })
        },
    )
}

/// Returns when a budget that is used up allows the next guess.
pub(super) fn budget_spent_until(
    connection: &Connection,
    (user_id, kind): (Id, CodeKind),
    budget: Option<CodeBudget>,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let Some(window) = budget.map(CodeBudget::window) else {
        return Ok(None);
    };
    // Move entries from the future, written before the clock was set back, to now, so that they expire from here on.
    execute(
        connection,
        "update wrong_codes set at = ?3 where user_id = ?1 and kind = ?2 and at > ?3",
        (user_id, kind, Moment(now)),
    )?;
    let wrong_codes = all(
        connection,
        "wrong_codes",
        "select user_id, at from wrong_codes where user_id = :user_id and kind = :kind and at > :since
         order by at desc limit :limit",
        named_params! {
            ":user_id": user_id,
            ":kind": kind,
            ":since": Moment(window.start(now)),
            ":limit": window.limit,
        },
        |fields| {
            fields.take::<Id>("user_id")?;
            fields.moment("at")
        },
    )?;
    Ok(window.full_until(wrong_codes, now))
}

/// Deletes the codes of an account.
pub(super) fn forget(connection: &Connection, user_id: Id) -> Result<()> {
    let forget = "delete from codes where user_id = ?1";
    run(connection, forget, [user_id])
}

/// Restores an account's code budgets. Returns how many wrong codes were counted.
pub(super) fn forgive(connection: &Connection, user_id: Id) -> Result<usize> {
    let forgive = "delete from wrong_codes where user_id = ?1";
    execute(connection, forgive, [user_id])
}
