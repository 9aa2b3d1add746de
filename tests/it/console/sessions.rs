//! Sessions of all accounts in the console.

use jiff::SignedDuration;
use serde_json::Value;

use super::{Desk, ROOT, Sheet, office, token};
use crate::support::actor::{Actor, PASSWORD, Requests as _};
use crate::support::database::Kind;
use crate::support::on_both_engines;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

on_both_engines! {
    sessions_are_found_by_account_and_address_and_ended
    all_that_match_end_except_the_own_one
}

/// Somebody with an account and a session.
async fn person(served: &Served, email: &str) -> Actor {
    if served.find(email).await.is_none() {
        served.account(email, |_| ()).await;
    }
    served.bearer(&token(served, email).await)
}

/// The accounts of the sessions of a page, from top to bottom.
fn emails(sheet: &Sheet) -> Vec<String> {
    let rows = sheet.html.split("<th scope=\"row\">").skip(1);
    let email = |row: &str| {
        let start = row.find("<bdi>").unwrap() + 5;
        row[start..].split('<').next().unwrap().to_owned()
    };
    rows.map(email).collect()
}

/// The names of the sessions of a page, as its form sends them.
fn keys(sheet: &Sheet) -> Vec<String> {
    let boxes = sheet.html.split("name=\"s\" value=\"").skip(1);
    boxes
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

async fn sessions_are_found_by_account_and_address_and_ended(kind: Kind) {
    let served = office(kind).await;
    let ada = person(&served, ADA).await;
    served.pass(SignedDuration::from_secs(1));
    let bob = person(&served, BOB).await;
    served.pass(SignedDuration::from_secs(1));
    let root = Desk::of(&served, ROOT).await;
    let all = root.get("/sessions").await;
    assert_eq!(emails(all.is(200)), [ROOT, BOB, ADA]);
    all.shows("This session");
    let id = served.id_of(ADA).await;
    for (query, expected) in [
        (format!("user={ADA}"), vec![ADA]),
        (format!("user={id}"), vec![ADA]),
        ("user=bob".to_owned(), vec![BOB]),
        ("ip=127.0.0.1".to_owned(), vec![ROOT, BOB, ADA]),
        ("ip=::ffff:127.0.0.1&user=ada".to_owned(), vec![ADA]),
        ("ip=203.0.113.9".to_owned(), vec![]),
        ("ip=elsewhere".to_owned(), vec![]),
        ("user=nobody".to_owned(), vec![]),
    ] {
        let page = root.get(&format!("/sessions?{query}")).await;
        assert_eq!(emails(page.is(200)), expected, "{query}");
    }
    // One is asked about, then ended.
    let key = keys(&root.get("/sessions?user=ada").await).remove(0);
    let question = root.get(&format!("/sessions/end?s={key}&user=ada")).await;
    question
        .is(200)
        .shows(ADA)
        .shows("Selected sessions: 1.")
        .lacks(BOB);
    ada.get("/me").await.is(200);
    let ended = root
        .act("/sessions/end", &[("s", key.as_str()), ("user", "ada")])
        .await;
    ended
        .is(200)
        .shows("Sessions ended: 1. Already over: 0.")
        .shows("No sessions match");
    ada.get("/me").await.is(401);
    bob.get("/me").await.is(200);
    assert_eq!(served.count_events("session_revoked").await, 1);
    let newest = served.events(1).await;
    assert_eq!(
        newest[0].actor,
        format!("user:{}", served.id_of(ROOT).await)
    );
    let again = root.act("/sessions/end", &[("s", key.as_str())]).await;
    again.is(200).shows("Sessions ended: 0. Already over: 1.");
    // The API lists what is left, and what it ends is gone here.
    let admin = served.bearer(&token(&served, ROOT).await);
    let listed = admin.get(&format!("/admin/users/{id}/sessions")).await;
    assert!(listed.items().is_empty());
    let other = served.id_of(BOB).await;
    admin
        .delete(&format!("/admin/users/{other}/sessions"), Value::Null)
        .await
        .is(200);
    assert!(!emails(&root.get("/sessions").await).contains(&BOB.to_owned()));
    for query in ["", "?s=nonsense", "?s=x.y", "?all=1"] {
        let asked = root.get(&format!("/sessions/end{query}")).await;
        assert_eq!(
            asked.is(303).location.as_deref(),
            Some("/account/admin/sessions")
        );
    }
}

async fn all_that_match_end_except_the_own_one(kind: Kind) {
    let served = office(kind).await;
    let people = [
        person(&served, ADA).await,
        person(&served, BOB).await,
        person(&served, ADA).await,
    ];
    let root = Desk::of(&served, ROOT).await;
    let question = root.get("/sessions/end?all=1&ip=127.0.0.1").await;
    question
        .is(200)
        .shows(ADA)
        .shows(BOB)
        .lacks(&format!("<li><bdi>{ROOT}"));
    // Without a filter, nobody is logged out.
    root.act("/sessions/end", &[("all", "1")])
        .await
        .is(200)
        .shows("Sessions ended: 0.");
    // Nor if the filter makes no sense.
    for filter in [("ip", "127.0.0"), ("user", "nobody")] {
        root.act("/sessions/end", &[("all", "1"), filter])
            .await
            .is(200)
            .shows("Sessions ended: 0.");
    }
    // Like other acts on many, it wants a recent proof.
    served.pass(SignedDuration::from_mins(11));
    let everybody = [("all", "1"), ("ip", "127.0.0.1")];
    for proof in [&[][..], &[("current_password", "not this one")]] {
        let fields = [&everybody[..], proof].concat();
        root.act("/sessions/end", &fields)
            .await
            .is(200)
            .shows("name=\"current_password\"");
    }
    for person in &people {
        person.get("/me").await.is(200);
    }
    let fields = [&everybody[..], &[("current_password", PASSWORD)]].concat();
    root.act("/sessions/end", &fields)
        .await
        .is(200)
        .shows("Sessions ended: 3.");
    for person in &people {
        person.get("/me").await.is(401);
    }
    assert_eq!(emails(&root.get("/sessions").await), [ROOT]);
}

#[tokio::test]
async fn long_lists_have_pages_and_what_strangers_send_is_text() {
    let served = office(Kind::Sqlite).await;
    let agent = format!("\"<script>alert(1)</script>{}", "\"".repeat(200));
    served.account(ADA, |_| ()).await;
    for _ in 0..55 {
        let credentials = serde_json::json!({
            "email": ADA, "password": PASSWORD,
        });
        let request = served.request(reqwest::Method::POST, "/login");
        let request = request
            .header("x-regstack-transport", "bearer")
            .header("user-agent", &agent);
        served.send(request.json(&credentials)).await.is(200);
    }
    let root = Desk::of(&served, ROOT).await;
    let first = root.get("/sessions?user=ada").await;
    first
        .is(200)
        .lacks("<script>alert")
        .shows("&lt;script&gt;alert");
    assert_eq!(keys(&first).len(), 40);
    assert!(first.html.len() < 60_000, "{}", first.html.len());
    let before = first.html.split("\" rel=\"next\"").next().unwrap();
    let link = before.rsplit("href=\"").next().unwrap();
    let next = root
        .get(&link.replace("&amp;", "&").replace("/account/admin", ""))
        .await;
    assert_eq!(keys(&next).len(), 15);
}
