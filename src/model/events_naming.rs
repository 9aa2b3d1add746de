//! What the audit trail says of who had an email address.

use std::collections::BTreeSet;

use super::{Email, Id, PageKey};

/// What some events say of who had an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventsNaming {
    /// Accounts that had it.
    pub ids: BTreeSet<Id>,
    /// Whether there are events of no account.
    pub has_strays: bool,
    /// The place to go on from; none at the end.
    pub next: Option<PageKey>,
}

impl EventsNaming {
    /// Returns what events say of an address in any spelling. Each event comes as its account and its address.
    #[must_use]
    pub fn among(
        events: impl IntoIterator<Item = (Option<Id>, Option<Email>)>,
        email: &Email,
        next: Option<PageKey>,
    ) -> Self {
        let mut found = Self {
            next,
            ..Self::default()
        };
        for (user_id, address) in events {
            if !address.is_some_and(|address| address.is_same_as(email)) {
                continue;
            }
            match user_id {
                Some(id) => drop(found.ids.insert(id)),
                None => found.has_strays = true,
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_of_an_account_or_strays_and_those_of_other_addresses_do_not_count() {
        let id = |text: &str| text.parse::<Id>().unwrap();
        let (one, other) = (
            id("6741c3a08f2b5d1e9c7a4b60"),
            id("6741c3a08f2b5d1e9c7a4b61"),
        );
        let email = |text: &str| Email::from_stored(text.into());
        let ada = email("ada@example.com");
        let of_ada = [
            (Some(one), Some(email("Ada@Example.com"))),
            (Some(one), Some(ada.clone())),
        ];
        let of_others = [
            (Some(other), Some(email("eve@example.com"))),
            (Some(other), None),
            (None, Some(email("eve@example.com"))),
            (None, None),
        ];
        let events = of_ada.iter().chain(&of_others).cloned();
        let found = EventsNaming::among(events, &ada, None);
        let expected = EventsNaming {
            ids: [one].into(),
            ..EventsNaming::default()
        };
        assert_eq!(found, expected);
        let stray = EventsNaming::among([(None, Some(ada.clone()))], &ada, None);
        assert!(stray.has_strays && stray.ids.is_empty());
    }
}
