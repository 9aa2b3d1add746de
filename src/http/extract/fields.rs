//! The fields of a request: one declaration says how they are read, and how the API document describes them.

use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, ObjectBuilder, Type};

use super::json::Value;
use crate::http::fault::{Fault, Location, kind};

/// So many fields that a request does not have are named; more would only make the answer long.
const MAX_NAMED_EXTRAS: usize = 10;

/// A rule that a value breaks: the kind of fault, and its sentence.
pub(in crate::http) type Broken = (&'static str, String);

/// A type that a request's field can have.
pub(in crate::http) trait Field: Sized {
    /// Whether a request without it is refused.
    const REQUIRED: bool = true;

    /// Takes the value, if the request has one. A required field is only asked when it has.
    fn read(value: Option<Value>) -> Result<Self, Broken>;

    /// The rule in the API document.
    fn schema() -> Object;
}

/// A request's body or query: declared by [`request!`] or [`query!`](super::query!).
pub(in crate::http) trait Request: Sized {
    /// Takes all fields; `None` when one of them is at fault.
    fn read(fields: &mut Fields) -> Option<Self>;
}

/// A field of which absence means "leave it as it is".
#[derive(Debug)]
pub(in crate::http) struct Patch<T>(pub(in crate::http) Option<T>);

/// Where whoever asks goes once all is done. What is not allowed is left out there; here it only has to be a text.
#[derive(Debug)]
pub(in crate::http) struct Next(pub(in crate::http) String);

/// The fields of a body or query that are not taken yet, and the faults of those that were.
#[derive(Debug)]
pub(in crate::http) struct Fields {
    place: Location,
    rest: Vec<(String, Value)>,
    faults: Vec<Fault>,
}

impl Fields {
    /// Reads a request, or names all its faults together.
    pub(super) fn read<T: Request>(
        place: Location,
        given: Vec<(String, Value)>,
    ) -> Result<T, Vec<Fault>> {
        let mut fields = Self {
            place,
            rest: given,
            faults: Vec::new(),
        };
        let request = T::read(&mut fields);
        fields.refuse_the_rest();
        match request {
            Some(request) if fields.faults.is_empty() => Ok(request),
            _ => Err(fields.faults),
        }
    }

    /// Reads a request that may have other fields too, or names all its faults together.
    pub(super) fn read_known<T: Request>(
        place: Location,
        given: Vec<(String, Value)>,
    ) -> Result<T, Vec<Fault>> {
        let mut fields = Self {
            place,
            rest: given,
            faults: Vec::new(),
        };
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
        // Parsers disagree on which of two members counts; whoever stands between may have checked the other one.
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
            // Named only where it looks like a field's name: an answer repeats nothing else of what was sent.
            self.faults.push(if looks_like_a_field(name) {
                Fault::field(self.place, name, kind::EXTRA_FORBIDDEN, msg)
            } else {
                Fault::whole(self.place, kind::EXTRA_FORBIDDEN, msg)
            });
        }
    }
}

/// The name by which clients know a field of ours: `r#type` is `type`.
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

/// Declares the fields of a request once: the struct, and how it is read. A field's type says which values it takes.
macro_rules! fields {
    ($(#[doc = $about:literal])* $name:ident { $($(#[doc = $help:literal])* $field:ident: $type:ty,)* }) => {
        $(#[doc = $about])*
        #[derive(Debug)]
        pub(super) struct $name {
            $($(#[doc = $help])* pub(super) $field: $type,)*
        }

        impl $crate::http::extract::Request for $name {
            fn read(fields: &mut $crate::http::extract::Fields) -> Option<Self> {
                // All are taken before one is missed, so that all faults are named together.
                $(let $field = fields.take::<$type>(stringify!($field));)*
                Some(Self { $($field: $field?,)* })
            }
        }
    };
}
pub(in crate::http) use fields;

/// Declares a request body: its fields, and its schema.
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
