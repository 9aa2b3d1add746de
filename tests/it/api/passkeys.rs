//! Passkeys: added, used, named, removed; and everything that somebody else might present.

use jiff::SignedDuration;
use regstack::internals::config::{Settings, Transport};
use serde_json::{Value, json};

use crate::support::actor::{
    Actor, Answer, NULL, PASSWORD, Requests as _, one_succeeds, with_status,
};
use crate::support::database::{Database, Kind};
use crate::support::passkey::{
    PRESENT, SoftKey, VERIFIED, decoded, encoded, give, start, start_login,
};
use crate::support::served::{Served, at_once};

const ADA: &str = "ada@example.com";

/// What is done to an authenticator that was honest.
type Attack = fn(&mut SoftKey);

fn on(settings: &mut Settings) {
    settings.features.enable_passkeys = true;
}

async fn served() -> Served {
    Served::with(on).await
}

/// A server, Ada's session by her password, and a passkey of hers.
async fn ada(served: &Served) -> (Actor, SoftKey) {
    let session = served.signed_in(ADA).await;
    let mut key = SoftKey::new();
    key.is_added(&session, "Laptop").await.is(201);
    (session, key)
}

/// The same bytes and one that belongs to nothing.
fn with_a_byte_more(text: &Value) -> String {
    let mut bytes = decoded(text.as_str().unwrap());
    bytes.push(0);
    encoded(&bytes)
}

/// The newest event of a kind.
async fn event(served: &Served, kind: &str) -> Value {
    let events = served.events(50).await;
    let found = events.iter().find(|event| event.kind.as_str() == kind);
    let found = found.unwrap_or_else(|| panic!("no {kind}"));
    Value::Object(found.data.clone())
}

/// A request as a page of the site makes it, in a browser with this cookie.
async fn of_page(served: &Served, path: &str, cookie: &str, body: Value) -> Answer {
    let request = served.request(reqwest::Method::POST, path);
    let request = request
        .header("origin", &served.origin)
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie);
    let request = if body.is_null() {
        request
    } else {
        request.json(&body)
    };
    served.send(request).await
}

