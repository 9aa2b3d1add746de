//! Applies an act to several targets and reports the result: each target by name, or counts and the last target if
//! there are many.

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

/// Up to this many targets are listed one by one. If there are more, only failed ones are listed, at most this many.
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

/// Returns the targets in their order, without duplicates.
pub(super) fn unique<T: Clone + Eq + Hash>(targets: &[T]) -> Vec<T> {
    let mut seen = HashSet::new();
    let new = targets.iter().filter(|target| seen.insert(*target));
    new.cloned().collect()
}

/// The result of an act on one target.
pub(super) enum Done {
    /// It was done. The text is the word for it.
    Did(&'static str),
    /// There was nothing to do any more. The text is the word for that.
    Skipped(&'static str),
}

#[derive(Serialize)]
struct Summary {
    items: Vec<Item>,
    done: usize,
    failed: usize,
    /// Targets for which there was nothing to do.
    skipped: usize,
    /// Targets that were not reached because of an interruption.
    untouched: usize,
    /// The last target that was done. Those before it were processed, none after it.
    last: Option<String>,
    #[serde(skip)]
    total: usize,
}

#[derive(Serialize)]
struct Item {
    #[serde(flatten)]
    target: Label,
    /// The word for what was done, `failed`, or `untouched`.
    outcome: &'static str,
    error: Option<String>,
}

impl Report for Summary {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        for item in &self.items {
            let done = format!("{} {}", in_words(item.outcome), item.target);
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

/// Returns the word for people. `users lock` is an older name of `users disable`, which programs still see in the JSON:
/// an account that is locked out after failed logins is something else.
fn in_words(outcome: &str) -> &str {
    match outcome {
        "locked" => "disabled",
        "unlocked" => "enabled",
        other => other,
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

/// How many acts run at the same time if they may. The database combines many small writes, but each act is still atomic.
pub(super) const AT_ONCE: usize = 64;

/// Applies `act` to each target, one after the other.
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

/// Applies `act` to targets that `parts` returns in batches, until a batch is empty. `total` is their expected number.
/// At most `at_once` acts run at the same time. They start and are reported in the order of the targets.
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
    // Without this, an unreachable database would be tried for each of ten thousand accounts.
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
