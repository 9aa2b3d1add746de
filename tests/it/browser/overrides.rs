//! The Python package's templates as somebody's overrides: the script makes them work.

use regstack::internals::config::Transport;

use super::{link, served_with};
use crate::pages::overrides::python_templates;
use crate::support::actor::PASSWORD;
use crate::support::browser::Browser;

const ADA: &str = "ada@example.com";

async fn goes_all_the_way(transport: Transport) {
    let served = served_with(transport, |settings| {
        settings.pages.extra_template_dirs = vec![python_templates()];
    })
    .await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register").await;
    browser.fill("[name=email]", ADA).await;
    browser.fill("[name=password]", "short").await;
    browser.send("register").await;
    browser.shows("Use at least 8 characters.").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.shows("We sent a link to ada@example.com.").await;
    browser.open(&link(&served, ADA, 1).await).await;
    // Its page has no button, as its own script acts at once. Ours makes one, and waits.
    browser.shows("Confirm that you asked for this.").await;
    assert!(!served.event_kinds().await.contains(&"user_verified"));
    browser.send("verify").await;
    browser.is_home_of(ADA).await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser.log_in(ADA, "wrong password").await;
    browser.shows("Wrong email or password.").await;
    browser.log_in(ADA, PASSWORD).await;
    browser.is_home_of(ADA).await;
    browser.press("details:has([name=full_name]) summary").await;
    browser.fill("[name=full_name]", "Ada").await;
    browser.send("update-profile").await;
    browser.shows("Your name was saved.").await;
    browser
        .press("details:has([name=phone_number]) summary")
        .await;
    browser.fill("[name=phone_number]", "+447700900125").await;
    browser
        .fill(
            "[data-rs-form=phone-setup-start] [name=current_password]",
            PASSWORD,
        )
        .await;
    browser.send("phone-setup-start").await;
    let code = served.code_sent_to("+447700900125", 1).await;
    browser
        .fill("[data-rs-form=phone-setup-confirm] [name=code]", &code)
        .await;
    browser.send("phone-setup-confirm").await;
    browser.shows("Two-step verification is on.").await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser.log_in(ADA, PASSWORD).await;
    browser.arrives("/account/mfa-confirm").await;
    let code = served.code_sent_to("+447700900125", 2).await;
    browser.fill("[name=code]", &code).await;
    browser.send("mfa-confirm").await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}

#[tokio::test]
async fn templates_of_the_python_package_are_driven_by_bearer() {
    goes_all_the_way(Transport::Bearer).await;
}

#[tokio::test]
async fn templates_of_the_python_package_are_driven_by_cookie() {
    goes_all_the_way(Transport::Cookie).await;
}
