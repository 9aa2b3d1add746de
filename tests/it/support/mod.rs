//! What the integration tests have in common.

pub(crate) mod actor;
pub(crate) mod browser;
pub(crate) mod client;
pub(crate) mod database;
pub(crate) mod name_server;
pub(crate) mod operator;
pub(crate) mod peer;
pub(crate) mod phone;
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod receiver;
pub(crate) mod served;
pub(crate) mod smtp_sink;
pub(crate) mod stand_in;
