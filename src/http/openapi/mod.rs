//! The API document (OpenAPI 3.1), generated from the handlers, and what they need to describe themselves.

mod cookie;
mod examples;
mod finish;

use std::collections::BTreeMap;

use axum::Extension;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::openapi::{
    ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Type,
};
use utoipa::{Modify, ToSchema as _};

use super::constant::ErrorCode;
use super::error::{ApiError, Problem, ValidationProblem};
use super::extract::MAX_BODY_BYTES;
use super::fault::{Fault, Location, kind};
use crate::accounts::Error;
use crate::config::{Settings, Transport};

/// What a reader of the document has to know before any route.
const DESCRIPTION: &str = "\
User accounts for your application: sign-up, login, sessions, and administration.

To start, register an account, confirm it with the link that is mailed, and log in:

1. `POST /register` with an email address and a password.
2. `POST /verify` with the `token` of the mailed link.
3. `POST /login` with the header `x-regstack-transport: bearer`. The answer holds an `access_token`.
4. `GET /me` with the header `Authorization: Bearer <access_token>`.

A refusal is `{\"detail\": \"<a sentence for people>\", \"code\": \"<a stable word for programs>\"}`. An invalid request (422) lists every \
fault, with the field that it is about. 429 and 503 say in `Retry-After` when to try again.

Lists are pages: send the `next` of an answer as `after` to get the page behind it, until `next` is null. Times are RFC 3339, in UTC.";

/// Why a request without a body can be refused before any route sees it.
pub(super) const HEADERS_TOO_LARGE: &str = "The header fields of the request are too large.";

/// The name of the security scheme, which the routes repeat (their macro takes literals only).
const BEARER: &str = "bearer";

/// The frame that the routes' descriptions are put into.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "regstack", description = DESCRIPTION),
    modifiers(&SecuritySchemes),
    components(schemas(Problem, ValidationProblem, Fault, ErrorCode)),
    tags(
        (name = "accounts", description = "Sign-up, login, and your own account."),
        (name = "administration", description = "Users, pending registrations, events and the outbox. Only for administrators."),
        (name = "operations", description = "Health checks and this document."),
    )
)]
pub(super) struct Document;

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The `access_token` that login answers."))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    }
}

/// The document as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Rendered(Bytes);

impl Rendered {
    pub(super) fn new(mut document: OpenApi, settings: &Settings) -> Self {
        document.servers = Some(vec![Server::new(&settings.identity.base_url)]);
        if settings.tokens.transport == Transport::Cookie {
            cookie::complete(&mut document);
        }
        examples::complete(&mut document);
        Self(finish::finish(&document).to_string().into())
    }
}

#[cfg(test)]
impl Rendered {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Gets the OpenAPI document.
#[utoipa::path(get, path = "/openapi.json", operation_id = "openapi", tag = "operations", responses(
    (status = 200, description = "The API document, OpenAPI 3.1.", body = Object, content_type = "application/json"),
    (status = 431, description = HEADERS_TOO_LARGE),
))]
pub(super) async fn document(Extension(rendered): Extension<Rendered>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], rendered.0)
}

/// Describes refusals: one response a status, one example a code.
pub(super) fn describe(
    errors: impl IntoIterator<Item = ApiError>,
) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status = BTreeMap::<StatusCode, Vec<ApiError>>::new();
    for error in errors {
        let of_status = by_status.entry(error.status()).or_default();
        if of_status.iter().all(|known| known.code() != error.code()) {
            of_status.push(error);
        }
    }
    by_status
        .into_iter()
        .map(|(status, errors)| {
            (
                status.as_str().to_owned(),
                RefOr::T(response(status, &errors)),
            )
        })
        .collect()
}

fn response(status: StatusCode, errors: &[ApiError]) -> Response {
    let schema = if status == StatusCode::UNPROCESSABLE_ENTITY {
        ValidationProblem::name()
    } else {
        Problem::name()
    };
    let examples = errors.iter().map(|error| {
        (
            error.code(),
            ExampleBuilder::new().value(Some(error.body())).build(),
        )
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(schema)))
        .examples_from_iter(examples)
        .build();
    let codes: Vec<_> = errors
        .iter()
        .map(|error| format!("`{}`", error.code()))
        .collect();
    let mut response = ResponseBuilder::new()
        .description(codes.join(", "))
        .content("application/json", content);
    for (name, description, kind) in headers(status) {
        let schema = ObjectBuilder::new().schema_type(kind).build();
        response = response.header(
            name,
            HeaderBuilder::new()
                .schema(Some(schema))
                .description(Some(description))
                .build(),
        );
    }
    response.build()
}

fn headers(status: StatusCode) -> Vec<(&'static str, &'static str, Type)> {
    match status {
        StatusCode::UNAUTHORIZED => vec![("WWW-Authenticate", "`Bearer`", Type::String)],
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            vec![("Retry-After", "Whole seconds.", Type::Integer)]
        }
        _ => Vec::new(),
    }
}

/// What every route can answer that looks at accounts.
pub(super) fn always() -> Vec<ApiError> {
    vec![ApiError::internal(&""), ApiError::timed_out()]
}

/// What every route can answer that takes a body.
pub(super) fn body() -> Vec<ApiError> {
    let example = Fault::field(
        Location::Body,
        "password",
        kind::STRING_TOO_SHORT,
        "a password has at least 8 characters",
    );
    vec![
        ApiError::slow_body(),
        ApiError::body_too_large(MAX_BODY_BYTES),
        ApiError::unsupported_media_type(),
        ApiError::invalid(vec![example]),
    ]
}

/// What every route can answer that takes a query.
pub(super) fn query() -> Vec<ApiError> {
    let example = Fault::field(
        Location::Query,
        "limit",
        kind::LESS_THAN_EQUAL,
        "this field is a whole number from 1 to 200",
    );
    vec![ApiError::invalid(vec![example])]
}

/// What every route can answer that needs a session.
pub(super) fn session() -> Vec<ApiError> {
    vec![Error::NotAuthenticated.into()]
}

/// What every route can answer that is for administrators.
pub(super) fn admin() -> Vec<ApiError> {
    vec![Error::NotAuthenticated.into(), ApiError::not_admin()]
}

/// What every route can answer that has a limit per client address.
pub(super) fn limited() -> Vec<ApiError> {
    vec![ApiError::rate_limited(12)]
}

/// `refusals!(Name: [group, …] error, …)` declares a type that describes these errors among a route's `responses(…)`.
/// The errors are made as the handler makes them, so that statuses, codes and sentences are the real ones.
macro_rules! refusals {
    ($name:ident: [$($group:ident),*] $($error:expr),* $(,)?) => {
        struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                let errors = [
                    $($crate::http::openapi::$group(),)*
                    vec![$($crate::http::error::ApiError::from($error)),*],
                ];
                $crate::http::openapi::describe(errors.into_iter().flatten())
            }
        }
    };
}
pub(super) use refusals;
