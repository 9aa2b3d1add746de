//! The table's rows, and a ledger of what was provoked: every answer that is entered has the shape that the API document
//! gives to its status.

use std::collections::BTreeSet;

use regstack::internals::config::Transport;
use serde_json::Value;

use crate::support::actor::{Answer, Requests as _};
use crate::support::served::Served;

/// One line of the table.
pub(super) struct Row {
    pub(super) route: &'static str,
    takes: Vec<&'static str>,
    /// Statuses and codes; a success has no code.
    pub(super) listed: Vec<(u16, &'static str)>,
}

impl Row {
    pub(super) fn takes(&self, what: &str) -> bool {
        self.takes.contains(&what)
    }

    pub(super) fn path(&self) -> &'static str {
        self.route.split_once(' ').unwrap().1
    }

    /// Whether it changes anything.
    pub(super) fn writes(&self) -> bool {
        !self.route.starts_with("GET ")
    }

    /// Every status of the route, in order.
    pub(super) fn statuses(&self, transport: Transport) -> Vec<u16> {
        let by_cookie = transport == Transport::Cookie;
        let implied = self.takes.iter().flat_map(|what| match *what {
            "body" | "form" => &[408, 413, 415, 422][..],
            "query" => &[422],
            "session" if by_cookie && self.writes() => &[400, 401, 403],
            "session" if by_cookie => &[400, 401],
            "session" => &[401],
            "admin" if by_cookie => &[400, 401, 403],
            "admin" | "service" => &[401, 403],
            "limited" => &[429],
            other => panic!("nobody takes {other}"),
        });
        let listed = self.listed.iter().map(|(status, _)| status);
        let all: BTreeSet<u16> = implied.chain(listed).chain(&[500, 503]).copied().collect();
        all.into_iter().collect()
    }
}

pub(super) fn rows(table: &'static str) -> Vec<Row> {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let [route, takes, success, others] = cells[..] else {
                panic!("four cells in {line}");
            };
            let others = others.split(',').filter(|other| !other.is_empty());
            let others = others.map(|other| {
                let other = other.trim();
                let (status, code) = other.split_once(' ').unwrap_or((other, ""));
                (status.parse().unwrap(), code)
            });
            Row {
                route,
                takes: takes.split(' ').collect(),
                listed: std::iter::once((success.parse().unwrap(), ""))
                    .chain(others)
                    .collect(),
            }
        })
        .collect()
}

/// What was provoked.
pub(super) struct Ledger {
    document: Value,
    pub(super) provoked: BTreeSet<(String, u16, String)>,
}

impl Ledger {
    pub(super) async fn new(served: &Served) -> Self {
        Self {
            document: served.get("//openapi.json").await.is(200).body.clone(),
            provoked: BTreeSet::new(),
        }
    }

    /// Enters an answer, once it is as it should be; the code of a success is empty.
    #[track_caller]
    pub(super) fn expect(&mut self, route: &str, answer: &Answer, status: u16, code: &str) {
        assert_eq!(answer.status.as_u16(), status, "{route}: {answer:?}");
        if !code.is_empty() {
            assert_eq!(answer.body["code"], code, "{route}: {answer:?}");
        }
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let (method, path) = route.split_once(' ').unwrap();
        let operation = &self.document["paths"][format!("/api/auth{path}")][method.to_lowercase()];
        let response = &operation["responses"][status.to_string()];
        let content = &response["content"]["application/json"];
        assert!(content.is_object(), "{route} does not document {status}");
        if let Some(fault) = self.misfit(&answer.body, &content["schema"]) {
            panic!("{route} {status}: {fault} in {}", answer.body);
        }
        let examples = content["examples"].as_object();
        assert!(
            code.is_empty() || examples.is_some_and(|examples| examples.contains_key(code)),
            "{route} {status} has no example of {code}"
        );
        self.provoked
            .insert((route.to_owned(), status, code.to_owned()));
    }

    /// Why a value is none of a schema, if it is none.
    fn misfit(&self, value: &Value, schema: &Value) -> Option<String> {
        if let Some(reference) = schema["$ref"].as_str() {
            let schema = self.document.pointer(&reference[1..]);
            return self.misfit(value, schema.expect("references lead somewhere"));
        }
        if let Some(variants) = schema["oneOf"].as_array() {
            let fits = |schema| self.misfit(value, schema).is_none();
            let count = variants.iter().filter(|schema| fits(schema)).count();
            return (count != 1).then(|| format!("{count} variants fit"));
        }
        let types = match &schema["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            Value::String(kind) => vec![kind.as_str()],
            _ => return None,
        };
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if !types.contains(&kind) {
            return Some(format!("{value} is none of {types:?}"));
        }
        match value {
            Value::Array(items) => items
                .iter()
                .find_map(|item| self.misfit(item, &schema["items"])),
            Value::Object(fields) => self.misfit_fields(fields, schema),
            _ => None,
        }
    }

    fn misfit_fields(
        &self,
        fields: &serde_json::Map<String, Value>,
        schema: &Value,
    ) -> Option<String> {
        let known = schema["properties"].as_object()?;
        let surplus = fields.keys().find(|name| !known.contains_key(*name));
        let required = schema["required"].as_array().into_iter().flatten();
        let mut required = required.filter_map(Value::as_str);
        let absent = required.find(|name| !fields.contains_key(*name));
        if let Some(name) = surplus.map(String::as_str).or(absent) {
            return Some(format!("the field {name} is surplus or absent"));
        }
        fields
            .iter()
            .find_map(|(name, field)| self.misfit(field, &known[name]))
    }
}
