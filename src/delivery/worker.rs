//! The worker: claims due messages with a lease, sends them, and records the result.
//!
//! Any number of workers may share one store. Delivery is at least once: a message that was sent but not recorded as
//! sent is sent again, with the same message id. The worker is independent of providers, and doesn't decide when a
//! message is given up.

mod breaker;
mod pace;
mod queue;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use self::breaker::{Breaker, Tried};
use self::pace::{PACE, Pace};
use self::queue::Queue;
use super::outbox::Outbox;
use super::sealed::Payload;
use super::send_error::SendError;
use super::transports::Transports;
use crate::config::Settings;
use crate::metrics::{Metrics, Outcome};
use crate::model::{Id, MessageKind, QueuedMessage};
use crate::random;
use crate::store::{ClaimedMessage, Delivery, MessageQueue, MessageStore, StoreError};
use crate::traces;

/// The kinds of messages to people.
const PEOPLE: &[MessageKind] = &[MessageKind::Email, MessageKind::Sms];

/// How long a claim lasts unless it is renewed.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// A delivery attempt and its result.
#[derive(Debug, Clone)]
pub struct DeliveryAttempt {
    /// The message's id.
    pub id: Id,
    /// The recipient.
    pub recipient: String,
    /// The result of the attempt.
    pub delivery: Delivery,
}

/// Sends the messages in the outbox. Cheap to clone.
#[derive(Clone)]
pub struct Worker(Arc<Inner>);

struct Inner {
    outbox: Outbox,
    /// Changes when something is queued.
    queued: watch::Receiver<()>,
    store: Arc<dyn MessageStore>,
    transports: Transports,
    pace: Pace,
    grace: Duration,
    metrics: Arc<Metrics>,
}

impl Worker {
    /// Creates a worker that sends with these transports.
    #[must_use]
    pub fn new(
        settings: &Settings,
        outbox: &Outbox,
        store: Arc<dyn MessageStore>,
        transports: Transports,
        metrics: &Arc<Metrics>,
    ) -> Self {
        Self(Arc::new(Inner {
            outbox: outbox.clone(),
            queued: outbox.0.queued.subscribe(),
            store,
            transports,
            pace: PACE,
            grace: Duration::from_secs(settings.server.shutdown_grace_seconds),
            metrics: Arc::clone(metrics),
        }))
    }

    /// Runs until `stop`, then lets current deliveries finish, for at most `shutdown_grace_seconds`. An interrupted
    /// delivery is repeated by another worker when its lease has expired.
    pub async fn run(self, stop: CancellationToken) {
        let mut tasks = JoinSet::new();
        for queue in self.0.queues(PEOPLE) {
            tasks.spawn(Arc::clone(&self.0).work(queue, stop.clone()));
        }
        tasks.join_all().await;
    }
}

impl Inner {
    fn queues(&self, people: &[MessageKind]) -> impl Iterator<Item = Queue> + use<> {
        let receivers = self.transports.webhooks.urls();
        let people: Vec<_> = people.iter().copied().map(Queue::People).collect();
        let receivers = receivers.into_iter().map(Queue::Receiver);
        people.into_iter().chain(receivers)
    }

    async fn work(self: Arc<Self>, queue: Queue, stop: CancellationToken) {
        let worker = self;
        let mut queued = worker.queued.clone();
        let mut sending = JoinSet::new();
        let mut failures = 0;
        let mut look_at = Instant::now();
        let mut breaker = Breaker::of(&queue);
        loop {
            let most = if breaker.is_away() {
                1
            } else {
                queue.max_in_flight()
            };
            let free = most.saturating_sub(sending.len());
            tokio::select! {
                // In this order, so that nothing new is claimed after `stop`.
                biased;
                () = stop.cancelled() => break,
                Some(ended) = sending.join_next() => match ended {
                    Ok(Some(Tried { attempt: DeliveryAttempt { delivery, .. }, asked })) => {
                        breaker.note(&delivery, asked);
                        if let Delivery::Retry { not_before, .. } = delivery {
                            look_at = look_at.min(Instant::now() + worker.ahead(not_before).unwrap_or_default());
                        }
                    }
                    Ok(None) => {}
                    Err(panicked) => tracing::error!(error = %panicked, "message delivery panicked; will be retried"),
                },
                // Counts from the first of several notifications, so that a flood of requests delays nobody's email.
                Ok(()) = queued.changed() => look_at = look_at.min(Instant::now() + worker.pace.wait(&queue, &*worker.outbox.0.random)),
                () = due(look_at, &breaker), if free > 0 => match worker.claim(queue.messages(), free).await {
                    Ok((claimed, next_look)) => {
                        if failures > 0 {
                            tracing::info!(queue = queue.name(), "outbox is readable again");
                        }
                        failures = 0;
                        look_at = Instant::now() + next_look;
                        for message in claimed {
                            sending.spawn(Arc::clone(&worker).deliver(message));
                        }
                    }
                    Err(error) => {
                        if failures == 0 {
                            tracing::error!(queue = queue.name(), %error, "reading the outbox failed; messages wait");
                        }
                        look_at = Instant::now() + worker.pace.store * 2_u32.pow(failures.min(4));
                        failures += 1;
                    }
                },
            }
        }
        let rest = async { while sending.join_next().await.is_some() {} };
        if timeout(worker.grace, rest).await.is_err() {
            tracing::warn!("stopped during delivery; unsent messages will be retried");
        }
    }
}

