//! The rows of second factors: the app's secret, the key of the recovery codes, and the codes that are left.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::rows::{Moment, all, first, run, value};
use crate::model::{FactorSecret, Factors, Id, ProofHash, RecoverySet, Sealed, Totp, User};
use crate::store::{FactorProof, Result};

/// Reads the factors of an account.
pub(super) fn read(connection: &Connection, user_id: Id) -> Result<Factors> {
    let secret = |kind: FactorSecret| {
        first(
            connection,
            "factor_secrets",
            "select user_id, sealed, sealed_under, last_step from factor_secrets where user_id = ?1 and kind = ?2",
            (user_id, kind),
            |fields| {
                fields.take::<Id>("user_id")?;
                let sealed = Sealed {
                    bytes: fields.take("sealed")?,
                    under: fields.take("sealed_under")?,
                };
                Ok((sealed, fields.take::<i64>("last_step")?.unsigned_abs()))
            },
        )
    };
    let totp = secret(FactorSecret::Totp)?;
    let key = secret(FactorSecret::RecoveryKey)?;
    let codes = all(
        connection,
        "recovery_codes",
        "select code_hash from recovery_codes where user_id = ?1",
        [user_id],
        |fields| fields.take::<ProofHash>("code_hash"),
    )?;
    Ok(Factors {
        totp: totp.map(|(secret, last_step)| Totp { secret, last_step }),
        recovery: key.map(|(key, _)| RecoverySet { key, codes }),
    })
}

/// Stores a secret in place of any older one.
pub(super) fn put(
    connection: &Connection,
    (user_id, kind): (Id, FactorSecret),
    sealed: &Sealed,
    last_step: u64,
    now: Timestamp,
) -> Result<()> {
    run(
        connection,
        "insert or replace into factor_secrets (user_id, kind, sealed, sealed_under, last_step, made_at)
         values (:user_id, :kind, :sealed, :sealed_under, :last_step, :made_at)",
        named_params! {
            ":user_id": user_id,
            ":kind": kind,
            ":sealed": sealed.bytes,
            ":sealed_under": sealed.under,
            ":last_step": last_step.cast_signed(),
            ":made_at": Moment(now),
        },
    )
}

/// Gives an account these recovery codes if it has none, not even used ones. Returns whether it had none.
pub(super) fn keep_recovery(
    connection: &Connection,
    user_id: Id,
    recovery: &RecoverySet,
    now: Timestamp,
) -> Result<bool> {
    let key = (user_id, FactorSecret::RecoveryKey);
    let has: bool = value(
        connection,
        "select exists (select 1 from factor_secrets where user_id = ?1 and kind = ?2)",
        key,
    )?;
    if !has {
        put_recovery(connection, user_id, recovery, now)?;
    }
    Ok(!has)
}

/// Replaces the recovery codes.
pub(super) fn put_recovery(
    connection: &Connection,
    user_id: Id,
    recovery: &RecoverySet,
    now: Timestamp,
) -> Result<()> {
    put(
        connection,
        (user_id, FactorSecret::RecoveryKey),
        &recovery.key,
        0,
        now,
    )?;
    run(
        connection,
        "delete from recovery_codes where user_id = ?1",
        [user_id],
    )?;
    for code in &recovery.codes {
        run(
            connection,
            "insert into recovery_codes (user_id, code_hash) values (?1, ?2)",
            (user_id, code),
        )?;
    }
    Ok(())
}

/// Uses up a proof that was right.
pub(super) fn use_up(connection: &Connection, user_id: Id, proof: &FactorProof) -> Result<()> {
    match proof {
        FactorProof::Totp {
            step: Some(step), ..
        } => run(
            connection,
            "update factor_secrets set last_step = ?3 where user_id = ?1 and kind = ?2",
            (user_id, FactorSecret::Totp, step.cast_signed()),
        ),
        FactorProof::Recovery(hash) => run(
            connection,
            "delete from recovery_codes where user_id = ?1 and code_hash = ?2",
            (user_id, hash),
        ),
        FactorProof::Totp { step: None, .. } | FactorProof::NewTotp(_) => Ok(()),
    }
}

/// Deletes every factor of an account except its phone.
pub(super) fn forget(connection: &Connection, user_id: Id) -> Result<()> {
    for sql in [
        "delete from factor_secrets where user_id = ?1",
        "delete from recovery_codes where user_id = ?1",
    ] {
        run(connection, sql, [user_id])?;
    }
    Ok(())
}

/// Deletes the app and the recovery codes of an account if they were made at `from` or later. Returns whether an app is
/// left.
pub(super) fn forget_since(connection: &Connection, user_id: Id, from: Timestamp) -> Result<bool> {
    run(
        connection,
        "delete from factor_secrets where user_id = ?1 and made_at >= ?2",
        (user_id, Moment(from)),
    )?;
    run(
        connection,
        "delete from recovery_codes where user_id = ?1
         and not exists (select 1 from factor_secrets where user_id = ?1 and kind = ?2)",
        (user_id, FactorSecret::RecoveryKey),
    )?;
    value(
        connection,
        "select exists (select 1 from factor_secrets where user_id = ?1 and kind = ?2)",
        (user_id, FactorSecret::Totp),
    )
}

/// Writes an account that has lost a factor. Other factors stay; if it was the last one, the recovery codes are
/// deleted.
pub(super) fn write_remaining(
    connection: &Connection,
    user: &mut User,
    now: Timestamp,
) -> Result<()> {
    user.is_mfa_enabled = user.has_totp || user.phone_number.is_some();
    write_restored(connection, user, now)
}

/// Writes an account whose factors were put back. Without any, the recovery codes are deleted.
pub(super) fn write_restored(
    connection: &Connection,
    user: &mut User,
    now: Timestamp,
) -> Result<()> {
    user.updated_at = now;
    if !user.has_totp {
        run(
            connection,
            "delete from factor_secrets where user_id = ?1 and kind = ?2",
            (user.id, FactorSecret::Totp),
        )?;
    }
    if !user.is_mfa_enabled {
        forget(connection, user.id)?;
    }
    write_flags(connection, user)
}

/// Writes the account's own fields about its factors.
pub(super) fn write_flags(connection: &Connection, user: &User) -> Result<()> {
    run(
        connection,
        "update users set phone_number = :phone_number, is_mfa_enabled = :is_mfa_enabled, has_totp = :has_totp,
             updated_at = :updated_at
         where id = :id",
        named_params! {
            ":phone_number": user.phone_number,
            ":is_mfa_enabled": user.is_mfa_enabled,
            ":has_totp": user.has_totp,
            ":updated_at": Moment(user.updated_at),
            ":id": user.id,
        },
    )
}
