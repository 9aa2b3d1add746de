//! What a handler is given of a request: who asks, and a body in terms of `model`.
//!
//! Nothing here repeats what was sent, and everything here is bounded.

mod body;
mod fault;
mod fields;
mod json;
mod path;
mod query;
mod session;

pub(super) use body::{Body, MOST_BYTES};
pub(super) use fault::{Fault, Place, kind};
pub(super) use fields::{Change, Field, Fields, PhoneText, Request, fields, request};
pub(super) use path::{MessageId, PendingEmail, UserId};
pub(super) use query::{After, Flag, Limit, Number, Query, Search, limit, parameter, query};
pub(super) use session::{Admin, Client, SignedIn};
