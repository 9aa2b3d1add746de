//! Keys: those that sign session tokens, and those of programs.

use serde::Serialize;

use super::flash::Flash;
use super::form::Form;
use super::operator::{Answer, Operator};
use super::query::{ListQuery, Pages};
use super::question::Question;
use super::rooms::Room;
use super::service_keys::Row as ServiceKeyRow;
use super::shown::Moment;
use crate::accounts::{Duty, Error, RemoveSigningKey, SigningKeyState};
use crate::http::error::ApiError;

/// The number of service keys on a page.
const PAGE: u32 = 50;
const KID: &str = "kid";
const AT_ONCE: &str = "now";

#[derive(Serialize)]
struct List {
    /// Whether tokens are signed with key pairs, and not with the secret.
    has_signing_keys: bool,
    algorithm: &'static str,
    signing_keys: Vec<SigningKeyRow>,
    service_keys: Vec<ServiceKeyRow>,
    pages: Pages,
}

#[derive(Serialize)]
struct SigningKeyRow {
    kid: String,
    algorithm: &'static str,
    duty: &'static str,
    signs_from: Moment,
    verifies_until: Option<Moment>,
}

impl From<SigningKeyState> for SigningKeyRow {
    fn from(state: SigningKeyState) -> Self {
        Self {
            algorithm: state.key.algorithm.as_str(),
            duty: match state.duty {
                Duty::Announced => "announced",
                Duty::Signs => "signs",
                Duty::Verifies => "verifies",
            },
            signs_from: state.key.signs_from.into(),
            verifies_until: state.spent_at.map(Moment::from),
            kid: state.key.kid,
        }
    }
}

/// Shows all keys.
pub(super) async fn list(operator: Operator, query: ListQuery) -> Answer {
    let accounts = operator.accounts();
    let algorithm = operator.console.settings().tokens.jwt_algorithm;
    let after = query.after();
    let found = accounts.service_keys(after, PAGE).await?;
    let now = accounts.clock.now();
    let view = List {
        has_signing_keys: !algorithm.is_hmac(),
        algorithm: algorithm.as_str(),
        signing_keys: accounts
            .signing_keys()
            .await?
            .into_iter()
            .map(SigningKeyRow::from)
            .collect(),
        pages: query.pages(Room::Keys.path(), &[], found.next.as_ref()),
        service_keys: found
            .items
            .iter()
            .map(|key| ServiceKeyRow::of(key, now))
            .collect(),
    };
    operator.page("keys", Some(Room::Keys), view)
}

fn rotation() -> Question {
    Question {
        act: "rotate-key",
        room: Room::Keys,
        subject: None,
        field: None,
        choice: Some(AT_ONCE),
        is_dangerous: false,
        path: "/keys/rotate".to_owned(),
    }
}

/// Asks whether to create the next signing key.
pub(super) async fn ask_rotate(operator: Operator) -> Answer {
    rotation().show(&operator, None).await
}

/// Creates the next signing key.
pub(super) async fn rotate(operator: Operator, form: Form) -> Answer {
    let at_once = form.is_ticked(AT_ONCE);
    let act = async move |operator: Operator| -> Answer {
        let made = operator
            .accounts()
            .rotate_signing_key(at_once, &operator.origin);
        made.await?.ok_or_else(ApiError::not_found)?;
        Ok(operator.done(Room::Keys.path(), &Flash::done("key-rotated")))
    };
    rotation().answer(operator, &form, act).await
}

/// Returns the question about the key that a query or a form names.
async fn removal(operator: &Operator, kid: &str) -> Result<Question, ApiError> {
    let keys = operator.accounts().signing_keys().await?;
    let known = keys.into_iter().find(|state| state.key.kid == kid);
    let kid = known.ok_or_else(ApiError::not_found)?.key.kid;
    Ok(Question {
        act: "remove-key",
        room: Room::Keys,
        subject: Some(kid.clone()),
        // A kid is base64url, which needs no escaping.
        path: format!("/keys/remove?{KID}={kid}"),
        field: Some((KID, kid)),
        choice: None,
        is_dangerous: true,
    })
}

/// Asks whether to remove a signing key.
pub(super) async fn ask_remove(operator: Operator, query: ListQuery) -> Answer {
    let kid = query.get(KID).unwrap_or_default();
    removal(&operator, kid).await?.show(&operator, None).await
}

/// Removes a signing key, even one whose tokens are still valid: the question says so.
pub(super) async fn remove(operator: Operator, form: Form) -> Answer {
    let question = removal(&operator, form.text(KID)).await?;
    let kid = form.text(KID).to_owned();
    let act = async move |operator: Operator| -> Answer {
        let removed = operator
            .accounts()
            .remove_signing_key(&kid, true, &operator.origin);
        match removed.await? {
            RemoveSigningKey::Done => {
                Ok(operator.done(Room::Keys.path(), &Flash::done("key-removed")))
            }
            RemoveSigningKey::NotFound => Err(ApiError::not_found()),
            RemoveSigningKey::InUse(_) => Err(Error::Overtaken.into()),
        }
    };
    question.answer(operator, &form, act).await
}
