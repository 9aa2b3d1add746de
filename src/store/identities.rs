//! Logins with external providers: unfinished ones, and the identities that accounts are linked to.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, IssuedSession, Result};
use crate::model::{Email, Id, Identity, NewSession, OfferedMethods, ProofHash, ProviderId, User};

/// Logins with external providers. An identity is linked to at most one account, and an account to at most one identity
/// of each provider.
#[async_trait]
pub trait IdentityStore: Send + Sync + 'static {
    /// Stores a step of an unfinished login.
    async fn put_oauth_state(&self, state: OauthState) -> Result<()>;

    /// Takes a step that has not expired, and returns its encrypted content. It is returned only once, even to
    /// concurrent calls.
    async fn take_oauth_state(&self, id: &ProofHash, now: Timestamp) -> Result<Option<Vec<u8>>>;

    /// Returns the account that an identity is linked to. Waits for one that is being created at this moment.
    async fn identity_owner(&self, provider: &ProviderId, subject: &str) -> Result<Option<User>>;

    /// Returns the identities of an account, oldest first.
    async fn identities(&self, user_id: Id) -> Result<Vec<Identity>>;

    /// The identities of several accounts, in no order.
    async fn identities_of(&self, user_ids: &[Id]) -> Result<Vec<Identity>>;

    /// Creates an account together with its first identity.
    async fn create_user_with_identity(
        &self,
        user: User,
        identity: Identity,
        effects: Effects,
    ) -> Result<CreateWithIdentity>;

    /// Links an identity to an account, if the account is still as it was read.
    async fn link_identity(&self, link: IdentityLink, effects: Effects) -> Result<LinkIdentity>;

    /// Takes an identity away, unless without it nothing that is open leads in to its account; without a word of what is open,
    /// in any case.
    async fn unlink_identity(
        &self,
        user_id: Id,
        provider: &ProviderId,
        unless_last: Option<OfferedMethods>,
        effects: Effects,
    ) -> Result<UnlinkIdentity>;

    /// Records that an identity was used, unless a later use is already recorded. Returns false if it is not linked to
    /// the account.
    async fn note_identity_use(&self, used: &IdentityUse, at: Timestamp) -> Result<bool>;

    /// Issues a session if the account is active and the identity is still linked to it. Records the use, sets
    /// `last_login`, clears the failures of the account's email address, and writes the session's row.
    async fn issue_session_for_identity(
        &self,
        used: IdentityUse,
        session: NewSession,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<IssuedSession>>;
}

/// A step of an unfinished login.
#[derive(Debug, Clone)]
pub struct OauthState {
    /// The hash of the name that the browser carries.
    pub id: ProofHash,
    /// Everything else, encrypted.
    pub sealed: Vec<u8>,
    /// Whether it links an identity to the account of a session.
    pub is_link: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// An identity that its account is about to log in with.
#[derive(Debug, Clone)]
pub struct IdentityUse {
    /// The account.
    pub user_id: Id,
    /// The provider.
    pub provider: ProviderId,
    /// The identity's id at the provider.
    pub subject: String,
}

/// An identity about to be linked.
#[derive(Debug, Clone)]
pub struct IdentityLink {
    /// The identity.
    pub identity: Identity,
    /// What must be true of the account.
    pub proof: LinkProof,
}

/// What permits linking an identity to an account. The account must also be active.
#[derive(Debug, Clone)]
pub enum LinkProof {
    /// A session token issued at this moment, which the account must still accept.
    Session(Timestamp),
    /// The account's verified email address, which it must still have.
    VerifiedEmail(Email),
}

impl LinkProof {
    /// Returns whether it is valid for an account.
    pub(super) fn holds(&self, user: &User) -> bool {
        match self {
            Self::Session(issued_at) => user.accepts(*issued_at),
            Self::VerifiedEmail(email) => {
                user.is_active && user.is_verified && user.email.is_same_as(email)
            }
        }
    }
}

/// Outcome of [`IdentityStore::create_user_with_identity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateWithIdentity {
    /// The account and the identity were created.
    Created,
    /// An account already has the email address.
    EmailTaken,
    /// The identity is already linked to an account.
    IdentityTaken,
}

/// Outcome of [`IdentityStore::link_identity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkIdentity {
    /// The identity can log in to the account from now on.
    Linked,
    /// The identity is already linked to this account.
    AlreadyLinked,
    /// The identity is linked to another account.
    IdentityTaken,
    /// The account is linked to another identity of this provider.
    ProviderTaken,
    /// The account has changed since it was read, or was deleted.
    Stale,
}

/// Outcome of [`IdentityStore::unlink_identity`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnlinkIdentity {
    /// The identity that was removed.
    Done(Identity),
    /// The account has no identity at this provider.
    NotLinked,
    /// It is the account's last way to log in.
    LastLoginMethod,
}
