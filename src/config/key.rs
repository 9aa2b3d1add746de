//! A key: its name, type, rule, default and help, declared together with the field that holds its value.
//!
//! Settings are declared only with [`section`]. It generates the struct, the defaults and the keys from one table, so
//! that none can be forgotten. This module knows neither the layers nor the purpose of any key.

use super::settings::Draft;
use super::value::{Raw, Rule, Value, seconds};

/// A setting: everything about it except its value.
pub struct Key {
    /// The dotted name, such as `email.from_address`.
    pub name: &'static str,
    /// Its purpose, in one line.
    pub help: &'static str,
    /// Whether its value must never be shown. Such a value may also come from a file.
    pub secret: bool,
    pub(super) rule: Rule,
    pub(super) form: fn() -> String,
    pub(super) set: fn(&mut Draft, &Raw) -> bool,
    pub(super) text: fn(&Draft) -> String,
    pub(super) literal: fn(&Draft) -> String,
}

impl Key {
    /// Returns the environment variable that sets it.
    #[must_use]
    pub fn variable(&self) -> String {
        format!(
            "REGSTACK_{}",
            self.name.to_ascii_uppercase().replace('.', "__")
        )
    }

    /// Returns what its value must be, as a continuation of "must be".
    #[must_use]
    pub fn rule(&self) -> String {
        match self.rule {
            Rule::Any => (self.form)(),
            Rule::Range(low, high) => format!("{} from {low} to {high}", (self.form)()),
            Rule::Is(sentence, _) => sentence.to_owned(),
        }
    }

    /// Returns what is wrong with a value, as a continuation of the key's name. A value isn't shown if it may contain
    /// a password: a URL with an `@`.
    pub(super) fn complaint(&self, raw: &Raw) -> String {
        let (rule, quoted) = (self.rule(), raw.quoted());
        if self.secret || (rule.contains("URL") && raw.contains('@')) {
            format!("must be {rule}")
        } else if let Some(seconds) = self.seconds(raw) {
            format!("must be {rule}, not {quoted}: write it in seconds, such as {seconds}")
        } else {
            format!("must be {rule}, not {quoted}")
        }
    }

    /// Returns the seconds of a duration written in words, if the key is in seconds.
    fn seconds(&self, raw: &Raw) -> Option<u64> {
        match raw {
            Raw::Text(text) if self.name.ends_with("_seconds") => seconds(text),
            _ => None,
        }
    }

    /// Returns the text that a person typed in the form of the configuration. A key in seconds also takes `2h` and
    /// `90 minutes`.
    #[must_use]
    pub fn typed(&self, text: &str) -> String {
        self.seconds(&Raw::Text(text.to_owned()))
            .map_or_else(|| text.to_owned(), |seconds| seconds.to_string())
    }

    /// Returns the default as TOML, or an empty text if there is none.
    #[must_use]
    pub fn default_literal(&self) -> String {
        (self.literal)(&Draft::default())
    }
}

/// Gives access to a section in a draft.
pub(super) trait Section {
    fn of(draft: &Draft) -> &Self;
    fn of_mut(draft: &mut Draft) -> &mut Self;
}

/// Stores a value in its field. Returns whether it has the right type and follows the rule.
pub(super) fn accept<T: Value>(field: &mut T, rule: Rule, raw: &Raw) -> bool {
    let value = T::parse(raw).filter(|value| rule.holds(value));
    value.map(|value| *field = value).is_some()
}

/// Declares a section with one row for each key: `field: type = default, rule, "help";`. The key is the field's name
/// between a prefix and a suffix. `written "…"` gives the default as TOML if it isn't a constant. Fields under
/// `derived` have no key: they are computed from several.
macro_rules! section {
    (
        $(#[$meta:meta])* $vis:vis struct $name:ident at $($path:ident).+, named $prefix:literal field $suffix:literal {
            $($field:ident: $type:ty = $default:expr, $rule:expr, $help:literal $(, written $written:literal)?;)*
        }
        $(derived { $($(#[$derived_meta:meta])* $derived:ident: $derived_type:ty = $derived_default:expr;)* })?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        $vis struct $name {
            $(#[doc = $help] pub $field: $type,)*
            $($($(#[$derived_meta])* pub $derived: $derived_type,)*)?
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* $($($derived: $derived_default,)*)? }
            }
        }

        impl $crate::config::key::Section for $name {
            fn of(draft: &$crate::config::settings::Draft) -> &Self {
                &draft.$($path).+
            }
            fn of_mut(draft: &mut $crate::config::settings::Draft) -> &mut Self {
                &mut draft.$($path).+
            }
        }

        impl $name {
            pub(in $crate::config) const KEYS: &'static [$crate::config::key::Key] = &[$({
                use $crate::config::key::{Key, Section, accept};
                use $crate::config::value::{Rule, Value};
                #[allow(unused_imports, reason = "not every section has every kind of rule")]
                use $crate::config::{checks::*, value::Rule::*};
                const RULE: Rule = $rule;
                Key {
                    name: concat!($prefix, stringify!($field), $suffix),
                    help: $help,
                    secret: <$type as Value>::SECRET,
                    rule: RULE,
                    form: <$type as Value>::form,
                    set: |draft, raw| accept(&mut <$name as Section>::of_mut(draft).$field, RULE, raw),
                    text: |draft| Value::text(&<$name as Section>::of(draft).$field),
                    literal: |draft| {
                        let _ = draft;
                        section!(@literal draft $name $field $($written)?)
                    },
                }
            }),*];
        }
    };
    (@literal $draft:ident $name:ident $field:ident $written:literal) => { $written.to_owned() };
    (@literal $draft:ident $name:ident $field:ident) => { Value::literal(&<$name as Section>::of($draft).$field) };
}

pub(super) use section;
