//! Limits per client address that several servers share.

use super::sweep::rule;
use super::*;
use crate::model::window::SlidingWindow;
use crate::model::{Ceilings, ClientLimit, SweepRule};

const CLIENT: &str = "/login 192.0.2.1/32";

fn window(limit: u32, millis: i64) -> SlidingWindow {
    SlidingWindow {
        limit,
        length: SignedDuration::from_millis(millis),
    }
}

/// Counts a request, and returns when the next one is allowed if it is refused, in milliseconds after the start.
async fn count(
    store: &dyn Store,
    client: &str,
    windows: &[SlidingWindow],
    now: i64,
) -> Option<i64> {
    let limit = ClientLimit {
        key: client.to_owned(),
        windows: windows.to_vec(),
        now: at(now),
    };
    let until = store.count_request(limit).await.unwrap();
    until.map(|until| until.as_millisecond() - at(0).as_millisecond())
}

pub(in crate::store) async fn no_window_holds_more_requests_than_its_limit(db: &dyn Database) {
    let store = db.open().await;
    let windows = [window(3, MINUTE), window(5, HOUR)];
    let mut let_in = Vec::new();
    let mut now = 0;
    while now < 3 * HOUR {
        match count(&*store, CLIENT, &windows, now).await {
            None => {
                let_in.push(now);
                now += 7 * SECOND;
            }
            Some(until) => {
                assert!(until > now && until <= now + HOUR + MINUTE, "{now} {until}");
                // Until then, nothing fits.
                let early = count(&*store, CLIENT, &windows, until - 1).await;
                assert_eq!(early, Some(until));
                now = until;
            }
        }
    }
    for (limit, length) in [(3, MINUTE), (5, HOUR)] {
        let spread = |many: &[i64]| many[limit] - many[0];
        let closest = let_in.windows(limit + 1).map(spread).min().unwrap();
        assert!(closest >= length, "{let_in:?}");
        // A span of a sixtieth is the price.
        assert!(closest <= length + length / 20, "{let_in:?}");
    }
}

pub(in crate::store) async fn parallel_requests_to_several_servers_share_a_limit(
    db: &dyn Database,
) {
    let windows = [window(7, MINUTE), window(100, HOUR)];
    let refused = race(db, 40, |store, _| async move {
        count(&*store, CLIENT, &windows, 0).await
    })
    .await;
    let let_in = refused.iter().filter(|until| until.is_none());
    assert_eq!(let_in.count(), 7);
    let until = Some(MINUTE + SECOND - 1);
    assert!(refused.iter().all(|one| one.is_none() || *one == until));
}

pub(in crate::store) async fn clients_and_routes_are_counted_apart(db: &dyn Database) {
    let store = db.open().await;
    let windows = [window(1, MINUTE)];
    for client in [CLIENT, "/login 192.0.2.2/32", "/verify 192.0.2.1/32"] {
        assert_eq!(count(&*store, client, &windows, 0).await, None);
        assert!(count(&*store, client, &windows, 0).await.is_some());
    }
}

pub(in crate::store) async fn a_clock_put_back_makes_no_client_wait_longer(db: &dyn Database) {
    let store = db.open().await;
    let windows = [window(2, MINUTE)];
    for _ in 0..2 {
        assert_eq!(count(&*store, CLIENT, &windows, 300 * DAY).await, None);
    }
    let until = count(&*store, CLIENT, &windows, 0).await;
    assert_eq!(until, Some(MINUTE + SECOND - 1));
    // They count from here on, and no longer.
    let again = count(&*store, CLIENT, &windows, 30 * SECOND).await;
    assert_eq!(again, until);
    assert_eq!(count(&*store, CLIENT, &windows, 61 * SECOND).await, None);
}

pub(in crate::store) async fn counted_requests_expire_and_are_bounded(db: &dyn Database) {
    let store = db.open().await;
    let windows = [window(1, MINUTE)];
    for number in 0..4 {
        let client = format!("/login 192.0.2.{number}/32");
        assert_eq!(
            count(&*store, &client, &windows, number * SECOND).await,
            None
        );
    }
    let bounded = |now, counted_requests| SweepRule {
        now: at(now),
        ceilings: Ceilings {
            counted_requests,
            ..Ceilings::default()
        },
        ..rule()
    };
    assert_eq!(sweep::sweep_at(&*store, bounded(MINUTE, 3)).await, 1);
    let full = |number: i64| {
        let client = format!("/login 192.0.2.{number}/32");
        let store = store.clone();
        async move { count(&*store, &client, &windows, 5 * SECOND).await }
    };
    assert_eq!(full(0).await, None, "the oldest was removed");
    assert!(full(1).await.is_some());
    assert_eq!(sweep::sweep_at(&*store, bounded(HOUR, 9)).await, 4);
    assert_eq!(full(1).await, None);
}

const DAY: i64 = 24 * HOUR;
