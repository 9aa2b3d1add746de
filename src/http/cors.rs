//! Which pages of other origins may call the API (CORS): those in `cors_origins`, none by default.
//!
//! Credentials are allowed only if sessions are in a cookie, and only for origins listed by name.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::client_address::REQUEST_ID;
use super::{cookie, sign_up};
use crate::config::{Settings, Transport};

/// How long browsers may cache a preflight response.
const KEPT: Duration = Duration::from_mins(10);
const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// Returns the CORS layer if any origin is allowed.
pub(super) fn layer(settings: &Settings) -> Option<CorsLayer> {
    let identity = &settings.identity;
    if identity.cors_origins.is_empty() {
        return None;
    }
    let names = identity.cors_origins.iter();
    let origins = if identity.allows_every_origin() {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(names.filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    let request_id = HeaderName::from_static(REQUEST_ID);
    let with_cookies =
        settings.tokens.transport == Transport::Cookie && !identity.allows_every_origin();
    Some(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods(METHODS)
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                cookie::TRANSPORT,
                sign_up::SESSION,
                request_id.clone(),
            ])
            .expose_headers([header::RETRY_AFTER, request_id])
            .allow_credentials(with_cookies)
            .max_age(KEPT),
    )
}
