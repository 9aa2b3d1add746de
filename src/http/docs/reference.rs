//! The content of the API reference, taken from the OpenAPI document: operations by topic, each with its fields,
//! responses and errors.

use minijinja::Value as Safe;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::delivery::templates::render_built_in;
use crate::http::openapi::example;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What the page shows about the server, besides the API document.
#[derive(Serialize)]
pub(super) struct Setup {
    /// Without a trailing slash.
    pub(super) base_url: String,
    pub(super) api_prefix: String,
    pub(super) sessions_in_cookies: bool,
    pub(super) has_mailbox: bool,
}

#[derive(Serialize)]
struct Content<'a> {
    setup: Setup,
    version: &'a str,
    groups: Vec<Group<'a>>,
}

#[derive(Serialize)]
struct Group<'a> {
    name: &'a str,
    title: String,
    description: Safe,
    operations: Vec<Operation<'a>>,
}

#[derive(Serialize)]
struct Operation<'a> {
    id: &'a str,
    method: String,
    path: &'a str,
    title: &'a str,
    description: Option<Safe>,
    needs_session: bool,
    parameters: Vec<Field>,
    fields: Vec<Field>,
    /// An example of the body.
    body: Option<String>,
    answers: Vec<Answer>,
    refusals: Vec<Refusal<'a>>,
}

/// A field of a request or response body, or a parameter.
#[derive(Serialize)]
struct Field {
    name: String,
    /// Where a parameter goes: path, query or header.
    place: String,
    required: bool,
    kind: String,
    choices: Vec<String>,
    description: Safe,
    example: String,
}

#[derive(Serialize)]
struct Answer {
    status: String,
    description: Safe,
    fields: Vec<Field>,
    example: Option<String>,
}

#[derive(Serialize)]
struct Refusal<'a> {
    status: &'a str,
    code: &'a str,
    detail: String,
}

/// Renders the page.
pub(super) fn render(document: &Value, setup: Setup) -> String {
    let content = Content {
        setup,
        version: text(&document["info"]["version"]),
        groups: groups(document),
    };
    render_built_in(include_str!("page.html"), &content)
        .expect("the page is built in, and a test renders it")
}

fn groups(document: &Value) -> Vec<Group<'_>> {
    let tags = document["tags"].as_array().into_iter().flatten();
    tags.map(|tag| {
        let name = text(&tag["name"]);
        Group {
            name,
            title: name[..1].to_uppercase() + &name[1..],
            description: prose(text(&tag["description"])),
            operations: operations(document, name),
        }
    })
    .filter(|group| !group.operations.is_empty())
    .collect()
}

fn operations<'a>(document: &'a Value, tag: &str) -> Vec<Operation<'a>> {
    let schemas = &document["components"]["schemas"];
    let mut operations = Vec::new();
    for (path, item) in members(&document["paths"]) {
        for method in METHODS {
            let Some(operation) = item.get(method).filter(|one| one["tags"][0] == tag) else {
                continue;
            };
            let body = &operation["requestBody"]["content"]["application/json"];
            let (answers, refusals) = responses(operation, schemas);
            operations.push(Operation {
                id: text(&operation["operationId"]),
                method: method.to_uppercase(),
                path,
                title: text(&operation["summary"]).trim_end_matches('.'),
                description: operation["description"].as_str().map(prose),
                needs_session: operation["security"]
                    .as_array()
                    .is_some_and(|ways| !ways.is_empty()),
                parameters: parameters(operation, schemas),
                fields: fields(&body["schema"], schemas),
                body: body.get("example").map(pretty),
                answers,
                refusals,
            });
        }
    }
    operations
}

fn parameters(operation: &Value, schemas: &Value) -> Vec<Field> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters
        .map(|parameter| {
            let required = parameter["required"] == true;
            let schema = &parameter["schema"];
            let mut field = field(text(&parameter["name"]), schema, schemas, required);
            text(&parameter["in"]).clone_into(&mut field.place);
            field.description = prose(text(&parameter["description"]));
            field
        })
        .collect()
}

fn responses<'a>(operation: &'a Value, schemas: &Value) -> (Vec<Answer>, Vec<Refusal<'a>>) {
    let (mut answers, mut refusals) = (Vec::new(), Vec::new());
    for (status, response) in members(&operation["responses"]) {
        let content = &response["content"]["application/json"];
        if status.as_str() < "400" {
            let variants = variants(&content["schema"], schemas);
            let several = variants.len() > 1;
            for schema in variants {
                let of = if several { schema } else { response };
                answers.push(Answer {
                    status: status.clone(),
                    description: prose(text(&of["description"])),
                    fields: fields(schema, schemas),
                    example: schema["properties"]
                        .is_object()
                        .then(|| pretty(&example(schema, schemas))),
                });
            }
        } else {
            for (code, example) in members(&content["examples"]) {
                let detail = &example["value"]["detail"];
                let detail = detail.as_str().or(detail[0]["msg"].as_str());
                refusals.push(Refusal {
                    status,
                    code,
                    detail: detail.unwrap_or_default().to_owned(),
                });
            }
        }
    }
    (answers, refusals)
}

/// Returns the alternatives of a schema; the schema itself if it has none.
fn variants<'a>(schema: &'a Value, schemas: &'a Value) -> Vec<&'a Value> {
    let schema = resolve(schema, schemas);
    match schema["oneOf"].as_array() {
        Some(several) => several
            .iter()
            .flat_map(|one| variants(one, schemas))
            .collect(),
        None => vec![schema],
    }
}

