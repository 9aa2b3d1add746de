//! One act on several things, and the report of it: each by name, or where they are many, counts and the place reached.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::error::Exit;
use super::output::{Canvas, Cell, Report, Tone};
use super::{Context, Failure, Result, progress};
use crate::model::{Email, Id, User};

/// Up to so many things are listed one by one. Of more, only those that failed are, and of those no more than that.
const MAX_ITEMS: usize = 100;

pub(super) trait Target {
    fn label(&self) -> Label;
}

#[derive(Serialize)]
pub(super) struct Label {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
}

impl Target for User {
    fn label(&self) -> Label {
        Label {
            id: Some(self.id),
            email: Some(self.email.clone()),
        }
    }
}

impl Target for Email {
    fn label(&self) -> Label {
        Label {
            id: None,
            email: Some(self.clone()),
        }
    }
}

impl Target for Id {
    fn label(&self) -> Label {
        Label {
            id: Some(*self),
            email: None,
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.email, &self.id) {
            (Some(email), _) => email.fmt(f),
            (None, Some(id)) => id.fmt(f),
            (None, None) => Ok(()),
        }
    }
}

/// The targets without those that are named twice, in their order.
pub(super) fn unique<T: Clone + Eq + Hash>(targets: &[T]) -> Vec<T> {
    let mut seen = HashSet::new();
    let new = targets.iter().filter(|target| seen.insert(*target));
    new.cloned().collect()
}

/// What an act did to one thing.
pub(super) enum Done {
    /// The word for it.
    Did(&'static str),
    /// Nothing, for there was nothing to do any more; the word for that.
    Skipped(&'static str),
}

#[derive(Serialize)]
struct Summary {
    items: Vec<Item>,
    done: usize,
    failed: usize,
    /// Nothing was to be done to these.
    skipped: usize,
    /// As they were, after an interruption.
    untouched: usize,
    /// The last one that was done. Those before it were done too, or failed; none behind it was touched.
    last: Option<String>,
    #[serde(skip)]
    total: usize,
}

#[derive(Serialize)]
struct Item {
    #[serde(flatten)]
    target: Label,
    /// What the act answered, `failed`, or `untouched`.
    outcome: &'static str,
    error: Option<String>,
}

impl Report for Summary {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        for item in &self.items {
            let done = format!("{} {}", item.outcome, item.target);
            match &item.error {
                Some(error) => canvas.line(Cell::toned(format!("{done}: {error}"), Tone::Bad)),
                None => canvas.line(done),
            }
        }
        if self.total > 1 {
            let skipped = match self.skipped {
                0 => String::new(),
                skipped => format!(", {skipped} skipped"),
            };
            canvas.line(format!(
                "{} done, {} failed{skipped}, {} untouched",
                self.done, self.failed, self.untouched
            ));
        }
        if let (true, Some(last)) = (self.untouched > 0 && self.total > MAX_ITEMS, &self.last) {
            canvas.line(format!(
                "the last one processed is {last}; none after it was changed"
            ));
        }
    }
}

impl Summary {
    fn done(&mut self, target: Label, outcome: &'static str) {
        self.done += 1;
        self.last = Some(target.to_string());
        if self.total <= MAX_ITEMS {
            self.list(target, outcome, None);
        }
    }

    fn skipped(&mut self, target: Label, outcome: &'static str) {
        self.skipped += 1;
        if self.total <= MAX_ITEMS {
            self.list(target, outcome, None);
        }
    }

    fn failed(&mut self, target: Label, failure: &Failure) {
        self.failed += 1;
        if self.items.len() < MAX_ITEMS {
            let error = failure.why.clone().unwrap_or_else(|| failure.what.clone());
            self.list(target, "failed", Some(error));
        }
    }

    fn untouched(&mut self, target: Label) {
        if self.total <= MAX_ITEMS {
            self.list(target, "untouched", None);
        }
    }

    fn list(&mut self, target: Label, outcome: &'static str, error: Option<String>) {
        self.items.push(Item {
            target,
            outcome,
            error,
        });
    }
}

/// How many acts are under way at a time where they may be: the database writes many small changes as one, and each is a
/// step of its own all the same.
pub(super) const AT_ONCE: usize = 64;

/// Does `act` to each target, one after the other; it answers with what it did.
pub(super) async fn each<T: Target>(
    context: &Context,
    targets: Vec<T>,
    act: impl AsyncFn(&T) -> Result<Done>,
) -> Result {
    let total = targets.len();
    let mut targets = Some(targets);
    let once = async || Ok(targets.take().unwrap_or_default());
    each_of(context, total, 1, once, act).await
}

/// The same for targets that come one part after the other, until a part is empty: `total` of them, as far as is known.
/// So many acts as `at_once` are under way at a time; they begin and are reported in the order of the targets.
pub(super) async fn each_of<T: Target>(
    context: &Context,
    total: usize,
    at_once: usize,
    mut parts: impl AsyncFnMut() -> Result<Vec<T>>,
    act: impl AsyncFn(&T) -> Result<Done>,
) -> Result {
    let interrupted = CancellationToken::new();
    let watcher = tokio::spawn({
        let interrupted = interrupted.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                interrupted.cancel();
            }
        }
    });
    let bar = progress::bar(total);
    let mut report = Summary {
        items: Vec::new(),
        done: 0,
        failed: 0,
        skipped: 0,
        untouched: 0,
        last: None,
        total,
    };
    let mut first_failure = None;
    // Nobody waits for each of ten thousand accounts to find the database away.
    let mut stopped = false;
    while !stopped {
        let part = match parts().await {
            Ok(part) if part.is_empty() => break,
            Ok(part) => part,
            Err(failure) => {
                first_failure.get_or_insert(failure);
                stopped = true;
                break;
            }
        };
        let (mut to_do, mut under_way) = (part.iter(), FuturesOrdered::new());
        loop {
            stopped |= interrupted.is_cancelled();
            let free = if stopped {
                0
            } else {
                at_once - under_way.len()
            };
            under_way.extend(to_do.by_ref().take(free).map(|target| {
                let done = act(target);
                async move { (target, done.await) }
            }));
            let Some((target, done)) = under_way.next().await else {
                break;
            };
            match done {
                Ok(Done::Did(outcome)) => report.done(target.label(), outcome),
                Ok(Done::Skipped(outcome)) => report.skipped(target.label(), outcome),
                Err(failure) => {
                    stopped |= failure.exit == Exit::Database;
                    report.failed(target.label(), &failure);
                    first_failure.get_or_insert(failure);
                }
            }
            bar.inc(1);
        }
        to_do.for_each(|target| report.untouched(target.label()));
    }
    bar.finish_and_clear();
    watcher.abort();
    if stopped {
        report.untouched = total.saturating_sub(report.done + report.failed + report.skipped);
    }
    if let (Some(failure), 1) = (&first_failure, total) {
        return Err(failure.clone());
    }
    context.output.print(&report)?;
    match first_failure {
        Some(failure) => Err(failure),
        None if report.untouched > 0 => Err(Failure::failed("interrupted").because(format!(
            "{} done, {} untouched",
            report.done, report.untouched
        ))),
        None => Ok(()),
    }
}
