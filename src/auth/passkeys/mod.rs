//! Passkeys: checks what a browser presents against what was requested (Web Authentication, level 3, §7.1 and §7.2).
//!
//! `ring` verifies the signatures, as in the other modules. Attestation is neither requested nor verified: any
//! authenticator that verifies its user is accepted.

mod authenticator;
mod cbor;
mod key;
mod relying_party;

pub use key::{ALGORITHMS, CeremonyFault};
pub use relying_party::{Assertion, Attestation, NewCredential, RelyingParty};