/// The cookie that an answer sets, as it is sent back.
fn cookie_of(answer: &Answer) -> String {
    let line = answer.header("set-cookie").unwrap();
    line.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_passkey_is_added_used_named_and_removed() {
    let served = served().await;
    let session = served.signed_in(ADA).await;
    assert_eq!(
        session.get("/passkeys").await.is(200).items(),
        [] as [Value; 0]
    );
    let started = start(&session).await;
    let options = &started.is(200).body["public_key"];
    assert_eq!(
        options["rp"],
        json!({"id": "localhost", "name": "RegStack"})
    );
    assert_eq!(options["user"]["name"], ADA);
    let demands = json!({"residentKey": "required", "requireResidentKey": true, "userVerification": "required"});
    assert_eq!(options["authenticatorSelection"], demands);
    assert_eq!(
        (&options["attestation"], &options["timeout"]),
        (&json!("none"), &json!(300_000))
    );
    let mut key = SoftKey::new();
    let added = key.is_added_to(&session, " Laptop ", &started).await;
    let added = added.is(201).body.clone();
    assert_eq!(
        (&added["name"], &added["is_synced"]),
        (&json!("Laptop"), &json!(false))
    );
    assert!(added["last_used_at"].is_null());
    let mail = &served.mails(ADA, 1).await[0];
    assert!(
        mail.contains("A passkey was added to your account."),
        "{mail}"
    );
    assert_eq!(event(&served, "passkey_added").await["name"], "Laptop");
    // An authenticator that has one already is told.
    let again = start(&session).await;
    let known = &again.body["public_key"]["excludeCredentials"];
    assert_eq!(
        known,
        &json!([{"type": "public-key", "id": encoded(&key.id)}])
    );

    let begun = start_login(&served).await;
    let asked = begun.is(200).body["public_key"].as_object().unwrap();
    assert_eq!(
        (&asked["rpId"], &asked["userVerification"]),
        (&json!("localhost"), &json!("required"))
    );
    assert!(
        !asked.contains_key("allowCredentials"),
        "there is nothing to enumerate"
    );
    assert_eq!(begun.header("set-cookie"), None, "who asks is no page");
    served.pass(SignedDuration::from_secs(1));
    let logged_in = key.signed_in(&served).await;
    assert_eq!(logged_in.me().await.is(200).body["email"], ADA);
    let sessions = logged_in.get("/sessions").await;
    let methods: Vec<_> = sessions
        .items()
        .iter()
        .map(|item| item["method"].clone())
        .collect();
    assert_eq!(methods, ["passkey", "password"]);
    let used = logged_in.get("/passkeys").await.items()[0].clone();
    assert!(!used["last_used_at"].is_null());

    let path = format!("/passkeys/{}", added["id"].as_str().unwrap());
    let renamed = session.patch(&path, json!({"name": "Old laptop"})).await;
    assert_eq!(renamed.is(200).body["name"], "Old laptop");
    for name in ["", " ", &"x".repeat(61), "a\u{1b}b"] {
        session.patch(&path, json!({"name": name})).await.is(422);
    }
    let proof = json!({"current_password": PASSWORD});
    session
        .delete(&path, json!({}))
        .await
        .refused(403, "reauthentication_required");
    session.delete(&path, proof.clone()).await.is(200);
    session.delete(&path, proof).await.refused(404, "not_found");
    key.logs_in(&served).await.refused(401, "passkey_refused");
    logged_in.me().await.is(200);
    let mail = &served.mails(ADA, 2).await[0];
    assert!(mail.contains("A passkey was removed"), "{mail}");
    let kinds = served.event_kinds().await;
    for kind in [
        "passkey_added",
        "passkey_renamed",
        "passkey_removed",
        "user_logged_in",
    ] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
}

#[tokio::test]
async fn other_kinds_of_keys_and_counters_that_do_not_count_log_in() {
    let served = served().await;
    let session = served.signed_in(ADA).await;
    let mut edwards = SoftKey::edwards();
    edwards.is_added(&session, "Edwards").await.is(201);
    edwards.signed_in(&served).await;
    let mut windows = SoftKey::rsa();
    windows.is_added(&session, "Windows").await.is(201);
    windows.signed_in(&served).await;
    let mut still = SoftKey::new();
    still.count = 0;
    still.is_added(&session, "Still").await.is(201);
    for _ in 0..2 {
        let started = start_login(&served).await;
        let answer = still.presents(&started);
        served.post("/login/passkey/finish", answer).await.is(200);
    }
}

#[tokio::test]
async fn what_was_not_asked_for_adds_no_passkey() {
    let served = served().await;
    let session = served.signed_in(ADA).await;
    let attacks: [(&str, Attack); 9] = [
        ("nobody was verified", |key| {
            key.flags = PRESENT;
        }),
        ("nobody was there", |key| {
            key.flags = 0b100;
        }),
        ("another site's page", |key| {
            key.origin = "http://evil.example".into();
        }),
        ("a page below", |key| {
            key.origin = "http://evil.localhost:8000".into();
        }),
        ("another port", |key| {
            key.origin = "http://localhost:8001".into();
        }),
        ("within a frame of another site", |key| {
            key.cross_origin = true;
        }),
        ("another relying party", |key| {
            key.rp_id = "evil.example".into();
        }),
        ("another challenge", |key| {
            key.challenge = Some("rN7z0Y_z_-uIv4PdRl1A5Q".into());
        }),
        ("what is for a login", |key| {
            key.kind = Some("webauthn.get");
        }),
    ];
    for (what, attack) in attacks {
        let started = start(&session).await;
        let mut key = SoftKey::new();
        attack(&mut key);
        let answer = key.is_added_to(&session, "x", &started).await;
        assert_eq!(answer.body["code"], "invalid_passkey", "{what}: {answer:?}");
    }
    let started = start(&session).await;
    let made = SoftKey::new().make(&started.body["public_key"]);
    for (field, other) in [
        ("client_data_json", json!("e30")),
        ("attestation_object", json!("AAAA")),
        (
            "attestation_object",
            json!(with_a_byte_more(&made["attestation_object"])),
        ),
        ("attestation_object", made["client_data_json"].clone()),
    ] {
        let mut broken = made.clone();
        broken["pending_token"] = started.body["pending_token"].clone();
        broken["name"] = "x".into();
        broken[field] = other;
        let answer = session.post("/passkeys/finish", broken).await;
        answer.refused(400, "invalid_passkey");
    }
    assert!(session.get("/passkeys").await.items().is_empty());
    assert_eq!(served.count_events("passkey_added").await, 0);
}

#[tokio::test]
async fn what_was_not_asked_for_logs_nobody_in() {
    let served = served().await;
    let (_, mut key) = ada(&served).await;
    let bob = served.signed_in("bob@example.com").await;
    let mut bobs = SoftKey::new();
    bobs.is_added(&bob, "Bob's").await.is(201);
    let handle = (key.user_handle.clone(), bobs.user_handle.clone());
    let attacks: [(&str, &str, Attack); 8] = [
        ("nobody was verified", "user_not_verified", |key| {
            key.flags = PRESENT;
        }),
        ("nobody was there", "user_not_present", |key| {
            key.flags = 0b100;
        }),
        ("another site's page", "wrong_origin", |key| {
            key.origin = "http://evil.example".into();
        }),
        ("another port", "wrong_origin", |key| {
            key.origin = "http://localhost:8001".into();
        }),
        ("within a frame", "wrong_origin", |key| {
            key.cross_origin = true;
        }),
        ("another relying party", "wrong_rp_id", |key| {
            key.rp_id = "evil.example".into();
        }),
        ("another challenge", "wrong_challenge", |key| {
            key.challenge = Some("rN7z0Y_z_-uIv4PdRl1A5Q".into());
        }),
        ("what is for a new one", "wrong_type", |key| {
            key.kind = Some("webauthn.create");
        }),
    ];
    for (what, reason, attack) in attacks {
        let (origin, rp_id) = (key.origin.clone(), key.rp_id.clone());
        attack(&mut key);
        // Events of one moment are in no order.
        served.pass(SignedDuration::from_millis(1));
        let answer = key.logs_in(&served).await;
        assert_eq!(answer.body["code"], "passkey_refused", "{what}: {answer:?}");
        assert_eq!(
            event(&served, "login_failed").await["reason"],
            reason,
            "{what}"
        );
        (key.origin, key.rp_id) = (origin, rp_id);
        (key.flags, key.cross_origin, key.challenge, key.kind) = (0b101, false, None, None);
    }
    // Another account's passkey under this one's name, and this one's as another account's.
    served.pass(SignedDuration::from_millis(1));
    key.user_handle.clone_from(&handle.1);
    key.logs_in(&served).await.refused(401, "passkey_refused");
    assert_eq!(event(&served, "login_failed").await["reason"], "wrong_user");
    key.user_handle.clone_from(&handle.0);
    let ids = (key.id.clone(), bobs.id.clone());
    bobs.id.clone_from(&ids.0);
    bobs.user_handle.clone_from(&handle.0);
    served.pass(SignedDuration::from_millis(1));
    bobs.logs_in(&served).await.refused(401, "passkey_refused");
    assert_eq!(
        event(&served, "login_failed").await["reason"],
        "wrong_signature"
    );
    // Part of what was signed is changed afterwards.
    let started = start_login(&served).await;
    key.count += 1;
    let mut answer = key.presents(&started);
    let said = answer["authenticator_data"].as_str().unwrap().to_owned();
    answer["authenticator_data"] = format!("{}AAAAZA", &said[..said.len() - 6]).into();
    let refused = served.post("/login/passkey/finish", answer).await;
    refused.refused(401, "passkey_refused");
    assert_eq!(
        served.count_events("user_logged_in").await,
        2,
        "by password"
    );
    key.signed_in(&served).await;
    // All that was no guess at a password, and locks nobody out.
    served.log_in(ADA, PASSWORD).await.is(200);
}

#[tokio::test]
async fn a_copied_authenticator_is_refused_and_recorded() {
    let served = served().await;
    let (_, mut key) = ada(&served).await;
    key.signed_in(&served).await;
    key.signed_in(&served).await;
    for behind in [1, 0] {
        let count = key.count;
        let started = start_login(&served).await;
        key.count -= behind;
        let answer = key.presents(&started);
        key.count = count;
        served.pass(SignedDuration::from_millis(1));
        let refused = served.post("/login/passkey/finish", answer).await;
        refused.refused(401, "passkey_refused");
    }
    let told = event(&served, "passkey_refused").await;
    assert_eq!(
        (&told["reason"], &told["stored"], &told["presented"]),
        (&json!("counter"), &json!(3), &json!(3))
    );
    assert_eq!(served.count_events("passkey_refused").await, 2);
    key.signed_in(&served).await;
}

async fn a_challenge_is_answered_once(kind: Kind) {
    let database = Database::fresh(kind).await;
    let served = Served::over(database, on).await;
    let other = served.sibling().await;
    let (session, mut key) = ada(&served).await;
    let started = start_login(&served).await;
    key.count += 1;
    let answer = key.presents(&started);
    let answers = at_once(20, |index| {
        [&served, &other][index % 2].post("/login/passkey/finish", answer.clone())
    })
    .await;
    one_succeeds(&answers, 200, (400, "invalid_token"));
    let sessions = session.get("/sessions").await;
    assert_eq!(sessions.items().len(), 2);
    // Likewise a challenge that is answered by twenty passkeys.
    let started = start(&session).await;
    let made: Vec<Value> = (0..20)
        .map(|number| {
            let mut made = SoftKey::new().make(&started.body["public_key"]);
            made["pending_token"] = started.body["pending_token"].clone();
            made["name"] = format!("{number}").into();
            made
        })
        .collect();
    let there = session.at(&other);
    let answers = at_once(20, |index| {
        [&session, &there][index % 2].post("/passkeys/finish", made[index].clone())
    })
    .await;
    one_succeeds(&answers, 201, (400, "invalid_token"));
    assert_eq!(session.get("/passkeys").await.items().len(), 2);
}

async fn the_last_way_in_stays_however_many_remove_it(kind: Kind) {
    let database = Database::fresh(kind).await;
    let served = Served::over(database, on).await;
    let user = served.account(ADA, |account| account.password = None).await;
    let mut keys = [SoftKey::new(), SoftKey::new()];
    for key in &mut keys {
        give(&served, &user, key).await;
    }
    let session = keys[0].signed_in(&served).await;
    let passkeys = session.get("/passkeys").await.items().to_vec();
    let paths = passkeys
        .iter()
        .map(|one| format!("/passkeys/{}", one["id"].as_str().unwrap()));
    let paths: Vec<_> = paths.collect();
    let answers = at_once(10, |index| session.delete(&paths[index % 2], json!({}))).await;
    assert_eq!(with_status(&answers, 200), 1, "{answers:?}");
    assert!(with_status(&answers, 409) > 0, "{answers:?}");
    assert_eq!(session.get("/passkeys").await.items().len(), 1);
}

crate::support::on_both_engines!(a_challenge_is_answered_once a_passkey_has_one_account the_last_way_in_stays_however_many_remove_it);

#[tokio::test]
async fn a_challenge_is_good_for_five_minutes() {
    let served = served().await;
    let (session, mut key) = ada(&served).await;
    let (setup, login) = (start(&session).await, start_login(&served).await);
    assert_eq!(
        (&setup.body["expires_in"], &login.body["expires_in"]),
        (&json!(300), &json!(300))
    );
    served.pass(SignedDuration::from_secs(299));
    key.count += 1;
    let answer = key.presents(&login);
    served.post("/login/passkey/finish", answer).await.is(200);
    let late = start_login(&served).await;
    served.pass(SignedDuration::from_secs(300));
    key.count += 1;
    let answer = key.presents(&late);
    let refused = served.post("/login/passkey/finish", answer).await;
    refused.refused(400, "invalid_token");
    let refused = SoftKey::new().is_added_to(&session, "late", &setup).await;
    refused.refused(400, "invalid_token");
}

#[tokio::test]
async fn a_challenge_belongs_to_who_asked_and_to_what_it_was_asked_for() {
    let served = served().await;
    let (session, mut key) = ada(&served).await;
    let bob = served.signed_in("bob@example.com").await;
    let setup = start(&session).await;
    let others = SoftKey::new().is_added_to(&bob, "Bob's", &setup).await;
    others.refused(400, "invalid_token");
    let elsewhere = served.signed_in(ADA).await;
    let others = SoftKey::new()
        .is_added_to(&elsewhere, "elsewhere", &setup)
        .await;
    others.refused(400, "invalid_token");
    // The token of a login adds nothing, nor does that of a set-up, or of a session, log in.
    let login = start_login(&served).await;
    let mut crossed = setup.clone();
    crossed.body["pending_token"] = login.body["pending_token"].clone();
    crossed.body["public_key"]["challenge"] = login.body["public_key"]["challenge"].clone();
    let refused = SoftKey::new().is_added_to(&session, "x", &crossed).await;
    refused.refused(400, "invalid_token");
    key.count += 1;
    let mut answer = key.presents(&setup);
    let refused = served.post("/login/passkey/finish", answer.clone()).await;
    refused.refused(400, "invalid_token");
    answer["pending_token"] = session.token().into();
    let refused = served.post("/login/passkey/finish", answer).await;
    refused.refused(400, "invalid_token");
    // A new password ends what was begun.
    let setup = start(&session).await;
    let changed = session
        .change_password(PASSWORD, "another canary here")
        .await;
    let session = served.bearer(changed.is(200).text("access_token"));
    let refused = SoftKey::new().is_added_to(&session, "x", &setup).await;
    refused.refused(400, "invalid_token");
    // The passkey itself stays.
    key.signed_in(&served).await;
}

async fn a_login_ends_in_the_browser_that_began_it(transport: Transport) {
    let served = Served::with(|settings| {
        on(settings);
        settings.tokens.transport = transport;
    })
    .await;
    let session = served.account(ADA, |_| ()).await;
    let mut key = SoftKey::new();
    give(&served, &session, &mut key).await;
    let (start, finish) = ("/login/passkey/start", "/login/passkey/finish");
    let begun = of_page(&served, start, "", NULL).await;
    let line = begun.is(200).header("set-cookie").unwrap();
    assert!(line.starts_with("regstack_browser="), "{line}");
    assert!(
        line.ends_with("; Path=/; Max-Age=300; HttpOnly; SameSite=Strict"),
        "{line}"
    );
    let own = cookie_of(&begun);
    key.count += 1;
    let answer = key.presents(&begun);
    let others = cookie_of(&of_page(&served, start, "", NULL).await);
    for cookie in [
        "",
        &others,
        "regstack_browser=x",
        &format!("{own}; {others}"),
    ] {
        let refused = of_page(&served, finish, cookie, answer.clone()).await;
        refused.refused(400, "invalid_token");
    }
    // Another tab of the same browser does not get in the way.
    let tab = of_page(&served, start, &own, NULL).await;
    assert_eq!(cookie_of(&tab), own);
    of_page(&served, finish, &own, answer.clone()).await.is(200);
    of_page(&served, finish, &own, answer)
        .await
        .refused(400, "invalid_token");
    // What a program began is worth nothing in a browser that takes a cookie for it.
    let begun = start_login(&served).await;
    key.count += 1;
    let answer = key.presents(&begun);
    let refused = of_page(&served, finish, &own, answer).await;
    refused.refused(400, "invalid_token");
}

#[tokio::test]
async fn a_login_ends_in_the_browser_that_began_it_with_bearer() {
    a_login_ends_in_the_browser_that_began_it(Transport::Bearer).await;
}

#[tokio::test]
async fn a_login_ends_in_the_browser_that_began_it_with_cookie() {
    a_login_ends_in_the_browser_that_began_it(Transport::Cookie).await;
}

#[tokio::test]
async fn a_passkey_is_both_factors_and_a_lockout_does_not_hold_it_up() {
    let served = Served::with(|settings| {
        on(settings);
        settings.features.enable_sms_2fa = true;
        settings.features.enable_admin_router = true;
        settings.features.require_mfa_for_admins = true;
    })
    .await;
    let session = served.signed_in_with_phone(ADA, "+14155550123").await;
    let mut key = SoftKey::new();
    key.is_added(&session, "Laptop").await.is(201);
    served.lock_out(ADA).await;
    served.log_in(ADA, PASSWORD).await.refused(429, "locked");
    key.signed_in(&served).await;
    // The password alone is as good as before.
    served
        .log_in(ADA, PASSWORD)
        .await
        .is(200)
        .text("mfa_pending_token");

    let admin = served.admin().await;
    admin.get("/admin/stats").await.refused(403, "mfa_required");
    let mut admins = SoftKey::new();
    admins.is_added(&admin, "Admin's").await.is(201);
    admin.get("/admin/stats").await.refused(403, "mfa_required");
    let by_passkey = admins.signed_in(&served).await;
    by_passkey.get("/admin/stats").await.is(200);
}

#[tokio::test]
async fn a_login_by_passkey_is_fresh_for_five_minutes() {
    let served = served().await;
    let (session, mut key) = ada(&served).await;
    session
        .post("/passkeys/start", json!({}))
        .await
        .refused(403, "reauthentication_required");
    let fresh = key.signed_in(&served).await;
    fresh.post("/passkeys/start", json!({})).await.is(200);
    // That one session is does not make another one so.
    session
        .post("/passkeys/start", json!({}))
        .await
        .refused(403, "reauthentication_required");
    served.pass(SignedDuration::from_mins(5));
    fresh
        .post("/passkeys/start", json!({}))
        .await
        .refused(403, "reauthentication_required");
    start(&fresh).await.is(200);
}

#[tokio::test]
async fn an_account_without_a_password_recovers_by_mail() {
    let served = served().await;
    let user = served.account(ADA, |account| account.password = None).await;
    let mut key = SoftKey::new();
    give(&served, &user, &mut key).await;
    let session = key.signed_in(&served).await;
    let id = session.get("/passkeys").await.items()[0]["id"].clone();
    let path = format!("/passkeys/{}", id.as_str().unwrap());
    session
        .delete(&path, json!({}))
        .await
        .refused(409, "last_way_in");
    served
        .log_in(ADA, PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    served.forgot_password(ADA).await.is(202);
    let token = served.mailed_token(ADA, 1).await;
    served.reset_password(&token, PASSWORD).await.is(200);
    let session = served.logged_in(ADA, PASSWORD).await;
    session
        .delete(&path, json!({"current_password": PASSWORD}))
        .await
        .is(200);
    key.logs_in(&served).await.refused(401, "passkey_refused");
}

#[tokio::test]
async fn passkeys_of_whoever_took_an_account_over_go_with_the_undone_change() {
    let served = Served::with(|settings| {
        on(settings);
        settings.pages.email_undo_url_template = Some("{base_url}/undo?token={token}".to_owned());
    })
    .await;
    let (session, mut key) = ada(&served).await;
    served.mails(ADA, 1).await;
    served.pass(SignedDuration::from_secs(1));
    session.change_email("eve@example.com").await.is(202);
    let link = served.mailed_token("eve@example.com", 1).await;
    served.confirm_email_change(&link).await.is(200);
    let undo = served.mailed_token(ADA, 2).await;
    served.pass(SignedDuration::from_mins(1));
    let thief = served.logged_in("eve@example.com", PASSWORD).await;
    let mut thiefs = SoftKey::new();
    thiefs.is_added(&thief, "Thief's").await.is(201);
    served.undo_email_change(&undo).await.is(200);
    thiefs
        .logs_in(&served)
        .await
        .refused(401, "passkey_refused");
    key.signed_in(&served).await;
    served
        .log_in(ADA, PASSWORD)
        .await
        .refused(401, "invalid_credentials");
}

#[tokio::test]
async fn passkeys_go_with_their_account_and_with_an_administrators_word() {
    let served = Served::with(|settings| {
        on(settings);
        settings.features.enable_admin_router = true;
    })
    .await;
    let admin = served.admin().await;
    let (session, mut key) = ada(&served).await;
    served.mails(ADA, 1).await;
    let id = served.id_of(ADA).await;
    let all = format!("/admin/users/{id}/passkeys");
    admin.delete(&all, NULL).await.is(200);
    key.logs_in(&served).await.refused(401, "passkey_refused");
    session.me().await.is(200);
    let mail = &served.mails(ADA, 2).await[0];
    assert!(mail.contains("All passkeys were removed"), "{mail}");
    // Of nothing nobody is told.
    admin.delete(&all, NULL).await.is(200);
    assert_eq!(served.count_events("passkey_removed").await, 1);
    let mut another = SoftKey::new();
    another.is_added(&session, "Another").await.is(201);
    session.delete_account(PASSWORD).await.is(200);
    another
        .logs_in(&served)
        .await
        .refused(401, "passkey_refused");
    let ada = served.signed_in(ADA).await;
    assert!(ada.get("/passkeys").await.items().is_empty());
}

#[tokio::test]
async fn an_answer_is_good_for_its_own_question_alone() {
    let served = served().await;
    let (_, mut key) = ada(&served).await;
    let (one, other) = (start_login(&served).await, start_login(&served).await);
    key.count += 1;
    let mut swapped = key.presents(&one);
    swapped["pending_token"] = other.body["pending_token"].clone();
    let refused = served.post("/login/passkey/finish", swapped).await;
    refused.refused(401, "passkey_refused");
    // Who is refused so has not used the question up.
    let answer = key.presents(&other);
    served.post("/login/passkey/finish", answer).await.is(200);
    // A token of another server, or of nobody.
    for token in ["x.y.z", "eyJhbGciOiJub25lIn0.e30."] {
        let mut forged = key.presents(&one);
        forged["pending_token"] = token.into();
        let refused = served.post("/login/passkey/finish", forged).await;
        refused.refused(400, "invalid_token");
    }
}

#[tokio::test]
async fn a_passkey_names_its_owner() {
    let served = served().await;
    let (_, mut key) = ada(&served).await;
    let own = key.user_handle.clone();
    for handle in [None, Some(encoded(&[0; 12])), Some(encoded(b"x"))] {
        key.user_handle = handle;
        served.pass(SignedDuration::from_millis(1));
        key.logs_in(&served).await.refused(401, "passkey_refused");
        let told = event(&served, "login_failed").await;
        assert_eq!(told["reason"], "wrong_user");
    }
    key.user_handle = own;
    // What may be on several devices was made so.
    key.flags = VERIFIED | 1 << 3;
    served.pass(SignedDuration::from_millis(1));
    key.logs_in(&served).await.refused(401, "passkey_refused");
    let told = event(&served, "login_failed").await;
    assert_eq!(told["reason"], "wrong_backup_state");
    key.flags = VERIFIED;
    key.signed_in(&served).await;
}

async fn a_passkey_has_one_account(kind: Kind) {
    let served = Served::over(Database::fresh(kind).await, on).await;
    let (session, mut key) = ada(&served).await;
    let mallory = served.signed_in("mallory@example.com").await;
    let mut copied = SoftKey::new();
    copied.id.clone_from(&key.id);
    let taken = copied.is_added(&mallory, "Not mine").await;
    taken.refused(409, "passkey_taken");
    let again = key.is_added(&session, "Again").await;
    again.refused(409, "passkey_taken");
    assert!(mallory.get("/passkeys").await.items().is_empty());
    copied
        .logs_in(&served)
        .await
        .refused(401, "passkey_refused");
    // The refused attempt was Ada's handle no more than it was her key.
    key.signed_in(&served).await;
    // Of twenty that claim one name at once, one has it.
    let mut claimed = SoftKey::new();
    claimed.id = vec![9; 16];
    let mut asked = Vec::new();
    for _ in 0..20 {
        let started = start(&mallory).await;
        let mut made = claimed.make(&started.is(200).body["public_key"]);
        made["pending_token"] = started.body["pending_token"].clone();
        made["name"] = "One".into();
        asked.push(made);
    }
    let answers = at_once(20, |index| {
        mallory.post("/passkeys/finish", asked[index].clone())
    })
    .await;
    one_succeeds(&answers, 201, (409, "passkey_taken"));
    assert_eq!(mallory.get("/passkeys").await.items().len(), 1);
}

#[tokio::test]
async fn what_no_authenticator_gives_is_refused_before_it_is_read() {
    let served = served().await;
    let (session, mut key) = ada(&served).await;
    let begun = start_login(&served).await;
    key.count += 1;
    let honest = key.presents(&begun);
    for field in [
        "credential_id",
        "authenticator_data",
        "signature",
        "client_data_json",
        "user_handle",
    ] {
        for (length, status) in [(20_000, 422), (2 * 1024 * 1024, 413)] {
            let mut huge = honest.clone();
            huge[field] = "A".repeat(length).into();
            served.post("/login/passkey/finish", huge).await.is(status);
        }
    }
    // An id that is longer than any, the longest, and two that are none.
    for (id, status) in [
        (encoded(&[7; 1024]), 401),
        (encoded(&[7; 1023]), 401),
        (String::new(), 422),
        ("=".into(), 422),
    ] {
        let mut other = honest.clone();
        other["credential_id"] = id.into();
        served.post("/login/passkey/finish", other).await.is(status);
    }
    let setup = start(&session).await;
    let made = SoftKey::new().make(&setup.body["public_key"]);
    for object in [
        vec![0x81; 12_000],
        vec![0xa1; 12_000],
        [&[0xb9, 0xff, 0xff][..], &[0x00; 12_000]].concat(),
    ] {
        let mut deep = made.clone();
        deep["pending_token"] = setup.body["pending_token"].clone();
        deep["name"] = "x".into();
        deep["attestation_object"] = encoded(&object).into();
        session
            .post("/passkeys/finish", deep)
            .await
            .refused(400, "invalid_passkey");
    }
    served.post("/login/passkey/finish", honest).await.is(200);
}

#[tokio::test]
async fn without_the_setting_there_are_no_passkeys() {
    let served = Served::with(|_| ()).await;
    let session = served.signed_in(ADA).await;
    session.get("/passkeys").await.is(404);
    for path in [
        "/passkeys/start",
        "/passkeys/finish",
        "/login/passkey/start",
        "/login/passkey/finish",
    ] {
        session.post(path, json!({})).await.is(404);
    }
}

#[tokio::test]
async fn a_disabled_account_and_an_unverified_address_are_refused() {
    let served = Served::with(|settings| {
        on(settings);
        settings.features.enable_admin_router = true;
    })
    .await;
    let admin = served.admin().await;
    let (_, mut key) = ada(&served).await;
    let path = format!("/admin/users/{}", served.id_of(ADA).await);
    let told = |change: Value| admin.patch(&path, change);
    told(json!({"is_active": false})).await.is(200);
    let refused = key.logs_in(&served).await;
    refused.refused(403, "account_disabled");
    assert_eq!(event(&served, "login_failed").await["reason"], "disabled");
    // Whoever does not sign learns nothing of it.
    key.origin = "http://evil.example".into();
    key.logs_in(&served).await.refused(401, "passkey_refused");
    key.origin = "http://localhost:8000".into();
    told(json!({"is_active": true})).await.is(200);
    key.signed_in(&served).await;
    let bob = served
        .account("bob@example.com", |account| account.is_verified = false)
        .await;
    let mut bobs = SoftKey::new();
    give(&served, &bob, &mut bobs).await;
    let refused = bobs.logs_in(&served).await;
    refused.refused(403, "email_unverified");
}
