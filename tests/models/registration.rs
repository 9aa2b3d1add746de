//! Registering, verifying and creating an account for one email address at the same moment (`registration.rs`, `promotion.rs`,
//! `relay.rs`, `outbox.rs`).

use std::collections::BTreeSet;

use stateright::Property;

use crate::machine::{
    Engine, Life, Machine, Progress, Recipe, Seen, breaks, holds, holds_everywhere,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Real,
    /// No unique index: what was read decides.
    WithoutIndex,
    /// A claim doesn't keep the id that the account will have.
    IdForgotten,
    /// The registration goes before its account is there.
    ForgottenFirst,
    /// A registration doesn't look for an account again after it was written.
    SecondLookLeftOut,
    /// A queued link is sent without a look at its registration.
    SentUnseen,
    /// The event is recorded after the account, and not with it.
    EventLater,
}

#[derive(Clone)]
struct Registration(Order, Vec<Wish>);

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Pending {
    proof: u8,
    claimed_by: Option<u8>,
    /// The id that the account has or will have.
    user_id: Option<u8>,
    /// A mail that isn't copied yet.
    out: Option<u8>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Account {
    id: u8,
    /// The registration that it was made from.
    proof: Option<u8>,
    /// Whether its event isn't copied yet.
    has_event: bool,
}

#[derive(Clone, Debug, Default, Hash, PartialEq, Eq)]
struct Data {
    accounts: Vec<Account>,
    pending: Option<Pending>,
    queued: BTreeSet<u8>,
    /// Mails that were sent or dropped: late copies of them are ignored.
    done: BTreeSet<u8>,
    events: BTreeSet<u8>,
    /// What callers heard: accounts that were made, with the link that made them, and registrations that wait.
    made: BTreeSet<(u8, Option<u8>)>,
    waits: BTreeSet<u8>,
    /// Whether a link was refused although its own account was found.
    misjudged: bool,
    sent_dead: bool,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Wish {
    Register(u8),
    Verify(u8),
    Create,
    Send,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Process {
    id: u8,
    wish: Wish,
    at: u8,
    read: Option<u8>,
    claimed_id: u8,
}

impl Recipe for Registration {
    type Data = Data;
    type Process = Process;

    fn data(&self) -> Data {
        Data {
            pending: Some(Pending {
                proof: 0,
                claimed_by: None,
                user_id: None,
                out: None,
            }),
            waits: [0].into(),
            ..Data::default()
        }
    }

    fn processes(&self) -> Vec<Process> {
        let processes = (10..).zip(&self.1).map(|(id, wish)| Process {
            id,
            wish: *wish,
            at: 0,
            read: None,
            claimed_id: 0,
        });
        processes.collect()
    }

    fn run(&self, data: &mut Data, process: &mut Process) -> Progress {
        process.at += 1;
        match process.wish {
            Wish::Register(proof) => self.register(data, process, proof),
            Wish::Verify(proof) => self.verify(data, process, proof),
            Wish::Create => self.create(data, process),
            Wish::Send => self.send(data, process),
        }
    }

    /// A claim runs out, which may be too early: nothing depends on it but waiting.
    fn world(&self, data: &Data, _processes: &[(Process, Life)]) -> Vec<Data> {
        let claimed = data
            .pending
            .clone()
            .filter(|pending| pending.claimed_by.is_some());
        let expired = claimed.map(|pending| Data {
            pending: Some(Pending {
                claimed_by: None,
                ..pending
            }),
            ..data.clone()
        });
        expired.into_iter().collect()
    }

    fn properties() -> Vec<Property<Machine<Self>>> {
        vec![
            Property::always("an address has one account", |_, state: &Seen<Self>| {
                state.data.accounts.len() <= 1
            }),
            Property::always(
                "a link makes one account, which is there",
                |_, state: &Seen<Self>| {
                    let data = &state.data;
                    let is_there = |id: u8| data.accounts.iter().any(|account| account.id == id);
                    data.made.iter().all(|(id, _)| is_there(*id))
                },
            ),
            // Unless the registration is gone already, by which the link is used up.
            Property::always("who made an account hears so", |_, state: &Seen<Self>| {
                !state.data.misjudged
            }),
            Property::always(
                "a registration that waits isn't lost",
                |_, state: &Seen<Self>| {
                    let data = &state.data;
                    let is_kept = data.pending.is_some() || !data.accounts.is_empty();
                    !state.is_quiet() || data.waits.is_empty() || is_kept
                },
            ),
            Property::always(
                "no registration stays beside an account",
                |_, state: &Seen<Self>| {
                    let data = &state.data;
                    !state.all_answered() || data.accounts.is_empty() || data.pending.is_none()
                },
            ),
            Property::always("an account's event isn't lost", |_, state: &Seen<Self>| {
                let data = &state.data;
                let mut accounts = data.accounts.iter();
                !state.is_quiet()
                    || accounts
                        .all(|account| account.has_event || data.events.contains(&account.id))
            }),
            Property::always("no dead link is sent", |_, state: &Seen<Self>| {
                !state.data.sent_dead
            }),
            Property::sometimes("a link makes an account", |_, state: &Seen<Self>| {
                state.data.made.iter().any(|(_, proof)| proof.is_some())
            }),
        ]
    }
}

impl Registration {
    fn register(&self, data: &mut Data, process: &mut Process, proof: u8) -> Progress {
        match process.at {
            1 if !data.accounts.is_empty() => Progress::Answered,
            1 => Progress::More,
            // In place of any older one, with its mail.
            2 => {
                data.pending = Some(Pending {
                    proof,
                    claimed_by: None,
                    user_id: None,
                    out: Some(proof),
                });
                Progress::More
            }
            // An account was made meanwhile?
            3 => {
                let is_taken = !data.accounts.is_empty() && self.0 != Order::SecondLookLeftOut;
                process.read = is_taken.then_some(proof);
                Progress::More
            }
            4 => {
                queue(data, proof);
                if process.read.is_none() {
                    process.at = 5;
                    return Progress::Committed;
                }
                Progress::More
            }
            5 => {
                data.pending = None;
                data.queued.remove(&proof);
                process.at = 9;
                Progress::Committed
            }
            6 => {
                data.waits.insert(proof);
                Progress::Answered
            }
            _ => Progress::Answered,
        }
    }

    fn verify(&self, data: &mut Data, process: &mut Process, proof: u8) -> Progress {
        match process.at {
            // Claims the registration, for a time, and with the id that the account will have.
            1 => {
                let new_id = process.id;
                match &mut data.pending {
                    Some(pending) if pending.proof == proof => {
                        if pending.claimed_by.is_some() {
                            process.at = 0;
                            return Progress::Waits;
                        }
                        pending.claimed_by = Some(process.id);
                        if self.0 == Order::IdForgotten {
                            pending.user_id = Some(new_id);
                        }
                        process.claimed_id = *pending.user_id.get_or_insert(new_id);
                    }
                    _ => return Progress::Answered,
                }
                if self.0 == Order::ForgottenFirst {
                    data.pending = None;
                }
                Progress::More
            }
            2 => {
                process.read = data.accounts.first().map(|account| account.id);
                if process.read.is_some() {
                    process.at = 3;
                }
                Progress::More
            }
            // The unique indexes on the address and the id decide.
            3 => {
                if self.insert(data, process.claimed_id, Some(proof)) {
                    process.read = Some(process.claimed_id);
                } else {
                    process.at = 1;
                }
                Progress::More
            }
            4 => {
                data.pending = None;
                Progress::More
            }
            5 => {
                copy_event(data, process.claimed_id);
                Progress::Committed
            }
            _ => {
                if process.read == Some(process.claimed_id) {
                    data.made.insert((process.claimed_id, Some(proof)));
                } else {
                    let mut accounts = data.accounts.iter();
                    data.misjudged |= accounts.any(|account| account.proof == Some(proof));
                }
                Progress::Answered
            }
        }
    }

    fn create(&self, data: &mut Data, process: &mut Process) -> Progress {
        match process.at {
            1 if !data.accounts.is_empty() => Progress::Answered,
            2 if !self.insert(data, process.id, None) => Progress::Answered,
            1 | 2 => Progress::More,
            3 => {
                data.pending = None;
                Progress::More
            }
            4 => {
                copy_event(data, process.id);
                Progress::Committed
            }
            _ => {
                data.made.insert((process.id, None));
                Progress::Answered
            }
        }
    }

    fn insert(&self, data: &mut Data, id: u8, proof: Option<u8>) -> bool {
        let is_same = |account: &Account| account.id == id;
        let is_taken = match self.0 {
            Order::WithoutIndex => data.accounts.iter().any(is_same),
            _ => !data.accounts.is_empty(),
        };
        if !is_taken {
            data.accounts.push(Account {
                id,
                proof,
                has_event: self.0 != Order::EventLater,
            });
        }
        !is_taken
    }

    /// Any worker: copies what others left behind, then sends a link whose registration still has it.
    fn send(&self, data: &mut Data, process: &mut Process) -> Progress {
        match process.at {
            1 => {
                if let Some(out) = data.pending.as_ref().and_then(|pending| pending.out) {
                    queue(data, out);
                }
                Progress::Committed
            }
            2 => {
                process.read = data.queued.first().copied();
                let Some(mail) = process.read else {
                    return Progress::Answered;
                };
                let is_alive = holds_proof(data, mail);
                if !is_alive && self.0 != Order::SentUnseen {
                    data.queued.remove(&mail);
                    return Progress::Answered;
                }
                data.sent_dead |= !is_alive;
                Progress::More
            }
            _ => {
                let mail = process.read.take().unwrap_or_default();
                if data.queued.remove(&mail) {
                    data.done.insert(mail);
                }
                Progress::Answered
            }
        }
    }
}

fn holds_proof(data: &Data, proof: u8) -> bool {
    let pending = data.pending.as_ref();
    pending.is_some_and(|pending| pending.proof == proof)
}

/// Copies a mail, and takes it out of the registration.
fn queue(data: &mut Data, proof: u8) {
    if !data.done.contains(&proof) {
        data.queued.insert(proof);
    }
    if let Some(pending) = &mut data.pending
        && pending.out == Some(proof)
    {
        pending.out = None;
    }
}

fn copy_event(data: &mut Data, id: u8) {
    data.events.insert(id);
    for account in &mut data.accounts {
        account.has_event &= account.id != id;
    }
}

fn crowd(order: Order) -> Registration {
    let wishes = [
        Wish::Verify(0),
        Wish::Verify(0),
        Wish::Create,
        Wish::Register(1),
    ];
    Registration(order, wishes.into())
}

fn with_mail(order: Order) -> Registration {
    let wishes = [
        Wish::Register(1),
        Wish::Verify(0),
        Wish::Send,
        Wish::Register(2),
        Wish::Send,
    ];
    Registration(order, wishes.into())
}

fn alone(order: Order) -> Registration {
    Registration(order, vec![Wish::Verify(0), Wish::Verify(0)])
}

#[test]
fn an_address_has_one_account_and_a_link_makes_one() {
    holds_everywhere(&alone(Order::Real), 1);
    holds_everywhere(&crowd(Order::Real), 1);
    holds(with_mail(Order::Real), Engine::Mongo, 1);
}

#[test]
fn wrong_orders_make_two_accounts_or_lose_one() {
    for (recipe, deaths, property) in [
        (crowd(Order::WithoutIndex), 0, "an address has one account"),
        (crowd(Order::IdForgotten), 1, "who made an account hears so"),
        (
            alone(Order::ForgottenFirst),
            1,
            "a registration that waits isn't lost",
        ),
        (
            crowd(Order::SecondLookLeftOut),
            0,
            "no registration stays beside an account",
        ),
        (crowd(Order::EventLater), 1, "an account's event isn't lost"),
        (with_mail(Order::SentUnseen), 0, "no dead link is sent"),
    ] {
        breaks(recipe, deaths, property);
    }
}
