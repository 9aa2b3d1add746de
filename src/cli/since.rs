//! Moments as people give them: a date, or a time ago.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, civil};

use super::output::Output;
use super::{Context, Failure, Result};

#[derive(Debug, Clone)]
pub(super) enum Since {
    Moment(Timestamp),
    Day(civil::Date),
    Ago(Span),
}

impl Since {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str =
            "expected a date such as 2026-01-31, or a time ago such as 7d or 12h";
        if let Ok(moment) = text.parse() {
            return Ok(Self::Moment(moment));
        }
        if text.len() == "2026-01-31".len()
            && let Ok(day) = text.parse()
        {
            return Ok(Self::Day(day));
        }
        match text.parse::<Span>() {
            Ok(span) if span.is_positive() => Ok(Self::Ago(span)),
            _ => Err(EXPECTED),
        }
    }

    /// The moment that is meant; a day starts where dates are shown.
    pub(super) fn at(&self, context: &Context, output: &Output) -> Result<Timestamp> {
        self.moment(context.clock.now(), output.zone())
            .map_err(|cause| Failure::refused("this is no moment that can be").because(cause))
    }

    fn moment(&self, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::Moment(moment) => Ok(*moment),
            Self::Day(day) => Ok(day.to_zoned(zone.clone())?.timestamp()),
            Self::Ago(span) => Ok(now.to_zoned(zone.clone()).checked_sub(*span)?.timestamp()),
        }
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
        for bad in ["", "yesterday", "7", "-7d", "2026-13-01", "2026-02-30"] {
            assert!(Since::parse(bad).is_err(), "{bad}");
        }
    }
}
