//! `GET /sessions`, `DELETE /sessions`, `DELETE /sessions/{sid}`, `POST /session/renew`

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Message;
use super::login::SessionAnswer;
use crate::accounts::Error;
use crate::app::App;
use crate::config::Tokens;
use crate::http::cookie::ClearCookie;
use crate::http::error::ApiError;
use crate::http::extract::{After, Limit, Query, SessionId, SignedIn, limit, query};
use crate::http::openapi::refusals;
use crate::model::{Page, SessionKey, SessionPublic};

/// Returns the routes. The one that renews sessions exists only if sessions can be renewed.
pub(super) fn router(tokens: &Tokens) -> OpenApiRouter<App> {
    let router = OpenApiRouter::new()
        .routes(routes!(list, end_others))
        .routes(routes!(end));
    if tokens.session_max_seconds > 0 {
        router.routes(routes!(renew))
    } else {
        router
    }
}

query! {
    /// The page to return.
    SessionsQuery {
        /// The `next` of the previous page.
        after: Option<After<SessionKey>>,
        /// Maximum number of sessions; 50 by default.
        limit: Option<Limit>,
    }
}

pub(super) type SessionPage = Page<SessionPublic, SessionKey>;

/// Lists where you are logged in, newest login first.
///
/// Sessions from before an update from version 0.2.0, and those of the Python package, aren't listed. They end with the
/// others.
#[utoipa::path(get, path = "/sessions", summary = "List your sessions", operation_id = "list_sessions", tag = "accounts", security(("bearer" = [])), params(SessionsQuery), responses(
    (status = 200, description = "One page of sessions.", body = SessionPage)))]
async fn list(
    State(app): State<App>,
    SignedIn { session, .. }: SignedIn,
    Query(query): Query<SessionsQuery>,
) -> Result<Json<SessionPage>, ApiError> {
    let (after, limit) = (query.after.map(|after| after.0), limit(query.limit));
    let id = session.user.id;
    let page = app.accounts.sessions(id, Some(&session), after, limit);
    Ok(Json(page.await?))
}

/// Ends one of your sessions.
///
/// All its tokens are rejected from the next request on.
#[utoipa::path(delete, path = "/sessions/{sid}", summary = "End one of your sessions", operation_id = "end_session", tag = "accounts", security(("bearer" = [])), params(SessionId), responses(
    (status = 200, description = "The session has ended.", body = Message)))]
async fn end(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    SessionId(id): SessionId,
    clear_cookie: ClearCookie,
) -> Result<(Option<ClearCookie>, Json<Message>), ApiError> {
    let id = id.as_str();
    app.accounts.end_session(&session.user, id, &origin).await?;
    let is_own = id == session.claims.session_id();
    let clear_cookie = is_own.then_some(clear_cookie);
    Ok((clear_cookie, Message::done("the session has ended")))
}

/// Ends all your sessions except the current one.
///
/// This includes sessions that aren't listed. Mailed links keep working.
#[utoipa::path(delete, path = "/sessions", summary = "End all your other sessions", operation_id = "end_other_sessions", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "All other sessions have ended.", body = Message)))]
async fn end_others(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
) -> Result<Json<Message>, ApiError> {
    app.accounts.end_other_sessions(&session, &origin).await?;
    Ok(Message::done("all other sessions have ended"))
}

refusals!(RenewRefusals: Error::NotRenewable);

/// Renews your session.
///
/// Answers with a new token, which expires at the latest `session_max_seconds` after the login. The previous token works
/// until it expires. A session in a cookie is renewed automatically while it is used.
#[utoipa::path(post, path = "/session/renew", summary = "Renew your session", operation_id = "renew_session", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "The session, with a new token.", body = SessionAnswer, headers(
        ("Set-Cookie" = String, description = "The session, if the request's session was in a cookie."))), RenewRefusals))]
async fn renew(
    State(app): State<App>,
    SignedIn { session, .. }: SignedIn,
    mut cookie: ClearCookie,
) -> Result<(ClearCookie, Json<SessionAnswer>), ApiError> {
    let issued = app.accounts.renew_session(&session).await?;
    let answer = SessionAnswer::renewed(&issued, &mut cookie, &app.settings);
    Ok((cookie, Json(answer)))
}
