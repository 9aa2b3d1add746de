//! Mailed links, and changes of passwords and email addresses: each link works once, and a change ends everything
//! older.

use super::*;
use crate::store::{
    ChangeEmail, Conditional, EmailChange, IssueLink, LinkIssue, PasswordChange, PasswordProof,
};

fn link(user_id: Option<Id>, recipient: &str, issued_at: Timestamp, limit: u32) -> LinkIssue {
    LinkIssue {
        only_if: None,
        user_id,
        email: None,
        verified_hash: None,
        issued_at,
        cap: capped(recipient, Some(limit), at(0)),
    }
}

/// Issues a link to an account, which must succeed.
pub(super) async fn issue_link(store: &dyn Store, user: &User, issued_at: Timestamp) -> Timestamp {
    let link = link(Some(user.id), user.email.as_str(), issued_at, 100);
    let issued = store.issue_link(link, Effects::default()).await;
    assert_eq!(issued.unwrap(), IssueLink::Queued);
    issued_at
}

pub(super) fn by(user: &User, proof: PasswordProof, now: Timestamp) -> PasswordChange {
    PasswordChange {
        user_id: user.id,
        new_hash: hash("second"),
        proof,
        attempt: None,
        now,
    }
}

/// Returns a change permitted by the password that the account has in `user`.
fn by_password(user: &User, now: Timestamp) -> PasswordChange {
    let verified = user.hashed_password.clone().unwrap();
    by(user, PasswordProof::Verified(verified), now)
}

pub(super) async fn change_password(store: &dyn Store, change: PasswordChange) -> Conditional {
    let changed = store.change_password(change, Effects::default()).await;
    changed.unwrap()
}

pub(super) fn to_address(user: &User, new_email: &str, issued_at: Timestamp) -> EmailChange {
    EmailChange {
        user_id: user.id,
        old_email: Some(user.email.clone()),
        new_email: email(new_email),
        issued_at,
        undo: None,
        now: at(0),
    }
}

pub(super) async fn change_email(store: &dyn Store, change: EmailChange) -> ChangeEmail {
    let changed = store.change_email(change, Effects::default()).await;
    changed.unwrap()
}

/// The outcome of a change that is conditional on a proof.
pub(super) trait Outcome: std::fmt::Debug + Sized {
    fn is_stale(&self) -> bool;
    fn user(self) -> Option<User>;
}

impl Outcome for Conditional {
    fn is_stale(&self) -> bool {
        matches!(self, Self::Stale)
    }

    fn user(self) -> Option<User> {
        match self {
            Self::Done(user) => Some(user),
            Self::Stale => None,
        }
    }
}

impl Outcome for ChangeEmail {
    fn is_stale(&self) -> bool {
        matches!(self, Self::Stale)
    }

    fn user(self) -> Option<User> {
        match self {
            Self::Done(user) => Some(user),
            Self::Stale | Self::EmailTaken => None,
        }
    }
}

pub(super) fn done(outcome: impl Outcome) -> User {
    let refused = format!("not changed: {outcome:?}");
    outcome.user().expect(&refused)
}

pub(super) fn is_stale(outcome: &impl Outcome) -> bool {
    outcome.is_stale()
}

/// Returns the cut-off that a change has set.
fn cut(outcome: impl Outcome) -> Timestamp {
    done(outcome).tokens_invalidated_after.unwrap()
}

/// Returns a message of each kind for `user`, first the one that a change drops.
pub(super) fn messages_of(user: &User) -> Vec<QueuedMessage> {
    let of = |kind, dies_with_change| QueuedMessage {
        kind,
        dies_with_change,
        user_id: Some(user.id),
        ..mail(user.email.as_str())
    };
    vec![
        of(MessageKind::Email, true),
        of(MessageKind::Email, false),
        of(MessageKind::Webhook, false),
    ]
}

pub(super) async fn queued(store: &dyn Store) -> Vec<Id> {
    let page = store
        .messages(&MessageFilter::default(), None, 100)
        .await
        .unwrap();
    let mut ids: Vec<Id> = page.items.iter().map(|entry| entry.id).collect();
    ids.sort();
    ids
}

