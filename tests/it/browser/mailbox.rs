//! `/dev/mailbox` in Chromium.

use regstack::internals::config::Transport;
use serde_json::json;

use super::look::{axe, is_well};
use super::{at_home, served};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::browser::Browser;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";

async fn register(served: &Served, email: &str) {
    let wish = json!({"email": email, "password": PASSWORD});
    served.post("/register", wish).await.is(201);
    served.mails(email, 1).await;
}

#[tokio::test]
async fn a_mail_is_read_as_html_as_text_and_as_source_beside_the_list() {
    let served = served(Transport::Bearer).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/login").await;
    browser.press(".rs-footer a[href='/dev/mailbox']").await;
    browser.shows("No messages yet.").await;
    // What arrives shows by itself.
    register(&served, ADA).await;
    browser.shows(ADA).await;
    browser.find("iframe").await;
    let times = "return [...document.querySelectorAll('time')].every((time) => !time.textContent.includes('T'))";
    browser.until("local times", times).await;
    register(&served, "bob@example.com").await;
    browser.shows("To bob@example.com").await;
    // Who reads a message is left to read it.
    browser.press("#list li:last-child a").await;
    browser.shows("To ada@example.com").await;
    browser.press(".views li:nth-child(2) a").await;
    browser.shows("/account/verify?token=").await;
    register(&served, "eve@example.com").await;
    browser.shows("eve@example.com").await;
    browser.shows("To ada@example.com").await;
    browser.press(".views li:nth-child(3) a").await;
    browser.shows("<html").await;
    browser.end().await;
}

#[tokio::test]
async fn messages_are_searched_and_deleted() {
    let served = served(Transport::Bearer).await;
    register(&served, ADA).await;
    register(&served, "bob@example.com").await;
    let browser = Browser::at(&served).await;
    browser.open("/dev/mailbox").await;
    browser.fill("#q", "ada@").await;
    let listed =
        |count: usize| format!("return document.querySelectorAll('#list li').length === {count}");
    browser.until("one message", &listed(1)).await;
    browser.shows("To ada@example.com").await;
    browser.fill("#q", "nothing like it").await;
    browser.shows("No message contains").await;
    browser.open("/dev/mailbox").await;
    browser.until("two messages", &listed(2)).await;
    browser.press("header button").await;
    browser.shows("No messages yet.").await;
    browser.end().await;
}

#[tokio::test]
async fn a_text_message_is_there_too() {
    let served = served(Transport::Bearer).await;
    let browser = at_home(&served, ADA).await;
    browser.open_section("second-step").await;
    browser.fill("[name=phone_number]", "+14155550123").await;
    browser
        .fill(
            "[data-rs-form=phone-setup-start] [name=current_password]",
            PASSWORD,
        )
        .await;
    browser.send("phone-setup-start").await;
    browser.find("[data-rs-form=phone-setup-confirm]").await;
    browser.open("/dev/mailbox").await;
    browser.shows("Text message").await;
    browser.shows("To +14155550123").await;
    browser.end().await;
}

#[tokio::test]
async fn nothing_is_to_be_said_against_the_page() {
    let served = served(Transport::Bearer).await;
    let (browser, axe) = (Browser::at(&served).await, axe());
    browser.open("/dev/mailbox").await;
    is_well(&browser, &axe, "mailbox, empty").await;
    register(&served, ADA).await;
    for view in ["html", "text", "source"] {
        browser.open(&format!("/dev/mailbox?view={view}")).await;
        is_well(&browser, &axe, view).await;
    }
    browser.end().await;
}
