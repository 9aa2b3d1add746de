//! `POST /change-password`, `POST /change-email`, `POST /confirm-email-change`, `DELETE /account`.

use std::sync::Arc;

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::support::database::Kind;
use crate::support::served::{Answer, PASSWORD, Served, at_once};

const NEW: &str = "a brand new password";

async fn change_password(served: &Served, session: &str, current: &str, new: &str) -> Answer {
    let body = json!({"current_password": current, "new_password": new});
    served
        .as_bearer(session, Method::POST, "/change-password", Some(body))
        .await
}

async fn change_email(served: &Served, session: &str, new_email: &str) -> Answer {
    let body = json!({"new_email": new_email, "current_password": PASSWORD});
    served
        .as_bearer(session, Method::POST, "/change-email", Some(body))
        .await
}

async fn confirm(served: &Served, token: &str) -> Answer {
    served
        .post("/confirm-email-change", json!({"token": token}))
        .await
}

#[tokio::test]
async fn a_changed_password_ends_every_session_and_the_owner_is_told() {
    let served = Served::start().await;
    let one = served.person("ada@example.com").await;
    let other = served
        .log_in("ada@example.com", PASSWORD)
        .await
        .text("access_token")
        .to_owned();
    change_password(&served, &one, "wrong", NEW)
        .await
        .refused(400, "wrong_password");
    change_password(&served, &one, PASSWORD, PASSWORD)
        .await
        .refused(400, "password_unchanged");
    change_password(&served, &one, PASSWORD, "short")
        .await
        .refused(422, "validation_error");
    served.me(&other).await.is(200);
    change_password(&served, &one, PASSWORD, NEW).await.is(200);
    for session in [&one, &other] {
        served.me(session).await.refused(401, "not_authenticated");
    }
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    // In the very same millisecond a new login works.
    let fresh = served
        .log_in("ada@example.com", NEW)
        .await
        .text("access_token")
        .to_owned();
    served.me(&fresh).await.is(200);
    assert!(served.mails("ada@example.com", 2).await[0].contains("password"));
}

#[tokio::test]
async fn wrong_current_passwords_count_like_failed_logins() {
    let served = Served::start().await;
    let session = served.person("ada@example.com").await;
    for _ in 0..3 {
        change_password(&served, &session, "wrong", NEW)
            .await
            .refused(400, "wrong_password");
    }
    for _ in 0..2 {
        served.log_in("ada@example.com", "wrong").await.is(401);
    }
    let locked = change_password(&served, &session, PASSWORD, NEW).await;
    assert_eq!(
        locked.refused(429, "locked").header("retry-after"),
        Some("900")
    );
    let deletion = served
        .as_bearer(
            &session,
            Method::DELETE,
            "/account",
            Some(json!({"current_password": PASSWORD})),
        )
        .await;
    deletion.refused(429, "locked");
    change_email(&served, &session, "grace@example.com")
        .await
        .refused(429, "locked");
    served.me(&session).await.is(200);
}

#[tokio::test]
async fn a_new_address_is_confirmed_from_its_mailbox() {
    let served = Served::start().await;
    let session = served.person("ada@example.com").await;
    change_email(&served, &session, "ADA@example.com")
        .await
        .refused(400, "same_email");
    change_email(&served, &session, "Grace@Example.com")
        .await
        .is(202);
    let token = served.mailed_token("grace@example.com", 1).await;
    served.me(&session).await.is(200);
    let user = confirm(&served, &token).await;
    assert_eq!(user.is(200).text("email"), "grace@example.com");
    served.me(&session).await.refused(401, "not_authenticated");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    served.log_in("grace@example.com", PASSWORD).await.is(200);
    confirm(&served, &token).await.refused(400, "invalid_token");
    assert!(
        served.mails("ada@example.com", 2).await[0].contains("address"),
        "the old address is told"
    );
}

#[tokio::test]
async fn a_taken_address_is_answered_alike_and_gets_no_mail() {
    let served = Served::start().await;
    let session = served.person("ada@example.com").await;
    served.person("grace@example.com").await;
    let free = change_email(&served, &session, "free@example.com").await;
    let taken = change_email(&served, &session, "grace@example.com").await;
    assert_eq!(
        (free.is(202).status, &free.body),
        (taken.status, &taken.body)
    );
    served.outbox_is_empty().await;
    served.mails("grace@example.com", 1).await;
}

#[tokio::test]
async fn an_address_taken_in_the_meantime_is_refused_and_the_link_survives() {
    let served = Served::start().await;
    let session = served.person("ada@example.com").await;
    change_email(&served, &session, "grace@example.com")
        .await
        .is(202);
    let token = served.mailed_token("grace@example.com", 1).await;
    served.account("grace@example.com", |_| ()).await;
    confirm(&served, &token).await.refused(409, "email_taken");
    served.me(&session).await.is(200);
}

