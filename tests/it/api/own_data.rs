//! Everything that is kept about an account, for its owner.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use regstack::internals::model::{Actor, Event, EventKind, Id, Identity, ProviderId};
use regstack::internals::random::{self, SystemRandom};
use regstack::internals::store::{Effects, IdentityLink, LinkProof};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::actor::Requests as _;
use crate::support::authenticator;
use crate::support::database::{Database, Kind};
use crate::support::on_both_engines;
use crate::support::passkey::{SoftKey, give};
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
const NUMBER: &str = "+447700900123";

on_both_engines! {
    the_document_has_all_that_is_kept_and_no_secret
    of_others_it_says_the_role_only
    it_is_whole_however_long_it_is
}

async fn start(kind: Kind) -> Served {
    let served = Served::over(Database::fresh(kind).await, |settings| {
        settings.features.enable_sms_2fa = true;
        settings.features.enable_totp = true;
        settings.features.enable_passkeys = true;
        settings.pages.email_undo_url_template =
            Some("https://app.example.com/undo?token={token}".to_owned());
    });
    served.await
}

/// The names of all fields, at whatever depth, but those of the details of events.
fn names(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                into.insert(name.clone());
                if name != "data" {
                    names(value, into);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, into)),
        _ => {}
    }
}

async fn the_document_has_all_that_is_kept_and_no_secret(kind: Kind) {
    let served = start(kind).await;
    served.account("old@example.com", |_| ()).await;
    let ada = served.signed_in("old@example.com").await;
    ada.change_email(ADA).await.is(202);
    let token = served.mailed_token(ADA, 1).await;
    ada.confirm_email_change(&token).await.is(200);
    let ada = served.signed_in_with_phone(ADA, NUMBER).await;
    authenticator::set_up(&served, &ada).await;
    let user = served.user(ADA).await;
    served.pass(SignedDuration::from_secs(1));
    give(&served, &user, &mut SoftKey::new()).await;
    let identity = Identity {
        user_id: user.id,
        provider: ProviderId::parse("google").unwrap(),
        subject: "subject-1".to_owned(),
        email: Some("ada@gmail.example".to_owned()),
        linked_at: served.now(),
        last_used_at: None,
    };
    let proof = LinkProof::VerifiedEmail(user.email.clone());
    let link = IdentityLink { identity, proof };
    let linked = served.app.store.link_identity(link, Effects::default());
    linked.await.unwrap();
    served.outbox_is_empty().await;
    let queued_at = served.now();
    served.queue_for_tomorrow(ADA).await;
    authenticator::start(&ada).await.is(200);
    served.signed_in("eve@example.com").await;
    served.pass(SignedDuration::from_secs(1));

    let answer = ada.get("/me/export").await;
    answer.is(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"account-data.json\"")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let data = &answer.body;
    assert_eq!(data["version"], 1);
    let me = ada.me().await;
    assert_eq!(data["account"], me.body);
    assert_eq!(data["has_password"], true);
    let factors = &data["second_factors"];
    assert_eq!(factors["sms_to"], NUMBER);
    assert!(factors["totp_since"].is_string() && factors["recovery_codes_since"].is_string());
    assert_eq!(factors["recovery_codes_left"], 10);
    assert_eq!(data["passkeys"], ada.get("/passkeys").await.body["items"]);
    assert_eq!(data["identities"][0]["subject_id"], "subject-1");
    assert_eq!(data["identities"][0]["email"], "ada@gmail.example");
    let requests = data["requests"].as_array().unwrap();
    let kinds: Vec<_> = requests.iter().map(|request| &request["kind"]).collect();
    assert_eq!(kinds, ["email_change_undo", "totp_setup"]);
    assert_eq!(requests[0]["email"], "old@example.com");
    assert_eq!(
        data["messages"],
        json!([{"kind": "email", "to": ADA, "state": "waiting", "created_at": queued_at}])
    );
    let sessions = ada.get("/sessions").await;
    assert_eq!(data["sessions"], sessions.body["items"]);
    assert_eq!(data["events"][0]["type"], "data_exported");
    assert_eq!(data["events"][0]["by"], "you");
    let events = data["events"].as_array().unwrap();
    let of_ada = |event: &&Event| event.user_id == Some(user.id);
    let recorded = served.events(200).await;
    assert_eq!(events.len(), recorded.iter().filter(of_ada).count());

    // A HEAD downloads nothing.
    let head = ada.ask(Method::HEAD, "/me/export", Value::Null).await;
    head.is(200);
    assert_eq!(served.events(200).await.len(), recorded.len());

    // These fields, and no others.
    let mut found = BTreeSet::new();
    names(data, &mut found);
    let known = "account at browser by created_at data email events expires_at exported_at foreign_id full_name \
        has_password id identities ip is_active is_current is_mfa_enabled is_superuser is_synced is_verified kind language \
        last_login last_seen_at last_used_at linked_at messages method name passkeys phone_number provider \
        recovery_codes_left recovery_codes_since request_id requests second_factors sessions sms_to state subject_id \
        system to tokens_invalidated_after totp_since type updated_at user_agent version";
    let known: BTreeSet<String> = known.split_whitespace().map(str::to_owned).collect();
    assert_eq!(found, known);
    let text = data.to_string();
    let hash = user.hashed_password.unwrap();
    for (secret, what) in [
        (hash.as_phc(), "the hash of the password"),
        ("$argon2", "a hash"),
        (ada.token(), "a token"),
        ("eve@example.com", "somebody else"),
    ] {
        assert!(!text.contains(secret), "{what} is in it");
    }
}

