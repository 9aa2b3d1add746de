//! One more link, one more code, another address: what people do when nothing arrives; reload and the back button on the way.

use regstack::internals::config::Transport;
use serde_json::json;

use super::{link, served, served_with};
use crate::support::actor::PASSWORD;
use crate::support::browser::Browser;

const ADA: &str = "ada@example.com";
const NUMBER: &str = "+447700900123";

/// What is said of the wait, how it is announced, and whether the button waits.
const WAIT: &str = "const form = document.querySelector('[data-rs-form=' + arguments[0] + ']'); \
    const [button, note] = [form.querySelector('[type=submit]'), form.querySelector('[role=status].rs-hint')]; \
    return [button.getAttribute('aria-disabled'), button.getAttribute('aria-describedby') === note.id, \
    note.querySelector('time')?.getAttribute('aria-live') ?? note.textContent]";

#[tokio::test]
async fn a_link_is_sent_again_after_half_a_minute_that_is_counted_down() {
    let served = served(Transport::Bearer).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register").await;
    browser.fill("[name=email]", ADA).await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.shows("Check your email").await;
    browser.shows("You can ask for a new one in ").await;
    let form = || vec!["resend-verification".into()];
    assert_eq!(browser.js(WAIT, form()).await, json!(["true", true, "off"]));
    browser.send("resend-verification").await;
    // Neither a press nor a reload makes it shorter.
    browser.reload().await;
    browser.shows("Check your email").await;
    browser.shows(ADA).await;
    assert_eq!(browser.js(WAIT, form()).await, json!(["true", true, "off"]));
    browser.pass(31).await;
    browser.shows("You can ask for a new one now.").await;
    assert_eq!(
        browser.js(WAIT, form()).await,
        json!(["false", true, "You can ask for a new one now."])
    );
    assert_eq!(served.mails(ADA, 1).await.len(), 1);
    browser.send("resend-verification").await;
    browser.shows("a new link is on its way").await;
    served.mails(ADA, 2).await;
    browser.shows("You can ask for a new one in ").await;
    browser.end().await;
}

#[tokio::test]
async fn a_wrong_address_leads_back_to_the_form_as_it_was() {
    let served = served(Transport::Bearer).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register").await;
    browser.fill("[name=email]", "adda@example.com").await;
    browser.fill("[name=full_name]", "Ada").await;
    browser.fill("[name=password]", PASSWORD).await;
    let typed = "return [document.activeElement.name, document.querySelector('#email').value, document.querySelector('#full_name').value]";
    for way in ["link", "back", "reload and back"] {
        browser.send("register").await;
        browser.shows("Check your email").await;
        match way {
            "link" => browser.press("[href='#email']").await,
            "back" => browser.back().await,
            _ => {
                browser.reload().await;
                browser.shows("adda@example.com").await;
                browser.back().await;
            }
        }
        browser.find("[data-rs-form=register]").await;
        assert_eq!(
            browser.js(typed, vec![]).await,
            json!(["email", "adda@example.com", "Ada"]),
            "{way}"
        );
    }
    // A reload has forgotten the password, and that alone.
    browser.fill("[name=email]", ADA).await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.shows("Check your email").await;
    browser.open(&link(&served, ADA, 1).await).await;
    browser.send("verify").await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}

#[tokio::test]
async fn a_code_is_sent_again_to_a_number_that_is_masked() {
    let served = served_with(Transport::Bearer, |settings| {
        settings.pages.support_url = Some("https://help.example/".into());
    })
    .await;
    served.signed_in_with_phone(ADA, NUMBER).await;
    let browser = Browser::at(&served).await;
    browser.log_in(ADA, PASSWORD).await;
    browser.arrives("/account/mfa-confirm").await;
    browser
        .shows("We sent a 6-digit code to •••• 23. It expires in 5 minutes.")
        .await;
    browser.shows("Wrong number? Contact support").await;
    let form = || vec!["mfa-send".into()];
    assert_eq!(browser.js(WAIT, form()).await, json!(["true", true, "off"]));
    let first = served.code_sent_to(NUMBER, 2).await;
    browser.reload().await;
    browser.shows("You can ask for a new one in ").await;
    browser.pass(31).await;
    browser.shows("You can ask for a new one now.").await;
    browser.send("mfa-send").await;
    browser.shows("We sent a new code.").await;
    let at = "return document.activeElement.name";
    assert_eq!(browser.js(at, vec![]).await, "code");
    let second = served.code_sent_to(NUMBER, 3).await;
    if first != second {
        browser.fill("#code", &first).await;
        browser.send("mfa-confirm").await;
        browser
            .shows("Wrong code. Only the newest code works.")
            .await;
    }
    browser.reload().await;
    browser.fill("#code", &second).await;
    browser.send("mfa-confirm").await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}
