//! The commands, as processes: what they print where, and how they end.

mod bulk;
mod config;
mod create_admin;
mod db;
mod doctor;
mod doors;
mod events;
mod exit_codes;
mod generated;
mod heavy;
mod init;
mod json;
mod log;
mod moves;
mod names;
mod outbox;
mod pending;
mod secret;
mod serve;
mod signals;
mod stats;
mod templates;
mod terminal;
mod tokens;
mod usage;
mod users;
