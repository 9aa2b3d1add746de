//! `POST /forgot-password` and `POST /reset-password`.

use jiff::SignedDuration;
use serde_json::json;

use crate::support::actor::{PASSWORD, Requests as _, one_succeeds};
use crate::support::database::Kind;
use crate::support::served::{Served, at_once};

const NEW: &str = "a brand new password";

/// Asks for a link; its token, which is in the newest of `count` mails.
async fn link(served: &Served, email: &str, count: usize) -> String {
    served.forgot_password(email).await.is(202);
    served.mailed_token(&email.to_lowercase(), count).await
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_ends_all_sessions() {
    let served = Served::start().await;
    let session = served.signed_up("ada@example.com").await;
    let token = link(&served, "ADA@example.com", 2).await;
    served.reset_password(&token, NEW).await.is(200);
    session.me().await.refused(401, "not_authenticated");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    let fresh = served.logged_in("ada@example.com", NEW).await;
    fresh.me().await.is(200);
    served
        .reset_password(&token, PASSWORD)
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
    served.signed_up("ada@example.com").await;
    served.register("pending@example.com").await.is(201);
    served.mails("pending@example.com", 1).await;
    let known = served.forgot_password("ada@example.com").await;
    for email in ["nobody@example.com", "pending@example.com"] {
        let unknown = served.forgot_password(email).await;
        assert_eq!((unknown.status, &unknown.body), (known.status, &known.body));
    }
    served.mails("ada@example.com", 2).await;
    served.outbox_is_empty().await;
    assert_eq!(served.mailbox.messages().len(), 3);
}

#[tokio::test]
async fn a_disabled_account_gets_no_link_and_an_old_one_is_dead() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    let token = link(&served, "ada@example.com", 2).await;
    served.operator().disable("ada@example.com").await;
    served
        .reset_password(&token, NEW)
        .await
        .refused(400, "invalid_token");
    served.forgot_password("ada@example.com").await.is(202);
    served.operator().enable("ada@example.com").await;
    served
        .reset_password(&token, NEW)
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
    served.verify(&verification).await.is(200);
    let token = link(&served, "ada@example.com", 2).await;
    served
        .reset_password(&token, "short")
        .await
        .refused(422, "validation_error");
    let weak = served.reset_password(&token, "password1").await;
    assert_eq!(
        weak.refused(422, "validation_error").body["detail"][0]["loc"],
        json!(["body", "new_password"])
    );
    served
        .reset_password(&token, "zebra lamp tr0ub4dor&3")
        .await
        .is(200);
}

#[tokio::test]
async fn siblings_die_with_the_first_use_and_so_does_every_link_at_a_change() {
    let served = Served::start().await;
    let session = served.signed_up("ada@example.com").await;
    let first = link(&served, "ada@example.com", 2).await;
    let second = link(&served, "ada@example.com", 3).await;
    served.reset_password(&second, NEW).await.is(200);
    served
        .reset_password(&first, PASSWORD)
        .await
        .refused(400, "invalid_token");
    // A change by the session's holder kills links that are still in the mailbox.
    let session_after = served.logged_in("ada@example.com", NEW).await;
    let third = link(&served, "ada@example.com", 5).await;
    session_after.change_password(NEW, PASSWORD).await.is(200);
    served
        .reset_password(&third, NEW)
        .await
        .refused(400, "invalid_token");
    session.me().await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn a_link_dies_on_time() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    let token = link(&served, "ada@example.com", 2).await;
    served.pass(SignedDuration::from_secs(1800));
    served
        .reset_password(&token, NEW)
        .await
        .refused(400, "invalid_token");
}

#[tokio::test]
async fn a_locked_out_owner_is_not_helpless() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    served.lock_out("ada@example.com").await;
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(429, "locked");
    let token = link(&served, "ada@example.com", 2).await;
    served.reset_password(&token, NEW).await.is(200);
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
    served.reset_password(&token, NEW).await.is(200);
    served.log_in("ada@example.com", NEW).await.is(200);
}

