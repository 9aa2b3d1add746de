//! Who asks: a client, or the holder of a live token (RFC 6750).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::accounts::{Error, Session};
use crate::app::App;
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
        let token = bearer(&parts.headers).ok_or(Error::NotAuthenticated)?;
        let session = app.accounts.authenticate(token).await?;
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

/// The token of the one `Authorization: Bearer` header; anything else is no token at all.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (line, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    let (scheme, token) = line.to_str().ok()?.split_once(' ')?;
    // The characters of a token68 (RFC 9110 §11.2).
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let sane = (1..=LONGEST_TOKEN).contains(&token.len()) && token.bytes().all(plain);
    (scheme.eq_ignore_ascii_case("bearer") && sane).then_some(token)
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
