//! The messages for the script of the pages, as JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use fluent_bundle::FluentResource;
use serde_json::{Map, Value};

use super::message::{ISOLATES, Message};
use crate::model::Language;

/// Prefixes of the keys of messages for the script.
pub(super) const PREFIXES: [&str; 3] = ["js-", "error-", "codes-"];

/// Returns a JSON object of messages by key. A message is a string with `{name}` for its variables. A message that
/// depends on a number is an object of such strings, by CLDR plural category.
pub(super) fn messages(
    chain: &[(Language, Vec<Arc<FluentResource>>)],
    is_right_to_left: bool,
) -> String {
    let around = if is_right_to_left { ISOLATES } else { ("", "") };
    let mut found: BTreeMap<&str, Value> = BTreeMap::new();
    // Later files take precedence: English comes first, the language's own files last.
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
    // In a script element, only `<` can end the element or change how it is parsed.
    Value::Object(object).to_string().replace('<', "\\u003c")
}

pub(super) fn is_for_script(key: &str) -> bool {
    PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

/// Returns the message as JSON, or `None` if only Fluent can format it.
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
