//! One-time codes, and the second factor that they turn on.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::code_documents::{self, SENT_TO};
use super::db::Db;
use super::documents::{Fields, NO_NUMBER, RECOVERY, TOTP, date, literal, user};
use super::out::Out;
use super::user_documents::{accepting, active, noted_login, update};
use super::{Mongo, caps, factor_documents, relay, sessions};
use crate::model::{
    CodeBudget, CodeKind, Id, NewSession, PasswordHash, PhoneNumber, RecoverySet, User,
};
use crate::store::{
    CodeCheck, CodeFailure, CodeIssue, CodeRefusal, CodeStore, Effects, FactorEnabled, IssueCode,
    IssuedSession, Result, UseCode,
};

#[async_trait]
impl CodeStore for Mongo {
    /// The code is written before the SMS is queued: a code that nobody receives does no harm, but an SMS without a
    /// code annoys its recipient.
    async fn issue_code(&self, issue: CodeIssue, effects: Effects) -> Result<IssueCode> {
        let db = self.db().await?;
        let (id, kind) = (issue.user_id, issue.kind);
        let mut condition = accepting(id, issue.issued_at);
        condition.insert(
            "hashed_password",
            issue.verified_hash.as_ref().map(PasswordHash::as_phc),
        );
        if kind == CodeKind::LoginMfa {
            condition.insert("is_mfa_enabled", true);
            condition.insert("phone_number", &issue.cap.recipient);
        }
        let (found, spent) = tokio::try_join!(
            db.read(db.users.find_one(condition.clone())),
            code_documents::budget_spent_until(db, id, kind, issue.budget, issue.cap.now),
        )?;
        if found.is_none() {
            return Ok(IssueCode::Stale);
        }
        if let Some(until) = spent {
            return Ok(IssueCode::BudgetSpent { until });
        }
        if let Some(until) = caps::spend_or_wait(db, &issue.caps()).await? {
            return Ok(IssueCode::CapSpent { until });
        }
        code_documents::put_all(db, issue.rows()).await?;
        let issued_at = date(issue.issued_at);
        let fields = noted_login(issued_at, issue.upgraded_hash.as_ref());
        let out = Out::of_account(effects)?.mark_messages("issued_at", issued_at);
        let changed = vec![doc! { "$set": fields }, out.stage(false)];
        let Some(document) = update(db, condition, changed).await? else {
            code_documents::withdraw(db, id, &issue.jti).await?;
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
        let code = match code_documents::use_up(db, &condition, &check, kind).await? {
            Ok(code) => code,
            Err(refusal) => {
                if refusal == CodeRefusal::Wrong {
                    record_wrong(db, (id, kind), check.budget, failure, check.now).await?;
                }
                return Ok(Err(refusal));
            }
        };
        // Whoever replaced the phone number may not have deleted the codes sent to the older one yet.
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
        recovery: RecoverySet,
        effects: Effects,
    ) -> Result<UseCode<FactorEnabled>> {
        let db = self.db().await?;
        let condition = accepting(check.user_id, check.issued_at);
        let kind = CodeKind::PhoneSetup;
        if let Err(refusal) = code_documents::use_up(db, &condition, &check, kind).await? {
            return Ok(Err(refusal));
        }
        let effects = caps::afford(db, effects).await?;
        let mut fields = factor_documents::recovery_kept_or(&recovery, check.now);
        fields.extend(doc! {
            "phone_number": literal(number.as_str()),
            TOTP: factor_documents::if_on(format!("${TOTP}")),
            "is_mfa_enabled": true,
            "updated_at": date(check.now),
        });
        let changed = vec![
            doc! { "$set": fields },
            Out::of_account(effects)?.stage(false),
        ];
        let Some(document) = update(db, condition, changed).await? else {
            return Ok(Err(CodeRefusal::Stale));
        };
        code_documents::forget(db, check.user_id).await?;
        relay::relay(db, &db.users, &document).await?;
        factor_documents::enabled(&document, &recovery).map(Ok)
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
        // If an app is left, the number is replaced by a placeholder instead of being removed.
        let fields = doc! {
            "phone_number": factor_documents::if_app(NO_NUMBER.into(), "$$REMOVE".into()),
            "is_mfa_enabled": factor_documents::has_app(),
            RECOVERY: factor_documents::if_app(format!("${RECOVERY}").into(), "$$REMOVE".into()),
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

/// Returns the condition on an account, extended by the condition that its second factor is on.
fn with_factor(mut condition: Document) -> Document {
    condition.insert("is_mfa_enabled", true);
    condition.insert("phone_number", doc! { "$type": "string", "$ne": NO_NUMBER });
    condition
}

/// Records a wrong login code, and whether it used up the budget.
pub(super) async fn record_wrong(
    db: &Db,
    (id, kind): (Id, CodeKind),
    budget: Option<CodeBudget>,
    failure: CodeFailure,
    now: Timestamp,
) -> Result<()> {
    let spent = code_documents::budget_spent_until(db, id, kind, budget, now).await?;
    relay::push(db, id, Out::of_account(failure.effects(spent.is_some()))?).await
}
