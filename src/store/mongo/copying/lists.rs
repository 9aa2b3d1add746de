//! Documents that are a list of entries: logins under way, wrong codes, and messages that count.

use jiff::SignedDuration;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, DateTime, Document, doc};

use super::fields::{Absent, Field, Kind, needed, optional, row, unreadable};
use crate::model::RecipientCap;
use crate::model::moment::after;
use crate::model::sweep::MARGIN;
use crate::store::mongo::documents::{date, moment};
use crate::store::{Key, Record, Result, Row, Theme, Value};

const LIST: &str = "a list";

const ENTRY: &[Field] = &[
    needed("id", Kind::Id),
    needed("at", Kind::Moment),
    optional("ip", Kind::Text),
    needed("failed", Kind::Always(0)),
];

const EVENT: &[Field] = &[needed("at", Kind::Moment).or(Absent::Unreadable)];

/// The key that a list stands under.
pub(super) fn key_of_list(theme: Theme, key: &Key) -> Option<String> {
    match (theme, &key[..]) {
        (Theme::WrongCodes, [Value::Text(user_id), Value::Text(kind)]) => {
            Some(format!("{user_id}:{kind}"))
        }
        (_, [Value::Text(text)]) => Some(text.clone()),
        _ => None,
    }
}

/// The key of the list of a document.
pub(super) fn key(theme: Theme, document: &Document) -> Result<Key> {
    let unreadable = || unreadable(LIST, document.get("_id"), "_id");
    let text = document.get_str("_id").map_err(|_| unreadable())?;
    if theme != Theme::WrongCodes {
        return Ok(vec![Value::Text(text.to_owned())]);
    }
    let (user_id, kind) = text.split_once(':').ok_or_else(unreadable)?;
    Ok(vec![
        Value::Text(user_id.to_owned()),
        Value::Text(kind.to_owned()),
    ])
}

/// Reads a list.
pub(super) fn record(theme: Theme, document: &Document) -> Result<Record> {
    let key = key(theme, document)?;
    let (field, fields) = match theme {
        Theme::LoginsUnderWay => ("entries", ENTRY),
        _ => ("recent", EVENT),
    };
    let entries = document.get_array(field);
    let entries = entries.map_err(|_| unreadable(LIST, document.get("_id"), field))?;
    let entries = entries.iter().filter_map(Bson::as_document);
    let entries = entries.filter(|entry| {
        theme != Theme::LoginsUnderWay || entry.get_bool("failed").is_ok_and(|failed| !failed)
    });
    let rows = entries.map(|entry| {
        let values = row(LIST, fields, entry)?;
        let values = key.iter().cloned().chain(values).collect();
        Ok(Row { table: 0, values })
    });
    let rows = rows.collect::<Result<_>>()?;
    Ok(Record::new(key.clone(), rows))
}

/// The document of a list of moments that count: for so long after the newest.
pub(super) fn window(
    theme: Theme,
    record: &Record,
    lockout_window: SignedDuration,
) -> Result<Document> {
    let key = key_of_list(theme, record.key());
    let key = key.ok_or_else(|| unreadable(LIST, None, "_id"))?;
    let moments = record
        .rows()
        .iter()
        .filter_map(|row| match row.values.last() {
            Some(Value::Integer(at)) => Some(DateTime::from_millis(*at)),
            _ => None,
        });
    let moments: Vec<DateTime> = moments.collect();
    let counts_for = match theme {
        Theme::CountedMessages => RecipientCap::LENGTH,
        _ => lockout_window,
    };
    let newest = moments
        .iter()
        .max()
        .copied()
        .map(moment)
        .unwrap_or_default();
    let recent = moments.into_iter();
    let recent = recent.map(|at| doc! { "id": ObjectId::new(), "at": at });
    Ok(doc! {
        "_id": key,
        "recent": recent.collect::<Vec<_>>(),
        "expires_at": date(after(after(newest, counts_for), MARGIN)),
    })
}

/// The updates that put attempts of one address into its list, in the place of those of the same ids.
pub(super) fn guard(
    email_key: &str,
    attempts: &[Attempt<'_>],
    lockout_window: SignedDuration,
) -> Vec<Document> {
    let ids: Vec<ObjectId> = attempts.iter().map(|attempt| attempt.id).collect();
    let entries = attempts.iter().map(|attempt| {
        let mut entry = doc! { "id": attempt.id, "at": attempt.at, "failed": attempt.failed };
        if let Some(ip) = attempt.ip {
            entry.insert("ip", ip);
        }
        entry
    });
    let entries: Vec<Document> = entries.collect();
    let newest = attempts.iter().map(|attempt| attempt.at).max();
    let newest = newest.map(moment).unwrap_or_default();
    // Longer than any of them matters.
    let expires_at = date(after(after(newest, lockout_window), MARGIN * 2));
    let update = |change| doc! { "q": { "_id": email_key }, "u": change, "upsert": true };
    vec![
        update(doc! { "$pull": { "entries": { "id": { "$in": ids } } } }),
        update(doc! {
            "$push": { "entries": { "$each": entries } },
            "$max": { "expires_at": expires_at },
        }),
    ]
}

/// An attempt as an entry of a list.
pub(super) struct Attempt<'a> {
    pub(super) email_key: &'a str,
    id: ObjectId,
    at: DateTime,
    ip: Option<&'a str>,
    failed: bool,
}

impl<'a> Attempt<'a> {
    /// The attempt of a row, whose first two columns come in another order where it is under way.
    pub(super) fn of(theme: Theme, row: &'a Row) -> Result<Self> {
        let [one, other, Value::Integer(at), ip, _] = &row.values[..] else {
            return Err(unreadable(LIST, None, "at"));
        };
        let failed = theme == Theme::FailedLogins;
        let (id, email_key) = if failed { (one, other) } else { (other, one) };
        let (Value::Text(id), Value::Text(email_key)) = (id, email_key) else {
            return Err(unreadable(LIST, None, "id"));
        };
        Ok(Self {
            email_key,
            id: ObjectId::parse_str(id).map_err(|_| unreadable(LIST, None, "id"))?,
            at: DateTime::from_millis(*at),
            ip: match ip {
                Value::Text(ip) if !failed => Some(ip),
                _ => None,
            },
            failed,
        })
    }
}
