//! A cookie that ties a login in progress to the browser where it started. It has no other use.
//!
//! If a login could start in one browser and end in another, an attacker could log people in to an account that isn't
//! theirs.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};

use super::cookie;
use crate::app::App;
use crate::config::{Identity, Settings};
use crate::model::PASSKEY_MOMENT;
use crate::random;

/// The cookie's name. The prefix `__Host-` stops other hosts of the same domain from setting the cookie.
const NAME: &str = "regstack_browser";
const SECURE_NAME: &str = "__Host-regstack_browser";
/// The length of the value: 16 random bytes in base64url.
const LENGTH: usize = 22;

/// The value that the browser sent with the request; `None` if it sent no valid one, or more than one.
pub(super) struct KeptByBrowser(pub(super) Option<String>);

/// The value that the browser has from this response on; `None` if the request doesn't come from a page of this site.
///
/// A value that the browser already has stays, so that two tabs don't interfere with each other.
pub(super) struct Browser {
    /// The value.
    pub(super) kept: Option<String>,
    line: Option<HeaderValue>,
}

fn name(identity: &Identity) -> &'static str {
    if identity.base_url.starts_with("https://") {
        SECURE_NAME
    } else {
        NAME
    }
}

fn kept(headers: &HeaderMap, settings: &Settings) -> Option<String> {
    only_value(headers, name(&settings.identity), LENGTH)
}

/// Returns the value of the cookie with this name if it is base64url of this length. If there are two, returns `None`:
/// it's unknown which of them regstack set.
pub(super) fn only_value(headers: &HeaderMap, name: &str, length: usize) -> Option<String> {
    let prefix = format!("{name}=");
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut values = pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(prefix.as_bytes()));
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let sane = value.len() == length && value.iter().all(plain);
    std::str::from_utf8(value)
        .ok()
        .filter(|_| sane)
        .map(str::to_owned)
}

impl FromRequestParts<App> for KeptByBrowser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(kept(&parts.headers, &app.settings)))
    }
}

impl FromRequestParts<App> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let identity = &app.settings.identity;
        if !cookie::is_from_own_page(&parts.headers, identity) {
            return Ok(Self {
                kept: None,
                line: None,
            });
        }
        let kept = kept(&parts.headers, &app.settings);
        let kept = kept.unwrap_or_else(|| random::token::<16>(&*app.accounts.random));
        let seconds = PASSKEY_MOMENT.as_secs();
        let secure = if identity.base_url.starts_with("https://") {
            "; Secure"
        } else {
            ""
        };
        let name = name(identity);
        let line =
            format!("{name}={kept}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
        let mut line = HeaderValue::from_str(&line).expect("base64url is plain");
        line.set_sensitive(true);
        Ok(Self {
            kept: Some(kept),
            line: Some(line),
        })
    }
}

impl IntoResponseParts for Browser {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        if let Some(line) = self.line {
            parts.headers_mut().append(header::SET_COOKIE, line);
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(base_url: &str, lines: &[&'static str]) -> Option<String> {
        let mut settings = Settings::default();
        base_url.clone_into(&mut settings.identity.base_url);
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        kept(&headers, &settings)
    }

    #[test]
    fn one_value_counts_and_two_do_not() {
        let value = Some("rN7z0Y_z_-uIv4PdRl1A5Q".to_owned());
        let plain = "http://localhost:8000";
        assert_eq!(
            found(plain, &["a=b; regstack_browser=rN7z0Y_z_-uIv4PdRl1A5Q"]),
            value
        );
        for bad in [
            &["regstack_browser=rN7z0Y_z_-uIv4PdRl1A5"][..],
            &["regstack_browser=rN7z0Y_z_-uIv4PdRl1A5;"],
            &[
                "regstack_browser=rN7z0Y_z_-uIv4PdRl1A5Q",
                "regstack_browser=rN7z0Y_z_-uIv4PdRl1A5R",
            ],
            &["xregstack_browser=rN7z0Y_z_-uIv4PdRl1A5Q"],
            &["__Host-regstack_browser=rN7z0Y_z_-uIv4PdRl1A5Q"],
        ] {
            assert_eq!(found(plain, bad), None, "{bad:?}");
        }
        let secure = "https://accounts.example.com";
        assert_eq!(
            found(secure, &["__Host-regstack_browser=rN7z0Y_z_-uIv4PdRl1A5Q"]),
            value
        );
        // Any other host of the same domain can set a cookie without the prefix.
        assert_eq!(
            found(secure, &["regstack_browser=rN7z0Y_z_-uIv4PdRl1A5Q"]),
            None
        );
    }
}
