//! What goes wrong with the server: how it is classified, and what is said of it in one line.

use std::fmt;
use std::time::Duration;

use mongodb::error::{Error, ErrorKind, WriteFailure};

use crate::store::StoreError;

/// How long any one exchange with the server may take. Well below what a claim or lease lasts.
/// (Unit tests share their machine with whatever else runs.)
pub(super) const DEADLINE: Duration = Duration::from_secs(if cfg!(test) { 60 } else { 5 });

/// An error of the driver, or an answer that did not come in time. It is shown in one line for the log: the driver's own
/// words are for its developers.
#[derive(Debug)]
pub(super) enum ServerError {
    Driver(Error),
    TimedOut,
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Driver(error) => f.write_str(&reason(error)),
            Self::TimedOut => write!(f, "MongoDB did not answer within {} s", DEADLINE.as_secs()),
        }
    }
}

impl std::error::Error for ServerError {}

impl From<ServerError> for StoreError {
    fn from(error: ServerError) -> Self {
        match &error {
            ServerError::Driver(cause) if code(cause) == Some(TIME_LIMIT_EXCEEDED) => {
                Self::TooBroad
            }
            ServerError::Driver(cause) if is_denied(cause) => Self::Denied(Box::new(error)),
            _ => Self::Unavailable(Box::new(error)),
        }
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        ServerError::Driver(error).into()
    }
}

impl From<mongodb::bson::error::Error> for ServerError {
    fn from(error: mongodb::bson::error::Error) -> Self {
        Self::Driver(error.into())
    }
}

/// What an operation answers that had no time left.
pub(super) fn timed_out() -> StoreError {
    ServerError::TimedOut.into()
}

const DUPLICATE_KEY: i32 = 11000;
/// The answer to an operation that took longer than the limit given with it.
const TIME_LIMIT_EXCEEDED: i32 = 50;

/// Whether the server does not let us in, or not do this.
fn is_denied(error: &Error) -> bool {
    const UNAUTHORIZED: i32 = 13;
    const AUTHENTICATION_FAILED: i32 = 18;
    matches!(&*error.kind, ErrorKind::Authentication { .. })
        || matches!(code(error), Some(UNAUTHORIZED | AUTHENTICATION_FAILED))
}

pub(super) fn is_duplicate(error: &Error) -> bool {
    code(error) == Some(DUPLICATE_KEY)
}

/// The server's number of an error.
pub(super) fn code(error: &Error) -> Option<i32> {
    match &*error.kind {
        ErrorKind::Command(command) => Some(command.code),
        ErrorKind::Write(WriteFailure::WriteError(write)) => Some(write.code),
        _ => None,
    }
}

/// Of the documents inserted without order, the places of those that were there already.
pub(super) fn duplicates(error: &Error) -> Option<Vec<usize>> {
    let ErrorKind::InsertMany(errors) = &*error.kind else {
        return None;
    };
    if errors.write_concern_error.is_some() {
        return None;
    }
    let failed = errors.write_errors.as_ref()?;
    failed
        .iter()
        .map(|error| (error.code == DUPLICATE_KEY).then_some(error.index))
        .collect()
}

/// Which servers do not answer and why, out of the driver's picture of all that it knows of them.
fn plain(message: &str) -> String {
    let Some((_, topology)) = message.split_once("Topology:") else {
        return message.to_owned();
    };
    let servers: Vec<String> = topology
        .split("Address: ")
        .skip(1)
        .map(|server| {
            let address = server.split(',').next().unwrap_or_default().trim();
            let error = server.split_once("Error: ").map(|(_, error)| error);
            let error = error.unwrap_or("no answer");
            let end = error.find([',', '}']).unwrap_or(error.len());
            let error = error[..end].trim();
            let error = error
                .strip_prefix("Kind: ")
                .unwrap_or(error)
                .trim_start_matches("I/O error: ");
            format!("{address} ({error})")
        })
        .collect();
    if servers.is_empty() {
        return "none was found at the addresses of its URL".to_owned();
    }
    servers.join(", ")
}

pub(super) fn reason(error: &Error) -> String {
    match &*error.kind {
        ErrorKind::Authentication { message, .. } => {
            format!("MongoDB refuses the user name or password of its URL ({message})")
        }
        ErrorKind::ServerSelection { message, .. } => {
            format!("no MongoDB server answers: {}", plain(message))
        }
        ErrorKind::Command(command) => {
            format!("MongoDB says: {} (code {})", command.message, command.code)
        }
        ErrorKind::Write(WriteFailure::WriteError(write)) => {
            format!("MongoDB says: {} (code {})", write.message, write.code)
        }
        ErrorKind::Write(WriteFailure::WriteConcernError(concern)) => format!(
            "MongoDB could not confirm a write by a majority: {}",
            concern.message
        ),
        kind => kind.to_string(),
    }
}

/// A text without the user name and password of a URL.
pub(super) fn without_credentials(text: &str, url: &str) -> String {
    let authority = url.split_once("://").map_or(url, |(_, rest)| {
        rest.split(['/', '?']).next().unwrap_or(rest)
    });
    match authority.rsplit_once('@') {
        None => text.to_owned(),
        Some((credentials, _)) => credentials
            .split(':')
            .filter(|part| !part.is_empty())
            .fold(text.to_owned(), |text, part| text.replace(part, "…")),
    }
}
