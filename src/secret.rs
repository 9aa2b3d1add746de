//! Secrets: text that is wiped when dropped, never printed, and compared in constant time.

pub use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq as _;

/// Returns whether two secrets are equal, in time that depends only on their lengths.
#[must_use]
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}
