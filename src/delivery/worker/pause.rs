//! How long one message waits between two tries.

use jiff::SignedDuration;

use crate::random::{self, Random};

/// The longest pause between two tries of one message.
const MAX_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// The pause after the `attempts`-th try: about 1, 2, 4, 8 … seconds, a quarter more or less, at most five minutes.
pub(super) fn pause_after(attempts: u32, random: &dyn Random) -> SignedDuration {
    let seconds = 2_i64.pow(attempts.saturating_sub(1).min(16));
    let per_mille =
        750 + i64::from(u16::from_be_bytes(random::bytes(random))) * 500 / i64::from(u16::MAX);
    SignedDuration::from_millis(seconds * per_mille).min(MAX_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn pauses_double_with_jitter_up_to_five_minutes() {
        let random = SeededRandom::new(3);
        let mut seen = HashSet::new();
        for attempts in [1, 2, 3, 4, 8, 9, 20, 1000, u32::MAX] {
            for _ in 0..200 {
                let pause = pause_after(attempts, &random);
                let about = 2_f64.powi(i32::try_from((attempts - 1).min(20)).unwrap());
                assert!(
                    pause.as_secs_f64() >= (0.75 * about).min(225.0)
                        && pause.as_secs_f64() <= (1.25 * about).min(300.0),
                    "{attempts}: {pause:?}"
                );
                seen.insert(pause);
            }
        }
        assert!(seen.len() > 500, "there is jitter");
    }
}
