//! `POST /logout`, and what ends sessions.

use jiff::SignedDuration;

use crate::support::actor::{PASSWORD, Requests as _, one_succeeds};
use crate::support::served::{Served, at_once};

#[tokio::test]
async fn a_session_ends_where_it_was_ended_and_no_other_does() {
    let served = Served::start().await;
    let first = served.signed_up("ada@example.com").await;
    let second = served.signed_in("ada@example.com").await;
    let out = first.log_out().await;
    assert_eq!(out.is(200).body.as_object().unwrap().len(), 1);
    first.me().await.refused(401, "not_authenticated");
    first.log_out().await.refused(401, "not_authenticated");
    second.me().await.is(200);
    assert_eq!(served.count_events("user_logged_out").await, 1);
}

#[tokio::test]
async fn a_session_ends_on_time() {
    let served = Served::start().await;
    let token = served.signed_up("ada@example.com").await;
    served.pass(SignedDuration::from_millis(7_200_000 - 124));
    token.me().await.is(200);
    served.pass(SignedDuration::from_millis(1));
    token.me().await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn locking_ends_sessions_at_once_and_unlocking_revives_none() {
    let served = Served::start().await;
    let token = served.signed_up("ada@example.com").await;
    served.operator().disable("ada@example.com").await;
    token.me().await.refused(401, "not_authenticated");
    served.operator().enable("ada@example.com").await;
    token.me().await.refused(401, "not_authenticated");
    // In the very same millisecond a new login works.
    let fresh = served.signed_in("ada@example.com").await;
    fresh.me().await.is(200);
}

#[tokio::test]
async fn a_deleted_account_comes_back_as_another() {
    let served = Served::start().await;
    let token = served.signed_up("ada@example.com").await;
    let before = token.me().await.text("id").to_owned();
    served.operator().delete("ada@example.com").await;
    token.me().await.refused(401, "not_authenticated");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    let fresh = served.signed_up("ada@example.com").await;
    assert_ne!(fresh.me().await.text("id"), before);
    token.me().await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn twenty_logouts_at_once_are_one() {
    let served = Served::start().await;
    let token = served.signed_up("ada@example.com").await;
    let answers = at_once(20, |_| token.log_out()).await;
    one_succeeds(&answers, 200, (401, "not_authenticated"));
}
