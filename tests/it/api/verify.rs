//! `POST /verify`.

use jiff::SignedDuration;
use serde_json::json;

use crate::support::actor::{PASSWORD, Requests as _, one_succeeds};
use crate::support::served::{Served, at_once};

async fn registered(served: &Served) -> String {
    served.register("ada@example.com").await.is(201);
    served.mailed_token("ada@example.com", 1).await
}

#[tokio::test]
async fn a_link_makes_the_account_once() {
    let served = Served::start().await;
    let token = registered(&served).await;
    served.pass(SignedDuration::from_secs(1));
    let user = served.verify(&token).await;
    assert_eq!(
        (
            user.is(200).text("email"),
            &user.body["is_verified"],
            &user.body["is_active"]
        ),
        ("ada@example.com", &json!(true), &json!(true))
    );
    served.verify(&token).await.refused(400, "invalid_token");
    assert_eq!(
        served.event_kinds().await,
        ["verification_requested", "user_verified"]
    );
}

#[tokio::test]
async fn a_link_dies_on_time() {
    let served = Served::start().await;
    let token = registered(&served).await;
    served.pass(SignedDuration::from_hours(24));
    served.verify(&token).await.refused(400, "invalid_token");
}

#[tokio::test]
async fn a_link_is_alive_to_its_last_millisecond() {
    let served = Served::start().await;
    let token = registered(&served).await;
    served.pass(SignedDuration::from_millis(24 * 3_600_000 - 1));
    served.verify(&token).await.is(200);
}

#[tokio::test]
async fn looking_at_a_link_changes_nothing() {
    let served = Served::start().await;
    let token = registered(&served).await;
    for method in [reqwest::Method::GET, reqwest::Method::HEAD] {
        let answer = served
            .send(served.request(method, &format!("/verify?token={token}")))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("allow")),
            (405, Some("POST"))
        );
    }
    served.verify(&token).await.is(200);
}

#[tokio::test]
async fn a_password_that_is_sent_is_checked() {
    let served = Served::start().await;
    let token = registered(&served).await;
    served
        .post("/verify", json!({"token": token, "password": "wrong"}))
        .await
        .refused(400, "wrong_password");
    served
        .post("/verify", json!({"token": token, "password": PASSWORD}))
        .await
        .is(200);
}

#[tokio::test]
async fn with_verify_requires_password_a_stolen_link_is_not_enough() {
    let served = Served::with(|settings| settings.features.verify_requires_password = true).await;
    let token = registered(&served).await;
    served.verify(&token).await.refused(400, "wrong_password");
    for _ in 0..5 {
        served
            .post("/verify", json!({"token": token, "password": "wrong"}))
            .await
            .refused(400, "wrong_password");
    }
    let locked = served
        .post("/verify", json!({"token": token, "password": PASSWORD}))
        .await;
    assert_eq!(
        locked.refused(429, "locked").header("retry-after"),
        Some("900"),
        "guesses count, and the right password waits too"
    );
    served.pass(SignedDuration::from_secs(900));
    served
        .post("/verify", json!({"token": token, "password": PASSWORD}))
        .await
        .is(200);
}

#[tokio::test]
async fn an_account_made_by_an_administrator_is_marked_and_keeps_its_password() {
    let served = Served::start().await;
    let token = registered(&served).await;
    served
        .account("grace@example.com", |account| account.is_verified = false)
        .await;
    served
        .log_in("grace@example.com", PASSWORD)
        .await
        .refused(403, "email_unverified");
    served
        .log_in("grace@example.com", "wrong")
        .await
        .refused(401, "invalid_credentials");
    // An account that came to be beside a pending registration takes the address; the registration's link is dead.
    served
        .account("ada@example.com", |account| account.password = None)
        .await;
    served.verify(&token).await.refused(400, "invalid_token");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
}

#[tokio::test]
async fn twenty_uses_of_one_link_at_once_make_one_account() {
    let served = Served::start().await;
    let token = registered(&served).await;
    let answers = at_once(20, |_| served.verify(&token)).await;
    one_succeeds(&answers, 200, (400, "invalid_token"));
    assert_eq!(served.count_users().await, 1);
}

#[tokio::test]
async fn the_database_files_show_no_link_token_or_password() {
    let served = Served::start().await;
    let link = registered(&served).await;
    served.resend_verification("ada@example.com").await.is(202);
    let newest = served.mailed_token("ada@example.com", 2).await;
    served.verify(&newest).await.is(200);
    let session = served.signed_in("ada@example.com").await;
    session.log_out().await.is(200);
    let bytes = served.database().bytes().await;
    let holds = |needle: &str| {
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    };
    assert!(holds("ada@example.com"), "this is the database");
    for secret in [
        link.as_str(),
        newest.as_str(),
        session.token(),
        session.token().rsplit('.').next().unwrap(),
        PASSWORD,
        "/verify?token=",
    ] {
        assert!(!holds(secret), "{secret} is in the database in the clear");
    }
}
