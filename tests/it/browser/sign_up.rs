//! The end of a sign-up: logged in where it began, led to the login elsewhere.

use regstack::internals::config::Transport;
use serde_json::json;

use super::{link, served, served_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::browser::Browser;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
const EVE: &str = "eve@example.com";

/// Signs up as far as "Check your email".
async fn signs_up(browser: &Browser, email: &str) {
    browser.open("/account/login").await;
    browser.press("a[href='/account/register']").await;
    browser.arrives("/account/register").await;
    browser.fill("[name=email]", email).await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.shows("Check your email").await;
}

/// Confirms with a link, and is led to the login, where the email address is filled in.
async fn is_led_to_the_login(browser: &Browser, link: &str, email: &str) {
    browser.open(link).await;
    browser.send("verify").await;
    browser.shows("Your email address is confirmed").await;
    browser.press("[data-rs-done] a").await;
    browser.arrives("/account/login").await;
    let typed = "return document.querySelector('[name=email]').value";
    assert_eq!(browser.js(typed, vec![]).await, email);
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("login").await;
    browser.is_home_of(email).await;
}

async fn logins(served: &Served) -> usize {
    served.count_events("user_logged_in").await
}

/// The link in a tab of its own, as mail programs open it; the tab that waits goes on, too.
async fn ends_where_it_began(transport: Transport) {
    let served = served(transport).await;
    let browser = Browser::at(&served).await;
    signs_up(&browser, ADA).await;
    let link = link(&served, ADA, 1).await;
    let path = link.strip_prefix("http://localhost:8000").unwrap();
    browser.open_tab(path).await;
    // No script can get hold of what the browser is known by.
    assert_eq!(browser.js("return document.cookie", vec![]).await, "");
    assert_eq!(logins(&served).await, 0, "loading a page changes nothing");
    browser.send("verify").await;
    browser.is_home_of(ADA).await;
    assert_eq!(logins(&served).await, 1);
    browser.go_to_tab(0).await;
    browser.is_home_of(ADA).await;
    // What has served is gone, and the way back leads to no form that could be sent again.
    browser.go_to_tab(1).await;
    browser.open(path).await;
    browser.send("verify").await;
    browser
        .shows("This link has expired or was already used.")
        .await;
    browser.end().await;
}

#[tokio::test]
async fn a_sign_up_ends_logged_in_by_bearer() {
    ends_where_it_began(Transport::Bearer).await;
}

#[tokio::test]
async fn a_sign_up_ends_logged_in_by_cookie() {
    ends_where_it_began(Transport::Cookie).await;
}

#[tokio::test]
async fn another_browser_is_led_to_the_login() {
    for transport in [Transport::Cookie, Transport::Bearer] {
        let served = served(transport).await;
        let browser = Browser::at(&served).await;
        signs_up(&browser, ADA).await;
        let first = link(&served, ADA, 1).await;
        let phone = Browser::at(&served).await;
        is_led_to_the_login(&phone, &first, ADA).await;
        // Whoever has just signed up themselves is not logged in as somebody else by a link that somebody sends them.
        signs_up(&browser, "bob@example.com").await;
        served.register(EVE).await.is(201);
        let eves = link(&served, EVE, 1).await;
        is_led_to_the_login(&browser, &eves, EVE).await;
        for browser in [phone, browser] {
            browser.end().await;
        }
    }
}

/// Of two sign-ups in one browser the newer one is known; and whoever is logged in stays who they are.
#[tokio::test]
async fn a_browser_knows_its_newest_sign_up_until_somebody_logs_in() {
    for transport in [Transport::Cookie, Transport::Bearer] {
        let served = served(transport).await;
        let browser = Browser::at(&served).await;
        signs_up(&browser, ADA).await;
        signs_up(&browser, EVE).await;
        let eves = link(&served, EVE, 1).await;
        served.account("bob@example.com", |_| ()).await;
        browser.log_in("bob@example.com", PASSWORD).await;
        browser.is_home_of("bob@example.com").await;
        browser.open(&eves).await;
        browser.send("verify").await;
        browser.shows("Your email address is confirmed").await;
        browser.open("/account/me").await;
        browser.is_home_of("bob@example.com").await;
        browser.press("[data-rs-action=logout]").await;
        browser.arrives("/account/login").await;
        is_led_to_the_login(&browser, &link(&served, ADA, 1).await, ADA).await;
        browser.end().await;
    }
}

/// Where nothing can be kept, the address is confirmed all the same.
#[tokio::test]
async fn a_browser_that_keeps_nothing_is_left_at_the_way_to_the_login() {
    let served = served_with(Transport::Bearer, |_| ()).await;
    let browser = Browser::at(&served).await;
    signs_up(&browser, ADA).await;
    browser.open(&link(&served, ADA, 1).await).await;
    let full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }";
    browser.js(full, vec![]).await;
    browser.send("verify").await;
    browser.shows("Your email address is confirmed").await;
    let kept = "return localStorage.length";
    assert_eq!(browser.js(kept, vec![]).await, json!(0));
    browser.end().await;
}
