//! When and from where something was requested or done, for emails.

use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::context;
use minijinja::value::Value;

use crate::delivery::locales::{Argument, Words};

/// When and from where something was requested or done.
#[derive(Debug, Clone, Copy)]
pub struct RequestDetails {
    /// The time.
    pub time: Timestamp,
    /// The client's IP address, if it is known and may be shown to the reader.
    pub ip: Option<IpAddr>,
    /// Whether an administrator did it, not the reader.
    pub by_administrator: bool,
}

impl RequestDetails {
    pub(super) fn sample() -> Self {
        Self {
            time: "2025-12-10T18:15:00Z".parse().unwrap_or_default(),
            ip: Some(IpAddr::from([203, 0, 113, 7])),
            by_administrator: false,
        }
    }

    /// Returns the variables for templates: a readable time in UTC, and the IP address. They are empty if they are not
    /// shown.
    pub(super) fn variables(details: Option<&Self>, words: &Words) -> Value {
        let time = details.map(|details| readable(details.time, words));
        let ip = details.and_then(|details| details.ip);
        context! {
            time => time.unwrap_or_default(),
            ip => ip.map(|ip| ip.to_canonical().to_string()).unwrap_or_default(),
            by_administrator => details.is_some_and(|details| details.by_administrator),
        }
    }
}

/// Formats a time in UTC for people. Without a message for it, the format is `2025-12-10 18:15 UTC`.
fn readable(time: Timestamp, words: &Words) -> String {
    let utc = time.to_zoned(TimeZone::UTC);
    let arguments = BTreeMap::from([
        ("day", Argument::Number(utc.day().into())),
        ("month", Argument::Number(utc.month().into())),
        ("year", Argument::Number(utc.year().into())),
        ("clock", Argument::from(utc.strftime("%H:%M").to_string())),
    ]);
    let said = words.say("mail-time", &arguments);
    said.unwrap_or_else(|_| utc.strftime("%Y-%m-%d %H:%M UTC").to_string())
}