async fn of_others_it_says_the_role_only(kind: Kind) {
    let served = start(kind).await;
    let ada = served.signed_in(ADA).await;
    let root = served.admin().await;
    let user = served.user(ADA).await;
    let root_id = served.id_of("root@example.com").await;
    let event = |kind, actor: &Actor| Event {
        id: Id::new(served.now(), random::bytes(&SystemRandom)),
        at: served.now(),
        kind,
        user_id: Some(user.id),
        email: Some(user.email.clone()),
        actor: actor.to_string(),
        ip: Some("198.51.100.77".parse().unwrap()),
        request_id: Some("their-request".to_owned()),
        data: serde_json::Map::new(),
    };
    for (kind, actor) in [
        (EventKind::UserDisabled, Actor::User(root_id)),
        (EventKind::UserEnabled, Actor::Operator("grace".into())),
    ] {
        let recorded = served.app.store.record(event(kind, &actor)).await;
        recorded.unwrap();
    }
    let data = ada.get("/me/export").await;
    let text = data.is(200).body.to_string();
    for canary in [
        &root_id.to_string(),
        "grace",
        "198.51.100.77",
        "their-request",
    ] {
        assert!(!text.contains(canary), "{canary}");
    }
    let by = |kind: &str| {
        let events = data.body["events"].as_array().unwrap();
        let event = events.iter().find(|event| event["type"] == kind);
        event.unwrap()["by"].clone()
    };
    assert_eq!(by("user_disabled"), "administrator");
    assert_eq!(by("user_enabled"), "operator");
    // Nobody gets the data of another; an administrator's own is the administrator's.
    let own = root.get("/me/export").await;
    assert_eq!(own.is(200).body["account"]["email"], "root@example.com");
    assert!(!own.body.to_string().contains(ADA));
}

async fn it_is_whole_however_long_it_is(kind: Kind) {
    let served = start(kind).await;
    let ada = served.signed_in(ADA).await;
    let user = served.user(ADA).await;
    let before = served.events(200).await.len();
    for number in 0..1100 {
        let event = Event {
            id: Id::new(served.now(), random::bytes(&SystemRandom)),
            at: served.now(),
            kind: EventKind::NameChanged,
            user_id: Some(user.id),
            email: None,
            actor: "server".to_owned(),
            ip: None,
            request_id: None,
            data: json!({"number": number}).as_object().unwrap().clone(),
        };
        served.app.store.record(event).await.unwrap();
    }
    let data = ada.get("/me/export").await;
    let events = data.is(200).body["events"].as_array().unwrap();
    // Its own event is one more.
    assert_eq!(events.len(), 1100 + before + 1);
    let numbers: BTreeSet<u64> = events
        .iter()
        .filter_map(|event| event["data"]["number"].as_u64())
        .collect();
    assert_eq!(numbers.len(), 1100, "each of them once");
}
