//! Completes the generated document with what the generator can't express, so that readers and generated clients know
//! every field of a response, every value it can have, and which routes need no session.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

/// Codes that every path and method can return.
const EVERYWHERE: [&str; 3] = ["invalid_host", "method_not_allowed", "not_found"];

/// The code of an invalid request.
const INVALID: &str = "validation_error";

/// Returns the document as JSON.
pub(super) fn finish(document: &OpenApi) -> Value {
    let mut document = json!(document);
    let mut codes: BTreeSet<String> = EVERYWHERE.map(str::to_owned).into();
    for operation in operations(&mut document) {
        let known = operation.entry("security").or_insert(json!([]));
        debug_assert!(known.is_array());
        codes.extend(codes_of(operation));
    }
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        if let Some(Value::Object(code)) = schemas.get_mut("ErrorCode") {
            // An invalid request has a separate schema.
            codes.remove(INVALID);
            code.insert("enum".into(), json!(codes));
        }
        for (name, schema) in schemas.iter_mut() {
            if !name.ends_with("Request") {
                require_all(schema);
            }
            name_constants(schema);
        }
    }
    document
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let items = document["paths"].as_object_mut().into_iter().flatten();
    items
        .filter_map(|(_, item)| item.as_object_mut())
        .flat_map(|item| item.values_mut().filter_map(Value::as_object_mut))
}

/// Returns the error codes of an operation, which its examples are named after.
fn codes_of(operation: &Map<String, Value>) -> Vec<String> {
    let responses = operation["responses"].as_object().into_iter().flatten();
    let refusals = responses.filter(|(status, _)| status.as_str() >= "400");
    refusals
        .filter_map(|(_, response)| {
            response
                .pointer("/content/application~1json/examples")?
                .as_object()
        })
        .flat_map(|examples| examples.keys().cloned())
        .collect()
}

/// Marks all fields of a response as required: those without a value are null. The exceptions are fields that a
/// standard omits; the generator recognizes them by `skip_serializing_if`, and their type isn't nullable. Fields of
/// requests may be optional.
fn require_all(schema: &mut Value) {
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        return;
    }
    let known = schema["required"].as_array().cloned().unwrap_or_default();
    let is_always_there =
        |name: &str, field: &Value| known.iter().any(|one| one == name) || may_be_null(field);
    let names = schema["properties"].as_object().map(|fields| {
        let always = fields
            .iter()
            .filter(|(name, field)| is_always_there(name, field));
        json!(always.map(|(name, _)| name).collect::<Vec<_>>())
    });
    if let (Some(names), Some(schema)) = (names, schema.as_object_mut()) {
        schema.insert("required".into(), names);
    }
}

/// Returns whether a field can be null.
fn may_be_null(field: &Value) -> bool {
    let of_types = |types: &Value| {
        types == "null"
            || types
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one == "null"))
    };
    let choices = ["oneOf", "anyOf"].map(|key| field[key].as_array());
    of_types(&field["type"]) || choices.into_iter().flatten().flatten().any(may_be_null)
}

/// Merges an inline schema with its description. The generator writes the pair as `allOf` with two members.
fn unwrap_described(schema: &mut Map<String, Value>) {
    let Some([Value::Object(inner), Value::Object(described)]) = schema
        .get("allOf")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    else {
        return;
    };
    if inner.contains_key("const") && described.contains_key("description") {
        let mut one = inner.clone();
        one.insert("description".into(), described["description"].clone());
        *schema = one;
    }
}

/// Writes an enum with one value as a constant.
fn name_constants(part: &mut Value) {
    match part {
        Value::Object(members) => {
            let only = members
                .get("enum")
                .and_then(Value::as_array)
                .filter(|words| words.len() == 1)
                .map(|words| words[0].clone());
            if let (Some(word), true) = (only, members.contains_key("type")) {
                members.shift_remove("enum");
                members.insert("const".into(), word);
            }
            members.values_mut().for_each(name_constants);
            unwrap_described(members);
        }
        Value::Array(items) => items.iter_mut().for_each(name_constants),
        _ => {}
    }
}
