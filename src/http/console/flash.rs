//! Flash messages: the result of an act, shown on the page after it.
//!
//! It travels in a cookie that the next page removes: a link can't claim that something happened, and a reload doesn't
//! claim it twice. The cookie only has the key of a message and a number, no data of anybody.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::delivery::locales::Words;
use crate::http::error::ApiError;

/// How long the cookie waits for the next page, in seconds.
pub(super) const SECONDS: u32 = 60;
/// The longest value that is read, in bytes.
const LONGEST: usize = 80;

/// The result of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flash {
    is_error: bool,
    /// The key of the message without its prefix.
    key: String,
    /// A number that the message may use.
    count: u64,
    /// Another one.
    others: u64,
}

/// A result as the frame shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Notice {
    tone: &'static str,
    text: String,
}

impl Flash {
    /// Returns the result of an act that was done: the message `console-done-KEY`.
    pub(super) fn done(key: &str) -> Self {
        Self {
            is_error: false,
            key: key.to_owned(),
            count: 0,
            others: 0,
        }
    }

    /// Returns the result with the number that the message names.
    pub(super) fn with_count(self, count: u64) -> Self {
        Self { count, ..self }
    }

    /// Returns the result with a second number that the message names.
    pub(super) fn with_others(self, others: u64) -> Self {
        Self { others, ..self }
    }

    /// Returns the result of an act that was refused.
    pub(super) fn refused(refusal: &ApiError) -> Self {
        Self {
            is_error: true,
            key: refusal.key(),
            count: refusal.retry_after_seconds().unwrap_or(0),
            others: 0,
        }
    }

    /// Returns the result as the value of a cookie.
    pub(super) fn to_text(&self) -> String {
        let tone = if self.is_error { "error" } else { "done" };
        format!("{tone}.{}.{}.{}", self.key, self.count, self.others)
    }

    /// Reads the value of a cookie. Anything else than [`Flash::to_text`] writes is nothing.
    pub(super) fn from_text(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let mut parts = text.split('.');
        let (tone, key) = (parts.next()?, parts.next()?);
        let (count, others) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let is_sane = text.len() <= LONGEST && !key.is_empty() && key.chars().all(is_plain);
        (is_sane && parts.next().is_none()).then_some(Self {
            is_error: tone == "error",
            key: key.to_owned(),
            count,
            others,
        })
    }

    /// Returns the result in words.
    pub(super) fn notice(&self, words: &Words) -> Option<Notice> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX).into();
        let numbers = BTreeMap::from([
            ("count", number(self.count)),
            ("others", number(self.others)),
        ]);
        let say = |key: &str| words.say(key, &numbers).ok();
        let text = if self.is_error {
            // The console's own words first, then those of the other pages.
            let own = say(&format!("console-error-{}", self.key));
            own.or_else(|| say(&format!("error-{}", self.key)))
                .or_else(|| say("error-other"))
        } else {
            say(&format!("console-done-{}", self.key))
        };
        Some(Notice {
            tone: if self.is_error { "error" } else { "success" },
            text: text?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_comes_back_and_nothing_else_does() {
        let flash = Flash::done("bulk").with_count(3).with_others(1);
        assert_eq!(flash.to_text(), "done.bulk.3.1");
        assert_eq!(Flash::from_text(flash.to_text().as_bytes()), Some(flash));
        for bad in [
            "",
            "done",
            "done.x.1",
            "done..1.1",
            "done.x.y.1",
            "done.x.1.2.3",
            "done.<b>.1.1",
            &format!("done.{}.1.1", "x".repeat(80)),
        ] {
            assert_eq!(Flash::from_text(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(Flash::from_text(b"done.\xff.1.1"), None);
    }
}
