//! A passkey in the place of a password, by the link of an invitation or of a password reset; and everything that a thief of one,
//! or somebody with another one, might present.

use jiff::SignedDuration;
use regstack::internals::config::Settings;
use regstack::internals::model::{Id, PhoneNumber, User};
use regstack::internals::random::{self, SystemRandom};
use regstack::internals::store::{CreateUser, Effects};
use serde_json::{Value, json};

use crate::support::actor::{
    Actor, Answer, NULL, PASSWORD, Requests as _, one_succeeds, with_code, with_status,
};
use crate::support::database::{Database, Kind};
use crate::support::passkey::{PRESENT, SoftKey, give, start, start_by_link, start_login};
use crate::support::served::{Served, at_once};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";
const START: &str = "/reset-password/passkey/start";
const FINISH: &str = "/reset-password/passkey/finish";

fn on(settings: &mut Settings) {
    settings.features.enable_passkeys = true;
    settings.features.enable_admin_router = true;
}

async fn served() -> Served {
    Served::with(on).await
}

/// Somebody who was invited, and the link.
async fn invited(served: &Served, email: &str) -> String {
    let account = served.account(email, |account| {
        account.password = None;
        account.is_verified = false;
        account.send_invite = true;
    });
    account.await;
    served.mailed_token(email, 1).await
}

/// Nothing has come of what was tried: the account is as bare as it was, and the link still good for a password.
async fn is_untouched(served: &Served, email: &str, link: &str) {
    let user = served.user(email).await;
    assert!(served.app.store.passkeys(user.id).await.unwrap().is_empty());
    assert_eq!((user.hashed_password, user.is_verified), (None, false));
    assert_eq!(served.count_events("passkey_added").await, 0);
    served.reset_password(link, PASSWORD).await.is(200);
}

