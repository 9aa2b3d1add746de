//! The outbox: claims, leases, settlement.

use super::*;
use crate::model::{Backlog, MessageEntry, MessageState, OutboxState};
use crate::store::{ClaimedMessage, Deletion, Delivery, MessageQueue, Verify};

async fn claim(store: &dyn Store, lease: Id, now: i64, limit: u32) -> Vec<ClaimedMessage> {
    let claimed = store.claim_messages(
        MessageQueue::People(MessageKind::ALL),
        lease,
        at(now + 30 * SECOND),
        at(now),
        limit,
    );
    claimed.await.unwrap()
}

fn ids(claimed: &[ClaimedMessage]) -> Vec<Id> {
    claimed.iter().map(|claimed| claimed.message.id).collect()
}

fn queued_at(millis: i64) -> QueuedMessage {
    QueuedMessage {
        created_at: at(millis),
        not_before: at(millis),
        ..mail("ada@example.com")
    }
}

fn retry(millis: i64) -> Delivery {
    Delivery::Retry {
        not_before: at(millis),
        error: "connection refused".to_owned(),
    }
}

pub(in crate::store) async fn messages_are_claimed_once_and_oldest_first(db: &dyn Database) {
    let store = db.open().await;
    let messages: Vec<QueuedMessage> = [30, 10, 20, 10].map(queued_at).into();
    let order = [1, 3, 2, 0].map(|index: usize| messages[index].id);
    let owner = queue(&*store, messages.clone()).await;
    let lease = fresh_id();
    let first = claim(&*store, lease, 100, 3).await;
    assert_eq!(ids(&first), order[..3]);
    let expected = QueuedMessage {
        attempts: 1,
        user_id: Some(owner.id),
        ..messages[1].clone()
    };
    assert_eq!(format!("{:?}", first[0].message), format!("{expected:?}"));
    assert_eq!(first[0].lease, lease);
    assert_eq!(ids(&claim(&*store, fresh_id(), 100, 3).await), order[3..]);
    assert!(claim(&*store, fresh_id(), 100, 3).await.is_empty());
    assert_eq!(waiting(&*store).await, 4, "what is being sent still waits");
}

pub(in crate::store) async fn parallel_workers_share_the_messages(db: &dyn Database) {
    let messages: Vec<QueuedMessage> = (0..100).map(queued_at).collect();
    let mut all: Vec<Id> = messages.iter().map(|message| message.id).collect();
    queue(&*db.open().await, messages).await;
    let mut sent: Vec<Id> = race(db, 8, |store, _| async move {
        let mut sent = Vec::new();
        loop {
            let claimed = claim(&*store, fresh_id(), 1000, 8).await;
            if claimed.is_empty() {
                return sent;
            }
            for ClaimedMessage { message, lease } in claimed {
                assert_eq!(message.attempts, 1);
                sent.push(message.id);
                assert!(
                    store
                        .settle_message(message.id, lease, Delivery::Sent)
                        .await
                        .unwrap()
                );
            }
        }
    })
    .await
    .concat();
    sent.sort();
    all.sort();
    assert_eq!(sent, all);
    assert_eq!(
        db.open().await.outbox().await.unwrap(),
        OutboxState::default()
    );
}

