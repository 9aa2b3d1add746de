//! The JSON API over HTTP, a file a resource.

mod login;
mod logout;
mod me;
mod refusals;
mod register;
mod several_servers;
mod verify;
