//! What a handler is given of a request: who asks, and a body in terms of `model`.
//!
//! Nothing here repeats what was sent, and everything here is bounded.

mod body;
mod fault;
mod fields;
mod json;
mod session;

pub(super) use body::{Body, MOST_BYTES};
pub(super) use fault::{Fault, kind};
pub(super) use fields::{Change, Field, Fields, Request, request};
pub(super) use session::{Client, SignedIn};
