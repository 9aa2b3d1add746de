//! Database URLs: which spellings are understood and which engine they mean.
//!
//! Opens nothing. A MongoDB URL may hold a password: no part of one appears in an error.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::checks::is_database_name;
use super::settings::{DatabaseKeys, Engine};
use super::value::{HIDDEN, Raw, Value};
use crate::secret::{ExposeSecret as _, SecretString};

/// `database_url`: hidden like a secret unless it names an SQLite file.
#[derive(Debug, Clone)]
pub(super) struct DatabaseUrl(pub(super) SecretString);

impl Value for DatabaseUrl {
    const SECRET: bool = true;
    fn form() -> String {
        "an SQLite or MongoDB URL".to_owned()
    }
    fn parse(raw: &Raw) -> Option<Self> {
        let url = SecretString::parse(raw)?;
        (!url.absent()).then_some(Self(url))
    }
    fn text(&self) -> String {
        let url = self.0.expose_secret();
        match Scheme::of(url) {
            Ok((Scheme::Sqlite, _)) => url.to_owned(),
            Ok((Scheme::Mongo, _)) => format!("mongodb {HIDDEN}"),
            Err(_) => HIDDEN.to_owned(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Sqlite,
    Mongo,
}

impl Scheme {
    /// The scheme and what follows its colon.
    fn of(url: &str) -> Result<(Self, &str), String> {
        for (prefix, scheme) in [
            ("sqlite:", Self::Sqlite),
            ("sqlite+aiosqlite:", Self::Sqlite),
            ("mongodb:", Self::Mongo),
            ("mongodb+srv:", Self::Mongo),
        ] {
            if let Some(rest) = url.strip_prefix(prefix) {
                return Ok((scheme, rest));
            }
        }
        // Only what is surely a scheme is repeated: anything else may be a misplaced password.
        let name = url.split_once("://").map(|(name, _)| name).filter(|name| {
            name.len() <= 40
                && name.starts_with(|c: char| c.is_ascii_lowercase())
                && name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c))
        });
        Err(match name {
            Some(name) => format!(
                "{name} is not supported: accounts are kept in SQLite (sqlite:path) or MongoDB (mongodb://…)"
            ),
            None => "must start with sqlite:, mongodb:// or mongodb+srv://".to_owned(),
        })
    }
}

/// The engine that the database keys ask for, or the key at fault and why. `given` tells which keys a layer sets.
pub(super) fn engine(
    keys: &DatabaseKeys,
    given: impl Fn(&str) -> bool,
    working_dir: &Path,
) -> Result<Engine, (&'static str, String)> {
    let mongo = |key, url: &SecretString| {
        let database = mongo_database(url.expose_secret()).map_err(|reason| (key, reason))?;
        Ok(Engine::Mongo {
            url: url.clone(),
            database: database.unwrap_or_else(|| keys.mongodb_database.clone()),
        })
    };
    if let Some(url) = &keys.mongodb_url {
        if given("database_url") {
            return Err((
                "mongodb_url",
                "must not be set together with database_url: both name the database".to_owned(),
            ));
        }
        return match Scheme::of(url.expose_secret()) {
            Ok((Scheme::Mongo, _)) => mongo("mongodb_url", url),
            _ => Err((
                "mongodb_url",
                "must start with mongodb:// or mongodb+srv://".to_owned(),
            )),
        };
    }
    // The Python package 0.1.0 knew MongoDB only, with this default: its files may name just the database.
    if !given("database_url") && given("mongodb_database") {
        return mongo(
            "mongodb_database",
            &SecretString::from("mongodb://localhost:27017"),
        );
    }
    let url = keys.database_url.0.expose_secret();
    match Scheme::of(url).map_err(|reason| ("database_url", reason))? {
        (Scheme::Sqlite, rest) => sqlite_path(rest)
            .map(|path| Engine::Sqlite {
                path: working_dir.join(path),
            })
            .map_err(|reason| ("database_url", reason)),
        (Scheme::Mongo, _) => mongo("database_url", &keys.database_url.0),
    }
}

/// Whether everybody may read this URL: an SQLite path, or a MongoDB server without a password or token.
pub(super) fn is_public(url: &str) -> bool {
    match Scheme::of(url) {
        Ok((Scheme::Sqlite, _)) => true,
        Ok((Scheme::Mongo, rest)) => {
            let lower = rest.to_ascii_lowercase();
            !["@", "password", "token", "secret"]
                .iter()
                .any(|part| lower.contains(part))
        }
        Err(_) => false,
    }
}

/// The user part of a URL and where it is: between `://` and the last `@` before the path.
fn user_part(url: &str) -> Option<(usize, &str)> {
    let start = url.find("://")? + 3;
    let end = url[start..]
        .find(['/', '?'])
        .map_or(url.len(), |at| start + at);
    let at = url[start..end].rfind('@')?;
    Some((start, &url[start..start + at]))
}

/// Whether a MongoDB URL names a user.
#[must_use]
pub fn has_user(url: &str) -> bool {
    user_part(url).is_some()
}

/// Whether a MongoDB URL names a user's password.
#[must_use]
pub fn has_password(url: &str) -> bool {
    user_part(url).is_some_and(|(_, user)| user.contains(':'))
}

/// A MongoDB URL without its password, fit to be shown.
#[must_use]
pub fn without_password(url: &str) -> String {
    match user_part(url) {
        Some((start, user)) => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{}{name}{}", &url[..start], &url[start + user.len()..])
        }
        None => url.to_owned(),
    }
}

