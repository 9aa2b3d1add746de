//! What holds for every room and every act, each of the router's paths: who is turned away, and what asks for a proof.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use regstack::internals::config::JwtAlgorithm;
use regstack::internals::model::{Origin, UserChange};
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Desk, ROOT, Sheet, office_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::Kind;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";

/// A path of the router, how it is asked for, and the fields of its form.
struct Act {
    route: &'static str,
    path: String,
    fields: Vec<(&'static str, String)>,
    is_sensitive: bool,
}

impl Act {
    async fn by(&self, desk: &Desk, headers: &[(&str, &str)]) -> Sheet {
        let fields: Vec<(&str, &str)> = self
            .fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        desk.send(Method::POST, &self.path, headers, Some(&fields))
            .await
    }
}

/// A server with something to act on, and everything that can be done.
async fn everything() -> (Served, Desk, Vec<Act>) {
    let served = office_with(Kind::Sqlite, |settings| {
        settings.tokens.jwt_algorithm = JwtAlgorithm::EdDsa;
        settings.features.enable_passkeys = true;
    })
    .await;
    served.account(ADA, |_| ()).await;
    served.register("grace@example.com").await;
    let (key, _) = served.service_named("shop", "introspect").await;
    let root = Desk::of(&served, ROOT).await;
    for _ in 0..2 {
        Desk::of(&served, ADA).await;
    }
    let ada = served.id_of(ADA).await.to_string();
    let message = "6741c3a08f2b5d1e9c7a4b60";
    let kid = served.app.accounts.signing_keys().await.unwrap()[0]
        .key
        .kid
        .clone();
    let mut acts = Vec::new();
    let mut add = |route, path: String, fields: &[(&'static str, &str)], is_sensitive| {
        acts.push(Act {
            route,
            path,
            fields: fields
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
            is_sensitive,
        });
    };
    for (act, is_sensitive) in [
        ("disable", false),
        ("enable", false),
        ("verify", false),
        ("resend-verification", false),
        ("send-reset", false),
        ("end-sessions", false),
        ("promote", true),
        ("demote", true),
        ("reset-factor", true),
        ("remove-passkeys", true),
        ("delete", true),
    ] {
        let path = format!("/users/{ada}/{act}");
        add("/users/{user_id}/{act}", path, &[], is_sensitive);
    }
    let of = |end: &str| format!("/users/{ada}/{end}");
    let admin = [
        ("email", "new@example.com"),
        ("way", "none"),
        ("admin", "1"),
    ];
    add("/users/new", "/users/new".into(), &admin, true);
    add("/users/new", "/users/new".into(), &admin[..2], false);
    let one = [("act", "disable"), ("id", &*ada)];
    add("/users/bulk", "/users/bulk".into(), &one, true);
    let all = [("act", "disable"), ("all", "1"), ("q", "ada@")];
    add("/users/bulk", "/users/bulk".into(), &all, true);
    let name = [("name", "Ada")];
    add("/users/{user_id}/name", of("name"), &name, false);
    let email = [("email", "eve@example.com")];
    add("/users/{user_id}/email", of("email"), &email, true);
    let password = [("password", "A-new-and-long-Passphrase-3")];
    add("/users/{user_id}/password", of("password"), &password, true);
    let session = of("sessions/AAAAAAAAAAAAAAAAAAAAAA");
    add("/users/{user_id}/sessions/{sid}", session, &[], false);
    let identity = of("identities/google");
    add(
        "/users/{user_id}/identities/{provider}",
        identity,
        &[],
        false,
    );
    let grace = [("email", "grace@example.com")];
    add("/pending/promote", "/pending/promote".into(), &grace, false);
    add("/pending/delete", "/pending/delete".into(), &grace, false);
    let sessions = [("all", "1"), ("user", ADA)];
    add("/sessions/end", "/sessions/end".into(), &sessions, true);
    let test = [("to", "someone@example.com")];
    add("/outbox/test", "/outbox/test".into(), &test, true);
    add("/outbox/retry", "/outbox/retry".into(), &[], false);
    let retry = format!("/outbox/{message}/retry");
    add("/outbox/{id}/retry", retry, &[], false);
    let delete = format!("/outbox/{message}/delete");
    add("/outbox/{id}/delete", delete, &[], false);
    add("/keys/rotate", "/keys/rotate".into(), &[], true);
    let remove = format!("/keys/remove?kid={kid}");
    add("/keys/remove", remove, &[("kid", &kid)], true);
    let made = [("key_name", "till"), ("scope", "introspect")];
    add("/keys/service/new", "/keys/service/new".into(), &made, true);
    let revoke = format!("/keys/service/{}/revoke", key.id);
    add("/keys/service/{id}/revoke", revoke, &[], true);
    add("/backup", "/backup".into(), &[], true);
    let start = "/proof/passkey/start";
    add(start, start.into(), &[], false);
    add("/proof/passkey", "/proof/passkey".into(), &[], false);
    add("/logout", "/logout".into(), &[], false);
    (served, root, acts)
}

/// The paths of the router that have a method.
fn routes(method: &str) -> BTreeSet<String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/console/mod.rs");
    let source = std::fs::read_to_string(file).unwrap();
    let (_, rooms) = source.split_once("let rooms = Router::new()").unwrap();
    let (rooms, _) = rooms.split_once(".fallback(").unwrap();
    let has_it = |route: &&str| route.contains(&format!("{method}("));
    let path = |route: &str| route.split('"').nth(1).unwrap().to_owned();
    rooms
        .split(".route(")
        .skip(1)
        .filter(has_it)
        .map(path)
        .collect()
}

fn own(served: &Served) -> [(&'static str, String); 2] {
    [
        ("origin", served.origin.clone()),
        ("sec-fetch-site", "same-origin".to_owned()),
    ]
}

#[tokio::test]
async fn the_table_has_every_act_of_the_router() {
    let (_, _, acts) = everything().await;
    let known: BTreeSet<String> = acts.iter().map(|act| act.route.to_owned()).collect();
    assert_eq!(routes("post"), known);
}

#[tokio::test]
async fn others_learn_nothing_in_any_room_and_do_nothing() {
    let (served, _, acts) = everything().await;
    let (eve, nobody) = (Desk::of(&served, ADA).await, Desk::new(&served));
    let plain = eve.get("/overview").await.is(403).html.clone();
    let ada = served.id_of(ADA).await.to_string();
    let before = served.events(200).await.len();
    for route in routes("get") {
        let path = route.trim_end_matches('/');
        let path = path.replace("{user_id}", &ada).replace("{act}", "delete");
        assert_eq!(eve.get(&path).await.is(403).html, plain, "{path}");
        let led = nobody.get(&path).await;
        let login = led.is(303).location.as_deref().unwrap_or_default();
        assert!(login.starts_with("/account/login?next="), "{path}");
    }
    let own = own(&served);
    let own = own.each_ref().map(|(name, value)| (*name, value.as_str()));
    for mut act in acts {
        // The links to other languages keep the query.
        act.path
            .truncate(act.path.find('?').unwrap_or(act.path.len()));
        assert_eq!(act.by(&eve, &own).await.is(403).html, plain, "{}", act.path);
        act.by(&nobody, &own).await.is(303);
    }
    assert_eq!(served.events(200).await.len(), before);
}

#[tokio::test]
async fn no_act_is_done_for_another_site() {
    let (served, root, acts) = everything().await;
    let before = served.events(200).await.len();
    for headers in [
        &[
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ][..],
        &[("sec-fetch-site", "same-site")][..],
        &[("origin", "null")][..],
        &[][..],
    ] {
        for act in &acts {
            act.by(&root, headers).await.is(403).lacks("rc-rooms");
        }
    }
    assert_eq!(served.events(200).await.len(), before);
    assert!(served.user(ADA).await.is_active);
}

/// A wrong password and one in no session count as none.
#[tokio::test]
async fn every_sensitive_act_wants_a_proof_after_ten_minutes() {
    let (served, root, acts) = everything().await;
    served.pass(SignedDuration::from_mins(11));
    let before = served.events(200).await.len();
    let own = own(&served);
    let own = own.each_ref().map(|(name, value)| (*name, value.as_str()));
    for act in acts.iter().filter(|act| act.is_sensitive) {
        let mut answer = act.by(&root, &own).await;
        if let Some(leads) = &answer.location {
            answer = root
                .get(leads.strip_prefix("/account/admin").unwrap())
                .await;
        }
        answer
            .shows("name=\"current_password\"")
            .shows("Enter your own password");
    }
    assert_eq!(served.events(200).await.len(), before, "nothing was done");
    assert_eq!(served.app.accounts.signing_keys().await.unwrap().len(), 1);
    assert!(served.user(ADA).await.is_active);
    // What isn't sensitive is done, and one proof is enough for the rest.
    let ada = served.id_of(ADA).await.to_string();
    root.act(&format!("/users/{ada}/disable"), &[])
        .await
        .is(200)
        .shows("is disabled");
    let proof = [("current_password", PASSWORD)];
    root.act(&format!("/users/{ada}/promote"), &proof)
        .await
        .is(200)
        .shows("is an administrator now");
    root.act(&format!("/users/{ada}/demote"), &[])
        .await
        .is(200)
        .lacks("current_password");
}

/// The administrator is looked at again once the form has arrived, which may take a while.
#[tokio::test]
async fn who_is_demoted_while_a_form_arrives_does_nothing() {
    let (served, _, _) = everything().await;
    let eve = "eve@example.com";
    served
        .account(eve, |account| account.is_superuser = true)
        .await;
    let desk = Desk::of(&served, eve).await;
    let path = format!("/users/{}/disable", served.id_of(ADA).await);
    let host = served.origin.strip_prefix("http://").unwrap().to_owned();
    let mut wire = TcpStream::connect(&host).await.unwrap();
    let head = format!(
        "POST /account/admin{path} HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\nsec-fetch-site: same-origin\r\n\
         cookie: regstack_session={}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 3\r\n\
         expect: 100-continue\r\nconnection: close\r\n\r\n",
        served.origin,
        desk.cookie("regstack_session").unwrap(),
    );
    wire.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the form: it has let the administrator in.
    let mut said = [0; 64];
    let length = wire.read(&mut said).await.unwrap();
    let said = String::from_utf8_lossy(&said[..length]);
    assert!(said.starts_with("HTTP/1.1 100"), "{said}");
    let demotion = UserChange {
        is_superuser: Some(false),
        ..UserChange::default()
    };
    let (id, origin) = (served.id_of(eve).await, Origin::server());
    let demoted = served.app.accounts.patch(id, demotion, false, &origin);
    demoted.await.unwrap();
    wire.write_all(b"a=b").await.unwrap();
    let mut answer = String::new();
    wire.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert!(served.user(ADA).await.is_active);
}
