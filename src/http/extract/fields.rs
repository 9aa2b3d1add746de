//! The fields of a request: one declaration says how they are read and how the API document describes them.

use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, ObjectBuilder, Type};

use super::json::Value;
use crate::http::fault::{Fault, Location, kind};
use crate::secret::SecretString;

/// The maximum number of unknown fields that are reported; more would only make the response long.
const MAX_NAMED_EXTRAS: usize = 10;

/// A violated rule: the kind of fault, and its message.
pub(in crate::http) type Broken = (&'static str, String);

/// A type that a request's field can have.
pub(in crate::http) trait Field: Sized {
    /// Whether a request without the field is refused.
    const REQUIRED: bool = true;

    /// Reads the value, if the request has one. For a required field, it's only called with a value.
    fn read(value: Option<Value>) -> Result<Self, Broken>;

    /// Reads a value that is text, as in a form.
    fn read_text(text: SecretString) -> Result<Self, Broken> {
        Self::read(Some(Value::Text(text)))
    }

    /// Returns the schema for the API document.
    fn schema() -> Object;
}

/// A request's body or query: declared by [`request!`] or [`query!`](super::query!).
pub(in crate::http) trait Request: Sized {
    /// Takes all fields; `None` if one of them is invalid.
    fn read(fields: &mut Fields) -> Option<Self>;
}

/// A field that keeps its value if it is absent.
#[derive(Debug)]
pub(in crate::http) struct Patch<T>(pub(in crate::http) Option<T>);

/// Where to go afterwards. Here it only has to be a string; a destination that isn't allowed is ignored later.
#[derive(Debug)]
pub(in crate::http) struct Next(pub(in crate::http) String);

/// The fields of a body or query that haven't been taken yet, and the faults of those that have.
#[derive(Debug)]
pub(in crate::http) struct Fields {
    place: Location,
    rest: Vec<(String, Value)>,
    faults: Vec<Fault>,
}

impl Fields {
    fn of(place: Location, given: Vec<(String, Value)>) -> Self {
        Self {
            place,
            rest: given,
            faults: Vec::new(),
        }
    }

    /// Reads a request. Returns all faults together if it's invalid.
    pub(super) fn read<T: Request>(
        place: Location,
        given: Vec<(String, Value)>,
    ) -> Result<T, Vec<Fault>> {
        let mut fields = Self::of(place, given);
        let request = T::read(&mut fields);
        fields.refuse_the_rest();
        match request {
            Some(request) if fields.faults.is_empty() => Ok(request),
            _ => Err(fields.faults),
        }
    }

    /// Reads a request that may have other fields too. Returns all faults together if it's invalid.
    pub(super) fn read_known<T: Request>(
        place: Location,
        given: Vec<(String, Value)>,
    ) -> Result<T, Vec<Fault>> {
        let mut fields = Self::of(place, given);
        T::read(&mut fields).ok_or(fields.faults)
    }

    /// Takes one field.
    pub(in crate::http) fn take<T: Field>(&mut self, field: &str) -> Option<T> {
        let name = name_of(field);
        let (mut given, rest): (Vec<_>, _) = std::mem::take(&mut self.rest)
            .into_iter()
            .partition(|(key, _)| key == name);
        self.rest = rest;
        let value = given.pop().map(|(_, value)| value);
        // Parsers disagree on which of two values counts, and something in front of this server may have checked the
        // other one.
        let outcome = if !given.is_empty() {
            Err((
                kind::VALUE_ERROR,
                "this field appears more than once".to_owned(),
            ))
        } else if T::REQUIRED && value.is_none() {
            Err((kind::MISSING, "this field is required".to_owned()))
        } else {
            T::read(value)
        };
        outcome
            .map_err(|(kind, msg)| self.faults.push(Fault::field(self.place, name, kind, msg)))
            .ok()
    }

    fn refuse_the_rest(&mut self) {
        for (name, _) in self.rest.iter().take(MAX_NAMED_EXTRAS) {
            let msg = "this request has no such field";
            // The name is repeated only if it looks like a field name: responses repeat nothing else of the request.
            self.faults.push(if looks_like_a_field(name) {
                Fault::field(self.place, name, kind::EXTRA_FORBIDDEN, msg)
            } else {
                Fault::whole(self.place, kind::EXTRA_FORBIDDEN, msg)
            });
        }
    }
}

/// Returns the name of a field in requests: `type` for `r#type`.
pub(super) fn name_of(field: &str) -> &str {
    field.strip_prefix("r#").unwrap_or(field)
}

fn looks_like_a_field(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

pub(super) fn nullable(schema: Object) -> Object {
    let either = match &schema.schema_type {
        SchemaType::Type(kind) => SchemaType::Array(vec![kind.clone(), Type::Null]),
        other => other.clone(),
    };
    ObjectBuilder::from(schema).schema_type(either).build()
}

impl<T: Field> Field for Option<T> {
    const REQUIRED: bool = false;

    fn read(value: Option<Value>) -> Result<Self, Broken> {
        match value {
            None | Some(Value::Null) => Ok(None),
            given => T::read(given).map(Some),
        }
    }

    fn schema() -> Object {
        nullable(T::schema())
    }
}

impl<T: Field> Field for Patch<T> {
    const REQUIRED: bool = false;

    fn read(value: Option<Value>) -> Result<Self, Broken> {
        value
            .map(|value| T::read(Some(value)))
            .transpose()
            .map(Self)
    }

    fn schema() -> Object {
        T::schema()
    }
}

/// Declares the fields of a request once: the struct, and how it is read. The type of a field determines which values
/// it accepts.
macro_rules! fields {
    ($(#[doc = $about:literal])* $name:ident { $($(#[doc = $help:literal])* $field:ident: $type:ty,)* }) => {
        $(#[doc = $about])*
        #[derive(Debug)]
        pub(super) struct $name {
            $($(#[doc = $help])* pub(super) $field: $type,)*
        }

        impl $crate::http::extract::Request for $name {
            fn read(fields: &mut $crate::http::extract::Fields) -> Option<Self> {
                // All fields are taken before a missing one ends the reading, so that all faults are reported together.
                $(let $field = fields.take::<$type>(stringify!($field));)*
                Some(Self { $($field: $field?,)* })
            }
        }
    };
}
pub(in crate::http) use fields;

/// Declares a request body: its fields and its schema.
macro_rules! request {
    ($(#[doc = $about:literal])* $name:ident { $($(#[doc = $help:literal])* $field:ident: $type:ty,)* }) => {
        $crate::http::extract::fields! {
            $(#[doc = $about])* $name { $($(#[doc = $help])* $field: $type,)* }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::{ObjectBuilder, schema::AdditionalProperties};
                use $crate::http::extract::Field;
                let mut object = ObjectBuilder::new()
                    .description(Some(concat!($($about),*).trim()))
                    .additional_properties(Some(AdditionalProperties::FreeForm(false)));
                $(
                    let help = concat!($($help),*).trim();
                    object = object.property(stringify!($field), ObjectBuilder::from(<$type as Field>::schema()).description(Some(help)));
                    if <$type as Field>::REQUIRED {
                        object = object.required(stringify!($field));
                    }
                )*
                object.into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
pub(in crate::http) use request;
