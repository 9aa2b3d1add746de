//! The same interface in a build without traces: its calls do nothing.

use std::time::Duration;

use axum::http::HeaderMap;

/// A request, or a delivery attempt.
#[derive(Debug)]
pub struct Span;

impl Span {
    /// Begins the span of a request.
    #[must_use]
    pub fn of_request(_: &str, _: Option<&str>, _: &str, _: &HeaderMap, _: bool) -> Self {
        Self
    }

    /// Begins the span of a delivery attempt.
    #[must_use]
    pub fn of_delivery(_: &'static str, _: &dyn std::fmt::Display, _: u32) -> Self {
        Self
    }

    /// Returns the future, in which this span is the current one.
    pub fn around<F: Future>(&self, future: F) -> F {
        future
    }

    /// Ends the span of a request.
    pub fn answered(&self, _: Option<u16>) {}

    /// Ends the span of a delivery attempt.
    pub fn delivered(&self, _: &'static str) {}
}

/// A step inside of the current span.
#[derive(Debug)]
pub struct Leaf;

impl Leaf {
    /// Begins a step.
    #[must_use]
    pub fn begin(_: &'static str) -> Self {
        Self
    }

    /// Begins an operation of the store.
    #[must_use]
    pub fn of_store(_: &'static str, _: impl FnOnce() -> &'static str) -> Self {
        Self
    }

    /// Records a command of the database that has just ended.
    pub fn of_command(_: &'static str, _: &'static str, _: Duration, _: bool) {}

    /// Ends the step.
    pub fn end(self, _: bool) {}
}

/// Returns a future for another task, in which the current span stays the current one.
pub fn carried<F: Future>(future: F) -> F {
    future
}

/// Adds the current span to the headers of a request to another program.
pub fn tell(_: &mut HeaderMap) {}
