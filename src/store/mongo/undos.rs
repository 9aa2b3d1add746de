//! Changes of the email address that can be undone: a list in the account's document.

use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{Fields, date, literal};
use crate::model::{Email, MAX_UNDOS, NewUndo, PhoneBefore, ProofHash, Undo, User};
use crate::store::Result;

/// regstack's own field of an account for its changes that can be undone.
pub(super) const UNDOS: &str = "regstack_email_undos";

/// Returns the field of an update pipeline that adds one more. If there are too many, the first ones stay.
pub(super) fn kept(undo: &NewUndo, before: &User, now: Timestamp) -> Document {
    let one = doc! {
        "proof": undo.proof.as_str(),
        "email": before.email.as_str(),
        "changed_at": date(now),
        "expires_at": date(undo.expires_at),
        "phone": PhoneBefore::of(before).as_stored(),
    };
    let alive = filtered(doc! { "$gt": ["$$this.expires_at", date(now)] });
    let all = doc! { "$concatArrays": [alive, literal(vec![one])] };
    doc! { UNDOS: { "$slice": [all, i64::from(MAX_UNDOS)] } }
}

/// Returns the field of an update pipeline that drops the changes made at `from` or later.
pub(super) fn forgotten(from: Timestamp) -> Document {
    let earlier = || filtered(doc! { "$lt": ["$$this.changed_at", date(from)] });
    doc! { UNDOS: { "$cond": [{ "$eq": [earlier(), []] }, "$$REMOVE", earlier()] } }
}

fn filtered(condition: Document) -> Document {
    let there = doc! { "$ifNull": [format!("${UNDOS}"), []] };
    doc! { "$filter": { "input": there, "cond": condition } }
}

/// Returns the condition that a proof can undo a change of the account.
pub(super) fn undoes(proof: &ProofHash, now: Timestamp) -> Document {
    let living = doc! { "proof": proof.as_str(), "expires_at": { "$gt": date(now) } };
    doc! { UNDOS: { "$elemMatch": living } }
}

/// Returns the change in an account's document that a proof can undo.
pub(super) fn of(document: &Document, proof: &ProofHash, now: Timestamp) -> Result<Option<Undo>> {
    for undo in Fields::of("users", document).list(UNDOS)? {
        let fields = Fields::of("users", undo);
        if fields.text("proof")? == proof.as_str() && fields.moment("expires_at")? > now {
            return Ok(Some(Undo {
                email: Email::from_stored(fields.text("email")?),
                changed_at: fields.moment("changed_at")?,
                phone: PhoneBefore::from_stored(fields.optional_text("phone")?),
            }));
        }
    }
    Ok(None)
}

/// Deletes expired ones. Returns how many accounts had any.
pub(super) async fn sweep(db: &Db, now: Timestamp) -> Result<u64> {
    let expired = doc! { "$lte": date(now) };
    let condition = doc! { format!("{UNDOS}.expires_at"): expired.clone() };
    let update = doc! { "$pull": { UNDOS: { "expires_at": expired } } };
    let swept = db.write(db.users.update_many(condition, update)).await?;
    Ok(swept.modified_count)
}
