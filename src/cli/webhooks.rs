//! The webhooks that a command queued, sent before it ends.

use std::time::Duration;

use super::output::Output;
use super::progress;
use crate::app::App;
use crate::delivery::Delivery;

/// How long receivers have; a server tries again.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends the webhooks that an act queued, and says which receivers did not take theirs: that changes nothing.
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
