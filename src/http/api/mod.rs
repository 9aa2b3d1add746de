//! The routes under the API prefix, a file a resource.

mod admin;
mod delete_account;
mod email;
mod login;
mod me;
mod password;
mod phone;
mod register;
mod verify;

use axum::Json;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use super::error::ApiError;
use super::limits::{Limiter, enforce};
use super::openapi;
use crate::app::{Ambient, App};
use crate::config::{RateLimit, Settings};

/// A success that has nothing else to say.
#[derive(Debug, Serialize, ToSchema)]
struct Message {
    /// One sentence for people.
    #[schema(value_type = String, example = "done")]
    message: &'static str,
}

impl Message {
    /// The answer to what is done.
    fn done(message: &'static str) -> Json<Self> {
        Json(Self { message })
    }

    /// The answer to what is taken, and says nothing of what comes of it.
    fn accepted(message: &'static str) -> (StatusCode, Json<Self>) {
        (StatusCode::ACCEPTED, Self::done(message))
    }
}

/// All routes that are switched on, with their limits per client address.
pub(super) fn router(settings: &Settings, ambient: &Ambient) -> OpenApiRouter<App> {
    let guessing = &settings.guessing;
    let limits = &guessing.limits;
    let limited = |(schemas, mut paths, routes): UtoipaMethodRouter<App>,
                   limit: &Option<RateLimit>| {
        for (_, operation) in openapi::operations(&mut paths) {
            let refusal = ApiError::rate_limited(12);
            openapi::describe(&mut operation.responses.responses, [refusal]);
        }
        let limit = limit.as_ref().filter(|_| !guessing.rate_limit_disabled);
        let layer = from_fn_with_state(Limiter::new(limit, &ambient.clock), enforce);
        (schemas, paths, routes.layer(layer))
    };
    let mut router = OpenApiRouter::new()
        .routes(limited(routes!(register::register), &limits.register))
        .routes(limited(routes!(verify::verify), &limits.verify))
        .routes(limited(
            routes!(verify::resend_verification),
            &limits.resend_verification,
        ))
        .routes(limited(routes!(login::login), &limits.login))
        .routes(routes!(login::logout))
        .routes(routes!(me::show, me::change))
        .routes(limited(
            routes!(password::change_password),
            &limits.change_password,
        ))
        .routes(limited(routes!(email::change_email), &limits.change_email))
        .routes(limited(
            routes!(email::confirm_email_change),
            &limits.confirm_email_change,
        ));
    let features = &settings.features;
    if features.enable_password_reset {
        router = router
            .routes(limited(
                routes!(password::forgot_password),
                &limits.forgot_password,
            ))
            .routes(limited(
                routes!(password::reset_password),
                &limits.reset_password,
            ));
    }
    if features.enable_sms_2fa {
        router = router
            .routes(limited(
                routes!(login::mfa_confirm),
                &limits.login_mfa_confirm,
            ))
            .routes(limited(routes!(phone::phone_start), &limits.phone_start))
            .routes(limited(
                routes!(phone::phone_confirm),
                &limits.phone_confirm,
            ))
            .routes(limited(
                routes!(phone::phone_disable),
                &limits.phone_disable,
            ));
    }
    if features.enable_account_deletion {
        router = router.routes(limited(
            routes!(delete_account::delete_account),
            &limits.delete_account,
        ));
    }
    if features.enable_admin_router {
        router = router.merge(admin::router(features));
    }
    router
}
