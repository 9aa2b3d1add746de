//! Pure data and rules: what a user, an email address, a token, an event and a queued message are.
//!
//! No I/O, no clock, no database, no HTTP. Every other module may use these types.

pub mod cap;
pub mod change;
pub mod claims;
pub mod client_limit;
pub mod client_network;
pub mod code;
pub mod counts;
pub mod cursor;
pub mod email;
pub mod event;
mod events_naming;
pub mod factor;
mod foreign_id;
pub mod id;
pub mod identity;
pub mod inert;
pub mod language;
pub mod list;
pub mod lockout;
pub mod login_methods;
pub mod message;
pub(crate) mod moment;
mod named;
mod own_data;
pub mod page;
pub mod passkey;
pub mod password;
pub mod pending;
pub mod phone;
pub mod proof;
mod retry;
pub mod revocation;
pub mod service_key;
pub mod session;
pub mod signing_key;
pub mod sweep;
pub mod undo;
pub mod user;
pub mod user_public;
pub mod window;

pub use cap::{CapPurpose, RecipientCap};
pub use change::{NewAddress, Revision, UserChange};
pub use claims::{Claims, Purpose};
pub use client_limit::{ClientLimit, RequestCount};
pub use code::{Code, CodeBudget, CodeKind, CodeVerdict, WaitingCode};
pub use counts::{Counts, Day, DayCounts};
pub use cursor::{Cursor, PageKey, PendingKey, RevocationKey, SessionKey};
pub use email::Email;
pub use event::{Actor, Event, EventKind, Origin};
pub use events_naming::EventsNaming;
pub use factor::{
    FactorSecret, Factors, LoginCode, MfaMethod, RecoveryCode, RecoverySet, Sealed, Totp, TotpMatch,
};
pub use foreign_id::ForeignId;
pub use id::Id;
pub use identity::{Identity, IdentityPublic, ProviderId};
pub use language::Language;
pub use list::{EventFilter, LoginMethod, MessageFilter, SessionFilter, UserFilter};
pub use lockout::{
    AttemptHistory, LockoutRule, LockoutState, PastAttempt, RESERVATION_LIFETIME, Reservation,
};
pub use login_methods::{LoginMethods, OfferedMethods, RemovedMethod};
pub use message::{Backlog, MessageEntry, MessageKind, MessageState, OutboxState, QueuedMessage};
pub use own_data::{OwnData, OwnEvent, OwnFactors, OwnIdentity, OwnMessage, OwnRequest};
pub use page::{ListItem, Page};
pub use passkey::{Challenge, CredentialId, PASSKEY_MOMENT, Passkey, PasskeyName, PasskeyPublic};
pub use password::{NewPassword, Password, PasswordHash, WeakPassword};
pub use pending::{PendingPublic, PendingRegistration};
pub use phone::PhoneNumber;
pub use proof::{ProofHash, ProofToken};
pub use revocation::{Revocation, RevokedToken, TokenId};
pub use service_key::{
    PresentedServiceKey, Scope, Scopes, ServiceKey, ServiceKeyName, ServiceKeyPublic,
    ServiceKeyText,
};
pub use session::{
    NewSession, OthersEnded, OwnMethod, SessionMethod, SessionPublic, UserAgent, UserSession,
};
pub use signing_key::{KeySchedule, SigningAlgorithm, SigningKey};
pub use sweep::{Ceilings, SweepRule};
pub use undo::{MAX_UNDOS, NewUndo, PhoneBefore, UNDO_LIFE, Undo};
pub use user::{FullName, User};
pub use user_public::UserPublic;
pub use window::SlidingWindow;