#[tokio::test]
async fn after_a_to_b_to_c_the_link_to_b_is_dead() {
    let served = Served::start().await;
    let session = served.person("a@example.com").await;
    change_email(&served, &session, "b@example.com")
        .await
        .is(202);
    let to_b = served.mailed_token("b@example.com", 1).await;
    confirm(&served, &to_b).await.is(200);
    let session = served
        .log_in("b@example.com", PASSWORD)
        .await
        .text("access_token")
        .to_owned();
    change_email(&served, &session, "c@example.com")
        .await
        .is(202);
    let to_c = served.mailed_token("c@example.com", 1).await;
    confirm(&served, &to_c).await.is(200);
    confirm(&served, &to_b).await.refused(400, "invalid_token");
    confirm(&served, &to_c).await.refused(400, "invalid_token");
    served.log_in("c@example.com", PASSWORD).await.is(200);
}

#[tokio::test]
async fn of_two_links_to_two_addresses_one_is_used() {
    let served = Served::start().await;
    let session = served.person("a@example.com").await;
    for email in ["b@example.com", "c@example.com"] {
        change_email(&served, &session, email).await.is(202);
    }
    let (to_b, to_c) = (
        served.mailed_token("b@example.com", 1).await,
        served.mailed_token("c@example.com", 1).await,
    );
    confirm(&served, &to_c).await.is(200);
    confirm(&served, &to_b).await.refused(400, "invalid_token");
}

#[tokio::test]
async fn twenty_uses_of_one_link_at_once_are_one() {
    let served = Arc::new(Served::start().await);
    let session = served.person("ada@example.com").await;
    change_email(&served, &session, "grace@example.com")
        .await
        .is(202);
    let token = served.mailed_token("grace@example.com", 1).await;
    let answers = at_once(20, |_| {
        let (served, token) = (Arc::clone(&served), token.clone());
        async move { confirm(&served, &token).await }
    })
    .await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    for loser in answers.iter().filter(|answer| answer.status != 200) {
        loser.refused(400, "invalid_token");
    }
}

#[tokio::test]
async fn an_account_leaves_with_its_password_only() {
    let served = Served::start().await;
    let session = served.person("ada@example.com").await;
    let delete = async |password: &str| {
        served
            .as_bearer(
                &session,
                Method::DELETE,
                "/account",
                Some(json!({"current_password": password})),
            )
            .await
    };
    delete("wrong").await.refused(400, "wrong_password");
    delete(PASSWORD).await.is(200);
    served.me(&session).await.refused(401, "not_authenticated");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    let again = served.person("ada@example.com").await;
    served.me(&again).await.is(200);
    served.me(&session).await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn the_last_superuser_stays() {
    let served = Served::start().await;
    let session = served.admin("root@example.com").await;
    let body = json!({"current_password": PASSWORD});
    served
        .as_bearer(&session, Method::DELETE, "/account", Some(body.clone()))
        .await
        .refused(409, "last_superuser");
    served.admin("second@example.com").await;
    served
        .as_bearer(&session, Method::DELETE, "/account", Some(body))
        .await
        .is(200);
}

/// A login that was verified against the old password must not yield a session that outlives the change.
#[tokio::test]
async fn a_login_racing_a_password_change_leaves_no_session_that_outlives_it() {
    let served =
        Arc::new(Served::with(|settings| settings.guessing.login_lockout_threshold = 1000).await);
    let mut session = served.person("ada@example.com").await;
    let (mut current, mut next) = (PASSWORD.to_owned(), NEW.to_owned());
    // The server that stands in for MongoDB is slow.
    let rounds = match Kind::of_this_run() {
        Kind::Sqlite => 500,
        Kind::Mongo => 50,
    };
    for round in 0..rounds {
        let racing = {
            let (served, current) = (Arc::clone(&served), current.clone());
            tokio::spawn(async move { served.log_in("ada@example.com", &current).await })
        };
        if round % 3 == 0 {
            tokio::task::yield_now().await;
        }
        change_password(&served, &session, &current, &next)
            .await
            .is(200);
        let login = racing.await.unwrap();
        if login.status == 200 {
            served
                .me(login.text("access_token"))
                .await
                .refused(401, "not_authenticated");
        } else {
            login.refused(401, "invalid_credentials");
        }
        std::mem::swap(&mut current, &mut next);
        served.pass(SignedDuration::from_millis(i64::from(round % 2)));
        session = served
            .log_in("ada@example.com", &current)
            .await
            .is(200)
            .text("access_token")
            .to_owned();
    }
}

/// Change, login, change, login within one millisecond: each login works, no earlier token does.
#[tokio::test]
async fn the_millisecond_edge_holds() {
    let served = Served::with(|settings| settings.features.notify_on_change = false).await;
    let mut session = served.person("ada@example.com").await;
    let (mut current, mut next) = (PASSWORD.to_owned(), NEW.to_owned());
    for _ in 0..200 {
        change_password(&served, &session, &current, &next)
            .await
            .is(200);
        std::mem::swap(&mut current, &mut next);
        let fresh = served
            .log_in("ada@example.com", &current)
            .await
            .is(200)
            .text("access_token")
            .to_owned();
        served.me(&session).await.refused(401, "not_authenticated");
        served.me(&fresh).await.is(200);
        session = fresh;
    }
}
