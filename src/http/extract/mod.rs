//! What a handler is given of a request: who asks, and a body in terms of `model`.
//!
//! Nothing here repeats what was sent, and everything here is bounded.

mod body;
mod fields;
mod json;
mod path;
mod query;
mod session;
mod values;

pub(super) use body::{Body, MAX_BODY_BYTES};
pub(super) use fields::{Field, Fields, Next, Patch, Request, fields, request};
pub(super) use path::{MessageId, PendingEmail, UserId};
pub(super) use query::{After, Flag, Limit, Number, Query, Search, limit, parameter, query};
pub(super) use session::Client;
pub use session::{Admin, SignedIn};
pub(super) use values::PhoneText;
