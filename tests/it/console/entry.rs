//! Who may come in, and who may not.

use jiff::SignedDuration;
use regstack::internals::config::Transport;
use regstack::internals::model::UserChange;
use reqwest::Method;

use super::{Desk, ROOT, office, office_with, token};
use crate::support::actor::Requests as _;
use crate::support::database::Kind;
use crate::support::on_both_engines;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
/// Paths that there are, and paths that there are not.
const PATHS: [&str; 5] = [
    "",
    "/users",
    "/users/6741c3a08f2b5d1e9c7a4b60",
    "/session",
    "/nothing/at/all",
];

on_both_engines! {
    only_administrators_come_in
    who_is_demoted_disabled_or_logged_out_is_out_at_once
}

async fn only_administrators_come_in(kind: Kind) {
    let served = office(kind).await;
    served.account(ADA, |_| ()).await;
    let root = Desk::of(&served, ROOT).await;
    root.get("/users").await.is(200).shows(ROOT);
    let nobody = Desk::new(&served);
    let ada = Desk::of(&served, ADA).await;
    let plain = ada.get("/users").await.html;
    assert!(
        plain.contains("You can&#x27;t use this page") && !plain.contains("<nav class=\"rc-rooms")
    );
    for path in PATHS {
        let led = nobody.get(path).await;
        let next = url::form_urlencoded::byte_serialize(format!("/account/admin{path}").as_bytes())
            .collect::<String>();
        assert_eq!(
            led.is(303).location.as_deref(),
            Some(&*format!("/account/login?next={next}"))
        );
        for method in [Method::GET, Method::POST, Method::DELETE, Method::PUT] {
            let origin = [("origin", served.origin.as_str())];
            let answer = ada.send(method.clone(), path, &origin, None).await;
            assert_eq!(answer.is(403).html, plain, "{method} {path}");
            assert_eq!(answer.headers["cache-control"], "no-store");
        }
    }
    // The address of the accounts is not even looked at.
    root.get("/nothing/at/all").await.is(404).shows("Not found");
    root.send(
        Method::DELETE,
        "/users",
        &[("origin", served.origin.as_str())],
        None,
    )
    .await
    .is(404);
}

async fn who_is_demoted_disabled_or_logged_out_is_out_at_once(kind: Kind) {
    let served = office(kind).await;
    let others = ["one@example.com", "two@example.com", "three@example.com"];
    let mut desks = Vec::new();
    for email in others {
        served
            .account(email, |account| account.is_superuser = true)
            .await;
        let desk = Desk::of(&served, email).await;
        desk.get("/users").await.is(200);
        desks.push(desk);
    }
    let change = async |email: &str, change: UserChange| {
        let (id, origin) = (
            served.id_of(email).await,
            regstack::internals::model::Origin::server(),
        );
        let changed = served.app.accounts.patch(id, change, false, &origin);
        changed.await.unwrap();
    };
    let demotion = UserChange {
        is_superuser: Some(false),
        ..UserChange::default()
    };
    change(others[0], demotion).await;
    desks[0].get("/users").await.is(403);
    let disabled = UserChange {
        is_active: Some(false),
        ..UserChange::default()
    };
    change(others[1], disabled).await;
    desks[1].get("/users").await.is(303);
    // By the button.
    let left = desks[2].post("/logout", &[]).await;
    assert!(
        left.is(303)
            .location
            .as_deref()
            .unwrap()
            .starts_with("/account/login")
    );
    assert_eq!(desks[2].cookie("regstack_session"), None);
    assert_eq!(served.count_events("user_logged_out").await, 1);
}

