//! A form that was sent: its fields, and the check that its sender is still an administrator.

use axum::extract::{FromRequest, Request};

use super::entry;
use super::operator::Operator;
use super::query::ListQuery;
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Field, form_fields};
use crate::http::fault::{Fault, Location};
use crate::secret::{ExposeSecret as _, SecretString};

/// The fields of a form, as they were sent.
pub(super) struct Form(Vec<(String, SecretString)>);

impl FromRequest<App> for Form {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let operator = request.extensions().get::<Operator>().cloned();
        let operator = operator.ok_or_else(|| ApiError::internal(&"no entry"))?;
        let (parts, fields) = form_fields(request).await?;
        entry::readmit(&operator, &parts.headers).await?;
        Ok(Self(fields))
    }
}

impl Form {
    /// Reads the form of somebody who need not be an administrator.
    pub(super) async fn of_anybody(request: Request) -> Result<Self, ApiError> {
        let (_, fields) = form_fields(request).await?;
        Ok(Self(fields))
    }

    /// Returns the first value of a field, if it isn't empty.
    pub(super) fn get(&self, name: &str) -> Option<&SecretString> {
        let mut given = self.0.iter();
        let given = given.find(|(key, value)| key == name && !value.expose_secret().is_empty());
        given.map(|(_, value)| value)
    }

    /// Returns the text of a field that isn't secret.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).map_or("", |value| value.expose_secret())
    }

    /// Returns fields that aren't secret as the parameters of a page.
    pub(super) fn query(&self, names: &[&str]) -> ListQuery {
        let given = self.0.iter().filter(|(key, value)| {
            names.contains(&key.as_str()) && !value.expose_secret().is_empty()
        });
        let given = given.map(|(key, value)| (key.clone(), value.expose_secret().to_owned()));
        given.collect::<Vec<_>>().into()
    }

    /// Returns whether a box is ticked.
    pub(super) fn is_ticked(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Reads a field by the rules of the API. Returns `None` if it is empty.
    ///
    /// # Errors
    /// The violated rule, as the API states it.
    pub(super) fn read<T: Field>(&self, name: &'static str) -> Result<Option<T>, ApiError> {
        let Some(given) = self.get(name) else {
            return Ok(None);
        };
        let read = T::read_text(given.clone());
        read.map(Some).map_err(|(kind, rule)| {
            ApiError::invalid(vec![Fault::field(Location::Body, name, kind, rule)])
        })
    }
}
