//! The routes under the API prefix, a file a resource.

mod login;
mod me;
mod register;
mod verify;

use axum::middleware::from_fn_with_state;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use super::limits::{Limiter, enforce};
use crate::app::{Ambient, App};
use crate::config::{RateLimit, Settings};

/// A success that has nothing else to say.
#[derive(Debug, Serialize, ToSchema)]
struct Message {
    /// One sentence for people.
    #[schema(value_type = String)]
    message: &'static str,
}

/// All routes, with their limits per client address.
pub(super) fn router(settings: &Settings, ambient: &Ambient) -> OpenApiRouter<App> {
    let guessing = &settings.guessing;
    let limits = &guessing.limits;
    let limited = |limit: &Option<RateLimit>| {
        let limit = limit.as_ref().filter(|_| !guessing.rate_limit_disabled);
        from_fn_with_state(Limiter::new(limit, &ambient.clock), enforce)
    };
    OpenApiRouter::new()
        .routes(routes!(register::register).layer(limited(&limits.register)))
        .routes(routes!(verify::verify).layer(limited(&limits.verify)))
        .routes(routes!(verify::resend_verification).layer(limited(&limits.resend_verification)))
        .routes(routes!(login::login).layer(limited(&limits.login)))
        .routes(routes!(login::logout))
        .routes(routes!(me::show, me::change))
}
