//! Service keys: what a program gets with one, and what it never gets.

use jiff::SignedDuration;
use regstack::internals::accounts::NewServiceKey;
use regstack::internals::model::{EventKind, Origin, Scopes, ServiceKeyName};
use serde_json::json;

use crate::support::actor::{Actor, Answer, NULL, Requests as _};
use crate::support::served::Served;

async fn served() -> Served {
    Served::with(|settings| {
        settings.features.enable_admin_router = true;
        settings.features.enable_forward_auth = true;
    })
    .await
}

async fn introspect(program: &Actor, token: &str) -> Answer {
    let form = program.request(reqwest::Method::POST, "/introspect");
    program.send(form.form(&[("token", token)])).await
}

#[tokio::test]
async fn an_administrator_makes_a_key_that_is_shown_once_and_revokes_it() {
    let served = served().await;
    let admin = served.admin().await;
    let wish = json!({"name": "shop", "scope": "introspect", "expires_at": "2101-01-01T00:00:00Z"});
    let made = admin.post("/admin/service-keys", wish).await;
    let key = made.is(201).text("key").to_owned();
    let item = made.body["service_key"].clone();
    assert!(key.starts_with(&format!("rsk_{}", item["id"].as_str().unwrap())));
    assert_eq!(item["scopes"], json!(["introspect"]));
    assert_eq!(item["last_used_on"], NULL);
    let program = served.bearer(&key);
    introspect(&program, "x").await.is(200);
    let listed = admin.get("/admin/service-keys").await;
    let mut used = item.clone();
    used["last_used_on"] = json!("2100-11-23");
    assert_eq!(listed.items(), [used]);
    assert!(!listed.body.to_string().contains(&key[28..]), "never again");

    let path = format!("/admin/service-keys/{}", item["id"].as_str().unwrap());
    admin.delete(&path, NULL).await.is(200);
    introspect(&program, "x")
        .await
        .refused(401, "not_authenticated");
    assert!(admin.get("/admin/service-keys").await.items().is_empty());
    for (kind, by) in [
        (EventKind::ServiceKeyCreated, "user:"),
        (EventKind::ServiceKeyRevoked, "user:"),
    ] {
        let path = format!("/admin/events?type={kind}");
        let events = admin.get(&path).await;
        let [event] = events.items() else {
            panic!("{events:?}");
        };
        assert!(event["actor"].as_str().unwrap().starts_with(by));
        assert_eq!(event["data"]["name"], "shop");
        assert_eq!(event["user_id"], NULL);
        assert!(!event.to_string().contains(&key[28..]));
    }
}

#[tokio::test]
async fn bad_wishes_for_a_key_are_named() {
    let served = served().await;
    let admin = served.admin().await;
    for (field, value) in [
        ("name", json!("a b")),
        ("name", json!("Shop")),
        ("name", json!("0123456789abcdef01234567")),
        ("scope", json!("everything")),
        ("scope", json!("")),
        ("expires_at", json!("tomorrow")),
        ("expires_at", json!("2000-01-01T00:00:00Z")),
    ] {
        let mut wish = json!({"name": "shop", "scope": "introspect"});
        wish[field] = value;
        let answer = admin.post("/admin/service-keys", wish).await;
        answer.refused(422, "validation_error");
        assert_eq!(answer.body["detail"][0]["loc"], json!(["body", field]));
    }
}

