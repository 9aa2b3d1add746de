//! The integration tests, one binary: they see the crate as others do, and the program as a process.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

mod api;
mod availability;
#[cfg(feature = "aws")]
mod aws;
mod browser;
mod canary;
mod cli;
mod console;
mod examples;
mod fixtures;
mod floods;
mod fuzz;
mod house;
mod mail;
mod model;
mod mongodb;
mod mongodb_lists;
mod mongodb_replies;
mod mongodb_trips;
mod mount;
#[cfg(feature = "otlp")]
mod otlp;
mod pages;
mod passkey_vectors;
mod prose;
mod proxies;
mod python_package;
mod security;
mod session;
mod support;
mod twilio;
mod webhooks;
