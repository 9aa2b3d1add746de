//! One act on several things: what was done is always said, thing by thing, or where they are many by number and place.

use std::fmt::Display;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::error::{Exit, Failure, Result};
use super::output::{Canvas, Cell, Report, Tone};
use super::progress;

/// So many things are told of one by one. Of more, only those that failed are, and of those no more than that.
const TOLD: usize = 100;

/// What was done.
#[derive(Serialize)]
struct Summary<T> {
    items: Vec<Item<T>>,
    done: usize,
    failed: usize,
    /// Left as they were after an interruption.
    untouched: usize,
    /// The last one that was done. Those before it were done too, or failed; none behind it was touched.
    last: Option<String>,
    #[serde(skip)]
    total: usize,
}

#[derive(Serialize)]
struct Item<T> {
    #[serde(flatten)]
    target: T,
    /// What the act answered, `failed`, or `untouched`.
    outcome: &'static str,
    error: Option<String>,
}

impl<T: Serialize + Display> Report for Summary<T> {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        for Item {
            target,
            outcome,
            error,
        } in &self.items
        {
            match error {
                Some(error) => {
                    let text = format!("{outcome} {target}: {error}");
                    canvas.line(Cell::toned(text, Tone::Bad));
                }
                None => canvas.line(format!("{outcome} {target}")),
            }
        }
        if self.total > 1 {
            canvas.line(format!(
                "{} done, {} failed, {} untouched",
                self.done, self.failed, self.untouched
            ));
        }
        if let (true, Some(last)) = (self.untouched > 0 && self.total > TOLD, &self.last) {
            canvas.line(format!(
                "the last one done is {last}; none behind it was touched"
            ));
        }
    }
}

impl<T: Serialize + Display> Summary<T> {
    fn done(&mut self, target: T, outcome: &'static str) {
        self.done += 1;
        self.last = Some(target.to_string());
        if self.total <= TOLD {
            self.tell(target, outcome, None);
        }
    }

    fn failed(&mut self, target: T, failure: &Failure) {
        self.failed += 1;
        if self.items.len() < TOLD {
            let error = failure.why.clone().unwrap_or_else(|| failure.what.clone());
            self.tell(target, "failed", Some(error));
        }
    }

    fn left(&mut self, target: T) {
        if self.total <= TOLD {
            self.tell(target, "untouched", None);
        }
    }

    fn tell(&mut self, target: T, outcome: &'static str, error: Option<String>) {
        self.items.push(Item {
            target,
            outcome,
            error,
        });
    }
}

/// Does `act` to each target; it answers with the word for what was done.
pub(super) async fn each<T: Serialize + Display>(
    context: &Context,
    targets: Vec<T>,
    act: impl AsyncFn(&T) -> Result<&'static str>,
) -> Result {
    let total = targets.len();
    let mut targets = Some(targets);
    let once = async || Ok(targets.take().unwrap_or_default());
    each_of(context, total, once, act).await
}

/// The same for targets that come one part after the other, until a part is empty: `total` of them, as far as is known.
pub(super) async fn each_of<T: Serialize + Display>(
    context: &Context,
    total: usize,
    mut parts: impl AsyncFnMut() -> Result<Vec<T>>,
    act: impl AsyncFn(&T) -> Result<&'static str>,
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
        for target in part {
            stopped |= interrupted.is_cancelled();
            if stopped {
                report.left(target);
                continue;
            }
            match act(&target).await {
                Ok(outcome) => report.done(target, outcome),
                Err(failure) => {
                    stopped = failure.exit == Exit::Database;
                    report.failed(target, &failure);
                    first_failure.get_or_insert(failure);
                }
            }
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    watcher.abort();
    if stopped {
        report.untouched = total.saturating_sub(report.done + report.failed);
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
