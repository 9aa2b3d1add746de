//! Pure data and rules: what a user, an address, a token, an event and a queued message are.
//!
//! No I/O, no clock, no database, no HTTP. Everything else may speak in these terms.

pub mod claims;
pub mod code;
pub mod email;
pub mod event;
pub mod id;
pub mod message;
pub mod password;
pub mod pending;
pub mod phone;
pub mod proof;
pub mod user;

pub use claims::{Claims, Purpose};
pub use code::{Code, CodeKind};
pub use email::Email;
pub use event::{Actor, Event, EventKind, Origin};
pub use id::Id;
pub use message::{MessageKind, QueuedMessage};
pub use password::{NewPassword, Password, PasswordHash};
pub use pending::PendingRegistration;
pub use phone::PhoneNumber;
pub use proof::{ProofHash, ProofToken};
pub use user::{FullName, User, UserPublic};
