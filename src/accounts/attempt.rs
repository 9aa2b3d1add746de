//! Password attempts: each one is reserved before the password is checked.
//!
//! A reservation is taken before the hash is computed and settled afterwards. However many requests run in parallel, no
//! more than `login_lockout_threshold` passwords of an email address are checked within the window.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::{Accounts, Error, Result};
use crate::auth::{Requester, Verdict};
use crate::model::{Email, Event, EventKind, Id, Origin, Password, PasswordHash, Reservation};
use crate::store::Attempt;

/// How long a request waits for attempts that are still being evaluated.
const PATIENCE: Duration = Duration::from_secs(5);
/// The first pause before a request asks again. It doubles each time, up to [`MAX_PAUSE`], because each attempt to
/// reserve is a write.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const MAX_PAUSE: Duration = Duration::from_millis(160);

/// A password that is about to be checked, and its reservation. There is none where rate limits are disabled.
pub(super) struct Guess {
    email: Email,
    ip: Option<IpAddr>,
    attempt: Option<Attempt>,
    /// Whether it had to wait for others: what was read when it was asked for may be old by now.
    pub(super) has_waited: bool,
}

impl Guess {
    /// Returns the id of the reservation, for the change that settles it.
    pub(super) fn attempt_id(&self) -> Option<Id> {
        self.attempt.as_ref().map(|attempt| attempt.id)
    }
}

impl Accounts {
    /// Reserves the check of one password for an email address, whether or not an account has it.
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

    /// Checks the password. Releases the reservation if the check itself fails.
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

    /// Records the failed attempt, and returns `refusal` as the error.
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

    /// Releases the reservation, because no password was guessed.
    pub(super) async fn guess_withdrawn(&self, guess: &Guess) -> Result<()> {
        if let Some(attempt) = &guess.attempt {
            self.store.release_attempt(attempt).await?;
        }
        Ok(())
    }
}
