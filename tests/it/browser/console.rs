//! The console in Chromium: both transports, searching as somebody types, the keyboard alone, and how it looks.

use std::sync::Arc;

use regstack::internals::config::Transport;
use regstack::internals::model::FullName;
use reqwest::Method;
use serde_json::json;

use super::look::{axe, violations};
use super::served_with;
use crate::support::actor::{NULL, PASSWORD, Requests as _};
use crate::support::browser::Browser;
use crate::support::insight::Quoting;
use crate::support::served::Served;

const ROOT: &str = "root@example.com";
const ADA: &str = "ada@example.com";
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// What sticks out to the right, and what is too small to be hit. Boxes to tick stand in a label or a cell.
const ILL_FITTING: &str = "const wide = document.documentElement.scrollWidth > innerWidth ? ['too wide: ' + document.documentElement.scrollWidth] : []; \
    const small = [...document.querySelectorAll('button, select, .rs-btn, input:not([type=checkbox], [type=radio])')] \
        .filter((control) => control.checkVisibility() && control.getBoundingClientRect().height < 43.5) \
        .map((control) => control.outerHTML + ' ' + control.getBoundingClientRect().height); \
    return [...wide, ...small]";

async fn office(transport: Transport) -> Served {
    let served = served_with(transport, |settings| {
        settings.features.enable_admin_router = true;
    })
    .await;
    served
        .account(ROOT, |account| account.is_superuser = true)
        .await;
    served
        .account(ADA, |account| {
            account.is_verified = false;
            account.full_name = FullName::parse("Ada Lovelace").unwrap();
        })
        .await;
    served
}

/// A browser at the console, by way of the login.
async fn at_the_desk(served: &Served) -> Browser {
    let browser = Browser::at(served).await;
    browser.open("/account/admin/users").await;
    browser
        .until("the login", "return location.pathname === '/account/login'")
        .await;
    browser.log_in(ROOT, PASSWORD).await;
    browser.arrives("/account/admin/users").await;
    browser.shows(ADA).await;
    browser
}

#[tokio::test]
async fn acts_here_are_seen_by_the_api_and_the_other_way_round() {
    for transport in [Transport::Cookie, Transport::Bearer] {
        let served = office(transport).await;
        let browser = at_the_desk(&served).await;
        browser.fill("#q", "lovel").await;
        let found = "return document.querySelectorAll('tbody tr').length === 1 && location.search === '?q=lovel'";
        browser.until("one result", found).await;
        browser.press("tbody th a").await;
        browser.shows("Mark email address as confirmed").await;
        browser.press("a[href$='/disable']").await;
        browser.press("main [type=submit]").await;
        browser.shows("The account is disabled.").await;
        assert!(!served.user(ADA).await.is_active);
        // Another administrator, by the API.
        let request = served.request(Method::POST, "/login");
        let request = request.header("x-regstack-transport", "bearer");
        let answer = served
            .send(request.json(&json!({"email": ROOT, "password": PASSWORD})))
            .await;
        let api = served.bearer(answer.is(200).text("access_token"));
        let ada = served.id_of(ADA).await;
        api.post(&format!("/admin/users/{ada}/unlock"), NULL)
            .await
            .is(200);
        browser.reload().await;
        browser.shows("Disable account").await;
        browser.press("form[action$='/logout'] button").await;
        browser
            .until("the login", "return location.pathname === '/account/login'")
            .await;
        browser.open("/account/admin").await;
        browser
            .until("the login", "return location.pathname === '/account/login'")
            .await;
        browser.end().await;
    }
}

#[tokio::test]
async fn the_account_page_leads_administrators_here_and_nobody_else() {
    for transport in [Transport::Cookie, Transport::Bearer] {
        let served = office(transport).await;
        served.account("grace@example.com", |_| ()).await;
        let browser = Browser::at(&served).await;
        browser.log_in("grace@example.com", PASSWORD).await;
        browser.is_home_of("grace@example.com").await;
        let hidden = "return document.querySelector('[data-rs-console]').hidden";
        assert_eq!(browser.js(hidden, vec![]).await, json!(true));
        browser.open("/account/admin").await;
        browser.shows("You can't use this page").await;
        browser.open("/account/me").await;
        browser.press("[data-rs-action=logout]").await;
        browser
            .until("the login", "return location.pathname === '/account/login'")
            .await;
        browser.log_in(ROOT, PASSWORD).await;
        browser.is_home_of(ROOT).await;
        browser.press("[data-rs-console] a").await;
        browser.arrives("/account/admin/overview").await;
        browser.end().await;
    }
}

