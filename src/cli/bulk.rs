//! One act on several things: what was done is always said, thing by thing.

use std::fmt::Display;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::error::{Failure, Result};
use super::output::{Canvas, Cell, Report, Tone};
use super::progress;

/// What was done.
#[derive(Serialize)]
struct Summary<T> {
    items: Vec<Item<T>>,
    done: usize,
    failed: usize,
    /// Left as they were after an interruption.
    untouched: usize,
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
        if self.items.len() > 1 {
            canvas.line(format!(
                "{} done, {} failed, {} untouched",
                self.done, self.failed, self.untouched
            ));
        }
    }
}

/// Does `act` to each target; it answers with the word for what was done.
pub(super) async fn each<T: Serialize + Display>(
    context: &Context,
    targets: Vec<T>,
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
    let bar = progress::bar(targets.len());
    let mut report = Summary {
        items: Vec::with_capacity(targets.len()),
        done: 0,
        failed: 0,
        untouched: 0,
    };
    let mut first_failure = None;
    for target in targets {
        let (mut outcome, mut error) = ("untouched", None);
        if interrupted.is_cancelled() {
            report.untouched += 1;
        } else {
            match act(&target).await {
                Ok(done) => {
                    outcome = done;
                    report.done += 1;
                }
                Err(failure) => {
                    outcome = "failed";
                    error = Some(failure.why.clone().unwrap_or_else(|| failure.what.clone()));
                    report.failed += 1;
                    first_failure.get_or_insert(failure);
                }
            }
        }
        report.items.push(Item {
            target,
            outcome,
            error,
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    watcher.abort();
    if let (Some(failure), 1) = (&first_failure, report.items.len()) {
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
