//! How fields become values of `model`: the rules of each type, with the messages that clients get.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use utoipa::openapi::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};

use super::fields::{Broken, Field, Next, nullable};
use super::json::Value;
use crate::config::MAX_DESTINATION;
use crate::http::fault::kind;
use crate::model::code::{self, Code};
use crate::model::email::{self, InvalidEmail};
use crate::model::id::InvalidId;
use crate::model::password::{self, InvalidPassword};
use crate::model::user::InvalidName;
use crate::model::{
    Email, FullName, Id, Language, LoginCode, MfaMethod, NewPassword, PasskeyName, Password,
    ProofToken, RecoveryCode, Scopes, ServiceKeyName, TokenId, proof,
};
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

/// Returns the schema of a string with a maximum length and, if given, a minimum length, in characters.
pub(super) fn string_of(shortest: Option<usize>, longest: usize, example: &str) -> ObjectBuilder {
    string()
        .min_length(shortest)
        .max_length(Some(longest))
        .examples([example])
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
        string_of(None, email::MAX_LENGTH, "ada@example.com")
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
            .build()
    }
}

impl Field for Next {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let next = text_of(value, "an address to return to", 1, MAX_DESTINATION)?;
        Ok(Self(next.expose_secret().to_owned()))
    }

    fn schema() -> Object {
        string()
            .min_length(Some(1))
            .max_length(Some(MAX_DESTINATION))
            .examples(["https://app.example.com/welcome"])
            .build()
    }
}

impl Field for SecretString {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        text(value)
    }

    fn schema() -> Object {
        string().build()
    }
}

impl Field for ServiceKeyName {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        Self::parse(text(value)?.expose_secret())
            .map_err(|fault| (kind::VALUE_ERROR, fault.to_string()))
    }

    fn schema() -> Object {
        string()
            .pattern(Some(Self::PATTERN))
            .examples(["billing"])
            .build()
    }
}

impl Field for Scopes {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        Self::parse(text(value)?.expose_secret())
            .map_err(|fault| (kind::VALUE_ERROR, fault.to_string()))
    }

    fn schema() -> Object {
        string().examples(["introspect admin:read"]).build()
    }
}

impl Field for Timestamp {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let rule = "this field is a time such as 2027-01-31T00:00:00Z (RFC 3339)";
        text(value)?
            .expose_secret()
            .parse()
            .map_err(|_| (kind::VALUE_ERROR, rule.to_owned()))
    }

    fn schema() -> Object {
        string()
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples(["2027-01-31T00:00:00Z"])
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

impl Field for TokenId {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        Self::parse(text(value)?.expose_secret()).ok_or_else(|| {
            (
                kind::VALUE_ERROR,
                "this isn't the id of a session".to_owned(),
            )
        })
    }

    fn schema() -> Object {
        string()
            .pattern(Some("^[0-9A-Za-z_-]{22}$"))
            .examples(["rN7z0Y_z_-uIv4PdRl1A5Q"])
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
    let example = "correct horse battery staple";
    string_of(Some(shortest), password::MAX_LENGTH, example)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
        .write_only(true)
        .build()
}

/// Declares the two password types: the current one and a new one.
macro_rules! passwords {
    ($($name:ty: $shortest:expr;)*) => {$(
        impl Field for $name {
            fn read(value: Option<Value>) -> Result<Self, Broken> {
                Self::parse(text(value)?).map_err(broken_password)
            }

            fn schema() -> Object {
                password_schema($shortest)
            }
        }
    )*};
}

passwords! {
    Password: 1;
    NewPassword: password::MIN_LENGTH;
}

impl Field for ProofToken {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let token = text(value)?;
        if token.expose_secret().chars().count() > proof::MAX_LENGTH {
            let rule = format!("a token has at most {} characters", proof::MAX_LENGTH);
            return Err((kind::STRING_TOO_LONG, rule));
        }
        Ok(Self::presented(token))
    }

    fn schema() -> Object {
        let example = "Zm9ydHktdGhyZWUgYmFzZTY0dXJsIGNoYXJhY3RlcnM";
        string_of(None, proof::MAX_LENGTH, example).build()
    }
}