pub(in crate::store) async fn a_link_is_queued_for_an_active_account(db: &dyn Database) {
    let store = db.open().await;
    let cut = User {
        tokens_invalidated_after: Some(at(5)),
        ..user("ada@example.com")
    };
    let ada = create(&*store, cut).await;
    let asked = || effects("ada@example.com", EventKind::PasswordResetRequested);
    let ask = async |user_id, issued_at| {
        let link = link(user_id, "ada@example.com", issued_at, 2);
        store.issue_link(link, asked()).await.unwrap()
    };
    // A link issued in the millisecond of the cut-off is too early, and an account id that does not exist is not an
    // unknown address. None of these counts towards the limit.
    assert_eq!(ask(Some(ada.id), at(5)).await, IssueLink::Stale);
    assert_eq!(ask(Some(fresh_id()), at(6)).await, IssueLink::Stale);
    change(&*store, ada.id, enable(false), at(5)).await;
    assert_eq!(ask(Some(ada.id), at(HOUR)).await, IssueLink::Stale);
    change(&*store, ada.id, enable(true), at(5)).await;
    assert_eq!(waiting(&*store).await, 0);

    assert_eq!(ask(Some(ada.id), at(HOUR)).await, IssueLink::Queued);
    let trail = store.events(&EventFilter::default(), None, 10).await;
    let trail = trail.unwrap().items;
    assert_eq!(trail.len(), 1);
    assert_eq!(
        (trail[0].user_id, &trail[0].email),
        (Some(ada.id), &Some(ada.email.clone()))
    );
    // An unknown email address gets no mail, and has a limit of its own.
    assert_eq!(ask(None, at(HOUR)).await, IssueLink::Nobody);
    assert_eq!(ask(None, at(HOUR)).await, IssueLink::Nobody);
    assert_eq!(ask(None, at(HOUR)).await, IssueLink::CapSpent);
    assert_eq!(ask(Some(ada.id), at(HOUR)).await, IssueLink::Queued);
    assert_eq!(ask(Some(ada.id), at(HOUR)).await, IssueLink::CapSpent);
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (2, 2)
    );
    let same = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(
        same.updated_at,
        at(5),
        "to ask for a link changes no account"
    );
}

pub(in crate::store) async fn a_link_sets_a_password_once(db: &dyn Database) {
    let store = db.open().await;
    let unproven = User {
        is_verified: false,
        ..user("ada@example.com")
    };
    let ada = create(&*store, unproven).await;
    let bob = create(&*store, user("bob@example.com")).await;
    db.plant(pending("ada@example.com", proof("1"))).await;
    issue_link(&*store, &ada, at(5)).await;
    let through = |now| by(&ada, PasswordProof::Link(at(5)), now);
    let told = effects("ada@example.com", EventKind::PasswordResetCompleted);
    let changed = store.change_password(through(at(9)), told).await.unwrap();
    let changed = done(changed);
    let expected = User {
        is_verified: true,
        updated_at: at(9),
        tokens_invalidated_after: Some(at(9)),
        ..ada.clone()
    };
    assert_eq!(format!("{changed:?}"), format!("{expected:?}"));
    assert_eq!(changed.hashed_password, Some(hash("second")));
    let waits = store.pending_by_email(&ada.email, at(9)).await.unwrap();
    assert!(waits.is_none(), "the address is proven");
    assert_eq!(recorded(&*store).await, [EventKind::PasswordResetCompleted]);
    assert_eq!(waiting(&*store).await, 1);
    assert_eq!(store.counts(at(9)).await.unwrap().verified_users, 2);

    let told = effects("ada@example.com", EventKind::PasswordResetCompleted);
    let again = store.change_password(through(at(10)), told).await.unwrap();
    assert!(is_stale(&again));
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (1, 1)
    );
    let untouched = store.user(bob.id).await.unwrap().unwrap();
    assert_eq!(format!("{untouched:?}"), format!("{bob:?}"));
    assert_eq!(untouched.hashed_password, Some(hash("first")));
}

