//! The overview.

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;

use super::{Desk, ROOT, office, token};
use crate::support::actor::Requests as _;
use crate::support::database::Kind;
use crate::support::insight::Quoting;
use crate::support::on_both_engines;

on_both_engines! {
    totals_and_days_are_those_of_the_api
}

/// The number that the page shows for a total.
fn total(html: &str, name: &str) -> u64 {
    let (_, rest) = html.split_once(&format!("<dt>{name}</dt>")).expect(name);
    let (shown, _) = rest.split_once("</dd>").unwrap();
    let digits = shown.rsplit("\">").next().unwrap();
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

async fn totals_and_days_are_those_of_the_api(kind: Kind) {
    let served = office(kind).await;
    for index in 0..3 {
        served
            .account(&format!("user{index}@example.com"), |account| {
                account.is_verified = index > 0;
            })
            .await;
    }
    let wrong = json!({"email": "user2@example.com", "password": "not the password at all"});
    for _ in 0..2 {
        let request = served.request(Method::POST, "/login").json(&wrong);
        let request = request.header("x-regstack-transport", "bearer");
        served.send(request).await.is(401);
    }
    let root = Desk::of(&served, ROOT).await;
    let one = served.id_of("user1@example.com").await;
    root.act(&format!("/users/{one}/disable"), &[])
        .await
        .is(200);
    let page = root.get("/overview").await;
    let html = &page.is(200).html;
    for (name, count) in [
        ("Accounts", 4),
        ("Disabled", 1),
        ("Not confirmed", 1),
        ("Administrators", 1),
        ("Pending registrations", 0),
        ("Messages failed", 0),
    ] {
        assert_eq!(total(html, name), count, "{name}");
    }
    let admin = served.bearer(&token(&served, ROOT).await);
    let series = admin.get("/admin/stats/series").await;
    let days = series.is(200).body["days"].as_array().unwrap().clone();
    let today = days.last().unwrap();
    assert_eq!((days.len(), &today["failures"]), (30, &json!(2)));
    assert_eq!(html.matches("<svg").count(), 4);
    for day in &days {
        page.shows(day["date"].as_str().unwrap());
    }
    page.shows("<td data-label=\"Failed logins\">2</td>");
    page.lacks("id=\"doctor\"");
    assert!(html.len() < 60_000, "{}", html.len());
}

#[tokio::test]
async fn the_doctors_findings_are_shown_worst_first_and_as_text() {
    let served = office(Kind::Sqlite).await;
    let served = served.knowing(Arc::new(Quoting)).await;
    let root = Desk::of(&served, ROOT).await;
    let page = root.get("/overview").await;
    page.is(200).shows("Failures: 1. Warnings: 1.");
    page.shows("&lt;script&gt;alert(1)")
        .shows("set &lt;b&gt;this");
    page.lacks("<script>alert").lacks("all well here");
    assert!(page.html.find("expired") < page.html.find("alert(1)"));
}
