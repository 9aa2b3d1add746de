//! Second factors as fields of an account's document, so that one update decides over them, and how update pipelines keep or
//! drop them.

use jiff::Timestamp;
use mongodb::bson::{Bson, Document, doc};

use super::documents::{Fields, NO_NUMBER, RECOVERY, TOTP, binary, date, literal, user};
use crate::model::{Factors, ProofHash, RecoverySet, Sealed, Totp};
use crate::store::{FactorEnabled, FactorProof, Result};

/// Whether an app is set up, inside an update pipeline.
pub(super) fn has_app() -> Document {
    doc! { "$eq": [{ "$type": format!("${TOTP}") }, "object"] }
}

/// One value where an app is set up, another where none is.
pub(super) fn if_app(there: Bson, missing: Bson) -> Document {
    doc! { "$cond": [has_app(), there, missing] }
}

/// Whether the account has a phone number.
fn has_number() -> Document {
    let is_text = doc! { "$eq": [{ "$type": "$phone_number" }, "string"] };
    doc! { "$and": [is_text, { "$ne": ["$phone_number", NO_NUMBER] }] }
}

/// One value where the account has a phone number, another where it has none.
pub(super) fn if_number(there: Bson, missing: Bson) -> Document {
    doc! { "$cond": [has_number(), there, missing] }
}

/// Whether a second factor is on and a number there is one.
pub(super) fn remains_on() -> Document {
    has_number()
}

/// A value of an account whose second factor is on; what another program has switched off is gone.
pub(super) fn if_on(value: String) -> Document {
    doc! { "$cond": [{ "$eq": ["$is_mfa_enabled", true] }, value, "$$REMOVE"] }
}

/// The number after an app was set up: a number that was no factor does not become one by this.
pub(super) fn number_beside_app() -> Document {
    let is_factor = doc! { "$and": [{ "$eq": ["$is_mfa_enabled", true] }, has_number()] };
    doc! { "$cond": [is_factor, "$phone_number", NO_NUMBER] }
}

/// The app of an account.
pub(super) fn totp_document(secret: &Sealed, last_step: u64, now: Timestamp) -> Document {
    literal(totp_fields(secret, last_step, now))
}

/// The same where a whole document is written.
pub(super) fn totp_fields(secret: &Sealed, last_step: u64, now: Timestamp) -> Document {
    doc! {
        "sealed": binary(secret.bytes.clone()),
        "under": &secret.under,
        "last_step": last_step.cast_signed(),
        "made_at": date(now),
    }
}

/// Recovery codes.
pub(super) fn recovery_document(recovery: &RecoverySet, now: Timestamp) -> Document {
    let codes = recovery.codes.iter().map(ProofHash::as_str);
    literal(doc! {
        "sealed": binary(recovery.key.bytes.clone()),
        "under": &recovery.key.under,
        "codes": codes.collect::<Vec<_>>(),
        "made_at": date(now),
    })
}

/// The recovery codes that an account has, used ones included, or else these.
pub(super) fn recovery_kept_or(recovery: &RecoverySet, now: Timestamp) -> Document {
    let there = doc! { "$eq": [{ "$type": format!("${RECOVERY}") }, "object"] };
    let kept = doc! { "$and": [{ "$eq": ["$is_mfa_enabled", true] }, there] };
    let either = doc! { "$cond": [kept, format!("${RECOVERY}"), recovery_document(recovery, now)] };
    doc! { RECOVERY: either }
}

/// What came of switching a factor on that these recovery codes came with.
pub(super) fn enabled(document: &Document, recovery: &RecoverySet) -> Result<FactorEnabled> {
    let kept = read(document)?.recovery;
    Ok(FactorEnabled {
        user: user(document)?,
        took_recovery_codes: kept.is_some_and(|kept| kept.key == recovery.key),
    })
}

/// The factors of an account's document.
pub(super) fn read(document: &Document) -> Result<Factors> {
    let fields = Fields::of("users", document);
    if !fields.flag("is_mfa_enabled", false)? {
        return Ok(Factors::default());
    }
    let sealed = |part: &Document| {
        let part = Fields::of("users", part);
        Ok::<_, crate::store::StoreError>(Sealed {
            bytes: part.bytes("sealed")?,
            under: part.text("under")?,
        })
    };
    let totp = match fields.document(TOTP)? {
        None => None,
        Some(part) => Some(Totp {
            secret: sealed(part)?,
            last_step: Fields::of("users", part).count("last_step")?,
        }),
    };
    let recovery = match fields.document(RECOVERY)? {
        None => None,
        Some(part) => {
            let codes = part.get_array("codes").map(Vec::as_slice);
            let codes = codes.unwrap_or_default().iter().filter_map(Bson::as_str);
            Some(RecoverySet {
                key: sealed(part)?,
                codes: codes
                    .map(|code| ProofHash::from_stored(code.into()))
                    .collect(),
            })
        }
    };
    Ok(Factors { totp, recovery })
}

/// The condition that something presented is right, and the update that uses it up; none for what cannot be right.
pub(super) fn use_up(proof: &FactorProof) -> Option<(Document, Document)> {
    match proof {
        FactorProof::Totp { sealed, step } => {
            let step = (*step)?.cast_signed();
            let (secret, last) = (format!("{TOTP}.sealed"), format!("{TOTP}.last_step"));
            let is_right = doc! { secret: binary(sealed.clone()), &last: { "$lt": step } };
            Some((is_right, doc! { "$set": { last: step } }))
        }
        FactorProof::Recovery(hash) => {
            let codes = format!("{RECOVERY}.codes");
            let is_right = doc! { &codes: hash.as_str() };
            Some((is_right, doc! { "$pull": { codes: hash.as_str() } }))
        }
        FactorProof::NewTotp(_) => None,
    }
}
