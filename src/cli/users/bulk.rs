//! One act on several accounts: all names are understood before anything is done, and what was done is always said.

use std::collections::HashSet;

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::accounts;
use crate::app::App;
use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::cli::progress;
use crate::model::{Id, User};

/// What was done, account by account.
#[derive(Serialize)]
struct Summary {
    items: Vec<Item>,
    done: usize,
    failed: usize,
    /// Left as they were after an interruption.
    untouched: usize,
}

#[derive(Serialize)]
struct Item {
    id: Id,
    email: String,
    /// `deleted`, `locked`, `unlocked`, `failed` or `untouched`.
    outcome: &'static str,
    error: Option<String>,
}

impl Report for Summary {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        for item in &self.items {
            match (&item.error, item.outcome) {
                (Some(error), _) => canvas.line(Cell::toned(
                    format!("failed {}: {error}", item.email),
                    Tone::Bad,
                )),
                (None, outcome) => canvas.line(format!("{outcome} {}", item.email)),
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

/// The accounts that the names stand for, each once. One name that stands for none or several stops everything.
pub(super) async fn find(context: &Context, app: &App, names: &[String]) -> Result<Vec<User>> {
    let mut seen = HashSet::new();
    let mut users = Vec::new();
    for name in names {
        let user = context.find(app, name).await?;
        if seen.insert(user.id) {
            users.push(user);
        }
    }
    Ok(users)
}

/// Does `act` to each account. `past` is the word for what was done.
pub(super) async fn each(
    context: &Context,
    users: Vec<User>,
    past: &'static str,
    act: impl AsyncFn(Id) -> accounts::Result<User>,
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
    let bar = progress::bar(users.len());
    let mut report = Summary {
        items: Vec::with_capacity(users.len()),
        done: 0,
        failed: 0,
        untouched: 0,
    };
    let mut first_failure = None;
    for user in users {
        let mut item = Item {
            id: user.id,
            email: user.email.to_string(),
            outcome: past,
            error: None,
        };
        if interrupted.is_cancelled() {
            item.outcome = "untouched";
            report.untouched += 1;
        } else if let Err(error) = progress::waited(act(user.id)).await {
            item.outcome = "failed";
            item.error = Some(error.to_string());
            report.failed += 1;
            first_failure.get_or_insert_with(|| {
                Failure::act(format!("{} cannot be {past}", user.email), error)
            });
        } else {
            report.done += 1;
        }
        report.items.push(item);
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
