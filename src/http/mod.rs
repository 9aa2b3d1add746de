//! The HTTP face: routes, extractors, errors, middleware, and the server that runs them.
//!
//! Parses requests into `model` types, calls one method of `accounts` and renders what it answers. Decides nothing about
//! accounts, and knows neither the database nor the terminal.

mod api;
mod client;
mod error;
mod extract;
mod health;
mod limits;
mod mailbox;
mod middleware;
mod openapi;
mod serve;

use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use tokio_util::task::TaskTracker;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{Ambient, App};
use crate::config::Settings;

pub use serve::{ServeError, bind, serve};

/// Every route of `app`, to be merged into an axum application of your own.
///
/// The client's address comes from [`axum::extract::ConnectInfo`]: serve the merged application with
/// `into_make_service_with_connect_info::<SocketAddr>()`, or all clients count as one. Unknown paths under the API
/// prefix answer in JSON; all others are left to the host.
#[must_use]
pub fn router(app: &App) -> Router {
    build(app, &TaskTracker::new())
}

/// The routes; what they start runs as tasks of `tasks`.
fn build(app: &App, tasks: &TaskTracker) -> Router {
    let settings = &app.settings;
    let (routes, document) = documented(settings, &app.ambient).split_for_parts();
    let document = openapi::Rendered::new(document, &settings.identity.base_url);
    let isolation = middleware::Isolation {
        tasks: tasks.clone(),
        time_limit: Duration::from_secs(settings.server.request_timeout_seconds),
    };
    routes
        .merge(mailbox::router(app.ambient.mailbox.as_ref()))
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(axum::Extension(document))
        .layer(from_fn_with_state(isolation, middleware::isolate))
        .layer(from_fn_with_state(
            middleware::Watch::new(settings, &app.ambient),
            middleware::observe,
        ))
        .with_state(app.clone())
}

/// The routes that the API document describes.
fn documented(settings: &Settings, ambient: &Ambient) -> OpenApiRouter<App> {
    let api = api::router(settings, ambient).fallback(error::not_found);
    let outside = OpenApiRouter::with_openapi(openapi::Document::openapi())
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(openapi::document));
    match settings.pages.api_prefix.trim_end_matches('/') {
        "" => outside.merge(api),
        prefix => outside.nest(prefix, api),
    }
}
