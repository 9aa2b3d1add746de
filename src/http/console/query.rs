//! The query of a page of the console. What makes no sense in it is left out, so that an old bookmark still shows a page.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Serialize;
use url::form_urlencoded::{Serializer, parse};

use crate::model::Cursor;

/// The longest search text, in characters: the cost of a search grows with it.
const MAX_SEARCH: usize = 64;
/// The name of the parameter that names the start of a page.
const AFTER: &str = "after";

/// The links of a list to its other pages.
#[derive(Debug, Default, Serialize)]
pub(super) struct Pages {
    path: &'static str,
    /// The query of the next page.
    next: Option<String>,
    /// The query of the first page, if this is another one.
    first: Option<String>,
}

/// The parameters of a page.
#[derive(Debug, Clone, Default)]
pub(super) struct ListQuery(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.uri.query().unwrap_or_default()))
    }
}

impl From<Vec<(String, String)>> for ListQuery {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

impl ListQuery {
    /// Parses a query. Parameters without a value are left out, as a form sends them for fields that are empty.
    pub(super) fn of(query: &str) -> Self {
        let given = parse(query.as_bytes()).into_owned();
        Self(given.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Returns the first value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Returns all values of a parameter.
    pub(super) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let values = self.0.iter().filter(move |(key, _)| key == name);
        values.map(|(_, value)| value.as_str())
    }

    /// Returns the text to search for.
    pub(super) fn search(&self) -> Option<String> {
        let text: String = self.get("q")?.trim().chars().take(MAX_SEARCH).collect();
        (!text.is_empty()).then_some(text)
    }

    /// Returns where the page starts.
    pub(super) fn after<K: Cursor>(&self) -> Option<K> {
        K::from_text(self.get(AFTER)?)
    }

    /// Returns these parameters with their values.
    pub(super) fn pairs(&self, names: &[&str]) -> Vec<(String, String)> {
        let kept = self.0.iter().filter(|(key, _)| names.contains(&&**key));
        kept.cloned().collect()
    }

    /// Returns the parameters with another value of one.
    pub(super) fn with(&self, name: &str, value: String) -> Self {
        let mut pairs = self.0.clone();
        pairs.retain(|(key, _)| key != name);
        pairs.push((name.to_owned(), value));
        Self(pairs)
    }

    /// Returns a query with one parameter.
    pub(super) fn one(name: &str, value: &impl ToString) -> String {
        Self(vec![(name.to_owned(), value.to_string())]).only(&[name])
    }

    /// Returns these parameters as a query with its question mark, or nothing if there are none.
    pub(super) fn only(&self, names: &[&str]) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.pairs(names));
        match query.finish() {
            empty if empty.is_empty() => empty,
            query => format!("?{query}"),
        }
    }

    /// Returns the links of a list to its first and its next page. The list is at this path below the console, and these
    /// parameters select what it shows.
    pub(super) fn pages<K: Cursor>(
        &self,
        path: &'static str,
        names: &[&str],
        next: Option<&K>,
    ) -> Pages {
        Pages {
            path,
            next: self.next(names, next),
            first: self.after::<K>().map(|_| self.only(names)),
        }
    }

    /// Returns the query of the page after this one: these parameters, and where it starts.
    fn next(&self, names: &[&str], next: Option<&impl Cursor>) -> Option<String> {
        let mut query = self.only(names);
        query.push(if query.is_empty() { '?' } else { '&' });
        // The text of a place is base64url, which needs no escaping.
        Some(format!("{query}{AFTER}={}", next?.to_text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Id, PageKey};

    #[test]
    fn only_what_is_known_and_filled_in_is_kept() {
        let query = ListQuery::of("q=+Ada+%26+&state=&id=1&id=2&x=%22%3E&after=zzz");
        assert_eq!(query.search().as_deref(), Some("Ada &"));
        assert_eq!(query.get("state"), None);
        assert_eq!(query.all("id").collect::<Vec<_>>(), ["1", "2"]);
        assert!(query.after::<PageKey>().is_none());
        assert_eq!(query.only(&["q", "state"]), "?q=+Ada+%26+");
        assert_eq!(query.only(&["state"]), "");
        let key = PageKey {
            at: "2026-11-23T06:00:00Z".parse().unwrap(),
            id: Id::from_bytes([7; 12]),
        };
        let next = query.next(&["q"], Some(&key)).unwrap();
        assert_eq!(ListQuery::of(&next[1..]).after(), Some(key));
        assert!(next.starts_with("?q=+Ada+%26+&after="), "{next}");
        assert_eq!(query.next(&["q"], None::<&PageKey>), None);
        let pages = query.pages("/users", &["q"], None::<&PageKey>);
        assert_eq!((pages.next, pages.first), (None, None));
        let second = ListQuery::of(&next[1..]).pages("/users", &["q"], Some(&key));
        assert_eq!(second.next, Some(next));
        assert_eq!(second.first.as_deref(), Some("?q=+Ada+%26+"));
        let long = ListQuery::of(&format!("q={}", "é".repeat(99)));
        assert_eq!(long.search().unwrap().chars().count(), MAX_SEARCH);
    }
}
