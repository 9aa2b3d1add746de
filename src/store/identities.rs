//! Logins at other providers: those under way, and the identities that accounts are linked to.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, IssuedSession, Result};
use crate::model::{Email, Id, Identity, NewSession, OpenWays, ProofHash, ProviderId, User};

/// Logins at other providers. A person at a provider is linked to one account at most, and an account to one person of a
/// provider.
#[async_trait]
pub trait IdentityStore: Send + Sync + 'static {
    /// Keeps a step of a login under way.
    async fn put_oauth_state(&self, state: OauthState) -> Result<()>;

    /// Takes a step that has not expired away, and returns what is sealed in it: once, however many ask at a time.
    async fn take_oauth_state(&self, id: &ProofHash, now: Timestamp) -> Result<Option<Vec<u8>>>;

    /// The account that a person at a provider is linked to. One that is being made at this moment is waited for.
    async fn identity_owner(&self, provider: &ProviderId, subject: &str) -> Result<Option<User>>;

    /// The identities of an account, the oldest first.
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

    /// Links a person to an account, if that is still as it was read.
    async fn link_identity(&self, link: IdentityLink, effects: Effects) -> Result<LinkIdentity>;

    /// Takes an identity away, unless without it nothing that is open leads in to its account; without a word of what is open,
    /// in any case.
    async fn unlink_identity(
        &self,
        user_id: Id,
        provider: &ProviderId,
        unless_last: Option<OpenWays>,
        effects: Effects,
    ) -> Result<UnlinkIdentity>;

    /// Notes that an identity was used, unless a later use is noted already; false if it is not linked to the account.
    async fn note_identity_use(&self, used: &IdentityUse, at: Timestamp) -> Result<bool>;

    /// Issues a session if the account is active and the identity still linked to it. Notes the use, sets `last_login`, clears
    /// the failures of the account's address, and writes the session's row.
    async fn issue_session_for_identity(
        &self,
        used: IdentityUse,
        session: NewSession,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<IssuedSession>>;
}

/// A step of a login under way.
#[derive(Debug, Clone)]
pub struct OauthState {
    /// The hash of what the browser carries.
    pub id: ProofHash,
    /// All else, sealed.
    pub sealed: Vec<u8>,
    /// Whether it links a person to an account that is logged in.
    pub is_link: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// From this moment on it is over.
    pub expires_at: Timestamp,
}

/// An identity about to be used by the account that it is linked to.
#[derive(Debug, Clone)]
pub struct IdentityUse {
    /// Whose.
    pub user_id: Id,
    /// The provider.
    pub provider: ProviderId,
    /// The person's name there.
    pub subject: String,
}

/// An identity about to be linked.
#[derive(Debug, Clone)]
pub struct IdentityLink {
    /// The identity.
    pub identity: Identity,
    /// What has to hold of the account.
    pub proof: LinkProof,
}

/// On the strength of what an identity is linked to an account, which has to be active besides.
#[derive(Debug, Clone)]
pub enum LinkProof {
    /// A session's token issued at this moment, which the account must still accept.
    Session(Timestamp),
    /// The account's verified address, which it must still have.
    VerifiedEmail(Email),
}

impl LinkProof {
    /// Whether it holds of an account.
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
    /// Account and identity are there.
    Created,
    /// An account has the address already.
    EmailTaken,
    /// The person is linked to an account already.
    IdentityTaken,
}

/// Outcome of [`IdentityStore::link_identity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkIdentity {
    /// The person can log in to the account from now on.
    Linked,
    /// The person is linked to this account already.
    AlreadyLinked,
    /// The person is linked to another account.
    IdentityTaken,
    /// The account is linked to another person of this provider.
    ProviderTaken,
    /// The account is not as it was read any more, or gone.
    Stale,
}

/// Outcome of [`IdentityStore::unlink_identity`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnlinkIdentity {
    /// The identity as it was.
    Done(Identity),
    /// The account has no identity at this provider.
    NotLinked,
    /// Nobody could log in to the account any more.
    LastWayIn,
}
