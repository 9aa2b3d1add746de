//! The state of the reference model, and how it finds what a step names.
//!
//! It is written from the contract of the API, and takes nothing from the crate: no type, no constant. Sessions and links
//! are marked when they end, so nothing here knows of cut-offs or of the order of moments within a second.

use std::collections::BTreeMap;

use super::steps::{Bearer, Guess, Proof, Step, Target};

/// Wrong passwords that lock an address out.
pub(super) const LOCKOUT: usize = 3;
/// For so many seconds.
pub(super) const WINDOW: u64 = 900;
/// Mails of one purpose to one address in an hour.
pub(super) const MAILS: usize = 3;
/// Seconds that a session's token is valid.
pub(super) const SESSION: u64 = 7200;
/// Seconds after the login until which a session can be renewed.
pub(super) const LONGEST: u64 = 3 * 7200;
/// Seconds that the links work.
pub(super) const VERIFICATION: u64 = 86_400;
pub(super) const RESET: u64 = 1800;
pub(super) const EMAIL_CHANGE: u64 = 3600;
pub(super) const INVITE: u64 = 604_800;
pub(super) const UNDO: u64 = 604_800;

const HOUR: u64 = 3600;

/// An account, whether or not it still exists.
#[derive(Debug, Clone)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts of an account"
)]
pub(super) struct Account {
    pub(super) exists: bool,
    pub(super) address: usize,
    pub(super) password: Option<usize>,
    pub(super) is_active: bool,
    pub(super) is_verified: bool,
    pub(super) is_superuser: bool,
    pub(super) name: Option<usize>,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) last_login: Option<u64>,
    /// When all its sessions and links ended last.
    pub(super) ended: Option<u64>,
}

impl Account {
    pub(super) fn new(address: usize, password: Option<usize>, now: u64) -> Self {
        Self {
            exists: true,
            address,
            password,
            is_active: true,
            is_verified: true,
            is_superuser: false,
            name: None,
            created: now,
            updated: now,
            last_login: None,
            ended: None,
        }
    }
}

/// What waits for the link to an address.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) password: Option<usize>,
    pub(super) name: Option<usize>,
    /// The only link that works.
    pub(super) link: usize,
    pub(super) expires: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) account: usize,
    pub(super) created: u64,
    pub(super) expires: u64,
    pub(super) has_ended: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) session: usize,
    pub(super) expires: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Verification,
    Reset,
    /// To this address.
    EmailChange(usize),
    /// To this address, which was left at that second.
    Undo(usize, u64),
}

#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) kind: Kind,
    /// Whose it is; a verification link is an address's.
    pub(super) account: Option<usize>,
    pub(super) expires: u64,
    pub(super) has_ended: bool,
}

/// What a mail is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    Verification,
    Reset,
    EmailChange,
    Notice,
}

#[derive(Debug, Clone, Default)]
pub(super) struct World {
    /// Seconds since the sequence began.
    pub(super) now: u64,
    pub(super) accounts: Vec<Account>,
    pub(super) pending: BTreeMap<usize, Pending>,
    pub(super) sessions: Vec<Session>,
    pub(super) tokens: Vec<Token>,
    /// Those that were mailed. A link that nobody got is not among them.
    pub(super) links: Vec<Link>,
    pub(super) failures: BTreeMap<usize, Vec<u64>>,
    sent: BTreeMap<(Purpose, usize), Vec<u64>>,
}

impl World {
    /// The account that has an address.
    pub(super) fn holder(&self, address: usize) -> Option<usize> {
        let holds = |account: &Account| account.exists && account.address == address;
        self.accounts.iter().position(holds)
    }

    /// What still waits at an address.
    pub(super) fn waiting(&self, address: usize) -> Option<&Pending> {
        let pending = self.pending.get(&address);
        pending.filter(|pending| self.now < pending.expires)
    }

    /// The session that a token opens, and its account.
    pub(super) fn open(&self, bearer: Bearer) -> Option<(usize, usize)> {
        let Bearer::Token(token) = bearer else {
            return None;
        };
        let token = &self.tokens[token];
        let session = &self.sessions[token.session];
        let account = &self.accounts[session.account];
        let opens =
            self.now < token.expires && !session.has_ended && account.exists && account.is_active;
        opens.then_some((token.session, session.account))
    }

