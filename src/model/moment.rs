//! Arithmetic on moments in whole milliseconds, the precision that every engine keeps, without overflow.

use jiff::{SignedDuration, Timestamp};

/// Returns the moment `by` after another, clamped to what a [`Timestamp`] can hold.
pub(crate) fn after(moment: Timestamp, by: SignedDuration) -> Timestamp {
    let millis = moment.as_millisecond().saturating_add(millis(by));
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}

/// Returns the moment `by` before another, clamped to what a [`Timestamp`] can hold.
pub(crate) fn before(moment: Timestamp, by: SignedDuration) -> Timestamp {
    let millis = moment.as_millisecond().saturating_sub(millis(by));
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MIN)
}

fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_stop_at_the_ends_of_time() {
        let moment = Timestamp::from_millisecond(1_800_000_000_000).unwrap();
        let minute = SignedDuration::from_mins(1);
        assert_eq!(after(moment, minute).as_millisecond(), 1_800_000_060_000);
        assert_eq!(before(after(moment, minute), minute), moment);
        assert_eq!(after(moment, SignedDuration::MAX), Timestamp::MAX);
        assert_eq!(before(moment, SignedDuration::MAX), Timestamp::MIN);
    }
}
