//! Counts that administrators see, as the API and the command line publish them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::EventKind;

use serde::Serialize;
use utoipa::ToSchema;

/// Totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(as = StatsAnswer)]
pub struct Counts {
    /// All accounts.
    pub total_users: u64,
    /// Enabled ones.
    pub active_users: u64,
    /// Verified ones.
    pub verified_users: u64,
    /// Administrators.
    pub superusers: u64,
    /// Registrations whose link is still valid.
    pub pending_registrations: u64,
}

/// One day.
// Registrations are counted by the accounts' `created_at`, everything else by the events of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DayAnswer)]
pub struct DayCounts {
    /// The day, in UTC.
    #[schema(value_type = String, format = Date)]
    pub date: jiff::civil::Date,
    /// Accounts that were created.
    pub registered: u64,
    /// Email addresses that were verified.
    pub verified: u64,
    /// Logins.
    pub logins: u64,
    /// Failed logins.
    pub failures: u64,
}

impl DayCounts {
    /// Returns the counts of a day on which nothing happened.
    #[must_use]
    pub const fn empty(date: Date) -> Self {
        Self {
            date,
            registered: 0,
            verified: 0,
            logins: 0,
            failures: 0,
        }
    }

    /// Returns the last `days` days up to `now`'s, oldest first.
    pub fn days(days: u32, now: Timestamp) -> impl Iterator<Item = Day> {
        let Day(today) = Day::of(now);
        (today - i64::from(days) + 1..=today).map(Day)
    }

    /// Returns the counts of these days in order. `counted` may be in any order and leave out days, which then have no
    /// counts.
    #[must_use]
    pub fn series(days: u32, now: Timestamp, counted: &[Self]) -> Vec<Self> {
        let of_day = |day: Day| {
            let date = day.date();
            let found = counted.iter().find(|counts| counts.date == date);
            found.copied().unwrap_or_else(|| Self::empty(date))
        };
        Self::days(days, now).map(of_day).collect()
    }

    /// Returns the name under which events of this kind are counted, or `None` if they aren't. It is the name of a
    /// field above.
    #[must_use]
    pub const fn counter(kind: EventKind) -> Option<&'static str> {
        match kind {
            EventKind::UserVerified => Some("verified"),
            EventKind::UserLoggedIn => Some("logins"),
            EventKind::LoginFailed => Some("failures"),
            _ => None,
        }
    }
}

/// A day (UTC), as the number of days since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i64);

impl Day {
    const MILLIS: i64 = 86_400_000;

    /// Returns the day of a moment.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(at.as_millisecond().div_euclid(Self::MILLIS))
    }

    /// Returns the day's date.
    #[must_use]
    pub fn date(self) -> Date {
        let midnight = Timestamp::from_millisecond(self.0.saturating_mul(Self::MILLIS));
        let midnight = midnight.unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        });
        Offset::UTC.to_datetime(midnight).date()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_series_has_every_day_and_only_those() {
        let now = "2026-03-01T00:00:00Z".parse().unwrap();
        let counted = |date, logins| DayCounts {
            logins,
            ..DayCounts::empty(date)
        };
        let stored = [
            counted(date(2026, 3, 1), 2),
            counted(date(2026, 2, 27), 1),
            counted(date(2026, 2, 26), 9),
        ];
        let series = DayCounts::series(3, now, &stored);
        let expected = [
            counted(date(2026, 2, 27), 1),
            counted(date(2026, 2, 28), 0),
            counted(date(2026, 3, 1), 2),
        ];
        assert_eq!(series, expected);
        assert!(DayCounts::series(0, now, &stored).is_empty());
    }

    #[test]
    fn a_day_begins_at_midnight_before_the_epoch_too() {
        let day = |text: &str| Day::of(text.parse().unwrap());
        assert_eq!(day("1969-12-31T23:59:59.999Z"), Day(-1));
        assert_eq!(day("1970-01-01T00:00:00Z"), Day(0));
        assert_eq!(Day(-1).date(), date(1969, 12, 31));
    }
}
