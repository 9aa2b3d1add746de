//! Guesses of one-time codes: attempts of the code, the budget of the account, and the one session (`code_documents.rs`,
//! `codes.rs`).

use std::collections::BTreeSet;

use stateright::Property;

use crate::machine::{Machine, Progress, Recipe, Seen, breaks, holds_everywhere};

const ATTEMPTS: u8 = 2;
const BUDGET: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Real,
    /// The code is compared before the guess is paid for.
    ComparedFirst,
    /// The budget is looked at, and counted after the comparison.
    CountedLast,
    /// A right code is deleted whether it is still there or not.
    DeletedAnyway,
    /// A new login refills the budget.
    RefilledByLogin,
}

#[derive(Clone)]
struct Codes(Order, Vec<Wish>);

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Code {
    token: u8,
    attempts: u8,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Data {
    code: Option<Code>,
    /// The guesses that count against the account.
    budget: BTreeSet<u8>,
    /// How often somebody was right and got the budget back.
    forgiven: u8,
    /// Comparisons of the code of each token.
    compared: [u8; 3],
    /// Wrong comparisons since the budget was given back, paid for since then or never.
    wrong: usize,
    sessions: [u8; 3],
    refused: bool,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Wish {
    Guess { token: u8, is_right: bool },
    LogIn { token: u8 },
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Process {
    id: u8,
    wish: Wish,
    at: u8,
    /// The attempts of the code before this guess.
    before: u8,
    paid_at: u8,
}

impl Recipe for Codes {
    type Data = Data;
    type Process = Process;

    fn data(&self) -> Data {
        Data {
            code: Some(Code {
                token: 0,
                attempts: 0,
            }),
            budget: BTreeSet::new(),
            forgiven: 0,
            compared: [0; 3],
            wrong: 0,
            sessions: [0; 3],
            refused: false,
        }
    }

    fn processes(&self) -> Vec<Process> {
        let processes = (0..).zip(&self.1).map(|(id, wish)| Process {
            id,
            wish: *wish,
            at: 0,
            before: 0,
            paid_at: 0,
        });
        processes.collect()
    }

    fn run(&self, data: &mut Data, process: &mut Process) -> Progress {
        process.at += 1;
        match process.wish {
            Wish::LogIn { token } => self.log_in(data, process, token),
            Wish::Guess { token, is_right } => self.guess(data, process, token, is_right),
        }
    }

    fn properties() -> Vec<Property<Machine<Self>>> {
        vec![
            Property::always(
                "a code is compared only so often",
                |_, state: &Seen<Self>| state.data.compared.iter().all(|times| *times <= ATTEMPTS),
            ),
            Property::always(
                "an account is guessed at only so often",
                |_, state: &Seen<Self>| state.data.wrong <= BUDGET,
            ),
            Property::always("a code gives one session", |_, state: &Seen<Self>| {
                state.data.sessions.iter().all(|sessions| *sessions <= 1)
            }),
            Property::sometimes("somebody gets in", |_, state: &Seen<Self>| {
                state.data.sessions[0] > 0
            }),
            Property::sometimes("somebody is refused", |_, state: &Seen<Self>| {
                state.data.refused
            }),
        ]
    }
}

impl Codes {
    fn log_in(&self, data: &mut Data, process: &Process, token: u8) -> Progress {
        match process.at {
            1 if data.budget.len() >= BUDGET => Progress::Answered,
            1 => Progress::More,
            2 => {
                data.code = Some(Code { token, attempts: 0 });
                if self.0 == Order::RefilledByLogin {
                    data.budget.clear();
                }
                Progress::Committed
            }
            _ => Progress::Answered,
        }
    }

    fn guess(&self, data: &mut Data, process: &mut Process, token: u8, is_right: bool) -> Progress {
        let is_of = |code: &Code| code.token == token;
        let compare = |data: &mut Data, paid_at: u8| {
            data.compared[usize::from(token)] += 1;
            data.wrong += usize::from(!is_right && paid_at == data.forgiven);
        };
        match process.at {
            1 if self.0 == Order::ComparedFirst => {
                if data.code.as_ref().is_some_and(is_of) {
                    compare(data, data.forgiven);
                }
                Progress::More
            }
            1 if data.budget.len() >= BUDGET => {
                data.refused = true;
                Progress::Answered
            }
            1 => Progress::More,
            // An attempt of the code, if it has any left.
            2 => match &mut data.code {
                Some(code) if code.token == token && code.attempts < ATTEMPTS => {
                    process.before = code.attempts;
                    code.attempts += 1;
                    Progress::More
                }
                _ => {
                    data.refused = true;
                    Progress::Answered
                }
            },
            // A unit of the budget, if it fits.
            3 if self.0 == Order::CountedLast => {
                process.paid_at = data.forgiven;
                Progress::More
            }
            3 if data.budget.len() >= BUDGET => {
                data.refused = true;
                Progress::Answered
            }
            3 => {
                data.budget.insert(process.id);
                process.paid_at = data.forgiven;
                Progress::More
            }
            // What was read with the attempt is compared. A right code goes, and who deleted it was first.
            4 => {
                if self.0 != Order::ComparedFirst {
                    compare(data, process.paid_at);
                }
                let is_there = data.code.as_ref().is_some_and(is_of);
                if is_right {
                    if is_there || self.0 == Order::DeletedAnyway {
                        data.code = data.code.take().filter(|code| !is_of(code));
                    } else {
                        process.at = 10;
                    }
                } else if is_there && process.before + 1 == ATTEMPTS {
                    data.code = None;
                }
                Progress::More
            }
            5 => {
                if is_right {
                    data.budget.clear();
                    data.forgiven += 1;
                    data.wrong = 0;
                    return Progress::More;
                }
                if self.0 == Order::CountedLast {
                    data.budget.insert(process.id);
                }
                Progress::Answered
            }
            6 => {
                data.sessions[usize::from(token)] += 1;
                Progress::Committed
            }
            // Somebody else was right with it: that was no guess.
            11 => {
                data.budget.remove(&process.id);
                Progress::Committed
            }
            _ => Progress::Answered,
        }
    }
}

fn guess(token: u8, is_right: bool) -> Wish {
    Wish::Guess { token, is_right }
}

/// Guesses of one code, two of which are right.
fn one_code(order: Order) -> Codes {
    let wishes = [(0, false), (0, false), (0, true), (0, true)];
    Codes(
        order,
        wishes
            .map(|(token, is_right)| guess(token, is_right))
            .into(),
    )
}

/// Guesses of two codes, of two logins.
fn two_codes(order: Order) -> Codes {
    let guesses = [(0, false), (0, true), (1, false), (1, false)];
    let mut wishes = guesses
        .map(|(token, is_right)| guess(token, is_right))
        .to_vec();
    wishes.push(Wish::LogIn { token: 1 });
    Codes(order, wishes)
}

#[test]
fn codes_are_guessed_only_so_often_and_used_once() {
    holds_everywhere(&one_code(Order::Real), 1);
    holds_everywhere(&two_codes(Order::Real), 1);
}

#[test]
fn what_is_paid_for_late_is_guessed_more_often() {
    let compared = "a code is compared only so often";
    let budget = "an account is guessed at only so often";
    for (recipe, property) in [
        (one_code(Order::ComparedFirst), compared),
        (two_codes(Order::CountedLast), budget),
        (one_code(Order::DeletedAnyway), "a code gives one session"),
        (two_codes(Order::RefilledByLogin), budget),
    ] {
        breaks(recipe, 0, property);
    }
}
