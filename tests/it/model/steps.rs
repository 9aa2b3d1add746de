//! What people do in a sequence, and how a sequence is drawn.
//!
//! A step names sessions, links and accounts by how recent they are. [`super::world::World::resolve`] says which ones
//! those are, so a sequence stays meaningful when steps are left out of it.

use proptest::collection::vec;
use proptest::prelude::*;

/// How many email addresses a sequence is about.
pub(super) const ADDRESSES: usize = 4;
/// How many passwords there are.
pub(super) const PASSWORDS: usize = 3;
/// The longest sequence.
const LENGTH: usize = 40;

/// Which session token a request carries.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bearer {
    /// One of the newest.
    Recent(usize),
    /// The newest of an administrator.
    Admin,
    /// One of the newest mailed tokens, which is no session.
    Mailed(usize),
    /// None. Also what the others become if there is no such token.
    Nobody,
    /// Resolved: the token of this number.
    Token(usize),
    /// Resolved: the mailed token of this number.
    Link(usize),
}

/// Which mailed token a request carries.
#[derive(Debug, Clone, Copy)]
pub(super) enum Proof {
    /// One of the newest of the kind that the route takes.
    Fitting(usize),
    /// One of the newest of any kind.
    Any(usize),
    /// A session token, which is no link.
    Session(usize),
    /// One that nobody was ever sent.
    Made,
    /// Resolved: the mailed token of this number.
    Link(usize),
    /// Resolved: the session token of this number.
    Token(usize),
}

/// Which password is tried.
#[derive(Debug, Clone, Copy)]
pub(super) enum Guess {
    /// The right one, if there is one.
    Right,
    /// This one. Also what the other becomes.
    Is(usize),
}

/// Which account an administrator acts on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    /// One of the newest, whether or not it still exists.
    Recent(usize),
    /// Resolved: the account of this number.
    Account(usize),
    /// An id that no account has.
    Nobody,
}

/// What an administrator does to an account.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Get,
    SetActive(bool),
    SetSuperuser(bool),
    SetVerified(bool),
    Unlock,
    RevokeTokens,
    SetPassword(usize),
    SendReset,
    ResendVerification,
    Delete,
}

/// An account that an administrator creates.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewAccount {
    pub(super) address: usize,
    pub(super) password: Option<usize>,
    pub(super) is_verified: bool,
    pub(super) is_superuser: bool,
    pub(super) invite: bool,
}

/// One thing that somebody does, or time that passes.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Register {
        address: usize,
        password: usize,
        name: Option<usize>,
    },
    Verify {
        proof: Proof,
        password: Option<Guess>,
    },
    ResendVerification {
        address: usize,
    },
    LogIn {
        address: usize,
        guess: Guess,
    },
    Me(Bearer),
    Rename {
        bearer: Bearer,
        name: Option<usize>,
    },
    ChangePassword {
        bearer: Bearer,
        guess: Guess,
        new: usize,
    },
    Forgot {
        address: usize,
    },
    Reset {
        proof: Proof,
        new: usize,
    },
    ChangeEmail {
        bearer: Bearer,
        guess: Guess,
        to: usize,
    },
    ConfirmEmail(Proof),
    UndoEmail(Proof),
    Renew(Bearer),
    Sessions(Bearer),
    EndSession {
        bearer: Bearer,
        of: Bearer,
    },
    EndOthers(Bearer),
    LogOut(Bearer),
    DeleteAccount {
        bearer: Bearer,
        guess: Guess,
    },
    Administer {
        bearer: Bearer,
        target: Target,
        act: Act,
    },
    Create {
        bearer: Bearer,
        new: NewAccount,
    },
    PromotePending {
        bearer: Bearer,
        address: usize,
    },
    DeletePending {
        bearer: Bearer,
        address: usize,
    },
    Stats(Bearer),
    /// Seconds.
    Pass(u64),
}

/// How far back something is: mostly the newest.
fn back() -> impl Strategy<Value = usize> {
    prop_oneof![5 => Just(0), 3 => Just(1), 2 => Just(2), 2 => 3..8_usize]
}

fn bearer() -> impl Strategy<Value = Bearer> {
    prop_oneof![
        24 => back().prop_map(Bearer::Recent),
        4 => Just(Bearer::Admin),
        1 => back().prop_map(Bearer::Mailed),
        1 => Just(Bearer::Nobody),
    ]
}

fn admin() -> impl Strategy<Value = Bearer> {
    prop_oneof![8 => Just(Bearer::Admin), 1 => bearer()]
}

fn proof() -> impl Strategy<Value = Proof> {
    prop_oneof![
        16 => back().prop_map(Proof::Fitting),
        2 => back().prop_map(Proof::Any),
        1 => back().prop_map(Proof::Session),
        1 => Just(Proof::Made),
    ]
}