pub(in crate::store) async fn parallel_uses_of_one_link_set_one_password(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    issue_link(&*store, &ada, at(5)).await;
    let id = ada.id;
    let answers = race(db, 20, move |store, number| {
        let change = PasswordChange {
            new_hash: hash(&format!("new{number}")),
            // Some with a clock that has not yet reached the link's time of issue.
            ..by(
                &ada,
                PasswordProof::Link(at(5)),
                at(i64::try_from(number).unwrap()),
            )
        };
        let told = effects("ada@example.com", EventKind::PasswordResetCompleted);
        async move { store.change_password(change, told).await.unwrap() }
    })
    .await;
    let stale = answers.iter().filter(|answer| answer.is_stale()).count();
    assert_eq!(stale, 19);
    let winner = answers.into_iter().find(|answer| !is_stale(answer));
    let read = store.user(id).await.unwrap().unwrap();
    assert_eq!(read.hashed_password, done(winner.unwrap()).hashed_password);
    assert_eq!(recorded(&*store).await, [EventKind::PasswordResetCompleted]);
    assert_eq!(waiting(&*store).await, 1);
}

pub(in crate::store) async fn parallel_changes_of_one_verified_password_make_one(
    db: &dyn Database,
) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let answers = race(db, 20, move |store, number| {
        let change = PasswordChange {
            new_hash: hash(&format!("new{number}")),
            ..by_password(&ada, at(0))
        };
        async move { change_password(&*store, change).await }
    })
    .await;
    let stale = answers.iter().filter(|answer| answer.is_stale()).count();
    assert_eq!(stale, 19, "the hash that the others verified is gone");
}

pub(in crate::store) async fn a_password_needs_a_proof_that_holds(db: &dyn Database) {
    let store = db.open().await;
    let unproven = User {
        is_verified: false,
        ..user("ada@example.com")
    };
    let ada = create(&*store, unproven).await;
    let stranger = user("gone@example.com");
    let older = User {
        hashed_password: Some(hash("older")),
        ..ada.clone()
    };
    assert!(is_stale(
        &change_password(&*store, by_password(&older, at(1))).await
    ));
    let changed = done(change_password(&*store, by_password(&ada, at(1))).await);
    assert!(!changed.is_verified, "a password proves no mailbox");
    assert_eq!(changed.hashed_password, Some(hash("second")));

    change(&*store, ada.id, enable(false), at(2)).await;
    let read = store.user(ada.id).await.unwrap().unwrap();
    let through = PasswordProof::Link(at(HOUR));
    for refused in [by_password(&read, at(3)), by(&ada, through.clone(), at(3))] {
        let answer = change_password(&*store, refused).await;
        assert!(is_stale(&answer), "a disabled account keeps its password");
    }
    for refused in [
        by_password(&stranger, at(3)),
        by(&stranger, through, at(3)),
        by(&stranger, PasswordProof::Administrator, at(3)),
    ] {
        assert!(is_stale(&change_password(&*store, refused).await));
    }
    let same = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(format!("{same:?}"), format!("{read:?}"));
    let set = by(&ada, PasswordProof::Administrator, at(4));
    let set = PasswordChange {
        new_hash: hash("set"),
        ..set
    };
    let set = done(change_password(&*store, set).await);
    assert_eq!(set.hashed_password, Some(hash("set")));
    assert!(!set.is_active && !set.is_verified);
}

pub(in crate::store) async fn a_new_password_clears_the_failures_and_its_own_reservation(
    db: &dyn Database,
) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    fail(&*store, "bob@example.com", at(0)).await;
    fail(&*store, "ada@example.com", at(0)).await;
    let own = attempt("ada@example.com", at(1));
    let other = attempt("ada@example.com", at(1));
    for running in [&own, &other] {
        let reserved = store.reserve_attempt(running.clone(), RULE).await;
        assert_eq!(reserved.unwrap(), crate::model::Reservation::Granted);
    }
    let settled = PasswordChange {
        attempt: Some(own.id),
        ..by_password(&ada, at(2))
    };
    let stale = PasswordChange {
        proof: PasswordProof::Verified(hash("older")),
        ..settled.clone()
    };
    assert!(is_stale(&change_password(&*store, stale).await));
    let lockout = store.lockout(&ada.email, RULE, at(2)).await.unwrap();
    assert_eq!(lockout.failures, 1, "a refused change clears nothing");
    done(change_password(&*store, settled).await);
    // Only the other attempt is left, and it may still fail.
    let late = at(2 * MINUTE);
    let lockout = store.lockout(&ada.email, RULE, late).await.unwrap();
    assert_eq!(lockout.failures, 1);
    let bob = store.lockout(&email("bob@example.com"), RULE, late).await;
    assert_eq!(bob.unwrap().failures, 1);
    // A used link ends a lockout.
    for second in 0..2 {
        fail(&*store, "ada@example.com", at(3 * MINUTE + second)).await;
    }
    let locked = store
        .lockout(&ada.email, RULE, at(4 * MINUTE))
        .await
        .unwrap();
    assert!(locked.locked_until.is_some());
    let through = by(&ada, PasswordProof::Link(at(HOUR)), at(4 * MINUTE));
    done(change_password(&*store, through).await);
    let lockout = store
        .lockout(&ada.email, RULE, at(4 * MINUTE))
        .await
        .unwrap();
    assert_eq!(lockout.failures, 0);
}

