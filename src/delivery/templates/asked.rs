//! When something was asked for or done, and from where, as mails tell it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::context;
use minijinja::value::Value;

use crate::delivery::locales::{Argument, Words};

/// When something was asked for or done, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// When.
    pub time: Timestamp,
    /// The client's address, if that is known and the reader's business.
    pub ip: Option<IpAddr>,
    /// Whether it was somebody who administers accounts, and not the reader.
    pub by_administrator: bool,
}

impl Asked {
    pub(super) fn sample() -> Self {
        Self {
            time: "2025-12-10T18:15:00Z".parse().unwrap_or_default(),
            ip: Some(IpAddr::from([203, 0, 113, 7])),
            by_administrator: false,
        }
    }

    /// What templates are given: the time as people read it, in UTC, and the address. Empty where the reader is not told.
    pub(super) fn variables(asked: Option<&Self>, words: &Words) -> Value {
        let time = asked.map(|asked| readable(asked.time, words));
        let ip = asked.and_then(|asked| asked.ip);
        context! {
            time => time.unwrap_or_default(),
            ip => ip.map(|ip| ip.to_canonical().to_string()).unwrap_or_default(),
            by_administrator => asked.is_some_and(|asked| asked.by_administrator),
        }
    }
}

/// A moment as people read it, in UTC; `2025-12-10 18:15 UTC` where there are no words for it.
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
