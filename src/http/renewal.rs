//! Sessions in cookies go on while they are used: the answer to a request past half of its token's life brings a new one.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

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
    match app.accounts.renew_session(session).await {
        Ok(issued) => {
            let identity = &app.settings.identity;
            let cookie = SetCookie::keep(&issued.access_token, issued.expires_in, identity);
            (cookie, response).into_response()
        }
        Err(Error::NotRenewable) => response,
        Err(error) => {
            // The session lives on as it is, and the next request tries again.
            tracing::warn!(%error, "a session could not be renewed");
            response
        }
    }
}
