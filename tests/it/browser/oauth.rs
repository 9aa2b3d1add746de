//! Logging in with another provider on the pages: there and back, linked and unlinked; and the Python package's own front end.

use std::path::Path;

use regstack::internals::config::{Settings, Transport};
use serde_json::json;

use super::look::{axe, is_well};
use super::{at_home, served_with};
use crate::support::browser::Browser;
use crate::support::fake_provider::FakeProvider;
use crate::support::served::Served;

const ADA: &str = "ada@idp.example";

async fn with_provider(
    transport: Transport,
    change: impl FnOnce(&mut Settings),
) -> (Served, FakeProvider) {
    let provider = FakeProvider::new().await;
    let served = served_with(transport, |settings| {
        settings.oauth.providers = vec![provider.settings("idp")];
        settings.oauth.state_ttl_seconds = 300;
        settings.oauth.completion_ttl_seconds = 30;
        change(settings);
    })
    .await;
    provider.change(|says| {
        says.now = served.now().as_second();
        says.back_to = format!("{}/api/auth/oauth/idp/callback", served.origin);
    });
    (served, provider)
}

async fn there_and_back(transport: Transport) {
    let (served, provider) = with_provider(transport, |_| ()).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/login").await;
    browser.shows("Continue with IDP").await;
    is_well(&browser, &axe(), "other providers").await;
    browser.press("[data-rs-oauth-link=idp]").await;
    browser.is_home_of(ADA).await;
    browser.shows("Linked accounts").await;
    browser.shows("IDP").await;
    is_well(&browser, &axe(), "other providers").await;
    browser.press("[data-rs-oauth-list] button").await;
    // As in the other questions: what does nothing comes first, and has the focus.
    let order = "return [...document.querySelectorAll('dialog[open] button')].map((button) => button.value).join() \
        + ' ' + document.activeElement.value";
    assert_eq!(browser.js(order, vec![]).await, "no,yes no");
    browser.press("dialog[open] [value=yes]").await;
    browser.shows("This is your only way to log in.").await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    provider.change(|says| says.down = vec!["/token"]);
    browser.press("[data-rs-oauth-link=idp]").await;
    browser
        .shows("This provider can't be reached right now.")
        .await;
    browser.arrives("/account/login").await;
    browser.open("/account/oauth-complete?id=nothing").await;
    browser
        .shows("This login has expired or was already used.")
        .await;
    is_well(&browser, &axe(), "other providers").await;
    browser.end().await;
}

#[tokio::test]
async fn a_provider_leads_home_by_bearer() {
    there_and_back(Transport::Bearer).await;
}

#[tokio::test]
async fn a_provider_leads_home_by_cookie() {
    there_and_back(Transport::Cookie).await;
}

#[tokio::test]
async fn an_account_is_linked_and_unlinked_on_its_page() {
    let (served, provider) = with_provider(Transport::Bearer, |_| ()).await;
    let browser = at_home(&served, "bob@example.com").await;
    browser.shows("Not linked").await;
    browser.press("[data-rs-oauth-list] button").await;
    browser.shows("You can now log in with IDP.").await;
    browser.shows(ADA).await;
    browser.press("[data-rs-oauth-list] button").await;
    browser.press("dialog[open] [value=yes]").await;
    browser.shows("IDP is unlinked.").await;
    // Where it was asked for is where it leads.
    provider.is(json!({ "sub": "9", "email": "bob@example.com" }));
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser.press("[data-rs-oauth-link=idp]").await;
    browser
        .shows("There's already an account with this email address.")
        .await;
    browser.end().await;
}

/// Templates and script as the package of version 0.9.3 has them.
#[tokio::test]
async fn the_front_end_of_the_python_package_logs_in_and_links() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/test-tools/python/0.9.3/src/regstack/ui");
    let (served, provider) = with_provider(Transport::Bearer, |settings| {
        settings.pages.extra_template_dirs = vec![ui.join("templates")];
        settings.pages.extra_static_dirs = vec![ui.join("static")];
    })
    .await;
    let browser = Browser::at(&served).await;
    browser.open("/account/login").await;
    browser.press("[data-rs-oauth-link=idp]").await;
    browser
        .until("the account", "return location.pathname === '/account/me'")
        .await;
    let logged_in = "return Boolean(localStorage.getItem('regstack.access_token'))";
    browser.until("a session", logged_in).await;
    browser.shows(ADA).await;
    let linked =
        "return document.querySelector('[data-rs-oauth-list]').textContent.includes('Unlink')";
    browser.until("the link", linked).await;
    // With a password, the other way to log in may go, and come back.
    served
        .operator()
        .set_password(ADA, crate::support::actor::PASSWORD)
        .await;
    browser.js("localStorage.clear()", vec![]).await;
    browser.open("/account/login").await;
    browser.log_in(ADA, crate::support::actor::PASSWORD).await;
    browser
        .until("the account", "return location.pathname === '/account/me'")
        .await;
    browser.until("the link", linked).await;
    browser.js("window.confirm = () => true; document.querySelector('[data-rs-oauth-section]').open = true", vec![]).await;
    browser.press("[data-rs-oauth-list] button").await;
    let unlinked =
        "return document.querySelector('[data-rs-oauth-list] .rs-btn:not(.rs-btn-ghost)') !== null";
    browser.until("no link", unlinked).await;
    provider.is(json!({}));
    browser.press("[data-rs-oauth-list] button").await;
    browser.until("the link again", linked).await;
    browser.end().await;
}
