//! Checks whether messages are being sent.

use jiff::{SignedDuration, Timestamp};

use super::{Finding, counted};
use crate::model::OutboxState;

/// A message that waits longer is not being sent.
const MAX_WAIT: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn judge(state: OutboxState, errors: &[&str], now: Timestamp) -> Vec<Finding> {
    let remedy =
        "run regstack outbox list, then retry or delete; a running server sends what is due";
    let mut findings = Vec::new();
    if state.failed > 0 {
        findings.push(Finding::warn(
            format!("{} failed permanently", counted(state.failed, "message")),
            remedy,
        ));
    }
    if let Some(error) = errors.first() {
        findings.push(Finding::warn(
            format!(
                "{} being retried: {error}",
                counted(errors.len() as u64, "message")
            ),
            remedy,
        ));
    }
    let age = state.oldest.map(|oldest| now.duration_since(oldest));
    match age.filter(|age| *age > MAX_WAIT) {
        Some(age) => findings.push(Finding::warn(
            format!(
                "{} waiting, the oldest for {} minutes",
                counted(state.waiting, "message"),
                age.as_mins()
            ),
            "start regstack serve, which sends them, then run regstack outbox list",
        )),
        None if findings.is_empty() => findings.push(Finding::ok(match state.waiting {
            0 => "empty".to_owned(),
            waiting => format!("{} waiting to be sent", counted(waiting, "message")),
        })),
        None => {}
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn an_outbox_is_healthy_while_messages_move() {
        let state = |waiting, failed, oldest| OutboxState {
            waiting,
            failed,
            oldest,
        };
        let now = at(10_000);
        let judged = |state, errors: &[&str]| judge(state, errors, now);
        assert_eq!(judged(state(0, 0, None), &[]), [Finding::ok("empty")]);
        let fresh = judged(state(1, 0, Some(at(9_400))), &[]);
        assert_eq!(fresh, [Finding::ok("1 message waiting to be sent")]);
        let all = judged(state(3, 2, Some(at(9_399))), &["refused", "refused"]);
        let details: Vec<&str> = all.iter().map(|finding| finding.detail.as_str()).collect();
        assert_eq!(
            details,
            [
                "2 messages failed permanently",
                "2 messages being retried: refused",
                "3 messages waiting, the oldest for 10 minutes"
            ]
        );
        assert!(all.iter().all(|finding| finding.status == Status::Warn));
    }
}