#[tokio::test]
async fn no_token_of_another_purpose_resets_a_password() {
    let served = Served::start().await;
    let session = served.signed_up("ada@example.com").await;
    served
        .reset_password(session.token(), NEW)
        .await
        .refused(400, "invalid_token");
    session.change_email("grace@example.com").await.is(202);
    let email_token = served.mailed_token("grace@example.com", 1).await;
    served
        .reset_password(&email_token, NEW)
        .await
        .refused(400, "invalid_token");
    let reset_token = link(&served, "ada@example.com", 2).await;
    served
        .confirm_email_change(&reset_token)
        .await
        .refused(400, "invalid_token");
    served
        .bearer(&reset_token)
        .me()
        .await
        .refused(401, "not_authenticated");
}

#[tokio::test]
async fn twenty_uses_of_one_link_at_once_are_one() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    let token = link(&served, "ada@example.com", 2).await;
    let password = |index| format!("password number {index}");
    let token = &token;
    let answers = at_once(20, async |index| {
        served.reset_password(token, &password(index)).await
    })
    .await;
    one_succeeds(&answers, 200, (400, "invalid_token"));
    let winner = answers.iter().position(|answer| answer.status == 200);
    let chosen = password(winner.unwrap());
    served.log_in("ada@example.com", &chosen).await.is(200);
}

#[tokio::test]
async fn a_mailbox_gets_so_many_links_an_hour_and_the_last_one_works() {
    let served = Served::with(|settings| settings.guessing.mail_per_recipient_per_hour = 3).await;
    served.signed_up("ada@example.com").await;
    link(&served, "ada@example.com", 2).await;
    link(&served, "ada@example.com", 3).await;
    let last = link(&served, "ada@example.com", 4).await;
    served.forgot_password("ada@example.com").await.is(202);
    served.outbox_is_empty().await;
    served.mails("ada@example.com", 4).await;
    served.reset_password(&last, NEW).await.is(200);
}

#[tokio::test]
async fn without_notices_nobody_is_told() {
    let served = Served::with(|settings| settings.features.notify_on_change = false).await;
    served.signed_up("ada@example.com").await;
    let token = link(&served, "ada@example.com", 2).await;
    served.reset_password(&token, NEW).await.is(200);
    served.outbox_is_empty().await;
    served.mails("ada@example.com", 2).await;
}

/// A link that is dead by the time it would be sent is not sent; the notice of what killed it is.
#[tokio::test]
async fn queued_links_go_with_the_change_that_kills_them() {
    let mut served = Served::start().await;
    let session = served.signed_up("ada@example.com").await;
    served.stop_sending().await;
    served.forgot_password("ada@example.com").await.is(202);
    session.change_email("grace@example.com").await.is(202);
    assert_eq!(served.waiting().await, 2);
    session.change_password(PASSWORD, NEW).await.is(200);
    assert_eq!(served.waiting().await, 1);
}

/// The cap looks back an hour, a link lives for half of one: while the cap is spent there is a link that works.
#[tokio::test]
async fn a_locked_out_owner_is_never_without_a_link() {
    let served = Served::with(|settings| settings.guessing.mail_per_recipient_per_hour = 3).await;
    served.signed_up("ada@example.com").await;
    let mut newest = String::new();
    for mails in 2..=4 {
        newest = link(&served, "ada@example.com", mails).await;
    }
    served.pass(SignedDuration::from_mins(29));
    served.forgot_password("ada@example.com").await.is(202);
    served.outbox_is_empty().await;
    served.mails("ada@example.com", 4).await;
    // Now the newest one dies.
    served.pass(SignedDuration::from_mins(2));
    served.lock_out("ada@example.com").await;
    served.log_in("ada@example.com", PASSWORD).await.is(429);
    served.reset_password(&newest, NEW).await.is(400);
    let alive = link(&served, "ada@example.com", 5).await;
    served.forgot_password("ada@example.com").await.is(202);
    served.outbox_is_empty().await;
    served.mails("ada@example.com", 5).await;
    served.reset_password(&alive, NEW).await.is(200);
    served.log_in("ada@example.com", NEW).await.is(200);
}

#[tokio::test]
async fn a_mailed_link_fits_a_line_unless_the_python_package_may_read_it() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    let token = link(&served, "ada@example.com", 2).await;
    if Kind::of_this_run() == Kind::Mongo {
        assert_eq!(token.split('.').count(), 3, "a JWT: {token}");
    } else {
        assert!(token.len() <= 80, "{token}");
    }
    served.reset_password(&token, NEW).await.is(200);
}
