//! Signing keys: kept in order, each number used once.

use super::*;
use crate::model::{SigningAlgorithm, SigningKey};

pub(super) fn key(number: u32, kid: &str) -> SigningKey {
    SigningKey {
        number,
        kid: kid.to_owned(),
        algorithm: SigningAlgorithm::Es256,
        public_key: vec![4, 0, 255],
        sealed: vec![0, 1, 2, 254],
        created_at: at(number.into()),
        signs_from: at(i64::from(number) + 100),
    }
}

pub(in crate::store) async fn keys_are_read_as_they_were_written(db: &dyn Database) {
    let store = db.open().await;
    let first = SigningKey {
        algorithm: SigningAlgorithm::EdDsa,
        ..key(1, "a")
    };
    assert!(
        store
            .add_signing_key(key(2, "b"), Effects::default())
            .await
            .unwrap()
    );
    assert!(
        store
            .add_signing_key(first.clone(), Effects::default())
            .await
            .unwrap()
    );
    let kept = store.signing_keys().await.unwrap();
    assert_eq!(kept, [first, key(2, "b")], "in the order of their numbers");
    let removed = || Effects::of_events([event(EventKind::SigningKeyRemoved)]);
    assert!(store.remove_signing_key("a", removed()).await.unwrap());
    assert!(!store.remove_signing_key("a", removed()).await.unwrap());
    assert_eq!(
        recorded(&*store).await,
        [EventKind::SigningKeyRemoved],
        "told once"
    );
    assert_eq!(store.signing_keys().await.unwrap(), [key(2, "b")]);
}

pub(in crate::store) async fn of_two_next_keys_one_is_added(db: &dyn Database) {
    let (one, other) = (db.open().await, db.open().await);
    let made = || Effects::of_events([event(EventKind::SigningKeyCreated)]);
    for number in 1..=5 {
        let (first, second) = tokio::join!(
            one.add_signing_key(key(number, &format!("one{number}")), made()),
            other.add_signing_key(key(number, &format!("other{number}")), made())
        );
        assert!(first.unwrap() ^ second.unwrap(), "{number}");
    }
    let numbers = one.signing_keys().await.unwrap();
    let numbers: Vec<u32> = numbers.iter().map(|key| key.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert_eq!(recorded(&*one).await, [EventKind::SigningKeyCreated; 5]);
}

pub(in crate::store) async fn a_key_is_sealed_anew_only_as_it_was_read(db: &dyn Database) {
    let store = db.open().await;
    store
        .add_signing_key(key(1, "a"), Effects::default())
        .await
        .unwrap();
    let anew = SigningKey {
        sealed: vec![9, 9],
        ..key(1, "a")
    };
    let reseal = |before: Vec<u8>| store.reseal_signing_key(anew.clone(), before);
    assert!(!reseal(vec![1]).await.unwrap());
    assert!(reseal(key(1, "a").sealed).await.unwrap());
    assert!(!reseal(key(1, "a").sealed).await.unwrap());
    assert_eq!(store.signing_keys().await.unwrap(), [anew]);
}
