//! Forms that change one account: its name, its email address, its password.

use axum::http::StatusCode;
use serde::Serialize;

use super::account::Account;
use super::flash::Flash;
use super::form::Form;
use super::operator::{Answer, Operator};
use super::proof::Proof;
use super::rooms::Room;
use super::user::path;
use crate::http::error::ApiError;
use crate::http::extract::UserId;
use crate::model::{Email, FullName, Id, NewAddress, NewPassword, UserChange};

/// A form as its template shows it.
#[derive(Serialize)]
struct View {
    who: Account,
    /// What was entered before, or how it is now. Never a password.
    value: String,
    is_verified: bool,
    is_final: bool,
    #[serde(flatten)]
    proof: Proof,
}

/// What a form changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Email,
    Password,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Password => "password",
        }
    }

    /// Returns whether the administrator has to prove first who they are.
    const fn is_sensitive(self) -> bool {
        !matches!(self, Self::Name)
    }

    fn template(self) -> String {
        format!("user-{}", self.name())
    }

    /// Shows the form, with what was entered if it has to be corrected.
    async fn show(
        self,
        operator: &Operator,
        id: Id,
        entered: Option<(&Form, &ApiError)>,
    ) -> Answer {
        let user = operator.accounts().user(id).await?;
        let now = match self {
            Self::Name => user.full_name.as_ref().map(ToString::to_string),
            Self::Email | Self::Password => None,
        };
        let given = entered.map(|(form, _)| form);
        let value = match (self, given) {
            (Self::Password, _) | (_, None) => now.unwrap_or_default(),
            (_, Some(form)) => form.text(self.name()).to_owned(),
        };
        let view = View {
            who: Account::from(&user),
            value,
            is_verified: given.is_some_and(|form| form.is_ticked("verified")),
            is_final: given.is_some_and(|form| form.is_ticked("final")),
            proof: Proof::of(
                operator,
                self.is_sensitive(),
                format!("{}/{}", path(id), self.name()),
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
        Ok(operator.page_with(status, &self.template(), Some(Room::Users), view))
    }

    /// Changes the account as the form says.
    async fn change(self, operator: &Operator, id: Id, form: &Form) -> Result<(), ApiError> {
        let (accounts, origin) = (operator.accounts(), &operator.origin);
        let missing = || ApiError::missing(self.name());
        let change = match self {
            Self::Password => {
                let new = form.read::<NewPassword>("password")?.ok_or_else(missing)?;
                accounts.set_password(id, &new, origin).await?;
                return Ok(());
            }
            Self::Email => {
                let email = form.read::<Email>("email")?.ok_or_else(missing)?;
                UserChange {
                    is_verified: form.is_ticked("verified").then_some(true),
                    email: Some(NewAddress {
                        is_final: form.is_ticked("final"),
                        ..NewAddress::to(email)
                    }),
                    ..UserChange::default()
                }
            }
            Self::Name => UserChange {
                full_name: Some(form.read::<Option<FullName>>("name")?.flatten()),
                ..UserChange::default()
            },
        };
        accounts.patch(id, change, false, origin).await?;
        Ok(())
    }

    /// Changes the account, or shows the form again with what is wrong.
    async fn submit(self, operator: Operator, id: Id, form: Form) -> Answer {
        let mut operator = operator;
        let proven = if self.is_sensitive() {
            operator.prove(&form).await.map(Some)
        } else {
            Ok(None)
        };
        let (proven, result) = match proven {
            Ok(proven) => (proven, self.change(&operator, id, &form).await),
            Err(refusal) => (None, Err(refusal.into())),
        };
        if let Some(proven) = &proven {
            proven.apply(&mut operator);
        }
        let mut response = match result {
            Ok(()) => operator.done(&path(id), &Flash::done(&format!("{}-changed", self.name()))),
            Err(refusal) if is_of_the_form(&refusal) => {
                self.show(&operator, id, Some((&form, &refusal))).await?
            }
            Err(failure) => return Err(failure),
        };
        if let Some(proven) = proven {
            proven.remember(&operator, response.headers_mut());
        }
        Ok(response)
    }
}

/// Returns whether an error is about what was entered: the form is shown again.
pub(super) fn is_of_the_form(refusal: &ApiError) -> bool {
    refusal.status().is_client_error() && refusal.status() != StatusCode::NOT_FOUND
}

/// Shows the form for the name.
pub(super) async fn name(operator: Operator, UserId(id): UserId) -> Answer {
    Field::Name.show(&operator, id, None).await
}

/// Changes the name.
pub(super) async fn set_name(operator: Operator, UserId(id): UserId, form: Form) -> Answer {
    Field::Name.submit(operator, id, form).await
}

/// Shows the form for the email address.
pub(super) async fn email(operator: Operator, UserId(id): UserId) -> Answer {
    Field::Email.show(&operator, id, None).await
}

/// Changes the email address.
pub(super) async fn set_email(operator: Operator, UserId(id): UserId, form: Form) -> Answer {
    Field::Email.submit(operator, id, form).await
}

/// Shows the form for the password.
pub(super) async fn password(operator: Operator, UserId(id): UserId) -> Answer {
    Field::Password.show(&operator, id, None).await
}

/// Sets the password.
pub(super) async fn set_password(operator: Operator, UserId(id): UserId, form: Form) -> Answer {
    Field::Password.submit(operator, id, form).await
}
