//! Examples of request and response bodies, built from the schemas, so that every route has one and none goes stale.

use serde_json::{Map, Value, json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, RefOr};

use super::operations;

/// Adds an example to every body and response that has none.
pub(super) fn complete(document: &mut OpenApi) {
    let schemas = json!(
        document
            .components
            .as_ref()
            .map(|components| &components.schemas)
    );
    for content in operations(&mut document.paths).flat_map(|(_, operation)| contents(operation)) {
        if content.example.is_none() && content.examples.is_empty() {
            content.example = Some(of(&json!(content.schema), &schemas));
        }
    }
}

fn contents(operation: &mut Operation) -> impl Iterator<Item = &mut Content> {
    let bodies = operation.request_body.iter_mut().filter_map(inline);
    let responses = operation.responses.responses.values_mut();
    let of_bodies = bodies.flat_map(|body| body.content.values_mut());
    of_bodies
        .chain(
            responses
                .filter_map(inline)
                .flat_map(|response| response.content.values_mut()),
        )
        .filter_map(inline)
}

/// Returns the value if it is inline. Components that are only referenced have their examples elsewhere.
fn inline<T>(place: &mut RefOr<T>) -> Option<&mut T> {
    match place {
        RefOr::T(inline) => Some(inline),
        RefOr::Ref(_) => None,
    }
}

/// Returns an example value for a schema.
pub(in crate::http) fn of(schema: &Value, schemas: &Value) -> Value {
    let first = |list: &str| schema[list].get(0);
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return of(&schemas[name], schemas);
    }
    if let Some(given) = schema.get("example").or(first("examples")) {
        return given.clone();
    }
    if let Some(only) = schema.get("const") {
        return only.clone();
    }
    if let Some(choice) = first("enum") {
        return choice.clone();
    }
    if let Some(variant) = first("oneOf").or(first("anyOf")).or(first("allOf")) {
        return of(variant, schemas);
    }
    // A nullable type comes first in its list, before null.
    match schema["type"]
        .as_str()
        .or(first("type").and_then(Value::as_str))
    {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            fields
                .map(|(name, field)| (name.clone(), of(field, schemas)))
                .collect::<Map<_, _>>()
                .into()
        }
        Some("array") => json!([of(&schema["items"], schemas)]),
        Some("string") => match schema["format"].as_str() {
            Some("date-time") => "2026-11-23T06:00:00.123Z".into(),
            Some("date") => "2026-11-23".into(),
            _ => "text".into(),
        },
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => true.into(),
        _ => Value::Null,
    }
}
