//! `GET /docs`: the API reference for people, where they can try every route. It is rendered once from the OpenAPI
//! document. Its style sheet and script are built into the binary, and it loads nothing else.

mod reference;

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};

use crate::app::App;
use crate::config::Transport;

/// What the page may load and connect to: only this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The files change only with the program.
const AN_HOUR: &str = "max-age=3600";
/// The files of the page: name, media type, content.
const FILES: [(&str, &str, &str); 3] = [
    (
        "/docs/page.css",
        "text/css; charset=utf-8",
        include_str!("page.css"),
    ),
    (
        "/docs/try.js",
        "text/javascript; charset=utf-8",
        include_str!("try.js"),
    ),
    (
        "/docs/icon.svg",
        "image/svg+xml",
        include_str!("../../../static/img/icon.svg"),
    ),
];

/// The page, once somebody asked for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Rendered(Arc<OnceLock<Bytes>>);

/// Renders the API document of this application.
fn render(app: &App) -> Bytes {
    let settings = &app.settings;
    let setup = reference::Setup {
        base_url: settings.identity.base_url.trim_end_matches('/').to_owned(),
        api_prefix: settings.pages.api_prefix.clone(),
        sessions_in_cookies: settings.tokens.transport == Transport::Cookie,
        has_mailbox: app.ambient.mailbox.is_some(),
    };
    reference::render(&super::document(app), setup).into()
}

/// Returns the routes of the page's files.
pub(super) fn files<S: Clone + Send + Sync + 'static>() -> Router<S> {
    FILES
        .into_iter()
        .fold(Router::new(), |router, (path, kind, text)| {
            let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, AN_HOUR)];
            router.route(path, get(async move || (headers, text)))
        })
}

/// Shows the API reference.
///
/// A page for people, who can try every route there.
#[utoipa::path(get, path = "/docs", summary = "Show the API reference", operation_id = "docs", tag = "operations", responses(
    (status = 200, description = "A page that shows the API document.", body = String, content_type = "text/html"),
))]
pub(super) async fn page(
    State(app): State<App>,
    Extension(Rendered(page)): Extension<Rendered>,
) -> Response {
    let page = page.get_or_init(|| render(&app)).clone();
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, page).into_response()
}