/// Returns the fields of an object. Fields of a nested object follow the field that holds it.
fn fields(schema: &Value, schemas: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    collect("", schema, schemas, &mut found);
    found
}

fn collect(prefix: &str, schema: &Value, schemas: &Value, found: &mut Vec<Field>) {
    let schema = resolve(schema, schemas);
    for (name, of) in members(&schema["properties"]) {
        let required = schema["required"].as_array();
        let required = required.is_some_and(|names| names.iter().any(|known| known == name));
        let name = format!("{prefix}{name}");
        let of = resolve(of, schemas);
        found.push(field(&name, of, schemas, required));
        match of["items"].as_object() {
            Some(_) => collect(&format!("{name}[]."), &of["items"], schemas, found),
            None => collect(&format!("{name}."), of, schemas, found),
        }
    }
}

fn field(name: &str, schema: &Value, schemas: &Value, required: bool) -> Field {
    let schema = resolve(schema, schemas);
    let choices = schema["enum"].as_array().into_iter().flatten();
    let example = match example(schema, schemas) {
        Value::String(text) => text,
        other => other.to_string(),
    };
    Field {
        name: name.to_owned(),
        place: String::new(),
        required,
        kind: kind(schema),
        choices: choices.map(|choice| text(choice).to_owned()).collect(),
        description: prose(text(&schema["description"])),
        example,
    }
}

/// Describes the type of a value in a few words.
fn kind(schema: &Value) -> String {
    if let Some(only) = schema["const"].as_str() {
        return format!("\"{only}\"");
    }
    let mut kinds: Vec<_> = match &schema["type"] {
        Value::Array(several) => several.iter().map(text).collect(),
        one => vec![text(one)],
    };
    let format = schema["format"]
        .as_str()
        .filter(|name| !name.starts_with("int"));
    if let Some(first) = kinds.first_mut() {
        *first = match (*first, format) {
            (_, Some("date-time")) => "time",
            (_, Some("date")) => "date",
            (_, Some("email")) => "email address",
            ("array", _) => "list",
            (other, _) => other,
        };
    }
    let [least, most] = ["min", "max"].map(|end| {
        let of = |name: &str| schema[format!("{end}{name}")].as_u64();
        of("imum").or(of("Length"))
    });
    let unit = if schema["maxLength"].is_u64() {
        " characters"
    } else {
        ""
    };
    let range = match (least, most) {
        (Some(least), Some(most)) => format!(", {least} to {most}{unit}"),
        (None, Some(most)) => format!(", at most {most}{unit}"),
        (Some(least), None) if least > 0 => format!(", at least {least}{unit}"),
        _ => String::new(),
    };
    kinds.join(" or ") + range.as_str()
}

fn resolve<'a>(schema: &'a Value, schemas: &'a Value) -> &'a Value {
    match schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        Some(name) => &schemas[name],
        None => schema,
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Converts text in which backticks mark code to HTML.
fn prose(text: &str) -> Safe {
    let mut html = String::new();
    for (at, piece) in text.split('`').enumerate() {
        let piece = piece
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        match at % 2 {
            0 => html += &piece,
            _ => html.extend(["<code>", &piece, "</code>"]),
        }
    }
    Safe::from_safe_string(html)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn setup() -> Setup {
        Setup {
            base_url: "https://accounts.example".into(),
            api_prefix: "/api/auth".into(),
            sessions_in_cookies: false,
            has_mailbox: false,
        }
    }

    #[test]
    fn an_operation_is_shown_with_its_fields_answers_and_refusals() {
        let document = json!({
            "tags": [{"name": "accounts", "description": "Yours."}, {"name": "empty"}],
            "paths": {"/login": {"post": {
                "tags": ["accounts"], "operationId": "login", "summary": "Logs in.", "security": [],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/LoginRequest"}, "example": {"email": "ada@example.com"}}}},
                "responses": {
                    "200": {"description": "A session.", "content": {"application/json": {"schema": {"oneOf": [
                        {"$ref": "#/components/schemas/Token"}, {"$ref": "#/components/schemas/Cookie"}]}}}},
                    "401": {"description": "", "content": {"application/json": {"examples": {"invalid_credentials": {"value": {"detail": "wrong <b>", "code": "invalid_credentials"}}}}}},
                }}}},
            "components": {"schemas": {
                "LoginRequest": {"properties": {"email": {"type": "string", "format": "email", "maxLength": 254, "description": "In `any` spelling."}}, "required": ["email"]},
                "Token": {"type": "object", "description": "By token.", "properties": {"token_type": {"type": "string", "const": "bearer"}}},
                "Cookie": {"type": "object", "description": "By cookie.", "properties": {"token_type": {"type": "string", "const": "cookie"}}},
            }},
        });
        let page = render(&document, setup());
        for part in [
            "email address, at most 254 characters",
            "In <code>any</code> spelling.",
            "By token.",
            "By cookie.",
            "&quot;token_type&quot;: &quot;cookie&quot;",
            "invalid_credentials",
            "wrong &lt;b&gt;",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(!page.contains("Empty"));
    }

    #[test]
    fn kinds_say_what_a_value_looks_like() {
        for (schema, expected) in [
            (
                json!({"type": ["string", "null"], "format": "date-time"}),
                "time or null",
            ),
            (
                json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 200}),
                "integer, 1 to 200",
            ),
            (
                json!({"type": "string", "minLength": 8, "maxLength": 128}),
                "string, 8 to 128 characters",
            ),
            (json!({"type": "integer", "minimum": 0}), "integer"),
            (json!({"type": "array", "items": {}}), "list"),
        ] {
            assert_eq!(kind(&schema), expected);
        }
    }
}
