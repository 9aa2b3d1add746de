//! How a setting is read from text, checked and written back: the types of keys and the rules that they can have.
//!
//! It knows no keys and no layers. The text of a secret is read here but never written.

use std::net::IpAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use jiff::{Span, SpanRelativeTo};

use super::bind::Bind;
use super::name_server::NameServer;
use crate::secret::{ExposeSecret as _, SecretString};

/// The text that is shown instead of a secret.
pub(super) const HIDDEN: &str = "(secret)";

/// A value as a layer gives it. It has no `Debug`, because it may be a secret.
#[derive(Clone)]
pub(super) enum Raw {
    /// A TOML string, or the text of a variable or flag.
    Text(String),
    /// A TOML number, boolean or date, as written.
    Literal(String),
    /// A TOML array of scalars.
    List(Vec<String>),
}

impl Raw {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Literal(text) => Some(text),
            Self::List(_) => None,
        }
    }

    /// Returns whether the value contains a character.
    pub(super) fn contains(&self, c: char) -> bool {
        match self {
            Self::Text(text) | Self::Literal(text) => text.contains(c),
            Self::List(items) => items.iter().any(|item| item.contains(c)),
        }
    }

    /// Returns the value for an error message: quoted, with control characters escaped, and shortened if it is long.
    pub(super) fn quoted(&self) -> String {
        let quoted = match self {
            Self::Text(text) => format!("{text:?}"),
            Self::Literal(text) => text.clone(),
            Self::List(items) => format!("{items:?}"),
        };
        if quoted.chars().count() <= 80 {
            quoted
        } else {
            quoted.chars().take(79).chain(['…']).collect()
        }
    }
}

/// The type of a key.
pub(super) trait Value: Sized {
    /// Whether the value must never be shown.
    const SECRET: bool = false;
    /// Returns what a value must be, as a continuation of "must be".
    fn form() -> String;
    /// Parses a value. Returns `None` if it has the wrong form.
    fn parse(raw: &Raw) -> Option<Self>;
    /// Returns the value as an environment variable would hold it. A secret is hidden.
    fn text(&self) -> String;
    /// Returns the value as TOML.
    fn literal(&self) -> String {
        quoted(&self.text())
    }
    /// Returns whether the value is unset.
    fn absent(&self) -> bool {
        false
    }
}

/// A condition on a value besides its type.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// No condition.
    Any,
    /// A number between these bounds, both included.
    Range(u64, u64),
    /// A description, as a continuation of "must be", and a check of the value's text.
    Is(&'static str, fn(&str) -> bool),
}

impl Rule {
    /// Returns whether a value follows the rule.
    pub(super) fn holds<T: Value>(self, value: &T) -> bool {
        match self {
            _ if value.absent() => true,
            Self::Any => true,
            Self::Range(low, high) => value
                .text()
                .parse()
                .is_ok_and(|number: u64| (low..=high).contains(&number)),
            Self::Is(_, holds) => holds(&value.text()),
        }
    }
}

/// Implements [`Value`] for types that are written as they are displayed. `bare` ones need no quotes in TOML.
macro_rules! displayed {
    ($($type:ty: $form:literal, $parse:expr, bare $bare:literal;)*) => {$(
        impl Value for $type {
            fn form() -> String {
                $form.to_owned()
            }
            fn parse(raw: &Raw) -> Option<Self> {
                let parse: fn(&str) -> Option<Self> = $parse;
                parse(raw.text()?.trim())
            }
            fn text(&self) -> String {
                self.to_string()
            }
            fn literal(&self) -> String {
                if $bare { self.text() } else { quoted(&self.text()) }
            }
        }
    )*};
}

displayed! {
    u8: "a whole number", |text| text.parse().ok(), bare true;
    u16: "a whole number", |text| text.parse().ok(), bare true;
    u32: "a whole number", |text| text.parse().ok(), bare true;
    u64: "a whole number", |text| text.parse().ok(), bare true;
    usize: "a whole number", |text| text.parse().ok(), bare true;
    bool: "true or false", parse_bool, bare true;
    Bind: "an IP address and a port, such as 127.0.0.1:8000 or [::1]:8000, only a port for this machine alone, or unix: and the path of a socket", |text| text.parse().ok(), bare false;
    IpNet: "a network or an address such as 10.0.0.0/8", parse_network, bare false;
    NameServer: "an IP address, with a port unless it is 53", |text| text.parse().ok(), bare false;
}

