//! One thing that is wrong with a request.

use serde::Serialize;
use utoipa::ToSchema;

/// The kinds of faults, by the names that `FastAPI` clients know.
pub(super) mod kind {
    /// A required field is not there.
    pub(in crate::http) const MISSING: &str = "missing";
    /// Something else than a string.
    pub(in crate::http) const STRING_TYPE: &str = "string_type";
    /// Something else than a truth value.
    pub(in crate::http) const BOOL_TYPE: &str = "bool_type";
    /// A text that says neither true nor false.
    pub(in crate::http) const BOOL_PARSING: &str = "bool_parsing";
    /// A text that is no whole number.
    pub(in crate::http) const INT_PARSING: &str = "int_parsing";
    /// A number under the least one.
    pub(in crate::http) const GREATER_THAN_EQUAL: &str = "greater_than_equal";
    /// A number over the greatest one.
    pub(in crate::http) const LESS_THAN_EQUAL: &str = "less_than_equal";
    /// None of the words that the field takes.
    pub(in crate::http) const ENUM: &str = "enum";
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
    /// An address that the mail server does not take.
    pub(in crate::http) const EMAIL_NOT_REACHED: &str = "email_not_reached";
    /// Easier to guess than the settings allow.
    pub(in crate::http) const PASSWORD_TOO_WEAK: &str = "password_too_weak";
    /// A search that would take too long.
    pub(in crate::http) const SEARCH_TOO_BROAD: &str = "search_too_broad";
}

/// The part of a request that fields stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Location {
    /// Its body.
    Body,
    /// The query of its address.
    Query,
}

impl Location {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Query => "query",
        }
    }
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Fault {
    /// Where: `body` or `query`, then the field.
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
    /// A fault of one part as a whole.
    pub(super) fn whole(place: Location, kind: &'static str, msg: impl Into<String>) -> Self {
        Self {
            loc: vec![place.as_str().into()],
            msg: msg.into(),
            kind,
        }
    }

    /// A fault of one field.
    pub(super) fn field(
        place: Location,
        field: &str,
        kind: &'static str,
        msg: impl Into<String>,
    ) -> Self {
        let mut fault = Self::whole(place, kind, msg);
        fault.loc.push(field.into());
        fault
    }
}
