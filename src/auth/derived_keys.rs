//! Keys derived from `jwt_secret`, one for each purpose, so that what is made for one opens nothing else.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::{ExposeSecret as _, SecretString};

/// HMAC-SHA256 (RFC 2104) of `purpose` under the secret: the Python package's derivation, so tokens are exchangeable.
#[must_use]
pub fn derive(secret: &SecretString, purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// HMAC-SHA256 of a message, cut to 128 bits (RFC 2104 §5): for what is checked here and nowhere else.
pub struct Tag(Hmac<Sha256>);

impl Tag {
    /// The tag of the parts, under the key that is derived for `purpose`. Each part counts with its length.
    #[must_use]
    pub fn new<'a>(
        secret: &SecretString,
        purpose: &str,
        parts: impl IntoIterator<Item = &'a [u8]>,
    ) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*derive(secret, purpose))
            .expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(&part.len().to_be_bytes());
            mac.update(part);
        }
        Self(mac)
    }

    /// Returns the 16 bytes.
    #[must_use]
    pub fn value(self) -> [u8; 16] {
        let mut value = [0; 16];
        value.copy_from_slice(&self.0.finalize().into_bytes()[..16]);
        value
    }

    /// Whether these are the 16 bytes. Compares in constant time.
    #[must_use]
    pub fn is(self, given: &[u8; 16]) -> bool {
        self.0.verify_truncated_left(given).is_ok()
    }
}
