//! People in a browser: from the application to the login, and back to the very page.

use regstack::internals::config::{JwtAlgorithm, Transport};
use serde_json::json;

use super::token_at;
use crate::support::actor::PASSWORD;
use crate::support::browser::Browser;
use crate::support::database::Kind;
use crate::support::example::{Example, With, free_port};
use crate::support::front::Front;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";

/// An application and a regstack with cookies that may lead back to it.
async fn served_for(with: With) -> (Served, Front, Example) {
    let port = free_port();
    let (served, front) = super::served(Kind::of_this_run(), |settings| {
        settings.tokens.jwt_algorithm = JwtAlgorithm::EdDsa;
        settings.tokens.transport = Transport::Cookie;
        settings.pages.return_origins = vec![format!("http://127.0.0.1:{port}")];
    })
    .await;
    served.account(ADA, |_| ()).await;
    let example = Example::start_on(port, with, &front.origin, &[]);
    (served, front, example)
}

/// Waits until the browser shows the orders of the account, at the page of the application that was asked for.
async fn sees_orders(browser: &Browser, served: &Served, example: &Example) {
    let here = format!("{}/orders?page=2", example.origin);
    let script = format!("return location.href === {}", json!(here));
    browser.until(&here, &script).await;
    let id = served.id_of(ADA).await.to_string();
    browser.shows(&id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_leads_back_to_the_page_of_each_application() {
    for with in With::ALL {
        let (served, front, example) = served_for(with).await;
        let browser = Browser::at_origin(&front.origin).await;
        browser
            .visit(&format!("{}/orders?page=2", example.origin))
            .await;
        browser.log_in(ADA, PASSWORD).await;
        sees_orders(&browser, &served, &example).await;
        browser.end().await;
    }
}

/// What the application refuses and regstack takes, as a session under the secret of before a change of `jwt_algorithm`,
/// must not send anybody in circles.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_the_application_refuses_is_replaced_by_a_login() {
    let (served, front, example) = served_for(With::FastApi).await;
    let before = served
        .sibling_with(|settings| {
            settings.tokens.jwt_algorithm = JwtAlgorithm::HS256;
            settings.tokens.transport = Transport::Bearer;
        })
        .await;
    let token = token_at(&before, ADA).await;
    let browser = Browser::at_origin(&front.origin).await;
    browser.open("/account/login").await;
    let cookie =
        json!({"name": "regstack_session", "value": token, "url": front.origin, "httpOnly": true});
    browser.devtools("Network.setCookie", cookie).await;
    browser.open("/account/login").await;
    browser.is_home_of(ADA).await;

    browser
        .visit(&format!("{}/orders?page=2", example.origin))
        .await;
    browser
        .shows("You've been logged out. Log in to continue.")
        .await;
    browser.log_in(ADA, PASSWORD).await;
    sees_orders(&browser, &served, &example).await;
    browser.end().await;
}