#[tokio::test]
async fn a_lockout_counts_down_to_its_end() {
    let served = office(Transport::Cookie).await;
    for _ in 0..10 {
        let wrong = json!({"email": ADA, "password": "not this one at all"});
        let request = served.request(Method::POST, "/login").json(&wrong);
        let request = request.header("x-regstack-transport", "bearer");
        served.send(request).await;
    }
    let browser = at_the_desk(&served).await;
    let ada = format!("/account/admin/users/{}", served.id_of(ADA).await);
    browser.open(&ada).await;
    browser.shows("Time left:").await;
    let clock = "return document.querySelector('[data-rc-left] [role=timer]').textContent";
    let first = browser.js(clock, vec![]).await;
    let moves = format!(
        "{} !== {first}",
        clock.replace("return ", "return document && ")
    );
    browser.until("a second passed", &moves).await;
    // The server's own words are for browsers without scripts.
    let text = browser.text().await;
    assert!(!text.contains("Until:"), "{text}");
    browser.pass(3600).await;
    browser.shows("The lockout is over").await;
    browser.end().await;
}

#[tokio::test]
async fn the_keyboard_alone_disables_an_account() {
    let served = office(Transport::Cookie).await;
    let browser = at_the_desk(&served).await;
    // Past the navigation, to the search.
    browser
        .keys(&format!("{TAB}{ENTER}{TAB}{TAB}ada{ENTER}"))
        .await;
    let found = "return document.querySelectorAll('tbody tr').length === 1";
    browser.until("one result", found).await;
    let focus = "document.querySelector('tbody th a').focus()";
    browser.js(focus, vec![]).await;
    browser.keys(ENTER).await;
    browser.shows("Ways to log in").await;
    browser
        .js(
            "document.querySelector('a[href$=\"/disable\"]').focus()",
            vec![],
        )
        .await;
    browser.keys(ENTER).await;
    browser.find("main [type=submit]").await;
    browser.keys(&format!("{TAB}{ENTER}")).await;
    let id = served.id_of(ADA).await;
    browser
        .js(
            "document.querySelector('main [type=submit]').focus()",
            vec![],
        )
        .await;
    browser.keys(ENTER).await;
    browser.arrives(&format!("/account/admin/users/{id}")).await;
    browser.shows("The account is disabled.").await;
    browser.end().await;
}

/// Looks at the page that is open in every way; fails if anything is to be said against it.
async fn is_well(browser: &Browser, axe: &str, name: &str) {
    for scheme in ["light", "dark"] {
        for width in [1280, 320] {
            browser.look(width, scheme).await;
            let ill = browser.js(ILL_FITTING, vec![]).await;
            assert_eq!(ill, json!([]), "{name}, {scheme}, {width}");
            if let Ok(folder) = std::env::var("REGSTACK_CONSOLE_PICTURES") {
                let file = format!("{folder}/{}-{scheme}-{width}.png", name.replace('/', "-"));
                std::fs::write(file, browser.picture().await).unwrap();
                browser.look(width, scheme).await;
            }
        }
        let violations = violations(browser, axe).await;
        assert_eq!(violations, json!([]), "{name}, {scheme}: {violations:#}");
    }
}

#[tokio::test]
async fn nothing_is_to_be_said_against_the_console() {
    let served = office(Transport::Cookie).await;
    served.register("grace@example.com").await;
    let axe = axe();
    let browser = at_the_desk(&served).await;
    let ada = format!("/users/{}", served.id_of(ADA).await);
    let root = format!("/users/{}", served.id_of(ROOT).await);
    for language in ["en", "ar"] {
        for path in [
            "/users",
            "/users?q=nobody",
            "/users/new",
            "/users/bulk?act=delete&all=1",
            &root,
            &format!("{ada}/delete"),
            &format!("{ada}/email"),
            &format!("{ada}/password"),
            "/pending",
            "/sessions",
            "/events",
            "/outbox",
            "/webhooks",
            "/nowhere",
        ] {
            let separator = if path.contains('?') { '&' } else { '?' };
            browser
                .open(&format!("/account/admin{path}{separator}lang={language}"))
                .await;
            let name = path.replace(&ada, "ada").replace(&root, "root");
            is_well(&browser, &axe, &format!("{language}{name}")).await;
        }
    }
    browser.end().await;
}

/// What the server's program tells is on some of them.
#[tokio::test]
async fn nothing_is_to_be_said_against_the_rooms_about_the_server() {
    let served = office(Transport::Cookie).await;
    served.service_named("shop", "introspect").await;
    let served = served.knowing(Arc::new(Quoting)).await;
    let axe = axe();
    let browser = at_the_desk(&served).await;
    for language in ["en", "ar"] {
        for path in [
            "/overview",
            "/templates",
            "/templates/preview?name=verification",
            "/keys",
            "/keys/service/new",
            "/settings",
            "/backup",
        ] {
            let separator = if path.contains('?') { '&' } else { '?' };
            browser
                .open(&format!("/account/admin{path}{separator}lang={language}"))
                .await;
            is_well(&browser, &axe, &format!("{language}{path}")).await;
        }
    }
    browser.end().await;
}
