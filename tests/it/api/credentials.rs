//! `POST /change-password`, `POST /change-email`, `POST /confirm-email-change`, `DELETE /account`.

use jiff::SignedDuration;

use crate::support::actor::{PASSWORD, Requests as _, one_succeeds};
use crate::support::database::Kind;
use crate::support::served::{Served, at_once};

const NEW: &str = "a brand new password";

#[tokio::test]
async fn a_changed_password_ends_every_session_and_the_owner_is_told() {
    let served = Served::start().await;
    let one = served.signed_up("ada@example.com").await;
    let other = served.signed_in("ada@example.com").await;
    one.change_password("wrong", NEW)
        .await
        .refused(400, "wrong_password");
    one.change_password(PASSWORD, PASSWORD)
        .await
        .refused(400, "password_unchanged");
    one.change_password(PASSWORD, "short")
        .await
        .refused(422, "validation_error");
    other.me().await.is(200);
    one.change_password(PASSWORD, NEW).await.is(200);
    for session in [&one, &other] {
        session.me().await.refused(401, "not_authenticated");
    }
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    // In the very same millisecond a new login works.
    let fresh = served.logged_in("ada@example.com", NEW).await;
    fresh.me().await.is(200);
    assert!(served.mails("ada@example.com", 2).await[0].contains("password"));
}

#[tokio::test]
async fn wrong_current_passwords_count_like_failed_logins() {
    let served = Served::start().await;
    let session = served.signed_up("ada@example.com").await;
    for _ in 0..3 {
        session
            .change_password("wrong", NEW)
            .await
            .refused(400, "wrong_password");
    }
    for _ in 0..2 {
        served.log_in("ada@example.com", "wrong").await.is(401);
    }
    let locked = session.change_password(PASSWORD, NEW).await;
    assert_eq!(
        locked.refused(429, "locked").header("retry-after"),
        Some("900")
    );
    let deletion = session.delete_account(PASSWORD).await;
    deletion.refused(429, "locked");
    session
        .change_email("grace@example.com")
        .await
        .refused(429, "locked");
    session.me().await.is(200);
}

#[tokio::test]
async fn a_new_address_is_confirmed_from_its_mailbox() {
    let served = Served::start().await;
    let session = served.signed_up("ada@example.com").await;
    session
        .change_email("ADA@example.com")
        .await
        .refused(400, "same_email");
    session.change_email("Grace@Example.com").await.is(202);
    let token = served.mailed_token("grace@example.com", 1).await;
    session.me().await.is(200);
    let user = served.confirm_email_change(&token).await;
    assert_eq!(user.is(200).text("email"), "grace@example.com");
    session.me().await.refused(401, "not_authenticated");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    served.log_in("grace@example.com", PASSWORD).await.is(200);
    served
        .confirm_email_change(&token)
        .await
        .refused(400, "invalid_token");
    assert!(
        served.mails("ada@example.com", 2).await[0].contains("address"),
        "the old address is told"
    );
}

#[tokio::test]
async fn a_taken_address_is_answered_alike_and_gets_no_mail() {
    let served = Served::start().await;
    let session = served.signed_up("ada@example.com").await;
    served.signed_up("grace@example.com").await;
    let free = session.change_email("free@example.com").await;
    let taken = session.change_email("grace@example.com").await;
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
    let session = served.signed_up("ada@example.com").await;
    session.change_email("grace@example.com").await.is(202);
    let token = served.mailed_token("grace@example.com", 1).await;
    served.account("grace@example.com", |_| ()).await;
    served
        .confirm_email_change(&token)
        .await
        .refused(409, "email_taken");
    session.me().await.is(200);
}

#[tokio::test]
async fn after_a_to_b_to_c_the_link_to_b_is_dead() {
    let served = Served::start().await;
    let session = served.signed_up("a@example.com").await;
    session.change_email("b@example.com").await.is(202);
    let to_b = served.mailed_token("b@example.com", 1).await;
    served.confirm_email_change(&to_b).await.is(200);
    let session = served.signed_in("b@example.com").await;
    session.change_email("c@example.com").await.is(202);
    let to_c = served.mailed_token("c@example.com", 1).await;
    served.confirm_email_change(&to_c).await.is(200);
    served
        .confirm_email_change(&to_b)
        .await
        .refused(400, "invalid_token");
    served
        .confirm_email_change(&to_c)
        .await
        .refused(400, "invalid_token");
    served.log_in("c@example.com", PASSWORD).await.is(200);
}