pub(in crate::store) async fn a_claim_takes_only_what_is_asked_for_and_due(db: &dyn Database) {
    let store = db.open().await;
    let of = |kind, not_before| QueuedMessage {
        kind,
        not_before: at(not_before),
        ..mail("ada@example.com")
    };
    let to = |url: &str| QueuedMessage {
        recipient: url.to_owned(),
        ..of(MessageKind::Webhook, 0)
    };
    let messages = vec![
        of(MessageKind::Sms, 0),
        to("https://one.example"),
        to("https://two.example"),
        of(MessageKind::Email, 0),
        of(MessageKind::Email, 50),
    ];
    let order: Vec<Id> = messages.iter().map(|message| message.id).collect();
    queue(&*store, messages).await;
    let take = async |queue: MessageQueue<'_>, now| {
        let claimed = store.claim_messages(queue, fresh_id(), at(9 * MINUTE), at(now), 10);
        ids(&claimed.await.unwrap())
    };
    let all = MessageQueue::People(MessageKind::ALL);
    assert_eq!(take(MessageQueue::People(&[]), 0).await, []);
    assert_eq!(
        take(MessageQueue::Receiver("https://three.example"), 0).await,
        []
    );
    assert_eq!(take(MessageQueue::Receiver("ada@example.com"), 0).await, []);
    let mail = MessageQueue::People(&[MessageKind::Email]);
    assert_eq!(take(mail, 49).await, order[3..4]);
    assert_eq!(
        take(all, 49).await,
        order[..1],
        "people wait for no receiver"
    );
    let two = MessageQueue::Receiver("https://two.example");
    assert_eq!(
        take(two, 49).await,
        order[2..3],
        "nor one receiver for another"
    );
    assert_eq!(take(two, 49).await, []);
    let one = MessageQueue::Receiver("https://one.example");
    assert_eq!(take(one, 49).await, order[1..2]);
    for (queue, next) in [
        (mail, Some(at(50))),
        (all, Some(at(50))),
        (MessageQueue::People(&[MessageKind::Sms]), None),
        (one, None),
    ] {
        assert_eq!(store.next_due(queue, at(49)).await.unwrap(), next);
    }
    assert_eq!(store.next_due(mail, at(50)).await.unwrap(), None, "due");
    assert_eq!(take(all, 50).await, order[4..]);
}

pub(in crate::store) async fn a_backlog_is_counted_so_far_and_no_further(db: &dyn Database) {
    let store = db.open().await;
    let many: Vec<QueuedMessage> = (0..=i64::from(Backlog::MAX)).map(queued_at).collect();
    let all = many.len() as u64;
    queue(&*store, many).await;
    let backlog = store.backlog().await.unwrap();
    assert_eq!(
        (backlog.waiting, backlog.oldest),
        (Backlog::MAX, Some(at(0)))
    );
    assert_eq!(store.outbox().await.unwrap().waiting, all);
}

pub(in crate::store) async fn a_lease_that_ran_out_is_lost_to_the_next_claim(db: &dyn Database) {
    let (here, there) = (db.open().await, db.open().await);
    queue(&*here, vec![queued_at(0)]).await;
    let (first, second) = (fresh_id(), fresh_id());
    let message = claim(&*here, first, 0, 1).await[0].message.id;
    assert!(claim(&*there, second, 30 * SECOND - 1, 1).await.is_empty());
    let again = claim(&*there, second, 30 * SECOND, 1).await;
    assert_eq!(
        (again[0].message.id, again[0].message.attempts),
        (message, 2)
    );
    let failed = Delivery::Failed {
        error: "no".to_owned(),
        at: at(HOUR),
    };
    assert!(
        !here
            .renew_lease(message, first, at(2 * HOUR))
            .await
            .unwrap()
    );
    for delivery in [Delivery::Sent, retry(0), failed] {
        assert!(!here.settle_message(message, first, delivery).await.unwrap());
    }
    // The loser changed nothing: the winner holds its lease and settles.
    assert!(claim(&*here, first, 30 * SECOND, 1).await.is_empty());
    assert!(
        there
            .settle_message(message, second, Delivery::Sent)
            .await
            .unwrap()
    );
    assert!(
        !there
            .settle_message(message, second, Delivery::Sent)
            .await
            .unwrap()
    );
    assert_eq!(waiting(&*here).await, 0);
}

pub(in crate::store) async fn a_renewed_lease_holds(db: &dyn Database) {
    let store = db.open().await;
    queue(&*store, vec![queued_at(0)]).await;
    let lease = fresh_id();
    let message = claim(&*store, lease, 0, 1).await[0].message.id;
    assert!(store.renew_lease(message, lease, at(MINUTE)).await.unwrap());
    assert!(claim(&*store, fresh_id(), MINUTE - 1, 1).await.is_empty());
    assert!(
        !store
            .renew_lease(message, fresh_id(), at(HOUR))
            .await
            .unwrap()
    );
    assert!(
        !store
            .renew_lease(fresh_id(), lease, at(HOUR))
            .await
            .unwrap()
    );
    assert_eq!(claim(&*store, fresh_id(), MINUTE, 1).await.len(), 1);
}

