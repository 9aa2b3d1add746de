//! Erasing a person: nothing in the database names them any more.

use jiff::SignedDuration;
use regstack::internals::accounts::Erased;
use regstack::internals::model::{Event, EventKind, Id};
use regstack::internals::random::{self, SystemRandom};
use reqwest::Method;
use serde_json::json;

use crate::support::actor::{Actor, NULL, PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::on_both_engines;
use crate::support::served::Served;

const FORMER: &str = "quokka-former@example.com";
const CURRENT: &str = "quokka@example.com";
const NAME: &str = "Quokka Wallaby";
const NUMBER: &str = "+447700900123";
const AGENT: &str = "quokka-agent/1.0";
const IP: &str = "198.51.100.77";

on_both_engines! {
    a_deleted_account_is_erased_by_its_address
    a_living_account_is_erased_by_its_id
    what_is_left_is_found_again_after_a_crash
    others_keep_what_is_theirs
}

async fn start(kind: Kind) -> Served {
    let served = Served::over(Database::fresh(kind).await, |settings| {
        settings.features.enable_sms_2fa = true;
        settings.features.enable_admin_router = true;
        settings.pages.email_undo_url_template =
            Some("https://app.example.com/undo?token={token}".to_owned());
    });
    served.await
}

/// A person who leaves traces wherever one can; their id.
async fn live(served: &Served) -> Id {
    served.signed_up("eve@example.com").await;
    let former = served.account(FORMER, |_| ()).await;
    let person = served.logged_in(FORMER, PASSWORD).await;
    person
        .patch("/me", json!({"full_name": NAME}))
        .await
        .is(200);
    person.change_email(CURRENT).await.is(202);
    let token = served.mailed_token(CURRENT, 1).await;
    person.confirm_email_change(&token).await.is(200);
    served.signed_in_with_phone(CURRENT, NUMBER).await;
    // Whoever knocks, at the former address too.
    for address in [CURRENT, FORMER] {
        let wrong = json!({"email": address, "password": "not the password"});
        let request = served.request(Method::POST, "/login");
        let request = request.header("user-agent", AGENT).json(&wrong);
        served.send(request).await.is(401);
        let forgot = json!({"email": address});
        served.post("/forgot-password", forgot).await.is(202);
    }
    served.register(FORMER).await.is(201);
    // What an administrator did to the account, and the person to another.
    let root = served.admin().await;
    let path = format!("/admin/users/{}", former.id);
    let promoted = root.patch(&path, json!({"is_superuser": true})).await;
    promoted.is(200);
    let eve = served.id_of("eve@example.com").await;
    let event = |user_id: Id, email: &str, kind, actor: String| Event {
        id: Id::new(served.now(), random::bytes(&SystemRandom)),
        at: served.now(),
        kind,
        user_id: Some(user_id),
        email: Some(regstack::internals::model::Email::parse(email).unwrap()),
        actor,
        ip: Some(IP.parse().unwrap()),
        request_id: Some("quokka-request".to_owned()),
        data: serde_json::Map::new(),
    };
    let own = format!("user:{}", former.id);
    for event in [
        event(eve, "eve@example.com", EventKind::UserEnabled, own.clone()),
        event(former.id, CURRENT, EventKind::UserLoggedIn, own),
    ] {
        served.app.store.record(event).await.unwrap();
    }
    served.pass(SignedDuration::from_secs(1));
    served.outbox_is_empty().await;
    former.id
}

/// What names the person, wherever it stands.
fn canaries(id: Id) -> Vec<Vec<u8>> {
    let texts = ["quokka", NAME, NUMBER, AGENT, IP, &id.to_string()].map(str::to_owned);
    let mut canaries: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    canaries.push(id.bytes().to_vec());
    canaries
}

async fn found(served: &Served, id: Id) -> Vec<String> {
    let bytes = served.database().bytes().await;
    let has = |canary: &&Vec<u8>| bytes.windows(canary.len()).any(|part| part == *canary);
    let canaries = canaries(id);
    let found = canaries.iter().filter(has);
    found
        .map(|canary| String::from_utf8_lossy(canary).into_owned())
        .collect()
}

async fn erase(served: &Served, name: &str) -> Erased {
    let accounts = &served.app.accounts;
    let whom = accounts.find_erasable(name).await.unwrap();
    let origin = regstack::internals::model::Origin::server();
    let erased = accounts.erase(&whom, false, &origin).await.unwrap();
    accounts.overwrite_removed().await.unwrap();
    erased
}

/// Nothing names the person, and one event says that somebody was erased.
async fn is_erased(served: &Served, id: Id, known: &[&str]) {
    let left = found(served, id).await;
    assert!(
        left.iter().all(|canary| known.contains(&&**canary)),
        "{left:?}"
    );
    let events = served.events(200).await;
    let erased = events
        .iter()
        .filter(|event| event.kind == EventKind::AccountErased);
    let erased: Vec<_> = erased.collect();
    let [event] = erased.as_slice() else {
        panic!("{events:?}");
    };
    assert!(event.user_id.is_none() && event.email.is_none() && event.data.is_empty());
    // What an administrator did stays, and what the person did to others.
    let granted = events
        .iter()
        .find(|event| event.kind == EventKind::AdminGranted && event.user_id.is_none());
    assert!(granted.unwrap().actor.starts_with("user:"));
    let enabled = events.iter().find(|event| event.actor == "erased").unwrap();
    assert_eq!(enabled.kind, EventKind::UserEnabled);
    assert_eq!(enabled.user_id, Some(served.id_of("eve@example.com").await));
}

async fn a_deleted_account_is_erased_by_its_address(kind: Kind) {
    let served = start(kind).await;
    let id = live(&served).await;
    let root = served.logged_in("root@example.com", PASSWORD).await;
    let deleted = root.delete(&format!("/admin/users/{id}"), NULL).await;
    deleted.is(200);
    served.register(CURRENT).await.is(201);
    served.outbox_is_empty().await;
    assert!(
        !found(&served, id).await.is_empty(),
        "a deletion leaves traces"
    );
    let erased = erase(&served, CURRENT).await;
    assert!(!erased.account_deleted);
    assert_eq!(erased.ids, [id]);
    assert!(
        erased.events_removed > 5 && erased.events_stripped > 2,
        "{erased:?}"
    );
    assert!(
        erased.traces.registrations >= 1 && erased.traces.counters > 0,
        "{erased:?}"
    );
    // The counter of a number that nobody knows any more goes by itself.
    is_erased(&served, id, &[NUMBER]).await;
    let again = served.app.accounts.find_erasable(&id.to_string()).await;
    assert!(again.is_err(), "nothing is left to be found");
}

async fn a_living_account_is_erased_by_its_id(kind: Kind) {
    let served = start(kind).await;
    let id = live(&served).await;
    let erased = erase(&served, &id.to_string()).await;
    assert!(erased.account_deleted);
    is_erased(&served, id, &[]).await;
    assert!(served.find(CURRENT).await.is_none());
    let again = erase(&served, CURRENT).await;
    assert!(!again.is_anything(), "{again:?}");
    // The address can begin anew.
    served.signed_up(CURRENT).await;
}

async fn what_is_left_is_found_again_after_a_crash(kind: Kind) {
    use regstack::internals::store::{Erasure, EventPart};
    let served = start(kind).await;
    let id = live(&served).await;
    let root = served.logged_in("root@example.com", PASSWORD).await;
    root.delete(&format!("/admin/users/{id}"), NULL)
        .await
        .is(200);
    served.outbox_is_empty().await;
    // Whoever dies before the last step has done all but this.
    let address = regstack::internals::model::Email::parse(CURRENT).unwrap();
    let former = regstack::internals::model::Email::parse(FORMER).unwrap();
    let erasure = Erasure {
        ids: [id].into(),
        emails: [address.clone(), former].into(),
        numbers: Vec::new(),
        found_by: Some(address),
    };
    let store = &served.app.store;
    store.erase_traces(&erasure).await.unwrap();
    for part in [EventPart::Strays, EventPart::Others] {
        store.erase_events(&erasure, part, None).await.unwrap();
    }
    let erased = erase(&served, CURRENT).await;
    assert_eq!(erased.ids, [id]);
    is_erased(&served, id, &[NUMBER]).await;
}

async fn others_keep_what_is_theirs(kind: Kind) {
    let served = start(kind).await;
    let id = live(&served).await;
    // Somebody else has the former address by now.
    let holder = served.signed_up(FORMER).await;
    let eve = served.logged_in("eve@example.com", PASSWORD).await;
    let wrong = json!({"email": FORMER, "password": "not the password"});
    served.post("/login", wrong).await.is(401);
    let count = async |actor: &Actor| {
        let data = actor.get("/me/export").await;
        data.is(200).body["events"].as_array().unwrap().len()
    };
    let before = (count(&holder).await, count(&eve).await);
    let failures = served.failures_of(FORMER).await;
    erase(&served, CURRENT).await;
    let after = (count(&holder).await, count(&eve).await);
    assert_eq!(
        after,
        (before.0 + 1, before.1 + 1),
        "only the second downloads are new"
    );
    assert_eq!(served.failures_of(FORMER).await, failures);
    // Whoever has the address now is found by neither the former id nor anything of it.
    let second = served.signed_up(CURRENT).await;
    let accounts = &served.app.accounts;
    assert!(accounts.find_erasable(&id.to_string()).await.is_err());
    second.me().await.is(200);
}
