//! What name servers said. Everything that is known to be needed is asked at once, so that a deep record takes a few rounds
//! and not as many as it has names.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::pin::Pin;

use crate::doctor::dns::{Answer, Resolver, all};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    Texts(String),
    Exchangers(String),
    Addresses(String),
}

#[derive(Debug, Default)]
pub(super) struct Facts {
    texts: BTreeMap<String, Answer<String>>,
    exchangers: BTreeMap<String, Answer<String>>,
    addresses: BTreeMap<String, Answer<IpAddr>>,
}

enum Reply {
    Texts(Answer<String>),
    Exchangers(Answer<String>),
    Addresses(Answer<IpAddr>),
}

type Asked<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

impl Facts {
    /// Asks all of these questions at once, and keeps the answers.
    pub(super) async fn ask(&mut self, resolver: &dyn Resolver, questions: Vec<Question>) {
        let asked = questions.iter().map(|question| -> Asked<'_> {
            Box::pin(async move {
                match question {
                    Question::Texts(name) => Reply::Texts(resolver.txt(name).await),
                    Question::Exchangers(name) => Reply::Exchangers(resolver.mx(name).await),
                    Question::Addresses(name) => Reply::Addresses(resolver.addresses(name).await),
                }
            })
        });
        let replies = all(asked.collect()).await;
        for (question, reply) in questions.into_iter().zip(replies) {
            match (question, reply) {
                (Question::Texts(name), Reply::Texts(answer)) => {
                    self.texts.insert(name, answer);
                }
                (Question::Exchangers(name), Reply::Exchangers(answer)) => {
                    self.exchangers.insert(name, answer);
                }
                (Question::Addresses(name), Reply::Addresses(answer)) => {
                    self.addresses.insert(name, answer);
                }
                _ => {}
            }
        }
    }

    /// The texts of a name; none while nobody was asked.
    pub(super) fn texts(&self, name: &str) -> Option<&Answer<String>> {
        self.texts.get(name)
    }

    /// The mail exchangers of a name; none while nobody was asked.
    pub(super) fn exchangers(&self, name: &str) -> Option<&Answer<String>> {
        self.exchangers.get(name)
    }

    /// The addresses of a name; none while nobody was asked.
    pub(super) fn addresses(&self, name: &str) -> Option<&Answer<IpAddr>> {
        self.addresses.get(name)
    }
}
