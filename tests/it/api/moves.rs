//! `PATCH /admin/users/{id}` with another address.

use serde_json::json;

use crate::support::actor::{PASSWORD, Requests as _, with_code, with_status};
use crate::support::served::{Served, at_once};

const ADA: &str = "ada@example.com";
const NEW: &str = "ada@example.org";

#[tokio::test]
async fn the_owner_is_told_proves_the_new_address_and_can_undo_the_change() {
    let served = Served::with(|settings| {
        settings.features.enable_admin_router = true;
        settings.features.enable_ui_router = true;
    })
    .await;
    let root = served.admin().await;
    served.account(ADA, |_| ()).await;
    let session = served.signed_in(ADA).await;
    let path = format!("/admin/users/{}", served.id_of(ADA).await);
    let answer = root.patch(&path, json!({"email": NEW})).await;
    assert_eq!(answer.is(200).text("email"), NEW);
    assert_eq!(answer.body["is_verified"], false);
    session.me().await.refused(401, "not_authenticated");
    let refused = served.log_in(NEW, PASSWORD).await;
    refused.refused(403, "email_unverified");
    let undo = served.mailed_token(ADA, 1).await;
    let proof = served.mailed_token(NEW, 1).await;
    served.verify(&proof).await.is(200);
    served.log_in(NEW, PASSWORD).await.is(200);
    // Whoever is told, and never asked for it, has the account back.
    served.undo_email_change(&undo).await.is(200);
    assert!(served.find(NEW).await.is_none());
    assert!(served.user(ADA).await.is_verified);
}

#[tokio::test]
async fn support_may_take_it_as_proven_and_for_good() {
    let served = Served::with(|settings| {
        settings.features.enable_admin_router = true;
        settings.features.enable_ui_router = true;
    })
    .await;
    let root = served.admin().await;
    served.account(ADA, |_| ()).await;
    let path = format!("/admin/users/{}", served.id_of(ADA).await);
    let first = json!({"email": "between@example.com", "is_verified": true});
    root.patch(&path, first).await.is(200);
    let undo = served.mailed_token(ADA, 1).await;
    let last = json!({"email": NEW, "is_verified": true, "email_undo": false});
    root.patch(&path, last).await.is(200);
    served.log_in(NEW, PASSWORD).await.is(200);
    let told = served.mails("between@example.com", 1).await.remove(0);
    assert!(!told.contains("token="), "{told}");
    let dead = served.undo_email_change(&undo).await;
    dead.refused(400, "invalid_token");
    // What is so already is no change.
    let same = json!({"email": NEW});
    assert_eq!(
        root.patch(&path, same).await.is(200).body["is_verified"],
        true
    );
    served.outbox_is_empty().await;
    assert_eq!(served.count_events("email_changed").await, 2);
}

#[tokio::test]
async fn of_two_administrators_who_give_one_address_away_one_wins() {
    let served = Served::with(|settings| settings.features.enable_admin_router = true).await;
    let root = served.admin().await;
    let mut paths = Vec::new();
    for number in 0..10 {
        let email = format!("user{number}@example.com");
        let account = served.account(&email, |_| ()).await;
        paths.push(format!("/admin/users/{}", account.id));
    }
    let answers = at_once(10, |number| {
        root.patch(&paths[number], json!({"email": NEW}))
    })
    .await;
    assert_eq!(with_status(&answers, 200), 1);
    assert_eq!(with_code(&answers, "email_taken"), 9);
    assert_eq!(served.count_events("email_changed").await, 1);
}
