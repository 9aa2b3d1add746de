//! Fields of documents as the columns of rows, and the way back.

use jiff::civil::Date;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, DateTime, Document};
use serde_json::{Map, Value as Json};

use crate::model::Day;
use crate::store::{Result, StoreError, Value};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// Text that is compared in lower case.
    LowerCase,
    Id,
    /// An id that is stored as text; other programs may have stored the id itself.
    IdText,
    Flag,
    Moment,
    Number,
    Bytes,
    /// A document that is JSON in a row.
    Json,
    /// A date that is a number of days in a row.
    Day,
    /// No field: all rows of the theme have this number.
    Always(i64),
}

/// What a field is where it is absent or null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// Then the document cannot be read.
    Unreadable,
    Nothing,
    EmptyText,
    Number(i64),
    /// What another field is.
    Field(&'static str),
    /// When the document was made, by its key.
    Made,
}

/// A field, and the column that it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    kind: Kind,
    absent: Absent,
}

/// A field that every document has.
pub(super) const fn needed(name: &'static str, kind: Kind) -> Field {
    let absent = Absent::Unreadable;
    Field { name, kind, absent }
}

/// A field that may be absent.
pub(super) const fn optional(name: &'static str, kind: Kind) -> Field {
    let absent = Absent::Nothing;
    Field { name, kind, absent }
}

impl Field {
    /// The same, with a meaning where it is absent.
    pub(super) const fn or(self, absent: Absent) -> Self {
        Self { absent, ..self }
    }

    /// Reads it out of a document of `collection`.
    pub(super) fn read(&self, collection: &'static str, document: &Document) -> Result<Value> {
        if let Kind::Always(number) = self.kind {
            return Ok(Value::Integer(number));
        }
        let value = match document.get(self.name) {
            None | Some(Bson::Null) => self.absent(document),
            Some(value) => self.value(value),
        };
        value.ok_or_else(|| unreadable(collection, document.get("_id"), self.name))
    }

    fn absent(&self, document: &Document) -> Option<Value> {
        match self.absent {
            Absent::Unreadable => None,
            Absent::Nothing => Some(match self.kind {
                Kind::Json => Value::Text("{}".to_owned()),
                _ => Value::Null,
            }),
            Absent::EmptyText => Some(Value::Text(String::new())),
            Absent::Number(number) => Some(Value::Integer(number)),
            Absent::Field(name) => self.value(document.get(name)?),
            Absent::Made => {
                let made = document.get_object_id("_id").ok()?.timestamp();
                Some(Value::Integer(made.timestamp_millis()))
            }
        }
    }

    fn value(&self, value: &Bson) -> Option<Value> {
        Some(match (self.kind, value) {
            (Kind::Text | Kind::IdText, Bson::String(text)) => Value::Text(text.clone()),
            (Kind::LowerCase, Bson::String(text)) => Value::Text(text.to_lowercase()),
            (Kind::Id | Kind::IdText, Bson::ObjectId(id)) => Value::Text(id.to_hex()),
            (Kind::Flag, Bson::Boolean(flag)) => Value::Integer(i64::from(*flag)),
            (Kind::Moment, Bson::DateTime(at)) => Value::Integer(at.timestamp_millis()),
            (Kind::Number, Bson::Int32(number)) => Value::Integer(i64::from(*number)),
            (Kind::Number, Bson::Int64(number)) => Value::Integer(*number),
            (Kind::Bytes, Bson::Binary(binary)) => Value::Bytes(binary.bytes.clone()),
            (Kind::Json, Bson::Document(document)) => {
                let map: Map<String, Json> =
                    mongodb::bson::deserialize_from_document(document.clone()).ok()?;
                Value::Text(serde_json::to_string(&map).ok()?)
            }
            (Kind::Day, Bson::String(date)) => {
                let days = date.parse::<Date>().ok()? - Day(0).date();
                Value::Integer(days.get_days().into())
            }
            _ => return None,
        })
    }

    /// Writes it into a document of `collection`; nothing is left out.
    pub(super) fn write(
        &self,
        collection: &'static str,
        value: &Value,
        document: &mut Document,
    ) -> Result<()> {
        let is_nothing = *value == Value::Null
            || self.absent == Absent::EmptyText && *value == Value::Text(String::new());
        if is_nothing || matches!(self.kind, Kind::Always(_)) {
            return Ok(());
        }
        let field = self
            .bson(value)
            .ok_or_else(|| unreadable(collection, document.get("_id"), self.name))?;
        document.insert(self.name, field);
        Ok(())
    }

    /// A value as the server has it.
    pub(super) fn bson(&self, value: &Value) -> Option<Bson> {
        Some(match (self.kind, value) {
            (Kind::Text | Kind::LowerCase | Kind::IdText, Value::Text(text)) => text.into(),
            (Kind::Id, Value::Text(id)) => ObjectId::parse_str(id).ok()?.into(),
            (Kind::Flag, Value::Integer(flag)) => (*flag != 0).into(),
            (Kind::Moment, Value::Integer(at)) => DateTime::from_millis(*at).into(),
            (Kind::Number, Value::Integer(number)) => Bson::Int64(*number),
            (Kind::Bytes, Value::Bytes(bytes)) => bytes_of(bytes.clone()),
            (Kind::Json, Value::Text(text)) => {
                let map: Map<String, Json> = serde_json::from_str(text).ok()?;
                mongodb::bson::serialize_to_document(&map).ok()?.into()
            }
            (Kind::Day, Value::Integer(day)) => Day(*day).date().to_string().into(),
            _ => return None,
        })
    }
}

fn bytes_of(bytes: Vec<u8>) -> Bson {
    let subtype = BinarySubtype::Generic;
    Bson::Binary(Binary { subtype, bytes })
}

/// The columns of a document.
pub(super) fn row(
    collection: &'static str,
    fields: &[Field],
    document: &Document,
) -> Result<Vec<Value>> {
    let values = fields.iter();
    values
        .map(|field| field.read(collection, document))
        .collect()
}

/// The document of columns.
pub(super) fn document(
    collection: &'static str,
    fields: &[Field],
    values: &[Value],
) -> Result<Document> {
    let mut document = Document::new();
    for (field, value) in fields.iter().zip(values) {
        field.write(collection, value, &mut document)?;
    }
    Ok(document)
}

/// A document, or a row, whose field is not what it should be.
pub(super) fn unreadable(
    table: &'static str,
    id: Option<&Bson>,
    field: &'static str,
) -> StoreError {
    let id = match id {
        Some(Bson::String(text)) => text.clone(),
        Some(Bson::ObjectId(id)) => id.to_hex(),
        Some(Bson::Int64(number)) => number.to_string(),
        _ => "without a key".to_owned(),
    };
    StoreError::Unreadable { table, id, field }
}
