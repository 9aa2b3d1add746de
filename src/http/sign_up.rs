//! A session right after sign-up: the header that requests one, and the cookie that identifies the browser that signed
//! up.
//!
//! Pages of other sites can't send the header, and the cookie counts only if the browser says that the request comes
//! from a page of this site. So no other site can log its visitors in to an account of its own.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

use super::cookie::{self, SessionTransport};
use super::error::ApiError;
use crate::accounts::SignUpTicket;
use crate::app::App;
use crate::config::{Settings, Transport};
use crate::secret::ExposeSecret as _;

/// The header with which a sign-up requests a session.
pub(super) const SESSION: HeaderName = HeaderName::from_static("x-regstack-session");
/// The value of that header.
const WANTED: &str = "wanted";
/// The cookie's name.
const NAME: &str = "regstack_sign_up";
/// The longest ticket that is accepted, in bytes.
const MAX_TICKET: usize = 512;

fn is_wanted(headers: &HeaderMap) -> bool {
    let mut asked = headers.get_all(SESSION).iter();
    asked.any(|asked| asked.as_bytes().eq_ignore_ascii_case(WANTED.as_bytes()))
}

/// Whether the browser that registers should be remembered.
pub(super) struct Remembered(bool);

impl Remembered {
    /// Returns the cookie that remembers the browser, if it should be remembered.
    pub(super) fn cookie(
        &self,
        ticket: &SignUpTicket,
        settings: &Settings,
    ) -> Option<TicketCookie> {
        let value = ticket.sealed.expose_secret();
        self.0
            .then(|| TicketCookie::new(value, ticket.lifetime, settings))
    }
}

impl FromRequestParts<App> for Remembered {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let headers = &parts.headers;
        let is_own = cookie::is_from_own_page(headers, &app.settings.identity);
        Ok(Self(is_own && is_wanted(headers)))
    }
}

impl IntoParams for Remembered {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let help = "With `wanted`, pages of this server get a cookie that identifies this browser to `/verify`.";
        vec![parameter(help)]
    }
}

/// The session that is requested together with the verification of an email address.
pub(super) struct WantedSession {
    /// How the session is returned.
    pub(super) by: Transport,
    /// The ticket of the browser that signed up, if there is one.
    pub(super) ticket: Option<String>,
}

/// The request for a session, if there is one. It is refused if a login with the same headers would be.
pub(super) struct SessionWish(pub(super) Option<WantedSession>);

impl FromRequestParts<App> for SessionWish {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if !is_wanted(&parts.headers) {
            return Ok(Self(None));
        }
        let SessionTransport(by) = SessionTransport::from_request_parts(parts, app).await?;
        let ticket = ticket(&parts.headers, &app.settings).map(str::to_owned);
        Ok(Self(Some(WantedSession { by, ticket })))
    }
}

impl IntoParams for SessionWish {
    fn into_params(location: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let help = "With `wanted`, the answer contains a session like that of `/login`, if the request has the password or comes from the browser that signed up.";
        let mut all = SessionTransport::into_params(location);
        all.push(parameter(help));
        all
    }
}

fn parameter(help: &str) -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([WANTED]));
    ParameterBuilder::new()
        .name(SESSION.as_str())
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(help))
        .schema(Some(schema.build()))
        .build()
}

/// Returns the ticket in a request from a page of this site. If there are two, returns `None`: another host of the same
/// domain may have set one of them. Also returns `None` if the browser has a session, because a link must not log it in
/// to another account.
fn ticket<'a>(headers: &'a HeaderMap, settings: &Settings) -> Option<&'a str> {
    let mut tickets = cookie::named(headers, NAME);
    let (Some(ticket), None) = (tickets.next(), tickets.next()) else {
        return None;
    };
    let is_free = cookie::values(headers, settings).next().is_none();
    let is_own = cookie::is_from_own_page(headers, &settings.identity);
    let ticket = std::str::from_utf8(ticket).ok()?;
    (is_free && is_own && ticket.len() <= MAX_TICKET).then_some(ticket)
}

/// Sets or removes the ticket of the browser.
pub(super) struct TicketCookie(HeaderValue);

impl TicketCookie {
    /// Removes the ticket after its use.
    pub(super) fn gone(settings: &Settings) -> Self {
        Self::new("", 0, settings)
    }

    fn new(value: &str, seconds: u32, settings: &Settings) -> Self {
        let prefix = settings.pages.api_prefix.trim_end_matches('/');
        // The browser sends the cookie only to the route that reads it, and never in a request from another site.
        let mut cookie = format!(
            "{NAME}={value}; Path={prefix}/verify; Max-Age={seconds}; HttpOnly; SameSite=Strict"
        );
        if settings.identity.base_url.starts_with("https://") {
            cookie.push_str("; Secure");
        }
        let line = HeaderValue::from_str(&cookie);
        let mut line = line.expect("tickets and prefixes are plain characters");
        line.set_sensitive(true);
        Self(line)
    }
}

impl IntoResponseParts for TicketCookie {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.headers_mut().append(header::SET_COOKIE, self.0);
        Ok(parts)
    }
}
