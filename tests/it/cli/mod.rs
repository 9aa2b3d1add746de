//! The commands, as processes: what they print where, and how they end.

mod config;
mod create_admin;
mod db;
mod init;
mod names;
mod outbox;
mod serve;
mod templates;
mod terminal;
mod usage;
mod users;
