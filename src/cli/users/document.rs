//! The accounts in one JSON document, as Firebase and Keycloak write it: read one after the other by a thread of its own, which
//! waits for whoever takes them.

use std::fmt;
use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use crate::cli::{Failure, Result};

/// So many accounts wait to be taken.
const WAITING: usize = 64;

/// A row: where it stands, and what it is or what is wrong with it.
pub(super) type Row = (u64, Result<Value, String>);

pub(super) fn unreadable(name: &str, why: &dyn std::fmt::Display) -> Failure {
    Failure::refused(format!("{name} can't be read")).because(why)
}

/// The accounts of a document: a list, or an object with a list "users". They are counted from one.
pub(super) fn document(
    input: impl Read + Send + 'static,
    name: String,
) -> impl Iterator<Item = Result<Row>> + Send {
    let (sender, receiver): (_, Receiver<Result<Row>>) = sync_channel(WAITING);
    thread::spawn(move || {
        let mut list = List {
            sender: &sender,
            number: 0,
            is_found: false,
        };
        let mut reader = serde_json::Deserializer::from_reader(input);
        let read = reader.deserialize_any(Document(&mut list));
        let why = match read.and_then(|()| reader.end()) {
            Ok(()) if list.is_found => return,
            Ok(()) => "it has no list \"users\"".to_owned(),
            Err(error) => match error.classify() {
                Category::Io => error.to_string(),
                Category::Syntax | Category::Eof => {
                    "it isn't JSON; for JSON Lines, use --format jsonl".to_owned()
                }
                Category::Data => {
                    "it's neither a list nor an object with a list \"users\"".to_owned()
                }
            },
        };
        // Nobody may be there to hear it.
        let _ = sender.send(Err(unreadable(&name, &why)));
    });
    receiver.into_iter()
}

/// The list of accounts on its way.
struct List<'a> {
    sender: &'a SyncSender<Result<Row>>,
    number: u64,
    is_found: bool,
}

/// The document, which has the list or is it.
struct Document<'a, 'b>(&'a mut List<'b>);

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of accounts, or an object that has one")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> std::result::Result<(), A::Error> {
        Items(self.0).visit_seq(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> std::result::Result<(), A::Error> {
        while let Some(name) = fields.next_key::<String>()? {
            if name == "users" && !self.0.is_found {
                fields.next_value_seed(Items(self.0))?;
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The list.
struct Items<'a, 'b>(&'a mut List<'b>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of accounts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<(), A::Error> {
        self.0.is_found = true;
        while let Some(row) = items.next_element::<Value>()? {
            self.0.number += 1;
            let row = Ok((self.0.number, Ok(row)));
            self.0.sender.send(row).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
