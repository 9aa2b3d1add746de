//! Sends the webhooks that a command queued, before it ends.

use std::time::Duration;

use super::output::Output;
use super::progress;
use crate::app::App;
use crate::delivery::Delivery;

/// The time limit for deliveries. A server retries later.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends the queued webhooks and warns about those that failed, which does not affect the command.
pub(super) async fn send(output: &Output, app: &App) {
    if app.settings.webhooks.is_empty() || !app.has_queued() {
        return;
    }
    let tried = match progress::waited_for("the webhooks", app.send_due(PATIENCE)).await {
        Ok(tried) => tried,
        Err(error) => {
            output.warn(&format!("the webhooks weren't sent: {error}"));
            return;
        }
    };
    for webhook in &app.settings.webhooks {
        let failed = tried.iter().find_map(|tried| match &tried.delivery {
            Delivery::Retry { error, .. } | Delivery::Failed { error, .. }
                if tried.recipient == webhook.url =>
            {
                Some(error)
            }
            _ => None,
        });
        if let Some(why) = failed {
            let url = &webhook.url;
            output.warn(&format!(
                "the webhook to {url} wasn't sent: {why}; a server will retry"
            ));
        }
    }
}