impl Worker {
    /// Returns whether anything was queued since this worker was created.
    #[must_use]
    pub fn has_queued(&self) -> bool {
        self.0.queued.has_changed().unwrap_or(false)
    }

    /// Sends the due messages of these kinds and the due webhooks, each once, for a process that then exits. After
    /// `patience`, no new delivery starts. Messages claimed by other workers are left to them.
    pub async fn send_due(
        &self,
        kinds: &[MessageKind],
        patience: Duration,
    ) -> Result<Vec<DeliveryAttempt>, StoreError> {
        let give_up = Instant::now() + patience;
        let mut tasks = JoinSet::new();
        for queue in self.0.queues(kinds) {
            tasks.spawn(Arc::clone(&self.0).send_until(queue, give_up));
        }
        let tasks = tasks.join_all().await;
        Ok(tasks
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect())
    }
}

/// Returns at `look_at`, or later if the breaker pauses the queue.
async fn due(look_at: Instant, breaker: &Breaker) {
    breaker.ready().await;
    sleep_until(look_at).await;
}

impl Inner {
    async fn send_until(
        self: Arc<Self>,
        queue: Queue,
        give_up: Instant,
    ) -> Result<Vec<DeliveryAttempt>, StoreError> {
        let mut sending = JoinSet::new();
        let mut tried = Vec::new();
        let mut breaker = Breaker::of(&queue);
        loop {
            let free = queue.max_in_flight() - sending.len();
            if free > 0 && !breaker.is_away() && Instant::now() < give_up {
                for message in self.claim(queue.messages(), free).await?.0 {
                    sending.spawn(Arc::clone(&self).deliver(message));
                }
            }
            match sending.join_next().await {
                Some(Ok(Some(Tried { attempt, asked }))) => {
                    breaker.note(&attempt.delivery, asked);
                    tried.push(attempt);
                }
                Some(_) => {}
                None => return Ok(tried),
            }
        }
    }

    /// Claims up to `free` due messages. Also returns how long to wait before the next look.
    async fn claim(
        &self,
        queue: MessageQueue<'_>,
        free: usize,
    ) -> Result<(Vec<ClaimedMessage>, Duration), StoreError> {
        let now = self.outbox.0.clock.now();
        let lease = Id::new(now, random::bytes(&*self.outbox.0.random));
        let claimed = self
            .store
            .claim_messages(
                queue,
                lease,
                now + LEASE,
                now,
                u32::try_from(free).unwrap_or(u32::MAX),
            )
            .await?;
        if claimed.len() == free {
            return Ok((claimed, Duration::ZERO));
        }
        // The claimed messages must be sent, so an error of this second query is ignored.
        let next_due = self.store.next_due(queue, now).await.ok().flatten();
        // A message that is due but wasn't claimed is being sent by another worker.
        let ahead = next_due.and_then(|due| self.ahead(due));
        Ok((
            claimed,
            ahead.map_or(self.pace.look, |ahead| ahead.min(self.pace.look)),
        ))
    }

    /// Returns how long it is until a moment, or `None` if it has passed.
    fn ahead(&self, moment: Timestamp) -> Option<Duration> {
        let ahead = Duration::try_from(moment.duration_since(self.outbox.0.clock.now())).ok()?;
        (!ahead.is_zero()).then_some(ahead)
    }