    /// The account of a link that works, if it is of one of these kinds.
    pub(super) fn follow(&self, proof: Proof, fits: impl Fn(Kind) -> bool) -> Option<usize> {
        let Proof::Link(link) = proof else {
            return None;
        };
        let link = &self.links[link];
        let account = link.account?;
        let of = &self.accounts[account];
        let works = fits(link.kind)
            && !link.has_ended
            && self.now < link.expires
            && of.exists
            && of.is_active;
        works.then_some(account)
    }

    /// Ends all sessions and links of an account. Undoing a change of the address is a right of its own.
    pub(super) fn end_all(&mut self, account: usize) {
        for session in &mut self.sessions {
            session.has_ended |= session.account == account;
        }
        for link in &mut self.links {
            let is_undo = matches!(link.kind, Kind::Undo(..));
            link.has_ended |= link.account == Some(account) && !is_undo;
        }
        let now = self.now;
        let account = &mut self.accounts[account];
        (account.ended, account.updated) = (Some(now), now);
    }

    pub(super) fn is_last_superuser(&self, account: usize) -> bool {
        let rules = |of: &Account| of.exists && of.is_active && of.is_superuser;
        let mut others = self.accounts.iter().enumerate();
        rules(&self.accounts[account]) && !others.any(|(id, of)| id != account && rules(of))
    }

    /// Mails of a purpose that count, oldest first.
    fn counted(&self, purpose: Purpose, address: usize) -> Vec<u64> {
        let sent = self.sent.get(&(purpose, address)).into_iter().flatten();
        sent.copied().filter(|at| at + HOUR > self.now).collect()
    }

    /// Counts a mail, unless the hour's mails are spent. If all of them were sent by then, none is of use, and one more is
    /// sent.
    pub(super) fn spend(
        &mut self,
        purpose: Purpose,
        address: usize,
        useless_until: Option<i128>,
    ) -> bool {
        let counted = self.counted(purpose, address);
        let nothing_useful =
            useless_until.is_some_and(|until| counted.iter().all(|at| i128::from(*at) <= until));
        let fits = counted.len() < MAILS || nothing_useful;
        if fits {
            let sent = self.sent.entry((purpose, address)).or_default();
            sent.push(self.now);
        }
        fits
    }

    /// Seconds until an address may try a password again, if it is locked out.
    pub(super) fn locked_for(&self, address: usize) -> Option<u64> {
        let failures = self.failures.get(&address).into_iter().flatten();
        let counted: Vec<u64> = failures
            .copied()
            .filter(|at| at + WINDOW > self.now)
            .collect();
        let first = counted.len().checked_sub(LOCKOUT)?;
        Some(counted[first] + WINDOW - self.now)
    }

