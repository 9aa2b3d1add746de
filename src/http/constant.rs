//! Fields that always hold the same word, and those that hold one of the known codes. In the API document they are
//! `const` and `enum`, by which clients tell answers apart.

use utoipa::ToSchema;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

/// The schema of such a field: one word to choose from, which the finished document writes as `const`.
pub(super) fn schema(word: &str) -> RefOr<Schema> {
    let field = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([word]));
    RefOr::T(field.build().into())
}

/// `constant!(Bearer = "bearer")` declares the type of a field that always holds this word.
macro_rules! constant {
    ($name:ident = $word:literal) => {
        #[derive(Debug, Clone, Copy)]
        pub(super) struct $name;

        impl $name {
            const WORD: &'static str = $word;
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(Self::WORD)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::http::constant::schema(Self::WORD)
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
pub(super) use constant;

/// Why a request was refused. Newer versions may add codes: go by the status for one that you don't know.
#[derive(ToSchema)]
#[schema(value_type = String)]
pub(super) struct ErrorCode(#[allow(dead_code, reason = "only its schema is used")] String);
