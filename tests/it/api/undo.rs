//! `POST /undo-email-change`: whoever lost the email address gets it back.

use jiff::SignedDuration;
use serde_json::json;

use crate::support::actor::{Actor, PASSWORD, Requests as _, one_succeeds};
use crate::support::authenticator::set_up;
use crate::support::served::{Served, at_once};

const ADA: &str = "ada@example.com";
const THIEF: &str = "thief@elsewhere.example";

async fn with_pages() -> Served {
    Served::with(|settings| settings.features.enable_ui_router = true).await
}

/// Somebody moves the account of a session to another address; the token in the notice to the old one.
async fn moves(served: &Served, session: &Actor, from: &str, to: &str) -> String {
    let count = served
        .mailbox
        .messages()
        .iter()
        .filter(|mail| mail.to == from)
        .count();
    session.change_email(to).await.is(202);
    let link = served.mailed_token(to, 1).await;
    served.confirm_email_change(&link).await.is(200);
    served.mailed_token(from, count + 1).await
}

#[tokio::test]
async fn the_old_address_gets_the_account_back_and_the_thief_is_out() {
    let served = with_pages().await;
    served.account(ADA, |_| ()).await;
    let session = served.signed_in(ADA).await;
    let undo = moves(&served, &session, ADA, THIEF).await;
    let notice = served.mails(ADA, 1).await.remove(0);
    assert!(notice.contains("t•••@elsewhere.example"), "{notice}");
    assert!(!notice.contains(THIEF), "a stranger's address, perhaps");

    // What the thief does meanwhile takes nothing away.
    let thief = served.signed_in(THIEF).await;
    thief
        .change_password(PASSWORD, "the thief's password")
        .await
        .is(200);
    let thief = served.logged_in(THIEF, "the thief's password").await;
    thief
        .post("/change-email", json!({"new_email": "far@elsewhere.example", "current_password": "the thief's password"}))
        .await
        .is(202);
    let link = served.mailed_token("far@elsewhere.example", 1).await;
    served.confirm_email_change(&link).await.is(200);
    let thief = served
        .logged_in("far@elsewhere.example", "the thief's password")
        .await;
    let thiefs_undo = served.mailed_token(THIEF, 3).await;

    let answer = served.undo_email_change(&undo).await;
    assert_eq!(answer.is(200).text("email"), ADA);
    thief.me().await.refused(401, "not_authenticated");
    for email in [ADA, THIEF, "far@elsewhere.example"] {
        served
            .log_in(email, "the thief's password")
            .await
            .refused(401, "invalid_credentials");
    }
    for used in [&undo, &thiefs_undo] {
        served
            .undo_email_change(used)
            .await
            .refused(400, "invalid_token");
    }
    served.forgot_password(ADA).await.is(202);
    let reset = served.mailed_token(ADA, 2).await;
    served
        .reset_password(&reset, "mine again, and new")
        .await
        .is(200);
    served.log_in(ADA, "mine again, and new").await.is(200);
    assert!(served.event_kinds().await.contains(&"email_change_undone"));
}

#[tokio::test]
async fn the_link_lives_seven_days_and_waits_for_a_free_address_and_an_active_account() {
    let served = with_pages().await;
    served.account(ADA, |_| ()).await;
    let undo = moves(&served, &served.signed_in(ADA).await, ADA, THIEF).await;
    served.account(ADA, |_| ()).await;
    served
        .undo_email_change(&undo)
        .await
        .refused(409, "email_taken");
    served.operator().delete(ADA).await;
    served.operator().disable(THIEF).await;
    served
        .undo_email_change(&undo)
        .await
        .refused(400, "invalid_token");
    served.operator().enable(THIEF).await;
    for other in ["", "x", &undo[..undo.len() - 1], &undo[25..]] {
        served
            .undo_email_change(other)
            .await
            .refused(400, "invalid_token");
    }
    served.pass(SignedDuration::from_hours(7 * 24) - SignedDuration::from_secs(60));
    served.undo_email_change(&undo).await.is(200);

    served.account("bob@example.com", |_| ()).await;
    let session = served.signed_in("bob@example.com").await;
    let undo = moves(&served, &session, "bob@example.com", "robert@example.com").await;
    served.pass(SignedDuration::from_hours(7 * 24));
    served
        .undo_email_change(&undo)
        .await
        .refused(400, "invalid_token");
}

#[tokio::test]
async fn twenty_uses_at_once_are_one() {
    let served = with_pages().await;
    served.account(ADA, |_| ()).await;
    let undo = moves(&served, &served.signed_in(ADA).await, ADA, THIEF).await;
    let answers = at_once(20, |_| served.undo_email_change(&undo)).await;
    one_succeeds(&answers, 200, (400, "invalid_token"));
}

#[tokio::test]
async fn where_no_mail_sets_a_password_the_old_one_stays() {
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_password_reset = false;
    })
    .await;
    served.account(ADA, |_| ()).await;
    let undo = moves(&served, &served.signed_in(ADA).await, ADA, THIEF).await;
    served.undo_email_change(&undo).await.is(200);
    served.log_in(ADA, PASSWORD).await.is(200);
}

#[tokio::test]
async fn no_link_is_mailed_that_leads_nowhere() {
    let served = Served::start().await;
    served.account(ADA, |_| ()).await;
    let session = served.signed_in(ADA).await;
    session.change_email(THIEF).await.is(202);
    let link = served.mailed_token(THIEF, 1).await;
    served.confirm_email_change(&link).await.is(200);
    let notice = served.mails(ADA, 1).await.remove(0);
    assert!(!notice.contains("http"), "{notice}");
    assert!(notice.contains("Contact support"), "{notice}");
}

/// Each change is announced to its owner, up to a limit for each mailbox. A thief could use that up first.
#[tokio::test]
async fn the_notice_to_the_old_address_comes_however_many_others_came_before() {
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.guessing.mail_per_recipient_per_hour = 2;
    })
    .await;
    served.account(ADA, |_| ()).await;
    let mut password = PASSWORD.to_owned();
    for number in 0..3 {
        let thief = served.logged_in(ADA, &password).await;
        let next = format!("the thief's password {number}");
        thief.change_password(&password, &next).await.is(200);
        password = next;
    }
    served.outbox_is_empty().await;
    let spent = served.mails(ADA, 2).await.len();
    assert_eq!(spent, 2, "the limit of other notices");
    let thief = served.logged_in(ADA, &password).await;
    thief
        .post(
            "/change-email",
            json!({"new_email": THIEF, "current_password": password}),
        )
        .await
        .is(202);
    let link = served.mailed_token(THIEF, 1).await;
    served.confirm_email_change(&link).await.is(200);
    let undo = served.mailed_token(ADA, 3).await;
    served.undo_email_change(&undo).await.is(200);
}

#[tokio::test]
async fn an_app_that_the_thief_set_up_keeps_nobody_out() {
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_totp = true;
    })
    .await;
    served.account(ADA, |_| ()).await;
    let undo = moves(&served, &served.signed_in(ADA).await, ADA, THIEF).await;
    let thief = served.logged_in(THIEF, PASSWORD).await;
    set_up(&served, &thief).await;
    served.undo_email_change(&undo).await.is(200);
    served.forgot_password(ADA).await.is(202);
    let reset = served.mailed_token(ADA, 2).await;
    served
        .reset_password(&reset, "mine again, and new")
        .await
        .is(200);
    let owner = served.log_in(ADA, "mine again, and new").await;
    assert!(!owner.is(200).text("access_token").is_empty());
}
