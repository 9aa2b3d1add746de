//! The list of accounts.

use regstack::internals::model::FullName;

use super::{Desk, ROOT, Sheet, office};
use crate::support::database::Kind;
use crate::support::on_both_engines;

on_both_engines! {
    the_list_has_every_account_once_and_filters_choose_among_them
}

/// The email addresses of a list, from top to bottom.
fn emails(sheet: &Sheet) -> Vec<String> {
    let rows = sheet.html.split("<th scope=\"row\">").skip(1);
    let email = |row: &str| {
        let start = row.find("<bdi>").unwrap() + 5;
        row[start..].split('<').next().unwrap().to_owned()
    };
    rows.map(email).collect()
}

async fn the_list_has_every_account_once_and_filters_choose_among_them(kind: Kind) {
    let served = office(kind).await;
    for index in 0..60 {
        let email = format!("user{index:02}@example.com");
        served
            .account(&email, |account| account.is_verified = index % 10 != 0)
            .await;
    }
    let root = Desk::of(&served, ROOT).await;
    let (mut all, mut path) = (Vec::new(), "/users".to_owned());
    loop {
        let page = root.get(&path).await;
        let found = emails(page.is(200));
        assert!(
            found.len() <= 50 && page.html.len() < 60_000,
            "{}",
            page.html.len()
        );
        all.extend(found);
        if !page.html.contains("rel=\"next\"") {
            break;
        }
        let before = page.html.split("\" rel=\"next\"").next().unwrap();
        let link = before.rsplit("href=\"").next().unwrap();
        path = link.replace("&amp;", "&").replace("/account/admin", "");
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 61);
    for (query, count) in [
        ("q=user0", 10),
        ("q=USER05", 1),
        ("q=nobody-at-all", 0),
        ("email=unverified", 6),
        ("email=unverified&q=user1", 1),
        ("role=admin", 1),
        ("role=other&email=unverified", 6),
        ("state=disabled", 0),
        ("state=locked-out", 0),
        ("state=enabled&q=user2", 10),
        ("state=nonsense&q=user3&after=nonsense", 10),
    ] {
        let page = root.get(&format!("/users?{query}")).await;
        assert_eq!(emails(page.is(200)).len(), count, "{query}");
    }
    root.get("/users?q=nobody-at-all")
        .await
        .shows("No accounts match.");
}

/// What strangers choose does nothing to the page of an administrator.
#[tokio::test]
async fn what_strangers_call_themselves_is_text() {
    let served = office(Kind::Sqlite).await;
    let name = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7*7 }} \u{202e}gpj";
    served
        .account("ada@example.com", |account| {
            account.full_name = FullName::parse(name).unwrap();
        })
        .await;
    let root = Desk::of(&served, ROOT).await;
    let page = root.get("/users").await;
    page.is(200).lacks("<script>alert").lacks("<img src=x");
    page.shows("&lt;script&gt;alert(1)").shows("{{ 7*7 }}");
    assert!(
        page.html.contains("<bdi>&lt;script&gt;"),
        "set apart from what stands around it"
    );
    let echo = root.get("/users?q=%22%3E%3Cscript%3E1%3C/script%3E").await;
    echo.is(200).lacks("<script>1");
}