    /// Sends one message and records the result. Returns `None` if the claim was lost meanwhile.
    async fn deliver(self: Arc<Self>, claimed: ClaimedMessage) -> Option<Tried> {
        let ClaimedMessage { message, lease } = claimed;
        let span = traces::Span::of_delivery(message.kind.as_str(), &message.id, message.attempts);
        let outcome = tokio::select! {
            outcome = span.around(self.send(&message)) => outcome,
            () = self.hold(message.id, lease) => {
                tracing::warn!(id = %message.id, "lease on a message lost during delivery; another server took over");
                return None;
            }
        };
        let asked = match &outcome {
            Err(SendError::Later(_, wait)) => {
                Duration::try_from(wait.from(self.outbox.0.clock.now())).ok()
            }
            _ => None,
        };
        let delivery = self.judge(&message, outcome);
        let outcome = match delivery {
            Delivery::Sent => Outcome::Sent,
            Delivery::Retry { .. } => Outcome::Retry,
            Delivery::Failed { .. } => Outcome::Failed,
        };
        let deliveries = &self.metrics.deliveries;
        deliveries.count(message.kind.as_str(), message.receiver(), outcome);
        span.delivered(outcome.as_str());
        self.settle(message.id, lease, &delivery).await;
        let attempt = DeliveryAttempt {
            id: message.id,
            recipient: message.recipient,
            delivery,
        };
        Some(Tried { attempt, asked })
    }

    async fn send(&self, message: &QueuedMessage) -> Result<(), SendError> {
        if self.outbox.0.clock.now() >= message.expires_at {
            return Err(SendError::permanent(
                "it couldn't be sent before its content expired",
            ));
        }
        // Retried if it can't be opened: while a secret is rotated, servers have different ones, and another may open
        // it.
        match Payload::open(message, &self.outbox.0.sealer)
            .map_err(|error| SendError::transient(&error))?
        {
            Payload::Email(mail) => {
                let sent = self.transports.email.send(&mail).await;
                sent.map_err(|error| error.without(&format!("{} {}", mail.text, mail.html)))
            }
            Payload::Sms(sms) => {
                let sent = self.transports.sms.send(&sms).await;
                sent.map_err(|error| error.without(&sms.text))
            }
            Payload::Webhook(call) => {
                let now = self.outbox.0.clock.now();
                self.transports.webhooks.send(&call, now).await
            }
        }
    }

    /// Renews the lease as long as possible. Returns when it is lost.
    async fn hold(&self, message: Id, lease: Id) {
        let clock = &self.outbox.0.clock;
        let mut held_until = clock.now() + LEASE;
        loop {
            sleep(self.pace.renew).await;
            let until = clock.now() + LEASE;
            match self.store.renew_lease(message, lease, until).await {
                Ok(true) => held_until = until,
                // Until the lease has expired, nobody else can claim the message.
                Err(_) if clock.now() < held_until => {}
                Ok(false) | Err(_) => return,
            }
        }
    }

    /// Decides what happens to a message after a delivery attempt.
    fn judge(&self, message: &QueuedMessage, outcome: Result<(), SendError>) -> Delivery {
        let (id, kind, attempts) = (message.id, message.kind.as_str(), message.attempts);
        let now = self.outbox.0.clock.now();
        let error = match outcome {
            Ok(()) => {
                tracing::debug!(%id, kind, attempts, "message sent");
                return Delivery::Sent;
            }
            Err(SendError::Permanent(error)) => error,
            Err(failed) => {
                let may_have_arrived = matches!(failed, SendError::Unconfirmed(_));
                let error = failed.to_string();
                let asked = match &failed {
                    SendError::Later(_, wait) => wait.from(now),
                    _ => SignedDuration::ZERO,
                };
                let spread = u16::from_be_bytes(random::bytes(&*self.outbox.0.random));
                match message.next_try(may_have_arrived, asked, now, spread) {
                    Ok(not_before) => {
                        tracing::warn!(%id, kind, attempts, error, "message delivery failed; will be retried");
                        return Delivery::Retry { not_before, error };
                    }
                    Err(why) => format!("failed after {attempts} attempts, {why}: {error}"),
                }
            }
        };
        tracing::error!(%id, kind, attempts, error, "message delivery failed; will not be retried");
        Delivery::Failed { error, at: now }
    }

    /// Records the result of a delivery attempt. Retries while the claim certainly lasts.
    async fn settle(&self, message: Id, lease: Id, delivery: &Delivery) {
        for failures in 0..=5 {
            match self
                .store
                .settle_message(message, lease, delivery.clone())
                .await
            {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(id = %message, "lease on a message lost before it was recorded as sent; it may be sent twice");
                    return;
                }
                Err(_) => sleep(self.pace.store * 2_u32.pow(failures.min(4))).await,
            }
        }
        tracing::error!(id = %message, "recording a delivery failed; the message will be retried");
    }
}

#[cfg(test)]
mod tests;
