//! `/docs` in Chromium: what can be tried there, and how it looks.

use regstack::internals::config::Transport;
use serde_json::json;

use super::look::{axe, is_well};
use super::{served, served_with};
use crate::support::actor::PASSWORD;
use crate::support::browser::Browser;

const ADA: &str = "ada@example.com";

/// Sends the request of an operation, after its body was replaced.
async fn send(browser: &Browser, operation: &str, body: Option<serde_json::Value>) {
    let script = "document.getElementById(arguments[0]).open = true";
    browser.js(script, vec![operation.into()]).await;
    if let Some(body) = body {
        browser
            .fill(&format!("#{operation}-body"), &body.to_string())
            .await;
    }
    browser
        .press(&format!("#{operation} form.try button"))
        .await;
}

#[tokio::test]
async fn a_session_is_taken_from_the_login_and_survives_a_reload() {
    let served = served(Transport::Bearer).await;
    served.account(ADA, |_| ()).await;
    let browser = Browser::at(&served).await;
    browser.open("/docs").await;
    browser
        .shows("Requests from this page send no token yet.")
        .await;
    send(&browser, "get_me", None).await;
    browser.shows("401 Unauthorized").await;
    let proof = json!({"email": ADA, "password": PASSWORD});
    send(&browser, "login", Some(proof)).await;
    browser.shows("You're logged in.").await;
    browser.reload().await;
    browser
        .shows("Requests from this page send this token.")
        .await;
    send(&browser, "get_me", None).await;
    browser.shows("200 OK").await;
    browser.shows("\"email\": \"ada@example.com\"").await;
    // Logged out, it forgets the token.
    send(&browser, "logout", None).await;
    browser
        .shows("Requests from this page send no token yet.")
        .await;
    browser.end().await;
}

#[tokio::test]
async fn with_sessions_in_cookies_nothing_has_to_be_pasted() {
    let served = served(Transport::Cookie).await;
    served.account(ADA, |_| ()).await;
    let browser = Browser::at(&served).await;
    browser.open("/docs").await;
    browser.shows("There's nothing to paste.").await;
    let proof = json!({"email": ADA, "password": PASSWORD});
    send(&browser, "login", Some(proof)).await;
    browser
        .shows("The browser keeps the session in a cookie.")
        .await;
    browser.reload().await;
    send(&browser, "get_me", None).await;
    browser.shows("\"email\": \"ada@example.com\"").await;
    browser.end().await;
}

#[tokio::test]
async fn a_link_to_an_operation_opens_it_and_its_parameters_are_sent() {
    let served = served_with(Transport::Bearer, |settings| {
        settings.features.enable_admin_router = true;
    })
    .await;
    let admin = served.superuser(ADA).await;
    let browser = Browser::at(&served).await;
    browser.open("/docs#get_user").await;
    browser.shows("Needs a session.").await;
    browser.fill("#token", admin.token()).await;
    browser.press("#token-form button").await;
    browser
        .fill("#get_user-user_id", "6741c3a08f2b5d1e9c7a4b60")
        .await;
    send(&browser, "get_user", None).await;
    browser.shows("404 Not Found").await;
    send(&browser, "list_users", None).await;
    browser.shows("\"email\": \"ada@example.com\"").await;
    browser.fill("#list_users-q", "nobody").await;
    send(&browser, "list_users", None).await;
    browser.shows("\"items\": []").await;
    browser.end().await;
}

#[tokio::test]
async fn nothing_is_to_be_said_against_the_page() {
    let served = served_with(Transport::Bearer, |settings| {
        settings.features.enable_admin_router = true;
    })
    .await;
    let (browser, axe) = (Browser::at(&served).await, axe());
    browser.open("/docs").await;
    is_well(&browser, &axe, "docs").await;
    let script = "for (const section of document.querySelectorAll('details')) section.open = true";
    browser.js(script, vec![]).await;
    send(&browser, "login", None).await;
    browser.shows("401 Unauthorized").await;
    is_well(&browser, &axe, "docs, open").await;
    browser.end().await;
}
