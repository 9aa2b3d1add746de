//! Processes that die between two writes. At whatever point they died, later ones find the state before the step or
//! after it, with its messages and events; and a repeated call has the same result as if nothing had died.

use super::super::user_documents;
use std::future::Future;

use jiff::SignedDuration;

use super::*;
use crate::model::{
    EventFilter, EventKind, Id, LockoutRule, PasswordHash, ProofHash, QueuedMessage, User,
    UserChange, UserFilter,
};
use crate::model::{MessageKind, Reservation, SweepRule};
use crate::store::conformance::announcements::RECEIVER;
use crate::store::conformance::{
    at, effects, email, event, fresh_id, mail, new_session, pending, revocation, uncapped, user,
};

const LATER: i64 = 31_000;

/// Returns everything that clients, workers and administrators can see.
async fn seen(store: &Mongo, now: i64) -> String {
    let mut users = store
        .users(&UserFilter::default(), None, 100)
        .await
        .unwrap()
        .items;
    users.sort_by_key(|user| user.id);
    let mut events = store
        .events(&EventFilter::default(), None, 100)
        .await
        .unwrap()
        .items;
    events.sort_by_key(|event| event.id);
    let lease = fresh_id();
    let mut messages = Vec::new();
    for queue in [
        MessageQueue::People(MessageKind::ALL),
        MessageQueue::Receiver(RECEIVER),
    ] {
        let claimed = store.claim_messages(queue, lease, at(now + 1), at(now), 100);
        let claimed = claimed.await.unwrap();
        messages.extend(claimed.into_iter().map(|claimed| claimed.message));
    }
    messages.sort_by_key(|message| message.id);
    let hashes: Vec<_> = users
        .iter()
        .map(|user| user.hashed_password.as_ref().map(PasswordHash::as_phc))
        .collect();
    let db = store.db().await.unwrap();
    let revoked = db.revoked.count_documents(doc! { "jti": "jti" }).await;
    let revoked = revoked.unwrap();
    in_order(&format!(
        "{users:#?}\n{hashes:?}\n{events:#?}\n{messages:#?}\n{revoked} revoked"
    ))
}

/// Replaces each id in a text by its position among all ids, which are generated in order.
fn in_order(text: &str) -> String {
    let is_id = |word: &str| word.parse::<Id>().is_ok();
    let words = || text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    let bare = |word: &str| {
        word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric())
            .to_owned()
    };
    let mut ids: Vec<String> = words().map(bare).filter(|word| is_id(word)).collect();
    ids.sort();
    ids.dedup();
    words()
        .map(|word| match ids.iter().position(|id| *id == bare(word)) {
            Some(place) => word.replace(&bare(word), &format!("#{place}")),
            None => word.to_owned(),
        })
        .collect()
}

/// Lets a process die after each possible number of writes that `act` makes. `again` is what others do afterwards, as
/// they would if nothing had died.
pub(super) async fn die_everywhere<Prepared, Act, Again>(
    prepare: impl AsyncFn(&Mongo) -> Prepared,
    act: impl Fn(Arc<Mongo>, Prepared) -> Act,
    again: impl Fn(Arc<Mongo>, Prepared) -> Again,
) where
    Prepared: Clone,
    Act: Future<Output = Result<()>>,
    Again: Future<Output = ()>,
{
    let mut unharmed = String::new();
    let mut untouched = String::new();
    // The complete step first: nothing dies.
    for deaths in [None, Some(-1)].into_iter().chain((0..100).map(Some)) {
        let db = fresh();
        let prepared = prepare(&db.announcing()).await;
        let dying = Arc::new(db.announcing());
        dying.ping().await.unwrap();
        match deaths {
            None => act(dying.clone(), prepared.clone()).await.unwrap(),
            Some(-1) => {}
            Some(writes) => {
                dying.connection.failpoint().after(writes);
                let _ = act(dying.clone(), prepared.clone()).await;
            }
        }
        let next = Arc::new(db.announcing());
        again(next.clone(), prepared).await;
        next.sweep(sweep_rule()).await.unwrap();
        let seen = seen(&next, LATER).await;
        match deaths {
            None => unharmed = seen,
            Some(-1) => untouched = seen,
            Some(writes) => {
                assert!(
                    seen == unharmed || seen == untouched,
                    "after {writes} writes:\n{seen}\n\nnobody dies:\n{unharmed}\n\nnothing happens:\n{untouched}"
                );
                if !dying.connection.failpoint().was_met() {
                    assert!(writes > 1, "the step is one write: nothing was tried");
                    assert_eq!(seen, unharmed);
                    return;
                }
            }
        }
    }
    panic!("a hundred writes are not enough");
}

