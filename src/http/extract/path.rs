//! Names in a request's path. A malformed one is answered like an unknown one: 404.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::Object;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::fields::{Broken, Field};
use super::json::Value;
use super::parameter;
use super::values::{string, text};
use crate::http::error::ApiError;
use crate::http::fault::kind;
use crate::model::{Email, Id, ProviderId, TokenId};
use crate::secret::{ExposeSecret as _, SecretString};

impl Field for ProviderId {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        Self::parse(text(value)?.expose_secret()).ok_or_else(|| {
            (
                kind::VALUE_ERROR,
                "this isn't the name of a provider".to_owned(),
            )
        })
    }

    fn schema() -> Object {
        string()
            .pattern(Some("^[a-z][a-z0-9_-]{0,31}$"))
            .examples(["google"])
            .build()
    }
}

/// Declares names in paths: the parameter, its type, and its description.
macro_rules! in_path {
    ($($(#[doc = $help:literal])* $name:ident = $parameter:literal: $type:ty;)*) => {$(
        $(#[doc = $help])*
        #[derive(Debug)]
        pub(in crate::http) struct $name(pub(in crate::http) $type);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
                let names = RawPathParams::from_request_parts(parts, state)
                    .await
                    .map_err(|_| ApiError::not_found())?;
                let mut names = names.iter();
                let (_, text) = names
                    .find(|(name, _)| *name == $parameter)
                    .ok_or_else(ApiError::not_found)?;
                <$type>::read(Some(Value::Text(SecretString::from(text))))
                    .map(Self)
                    .map_err(|_| ApiError::not_found())
            }
        }

        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![parameter::<$type>(ParameterIn::Path, $parameter, concat!($($help),*))]
            }
        }
    )*};
}

in_path! {
    /// The account's id.
    UserId = "user_id": Id;
    /// The message's id.
    MessageId = "id": Id;
    /// The service key's id.
    ServiceKeyId = "id": Id;
    /// The passkey's id.
    PasskeyId = "id": Id;
    /// The session's id.
    SessionId = "sid": TokenId;
    /// The provider, such as `google`.
    ProviderName = "provider": ProviderId;
    /// The registration's email address.
    PendingEmail = "email": Email;
}
