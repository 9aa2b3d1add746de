//! What fuzz targets run: each function checks on any bytes what always holds. A violation panics.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::rate_limit::RateLimit;
use super::secrets_file;
use super::sources::Sources;
use super::value::{Raw, Value as _};
use super::{ConfigError, Files, Loaded, key, load};

/// The text of a request limit: what is read is within its bounds, and is read back from its own text unchanged.
pub fn rate_limit(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let Some(limit) = RateLimit::parse(&Raw::Text(text)) else {
        return;
    };
    assert!(!limit.0.is_empty());
    for quota in &limit.0 {
        assert!((1..=31 * 86_400).contains(&quota.seconds));
    }
    let again = RateLimit::parse(&Raw::Text(limit.text()));
    assert_eq!(again.as_ref(), Some(&limit), "{}", limit.text());
    assert_eq!(again.map(|again| again.text()), Some(limit.text()));
}

/// A secrets file.
///
/// - Names are valid, and each is there once.
/// - A file that is read is still read, with the same other entries, after a value is set or removed.
/// - No fault repeats a line.
pub fn secrets_file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let entries = match secrets_file::entries(&text, "s.env") {
        Ok(entries) => entries,
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                assert!(fault.message.len() < 160, "{fault}");
                assert!(fault.key.is_empty() || secrets_file::is_name(&fault.key));
            }
            return;
        }
    };
    let names: BTreeSet<&String> = entries.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), entries.len());
    assert!(names.iter().all(|name| secrets_file::is_name(name)));
    let Ok(key) = key("jwt_secret") else {
        return;
    };
    let mine = key.variable();
    let theirs = |entries: &[(String, String)]| -> Vec<(String, String)> {
        let of_file = format!("{mine}_FILE");
        let others = entries.iter();
        let others = others.filter(|(name, _)| *name != mine && *name != of_file);
        others.cloned().collect()
    };
    let others = theirs(&entries);
    let mut files = Files::default();
    files.secrets = text.into_owned();
    let value = "no secret: Zm9yIGZ1enogdGFyZ2V0cyBvbmx5";
    if files.set(key, value).is_err() {
        return;
    }
    let set = secrets_file::entries(&files.secrets, "s.env").unwrap_or_default();
    let is = set.iter().find(|(name, _)| *name == mine);
    assert_eq!(is.map(|(_, value)| value.as_str()), Some(value));
    assert_eq!(theirs(&set), others, "{}", files.secrets);
    if files.unset(key).is_ok() {
        let unset = secrets_file::entries(&files.secrets, "s.env").unwrap_or_default();
        assert_eq!(unset, others, "{}", files.secrets);
    }
}

fn loaded(text: &str) -> Result<Loaded, ConfigError> {
    let path = PathBuf::from("/fuzz/regstack.toml");
    let sources = Sources {
        config: Some(path.clone()),
        working_dir: "/fuzz".into(),
        drafts: [(path, text.to_owned())].into(),
        ..Sources::default()
    };
    load(&sources)
}

/// A settings file.
///
/// - It is read, or there is a fault. Faults and values are the same each time.
/// - Both TOML parsers accept it, or neither does.
/// - Setting a key changes that key and no other value.
pub fn toml(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let told = |result: Result<Loaded, ConfigError>| match result {
        Ok(loaded) => (Vec::new(), loaded.values.len()),
        Err(error) => {
            assert!(!error.faults.is_empty());
            let faults = error.faults.iter().map(ToString::to_string);
            (faults.collect(), error.values.len())
        }
    };
    let first = told(loaded(&text));
    assert_eq!(first, told(loaded(&text)));
    let table: Result<toml::Table, _> = toml::from_str(&text);
    let is_document = toml_edit::Document::parse(text.as_ref()).is_ok();
    assert_eq!(table.is_ok(), is_document, "{text}");
    let (Ok(mut before), Ok(key)) = (table, key("app_name")) else {
        return;
    };
    let mut files = Files::default();
    files.toml = text.into_owned();
    if files.set(key, "Fuzz \"and\" \\ such").is_err() {
        return;
    }
    let after: Result<toml::Table, _> = toml::from_str(&files.toml);
    assert!(after.is_ok(), "{}", files.toml);
    let mut after = after.unwrap_or_default();
    let set = after.remove("app_name");
    let set = set.as_ref().and_then(toml::Value::as_str);
    assert_eq!(set, Some("Fuzz \"and\" \\ such"), "{}", files.toml);
    before.remove("app_name");
    assert_eq!(
        before.to_string(),
        after.to_string(),
        "another value changed: {}",
        files.toml
    );
}
