//! Extractors: who makes a request, and its body in terms of `model`.
//!
//! Nothing here repeats what was sent, and everything is bounded.

mod access;
mod body;
mod fields;
mod form;
mod json;
mod path;
mod query;
mod service;
mod session;
mod values;

#[cfg(feature = "internals")]
pub(super) use body::Members;
pub(super) use body::{Body, MAX_BODY_BYTES, OptionalBody};
pub(super) use fields::{Field, Fields, Next, Patch, Request, fields, request};
pub(super) use form::{Form, form_fields};
pub(super) use path::{
    MessageId, PasskeyId, PendingEmail, ProviderName, ServiceKeyId, SessionId, UserId,
};
pub(super) use query::{After, Flag, Limit, Number, Query, Search, limit, parameter, query};
pub(super) use service::{Administration, Presented};
pub use session::{Admin, SignedIn};
pub(super) use session::{Client, bearer, live_session};
pub(super) use values::{Encoded, PhoneText};
