//! Checks the operator's messages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Catalogue, Message, Source, script};
use crate::model::Language;

/// A finding about a file of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, or a name in `locales/` if it is built in.
    pub place: String,
    /// The line, if it is known.
    pub line: Option<usize>,
    /// A description of the problem.
    pub reason: String,
}

impl Catalogue {
    /// Returns the errors that make a message unusable: invalid syntax, or a variable that it isn't given.
    pub(in crate::delivery) fn faults(&self) -> Vec<Finding> {
        let known = self.english();
        let mut faults = Vec::new();
        for (language, source) in self.sources() {
            let unreadable = source.unreadable.clone();
            faults.extend(unreadable.map(|reason| finding(language, source, reason)));
            for error in &source.errors {
                faults.push(Finding {
                    line: Some(line_of(&source.text, error.pos.start)),
                    ..finding(language, source, error.to_string())
                });
            }
            for message in Message::all(&source.resource) {
                let found = |reason: String| Finding {
                    line: line_of_key(&source.text, message.key),
                    ..finding(language, source, reason)
                };
                let Some(variables) = known.get(message.key) else {
                    continue;
                };
                for variable in message.variables().difference(variables) {
                    let key = message.key;
                    faults.push(found(format!("{key} has no variable ${variable}")));
                }
                if script::is_for_script(message.key) && script::json(message, ("", "")).is_none() {
                    faults.push(found(format!(
                        "{} is for the script, which only supports text, variables and plurals",
                        message.key
                    )));
                }
            }
        }
        faults
    }

    /// Returns what may be intended but is suspicious: messages that are unknown, that are not translated, or that
    /// leave out a variable.
    pub(in crate::delivery) fn doubts(&self) -> Vec<Finding> {
        let known = self.built_in();
        let mut doubts = Vec::new();
        for (language, locale) in &*self.0 {
            for source in &locale.sources {
                for message in Message::all(&source.resource) {
                    let key = message.key;
                    let found = |reason: String| Finding {
                        line: line_of_key(&source.text, key),
                        ..finding(language, source, reason)
                    };
                    match known.get(key) {
                        None => doubts.push(found(format!(
                            "unknown message {key}: only templates of your own can use it"
                        ))),
                        Some(variables) => {
                            let own = message.variables();
                            let left_out: Vec<&str> = variables.difference(&own).copied().collect();
                            if !left_out.is_empty() {
                                let left_out = left_out.join(", $");
                                doubts.push(found(format!("{key} doesn't use ${left_out}")));
                            }
                        }
                    }
                }
            }
            let there = locale
                .sources
                .iter()
                .flat_map(|source| Message::all(&source.resource));
            let there: BTreeSet<&str> = there.map(|message| message.key).collect();
            let missing: Vec<&str> = known
                .keys()
                .filter(|key| !there.contains(*key))
                .copied()
                .collect();
            if let (Some(source), false) = (locale.sources.last(), missing.is_empty()) {
                let reason = format!("not translated: {}", missing.join(", "));
                doubts.push(finding(language, source, reason));
            }
        }
        doubts
    }

    /// Returns the variables of every English message, built in or added by the operator.
    fn english(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        self.english_of(|_| true)
    }

    /// Returns the variables of every built-in message.
    fn built_in(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        self.english_of(|source| source.file.is_none())
    }

    fn english_of(&self, counts: impl Fn(&Source) -> bool) -> BTreeMap<&str, BTreeSet<&str>> {
        let english = self.0.get(&Language::english());
        let sources = english.into_iter().flat_map(|locale| &locale.sources);
        let sources = sources.filter(|source| counts(source));
        let mut known = BTreeMap::new();
        for message in sources.flat_map(|source| Message::all(&source.resource)) {
            // The built-in message comes first and decides which variables there are.
            known
                .entry(message.key)
                .or_insert_with(|| message.variables());
        }
        known
    }

    fn sources(&self) -> impl Iterator<Item = (&Language, &Source)> {
        self.0.iter().flat_map(|(language, locale)| {
            locale.sources.iter().map(move |source| (language, source))
        })
    }
}

fn finding(language: &Language, source: &Source, reason: String) -> Finding {
    let place = source.file.as_deref().map(Path::display);
    let place = place.map_or_else(
        || format!("built-in {}/{language}.ftl", super::FOLDER),
        |file| file.to_string(),
    );
    Finding {
        place,
        line: None,
        reason,
    }
}

fn line_of(text: &str, position: usize) -> usize {
    let before = text.get(..position).unwrap_or(text);
    before.matches('\n').count() + 1
}

fn line_of_key(text: &str, key: &str) -> Option<usize> {
    let is_it = |line: &str| {
        let rest = line.strip_prefix(key).map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with('='))
    };
    text.lines().position(is_it).map(|index| index + 1)
}
