//! The first step of a login, remembered until the second step is done.

use crate::model::{Claims, OwnMethod, PasswordHash, ProviderId, SessionMethod};

/// What the first step of a login established.
pub(super) struct FirstStep {
    /// The account's password hash at the first step: for a password, the one that it was verified against.
    pub(super) verified_hash: Option<PasswordHash>,
    /// A stronger hash of the same password, to be stored.
    pub(super) upgraded_hash: Option<PasswordHash>,
    /// The external provider that the person logged in with, if any.
    pub(super) provider: Option<ProviderId>,
}

/// Returns how a login with a second step is recorded: by the provider if it began at one, otherwise by `own`.
pub(super) fn method_after(claims: &Claims, own: OwnMethod) -> SessionMethod {
    let provider = claims.provider.clone();
    provider.map_or(SessionMethod::Own(own), SessionMethod::Provider)
}
