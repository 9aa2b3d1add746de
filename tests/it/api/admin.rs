//! The routes below `/admin`.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::actor::{Actor, Answer, NULL, PASSWORD, Requests as _};
use crate::support::served::Served;

const NEW: &str = "another good password";

/// A server with its administrator.
async fn office() -> (Served, Actor) {
    let served = Served::with(|settings| settings.features.enable_admin_router = true).await;
    let root = served.admin().await;
    (served, root)
}

/// The items of every page of a list, and how many pages it had.
async fn pages(root: &Actor, list: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut items, mut pages) = (Vec::new(), 0);
    let mut after = String::new();
    loop {
        let separator = if list.contains('?') { '&' } else { '?' };
        let page = format!("{list}{separator}limit={limit}{after}");
        let page = root.get(&page).await;
        let found = page.is(200).items();
        assert!(found.len() <= limit);
        items.extend_from_slice(found);
        pages += 1;
        let Some(next) = page.body["next"].as_str() else {
            return (items, pages);
        };
        after = format!("&after={next}");
    }
}

async fn emails(root: &Actor, list: &str) -> Vec<String> {
    let answer = root.get(list).await;
    let emails = answer.is(200).items().iter();
    emails
        .map(|item| item["email"].as_str().unwrap().to_owned())
        .collect()
}