    /// The same step, which names everything by its number.
    #[allow(clippy::too_many_lines, reason = "one arm a kind of step")]
    pub(super) fn resolve(&self, step: &Step) -> Step {
        let bearer = |which: Bearer| self.bearer(which);
        let guess = |by: Bearer, guess: Guess| self.guess(self.owner(by), guess);
        let mut step = step.clone();
        match &mut step {
            Step::Register { .. }
            | Step::ResendVerification { .. }
            | Step::Forgot { .. }
            | Step::Pass(_) => {}
            Step::Verify { proof, password } => {
                *proof = self.proof(*proof, |kind| kind == Kind::Verification);
                *password = password.map(|password| self.registrant(*proof, password));
            }
            Step::LogIn { address, guess } => {
                *guess = self.guess(self.holder(*address), *guess);
            }
            Step::Reset { proof, .. } => {
                *proof = self.proof(*proof, |kind| kind == Kind::Reset);
            }
            Step::ConfirmEmail(proof) => {
                *proof = self.proof(*proof, |kind| matches!(kind, Kind::EmailChange(_)));
            }
            Step::UndoEmail(proof) => {
                *proof = self.proof(*proof, |kind| matches!(kind, Kind::Undo(..)));
            }
            Step::ChangePassword {
                bearer: by,
                guess: tried,
                ..
            }
            | Step::ChangeEmail {
                bearer: by,
                guess: tried,
                ..
            }
            | Step::DeleteAccount {
                bearer: by,
                guess: tried,
            } => {
                *by = bearer(*by);
                *tried = guess(*by, *tried);
            }
            Step::EndSession { bearer: by, of } => {
                *by = bearer(*by);
                *of = match bearer(*of) {
                    Bearer::Token(token) => Bearer::Token(token),
                    _ => Bearer::Nobody,
                };
            }
            Step::Administer {
                bearer: by, target, ..
            } => {
                *by = bearer(*by);
                *target = match *target {
                    Target::Recent(back) => nth_newest(self.accounts.len(), back)
                        .map_or(Target::Nobody, Target::Account),
                    other => other,
                };
            }
            Step::Me(by)
            | Step::Renew(by)
            | Step::Sessions(by)
            | Step::EndOthers(by)
            | Step::LogOut(by)
            | Step::Stats(by)
            | Step::Rename { bearer: by, .. }
            | Step::Create { bearer: by, .. }
            | Step::PromotePending { bearer: by, .. }
            | Step::DeletePending { bearer: by, .. } => *by = bearer(*by),
        }
        step
    }

    fn bearer(&self, which: Bearer) -> Bearer {
        match which {
            Bearer::Recent(back) => {
                nth_newest(self.tokens.len(), back).map_or(Bearer::Nobody, Bearer::Token)
            }
            Bearer::Admin => {
                let rules = |token: &usize| {
                    let opened = self.open(Bearer::Token(*token));
                    opened.is_some_and(|(_, account)| self.accounts[account].is_superuser)
                };
                let newest = (0..self.tokens.len()).rev().find(rules);
                newest.map_or_else(|| self.bearer(Bearer::Recent(0)), Bearer::Token)
            }
            Bearer::Mailed(back) => {
                nth_newest(self.links.len(), back).map_or(Bearer::Nobody, Bearer::Link)
            }
            resolved => resolved,
        }
    }

    fn proof(&self, which: Proof, fits: impl Fn(Kind) -> bool) -> Proof {
        match which {
            Proof::Fitting(back) => {
                let links = self.links.iter().enumerate();
                let fitting: Vec<usize> = links
                    .filter(|(_, link)| fits(link.kind))
                    .map(|(link, _)| link)
                    .collect();
                nth_newest(fitting.len(), back).map_or(Proof::Made, |at| Proof::Link(fitting[at]))
            }
            Proof::Any(back) => nth_newest(self.links.len(), back).map_or(Proof::Made, Proof::Link),
            Proof::Session(back) => {
                nth_newest(self.tokens.len(), back).map_or(Proof::Made, Proof::Token)
            }
            resolved => resolved,
        }
    }

    /// The account that a token was issued to, whether or not it still opens it.
    fn owner(&self, bearer: Bearer) -> Option<usize> {
        match bearer {
            Bearer::Token(token) => Some(self.sessions[self.tokens[token].session].account),
            _ => None,
        }
    }

    fn guess(&self, account: Option<usize>, guess: Guess) -> Guess {
        let right = account.and_then(|account| self.accounts[account].password);
        match guess {
            Guess::Right => Guess::Is(right.unwrap_or(0)),
            is @ Guess::Is(_) => is,
        }
    }

    fn registrant(&self, proof: Proof, guess: Guess) -> Guess {
        let mut waiting = self.pending.values();
        let link = match proof {
            Proof::Link(link) => Some(link),
            _ => None,
        };
        let found = waiting.find(|pending| Some(pending.link) == link);
        let right = found.and_then(|pending| pending.password);
        match guess {
            Guess::Right => Guess::Is(right.unwrap_or(0)),
            is @ Guess::Is(_) => is,
        }
    }
}

/// The number of the one that is so far back from the newest of `count`, or the oldest.
fn nth_newest(count: usize, back: usize) -> Option<usize> {
    let newest = count.checked_sub(1)?;
    Some(newest - back.min(newest))
}
