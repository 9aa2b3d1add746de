//! The audit trail, and signs of life.

use super::*;
use crate::model::{DayCounts, SweepRule, UserChange};
use crate::store::Deletion;

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
            // Three events share each moment.
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
        // The full list begins with the events that were recorded while the other lists were read.
        let expected: Vec<Id> = of_user.map(|(id, _)| *id).collect();
        assert_eq!(seen[seen.len() - expected.len()..], expected);
        assert_eq!(seen.len(), expected.len());
    }
}

pub(in crate::store) async fn events_are_found_by_kind(db: &dyn Database) {
    let store = db.open().await;
    let ada = fresh_id();
    let mut all = Vec::new();
    for number in 0..12_i64 {
        let of = Event {
            at: at(number / 3),
            user_id: (number % 2 == 0).then_some(ada),
            ..event(EventKind::ALL[usize::try_from(number % 3).unwrap()])
        };
        all.insert(0, of.clone());
        store.record(of).await.unwrap();
    }
    for user_id in [None, Some(ada)] {
        for kind in [
            None,
            Some(EventKind::ALL[1]),
            Some(EventKind::TokensRevoked),
        ] {
            let filter = EventFilter {
                user_id,
                kind,
                ..EventFilter::default()
            };
            let seen = all_pages(async |after| store.events(&filter, after, 2).await).await;
            let seen: Vec<Id> = seen.iter().map(|event| event.id).collect();
            let expected: Vec<Id> = all
                .iter()
                .filter(|event| user_id.is_none() || event.user_id == user_id)
                .filter(|event| kind.is_none_or(|kind| event.kind == kind))
                .map(|event| event.id)
                .collect();
            assert_eq!(seen, expected, "{filter:?}");
        }
    }
}

pub(in crate::store) async fn events_are_found_since_a_moment(db: &dyn Database) {
    let store = db.open().await;
    let ada = fresh_id();
    let mut all = Vec::new();
    for number in 0..12_i64 {
        let of = Event {
            at: at(number / 2),
            user_id: (number % 2 == 0).then_some(ada),
            ..event(EventKind::UserLoggedIn)
        };
        all.insert(0, of.clone());
        store.record(of).await.unwrap();
    }
    for user_id in [None, Some(ada)] {
        for since in [0, 3, 5, 6] {
            let filter = EventFilter {
                user_id,
                since: Some(at(since)),
                ..EventFilter::default()
            };
            let seen = all_pages(async |after| store.events(&filter, after, 2).await).await;
            let seen: Vec<Id> = seen.iter().map(|event| event.id).collect();
            let expected: Vec<Id> = all
                .iter()
                .filter(|event| user_id.is_none() || event.user_id == user_id)
                .filter(|event| event.at >= at(since))
                .map(|event| event.id)
                .collect();
            assert_eq!(seen, expected, "{filter:?}");
        }
    }
}

pub(in crate::store) async fn days_are_counted_as_they_happen(db: &dyn Database) {
    const DAY: i64 = 24 * HOUR;
    let store = db.open().await;
    // All behaviors start at midnight.
    let born = |address: &str, created_at| User {
        created_at: at(created_at),
        ..user(address)
    };
    let registered = effects("ada@example.com", EventKind::UserRegistered);
    let ada = store
        .create_user(born("ada@example.com", 0), registered)
        .await;
    assert_eq!(ada.unwrap(), CreateUser::Created);
    create(&*store, born("bob@example.com", DAY - 1)).await;
    create(&*store, born("carl@example.com", -1)).await;
    put(&*store, pending("dora@example.com", proof("1"))).await;
    let welcome = effects("dora@example.com", EventKind::UserVerified);
    let verified = store.verify(&proof("1"), fresh_id(), at(0), welcome).await;
    assert!(matches!(
        verified.unwrap(),
        crate::store::Verify::Created(_)
    ));
    fail(&*store, "ada@example.com", at(0)).await;
    for (kind, moment) in [
        (EventKind::UserLoggedIn, 0),
        (EventKind::UserLoggedIn, 5),
        (EventKind::UserLoggedIn, 2 * DAY),
        (EventKind::LoginFailed, 2 * DAY),
        (EventKind::LoginLocked, 2 * DAY),
        (EventKind::UserVerified, -1),
    ] {
        let of = Event {
            at: at(moment),
            ..event(kind)
        };
        store.record(of).await.unwrap();
    }
    // Changes that were undone or refused are not counted; those of a deleted account are.
    let twice = effects("ada@example.com", EventKind::UserLoggedIn);
    let taken = store.create_user(user("ada@example.com"), twice).await;
    assert_eq!(taken.unwrap(), CreateUser::EmailTaken);
    let bob = store.user_by_email(&email("bob@example.com")).await;
    let deleted = store.delete_user(
        bob.unwrap().unwrap().id,
        Deletion::default(),
        Effects::default(),
    );
    assert!(matches!(deleted.await.unwrap(), DeleteUser::Done(_)));

    let series = async |days, now| {
        let days = store.series(days, at(now)).await.unwrap();
        let counts = |day: DayCounts| {
            let date = day.date.to_string();
            (
                date,
                [day.registered, day.verified, day.logins, day.failures],
            )
        };
        days.into_iter().map(counts).collect::<Vec<_>>()
    };
    let day = |date: &str, counts: [u64; 4]| (date.to_owned(), counts);
    let expected = [
        day("2099-12-31", [1, 1, 0, 0]),
        day("2100-01-01", [3, 1, 2, 1]),
        day("2100-01-02", [0, 0, 0, 0]),
        day("2100-01-03", [0, 0, 1, 1]),
    ];
    assert_eq!(series(4, 2 * DAY).await, expected);
    assert_eq!(series(1, 3 * DAY - 1).await, expected[3..]);
    assert_eq!(series(2, DAY - 1).await, expected[..2]);
    assert_eq!(series(0, 0).await, []);
    assert_eq!(series(90, 2 * DAY).await[86..], expected);
    // The counts per day are kept longer than the events.
    let rule = SweepRule {
        now: at(4 * DAY),
        lockout_window: RULE.window,
        events: SignedDuration::ZERO,
        failed_messages: SignedDuration::from_hours(1),
        ceilings: crate::model::Ceilings::default(),
    };
    super::sweep::sweep_at(&*store, rule).await;
    assert_eq!(recorded(&*store).await, [EventKind::UserLoggedIn]);
    assert_eq!(series(4, 2 * DAY).await, expected);
}