fn fields(items: &[Value], name: &str) -> BTreeSet<String> {
    items.iter().map(|item| item[name].to_string()).collect()
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_repeats_even_within_one_millisecond() {
    let (served, root) = office().await;
    for index in 0..11 {
        // All at the same moment, then two later ones.
        if index > 8 {
            served.pass(SignedDuration::from_millis(1));
        }
        let email = format!("user{index}@example.com");
        served.account(&email, |_| ()).await;
        let email = format!("waiting{index}@example.com");
        served.register(&email).await.is(201);
    }
    for limit in [1, 3, 4, 12, 200] {
        let (users, count) = pages(&root, "/admin/users", limit).await;
        assert_eq!((users.len(), fields(&users, "id").len()), (12, 12));
        assert_eq!(count, 12_usize.div_ceil(limit));
        let (pending, _) = pages(&root, "/admin/pending", limit).await;
        assert_eq!((pending.len(), fields(&pending, "email").len()), (11, 11));
        // Twelve accounts, one login, eleven requests for a link, one grant.
        let (events, _) = pages(&root, "/admin/events", limit).await;
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
    let first = root.get("/admin/users?limit=5").await;
    served.account("late@example.com", |_| ()).await;
    let after = first.text("next");
    let rest = root
        .get(&format!("/admin/users?limit=200&after={after}"))
        .await;
    assert_eq!(rest.items().len(), 7);
}

#[tokio::test]
async fn a_list_of_accounts_is_entered_by_place_or_by_key() {
    let (served, root) = office().await;
    for index in 0..4 {
        served.pass(SignedDuration::from_millis(1));
        let email = format!("user{index}@example.com");
        served.account(&email, |_| ()).await;
    }
    let page = root.get("/admin/users").await;
    let frame = |page: &Answer| {
        let field = |name: &str| page.is(200).body[name].clone();
        (field("total"), field("skip"), field("limit"), field("next"))
    };
    assert_eq!(frame(&page), (json!(5), json!(0), json!(50), json!(null)));
    let middle = root.get("/admin/users?skip=1&limit=2").await;
    assert_eq!(
        emails(&root, "/admin/users?skip=1&limit=2").await,
        ["user2@example.com", "user1@example.com"]
    );
    let (total, skip, limit, next) = frame(&middle);
    assert_eq!((total, skip, limit), (json!(5), json!(1), json!(2)));
    let next = format!("/admin/users?limit=2&after={}", next.as_str().unwrap());
    assert_eq!(
        emails(&root, &next).await,
        ["user0@example.com", "root@example.com"]
    );
    let last = root.get(&next).await;
    assert_eq!(frame(&last), (json!(null), json!(0), json!(2), json!(null)));
    assert_eq!(
        root.get("/admin/users?skip=2147483647").await.body["items"],
        json!([])
    );
    let both = root.get(&format!("{next}&skip=0")).await;
    assert_eq!(
        both.refused(422, "validation_error").body["detail"][0]["loc"],
        json!(["query", "skip"])
    );
}

#[tokio::test]
async fn accounts_are_found_by_what_they_are() {
    let (served, root) = office().await;
    served
        .account("ada@example.com", |account| account.is_verified = false)
        .await;
    served.account("grace@example.org", |_| ()).await;
    served.operator().disable("grace@example.org").await;
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
        let list = format!("/admin/users?{filter}");
        assert_eq!(emails(&root, &list).await, found, "{filter}");
        assert_eq!(root.get(&list).await.body["total"], found.len(), "{filter}");
    }
    assert_eq!(emails(&root, "/admin/users?q=").await.len(), 3);
}

#[tokio::test]
async fn faults_of_a_query_come_together_in_their_shape() {
    let (_served, root) = office().await;
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
        let answer = root.get(&format!("/admin/{query}")).await;
        let faults = answer.refused(422, "validation_error").body["detail"].clone();
        assert_eq!(faults[0]["loc"], json!(["query", field]), "{query}");
        assert_eq!(faults[0]["type"], kind, "{query}");
        assert!(!answer.body.to_string().contains("canary"), "{query}");
    }
    let all = root
        .get("/admin/users?limit=x&skip=x&surplus=1&is_active=x")
        .await;
    assert_eq!(all.body["detail"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn an_invited_person_chooses_a_password_and_is_verified_by_it() {
    let (served, root) = office().await;
    let made = root
        .post(
            "/admin/users",
            json!({"email": "Ada@Example.com", "full_name": "Ada", "send_invite": true}),
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
    let token = served.mailed_token("ada@example.com", 1).await;
    served.reset_password(&token, NEW).await.is(200);
    served.log_in("ada@example.com", NEW).await.is(200);
    let shown = root.get(&format!("/admin/users/{}", made.text("id"))).await;
    assert_eq!(shown.is(200).body["is_verified"], true);
}

#[tokio::test]
async fn what_administrators_do_is_recorded_under_their_name() {
    let (served, root) = office().await;
    let ada = served.account("ada@example.com", |_| ()).await;
    let id = root.me().await.text("id").to_owned();
    let request = root
        .request(Method::POST, &format!("/admin/users/{}/unlock", ada.id))
        .header("x-request-id", "trace-7");
    let user = format!("/admin/users/{}", ada.id);
    root.patch(&user, json!({"is_active": false})).await.is(200);
    served.send(request).await.is(200);
    let events = root
        .get(&format!("/admin/events?user={}&type=user_enabled", ada.id))
        .await;
    let events = events.is(200).items();
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["actor"], &events[0]["email"]),
        (&json!(format!("user:{id}")), &json!("ada@example.com"))
    );
    assert_eq!(
        (&events[0]["ip"], &events[0]["request_id"]),
        (&json!("127.0.0.1"), &json!("trace-7"))
    );
    let kinds = async |query: &str| {
        let events = root.get(&format!("/admin/events?{query}")).await;
        fields(events.is(200).items(), "type")
    };
    let enabled = [json!("user_enabled").to_string()].into();
    assert_eq!(kinds("request_id=trace-7").await, enabled);
    assert_eq!(kinds("request_id=trace-7&ip=127.0.0.1").await, enabled);
    let mapped = kinds("request_id=trace-7&ip=::ffff:127.0.0.1").await;
    assert_eq!(mapped, enabled);
    for query in ["request_id=trace", "request_id=trace-7&ip=127.0.0.2"] {
        assert!(kinds(query).await.is_empty(), "{query}");
    }
    root.get("/admin/events?ip=localhost").await.is(422);
    let (all, _) = pages(&root, &format!("/admin/events?user={}", ada.id), 1).await;
    assert_eq!(
        fields(&all, "type"),
        ["user_registered", "user_disabled", "user_enabled"]
            .map(|kind| json!(kind).to_string())
            .into()
    );
}

#[tokio::test]
async fn disabling_ends_sessions_and_unlocking_clears_the_lockout() {
    let (served, root) = office().await;
    let session = served.signed_up("ada@example.com").await;
    let id = session.me().await.text("id").to_owned();
    let user = format!("/admin/users/{id}");
    served.lock_out("ada@example.com").await;
    let off = root.patch(&user, json!({"is_active": false})).await;
    assert_eq!(off.is(200).body["is_active"], false);
    session.me().await.refused(401, "not_authenticated");
    root.post(&format!("{user}/unlock"), NULL).await.is(200);
    session.me().await.refused(401, "not_authenticated");
    let session = served.signed_in("ada@example.com").await;
    root.post(&format!("{user}/revoke-tokens"), NULL)
        .await
        .is(200);
    session.me().await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_clears_the_name_only() {
    let (served, root) = office().await;
    let ada = served.account("ada@example.com", |_| ()).await;
    let user = format!("/admin/users/{}", ada.id);
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
        let now = root.patch(&user, patch).await;
        assert_eq!(
            (&now.is(200).body["full_name"], &now.body["is_superuser"]),
            (&name, &json!(superuser))
        );
    }
    for (patch, kind) in [
        (json!({"is_active": "false"}), "bool_type"),
        (json!({"is_active": 0}), "bool_type"),
        (json!({"phone_number": "+14155550123"}), "extra_forbidden"),
    ] {
        let answer = root.patch(&user, patch).await;
        assert_eq!(
            answer.refused(422, "validation_error").body["detail"][0]["type"],
            kind
        );
    }
}

#[tokio::test]
async fn a_password_set_by_an_administrator_ends_sessions_and_its_owner_is_told() {
    let (served, root) = office().await;
    let session = served.signed_up("ada@example.com").await;
    let id = session.me().await.text("id").to_owned();
    let path = format!("/admin/users/{id}/set-password");
    root.post(&path, json!({"new_password": NEW})).await.is(200);
    session.me().await.refused(401, "not_authenticated");
    served.log_in("ada@example.com", NEW).await.is(200);
    assert!(served.mails("ada@example.com", 2).await[0].contains("password"));
}

#[tokio::test]
async fn an_easy_password_is_a_fault_of_the_field_it_came_in() {
    let served = Served::with(|settings| {
        settings.features.enable_admin_router = true;
        settings.password.min_strength = 3;
    })
    .await;
    let token = served.admin().await;
    let id = token.me().await.text("id").to_owned();
    served.forgot_password("root@example.com").await.is(202);
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
        let answer = token.post(&path, body).await;
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
    let (served, root) = office().await;
    served.register("ada@example.com").await.is(201);
    let list = root.get("/admin/pending").await;
    let item = &list.is(200).body["items"][0];
    assert_eq!(
        (&item["email"], &item["full_name"]),
        (&json!("ada@example.com"), &json!("Ada"))
    );
    root.post("/admin/pending/ada@example.com/promote", NULL)
        .await
        .is(201);
    served.log_in("ada@example.com", PASSWORD).await.is(200);
    assert_eq!(emails(&root, "/admin/pending").await.len(), 0);
    served.register("late@example.com").await.is(201);
    let token = served.mailed_token("late@example.com", 1).await;
    root.delete("/admin/pending/late@example.com", NULL)
        .await
        .is(200);
    served.verify(&token).await.refused(400, "invalid_token");
    served.register("late@example.com").await.is(201);
    served.pass(SignedDuration::from_hours(24));
    let root = served.signed_in("root@example.com").await;
    assert_eq!(emails(&root, "/admin/pending").await.len(), 0);
    for act in [Method::POST, Method::DELETE] {
        let path = if act == Method::POST {
            "/admin/pending/late@example.com/promote"
        } else {
            "/admin/pending/late@example.com"
        };
        root.ask(act, path, NULL).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn numbers_tell_what_happened_day_by_day() {
    let (served, root) = office().await;
    served.register("waiting@example.com").await.is(201);
    served
        .account("ada@example.com", |account| account.is_verified = false)
        .await;
    served.log_in("ada@example.com", "x").await.is(401);
    assert_eq!(
        root.get("/admin/stats").await.is(200).body,
        json!({
            "total_users": 2, "active_users": 2, "verified_users": 1, "superusers": 1,
            "pending_registrations": 1
        })
    );
    let days = root.get("/admin/stats/series?days=2").await;
    assert_eq!(
        days.is(200).body["days"],
        json!([
            {"date": "2100-11-22", "registered": 0, "verified": 0, "logins": 0, "failures": 0},
            {"date": "2100-11-23", "registered": 2, "verified": 0, "logins": 1, "failures": 1}
        ])
    );
    let usual = root.get("/admin/stats/series").await;
    assert_eq!(usual.body["days"].as_array().unwrap().len(), 30);
}

/// Whoever sends the head of a request, loses their rights, and then sends the body, has no rights any more.
#[tokio::test]
async fn rights_are_asked_for_again_when_the_body_is_here() {
    let served = Served::with(|settings| settings.features.enable_admin_router = true).await;
    let admin = served.admin().await;
    served.superuser("second@example.com").await;
    let id = served.id_of("root@example.com").await;
    let body = json!({"is_superuser": true}).to_string();
    let address = served.origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PATCH /api/auth/admin/users/{id} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        admin.token(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Time for the head to be looked at. Too little would make the test pass for a lesser reason, never fail.
    stream.write_all(&body.as_bytes()[..1]).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    served.operator().demote("root@example.com").await;
    stream.write_all(&body.as_bytes()[1..]).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(!served.user("root@example.com").await.is_superuser);
}
