//! The routes below `/admin`.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use regstack::internals::accounts::AccountPatch;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::served::{Answer, PASSWORD, Served};

const NEW: &str = "another good password";

/// A server with its administrator.
struct Office {
    served: Served,
    token: String,
    id: String,
}

impl Office {
    async fn open() -> Self {
        let served = Served::with(|settings| settings.features.enable_admin_router = true).await;
        let token = served.admin("root@example.com").await;
        let id = served.me(&token).await.text("id").to_owned();
        Self { served, token, id }
    }

    async fn get(&self, path: &str) -> Answer {
        let path = format!("/admin{path}");
        self.served
            .as_bearer(&self.token, Method::GET, &path, None)
            .await
    }

    async fn act(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let path = format!("/admin{path}");
        self.served
            .as_bearer(&self.token, method, &path, body)
            .await
    }

    async fn post(&self, path: &str) -> Answer {
        self.act(Method::POST, path, None).await
    }

    /// The items of every page of a list, and how many pages it had.
    async fn pages(&self, list: &str, limit: usize) -> (Vec<Value>, usize) {
        let (mut items, mut pages) = (Vec::new(), 0);
        let mut after = String::new();
        loop {
            let separator = if list.contains('?') { '&' } else { '?' };
            let page = self
                .get(&format!("{list}{separator}limit={limit}{after}"))
                .await;
            let found = page.is(200).body["items"].as_array().unwrap().clone();
            assert!(found.len() <= limit);
            items.extend(found);
            pages += 1;
            let Some(next) = page.body["next"].as_str() else {
                return (items, pages);
            };
            after = format!("&after={next}");
        }
    }

