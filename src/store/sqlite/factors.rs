//! Second factors other than the phone: the authenticator app and recovery codes.

use async_trait::async_trait;
use jiff::Timestamp;

use super::codes::record_wrong;
use super::effects::{Subject, write_effects};
use super::rows::{all, execute, value};
use super::user_rows::{self, accepting};
use super::{Sqlite, code_rows, factor_rows, sessions};
use crate::model::{
    FactorSecret, Factors, Id, NewSession, PasswordHash, RecoverySet, Sealed, User, WaitingCode,
};
use crate::store::{
    BeginWait, CodeFailure, CodeRefusal, Effects, FactorCheck, FactorEnabled, FactorProof,
    FactorStore, IssuedSession, Result, SealedFactor, UseCode, Wait,
};

#[async_trait]
impl FactorStore for Sqlite {
    async fn factors(&self, id: Id) -> Result<Factors> {
        self.read(move |db| factor_rows::read(db, id)).await
    }

    async fn begin_wait(&self, wait: Wait, effects: Effects) -> Result<BeginWait> {
        self.write(move |db| {
            let user = accepting(db, wait.user_id, wait.issued_at)?;
            let Some(user) = user.filter(|user| wait.is_for(user)) else {
                return Ok(BeginWait::Stale);
            };
            let mut spent = Vec::with_capacity(wait.kinds.len());
            for kind in &wait.kinds {
                let key = (user.id, *kind);
                spent.push(code_rows::budget_spent_until(
                    db,
                    key,
                    wait.budget,
                    wait.now,
                )?);
            }
            if let Some(Some(until)) = spent.into_iter().min() {
                return Ok(BeginWait::BudgetSpent { until });
            }
            for row in wait.rows() {
                code_rows::put(db, &row)?;
            }
            user_rows::note_login(db, user.id, wait.issued_at, wait.upgraded_hash.as_ref())?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(BeginWait::Begun)
        })
        .await
    }

    async fn issue_session_for_factor(
        &self,
        check: FactorCheck,
        session: NewSession,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>> {
        self.write(move |db| {
            let user = accepting(db, check.user_id, check.issued_at)?;
            let Some(user) = user.filter(|user| user.is_mfa_enabled) else {
                return Ok(Err(CodeRefusal::Stale));
            };
            let kind = check.proof.kind();
            let is_right = check.proof.is_right(&factor_rows::read(db, user.id)?);
            let judge = |code: &WaitingCode| code.judge_as(is_right, check.now);
            if let Err(refusal) = code_rows::use_up(db, &check.cost(), kind, judge)? {
                if refusal == CodeRefusal::Wrong {
                    record_wrong(db, (&user, kind), check.budget, failure, check.now)?;
                }
                return Ok(Err(refusal));
            }
            factor_rows::use_up(db, user.id, &check.proof)?;
            sessions::write(db, user, session, None, None, check.now, effects).map(Ok)
        })
        .await
    }

    async fn enable_totp(
        &self,
        check: FactorCheck,
        secret: Sealed,
        recovery: RecoverySet,
        effects: Effects,
    ) -> Result<UseCode<FactorEnabled>> {
        self.write(move |db| {
            let Some(mut user) = accepting(db, check.user_id, check.issued_at)? else {
                return Ok(Err(CodeRefusal::Stale));
            };
            let FactorProof::NewTotp(step) = check.proof else {
                return Ok(Err(CodeRefusal::NoCode));
            };
            let judge = |code: &WaitingCode| code.judge_as(step.is_some(), check.now);
            if let Err(refusal) = code_rows::use_up(db, &check.cost(), check.proof.kind(), judge)? {
                return Ok(Err(refusal));
            }
            // A phone number that was not a factor does not become one by this.
            user.phone_number = user.phone_number.filter(|_| user.is_mfa_enabled);
            user.has_totp = true;
            user.is_mfa_enabled = true;
            user.updated_at = check.now;
            factor_rows::write_flags(db, &user)?;
            let key = (user.id, FactorSecret::Totp);
            factor_rows::put(db, key, &secret, step.unwrap_or_default(), check.now)?;
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

    async fn disable_totp(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<User>> {
        let hash = verified_hash.clone();
        self.write(move |db| {
            let holds = |user: &User| user.is_active && user.uses_totp() && user.has_hash(&hash);
            let Some(mut user) = user_rows::by_id(db, id)?.filter(holds) else {
                return Ok(None);
            };
            user.has_totp = false;
            factor_rows::write_remaining(db, &mut user, now)?;
            code_rows::forget(db, id)?;
            code_rows::forgive(db, id)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(Some(user))
        })
        .await
    }

    async fn replace_recovery_codes(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        recovery: RecoverySet,
        now: Timestamp,
        effects: Effects,
    ) -> Result<bool> {
        let hash = verified_hash.clone();
        self.write(move |db| {
            let holds = |user: &User| user.is_active && user.is_mfa_enabled && user.has_hash(&hash);
            let Some(user) = user_rows::by_id(db, id)?.filter(holds) else {
                return Ok(false);
            };
            factor_rows::put_recovery(db, id, &recovery, now)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(true)
        })
        .await
    }

    async fn factors_to_reseal(&self, earlier: &[String], limit: u32) -> Result<Vec<SealedFactor>> {
        let sql = format!(
            "select user_id, kind, sealed, sealed_under from factor_secrets where sealed_under in ({}) limit ?1",
            quoted(earlier)
        );
        self.read(move |db| {
            all(db, "factor_secrets", &sql, [limit], |fields| {
                Ok(SealedFactor {
                    user_id: fields.take("user_id")?,
                    kind: fields.take("kind")?,
                    sealed: Sealed {
                        bytes: fields.take("sealed")?,
                        under: fields.take("sealed_under")?,
                    },
                })
            })
        })
        .await
    }

    async fn reseal_factor(&self, anew: SealedFactor, sealed_before: Vec<u8>) -> Result<bool> {
        let sql = "update factor_secrets set sealed = ?3, sealed_under = ?4
             where user_id = ?1 and kind = ?2 and sealed = ?5";
        self.write_one(move |db| {
            let SealedFactor {
                user_id,
                kind,
                sealed,
            } = &anew;
            let values = (user_id, kind, &sealed.bytes, &sealed.under, &sealed_before);
            execute(db, sql, values)
        })
        .await
    }

    async fn count_factors_sealed_elsewhere(&self, known: &[String]) -> Result<u64> {
        let sql = format!(
            "select count(*) from factor_secrets where sealed_under not in ({})",
            quoted(known)
        );
        let count = self.read(move |db| value::<i64>(db, &sql, [])).await?;
        Ok(count.unsigned_abs())
    }
}

/// Returns names of secrets as a list in SQL. They are hexadecimal, so they need no escaping.
fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    names.join(", ")
}