pub(in crate::store) async fn settled_messages_go_wait_or_stay(db: &dyn Database) {
    let store = db.open().await;
    assert_eq!(store.outbox().await.unwrap(), OutboxState::default());
    queue(&*store, [1, 2, 3].map(queued_at).into()).await;
    let lease = fresh_id();
    let claimed = ids(&claim(&*store, lease, 10, 3).await);
    let failed = Delivery::Failed {
        error: "550 no such mailbox".to_owned(),
        at: at(20),
    };
    for (message, delivery) in claimed.iter().zip([Delivery::Sent, retry(MINUTE), failed]) {
        assert!(
            store
                .settle_message(*message, lease, delivery)
                .await
                .unwrap()
        );
        assert!(
            !store.renew_lease(*message, lease, at(HOUR)).await.unwrap(),
            "settled is let go"
        );
        assert!(
            !store
                .settle_message(*message, lease, Delivery::Sent)
                .await
                .unwrap()
        );
    }
    let expected = OutboxState {
        waiting: 1,
        failed: 1,
        oldest: Some(at(2)),
    };
    assert_eq!(store.outbox().await.unwrap(), expected);
    let backlog = Backlog {
        waiting: 1,
        oldest: Some(at(2)),
    };
    assert_eq!(store.backlog().await.unwrap(), backlog);
    let [queue] = &store.waiting_by_queue().await.unwrap()[..] else {
        panic!("one kind waits");
    };
    let depth = (
        queue.kind,
        queue.receiver.as_str(),
        queue.waiting,
        queue.oldest,
    );
    assert_eq!(depth, (MessageKind::Email, "", 1, at(2)));
    assert!(claim(&*store, fresh_id(), MINUTE - 1, 3).await.is_empty());
    let again = claim(&*store, fresh_id(), MINUTE, 3).await;
    assert_eq!(ids(&again), claimed[1..2]);
    assert_eq!(again[0].message.attempts, 2);
}

pub(in crate::store) async fn a_link_whose_registration_moved_on_is_dropped(db: &dyn Database) {
    let store = db.open().await;
    let link = |token_hash: &str| QueuedMessage {
        pending_proof: Some(proof(token_hash)),
        ..mail("ada@example.com")
    };
    let register = async |address: &str, token_hash: &str| {
        let message = link(token_hash);
        let id = message.id;
        let effects = Effects {
            messages: vec![message],
            ..Effects::default()
        };
        let waits = pending(address, proof(token_hash));
        let put = store
            .put_pending(waits, uncapped(address), effects, Effects::default())
            .await
            .unwrap();
        assert_eq!(put, PutPending::Stored);
        id
    };
    register("ada@example.com", "1").await;
    let newest = register("ada@example.com", "2").await;
    register("bob@example.com", "3").await;
    let verified = store
        .verify(&proof("3"), fresh_id(), at(0), Effects::default())
        .await;
    assert!(matches!(verified.unwrap(), Verify::Created(_)));
    // Dead links don't take the place of live ones.
    let claimed = claim(&*store, fresh_id(), 0, 1).await;
    assert_eq!(ids(&claimed), [newest]);
    assert_eq!(claimed[0].message.pending_proof, Some(proof("2")));
    let state = store.outbox().await.unwrap();
    assert!(
        (1..=2).contains(&state.waiting),
        "a dead one may wait until it is met"
    );
    assert!(claim(&*store, fresh_id(), 0, 10).await.is_empty());
    let state = store.outbox().await.unwrap();
    assert_eq!((state.waiting, state.failed), (1, 0), "dropped, not failed");
}

pub(in crate::store) async fn an_expired_message_is_given_up(db: &dyn Database) {
    let store = db.open().await;
    queue(&*store, [0, 1, 2].map(queued_at).into()).await;
    let (lease, late) = (fresh_id(), HOUR);
    let sending = claim(&*store, lease, late - SECOND, 1).await;
    assert_eq!(sending.len(), 1);
    assert!(claim(&*store, fresh_id(), late, 10).await.is_empty());
    let state = store.outbox().await.unwrap();
    assert_eq!(
        (state.waiting, state.failed),
        (1, 2),
        "what is being sent is left to its sender"
    );
    let message = sending[0].message.id;
    assert!(
        store
            .settle_message(message, lease, retry(late + 1))
            .await
            .unwrap()
    );
    assert!(claim(&*store, fresh_id(), late + 1, 10).await.is_empty());
    let state = store.outbox().await.unwrap();
    assert_eq!((state.waiting, state.failed), (0, 3));
    assert_eq!(store.backlog().await.unwrap(), Backlog::default());
}

