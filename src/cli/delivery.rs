//! Sending what a command queued: at once where this process can, else a server does.

use std::time::Duration;

use super::{Context, Failure, Result, progress};
use crate::accounts::Mailed;
use crate::app::App;
use crate::delivery::{Delivery, DeliveryAttempt};

/// After so long a command begins to send nothing more.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) enum Sending {
    Sent,
    Left,
    /// It stays queued, for this reason: a server tries again.
    Queued(String),
    Failed(String),
}

/// Sends the mail that tells an owner what an act did, if one was queued: how that went is said, and changes nothing.
pub(super) async fn send_notice(context: &Context, app: &App, to: &str) {
    if app.accounts.sends_notices() {
        send_beside(context, app, to, "notified", "notifies").await;
    }
}

/// Sends the mail that invites the holder of a new account, likewise.
pub(super) async fn send_invitation(context: &Context, app: &App, to: &str) {
    send_beside(context, app, to, "invited", "invites").await;
}

/// Sends what a change of the email address queued: what tells the `old` one where the settings say so, and what lets the
/// `new` one be proven if there is such a mail.
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

/// Sends a mail that was the point of an act; the word for what was done.
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

/// Sends what is due, and says what became of the message that `ours` knows.
pub(super) async fn send(app: &App, ours: impl Fn(&DeliveryAttempt) -> bool) -> Result<Sending> {
    Ok(became(&send_all(app).await?, ours))
}

/// Sends what is due.
pub(super) async fn send_all(app: &App) -> Result<Vec<DeliveryAttempt>> {
    progress::waited_for("the mail server", app.send_due(PATIENCE))
        .await
        .map_err(|cause| Failure::act("the outbox cannot be read", cause.into()))
}

/// What became of the message that `ours` knows.
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
