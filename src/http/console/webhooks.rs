//! Deliveries to the receivers of webhooks: what waits for each, and what failed.

use serde::Serialize;

use super::operator::{Answer, Operator};
use super::outbox::{Filters, MessagePage, messages};
use super::query::ListQuery;
use super::rooms::Room;
use super::shown::Moment;
use crate::model::MessageKind;

/// The page as its template shows it.
#[derive(Serialize)]
struct View {
    receivers: Vec<Receiver>,
    filters: Filters,
    page: MessagePage,
}

/// A receiver as a row.
#[derive(Serialize)]
struct Receiver {
    url: String,
    /// Whether the configuration still names it.
    is_configured: bool,
    waiting: u64,
    oldest: Option<Moment>,
    /// The query of the list of its messages.
    query: String,
}

/// Shows the receivers, and one page of the messages to them, newest first.
pub(super) async fn list(operator: Operator, query: ListQuery) -> Answer {
    let waiting = operator.accounts().waiting_by_queue().await?;
    let mut queues: Vec<_> = waiting
        .into_iter()
        .filter(|queue| queue.kind == MessageKind::Webhook)
        .collect();
    let receiver =
        |url: String, is_configured, waiting, oldest: Option<jiff::Timestamp>| Receiver {
            query: ListQuery::one("to", &url),
            url,
            is_configured,
            waiting,
            oldest: oldest.map(Moment::from),
        };
    let configured = operator.console.settings().webhooks.iter();
    let mut receivers = Vec::new();
    for webhook in configured {
        let place = queues
            .iter()
            .position(|queue| queue.receiver == webhook.url);
        let queue = place.map(|place| queues.swap_remove(place));
        let (count, oldest) = queue.map_or((0, None), |queue| (queue.waiting, Some(queue.oldest)));
        receivers.push(receiver(webhook.url.clone(), true, count, oldest));
    }
    // What an earlier configuration named is still kept.
    for queue in queues {
        let (count, oldest) = (queue.waiting, Some(queue.oldest));
        receivers.push(receiver(queue.receiver, false, count, oldest));
    }
    let view = View {
        receivers,
        filters: Filters::of(&query),
        page: messages(&operator, Room::Webhooks, &query).await?,
    };
    operator.page("webhooks", Some(Room::Webhooks), view)
}
