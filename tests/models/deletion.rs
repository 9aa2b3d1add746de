//! Deleting an account while a link is mailed to it and workers send, and messages that travel inside the document that changed
//! (`deletion.rs`, `relay.rs`, `repair.rs`, `outbox.rs`).

use std::collections::{BTreeMap, BTreeSet};

use stateright::Property;

use crate::machine::{Life, Machine, Progress, Recipe, Seen, breaks, holds_everywhere};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Real,
    /// The farewell is queued before the account is marked.
    FarewellFirst,
    /// What waits in the document is taken out before it is copied.
    TakenOutFirst,
    /// A message that was sent leaves nothing behind.
    NoTrace,
    /// The account goes before what belongs to it.
    AccountFirst,
    /// Sent without a claim.
    Unclaimed,
}

#[derive(Clone)]
struct Deletion(Order, Vec<Wish>);

/// A mailed link to the account, and the mail about its deletion.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, PartialOrd, Ord)]
enum Mail {
    Link,
    Farewell,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Message {
    Waiting,
    Claimed(u8),
    /// Sent. Its id stays, so that a late copy isn't sent again.
    Done,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Account {
    is_deleting: bool,
    out: BTreeSet<Mail>,
}

#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts of a model"
)]
#[derive(Clone, Debug, Default, Hash, PartialEq, Eq)]
struct Data {
    account: Option<Account>,
    /// Something that belongs to the account, such as its codes.
    has_codes: bool,
    outbox: BTreeMap<Mail, Message>,
    sent: Vec<Mail>,
    link_is_written: bool,
    is_acknowledged: bool,
    farewell_to_the_living: bool,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
enum Wish {
    Delete {
        is_refused: bool,
    },
    MailLink,
    /// A worker, so many rounds.
    Work(u8),
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Process {
    id: u8,
    wish: Wish,
    at: u8,
    read: BTreeSet<Mail>,
    mail: Option<Mail>,
}

impl Recipe for Deletion {
    type Data = Data;
    type Process = Process;

    fn data(&self) -> Data {
        let account = Account {
            is_deleting: false,
            out: BTreeSet::new(),
        };
        Data {
            account: Some(account),
            has_codes: true,
            ..Data::default()
        }
    }

    fn processes(&self) -> Vec<Process> {
        let processes = (0..).zip(&self.1).map(|(id, wish)| Process {
            id,
            wish: *wish,
            at: 0,
            read: BTreeSet::new(),
            mail: None,
        });
        processes.collect()
    }

    fn run(&self, data: &mut Data, process: &mut Process) -> Progress {
        process.at += 1;
        match process.wish {
            Wish::Delete { is_refused } => {
                if self.0 == Order::FarewellFirst && process.at == 1 {
                    data.outbox.insert(Mail::Farewell, Message::Waiting);
                    return Progress::More;
                }
                let first = 1 + u8::from(self.0 == Order::FarewellFirst);
                if process.at == first {
                    return self.mark(data, process, is_refused);
                }
                let done = self.finish(data, process, process.at - first);
                if done == Progress::Answered {
                    data.is_acknowledged = true;
                }
                done
            }
            Wish::MailLink => self.mail_link(data, process),
            Wish::Work(_) => self.work(data, process),
        }
    }

    /// The claim of a worker that died runs out.
    fn world(&self, data: &Data, processes: &[(Process, Life)]) -> Vec<Data> {
        let dead = processes.iter().filter(|(_, life)| *life == Life::Dead);
        let dead: Vec<u8> = dead.map(|(process, _)| process.id).collect();
        let mut next = data.clone();
        for message in next.outbox.values_mut() {
            if matches!(message, Message::Claimed(by) if dead.contains(by)) {
                *message = Message::Waiting;
            }
        }
        if next == *data {
            Vec::new()
        } else {
            vec![next]
        }
    }

