//! Every flow from its first page to its last, as it goes well, with each transport.

use regstack::internals::config::Transport;
use serde_json::json;

use super::{at_home, link, served, served_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::browser::Browser;
use crate::support::served::{Served, other_than};

const ADA: &str = "ada@example.com";
const NEW: &str = "a brand new password";
const PHONE: &str = "+447700900123";

/// What a script in the page can get hold of: the session with bearer, nothing with the cookie.
async fn what_scripts_see(browser: &Browser, transport: Transport) {
    let seen = browser
        .js("return [localStorage.length, localStorage.getItem('regstack.access_token') !== null, document.cookie]", vec![])
        .await;
    let expected = match transport {
        Transport::Bearer => json!([1, true, ""]),
        Transport::Cookie => json!([0, false, ""]),
    };
    assert_eq!(seen, expected);
}

/// Signing up, the link, logging in, another name, logging out, and the way back that stays closed.
async fn comes_in(transport: Transport) {
    let served = served(transport).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/login").await;
    browser.press("a[href='/account/register']").await;
    browser.arrives("/account/register").await;
    browser.fill("[name=email]", "Ada@Example.com").await;
    browser.fill("[name=full_name]", "Ada").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.shows("Check your email").await;
    browser.shows(ADA).await;
    browser.pass(31).await;
    browser.shows("You can ask for a new one now.").await;
    browser.send("resend-verification").await;
    browser.shows("a new link is on its way").await;

    browser.open(&link(&served, ADA, 2).await).await;
    // Loading it has changed nothing, and the token is gone from the address.
    assert_eq!(browser.path().await, "/account/verify");
    browser
        .shows("Confirm that this email address is yours.")
        .await;
    assert!(!served.event_kinds().await.contains(&"user_verified"));
    browser.reload().await;
    browser.send("verify").await;
    browser.shows("Your email address is confirmed").await;
    browser.press("[data-rs-done] a").await;
    browser.arrives("/account/login").await;
    browser.log_in(ADA, PASSWORD).await;
    browser.is_home_of(ADA).await;
    what_scripts_see(&browser, transport).await;
    browser.shows("November 23, 2100").await;

    browser.reload().await;
    browser.is_home_of(ADA).await;
    browser.open_section("name").await;
    browser.fill("#full_name", "Ada Lovelace").await;
    browser.send("update-profile").await;
    browser.shows("Your name was saved.").await;
    let script =
        "return document.querySelector('[data-rs-field=full_name]').textContent === 'Ada Lovelace'";
    browser.until("the new name", script).await;

    // Whoever is in has nothing to do at the door.
    browser.open("/account/login").await;
    browser.is_home_of(ADA).await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser.shows("You're logged out.").await;
    assert!(served.event_kinds().await.contains(&"user_logged_out"));
    browser.back().await;
    browser
        .arrives("/account/login?next=%2Faccount%2Fme%23name")
        .await;
    browser.open("/account/me").await;
    browser.arrives("/account/login").await;
    browser.end().await;
}

#[tokio::test]
async fn somebody_comes_in_by_bearer() {
    comes_in(Transport::Bearer).await;
}

#[tokio::test]
async fn somebody_comes_in_by_cookie() {
    comes_in(Transport::Cookie).await;
}

/// A forgotten password, another password, another address, and the end.
async fn changes_and_leaves(transport: Transport) {
    let served = served(transport).await;
    served.account(ADA, |_| ()).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/forgot").await;
    browser.fill("[name=email]", ADA).await;
    browser.send("forgot").await;
    browser.shows("Check your email").await;
    browser.open(&link(&served, ADA, 1).await).await;
    browser.fill("[name=new_password]", NEW).await;
    // A reload loses what was typed, and not what came with the link.
    browser.reload().await;
    assert_eq!(browser.path().await, "/account/reset-password");
    browser.fill("[name=new_password]", NEW).await;
    browser.send("reset").await;
    browser.arrives("/account/login").await;
    browser.shows("Log in with the new one.").await;
    browser.log_in(ADA, NEW).await;
    browser.is_home_of(ADA).await;

    browser.open_section("password").await;
    browser.fill("#password-current", NEW).await;
    browser.fill("#new_password", PASSWORD).await;
    let elsewhere = Browser::at(&served).await;
    elsewhere.log_in(ADA, NEW).await;
    elsewhere.is_home_of(ADA).await;
    browser.send("change-password").await;
    browser.shows("Your password was changed.").await;
    // Whoever did it is still here, all others are out.
    browser.reload().await;
    browser.is_home_of(ADA).await;
    elsewhere.reload().await;
    elsewhere.arrives("/account/login").await;
    elsewhere.end().await;

    let countess = "countess@example.com";
    browser.open_section("email").await;
    browser.fill("#new_email", countess).await;
    browser.fill("#email-current", PASSWORD).await;
    browser.send("change-email").await;
    browser
        .shows("We sent a link to countess@example.com.")
        .await;
    browser.open(&link(&served, countess, 1).await).await;
    assert_eq!(browser.path().await, "/account/confirm-email-change");
    browser.send("confirm-email-change").await;
    browser.shows("Your email address was changed").await;
    browser.press("[data-rs-done] a").await;
    browser.arrives("/account/login").await;
    browser.log_in(countess, PASSWORD).await;
    browser.is_home_of(countess).await;

    browser.press("[data-rs-action=open-delete]").await;
    browser.fill("#delete-current", PASSWORD).await;
    browser.press("dialog [data-rs-action=close]").await;
    let closed = "return !document.querySelector('dialog[open]') && location.hash === ''";
    browser.until("an end of the question", closed).await;
    browser.press("[data-rs-action=open-delete]").await;
    browser.send("delete-account").await;
    browser.shows("Enter your password.").await;
    browser.fill("#delete-current", "not the one").await;
    browser.send("delete-account").await;
    browser.shows("Wrong password.").await;
    browser.fill("#delete-current", PASSWORD).await;
    browser.send("delete-account").await;
    browser.arrives("/account/login").await;
    browser.shows("Your account was deleted.").await;
    browser.log_in(countess, PASSWORD).await;
    browser.shows("Wrong email or password.").await;
    browser.end().await;
}

#[tokio::test]
async fn somebody_changes_everything_and_leaves_by_bearer() {
    changes_and_leaves(Transport::Bearer).await;
}

#[tokio::test]
async fn somebody_changes_everything_and_leaves_by_cookie() {
    changes_and_leaves(Transport::Cookie).await;
}

/// A phone as second step: set up, used, switched off.
async fn uses_a_phone(transport: Transport) {
    let served = served(transport).await;
    let browser = at_home(&served, ADA).await;
    browser.open_section("second-step").await;
    browser.fill("#phone_number", "+44 7700 900-123").await;
    browser.fill("#phone-current", PASSWORD).await;
    browser.send("phone-setup-start").await;
    browser.shows("We sent a code to +447700900123.").await;
    let code = served.code_sent_to(PHONE, 1).await;
    browser.fill("#code", &other_than(&code)).await;
    browser.send("phone-setup-confirm").await;
    browser.shows("Wrong code.").await;
    browser
        .fill("#code", &format!("{} {}", &code[..3], &code[3..]))
        .await;
    browser.send("phone-setup-confirm").await;
    browser.shows("Two-step verification is on.").await;
    browser.shows("we send a code to •••• 23").await;
    browser.find("[data-rs-codes][open]").await;
    browser.press("[data-rs-action=codes-done]").await;

    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser
        .open("/account/login?next=%2Faccount%2Fme%3Fa%3D1")
        .await;
    browser.log_in(ADA, PASSWORD).await;
    browser
        .arrives("/account/mfa-confirm?next=%2Faccount%2Fme%3Fa%3D1")
        .await;
    let code = served.code_sent_to(PHONE, 2).await;
    browser.fill("#code", &other_than(&code)).await;
    browser.send("mfa-confirm").await;
    browser.shows("Wrong code.").await;
    browser.reload().await;
    browser.fill("#code", &code).await;
    browser.send("mfa-confirm").await;
    browser.arrives("/account/me?a=1").await;
    let pending = browser
        .js(
            "return sessionStorage.getItem('regstack.mfa_pending')",
            vec![],
        )
        .await;
    assert!(pending.is_null(), "{pending}");

    browser.open_section("second-step").await;
    browser.fill("#mfa-current", PASSWORD).await;
    browser.send("mfa-disable").await;
    browser.shows("We removed your phone number.").await;
    browser.find("#phone_number").await;
    browser.end().await;
}

#[tokio::test]
async fn a_phone_is_asked_by_bearer() {
    uses_a_phone(Transport::Bearer).await;
}

#[tokio::test]
async fn a_phone_is_asked_by_cookie() {
    uses_a_phone(Transport::Cookie).await;
}

#[tokio::test]
async fn without_a_mail_to_wait_for_signing_up_leads_in() {
    let served: Served = served_with(Transport::Cookie, |settings| {
        settings.features.require_verification = false;
    })
    .await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register").await;
    browser.fill("[name=email]", ADA).await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}

#[tokio::test]
async fn the_password_is_asked_for_where_a_link_alone_does_not_do() {
    let served = served_with(Transport::Bearer, |settings| {
        settings.features.verify_requires_password = true;
    })
    .await;
    served.register(ADA).await.is(201);
    let browser = Browser::at(&served).await;
    browser.open(&link(&served, ADA, 1).await).await;
    browser.fill("[name=password]", "not the one").await;
    browser.send("verify").await;
    browser.shows("Wrong password.").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("verify").await;
    browser.shows("Your email address is confirmed").await;
    browser.end().await;
}

#[tokio::test]
async fn a_server_that_was_stopped_is_said_to_be_out_of_reach() {
    let served = served(Transport::Cookie).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/login").await;
    drop(served);
    browser.log_in(ADA, PASSWORD).await;
    browser.shows("We can't reach the server.").await;
    // It can be tried again at once.
    browser
        .until(
            "an end of waiting",
            "return !document.querySelector('[aria-busy=true]')",
        )
        .await;
    browser.end().await;
}
