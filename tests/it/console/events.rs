//! The audit trail in the console.

use super::{Desk, ROOT, Sheet, office, token};
use crate::support::actor::Requests as _;
use crate::support::database::Kind;
use crate::support::on_both_engines;
use jiff::SignedDuration;

const ADA: &str = "ada@example.com";

on_both_engines! {
    events_are_found_by_account_kind_address_and_request
}

/// The kinds of the events of a page, from top to bottom.
fn kinds(sheet: &Sheet) -> Vec<String> {
    let rows = sheet.html.split("<tr data-id=").skip(1);
    let kind = |row: &str| {
        let start = row.find("<code").unwrap();
        let rest = row[start..].split_once('>').unwrap().1;
        rest.split('<').next().unwrap().to_owned()
    };
    rows.map(kind).collect()
}

async fn events_are_found_by_account_kind_address_and_request(kind: Kind) {
    let served = office(kind).await;
    let ada = served.account(ADA, |_| ()).await;
    served.account("adam@example.com", |_| ()).await;
    served.pass(SignedDuration::from_secs(1));
    let failed = served.request(reqwest::Method::POST, "/login");
    let failed = failed.header("x-regstack-transport", "bearer");
    let failed = failed.json(&serde_json::json!({"email": ADA, "password": "not this one"}));
    let failed = served.send(failed).await;
    let request = failed.header("x-request-id").unwrap().to_owned();
    let root = Desk::of(&served, ROOT).await;
    let all = root.get("/events").await;
    all.is(200).shows("Events").shows(ADA).shows("127.0.0.1");
    // The list has what the API lists, in the same order.
    let admin = served.bearer(&token(&served, ROOT).await);
    let listed = admin.get("/admin/events").await;
    let listed = listed.is(200).items();
    let all = kinds(&root.get("/events").await);
    let api: Vec<&str> = listed
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(all, api);
    let id = ada.id.to_string();
    for (query, expected) in [
        (
            format!("user={id}"),
            vec!["login_failed", "user_registered"],
        ),
        (
            format!("user={ADA}"),
            vec!["login_failed", "user_registered"],
        ),
        ("user=adam%40".to_owned(), vec!["user_registered"]),
        ("type=login_failed".to_owned(), vec!["login_failed"]),
        (format!("request={request}"), vec!["login_failed"]),
        (
            format!("user={ADA}&type=login_failed&ip=127.0.0.1"),
            vec!["login_failed"],
        ),
        ("ip=203.0.113.9".to_owned(), vec![]),
        ("request=nothing".to_owned(), vec![]),
        (format!("user={ADA}&type=admin_granted"), vec![]),
    ] {
        let page = root.get(&format!("/events?{query}")).await;
        assert_eq!(kinds(page.is(200)), expected, "{query}");
    }
    for (query, says) in [
        ("user=ada", "Several accounts match"),
        ("user=nobody", "No account has a matching"),
        ("ip=203.0.113", "Enter a whole IP address"),
        ("type=login_locked", "No events match"),
    ] {
        let page = root.get(&format!("/events?{query}")).await;
        page.is(200).shows(says);
        assert!(kinds(&page).is_empty(), "{query}");
    }
    // The events of a deleted account are found by its id.
    let deleted = admin
        .delete(&format!("/admin/users/{id}"), serde_json::Value::Null)
        .await;
    deleted.is(200);
    let left = root.get(&format!("/events?user={id}")).await;
    assert!(kinds(&left).contains(&"user_deleted".to_owned()));
}

#[tokio::test]
async fn long_lists_have_pages_and_live_ones_the_newest() {
    let served = office(Kind::Sqlite).await;
    for index in 0..45 {
        let agent = format!("\"<script>alert({index})</script>{}", "é\"".repeat(200));
        let request = served
            .request(reqwest::Method::POST, "/login")
            .header("user-agent", agent)
            .header("x-regstack-transport", "bearer")
            .json(&serde_json::json!({
                "email": format!("user{index:02}@example.com"), "password": "not this one",
            }));
        served.send(request).await.is(401);
    }
    let root = Desk::of(&served, ROOT).await;
    let (mut seen, mut path) = (0, "/events?type=login_failed".to_owned());
    loop {
        let page = root.get(&path).await;
        page.is(200).lacks("<script>alert");
        assert!(page.html.len() < 60_000, "{}", page.html.len());
        seen += kinds(&page).len();
        let Some((before, _)) = page.html.split_once("\" rel=\"next\"") else {
            break;
        };
        let link = before.rsplit("href=\"").next().unwrap();
        path = link.replace("&amp;", "&").replace("/account/admin", "");
    }
    assert_eq!(seen, 45);
    // Without a script, a live page loads itself again; with one, the script looks for new rows.
    let still = root.get("/events?type=login_failed").await;
    still.lacks("http-equiv").lacks("data-rc-tail");
    let live = root.get("/events?type=login_failed&live=1").await;
    live.is(200)
        .shows("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>")
        .shows("data-rc-tail=\"/account/admin/events?type=login_failed\"")
        .shows("Stop watching");
    let later = root.get(&format!("{path}&live=1")).await;
    later.is(200).lacks("http-equiv");
}

/// What strangers choose is text, in the filters too.
#[tokio::test]
async fn what_strangers_send_is_text() {
    let served = office(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    let canary = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E{{7*7}}";
    for name in ["user", "type", "ip", "request", "live", "after"] {
        let page = root.get(&format!("/events?{name}={canary}")).await;
        page.is(200).lacks("<script>alert").lacks("49<");
    }
}
