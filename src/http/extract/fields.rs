//! How the fields of a request become values of `model`, and how the API document describes them: one declaration for both.

use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};

use super::json::Value;
use super::{Fault, Place, kind};
use crate::model::code::{self, Code};
use crate::model::email::{self, InvalidEmail};
use crate::model::id::InvalidId;
use crate::model::password::{self, InvalidPassword};
use crate::model::{Email, FullName, Id, NewPassword, Password, ProofToken, proof};
use crate::secret::{ExposeSecret as _, SecretString};

/// So many fields that a request does not have are named; more would only make the answer long.
const MOST_NAMED_EXTRAS: usize = 10;

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
pub(in crate::http) struct Change<T>(pub(in crate::http) Option<T>);

/// The fields of a body or query that are not taken yet, and the faults of those that were.
#[derive(Debug)]
pub(in crate::http) struct Fields {
    place: Place,
    rest: Vec<(String, Value)>,
    faults: Vec<Fault>,
}

impl Fields {
    /// Reads a request, or names all its faults together.
    pub(super) fn read<T: Request>(
        place: Place,
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
                "this field is given more than once".to_owned(),
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
        for (name, _) in self.rest.iter().take(MOST_NAMED_EXTRAS) {
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

pub(super) fn text(value: Option<Value>) -> Result<SecretString, Broken> {
    match value {
        Some(Value::Text(text)) => Ok(text),
        Some(Value::Null | Value::Bool(_) | Value::Other) | None => {
            Err((kind::STRING_TYPE, "this field is a string".to_owned()))
        }
    }
}

pub(super) fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn nullable(schema: Object) -> Object {
    let either = match &schema.schema_type {
        SchemaType::Type(kind) => SchemaType::Array(vec![kind.clone(), Type::Null]),
        other => other.clone(),
    };
    ObjectBuilder::from(schema).schema_type(either).build()
}

impl Field for Email {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        Self::parse(text(value)?.expose_secret()).map_err(|fault| {
            let kind = match fault {
                InvalidEmail::TooLong => kind::STRING_TOO_LONG,
                InvalidEmail::Malformed => kind::VALUE_ERROR,
            };
            (kind, fault.to_string())
        })
    }

    fn schema() -> Object {
        let format = SchemaFormat::KnownFormat(KnownFormat::Email);
        string()
            .format(Some(format))
            .max_length(Some(email::MAX_LENGTH))
            .examples(["ada@example.com"])
            .build()
    }
}

impl Field for Id {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        text(value)?
            .expose_secret()
            .parse()
            .map_err(|fault: InvalidId| (kind::VALUE_ERROR, fault.to_string()))
    }

    fn schema() -> Object {
        string()
            .pattern(Some("^[0-9a-fA-F]{24}$"))
            .examples(["6741c3a08f2b5d1e9c7a4b60"])
            .build()
    }
}

impl Field for bool {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        match value {
            Some(Value::Bool(value)) => Ok(value),
            _ => Err((kind::BOOL_TYPE, "this field is true or false".to_owned())),
        }
    }

    fn schema() -> Object {
        ObjectBuilder::new().schema_type(Type::Boolean).build()
    }
}

fn broken_password(fault: InvalidPassword) -> Broken {
    let kind = match fault {
        InvalidPassword::TooShort(_) => kind::STRING_TOO_SHORT,
        InvalidPassword::TooLong => kind::STRING_TOO_LONG,
    };
    (kind, fault.to_string())
}

fn password_schema(shortest: usize) -> Object {
    string()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
        .min_length(Some(shortest))
        .max_length(Some(password::MAX_LENGTH))
        .write_only(true)
        .examples(["correct horse battery staple"])
        .build()
}

impl Field for Password {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        Self::parse(text(value)?).map_err(broken_password)
    }

    fn schema() -> Object {
        password_schema(1)
    }
}

impl Field for NewPassword {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        Self::parse(text(value)?).map_err(broken_password)
    }

    fn schema() -> Object {
        password_schema(password::MIN_LENGTH)
    }
}

impl Field for ProofToken {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let token = text(value)?;
        if token.expose_secret().chars().count() > proof::MAX_LENGTH {
            return Err((
                kind::STRING_TOO_LONG,
                format!("a token has at most {} characters", proof::MAX_LENGTH),
            ));
        }
        Ok(Self::presented(token))
    }

    fn schema() -> Object {
        string()
            .max_length(Some(proof::MAX_LENGTH))
            .examples(["Zm9ydHktdGhyZWUgYmFzZTY0dXJsIGNoYXJhY3RlcnM"])
            .build()
    }
}

/// A text of so many characters. Like all texts it may be a secret: it is not repeated.
fn text_of(
    value: Option<Value>,
    what: &str,
    shortest: usize,
    longest: usize,
) -> Result<SecretString, Broken> {
    let text = text(value)?;
    let length = text.expose_secret().chars().count();
    let kind = match length {
        length if length < shortest => kind::STRING_TOO_SHORT,
        length if length > longest => kind::STRING_TOO_LONG,
        _ => return Ok(text),
    };
    Err((
        kind,
        format!("{what} has {shortest} to {longest} characters"),
    ))
}

impl Field for Code {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        text_of(value, "a code", code::MIN_LENGTH, code::MAX_LENGTH).map(Self::presented)
    }

    fn schema() -> Object {
        string()
            .min_length(Some(code::MIN_LENGTH))
            .max_length(Some(code::MAX_LENGTH))
            .examples(["042719"])
            .build()
    }
}

/// A text that should be a phone number. That it is one is no rule of the body, and has a code of its own.
#[derive(Debug)]
pub(in crate::http) struct PhoneText(pub(in crate::http) String);

impl PhoneText {
    const SHORTEST: usize = 4;
    const LONGEST: usize = 20;
}

impl Field for PhoneText {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let text = text_of(value, "a phone number", Self::SHORTEST, Self::LONGEST)?;
        Ok(Self(text.expose_secret().to_owned()))
    }

    fn schema() -> Object {
        string()
            .min_length(Some(Self::SHORTEST))
            .max_length(Some(Self::LONGEST))
            .examples(["+14155550123"])
            .build()
    }
}

impl Field for Option<FullName> {
    const REQUIRED: bool = false;

    fn read(value: Option<Value>) -> Result<Self, Broken> {
        match value {
            None | Some(Value::Null) => Ok(None),
            given => FullName::parse(text(given)?.expose_secret())
                .map_err(|fault| (kind::STRING_TOO_LONG, fault.to_string())),
        }
    }

    fn schema() -> Object {
        nullable(
            string()
                .max_length(Some(FullName::MAX_LENGTH))
                .examples(["Ada Lovelace"])
                .build(),
        )
    }
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

impl<T: Field> Field for Change<T> {
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
