//! `POST /logout`, and what ends sessions.

use std::sync::Arc;

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::support::served::{PASSWORD, Served, at_once};

#[tokio::test]
async fn a_session_ends_where_it_was_ended_and_no_other_does() {
    let served = Served::start().await;
    let first = served.person("ada@example.com").await;
    let second = served
        .log_in("ada@example.com", PASSWORD)
        .await
        .text("access_token")
        .to_owned();
    assert_eq!(
        served
            .as_bearer(&first, Method::POST, "/logout", None)
            .await
            .is(200)
            .body
            .as_object()
            .unwrap()
            .len(),
        1
    );
    served.me(&first).await.refused(401, "not_authenticated");
    served
        .as_bearer(&first, Method::POST, "/logout", None)
        .await
        .refused(401, "not_authenticated");
    served.me(&second).await.is(200);
    let kinds = served.event_kinds().await;
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| **kind == "user_logged_out")
            .count(),
        1,
        "{kinds:?}"
    );
}

#[tokio::test]
async fn a_session_ends_on_time() {
    let served = Served::start().await;
    let token = served.person("ada@example.com").await;
    served.pass(SignedDuration::from_millis(7_200_000 - 124));
    served.me(&token).await.is(200);
    served.pass(SignedDuration::from_millis(1));
    served.me(&token).await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn locking_ends_sessions_at_once_and_unlocking_revives_none() {
    let served = Served::start().await;
    let token = served.person("ada@example.com").await;
    let id = served.id_of("ada@example.com").await;
    served
        .app
        .accounts
        .lock(id, false, &Served::operator())
        .await
        .unwrap();
    served.me(&token).await.refused(401, "not_authenticated");
    served
        .app
        .accounts
        .unlock(id, &Served::operator())
        .await
        .unwrap();
    served.me(&token).await.refused(401, "not_authenticated");
    // In the very same millisecond a new login works.
    let fresh = served
        .log_in("ada@example.com", PASSWORD)
        .await
        .text("access_token")
        .to_owned();
    served.me(&fresh).await.is(200);
}

#[tokio::test]
async fn a_deleted_account_comes_back_as_another() {
    let served = Served::start().await;
    let token = served.person("ada@example.com").await;
    let before = served.me(&token).await.text("id").to_owned();
    served
        .app
        .accounts
        .delete(before.parse().unwrap(), false, &Served::operator())
        .await
        .unwrap();
    served.me(&token).await.refused(401, "not_authenticated");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    let fresh = served.person("ada@example.com").await;
    assert_ne!(served.me(&fresh).await.text("id"), before);
    served.me(&token).await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn twenty_logouts_at_once_are_one() {
    let served = Arc::new(Served::start().await);
    let token = served.person("ada@example.com").await;
    let answers = at_once(20, |_| {
        let (served, token) = (Arc::clone(&served), token.clone());
        async move {
            served
                .as_bearer(&token, Method::POST, "/logout", Some(json!({})))
                .await
        }
    })
    .await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    answers
        .iter()
        .filter(|answer| answer.status != 200)
        .for_each(|answer| {
            answer.refused(401, "not_authenticated");
        });
}
