//! The database engine that the keys ask for.

use std::path::Path;

use crate::config::database_url::{DatabaseUrl, Scheme, mongo_database, sqlite_path};
use crate::config::setting_error::SettingError;
use crate::config::settings::{DatabaseKeys, Engine};
use crate::secret::{ExposeSecret as _, SecretString};

/// Returns the engine. `given` says which keys a layer sets. A relative path of an SQLite file starts in `folder`.
pub(in crate::config) fn engine(
    keys: &DatabaseKeys,
    given: impl Fn(&str) -> bool,
    folder: &Path,
) -> Result<Engine, SettingError> {
    let mongo = |key, url: &SecretString| {
        let database = mongo_database(url.expose_secret());
        let database = database.map_err(|reason| SettingError::new(key, reason))?;
        Ok(Engine::Mongo {
            url: url.clone(),
            database: database.unwrap_or_else(|| keys.mongodb_database.clone()),
        })
    };
    let fault = |reason: String| SettingError::new("database_url", reason);
    if let Some(url) = &keys.mongodb_url {
        let key = "mongodb_url";
        if given("database_url") {
            let reason = "must not be set together with database_url: both name the database";
            return Err(SettingError::new(key, reason));
        }
        if !matches!(Scheme::of(url.expose_secret()), Ok((Scheme::Mongo, _))) {
            let reason = "must start with mongodb:// or mongodb+srv://";
            return Err(SettingError::new(key, reason));
        }
        return mongo(key, url);
    }
    // The Python package 0.1.0 supported only MongoDB, with this default URL, so its files may name just the database.
    if !given("database_url") && given("mongodb_database") {
        return mongo(
            "mongodb_database",
            &SecretString::from("mongodb://localhost:27017"),
        );
    }
    match Scheme::of(keys.database_url.0.expose_secret()).map_err(fault)? {
        (Scheme::Sqlite, rest) => Ok(Engine::Sqlite {
            path: folder.join(sqlite_path(rest).map_err(fault)?),
        }),
        (Scheme::Mongo, _) => mongo("database_url", &keys.database_url.0),
    }
}

/// Returns the engine that a URL names by itself, in the spellings of `database_url`. The path of an SQLite file starts in
/// `folder`; `database` is the one on MongoDB, unless the URL names one.
///
/// # Errors
/// What the URL must be like. No part of it is repeated that may be secret.
pub fn engine_at(url: &SecretString, database: &str, folder: &Path) -> Result<Engine, String> {
    let keys = DatabaseKeys {
        database_url: DatabaseUrl(url.clone()),
        mongodb_database: database.to_owned(),
        ..DatabaseKeys::default()
    };
    engine(&keys, |key| key == "database_url", folder).map_err(|error| error.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(
        url: Option<&str>,
        mongodb_url: Option<&str>,
        mongodb_database: Option<&str>,
    ) -> Result<String, (&'static str, String)> {
        let mut keys = DatabaseKeys {
            mongodb_url: mongodb_url.map(SecretString::from),
            ..DatabaseKeys::default()
        };
        if let Some(url) = url {
            keys.database_url = DatabaseUrl(SecretString::from(url));
        }
        if let Some(name) = mongodb_database {
            keys.mongodb_database = name.to_owned();
        }
        let given = |key: &str| match key {
            "database_url" => url.is_some(),
            _ => mongodb_database.is_some(),
        };
        match engine(&keys, given, Path::new("/w")) {
            Ok(Engine::Sqlite { path }) => Ok(path.display().to_string()),
            Ok(Engine::Mongo { url, database }) => {
                Ok(format!("{} {database}", url.expose_secret()))
            }
            Err(SettingError { key, reason }) => Err((key, reason)),
        }
    }

    #[test]
    fn every_sqlite_spelling_names_its_file() {
        for scheme in ["sqlite", "sqlite+aiosqlite"] {
            for (rest, path) in [
                ("a.db", "/w/a.db"),
                ("data/a.db", "/w/data/a.db"),
                ("///a.db", "/w/a.db"),
                ("///./a.db", "/w/./a.db"),
                ("////var/a.db", "/var/a.db"),
                ("/var/a.db", "/var/a.db"),
            ] {
                assert_eq!(
                    resolve(Some(&format!("{scheme}:{rest}")), None, None).unwrap(),
                    path,
                    "{rest}"
                );
            }
            for bad in [
                "",
                "//",
                "///",
                "//a.db",
                ":memory:",
                "///:memory:",
                "a.db?mode=ro",
                "data/",
                "file:a.db",
            ] {
                assert_eq!(
                    resolve(Some(&format!("{scheme}:{bad}")), None, None)
                        .unwrap_err()
                        .0,
                    "database_url",
                    "{bad}"
                );
            }
        }
        assert_eq!(resolve(None, None, None).unwrap(), "/w/regstack.db");
    }

    #[test]
    fn mongodb_urls_and_the_two_older_keys_work_together() {
        for (url, old_url, name, wanted) in [
            (Some("mongodb://h"), None, None, "mongodb://h regstack"),
            (Some("mongodb://h/"), None, Some("app"), "mongodb://h/ app"),
            (
                Some("mongodb://u:p%40@a:1,b:2/url?replicaSet=r"),
                None,
                Some("app"),
                "mongodb://u:p%40@a:1,b:2/url?replicaSet=r url",
            ),
            (
                Some("mongodb+srv://u:p@c.example.com/?w=majority"),
                None,
                None,
                "mongodb+srv://u:p@c.example.com/?w=majority regstack",
            ),
            (
                None,
                Some("mongodb://[::1]:27017/old"),
                Some("app"),
                "mongodb://[::1]:27017/old old",
            ),
            (
                None,
                Some("mongodb://h?tls=true"),
                Some("app"),
                "mongodb://h?tls=true app",
            ),
            (None, None, Some("app"), "mongodb://localhost:27017 app"),
            (Some("sqlite:a.db"), None, Some("app"), "/w/a.db"),
        ] {
            assert_eq!(resolve(url, old_url, name).unwrap(), wanted);
        }
        assert_eq!(
            resolve(Some("sqlite:a.db"), Some("mongodb://h"), None)
                .unwrap_err()
                .0,
            "mongodb_url"
        );
        assert_eq!(
            resolve(None, Some("sqlite:a.db"), None).unwrap_err().0,
            "mongodb_url"
        );
    }

    #[test]
    fn urls_that_cannot_be_used_are_refused_without_repeating_them() {
        for bad in [
            "mongodb:h",
            "mongodb://",
            "mongodb:///db",
            "mongodb://canary:ca/nary@h/db",
            "mongodb://canary:can@ary@h",
            "mongodb://canary:can?ary@h",
            "mongodb://u:canary@h:0",
            "mongodb://u:canary@h:x",
            "mongodb://u:canary@h,,b",
            "mongodb+srv://u:canary@a,b",
            "mongodb+srv://u:canary@a:1",
            "mongodb://u:canary@h/a.b",
            "mongodb://u:canary@[::g]",
            "canary",
            "canary:x@y",
            "CANARY://canary",
        ] {
            let (key, reason) = resolve(Some(bad), None, None).unwrap_err();
            assert_eq!(key, "database_url", "{bad}");
            assert!(!reason.to_lowercase().contains("canary"), "{reason}");
        }
        for scheme in ["postgresql", "postgresql+asyncpg", "mysql"] {
            let (_, reason) =
                resolve(Some(&format!("{scheme}://u:canary@h/db")), None, None).unwrap_err();
            assert!(
                reason.starts_with(&format!("{scheme} isn't supported"))
                    && !reason.contains("canary"),
                "{reason}"
            );
        }
    }
}
