//! The document of an account as rows: the account, its second factors, passkeys and undo links.

use mongodb::bson::{Bson, Document};

use super::fields::{Absent, Field, Kind, document, needed, optional, row, unreadable};
use crate::model::{Email, FactorSecret};
use crate::store::mongo::documents::{
    FOREIGN_ID, LANGUAGE, NO_NUMBER, OTHERS_ENDED, PASSKEYS, RECOVERY, TOTP, without_nulls,
};
use crate::store::mongo::out::OUT;
use crate::store::mongo::undos::UNDOS;
use crate::store::mongo::user_documents::LAST_IAT;
use crate::store::{Record, Result, Row, Theme, Value};

const USERS: &str = "users";

/// The fields of an account of its own that are columns as they are.
const FIELDS: &[Field] = &[
    needed("_id", Kind::Id),
    needed("email", Kind::Text),
    optional("hashed_password", Kind::Text),
    needed("is_active", Kind::Flag).or(Absent::Number(1)),
    needed("is_verified", Kind::Flag).or(Absent::Number(0)),
    needed("is_superuser", Kind::Flag).or(Absent::Number(0)),
    optional("full_name", Kind::Text),
    optional("phone_number", Kind::Text),
    needed("is_mfa_enabled", Kind::Flag).or(Absent::Number(0)),
    needed("created_at", Kind::Moment).or(Absent::Made),
    optional("updated_at", Kind::Moment),
    optional("last_login", Kind::Moment),
    optional("tokens_invalidated_after", Kind::Moment),
    optional(LAST_IAT, Kind::Moment),
    optional(LANGUAGE, Kind::Text),
    optional(FOREIGN_ID, Kind::Text),
];

/// Their columns.
const COLUMNS: [&str; 16] = [
    "id",
    "email",
    "hashed_password",
    "is_active",
    "is_verified",
    "is_superuser",
    "full_name",
    "phone_number",
    "is_mfa_enabled",
    "created_at",
    "updated_at",
    "last_login",
    "tokens_invalidated_after",
    "last_iat",
    "language",
    "foreign_id",
];

/// The fields that are rows of their own, or nobody's data.
const OTHERS: [&str; 6] = [OTHERS_ENDED, TOTP, RECOVERY, PASSKEYS, UNDOS, OUT];

const ENDED: &[Field] = &[needed("at", Kind::Moment), needed("kept", Kind::Text)];

/// A sealed secret; recovery codes have no step.
const SECRET: &[Field] = &[
    needed("sealed", Kind::Bytes),
    needed("under", Kind::Text),
    needed("last_step", Kind::Number).or(Absent::Number(0)),
    needed("made_at", Kind::Moment).or(Absent::Number(0)),
];

const PASSKEY: &[Field] = &[
    needed("credential_id", Kind::Text),
    needed("id", Kind::Id),
    needed("name", Kind::Text),
    needed("public_key", Kind::Bytes),
    needed("sign_count", Kind::Number),
    needed("is_synced", Kind::Flag).or(Absent::Number(0)),
    needed("rp_id", Kind::Text),
    needed("created_at", Kind::Moment),
    optional("last_used_at", Kind::Moment),
];

const UNDO: &[Field] = &[
    needed("proof", Kind::Text),
    needed("email", Kind::Text),
    needed("changed_at", Kind::Moment),
    needed("expires_at", Kind::Moment),
    optional("phone", Kind::Text),
];

/// The theme's tables, by their places.
const ACCOUNT: usize = 0;
const SECRETS: usize = 1;
const CODES: usize = 2;
const KEYS: usize = 3;
const CHANGES: usize = 4;

/// Reads an account.
pub(super) fn record(account: &Document) -> Result<Record> {
    let id = account.get("_id");
    let mut values = row(USERS, FIELDS, account)?;
    let mut taken = |column: &str| {
        let place = COLUMNS.iter().position(|name| *name == column);
        place.map_or(Value::Null, |place| {
            std::mem::replace(&mut values[place], Value::Null)
        })
    };
    let user_id = taken("id");
    let (email, name) = (taken("email"), taken("full_name"));
    let (has_factor, created_at) = (taken("is_mfa_enabled"), taken("created_at"));
    let is_on = has_factor == Value::Integer(1);
    let part = |field| match account.get(field) {
        None | Some(Bson::Null) => Ok(None),
        Some(Bson::Document(part)) => Ok(Some(part)),
        Some(_) => Err(unreadable(USERS, id, field)),
    };
    // Whoever switched the factor off elsewhere knows of neither.
    let totp = part(TOTP)?.filter(|_| is_on);
    let recovery = part(RECOVERY)?.filter(|_| is_on);
    let ended = part(OTHERS_ENDED)?.map(|ended| row(USERS, ENDED, ended));
    let mut ended = ended.transpose()?.unwrap_or_default().into_iter();
    let number = match taken("phone_number") {
        Value::Text(number) if number == NO_NUMBER => Value::Null,
        number => number,
    };
    let updated_at = match taken("updated_at") {
        Value::Null => created_at.clone(),
        at => at,
    };
    let mut rows = Vec::new();
    let columns = Theme::Accounts.tables()[ACCOUNT].columns.iter();
    let values = columns.map(|column| match *column {
        "id" => user_id.clone(),
        "email" => email.clone(),
        "email_key" => lowered(&email, |text| Email::from_stored(text).key()),
        "full_name" => name.clone(),
        "name_key" => lowered(&name, |text| text.to_lowercase()),
        "phone_number" => number.clone(),
        "is_mfa_enabled" => has_factor.clone(),
        "created_at" => created_at.clone(),
        "updated_at" => updated_at.clone(),
        "others_ended_at" | "kept_session" => ended.next().unwrap_or(Value::Null),
        "has_totp" => Value::Integer(i64::from(totp.is_some())),
        "extra_fields" => extra(account),
        other => taken(other),
    });
    let values = values.collect();
    rows.push(Row {
        table: ACCOUNT,
        values,
    });
    let mut push = |table, values: Vec<Value>| {
        let values = std::iter::once(user_id.clone()).chain(values).collect();
        rows.push(Row { table, values });
    };
    for (kind, secret) in [
        (FactorSecret::Totp, totp),
        (FactorSecret::RecoveryKey, recovery),
    ] {
        if let Some(secret) = secret {
            let mut values = vec![Value::Text(kind.as_str().to_owned())];
            values.extend(row(USERS, SECRET, secret)?);
            push(SECRETS, values);
        }
    }
    let codes = recovery.and_then(|recovery| recovery.get_array("codes").ok());
    for code in codes.into_iter().flatten() {
        let code = code.as_str().ok_or_else(|| unreadable(USERS, id, RECOVERY));
        push(CODES, vec![Value::Text(code?.to_owned())]);
    }
    for (field, table, fields) in [(PASSKEYS, KEYS, PASSKEY), (UNDOS, CHANGES, UNDO)] {
        let list = match account.get(field) {
            None | Some(Bson::Null) => &[][..],
            Some(Bson::Array(list)) => list,
            Some(_) => return Err(unreadable(USERS, id, field)),
        };
        for one in list {
            let one = one
                .as_document()
                .ok_or_else(|| unreadable(USERS, id, field));
            push(table, row(USERS, fields, one?)?);
        }
    }
    Ok(Record::new(vec![user_id.clone()], rows))
}

