//! Announcements of events: written together with the event, or not at all.

use std::sync::{Arc, Mutex};

use super::*;
use crate::store::{Announcer, ClaimedMessage, Deletion, EmailChange, IssueSession, RenewPending};

/// Where [`TestAnnouncer`] sends its announcements.
pub(in crate::store) const RECEIVER: &str = "https://receiver.example/hook";

/// Announces everything except logouts, and keeps what it was told about written events.
#[derive(Default)]
pub(in crate::store) struct TestAnnouncer {
    recorded: Mutex<Vec<Id>>,
}

impl Announcer for TestAnnouncer {
    fn listens(&self, kind: EventKind) -> bool {
        kind != EventKind::UserLoggedOut
    }

    fn announce(&self, event: &Event, user: Option<&User>) -> Vec<QueuedMessage> {
        let mut id = event.id.bytes();
        // The message ids have the same order as the event ids, and come after all other ids.
        id[0] = 0xff;
        let user = user.map(|user| format!("{} {}", user.email, user.is_active));
        vec![QueuedMessage {
            id: Id::from_bytes(id),
            kind: MessageKind::Webhook,
            payload: format!("{} {user:?}", event.kind).into_bytes(),
            created_at: event.at,
            not_before: event.at,
            ..mail(RECEIVER)
        }]
    }

    fn recorded(&self, event: Event, _: Option<User>) {
        self.recorded.lock().unwrap().push(event.id);
    }
}

/// Opens a store that announces, and returns its announcer.
async fn announcing(db: &dyn Database) -> (SharedStore, Arc<TestAnnouncer>) {
    let announcer = Arc::new(TestAnnouncer::default());
    (db.open_announcing(Some(announcer.clone())).await, announcer)
}

/// Returns the ids and payloads of the messages that are due to the receiver.
async fn announced(store: &dyn Store) -> Vec<(Id, String)> {
    let queue = MessageQueue::Receiver(RECEIVER);
    let claimed = store.claim_messages(queue, fresh_id(), at(HOUR), at(MINUTE), 100);
    let text = |claimed: ClaimedMessage| {
        let text = String::from_utf8(claimed.message.payload).unwrap();
        (claimed.message.id, text)
    };
    claimed.await.unwrap().into_iter().map(text).collect()
}

/// Returns what was announced since the last call, after checking that as much was recorded.
async fn heard(store: &dyn Store, announcer: &TestAnnouncer) -> Vec<String> {
    let messages = announced(store).await;
    let recorded = std::mem::take(&mut *announcer.recorded.lock().unwrap());
    let as_events = |(id, _): &(Id, String)| {
        recorded
            .iter()
            .any(|event| event.bytes()[1..] == id.bytes()[1..])
    };
    assert!(
        messages.iter().all(as_events) && recorded.len() == messages.len(),
        "{messages:?} {recorded:?}"
    );
    messages.into_iter().map(|(_, text)| text).collect()
}

fn only(kind: EventKind) -> Effects {
    Effects {
        events: vec![event(kind)],
        ..Effects::default()
    }
}

pub(in crate::store) async fn an_event_and_what_announces_it_are_written_together(
    db: &dyn Database,
) {
    let (store, announcer) = announcing(db).await;
    let ada = user("ada@example.com");
    let created = store.create_user(
        ada.clone(),
        effects("ada@example.com", EventKind::UserRegistered),
    );
    assert_eq!(created.await.unwrap(), CreateUser::Created);
    let text = heard(&*store, &announcer).await;
    assert_eq!(text, ["user_registered Some(\"ada@example.com true\")"]);
    // The mail is queued too, and another process sees everything.
    let other = db.open().await;
    assert_eq!(waiting(&*other).await, 2);
    let events = other.events(&EventFilter::default(), None, 10).await;
    assert_eq!(events.unwrap().items.len(), 1);

    // Events that are not part of a change, with and without an account.
    for (user_id, wanted) in [
        (Some(ada.id), "login_failed Some(\"ada@example.com true\")"),
        (None, "login_failed None"),
    ] {
        let failed = Event {
            user_id,
            ..event(EventKind::LoginFailed)
        };
        store.record(failed).await.unwrap();
        assert_eq!(heard(&*store, &announcer).await, [wanted]);
    }
    let attempt = attempt("ada@example.com", at(0));
    let rule = LockoutRule {
        threshold: 1,
        ..RULE
    };
    store.reserve_attempt(attempt.clone(), rule).await.unwrap();
    let of = |kind| Event {
        user_id: Some(ada.id),
        ..event(kind)
    };
    let (failed, locked) = (of(EventKind::LoginFailed), of(EventKind::LoginLocked));
    let failing = store.fail_attempt(&attempt, rule, at(0), failed, locked);
    failing.await.unwrap();
    let account = "Some(\"ada@example.com true\")";
    let both = ["login_failed", "login_locked"].map(|kind| format!("{kind} {account}"));
    assert_eq!(heard(&*store, &announcer).await, both);
}

