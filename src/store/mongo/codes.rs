//! One-time codes, what guessing them costs, and the second factor that they switch on.
//!
//! A guess takes one attempt of its code and one unit of the account's budget, each by one update, and only then is compared.
//! The right one deletes the code by its hash: whoever deleted it has the one success. A process that dies in between has
//! cost an attempt and told nothing.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use super::connection::Db;
use super::documents::{Fields, after, before, date, literal, user};
use super::relay::Out;
use super::user_documents::{LAST_IAT, accepting, active};
use super::{Mongo, caps, relay, sessions, tally};
use crate::model::{CodeBudget, CodeKind, Id, PasswordHash, PhoneNumber, ProofHash, User};
use crate::store::{
    CodeCheck, CodeFailure, CodeIssue, CodeRefusal, CodeStore, Conditional, Effects, IssueCode,
    IssuedSession, Result, UseCode,
};

#[async_trait]
impl CodeStore for Mongo {
    async fn issue_code(&self, code: CodeIssue, effects: Effects) -> Result<IssueCode> {
        issue(self.db().await?, &code, effects).await
    }

    async fn issue_session_for_code(
        &self,
        check: CodeCheck,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>> {
        issue_session(self.db().await?, &check, failure, effects).await
    }

    async fn enable_second_factor(
        &self,
        check: CodeCheck,
        number: &PhoneNumber,
        effects: Effects,
    ) -> Result<UseCode<User>> {
        enable_second_factor(self.db().await?, &check, number, effects).await
    }

    async fn disable_second_factor(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Conditional> {
        disable_second_factor(self.db().await?, id, verified_hash, now, effects).await
    }
}

/// The Python package writes no token's id beside a code: such a code is for a token issued so near to it.
const NEAR: SignedDuration = SignedDuration::from_secs(5);

/// The own field for the number that a code was sent to.
const SENT_TO: &str = "regstack_sent_to";

fn code_key(user_id: Id, kind: CodeKind) -> Document {
    doc! { "user_id": user_id.to_string(), "kind": kind.as_str() }
}

fn budget_key(user_id: Id, kind: CodeKind) -> Document {
    doc! { "_id": format!("{user_id}:{}", kind.as_str()) }
}

/// The code is written before the SMS is queued: a code that nobody gets opens nothing, an SMS without its code annoys.
pub(super) async fn issue(db: &Db, issue: &CodeIssue, effects: Effects) -> Result<IssueCode> {
    let mut condition = accepting(issue.user_id, issue.issued_at);
    condition.insert("hashed_password", issue.verified_hash.as_phc());
    if issue.kind == CodeKind::LoginMfa {
        condition.insert("is_mfa_enabled", true);
        condition.insert("phone_number", &issue.cap.recipient);
    }
    let found = db.read(db.users.find_one(condition.clone())).await?;
    if found.is_none() {
        return Ok(IssueCode::Stale);
    }
    let (id, kind) = (issue.user_id, issue.kind);
    if let Some(until) = budget_spent_until(db, id, kind, issue.budget, issue.cap.now).await? {
        return Ok(IssueCode::BudgetSpent { until });
    }
    if let Some(until) = caps::spend_or_wait(db, &issue.caps()).await? {
        return Ok(IssueCode::CapSpent { until });
    }
    let code = doc! { "$set": {
        "code_hash": issue.code_hash.as_str(),
        "jti": &issue.jti,
        SENT_TO: &issue.cap.recipient,
        "attempts": 0_i64,
        "max_attempts": i64::from(issue.max_attempts),
        "created_at": date(issue.issued_at),
        "expires_at": date(issue.expires_at),
    } };
    db.upsert(&db.codes, code_key(id, kind), code).await?;
    let issued_at = doc! { "$max": [format!("${LAST_IAT}"), date(issue.issued_at)] };
    let mut fields = doc! { LAST_IAT: issued_at };
    if let Some(hash) = &issue.upgraded_hash {
        fields.insert("hashed_password", literal(hash.as_phc()));
    }
    let out = Out::of_account(effects)?.mark_messages("issued_at", date(issue.issued_at));
    let update = vec![doc! { "$set": fields }, out.stage(false)];
    let queued = db.users.find_one_and_update(condition, update);
    let queued = db
        .write(queued.return_document(ReturnDocument::After))
        .await?;
    let Some(document) = queued else {
        let mut own = code_key(id, kind);
        own.insert("jti", &issue.jti);
        db.write(db.codes.delete_one(own)).await?;
        return Ok(IssueCode::Stale);
    };
    relay::relay(db, &db.users, &document).await?;
    Ok(IssueCode::Queued)
}

pub(super) async fn issue_session(
    db: &Db,
    check: &CodeCheck,
    failure: CodeFailure,
    effects: Effects,
) -> Result<UseCode<IssuedSession>> {
    let mut condition = accepting(check.user_id, check.issued_at);
    condition.insert("is_mfa_enabled", true);
    condition.insert("phone_number", doc! { "$type": "string" });
    let found = db.read(db.users.find_one(condition.clone())).await?;
    if found.is_none() {
        return Ok(Err(CodeRefusal::Stale));
    }
    let kind = CodeKind::LoginMfa;
    let code = match use_up(db, check, kind).await? {
        Ok(code) => code,
        Err(refusal) => {
            if refusal == CodeRefusal::Wrong {
                let id = check.user_id;
                let spent = budget_spent_until(db, id, kind, check.budget, check.now).await?;
                let locked = spent.map(|_| failure.locked);
                let events = std::iter::once(failure.failed).chain(locked).collect();
                let told = Effects {
                    events,
                    ..Effects::default()
                };
                relay::push(db, id, Out::of_account(told)?).await?;
            }
            return Ok(Err(refusal));
        }
    };
    // Whoever put another number in its place may not have come to removing the codes of the older one.
    if let Some(number) = Fields::of("mfa_codes", &code).optional_text(SENT_TO)? {
        condition.insert("phone_number", number);
    }
    let issued = sessions::write(db, condition, None, None, check.now, effects).await?;
    Ok(issued.ok_or(CodeRefusal::Stale))
}

pub(super) async fn enable_second_factor(
    db: &Db,
    check: &CodeCheck,
    number: &PhoneNumber,
    effects: Effects,
) -> Result<UseCode<User>> {
    let condition = accepting(check.user_id, check.issued_at);
    let found = db.read(db.users.find_one(condition.clone())).await?;
    if found.is_none() {
        return Ok(Err(CodeRefusal::Stale));
    }
    if let Err(refusal) = use_up(db, check, CodeKind::PhoneSetup).await? {
        return Ok(Err(refusal));
    }
    let fields = doc! {
        "phone_number": literal(number.as_str()),
        "is_mfa_enabled": true,
        "updated_at": date(check.now),
    };
    let Some(document) = write(db, condition, fields, effects).await? else {
        return Ok(Err(CodeRefusal::Stale));
    };
    forget(db, check.user_id).await?;
    relay::relay(db, &db.users, &document).await?;
    Ok(Ok(user(&document)?))
}

pub(super) async fn disable_second_factor(
    db: &Db,
    id: Id,
    verified_hash: &PasswordHash,
    now: Timestamp,
    effects: Effects,
) -> Result<Conditional> {
    let mut condition = active(id);
    condition.insert("hashed_password", verified_hash.as_phc());
    condition.insert("is_mfa_enabled", true);
    condition.insert("phone_number", doc! { "$type": "string" });
    let fields = doc! {
        "phone_number": "$$REMOVE",
        "is_mfa_enabled": false,
        "updated_at": date(now),
    };
    let Some(document) = write(db, condition, fields, effects).await? else {
        return Ok(Conditional::Stale);
    };
    forget(db, id).await?;
    forgive(db, id).await?;
    relay::relay(db, &db.users, &document).await?;
    Ok(Conditional::Done(user(&document)?))
}

/// Changes an account, and adds what tells of it; the account afterwards, if the condition held.
async fn write(
    db: &Db,
    condition: Document,
    fields: Document,
    effects: Effects,
) -> Result<Option<Document>> {
    let update = vec![
        doc! { "$set": fields },
        Out::of_account(effects)?.stage(false),
    ];
    let changed = db.users.find_one_and_update(condition, update);
    db.write(changed.return_document(ReturnDocument::After))
        .await
}

/// Evaluates a code, if one waits for the token. A right one is used up, forgives the wrong ones and is returned; a wrong one
/// has cost an attempt of the code and a unit of the budget.
async fn use_up(db: &Db, check: &CodeCheck, kind: CodeKind) -> Result<UseCode<Document>> {
    let (id, now) = (check.user_id, check.now);
    if let Some(until) = budget_spent_until(db, id, kind, check.budget, now).await? {
        return Ok(Err(CodeRefusal::BudgetSpent { until }));
    }
    let of_token = for_token(check, kind);
    let mut usable = of_token.clone();
    usable.insert("expires_at", doc! { "$gt": date(now) });
    usable.insert("$expr", doc! { "$lt": ["$attempts", "$max_attempts"] });
    let attempt = doc! { "$inc": { "attempts": 1_i64 } };
    let tried = db.codes.find_one_and_update(usable, attempt);
    let tried = db
        .write(tried.return_document(ReturnDocument::After))
        .await?;
    let Some(code) = tried else {
        return Ok(Err(why_unusable(db, of_token, now).await?));
    };
    let mut unit = None;
    if let Some(budget) = check.budget {
        let key = budget_key(id, kind);
        let limit = budget.limit.max(1);
        match tally::add(db, &db.budgets, key, limit, budget.window, now).await? {
            Ok(counted) => unit = Some(counted),
            Err(until) => return Ok(Err(CodeRefusal::BudgetSpent { until })),
        }
    }
    let fields = Fields::of("mfa_codes", &code);
    let hash = fields.text("code_hash")?;
    // By its hash: a newer code of the account has the same key.
    let used = doc! { "_id": code.get("_id").cloned().unwrap_or(Bson::Null), "code_hash": &hash };
    if ProofHash::from_stored(hash).matches(&check.code_hash) {
        let deleted = db.write(db.codes.delete_one(used)).await?.deleted_count;
        if deleted == 0 {
            // It was no guess, and may have been counted after the one that came first had forgiven all.
            if let Some(unit) = unit {
                tally::take_back(db, &db.budgets, budget_key(id, kind), unit).await?;
            }
            return Ok(Err(CodeRefusal::NoCode));
        }
        db.write(db.budgets.delete_one(budget_key(id, kind)))
            .await?;
        return Ok(Ok(code));
    }
    if fields.count("attempts")? >= fields.count("max_attempts")? {
        db.write(db.codes.delete_one(used)).await?;
    }
    Ok(Err(CodeRefusal::Wrong))
}

/// The code that waits for a token.
fn for_token(check: &CodeCheck, kind: CodeKind) -> Document {
    let mut code = code_key(check.user_id, kind);
    let near = doc! {
        "$gte": date(before(check.issued_at, NEAR)),
        "$lte": date(after(check.issued_at, NEAR)),
    };
    let own = doc! { "jti": &check.jti };
    let packages = doc! { "jti": Bson::Null, "created_at": near };
    code.insert("$or", vec![own, packages]);
    code
}

async fn why_unusable(db: &Db, of_token: Document, now: Timestamp) -> Result<CodeRefusal> {
    let Some(code) = db.read(db.codes.find_one(of_token)).await? else {
        return Ok(CodeRefusal::NoCode);
    };
    let expires_at = Fields::of("mfa_codes", &code).moment("expires_at")?;
    Ok(if expires_at <= now {
        CodeRefusal::Expired
    } else {
        CodeRefusal::NoCode
    })
}

/// When a spent budget allows the next guess.
async fn budget_spent_until(
    db: &Db,
    id: Id,
    kind: CodeKind,
    budget: Option<CodeBudget>,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let Some(budget) = budget else {
        return Ok(None);
    };
    let found = db.read(db.budgets.find_one(budget_key(id, kind))).await?;
    match found {
        Some(found) => tally::full_until(&found, budget.limit, budget.window, now),
        None => Ok(None),
    }
}

/// Removes the codes of an account.
pub(super) async fn forget(db: &Db, id: Id) -> Result<()> {
    let own = doc! { "user_id": id.to_string() };
    db.write(db.codes.delete_many(own)).await?;
    Ok(())
}

fn budgets_of(id: Id) -> Document {
    let keys = CodeKind::ALL.iter().map(|kind| budget_key(id, *kind));
    let keys: Vec<Bson> = keys.filter_map(|key| key.get("_id").cloned()).collect();
    doc! { "_id": { "$in": keys } }
}

/// Gives an account its code budgets back.
pub(super) async fn forgive(db: &Db, id: Id) -> Result<()> {
    db.write(db.budgets.delete_many(budgets_of(id))).await?;
    Ok(())
}

/// Whether wrong codes are counted against an account.
pub(super) async fn counted(db: &Db, id: Id) -> Result<bool> {
    let mut counted = budgets_of(id);
    counted.insert("recent.0", doc! { "$exists": true });
    Ok(db.read(db.budgets.find_one(counted)).await?.is_some())
}
