//! Progress indicators on stderr for slow operations. Nothing is shown in a pipe.

use std::future::Future;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The time before a spinner is shown.
const PATIENCE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(200);

/// Waits for the database, with a spinner if it takes longer.
pub(super) async fn waited<T>(work: impl Future<Output = T>) -> T {
    waited_for("the database", work).await
}

/// Waits for `whom`, with a spinner if it takes longer.
pub(super) async fn waited_for<T>(whom: &'static str, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(PATIENCE) => {}
    }
    let spinner = ProgressBar::new_spinner().with_message(format!("waiting for {whom}"));
    spinner.enable_steady_tick(TICK);
    let done = work.await;
    spinner.finish_and_clear();
    done
}

pub(super) fn bar(length: usize) -> ProgressBar {
    if length < 2 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {per_sec}  {eta} left") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}

/// Returns a counter for a total that is unknown. Nothing is shown in a pipe.
pub(super) fn counter() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} accounts  {per_sec}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}
