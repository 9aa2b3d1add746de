//! Proof by passkey before sensitive acts. In Chromium it is in `browser`.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::Value;

use super::{Desk, ROOT, office_with};
use crate::support::actor::{Answer, Requests as _};
use crate::support::database::Kind;
use crate::support::on_both_engines;
use crate::support::passkey::{PRESENT, SoftKey, VERIFIED, give, start_login};
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
const ELEVEN: SignedDuration = SignedDuration::from_mins(11);

on_both_engines! {
    a_passkey_proves_who_an_administrator_is
}

/// Two administrators with a passkey each, of whom Ada has no password.
async fn with_passkeys(kind: Kind) -> (Served, SoftKey, SoftKey) {
    let served = office_with(kind, |settings| {
        settings.features.enable_passkeys = true;
        "localhost".clone_into(&mut settings.passkeys.rp_id);
        settings.passkeys.origins = vec!["http://localhost:8000".to_owned()];
    })
    .await;
    served
        .account(ADA, |account| {
            account.is_superuser = true;
            account.password = None;
        })
        .await;
    let (mut of_root, mut of_ada) = (SoftKey::new(), SoftKey::new());
    give(&served, &served.user(ROOT).await, &mut of_root).await;
    give(&served, &served.user(ADA).await, &mut of_ada).await;
    (served, of_root, of_ada)
}

async fn finish_login(served: &Served, body: Value) -> Answer {
    let request = served.request(Method::POST, "/login/passkey/finish");
    let request = request.header("x-regstack-transport", "bearer");
    served.send(request.json(&body)).await
}

async fn logs_in(served: &Served, key: &mut SoftKey) -> Answer {
    let started = start_login(served).await;
    key.count += 1;
    finish_login(served, key.presents(&started)).await
}

/// A challenge for whoever is at this desk.
async fn challenge(desk: &Desk) -> Value {
    let started = desk.post("/proof/passkey/start", &[]).await;
    assert_eq!(started.is(200).headers["cache-control"], "no-store");
    serde_json::from_str(&started.html).unwrap()
}

/// What a passkey answers, as the fields of a form.
fn signed(key: &mut SoftKey, started: &Value) -> Vec<(String, String)> {
    key.count += 1;
    let mut fields = key.sign(&started["public_key"]);
    fields["pending_token"] = started["pending_token"].clone();
    let fields = fields.as_object().unwrap().iter();
    let text = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    fields.filter_map(text).collect()
}

async fn answer(desk: &Desk, fields: &[(String, String)]) -> u16 {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    desk.post("/proof/passkey", &fields).await.status
}

async fn a_passkey_proves_who_an_administrator_is(kind: Kind) {
    let (served, mut of_root, mut of_ada) = with_passkeys(kind).await;
    let root = Desk::of(&served, ROOT).await;
    let ada = Desk::new(&served);
    let session = logs_in(&served, &mut of_ada).await;
    ada.keep("regstack_session", session.is(200).text("access_token"));
    served.pass(ELEVEN);
    let delete = format!("/users/{}/delete", served.id_of(ADA).await);
    let question = root.get(&delete).await;
    question
        .is(200)
        .shows("name=\"current_password\"")
        .shows("data-rc-passkey");
    let without_password = ada.get(&delete).await;
    without_password
        .is(200)
        .lacks("name=\"current_password\"")
        .shows("data-rc-passkey")
        .shows("Log in again");

    // Only the administrator's own passkeys are offered, and only they are taken.
    let asked = challenge(&root).await;
    let offered = asked["public_key"]["allowCredentials"].as_array().unwrap();
    assert_eq!(offered.len(), 1, "{asked}");
    assert_eq!(asked["public_key"]["userVerification"], "required");
    assert!((400..500).contains(&answer(&root, &signed(&mut of_ada, &asked)).await));
    // A challenge is for one session.
    let of_another = challenge(&ada).await;
    assert!((400..500).contains(&answer(&root, &signed(&mut of_root, &of_another)).await));
    // Whoever isn't verified by the device isn't taken for anybody.
    of_root.flags = PRESENT;
    assert!((400..500).contains(&answer(&root, &signed(&mut of_root, &asked)).await));
    of_root.flags = VERIFIED;
    root.get(&delete).await.is(200).shows("current_password");

    let fields = signed(&mut of_root, &asked);
    assert_eq!(answer(&root, &fields).await, 204);
    root.get(&delete).await.is(200).lacks("current_password");
    // It works once.
    let refused = answer(&root, &signed(&mut of_root, &asked)).await;
    assert!((400..500).contains(&refused), "{refused}");
    // It is a proof for this session alone, and for ten minutes.
    let proof = root.cookie("regstack_console_proof").unwrap();
    ada.keep("regstack_console_proof", &proof);
    ada.get(&delete).await.is(200).shows("data-rc-passkey");
    served.pass(ELEVEN);
    root.get(&delete).await.is(200).shows("current_password");

    // An administrator without a password does something sensitive.
    let asked = challenge(&ada).await;
    assert_eq!(answer(&ada, &signed(&mut of_ada, &asked)).await, 204);
    served.account("bob@example.com", |_| ()).await;
    let promote = format!("/users/{}/promote", served.id_of("bob@example.com").await);
    ada.act(&promote, &[])
        .await
        .is(200)
        .shows("is an administrator now");
    assert!(served.user("bob@example.com").await.is_superuser);
}

#[tokio::test]
async fn a_challenge_for_a_proof_logs_nobody_in_and_other_sites_get_none() {
    let (served, mut of_root, _) = with_passkeys(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    let asked = challenge(&root).await;
    let fields = signed(&mut of_root, &asked);
    let body: Value = fields.into_iter().collect();
    finish_login(&served, body)
        .await
        .refused(400, "invalid_token");
    let headers = [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    for path in ["/proof/passkey/start", "/proof/passkey"] {
        let sent = root.send(Method::POST, path, &headers, Some(&[])).await;
        sent.is(403).lacks("challenge");
    }
    // Where passkeys are off, they prove nothing.
    let off = served.sibling_with(|settings| settings.features.enable_passkeys = false);
    let off = off.await;
    let root = Desk::of(&off, ROOT).await;
    off.pass(ELEVEN);
    let delete = format!("/users/{}/delete", served.id_of(ADA).await);
    root.get(&delete).await.is(200).lacks("data-rc-passkey");
    let started = root.post("/proof/passkey/start", &[]).await;
    assert!((400..500).contains(&started.status), "{started:?}");
}
