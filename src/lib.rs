//! regstack: user accounts for an application.

pub mod accounts;
pub mod app;
pub mod auth;
pub mod clock;
pub mod config;
pub mod delivery;
pub mod http;
pub mod model;
pub mod random;
pub mod secret;
pub mod store;