    async fn emails(&self, list: &str) -> Vec<String> {
        let answer = self.get(list).await;
        let items = answer.is(200).body["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["email"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn fields(items: &[Value], name: &str) -> BTreeSet<String> {
    items.iter().map(|item| item[name].to_string()).collect()
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_repeats_even_within_one_millisecond() {
    let office = Office::open().await;
    for index in 0..11 {
        // All at the same moment, then two later ones.
        if index > 8 {
            office.served.pass(SignedDuration::from_millis(1));
        }
        let email = format!("user{index}@example.com");
        office.served.account(&email, |_| ()).await;
        let email = format!("waiting{index}@example.com");
        office.served.register(&email).await.is(201);
    }
    for limit in [1, 3, 4, 12, 200] {
        let (users, pages) = office.pages("/users", limit).await;
        assert_eq!((users.len(), fields(&users, "id").len()), (12, 12));
        assert_eq!(pages, 12_usize.div_ceil(limit));
        let (pending, _) = office.pages("/pending", limit).await;
        assert_eq!((pending.len(), fields(&pending, "email").len()), (11, 11));
        // Twelve accounts, one login, eleven requests for a link, one grant.
        let (events, _) = office.pages("/events", limit).await;
        assert_eq!((events.len(), fields(&events, "id").len()), (25, 25));
        for items in [&users, &pending, &events] {
            let time = |item: &Value| item.get("created_at").or(item.get("at")).cloned();
            let times: Vec<_> = items
                .iter()
                .map(|item| time(item).unwrap().to_string())
                .collect();
            assert!(
                times.is_sorted_by(|newer, older| newer >= older),
                "{times:?}"
            );
        }
    }
    // Whoever comes while somebody turns the pages moves nothing.
    let first = office.get("/users?limit=5").await;
    office.served.account("late@example.com", |_| ()).await;
    let after = first.text("next");
    let rest = office.get(&format!("/users?limit=200&after={after}")).await;
    assert_eq!(rest.body["items"].as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn a_list_of_accounts_is_entered_by_place_or_by_key() {
    let office = Office::open().await;
    for index in 0..4 {
        office.served.pass(SignedDuration::from_millis(1));
        let email = format!("user{index}@example.com");
        office.served.account(&email, |_| ()).await;
    }
    let page = office.get("/users").await;
    let frame = |page: &Answer| {
        let field = |name: &str| page.is(200).body[name].clone();
        (field("total"), field("skip"), field("limit"), field("next"))
    };
    assert_eq!(frame(&page), (json!(5), json!(0), json!(50), json!(null)));
    let middle = office.get("/users?skip=1&limit=2").await;
    assert_eq!(
        office.emails("/users?skip=1&limit=2").await,
        ["user2@example.com", "user1@example.com"]
    );
    let (total, skip, limit, next) = frame(&middle);
    assert_eq!((total, skip, limit), (json!(5), json!(1), json!(2)));
    let next = format!("/users?limit=2&after={}", next.as_str().unwrap());
    assert_eq!(
        office.emails(&next).await,
        ["user0@example.com", "root@example.com"]
    );
    let last = office.get(&next).await;
    assert_eq!(frame(&last), (json!(null), json!(0), json!(2), json!(null)));
    assert_eq!(
        office.get("/users?skip=2147483647").await.body["items"],
        json!([])
    );
    let both = office.get(&format!("{next}&skip=0")).await;
    assert_eq!(
        both.refused(422, "validation_error").body["detail"][0]["loc"],
        json!(["query", "skip"])
    );
}

#[tokio::test]
async fn accounts_are_found_by_what_they_are() {
    let office = Office::open().await;
    let operator = Served::operator();
    office
        .served
        .account("ada@example.com", |account| account.is_verified = false)
        .await;
    let grace = office.served.account("grace@example.org", |_| ()).await;
    let accounts = &office.served.app.accounts;
    accounts.lock(grace.id, false, &operator).await.unwrap();
    for (filter, found) in [
        ("q=ADA", vec!["ada@example.com"]),
        ("q=example.org", vec!["grace@example.org"]),
        ("q=nobody", vec![]),
        ("q=%25", vec![]),
        ("is_active=false", vec!["grace@example.org"]),
        ("is_verified=false", vec!["ada@example.com"]),
        ("is_superuser=true", vec!["root@example.com"]),
        ("is_active=true&is_superuser=false", vec!["ada@example.com"]),
    ] {
        let list = format!("/users?{filter}");
        assert_eq!(office.emails(&list).await, found, "{filter}");
        assert_eq!(
            office.get(&list).await.body["total"],
            found.len(),
            "{filter}"
        );
    }
    assert_eq!(office.emails("/users?q=").await.len(), 3);
}

#[tokio::test]
async fn faults_of_a_query_come_together_in_their_shape() {
    let office = Office::open().await;
    let long = "x".repeat(255);
    for (query, field, kind) in [
        ("users?limit=0", "limit", "greater_than_equal"),
        ("users?limit=-1", "limit", "greater_than_equal"),
        ("users?limit=201", "limit", "less_than_equal"),
        (
            "users?limit=9223372036854775808",
            "limit",
            "less_than_equal",
        ),
        (
            "users?limit=-99999999999999999999",
            "limit",
            "greater_than_equal",
        ),
        ("users?limit=1.0", "limit", "int_parsing"),
        ("users?limit=%2B5", "limit", "int_parsing"),
        ("users?limit=", "limit", "int_parsing"),
        ("users?limit=1&limit=1", "limit", "value_error"),
        ("users?skip=2147483648", "skip", "less_than_equal"),
        ("users?is_active=1", "is_active", "bool_parsing"),
        ("users?is_active=True", "is_active", "bool_parsing"),
        ("users?after=", "after", "value_error"),
        ("users?after=canary", "after", "value_error"),
        (&format!("users?q={long}"), "q", "string_too_long"),
        ("users?page=2", "page", "extra_forbidden"),
        ("stats/series?days=0", "days", "greater_than_equal"),
        ("stats/series?days=366", "days", "less_than_equal"),
        ("events?type=canary", "type", "enum"),
        ("events?user=canary", "user", "value_error"),
        ("outbox?state=sent", "state", "enum"),
        ("pending?after=%ff", "after", "value_error"),
    ] {
        let answer = office.get(&format!("/{query}")).await;
        let faults = answer.refused(422, "validation_error").body["detail"].clone();
        assert_eq!(faults[0]["loc"], json!(["query", field]), "{query}");
        assert_eq!(faults[0]["type"], kind, "{query}");
        assert!(!answer.body.to_string().contains("canary"), "{query}");
    }
    let all = office
        .get("/users?limit=x&skip=x&surplus=1&is_active=x")
        .await;
    assert_eq!(all.body["detail"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn an_invited_person_chooses_a_password_and_is_verified_by_it() {
    let office = Office::open().await;
    let made = office
        .act(
            Method::POST,
            "/users",
            Some(json!({"email": "Ada@Example.com", "full_name": "Ada", "send_invite": true})),
        )
        .await;
    assert_eq!(
        (made.is(201).text("email"), made.text("full_name")),
        ("ada@example.com", "Ada")
    );
    for (flag, value) in [
        ("is_active", true),
        ("is_verified", false),
        ("is_superuser", false),
    ] {
        assert_eq!(made.body[flag], value, "{flag}");
    }
    let token = office.served.mailed_token("ada@example.com", 1).await;
    office
        .served
        .post(
            "/reset-password",
            json!({"token": token, "new_password": NEW}),
        )
        .await
        .is(200);
    office.served.log_in("ada@example.com", NEW).await.is(200);
    let shown = office.get(&format!("/users/{}", made.text("id"))).await;
    assert_eq!(shown.is(200).body["is_verified"], true);
}

#[tokio::test]
async fn what_administrators_do_is_recorded_under_their_name() {
    let office = Office::open().await;
    let ada = office.served.account("ada@example.com", |_| ()).await;
    let request = office
        .served
        .request(Method::POST, &format!("/admin/users/{}/unlock", ada.id))
        .bearer_auth(&office.token)
        .header("x-request-id", "trace-7");
    let user = format!("/users/{}", ada.id);
    office
        .act(Method::PATCH, &user, Some(json!({"is_active": false})))
        .await
        .is(200);
    office.served.send(request).await.is(200);
    let events = office
        .get(&format!("/events?user={}&type=user_enabled", ada.id))
        .await;
    let events = events.is(200).body["items"].as_array().unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["actor"], &events[0]["email"]),
        (
            &json!(format!("user:{}", office.id)),
            &json!("ada@example.com")
        )
    );
    assert_eq!(
        (&events[0]["ip"], &events[0]["request_id"]),
        (&json!("127.0.0.1"), &json!("trace-7"))
    );
    let (all, _) = office.pages(&format!("/events?user={}", ada.id), 1).await;
    assert_eq!(
        fields(&all, "type"),
        ["user_registered", "user_disabled", "user_enabled"]
            .map(|kind| json!(kind).to_string())
            .into()
    );
}

#[tokio::test]
async fn disabling_ends_sessions_and_unlocking_clears_the_lockout() {
    let office = Office::open().await;
    let session = office.served.person("ada@example.com").await;
    let id = office.served.me(&session).await.text("id").to_owned();
    let user = format!("/users/{id}");
    for _ in 0..5 {
        office.served.log_in("ada@example.com", "x").await.is(401);
    }
    let off = office
        .act(Method::PATCH, &user, Some(json!({"is_active": false})))
        .await;
    assert_eq!(off.is(200).body["is_active"], false);
    office
        .served
        .me(&session)
        .await
        .refused(401, "not_authenticated");
    office.post(&format!("{user}/unlock")).await.is(200);
    office
        .served
        .me(&session)
        .await
        .refused(401, "not_authenticated");
    let again = office.served.log_in("ada@example.com", PASSWORD).await;
    let session = again.is(200).text("access_token");
    office.post(&format!("{user}/revoke-tokens")).await.is(200);
    office
        .served
        .me(session)
        .await
        .refused(401, "not_authenticated");
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_clears_the_name_only() {
    let office = Office::open().await;
    let ada = office.served.account("ada@example.com", |_| ()).await;
    let user = format!("/users/{}", ada.id);
    for (patch, name, superuser) in [
        (
            json!({"full_name": "Ada", "is_superuser": true}),
            json!("Ada"),
            true,
        ),
        (json!({}), json!("Ada"), true),
        (
            json!({"is_superuser": null, "is_active": null}),
            json!("Ada"),
            true,
        ),
        (json!({"full_name": null}), json!(null), true),
        (json!({"is_superuser": false}), json!(null), false),
    ] {
        let now = office.act(Method::PATCH, &user, Some(patch)).await;
        assert_eq!(
            (&now.is(200).body["full_name"], &now.body["is_superuser"]),
            (&name, &json!(superuser))
        );
    }
    for (patch, kind) in [
        (json!({"is_active": "false"}), "bool_type"),
        (json!({"is_active": 0}), "bool_type"),
        (json!({"email": "eve@example.com"}), "extra_forbidden"),
    ] {
        let answer = office.act(Method::PATCH, &user, Some(patch)).await;
        assert_eq!(
            answer.refused(422, "validation_error").body["detail"][0]["type"],
            kind
        );
    }
}

#[tokio::test]
async fn a_password_set_by_an_administrator_ends_sessions_and_its_owner_is_told() {
    let office = Office::open().await;
    let session = office.served.person("ada@example.com").await;
    let id = office.served.me(&session).await.text("id").to_owned();
    let path = format!("/users/{id}/set-password");
    office
        .act(Method::POST, &path, Some(json!({"new_password": NEW})))
        .await
        .is(200);
    office
        .served
        .me(&session)
        .await
        .refused(401, "not_authenticated");
    office.served.log_in("ada@example.com", NEW).await.is(200);
    assert!(office.served.mails("ada@example.com", 2).await[0].contains("password"));
}

#[tokio::test]
async fn an_easy_password_is_a_fault_of_the_field_it_came_in() {
    let served = Served::with(|settings| {
        settings.features.enable_admin_router = true;
        settings.password.min_strength = 3;
    })
    .await;
    let token = served.admin("root@example.com").await;
    let id = served.me(&token).await.text("id").to_owned();
    served
        .post("/forgot-password", json!({"email": "root@example.com"}))
        .await
        .is(202);
    let link = served.mailed_token("root@example.com", 1).await;
    let easy = "password1";
    for (path, field, body) in [
        (
            "/change-password".to_owned(),
            "new_password",
            json!({"current_password": PASSWORD, "new_password": easy}),
        ),
        (
            "/reset-password".to_owned(),
            "new_password",
            json!({"token": link, "new_password": easy}),
        ),
        (
            format!("/admin/users/{id}/set-password"),
            "new_password",
            json!({"new_password": easy}),
        ),
        (
            "/admin/users".to_owned(),
            "password",
            json!({"email": "ada@example.com", "password": easy}),
        ),
    ] {
        let answer = served
            .as_bearer(&token, Method::POST, &path, Some(body))
            .await;
        let fault = &answer.refused(422, "validation_error").body["detail"][0];
        assert_eq!(
            (&fault["loc"], &fault["type"]),
            (&json!(["body", field]), &json!("password_too_weak")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_pending_registration_is_seen_promoted_and_expires() {
    let office = Office::open().await;
    office.served.register("ada@example.com").await.is(201);
    let list = office.get("/pending").await;
    let item = &list.is(200).body["items"][0];
    assert_eq!(
        (&item["email"], &item["full_name"]),
        (&json!("ada@example.com"), &json!("Ada"))
    );
    office
        .post("/pending/ada@example.com/promote")
        .await
        .is(201);
    office
        .served
        .log_in("ada@example.com", PASSWORD)
        .await
        .is(200);
    assert_eq!(office.emails("/pending").await.len(), 0);
    office.served.register("late@example.com").await.is(201);
    let token = office.served.mailed_token("late@example.com", 1).await;
    office
        .act(Method::DELETE, "/pending/late@example.com", None)
        .await
        .is(200);
    office
        .served
        .post("/verify", json!({"token": token}))
        .await
        .refused(400, "invalid_token");
    office.served.register("late@example.com").await.is(201);
    office.served.pass(SignedDuration::from_hours(24));
    let office = Office {
        token: office
            .served
            .log_in("root@example.com", PASSWORD)
            .await
            .text("access_token")
            .to_owned(),
        ..office
    };
    assert_eq!(office.emails("/pending").await.len(), 0);
    for act in [Method::POST, Method::DELETE] {
        let path = if act == Method::POST {
            "/pending/late@example.com/promote"
        } else {
            "/pending/late@example.com"
        };
        office.act(act, path, None).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn numbers_tell_what_happened_day_by_day() {
    let office = Office::open().await;
    office.served.register("waiting@example.com").await.is(201);
    office
        .served
        .account("ada@example.com", |account| account.is_verified = false)
        .await;
    office.served.log_in("ada@example.com", "x").await.is(401);
    assert_eq!(
        office.get("/stats").await.is(200).body,
        json!({
            "total_users": 2, "active_users": 2, "verified_users": 1, "superusers": 1,
            "pending_registrations": 1
        })
    );
    let days = office.get("/stats/series?days=2").await;
    assert_eq!(
        days.is(200).body["days"],
        json!([
            {"date": "2100-11-22", "registered": 0, "verified": 0, "logins": 0, "failures": 0},
            {"date": "2100-11-23", "registered": 2, "verified": 0, "logins": 1, "failures": 1}
        ])
    );
    let usual = office.get("/stats/series").await;
    assert_eq!(usual.body["days"].as_array().unwrap().len(), 30);
}

/// Whoever sends the head of a request, loses their rights, and then sends the body, has no rights any more.
#[tokio::test]
async fn rights_are_asked_for_again_when_the_body_is_here() {
    let served = Served::with(|settings| settings.features.enable_admin_router = true).await;
    let admin = served.admin("root@example.com").await;
    served.admin("second@example.com").await;
    let id = served.id_of("root@example.com").await;
    let body = json!({"is_superuser": true}).to_string();
    let address = served.origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PATCH /api/auth/admin/users/{id} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {admin}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Time for the head to be looked at. Too little would make the test pass for a lesser reason, never fail.
    stream.write_all(&body.as_bytes()[..1]).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let demotion = AccountPatch {
        is_superuser: Some(false),
        ..AccountPatch::default()
    };
    served
        .app
        .accounts
        .patch(id, demotion, false, &Served::operator())
        .await
        .unwrap();
    stream.write_all(&body.as_bytes()[1..]).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(!served.app.accounts.user(id).await.unwrap().is_superuser);
}