/// Whatever opens nothing is refused alike, so that nobody learns which keys there were.
#[tokio::test]
async fn a_dead_key_cannot_be_told_from_an_unknown_one() {
    let served = served().await;
    let other = Served::start().await;
    let (revoked, revoked_program) = served.service_named("revoked", "introspect").await;
    let accounts = &served.app.accounts;
    accounts
        .revoke_service_key(&revoked, &Origin::server())
        .await
        .unwrap();
    let wanted = NewServiceKey {
        name: ServiceKeyName::parse("short").unwrap(),
        scopes: Scopes::parse("introspect").unwrap(),
        expires_at: Some(served.now() + SignedDuration::from_mins(1)),
    };
    let made = accounts.create_service_key(wanted, &Origin::server()).await;
    let expired = served.bearer(made.unwrap().1.expose());
    introspect(&expired, "x").await.is(200);
    served.pass(SignedDuration::from_mins(1));
    let unknown = other.service("introspect").await.at(&served);
    let live = served.service("introspect").await;
    let ada = served.signed_in("ada@example.com").await;
    let slip = format!("{}0", &live.token()[..99]);
    let slip = served.bearer(if slip == live.token() { "rsk_0" } else { &slip });
    let malformed = served.bearer("rsk_0123");
    let mut answers = Vec::new();
    for program in [&revoked_program, &expired, &unknown, &slip, &malformed] {
        // Whatever is asked: a dead token, a live one, or nothing that could be.
        for token in [Some("x"), Some(ada.token()), None] {
            let mut answer = match token {
                Some(token) => introspect(program, token).await,
                None => program.post("/introspect", json!({"token": "x"})).await,
            };
            answer.refused(401, "not_authenticated");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            answer.headers.remove("x-request-id");
            answer.headers.remove("date");
            answers.push((answer.headers, answer.body));
        }
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    for token in ["x", ada.token()] {
        introspect(&live, token).await.is(200);
    }
}

/// A key opens what its scope says, and nothing that is a person's.
#[tokio::test]
async fn no_scope_reaches_beyond_itself() {
    let served = served().await;
    let ada = served.signed_in("ada@example.com").await;
    let id = served.id_of("ada@example.com").await;
    let user = format!("/admin/users/{id}");
    let name = json!({"full_name": "Ada"});
    for (scope, asks, reads, writes) in [
        ("introspect", 200, 403, 403),
        ("admin:read", 403, 200, 403),
        ("admin:write", 403, 200, 200),
        ("introspect admin:read", 200, 200, 403),
    ] {
        let program = served.service(scope).await;
        for token in ["x", ada.token()] {
            introspect(&program, token).await.is(asks);
        }
        let no_form = program.post("/introspect", json!({})).await;
        no_form.is(if asks == 200 { 415 } else { 403 });
        program.get(&user).await.is(reads);
        program.get("/admin/events").await.is(reads);
        program.get("/admin/service-keys").await.is(reads);
        let written = program.patch(&user, name.clone()).await;
        written.is(writes);
        if writes == 403 {
            written.refused(403, "insufficient_scope");
        }
        // Those are for people alone: a key that makes keys would outlive its own revocation.
        let wish = json!({"name": "child", "scope": "introspect"});
        let made = program.post("/admin/service-keys", wish).await;
        made.refused(401, "not_authenticated");
        let own = format!("/admin/service-keys/{}", &program.token()[4..28]);
        program
            .delete(&own, NULL)
            .await
            .refused(401, "not_authenticated");
    }
    // And a person's token is no service key.
    introspect(&ada, "x")
        .await
        .refused(401, "not_authenticated");
    let admin = served.admin().await;
    introspect(&admin, "x")
        .await
        .refused(401, "not_authenticated");
}

#[tokio::test]
async fn a_service_key_opens_nothing_that_is_a_persons() {
    let served = served().await;
    // There is somebody whom it could be taken for.
    let ada = served.signed_in("ada@example.com").await;
    ada.me().await.is(200);
    let program = served.service("introspect admin:read admin:write").await;
    let document = served.get("//openapi.json").await.body;
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(path) = path.strip_prefix("/api/auth") else {
            continue;
        };
        for (method, operation) in item.as_object().unwrap() {
            let is_guarded = operation["security"] == json!([{"bearer": []}]);
            if !is_guarded || path.starts_with("/admin") {
                continue;
            }
            let method = method.to_uppercase().parse().unwrap();
            let answer = program.ask(method, path, json!({})).await;
            answer.refused(401, "not_authenticated");
            tried += 1;
        }
    }
    assert!(tried > 6, "{tried} routes");
}

#[tokio::test]
async fn the_audit_trail_names_the_key_that_acted() {
    let served = served().await;
    let (_, program) = served.service_named("billing", "admin:write").await;
    let made = program
        .post("/admin/users", json!({"email": "ada@example.com"}))
        .await;
    made.is(201);
    let events = program.get("/admin/events?type=user_registered").await;
    assert_eq!(events.items()[0]["actor"], "service:billing");
}
