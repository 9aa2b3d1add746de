//! The overview: totals, the last thirty days, what failed, and the findings of the doctor.

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

use super::operator::{Answer, Operator};
use super::rooms::Room;
use super::shown::Moment;
use crate::app::{Examined, Finding, Severity};
use crate::model::{Counts, DayCounts, OutboxState};

/// How many days the curves have.
const DAYS: u32 = 30;
/// How long the page waits for the doctor.
const PATIENCE: Duration = Duration::from_millis(500);
/// The size of a curve, in its own units.
const WIDTH: u64 = 290;
const HEIGHT: u64 = 56;

/// The page as its template shows it.
#[derive(Serialize)]
struct View {
    counts: Counts,
    disabled: u64,
    unverified: u64,
    waiting: u64,
    failed: u64,
    oldest: Option<Moment>,
    curves: [Curve; 4],
    width: u64,
    height: u64,
    days: Vec<DayCounts>,
    /// Whether the program that runs the server has a doctor.
    has_doctor: bool,
    /// The findings, unless the checks are still running.
    doctor: Option<Doctor>,
}

/// One number over the days.
#[derive(Serialize)]
struct Curve {
    /// The key of its message.
    name: &'static str,
    is_bad: bool,
    total: u64,
    today: u64,
    most: u64,
    /// The corners of the line, and of the area below it.
    line: String,
    area: String,
}

#[derive(Serialize)]
struct Doctor {
    at: Moment,
    checks: usize,
    failures: usize,
    warnings: usize,
    problems: Vec<Finding>,
}

impl Curve {
    fn of(name: &'static str, days: &[DayCounts], count: impl Fn(&DayCounts) -> u64) -> Self {
        let counts: Vec<u64> = days.iter().map(count).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        let line = line(&counts, most);
        Self {
            name,
            is_bad: name == "failures",
            total: counts.iter().sum(),
            today: counts.last().copied().unwrap_or(0),
            most,
            area: format!("0,{HEIGHT} {line} {WIDTH},{HEIGHT}"),
            line,
        }
    }
}

/// Returns the corners of a line from the first count to the last, which is as high as the highest one.
fn line(counts: &[u64], most: u64) -> String {
    let steps = counts.len().saturating_sub(1).max(1) as u64;
    let mut line = String::new();
    for (index, count) in counts.iter().enumerate() {
        let x = index as u64 * WIDTH / steps;
        // In 128 bits: the counts have no upper limit.
        let up = u128::from(*count) * u128::from(HEIGHT - 4) / u128::from(most.max(1));
        let y = HEIGHT - 1 - u64::try_from(up).unwrap_or(HEIGHT - 4);
        let space = if index == 0 { "" } else { " " };
        // Writing to a text doesn't fail.
        let _ = write!(line, "{space}{x},{y}");
    }
    line
}

impl From<Examined> for Doctor {
    fn from(examined: Examined) -> Self {
        let all = examined.findings;
        let count = |severity| {
            all.iter()
                .filter(|finding| finding.severity == severity)
                .count()
        };
        Self {
            at: examined.at.into(),
            checks: all
                .iter()
                .filter(|finding| finding.severity > Severity::Skipped)
                .count(),
            failures: count(Severity::Failure),
            warnings: count(Severity::Warning),
            problems: {
                let mut problems = all.clone();
                problems.retain(|finding| finding.severity >= Severity::Warning);
                // The worst first; otherwise in the order of the doctor.
                problems.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
                problems
            },
        }
    }
}

/// Shows the page.
pub(super) async fn show(operator: Operator) -> Answer {
    let (accounts, app) = (operator.accounts(), operator.console.app());
    let (counts, days, outbox, examined) = tokio::join!(
        accounts.counts(),
        accounts.series(DAYS),
        accounts.outbox(),
        app.findings(PATIENCE),
    );
    let (counts, days) = (counts?, days?);
    let OutboxState {
        waiting,
        failed,
        oldest,
    } = outbox?;
    let view = View {
        disabled: counts.total_users.saturating_sub(counts.active_users),
        unverified: counts.total_users.saturating_sub(counts.verified_users),
        counts,
        waiting,
        failed,
        oldest: oldest.map(Moment::from),
        curves: [
            Curve::of("registered", &days, |day| day.registered),
            Curve::of("verified", &days, |day| day.verified),
            Curve::of("logins", &days, |day| day.logins),
            Curve::of("failures", &days, |day| day.failures),
        ],
        width: WIDTH,
        height: HEIGHT,
        days,
        has_doctor: app.ambient.insight.is_some(),
        doctor: examined.map(Doctor::from),
    };
    operator.page("overview", Some(Room::Overview), view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reaches_from_the_floor_to_the_top() {
        assert_eq!(line(&[0, 4, 2], 4), "0,55 145,3 290,29");
        assert_eq!(line(&[0, 0], 0), "0,55 290,55");
        assert_eq!(line(&[u64::MAX], u64::MAX), "0,3");
        assert_eq!(line(&[], 0), "");
    }
}