pub(in crate::store) async fn parallel_events_are_all_counted(db: &dyn Database) {
    race(db, 60, |store, number| async move {
        let kinds = [
            EventKind::UserLoggedIn,
            EventKind::LoginFailed,
            EventKind::UserVerified,
        ];
        store.record(event(kinds[number % 3])).await.unwrap();
        create(&*store, user(&format!("user{number}@example.com"))).await;
    })
    .await;
    let day = db.open().await.series(1, at(0)).await.unwrap()[0];
    assert_eq!(
        (day.registered, day.verified, day.logins, day.failures),
        (60, 20, 20, 20)
    );
}

pub(in crate::store) async fn what_comes_again_is_one_event_and_counted(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let mut first = Event {
        user_id: Some(ada.id),
        ..event(EventKind::LoginRefused)
    };
    first.data.insert("reason".into(), "locked".into());
    for (now, times) in [(7, 1), (8, 3), (9, 1)] {
        let again = Event {
            at: at(now),
            ip: (now == 7).then(|| "192.0.2.7".parse().unwrap()),
            ..first.clone()
        };
        store.record_again(again, times).await.unwrap();
    }
    let other = Event {
        at: at(10),
        ..event(EventKind::LoginRefused)
    };
    store.record_again(other, 1).await.unwrap();
    let of_ada = EventFilter {
        user_id: Some(ada.id),
        ..EventFilter::default()
    };
    let events = store.events(&of_ada, None, 10).await.unwrap().items;
    let [read] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!((read.at, read.times()), (at(7), 5));
    assert_eq!(read.ip, Some("192.0.2.7".parse().unwrap()));
    assert_eq!(read.data["reason"], "locked");
    assert_eq!(read.data["last_at"], at(9).to_string());
    assert_eq!(recorded(&*store).await.len(), 2);
}

pub(in crate::store) async fn what_comes_at_once_is_one_event_and_counted(db: &dyn Database) {
    let told = event(EventKind::LoginRefused);
    race(db, 40, move |store, _| {
        let told = told.clone();
        async move { store.record_again(told, 1).await.unwrap() }
    })
    .await;
    let store = db.open().await;
    let events = store.events(&EventFilter::default(), None, 10).await;
    let events = events.unwrap().items;
    assert_eq!((events.len(), events[0].times()), (1, 40));
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

pub(in crate::store) async fn of_several_events_those_are_kept_that_took_place(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let wishes = Effects {
        events: [
            EventKind::UserEnabled,
            EventKind::AdminGranted,
            EventKind::UserVerified,
            EventKind::TokensRevoked,
        ]
        .map(event)
        .into(),
        ..Effects::default()
    };
    let wish = UserChange {
        is_active: Some(true),
        is_superuser: Some(true),
        is_verified: Some(ada.is_verified),
        end_sessions: true,
        ..UserChange::default()
    };
    let done = store.change_user(ada.id, wish, false, at(5), wishes).await;
    assert!(matches!(done.unwrap(), ChangeUser::Done(_)));
    let mut kept = recorded(&*store).await;
    kept.sort_by_key(|kind| kind.as_str());
    assert_eq!(kept, [EventKind::AdminGranted, EventKind::TokensRevoked]);
}
