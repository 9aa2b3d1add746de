//! User accounts for your application: as a server of its own, or mounted in your Rust program.
//!
//! # Mount it in your application
//!
//! Open an [`App`], merge its [`router`] into your own, run its workers next to your server, and add [`SignedIn`] (or
//! [`Admin`], or `Option<SignedIn>`) to the parameters of the handlers that you want to protect:
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use regstack::{Ambient, App, SignedIn, Sources};
//! use tokio_util::sync::CancellationToken;
//!
//! async fn hello(signed_in: SignedIn) -> String {
//!     format!("Hello, {}", signed_in.user().email)
//! }
//!
//! # async fn embed() -> Result<(), Box<dyn std::error::Error>> {
//! let settings = regstack::load_settings(&Sources::of_process()?)?.settings;
//! let app = App::open(settings, Ambient::system()).await?;
//! let routes = Router::new().route("/hello", get(hello)).with_state(app.clone());
//!
//! let stop = CancellationToken::new();
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
//! let (_, served) = tokio::join!(
//!     app.run_workers(stop.clone()),
//!     regstack::serve_with(&app, routes, listener, stop),
//! );
//! served?;
//! # Ok(())
//! # }
//! ```
//!
//! `examples/mount.rs` is a complete program. There are no globals: two instances in one process share nothing. The cargo
//! features `cli`, `mongodb` and `aws` are on by default. Without `cli`, no terminal crates are compiled. With `otlp`, spans
//! of OpenTelemetry go to the global provider of your program.
//!
//! # The modules, from the bottom up
//!
//! The first lines of each module say what it's responsible for and what it must not depend on. A table in
//! `tests/it/house.rs` lists which module may use which, and the test fails on any other use.
//!
//! - `clock`, `random`, `secret`: injected time and randomness, and text that is wiped from memory and never printed.
//! - `model`: data and rules without I/O: user, email address, password, token claims, event, queued message.
//! - `config`: the settings, the layers they come from, and their validation.
//! - `auth`: password hashing in a bounded pool, signed tokens, key derivation, encryption.
//! - `store`: a trait with every change to accounts as an atomic operation, its conformance tests, and the two engines.
//! - `metrics`: counters of the server's work, and their text for Prometheus.
//! - `traces`: spans of OpenTelemetry, with the feature `otlp`.
//! - `delivery`: the outbox, its worker, the templates and the transports.
//! - `accounts`: every use case, one per file. `http` and `cli` call it and make no decisions themselves.
//! - `app`: creates all parts from the settings and connects them.
//! - `http`: the API: router, extractors, errors, one file per resource.
//! - `doctor`: checks of an installation, each with a remedy.
//! - `validate`: a client that drives a running installation through every flow.
//! - `cli`: the commands, one per file, with one renderer and one mapping to exit codes.
//!
//! For example, `POST /register` parses its body into `model` types. `Accounts::register` decides and hashes the password.
//! One operation of `Store` writes the pending registration, the encrypted email and the event together. Then the outbox
//! worker is woken, and the handler renders the result. `regstack users create` works the same way.
//!

#![cfg_attr(
    not(feature = "internals"),
    allow(
        dead_code,
        unreachable_pub,
        unused_imports,
        reason = "a room offers more than every selection of features uses; with `internals`, as in CI, all of it is checked"
    )
)]

mod accounts;
mod app;
mod auth;
#[cfg(feature = "cli")]
mod cli;
mod clock;
mod config;
mod delivery;
#[cfg(feature = "cli")]
mod doctor;
mod http;
mod metrics;
mod model;
mod random;
mod secret;
mod store;
mod traces;
#[cfg(feature = "cli")]
mod validate;

pub use app::{Ambient, App, OpenError};
pub use config::{ConfigError, Loaded, Settings, Sources, load as load_settings};
pub use delivery::email::{EmailTransport, Mail};
pub use delivery::sms::{Sms, SmsTransport};
pub use delivery::{AccountEvent, SendError};
pub use http::{
    Admin, ApiError, Listener, ServeError, SignedIn, renew_sessions, router, serve, serve_with,
};
pub use model::{Event, EventKind, UserPublic};

#[cfg(feature = "cli")]
#[doc(hidden)]
pub use cli::run as run_command_line;

/// All modules, for the tests and benchmarks of this package. May change without notice.
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals {
    pub mod accounts {
        pub use crate::accounts::*;
    }
    pub mod app {
        pub use crate::app::*;
    }
    pub mod auth {
        pub use crate::auth::*;
    }
    #[cfg(feature = "cli")]
    pub mod cli {
        pub use crate::cli::*;
    }
    pub mod clock {
        pub use crate::clock::*;
    }
    pub mod config {
        pub use crate::config::*;
    }
    pub mod delivery {
        pub use crate::delivery::*;
    }
    #[cfg(feature = "cli")]
    pub mod doctor {
        pub use crate::doctor::*;
    }
    pub mod http {
        pub use crate::http::*;
    }
    pub mod metrics {
        pub use crate::metrics::*;
    }
    pub mod model {
        pub use crate::model::*;
    }
    pub mod random {
        pub use crate::random::*;
    }
    pub mod secret {
        pub use crate::secret::*;
    }
    pub mod store {
        pub use crate::store::*;
    }
    pub mod traces {
        pub use crate::traces::*;
    }
}
