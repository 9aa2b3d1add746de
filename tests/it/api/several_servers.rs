//! Several servers over one database behave as one.

use jiff::SignedDuration;
use regstack::internals::config::{Quota, RateLimit, Settings};
use rusqlite::Connection;

use crate::support::actor::{Answer, PASSWORD, Requests as _, with_status};
use crate::support::database::{Database, Kind};
use crate::support::served::{Served, at_once};

#[tokio::test]
async fn a_logout_on_one_is_refused_on_the_other_at_once() {
    let one = Served::start().await;
    let other = one.sibling().await;
    let ada = one.signed_up("ada@example.com").await;
    let there = ada.at(&other);
    there.me().await.is(200);
    ada.log_out().await.is(200);
    there.me().await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn guesses_spread_over_both_are_counted_together() {
    let one = Served::start().await;
    let other = one.sibling().await;
    one.signed_up("ada@example.com").await;
    let answers = at_once(30, |index| {
        [&one, &other][index % 2].log_in("ada@example.com", "wrong")
    })
    .await;
    assert_eq!(with_status(&answers, 401), 5);
    one.log_in("ada@example.com", PASSWORD)
        .await
        .refused(429, "locked");
    other
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(429, "locked");
}

#[tokio::test]
async fn registrations_spread_over_both_make_one_account_and_each_mail_goes_once() {
    let one = Served::with(|settings| settings.guessing.mail_per_recipient_per_hour = 100).await;
    let other = one.sibling().await;
    let answers = at_once(20, |index| {
        [&one, &other][index % 2].register("ada@example.com")
    })
    .await;
    for answer in &answers {
        answer.is(201);
    }
    one.outbox_is_empty().await;
    let mut sent: Vec<String> = one
        .mailbox
        .messages()
        .into_iter()
        .map(|mail| mail.text)
        .collect();
    let all = sent.len();
    sent.sort();
    sent.dedup();
    assert_eq!(sent.len(), all, "a mail was sent twice");
}

fn limited_to(logins: u32) -> impl FnOnce(&mut Settings) {
    move |settings| {
        let quota = Quota {
            count: logins.try_into().unwrap(),
            seconds: 60,
        };
        settings.guessing.limits.login = Some(RateLimit(vec![quota]));
    }
}

#[tokio::test]
async fn shared_limits_per_client_address_count_requests_to_both() {
    let one = Served::with(|settings| {
        limited_to(7)(settings);
        settings.guessing.shared_rate_limits = true;
    })
    .await;
    let other = one.sibling().await;
    let servers = [&one, &other];
    let log_in = |index: usize| {
        let email = format!("nobody{index}@example.com");
        async move { servers[index % 2].log_in(&email, "wrong").await }
    };
    let answers = at_once(30, log_in).await;
    assert_eq!(with_status(&answers, 401), 7);
    assert_eq!(with_status(&answers, 429), 23);
    // The wait that is named is needed and enough, on both.
    let wait = |answer: &Answer| -> i64 {
        let wait = answer.refused(429, "rate_limited").header("retry-after");
        wait.unwrap().parse().unwrap()
    };
    let waits: Vec<i64> = [log_in(0).await, log_in(1).await]
        .iter()
        .map(wait)
        .collect();
    assert_eq!(waits[0], waits[1]);
    assert!((60..=61).contains(&waits[0]), "{waits:?}");
    one.pass(SignedDuration::from_secs(waits[0] - 1));
    assert_eq!(
        [log_in(0).await, log_in(1).await].map(|answer| wait(&answer)),
        [1, 1]
    );
    one.pass(SignedDuration::from_secs(1));
    let answers = at_once(30, log_in).await;
    assert_eq!(with_status(&answers, 401), 7);
    // Another route is another limit.
    other.register("ada@example.com").await.is(201);
}

#[tokio::test]
async fn limits_that_are_not_shared_count_requests_to_each_server() {
    let one = Served::with(limited_to(3)).await;
    let other = one.sibling().await;
    for server in [&one, &other] {
        for number in 0..3 {
            let email = format!("nobody{number}@example.com");
            server.log_in(&email, "wrong").await.is(401);
        }
        let fourth = server.log_in("nobody@example.com", "wrong").await;
        fourth.refused(429, "rate_limited");
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_counted_is_not_let_in() {
    let database = Database::fresh(Kind::Sqlite).await;
    let one = Served::over(database, |settings| {
        limited_to(3)(settings);
        settings.guessing.shared_rate_limits = true;
    })
    .await;
    // The login itself would work.
    let raw = Connection::open(one.database().folder().join("regstack.db")).unwrap();
    raw.execute_batch("alter table request_counts rename to lost")
        .unwrap();
    let lost = one.log_in("nobody@example.com", "wrong").await;
    let wait = lost.refused(503, "unavailable").header("retry-after");
    assert_eq!(wait, Some("5"));
}