/// Reads a string with a length limit in characters. The string may be a secret, so errors don't repeat it.
fn text_of(
    value: Option<Value>,
    what: &str,
    shortest: usize,
    longest: usize,
) -> Result<SecretString, Broken> {
    let text = text(value)?;
    let kind = match text.expose_secret().chars().count() {
        length if length < shortest => kind::STRING_TOO_SHORT,
        length if length > longest => kind::STRING_TOO_LONG,
        _ => return Ok(text),
    };
    let rule = format!("{what} has {shortest} to {longest} characters");
    Err((kind, rule))
}

impl Field for LoginCode {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let given = text(value)?;
        if let Some(code) = RecoveryCode::written(given.expose_secret()) {
            return Ok(Self::Recovery(code));
        }
        Code::read(Some(Value::Text(given))).map(Self::Digits)
    }

    fn schema() -> Object {
        // A recovery code has a dash in the middle.
        let longest = RecoveryCode::LENGTH + 1;
        string_of(Some(code::MIN_LENGTH), longest, "042719").build()
    }
}

impl Field for Option<MfaMethod> {
    const REQUIRED: bool = false;

    fn read(value: Option<Value>) -> Result<Self, Broken> {
        match value {
            None | Some(Value::Null) => Ok(None),
            given => {
                let method = MfaMethod::from_name(text(given)?.expose_secret());
                let names = MfaMethod::ALL.iter().map(|method| method.as_str());
                let rule = || {
                    let names: Vec<&str> = names.collect();
                    format!("a method is one of: {}", names.join(", "))
                };
                method.map(Some).ok_or_else(|| (kind::VALUE_ERROR, rule()))
            }
        }
    }

    fn schema() -> Object {
        let names = MfaMethod::ALL.iter().map(|method| method.as_str());
        let names: Vec<&str> = names.collect();
        nullable(
            string()
                .pattern(Some(format!("^({})$", names.join("|"))))
                .examples(["totp"])
                .build(),
        )
    }
}

impl Field for Code {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        // Refused here so that something that can't be a code doesn't count as a failed attempt.
        let digits = Self::written(text(value)?.expose_secret())
            .ok_or((kind::VALUE_ERROR, "a code has digits only".to_owned()))?;
        let digits = Some(Value::Text(digits));
        text_of(digits, "a code", code::MIN_LENGTH, code::MAX_LENGTH).map(Self::presented)
    }

    fn schema() -> Object {
        string_of(Some(code::MIN_LENGTH), code::MAX_LENGTH, "042719").build()
    }
}

/// A text that should be a phone number. An invalid number isn't a fault of the body: it has its own error code.
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
        string_of(Some(Self::MIN_LENGTH), Self::MAX_LENGTH, "+14155550123").build()
    }
}

/// Bytes, as base64url without padding.
#[derive(Debug)]
pub(in crate::http) struct Encoded(pub(in crate::http) Vec<u8>);

impl Encoded {
    /// More than any authenticator sends, in characters.
    const MAX_LENGTH: usize = 16_384;
}

impl Field for Encoded {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let text = text_of(value, "this field", 1, Self::MAX_LENGTH)?;
        let bytes = URL_SAFE_NO_PAD.decode(text.expose_secret());
        let rule = "this field is base64url without padding";
        bytes
            .map(Self)
            .map_err(|_| (kind::VALUE_ERROR, rule.to_owned()))
    }

    fn schema() -> Object {
        string_of(Some(1), Self::MAX_LENGTH, "rN7z0Y_z_-uIv4PdRl1A5Q").build()
    }
}

impl Field for PasskeyName {
    fn read(value: Option<Value>) -> Result<Self, Broken> {
        let name = Self::parse(text(value)?.expose_secret());
        name.map_err(|fault| (kind::VALUE_ERROR, fault.to_string()))
    }

    fn schema() -> Object {
        string_of(Some(1), Self::MAX_LENGTH, "Laptop").build()
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
            given => FullName::parse(text(given)?.expose_secret()).map_err(|fault| {
                let kind = match fault {
                    InvalidName::TooLong => kind::STRING_TOO_LONG,
                    InvalidName::TooManyMarks => kind::VALUE_ERROR,
                };
                (kind, fault.to_string())
            }),
        }
    }

    fn schema() -> Object {
        nullable(string_of(None, FullName::MAX_LENGTH, "Ada Lovelace").build())
    }
}
