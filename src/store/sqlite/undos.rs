//! Changes of the email address that can be undone.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::rows::{Moment, first, run, value};
use crate::model::{Id, MAX_UNDOS, NewUndo, PhoneBefore, ProofHash, Undo, User};
use crate::store::Result;

/// Stores the right to undo the change that `before` is about to go through, unless there are too many already.
pub(super) fn keep(
    connection: &Connection,
    before: &User,
    undo: &NewUndo,
    now: Timestamp,
) -> Result<()> {
    let count: i64 = value(
        connection,
        "select count(*) from email_undos where user_id = ?1 and expires_at > ?2",
        (before.id, Moment(now)),
    )?;
    if count >= MAX_UNDOS.into() {
        return Ok(());
    }
    run(
        connection,
        "insert into email_undos (proof, user_id, email, changed_at, expires_at, phone)
         values (:proof, :user_id, :email, :changed_at, :expires_at, :phone)",
        named_params! {
            ":proof": undo.proof,
            ":user_id": before.id,
            ":email": before.email,
            ":changed_at": Moment(now),
            ":expires_at": Moment(undo.expires_at),
            ":phone": PhoneBefore::of(before).as_stored(),
        },
    )
}

/// Returns the change that a proof can still undo.
pub(super) fn find(
    connection: &Connection,
    user_id: Id,
    proof: &ProofHash,
    now: Timestamp,
) -> Result<Option<Undo>> {
    first(
        connection,
        "email_undos",
        "select email, changed_at, phone from email_undos
         where proof = ?1 and user_id = ?2 and expires_at > ?3",
        (proof, user_id, Moment(now)),
        |fields| {
            Ok(Undo {
                email: fields.take("email")?,
                changed_at: fields.moment("changed_at")?,
                phone: PhoneBefore::from_stored(fields.take("phone")?),
            })
        },
    )
}

/// Deletes the changes of an account that were made at `from` or later.
pub(super) fn forget(connection: &Connection, user_id: Id, from: Timestamp) -> Result<()> {
    run(
        connection,
        "delete from email_undos where user_id = ?1 and changed_at >= ?2",
        (user_id, Moment(from)),
    )
}
