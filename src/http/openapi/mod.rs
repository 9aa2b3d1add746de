//! The API document (OpenAPI 3.1), generated from the handlers, and the helpers that they describe themselves with.

mod examples;
mod finish;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::Value;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::server::Server;
use utoipa::openapi::{
    Content, ObjectBuilder, OpenApi, Paths, Ref, RefOr, Response, ResponseBuilder, Type,
};
use utoipa::{Modify, ToSchema as _};

use super::constant::ErrorCode;
use super::cookie;
use super::error::{ApiError, Problem, ValidationProblem};
use super::extract::MAX_BODY_BYTES;
use super::fault::{Fault, Location, kind};
use crate::accounts::Error;
use crate::app::App;
use crate::config::{Settings, Transport};

pub(super) use examples::of as example;

/// What readers of the document need to know before they use any route.
const DESCRIPTION: &str = "\
User accounts for your application: sign-up, login, sessions, and administration.

To start, register an account, confirm it with the link in the email, and log in:

1. `POST /register` with an email address and a password.
2. `POST /verify` with the `token` in the link.
3. `POST /login` with the header `x-regstack-transport: bearer`. The answer holds an `access_token`.
4. `GET /me` with the header `Authorization: Bearer <access_token>`.

A refusal is `{\"detail\": \"<a sentence for people>\", \"code\": \"<a stable word for programs>\"}`. An invalid request (422) lists every \
fault, with the field that it is about. 429 and 503 say in `Retry-After` when to try again.

Lists are pages: send the `next` of an answer as `after` to get the page behind it, until `next` is null. Times are RFC 3339, in UTC.";

/// Why a request without a body can be refused before any route handles it.
const HEADERS_TOO_LARGE: &str = "The header fields of the request are too large.";

/// The names of the security schemes. The routes repeat the first one, because their macro accepts only literals.
const BEARER: &str = "bearer";
const COOKIE: &str = "cookie";
const SERVICE_KEY: &str = "service_key";
const JSON: &str = "application/json";

/// The frame that the routes' descriptions are put into.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "regstack", description = DESCRIPTION),
    modifiers(&SecuritySchemes),
    components(schemas(Problem, ValidationProblem, Fault, ErrorCode)),
    tags(
        (name = "accounts", description = "Sign-up, login, and your own account."),
        (name = "administration", description = "Users, pending registrations, events and the outbox. Only for administrators, and for service keys with the scope `admin:read` (GET only) or `admin:write`."),
        (name = "services", description = "For programs, with a service key: `regstack service-keys create`."),
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
            .description(Some("The `access_token` from the answer of a login."))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme(BEARER, SecurityScheme::Http(scheme));
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("rsk_…")
            .description(Some(
                "A service key. You can also use Basic, with any user name and the key as the password.",
            ))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme(SERVICE_KEY, SecurityScheme::Http(scheme));
    }
}

/// The document in the form in which it is sent, once somebody asked for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Rendered(Arc<OnceLock<Bytes>>);

/// Completes the document with what depends on this application.
pub(super) fn complete(mut document: OpenApi, settings: &Settings) -> Value {
    document.servers = Some(vec![Server::new(&settings.identity.base_url)]);
    let by_cookie = settings.tokens.transport == Transport::Cookie;
    if by_cookie {
        let help = "The cookie that login sets. Requests that change something need an `Origin` or `Sec-Fetch-Site` header of this site.";
        let value = ApiKeyValue::with_description(cookie::NAME, help);
        let scheme = SecurityScheme::ApiKey(ApiKey::Cookie(value));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(COOKIE, scheme);
    }
    for (reads, operation) in operations(&mut document.paths) {
        add_common(operation, reads, by_cookie);
    }
    examples::complete(&mut document);
    finish::finish(&document)
}

/// Gets the OpenAPI document.
#[utoipa::path(get, path = "/openapi.json", summary = "Get the OpenAPI document", operation_id = "openapi", tag = "operations", responses(
    (status = 200, description = "The API document, OpenAPI 3.1.", body = Object, content_type = "application/json"),
))]
pub(super) async fn document(
    State(app): State<App>,
    Extension(Rendered(text)): Extension<Rendered>,
) -> impl IntoResponse {
    let text = text.get_or_init(|| super::document(&app).to_string().into());
    ([(header::CONTENT_TYPE, JSON)], text.clone())
}