    fn properties() -> Vec<Property<Machine<Self>>> {
        vec![
            Property::always(
                "a farewell goes to the deleted only",
                |_, state: &Seen<Self>| !state.data.farewell_to_the_living,
            ),
            Property::always(
                "a deleted account is gone, with all that it had",
                |_, state: &Seen<Self>| {
                    let data = &state.data;
                    !data.is_acknowledged || (data.account.is_none() && !data.has_codes)
                },
            ),
            Property::always(
                "nothing is left of an account that is gone",
                |_, state: &Seen<Self>| {
                    let data = &state.data;
                    !state.is_quiet() || data.account.is_some() || !data.has_codes
                },
            ),
            Property::always(
                "what was written is sent or waits",
                |_, state: &Seen<Self>| {
                    let data = &state.data;
                    let is_known = |mail| {
                        let waits = data
                            .account
                            .as_ref()
                            .is_some_and(|account| account.out.contains(&mail));
                        waits || data.outbox.contains_key(&mail) || data.sent.contains(&mail)
                    };
                    let link = !data.link_is_written
                        || is_known(Mail::Link)
                        || data
                            .account
                            .as_ref()
                            .is_none_or(|account| account.is_deleting);
                    link && (!data.is_acknowledged || is_known(Mail::Farewell))
                },
            ),
            // A worker that dies while it sends leaves it open whether it did.
            Property::always("a message is sent once", |_, state: &Seen<Self>| {
                let data = &state.data;
                let times = |mail| data.sent.iter().filter(|sent| **sent == mail).count();
                let died = |(process, life): &(Process, Life)| {
                    *life == Life::Dead && matches!(process.wish, Wish::Work(_))
                };
                state.processes.iter().any(died)
                    || (times(Mail::Link) <= 1 && times(Mail::Farewell) <= 1)
            }),
            Property::sometimes("a mail is sent", |_, state: &Seen<Self>| {
                !state.data.sent.is_empty()
            }),
        ]
    }
}

impl Deletion {
    /// The account no longer exists for anybody, and carries its farewell. Other mail that waited in it goes.
    fn mark(&self, data: &mut Data, process: &mut Process, is_refused: bool) -> Progress {
        let Some(account) = data.account.as_mut().filter(|account| !account.is_deleting) else {
            return Progress::Answered;
        };
        if is_refused {
            return Progress::Answered;
        }
        account.is_deleting = true;
        account.out.clear();
        if self.0 != Order::FarewellFirst {
            account.out.insert(Mail::Farewell);
        }
        process.read.clone_from(&account.out);
        Progress::More
    }

    /// What belongs to a marked account goes, each step once more if need be.
    fn finish(&self, data: &mut Data, process: &Process, step: u8) -> Progress {
        let order = match self.0 {
            Order::AccountFirst => [3, 0, 1, 2],
            _ => [0, 1, 2, 3],
        };
        let Some(step) = order.get(usize::from(step) - 1) else {
            return Progress::Answered;
        };
        match step {
            // What was sent leaves its id only, which names nobody.
            0 => data
                .outbox
                .retain(|mail, message| *mail != Mail::Link || *message == Message::Done),
            1 => data.has_codes = false,
            2 => copy(data, &process.read),
            _ => data.account = data.account.take().filter(|account| !account.is_deleting),
        }
        Progress::More
    }

    fn mail_link(&self, data: &mut Data, process: &mut Process) -> Progress {
        match process.at {
            1 => {
                let Some(account) = data.account.as_mut().filter(|account| !account.is_deleting)
                else {
                    return Progress::Answered;
                };
                account.out.insert(Mail::Link);
                data.link_is_written = true;
                process.read.clone_from(&account.out);
                Progress::More
            }
            2 if self.0 == Order::TakenOutFirst => {
                take_out(data, &process.read);
                Progress::More
            }
            2 => {
                copy(data, &process.read);
                Progress::Committed
            }
            3 if self.0 == Order::TakenOutFirst => {
                copy(data, &process.read);
                Progress::Committed
            }
            // A moment after the answer.
            3 => {
                take_out(data, &process.read);
                Progress::Committed
            }
            _ => Progress::Answered,
        }
    }

