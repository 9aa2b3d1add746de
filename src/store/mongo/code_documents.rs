//! One-time codes as documents, and the budgets that limit wrong ones.
//!
//! A guess takes one attempt of its code and one unit of the account's budget, each with one update. Only then is it
//! compared. A right guess deletes the code by its hash, and only the request that deleted it succeeds. A process that
//! dies in between has used up an attempt and revealed nothing.

use futures_util::future::join_all;
use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::documents::{Fields, date};
use super::error::tolerate;
use super::window;
use crate::model::{CodeBudget, CodeKind, CodeVerdict, Id, ProofHash, WaitingCode};
use crate::store::codes::CodeRow;
use crate::store::{CodeCheck, CodeRefusal, Result, UseCode};

/// regstack's own field for the phone number that a code was sent to.
pub(super) const SENT_TO: &str = "regstack_sent_to";

fn code_key(user_id: Id, kind: CodeKind) -> Document {
    doc! { "user_id": user_id.to_string(), "kind": kind.as_str() }
}

fn budget_key(user_id: Id, kind: CodeKind) -> Document {
    doc! { "_id": format!("{user_id}:{}", kind.as_str()) }
}

/// Puts codes in place of any older ones of their account and kinds.
pub(super) async fn put_all(db: &Db, rows: impl Iterator<Item = CodeRow<'_>>) -> Result<()> {
    let put = join_all(rows.map(|row| put(db, row))).await;
    put.into_iter().collect()
}

async fn put(db: &Db, row: CodeRow<'_>) -> Result<()> {
    let mut code = doc! {
        "code_hash": row.code_hash,
        "jti": row.jti,
        "attempts": 0_i64,
        "max_attempts": i64::from(row.max_attempts),
        "created_at": date(row.issued_at),
        "expires_at": date(row.expires_at),
    };
    if let Some(number) = row.sent_to {
        code.insert(SENT_TO, number);
    }
    let key = code_key(row.user_id, row.kind);
    db.upsert(&db.codes, key, doc! { "$set": code }).await?;
    Ok(())
}

/// Deletes what was stored for a token, unless it was replaced.
pub(super) async fn withdraw(db: &Db, id: Id, jti: &str) -> Result<()> {
    let own = doc! { "user_id": id.to_string(), "jti": jti };
    db.clear(&db.codes, own).await
}

/// Removes whatever else would have ended the wait of a login.
async fn end_login(db: &Db, id: Id) -> Result<()> {
    let kinds = CodeKind::OF_LOGIN.map(CodeKind::as_str);
    let waits = doc! { "user_id": id.to_string(), "kind": { "$in": kinds.to_vec() } };
    db.clear(&db.codes, waits).await
}

/// A guess that has been paid for.
pub(super) struct Guess {
    /// The waiting code, as it was before the guess.
    pub(super) document: Document,
    kind: CodeKind,
    unit: Option<ObjectId>,
}

/// Pays for the evaluation of a code, if the condition holds of its account and one waits for the token: one attempt of it,
/// and one unit of the budget.
pub(super) async fn pay(
    db: &Db,
    account: &Document,
    check: &CodeCheck,
    kind: CodeKind,
) -> Result<UseCode<Guess>> {
    let (id, now) = (check.user_id, check.now);
    let (account, spent) = tokio::try_join!(
        db.read(db.users.find_one(account.clone())),
        budget_spent_until(db, id, kind, check.budget, now),
    )?;
    if account.is_none() {
        return Ok(Err(CodeRefusal::Stale));
    }
    if let Some(until) = spent {
        return Ok(Err(CodeRefusal::BudgetSpent { until }));
    }
    let of_token = for_token(check, kind);
    let mut usable = of_token.clone();
    usable.insert("expires_at", doc! { "$gt": date(now) });
    usable.insert("$expr", doc! { "$lt": ["$attempts", "$max_attempts"] });
    let attempt = doc! { "$inc": { "attempts": 1_i64 } };
    let tried = db.codes.find_one_and_update(usable, attempt);
    let tried = db
        .write(tried.return_document(ReturnDocument::Before))
        .await?;
    let Some(document) = tried else {
        let found = db.read(db.codes.find_one(of_token)).await?;
        let found = found.as_ref().map(waiting).transpose()?;
        let verdict = found.map(|code| code.judge(&check.code_hash, now));
        return Ok(Err(match verdict {
            Some(CodeVerdict::Expired) => CodeRefusal::Expired,
            _ => CodeRefusal::NoCode,
        }));
    };
    let mut unit = None;
    if let Some(budget) = check.budget {
        let key = budget_key(id, kind);
        match window::count(db, &db.budgets, key, budget.window(), None, now).await? {
            Ok(counted) => unit = Some(counted),
            Err(until) => return Ok(Err(CodeRefusal::BudgetSpent { until })),
        }
    }
    Ok(Ok(Guess {
        document,
        kind,
        unit,
    }))
}

