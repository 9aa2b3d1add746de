//! The way back: what begins in an application ends there.

use regstack::internals::config::Transport;
use serde_json::json;

use super::{link, served, served_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::browser::Browser;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// An application at another origin, and one with pages that may lead there.
async fn with_application(transport: Transport) -> (Served, Served) {
    let application = Served::start().await;
    let origin = application.origin.clone();
    let served = served_with(transport, |settings| {
        settings.pages.return_origins = vec![origin];
    })
    .await;
    (served, application)
}

/// Waits until the browser is at the address.
async fn ends_at(browser: &Browser, address: &str) {
    let script = format!("return location.href === {}", json!(address));
    browser.until(address, &script).await;
}

fn page(name: &str, next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("/account/{name}?{query}")
}

/// Goes on by keyboard until something of this name, or with this text, has the focus.
async fn tab_to(browser: &Browser, name: &str) {
    let script = "const here = document.activeElement; return here.name || here.textContent.trim()";
    for _ in 0..20 {
        if browser.js(script, vec![]).await == name {
            return;
        }
        browser.keys(TAB).await;
    }
    panic!("no key leads to {name}: {}", browser.text().await);
}

async fn sign_up_ends_where_it_began(transport: Transport) {
    let (served, application) = with_application(transport).await;
    let next = format!("{}/healthz?order=7#basket", application.origin);
    let browser = Browser::at(&served).await;
    // From the login to the sign-up, as people do who are asked to log in.
    browser.open(&page("login", &next)).await;
    tab_to(&browser, "Create an account").await;
    browser.keys(ENTER).await;
    browser.arrives(&page("register", &next)).await;
    tab_to(&browser, "email").await;
    browser
        .keys(&format!("{ADA}{TAB}{TAB}{PASSWORD}{ENTER}"))
        .await;
    browser.shows("Check your email").await;
    // A new link knows it, too.
    browser.pass(31).await;
    browser.shows("You can ask for a new one now.").await;
    tab_to(&browser, "Send new link").await;
    browser.keys(ENTER).await;
    browser.shows("a new link is on its way").await;
    let link = link(&served, ADA, 2).await;
    assert!(
        !link.contains("next") && !link.contains("healthz"),
        "{link}"
    );

    // The mail is opened in another browser.
    browser.end().await;
    let browser = Browser::at(&served).await;
    browser.open(&link).await;
    tab_to(&browser, "Confirm email address").await;
    browser.keys(ENTER).await;
    browser.shows("Your email address is confirmed").await;
    tab_to(&browser, "Log in").await;
    browser.keys(ENTER).await;
    browser.arrives(&page("login", &next)).await;
    tab_to(&browser, "password").await;
    browser.keys(&format!("{PASSWORD}{ENTER}")).await;
    ends_at(&browser, &next).await;
    browser.end().await;
}

/// A message of the catalogue that has no variables.
fn words(language: &str, key: &str) -> String {
    let file = format!(
        "{}/templates/locales/{language}.ftl",
        env!("CARGO_MANIFEST_DIR")
    );
    let catalogue = std::fs::read_to_string(file).unwrap();
    let found = catalogue
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    found.expect(key).to_owned()
}

/// The same without a pointer, by somebody whose browser asks for a language.
async fn sign_up_in(language: &str, direction: &str) {
    let say = |key: &str| words(language, key);
    let (served, application) = with_application(Transport::Cookie).await;
    let next = format!("{}/healthz?order=7#basket", application.origin);
    let browser = Browser::at(&served).await;
    browser.open("/account/login").await;
    browser.speaks(language).await;
    browser.open(&page("login", &next)).await;
    let frame = "const { lang, dir } = document.documentElement; return [lang, dir]";
    let frame = browser.js(frame, vec![]).await;
    assert_eq!(frame, json!([language, direction]));
    browser.shows(&say("login-forgot")).await;
    tab_to(&browser, &say("login-create-account")).await;
    browser.keys(ENTER).await;
    browser.arrives(&page("register", &next)).await;
    tab_to(&browser, "email").await;
    browser
        .keys(&format!("{ADA}{TAB}{TAB}{PASSWORD}{ENTER}"))
        .await;
    browser.shows(&say("check-your-email")).await;
    let link = link(&served, ADA, 1).await;
    browser.open(&link).await;
    tab_to(&browser, &say("verify-submit")).await;
    browser.keys(ENTER).await;
    browser.shows(&say("verify-done-title")).await;
    tab_to(&browser, &say("log-in")).await;
    browser.keys(ENTER).await;
    browser.arrives(&page("login", &next)).await;
    tab_to(&browser, "password").await;
    browser.keys(&format!("{PASSWORD}{ENTER}")).await;
    ends_at(&browser, &next).await;
    browser.end().await;
}

#[tokio::test]
async fn a_sign_up_in_german_needs_no_pointer_and_ends_where_it_began() {
    sign_up_in("de", "ltr").await;
}

#[tokio::test]
async fn a_sign_up_in_arabic_needs_no_pointer_and_ends_where_it_began() {
    sign_up_in("ar", "rtl").await;
}

#[tokio::test]
async fn a_sign_up_that_began_at_another_origin_ends_there_by_bearer() {
    sign_up_ends_where_it_began(Transport::Bearer).await;
}

#[tokio::test]
async fn a_sign_up_that_began_at_another_origin_ends_there_by_cookie() {
    sign_up_ends_where_it_began(Transport::Cookie).await;
}

#[tokio::test]
async fn a_forgotten_password_and_a_second_step_lead_back_too() {
    let (served, application) = with_application(Transport::Bearer).await;
    let number = "+447700900127";
    served.signed_in_with_phone(ADA, number).await;
    let next = format!("{}/healthz", application.origin);
    let browser = Browser::at(&served).await;
    browser.open(&page("login", &next)).await;
    browser.press("a[href*=forgot]").await;
    browser.arrives(&page("forgot", &next)).await;
    browser.fill("[name=email]", ADA).await;
    browser.send("forgot").await;
    browser.shows("Check your email").await;
    browser.open(&link(&served, ADA, 2).await).await;
    browser
        .fill("[name=new_password]", "a brand new password")
        .await;
    browser.send("reset").await;
    browser.arrives(&page("login", &next)).await;
    browser
        .fill("[name=password]", "a brand new password")
        .await;
    browser.send("login").await;
    browser.arrives(&page("mfa-confirm", &next)).await;
    let code = served.code_sent_to(number, 2).await;
    browser.fill("#code", &code).await;
    browser.send("mfa-confirm").await;
    ends_at(&browser, &next).await;
    browser.end().await;
}

#[tokio::test]
async fn pages_lead_to_no_origin_that_is_not_named() {
    let (served, application) = with_application(Transport::Bearer).await;
    let browser = super::at_home(&served, ADA).await;
    let origin = &application.origin;
    let host = origin.strip_prefix("http://").unwrap();
    for evil in [
        format!("https://{host}/"),
        format!("http://{host}0/"),
        format!("http://{host}@127.0.0.1:1/"),
        format!("http://user@{host}/"),
        format!("http:{host}"),
        format!("http:/{host}"),
        format!("//{host}/"),
        format!("\\\\{host}/"),
        format!("{origin}\\@127.0.0.1:1/"),
        format!("\t{origin}/"),
        format!("{origin}/\n"),
        format!("HTTP://{host}/"),
        format!("http://{host}.evil.example/"),
        "javascript:document.title='x'".to_owned(),
        "data:text/html,x".to_owned(),
    ] {
        browser.open(&page("login", &evil)).await;
        browser.is_home_of(ADA).await;
    }
    browser
        .open(&page("login", &format!("{origin}/healthz")))
        .await;
    ends_at(&browser, &format!("{origin}/healthz")).await;
    browser.end().await;
}

#[tokio::test]
async fn what_came_with_a_link_is_sealed_to_it_and_judged_again() {
    let (served, application) = with_application(Transport::Bearer).await;
    let next = format!("{}/healthz", application.origin);
    let register = async |email: &str, next: &str| {
        let wish = json!({"email": email, "password": PASSWORD, "next": next});
        served.post("/register", wish).await.is(201);
        link(&served, email, 1)
            .await
            .split_once("token=")
            .unwrap()
            .1
            .to_owned()
    };
    let ada = register(ADA, &next).await;
    let bob = register("bob@example.com", &next).await;
    let plain = register("eve@example.com", "https://evil.example/").await;
    assert!(!plain.contains('~'), "not allowed, so not carried");
    let (mine, my_seal) = ada.split_once('~').unwrap();
    let (_, others) = bob.split_once('~').unwrap();
    for forged in [
        format!("{mine}~{others}"),
        format!("{mine}~"),
        format!("{mine}~AAAA"),
        format!("{mine}~{my_seal}A"),
        format!("{mine}~{my_seal}~"),
    ] {
        served.verify(&forged).await.refused(400, "invalid_token");
    }
    let verified = served.verify(&ada).await;
    assert_eq!(verified.is(200).text("next"), next);
    // Without the seal it is a link like any other, that leads nowhere.
    let (mine, _) = bob.split_once('~').unwrap();
    let verified = served.verify(mine).await;
    assert!(verified.is(200).body["next"].is_null());
}

#[tokio::test]
async fn the_name_and_a_login_lead_to_the_application() {
    let application = Served::start().await;
    let home = format!("{}/healthz", application.origin);
    let served = served_with(Transport::Cookie, |settings| {
        settings.pages.app_url = Some(home.clone());
    })
    .await;
    served.account(ADA, |_| ()).await;
    let browser = Browser::at(&served).await;
    browser.log_in(ADA, PASSWORD).await;
    ends_at(&browser, &home).await;
    browser.open("/account/me").await;
    browser.is_home_of(ADA).await;
    for link in ["[data-rs-continue]", ".rs-brand"] {
        browser.open("/account/me").await;
        browser.press(link).await;
        ends_at(&browser, &home).await;
    }
    // The account's page is still asked for by its address.
    browser.open("/account/me").await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser.open("/account/me").await;
    browser.arrives("/account/login?next=%2Faccount%2Fme").await;
    browser.log_in(ADA, PASSWORD).await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}

#[tokio::test]
async fn a_lost_address_is_taken_back_from_the_old_mailbox() {
    let served = served(Transport::Bearer).await;
    let session = served.signed_in(ADA).await;
    session.change_email("thief@example.com").await.is(202);
    let moved = served.mailed_token("thief@example.com", 1).await;
    served.confirm_email_change(&moved).await.is(200);
    let browser = Browser::at(&served).await;
    let undo = link(&served, ADA, 1).await;
    browser.open(&undo).await;
    browser.send("undo-email-change").await;
    browser.shows("Your old email address is back").await;
    browser.press("[data-rs-done] a").await;
    browser.arrives("/account/forgot").await;
    browser.send("forgot").await;
    browser.shows("Check your email").await;
    browser.open(&link(&served, ADA, 2).await).await;
    browser
        .fill("[name=new_password]", "mine again, and new")
        .await;
    browser.send("reset").await;
    browser.arrives("/account/login").await;
    browser.fill("[name=password]", "mine again, and new").await;
    browser.send("login").await;
    browser.is_home_of(ADA).await;
    browser.open(&undo).await;
    browser.send("undo-email-change").await;
    browser
        .shows("This link has expired or was already used.")
        .await;
    browser.shows("Need help?").await;
    browser.end().await;
}

#[tokio::test]
async fn invited_people_read_their_own_words() {
    let served = served(Transport::Cookie).await;
    served
        .account(ADA, |account| {
            account.password = None;
            account.send_invite = true;
        })
        .await;
    let browser = Browser::at(&served).await;
    browser.open(&link(&served, ADA, 1).await).await;
    assert_eq!(browser.path().await, "/account/accept-invitation");
    browser.shows("Welcome to RegStack").await;
    let text = browser.text().await;
    assert!(
        !text.contains("logged out") && !text.contains("Forgot"),
        "{text}"
    );
    browser.fill("[name=new_password]", PASSWORD).await;
    browser.send("reset").await;
    browser.arrives("/account/login").await;
    browser.shows("Your password is saved.").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("login").await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}