fn sweep_rule() -> SweepRule {
    SweepRule {
        now: at(0),
        lockout_window: SignedDuration::from_mins(15),
        events: SignedDuration::from_hours(24),
        failed_messages: SignedDuration::from_hours(24),
        ceilings: crate::model::Ceilings::default(),
    }
}

async fn nothing_again<T>(_: Arc<Mongo>, _: T) {}

fn proof(text: &str) -> ProofHash {
    ProofHash::from_stored(format!("{text:0>64}"))
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_phc(format!("$argon2id${text}"))
}

/// Creates an account, and the effects of a change.
async fn account(store: &Mongo) -> (User, Effects) {
    let ada = user("ada@example.com");
    let created = store.create_user(ada.clone(), Effects::default()).await;
    assert_eq!(created.unwrap(), CreateUser::Created);
    (ada, effects("ada@example.com", EventKind::UserLoggedIn))
}

#[tokio::test]
async fn a_creation() {
    die_everywhere(
        async |_| {
            let effects = effects("ada@example.com", EventKind::UserRegistered);
            (user("ada@example.com"), effects)
        },
        async |store, (user, effects)| store.create_user(user, effects).await.map(drop),
        nothing_again,
    )
    .await;
}

#[tokio::test]
async fn a_registration() {
    die_everywhere(
        async |_| {
            let mut effects = effects("ada@example.com", EventKind::VerificationRequested);
            effects.messages[0].pending_proof = Some(proof("1"));
            effects
        },
        async |store, effects| {
            let waits = pending("ada@example.com", proof("1"));
            let cap = uncapped("ada@example.com");
            let put = store.put_pending(waits, cap, effects, Effects::default());
            put.await.map(drop)
        },
        nothing_again,
    )
    .await;
}

#[tokio::test]
async fn a_verification_is_repeated_with_the_same_answer() {
    let verify = async |store: Arc<Mongo>, id: Id, effects: Effects, now| {
        store.verify(&proof("1"), id, at(now), effects).await
    };
    die_everywhere(
        async |store| {
            let waits = pending("ada@example.com", proof("1"));
            let cap = uncapped("ada@example.com");
            let put = store.put_pending(waits, cap, Effects::default(), Effects::default());
            assert_eq!(put.await.unwrap(), PutPending::Stored);
            let effects = effects("ada@example.com", EventKind::UserVerified);
            (fresh_id(), effects)
        },
        async |store, (id, effects)| verify(store, id, effects, 0).await.map(drop),
        // The person tries again after the claim of the dead process has expired.
        async |store, (id, effects)| {
            let again = verify(store.clone(), fresh_id(), effects, LATER).await.unwrap();
            match again {
                Verify::Created(user) => assert!(user.is_verified),
                // Nothing died, or only after everything was done.
                Verify::InvalidToken => assert!(store.user(id).await.unwrap().is_some()),
                other => panic!("{other:?}"),
            }
            // If the first call got so far, the id and the time are from that call.
            let made = store.user_by_email(&email("ada@example.com")).await;
            let made = made.unwrap().unwrap();
            let one = doc! { "$set": { "created_at": documents::date(at(0)), "updated_at": documents::date(at(0)) } };
            let db = store.db().await.unwrap();
            db.users.update_one(user_documents::key(made.id), one).await.unwrap();
        },
    )
    .await;
}