/// Settles a guess: a right one uses the code up, gives the budget back, and of a login ends all other waits.
pub(super) async fn settle(
    db: &Db,
    check: &CodeCheck,
    guess: &Guess,
    is_right: bool,
) -> Result<UseCode<()>> {
    let (id, kind) = (check.user_id, guess.kind);
    let code = waiting(&guess.document)?;
    // Match the hash and the token, because a newer code of the account has the same key.
    let used = doc! {
        "_id": guess.document.get("_id").cloned().unwrap_or(Bson::Null),
        "code_hash": code.hash.as_str(),
        "jti": guess.document.get("jti").cloned().unwrap_or(Bson::Null),
    };
    match code.judge_as(is_right, check.now) {
        CodeVerdict::Right => {
            let deleted = db.write(db.codes.delete_one(used)).await?.deleted_count;
            if deleted == 0 {
                // This did not count as a guess, and it may have been counted after the first right guess restored the
                // budget.
                forgive_guess(db, id, guess).await?;
                return Ok(Err(CodeRefusal::NoCode));
            }
            let waits = async {
                if CodeKind::OF_LOGIN.contains(&kind) {
                    tolerate(end_login(db, id).await)
                } else {
                    Ok(())
                }
            };
            let (forgiven, ended) = tokio::join!(
                db.again(|| db.budgets.delete_one(budget_key(id, kind))),
                waits,
            );
            forgiven?;
            ended?;
            Ok(Ok(()))
        }
        CodeVerdict::Wrong { is_last } => {
            if is_last {
                db.write(db.codes.delete_one(used)).await?;
            }
            Ok(Err(CodeRefusal::Wrong))
        }
        // The update that pays for a guess matches neither of these.
        CodeVerdict::Expired | CodeVerdict::Exhausted => Ok(Err(CodeRefusal::NoCode)),
    }
}

/// Gives back the unit of the budget that a guess took.
async fn forgive_guess(db: &Db, id: Id, guess: &Guess) -> Result<()> {
    if let Some(unit) = guess.unit {
        window::uncount(db, &db.budgets, budget_key(id, guess.kind), unit).await?;
    }
    Ok(())
}

/// Settles a guess that was wrong. If no code waits any more, somebody else's guess was right, so this one does not
/// count. That is why neither a last attempt nor a newer login may leave no code at all: parallel guesses would get
/// their budget back.
pub(super) async fn settle_wrong(db: &Db, check: &CodeCheck, guess: &Guess) -> Result<CodeRefusal> {
    let waiting = db.codes.find_one(code_key(check.user_id, guess.kind));
    if db.read(waiting).await?.is_some() {
        return Ok(CodeRefusal::Wrong);
    }
    forgive_guess(db, check.user_id, guess).await?;
    Ok(CodeRefusal::NoCode)
}

/// Evaluates a code, if the condition holds for its account and a code waits for the token. A right code is used up and
/// returned, and its unit of the budget is given back. A wrong one costs an attempt of the code and a unit of the budget.
pub(super) async fn use_up(
    db: &Db,
    account: &Document,
    check: &CodeCheck,
    kind: CodeKind,
) -> Result<UseCode<Document>> {
    let guess = match pay(db, account, check, kind).await? {
        Ok(guess) => guess,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let is_right = waiting(&guess.document)?.hash.matches(&check.code_hash);
    let settled = settle(db, check, &guess, is_right).await?;
    Ok(settled.map(|()| guess.document))
}

/// Reads a waiting code from its document.
fn waiting(document: &Document) -> Result<WaitingCode> {
    let fields = Fields::of("mfa_codes", document);
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(WaitingCode {
        hash: ProofHash::from_stored(fields.text("code_hash")?),
        attempts: number(fields.count("attempts")?),
        max_attempts: number(fields.count("max_attempts")?),
        expires_at: fields.moment("expires_at")?,
    })
}

/// Returns the condition for the code that waits for a token.
fn for_token(check: &CodeCheck, kind: CodeKind) -> Document {
    let mut code = code_key(check.user_id, kind);
    let near = WaitingCode::made_near(check.issued_at);
    let near = doc! { "$gte": date(*near.start()), "$lte": date(*near.end()) };
    let own = doc! { "jti": &check.jti };
    let packages = doc! { "jti": Bson::Null, "created_at": near };
    code.insert("$or", vec![own, packages]);
    code
}

/// Returns when a budget that is used up allows the next guess.
pub(super) async fn budget_spent_until(
    db: &Db,
    id: Id,
    kind: CodeKind,
    budget: Option<CodeBudget>,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let Some(budget) = budget else {
        return Ok(None);
    };
    window::settled_full_until(db, &db.budgets, budget_key(id, kind), budget.window(), now).await
}

/// Deletes the codes of an account.
pub(super) async fn forget(db: &Db, id: Id) -> Result<()> {
    let own = doc! { "user_id": id.to_string() };
    db.clear(&db.codes, own).await
}

fn budgets_of(id: Id) -> Document {
    let keys = CodeKind::ALL.iter().map(|kind| budget_key(id, *kind));
    let keys: Vec<Bson> = keys.filter_map(|key| key.get("_id").cloned()).collect();
    doc! { "_id": { "$in": keys } }
}

/// Restores an account's code budgets.
pub(super) async fn forgive(db: &Db, id: Id) -> Result<()> {
    db.clear(&db.budgets, budgets_of(id)).await
}

/// Returns whether wrong codes are counted against an account.
pub(super) async fn counted(db: &Db, id: Id) -> Result<bool> {
    let mut counted = budgets_of(id);
    counted.insert("recent.0", doc! { "$exists": true });
    Ok(db.read(db.budgets.find_one(counted)).await?.is_some())
}
