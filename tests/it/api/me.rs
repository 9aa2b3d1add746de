//! `GET /me` and `PATCH /me`.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::actor::Requests as _;
use crate::support::served::Served;

#[tokio::test]
async fn a_name_is_changed_kept_and_cleared() {
    let served = Served::start().await;
    let token = served.signed_up("ada@example.com").await;
    served.pass(SignedDuration::from_secs(1));
    let patch = async |body: Value| token.patch("/me", body).await;
    let changed = patch(json!({"full_name": "Ada, Countess <of> \"Lovelace\"\u{202e}"})).await;
    assert_eq!(
        changed.is(200).text("full_name"),
        "Ada, Countess <of> \"Lovelace\"\u{202e}"
    );
    assert_eq!(changed.text("updated_at"), "2100-11-23T06:00:01.123Z");
    assert_eq!(
        patch(json!({})).await.is(200).body,
        changed.body,
        "absent keeps, and changes nothing"
    );
    assert_eq!(
        patch(json!({"full_name": null})).await.is(200).body["full_name"],
        Value::Null
    );
    patch(json!({"full_name": "A"})).await.is(200);
    assert_eq!(
        patch(json!({"full_name": ""})).await.is(200).body["full_name"],
        Value::Null
    );
    patch(json!({"full_name": "é".repeat(200)})).await.is(200);
    let long = patch(json!({"full_name": "é".repeat(201)})).await;
    long.refused(422, "validation_error");
    assert_eq!(long.body["detail"][0]["loc"], json!(["body", "full_name"]));
}

#[tokio::test]
async fn nobody_promotes_themselves() {
    let served = Served::start().await;
    let token = served.signed_up("ada@example.com").await;
    for field in [
        "is_superuser",
        "is_verified",
        "is_active",
        "email",
        "phone_number",
        "id",
        "is_mfa_enabled",
    ] {
        let answer = token
            .patch("/me", json!({"full_name": "x", field: true}))
            .await;
        answer.refused(422, "validation_error");
        assert_eq!(answer.body["detail"][0]["type"], "extra_forbidden");
    }
    let registration = served
        .post(
            "/register",
            json!({"email": "eve@example.com", "password": "eve's password", "is_superuser": true}),
        )
        .await;
    registration.refused(422, "validation_error");
    let me = token.me().await;
    assert_eq!(
        (&me.body["full_name"], &me.body["is_superuser"]),
        (&json!("Ada"), &json!(false))
    );
}
