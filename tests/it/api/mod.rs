//! The JSON API over HTTP, a file a resource.

mod credentials;
mod heavy;
mod login;
mod logout;
mod me;
mod recover;
mod refusals;
mod register;
mod several_servers;
mod verify;
