//! Second factors other than the phone: the authenticator app and recovery codes.
//!
//! A proof first takes an attempt and a unit of the budget. Then one conditional update of the account uses it up, and
//! only the request that made that update succeeds. A process that dies before the session is issued has used up a code
//! and revealed nothing.

use async_trait::async_trait;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::codes::record_wrong;
use super::documents::{Fields, RECOVERY, TOTP, binary, date};
use super::out::Out;
use super::user_documents::{accepting, active, noted_login, present, update};
use super::{Mongo, caps, code_documents, factor_documents, relay, sessions};
use crate::model::{
    CodeKind, FactorSecret, Factors, Id, NewSession, PasswordHash, RecoverySet, Sealed, User,
};
use crate::store::{
    BeginWait, CodeFailure, CodeRefusal, Effects, FactorCheck, FactorEnabled, FactorProof,
    FactorStore, IssuedSession, Result, SealedFactor, UseCode, Wait,
};

#[async_trait]
impl FactorStore for Mongo {
    async fn factors(&self, id: Id) -> Result<Factors> {
        let db = self.db().await?;
        let document = db.read(db.users.find_one(present(id))).await?;
        let factors = document.as_ref().map(factor_documents::read).transpose()?;
        Ok(factors.unwrap_or_default())
    }

    async fn begin_wait(&self, wait: Wait, effects: Effects) -> Result<BeginWait> {
        let db = self.db().await?;
        let id = wait.user_id;
        let mut condition = accepting(id, wait.issued_at);
        condition.insert(
            "hashed_password",
            wait.verified_hash.as_ref().map(PasswordHash::as_phc),
        );
        if wait.kinds.contains(&CodeKind::LoginTotp) {
            condition.insert("is_mfa_enabled", true);
            condition.insert(TOTP, doc! { "$exists": true });
        }
        let budgets = wait
            .kinds
            .iter()
            .map(|kind| code_documents::budget_spent_until(db, id, *kind, wait.budget, wait.now));
        let (found, spent) = tokio::try_join!(
            db.read(db.users.find_one(condition.clone())),
            try_join_all(budgets),
        )?;
        if found.is_none() {
            return Ok(BeginWait::Stale);
        }
        if let Some(Some(until)) = spent.into_iter().min() {
            return Ok(BeginWait::BudgetSpent { until });
        }
        code_documents::put_all(db, wait.rows()).await?;
        let issued_at = date(wait.issued_at);
        let fields = noted_login(issued_at, wait.upgraded_hash.as_ref());
        let out = Out::of_account(effects)?;
        let changed = vec![doc! { "$set": fields }, out.stage(false)];
        let Some(document) = update(db, condition, changed).await? else {
            code_documents::withdraw(db, id, &wait.jti).await?;
            return Ok(BeginWait::Stale);
        };
        relay::relay(db, &db.users, &document).await?;
        Ok(BeginWait::Begun)
    }

