//! What fuzz targets run: each function checks on any bytes what always holds. A violation panics.

use serde_json::Value;

use super::{System, read_record};
use crate::auth::{FirebaseParameters, PasswordHasher};
use crate::model::{Email, PasswordHash};

/// One account of an import, in the format of any system: the first byte says which, and the JSON follows.
///
/// - An account that is accepted has a valid address and a hash that can be evaluated, each time it is read.
/// - No reason repeats a value.
pub fn import(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let Ok(row) = serde_json::from_slice::<Value>(rest) else {
        return;
    };
    let system = System::ALL[usize::from(*first) % System::ALL.len()];
    let parameters = serde_json::json!({
        "base64_signer_key": "c2lnbmVyIGtleSBvZiBmdXp6IHRhcmdldHM=",
        "base64_salt_separator": "Bw==", "rounds": 8, "mem_cost": 14,
    });
    let firebase = FirebaseParameters::read(&parameters).ok();
    for assumed_verified in [false, true] {
        let read = || read_record(system, firebase.as_ref(), assumed_verified, &row);
        match (read(), read()) {
            (Ok(record), Ok(again)) => {
                let address = record.email.to_string();
                let parsed = Email::parse(&address).map(|email| email.to_string());
                assert_eq!(parsed, Ok(address));
                assert_eq!(record.email, again.email);
                let hash = record.hash.as_ref().map(PasswordHash::as_phc);
                assert_eq!(hash, again.hash.as_ref().map(PasswordHash::as_phc));
                assert!(hash.is_none_or(|hash| PasswordHasher::recognize(hash).is_ok()));
            }
            (Err(reason), Err(again)) => {
                assert_eq!(reason, again);
                assert!(!reason.is_empty() && reason.len() < 400);
                for text in texts(&row) {
                    // Shorter ones may be words of the reason, and longer ones guess them.
                    if text.len() >= 24 && reason.contains(text) {
                        let row = without(&row, text);
                        let other =
                            read_record(system, firebase.as_ref(), assumed_verified, &row).err();
                        assert_eq!(other, Some(reason.clone()), "it repeats what it was given");
                    }
                }
            }
            _ => panic!("the same account is read in two ways"),
        }
    }
}

/// Returns the value with another text in place of this one.
fn without(value: &Value, text: &str) -> Value {
    match value {
        Value::String(found) if found == text => "?".repeat(text.len()).into(),
        Value::Array(items) => items.iter().map(|item| without(item, text)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), without(member, text)))
            .collect(),
        other => other.clone(),
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
