//! The console: administration in the browser, below `{ui_prefix}/admin`.
//!
//! Its pages are rendered here and work without a script: a page is a GET, and an act is a POST that redirects to a page
//! which shows its result. [`entry`] decides who may come in, before any route is looked at: a handler only ever runs for
//! an administrator. Handlers parse, call one method of `accounts`, and render; they make no decisions about accounts.
//!
//! # How to add a room
//!
//! 1. `rooms.rs`: a variant of [`Room`](rooms::Room) with its path, in the order of the navigation.
//! 2. `NAME.rs`: its handlers. Each takes an [`Operator`](operator::Operator), which is the administrator, the origin for
//!    the audit trail, and the way to render:
//!    - `operator.page("NAME", Some(Room::Name), &view)` renders `templates/console/NAME.html`. The fields of `view` are
//!      the template's variables, beside those of the frame (`frame.rs`).
//!    - `operator.done("/path", Done::new("key"))` redirects and shows the message `console-done-KEY` there.
//!    - `operator.answer("/path", result)` does that for a result of `accounts`, and shows refusals in the same place.
//!    - The query is [`ListQuery`](query::ListQuery), a form is [`Form`](form::Form). A form needs nothing against cross-site
//!      requests: `entry` refuses them.
//!    - A sensitive act calls `operator.prove(&form).await?` first, and its form includes `console/proof.html`.
//! 3. [`router`]: its routes.
//! 4. `templates/console/NAME.html`, which extends `console/frame.html`. Text of strangers is in `<bdi>`.
//! 5. `templates/locales/console/*.ftl`: `console-room-NAME` for the navigation, and all its texts, in seven languages.
//! 6. `static/css/console.css`: only if the parts that are there don't do.
//! 7. `tests/it/console/NAME.rs`, and `docs/console.md`.

mod account;
mod acts;
mod backup;
mod bulk;
mod cookies;
mod create;
mod edit;
mod entry;
mod events;
mod export;
mod filters;
mod flash;
mod form;
mod frame;
mod keys;
mod logout;
mod operator;
mod outbox;
mod overview;
mod passkey;
mod pending;
mod proof;
mod query;
mod question;
mod rooms;
mod service_keys;
mod sessions;
mod set_up;
mod settings;
mod shown;
mod templates;
mod test_message;
mod user;
mod users;
mod webhooks;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

use super::pages::Files;
use crate::app::App;
use crate::config::SET_UP_PATH;
use frame::Console;

/// The path of the console below the prefix of the pages.
const PATH: &str = "/admin";

/// Returns the routes of the console, if it is enabled.
pub(super) fn router(app: &App) -> Router<App> {
    let settings = &app.settings;
    if !settings.features.enable_ui_router || !settings.features.enable_admin_router {
        return Router::new();
    }
    let console = Console::new(app, &Files::new(&settings.pages.extra_static_dirs));
    let rooms = Router::new()
        .route("/", get(operator::start))
        .route("/logout", post(logout::log_out))
        .route("/overview", get(overview::show))
        .route("/users", get(users::list))
        .route("/users/new", get(create::show).post(create::create))
        .route("/users/bulk", get(bulk::preview).post(bulk::run))
        .route("/users/export", get(export::csv))
        .route("/users/{user_id}", get(user::show))
        .route(
            "/users/{user_id}/name",
            get(edit::name).post(edit::set_name),
        )
        .route(
            "/users/{user_id}/email",
            get(edit::email).post(edit::set_email),
        )
        .route(
            "/users/{user_id}/password",
            get(edit::password).post(edit::set_password),
        )
        .route(
            "/users/{user_id}/sessions/{sid}",
            get(user::ask_end_session).post(user::end_session),
        )
        .route(
            "/users/{user_id}/identities/{provider}",
            get(user::ask_unlink).post(user::unlink),
        )
        .route("/users/{user_id}/{act}", get(user::ask).post(user::act))
        .route("/pending", get(pending::list))
        .route(
            "/pending/promote",
            get(pending::ask_promote).post(pending::promote),
        )
        .route(
            "/pending/delete",
            get(pending::ask_delete).post(pending::delete),
        )
        .route("/sessions", get(sessions::list))
        .route("/sessions/end", get(sessions::ask).post(sessions::end))
        .route("/events", get(events::list))
        .route("/outbox", get(outbox::list))
        .route(
            "/outbox/test",
            get(test_message::show).post(test_message::send),
        )
        .route(
            "/outbox/retry",
            get(outbox::ask_all).post(outbox::retry_all),
        )
        .route("/outbox/{id}", get(outbox::show))
        .route("/outbox/{id}/retry", post(outbox::retry))
        .route("/outbox/{id}/delete", get(outbox::ask).post(outbox::delete))
        .route("/webhooks", get(webhooks::list))
        .route("/templates", get(templates::list))
        .route("/templates/preview", get(templates::preview))
        .route("/templates/html", get(templates::html))
        .route("/keys", get(keys::list))
        .route("/keys/rotate", get(keys::ask_rotate).post(keys::rotate))
        .route("/keys/remove", get(keys::ask_remove).post(keys::remove))
        .route(
            "/keys/service/new",
            get(service_keys::ask).post(service_keys::create),
        )
        .route(
            "/keys/service/{id}/revoke",
            get(service_keys::ask_revoke).post(service_keys::revoke),
        )
        .route("/proof/passkey/start", post(passkey::start))
        .route("/proof/passkey", post(passkey::finish))
        .route("/settings", get(settings::list))
        .route("/backup", get(backup::ask).post(backup::download))
        .fallback(operator::missing)
        .method_not_allowed_fallback(operator::missing)
        .layer(from_fn_with_state(console.clone(), entry::admit));
    let for_anybody = console.clone();
    let slash = get(async move || console.redirect("/"));
    let path = format!("{}{PATH}", settings.pages.ui_prefix);
    Router::new()
        .route(&format!("{path}/"), slash)
        .route(
            &format!("{}{SET_UP_PATH}", settings.pages.ui_prefix),
            set_up::route(&for_anybody),
        )
        .nest(&path, rooms)
        .layer(CompressionLayer::new())
}
