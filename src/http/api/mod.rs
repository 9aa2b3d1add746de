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
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use super::limits::{Limiter, enforce};
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
    let limited = |limit: &Option<RateLimit>| {
        let limit = limit.as_ref().filter(|_| !guessing.rate_limit_disabled);
        from_fn_with_state(Limiter::new(limit, &ambient.clock), enforce)
    };
    let mut router = OpenApiRouter::new()
        .routes(routes!(register::register).layer(limited(&limits.register)))
        .routes(routes!(verify::verify).layer(limited(&limits.verify)))
        .routes(routes!(verify::resend_verification).layer(limited(&limits.resend_verification)))
        .routes(routes!(login::login).layer(limited(&limits.login)))
        .routes(routes!(login::logout))
        .routes(routes!(me::show, me::change))
        .routes(routes!(password::change_password).layer(limited(&limits.change_password)))
        .routes(routes!(email::change_email).layer(limited(&limits.change_email)))
        .routes(routes!(email::confirm_email_change).layer(limited(&limits.confirm_email_change)))
        .routes(routes!(email::undo_email_change).layer(limited(&limits.confirm_email_change)));
    let features = &settings.features;
    if features.enable_password_reset {
        router = router
            .routes(routes!(password::forgot_password).layer(limited(&limits.forgot_password)))
            .routes(routes!(password::reset_password).layer(limited(&limits.reset_password)));
    }
    if features.enable_account_deletion {
        router = router
            .routes(routes!(delete_account::delete_account).layer(limited(&limits.delete_account)));
    }
    if features.enable_sms_2fa {
        router = router
            .routes(routes!(login::mfa_confirm).layer(limited(&limits.login_mfa_confirm)))
            .routes(routes!(phone::phone_start).layer(limited(&limits.phone_start)))
            .routes(routes!(phone::phone_confirm).layer(limited(&limits.phone_confirm)))
            .routes(routes!(phone::phone_disable).layer(limited(&limits.phone_disable)));
    }
    if features.enable_admin_router {
        router = router.merge(admin::router(features));
    }
    router
}
