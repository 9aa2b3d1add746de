//! What tells one browser from another while a login is under way: a cookie that is worth nothing elsewhere.
//!
//! A login that began in one browser and ends in another would log somebody in to an account that is not theirs.

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

/// The cookie's name. The prefix keeps neighbours under the same domain from planting one.
const NAME: &str = "regstack_browser";
const SECURE_NAME: &str = "__Host-regstack_browser";
/// Its characters: 16 random bytes, as base64url.
const LENGTH: usize = 22;

/// What the browser that asks keeps already; none where it keeps nothing, or too much.
pub(super) struct KeptByBrowser(pub(super) Option<String>);

/// What the browser that asks keeps from now on; nothing where no page of this site asks, as that is no browser of ours.
///
/// What it keeps already stays, so that two of its tabs do not get in each other's way.
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

/// The value of a cookie of this name, if it is base64url of this length. Of two nobody can tell which is ours.
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
        // Anybody below the same domain can plant one without the prefix.
        assert_eq!(
            found(secure, &["regstack_browser=rN7z0Y_z_-uIv4PdRl1A5Q"]),
            None
        );
    }
}
