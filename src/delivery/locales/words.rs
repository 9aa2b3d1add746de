//! The messages in one language.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::message::ISOLATES;
use super::script;
use crate::model::Language;

/// A value for a variable of a message.
#[derive(Debug, Clone)]
pub enum Argument<'a> {
    /// Text from outside.
    Text(Cow<'a, str>),
    /// Text that needs no direction isolates, such as markup.
    Set(Cow<'a, str>),
    /// A number, which may select a plural form.
    Number(i64),
}

impl From<i64> for Argument<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a str> for Argument<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Argument<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

/// The messages in one language, with fallbacks to other languages. Cheap to clone.
#[derive(Clone)]
pub struct Words(Arc<Inner>);

struct Inner {
    language: Language,
    is_right_to_left: bool,
    /// The language's own messages, then those of its fallbacks, English last.
    bundles: Vec<FluentBundle<Arc<FluentResource>>>,
    for_script: String,
}

impl Words {
    pub(super) fn new(chain: Vec<(Language, Vec<Arc<FluentResource>>)>) -> Self {
        let language = chain
            .first()
            .map_or_else(Language::english, |first| first.0.clone());
        let is_right_to_left = language.is_right_to_left();
        let for_script = script::messages(&chain, is_right_to_left);
        let bundles = chain.into_iter().map(|(language, resources)| {
            let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
            // Done in `say`, which knows the kind of each text.
            bundle.set_use_isolating(false);
            for resource in resources {
                bundle.add_resource_overriding(resource);
            }
            bundle
        });
        Self(Arc::new(Inner {
            language,
            is_right_to_left,
            bundles: bundles.collect(),
            for_script,
        }))
    }

    /// Returns the language.
    #[must_use]
    pub fn language(&self) -> &Language {
        &self.0.language
    }

    /// Returns the text direction, as a value of HTML's `dir` attribute.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        if self.0.is_right_to_left {
            "rtl"
        } else {
            "ltr"
        }
    }

    /// Returns the messages for the script of the pages, as JSON that is safe in HTML.
    #[must_use]
    pub fn for_script(&self) -> &str {
        &self.0.for_script
    }

    /// Returns the message with this key, with its variables filled in.
    ///
    /// # Errors
    /// There is no such message in any language, or an argument is missing.
    pub fn say(
        &self,
        key: &str,
        arguments: &BTreeMap<&str, Argument<'_>>,
    ) -> Result<String, String> {
        let mut filled = FluentArgs::with_capacity(arguments.len());
        for (name, argument) in arguments {
            let value = match argument {
                Argument::Number(number) => FluentValue::from(*number),
                Argument::Set(text) => FluentValue::from(&**text),
                Argument::Text(text) => FluentValue::from(self.isolated(text)),
            };
            filled.set(*name, value);
        }
        let mut fault = None;
        for bundle in &self.0.bundles {
            let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
                continue;
            };
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, Some(&filled), &mut errors);
            match errors.first() {
                None => return Ok(text.into_owned()),
                Some(error) => fault = Some(format!("message {key}: {error}")),
            }
        }
        Err(fault.unwrap_or_else(|| format!("unknown message {key}")))
    }

    /// Returns the text, isolated so that it can't reorder the text around it if its direction differs. Email addresses
    /// and URLs stay unchanged, because people copy them and programs look for them.
    fn isolated<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let is_other = |c: char| {
            let right_to_left = matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
            right_to_left != self.0.is_right_to_left && (right_to_left || c.is_alphanumeric())
        };
        // Numbers are read from left to right in every language.
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number || text.contains('@') || text.contains("://") || !text.chars().any(is_other) {
            Cow::Borrowed(text)
        } else {
            Cow::Owned([ISOLATES.0, text, ISOLATES.1].concat())
        }
    }
}
