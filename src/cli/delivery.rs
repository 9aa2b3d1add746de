//! Sending what a command queued: at once where this process can, else a server does.

use std::time::Duration;

use super::error::{Failure, Result};
use super::progress;
use crate::accounts::Delivery;
use crate::app::App;
use crate::delivery::Tried;

/// After so long a command begins to send nothing more.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of a message.
pub(super) enum Sending {
    /// It is on its way.
    Sent,
    /// A server sends it.
    Left,
    /// It was refused, or is tried again later by a server.
    Failed(String),
}

/// Sends what is due, and says what became of the message that `ours` knows.
pub(super) async fn send(app: &App, ours: impl Fn(&Tried) -> bool) -> Result<Sending> {
    let tried = progress::waited_for("the mail server", app.send_due(PATIENCE))
        .await
        .map_err(|cause| Failure::act("the outbox cannot be read", cause.into()))?;
    let ours = tried.into_iter().flatten().filter(|tried| ours(tried));
    Ok(match ours.last().map(|tried| tried.delivery) {
        None => Sending::Left,
        Some(Delivery::Sent) => Sending::Sent,
        Some(Delivery::Retry { error, .. }) => {
            Sending::Failed(format!("{error}; a server tries again"))
        }
        Some(Delivery::Failed { error, .. }) => Sending::Failed(error),
    })
}
