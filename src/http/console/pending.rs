//! Registrations whose email address isn't confirmed yet.

use serde::Serialize;

use super::form::Form;
use super::operator::{Answer, Operator};
use super::query::{ListQuery, Pages};
use super::question::Confirmation;
use super::rooms::Room;
use super::shown::Moment;
use super::user::path;
use crate::http::error::ApiError;
use crate::model::{Email, PendingKey, PendingPublic};

/// The number of registrations on a page.
const PAGE: u32 = 50;
/// The parameters that select registrations.
const FILTERS: [&str; 1] = ["q"];

/// The list as its template shows it.
#[derive(Serialize)]
struct List {
    q: String,
    pending: Vec<Row>,
    pages: Pages,
}

#[derive(Serialize)]
struct Row {
    email: String,
    name: Option<String>,
    created: Moment,
    expires: Moment,
    /// The query of the pages that ask about it.
    query: String,
}

impl From<PendingPublic> for Row {
    fn from(pending: PendingPublic) -> Self {
        Self {
            query: ListQuery::one("email", &pending.email),
            email: pending.email.to_string(),
            name: pending.full_name.map(|name| name.to_string()),
            created: pending.created_at.into(),
            expires: pending.expires_at.into(),
        }
    }
}

/// Shows one page of the registrations, newest first.
pub(super) async fn list(operator: Operator, query: ListQuery) -> Answer {
    let q = query.search();
    let after = query.after::<PendingKey>();
    let found = operator
        .accounts()
        .pending(q.as_deref(), after, PAGE)
        .await?;
    let view = List {
        pages: query.pages(Room::Pending.path(), &FILTERS, found.next.as_ref()),
        pending: found.items.into_iter().map(Row::from).collect(),
        q: q.unwrap_or_default(),
    };
    operator.page("pending", Some(Room::Pending), view)
}

/// Asks whether to do an act on the registration that the query names.
fn ask(operator: &Operator, query: &ListQuery, act: &'static str, is_dangerous: bool) -> Answer {
    let email = query.get("email").ok_or_else(ApiError::not_found)?;
    let question = Confirmation {
        act,
        room: Room::Pending,
        subject: email.to_owned(),
        field: Some(("email", email.to_owned())),
        is_dangerous,
        cancel: Room::Pending.path().to_owned(),
    };
    question.show(operator)
}

/// Asks whether to turn a registration into an account.
pub(super) async fn ask_promote(operator: Operator, query: ListQuery) -> Answer {
    ask(&operator, &query, "pending-promote", false)
}

/// Asks whether to delete a registration.
pub(super) async fn ask_delete(operator: Operator, query: ListQuery) -> Answer {
    ask(&operator, &query, "pending-delete", true)
}

/// Returns the registration that a form names.
fn named(form: &Form) -> Result<Email, ApiError> {
    let email = form.read("email")?;
    email.ok_or_else(|| ApiError::missing("email"))
}

/// Turns a registration into an account without its link.
pub(super) async fn promote(operator: Operator, form: Form) -> Answer {
    let email = named(&form)?;
    let promoted = operator
        .accounts()
        .promote_pending(&email, &operator.origin);
    match promoted.await {
        Ok(user) => operator.answer(&path(user.id), "pending-promoted", Ok::<_, ApiError>(())),
        refused => operator.answer(Room::Pending.path(), "", refused),
    }
}

/// Deletes a registration.
pub(super) async fn delete(operator: Operator, form: Form) -> Answer {
    let deleted = operator.accounts().delete_pending(&named(&form)?).await;
    operator.answer(Room::Pending.path(), "pending-deleted", deleted)
}
