//! Cryptography: password hashing, signed tokens, key derivation, sealing.
//!
//! Knows settings, not accounts: who may do what is decided in `accounts`.

mod jws;
pub mod keys;
pub mod passwords;
pub mod sealing;
pub mod tokens;

pub use passwords::{Cost, HashError, PasswordHasher, Verdict};
pub use sealing::Sealer;
pub use tokens::{InvalidToken, TokenCodec, TokenFault, UnverifiedClaims};
