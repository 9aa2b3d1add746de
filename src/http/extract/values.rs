//! How fields become values of `model`: the rules of each type, as requests are told them.

use utoipa::openapi::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};

use super::fields::{Broken, Field, nullable};
use super::json::Value;
use crate::http::fault::kind;
use crate::model::code::{self, Code};
use crate::model::email::{self, InvalidEmail};
use crate::model::id::InvalidId;
use crate::model::password::{self, InvalidPassword};
use crate::model::{Email, FullName, Id, Language, NewPassword, Password, ProofToken, proof};
use crate::secret::{ExposeSecret as _, SecretString};

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
    const MIN_LENGTH: usize = 4;
    const MAX_LENGTH: usize = 20;
}

impl Field for PhoneText {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let text = text_of(value, "a phone number", Self::MIN_LENGTH, Self::MAX_LENGTH)?;
        Ok(Self(text.expose_secret().to_owned()))
    }

    fn schema() -> Object {
        string()
            .min_length(Some(Self::MIN_LENGTH))
            .max_length(Some(Self::MAX_LENGTH))
            .examples(["+14155550123"])
            .build()
    }
}

impl Field for Language {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        Self::parse(text(value)?.expose_secret()).ok_or_else(|| {
            let rule = "this field is a language tag such as de or pt-BR";
            (kind::VALUE_ERROR, rule.to_owned())
        })
    }

    fn schema() -> Object {
        string()
            .max_length(Some(Self::MAX_LENGTH))
            .examples(["de"])
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
