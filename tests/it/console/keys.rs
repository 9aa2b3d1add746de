//! Signing keys and service keys.

use jiff::SignedDuration;
use regstack::internals::config::JwtAlgorithm;

use super::{Desk, ROOT, office, office_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::Kind;
use crate::support::on_both_engines;

on_both_engines! {
    a_service_key_is_created_shown_once_and_revoked
}

const NEW: &str = "/keys/service/new";

async fn a_service_key_is_created_shown_once_and_revoked(kind: Kind) {
    let served = office(kind).await;
    let root = Desk::of(&served, ROOT).await;
    root.get("/keys")
        .await
        .is(200)
        .shows("There are no service keys.");
    for (wrong, status) in [
        (&[("key_name", "Shop!"), ("scope", "admin:read")][..], 422),
        (&[("key_name", "shop")][..], 422),
        (&[("key_name", "shop"), ("scope", "everything")][..], 422),
        (
            &[("key_name", "shop"), ("scope", "admin:read"), ("days", "0")][..],
            422,
        ),
    ] {
        root.post(NEW, wrong).await.is(status).shows("rs-message");
    }
    let fields = [
        ("key_name", "shop"),
        ("scope", "introspect"),
        ("scope", "admin:read"),
        ("days", "7"),
    ];
    let made = root.post(NEW, &fields).await;
    assert_eq!(made.is(200).headers["cache-control"], "no-store");
    let (_, rest) = made.html.split_once("rsk_").expect("the key");
    let key = format!("rsk_{}", rest.split('<').next().unwrap());
    // It works in the API, with these scopes and no others.
    let shop = served.bearer(&key);
    shop.get("/admin/users").await.is(200);
    root.post(NEW, &fields)
        .await
        .is(409)
        .shows("with this name already");
    let admin = served.bearer(&super::token(&served, ROOT).await);
    let list = admin.get("/admin/service-keys").await;
    let listed = &list.is(200).items()[0];
    assert_eq!(listed["name"], "shop");
    let page = root.get("/keys").await;
    page.is(200)
        .shows("shop")
        .shows("introspect admin:read")
        .lacks(&key);
    let revoke = format!("/keys/service/{}/revoke", listed["id"].as_str().unwrap());
    root.get(&revoke).await.is(200).shows("shop");
    shop.get("/admin/users").await.is(200);
    root.act(&revoke, &[])
        .await
        .shows("The service key was revoked.");
    shop.get("/admin/users").await.is(401);
    root.get(&revoke).await.is(404);
    // One that was made elsewhere is here too.
    served.service_named("robot", "admin:write").await;
    root.get("/keys").await.shows("robot");
}

#[tokio::test]
async fn keys_ask_for_the_password_after_ten_minutes() {
    let served = office_with(Kind::Sqlite, |settings| {
        settings.tokens.jwt_algorithm = JwtAlgorithm::EdDsa;
    })
    .await;
    let root = Desk::of(&served, ROOT).await;
    let keys = served.app.accounts.signing_keys().await.unwrap();
    let kid = keys[0].key.kid.clone();
    served.pass(SignedDuration::from_mins(11));
    let removal = format!("/keys/remove?kid={kid}");
    for (path, fields) in [
        ("/keys/rotate", &[][..]),
        (&*removal, &[("kid", &*kid)][..]),
        (NEW, &[("key_name", "shop"), ("scope", "introspect")][..]),
    ] {
        root.get(path).await.is(200).shows("current_password");
        let refused = root.post(path, fields).await;
        assert!(matches!(refused.status, 400 | 401 | 403), "{refused:?}");
        let wrong = [fields, &[("current_password", "not this one")]].concat();
        let refused = root.post(path, &wrong).await;
        assert!(matches!(refused.status, 400 | 401 | 403), "{refused:?}");
    }
    assert_eq!(served.app.accounts.signing_keys().await.unwrap().len(), 1);
    let page = root
        .act("/keys/rotate", &[("current_password", PASSWORD)])
        .await;
    page.is(200).shows("The next signing key was created.");
    let keys = served.app.accounts.signing_keys().await.unwrap();
    assert_eq!(keys.len(), 2);
    page.shows(&keys[1].key.kid);
    // The password counts for a while.
    let next = keys[1].key.kid.clone();
    let page = root
        .act(&format!("/keys/remove?kid={next}"), &[("kid", &next)])
        .await;
    page.is(200)
        .shows("The signing key was removed.")
        .lacks(&next);
    assert_eq!(served.app.accounts.signing_keys().await.unwrap().len(), 1);
    root.get("/keys/remove?kid=nothing").await.is(404);
}

#[tokio::test]
async fn with_a_secret_there_are_no_signing_keys_to_rotate() {
    let served = office(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    root.get("/keys")
        .await
        .is(200)
        .shows("regstack secret rotate")
        .lacks("/keys/rotate");
    root.post("/keys/rotate", &[]).await.is(404);
}
