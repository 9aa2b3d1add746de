//! HTML form bodies, as OAuth endpoints accept them (RFC 6749, appendix B).

use axum::extract::{FromRequest, Request as HttpRequest};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use super::body::{BodyKind, read_whole};
use super::fields::{Fields, Request};
use super::json::Value;
use crate::http::error::ApiError;
use crate::http::fault::{Fault, Location, kind};
use crate::secret::SecretString;

/// A form, read as `T`. Unknown fields are ignored, as RFC 6749 §3.2 requires. Authenticate the client after reading
/// the form: a body can take a while to arrive.
#[derive(Debug)]
pub(in crate::http) struct Form<T>(pub(in crate::http) T);

impl<S: Sync, T: Request> FromRequest<S> for Form<T> {
    type Rejection = ApiError;

    async fn from_request(request: HttpRequest, _: &S) -> Result<Self, ApiError> {
        let (_, given) = form_fields(request).await?;
        let given = given
            .into_iter()
            .map(|(name, value)| (name, Value::Text(value)))
            .collect();
        Fields::read_known(Location::Body, given)
            .map(Self)
            .map_err(ApiError::invalid)
    }
}

/// Reads the fields of a form as they were sent.
pub(in crate::http) async fn form_fields(
    request: HttpRequest,
) -> Result<(Parts, Vec<(String, SecretString)>), ApiError> {
    const KIND: BodyKind = BodyKind {
        fits: is_form,
        refusal: ApiError::no_form,
    };
    let (parts, bytes) = read_whole(request, &KIND).await?;
    let given = parse(&bytes).ok_or_else(|| {
        let rule = "the body isn't a form in UTF-8";
        ApiError::invalid(vec![Fault::whole(Location::Body, kind::VALUE_ERROR, rule)])
    })?;
    Ok((parts, given))
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Parses the fields of a form. Returns `None` if one isn't UTF-8.
fn parse(bytes: &[u8]) -> Option<Vec<(String, SecretString)>> {
    let decode = |text: &[u8]| {
        let text: Zeroizing<Vec<u8>> = Zeroizing::new(
            text.iter()
                .map(|byte| if *byte == b'+' { b' ' } else { *byte })
                .collect(),
        );
        let decoded = Zeroizing::new(percent_decode(&text).collect::<Vec<u8>>());
        std::str::from_utf8(&decoded).map(str::to_owned).ok()
    };
    let pairs = bytes.split(|byte| *byte == b'&');
    pairs
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let end = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = pair.split_at(end.unwrap_or(pair.len()));
            let value = value.strip_prefix(b"=").unwrap_or(value);
            Some((decode(name)?, SecretString::from(decode(value)?)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::ExposeSecret as _;

    fn pairs(text: &[u8]) -> Option<Vec<(String, String)>> {
        let text_of = |value: SecretString| value.expose_secret().to_owned();
        let pairs = parse(text)?.into_iter();
        Some(pairs.map(|(name, value)| (name, text_of(value))).collect())
    }

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs(b""), Some(Vec::new()));
        assert_eq!(
            pairs(b"token=a.b%2Dc&&x=a+b%20c&token=&y"),
            Some(vec![
                pair("token", "a.b-c"),
                pair("x", "a b c"),
                pair("token", ""),
                pair("y", ""),
            ])
        );
        assert_eq!(pairs(b"a=%zz%4"), Some(vec![pair("a", "%zz%4")]));
        assert_eq!(pairs(b"a=%ff"), None);
        assert_eq!(pairs(b"\xff=a"), None);
    }
}
