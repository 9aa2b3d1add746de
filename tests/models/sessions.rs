//! Logins, changes of the password, resets and disabling at the same moment (`sessions.rs`, `credentials.rs`, `users.rs`).
//!
//! Clocks differ: each process has its own time.

use stateright::Property;

use crate::machine::{Machine, Progress, Recipe, Seen, breaks, holds_everywhere};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Real,
    /// A session is issued whatever the hash is by then.
    IssuedAnyway,
    /// A change looks at its own clock and the cut-off before, and not at the newest token.
    NewestForgotten,
    /// A change looks at its own clock alone.
    ClockAlone,
    /// A token is issued at the time of the clock, even if that isn't after the cut-off.
    IssuedInThePast,
    /// A reset doesn't need its link to be newer than the cut-off.
    LinkForgotten,
}

#[derive(Clone)]
struct Sessions(Order);

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Token {
    issued_at: u8,
    /// The hash that was verified for it.
    hash: u8,
    was_accepted: bool,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Data {
    hash: u8,
    is_active: bool,
    cut_off: u8,
    newest: u8,
    tokens: Vec<Token>,
    /// Uses of the one link.
    resets: u8,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Wish {
    LogIn,
    Change(u8),
    /// With the link that was issued at 1.
    Reset(u8),
    Disable,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Process {
    wish: Wish,
    now: u8,
    at: u8,
    verified: u8,
}

/// When the link was issued. It is the newest token at first.
const LINK: u8 = 1;

impl Recipe for Sessions {
    type Data = Data;
    type Process = Process;

    fn data(&self) -> Data {
        Data {
            hash: 0,
            is_active: true,
            cut_off: 0,
            newest: LINK,
            tokens: Vec::new(),
            resets: 0,
        }
    }

    fn processes(&self) -> Vec<Process> {
        let wishes = [
            (Wish::LogIn, 3),
            (Wish::LogIn, 1),
            (Wish::Change(1), 1),
            (Wish::Reset(2), 1),
            (Wish::Reset(3), 0),
            (Wish::Disable, 2),
        ];
        let processes = wishes.map(|(wish, now)| Process {
            wish,
            now,
            at: 0,
            verified: 0,
        });
        processes.into()
    }

    fn run(&self, data: &mut Data, process: &mut Process) -> Progress {
        process.at += 1;
        match (process.wish, process.at) {
            // The password is compared outside of the store, with the hash that was read.
            (Wish::LogIn | Wish::Change(_), 1) => {
                process.verified = data.hash;
                Progress::Committed
            }
            (Wish::LogIn, 2) => {
                self.issue(data, process);
                Progress::Committed
            }
            (Wish::Change(hash), 2) => {
                if data.is_active && data.hash == process.verified {
                    data.hash = hash;
                    self.end_tokens(data, process.now, None);
                }
                Progress::Committed
            }
            (Wish::Reset(hash), 1) => {
                let is_alive = LINK > data.cut_off || self.0 == Order::LinkForgotten;
                if data.is_active && is_alive {
                    data.hash = hash;
                    data.resets += 1;
                    self.end_tokens(data, process.now, Some(LINK));
                }
                Progress::Committed
            }
            (Wish::Disable, 1) => {
                data.is_active = false;
                self.end_tokens(data, process.now, None);
                Progress::Committed
            }
            _ => Progress::Answered,
        }
    }

    fn properties() -> Vec<Property<Machine<Self>>> {
        vec![
            Property::always("no token outlives a change", |_, state: &Seen<Self>| {
                let data = &state.data;
                let is_old = |token: &&Token| token.hash != data.hash || !data.is_active;
                let mut old = data.tokens.iter().filter(is_old);
                old.all(|token| token.issued_at <= data.cut_off)
            }),
            Property::always(
                "a token is accepted when it is issued",
                |_, state: &Seen<Self>| state.data.tokens.iter().all(|token| token.was_accepted),
            ),
            Property::always("a link is used once", |_, state: &Seen<Self>| {
                state.data.resets <= 1
            }),
            Property::sometimes("a login comes after a change", |_, state: &Seen<Self>| {
                state.data.tokens.iter().any(|token| token.hash > 0)
            }),
        ]
    }
}

impl Sessions {
    fn issue(&self, data: &mut Data, process: &Process) {
        let is_same = data.hash == process.verified || self.0 == Order::IssuedAnyway;
        if !data.is_active || !is_same {
            return;
        }
        let issued_at = match self.0 {
            Order::IssuedInThePast => process.now,
            _ => process.now.max(data.newest).max(data.cut_off + 1),
        };
        data.newest = data.newest.max(issued_at);
        data.tokens.push(Token {
            issued_at,
            hash: process.verified,
            was_accepted: issued_at > data.cut_off,
        });
    }

    fn end_tokens(&self, data: &mut Data, now: u8, link: Option<u8>) {
        let raised = data.cut_off + 1;
        data.cut_off = match self.0 {
            Order::ClockAlone => now,
            Order::NewestForgotten => now.max(raised),
            _ => now.max(raised).max(data.newest).max(link.unwrap_or(0)),
        };
    }
}

#[test]
fn no_token_outlives_a_change() {
    holds_everywhere(&Sessions(Order::Real), 1);
}

#[test]
fn a_cut_off_that_forgets_something_lets_tokens_through() {
    for (order, property) in [
        (Order::IssuedAnyway, "no token outlives a change"),
        (Order::NewestForgotten, "no token outlives a change"),
        (Order::ClockAlone, "no token outlives a change"),
        (
            Order::IssuedInThePast,
            "a token is accepted when it is issued",
        ),
        (Order::LinkForgotten, "a link is used once"),
    ] {
        breaks(Sessions(order), 0, property);
    }
}
