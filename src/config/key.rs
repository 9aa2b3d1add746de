//! What a key is: its name, type, rule, default and help, declared together with the field that holds it.
//!
//! [`section`] is the one way to declare settings: struct, defaults and keys come out of the same table, so none can
//! be forgotten. Knows neither layers nor what any key is for.

use super::settings::Draft;
use super::value::{Raw, Rule, Value, seconds};

/// One setting: everything there is to say about it but its value.
pub struct Key {
    /// Dotted name, as `email.from_address`.
    pub name: &'static str,
    /// What it is for, in one line.
    pub help: &'static str,
    /// Whether its value must never be shown. It may then also come from a file.
    pub secret: bool,
    pub(super) rule: Rule,
    pub(super) form: fn() -> String,
    pub(super) set: fn(&mut Draft, &Raw) -> bool,
    pub(super) text: fn(&Draft) -> String,
    pub(super) literal: fn(&Draft) -> String,
}

impl Key {
    /// The environment variable that sets it.
    #[must_use]
    pub fn variable(&self) -> String {
        format!(
            "REGSTACK_{}",
            self.name.to_ascii_uppercase().replace('.', "__")
        )
    }

    /// What its value must be, to follow "must be".
    #[must_use]
    pub fn rule(&self) -> String {
        match self.rule {
            Rule::Any => (self.form)(),
            Rule::Range(low, high) => format!("{} from {low} to {high}", (self.form)()),
            Rule::Is(sentence, _) => sentence.to_owned(),
        }
    }

    /// What is wrong with a value, to follow the name. What must be a URL and has an `@` may hold a password.
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

    /// The seconds that a duration in words means, for a key that is one.
    fn seconds(&self, raw: &Raw) -> Option<u64> {
        match raw {
            Raw::Text(text) if self.name.ends_with("_seconds") => seconds(text),
            _ => None,
        }
    }

    /// Returns the text a person typed as the configuration writes it: a key in seconds takes `2h` and `90 minutes` too.
    #[must_use]
    pub fn typed(&self, text: &str) -> String {
        self.seconds(&Raw::Text(text.to_owned()))
            .map_or_else(|| text.to_owned(), |seconds| seconds.to_string())
    }

    /// The default as TOML; empty text where there is none.
    #[must_use]
    pub fn default_literal(&self) -> String {
        (self.literal)(&Draft::default())
    }
}

/// Where a section lives in a draft.
pub(super) trait Section {
    fn of(draft: &Draft) -> &Self;
    fn of_mut(draft: &mut Draft) -> &mut Self;
}

/// Takes a value over into its field, if it is one and obeys the rule.
pub(super) fn accept<T: Value>(field: &mut T, rule: Rule, raw: &Raw) -> bool {
    let value = T::parse(raw).filter(|value| rule.holds(value));
    value.map(|value| *field = value).is_some()
}

/// Declares a section: one row a key, `field: type = default, rule, "help";`. The key is the field's name between a
/// prefix and a suffix. `written "…"` is the default as TOML where it is not a constant. Fields under `derived` have
/// no key of their own: they are computed from several.
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
