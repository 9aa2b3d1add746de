//! Points in time as people write them: a date, the name of a day, a time of day, or a time ago.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};

use super::output::Output;
use super::{Context, Failure, Result};

#[derive(Debug, Clone)]
pub(super) enum Since {
    Moment(Timestamp),
    /// Local date and time. A date alone means its midnight.
    Local(DateTime),
    /// The last occurrence of a time of day.
    Time(Time),
    /// The midnight this many days ago.
    Days(i64),
    /// The last day with this name, including today.
    Weekday(Weekday),
    Ago(Span),
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl Since {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let words = text.to_lowercase();
        let named = words.strip_prefix("last ").unwrap_or(&words);
        let mut weekdays = WEEKDAYS.iter();
        if let Some((_, day)) =
            weekdays.find(|(name, _)| *name == named || name.get(..3) == Some(named))
        {
            return Ok(Self::Weekday(*day));
        }
        let span = match words.as_str() {
            "now" => return Ok(Self::Ago(Span::new())),
            "today" => return Ok(Self::Days(0)),
            "yesterday" => return Ok(Self::Days(1)),
            // For example "last week" or "an hour ago".
            _ if named != words => format!("1 {named}"),
            words => {
                let span = words.strip_suffix(" ago").unwrap_or(words);
                let one = span.strip_prefix("a ").or(span.strip_prefix("an "));
                one.map_or_else(|| span.to_owned(), |unit| format!("1 {unit}"))
            }
        };
        if let Ok(moment) = text.parse() {
            return Ok(Self::Moment(moment));
        }
        if text.get(4..5) == Some("-")
            && let Ok(local) = text.parse()
        {
            return Ok(Self::Local(local));
        }
        if text.contains(':')
            && let Ok(time) = text.parse()
        {
            return Ok(Self::Time(time));
        }
        match span.parse::<Span>() {
            Ok(span) if span.is_positive() => Ok(Self::Ago(span)),
            _ => Err(
                "expected a date (2026-01-31), a day (yesterday, monday), or a time ago (2h, 7d)",
            ),
        }
    }

    /// Returns the point in time. A day starts at midnight in the time zone in which dates are shown.
    pub(super) fn at(&self, context: &Context, output: &Output) -> Result<Timestamp> {
        self.moment(context.clock.now(), output.zone())
            .map_err(|cause| Failure::refused("this time is out of range").because(cause))
    }

    fn moment(&self, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
        let now = now.to_zoned(zone.clone());
        let today = now.date();
        let midnight = |days: i64| today.checked_sub(days.days()).map(DateTime::from);
        let local = match self {
            Self::Moment(moment) => return Ok(*moment),
            Self::Ago(span) => return Ok(now.checked_sub(*span)?.timestamp()),
            Self::Local(local) => *local,
            Self::Time(time) if *time <= now.time() => today.to_datetime(*time),
            Self::Time(time) => today.yesterday()?.to_datetime(*time),
            Self::Days(days) => midnight(*days)?,
            Self::Weekday(day) => midnight(today.weekday().since(*day).into())?,
        };
        Ok(local.to_zoned(zone.clone())?.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_takes_dates_and_times_ago() {
        let now: Timestamp = "2026-03-10T12:00:00Z".parse().unwrap();
        for (text, moment) in [
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2026-03-01T08:30:00Z", "2026-03-01T08:30:00Z"),
            ("7d", "2026-03-03T12:00:00Z"),
            ("12h", "2026-03-10T00:00:00Z"),
            ("2w", "2026-02-24T12:00:00Z"),
            // This day is a Tuesday.
            ("today", "2026-03-10T00:00:00Z"),
            ("Yesterday", "2026-03-09T00:00:00Z"),
            ("monday", "2026-03-09T00:00:00Z"),
            ("tue", "2026-03-10T00:00:00Z"),
            ("last wednesday", "2026-03-04T00:00:00Z"),
            ("2h", "2026-03-10T10:00:00Z"),
            ("2 hours ago", "2026-03-10T10:00:00Z"),
            ("an hour ago", "2026-03-10T11:00:00Z"),
            ("last week", "2026-03-03T12:00:00Z"),
            ("90min", "2026-03-10T10:30:00Z"),
            ("1 month ago", "2026-02-10T12:00:00Z"),
            ("2026-03-01 08:30", "2026-03-01T08:30:00Z"),
            ("2026-03-01T08:30", "2026-03-01T08:30:00Z"),
            ("11:30", "2026-03-10T11:30:00Z"),
            ("23:00", "2026-03-09T23:00:00Z"),
            ("now", "2026-03-10T12:00:00Z"),
        ] {
            let moment: Timestamp = moment.parse().unwrap();
            assert_eq!(
                Since::parse(text)
                    .unwrap()
                    .moment(now, &TimeZone::UTC)
                    .unwrap(),
                moment,
                "{text}"
            );
        }
        for bad in [
            "",
            "tomorrow",
            "7",
            "-7d",
            "2026-13-01",
            "2026-02-30",
            "last",
            "ago",
            "m",
        ] {
            assert!(Since::parse(bad).is_err(), "{bad}");
        }
    }
}
