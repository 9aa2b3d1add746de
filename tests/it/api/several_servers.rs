//! Several servers over one database behave as one.

use std::sync::Arc;

use reqwest::Method;

use crate::support::served::{PASSWORD, Served, at_once};

#[tokio::test]
async fn a_logout_on_one_is_refused_on_the_other_at_once() {
    let one = Served::start().await;
    let other = one.sibling().await;
    let token = one.person("ada@example.com").await;
    other.me(&token).await.is(200);
    one.as_bearer(&token, Method::POST, "/logout", None)
        .await
        .is(200);
    other.me(&token).await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn guesses_spread_over_both_are_counted_together() {
    let one = Arc::new(Served::start().await);
    let other = Arc::new(one.sibling().await);
    one.person("ada@example.com").await;
    let answers = at_once(30, |index| {
        let served = Arc::clone(if index % 2 == 0 { &one } else { &other });
        async move { served.log_in("ada@example.com", "wrong").await }
    })
    .await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 401).count(),
        5
    );
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
    let one = Arc::new(
        Served::with(|settings| settings.guessing.mail_per_recipient_per_hour = 100).await,
    );
    let other = Arc::new(one.sibling().await);
    let answers = at_once(20, |index| {
        let served = Arc::clone(if index % 2 == 0 { &one } else { &other });
        async move { served.register("ada@example.com").await }
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