    async fn issue_session_for_factor(
        &self,
        check: FactorCheck,
        session: NewSession,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>> {
        let db = self.db().await?;
        let (id, kind, cost) = (check.user_id, check.proof.kind(), check.cost());
        let mut condition = accepting(id, check.issued_at);
        condition.insert("is_mfa_enabled", true);
        let guess = match code_documents::pay(db, &condition, &cost, kind).await? {
            Ok(guess) => guess,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let is_right = match factor_documents::use_up(&check.proof) {
            None => false,
            Some((is_right, change)) => {
                let mut exact = condition.clone();
                exact.extend(is_right);
                let used = db.write(db.users.update_one(exact, change)).await?;
                used.modified_count > 0
            }
        };
        if !is_right {
            let refusal = code_documents::settle_wrong(db, &cost, &guess).await?;
            if refusal == CodeRefusal::Wrong {
                record_wrong(db, (id, kind), check.budget, failure, check.now).await?;
            }
            return Ok(Err(refusal));
        }
        if let Err(refusal) = code_documents::settle(db, &cost, &guess, true).await? {
            return Ok(Err(refusal));
        }
        let now = check.now;
        let issued = sessions::write(db, condition, session, None, None, now, effects).await?;
        Ok(issued.ok_or(CodeRefusal::Stale))
    }

    async fn enable_totp(
        &self,
        check: FactorCheck,
        secret: Sealed,
        recovery: RecoverySet,
        effects: Effects,
    ) -> Result<UseCode<FactorEnabled>> {
        let db = self.db().await?;
        let FactorProof::NewTotp(step) = check.proof else {
            return Ok(Err(CodeRefusal::NoCode));
        };
        let condition = accepting(check.user_id, check.issued_at);
        let cost = check.cost();
        let guess = match code_documents::pay(db, &condition, &cost, CodeKind::TotpSetup).await? {
            Ok(guess) => guess,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Err(refusal) = code_documents::settle(db, &cost, &guess, step.is_some()).await? {
            return Ok(Err(refusal));
        }
        let effects = caps::afford(db, effects).await?;
        let step = step.unwrap_or_default();
        let mut fields = factor_documents::recovery_kept_or(&recovery, check.now);
        fields.extend(doc! {
            TOTP: factor_documents::totp_document(&secret, step, check.now),
            "phone_number": factor_documents::number_beside_app(),
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

    async fn disable_totp(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<User>> {
        let db = self.db().await?;
        let mut condition = with_factor(id, verified_hash);
        condition.insert(TOTP, doc! { "$exists": true });
        let effects = caps::afford(db, effects).await?;
        let kept = |field: &str| {
            factor_documents::if_number(format!("${field}").into(), "$$REMOVE".into())
        };
        let fields = doc! {
            TOTP: "$$REMOVE",
            "phone_number": kept("phone_number"),
            "is_mfa_enabled": factor_documents::remains_on(),
            RECOVERY: kept(RECOVERY),
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
        super::documents::user(&document).map(Some)
    }

    async fn replace_recovery_codes(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        recovery: RecoverySet,
        now: Timestamp,
        effects: Effects,
    ) -> Result<bool> {
        let db = self.db().await?;
        let effects = caps::afford(db, effects).await?;
        let fields = doc! { RECOVERY: factor_documents::recovery_document(&recovery, now) };
        let changed = vec![
            doc! { "$set": fields },
            Out::of_account(effects)?.stage(false),
        ];
        let Some(document) = update(db, with_factor(id, verified_hash), changed).await? else {
            return Ok(false);
        };
        relay::relay(db, &db.users, &document).await?;
        Ok(true)
    }

    async fn factors_to_reseal(&self, earlier: &[String], limit: u32) -> Result<Vec<SealedFactor>> {
        let db = self.db().await?;
        let mut found = Vec::new();
        for (field, kind) in FIELDS {
            let sealed_earlier = doc! { format!("{field}.under"): { "$in": earlier.to_vec() } };
            let found_here = db.users.find(sealed_earlier).limit(limit.into());
            let documents = db.all(found_here).await?;
            for document in documents {
                let fields = Fields::of("users", &document);
                let user_id = fields.id("_id")?;
                let Some(part) = fields.document(field)? else {
                    continue;
                };
                let part = Fields::of("users", part);
                let sealed = Sealed {
                    bytes: part.bytes("sealed")?,
                    under: part.text("under")?,
                };
                found.push(SealedFactor {
                    user_id,
                    kind,
                    sealed,
                });
            }
        }
        Ok(found)
    }

    async fn reseal_factor(&self, anew: SealedFactor, sealed_before: Vec<u8>) -> Result<bool> {
        let db = self.db().await?;
        let fields = FIELDS.iter().find(|(_, kind)| *kind == anew.kind);
        let field = fields.map_or(TOTP, |(field, _)| *field);
        let (sealed, under) = (format!("{field}.sealed"), format!("{field}.under"));
        let mut condition = present(anew.user_id);
        condition.insert(&sealed, binary(sealed_before));
        let change =
            doc! { "$set": { sealed: binary(anew.sealed.bytes), under: anew.sealed.under } };
        let updated = db.write(db.users.update_one(condition, change)).await?;
        Ok(updated.modified_count > 0)
    }

    async fn count_factors_sealed_elsewhere(&self, known: &[String]) -> Result<u64> {
        let db = self.db().await?;
        let mut count = 0;
        for (field, _) in FIELDS {
            let elsewhere = doc! { "$exists": true, "$nin": known.to_vec() };
            let condition = doc! { format!("{field}.under"): elsewhere };
            count += db.read(db.users.count_documents(condition)).await?;
        }
        Ok(count)
    }
}

/// The fields of the secrets.
const FIELDS: [(&str, FactorSecret); 2] = [
    (TOTP, FactorSecret::Totp),
    (RECOVERY, FactorSecret::RecoveryKey),
];

/// Returns the condition on an account and its password hash, with a second factor that is on.
fn with_factor(id: Id, verified_hash: &PasswordHash) -> Document {
    let mut condition = active(id);
    condition.insert("hashed_password", verified_hash.as_phc());
    condition.insert("is_mfa_enabled", true);
    condition
}
