//! Fields that always hold the same value, and fields that hold one of the known codes. In the API document they are
//! `const` and `enum`, so that clients can tell responses apart.

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

/// Returns the schema of a constant field: an enum of one value, which the finished document writes as `const`.
pub(super) fn schema(value: Value) -> RefOr<Schema> {
    let kind = match value {
        Value::Bool(_) => Type::Boolean,
        _ => Type::String,
    };
    let field = ObjectBuilder::new()
        .schema_type(kind)
        .enum_values(Some([value]));
    RefOr::T(field.build().into())
}

/// `constant!(Bearer = "bearer")` declares the type of a field that always holds this string or boolean.
macro_rules! constant {
    ($name:ident = $value:expr) => {
        #[derive(Debug, Clone, Copy)]
        pub(super) struct $name;

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&$value, serializer)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::http::constant::schema($value.into())
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
pub(super) use constant;

/// Why a request was refused. Newer versions may add codes: if you don't know a code, use the status.
#[derive(ToSchema)]
#[schema(value_type = String)]
pub(super) struct ErrorCode(#[allow(dead_code, reason = "only its schema is used")] String);
