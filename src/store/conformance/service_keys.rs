//! Service keys: found by id and by name, with unique names, and refused at once after removal.

use super::sweep::sweep_at;
use super::*;
use crate::model::service_key::KEPT_AFTER_EXPIRY;
use crate::model::{Ceilings, Scopes, ServiceKey, ServiceKeyName, SweepRule};

fn name(text: &str) -> ServiceKeyName {
    ServiceKeyName::parse(text).unwrap()
}

pub(super) fn key(number: u8, called: &str) -> ServiceKey {
    ServiceKey {
        id: Id::from_bytes([number; 12]),
        name: name(called),
        hash: ProofHash::from_stored(format!("{number:064x}")),
        scopes: Scopes::parse("introspect admin:write").unwrap(),
        created_by: "operator:root".into(),
        created_at: at(number.into()),
        expires_at: None,
        last_used_on: None,
    }
}

fn told(kind: EventKind) -> Effects {
    Effects::of_events([event(kind)])
}

pub(in crate::store) async fn service_keys_are_read_as_they_were_written(db: &dyn Database) {
    let store = db.open().await;
    let plain = key(1, "plain");
    let full = ServiceKey {
        expires_at: Some(at(9000 * HOUR)),
        last_used_on: Some(at(24 * HOUR)),
        ..key(2, "full")
    };
    for key in [&plain, &full] {
        let made = told(EventKind::ServiceKeyCreated);
        assert!(store.add_service_key(key.clone(), made).await.unwrap());
        assert_eq!(store.service_key(key.id).await.unwrap().as_ref(), Some(key));
        let named = store.service_key_named(&key.name).await.unwrap();
        assert_eq!(named.as_ref(), Some(key));
    }
    let nobody = Id::from_bytes([9; 12]);
    assert_eq!(store.service_key(nobody).await.unwrap(), None);
    assert_eq!(
        store.service_key_named(&name("nobody")).await.unwrap(),
        None
    );
    let first = store.service_keys(None, 1).await.unwrap();
    assert_eq!(first.items, [full]);
    let second = store.service_keys(first.next, 1).await.unwrap();
    assert_eq!((second.items, second.next), (vec![plain], None));
}

pub(in crate::store) async fn a_name_has_one_service_key(db: &dyn Database) {
    let (one, other) = (db.open().await, db.open().await);
    let (first, second) = tokio::join!(
        one.add_service_key(key(1, "billing"), told(EventKind::ServiceKeyCreated)),
        other.add_service_key(key(2, "billing"), told(EventKind::ServiceKeyCreated))
    );
    assert!(first.unwrap() ^ second.unwrap());
    assert_eq!(
        recorded(&*one).await,
        [EventKind::ServiceKeyCreated],
        "the other one is not told of"
    );
}

pub(in crate::store) async fn a_removed_service_key_is_gone_at_once(db: &dyn Database) {
    let (one, other) = (db.open().await, db.open().await);
    let kept = key(1, "billing");
    let added = one.add_service_key(kept.clone(), Effects::default());
    assert!(added.await.unwrap());
    let remove = |store: &SharedStore| {
        let store = store.clone();
        let told = told(EventKind::ServiceKeyRevoked);
        async move { store.remove_service_key(kept.id, told).await.unwrap() }
    };
    let (first, second) = tokio::join!(remove(&one), remove(&other));
    assert!(first ^ second, "once");
    for store in [&one, &other] {
        assert_eq!(store.service_key(kept.id).await.unwrap(), None);
        assert_eq!(store.service_key_named(&kept.name).await.unwrap(), None);
        assert!(store.service_keys(None, 5).await.unwrap().items.is_empty());
    }
    assert_eq!(recorded(&*one).await, [EventKind::ServiceKeyRevoked]);
    one.note_service_key_use(kept.id, at(HOUR)).await.unwrap();
    assert_eq!(one.service_key(kept.id).await.unwrap(), None);
    let again = one.add_service_key(key(2, "billing"), Effects::default());
    assert!(again.await.unwrap(), "its name is free");
}

pub(in crate::store) async fn the_last_use_of_a_service_key_only_moves_on(db: &dyn Database) {
    let store = db.open().await;
    let id = key(1, "billing").id;
    let added = store.add_service_key(key(1, "billing"), Effects::default());
    assert!(added.await.unwrap());
    for (noted, kept) in [(2, 2), (1, 2), (3, 3)] {
        let day = |number: i64| at(number * 24 * HOUR);
        store.note_service_key_use(id, day(noted)).await.unwrap();
        let read = store.service_key(id).await.unwrap().unwrap();
        assert_eq!(read.last_used_on, Some(day(kept)));
    }
}

pub(in crate::store) async fn an_expired_service_key_stays_in_lists_for_a_while(db: &dyn Database) {
    let store = db.open().await;
    let expired = ServiceKey {
        expires_at: Some(at(HOUR)),
        ..key(1, "old")
    };
    for key in [expired, key(2, "lasting")] {
        let added = store.add_service_key(key, Effects::default());
        assert!(added.await.unwrap());
    }
    let end = at(HOUR) + KEPT_AFTER_EXPIRY;
    for (now, left) in [(end - SignedDuration::from_millis(1), 2), (end, 1)] {
        let rule = SweepRule {
            now,
            lockout_window: RULE.window,
            events: SignedDuration::from_hours(90 * 24),
            failed_messages: SignedDuration::from_hours(7 * 24),
            ceilings: Ceilings::default(),
        };
        sweep_at(&*store, rule).await;
        let keys = store.service_keys(None, 5).await.unwrap().items;
        assert_eq!(keys.len(), left, "{now}");
    }
}

pub(in crate::store) async fn a_service_key_and_a_session_are_read_together(db: &dyn Database) {
    let store = db.open().await;
    let kept = key(1, "shop");
    let added = store.add_service_key(kept.clone(), Effects::default());
    assert!(added.await.unwrap());
    let ada = create(&*store, user("ada@example.com")).await;
    let revoked = Revocation {
        jti: "ended".into(),
        user_id: Some(ada.id),
        expires_at: at(HOUR),
    };
    let newly = store.revoke_token(revoked, Effects::default());
    assert!(newly.await.unwrap());
    let nobody = Id::from_bytes([9; 12]);
    for service_key in [kept.id, nobody] {
        for (user_id, jti) in [(ada.id, "alive"), (ada.id, "ended"), (nobody, "alive")] {
            let (found, session) = store
                .introspection(service_key, user_id, jti, jti)
                .await
                .unwrap();
            assert_eq!(found, store.service_key(service_key).await.unwrap());
            let alone = store.session(user_id, jti, jti).await.unwrap();
            assert_eq!(format!("{session:?}"), format!("{alone:?}"));
            let told = session.map(|session| session.revoked);
            assert_eq!(told, (user_id == ada.id).then_some(jti == "ended"));
        }
    }
}
