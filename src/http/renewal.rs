//! Sessions in cookies go on while they are used: the answer to a request past half of its token's life brings a new one.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Router, middleware};

use super::cookie::SetCookie;
use crate::accounts::{Error, Session};
use crate::app::App;

/// The session of a request, if its cookie is to be renewed.
#[derive(Clone, Default)]
pub(super) struct Renewal(Arc<OnceLock<Session>>);

impl Renewal {
    /// Asks for a renewal.
    pub(super) fn wish(&self, session: &Session) {
        // Who is authorised twice in one request wishes the same again.
        let _ = self.0.set(session.clone());
    }
}

/// Renews the cookie once the request is done. An answer that sets or takes the cookie itself stays as it is, and a session
/// that ended meanwhile gets none: it must not take the place of the login that came after it.
pub(super) async fn renew_cookie(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Response {
    let renewal = Renewal::default();
    request.extensions_mut().insert(renewal.clone());
    let response = next.run(request).await;
    let Some(session) = renewal.0.get() else {
        return response;
    };
    if response.headers().contains_key(header::SET_COOKIE) {
        return response;
    }
    (renewed(&app, session).await, response).into_response()
}

/// The cookie with which a session goes on, if it can.
pub(super) async fn renewed(app: &App, session: &Session) -> Option<SetCookie> {
    match app.accounts.renew_session(session).await {
        Ok(issued) => {
            let identity = &app.settings.identity;
            let cookie = SetCookie::keep(&issued.access_token, issued.expires_in, identity);
            Some(cookie)
        }
        Err(Error::NotRenewable) => None,
        Err(error) => {
            // The session lives on as it is, and the next request tries again.
            tracing::warn!(%error, "renewing a session failed");
            None
        }
    }
}

/// Renews sessions that travel in a cookie while people use your own routes, as regstack's routes do. When more than half of
/// the token's life is over, the answer to a request that took [`SignedIn`](super::SignedIn) or [`Admin`](super::Admin) sets a
/// new cookie, up to `session_max_seconds` after the login.
///
/// Don't let a cache that several people share store such an answer.
pub fn renew_sessions<S>(routes: Router<S>, app: &App) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    routes.layer(middleware::from_fn_with_state(app.clone(), renew_cookie))
}
