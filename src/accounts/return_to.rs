//! The way back to the application: where people go after they signed up or reset a password.
//!
//! The URL travels in the mailed link, signed together with its token, so nobody else can put one there.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Accounts, Error, Result};
use crate::auth::Tag;
use crate::secret::SecretString;

/// Separates a token from the signed URL. It is unreserved in URLs, and no token contains it.
const SEPARATOR: char = '~';

impl Accounts {
    /// Returns the same use cases, whose mailed links carry a URL to return to. A URL that the settings do not allow is
    /// dropped.
    #[must_use]
    pub fn returning_to(&self, address: Option<&str>) -> Self {
        let allowed = address.and_then(|address| self.settings.destination(address));
        Self {
            return_to: allowed.map(Into::into),
            ..self.clone()
        }
    }

    /// Returns the token in the form in which it is mailed.
    pub(super) fn with_return(&self, token: &str) -> String {
        match &self.return_to {
            Some(address) => {
                let secret = &self.settings.tokens.jwt_secret;
                let mut signed = return_tag(secret, token, address.as_bytes())
                    .value()
                    .to_vec();
                signed.extend(address.as_bytes());
                format!("{token}{SEPARATOR}{}", URL_SAFE_NO_PAD.encode(signed))
            }
            None => token.to_owned(),
        }
    }

    /// Returns the token without the URL. Fails with [`Error::InvalidToken`] if the signature does not match.
    pub(super) fn without_return<'a>(&self, mailed: &'a str) -> Result<&'a str> {
        self.open_return(mailed).map(|(token, _)| token)
    }

    /// Returns the URL that a mailed token leads back to, if it is still allowed.
    #[must_use]
    pub fn return_of(&self, mailed: &str) -> Option<String> {
        let (_, address) = self.open_return(mailed).ok()?;
        self.settings.destination(&address?)
    }

    fn open_return<'a>(&self, mailed: &'a str) -> Result<(&'a str, Option<String>)> {
        let Some((token, signed)) = mailed.split_once(SEPARATOR) else {
            return Ok((mailed, None));
        };
        let open = || {
            let signed = URL_SAFE_NO_PAD.decode(signed).ok()?;
            let (tag, address) = signed.split_first_chunk::<16>()?;
            let tokens = &self.settings.tokens;
            std::iter::once(&tokens.jwt_secret)
                .chain(tokens.also_accepted())
                .any(|secret| return_tag(secret, token, address).is(tag))
                .then(|| String::from_utf8(address.to_vec()).ok())?
        };
        Ok((token, Some(open().ok_or(Error::InvalidToken)?)))
    }
}

fn return_tag(secret: &SecretString, token: &str, address: &[u8]) -> Tag {
    Tag::new(secret, "return_to", [token.as_bytes(), address])
}