pub(in crate::store) async fn a_claim_of_a_dropped_message_is_lost(db: &dyn Database) {
    let store = db.open().await;
    let owner = queue(&*store, vec![queued_at(0)]).await;
    let lease = fresh_id();
    let message = claim(&*store, lease, 0, 1).await[0].message.id;
    let deleted = store
        .delete_user(owner.id, Deletion::default(), Effects::default())
        .await;
    assert!(matches!(deleted.unwrap(), DeleteUser::Done(_)));
    assert!(!store.renew_lease(message, lease, at(HOUR)).await.unwrap());
    assert!(
        !store
            .settle_message(message, lease, retry(0))
            .await
            .unwrap()
    );
    assert_eq!(store.outbox().await.unwrap(), OutboxState::default());
}

/// Claims a message and gives up on it.
async fn give_up(store: &dyn Store, now: i64) -> Id {
    let lease = fresh_id();
    let message = claim(store, lease, now, 1).await[0].message.id;
    let failed = Delivery::Failed {
        error: "550 no such mailbox".to_owned(),
        at: at(now),
    };
    assert!(store.settle_message(message, lease, failed).await.unwrap());
    message
}

pub(in crate::store) async fn messages_are_listed_newest_first(db: &dyn Database) {
    let store = db.open().await;
    let messages: Vec<QueuedMessage> = [1, 1, 2, 3, 4].map(queued_at).into();
    let newest_first: Vec<Id> = messages.iter().rev().map(|message| message.id).collect();
    queue(&*store, messages).await;
    let failed = give_up(&*store, 10).await;
    let listed = async |filter: MessageFilter| {
        all_pages(async |after| store.messages(&filter, after, 2).await).await
    };
    let ids =
        |entries: &[MessageEntry]| -> Vec<Id> { entries.iter().map(|entry| entry.id).collect() };
    let list = async |state: Option<MessageState>| listed(state.into()).await;
    assert_eq!(ids(&list(None).await), newest_first);
    let waiting = list(Some(MessageState::Waiting)).await;
    let living = newest_first.iter().filter(|id| **id != failed).copied();
    assert_eq!(ids(&waiting), living.collect::<Vec<Id>>());
    let given_up = list(Some(MessageState::Failed)).await;
    let expected = MessageEntry {
        id: failed,
        kind: MessageKind::Email,
        recipient: "ada@example.com".to_owned(),
        state: MessageState::Failed,
        attempts: 1,
        last_error: Some("550 no such mailbox".to_owned()),
        created_at: at(1),
        not_before: at(1),
    };
    assert_eq!(format!("{given_up:?}"), format!("{:?}", [expected]));
    assert_eq!((waiting[0].attempts, &waiting[0].last_error), (0, &None));
    assert_eq!(waiting[0].state, MessageState::Waiting);
    let here = |id| MessageFilter {
        id: Some(id),
        ..MessageFilter::default()
    };
    for id in [failed, newest_first[1]] {
        assert_eq!(ids(&listed(here(id)).await), [id]);
    }
    assert!(listed(here(fresh_id())).await.is_empty());
}

pub(in crate::store) async fn messages_are_listed_by_kind_and_recipient(db: &dyn Database) {
    let store = db.open().await;
    let hook = |millis| QueuedMessage {
        kind: MessageKind::Webhook,
        recipient: "https://one.example/hook?a=1".to_owned(),
        ..queued_at(millis)
    };
    let other = QueuedMessage {
        recipient: "https://one.example/hook".to_owned(),
        ..hook(2)
    };
    let messages = vec![queued_at(1), hook(3), other, hook(4), queued_at(5)];
    let all: Vec<Id> = messages.iter().map(|message| message.id).collect();
    queue(&*store, messages).await;
    let pick = |places: &[usize]| -> Vec<Id> { places.iter().map(|place| all[*place]).collect() };
    let list = async |kind, recipient: Option<&str>, state| {
        let filter = MessageFilter {
            id: None,
            state,
            kind,
            recipient: recipient.map(str::to_owned),
        };
        let listed = all_pages(async |after| store.messages(&filter, after, 1).await).await;
        listed.iter().map(|entry| entry.id).collect::<Vec<Id>>()
    };
    let hooks = Some(MessageKind::Webhook);
    assert_eq!(list(hooks, None, None).await, pick(&[3, 1, 2]));
    assert_eq!(
        list(Some(MessageKind::Email), None, None).await,
        pick(&[4, 0])
    );
    assert!(list(Some(MessageKind::Sms), None, None).await.is_empty());
    let one = Some("https://one.example/hook?a=1");
    assert_eq!(list(hooks, one, None).await, pick(&[3, 1]));
    assert_eq!(list(None, one, None).await, pick(&[3, 1]));
    let given_up = give_up(&*store, 10).await;
    assert_eq!(given_up, all[0]);
    let failed = Some(MessageState::Failed);
    assert_eq!(
        list(None, Some("ada@example.com"), failed).await,
        pick(&[0])
    );
    assert!(list(hooks, one, failed).await.is_empty());
}