#[tokio::test]
async fn of_two_links_to_two_addresses_one_is_used() {
    let served = Served::start().await;
    let session = served.signed_up("a@example.com").await;
    for email in ["b@example.com", "c@example.com"] {
        session.change_email(email).await.is(202);
    }
    let (to_b, to_c) = (
        served.mailed_token("b@example.com", 1).await,
        served.mailed_token("c@example.com", 1).await,
    );
    served.confirm_email_change(&to_c).await.is(200);
    served
        .confirm_email_change(&to_b)
        .await
        .refused(400, "invalid_token");
}

#[tokio::test]
async fn twenty_uses_of_one_link_at_once_are_one() {
    let served = Served::start().await;
    let session = served.signed_up("ada@example.com").await;
    session.change_email("grace@example.com").await.is(202);
    let token = served.mailed_token("grace@example.com", 1).await;
    let answers = at_once(20, |_| served.confirm_email_change(&token)).await;
    one_succeeds(&answers, 200, (400, "invalid_token"));
}

#[tokio::test]
async fn an_account_leaves_with_its_password_only() {
    let served = Served::start().await;
    let session = served.signed_up("ada@example.com").await;
    session
        .delete_account("wrong")
        .await
        .refused(400, "wrong_password");
    session.delete_account(PASSWORD).await.is(200);
    session.me().await.refused(401, "not_authenticated");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    let again = served.signed_up("ada@example.com").await;
    again.me().await.is(200);
    session.me().await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn the_last_superuser_stays() {
    let served = Served::start().await;
    let session = served.admin().await;
    session
        .delete_account(PASSWORD)
        .await
        .refused(409, "last_superuser");
    served.superuser("second@example.com").await;
    session.delete_account(PASSWORD).await.is(200);
}

/// So many rounds, or a tenth: the server that stands in for MongoDB is slow.
fn rounds(count: u32) -> u32 {
    match Kind::of_this_run() {
        Kind::Sqlite => count,
        Kind::Mongo => count / 10,
    }
}

/// A login that was verified against the old password must not yield a session that outlives the change.
#[tokio::test]
async fn a_login_racing_a_password_change_leaves_no_session_that_outlives_it() {
    let served = Served::with(|settings| settings.guessing.login_lockout_threshold = 1000).await;
    let mut session = served.signed_up("ada@example.com").await;
    let (mut current, mut next) = (PASSWORD.to_owned(), NEW.to_owned());
    for round in 0..rounds(500) {
        let (visitor, password) = (served.anonymous(), current.clone());
        let racing =
            tokio::spawn(async move { visitor.log_in("ada@example.com", &password).await });
        if round % 3 == 0 {
            tokio::task::yield_now().await;
        }
        session.change_password(&current, &next).await.is(200);
        let login = racing.await.unwrap();
        if login.status == 200 {
            served
                .bearer(login.text("access_token"))
                .me()
                .await
                .refused(401, "not_authenticated");
        } else {
            login.refused(401, "invalid_credentials");
        }
        std::mem::swap(&mut current, &mut next);
        served.pass(SignedDuration::from_millis(i64::from(round % 2)));
        session = served.logged_in("ada@example.com", &current).await;
    }
}

/// Change, login, change, login within one millisecond: each login works, no earlier token does.
#[tokio::test]
async fn the_millisecond_edge_holds() {
    let served = Served::with(|settings| settings.features.notify_on_change = false).await;
    let mut session = served.signed_up("ada@example.com").await;
    let (mut current, mut next) = (PASSWORD.to_owned(), NEW.to_owned());
    for _ in 0..rounds(200) {
        session.change_password(&current, &next).await.is(200);
        std::mem::swap(&mut current, &mut next);
        let fresh = served.logged_in("ada@example.com", &current).await;
        session.me().await.refused(401, "not_authenticated");
        fresh.me().await.is(200);
        session = fresh;
    }
}
