//! One-time codes, and the second factor that they switch on.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::code_documents::{self, SENT_TO};
use super::documents::{Fields, date, literal, user};
use super::out::Out;
use super::user_documents::{LAST_IAT, accepting, active, update};
use super::{Mongo, caps, relay, sessions};
use crate::model::{CodeKind, Id, NewSession, PasswordHash, PhoneNumber, User};
use crate::store::{
    CodeCheck, CodeFailure, CodeIssue, CodeRefusal, CodeStore, Effects, IssueCode, IssuedSession,
    Result, UseCode,
};

#[async_trait]
impl CodeStore for Mongo {
    /// The code is written before the SMS is queued: a code that nobody gets opens nothing, an SMS without its code annoys.
    async fn issue_code(&self, issue: CodeIssue, effects: Effects) -> Result<IssueCode> {
        let db = self.db().await?;
        let (id, kind) = (issue.user_id, issue.kind);
        let mut condition = accepting(id, issue.issued_at);
        condition.insert("hashed_password", issue.verified_hash.as_phc());
        if kind == CodeKind::LoginMfa {
            condition.insert("is_mfa_enabled", true);
            condition.insert("phone_number", &issue.cap.recipient);
        }
        let found = db.read(db.users.find_one(condition.clone())).await?;
        if found.is_none() {
            return Ok(IssueCode::Stale);
        }
        let spent =
            code_documents::budget_spent_until(db, id, kind, issue.budget, issue.cap.now).await?;
        if let Some(until) = spent {
            return Ok(IssueCode::BudgetSpent { until });
        }
        if let Some(until) = caps::spend_or_wait(db, &issue.caps()).await? {
            return Ok(IssueCode::CapSpent { until });
        }
        code_documents::put(db, &issue).await?;
        let issued_at = date(issue.issued_at);
        let mut fields = doc! { LAST_IAT: { "$max": [format!("${LAST_IAT}"), issued_at] } };
        if let Some(hash) = &issue.upgraded_hash {
            fields.insert("hashed_password", literal(hash.as_phc()));
        }
        let out = Out::of_account(effects)?.mark_messages("issued_at", issued_at);
        let changed = vec![doc! { "$set": fields }, out.stage(false)];
        let Some(document) = update(db, condition, changed).await? else {
            code_documents::withdraw(db, &issue).await?;
            return Ok(IssueCode::Stale);
        };
        relay::relay(db, &db.users, &document).await?;
        Ok(IssueCode::Queued)
    }

    async fn issue_session_for_code(
        &self,
        check: CodeCheck,
        session: NewSession,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>> {
        let db = self.db().await?;
        let (id, kind) = (check.user_id, CodeKind::LoginMfa);
        let mut condition = with_factor(accepting(id, check.issued_at));
        let found = db.read(db.users.find_one(condition.clone())).await?;
        if found.is_none() {
            return Ok(Err(CodeRefusal::Stale));
        }
        let code = match code_documents::use_up(db, &check, kind).await? {
            Ok(code) => code,
            Err(refusal) => {
                if refusal == CodeRefusal::Wrong {
                    let (budget, now) = (check.budget, check.now);
                    let spent =
                        code_documents::budget_spent_until(db, id, kind, budget, now).await?;
                    let out = Out::of_account(failure.effects(spent.is_some()))?;
                    relay::push(db, id, out).await?;
                }
                return Ok(Err(refusal));
            }
        };
        // Whoever put another number in its place may not have come to removing the codes of the older one.
        if let Some(number) = Fields::of("mfa_codes", &code).optional_text(SENT_TO)? {
            condition.insert("phone_number", number);
        }
        let now = check.now;
        let issued = sessions::write(db, condition, session, None, None, now, effects).await?;
        Ok(issued.ok_or(CodeRefusal::Stale))
    }

    async fn enable_second_factor(
        &self,
        check: CodeCheck,
        number: &PhoneNumber,
        effects: Effects,
    ) -> Result<UseCode<User>> {
        let db = self.db().await?;
        let condition = accepting(check.user_id, check.issued_at);
        let found = db.read(db.users.find_one(condition.clone())).await?;
        if found.is_none() {
            return Ok(Err(CodeRefusal::Stale));
        }
        if let Err(refusal) = code_documents::use_up(db, &check, CodeKind::PhoneSetup).await? {
            return Ok(Err(refusal));
        }
        let effects = caps::afford(db, effects).await?;
        let fields = doc! {
            "phone_number": literal(number.as_str()),
            "is_mfa_enabled": true,
            "updated_at": date(check.now),
        };
        let changed = vec![
            doc! { "$set": fields },
            Out::of_account(effects)?.stage(false),
        ];
        let Some(document) = update(db, condition, changed).await? else {
            return Ok(Err(CodeRefusal::Stale));
        };
        code_documents::forget(db, check.user_id).await?;
        relay::relay(db, &db.users, &document).await?;
        Ok(Ok(user(&document)?))
    }

    async fn disable_second_factor(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<User>> {
        let db = self.db().await?;
        let mut condition = with_factor(active(id));
        condition.insert("hashed_password", verified_hash.as_phc());
        let effects = caps::afford(db, effects).await?;
        let fields = doc! {
            "phone_number": "$$REMOVE",
            "is_mfa_enabled": false,
            "updated_at": date(now),
        };
        let changed = vec![
            doc! { "$set": fields },
            Out::of_account(effects)?.stage(false),
        ];
        let Some(document) = update(db, condition, changed).await? else {
            return Ok(None);
        };
        code_documents::forget(db, id).await?;
        code_documents::forgive(db, id).await?;
        relay::relay(db, &db.users, &document).await?;
        user(&document).map(Some)
    }
}

/// A condition on an account, and that its second factor is on.
fn with_factor(mut condition: Document) -> Document {
    condition.insert("is_mfa_enabled", true);
    condition.insert("phone_number", doc! { "$type": "string" });
    condition
}
