//! The routes for administrators, one file per resource. Each handler takes
//! [`Administration`](crate::http::extract::Administration) first, or [`Admin`](crate::http::extract::Admin) if service
//! keys are not allowed.

mod events;
mod outbox;
mod pending;
mod service_keys;
mod sessions;
mod stats;
mod user_acts;
mod users;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::config::Features;

/// Returns all routes. Those that mail a password reset link exist only if password reset is enabled.
pub(super) fn router(features: &Features) -> OpenApiRouter<App> {
    let router = OpenApiRouter::new()
        .routes(routes!(stats::stats))
        .routes(routes!(stats::series))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::show, users::update, users::delete))
        .routes(routes!(user_acts::resend_verification))
        .routes(routes!(user_acts::unlock))
        .routes(routes!(user_acts::revoke_tokens))
        .routes(routes!(user_acts::set_password))
        .routes(routes!(user_acts::remove_mfa))
        .routes(routes!(user_acts::remove_passkeys))
        .routes(routes!(sessions::list, sessions::end_all))
        .routes(routes!(sessions::end))
        .routes(routes!(pending::list))
        .routes(routes!(pending::promote))
        .routes(routes!(pending::delete))
        .routes(routes!(events::list))
        .routes(routes!(service_keys::list, service_keys::create))
        .routes(routes!(service_keys::revoke))
        .routes(routes!(outbox::list))
        .routes(routes!(outbox::retry))
        .routes(routes!(outbox::delete));
    if features.enable_password_reset {
        router.routes(routes!(user_acts::send_password_reset))
    } else {
        router
    }
}
