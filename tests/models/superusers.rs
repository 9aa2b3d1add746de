//! Removing administrators: disabling, demoting and deleting take turns under a lease (`superusers.rs`, `leases.rs`).

use stateright::Property;

use crate::machine::{Life, Machine, Progress, Recipe, Seen, breaks, holds_everywhere};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Real,
    /// Nobody takes a turn.
    WithoutLease,
    /// A lease that ran out is taken over although its holder goes on writing.
    SlowHolder,
    /// The turn ends before the account is changed.
    ReleasedEarly,
}

#[derive(Clone)]
struct Superusers(Order);

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Data {
    active: [bool; 3],
    holder: Option<u8>,
    refused: u8,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Removal {
    /// Who removes whom.
    own: u8,
    id: u8,
    at: u8,
}

impl Recipe for Superusers {
    type Data = Data;
    type Process = Removal;

    fn data(&self) -> Data {
        Data {
            active: [true, true, false],
            holder: None,
            refused: 0,
        }
    }

    fn processes(&self) -> Vec<Removal> {
        // Two remove one each, and one comes again for the first.
        let removals = [(1, 0), (2, 1), (3, 0)];
        removals.map(|(own, id)| Removal { own, id, at: 0 }).into()
    }

    fn run(&self, data: &mut Data, removal: &mut Removal) -> Progress {
        let (own, id) = (removal.own, usize::from(removal.id));
        removal.at += 1;
        match removal.at {
            1 if self.0 == Order::WithoutLease => Progress::More,
            1 => {
                if data.holder.is_some() {
                    removal.at = 0;
                    return Progress::Waits;
                }
                data.holder = Some(own);
                Progress::More
            }
            2 => {
                let others = data.active.iter().enumerate();
                let mut others = others.filter(|(other, _)| *other != id);
                if !others.any(|(_, is_active)| *is_active) {
                    // Refused: nothing is written.
                    removal.at = 10;
                }
                if self.0 == Order::ReleasedEarly {
                    data.holder = None;
                }
                Progress::More
            }
            3 => {
                // If it is still as it was read.
                data.active[id] = false;
                Progress::More
            }
            4 | 11 => {
                if data.holder == Some(own) {
                    data.holder = None;
                }
                data.refused += u8::from(removal.at == 11);
                Progress::Committed
            }
            _ => Progress::Answered,
        }
    }

    /// The lease of a process that died runs out.
    fn world(&self, data: &Data, removals: &[(Removal, Life)]) -> Vec<Data> {
        let is_free = |holder| {
            let mut dead = removals.iter().filter(|(_, life)| *life == Life::Dead);
            // A holder stops writing long before its lease ends.
            self.0 == Order::SlowHolder || dead.any(|(removal, _)| removal.own == holder)
        };
        let expired = data.holder.filter(|holder| is_free(*holder)).map(|_| Data {
            holder: None,
            ..data.clone()
        });
        expired.into_iter().collect()
    }

    fn properties() -> Vec<Property<Machine<Self>>> {
        vec![
            Property::always("one stays", |_, state: &Seen<Self>| {
                state.data.active.contains(&true)
            }),
            Property::sometimes("one is refused", |_, state: &Seen<Self>| {
                state.data.refused > 0
            }),
        ]
    }
}

#[test]
fn an_administrator_always_stays() {
    holds_everywhere(&Superusers(Order::Real), 2);
}

#[test]
fn without_turns_the_last_two_remove_each_other() {
    for order in [Order::WithoutLease, Order::SlowHolder, Order::ReleasedEarly] {
        breaks(Superusers(order), 1, "one stays");
    }
}
