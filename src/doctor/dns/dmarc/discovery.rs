//! Finds the DMARC record for a sender: that of the author's domain, or else of the organizational domain, which is
//! found by a tree walk (RFC 9989 §4.10) or, in receivers of the older standard, with the public suffix list (RFC 7489
//! §6.6.3).

use futures_util::future::join_all;

use super::record::{self, Record};
use crate::doctor::dns::{Answer, Resolver, Trouble, organizational_domain};

/// The most names that are queried, from the author's domain up.
const MAX_NAMES: usize = 8;

/// The names that may have a record for a sender, with their TXT records.
pub(super) struct Places<'a>(Vec<Place<'a>>);

/// A name that may have a record for a sender.
pub(super) struct Place<'a> {
    pub(super) domain: &'a str,
    /// All its TXT records.
    answer: Answer<String>,
}

impl Place<'_> {
    pub(super) fn records(&self) -> Vec<&String> {
        let texts = self.answer.iter().flatten();
        texts.filter(|text| record::is_dmarc(text)).collect()
    }

    fn trouble(&self) -> Option<(String, Trouble)> {
        let trouble = self.answer.as_ref().err();
        let trouble = trouble.filter(|trouble| **trouble != Trouble::NoSuchName)?;
        Some((format!("_dmarc.{}", self.domain), trouble.clone()))
    }

    /// Returns the record if receivers can use it. If there are several, they use none.
    fn record(&self) -> Option<Record> {
        match self.records().as_slice() {
            [text] => record::parse(text).ok(),
            _ => None,
        }
    }
}

/// The name whose record applies.
pub(super) struct Found<'a> {
    pub(super) place: &'a Place<'a>,
    /// The name where receivers of the older standard look instead, without finding a record.
    pub(super) older: Option<&'a str>,
}

/// Queries all names in parallel.
pub(super) async fn places<'a>(resolver: &dyn Resolver, domain: &'a str) -> Places<'a> {
    let domains = tree(domain);
    let names: Vec<String> = domains
        .iter()
        .map(|place| format!("_dmarc.{place}"))
        .collect();
    let answers = join_all(names.iter().map(|name| resolver.txt(name))).await;
    let places = domains.into_iter().zip(answers);
    Places(
        places
            .map(|(domain, answer)| Place { domain, answer })
            .collect(),
    )
}

impl<'a> Places<'a> {
    /// Returns the name whose record applies. The error is a query that failed, with its name.
    pub(super) fn found(&'a self) -> Result<Option<Found<'a>>, (String, Trouble)> {
        let Some(own) = self.0.first() else {
            return Ok(None);
        };
        let registered = organizational_domain::of(own.domain);
        // Above the organizational domain, there is hardly ever a record, and not every server responds.
        let is_below = |place: &&Place<'_>| {
            registered.is_none() || organizational_domain::of(place.domain) == registered
        };
        if let Some(silent) = own.trouble() {
            return Err(silent);
        }
        if !own.records().is_empty() {
            return Ok(Some(Found {
                place: own,
                older: None,
            }));
        }
        if let Some(silent) = self.0.iter().filter(is_below).find_map(Place::trouble) {
            return Err(silent);
        }
        let Some(place) = self.organization() else {
            // A record that receivers can't use should still be reported.
            let above = self.0.iter().find(|place| registered == Some(place.domain));
            return Ok(above
                .filter(|place| !place.records().is_empty())
                .map(|place| Found { place, older: None }));
        };
        let by_list = self.0.iter().find(|place| registered == Some(place.domain));
        let is_seen = by_list.is_some_and(|place| place.record().is_some());
        Ok(Some(Found {
            place,
            older: registered.filter(|_| !is_seen),
        }))
    }

    /// Returns the name with the record of the organizational domain, or of the public suffix above it (RFC 9989
    /// §4.10.2).
    fn organization(&'a self) -> Option<&'a Place<'a>> {
        let mut best = None;
        for (index, place) in self.0.iter().enumerate() {
            let Some(record) = place.record() else {
                continue;
            };
            match record.suffix.as_deref() {
                Some("n") => return Some(place),
                // The organizational domain is one label below, unless the author's domain is the suffix itself.
                Some("y") if index > 0 => {
                    let below = &self.0[index - 1];
                    return Some(if below.record().is_some() {
                        below
                    } else {
                        place
                    });
                }
                _ => best = Some(place),
            }
        }
        best
    }

    /// Returns TXT records that look like a DMARC record but aren't, for the domain of the author and those above it.
    pub(super) fn look_alikes(
        &'a self,
    ) -> impl Iterator<Item = (&'a str, &'a String, &'static str)> {
        let places = self.0.iter();
        places.flat_map(|place| {
            let texts = place.answer.iter().flatten();
            texts.filter_map(|text| Some((place.domain, text, record::look_alike(text)?)))
        })
    }
}

/// Returns the author's domain and those above it. For a very long name, those in the middle are left out.
fn tree(domain: &str) -> Vec<&str> {
    let mut places = vec![domain];
    let mut rest = domain;
    while let Some((_, above)) = rest.split_once('.') {
        places.push(above);
        rest = above;
    }
    let excess = places.len().saturating_sub(MAX_NAMES);
    places.drain(1..=excess);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_name_is_not_asked_label_by_label() {
        assert_eq!(
            tree("a.b.d.example"),
            ["a.b.d.example", "b.d.example", "d.example", "example"]
        );
        let deep = tree("1.2.3.4.5.6.7.8.9.d.example");
        assert_eq!(
            (deep.len(), deep[0], deep[1]),
            (8, "1.2.3.4.5.6.7.8.9.d.example", "5.6.7.8.9.d.example")
        );
    }
}
