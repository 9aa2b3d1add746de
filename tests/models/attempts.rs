//! Guesses of a password: the guard of an email address, and the rows of failures that the Python package reads and deletes
//! (`attempts.rs`, `attempt_rows.rs`).

use std::collections::{BTreeMap, BTreeSet};

use stateright::Property;

use crate::machine::{Life, Machine, Progress, Recipe, Seen, breaks, holds_everywhere};

const THRESHOLD: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Real,
    /// The entry is marked as failed before its row is written: for a moment it looks forgiven.
    MarkedFirst,
    /// The entries are counted, and the own one is added afterwards.
    CountedThenAdded,
    /// A success forgets those that run, too.
    AllForgotten,
    /// What nobody settled is forgotten instead of counted.
    UnsettledForgotten,
}

#[derive(Clone)]
struct Attempts(Order);

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
struct Entry {
    has_failed: bool,
    /// Nobody settled it within a minute.
    is_stale: bool,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Data {
    guard: BTreeMap<u8, Entry>,
    rows: BTreeSet<u8>,
    /// Wrong passwords that were looked at and not forgiven since by somebody who knows the right one.
    wrong: BTreeSet<u8>,
    /// Whether somebody may still log in with the package, which deletes the rows.
    package_may_log_in: bool,
    successes: u8,
    refused: bool,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Login {
    id: u8,
    is_right: bool,
    at: u8,
    /// Failed entries as they were read, and those of them without a row: the package forgave them.
    failed: BTreeSet<u8>,
    forgiven: BTreeSet<u8>,
    has_room: bool,
}

impl Recipe for Attempts {
    type Data = Data;
    type Process = Login;

    fn data(&self) -> Data {
        Data {
            guard: BTreeMap::new(),
            rows: BTreeSet::new(),
            wrong: BTreeSet::new(),
            package_may_log_in: true,
            successes: 0,
            refused: false,
        }
    }

    fn processes(&self) -> Vec<Login> {
        let rights = [false, false, false, true];
        let logins = (0..).zip(rights).map(|(id, is_right)| Login {
            id,
            is_right,
            at: 0,
            failed: BTreeSet::new(),
            forgiven: BTreeSet::new(),
            has_room: false,
        });
        logins.collect()
    }

    fn run(&self, data: &mut Data, login: &mut Login) -> Progress {
        login.at += 1;
        match login.at {
            // Reserved at once, if there is room beside all that failed or runs.
            1 => self.reserve(data, login),
            // No room. Perhaps the package forgave some: the guard is read, and the rows after it.
            2 => {
                let failed = data.guard.iter().filter(|(_, entry)| entry.has_failed);
                login.failed = failed.map(|(id, _)| *id).collect();
                Progress::More
            }
            3 => {
                login.forgiven = login.failed.difference(&data.rows).copied().collect();
                Progress::More
            }
            4 => {
                if login.forgiven.is_empty() {
                    data.refused = true;
                    return Progress::Answered;
                }
                self.reserve(data, login)
            }
            5 => {
                data.refused = true;
                Progress::Answered
            }
            10 if self.0 == Order::CountedThenAdded => {
                if !login.has_room {
                    data.refused = true;
                    return Progress::Answered;
                }
                add(data, login.id);
                Progress::Committed
            }
            // The password is looked at, outside of the store.
            10 | 11 => {
                login.at = 11;
                if !login.is_right {
                    data.wrong.insert(login.id);
                }
                Progress::Committed
            }
            12 | 13 if !login.is_right => {
                let row_first = self.0 != Order::MarkedFirst;
                if (login.at == 12) == row_first {
                    data.rows.insert(login.id);
                } else {
                    let entry = Entry {
                        has_failed: true,
                        is_stale: false,
                    };
                    data.guard.insert(login.id, entry);
                }
                if login.at == 12 {
                    Progress::More
                } else {
                    Progress::Committed
                }
            }
            // The session is issued: whoever knows the password forgives what failed. The rows go first.
            12 => {
                forgive(data);
                data.rows.clear();
                Progress::More
            }
            13 => {
                let (own, order) = (login.id, self.0);
                let stays = |id: u8, entry: &Entry| {
                    order != Order::AllForgotten
                        && !entry.has_failed
                        && !entry.is_stale
                        && id != own
                };
                let gone: Vec<u8> = data
                    .guard
                    .iter()
                    .filter(|(id, entry)| !stays(**id, entry))
                    .map(|(id, _)| *id)
                    .collect();
                for id in gone {
                    let entry = data.guard.remove(&id);
                    // One that failed meanwhile is forgiven with the others. One that runs isn't.
                    if entry.is_some_and(|entry| entry.has_failed || entry.is_stale) {
                        data.wrong.remove(&id);
                    }
                }
                data.successes += 1;
                Progress::Committed
            }
            _ => Progress::Answered,
        }
    }

    /// A minute passes, and the package's own login deletes the rows.
    ///
    /// A minute passes for dead processes only: a request is given up long before, and nobody waits that long for a hash.
    /// One that did would be looked at once more than it counts, until its failure is entered again.
    fn world(&self, data: &Data, logins: &[(Login, Life)]) -> Vec<Data> {
        let mut next = Vec::new();
        let dead = logins.iter().filter(|(_, life)| *life == Life::Dead);
        let dead: Vec<u8> = dead.map(|(login, _)| login.id).collect();
        let is_left =
            |id: u8, entry: &Entry| dead.contains(&id) && !entry.has_failed && !entry.is_stale;
        if data.guard.iter().any(|(id, entry)| is_left(*id, entry)) {
            let mut later = data.clone();
            if self.0 == Order::UnsettledForgotten {
                later.guard.retain(|id, entry| !is_left(*id, entry));
            }
            for (id, entry) in &mut later.guard {
                entry.is_stale |= is_left(*id, entry);
            }
            next.push(later);
        }
        if data.package_may_log_in && !data.rows.is_empty() {
            let mut after = data.clone();
            forgive(&mut after);
            after.rows.clear();
            after.package_may_log_in = false;
            next.push(after);
        }
        next
    }

    fn properties() -> Vec<Property<Machine<Self>>> {
        vec![
            Property::always(
                "only so many wrong passwords are looked at",
                |_, state: &Seen<Self>| state.data.wrong.len() <= THRESHOLD,
            ),
            Property::sometimes("somebody gets in", |_, state: &Seen<Self>| {
                state.data.successes > 0
            }),
            Property::sometimes("somebody is refused", |_, state: &Seen<Self>| {
                state.data.refused
            }),
            Property::sometimes(
                "what the package forgave makes room",
                |_, state: &Seen<Self>| {
                    let entered = state.processes.iter().filter(|(login, _)| login.at >= 9);
                    entered.count() == 4
                        && state.data.successes == 0
                        && !state.data.package_may_log_in
                },
            ),
        ]
    }
}

impl Attempts {
    /// One update of the guard: drops what was forgiven, and adds the own entry if there is room.
    fn reserve(&self, data: &mut Data, login: &mut Login) -> Progress {
        data.guard.retain(|id, _| !login.forgiven.contains(id));
        login.has_room = data.guard.len() < THRESHOLD;
        if self.0 == Order::CountedThenAdded {
            login.at = 9;
            return Progress::More;
        }
        if !login.has_room {
            return Progress::More;
        }
        add(data, login.id);
        login.at = 9;
        Progress::Committed
    }
}

fn add(data: &mut Data, id: u8) {
    let entry = Entry {
        has_failed: false,
        is_stale: false,
    };
    data.guard.insert(id, entry);
}

/// Those whose rows are there when the rows are deleted.
fn forgive(data: &mut Data) {
    let rows = data.rows.clone();
    data.wrong.retain(|id| !rows.contains(id));
}

#[test]
fn passwords_are_guessed_only_so_often() {
    holds_everywhere(&Attempts(Order::Real), 1);
}

#[test]
fn what_is_counted_late_or_forgotten_early_is_guessed_more_often() {
    for order in [
        Order::MarkedFirst,
        Order::CountedThenAdded,
        Order::AllForgotten,
        Order::UnsettledForgotten,
    ] {
        breaks(
            Attempts(order),
            1,
            "only so many wrong passwords are looked at",
        );
    }
}
