//! Creating an account: with an invitation by mail, with a password, or with neither.

use axum::http::StatusCode;
use serde::Serialize;

use super::edit::is_of_the_form;
use super::flash::Flash;
use super::form::Form;
use super::operator::{Answer, Operator};
use super::proof::Proof;
use super::rooms::Room;
use super::user::path;
use crate::accounts::NewAccount;
use crate::http::error::ApiError;
use crate::model::{Email, FullName, NewPassword, User};

/// The form as its template shows it.
#[derive(Serialize)]
struct View {
    email: String,
    name: String,
    /// How the person gets in: `invite`, `password` or `none`.
    way: &'static str,
    is_verified: bool,
    is_admin: bool,
    can_invite: bool,
    #[serde(flatten)]
    proof: Proof,
}

/// The path of the form.
const PATH: &str = "/users/new";
/// The ways to let a new person in.
const WAYS: [&str; 3] = ["invite", "password", "none"];

async fn view(
    operator: &Operator,
    entered: Option<(&Form, &ApiError)>,
) -> Result<axum::response::Response, ApiError> {
    let can_invite = operator.accounts().password_links_work();
    let form = entered.map(|(form, _)| form);
    let text = |field| {
        form.map(|form| form.text(field).to_owned())
            .unwrap_or_default()
    };
    let given = form.map_or("", |form| form.text("way"));
    let way = WAYS.into_iter().find(|way| *way == given);
    let view = View {
        email: text("email"),
        name: text("name"),
        way: way.unwrap_or(if can_invite { "invite" } else { "password" }),
        is_verified: form.is_some_and(|form| form.is_ticked("verified")),
        is_admin: form.is_some_and(|form| form.is_ticked("admin")),
        can_invite,
        // Only an administrator's account needs a proof, which is asked for once it is known to be one.
        proof: Proof::of(
            operator,
            form.is_some_and(|form| form.is_ticked("admin")),
            PATH.to_owned(),
        )
        .await?,
    };
    let (status, operator) = match entered {
        None => (StatusCode::OK, operator.clone()),
        Some((_, refusal)) => (
            refusal.status(),
            operator.with_flash(Flash::refused(refusal)),
        ),
    };
    Ok(operator.page_with(status, "create", Some(Room::Users), view))
}

/// Shows the form.
pub(super) async fn show(operator: Operator) -> Answer {
    view(&operator, None).await
}

/// Creates the account, or shows the form again with what is wrong.
pub(super) async fn create(operator: Operator, form: Form) -> Answer {
    let mut operator = operator;
    let proven = if form.is_ticked("admin") {
        operator.prove(&form).await.map(Some)
    } else {
        Ok(None)
    };
    let (proven, created) = match proven {
        Ok(proven) => (proven, account(&operator, &form).await),
        Err(refusal) => (None, Err(refusal.into())),
    };
    if let Some(proven) = &proven {
        proven.apply(&mut operator);
    }
    let key = if form.text("way") == "invite" {
        "invited"
    } else {
        "created"
    };
    let mut response = match created {
        Ok(user) => operator.done(&path(user.id), &Flash::done(key)),
        Err(refusal) if is_of_the_form(&refusal) => {
            view(&operator, Some((&form, &refusal))).await?
        }
        Err(failure) => return Err(failure),
    };
    if let Some(proven) = proven {
        proven.remember(&operator, response.headers_mut());
    }
    Ok(response)
}

async fn account(operator: &Operator, form: &Form) -> Result<User, ApiError> {
    let way = form.text("way");
    let password = if way == "password" {
        let given = form.read::<NewPassword>("password")?;
        Some(given.ok_or_else(|| ApiError::missing("password"))?)
    } else {
        None
    };
    let account = NewAccount {
        email: form
            .read::<Email>("email")?
            .ok_or_else(|| ApiError::missing("email"))?,
        password,
        full_name: form.read::<Option<FullName>>("name")?.flatten(),
        is_superuser: form.is_ticked("admin"),
        is_verified: form.is_ticked("verified"),
        send_invite: way == "invite",
    };
    let created = operator.accounts().create_user(account, &operator.origin);
    Ok(created.await?)
}
