//! Proof by passkey in the console, with Chromium's own authenticator.

use jiff::SignedDuration;
use regstack::internals::config::Transport;

use super::look::{axe, violations};
use super::passkeys::{Device, adds, browser_at};
use super::served_with;
use crate::support::actor::PASSWORD;

const ROOT: &str = "root@example.com";
const ADA: &str = "ada@example.com";

async fn a_passkey_goes_before_a_sensitive_act(transport: Transport) {
    let served = served_with(transport, |settings| {
        settings.features.enable_passkeys = true;
        settings.features.enable_admin_router = true;
    })
    .await;
    served
        .account(ROOT, |account| account.is_superuser = true)
        .await;
    served.account(ADA, |_| ()).await;
    let browser = browser_at(&served).await;
    browser.log_in(ROOT, PASSWORD).await;
    browser.is_home_of(ROOT).await;
    let device = Device::plugged_in(&browser).await;
    browser.open_section("passkeys").await;
    adds(&browser, "Laptop").await;
    served.pass(SignedDuration::from_mins(11));
    let ada = format!("/account/admin/users/{}", served.id_of(ADA).await);
    browser.open(&format!("{ada}/promote")).await;
    browser.shows("Your own password").await;
    browser.find("[data-rc-passkey]:not([hidden])").await;
    for scheme in ["light", "dark"] {
        browser.look(320, scheme).await;
        let found = violations(&browser, &axe()).await;
        assert_eq!(found, serde_json::json!([]), "{found:#}");
    }
    // Nothing comes of it if the device doesn't know who is there.
    device.verifies(false).await;
    browser.press("[data-rc-passkey] button").await;
    browser.shows("The passkey wasn't accepted.").await;
    assert!(!served.user(ADA).await.is_superuser);
    device.verifies(true).await;
    browser.press("[data-rc-passkey] button").await;
    browser.shows("is an administrator now").await;
    assert!(served.user(ADA).await.is_superuser);
    // It counts for what comes next.
    browser.open(&format!("{ada}/demote")).await;
    browser.press("main [type=submit]").await;
    browser.arrives(&ada).await;
    assert!(!served.user(ADA).await.is_superuser);
    browser.end().await;
}

#[tokio::test]
async fn a_passkey_goes_before_a_sensitive_act_with_cookie() {
    a_passkey_goes_before_a_sensitive_act(Transport::Cookie).await;
}

#[tokio::test]
async fn a_passkey_goes_before_a_sensitive_act_with_bearer() {
    a_passkey_goes_before_a_sensitive_act(Transport::Bearer).await;
}
