//! Pages of lists, in the form that is published.

use serde::{Serialize, Serializer};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::{Cursor, PageKey};

/// One page of a list. Published as `{"items": […], "next": "…"}`, where `next` is the text of a [`Cursor`] or null.
#[derive(Debug, Clone, Serialize)]
#[serde(bound = "T: Serialize, K: Cursor")]
pub struct Page<T, K = PageKey> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// Where the next page starts. `None` on the last one.
    #[serde(serialize_with = "cursor_text")]
    pub next: Option<K>,
}

/// Serializes the start of the next page as text, or null.
///
/// # Errors
/// Those of the serializer.
pub fn cursor_text<K: Cursor, S: Serializer>(
    next: &Option<K>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    next.as_ref().map(Cursor::to_text).serialize(serializer)
}

impl<T, K> Page<T, K> {
    /// Returns the same page with other items.
    pub fn map<U>(self, item: impl FnMut(T) -> U) -> Page<U, K> {
        Page {
            items: self.items.into_iter().map(item).collect(),
            next: self.next,
        }
    }
}

/// An item of a list that the OpenAPI document describes.
pub trait ListItem: ToSchema {
    /// The name of a page of these items in the document.
    const PAGE: &'static str;
    /// The description of such a page in the document.
    const ABOUT_PAGE: &'static str;
}

impl<T: ListItem, K> PartialSchema for Page<T, K> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .description(Some("Newest first."));
        let next = ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::SchemaType::from_iter([
                Type::String,
                Type::Null,
            ]))
            .description(Some(
                "The value of `after` for the next page; null on the last page.",
            ));
        ObjectBuilder::new()
            .description(Some(T::ABOUT_PAGE))
            .property("items", items)
            .required("items")
            .property("next", next)
            .into()
    }
}

impl<T: ListItem, K> ToSchema for Page<T, K> {
    fn name() -> std::borrow::Cow<'static, str> {
        T::PAGE.into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{
        Email, PasswordHash, PendingKey, PendingPublic, PendingRegistration, ProofHash,
    };

    #[test]
    fn a_page_is_published_with_the_text_of_its_end_and_without_a_secret() {
        let at: Timestamp = "2026-11-23T06:00:00Z".parse().unwrap();
        let email = Email::from_stored("ada@example.com".into());
        let pending = PendingRegistration {
            email: email.clone(),
            hashed_password: Some(PasswordHash::from_phc("canary-of-a-password".into())),
            full_name: None,
            language: None,
            token_hash: ProofHash::from_stored("canary-of-a-link".into()),
            created_at: at,
            expires_at: at,
        };
        let next = PendingKey { at, email };
        let page = Page {
            items: vec![pending],
            next: Some(next.clone()),
        };
        let published = serde_json::to_string(&page.map(PendingPublic::from)).unwrap();
        let moment = "2026-11-23T06:00:00Z";
        let item = format!(
            r#"{{"email":"ada@example.com","full_name":null,"created_at":"{moment}","expires_at":"{moment}"}}"#
        );
        let text = next.to_text();
        assert_eq!(
            published,
            format!(r#"{{"items":[{item}],"next":"{text}"}}"#)
        );
        let last: Page<u8> = Page {
            items: vec![1],
            next: None,
        };
        let published = serde_json::to_string(&last).unwrap();
        assert_eq!(published, r#"{"items":[1],"next":null}"#);
    }
}
