//! `POST /forgot-password` and `POST /reset-password`.

use std::sync::Arc;

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::support::served::{Answer, PASSWORD, Served, at_once};

const NEW: &str = "a brand new password";

/// Asks for a link; its token, which is in the newest of `count` mails.
async fn link(served: &Served, email: &str, count: usize) -> String {
    served
        .post("/forgot-password", json!({"email": email}))
        .await
        .is(202);
    served.mailed_token(&email.to_lowercase(), count).await
}

async fn reset(served: &Served, token: &str, password: &str) -> Answer {
    served
        .post(
            "/reset-password",
            json!({"token": token, "new_password": password}),
        )
        .await
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_ends_all_sessions() {
    let served = Served::start().await;
    let session = served.person("ada@example.com").await;
    let token = link(&served, "ADA@example.com", 2).await;
    reset(&served, &token, NEW).await.is(200);
    served.me(&session).await.refused(401, "not_authenticated");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    let fresh = served
        .log_in("ada@example.com", NEW)
        .await
        .is(200)
        .text("access_token")
        .to_owned();
    served.me(&fresh).await.is(200);
    reset(&served, &token, PASSWORD)
        .await
        .refused(400, "invalid_token");
    let notice = served.mails("ada@example.com", 3).await.remove(0);
    assert!(
        notice.contains("password") && notice.contains("127.0.0.1") && !notice.contains("token="),
        "{notice}"
    );
    let kinds = served.event_kinds().await;
    assert!(
        kinds.contains(&"password_reset_requested") && kinds.contains(&"password_reset_completed"),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn strangers_get_the_same_answer_and_no_mail() {
    let served = Served::start().await;
    served.person("ada@example.com").await;
    served.register("pending@example.com").await.is(201);
    served.mails("pending@example.com", 1).await;
    let known = served
        .post("/forgot-password", json!({"email": "ada@example.com"}))
        .await;
    for email in ["nobody@example.com", "pending@example.com"] {
        let unknown = served
            .post("/forgot-password", json!({"email": email}))
            .await;
        assert_eq!((unknown.status, &unknown.body), (known.status, &known.body));
    }
    served.mails("ada@example.com", 2).await;
    served.outbox_is_empty().await;
    assert_eq!(served.mailbox.messages().len(), 3);
}

#[tokio::test]
async fn a_disabled_account_gets_no_link_and_an_old_one_is_dead() {
    let served = Served::start().await;
    let session = served.person("ada@example.com").await;
    let token = link(&served, "ada@example.com", 2).await;
    let id = served.me(&session).await.text("id").parse().unwrap();
    served
        .app
        .accounts
        .lock(id, false, &Served::operator())
        .await
        .unwrap();
    reset(&served, &token, NEW)
        .await
        .refused(400, "invalid_token");
    served
        .post("/forgot-password", json!({"email": "ada@example.com"}))
        .await
        .is(202);
    served
        .app
        .accounts
        .unlock(id, &Served::operator())
        .await
        .unwrap();
    reset(&served, &token, NEW)
        .await
        .refused(400, "invalid_token");
    served.outbox_is_empty().await;
    served.mails("ada@example.com", 2).await;
}

#[tokio::test]
async fn a_refused_password_does_not_use_up_the_link() {
    let served = Served::with(|settings| settings.password.min_strength = 3).await;
    let strong = "tr0ub4dor&3 zebra lamp";
    served
        .post(
            "/register",
            json!({"email": "ada@example.com", "password": strong}),
        )
        .await
        .is(201);
    let verification = served.mailed_token("ada@example.com", 1).await;
    served
        .post("/verify", json!({"token": verification}))
        .await
        .is(200);
    let token = link(&served, "ada@example.com", 2).await;
    reset(&served, &token, "short")
        .await
        .refused(422, "validation_error");
    let weak = reset(&served, &token, "password1").await;
    assert_eq!(
        weak.refused(422, "validation_error").body["detail"][0]["loc"],
        json!(["body", "new_password"])
    );
    reset(&served, &token, "zebra lamp tr0ub4dor&3")
        .await
        .is(200);
}

#[tokio::test]
async fn siblings_die_with_the_first_use_and_so_does_every_link_at_a_change() {
    let served = Served::start().await;
    let session = served.person("ada@example.com").await;
    let first = link(&served, "ada@example.com", 2).await;
    let second = link(&served, "ada@example.com", 3).await;
    reset(&served, &second, NEW).await.is(200);
    reset(&served, &first, PASSWORD)
        .await
        .refused(400, "invalid_token");
    // A change by the session's holder kills links that are still in the mailbox.
    let session_after = served
        .log_in("ada@example.com", NEW)
        .await
        .text("access_token")
        .to_owned();
    let third = link(&served, "ada@example.com", 5).await;
    let change = json!({"current_password": NEW, "new_password": PASSWORD});
    served
        .as_bearer(
            &session_after,
            Method::POST,
            "/change-password",
            Some(change),
        )
        .await
        .is(200);
    reset(&served, &third, NEW)
        .await
        .refused(400, "invalid_token");
    served.me(&session).await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn a_link_dies_on_time() {
    let served = Served::start().await;
    served.person("ada@example.com").await;
    let token = link(&served, "ada@example.com", 2).await;
    served.pass(SignedDuration::from_secs(1800));
    reset(&served, &token, NEW)
        .await
        .refused(400, "invalid_token");
}

#[tokio::test]
async fn a_locked_out_owner_is_not_helpless() {
    let served = Served::start().await;
    served.person("ada@example.com").await;
    for _ in 0..5 {
        served.log_in("ada@example.com", "wrong").await.is(401);
    }
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(429, "locked");
    let token = link(&served, "ada@example.com", 2).await;
    reset(&served, &token, NEW).await.is(200);
    served.log_in("ada@example.com", NEW).await.is(200);
}

#[tokio::test]
async fn using_a_link_proves_the_mailbox() {
    let served = Served::start().await;
    served
        .account("ada@example.com", |account| account.is_verified = false)
        .await;
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(403, "email_unverified");
    let token = link(&served, "ada@example.com", 1).await;
    reset(&served, &token, NEW).await.is(200);
    served.log_in("ada@example.com", NEW).await.is(200);
}

#[tokio::test]
async fn no_token_of_another_purpose_resets_a_password() {
    let served = Served::start().await;
    let session = served.person("ada@example.com").await;
    reset(&served, &session, NEW)
        .await
        .refused(400, "invalid_token");
    let change = json!({"new_email": "grace@example.com", "current_password": PASSWORD});
    served
        .as_bearer(&session, Method::POST, "/change-email", Some(change))
        .await
        .is(202);
    let email_token = served.mailed_token("grace@example.com", 1).await;
    reset(&served, &email_token, NEW)
        .await
        .refused(400, "invalid_token");
    let reset_token = link(&served, "ada@example.com", 2).await;
    served
        .post("/confirm-email-change", json!({"token": reset_token}))
        .await
        .refused(400, "invalid_token");
    served
        .me(&reset_token)
        .await
        .refused(401, "not_authenticated");
}

#[tokio::test]
async fn twenty_uses_of_one_link_at_once_are_one() {
    let served = Arc::new(Served::start().await);
    served.person("ada@example.com").await;
    let token = link(&served, "ada@example.com", 2).await;
    let answers = at_once(20, |index| {
        let (served, token) = (Arc::clone(&served), token.clone());
        async move {
            (
                index,
                reset(&served, &token, &format!("password number {index}")).await,
            )
        }
    })
    .await;
    let winners: Vec<_> = answers
        .iter()
        .filter(|(_, answer)| answer.status == 200)
        .collect();
    assert_eq!(winners.len(), 1);
    for (_, loser) in answers.iter().filter(|(_, answer)| answer.status != 200) {
        loser.refused(400, "invalid_token");
    }
    served
        .log_in(
            "ada@example.com",
            &format!("password number {}", winners[0].0),
        )
        .await
        .is(200);
}

#[tokio::test]
async fn a_mailbox_gets_so_many_links_an_hour_and_the_last_one_works() {
    let served = Served::with(|settings| settings.guessing.mail_per_recipient_per_hour = 3).await;
    served.person("ada@example.com").await;
    link(&served, "ada@example.com", 2).await;
    let last = link(&served, "ada@example.com", 3).await;
    served
        .post("/forgot-password", json!({"email": "ada@example.com"}))
        .await
        .is(202);
    served.outbox_is_empty().await;
    served.mails("ada@example.com", 3).await;
    reset(&served, &last, NEW).await.is(200);
}

#[tokio::test]
async fn without_notices_nobody_is_told() {
    let served = Served::with(|settings| settings.features.notify_on_change = false).await;
    served.person("ada@example.com").await;
    let token = link(&served, "ada@example.com", 2).await;
    reset(&served, &token, NEW).await.is(200);
    served.outbox_is_empty().await;
    served.mails("ada@example.com", 2).await;
}

/// A link that is dead by the time it would be sent is not sent; the notice of what killed it is.
#[tokio::test]
async fn queued_links_go_with_the_change_that_kills_them() {
    let mut served = Served::start().await;
    let session = served.person("ada@example.com").await;
    served.stop_sending().await;
    served
        .post("/forgot-password", json!({"email": "ada@example.com"}))
        .await
        .is(202);
    let change = json!({"new_email": "grace@example.com", "current_password": PASSWORD});
    served
        .as_bearer(&session, Method::POST, "/change-email", Some(change))
        .await
        .is(202);
    assert_eq!(served.app.store.outbox().await.unwrap().waiting, 2);
    let change = json!({"current_password": PASSWORD, "new_password": NEW});
    served
        .as_bearer(&session, Method::POST, "/change-password", Some(change))
        .await
        .is(200);
    assert_eq!(served.app.store.outbox().await.unwrap().waiting, 1);
}
