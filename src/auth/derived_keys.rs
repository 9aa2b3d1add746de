//! Keys derived from `jwt_secret`, one for each purpose, so that what is signed or encrypted for one purpose is
//! invalid for any other.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::{ExposeSecret as _, SecretString};

/// Returns HMAC-SHA256 (RFC 2104) of `purpose` under the secret. The Python package derives its keys in the same way,
/// so tokens are interchangeable.
#[must_use]
pub fn derive(secret: &SecretString, purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// HMAC-SHA256 of a message, truncated to 128 bits (RFC 2104 §5), for values that only this server checks.
pub struct Tag(Hmac<Sha256>);

impl Tag {
    /// Starts the tag of `parts` under the key derived for `purpose`. The length of each part is included.
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

    /// Returns the 16 bytes of the tag.
    #[must_use]
    pub fn value(self) -> [u8; 16] {
        let mut value = [0; 16];
        value.copy_from_slice(&self.0.finalize().into_bytes()[..16]);
        value
    }

    /// Returns whether `given` is the tag. Compares in constant time.
    #[must_use]
    pub fn is(self, given: &[u8; 16]) -> bool {
        self.0.verify_truncated_left(given).is_ok()
    }
}
