//! Query strings: declared and refused like bodies, with the types that only queries use.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use url::form_urlencoded;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, ObjectBuilder, Required, Type};

use super::fields::{Broken, Field, Fields, Request, name_of};
use super::json::Value;
use super::values::{string, string_of, text};
use crate::http::error::ApiError;
use crate::http::fault::{Location, kind};
use crate::model::{Cursor, EventKind, LoginMethod, MessageState};
use crate::secret::{ExposeSecret as _, SecretString};

/// The maximum length of a search text, in characters. The cost of a search grows with its length times the length of
/// the searched text, which strangers choose.
const MAX_SEARCH_LENGTH: usize = 64;

/// A query string, read as `T`.
#[derive(Debug)]
pub(in crate::http) struct Query<T>(pub(in crate::http) T);

impl<S: Sync, T: Request> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let given = form_urlencoded::parse(query)
            .map(|(name, value)| {
                let value = Value::Text(SecretString::from(value.into_owned()));
                (name.into_owned(), value)
            })
            .collect();
        Fields::read(Location::Query, given)
            .map(Self)
            .map_err(ApiError::invalid)
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Number<const MIN: u32, const MAX: u32>(pub(in crate::http) u32);

/// The maximum number of items on a page.
pub(in crate::http) type Limit = Number<1, 200>;

/// The number of items on a page if the request doesn't say.
const DEFAULT_LIMIT: u32 = 50;

/// Returns the page size of a request.
pub(in crate::http) fn limit(asked: Option<Limit>) -> u32 {
    asked.map_or(DEFAULT_LIMIT, |limit| limit.0)
}

impl<const MIN: u32, const MAX: u32> Field for Number<MIN, MAX> {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let text = text(value)?;
        let text = text.expose_secret();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let kind = if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            kind::INT_PARSING
        } else {
            match text.parse() {
                Ok(number) if (MIN..=MAX).contains(&number) => return Ok(Self(number)),
                Ok(number) if number > MAX => kind::LESS_THAN_EQUAL,
                // It has more digits than any number here.
                Err(_) if digits == text => kind::LESS_THAN_EQUAL,
                _ => kind::GREATER_THAN_EQUAL,
            }
        };
        let rule = format!("this field is a whole number from {MIN} to {MAX}");
        Err((kind, rule))
    }

    fn schema() -> Object {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(MIN))
            .maximum(Some(MAX))
            .build()
    }
}

/// `true` or `false` in a query.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Flag(pub(in crate::http) bool);

impl Field for Flag {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let text = text(value)?;
        text.expose_secret()
            .parse()
            .map(Self)
            .map_err(|_| (kind::BOOL_PARSING, "this field is true or false".to_owned()))
    }

    fn schema() -> Object {
        bool::schema()
    }
}

/// A text to search for.
#[derive(Debug)]
pub(in crate::http) struct Search(pub(in crate::http) String);

impl Field for Search {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let text = text(value)?;
        if text.expose_secret().chars().count() > MAX_SEARCH_LENGTH {
            let rule = format!("a search has at most {MAX_SEARCH_LENGTH} characters");
            return Err((kind::STRING_TOO_LONG, rule));
        }
        Ok(Self(text.expose_secret().to_owned()))
    }

    fn schema() -> Object {
        string_of(None, MAX_SEARCH_LENGTH, "ada").build()
    }
}

impl Field for IpAddr {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let rule = "this field is an IPv4 or IPv6 address";
        let ip = text(value)?.expose_secret().parse::<Self>();
        ip.map(|ip| ip.to_canonical())
            .map_err(|_| (kind::VALUE_ERROR, rule.to_owned()))
    }

    fn schema() -> Object {
        string().examples(["203.0.113.9"]).build()
    }
}

impl Field for LoginMethod {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let rule = "this field is `password`, `passkey`, or `oidc:` and the ID of a provider";
        let way = Self::from_name(text(value)?.expose_secret());
        way.ok_or((kind::VALUE_ERROR, rule.to_owned()))
    }

    fn schema() -> Object {
        string()
            .examples(["password", "passkey", "oidc:google"])
            .build()
    }
}

/// The `next` of the previous page.
#[derive(Debug)]
pub(in crate::http) struct After<K>(pub(in crate::http) K);

impl<K: Cursor> Field for After<K> {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let text = text(value)?;
        K::from_text(text.expose_secret()).map(Self).ok_or_else(|| {
            let rule = "this field is the `next` of the page before";
            (kind::VALUE_ERROR, rule.to_owned())
        })
    }

    fn schema() -> Object {
        string().build()
    }
}

/// Declares field types that accept a few words, each given by its name.
macro_rules! words {
    ($($name:ident),*) => {$(
        impl Field for $name {
            fn read(value: Option<Value>) -> Result<Self, Broken> {
                let text = text(value)?;
                Self::from_name(text.expose_secret()).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|one| one.as_str()).collect();
                    let rule = format!("this field is one of {}", words.join(", "));
                    (kind::ENUM, rule)
                })
            }

            fn schema() -> Object {
                let words = Self::ALL.iter().map(|one| one.as_str());
                string().enum_values(Some(words)).build()
            }
        }
    )*};
}

words!(EventKind, MessageState);

/// Returns one parameter for the API document.
pub(in crate::http) fn parameter<T: Field>(
    place: ParameterIn,
    name: &str,
    help: &str,
) -> Parameter {
    let mut schema = T::schema();
    // In a query, a missing value is absent: there is no null.
    if let SchemaType::Array(types) = &schema.schema_type
        && let Some(given) = types.iter().find(|kind| **kind != Type::Null)
    {
        schema.schema_type = SchemaType::Type(given.clone());
    }
    let required = if T::REQUIRED {
        Required::True
    } else {
        Required::False
    };
    ParameterBuilder::new()
        .name(name_of(name))
        .parameter_in(place)
        .required(required)
        .description(Some(help.trim()))
        .schema(Some(schema))
        .build()
}

/// Declares a query string: its fields, and its parameters in the API document.
macro_rules! query {
    ($(#[doc = $about:literal])* $name:ident { $($(#[doc = $help:literal])* $field:ident: $type:ty,)* }) => {
        $crate::http::extract::fields! {
            $(#[doc = $about])* $name { $($(#[doc = $help])* $field: $type,)* }
        }

        impl utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                vec![$($crate::http::extract::parameter::<$type>(
                    utoipa::openapi::path::ParameterIn::Query,
                    stringify!($field),
                    concat!($($help),*),
                )),*]
            }
        }
    };
}
pub(in crate::http) use query;
