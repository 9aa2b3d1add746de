//! Sends the messages that a command queued, immediately if this process can. Otherwise a server sends them.

use std::time::Duration;

use super::{Context, Failure, Result, progress};
use crate::accounts::Mailed;
use crate::app::App;
use crate::delivery::{Delivery, DeliveryAttempt};

/// The time after which a command starts no more deliveries.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) enum Sending {
    Sent,
    Left,
    /// It stays queued for this reason, and a server will retry.
    Queued(String),
    Failed(String),
}

/// Sends the notice to the owner about an act, if one was queued, and reports the result. A failure changes nothing.
pub(super) async fn send_notice(context: &Context, app: &App, to: &str) {
    if app.accounts.sends_notices() {
        send_beside(context, app, to, "notified", "notifies").await;
    }
}

/// Sends the invitation to the owner of a new account. A failure changes nothing.
pub(super) async fn send_invitation(context: &Context, app: &App, to: &str) {
    send_beside(context, app, to, "invited", "invites").await;
}

/// Sends the emails about a change of the email address: the notice to the `old` one if the settings require it, and
/// the verification link to the `new` one if there is one.
pub(super) async fn send_moved(context: &Context, app: &App, old: Option<&str>, new: Option<&str>) {
    let old = old.filter(|_| app.accounts.sends_notices());
    let mails = [
        (old, "notified", "notifies"),
        (new, "asked to verify", "verifies"),
    ];
    if mails.iter().all(|(to, ..)| to.is_none()) {
        return;
    }
    let tried = send_all(app).await;
    for (to, past, does) in mails {
        if let Some(to) = to {
            let sending = tried.as_deref().map_err(Clone::clone);
            let sending = sending.map(|tried| became(tried, |tried| tried.recipient == to));
            say_beside(context, to, past, does, sending);
        }
    }
}

async fn send_beside(context: &Context, app: &App, to: &str, past: &str, does: &str) {
    let sending = send(app, |tried| tried.recipient == to).await;
    say_beside(context, to, past, does, sending);
}

fn say_beside(context: &Context, to: &str, past: &str, does: &str, sending: Result<Sending>) {
    let unsent = |why: &str| {
        let text = format!("the email that {does} {to} wasn't sent: {why}");
        context.output.warn(&text);
    };
    match sending {
        Ok(Sending::Sent) => context.output.say(&format!("{to} was {past} by email")),
        Ok(Sending::Left) => context.output.say(&format!(
            "the email that {does} {to} is queued: a server will send it"
        )),
        Ok(Sending::Queued(why)) => context.output.warn(&format!(
            "the email that {does} {to} is queued, and a server will retry: {why}"
        )),
        Ok(Sending::Failed(why)) => unsent(&why),
        Err(failure) => unsent(&failure.what),
    }
}

/// Sends the email that an act is about. Returns the word for the result.
pub(super) async fn send_asked(
    context: &Context,
    app: &App,
    to: &str,
    mailed: Mailed,
) -> Result<&'static str> {
    let unsent = || Failure::failed(format!("no email was sent to {to}"));
    if mailed == Mailed::CapSpent {
        return Err(unsent()
            .because("mail_per_recipient_per_hour was reached")
            .next("try again in an hour, or raise mail_per_recipient_per_hour"));
    }
    match send(app, |tried| tried.recipient == to).await? {
        Sending::Sent => Ok("mailed"),
        Sending::Left => {
            context.output.say(&format!(
                "the email to {to} is queued: a server will send it"
            ));
            Ok("queued")
        }
        Sending::Queued(why) => {
            context.output.warn(&format!(
                "the email to {to} is queued, and a server will retry: {why}"
            ));
            Ok("queued")
        }
        Sending::Failed(why) => Err(unsent().because(why)),
    }
}

/// Sends due messages and returns the result for the message that `ours` selects.
pub(super) async fn send(app: &App, ours: impl Fn(&DeliveryAttempt) -> bool) -> Result<Sending> {
    Ok(became(&send_all(app).await?, ours))
}

/// Sends due messages.
pub(super) async fn send_all(app: &App) -> Result<Vec<DeliveryAttempt>> {
    progress::waited_for("the mail server", app.send_due(PATIENCE))
        .await
        .map_err(|cause| Failure::act("the outbox can't be read", cause.into()))
}

/// Returns the result for the message that `ours` selects.
pub(super) fn became(
    tried: &[DeliveryAttempt],
    ours: impl Fn(&DeliveryAttempt) -> bool,
) -> Sending {
    let ours = tried.iter().filter(|tried| ours(tried));
    match ours.last().map(|tried| &tried.delivery) {
        None => Sending::Left,
        Some(Delivery::Sent) => Sending::Sent,
        Some(Delivery::Retry { error, .. }) => Sending::Queued(error.clone()),
        Some(Delivery::Failed { error, .. }) => Sending::Failed(error.clone()),
    }
}
