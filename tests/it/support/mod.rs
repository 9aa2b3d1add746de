//! What the integration tests have in common.

pub(crate) mod process;
pub(crate) mod served;
pub(crate) mod smtp_sink;
