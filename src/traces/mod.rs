//! Traces: where a request or a delivery attempt spends its time, as spans of OpenTelemetry, and the trace context
//! (W3C Trace Context) that connects them with those of other programs.
//!
//! Spans go to the global provider of the process; who exports them, and where to, is not known here. Attributes are names
//! from the program, numbers and ids; never an email address, a secret, a path or a query. Without the feature `otlp`,
//! everything here does nothing.

#[cfg(not(feature = "otlp"))]
mod noop;
#[cfg(feature = "otlp")]
mod parent;
#[cfg(feature = "otlp")]
mod spans;

#[cfg(not(feature = "otlp"))]
pub use noop::{Leaf, Span, carried, tell};
#[cfg(feature = "otlp")]
pub use spans::{Leaf, Span, carried, tell};
