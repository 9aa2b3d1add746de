//! Second factors as fields of the account's document, so that a single update decides about them; and the expressions
//! with which update pipelines keep or drop them.

use jiff::Timestamp;
use mongodb::bson::{Bson, Document, doc};

use super::documents::{Fields, NO_NUMBER, RECOVERY, TOTP, binary, date, literal, user};
use crate::model::{Factors, PhoneBefore, ProofHash, RecoverySet, Sealed, Totp, Undo};
use crate::store::{FactorEnabled, FactorProof, Result};

/// Returns whether an app is set up, as an expression.
pub(super) fn has_app() -> Document {
    doc! { "$eq": [{ "$type": format!("${TOTP}") }, "object"] }
}

/// Returns one value if an app is set up, another one if not, as an expression.
pub(super) fn if_app(there: Bson, missing: Bson) -> Document {
    doc! { "$cond": [has_app(), there, missing] }
}

/// Returns whether the account has a phone number, as an expression.
fn has_number() -> Document {
    let is_text = doc! { "$eq": [{ "$type": "$phone_number" }, "string"] };
    doc! { "$and": [is_text, { "$ne": ["$phone_number", NO_NUMBER] }] }
}

/// Returns one value if the account has a phone number, another one if not, as an expression.
pub(super) fn if_number(there: Bson, missing: Bson) -> Document {
    doc! { "$cond": [has_number(), there, missing] }
}

/// Returns whether a second factor remains without the app, which is the phone number, as an expression.
pub(super) fn remains_on() -> Document {
    has_number()
}

/// Returns a value if the second factor is on, as an expression. If another program has turned it off, the field is
/// removed.
pub(super) fn if_on(value: String) -> Document {
    doc! { "$cond": [{ "$eq": ["$is_mfa_enabled", true] }, value, "$$REMOVE"] }
}

/// Returns the phone number after an app was set up: a number that was not a factor does not become one by this.
pub(super) fn number_beside_app() -> Document {
    let is_factor = doc! { "$and": [{ "$eq": ["$is_mfa_enabled", true] }, has_number()] };
    doc! { "$cond": [is_factor, "$phone_number", NO_NUMBER] }
}

/// Returns the document of an app.
pub(super) fn totp_document(secret: &Sealed, last_step: u64, now: Timestamp) -> Document {
    literal(totp_fields(secret, last_step, now))
}

/// Returns the same for writing a whole document.
pub(super) fn totp_fields(secret: &Sealed, last_step: u64, now: Timestamp) -> Document {
    doc! {
        "sealed": binary(secret.bytes.clone()),
        "under": &secret.under,
        "last_step": last_step.cast_signed(),
        "made_at": date(now),
    }
}

/// Returns the document of recovery codes.
pub(super) fn recovery_document(recovery: &RecoverySet, now: Timestamp) -> Document {
    let codes = recovery.codes.iter().map(ProofHash::as_str);
    literal(doc! {
        "sealed": binary(recovery.key.bytes.clone()),
        "under": &recovery.key.under,
        "codes": codes.collect::<Vec<_>>(),
        "made_at": date(now),
    })
}

/// Returns the recovery codes that an account has, even if they are all used, or otherwise these.
pub(super) fn recovery_kept_or(recovery: &RecoverySet, now: Timestamp) -> Document {
    let there = doc! { "$eq": [{ "$type": format!("${RECOVERY}") }, "object"] };
    let kept = doc! { "$and": [{ "$eq": ["$is_mfa_enabled", true] }, there] };
    let either = doc! { "$cond": [kept, format!("${RECOVERY}"), recovery_document(recovery, now)] };
    doc! { RECOVERY: either }
}

/// Returns the fields of an update pipeline that removes the factors that were set up since a change that is undone.
/// [`PhoneBefore::restore`] says what becomes of the phone.
pub(super) fn restored(change: &Undo) -> Document {
    let is_on = || doc! { "$eq": ["$is_mfa_enabled", true] };
    let is_older =
        |field: &str| doc! { "$lt": [format!("${field}.made_at"), date(change.changed_at)] };
    let has_app = || doc! { "$and": [is_on(), has_app(), is_older(TOTP)] };
    let number = Bson::from("$phone_number");
    // The number, whether it stays, and whether it is a factor.
    let (number, stays, is_factor) = match &change.phone {
        PhoneBefore::Unknown => {
            let is_factor = doc! { "$and": [is_on(), has_number()] };
            (number, Bson::from(has_number()), Bson::from(is_factor))
        }
        PhoneBefore::None => {
            let stays = doc! { "$and": [{ "$not": [is_on()] }, has_number()] };
            (number, stays.into(), false.into())
        }
        PhoneBefore::Number(number) => (literal(number.as_str()).into(), true.into(), true.into()),
    };
    let without_number = doc! { "$cond": [has_app(), NO_NUMBER, "$$REMOVE"] };
    let is_enabled = || doc! { "$or": [has_app(), is_factor.clone()] };
    let has_codes = doc! { "$eq": [{ "$type": format!("${RECOVERY}") }, "object"] };
    let keeps_codes = doc! { "$and": [is_enabled(), has_codes, is_older(RECOVERY)] };
    doc! {
        TOTP: { "$cond": [has_app(), format!("${TOTP}"), "$$REMOVE"] },
        RECOVERY: { "$cond": [keeps_codes, format!("${RECOVERY}"), "$$REMOVE"] },
        "phone_number": { "$cond": [stays, number, without_number] },
        "is_mfa_enabled": is_enabled(),
    }
}

/// Returns the outcome of turning on a factor together with these recovery codes.
pub(super) fn enabled(document: &Document, recovery: &RecoverySet) -> Result<FactorEnabled> {
    let kept = read(document)?.recovery;
    Ok(FactorEnabled {
        user: user(document)?,
        took_recovery_codes: kept.is_some_and(|kept| kept.key == recovery.key),
    })
}

/// Reads the factors from an account's document.
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

/// Returns the condition that a proof is right, and the update that uses it up. `None` if it can't be right.
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