pub(in crate::store) async fn a_login_never_outlives_a_parallel_password_change(db: &dyn Database) {
    for round in 0..25 {
        let store = db.open().await;
        let ada = create(&*store, user(&format!("ada{round}@example.com"))).await;
        let id = ada.id;
        let issued = race(db, 8, move |store, number| {
            let login = issue(&ada, at(i64::try_from(number).unwrap() % 3));
            let change = match round % 3 {
                0 => by_password(&ada, at(0)),
                1 => by(&ada, PasswordProof::Link(at(1)), at(0)),
                _ => by(&ada, PasswordProof::Administrator, at(0)),
            };
            async move {
                if number == 4 {
                    done(change_password(&*store, change).await);
                    return None;
                }
                let issued = store.issue_session(login, Effects::default()).await;
                match issued.unwrap() {
                    IssueSession::Issued(session) => Some(session.issued_at),
                    IssueSession::HashChanged => None,
                    IssueSession::Refused => panic!("the account is active"),
                }
            }
        })
        .await;
        let read = store.user(id).await.unwrap().unwrap();
        let cut_off = read.tokens_invalidated_after;
        for issued_at in issued.into_iter().flatten() {
            assert!(Some(issued_at) <= cut_off, "a session outlives the change");
        }
        // The new password works at once, even if the clock stands still.
        assert!(Some(issued_at(&*store, &read, at(0)).await) > cut_off);
    }
}

pub(in crate::store) async fn changes_within_one_millisecond_are_told_apart(db: &dyn Database) {
    let store = db.open().await;
    let mut ada = create(&*store, user("ada@example.com")).await;
    let mut cut_off = at(-1);
    for round in 0..40 {
        let before = issued_at(&*store, &ada, at(0)).await;
        assert!(before > cut_off, "a login right after a change works");
        let link = issue_link(&*store, &ada, before).await;
        let change = PasswordChange {
            new_hash: hash(&format!("round{round}")),
            ..match round % 3 {
                0 => by_password(&ada, at(0)),
                1 => by(&ada, PasswordProof::Link(link), at(0)),
                _ => by(&ada, PasswordProof::Administrator, at(0)),
            }
        };
        ada = done(change_password(&*store, change).await);
        let raised = ada.tokens_invalidated_after.unwrap();
        assert!(raised > cut_off && raised >= before, "{raised}");
        let late = by(&ada, PasswordProof::Link(link), at(0));
        assert!(is_stale(&change_password(&*store, late).await));
        // Two changes with nothing issued in between have different cut-offs.
        let again = by(&ada, PasswordProof::Administrator, at(0));
        ada = done(change_password(&*store, again).await);
        cut_off = ada.tokens_invalidated_after.unwrap();
        assert!(cut_off > raised);
    }
}