fn lowered(value: &Value, lower: impl FnOnce(String) -> String) -> Value {
    match value {
        Value::Text(text) => Value::Text(lower(text.clone())),
        _ => Value::Null,
    }
}

/// The fields of an account that are none of ours.
fn extra(account: &Document) -> Value {
    let known =
        |name: &str| OTHERS.contains(&name) || FIELDS.iter().any(|field| field.name == name);
    let extra = account.iter().filter(|(name, _)| !known(name));
    let extra: Document = extra
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if extra.is_empty() {
        return Value::Null;
    }
    extra.to_vec().map_or(Value::Null, Value::Bytes)
}

/// The document of an account's rows.
pub(super) fn account(record: &Record) -> Result<Document> {
    let value = |column| record.value(Theme::Accounts, column).cloned();
    let value = |column| value(column).unwrap_or(Value::Null);
    let values: Vec<Value> = COLUMNS.iter().map(|column| value(column)).collect();
    let mut account = document(USERS, FIELDS, &values)?;
    let is_on = |column| value(column) == Value::Integer(1);
    if is_on("has_totp") && is_on("is_mfa_enabled") && !account.contains_key("phone_number") {
        account.insert("phone_number", NO_NUMBER);
    }
    if value("others_ended_at") != Value::Null && value("kept_session") != Value::Null {
        let ended = [value("others_ended_at"), value("kept_session")];
        account.insert(OTHERS_ENDED, document(USERS, ENDED, &ended)?);
    }
    let rows = |table| {
        let rows = record.rows().iter().filter(move |row| row.table == table);
        // Without the account's id.
        rows.map(|row| &row.values[1..])
    };
    for values in rows(SECRETS) {
        let mut secret = document(USERS, SECRET, &values[1..])?;
        if values.first() == Some(&Value::Text(FactorSecret::Totp.as_str().to_owned())) {
            account.insert(TOTP, secret);
            continue;
        }
        secret.remove("last_step");
        let codes = rows(CODES).filter_map(|values| match values {
            [Value::Text(code)] => Some(code.as_str()),
            _ => None,
        });
        secret.insert("codes", codes.collect::<Vec<_>>());
        account.insert(RECOVERY, secret);
    }
    for (field, table, fields) in [(PASSKEYS, KEYS, PASSKEY), (UNDOS, CHANGES, UNDO)] {
        let list = rows(table).map(|values| document(USERS, fields, values));
        let mut list = list.collect::<Result<Vec<_>>>()?;
        // As they were added.
        let added = |one: &Document| {
            let at = |field| one.get_datetime(field).ok().copied();
            (
                at("created_at").or(at("changed_at")),
                one.get_object_id("id").ok(),
            )
        };
        list.sort_by_key(added);
        if !list.is_empty() {
            account.insert(field, list);
        }
    }
    if let Value::Bytes(bytes) = value("extra_fields") {
        let extra = Document::from_reader(&bytes[..]);
        let extra = extra.map_err(|_| unreadable(USERS, account.get("_id"), "extra_fields"))?;
        account.extend(extra);
    }
    Ok(without_nulls(account))
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn fields_of_other_programs_go_and_come_back_in_their_order() {
        let id = mongodb::bson::oid::ObjectId::new();
        let made = doc! {
            "_id": id, "email": "Ada@Example.com", "favourite_colour": "$teal", "full_name": Bson::Null,
            "pets": [{ "name": "Tux", "age": 3_i32 }], "age": 36.5,
        };
        let read = record(&made).unwrap();
        let value = |column| read.value(Theme::Accounts, column).cloned().unwrap();
        assert_eq!(value("email_key"), Value::Text("ada@example.com".into()));
        assert_eq!(value("is_active"), Value::Integer(1));
        assert_eq!(value("created_at"), value("updated_at"));
        let written = account(&read).unwrap();
        for field in ["favourite_colour", "pets", "age"] {
            assert_eq!(written.get(field), made.get(field), "{field}");
        }
        assert_eq!(record(&written).unwrap(), read);
    }
}