#[tokio::test]
async fn a_session_that_has_ended_leads_to_the_login_and_an_act_is_not_repeated() {
    let served = office(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    let held = root.cookie("regstack_session").unwrap();
    root.post("/logout", &[]).await.is(303);
    root.keep("regstack_session", &held);
    let led = root.get("/users?q=ada").await;
    assert_eq!(
        led.is(303).location.as_deref(),
        Some("/account/login?next=%2Faccount%2Fadmin%2Fusers%3Fq%3Dada")
    );
    let led = root.post("/logout", &[]).await;
    assert_eq!(
        led.is(303).location.as_deref(),
        Some("/account/login?next=%2Faccount%2Fadmin")
    );
}

#[tokio::test]
async fn no_other_site_makes_an_administrator_act() {
    let served = office_with(Kind::Sqlite, |settings| {
        settings.identity.cors_origins = vec!["https://app.example.com".to_owned()];
    })
    .await;
    let root = Desk::of(&served, ROOT).await;
    let own = served.origin.clone();
    for headers in [
        &[][..],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", own.as_str()), ("sec-fetch-site", "cross-site")],
        &[("origin", own.as_str()), ("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[
            ("origin", "https://app.example.com"),
            ("sec-fetch-site", "same-site"),
        ],
    ] {
        let refused = root.send(Method::POST, "/logout", headers, Some(&[])).await;
        refused.is(403).lacks("rc-rooms");
        root.get("/users").await.is(200);
    }
    root.post("/logout", &[]).await.is(303);
}

#[tokio::test]
async fn an_administrator_without_the_second_factor_that_is_asked_for_learns_only_that() {
    let served = office_with(Kind::Sqlite, |settings| {
        settings.features.require_mfa_for_admins = true;
        settings.features.enable_totp = true;
    })
    .await;
    let root = Desk::of(&served, ROOT).await;
    for path in PATHS {
        let told = root.get(path).await;
        told.is(403)
            .shows("Turn on two-step verification")
            .lacks("rc-rooms");
    }
}

#[tokio::test]
async fn there_is_none_unless_pages_and_administration_are_on() {
    for (pages, administration) in [(false, true), (true, false)] {
        let served = office_with(Kind::Sqlite, |settings| {
            settings.features.enable_ui_router = pages;
            settings.features.enable_admin_router = administration;
        })
        .await;
        let root = Desk::of(&served, ROOT).await;
        let elsewhere = root.get("/../nothing").await.is(404).html.clone();
        for path in PATHS.into_iter().chain(["/"]) {
            let answer = root.get(path).await;
            assert_eq!(answer.is(404).html, elsewhere, "{path}");
        }
    }
}

#[tokio::test]
async fn a_session_in_the_storage_of_the_pages_is_handed_over_once() {
    let served = office_with(Kind::Sqlite, |settings| {
        settings.tokens.transport = Transport::Bearer;
    })
    .await;
    served.account(ADA, |_| ()).await;
    let desk = Desk::new(&served);
    // The session cookie of the other transport counts for nothing.
    let root = token(&served, ROOT).await;
    desk.keep("regstack_session", &root);
    desk.get("/users")
        .await
        .is(200)
        .shows("data-rc-door")
        .lacks(ROOT);
    let hand_over = async |token: &str, origin: &str| {
        let authorization = format!("Bearer {token}");
        let headers = [
            ("authorization", authorization.as_str()),
            ("origin", origin),
        ];
        desk.send(Method::POST, "/session", &headers, None).await
    };
    hand_over("nonsense", &served.origin).await.is(401);
    hand_over(&root, "https://evil.example").await.is(403);
    let ada = token(&served, ADA).await;
    hand_over(&ada, &served.origin)
        .await
        .is(403)
        .shows("You can&#x27;t use this page");
    assert_eq!(desk.cookie("regstack_console"), None);
    let handed = hand_over(&root, &served.origin).await;
    let line = handed.is(204).headers["set-cookie"].to_str().unwrap();
    let (value, attributes) = line.split_once("; ").unwrap();
    assert_eq!(value, format!("regstack_console={root}"));
    let (path, rest) = attributes.split_once("; Max-Age=").unwrap();
    assert_eq!(path, "Path=/account/admin");
    let (seconds, rest) = rest.split_once("; ").unwrap();
    assert_eq!(rest, "HttpOnly; SameSite=Strict");
    let lifetime = i64::from(served.app.settings.tokens.jwt_ttl_seconds);
    assert!((lifetime - 2..=lifetime).contains(&seconds.parse().unwrap()));
    desk.get("/users").await.is(200).shows(ROOT);
    // Nothing else takes that cookie.
    let me = served.request(Method::GET, "/me");
    let me = me.header("cookie", format!("regstack_console={root}"));
    served.send(me).await.refused(401, "not_authenticated");
    // It ends with its session.
    served.pass(SignedDuration::from_secs(lifetime + 1));
    desk.get("/users").await.is(200).shows("data-rc-door");
    // Whoever puts another session there gains nothing.
    desk.keep("regstack_console", &token(&served, ADA).await);
    desk.get("/users").await.is(403);
}

#[tokio::test]
async fn what_was_said_is_said_once_and_only_by_the_server() {
    let served: Served = office(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    root.keep("regstack_console_said", "error.last_superuser.0.0");
    let told = root.get("/users").await;
    told.is(200).shows("role=\"alert\"");
    root.get("/users").await.is(200).lacks("role=\"alert\"");
    for nonsense in [
        "done.<script>.1.1",
        "done.no-such-thing.1.1",
        "x",
        "done.a.-1.1",
    ] {
        root.keep("regstack_console_said", nonsense);
        root.get("/users")
            .await
            .is(200)
            .lacks("rs-message")
            .lacks("<script>");
    }
}

/// Another site below the same domain can set a cookie of the same name: which of the two counts must not be its choice.
#[tokio::test]
async fn two_session_cookies_are_none() {
    let served = office(Kind::Sqlite).await;
    served
        .account(ADA, |account| account.is_superuser = true)
        .await;
    let root = Desk::of(&served, ROOT).await;
    let other = format!("regstack_session={}", token(&served, ADA).await);
    root.get("/users").await.is(200);
    let both = [("cookie", &*other)];
    let led = root.send(Method::GET, "/users", &both, None).await;
    let login = led.is(303).location.as_deref().unwrap();
    assert!(login.starts_with("/account/login"), "{login}");
}
