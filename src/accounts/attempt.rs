//! Guessing a password: every evaluation is paid for before it is made.
//!
//! A reservation is taken before the hash is computed and settled afterwards, so that however many requests run in
//! parallel, no more than `login_lockout_threshold` passwords of an address are evaluated within the window.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::{Accounts, Error, Result};
use crate::auth::{Requester, Verdict};
use crate::model::{Email, Event, EventKind, Id, Origin, Password, PasswordHash, Reservation};
use crate::store::Attempt;

/// How long a request waits for attempts that are still being evaluated.
const PATIENCE: Duration = Duration::from_secs(5);
/// How soon it asks again; each time twice as late, up to the longest pause: each question is a write.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const MAX_PAUSE: Duration = Duration::from_millis(160);

/// A password of an address that is about to be evaluated, and the reservation for it; none where limits are off.
pub(super) struct Guess {
    email: Email,
    ip: Option<IpAddr>,
    attempt: Option<Attempt>,
    /// Whether it had to wait for others: what was read when it was asked for may be old by now.
    pub(super) has_waited: bool,
}

impl Guess {
    /// The reservation, for the change that settles it.
    pub(super) fn attempt_id(&self) -> Option<Id> {
        self.attempt.as_ref().map(|attempt| attempt.id)
    }
}

impl Accounts {
    /// Reserves the evaluation of one password of an address, known or not.
    pub(super) async fn begin_guess(&self, email: &Email, origin: &Origin) -> Result<Guess> {
        let guess = |attempt| Guess {
            email: email.clone(),
            ip: origin.ip,
            attempt,
            has_waited: false,
        };
        if self.settings.guessing.rate_limit_disabled {
            return Ok(guess(None));
        }
        let give_up = Instant::now() + PATIENCE;
        let mut pause = FIRST_PAUSE;
        loop {
            let attempt = Attempt {
                id: self.new_id(),
                email: email.clone(),
                ip: origin.ip,
                started_at: self.now(),
            };
            match self
                .store
                .reserve_attempt(attempt.clone(), self.lockout_rule())
                .await?
            {
                Reservation::Granted => {
                    return Ok(Guess {
                        has_waited: pause > FIRST_PAUSE,
                        ..guess(Some(attempt))
                    });
                }
                Reservation::Locked { until } => {
                    return Err(self.locked_out(email, until, origin).await);
                }
                Reservation::Busy if Instant::now() >= give_up => {
                    return Err(Error::LockedOut { retry_after: 1 });
                }
                Reservation::Busy => {
                    tokio::time::sleep(pause).await;
                    pause = MAX_PAUSE.min(pause * 2);
                }
            }
        }
    }

    /// Evaluates the password; when it cannot be evaluated at all, the reservation is given back.
    pub(super) async fn evaluate(
        &self,
        guess: &Guess,
        password: &Password,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict> {
        let requester = Requester::new(guess.ip, Some(guess.email.key()));
        let hasher = self.passwords.on_behalf_of(requester);
        match hasher.verify(password, hash).await {
            Ok(verdict) => Ok(verdict),
            Err(error) => {
                self.guess_withdrawn(guess).await?;
                Err(error.into())
            }
        }
    }

    /// Records the failure, and answers with `refusal`.
    pub(super) async fn guess_failed<T>(
        &self,
        guess: &Guess,
        user_id: Option<Id>,
        origin: &Origin,
        refusal: Error,
    ) -> Result<T> {
        let event = |kind| Event {
            user_id,
            email: Some(guess.email.clone()),
            ..self.event(kind, origin)
        };
        let failed = event(EventKind::LoginFailed);
        match &guess.attempt {
            None => self.store.record(failed).await?,
            Some(attempt) => {
                let locked = event(EventKind::LoginLocked);
                self.store
                    .fail_attempt(attempt, self.lockout_rule(), self.now(), failed, locked)
                    .await?;
            }
        }
        Err(refusal)
    }

    /// Gives the reservation back: nothing was guessed.
    pub(super) async fn guess_withdrawn(&self, guess: &Guess) -> Result<()> {
        if let Some(attempt) = &guess.attempt {
            self.store.release_attempt(attempt).await?;
        }
        Ok(())
    }
}
