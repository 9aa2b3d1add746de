//! Cryptography: password hashing, signed tokens, key derivation, sealing.
//!
//! Knows settings, not accounts: who may do what is decided in `accounts`.

mod hash_queue;
mod jws;
pub mod keys;
pub mod passwords;
pub mod sealing;
pub mod signing;
pub mod signing_keys;
pub mod tokens;
mod wire;

pub use hash_queue::Requester;
pub use passwords::{Cost, HashError, PasswordHasher, Verdict};
pub use sealing::Sealer;
pub use signing_keys::SigningKeys;
pub use tokens::{InvalidToken, TokenCodec, TokenFault, UnverifiedClaims};
