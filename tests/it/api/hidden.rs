//! `hide_registered_emails`: a stranger cannot tell by registering whether an address has an account.

use serde_json::json;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::served::Served;

async fn hiding() -> Served {
    Served::with(|settings| settings.features.hide_registered_emails = true).await
}

#[tokio::test]
async fn a_taken_address_is_answered_like_a_free_one_and_its_owner_is_told() {
    let served = hiding().await;
    let session = served.signed_up("ada@example.com").await;
    let free = served.register("free@example.com").await;
    let taken = served.register("ADA@example.com").await;
    assert_eq!(
        (free.is(201).status, taken.status),
        (taken.status, free.status)
    );
    assert_eq!(
        taken.body,
        json!({"status": "pending_verification", "email": "ada@example.com", "expires_at": free.body["expires_at"]})
    );
    let mail = served.mails("ada@example.com", 2).await.remove(0);
    assert!(!mail.contains("token="), "nothing to press: {mail}");
    session.me().await.is(200);
    served.log_in("ada@example.com", PASSWORD).await.is(200);
    assert_eq!(served.count_users().await, 1);
}

#[tokio::test]
async fn the_owner_is_not_flooded() {
    let served = Served::with(|settings| {
        settings.features.hide_registered_emails = true;
        settings.guessing.mail_per_recipient_per_hour = 3;
    })
    .await;
    served.signed_up("ada@example.com").await;
    for _ in 0..5 {
        served.register("ada@example.com").await.is(201);
    }
    served.outbox_is_empty().await;
    served.mails("ada@example.com", 3).await;
}
