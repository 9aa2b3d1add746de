//! Cryptography: password hashing, signed tokens, key derivation, encryption.
//!
//! Depends on settings but not on accounts: `accounts` decides who may do what.

pub mod derived_keys;
pub mod factor_secrets;
pub mod foreign;
#[cfg(feature = "internals")]
pub mod fuzz;
mod hash_memory;
mod hash_queue;
pub mod id_token;
mod jws;
pub mod key_pairs;
pub mod key_ring;
pub mod passkeys;
pub mod passwords;
pub mod sealing;
mod short_tokens;
mod stored_hashes;
pub mod tokens;
pub mod totp;
mod unverified_claims;
mod wire;

pub use derived_keys::Tag;
pub use factor_secrets::FactorSecrets;
pub use foreign::{FirebaseParameters, Unfit};
pub use hash_queue::{HashLoad, Requester};
pub use key_ring::KeyRing;
pub use passwords::{Cost, PasswordHasher, Verdict};
pub use sealing::{CannotOpen, Sealer};
pub use stored_hashes::HashError;
pub use tokens::{InvalidToken, TokenCodec, TokenFault};
pub use totp::TotpSecret;
pub use unverified_claims::UnverifiedClaims;
