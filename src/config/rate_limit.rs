//! Request limits as the configuration writes them: `5/minute;20/hour`.
//!
//! Knows how a limit is written, not which routes exist or how requests are counted.

use std::num::NonZeroU32;

use super::value::{Raw, Value};

/// Every quota must be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit(pub Vec<Quota>);

/// At most `count` requests in any `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests, at least one.
    pub count: NonZeroU32,
    /// Seconds: those of a second, minute, hour or day.
    pub seconds: u32,
}

const UNITS: [(&str, u32); 4] = [
    ("second", 1),
    ("minute", 60),
    ("hour", 3600),
    ("day", 86_400),
];

impl Quota {
    /// One quota: `5/minute`, `5 per minute`, `20 per hours`.
    fn parse(text: &str) -> Option<Self> {
        let (count, unit) = text.split_once('/').or_else(|| text.split_once(" per "))?;
        let unit = unit.trim();
        let singular = unit.strip_suffix('s').unwrap_or(unit);
        let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == singular)?;
        Some(Self {
            count: count.trim().parse().ok()?,
            seconds,
        })
    }
}

impl Value for RateLimit {
    fn form() -> String {
        "a limit as 5/minute;20/hour, per second, minute, hour or day".to_owned()
    }
    fn parse(raw: &Raw) -> Option<Self> {
        let text = String::parse(raw)?;
        text.split(';')
            .map(|quota| Quota::parse(quota.trim()))
            .collect::<Option<_>>()
            .map(Self)
    }
    fn text(&self) -> String {
        let unit = |seconds| {
            UNITS
                .into_iter()
                .find(|(_, length)| *length == seconds)
                .map_or("second", |(name, _)| name)
        };
        self.0
            .iter()
            .map(|quota| format!("{}/{}", quota.count, unit(quota.seconds)))
            .collect::<Vec<_>>()
            .join(";")
    }
}

/// What `login_rate_limit` may be besides a limit.
#[derive(Debug, Clone)]
pub(super) enum LoginLimit {
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
        ] {
            assert_eq!(parse(text), Some(RateLimit(quotas)), "{text}");
        }
        assert_eq!(
            parse("1 per second;3/hours").unwrap().text(),
            "1/second;3/hour"
        );
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
            "5/minute,6/hour",
            "auto",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
