//! A cache for what a provider publishes about itself.
//!
//! Concurrent requests share one fetch. If a refresh fails, the old value is used for a while longer, and a provider
//! that is down isn't asked again by every request.

use std::future::Future;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use super::ProviderError;
use crate::clock::SharedClock;

/// How long a fetched value counts as fresh.
const NEW: SignedDuration = SignedDuration::from_hours(1);
/// How long a fetched value is used if it can't be refreshed.
const USABLE: SignedDuration = SignedDuration::from_hours(24);
/// How long to wait after a failure before asking again.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// A value that is fetched when it is needed, and then cached.
pub(super) struct Cache<T> {
    clock: SharedClock,
    state: Mutex<State<T>>,
}

struct State<T> {
    kept: Option<(Arc<T>, Timestamp)>,
    failed: Option<(ProviderError, Timestamp)>,
}

/// Returns whether `moment` is less than `length` before `now`. Also accepts moments as far in the future, because the
/// clock may have been set back.
fn is_within(moment: Timestamp, now: Timestamp, length: SignedDuration) -> bool {
    let age = now.duration_since(moment);
    age < length && age > -length
}

impl<T> Cache<T> {
    pub(super) fn new(clock: SharedClock) -> Self {
        let state = State {
            kept: None,
            failed: None,
        };
        Self {
            clock,
            state: Mutex::new(state),
        }
    }

    /// Returns the cached value if it was fetched less than `age` ago, otherwise fetches it.
    async fn get_within<F>(
        &self,
        age: SignedDuration,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, ProviderError>
    where
        F: Future<Output = Result<T, ProviderError>>,
    {
        let mut state = self.state.lock().await;
        let now = self.clock.now();
        let kept = state.kept.clone();
        if let Some((kept, at)) = &kept
            && is_within(*at, now, age)
        {
            return Ok(Arc::clone(kept));
        }
        let error = match &state.failed {
            Some((error, at)) if is_within(*at, now, PAUSE) => error.clone(),
            _ => match fetch().await {
                Ok(fetched) => {
                    let fetched = Arc::new(fetched);
                    state.kept = Some((Arc::clone(&fetched), self.clock.now()));
                    state.failed = None;
                    return Ok(fetched);
                }
                Err(error) => {
                    state.failed = Some((error.clone(), self.clock.now()));
                    error
                }
            },
        };
        match kept {
            Some((kept, at)) if is_within(at, now, USABLE) => {
                tracing::warn!(%error, "refreshing a provider failed; using what it published before");
                Ok(kept)
            }
            _ => Err(error),
        }
    }

    pub(super) async fn get<F>(&self, fetch: impl FnOnce() -> F) -> Result<Arc<T>, ProviderError>
    where
        F: Future<Output = Result<T, ProviderError>>,
    {
        self.get_within(NEW, fetch).await
    }

    /// Fetches the value again, unless it was fetched in the last minute. Used when something is missing from the
    /// cached value.
    pub(super) async fn newer<F>(&self, fetch: impl FnOnce() -> F) -> Result<Arc<T>, ProviderError>
    where
        F: Future<Output = Result<T, ProviderError>>,
    {
        self.get_within(SignedDuration::from_mins(1), fetch).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::clock::ManualClock;

    #[tokio::test]
    async fn what_is_kept_is_fetched_anew_in_time_and_used_while_it_cannot_be() {
        let clock = Arc::new(ManualClock::starting_at(
            Timestamp::from_second(1_800_000_000).unwrap(),
        ));
        let cache = Cache::new(clock.clone());
        let asked = AtomicU32::new(0);
        let fetch = |is_up: bool| {
            let asked = &asked;
            move || {
                let times = asked.fetch_add(1, Ordering::SeqCst) + 1;
                let down = ProviderError::unavailable("down");
                async move { if is_up { Ok(times) } else { Err(down) } }
            }
        };
        let get = async |is_up| cache.get(fetch(is_up)).await.map(|kept| *kept);
        assert!(get(false).await.is_err());
        assert!(get(true).await.is_err(), "nobody asks again at once");
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        clock.advance(PAUSE);
        assert_eq!(get(true).await, Ok(2));
        assert_eq!(get(true).await, Ok(2));
        let newer = cache.newer(fetch(true)).await;
        assert_eq!(newer.map(|kept| *kept), Ok(2), "not twice in a minute");
        clock.advance(SignedDuration::from_mins(1));
        let newer = cache.newer(fetch(true)).await;
        assert_eq!(newer.map(|kept| *kept), Ok(3));
        clock.advance(NEW);
        assert_eq!(get(false).await, Ok(3), "the older is better than none");
        clock.advance(USABLE);
        assert!(get(false).await.is_err());
        clock.advance(-USABLE * 3);
        assert_eq!(get(true).await, Ok(6), "a clock that was put back");
    }
}
