//! Reads a JSON object (RFC 8259) from untrusted bytes: strict, bounded, and without leaving copies of its strings in
//! memory.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::http::fault::{Fault, Location, kind};
use crate::secret::SecretString;

/// One value of an object. Strings may be passwords and are wiped when dropped. No field accepts nested values.
#[derive(Debug)]
pub(in crate::http) enum Value {
    /// `null`
    Null,
    /// A string.
    Text(SecretString),
    /// A boolean.
    Bool(bool),
    /// A number, a list or an object.
    Other,
}

/// The members of an object in order, including repeated names.
#[derive(Debug)]
pub(super) struct Object(pub(super) Vec<(String, Value)>);

/// Reads one object, which nothing may follow.
pub(super) fn parse(bytes: &[u8]) -> Result<Object, Fault> {
    let fault = |msg: &str| Fault::whole(Location::Body, kind::JSON_INVALID, msg);
    if bytes.is_empty() {
        return Err(fault("the body is empty: send a JSON object"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| fault("the body is not UTF-8 text"))?;
    serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            return fault("the body is not a JSON object");
        }
        // The error message of serde_json could repeat parts of the request.
        fault(&format!(
            "the body is not valid JSON (line {}, column {})",
            error.line(),
            error.column()
        ))
    })
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> Visitor<'de> for AnyValue {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(SecretString::from(text)))
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Bool(value))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
                Ok(Value::Other)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
                Ok(Value::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Other)
            }

            // `IgnoredAny` neither recurses nor keeps anything.
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Value::Other)
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}
