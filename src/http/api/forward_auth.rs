//! `/forward-auth`: whether a proxy may let a request through to an application, and who makes it.

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
use crate::http::cookie;
use crate::http::error::ApiError;
use crate::http::extract::{Flag, Query, bearer, live_session, query};
use crate::http::forwarded_request::Forwarded;
use crate::http::middleware::peer;
use crate::http::openapi::refusals;
use crate::model::User;

const USER: HeaderName = HeaderName::from_static("remote-user");
const EMAIL: HeaderName = HeaderName::from_static("remote-email");
const NAME: HeaderName = HeaderName::from_static("remote-name");
const GROUPS: HeaderName = HeaderName::from_static("remote-groups");

/// What is written as `%XX` in `Remote-Email` and `Remote-Name`, beside everything that is not ASCII.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

query! {
    /// How strict to be, and in which form to refuse.
    ForwardAuthQuery {
        /// Only administrators get through.
        admin: Option<Flag>,
        /// Where a person without a session is to be led to the login page: `true` (the default) answers 302; `false`
        /// answers 401 with the same `Location`, for nginx, which takes no redirect here.
        redirect: Option<Flag>,
    }
}

refusals!(ForwardAuthRefusals: Error::NotAdmin, Error::MfaRequired, ApiError::cross_site());

/// Asks whether a request may pass a proxy, and who makes it.
///
/// For `auth_request` of nginx, `forward_auth` of Caddy and `ForwardAuth` of Traefik; any method. The session comes as a cookie
/// or as bearer. What the proxy asks about is in `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`, which count only from a
/// trusted proxy.
#[utoipa::path(get, path = "/forward-auth", summary = "Ask whether a request may pass a proxy", tag = "accounts", operation_id = "forward_auth", security(("bearer" = [])), params(ForwardAuthQuery), responses(
    (status = 200, description = "It may. `Remote-User` is the account's id, `Remote-Groups` is `admin` or empty. In `Remote-Email` and `Remote-Name` a percent sign and everything that is not ASCII is percent-encoded.", body = Message,
        headers(("Remote-User" = String, description = "The account's id."), ("Remote-Email" = String, description = "The email address."), ("Remote-Name" = String, description = "The person's name, or empty."), ("Remote-Groups" = String, description = "`admin` or empty."))),
    (status = 302, description = "A person without a session opens a page: to the login page, and back afterwards.", headers(("Location" = String, description = "The login page."))), ForwardAuthRefusals))]
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
        Ok(session) => return pass(&session.user),
        Err(refusal) => refusal,
    };
    let redirects = query.redirect.is_none_or(|redirects| redirects.0);
    if !redirects && refusal.status() == StatusCode::BAD_REQUEST {
        // nginx takes everything but 401 and 403 for a fault of the server.
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
) -> Result<Session, ApiError> {
    let (session, transport) = live_session(headers, app).await?;
    // A method that nobody vouches for may be any.
    let reads = matches!(asked.method, Some(Method::GET | Method::HEAD));
    let identity = &app.settings.identity;
    if transport == Transport::Cookie
        && !reads
        && !cookie::is_from_page_of(headers, identity, asked.origin.as_deref())
    {
        if asked.method.is_none() {
            tracing::warn!("forward-auth: no trusted proxy says X-Forwarded-Method");
        }
        return Err(ApiError::cross_site());
    }
    if only_admin {
        app.accounts.check_admin(&session)?;
    }
    Ok(session)
}

/// Lets the request through. Every header is there, also an empty one: it takes the place of what the client may have sent.
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

/// The login page, where a person opens a page without a session; it leads back where settings allow it. None for everybody
/// else, and where a login would not help: the pages are off, or sessions do not travel in cookies.
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
            // Back there the session would be missing again, and so on for ever.
            let origin = asked.origin.as_deref().unwrap_or_default();
            tracing::warn!(
                origin,
                "forward-auth: the session's cookie does not reach this origin: set cookie_domain"
            );
        }
    }
    HeaderValue::try_from(login).ok()
}

/// Whether a person opens a page: their browser asks for HTML, and if it says what for, it is to go there.
fn is_navigation(headers: &HeaderMap, method: &Method) -> bool {
    let mode = headers.get("sec-fetch-mode");
    matches!(*method, Method::GET | Method::HEAD)
        && accept::names(headers, "text/html")
        && mode.is_none_or(|mode| mode == "navigate")
}
