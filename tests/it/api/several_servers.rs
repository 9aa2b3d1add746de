//! Several servers over one database behave as one.

use crate::support::actor::{PASSWORD, Requests as _, with_status};
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
