//! The messages that the pages' script says, as JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use fluent_bundle::FluentResource;
use serde_json::{Map, Value};

use super::message::{ISOLATES, Message};
use crate::model::Language;

/// What the keys of messages for the script begin with.
pub(super) const PREFIXES: [&str; 3] = ["js-", "error-", "codes-"];

/// An object by key. A message is a string with `{name}` for its variables; one that depends on a number is an object of
/// such strings, by the number's form (CLDR plural category).
pub(super) fn messages(
    chain: &[(Language, Vec<Arc<FluentResource>>)],
    is_right_to_left: bool,
) -> String {
    let around = if is_right_to_left { ISOLATES } else { ("", "") };
    let mut found: BTreeMap<&str, Value> = BTreeMap::new();
    // What comes later is stronger: English first, the language's own files last.
    for resource in chain.iter().rev().flat_map(|(_, resources)| resources) {
        for message in Message::all(resource) {
            if is_for_script(message.key)
                && let Some(value) = json(message, around)
            {
                found.insert(message.key, value);
            }
        }
    }
    let object: Map<String, Value> = found
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    // In a script element nothing but this ends it, or changes how it is read.
    Value::Object(object).to_string().replace('<', "\\u003c")
}

pub(super) fn is_for_script(key: &str) -> bool {
    PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

/// None for a message that only Fluent can fill in.
pub(super) fn json(message: Message<'_>, around: (&str, &str)) -> Option<Value> {
    let plurals = message.plurals();
    if plurals.is_empty() {
        return message.plain("other", around).map(Value::String);
    }
    let form =
        |form: &&'static str| Some(((*form).to_owned(), message.plain(form, around)?.into()));
    plurals
        .iter()
        .map(form)
        .collect::<Option<Map<_, _>>>()
        .map(Value::Object)
}