/// A MongoDB URL that names a user, with this password, percent-encoded (RFC 3986 §2.1).
#[must_use]
pub fn with_password(url: &str, password: &str) -> String {
    let mut encoded = String::with_capacity(password.len());
    for byte in password.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    let url = without_password(url);
    match user_part(&url) {
        Some((start, user)) => {
            let end = start + user.len();
            format!("{}:{encoded}{}", &url[..end], &url[end..])
        }
        None => url,
    }
}

fn sqlite_path(rest: &str) -> Result<PathBuf, String> {
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(path) => path.strip_prefix('/').ok_or("must have one, three or four slashes: sqlite:path, sqlite:///path or sqlite:////absolute/path")?,
    };
    if path.is_empty() || path.ends_with('/') || path == ":memory:" || path.starts_with("file:") {
        return Err("must name a file: accounts are not kept in memory".to_owned());
    }
    if path.contains(['?', '\0']) {
        return Err("must be a path alone: options after ? are not supported".to_owned());
    }
    Ok(PathBuf::from(path))
}

/// The database that a connection string names (the parts that matter here, not all of its grammar).
fn mongo_database(url: &str) -> Result<Option<String>, String> {
    let srv = url.starts_with("mongodb+srv:");
    let rest = url
        .split_once("://")
        .map(|(_, rest)| rest)
        .ok_or("must start with mongodb:// or mongodb+srv://")?;
    let (before_options, options) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = before_options
        .split_once('/')
        .unwrap_or((before_options, ""));
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    if database.contains('@')
        || user.contains('@')
        || options.contains('@')
        || user.matches(':').count() > 1
    {
        return Err("must have its user name and password percent-encoded".to_owned());
    }
    let hosts: Vec<_> = hosts.split(',').collect();
    if !hosts.iter().all(|host| is_host(host)) {
        return Err("must name its hosts as host or host:port, with commas between".to_owned());
    }
    if srv && (hosts.len() > 1 || hosts[0].contains(':')) {
        return Err("must name one host without a port after mongodb+srv://".to_owned());
    }
    match database {
        "" => Ok(None),
        name if is_database_name(name) => Ok(Some(name.to_owned())),
        _ => Err("must name a valid database after its hosts".to_owned()),
    }
}

fn is_host(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        Some((address, port)) if address.parse::<std::net::Ipv6Addr>().is_ok() => (
            address,
            port.strip_prefix(':').or(port.is_empty().then_some("")),
        ),
        Some(_) => return false,
        None => text
            .split_once(':')
            .map_or((text, Some("")), |(host, port)| {
                (host, (!port.is_empty()).then_some(port))
            }),
    };
    !host.is_empty()
        && !host.contains(char::is_whitespace)
        && port
            .is_some_and(|port| port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0))
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
        engine(&keys, given, Path::new("/w")).map(|engine| match engine {
            Engine::Sqlite { path } => path.display().to_string(),
            Engine::Mongo { url, database } => format!("{} {database}", url.expose_secret()),
        })
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
    fn a_password_comes_and_goes_without_the_rest() {
        let bare = "mongodb://app@a:1,b/db?x=y@z";
        let whole = with_password(bare, "p@ss/w:rd é");
        assert_eq!(
            whole,
            "mongodb://app:p%40ss%2Fw%3Ard%20%C3%A9@a:1,b/db?x=y@z"
        );
        assert_eq!(without_password(&whole), bare);
        assert_eq!(with_password(&whole, "new"), with_password(bare, "new"));
        assert!(has_user(bare) && !has_password(bare) && has_password(&whole));
        assert!(!has_user("mongodb://h/db") && !has_user("mongodb://h/?a=b@c"));
        assert_eq!(without_password("mongodb://h"), "mongodb://h");
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
                reason.starts_with(&format!("{scheme} is not supported"))
                    && !reason.contains("canary"),
                "{reason}"
            );
        }
    }
}
