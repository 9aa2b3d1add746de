//! Unreadable documents, left by a newer version or another program: the work on all others continues.

use super::super::user_documents;
use super::*;
use crate::model::{EventKind, MessageKind, QueuedMessage, User};
use crate::store::conformance::{effects, fresh_id, mail};

async fn created(store: &Mongo, address: &str, effects: Effects) -> User {
    let user = user(address);
    let created = store.create_user(user.clone(), effects).await;
    assert_eq!(created.unwrap(), CreateUser::Created);
    user
}

/// Returns the recipients of the messages that are due now.
async fn claimed(store: &Mongo, limit: u32) -> Vec<String> {
    let queue = MessageQueue::People(MessageKind::ALL);
    let claimed = store.claim_messages(queue, fresh_id(), at(9), at(1), limit);
    let claimed = claimed.await.unwrap().into_iter();
    claimed.map(|claimed| claimed.message.recipient).collect()
}

/// Leaves the effects of a process that died before it copied them.
async fn leave(db: &Db, user: &User, out: out::Out) {
    let update = vec![out.stage(false)];
    let left = db.users.update_one(user_documents::key(user.id), update);
    assert_eq!(left.await.unwrap().modified_count, 1);
}

#[tokio::test]
async fn an_event_of_a_newer_version_holds_nobody_up() {
    for is_announcing in [true, false] {
        let db = fresh();
        let store = if is_announcing {
            db.announcing()
        } else {
            db.mongo()
        };
        let ada = created(&store, "ada@example.com", Effects::default()).await;
        let bob = created(&store, "bob@example.com", Effects::default()).await;
        let raw = store.db().await.unwrap();
        let out = |address| out::Out::of_account(effects(address, EventKind::UserLoggedIn));
        leave(raw, &ada, out("ada@example.com").unwrap()).await;
        leave(raw, &bob, out("bob@example.com").unwrap()).await;
        let newer = doc! { "$set": { "regstack_out.$[of].event.kind": "user_knighted" } };
        let of_event = doc! { "of.event": { "$exists": true } };
        let made_newer = raw
            .users
            .update_one(user_documents::key(ada.id), newer)
            .array_filters([of_event]);
        assert_eq!(made_newer.await.unwrap().modified_count, 1);

        let mut sent = claimed(&store, 10).await;
        sent.sort();
        assert_eq!(sent, ["ada@example.com", "bob@example.com"]);
        let count = async |filter| raw.events.count_documents(filter).await.unwrap();
        let copied = doc! { "kind": "user_knighted", "user_id": documents::oid(ada.id) };
        assert_eq!(count(copied).await, 1, "the trail is whole");
        assert_eq!(count(doc! { "kind": "user_logged_in" }).await, 1);
        let webhooks = doc! { "kind": MessageKind::Webhook.as_str() };
        let webhooks = raw.outbox.count_documents(webhooks).await.unwrap();
        assert_eq!(
            webhooks,
            u64::from(is_announcing),
            "of the one that is known"
        );
        let left = doc! { "regstack_out": { "$exists": true } };
        assert_eq!(raw.users.count_documents(left).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_damaged_account_holds_nobody_up() {
    let db = fresh();
    let store = db.announcing();
    let ada = created(&store, "ada@example.com", Effects::default()).await;
    let eve = created(&store, "eve@example.com", Effects::default()).await;
    let bob = created(&store, "bob@example.com", Effects::default()).await;
    let raw = store.db().await.unwrap();
    let out = effects("bob@example.com", EventKind::UserLoggedIn);
    leave(raw, &bob, out::Out::of_account(out).unwrap()).await;
    for (damaged, fields) in [
        (
            &ada,
            doc! { "regstack_out": [{ "id": documents::oid(fresh_id()) }, "x"] },
        ),
        (&eve, doc! { user_documents::DELETING: true, "email": 7 }),
    ] {
        let damage = doc! { "$set": fields };
        let update = raw
            .users
            .update_one(user_documents::key(damaged.id), damage);
        assert_eq!(update.await.unwrap().modified_count, 1);
    }
    assert_eq!(claimed(&store, 10).await, ["bob@example.com"]);
}

#[tokio::test]
async fn a_damaged_message_holds_no_other_up_and_is_left_as_it_is() {
    let db = fresh();
    let store = db.mongo();
    let damages = [
        doc! { "payload": "text" },
        doc! { "farewell": "yes" },
        doc! { "pending_proof": 7 },
        doc! { "created_at": "yesterday" },
    ];
    let mut messages: Vec<QueuedMessage> = Vec::new();
    for _ in 0..=damages.len() {
        messages.push(mail("ada@example.com"));
    }
    messages.last_mut().unwrap().recipient = "bob@example.com".to_owned();
    let queued = Effects {
        messages: messages.clone(),
        ..Effects::default()
    };
    created(&store, "ada@example.com", queued).await;
    let raw = store.db().await.unwrap();
    let mut ids = Vec::new();
    for (message, fields) in messages.iter().zip(damages) {
        let key = doc! { "_id": documents::oid(message.id) };
        let damage = doc! { "$set": fields };
        let update = raw.outbox.update_one(key.clone(), damage).await;
        assert_eq!(update.unwrap().modified_count, 1);
        ids.push(key.get("_id").cloned().unwrap());
    }
    let all = doc! { "_id": { "$in": ids } };
    let before = raw.all(raw.outbox.find(all.clone())).await.unwrap();
    assert_eq!(claimed(&store, 1).await, ["bob@example.com"]);
    assert_eq!(claimed(&store, 10).await, [] as [&str; 0]);
    let after = raw.all(raw.outbox.find(all)).await.unwrap();
    assert_eq!((before.len(), &before), (4, &after));
}
