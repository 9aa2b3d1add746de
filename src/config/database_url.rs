//! Database URLs: the accepted spellings and their meaning.
//!
//! It knows no other keys and opens no database. A MongoDB URL may contain a password, so errors quote no part of it.

use std::path::PathBuf;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::checks::is_database_name;
use super::value::{HIDDEN, Raw, Value};
use crate::secret::{ExposeSecret as _, SecretString};

/// The value of `database_url`. It is hidden like a secret unless it names an SQLite file.
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
pub(super) enum Scheme {
    Sqlite,
    Mongo,
}

impl Scheme {
    /// Returns the scheme and the text after its colon.
    pub(super) fn of(url: &str) -> Result<(Self, &str), String> {
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
        // Only text that is certainly a scheme is quoted, because anything else may be a misplaced password.
        let name = url.split_once("://").map(|(name, _)| name).filter(|name| {
            name.len() <= 40
                && name.starts_with(|c: char| c.is_ascii_lowercase())
                && name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c))
        });
        Err(match name {
            Some(name) => {
                format!("{name} isn't supported: use SQLite (sqlite:path) or MongoDB (mongodb://…)")
            }
            None => "must start with sqlite:, mongodb:// or mongodb+srv://".to_owned(),
        })
    }
}

/// Returns whether the URL may be shown to anyone: an SQLite path, or a MongoDB server without a password or token.
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

/// Returns the user part of a URL, between `://` and the last `@` before the path, and its position.
fn user_part(url: &str) -> Option<(usize, &str)> {
    let start = url.find("://")? + 3;
    let end = url[start..]
        .find(['/', '?'])
        .map_or(url.len(), |at| start + at);
    let at = url[start..end].rfind('@')?;
    Some((start, &url[start..start + at]))
}

/// Returns whether a MongoDB URL names a user.
#[must_use]
pub fn has_user(url: &str) -> bool {
    user_part(url).is_some()
}

/// Returns whether a MongoDB URL contains a password.
#[must_use]
pub fn has_password(url: &str) -> bool {
    user_part(url).is_some_and(|(_, user)| user.contains(':'))
}

/// Returns a MongoDB URL without its password, so that it can be shown.
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

/// All characters except those that are unreserved in URLs (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Returns a MongoDB URL that names a user with this password, percent-encoded (RFC 3986 §2.1).
#[must_use]
pub fn with_password(url: &str, password: &str) -> String {
    let encoded = utf8_percent_encode(password, RESERVED);
    let url = without_password(url);
    match user_part(&url) {
        Some((start, user)) => {
            let end = start + user.len();
            format!("{}:{encoded}{}", &url[..end], &url[end..])
        }
        None => url,
    }
}

/// Returns the path of an SQLite URL, given without its scheme.
pub(super) fn sqlite_path(rest: &str) -> Result<PathBuf, String> {
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(path) => path.strip_prefix('/').ok_or("must have one, three or four slashes: sqlite:path, sqlite:///path or sqlite:////absolute/path")?,
    };
    if path.is_empty() || path.ends_with('/') || path == ":memory:" || path.starts_with("file:") {
        return Err("must name a file: accounts can't be kept in memory".to_owned());
    }
    if path.contains(['?', '\0']) {
        return Err("must be only a path: options after ? aren't supported".to_owned());
    }
    Ok(PathBuf::from(path))
}

/// Returns the database that a connection string names. It checks only the relevant parts of the grammar.
pub(super) fn mongo_database(url: &str) -> Result<Option<String>, String> {
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
        return Err("must have a percent-encoded user name and password".to_owned());
    }
    let hosts: Vec<_> = hosts.split(',').collect();
    if !hosts.iter().all(|host| is_host(host)) {
        return Err("must list its hosts as host or host:port, separated by commas".to_owned());
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

/// Returns whether a text is one host, with or without a port.
fn is_host(text: &str) -> bool {
    let url = Url::parse(&format!("mongodb://{text}"));
    let is_one = |url: &Url| {
        let has_host = url.host_str().is_some_and(|host| !host.is_empty());
        has_host && url.port() != Some(0) && url.fragment().is_none()
    };
    !text.ends_with(':') && !text.contains(char::is_whitespace) && url.is_ok_and(|url| is_one(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
