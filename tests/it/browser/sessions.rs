//! Where somebody is logged in, on the account's page.

use jiff::SignedDuration;
use regstack::internals::config::Transport;
use reqwest::Method;
use serde_json::json;

use super::{at_home, served};
use crate::support::actor::{NULL, PASSWORD, Requests as _};
use crate::support::browser::Browser;

const ADA: &str = "ada@example.com";

/// The devices that the page lists, the one in use first.
const DEVICES: &str = "return [...document.querySelectorAll('[data-rs-session-list] .rs-row-label')]\
     .map((label) => label.textContent)";

async fn lists(browser: &Browser, count: usize) {
    let so_many = format!("{DEVICES}.length === {count}");
    browser.until("so many sessions", &so_many).await;
}

#[tokio::test]
async fn two_browsers_and_a_program_see_and_end_each_other() {
    for transport in [Transport::Cookie, Transport::Bearer] {
        let served = served(transport).await;
        let one = at_home(&served, ADA).await;
        lists(&one, 1).await;
        served.pass(SignedDuration::from_secs(1));
        let two = Browser::at(&served).await;
        two.log_in(ADA, PASSWORD).await;
        two.is_home_of(ADA).await;
        served.pass(SignedDuration::from_secs(1));
        let request = served.request(Method::POST, "/login");
        let request = request.header("x-regstack-transport", "bearer");
        let proof = json!({"email": ADA, "password": PASSWORD});
        let answer = served.send(request.json(&proof)).await;
        let program = served.bearer(answer.is(200).text("access_token"));
        two.reload().await;
        lists(&two, 3).await;
        let devices = two.js(DEVICES, vec![]).await;
        assert_eq!(
            devices,
            json!(["Chrome · Linux", "Unknown device", "Chrome · Linux"])
        );
        let here = "return document.querySelector('li .rs-row-do').closest('li') === \
                    document.querySelector('[data-rs-session-list] > li')";
        assert_eq!(two.js(here, vec![]).await, json!(true));
        two.shows("Where you're logged in").await;
        two.shows("127.0.0.1").await;

        // The program's, by its button.
        two.press("[data-rs-session-list] > li:nth-child(2) button")
            .await;
        two.shows("Unknown device is logged out.").await;
        lists(&two, 2).await;
        program.me().await.refused(401, "not_authenticated");
        two.press("[data-rs-action=end-others]").await;
        two.shows("You're logged out everywhere else.").await;
        lists(&two, 1).await;
        one.reload().await;
        one.until("the login", "return location.pathname === '/account/login'")
            .await;
        two.reload().await;
        two.is_home_of(ADA).await;
        for browser in [one, two] {
            browser.end().await;
        }
    }
}

#[tokio::test]
async fn what_a_client_says_of_itself_is_text_on_the_page() {
    let served = served(Transport::Cookie).await;
    let browser = at_home(&served, ADA).await;
    let request = served.request(Method::POST, "/login");
    let request = request
        .header("user-agent", "\"><img src=x onerror=alert(1)>")
        .header("x-regstack-transport", "bearer")
        .json(&json!({"email": ADA, "password": PASSWORD}));
    served.send(request).await.is(200);
    browser.reload().await;
    lists(&browser, 2).await;
    let images = "return document.querySelectorAll('[data-rs-sessions] img').length";
    assert_eq!(browser.js(images, vec![]).await, json!(0));
    assert_ne!(browser.js(DEVICES, vec![]).await, NULL);
    browser.end().await;
}