/// Returns every operation, and whether it only reads.
pub(super) fn operations(paths: &mut Paths) -> impl Iterator<Item = (bool, &mut Operation)> {
    paths.paths.values_mut().flat_map(|item| {
        let writes = [
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        let writes = writes.into_iter().flatten().map(|write| (false, write));
        item.get.iter_mut().map(|read| (true, read)).chain(writes)
    })
}

/// Adds the responses that depend only on the kind of input of a route: a session, a body, a query, or an id in its
/// path.
fn add_common(operation: &mut Operation, reads: bool, by_cookie: bool) {
    let is_for = |tag: &str| operation.tags.iter().flatten().any(|known| known == tag);
    if is_for("operations") {
        let refused = Response::new(HEADERS_TOO_LARGE);
        let responses = &mut operation.responses.responses;
        responses.insert("431".to_owned(), refused.into());
        return;
    }
    let mut refusals = vec![ApiError::internal(&""), ApiError::timed_out()];
    if is_for("administration") {
        refusals.push(Error::NotAdmin.into());
        refusals.push(Error::MfaRequired.into());
        refusals.push(Error::InsufficientScope.into());
    }
    let is_for_services = is_for("services");
    if is_for_services {
        refusals.push(Error::InsufficientScope.into());
    }
    if let Some(security) = &mut operation.security {
        refusals.push(Error::NotAuthenticated.into());
        let by_cookie = by_cookie && !is_for_services;
        if by_cookie {
            security.push(SecurityRequirement::new(COOKIE, [""; 0]));
            refusals.push(ApiError::ambiguous_credentials());
        }
        if by_cookie && !reads {
            refusals.push(ApiError::cross_site());
        }
    }
    let has_parameter = |place: ParameterIn| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters.any(|known| matches!(known, RefOr::T(known) if known.parameter_in == place))
    };
    if has_parameter(ParameterIn::Path) {
        refusals.push(ApiError::not_found());
    }
    if has_parameter(ParameterIn::Query) {
        let rule = "this field is a whole number from 1 to 200";
        let example = Fault::field(Location::Query, "limit", kind::LESS_THAN_EQUAL, rule);
        refusals.push(ApiError::invalid(vec![example]));
    }
    if let Some(RefOr::T(body)) = &operation.request_body {
        let rule = "a password has at least 8 characters";
        let example = Fault::field(Location::Body, "password", kind::STRING_TOO_SHORT, rule);
        refusals.extend([
            ApiError::request_timeout(),
            ApiError::body_too_large(MAX_BODY_BYTES),
            if body.content.contains_key(JSON) {
                ApiError::unsupported_media_type()
            } else {
                ApiError::no_form()
            },
            ApiError::invalid(vec![example]),
        ]);
    }
    describe(&mut operation.responses.responses, refusals);
}

/// Adds errors to the responses of an operation: one response per status, with one example per code.
pub(super) fn describe(
    responses: &mut BTreeMap<String, RefOr<Response>>,
    refusals: impl IntoIterator<Item = ApiError>,
) {
    for refusal in refusals {
        let (status, code) = (refusal.status(), refusal.code());
        let response = responses
            .entry(status.as_str().to_owned())
            .or_insert_with(|| response(status).into());
        let RefOr::T(response) = response else {
            continue;
        };
        let Some(RefOr::T(content)) = response.content.get_mut(JSON) else {
            continue;
        };
        if !content.examples.contains_key(code) {
            let comma = if content.examples.is_empty() {
                ""
            } else {
                ", "
            };
            response.description.extend([comma, "`", code, "`"]);
            let example = ExampleBuilder::new().value(Some(refusal.body())).build();
            content.examples.insert(code.to_owned(), example.into());
        }
    }
}

/// Returns the response for a status, without a description of its errors.
fn response(status: StatusCode) -> Response {
    let (schema, header) = match status {
        StatusCode::UNPROCESSABLE_ENTITY => (ValidationProblem::name(), None),
        StatusCode::UNAUTHORIZED => {
            let header = ("WWW-Authenticate", "`Bearer`", Type::String);
            (Problem::name(), Some(header))
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let header = ("Retry-After", "Whole seconds.", Type::Integer);
            (Problem::name(), Some(header))
        }
        _ => (Problem::name(), None),
    };
    let content = Content::new(Some(Ref::from_schema_name(schema)));
    let response = ResponseBuilder::new().content(JSON, content);
    let Some((name, about, kind)) = header else {
        return response.build();
    };
    let schema = ObjectBuilder::new().schema_type(kind).build();
    let header = HeaderBuilder::new()
        .schema(Some(schema))
        .description(Some(about));
    response.header(name, header.build()).build()
}

/// `refusals!(Name: error, …)` declares a type that describes these errors in a route's `responses(…)`. Errors that
/// many routes share are added later. The errors are created in the same way as in the handler, so that status, code
/// and message are the real ones.
macro_rules! refusals {
    ($name:ident: $($error:expr),* $(,)?) => {
        struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                let mut described = std::collections::BTreeMap::new();
                let refusals = [$($crate::http::error::ApiError::from($error)),*];
                $crate::http::openapi::describe(&mut described, refusals);
                described
            }
        }
    };
}
pub(super) use refusals;
