//! The JSON API over HTTP, a file a resource.

mod admin;
mod clients;
mod contract;
mod cookie;
mod cors;
mod credentials;
mod docs;
mod forward_auth;
mod heavy;
mod hidden;
mod introspect;
mod key_rotation;
mod login;
mod logout;
mod mailbox;
mod me;
mod phone;
mod recover;
mod refusals;
mod register;
mod second_factor;
mod service_keys;
mod several_servers;
mod signing_keys;
mod undo;
mod verify;
