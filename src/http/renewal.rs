//! Renews sessions in cookies while they are used: the response sets a new cookie if more than half of the token's life
//! is over.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Router, middleware};

use super::cookie::SetCookie;
use crate::accounts::{Error, Session};
use crate::app::App;

/// The session of a request whose cookie should be renewed.
#[derive(Clone, Default)]
pub(super) struct Renewal(Arc<OnceLock<Session>>);

impl Renewal {
    /// Requests a renewal.
    pub(super) fn wish(&self, session: &Session) {
        // If a request is authenticated twice, the second call is for the same session.
        let _ = self.0.set(session.clone());
    }
}

/// Renews the cookie after the request. If the response sets or removes the cookie itself, it stays as it is. A session
/// that has ended meanwhile isn't renewed, so that its cookie can't replace that of a later login.
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

/// Renews a session, if possible, and returns its new cookie.
pub(super) async fn renewed(app: &App, session: &Session) -> Option<SetCookie> {
    match app.accounts.renew_session(session).await {
        Ok(issued) => {
            let identity = &app.settings.identity;
            let cookie = SetCookie::keep(&issued.access_token, issued.expires_in, identity);
            Some(cookie)
        }
        Err(Error::NotRenewable) => None,
        Err(error) => {
            // The session stays valid, and the next request tries again.
            tracing::warn!(%error, "renewing a session failed");
            None
        }
    }
}

/// Renews sessions in cookies while people use your own routes, as regstack's routes do. When more than half of the
/// token's life is over, the response to a request with [`SignedIn`](super::SignedIn) or [`Admin`](super::Admin) sets a
/// new cookie, up to `session_max_seconds` after the login.
///
/// Don't store such a response in a shared cache.
pub fn renew_sessions<S>(routes: Router<S>, app: &App) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    routes.layer(middleware::from_fn_with_state(app.clone(), renew_cookie))
}
