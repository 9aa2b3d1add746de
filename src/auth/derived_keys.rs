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