#[tokio::test]
async fn a_deletion() {
    die_everywhere(
        async |store| {
            let (ada, effects) = account(store).await;
            let queued = Effects {
                messages: vec![mail("ada@example.com")],
                ..Effects::default()
            };
            let link = LinkIssue {
                only_if: None,
                user_id: Some(ada.id),
                email: None,
                verified_hash: None,
                issued_at: at(1),
                cap: uncapped("ada@example.com"),
            };
            let issued = store.issue_link(link, queued).await.unwrap();
            assert_eq!(issued, IssueLink::Queued);
            (ada, effects)
        },
        async |store, (ada, farewell)| {
            store
                .delete_user(ada.id, Deletion::default(), farewell)
                .await
                .map(drop)
        },
        nothing_again,
    )
    .await;
}

/// Creates an account with a queued mail that dies with a change.
async fn with_link(store: &Mongo) -> (User, Effects) {
    let (ada, effects) = account(store).await;
    let link = LinkIssue {
        only_if: None,
        user_id: Some(ada.id),
        email: None,
        verified_hash: None,
        issued_at: at(1),
        cap: uncapped("ada@example.com"),
    };
    let message = QueuedMessage {
        dies_with_change: true,
        ..mail("ada@example.com")
    };
    let queued = Effects {
        messages: vec![message],
        ..Effects::default()
    };
    let issued = store.issue_link(link, queued).await.unwrap();
    assert_eq!(issued, IssueLink::Queued);
    (ada, effects)
}

#[tokio::test]
async fn a_link() {
    die_everywhere(
        account,
        async |store, (ada, effects)| {
            let link = LinkIssue {
                only_if: None,
                user_id: Some(ada.id),
                email: Some(ada.email),
                verified_hash: None,
                issued_at: at(1),
                cap: uncapped("ada@example.com"),
            };
            store.issue_link(link, effects).await.map(drop)
        },
        nothing_again,
    )
    .await;
}

#[tokio::test]
async fn a_password_change_leaves_no_older_link() {
    die_everywhere(
        with_link,
        async |store, (ada, effects)| {
            let change = PasswordChange {
                user_id: ada.id,
                new_hash: hash("second"),
                proof: PasswordProof::Verified(hash("first")),
                attempt: None,
                now: at(2),
            };
            store.change_password(change, effects).await.map(drop)
        },
        nothing_again,
    )
    .await;
}

#[tokio::test]
async fn an_address_change_leaves_no_older_link() {
    die_everywhere(
        with_link,
        async |store, (ada, effects)| {
            let change = EmailChange {
                user_id: ada.id,
                old_email: Some(ada.email),
                new_email: email("countess@example.com"),
                issued_at: at(1),
                undo: None,
                now: at(2),
            };
            store.change_email(change, effects).await.map(drop)
        },
        nothing_again,
    )
    .await;
}

#[tokio::test]
async fn a_lock() {
    die_everywhere(
        with_link,
        async |store, (ada, mut effects)| {
            effects.events[0].kind = EventKind::UserDisabled;
            let lock = UserChange {
                is_active: Some(false),
                ..UserChange::default()
            };
            store
                .change_user(ada.id, lock, false, at(2), effects)
                .await
                .map(drop)
        },
        nothing_again,
    )
    .await;
}

#[tokio::test]
async fn a_session() {
    die_everywhere(
        account,
        async |store, (ada, effects)| {
            let issue = SessionIssue {
                user_id: ada.id,
                verified_hash: hash("first"),
                upgraded_hash: Some(hash("stronger")),
                attempt: None,
                session: new_session("a session"),
                now: at(2),
            };
            store.issue_session(issue, effects).await.map(drop)
        },
        nothing_again,
    )
    .await;
}

#[tokio::test]
async fn a_revocation() {
    die_everywhere(
        async |_| effects("ada@example.com", EventKind::UserLoggedOut),
        async |store, effects| {
            store
                .revoke_token(revocation("jti", at(LATER)), effects)
                .await
                .map(drop)
        },
        nothing_again,
    )
    .await;
}

