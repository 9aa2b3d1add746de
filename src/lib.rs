//! regstack: user accounts for an application, from one binary or mounted in your own.
//!
//! A tour of the rooms, from the ground up. Each opens with what it owns and what it must not know; which room may
//! name which is a table in `tests/it/house.rs`, and that test fails on any other edge.
//!
//! - [`clock`], [`random`], [`secret`]: injected time, injected randomness, text that is wiped and never printed.
//! - [`model`]: pure data and rules: user, address, password, token claims, event, queued message.
//! - [`config`]: the settings, the layers they come from, and what is wrong with them.
//! - [`auth`]: password hashing in a bounded pool, signed tokens, key derivation, sealing.
//! - [`store`]: what can happen to accounts as atomic steps (a trait), its conformance suite, and the engines below it.
//! - [`delivery`]: the outbox, its worker, the templates and the transports.
//! - [`accounts`]: every use case, one a file. Both doors, [`http`] and [`cli`], lead here and decide nothing themselves.
//! - [`app`]: the composition root: settings in, running parts out.
//! - [`http`]: the API: router, extractors, errors, one file per resource.
//! - [`doctor`]: checks of an installation, side by side, each with its remedy; what their answers mean is judged purely.
//! - [`cli`]: the commands, one a file, with one renderer and one map of exit codes.
//!
//! One use case through all of them: `POST /register` parses its body into [`model`] types, [`accounts::Accounts::register`]
//! decides and hashes, one operation of [`store::Store`] writes the pending registration, the sealed mail and the event
//! together, the outbox is woken, and the handler renders the outcome. `regstack users create` enters by the same kind of door.
//!
//! To embed it, open an [`app::App`], run its workers beside your own server, and hear what happens:
//!
//! ```no_run
//! use regstack::app::{Ambient, App};
//! use regstack::config::{self, Sources};
//! use tokio_util::sync::CancellationToken;
//!
//! # async fn embed() -> Result<(), Box<dyn std::error::Error>> {
//! let loaded = config::load(&Sources {
//!     environment: std::env::vars().collect(),
//!     working_dir: std::env::current_dir()?,
//!     ..Sources::default()
//! })?;
//! let app = App::open(loaded.settings, Ambient::system()).await?;
//!
//! app.subscribe("billing", |event| async move {
//!     if let Some(user) = event.user {
//!         println!("{}: {}", event.event.kind, user.email);
//!     }
//!     // What goes wrong here is logged, and harms nobody.
//!     Ok::<_, std::io::Error>(())
//! });
//!
//! let stop = CancellationToken::new();
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
//! let (_, served) = tokio::join!(
//!     app.run_workers(stop.clone()),
//!     regstack::http::serve(&app, listener, stop),
//! );
//! served?;
//! # Ok(())
//! # }
//! ```

pub mod accounts;
pub mod app;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod delivery;
pub mod doctor;
pub mod http;
pub mod model;
pub mod random;
pub mod secret;
pub mod store;