pub(in crate::store) async fn a_change_ends_links_of_a_clock_that_jumped_back(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let proven = to_address(&ada, "new@example.com", at(HOUR));
    // A reset link and an email change link, both issued with a clock an hour ahead.
    issue_link(&*store, &ada, at(HOUR)).await;
    issue_link(&*store, &ada, at(HOUR - 1)).await;
    let changed = change_password(&*store, by_password(&ada, at(0))).await;
    assert_eq!(cut(changed), at(HOUR));
    for issued_at in [HOUR - 1, HOUR] {
        let through = by(&ada, PasswordProof::Link(at(issued_at)), at(0));
        assert!(is_stale(&change_password(&*store, through).await));
    }
    assert!(is_stale(&change_email(&*store, proven).await));

    // A link that another program issued becomes known only when it is used.
    let foreign = || by(&ada, PasswordProof::Link(at(2 * HOUR)), at(0));
    assert_eq!(cut(change_password(&*store, foreign()).await), at(2 * HOUR));
    assert!(is_stale(&change_password(&*store, foreign()).await));
    let foreign = EmailChange {
        old_email: None,
        ..to_address(&ada, "new@example.com", at(3 * HOUR))
    };
    let changed = change_email(&*store, foreign.clone()).await;
    assert_eq!(cut(changed), at(3 * HOUR));
    assert!(is_stale(&change_email(&*store, foreign).await));

    // A link from the past raises the cut-off to the present all the same.
    let late = by(&ada, PasswordProof::Link(at(4 * HOUR)), at(5 * HOUR));
    assert_eq!(cut(change_password(&*store, late).await), at(5 * HOUR));

    // An invitation carries the time of creation, which may also be ahead of a later clock.
    let invited = User {
        created_at: at(HOUR),
        ..user("bob@example.com")
    };
    let bob = create(&*store, invited).await;
    let ended = UserChange {
        end_sessions: true,
        ..UserChange::default()
    };
    let ended = change(&*store, bob.id, ended, at(0)).await;
    assert_eq!(ended.tokens_invalidated_after, Some(at(HOUR)));
    let invitation = by(&bob, PasswordProof::Link(at(HOUR)), at(0));
    assert!(is_stale(&change_password(&*store, invitation).await));
}

pub(in crate::store) async fn one_change_ends_every_sibling(db: &dyn Database) {
    for way in 0..4 {
        let store = db.open().await;
        let ada = create(&*store, user(&format!("ada{way}@example.com"))).await;
        let session = issued_at(&*store, &ada, at(3)).await;
        for issued_at in [5, 6, 7] {
            issue_link(&*store, &ada, at(issued_at)).await;
        }
        let new_email = format!("new{way}@example.com");
        // The oldest link, with a clock behind all of them.
        let set = |change| change_password(&*store, change);
        let changed = match way {
            0 => done(set(by(&ada, PasswordProof::Link(at(5)), at(0))).await),
            1 => done(change_email(&*store, to_address(&ada, &new_email, at(5))).await),
            2 => done(set(by_password(&ada, at(0))).await),
            _ => done(set(by(&ada, PasswordProof::Administrator, at(0))).await),
        };
        assert!(Some(session) <= changed.tokens_invalidated_after);
        for issued_at in [5, 6, 7] {
            let sibling = by(&ada, PasswordProof::Link(at(issued_at)), at(8));
            assert!(is_stale(&change_password(&*store, sibling).await));
            let sibling = to_address(&changed, "other@example.com", at(issued_at));
            assert!(is_stale(&change_email(&*store, sibling).await));
        }
    }
}

pub(in crate::store) async fn a_change_drops_the_mail_that_dies_with_it(db: &dyn Database) {
    let store = db.open().await;
    let bob = create(&*store, user("bob@example.com")).await;
    let others = messages_of(&bob);
    let mut kept: Vec<Id> = others.iter().map(|message| message.id).collect();
    queue(&*store, others).await;
    for way in 0..5 {
        let ada = create(&*store, user(&format!("ada{way}@example.com"))).await;
        let messages = messages_of(&ada);
        kept.extend(messages[1..].iter().map(|message| message.id));
        queue(&*store, messages).await;
        // The change's own messages are written after older ones were dropped.
        let own = QueuedMessage {
            dies_with_change: true,
            ..mail(ada.email.as_str())
        };
        kept.push(own.id);
        let told = Effects {
            messages: vec![own],
            ..Effects::default()
        };
        let link = PasswordProof::Link(at(5));
        let ends = UserChange {
            end_sessions: true,
            ..UserChange::default()
        };
        match way {
            0 => {
                let changed = store.change_password(by_password(&ada, at(0)), told);
                done(changed.await.unwrap());
            }
            1 => {
                let changed = store.change_password(by(&ada, link, at(0)), told);
                done(changed.await.unwrap());
            }
            2 => {
                let moved = to_address(&ada, "moved@example.com", at(5));
                done(store.change_email(moved, told).await.unwrap());
            }
            3 => {
                let ended = store.change_user(ada.id, ends, false, at(1), told).await;
                assert!(matches!(ended.unwrap(), ChangeUser::Done(_)));
            }
            _ => {
                let disabled = store.change_user(ada.id, enable(false), false, at(1), told);
                assert!(matches!(disabled.await.unwrap(), ChangeUser::Done(_)));
            }
        }
        kept.sort();
        assert_eq!(queued(&*store).await, kept, "way {way}");
        // A refused change drops nothing.
        let refused = by(&bob, PasswordProof::Verified(hash("older")), at(0));
        assert!(is_stale(&change_password(&*store, refused).await));
        assert_eq!(queued(&*store).await, kept);
    }
}

