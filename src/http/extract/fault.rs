//! One thing that is wrong with a request.

use serde::Serialize;
use utoipa::ToSchema;

/// The kinds of faults, by the names that `FastAPI` clients know.
pub(in crate::http) mod kind {
    /// A required field is not there.
    pub(in crate::http) const MISSING: &str = "missing";
    /// Something else than a string.
    pub(in crate::http) const STRING_TYPE: &str = "string_type";
    /// Fewer characters than the field takes.
    pub(in crate::http) const STRING_TOO_SHORT: &str = "string_too_short";
    /// More characters than the field takes.
    pub(in crate::http) const STRING_TOO_LONG: &str = "string_too_long";
    /// A string that is not of the field's form, or a field given twice.
    pub(in crate::http) const VALUE_ERROR: &str = "value_error";
    /// A field that the request does not have.
    pub(in crate::http) const EXTRA_FORBIDDEN: &str = "extra_forbidden";
    /// No JSON object at all.
    pub(in crate::http) const JSON_INVALID: &str = "json_invalid";
    /// Easier to guess than the settings allow.
    pub(in crate::http) const PASSWORD_TOO_WEAK: &str = "password_too_weak";
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::http) struct Fault {
    /// Where: `body`, then the field.
    #[schema(example = json!(["body", "password"]))]
    loc: Vec<String>,
    /// The rule, for people.
    msg: String,
    /// The rule, for programs.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: &'static str,
}

impl Fault {
    /// A fault of the body as a whole.
    pub(in crate::http) fn in_body(kind: &'static str, msg: impl Into<String>) -> Self {
        Self {
            loc: vec!["body".into()],
            msg: msg.into(),
            kind,
        }
    }

    /// A fault of one field of the body.
    pub(in crate::http) fn in_field(
        field: &str,
        kind: &'static str,
        msg: impl Into<String>,
    ) -> Self {
        Self {
            loc: vec!["body".into(), field.into()],
            msg: msg.into(),
            kind,
        }
    }
}
