//! The collected answers of name servers. All names that are known to be needed are queried in parallel, so a deeply
//! nested record takes a few rounds, not one for each name.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use futures_util::future::join_all;

use crate::doctor::dns::{Answer, Resolver};

/// Answers by name.
pub(super) type Answers<T> = BTreeMap<String, Answer<T>>;

#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) texts: Answers<String>,
    pub(super) exchangers: Answers<String>,
    pub(super) addresses: Answers<IpAddr>,
}

/// The names to query, by record type.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Questions {
    pub(super) texts: BTreeSet<String>,
    pub(super) exchangers: BTreeSet<String>,
    pub(super) addresses: BTreeSet<String>,
}

impl Facts {
    /// Makes these queries in parallel and keeps the answers.
    pub(super) async fn ask(&mut self, resolver: &dyn Resolver, questions: Questions) {
        let (texts, exchangers, addresses) = tokio::join!(
            join_all(questions.texts.iter().map(|name| resolver.txt(name))),
            join_all(questions.exchangers.iter().map(|name| resolver.mx(name))),
            join_all(
                questions
                    .addresses
                    .iter()
                    .map(|name| resolver.addresses(name))
            ),
        );
        self.texts.extend(questions.texts.into_iter().zip(texts));
        let exchangers = questions.exchangers.into_iter().zip(exchangers);
        self.exchangers.extend(exchangers);
        let addresses = questions.addresses.into_iter().zip(addresses);
        self.addresses.extend(addresses);
    }
}