/// A link needs the account as it was read: with the same email address, and the same password if one was verified.
pub(in crate::store) async fn a_link_needs_the_account_as_it_was_read(db: &dyn Database) {
    let store = db.open().await;
    let before = create(&*store, user("ada@example.com")).await;
    let as_read = |issued_at| LinkIssue {
        email: Some(before.email.clone()),
        verified_hash: before.hashed_password.clone(),
        ..link(Some(before.id), "ada@example.com", issued_at, 100)
    };
    let queued = store.issue_link(as_read(at(1)), Effects::default()).await;
    assert_eq!(queued.unwrap(), IssueLink::Queued);
    done(change_password(&*store, by_password(&before, at(2))).await);
    // Issued later than the cut-off, but with the hash from before it.
    let lost = store.issue_link(as_read(at(9)), Effects::default()).await;
    assert_eq!(lost.unwrap(), IssueLink::Stale);
    let moved = done(change_email(&*store, to_address(&before, "grace@example.com", at(10))).await);
    let left = LinkIssue {
        verified_hash: None,
        ..as_read(at(99))
    };
    let left = store.issue_link(left, Effects::default()).await;
    assert_eq!(left.unwrap(), IssueLink::Stale);
    let here = LinkIssue {
        email: Some(moved.email.clone()),
        verified_hash: moved.hashed_password.clone(),
        ..link(Some(moved.id), "grace@example.com", at(99), 100)
    };
    let here = store.issue_link(here, Effects::default()).await;
    assert_eq!(here.unwrap(), IssueLink::Queued);
}

pub(in crate::store) async fn a_spent_cap_lets_a_link_through_where_none_works(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let ask = async |user_id, now, useless_until| {
        let of = link(user_id, "ada@example.com", at(now), 2);
        let cap = RecipientCap {
            useless_until: Some(at(useless_until)),
            now: at(now),
            ..of.cap
        };
        let issued = store.issue_link(LinkIssue { cap, ..of }, Effects::default());
        issued.await.unwrap()
    };
    for (user_id, sent) in [(Some(ada.id), IssueLink::Queued), (None, IssueLink::Nobody)] {
        assert_eq!(ask(user_id, 1, 0).await, sent);
        assert_eq!(ask(user_id, 2, 0).await, sent);
        assert_eq!(ask(user_id, 3, 1).await, IssueLink::CapSpent);
        assert_eq!(ask(user_id, 4, 2).await, sent);
        assert_eq!(ask(user_id, 5, 2).await, IssueLink::CapSpent);
    }
}

pub(in crate::store) async fn a_spent_cap_leaves_the_notice_out_and_changes_all_the_same(
    db: &dyn Database,
) {
    let store = db.open().await;
    let mut ada = create(&*store, user("ada@example.com")).await;
    for number in 0..4 {
        let told = Effects {
            messages_cap: Some(capped("ada@example.com", Some(2), at(number))),
            ..effects("ada@example.com", EventKind::PasswordChanged)
        };
        let change = PasswordChange {
            user_id: ada.id,
            new_hash: hash(&number.to_string()),
            proof: PasswordProof::Verified(ada.hashed_password.clone().unwrap()),
            attempt: None,
            now: at(number),
        };
        match store.change_password(change, told).await.unwrap() {
            Conditional::Done(user) => ada = user,
            Conditional::Stale => panic!("the hash is the one that was verified"),
        }
    }
    let written = (recorded(&*store).await.len(), waiting(&*store).await);
    assert_eq!(written, (4, 2));
}
