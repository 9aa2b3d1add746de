//! `/forward-auth`: tells a proxy whether a request may pass to an application, and whose request it is.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::accounts::{Error, Session};
use crate::app::App;
use crate::config::{Settings, Transport};
use crate::http::accept;
use crate::http::api::Message;
use crate::http::client_address::Proxies;
use crate::http::cookie::{self, SetCookie};
use crate::http::error::ApiError;
use crate::http::extract::{Flag, Query, bearer, live_session, query};
use crate::http::forwarded_request::Forwarded;
use crate::http::middleware::peer;
use crate::http::openapi::refusals;
use crate::http::renewal::renewed;
use crate::model::User;

const USER: HeaderName = HeaderName::from_static("remote-user");
const EMAIL: HeaderName = HeaderName::from_static("remote-email");
const NAME: HeaderName = HeaderName::from_static("remote-name");
const GROUPS: HeaderName = HeaderName::from_static("remote-groups");

/// The characters that are percent-encoded in `Remote-Email` and `Remote-Name`, in addition to everything that isn't
/// ASCII.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

query! {
    /// Who may pass, and how to refuse others.
    ForwardAuthQuery {
        /// If true, only administrators may pass.
        admin: Option<Flag>,
        /// How to send a person without a session to the login page: `true` (the default) answers 302. `false` answers 401
        /// with the same `Location`, for nginx, which doesn't accept a redirect here.
        redirect: Option<Flag>,
        /// If true, the answer about a person who opens a page sets a new cookie when more than half of the session's life
        /// is over. For proxies that pass `Set-Cookie` on to the browser.
        renew: Option<Flag>,
    }
}

refusals!(ForwardAuthRefusals: Error::NotAdmin, Error::MfaRequired, ApiError::cross_site());

/// Checks whether a request may pass a proxy, and whose it is.
///
/// For nginx's `auth_request`, Caddy's `forward_auth` and Traefik's `ForwardAuth`, with any method. The session is in a
/// cookie or a bearer token. `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri` describe the request; they are ignored
/// unless they come from a trusted proxy.
#[utoipa::path(get, path = "/forward-auth", summary = "Ask whether a request may pass a proxy", tag = "accounts", operation_id = "forward_auth", security(("bearer" = [])), params(ForwardAuthQuery), responses(
    (status = 200, description = "The request may pass. `Remote-User` is the account's id, `Remote-Groups` is `admin` or empty. In `Remote-Email` and `Remote-Name` percent signs and everything that isn't printable ASCII are percent-encoded.", body = Message,
        headers(("Remote-User" = String, description = "The account's id."), ("Remote-Email" = String, description = "The email address."), ("Remote-Name" = String, description = "The person's name, or empty."), ("Remote-Groups" = String, description = "`admin` or empty."), ("Set-Cookie" = String, description = "The renewed session, with `renew=true`."))),
    (status = 302, description = "A person without a session opens a page. The answer leads to the login page, and back afterwards.", headers(("Location" = String, description = "The login page."))), ForwardAuthRefusals))]
pub(super) async fn ask(
    State(app): State<App>,
    Query(query): Query<ForwardAuthQuery>,
    request: Request,
) -> Response {
    let headers = request.headers();
    let proxies = Proxies::new(&app.settings.identity);
    let asked = Forwarded::of(headers, peer(request.extensions()), &proxies);
    let only_admin = query.admin.is_some_and(|only| only.0);
    let refusal = match judge(&app, headers, &asked, only_admin).await {
        Ok((session, transport)) => {
            // Only page loads renew the cookie: a shared cache may store the other resources of a page, and each of
            // them would cause a renewal.
            let opens = |method| is_navigation(headers, method);
            let renews = query.renew.is_some_and(|renews| renews.0)
                && transport == Transport::Cookie
                && asked.method.as_ref().is_some_and(opens)
                && app.accounts.wants_renewal(&session);
            let cookie = if renews {
                renewed(&app, &session).await.map(SetCookie::in_one_line)
            } else {
                None
            };
            return (cookie, pass(&session.user)).into_response();
        }
        Err(refusal) => refusal,
    };
    let redirects = query.redirect.is_none_or(|redirects| redirects.0);
    if !redirects && refusal.status() == StatusCode::BAD_REQUEST {
        // nginx treats every status other than 401 and 403 as a server error.
        return ApiError::from(Error::NotAuthenticated).into_response();
    }
    let login = (refusal.status() == StatusCode::UNAUTHORIZED)
        .then(|| login_page(headers, &asked, &app.settings))
        .flatten();
    match login {
        None => refusal.into_response(),
        Some(login) if redirects => {
            (StatusCode::FOUND, [(header::LOCATION, login)]).into_response()
        }
        Some(login) => {
            let mut response = refusal.into_response();
            response.headers_mut().insert(header::LOCATION, login);
            response
        }
    }
}

