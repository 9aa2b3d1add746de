//! Errors of the server: classifying them, and describing them in one line.

use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use mongodb::bson::{Bson, Document};
use mongodb::error::{Error, ErrorKind, WriteFailure};
use tokio::time::timeout;

use crate::store::{Result, StoreError};

/// How long any one exchange with the server may take: well below the lifetime of a claim or lease. Tests allow more,
/// because they share their machine with other work.
pub(super) const DEADLINE: Duration = Duration::from_secs(if cfg!(test) { 60 } else { 5 });

/// An error of the driver, or a response that did not come in time. Its text for the log is one line, because the
/// driver's own messages are for its developers.
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

impl ServerError {
    /// Converts the error of a write: if only the response is missing, the write may have been done.
    pub(super) fn of_write(self) -> StoreError {
        match &self {
            Self::TimedOut => StoreError::Unconfirmed(Box::new(self)),
            Self::Driver(error) if matches!(&*error.kind, ErrorKind::Io(_)) => {
                StoreError::Unconfirmed(Box::new(self))
            }
            Self::Driver(_) => self.into(),
        }
    }
}

impl From<ServerError> for StoreError {
    fn from(error: ServerError) -> Self {
        match &error {
            ServerError::Driver(cause) if code(cause) == Some(TIME_LIMIT_EXCEEDED) => {
                Self::TooBroad
            }
            ServerError::Driver(cause) if is_denied(cause) => Self::Denied(Box::new(error)),
            ServerError::Driver(cause) if is_unconfirmed(cause) => {
                Self::Unconfirmed(Box::new(error))
            }
            // A server that steps down, or has no primary, is unavailable only for a moment.
            ServerError::Driver(cause) if code(cause).is_some() && !is_passing(cause) => {
                Self::Failed(Box::new(error))
            }
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

/// Does one thing within the deadline.
pub(super) async fn timed<T>(
    act: impl IntoFuture<Output = Result<T, Error>>,
) -> Result<T, ServerError> {
    match timeout(DEADLINE, act.into_future()).await {
        Ok(done) => done.map_err(ServerError::Driver),
        Err(_) => Err(ServerError::TimedOut),
    }
}

/// What follows a step that is done already: a server that went away meanwhile does not undo the step. Others make up for
/// what is left.
pub(super) fn tolerate(followed: Result<()>) -> Result<()> {
    match followed {
        Err(error @ (StoreError::Unavailable(_) | StoreError::Unconfirmed(_))) => {
            tracing::warn!(%error, "follow-up of a completed operation failed; will be retried");
            Ok(())
        }
        followed => followed,
    }
}

/// Returns whether a write, or the response to it, was lost, so that it may be retried. That includes a write that
/// fewer members confirmed than were asked for.
pub(super) fn is_lost(error: &StoreError) -> bool {
    match error {
        StoreError::Unavailable(_) => true,
        StoreError::Unconfirmed(cause) => {
            cause
                .downcast_ref::<ServerError>()
                .is_some_and(|cause| match cause {
                    ServerError::TimedOut => true,
                    ServerError::Driver(error) => !is_unconfirmed(error),
                })
        }
        _ => false,
    }
}

/// Returns the error of an operation that ran out of time.
pub(super) fn timed_out() -> StoreError {
    ServerError::TimedOut.into()
}

const DUPLICATE_KEY: i32 = 11000;
/// The error code of an operation that took longer than its time limit.
pub(super) const TIME_LIMIT_EXCEEDED: i32 = 50;

/// Returns whether the server refuses access, or permission for the operation.
fn is_denied(error: &Error) -> bool {
    const UNAUTHORIZED: i32 = 13;
    const AUTHENTICATION_FAILED: i32 = 18;
    matches!(&*error.kind, ErrorKind::Authentication { .. })
        || matches!(code(error), Some(UNAUTHORIZED | AUTHENTICATION_FAILED))
}

/// Returns whether the write was done, but not confirmed by as many members as were asked for.
pub(super) fn is_unconfirmed(error: &Error) -> bool {
    match &*error.kind {
        ErrorKind::Write(WriteFailure::WriteConcernError(_)) => true,
        ErrorKind::InsertMany(errors) => errors.write_concern_error.is_some(),
        _ => false,
    }
}

/// Returns whether the cause is the server or the network, not the request, so that it may be retried.
pub(super) fn is_passing(error: &Error) -> bool {
    /// The server steps down, shuts down, or has no primary.
    const STATES: [i32; 13] = [
        6, 7, 89, 91, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436,
    ];
    match code(error) {
        Some(code) => STATES.contains(&code),
        None => matches!(
            &*error.kind,
            ErrorKind::Io(_)
                | ErrorKind::ConnectionPoolCleared { .. }
                | ErrorKind::ServerSelection { .. }
        ),
    }
}

pub(super) fn is_duplicate(error: &Error) -> bool {
    code(error) == Some(DUPLICATE_KEY)
}

/// Returns the server's error code.
pub(super) fn code(error: &Error) -> Option<i32> {
    match &*error.kind {
        ErrorKind::Command(command) => Some(command.code),
        ErrorKind::Write(WriteFailure::WriteError(write)) => Some(write.code),
        _ => None,
    }
}

/// Returns the positions of those documents in an unordered insert that already existed.
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

/// Returns the places of those updates that a unique index refused, by the answer to an `update` command.
pub(super) fn refused(answer: &Document) -> Result<Vec<usize>> {
    let errors = answer.get_array("writeErrors").ok();
    let errors = errors.into_iter().flatten().filter_map(Bson::as_document);
    errors
        .map(|error| {
            let index = error.get_i32("index").ok();
            let index = index.and_then(|index| usize::try_from(index).ok());
            if let (Ok(DUPLICATE_KEY), Some(index)) = (error.get_i32("code"), index) {
                return Ok(index);
            }
            let message = error.get_str("errmsg").unwrap_or("an update failed");
            Err(StoreError::Failed(
                format!("MongoDB reports: {message}").into(),
            ))
        })
        .collect()
}

/// Extracts which servers do not respond and why from the driver's description of the topology.
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
            let error = error.unwrap_or("no response");
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
        return "no server was found at the hosts in the URL".to_owned();
    }
    servers.join(", ")
}

pub(super) fn reason(error: &Error) -> String {
    match &*error.kind {
        ErrorKind::Authentication { message, .. } => {
            format!("MongoDB refuses the user name or password of its URL ({message})")
        }
        ErrorKind::ServerSelection { message, .. } => {
            format!("no MongoDB server responds: {}", plain(message))
        }
        ErrorKind::Command(command) => {
            format!(
                "MongoDB reports: {} (code {})",
                command.message, command.code
            )
        }
        ErrorKind::Write(WriteFailure::WriteError(write)) => {
            format!("MongoDB reports: {} (code {})", write.message, write.code)
        }
        ErrorKind::Write(WriteFailure::WriteConcernError(concern)) => format!(
            "MongoDB wrote, but couldn't confirm that enough members have it: {}",
            concern.message
        ),
        ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            "the connection closed before the response arrived".to_owned()
        }
        kind => kind.to_string(),
    }
}