    /// Goes on with what others left behind, then claims and sends one message.
    fn work(&self, data: &mut Data, process: &mut Process) -> Progress {
        match process.at {
            1 => {
                let account = data.account.as_ref();
                process.read = account
                    .map(|account| account.out.clone())
                    .unwrap_or_default();
                Progress::More
            }
            2 => {
                copy(data, &process.read);
                Progress::More
            }
            3 => {
                take_out(data, &process.read);
                Progress::More
            }
            // A deletion that was left behind, if its mark is there.
            4 => {
                let account = data.account.as_ref();
                if account.is_none_or(|account| !account.is_deleting) {
                    process.at = 8;
                    return Progress::More;
                }
                process.read = account
                    .map(|account| account.out.clone())
                    .unwrap_or_default();
                Progress::More
            }
            5..=8 => self.finish(data, process, process.at - 4),
            // Does what it says still hold?
            9 => {
                let free = data
                    .outbox
                    .iter()
                    .find(|(_, message)| **message == Message::Waiting);
                process.mail = free.map(|(mail, _)| *mail);
                let is_there = data
                    .account
                    .as_ref()
                    .is_some_and(|account| !account.is_deleting);
                match process.mail {
                    None => process.at = 20,
                    Some(Mail::Link) if !is_there => {
                        data.outbox.remove(&Mail::Link);
                        process.at = 20;
                    }
                    Some(_) => {}
                }
                Progress::More
            }
            // Claimed, if it is still free.
            10 => {
                let mail = process.mail.unwrap_or(Mail::Link);
                match data.outbox.get_mut(&mail) {
                    Some(message) if *message == Message::Waiting => {
                        if self.0 != Order::Unclaimed {
                            *message = Message::Claimed(process.id);
                        }
                    }
                    _ => process.at = 20,
                }
                Progress::Committed
            }
            11 => {
                let mail = process.mail.unwrap_or(Mail::Link);
                data.sent.push(mail);
                let is_there = data
                    .account
                    .as_ref()
                    .is_some_and(|account| !account.is_deleting);
                data.farewell_to_the_living |= mail == Mail::Farewell && is_there;
                Progress::Committed
            }
            12 => {
                let mail = process.mail.unwrap_or(Mail::Link);
                if let Some(message) = data.outbox.get_mut(&mail) {
                    *message = Message::Done;
                }
                if self.0 == Order::NoTrace {
                    data.outbox.remove(&mail);
                }
                Progress::Committed
            }
            _ => match &mut process.wish {
                Wish::Work(rounds) if *rounds > 1 => {
                    *rounds -= 1;
                    process.at = 0;
                    Progress::Committed
                }
                _ => Progress::Answered,
            },
        }
    }
}

/// Copies messages to the outbox under their own ids. One that is there is left alone.
fn copy(data: &mut Data, mails: &BTreeSet<Mail>) {
    for mail in mails {
        data.outbox.entry(*mail).or_insert(Message::Waiting);
    }
}

fn take_out(data: &mut Data, mails: &BTreeSet<Mail>) {
    if let Some(account) = &mut data.account {
        account.out.retain(|mail| !mails.contains(mail));
    }
}

fn deletes(order: Order, is_refused: bool) -> Deletion {
    let wishes = [Wish::Delete { is_refused }, Wish::MailLink, Wish::Work(2)];
    Deletion(order, wishes.into())
}

fn mails(order: Order) -> Deletion {
    let wishes = [Wish::MailLink, Wish::Work(1), Wish::Work(2)];
    Deletion(order, wishes.into())
}

#[test]
fn a_deletion_is_whole_and_its_mail_is_sent_once() {
    holds_everywhere(&deletes(Order::Real, false), 1);
    holds_everywhere(&mails(Order::Real), 1);
}

#[test]
fn wrong_orders_send_twice_too_early_or_never() {
    for (recipe, deaths, property) in [
        (
            deletes(Order::FarewellFirst, true),
            0,
            "a farewell goes to the deleted only",
        ),
        (
            mails(Order::TakenOutFirst),
            1,
            "what was written is sent or waits",
        ),
        (mails(Order::NoTrace), 1, "a message is sent once"),
        (
            deletes(Order::AccountFirst, false),
            1,
            "nothing is left of an account that is gone",
        ),
        (mails(Order::Unclaimed), 0, "a message is sent once"),
    ] {
        breaks(recipe, deaths, property);
    }
}