#[tokio::test]
async fn an_invited_person_adds_a_passkey_in_place_of_a_password() {
    let served = served().await;
    let root = served.admin().await;
    let wish = json!({"email": "Ada@Example.com", "full_name": "Ada", "send_invite": true});
    let made = root.post("/admin/users", wish).await;
    assert_eq!(made.is(201).body["is_verified"], false);
    let link = served.mailed_token(ADA, 1).await;
    let started = start_by_link(&served, &link).await;
    let options = &started.is(200).body["public_key"];
    assert_eq!(
        (&options["user"]["name"], &options["user"]["displayName"]),
        (&json!(ADA), &json!("Ada"))
    );
    assert_eq!(started.body["expires_in"], 300);
    // To begin changes nothing.
    assert!(!served.user(ADA).await.is_verified);
    let mut key = SoftKey::new();
    let made = key.made_by_link(&link, &started);
    let added = served.post(FINISH, made.clone()).await;
    let answer = &added.is(201).body;
    assert_eq!(answer["passkey"]["name"], "Laptop");
    assert_eq!(
        (&answer["email"], &answer["next"]),
        (&json!(ADA), &json!(null))
    );
    assert_eq!(answer.as_object().unwrap().len(), 3, "no session: {answer}");
    assert_eq!(added.header("set-cookie"), None);
    served
        .post(FINISH, made)
        .await
        .refused(400, "invalid_token");
    served
        .reset_password(&link, PASSWORD)
        .await
        .refused(400, "invalid_token");
    start_by_link(&served, &link)
        .await
        .refused(400, "invalid_token");

    let user = served.user(ADA).await;
    assert_eq!((user.is_verified, user.hashed_password), (true, None));
    served
        .log_in(ADA, PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    let session = key.signed_in(&served).await;
    assert_eq!(session.me().await.is(200).body["email"], ADA);
    let notice = served.mails(ADA, 2).await.remove(0);
    assert!(
        notice.contains("A passkey was added to your account.") && !notice.contains("token="),
        "{notice}"
    );
    let events = served.events(50).await;
    let count = |kind: &str| {
        let of_kind = events.iter().filter(|event| event.kind.as_str() == kind);
        of_kind.count()
    };
    let mut of_kind = events
        .iter()
        .filter(|event| event.kind.as_str() == "passkey_added");
    let event = of_kind.next().unwrap();
    assert_eq!(
        (&event.data["by"], &event.data["name"], &*event.actor),
        (&json!("link"), &json!("Laptop"), "anonymous")
    );
    assert_eq!(event.user_id, Some(user.id));
    assert_eq!(count("passkey_added"), 1);
    assert_eq!(count("user_verified"), 1);
    assert_eq!(count("password_reset_completed"), 0);
}

#[tokio::test]
async fn the_only_passkey_stays_and_its_owner_recovers_by_mail() {
    let served = served().await;
    let link = invited(&served, ADA).await;
    let mut lost = SoftKey::new();
    lost.is_added_by_link(&served, &link).await.is(201);
    served.mails(ADA, 2).await;
    let session = lost.signed_in(&served).await;
    let id = session.get("/passkeys").await.items()[0]["id"].clone();
    let path = format!("/passkeys/{}", id.as_str().unwrap());
    let removal = session.delete(&path, json!({})).await;
    removal.refused(409, "last_way_in");
    // Whoever has lost it gets another one in, or a password; sessions and a lockout end.
    for _ in 0..5 {
        served.log_in(ADA, PASSWORD).await.is(401);
    }
    served.log_in(ADA, PASSWORD).await.refused(429, "locked");
    let wish = json!({"email": ADA, "next": "/welcome"});
    served.post("/forgot-password", wish).await.is(202);
    // The way back is part of the token.
    let mail = served.mails(ADA, 3).await.remove(0);
    let link = mail.split_once("token=").unwrap().1;
    let link = link.split_whitespace().next().unwrap().to_owned();
    let started = start_by_link(&served, &link).await;
    let known = &started.is(200).body["public_key"]["excludeCredentials"];
    assert_eq!(known.as_array().unwrap().len(), 1);
    let mut found = SoftKey::new();
    let made = found.made_by_link(&link, &started);
    let added = served.post(FINISH, made).await;
    assert_eq!(added.is(201).body["next"], "/welcome");
    session.me().await.refused(401, "not_authenticated");
    served
        .log_in(ADA, PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    let session = found.signed_in(&served).await;
    session.delete(&path, json!({})).await.is(200);
    lost.logs_in(&served).await.refused(401, "passkey_refused");
    assert_eq!(
        served.count_events("user_verified").await,
        1,
        "it was verified before"
    );

    served.forgot_password(ADA).await.is(202);
    let link = served.mailed_token(ADA, 6).await;
    served.reset_password(&link, PASSWORD).await.is(200);
    served.log_in(ADA, PASSWORD).await.is(200);
    found.signed_in(&served).await;
}

/// An account with a second factor and without a password, as people have it who log in with another provider.
async fn with_factor(served: &Served, email: &str) {
    let bare = served.account("template@example.com", |account| account.password = None);
    let user = User {
        id: Id::new(served.now(), random::bytes(&SystemRandom)),
        email: regstack::internals::model::Email::parse(email).unwrap(),
        phone_number: Some(PhoneNumber::parse("+14155550123").unwrap()),
        is_mfa_enabled: true,
        ..bare.await
    };
    let created = served.app.store.create_user(user, Effects::default()).await;
    assert!(matches!(created.unwrap(), CreateUser::Created));
}

#[tokio::test]
async fn beside_a_password_or_a_second_factor_a_link_adds_none() {
    let served = served().await;
    served.account(ADA, |_| ()).await;
    with_factor(&served, BOB).await;
    for email in [ADA, BOB] {
        served.forgot_password(email).await.is(202);
        let link = served.mailed_token(email, 1).await;
        start_by_link(&served, &link)
            .await
            .refused(409, "password_only");
        // Nor where another account's start is presented.
        let other = invited(&served, &format!("of.{email}")).await;
        let started = start_by_link(&served, &other).await;
        let made = SoftKey::new().made_by_link(&link, &started);
        served
            .post(FINISH, made)
            .await
            .refused(409, "password_only");
        let id = served.id_of(email).await;
        assert!(served.app.store.passkeys(id).await.unwrap().is_empty());
        served
            .reset_password(&link, "a brand new password")
            .await
            .is(200);
    }
}

/// What is done to an authenticator that was honest.
type Attack = fn(&mut SoftKey);

#[tokio::test]
async fn what_was_not_asked_for_adds_no_passkey_and_leaves_the_link() {
    let served = served().await;
    let link = invited(&served, ADA).await;
    let attacks: [(&str, Attack); 8] = [
        ("nobody was verified", |key| key.flags = PRESENT),
        ("another site's page", |key| {
            key.origin = "http://evil.example".into();
        }),
        ("a page below", |key| {
            key.origin = "http://evil.localhost:8000".into();
        }),
        ("another port", |key| {
            key.origin = "http://localhost:8001".into();
        }),
        ("within a frame", |key| key.cross_origin = true),
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
        let mut key = SoftKey::new();
        attack(&mut key);
        let answer = key.is_added_by_link(&served, &link).await;
        assert_eq!(answer.body["code"], "invalid_passkey", "{what}: {answer:?}");
    }
    let started = start_by_link(&served, &link).await;
    let made = SoftKey::new().made_by_link(&link, &started);
    for (field, other) in [
        ("client_data_json", json!("e30")),
        ("attestation_object", json!("AAAA")),
        ("attestation_object", made["client_data_json"].clone()),
    ] {
        let mut broken = made.clone();
        broken[field] = other;
        served
            .post(FINISH, broken)
            .await
            .refused(400, "invalid_passkey");
    }
    is_untouched(&served, ADA, &link).await;
}

#[tokio::test]
async fn a_challenge_belongs_to_one_link() {
    let served = served().await;
    let link = invited(&served, ADA).await;
    let bobs = invited(&served, BOB).await;
    let refused = async |link: &str, started: &Answer| {
        let made = SoftKey::new().made_by_link(link, started);
        served
            .post(FINISH, made)
            .await
            .refused(400, "invalid_token");
    };
    // Another account's.
    let of_bob = start_by_link(&served, &bobs).await;
    refused(&link, &of_bob).await;
    // The same account's by another of its links.
    served.pass(SignedDuration::from_secs(1));
    served.forgot_password(ADA).await.is(202);
    let second = served.mailed_token(ADA, 2).await;
    assert_ne!(link, second);
    let by_second = start_by_link(&served, &second).await;
    refused(&link, &by_second).await;
    // That of a session, of a login, and a session itself.
    let carol = served.signed_in("carol@example.com").await;
    refused(&link, &start(&carol).await).await;
    refused(&link, &start_login_as_setup(&served, &by_second).await).await;
    let own = start_by_link(&served, &link).await;
    let mut crossed = own.clone();
    crossed.body["pending_token"] = carol.token().into();
    refused(&link, &crossed).await;
    crossed.body["pending_token"] = link.as_str().into();
    refused(&link, &crossed).await;
    // And that of a link is none of a session, nor of a login.
    let mut key = SoftKey::new();
    let made = key.is_added_to(&carol, "x", &own).await;
    made.refused(400, "invalid_token");
    let login = served
        .post("/login/passkey/finish", key.presents(&own))
        .await;
    login.refused(400, "invalid_token");
    // An answer to one question beside the token of another.
    let other = start_by_link(&served, &link).await;
    let mut swapped = SoftKey::new().made_by_link(&link, &own);
    swapped["pending_token"] = other.body["pending_token"].clone();
    served
        .post(FINISH, swapped)
        .await
        .refused(400, "invalid_passkey");
    // Late.
    served.pass(SignedDuration::from_secs(300));
    refused(&link, &other).await;
    is_untouched(&served, ADA, &link).await;
}

/// A start with the token and the challenge of a login.
async fn start_login_as_setup(served: &Served, like: &Answer) -> Answer {
    let login = start_login(served).await;
    let mut crossed = like.clone();
    crossed.body["pending_token"] = login.body["pending_token"].clone();
    crossed.body["public_key"]["challenge"] = login.body["public_key"]["challenge"].clone();
    crossed
}

#[tokio::test]
async fn what_is_no_link_of_this_kind_opens_nothing() {
    let served = served().await;
    let link = invited(&served, ADA).await;
    let session = served.signed_in("carol@example.com").await;
    session.change_email("countess@example.com").await.is(202);
    let email_change = served.mailed_token("countess@example.com", 1).await;
    served.register("new@example.com").await.is(201);
    let verification = served.mailed_token("new@example.com", 1).await;
    let own = start_by_link(&served, &link).await;
    let forged = format!("{link}~{}", "AAAA");
    let cut = &link[..link.len() - 2];
    for wrong in [
        session.token(),
        &email_change,
        &verification,
        own.text("pending_token"),
        &forged,
        cut,
        "x.y.z",
        "eyJhbGciOiJub25lIn0.e30.",
    ] {
        start_by_link(&served, wrong)
            .await
            .refused(400, "invalid_token");
        let made = SoftKey::new().made_by_link(wrong, &own);
        served
            .post(FINISH, made)
            .await
            .refused(400, "invalid_token");
    }
    // An invitation is good for as long as it says, whatever was begun in time.
    let life = served.app.settings.tokens.invite_token_ttl_seconds;
    served.pass(SignedDuration::from_secs(i64::from(life) - 10));
    let started = start_by_link(&served, &link).await;
    let made = SoftKey::new().made_by_link(&link, started.is(200));
    served.pass(SignedDuration::from_secs(10));
    served
        .post(FINISH, made)
        .await
        .refused(400, "invalid_token");
    start_by_link(&served, &link)
        .await
        .refused(400, "invalid_token");
    assert_eq!(served.count_events("passkey_added").await, 0);
}

/// Presents a passkey that was begun before something happened to the account.
async fn is_too_late(served: &Served, link: &str, made: Value) {
    served
        .post(FINISH, made)
        .await
        .refused(400, "invalid_token");
    start_by_link(served, link)
        .await
        .refused(400, "invalid_token");
    assert_eq!(served.count_events("passkey_added").await, 0);
}

#[tokio::test]
async fn a_link_that_something_ended_adds_no_passkey() {
    let served = served().await;
    let root = served.admin().await;
    for (index, act) in [
        "password",
        "set-password",
        "disabled",
        "deleted",
        "sessions",
        "moved",
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("person{index}@example.com");
        let link = invited(&served, &email).await;
        let started = start_by_link(&served, &link).await;
        let made = SoftKey::new().made_by_link(&link, started.is(200));
        let user = format!("/admin/users/{}", served.id_of(&email).await);
        match act {
            "password" => served.reset_password(&link, PASSWORD).await,
            "set-password" => {
                let set = json!({"new_password": PASSWORD});
                root.post(&format!("{user}/set-password"), set).await
            }
            "disabled" => root.patch(&user, json!({"is_active": false})).await,
            "deleted" => root.delete(&user, NULL).await,
            "sessions" => root.post(&format!("{user}/revoke-tokens"), NULL).await,
            _ => {
                root.patch(&user, json!({"email": "moved@example.com"}))
                    .await
            }
        }
        .is(200);
        is_too_late(&served, &link, made).await;
    }
}

async fn one_link_adds_one_passkey(kind: Kind) {
    let served = Served::over(Database::fresh(kind).await, on).await;
    let other = served.sibling().await;
    let link = invited(&served, ADA).await;
    let mut made = Vec::new();
    for _ in 0..20 {
        let started = start_by_link(&served, &link).await;
        made.push(SoftKey::new().made_by_link(&link, &started));
    }
    let answers = at_once(20, |index| {
        [&served, &other][index % 2].post(FINISH, made[index].clone())
    })
    .await;
    one_succeeds(&answers, 201, (400, "invalid_token"));
    let id = served.id_of(ADA).await;
    assert_eq!(served.app.store.passkeys(id).await.unwrap().len(), 1);
    assert_eq!(served.count_events("passkey_added").await, 1);
    // Twenty times the same answer.
    let link = invited(&served, BOB).await;
    let started = start_by_link(&served, &link).await;
    let made = SoftKey::new().made_by_link(&link, &started);
    let answers = at_once(20, |index| {
        [&served, &other][index % 2].post(FINISH, made.clone())
    })
    .await;
    assert_eq!(with_status(&answers, 201), 1, "{answers:?}");
    // Others may see the passkey before they see that the link is used up.
    let id = served.id_of(BOB).await;
    assert_eq!(served.app.store.passkeys(id).await.unwrap().len(), 1);
}

async fn of_a_password_and_a_passkey_one_comes(kind: Kind) {
    let served = Served::over(Database::fresh(kind).await, on).await;
    let link = invited(&served, ADA).await;
    let mut made = Vec::new();
    for _ in 0..6 {
        let started = start_by_link(&served, &link).await;
        made.push(SoftKey::new().made_by_link(&link, &started));
    }
    let answers = at_once(12, |index| {
        let (served, link, made) = (&served, &link, &made);
        async move {
            if index % 2 == 0 {
                served.reset_password(link, PASSWORD).await
            } else {
                served.post(FINISH, made[index / 2].clone()).await
            }
        }
    })
    .await;
    let done = with_status(&answers, 200) + with_status(&answers, 201);
    // Who reads that there is a password is told so.
    let refused = with_code(&answers, "invalid_token") + with_code(&answers, "password_only");
    assert_eq!((done, refused), (1, 11), "{answers:?}");
    let user = served.user(ADA).await;
    let passkeys = served.app.store.passkeys(user.id).await.unwrap().len();
    assert_eq!(usize::from(user.hashed_password.is_some()) + passkeys, 1);
}

async fn a_deleted_account_keeps_no_passkey(kind: Kind) {
    let served = Served::over(Database::fresh(kind).await, on).await;
    let root = served.admin().await;
    let link = invited(&served, ADA).await;
    let user = format!("/admin/users/{}", served.id_of(ADA).await);
    let mut keys: Vec<SoftKey> = (0..6).map(|_| SoftKey::new()).collect();
    let mut made = Vec::new();
    for key in &mut keys {
        let started = start_by_link(&served, &link).await;
        made.push(key.made_by_link(&link, &started));
    }
    let answers = at_once(7, |index| {
        let (served, root, user, made) = (&served, &root, &user, &made);
        async move {
            match made.get(index) {
                Some(made) => served.post(FINISH, made.clone()).await,
                None => root.delete(user, NULL).await,
            }
        }
    })
    .await;
    answers[6].is(200);
    for key in &mut keys {
        key.logs_in(&served).await.refused(401, "passkey_refused");
    }
    // Whoever is invited again begins anew.
    let again = served.account(ADA, |account| account.password = None).await;
    assert!(
        served
            .app
            .store
            .passkeys(again.id)
            .await
            .unwrap()
            .is_empty()
    );
}

crate::support::on_both_engines!(one_link_adds_one_passkey of_a_password_and_a_passkey_one_comes a_deleted_account_keeps_no_passkey);

#[tokio::test]
async fn a_passkey_of_somebody_else_leaves_the_link() {
    let served = served().await;
    let link = invited(&served, ADA).await;
    let bob = served.account(BOB, |account| account.password = None).await;
    let mut bobs = SoftKey::new();
    give(&served, &bob, &mut bobs).await;
    let mut copied = SoftKey::new();
    copied.id.clone_from(&bobs.id);
    let taken = copied.is_added_by_link(&served, &link).await;
    taken.refused(409, "passkey_taken");
    bobs.signed_in(&served).await;
    is_untouched(&served, ADA, &link).await;
}

#[tokio::test]
async fn without_the_settings_there_is_no_such_thing() {
    let without_passkeys = Served::with(|_| ()).await;
    let without_links = Served::with(|settings| {
        on(settings);
        settings.features.enable_password_reset = false;
    })
    .await;
    for served in [without_passkeys, without_links] {
        for path in [START, FINISH] {
            served.post(path, json!({})).await.is(404);
        }
    }
}

#[tokio::test]
async fn a_name_is_needed_and_nothing_else_is_told() {
    let served = served().await;
    let link = invited(&served, ADA).await;
    let started = start_by_link(&served, &link).await;
    let mut made = SoftKey::new().made_by_link(&link, &started);
    for name in [
        json!(""),
        json!("a\u{1b}b"),
        json!("x".repeat(61)),
        json!(null),
    ] {
        made["name"] = name;
        let refused = served.post(FINISH, made.clone()).await;
        assert!(!refused.is(422).body.to_string().contains(&link));
    }
    is_untouched(&served, ADA, &link).await;
}

/// With `require_mfa_for_admins`, a session by passkey is that of somebody with two factors.
#[tokio::test]
async fn an_invited_administrator_needs_no_other_factor() {
    let served = Served::with(|settings| {
        on(settings);
        settings.features.enable_totp = true;
        settings.features.require_mfa_for_admins = true;
    })
    .await;
    let account = served.account(ADA, |account| {
        account.password = None;
        account.is_superuser = true;
        account.send_invite = true;
    });
    account.await;
    let link = served.mailed_token(ADA, 1).await;
    let mut key = SoftKey::new();
    key.is_added_by_link(&served, &link).await.is(201);
    let session: Actor = key.signed_in(&served).await;
    session.get("/admin/stats").await.is(200);
}