/// Returns why a URL can't be used, if the error is about the URL.
pub(super) fn of_url(error: &Error) -> Option<String> {
    let words = match &*error.kind {
        ErrorKind::InvalidArgument { message, .. } if message.contains("socketTimeoutMS") => {
            "remove the option socketTimeoutMS: it isn't supported, and every operation has a 5 s timeout"
                .to_owned()
        }
        ErrorKind::InvalidArgument { message, .. } if message.to_lowercase().contains("compress") => {
            "remove the option compressors: it isn't supported"
                .to_owned()
        }
        ErrorKind::InvalidArgument { message, .. } | ErrorKind::InvalidTlsConfig { message, .. } => {
            message.clone()
        }
        _ => return None,
    };
    Some(words)
}

/// Returns a text without the user name and password of a URL.
pub(super) fn without_credentials(text: &str, url: &str) -> String {
    let authority = url.split_once("://").map_or(url, |(_, rest)| {
        rest.split(['/', '?']).next().unwrap_or(rest)
    });
    match authority.rsplit_once('@') {
        None => text.to_owned(),
        Some((credentials, _)) => credentials
            .split(':')
            // Replacing one or two letters would garble the text, and they reveal nothing.
            .filter(|part| part.chars().count() > 2)
            .fold(text.to_owned(), |text, part| text.replace(part, "…")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mongodb::bson::{deserialize_from_document, doc};
    use mongodb::error::{WriteConcernError, WriteError};

    use super::*;

    fn stored(error: ErrorKind) -> String {
        StoreError::from(Error::from(error)).to_string()
    }

    #[test]
    fn an_error_says_whether_the_server_is_away_refused_or_only_did_not_confirm() {
        let concern = doc! { "code": 64, "codeName": "WriteConcernTimeout", "errmsg": "waiting timed out", "errInfo": {} };
        let concern: WriteConcernError = deserialize_from_document(concern).unwrap();
        let unconfirmed = stored(ErrorKind::Write(WriteFailure::WriteConcernError(concern)));
        assert!(
            unconfirmed
                .starts_with("the database didn't confirm a write, which may have been done"),
            "{unconfirmed}"
        );
        let lost = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let lost = Arc::new(lost);
        let lost = || ServerError::Driver(Error::from(ErrorKind::Io(Arc::clone(&lost))));
        let (written, read) = (
            lost().of_write().to_string(),
            StoreError::from(lost()).to_string(),
        );
        assert!(
            written.contains("which may have been done: the connection closed"),
            "{written}"
        );
        assert!(read.contains("can't be reached"), "{read}");
        let write = |code: i32| {
            let error = doc! { "code": code, "errmsg": "because" };
            let error: WriteError = deserialize_from_document(error).unwrap();
            stored(ErrorKind::Write(WriteFailure::WriteError(error)))
        };
        let refused = write(121);
        assert!(
            refused
                .starts_with("the database reported an error: MongoDB reports: because (code 121)"),
            "{refused}"
        );
        let stepping_down = write(10107);
        assert!(
            stepping_down.contains("can't be reached"),
            "{stepping_down}"
        );
    }

    #[test]
    fn credentials_are_taken_out_and_a_letter_garbles_nothing() {
        let without = |text: &str, login: &str| {
            without_credentials(text, &format!("mongodb://{login}@host/db"))
        };
        assert_eq!(without("a bad option", "a:b"), "a bad option");
        assert_eq!(without("ada:canary is bad", "ada:canary"), "…:… is bad");
    }
}
