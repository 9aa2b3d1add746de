//! One fault of an invalid request.

use serde::Serialize;
use utoipa::ToSchema;

/// The kinds of faults, with the names that `FastAPI` clients know.
pub(super) mod kind {
    /// A required field is missing.
    pub(in crate::http) const MISSING: &str = "missing";
    /// The value isn't a string.
    pub(in crate::http) const STRING_TYPE: &str = "string_type";
    /// The value isn't a boolean.
    pub(in crate::http) const BOOL_TYPE: &str = "bool_type";
    /// The text is neither `true` nor `false`.
    pub(in crate::http) const BOOL_PARSING: &str = "bool_parsing";
    /// The text isn't a whole number.
    pub(in crate::http) const INT_PARSING: &str = "int_parsing";
    /// The number is too small.
    pub(in crate::http) const GREATER_THAN_EQUAL: &str = "greater_than_equal";
    /// The number is too large.
    pub(in crate::http) const LESS_THAN_EQUAL: &str = "less_than_equal";
    /// The value isn't one of the allowed words.
    pub(in crate::http) const ENUM: &str = "enum";
    /// The text is too short.
    pub(in crate::http) const STRING_TOO_SHORT: &str = "string_too_short";
    /// The text is too long.
    pub(in crate::http) const STRING_TOO_LONG: &str = "string_too_long";
    /// The text has the wrong format, or the field appears more than once.
    pub(in crate::http) const VALUE_ERROR: &str = "value_error";
    /// The request has no such field.
    pub(in crate::http) const EXTRA_FORBIDDEN: &str = "extra_forbidden";
    /// The body isn't a JSON object.
    pub(in crate::http) const JSON_INVALID: &str = "json_invalid";
    /// The mail server refused the email address.
    pub(in crate::http) const EMAIL_NOT_REACHED: &str = "email_not_reached";
    /// The password is easier to guess than the settings allow.
    pub(in crate::http) const PASSWORD_TOO_WEAK: &str = "password_too_weak";
    /// The search would take too long.
    pub(in crate::http) const SEARCH_TOO_BROAD: &str = "search_too_broad";
}

/// The part of a request that a fault is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Location {
    /// The body.
    Body,
    /// The query string.
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
    /// Returns a fault of a whole part of the request.
    pub(super) fn whole(place: Location, kind: &'static str, msg: impl Into<String>) -> Self {
        Self {
            loc: vec![place.as_str().into()],
            msg: msg.into(),
            kind,
        }
    }

    /// Returns the field and the rule as the key of a message: `password-string_too_short`.
    pub(super) fn key(&self) -> String {
        let place = self.loc.last().map_or("", String::as_str);
        format!("{place}-{}", self.kind)
    }

    /// Returns a fault of one field.
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