pub(in crate::store) async fn an_account_is_announced_as_the_step_leaves_it(db: &dyn Database) {
    let (store, announcer) = announcing(db).await;
    let cap = uncapped("bob@example.com");
    let waits = pending("bob@example.com", proof("1"));
    let asked = only(EventKind::VerificationRequested);
    let put = store.put_pending(waits, cap, asked, Effects::default());
    put.await.unwrap();
    let texts = heard(&*store, &announcer).await;
    assert_eq!(texts, ["verification_requested None"]);
    let proof = proof("1");
    let verified = store.verify(&proof, fresh_id(), at(1), only(EventKind::UserVerified));
    verified.await.unwrap();
    let texts = heard(&*store, &announcer).await;
    assert_eq!(texts, ["user_verified Some(\"bob@example.com true\")"]);

    let bob = store.user_by_email(&email("bob@example.com")).await;
    let bob = bob.unwrap().unwrap();
    let disabled = only(EventKind::UserDisabled);
    let disabled = store.change_user(bob.id, enable(false), false, at(2), disabled);
    disabled.await.unwrap();
    let texts = heard(&*store, &announcer).await;
    assert_eq!(texts, ["user_disabled Some(\"bob@example.com false\")"]);
    let enabled = only(EventKind::UserEnabled);
    let enabled = store.change_user(bob.id, enable(true), false, at(3), enabled);
    enabled.await.unwrap();
    heard(&*store, &announcer).await;

    let change = EmailChange {
        user_id: bob.id,
        old_email: Some(bob.email.clone()),
        new_email: email("robert@example.com"),
        issued_at: at(MINUTE),
        undo: None,
        now: at(MINUTE),
    };
    let changed = store.change_email(change, only(EventKind::EmailChanged));
    changed.await.unwrap();
    let texts = heard(&*store, &announcer).await;
    assert_eq!(texts, ["email_changed Some(\"robert@example.com true\")"]);

    let deleted = only(EventKind::UserDeleted);
    let deleted = store.delete_user(bob.id, Deletion::default(), deleted);
    assert!(matches!(deleted.await.unwrap(), DeleteUser::Done(_)));
    assert_eq!(heard(&*store, &announcer).await, ["user_deleted None"]);
    assert_eq!(waiting(&*store).await, 6, "who is gone is told of");
}

pub(in crate::store) async fn what_nobody_listens_to_is_announced_to_nobody(db: &dyn Database) {
    let (store, announcer) = announcing(db).await;
    let ended = only(EventKind::UserLoggedOut);
    store
        .revoke_token(revocation("jti", at(HOUR)), ended)
        .await
        .unwrap();
    assert!(heard(&*store, &announcer).await.is_empty());
    let events = store.events(&EventFilter::default(), None, 10).await;
    assert_eq!(events.unwrap().items.len(), 1);
}

pub(in crate::store) async fn a_refused_change_announces_nothing(db: &dyn Database) {
    let (store, announcer) = announcing(db).await;
    let ada = create(&*store, superuser("ada@example.com")).await;
    let of = || only(EventKind::UserLoggedIn);
    let taken = store.create_user(user("ada@example.com"), of()).await;
    assert_eq!(taken.unwrap(), CreateUser::EmailTaken);
    let last = store.delete_user(ada.id, Deletion::default(), of()).await;
    assert!(matches!(last.unwrap(), DeleteUser::LastSuperuser));
    let nobody = store.change_user(fresh_id(), enable(false), false, at(0), of());
    assert!(matches!(nobody.await.unwrap(), ChangeUser::NotFound));
    let same = store.change_user(ada.id, enable(true), false, at(0), of());
    same.await.unwrap();
    let stale = SessionIssue {
        verified_hash: hash("other"),
        ..issue(&ada, at(0))
    };
    let stale = store.issue_session(stale, of()).await.unwrap();
    assert!(!matches!(stale, IssueSession::Issued(_)), "{stale:?}");
    // For an unknown email address, as much work is done and then undone.
    let cap = uncapped("nobody@example.com");
    let nobody = email("nobody@example.com");
    let renewed = store.renew_pending(&nobody, proof("1"), at(HOUR), cap, of());
    assert!(!matches!(renewed.await.unwrap(), RenewPending::Renewed));
    assert!(heard(&*store, &announcer).await.is_empty());
    assert_eq!(waiting(&*store).await, 0);
}

pub(in crate::store) async fn what_comes_again_is_announced_once(db: &dyn Database) {
    let (store, announcer) = announcing(db).await;
    let told = event(EventKind::LoginRefused);
    for _ in 0..3 {
        store.record_again(told.clone(), 1).await.unwrap();
    }
    assert_eq!(heard(&*store, &announcer).await, ["login_refused None"]);
}