fn guess() -> impl Strategy<Value = Guess> {
    prop_oneof![3 => Just(Guess::Right), 2 => (0..PASSWORDS).prop_map(Guess::Is)]
}

fn address() -> impl Strategy<Value = usize> + Clone {
    // The administrator's own address is the last one: it is named less often.
    prop_oneof![6 => Just(0), 5 => Just(1), 3 => Just(2), 1 => Just(ADDRESSES - 1)]
}

fn name() -> impl Strategy<Value = Option<usize>> {
    prop_oneof![Just(None), (0..3_usize).prop_map(Some)]
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![12 => back().prop_map(Target::Recent), 1 => Just(Target::Nobody)]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Get),
        4 => Just(Act::SetActive(false)),
        4 => Just(Act::SetActive(true)),
        3 => any::<bool>().prop_map(Act::SetSuperuser),
        3 => any::<bool>().prop_map(Act::SetVerified),
        2 => Just(Act::Unlock),
        2 => Just(Act::RevokeTokens),
        2 => (0..PASSWORDS).prop_map(Act::SetPassword),
        2 => Just(Act::SendReset),
        2 => Just(Act::ResendVerification),
        1 => Just(Act::Delete),
    ]
}

fn new_account() -> impl Strategy<Value = NewAccount> {
    let password = prop_oneof![1 => Just(None), 3 => (0..PASSWORDS).prop_map(Some)];
    let flags = (any::<bool>(), prop::bool::weighted(0.2), any::<bool>());
    (address(), password, flags).prop_map(
        |(address, password, (is_verified, is_superuser, invite))| NewAccount {
            address,
            password,
            is_verified,
            is_superuser,
            invite,
        },
    )
}

/// From a second to longer than everything but an undo lasts, and to the very ends of what the model knows.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => Just(1),
        3 => 2..60_u64,
        3 => Just(300),
        2 => prop::sample::select(vec![899, 900, 901, 1799, 1800, 3599, 3600]),
        2 => prop::sample::select(vec![7199, 7200, 3 * 7200, 86_399, 86_400]),
        1 => prop::sample::select(vec![172_800, 604_799, 604_800]),
    ]
}

fn in_session() -> impl Strategy<Value = Step> {
    let new = 0..PASSWORDS;
    prop_oneof![
        6 => bearer().prop_map(Step::Me),
        1 => (bearer(), name()).prop_map(|(bearer, name)| Step::Rename { bearer, name }),
        4 => (bearer(), guess(), new)
            .prop_map(|(bearer, guess, new)| Step::ChangePassword { bearer, guess, new }),
        5 => (bearer(), guess(), address())
            .prop_map(|(bearer, guess, to)| Step::ChangeEmail { bearer, guess, to }),
        4 => bearer().prop_map(Step::Renew),
        2 => bearer().prop_map(Step::Sessions),
        2 => (bearer(), bearer()).prop_map(|(bearer, of)| Step::EndSession { bearer, of }),
        1 => bearer().prop_map(Step::EndOthers),
        1 => bearer().prop_map(Step::LogOut),
        1 => (bearer(), guess()).prop_map(|(bearer, guess)| Step::DeleteAccount { bearer, guess }),
    ]
}

fn by_mail() -> impl Strategy<Value = Step> {
    let new = 0..PASSWORDS;
    let password = prop_oneof![3 => Just(None), 1 => guess().prop_map(Some)];
    prop_oneof![
        5 => (address(), 0..PASSWORDS, name())
            .prop_map(|(address, password, name)| Step::Register { address, password, name }),
        6 => (proof(), password).prop_map(|(proof, password)| Step::Verify { proof, password }),
        2 => address().prop_map(|address| Step::ResendVerification { address }),
        3 => address().prop_map(|address| Step::Forgot { address }),
        3 => (proof(), new).prop_map(|(proof, new)| Step::Reset { proof, new }),
        5 => proof().prop_map(Step::ConfirmEmail),
        3 => proof().prop_map(Step::UndoEmail),
    ]
}

fn by_admin() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (admin(), target(), act())
            .prop_map(|(bearer, target, act)| Step::Administer { bearer, target, act }),
        3 => (admin(), new_account()).prop_map(|(bearer, new)| Step::Create { bearer, new }),
        1 => (admin(), address())
            .prop_map(|(bearer, address)| Step::PromotePending { bearer, address }),
        1 => (admin(), address())
            .prop_map(|(bearer, address)| Step::DeletePending { bearer, address }),
        1 => admin().prop_map(Step::Stats),
    ]
}

/// A sequence of steps.
pub(super) fn sequence() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        10 => by_mail(),
        6 => (address(), guess()).prop_map(|(address, guess)| Step::LogIn { address, guess }),
        10 => in_session(),
        4 => by_admin(),
        3 => pause().prop_map(Step::Pass),
    ];
    vec(step, 8..=LENGTH)
}
