//! Passkeys: what a browser presents is checked against what was asked (Web Authentication, level 3, §7.1 and §7.2).
//!
//! Signatures are verified by the same library as everything else here. Attestations are neither asked for nor looked at: any
//! authenticator will do that verifies its user.

mod authenticator;
mod cbor;
mod key;
mod relying_party;

pub use key::{ALGORITHMS, CeremonyFault};
pub use relying_party::{Assertion, Attestation, NewCredential, RelyingParty};