pub(in crate::store) async fn a_message_is_tried_again_at_once(db: &dyn Database) {
    let store = db.open().await;
    queue(&*store, vec![queued_at(0), queued_at(1)]).await;
    let failed = give_up(&*store, 10).await;
    let lease = fresh_id();
    let later = claim(&*store, lease, 10, 1).await[0].message.id;
    let put_off = retry(5 * MINUTE);
    assert!(store.settle_message(later, lease, put_off).await.unwrap());
    assert!(!store.retry_message(fresh_id(), at(20)).await.unwrap());
    assert!(claim(&*store, fresh_id(), 20, 10).await.is_empty());

    assert!(store.retry_message(later, at(20)).await.unwrap());
    let again = claim(&*store, lease, 20, 10).await;
    assert_eq!(ids(&again), [later]);
    assert_eq!(
        again[0].message.expires_at,
        at(HOUR),
        "its content lives no longer"
    );
    // A message that is being sent is left to its sender.
    assert!(store.retry_message(later, at(20)).await.unwrap());
    assert!(claim(&*store, fresh_id(), 20, 10).await.is_empty());
    assert!(
        store
            .settle_message(later, lease, Delivery::Sent)
            .await
            .unwrap()
    );

    // A message that was given up is kept a day longer.
    assert!(store.retry_message(failed, at(9 * HOUR)).await.unwrap());
    assert_eq!(store.outbox().await.unwrap().failed, 0);
    let again = claim(&*store, fresh_id(), 9 * HOUR, 10).await;
    assert_eq!(ids(&again), [failed]);
    assert_eq!(again[0].message.attempts, 2);
    assert_eq!(again[0].message.expires_at, at(33 * HOUR));
}

pub(in crate::store) async fn a_message_is_removed_unsent(db: &dyn Database) {
    let store = db.open().await;
    queue(&*store, [0, 1, 2].map(queued_at).into()).await;
    let failed = give_up(&*store, 10).await;
    let lease = fresh_id();
    let sending = claim(&*store, lease, 10, 1).await[0].message.id;
    for message in [failed, sending] {
        assert!(store.delete_message(message).await.unwrap());
        assert!(!store.delete_message(message).await.unwrap());
    }
    assert!(
        !store
            .settle_message(sending, lease, retry(0))
            .await
            .unwrap()
    );
    let state = store.outbox().await.unwrap();
    assert_eq!((state.waiting, state.failed), (1, 0));
}

pub(in crate::store) async fn a_clock_put_back_holds_no_message_up(db: &dyn Database) {
    let store = db.open().await;
    let day = 24 * HOUR;
    let of = |millis| QueuedMessage {
        expires_at: at(millis + HOUR),
        ..queued_at(millis)
    };
    queue(&*store, vec![of(day), of(day + 1)]).await;
    // One is being sent by a process that dies; the other waits for its next delivery attempt.
    let sent = claim(&*store, fresh_id(), day, 1).await;
    assert_eq!(sent.len(), 1);
    let lease = fresh_id();
    let tried = claim(&*store, lease, day + 1, 1).await;
    let put_off = retry(day + 5 * MINUTE);
    let settled = store.settle_message(tried[0].message.id, lease, put_off);
    assert!(settled.await.unwrap());
    let again = claim(&*store, fresh_id(), 0, 10).await;
    assert_eq!(again.len(), 2);
    assert!(claim(&*store, fresh_id(), 1, 10).await.is_empty());
}
