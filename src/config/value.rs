//! How one setting is read from text, checked and written back: the types a key may have, and the rules it may obey.
//!
//! Knows no key and no layer. A secret's text comes in here and never goes out again.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use jiff::{Span, SpanRelativeTo};

use super::name_server::NameServer;
use crate::secret::{ExposeSecret as _, SecretString};

/// Shown in place of a secret.
pub(super) const HIDDEN: &str = "(secret)";

/// A value as a layer gives it. No `Debug`: it may be a secret's.
#[derive(Clone)]
pub(super) enum Raw {
    /// A TOML string, or the text of a variable or flag.
    Text(String),
    /// A TOML number, flag or date, as written.
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

    /// Whether a character is anywhere in it.
    pub(super) fn contains(&self, c: char) -> bool {
        match self {
            Self::Text(text) | Self::Literal(text) => text.contains(c),
            Self::List(items) => items.iter().any(|item| item.contains(c)),
        }
    }

    /// The value for an error message: quoted, control characters escaped, cut when long.
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
    /// What a value must be, to follow "must be".
    fn form() -> String;
    /// Reads the value; none when it is not of the form.
    fn parse(raw: &Raw) -> Option<Self>;
    /// The value as an environment variable would hold it; a secret's is hidden.
    fn text(&self) -> String;
    /// The value as TOML.
    fn literal(&self) -> String {
        quoted(&self.text())
    }
    /// Whether nothing is set.
    fn absent(&self) -> bool {
        false
    }
}

/// What a value must be beyond its type.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// Nothing.
    Any,
    /// A number within these bounds, both included.
    Range(u64, u64),
    /// What the sentence says, to follow "must be", and the test on the value's text.
    Is(&'static str, fn(&str) -> bool),
}

impl Rule {
    /// Whether a value obeys.
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

/// Types whose text is what they display; `bare` ones need no quotes in TOML.
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
    SocketAddr: "an IP address and a port, such as 127.0.0.1:8000 or [::1]:8000, or only a port for this machine alone", parse_address, bare false;
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

/// An address and a port. A port alone, with or without its colon, and `localhost` mean the loopback address: what all
/// can reach has to be asked for by its address.
fn parse_address(text: &str) -> Option<SocketAddr> {
    let port = text
        .strip_prefix("localhost")
        .filter(|port| port.starts_with(':'))
        .unwrap_or(text);
    let port = port.strip_prefix(':').unwrap_or(port);
    let is_number = !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit());
    if is_number {
        let port = port.parse().ok()?;
        return Some(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    text.parse().ok()
}

/// The seconds that a duration in words means: `2h`, `90 min`, `1 hour`, `3 days`.
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

/// An empty text is no value, so that an upper layer can take back what a lower one sets.
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

/// The scalars of a JSON list: the one form in which the Python package takes a list from the environment.
fn json_list(text: &str) -> Option<Vec<String>> {
    let items: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    items.iter().map(json_scalar).collect()
}

/// A JSON value as a layer gives it; none of an object or of a list in a list.
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

/// A TOML array, a JSON list, or text with commas.
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

/// Declares a type that is one of a few names.
macro_rules! choice {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$doc])* $variant),*
        }

        impl $name {
            /// The name, as the configuration writes it.
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
