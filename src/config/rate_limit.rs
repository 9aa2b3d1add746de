//! Request limits as written in the configuration: `5/minute;20/hour`.
//!
//! It knows how a limit is written, not which routes exist or how requests are counted.

use std::num::NonZeroU32;

use super::value::{Raw, Value};

/// A limit: a request must be within every quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit(pub Vec<Quota>);

/// At most `count` requests in any `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The number of requests, at least one.
    pub count: NonZeroU32,
    /// The period in seconds: one or several seconds, minutes, hours or days.
    pub seconds: u32,
}

const UNITS: [(&str, u32); 4] = [
    ("second", 1),
    ("minute", 60),
    ("hour", 3600),
    ("day", 86_400),
];

/// The longest period of a limit: 31 days.
const MAX_SECONDS: u32 = 31 * 86_400;

impl Quota {
    /// Parses one quota: `5/minute`, `5 per minute`, `100 per 5 minutes`.
    fn parse(text: &str) -> Option<Self> {
        let (count, unit) = text.split_once('/').or_else(|| text.split_once(" per "))?;
        let unit = unit.trim();
        let digits = unit.bytes().take_while(u8::is_ascii_digit).count();
        let (several, unit) = unit.split_at(digits);
        let several: u32 = match several {
            "" => 1,
            several => several.parse().ok().filter(|several| *several > 0)?,
        };
        let unit = unit.trim();
        let singular = unit.strip_suffix('s').unwrap_or(unit);
        let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == singular)?;
        Some(Self {
            count: count.trim().parse().ok()?,
            seconds: seconds
                .checked_mul(several)
                .filter(|seconds| *seconds <= MAX_SECONDS)?,
        })
    }

    fn text(self) -> String {
        let fits = |(_, length): &(&str, u32)| self.seconds.is_multiple_of(*length);
        let (unit, length) = UNITS.into_iter().rev().find(fits).unwrap_or(UNITS[0]);
        match self.seconds / length {
            1 => format!("{}/{unit}", self.count),
            several => format!("{}/{several} {unit}s", self.count),
        }
    }
}

impl Value for RateLimit {
    fn form() -> String {
        "a limit such as 5/minute;20/hour or 100/5 minutes, per second, minute, hour or day"
            .to_owned()
    }
    fn parse(raw: &Raw) -> Option<Self> {
        let text = String::parse(raw)?;
        text.split([';', ','])
            .map(|quota| Quota::parse(quota.trim()))
            .collect::<Option<_>>()
            .map(Self)
    }
    fn text(&self) -> String {
        let quotas: Vec<_> = self.0.iter().map(|quota| quota.text()).collect();
        quotas.join(";")
    }
}

/// The values of `login_rate_limit`: a limit or `auto`.
#[derive(Debug, Clone)]
pub(in crate::config) enum LoginLimit {
    /// `auto`: `login_max_per_minute` and `login_max_per_hour` apply.
    Auto,
    /// A limit of its own.
    Limit(RateLimit),
}

impl Value for LoginLimit {
    fn form() -> String {
        format!("auto, or {}", RateLimit::form())
    }
    fn parse(raw: &Raw) -> Option<Self> {
        if String::parse(raw)? == "auto" {
            Some(Self::Auto)
        } else {
            RateLimit::parse(raw).map(Self::Limit)
        }
    }
    fn text(&self) -> String {
        match self {
            Self::Auto => "auto".to_owned(),
            Self::Limit(limit) => limit.text(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<RateLimit> {
        RateLimit::parse(&Raw::Text(text.to_owned()))
    }

    #[test]
    fn limits_are_read_in_every_spelling() {
        let quota = |count, seconds| Quota {
            count: NonZeroU32::new(count).unwrap(),
            seconds,
        };
        for (text, quotas) in [
            ("5/minute", vec![quota(5, 60)]),
            ("5/minute;20/hour", vec![quota(5, 60), quota(20, 3600)]),
            (
                " 1 per second ; 100 / days ",
                vec![quota(1, 1), quota(100, 86_400)],
            ),
            ("100 per 5 minutes", vec![quota(100, 300)]),
            ("3/2hours, 9/90 seconds", vec![quota(3, 7200), quota(9, 90)]),
        ] {
            assert_eq!(parse(text), Some(RateLimit(quotas)), "{text}");
        }
        assert_eq!(
            parse("1 per second;3/hours").unwrap().text(),
            "1/second;3/hour"
        );
        for text in ["100/5 minutes", "3/2 hours", "9/90 seconds", "1/day"] {
            assert_eq!(parse(text).unwrap().text(), text);
        }
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for bad in [
            "",
            ";",
            "5",
            "/minute",
            "5/",
            "0/minute",
            "-1/minute",
            "5/fortnight",
            "5/minute;",
            "5/minutess",
            "4294967296/day",
            "five/minute",
            "5/0 minutes",
            "5/32 days",
            "5/4294967295 days",
            "auto",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
