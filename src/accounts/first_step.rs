//! What goes before the second step of a login, and what the session is known by that it ends in.

use crate::model::{Claims, LoginMethod, PasswordHash, ProviderId, SessionMethod};

/// What went before the second step.
pub(super) struct FirstStep {
    /// The account's hash, as it was when the first step was taken: for a password, the one that it was verified against.
    pub(super) verified_hash: Option<PasswordHash>,
    /// A stronger hash of the same password, to be kept.
    pub(super) upgraded_hash: Option<PasswordHash>,
    /// The provider that somebody logged in with, if it was none of our own ways.
    pub(super) provider: Option<ProviderId>,
}

/// How a login is recorded that ends with a second step: whoever began it at a provider is known by that.
pub(super) fn method_after(claims: &Claims, own: LoginMethod) -> SessionMethod {
    let provider = claims.provider.clone();
    provider.map_or(SessionMethod::Own(own), SessionMethod::Provider)
}
