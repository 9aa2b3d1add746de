//! What the integration tests have in common.

pub(crate) mod process;
