//! Who asks: a client, or the holder of a live token, which travels as bearer (RFC 6750) or in the session cookie.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

use crate::accounts::{Error, Session};
use crate::app::App;
use crate::config::{Settings, Transport};
use crate::http::cookie;
use crate::http::error::ApiError;
use crate::model::{Actor, Origin};

/// The longest token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 4096;

/// Somebody without a session.
#[derive(Debug)]
pub(in crate::http) struct Client(pub(in crate::http) Origin);

/// The holder of a live token.
#[derive(Debug)]
pub(in crate::http) struct SignedIn {
    /// The session.
    pub(in crate::http) session: Session,
    /// The session's account, from where it asks.
    pub(in crate::http) origin: Origin,
}

/// A superuser with a live token, from where they ask.
#[derive(Debug)]
pub(in crate::http) struct Admin(pub(in crate::http) Origin);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts
            .extensions
            .get::<Origin>()
            .cloned()
            .map(Self)
            .ok_or_else(|| {
                ApiError::internal(&"the route lacks the middleware that names the origin")
            })
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let (token, transport) = credentials(&parts.headers, &app.settings)?;
        let session = app.accounts.authenticate(token).await?;
        let is_read = matches!(parts.method, Method::GET | Method::HEAD);
        if transport == Transport::Cookie
            && !is_read
            && !cookie::is_from_own_page(&parts.headers, &app.settings.identity)
        {
            return Err(ApiError::cross_site());
        }
        let Client(client) = Client::from_request_parts(parts, app).await?;
        let origin = client.acting_as(Actor::User(session.user.id));
        parts.extensions.insert(LetIn {
            app: app.clone(),
            as_admin: false,
        });
        Ok(Self { session, origin })
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let SignedIn { session, origin } = SignedIn::from_request_parts(parts, app).await?;
        if !session.user.is_superuser {
            return Err(ApiError::not_admin());
        }
        parts.extensions.insert(LetIn {
            app: app.clone(),
            as_admin: true,
        });
        Ok(Self(origin))
    }
}

/// What a request was let in as, to be asked again once its body is here: who sends the body late must not act with
/// rights that ended meanwhile.
#[derive(Clone)]
pub(super) struct LetIn {
    app: App,
    as_admin: bool,
}

impl LetIn {
    pub(super) async fn still_holds(&self, parts: &mut Parts) -> Result<(), ApiError> {
        if self.as_admin {
            Admin::from_request_parts(parts, &self.app).await.map(drop)
        } else {
            SignedIn::from_request_parts(parts, &self.app)
                .await
                .map(drop)
        }
    }
}

/// The one token of a request, and how it came.
fn credentials<'a>(
    headers: &'a HeaderMap,
    settings: &Settings,
) -> Result<(&'a str, Transport), ApiError> {
    let mut cookies = cookie::values(headers, settings);
    let Some(cookie) = cookies.next() else {
        let token = bearer(headers).ok_or(Error::NotAuthenticated)?;
        return Ok((token, Transport::Bearer));
    };
    // Other schemes are the business of whoever stands in front.
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    if lines.any(|line| scheme(line.as_bytes()).eq_ignore_ascii_case(b"bearer")) {
        return Err(ApiError::ambiguous_credentials());
    }
    // Of two, one may have been planted by a neighbour under the same domain.
    let only = cookies.next().is_none();
    let token = token(cookie).filter(|_| only);
    Ok((token.ok_or(Error::NotAuthenticated)?, Transport::Cookie))
}

/// The token of the one `Authorization: Bearer` header; anything else is no token at all.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (line, None) = (lines.next()?.as_bytes(), lines.next()) else {
        return None;
    };
    let scheme = scheme(line);
    let rest = line[scheme.len()..].strip_prefix(b" ")?;
    token(rest).filter(|_| scheme.eq_ignore_ascii_case(b"bearer"))
}

/// What stands before the first blank.
fn scheme(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == b' ').next().unwrap_or_default()
}

/// A text of the characters of a token68 (RFC 9110 §11.2), not too long.
fn token(text: &[u8]) -> Option<&str> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    let sane = (1..=LONGEST_TOKEN).contains(&text.len()) && text.iter().all(plain);
    std::str::from_utf8(text).ok().filter(|_| sane)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(lines: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(
                header::AUTHORIZATION,
                HeaderValue::from_bytes(line).unwrap(),
            );
        }
        bearer(&headers).map(str::to_owned)
    }

    #[test]
    fn one_well_formed_bearer_header_is_a_token() {
        assert_eq!(of(&[b"Bearer aa.bb.cc_-"]).as_deref(), Some("aa.bb.cc_-"));
        assert_eq!(of(&[b"bEARER abc="]).as_deref(), Some("abc="));
    }

    #[test]
    fn everything_else_is_none() {
        let long = [&b"Bearer "[..], &[b'a'; LONGEST_TOKEN + 1]].concat();
        let bad: &[&[&[u8]]] = &[
            &[],
            &[b""],
            &[b"Bearer"],
            &[b"Bearer "],
            &[b"Bearer  a"],
            &[b"Bearer a b"],
            &[b"Bearer\ta"],
            &[b"Basic abc"],
            &[b"abc"],
            &[b"Bearer a,Bearer b"],
            &[b"Bearer \xc3\xa9"],
            &[b"Bearer a\"b"],
            &[b"Bearer a", b"Bearer b"],
            &[b"Basic eA==", b"Bearer b"],
            &[&long],
        ];
        for lines in bad {
            assert_eq!(of(lines), None, "{lines:?}");
        }
    }
}
