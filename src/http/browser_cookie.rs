//! The cookie that identifies a browser when it returns from a provider.
//!
//! It doesn't prove who a person is. It is `SameSite=Lax` because the provider's page sends the browser here. On HTTPS
//! sites, the prefix `__Host-` stops other hosts of the same domain from setting it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};

use super::browser::only_value;
use crate::app::App;
use crate::config::Settings;

const PLAIN: &str = "regstack_oauth";
const SECURE: &str = "__Host-regstack_oauth";

/// The length of the value: 32 random bytes in base64url.
const LENGTH: usize = 43;

fn name(settings: &Settings) -> &'static str {
    if settings.identity.base_url.starts_with("https://") {
        SECURE
    } else {
        PLAIN
    }
}

/// The value that the request brings, if any.
#[derive(Debug)]
pub(super) struct BrowserCookie(Option<String>);

impl BrowserCookie {
    pub(super) fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl FromRequestParts<App> for BrowserCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let name = name(&app.settings);
        Ok(Self(only_value(&parts.headers, name, LENGTH)))
    }
}

/// Sets the cookie.
#[derive(Debug)]
pub(super) struct SetBrowserCookie(HeaderValue);

impl SetBrowserCookie {
    pub(super) fn keep(value: &str, seconds: u32, settings: &Settings) -> Self {
        let name = name(settings);
        let secure = if name == SECURE { "; Secure" } else { "" };
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut line = HeaderValue::from_str(&cookie).expect("base64url is plain characters");
        line.set_sensitive(true);
        Self(line)
    }
}

impl IntoResponseParts for SetBrowserCookie {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.headers_mut().append(header::SET_COOKIE, self.0);
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Other hosts of the same domain can set any cookie whose name lacks the prefix.
    #[test]
    fn over_https_only_this_host_can_have_set_it() {
        let mut settings = Settings::default();
        assert_eq!(name(&settings), PLAIN);
        settings.identity.base_url = "https://accounts.example.com".to_owned();
        assert_eq!(name(&settings), SECURE);
        let line = SetBrowserCookie::keep("value", 330, &settings).0;
        assert_eq!(
            line,
            "__Host-regstack_oauth=value; Path=/; Max-Age=330; HttpOnly; SameSite=Lax; Secure"
        );
    }
}
