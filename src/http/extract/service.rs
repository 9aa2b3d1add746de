//! Programs that authenticate with a service key: as a bearer token (RFC 6750), or as the password in Basic
//! authentication (RFC 7617).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::access::AccessCheck;
use super::session::{Admin, bearer, credentials};
use crate::accounts::{Error, Service};
use crate::app::App;
use crate::http::error::ApiError;
use crate::model::service_key::PREFIX;
use crate::model::{Actor, Origin, PresentedServiceKey, Scope};
use crate::secret::{ExposeSecret as _, SecretString};

/// A well-formed service key. Whether it is valid, and for what, is checked later.
#[derive(Debug)]
pub(in crate::http) struct Presented(pub(in crate::http) PresentedServiceKey);

/// Someone with administrator rights: a person with a session, or a program with a service key. A key with `admin:read`
/// can only read.
#[derive(Debug)]
pub(in crate::http) struct Administration {
    /// Who makes the request, and from where.
    pub(in crate::http) origin: Origin,
}

impl<S: Sync> FromRequestParts<S> for Presented {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let key = presented(&parts.headers).ok_or(Error::NotAuthenticated)?;
        parse(key.expose_secret()).map(Self)
    }
}

impl FromRequestParts<App> for Administration {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let is_service = bearer(&parts.headers).is_some_and(|token| token.starts_with(PREFIX));
        if !is_service {
            let person = <Admin as FromRequestParts<App>>::from_request_parts(parts, app).await?;
            return Ok(Self {
                origin: person.origin,
            });
        }
        let (key, _) = credentials(&parts.headers, &app.settings)?;
        let Service { key } = {
            let service = app.accounts.authenticate_service(&parse(key)?).await?;
            let reads = matches!(parts.method, Method::GET | Method::HEAD);
            service.check(if reads {
                Scope::AdminRead
            } else {
                Scope::AdminWrite
            })?;
            service
        };
        parts
            .extensions
            .insert(AccessCheck::of::<Self>(app.clone()));
        let origin = parts.extensions.get::<Origin>().ok_or_else(|| {
            ApiError::internal(&"the route lacks the middleware that names the origin")
        })?;
        Ok(Self {
            origin: origin.acting_as(Actor::Service(key.name)),
        })
    }
}

/// Parses a service key. Something that isn't a key is refused like an expired one.
fn parse(key: &str) -> Result<PresentedServiceKey, ApiError> {
    PresentedServiceKey::parse(key).ok_or_else(|| Error::NotAuthenticated.into())
}

/// Returns the key in the `Authorization` header, if there is exactly one.
fn presented(headers: &HeaderMap) -> Option<SecretString> {
    if let Some(token) = bearer(headers) {
        return Some(token.into());
    }
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (line, None) = (lines.next()?.to_str().ok()?, lines.next()) else {
        return None;
    };
    let (scheme, credentials) = line.split_once(' ')?;
    let decoded = Zeroizing::new(STANDARD.decode(credentials.trim()).ok()?);
    let (_, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    scheme
        .eq_ignore_ascii_case("basic")
        .then(|| password.into())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(line).unwrap());
        }
        presented(&headers).map(|key| key.expose_secret().to_owned())
    }

    #[test]
    fn a_key_comes_as_bearer_or_as_the_password_of_basic() {
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        assert_eq!(of(&["Bearer rsk_1"]).as_deref(), Some("rsk_1"));
        assert_eq!(of(&[&basic("anybody:rsk_1")]).as_deref(), Some("rsk_1"));
        assert_eq!(of(&[&basic(":a:b")]).as_deref(), Some("a:b"));
        for none in [
            "Basic",
            "Basic !!",
            "Basic cnNrXzE=",
            "Digest YTpi",
            "rsk_1",
            "",
        ] {
            assert_eq!(of(&[none]), None, "{none}");
        }
        assert_eq!(of(&[]), None);
        assert_eq!(
            of(&["Bearer a", &basic("a:b")]),
            None,
            "which one is meant?"
        );
    }
}