#[tokio::test]
async fn a_failed_login_counts_however_far_it_came() {
    const RULE: LockoutRule = LockoutRule {
        threshold: 2,
        window: SignedDuration::from_mins(15),
    };
    let attempt = |started_at| Attempt {
        id: fresh_id(),
        email: email("ada@example.com"),
        ip: None,
        started_at: at(started_at),
    };
    die_everywhere(
        async |store| {
            let attempt = attempt(0);
            let reserved = store.reserve_attempt(attempt.clone(), RULE).await.unwrap();
            assert_eq!(reserved, Reservation::Granted);
            let events = (event(EventKind::LoginFailed), event(EventKind::LoginLocked));
            (attempt, events)
        },
        async |store, (attempt, (failed, locked))| {
            store
                .fail_attempt(&attempt, RULE, at(0), failed, locked)
                .await
        },
        // A minute later the attempt counts, settled or not: one of two guesses is left.
        async |store, _| {
            let lockout = store
                .lockout(&email("ada@example.com"), RULE, at(60_000))
                .await
                .unwrap();
            assert_eq!(lockout.failures, 1);
            let second = store.reserve_attempt(attempt(60_000), RULE).await.unwrap();
            assert_eq!(second, Reservation::Granted);
            let third = store.reserve_attempt(attempt(60_000), RULE).await.unwrap();
            assert_eq!(third, Reservation::Busy);
        },
    )
    .await;
}

#[tokio::test]
async fn a_message_that_was_sent_is_not_sent_by_a_late_copy() {
    let db = fresh();
    let store = db.announcing();
    account(&store).await;
    let message = mail("ada@example.com");
    let out = || {
        let messages = vec![message.clone()];
        out::Out::of_account(Effects {
            messages,
            ..Effects::default()
        })
    };
    let host = |out: out::Out| {
        let mut host = doc! { "_id": documents::oid(fresh_id()), "email": "x@example.com" };
        out.put_into(&mut host);
        host
    };
    let raw = store.db().await.unwrap();
    // The process that wrote it is slow. Another one copies it, sends it and is done before the first one continues.
    let slow = host(out().unwrap());
    let pending = &raw.pending;
    relay::relay(raw, pending, &slow).await.unwrap();
    let lease = fresh_id();
    let claimed = store
        .claim_messages(
            MessageQueue::People(MessageKind::ALL),
            lease,
            at(1),
            at(0),
            10,
        )
        .await
        .unwrap();
    assert_eq!(claimed.len(), 1);
    assert!(
        store
            .settle_message(message.id, lease, Delivery::Sent)
            .await
            .unwrap()
    );
    relay::relay(raw, pending, &slow).await.unwrap();
    let again = store
        .claim_messages(
            MessageQueue::People(MessageKind::ALL),
            fresh_id(),
            at(1),
            at(0),
            10,
        )
        .await
        .unwrap();
    assert!(again.is_empty());
}

#[tokio::test]
async fn a_claim_keeps_others_out_until_it_is_over() {
    let db = fresh();
    let store = db.announcing();
    let waits = pending("ada@example.com", proof("1"));
    let cap = uncapped("ada@example.com");
    store
        .put_pending(waits, cap, Effects::default(), Effects::default())
        .await
        .unwrap();
    let dying = db.announcing();
    dying.ping().await.unwrap();
    // It claims the registration, and dies before it creates the account.
    dying.connection.failpoint().after(1);
    let died = dying
        .verify(&proof("1"), fresh_id(), at(0), Effects::default())
        .await;
    assert!(died.is_err());
    let address = email("ada@example.com");
    let promoted = store.promote_pending(&address, fresh_id(), at(LATER), Effects::default());
    assert!(matches!(
        promoted.await.unwrap(),
        PromotePending::Created(_)
    ));
    let verified = store
        .verify(&proof("1"), fresh_id(), at(LATER), Effects::default())
        .await;
    assert!(matches!(verified.unwrap(), Verify::InvalidToken));
}
