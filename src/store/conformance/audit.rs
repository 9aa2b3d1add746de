//! The audit trail, and signs of life.

use super::*;

pub(in crate::store) async fn events_are_read_as_they_were_written(db: &dyn Database) {
    let store = db.open().await;
    let full = Event {
        at: at(7),
        user_id: Some(fresh_id()),
        email: Some(email("ada@bücher.example")),
        actor: "operator:root\u{1b}[2J\0".to_owned(),
        ip: Some("2001:db8::7".parse().unwrap()),
        request_id: Some("r-1".to_owned()),
        data: serde_json::from_str(
            r#"{"reason": "wrong password", "nested": {"n": [1, null, "é\u0000"]}}"#,
        )
        .unwrap(),
        ..event(EventKind::LoginFailed)
    };
    for written in [event(EventKind::UserRegistered), full] {
        store.record(written.clone()).await.unwrap();
        let read = &store
            .events(&EventFilter::default(), None, 1)
            .await
            .unwrap()
            .items[0];
        assert_eq!(format!("{read:?}"), format!("{written:?}"));
    }
    for kind in EventKind::ALL {
        store
            .record(Event {
                at: at(8),
                ..event(*kind)
            })
            .await
            .unwrap();
    }
    assert_eq!(recorded(&*store).await[2..], *EventKind::ALL);
}

pub(in crate::store) async fn events_are_paged_newest_first(db: &dyn Database) {
    let store = db.open().await;
    let (ada, bob) = (fresh_id(), fresh_id());
    let mut all = Vec::new();
    for number in 0..12 {
        let of = Event {
            // Three to a moment.
            at: at(number / 3),
            user_id: Some(if number % 2 == 0 { ada } else { bob }),
            ..event(EventKind::UserLoggedIn)
        };
        all.insert(0, (of.id, of.user_id));
        store.record(of).await.unwrap();
    }
    for user_id in [None, Some(ada), Some(bob), Some(fresh_id())] {
        let filter = EventFilter {
            user_id,
            ..EventFilter::default()
        };
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.events(&filter, after, 4).await.unwrap();
            seen.extend(page.items.iter().map(|event| event.id));
            after = page.next;
            if after.is_none() {
                break;
            }
            store
                .record(Event {
                    at: at(HOUR),
                    user_id,
                    ..event(EventKind::UserLoggedOut)
                })
                .await
                .unwrap();
        }
        let of_user = all
            .iter()
            .filter(|(_, owner)| user_id.is_none() || *owner == user_id);
        // Those recorded while earlier lists were read stand at the top of the whole one.
        let expected: Vec<Id> = of_user.map(|(id, _)| *id).collect();
        assert_eq!(seen[seen.len() - expected.len()..], expected);
        assert_eq!(seen.len(), expected.len());
    }
}

pub(in crate::store) async fn the_engine_names_itself_and_answers(db: &dyn Database) {
    let store = db.open().await;
    store.ping().await.unwrap();
    let engine = store.engine();
    let (product, version) = engine.split_once(' ').unwrap();
    assert!(product.chars().all(char::is_alphanumeric), "{engine}");
    assert!(
        version.starts_with(|digit: char| digit.is_ascii_digit()),
        "{engine}"
    );
}