fn parse_bool(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Parses a duration in words, such as `2h`, `90 min`, `1 hour` or `3 days`, and returns its seconds.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let span: Span = text.trim().to_ascii_lowercase().parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours());
    u64::try_from(duration.ok()?.as_secs()).ok()
}

fn parse_network(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(address)
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

impl Value for String {
    fn form() -> String {
        "a text".to_owned()
    }
    fn parse(raw: &Raw) -> Option<Self> {
        raw.text().map(str::to_owned)
    }
    fn text(&self) -> String {
        self.clone()
    }
}

impl Value for PathBuf {
    fn form() -> String {
        "a path".to_owned()
    }
    fn parse(raw: &Raw) -> Option<Self> {
        raw.text().map(Self::from)
    }
    fn text(&self) -> String {
        self.display().to_string()
    }
}

impl Value for SecretString {
    const SECRET: bool = true;
    fn form() -> String {
        "a text".to_owned()
    }
    fn parse(raw: &Raw) -> Option<Self> {
        raw.text().map(Self::from)
    }
    fn text(&self) -> String {
        if self.absent() {
            String::new()
        } else {
            HIDDEN.to_owned()
        }
    }
    fn absent(&self) -> bool {
        self.expose_secret().is_empty()
    }
}

/// An empty text means no value, so that a higher layer can unset the value of a lower one.
impl<T: Value> Value for Option<T> {
    const SECRET: bool = T::SECRET;
    fn form() -> String {
        T::form()
    }
    fn parse(raw: &Raw) -> Option<Self> {
        if raw.text() == Some("") {
            Some(None)
        } else {
            T::parse(raw).map(Some)
        }
    }
    fn text(&self) -> String {
        self.as_ref().map_or_else(String::new, Value::text)
    }
    fn absent(&self) -> bool {
        self.is_none()
    }
}

/// Returns the scalars of a JSON list, the only form that the Python package accepts for lists in the environment.
fn json_list(text: &str) -> Option<Vec<String>> {
    let items: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    items.iter().map(json_scalar).collect()
}

/// Converts a JSON value. Returns `None` for an object or a nested list.
pub(super) fn json_raw(value: &serde_json::Value) -> Option<Raw> {
    match value {
        serde_json::Value::Array(items) => {
            let items = items.iter().map(json_scalar);
            items.collect::<Option<_>>().map(Raw::List)
        }
        serde_json::Value::String(text) => Some(Raw::Text(text.clone())),
        other => json_scalar(other).map(Raw::Literal),
    }
}

fn json_scalar(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Reads a TOML array, a JSON list, or text separated by commas.
impl<T: Value> Value for Vec<T> {
    const SECRET: bool = T::SECRET;
    fn form() -> String {
        format!("a list, each entry {}", T::form())
    }
    fn parse(raw: &Raw) -> Option<Self> {
        let one = |text: &str| T::parse(&Raw::Text(text.to_owned()));
        match raw {
            Raw::Text(text)
                if text.starts_with('[')
                    && let Some(items) = json_list(text) =>
            {
                items.iter().map(|text| one(text)).collect()
            }
            Raw::Text(text) | Raw::Literal(text) => text
                .split(',')
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(one)
                .collect(),
            Raw::List(items) => items.iter().map(|text| one(text)).collect(),
        }
    }
    fn text(&self) -> String {
        self.iter().map(Value::text).collect::<Vec<_>>().join(",")
    }
    fn literal(&self) -> String {
        let items: Vec<_> = self.iter().map(Value::literal).collect();
        format!("[{}]", items.join(", "))
    }
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

/// Declares a type whose values are a few names.
macro_rules! choice {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$doc])* $variant),*
        }

        impl $name {
            /// Returns the name as written in the configuration.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),*
                }
            }
        }

        impl $crate::config::value::Value for $name {
            fn form() -> String {
                format!("one of {}", [$($text),*].join(", "))
            }
            fn parse(raw: &$crate::config::value::Raw) -> Option<Self> {
                let text = <String as $crate::config::value::Value>::parse(raw)?;
                [$(Self::$variant),*].into_iter().find(|choice| choice.as_str() == text)
            }
            fn text(&self) -> String {
                self.as_str().to_owned()
            }
        }
    };
}

pub(super) use choice;