async fn judge(
    app: &App,
    headers: &HeaderMap,
    asked: &Forwarded,
    only_admin: bool,
) -> Result<(Session, Transport), ApiError> {
    let (session, transport) = live_session(headers, app).await?;
    // A method that no trusted proxy reports could be any method.
    let reads = matches!(asked.method, Some(Method::GET | Method::HEAD));
    let identity = &app.settings.identity;
    if transport == Transport::Cookie
        && !reads
        && !cookie::is_from_page_of(headers, identity, asked.origin.as_deref())
    {
        if asked.method.is_none() {
            tracing::warn!(
                "forward-auth: X-Forwarded-Method is missing, or not from a trusted proxy"
            );
        }
        return Err(ApiError::cross_site());
    }
    if only_admin {
        app.accounts.check_admin(&session).await?;
    }
    Ok((session, transport))
}

/// Lets the request through. All headers are always set, even if empty, so that they replace those that the client may
/// have sent.
fn pass(user: &User) -> Response {
    let text = |text: &str| {
        let encoded = utf8_percent_encode(text, ESCAPED).to_string();
        HeaderValue::try_from(encoded).unwrap_or(HeaderValue::from_static(""))
    };
    let name = user.full_name.as_ref().map_or("", |name| name.as_str());
    let headers = [
        (USER, text(&user.id.to_string())),
        (EMAIL, text(user.email.as_str())),
        (NAME, text(name)),
        (GROUPS, text(if user.is_superuser { "admin" } else { "" })),
    ];
    let body: Json<Message> = Message::done("the request may pass");
    (headers, body).into_response()
}

/// Returns the login page for a person who opens a page without a session. It leads back to that page if the settings
/// allow it. Returns `None` for all other requests, and if logging in wouldn't help because the pages are off or
/// sessions aren't in cookies.
fn login_page(headers: &HeaderMap, asked: &Forwarded, settings: &Settings) -> Option<HeaderValue> {
    let by_cookie = settings.tokens.transport == Transport::Cookie;
    let is_person = is_navigation(headers, asked.method.as_ref()?) && bearer(headers).is_none();
    if !by_cookie || !is_person || !settings.features.enable_ui_router {
        return None;
    }
    let base = settings.identity.base_url.trim_end_matches('/');
    let mut login = format!("{base}{}/login", settings.pages.ui_prefix);
    let url = asked.url.as_deref();
    if let Some(next) = url.and_then(|url| settings.destination(url)) {
        if settings.cookie_reaches(&next) {
            let next = utf8_percent_encode(&next, NON_ALPHANUMERIC);
            login = format!("{login}?next={next}");
        } else {
            // The browser wouldn't send the session there, and would be redirected to the login page again in an
            // endless loop.
            let origin = asked.origin.as_deref().unwrap_or_default();
            tracing::warn!(
                origin,
                "forward-auth: browsers don't send the session cookie to this origin: set cookie_domain"
            );
        }
    }
    HeaderValue::try_from(login).ok()
}

/// Returns whether a person opens a page: the browser asks for HTML and, if it sends `Sec-Fetch-Mode`, navigates.
fn is_navigation(headers: &HeaderMap, method: &Method) -> bool {
    let mode = headers.get("sec-fetch-mode");
    matches!(*method, Method::GET | Method::HEAD)
        && accept::names(headers, "text/html")
        && mode.is_none_or(|mode| mode == "navigate")
}
