//! Who makes a request: any client, or the holder of a valid session, whose token is a bearer token (RFC 6750) or in
//! the session cookie.

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};

use super::access::AccessCheck;
use crate::accounts::{Error, Session};
use crate::app::App;
use crate::config::{Settings, Transport};
use crate::http::cookie;
use crate::http::error::ApiError;
use crate::http::middleware::origin;
use crate::http::renewal::Renewal;
use crate::model::{Actor, Origin, UserPublic};

/// The longest token that is accepted, in bytes.
const MAX_TOKEN: usize = 4096;

/// A client that needs no session.
#[derive(Debug)]
pub(in crate::http) struct Client(pub(in crate::http) Origin);

/// The holder of a valid session. Add it to the parameters of handlers that need a session: others get 401 before the
/// handler runs, even if the account was disabled or the session ended a moment ago.
///
/// `Option<SignedIn>` accepts all requests and is `None` without a valid session. The router's state has to be an [`App`] or
/// contain one ([`FromRef`]).
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub(in crate::http) session: Session,
    /// The account, and where the request comes from.
    pub(in crate::http) origin: Origin,
}

impl SignedIn {
    /// Returns the account as it is now.
    #[must_use]
    pub fn user(&self) -> UserPublic {
        self.session.user.public()
    }
}

/// An administrator (`is_superuser`) with a valid session. Others who are logged in get 403.
#[derive(Debug)]
pub struct Admin {
    /// The session.
    pub(in crate::http) session: Session,
    /// The administrator, and where the request comes from.
    pub(in crate::http) origin: Origin,
}

impl Admin {
    /// Returns the account as it is now.
    #[must_use]
    pub fn user(&self) -> UserPublic {
        self.session.user.public()
    }
}

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

impl<S: Sync> FromRequestParts<S> for SignedIn
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        let (session, transport) = live_session(&parts.headers, &app).await?;
        let is_read = matches!(parts.method, Method::GET | Method::HEAD);
        if transport == Transport::Cookie
            && !is_read
            && !cookie::is_from_own_page(&parts.headers, &app.settings.identity)
        {
            return Err(ApiError::cross_site());
        }
        let origin = match parts.extensions.get::<Origin>() {
            Some(origin) => origin.clone(),
            // A route of a host application, which regstack's own middleware doesn't wrap.
            None => origin(&parts.headers, &parts.extensions, &app),
        };
        if let Some(renewal) = parts.extensions.get::<Renewal>()
            && transport == Transport::Cookie
            && app.accounts.wants_renewal(&session)
        {
            renewal.wish(&session);
        }
        let origin = origin.acting_as(Actor::User(session.user.id));
        parts.extensions.insert(AccessCheck::of::<Self>(app));
        Ok(Self { session, origin })
    }
}

/// Returns `None` without a valid session. Requests that fail for another reason (the database is down, the request
/// comes from another site) are still refused.
impl<S: Sync> OptionalFromRequestParts<S> for SignedIn
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, ApiError> {
        match <Self as FromRequestParts<S>>::from_request_parts(parts, state).await {
            Ok(signed_in) => Ok(Some(signed_in)),
            Err(refusal) if refusal.status() == StatusCode::UNAUTHORIZED => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Admin
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let SignedIn { session, origin } =
            <SignedIn as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let app = App::from_ref(state);
        app.accounts.check_admin(&session).await?;
        parts.extensions.insert(AccessCheck::of::<Self>(app));
        Ok(Self { session, origin })
    }
}

/// Returns the valid session of a request, and how its token was sent. Doesn't check whether the requesting page may
/// use it.
pub(in crate::http) async fn live_session(
    headers: &HeaderMap,
    app: &App,
) -> Result<(Session, Transport), ApiError> {
    let (token, transport) = credentials(headers, &app.settings)?;
    Ok((app.accounts.authenticate(token).await?, transport))
}

/// Returns the one token of a request, and how it was sent.
pub(super) fn credentials<'a>(
    headers: &'a HeaderMap,
    settings: &Settings,
) -> Result<(&'a str, Transport), ApiError> {
    let mut cookies = cookie::values(headers, settings);
    let Some(cookie) = cookies.next() else {
        let token = bearer(headers).ok_or(Error::NotAuthenticated)?;
        return Ok((token, Transport::Bearer));
    };
    // Other authentication schemes are for a proxy or application in front.
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    if lines.any(|line| scheme(line.as_bytes()).eq_ignore_ascii_case(b"bearer")) {
        return Err(ApiError::ambiguous_credentials());
    }
    // If there are two, another host of the same domain may have set one of them.
    let only = cookies.next().is_none();
    let token = token(cookie).filter(|_| only);
    Ok((token.ok_or(Error::NotAuthenticated)?, Transport::Cookie))
}

/// Returns the token of the `Authorization: Bearer` header, if there is exactly one such header.
pub(in crate::http) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (line, None) = (lines.next()?.as_bytes(), lines.next()) else {
        return None;
    };
    let scheme = scheme(line);
    let rest = line[scheme.len()..].strip_prefix(b" ")?;
    token(rest).filter(|_| scheme.eq_ignore_ascii_case(b"bearer"))
}

/// Returns everything before the first space.
fn scheme(line: &[u8]) -> &[u8] {
    line.split(|byte| *byte == b' ').next().unwrap_or_default()
}

/// Returns the text if it has only token68 characters (RFC 9110 §11.2) and isn't too long.
fn token(text: &[u8]) -> Option<&str> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    let sane = (1..=MAX_TOKEN).contains(&text.len()) && text.iter().all(plain);
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
        let long = [&b"Bearer "[..], &[b'a'; MAX_TOKEN + 1]].concat();
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
