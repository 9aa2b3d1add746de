//! The list of accounts.

use regstack::internals::model::{Email, FullName, Id, Identity, ProviderId, User};
use regstack::internals::random::{self, SystemRandom};
use regstack::internals::store::{CreateUser, Effects, IdentityLink, LinkIdentity, LinkProof};

use super::{Desk, ROOT, Sheet, office};
use crate::support::database::Kind;
use crate::support::on_both_engines;

on_both_engines! {
    the_list_has_every_account_once_and_filters_choose_among_them
    filters_by_way_to_log_in_hold_for_the_list_the_export_and_acts_on_all
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

async fn filters_by_way_to_log_in_hold_for_the_list_the_export_and_acts_on_all(kind: Kind) {
    let served = office(kind).await;
    let (store, now) = (&served.app.store, served.now());
    let hashed_password = served.user(ROOT).await.hashed_password;
    for name in ["ada", "bob", "carl", "dora", "eve"] {
        let id = Id::new(now, random::bytes(&SystemRandom));
        let email = Email::parse(&format!("{name}@example.com")).unwrap();
        let user = User {
            is_mfa_enabled: matches!(name, "ada" | "bob"),
            hashed_password: hashed_password.clone(),
            ..User::new(id, email, now)
        };
        let created = store.create_user(user, Effects::default()).await;
        assert_eq!(created.unwrap(), CreateUser::Created);
    }
    let users = ["bob", "carl", "dora"].map(|name| format!("{name}@example.com"));
    for (number, email) in users.iter().enumerate() {
        let user = served.user(email).await;
        let identity = Identity {
            user_id: user.id,
            provider: ProviderId::parse(if number == 2 { "other" } else { "idp" }).unwrap(),
            subject: email.clone(),
            email: None,
            linked_at: user.created_at,
            last_used_at: None,
        };
        let proof = LinkProof::Session(user.created_at);
        let link = IdentityLink { identity, proof };
        let linked = store.link_identity(link, Effects::default()).await;
        assert_eq!(linked.unwrap(), LinkIdentity::Linked);
    }
    let root = Desk::of(&served, ROOT).await;
    for (query, found) in [
        ("mfa=on", vec!["ada", "bob"]),
        ("mfa=off&q=ca", vec!["carl"]),
        ("way=oidc:idp", vec!["bob", "carl"]),
        ("way=oidc:idp&mfa=on", vec!["bob"]),
        ("way=oidc:nobody", vec![]),
        ("way=passkey", vec![]),
        ("way=password&mfa=on", vec!["ada", "bob"]),
    ] {
        let page = root.get(&format!("/users?{query}")).await;
        let mut listed = emails(page.is(200));
        listed.sort();
        let found: Vec<String> = found
            .iter()
            .map(|name| format!("{name}@example.com"))
            .collect();
        assert_eq!(listed, found, "{query}");
        let csv = root.get(&format!("/users/export?{query}")).await.html;
        let mut exported: Vec<&str> = csv
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').nth(1))
            .collect();
        exported.sort_unstable();
        assert_eq!(exported, found, "{query}");
    }
    // A way that no longer exists is still shown as the filter.
    root.get("/users?way=oidc:idp")
        .await
        .shows("<option value=\"oidc:idp\" selected>idp</option>");
    let preview = root
        .get("/users/bulk?act=disable&all=1&way=oidc:idp&mfa=off")
        .await;
    preview
        .is(200)
        .shows("carl@example.com")
        .lacks("bob@example.com");
    let fields = [
        ("act", "disable"),
        ("all", "1"),
        ("way", "oidc:idp"),
        ("mfa", "off"),
    ];
    root.act("/users/bulk", &fields).await.is(200);
    for (name, is_active) in [
        ("bob", true),
        ("carl", false),
        ("dora", true),
        ("eve", true),
    ] {
        let user = served.user(&format!("{name}@example.com")).await;
        assert_eq!(user.is_active, is_active, "{name}");
    }
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
