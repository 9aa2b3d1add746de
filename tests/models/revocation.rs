//! Ending a session while it is renewed, and the sweep of the revocation list (`sessions.rs`, `session_documents.rs`).
//!
//! Time is in days. A revocation is kept for a day longer than the tokens that it is about.

use stateright::Property;

use crate::machine::{Life, Machine, Progress, Recipe, Seen, breaks, holds_everywhere};

/// How long a token lives.
const LIFE: u8 = 3;
/// When the token of the login expires, which is the one that asks.
const OLDER: u8 = 1;
const MARGIN: u8 = 1;
const LAST_DAY: u8 = 6;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Real,
    /// The list begins with the end of the token that asks, and learns of renewals afterwards. This was so until November 2026:
    /// a process that died in between left a list that was too short, and nobody could ask again.
    OwnTokenAlone,
    /// The row goes first, and the list is written then.
    ListedLast,
}

#[derive(Clone)]
struct Revocation(Order);

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Data {
    day: u8,
    /// When the last token of the session expires, as its row has it.
    row: Option<u8>,
    /// Until when the session is on the list.
    listed: Option<u8>,
    /// When the last token expires that somebody was given.
    newest: u8,
    /// Whether callers heard that the session has ended: from whoever ended it, or because it is on the list.
    has_ended: bool,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
enum Process {
    /// With the token of the login, which expires first.
    Revokes {
        at: u8,
        seen: Option<u8>,
    },
    Renews {
        at: u8,
        until: u8,
    },
}

impl Recipe for Revocation {
    type Data = Data;
    type Process = Process;

    fn data(&self) -> Data {
        Data {
            day: 0,
            row: Some(OLDER),
            listed: None,
            newest: OLDER,
            has_ended: false,
        }
    }

    fn processes(&self) -> Vec<Process> {
        let revokes = Process::Revokes { at: 0, seen: None };
        let renews = Process::Renews { at: 0, until: 0 };
        // Whoever heard of a failure tries again.
        vec![revokes.clone(), revokes, renews]
    }

    fn run(&self, data: &mut Data, process: &mut Process) -> Progress {
        match process {
            Process::Revokes { at, seen } => self.revoke(data, at, seen),
            Process::Renews { at, until } => renew(data, at, until),
        }
    }

    fn world(&self, data: &Data, processes: &[(Process, Life)]) -> Vec<Data> {
        let mut next = Vec::new();
        // A request takes seconds, and none of them spans a day.
        let is_between = processes.iter().all(|(process, life)| {
            let (Process::Revokes { at, .. } | Process::Renews { at, .. }) = process;
            *at == 0 || *life != Life::Running
        });
        if data.day < LAST_DAY && is_between {
            let day = data.day + 1;
            next.push(Data {
                day,
                ..data.clone()
            });
        }
        if data.listed.is_some_and(|until| until + MARGIN <= data.day) {
            next.push(Data {
                listed: None,
                ..data.clone()
            });
        }
        next
    }

    fn properties() -> Vec<Property<Machine<Self>>> {
        vec![
            Property::always("what ended stays so", |_, state: &Seen<Self>| {
                let data = &state.data;
                !data.has_ended || data.day >= data.newest || data.listed.is_some()
            }),
            Property::sometimes("a session is renewed and ended", |_, state: &Seen<Self>| {
                state.data.newest > 1 && state.data.has_ended
            }),
            Property::sometimes("the list is swept", |_, state: &Seen<Self>| {
                state.data.has_ended && state.data.listed.is_none()
            }),
        ]
    }
}

impl Revocation {
    fn revoke(&self, data: &mut Data, at: &mut u8, seen: &mut Option<u8>) -> Progress {
        *at += 1;
        let is_listed_last = self.0 == Order::ListedLast;
        match *at {
            1 if data.listed.is_some() => {
                // The token that asks is refused.
                data.has_ended = true;
                Progress::Answered
            }
            1 => Progress::Committed,
            2 if is_listed_last => {
                *seen = data.row.take();
                Progress::More
            }
            3 if is_listed_last => {
                list(data, seen.unwrap_or(OLDER));
                Progress::Committed
            }
            // Until the last token expires that a renewal could give by now.
            2 => {
                list(
                    data,
                    match self.0 {
                        Order::OwnTokenAlone => OLDER,
                        _ => OLDER.max(data.day + LIFE),
                    },
                );
                Progress::More
            }
            3 => {
                *seen = data.row.take();
                Progress::More
            }
            4 => {
                if let (Some(listed), Some(ends)) = (&mut data.listed, *seen) {
                    *listed = (*listed).max(ends);
                }
                Progress::Committed
            }
            _ => {
                data.has_ended = true;
                Progress::Answered
            }
        }
    }
}

fn renew(data: &mut Data, at: &mut u8, until: &mut u8) -> Progress {
    *at += 1;
    match *at {
        1 if data.day >= data.newest || data.listed.is_some() || data.row.is_none() => {
            *at = 10;
            Progress::Committed
        }
        1 => {
            *until = data.day + LIFE;
            Progress::More
        }
        2 => {
            match &mut data.row {
                Some(ends) => *ends = (*ends).max(*until),
                None => *at = 10,
            }
            Progress::Committed
        }
        3 => {
            data.newest = data.newest.max(*until);
            Progress::Answered
        }
        _ => Progress::Answered,
    }
}

fn list(data: &mut Data, until: u8) {
    data.listed.get_or_insert(until);
}

#[test]
fn a_session_that_ended_stays_ended() {
    holds_everywhere(&Revocation(Order::Real), 2);
}

#[test]
fn a_row_that_goes_too_early_revives_the_session() {
    for order in [Order::OwnTokenAlone, Order::ListedLast] {
        breaks(Revocation(order), 1, "what ended stays so");
    }
}
