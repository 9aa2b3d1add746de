//! The account's page: its rows and sections, what it keeps, its language, and what other tabs do.

use jiff::SignedDuration;
use regstack::internals::config::Transport;
use serde_json::json;

use super::{at_home, link, served, served_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::browser::Browser;

const ADA: &str = "ada@example.com";
const NUMBER: &str = "+447700900123";

/// Which section is open, and what the address says.
fn open_is(id: &str) -> String {
    let hash = if id.is_empty() {
        String::new()
    } else {
        format!("#{id}")
    };
    format!(
        "return location.hash === '{hash}' && \
         [...document.querySelectorAll('details[open]')].map((section) => section.id).join() === '{id}'"
    )
}

#[tokio::test]
async fn a_row_says_how_things_stand() {
    let served = served(Transport::Bearer).await;
    let browser = at_home(&served, ADA).await;
    let badges =
        "return [...document.querySelectorAll('.rs-badge')].map((badge) => badge.textContent)";
    assert_eq!(
        browser.js(badges, vec![]).await,
        json!(["Confirmed", "Off"])
    );
    let ada = served.logged_in(ADA, PASSWORD).await;
    let started = ada.start_phone(NUMBER).await;
    let token = started.text("pending_token");
    let code = served.code_sent_to(NUMBER, 1).await;
    served.confirm_phone(token, &code).await.is(200);
    browser.reload().await;
    browser.shows("•••• 23").await;
    assert_eq!(browser.js(badges, vec![]).await, json!(["Confirmed", "On"]));
    assert!(
        !browser.text().await.contains("7700900"),
        "the number is masked"
    );
    browser.end().await;
}

#[tokio::test]
async fn sections_and_the_address_follow_each_other_and_the_back_button_works() {
    let served = served(Transport::Cookie).await;
    let browser = at_home(&served, ADA).await;
    for (section, before) in [("name", ""), ("password", "name"), ("email", "password")] {
        browser.until(before, &open_is(before)).await;
        browser.open_section(section).await;
        browser.until(section, &open_is(section)).await;
    }
    browser.reload().await;
    browser.until("the same section", &open_is("email")).await;
    browser.back().await;
    browser.until("the one before", &open_is("password")).await;
    browser.back().await;
    browser.until("the first", &open_is("name")).await;
    browser.back().await;
    browser.until("none", &open_is("")).await;
    browser.open_section("email").await;
    browser.until("another", &open_is("email")).await;
    browser.open_section("email").await;
    browser.until("none again", &open_is("")).await;
    // The question is a place as well.
    browser.open("/account/me#delete").await;
    browser.find("dialog[open]").await;
    browser.back().await;
    let closed = "return !document.querySelector('dialog[open]')";
    browser.until("no question", closed).await;
    browser.end().await;
}

#[tokio::test]
async fn a_draft_outlives_a_reload_and_a_session_and_goes_with_its_person() {
    let served = served(Transport::Bearer).await;
    let browser = at_home(&served, ADA).await;
    browser.open_section("email").await;
    browser.fill("#new_email", "countess@example.com").await;
    browser.fill("#email-current", PASSWORD).await;
    browser.reload().await;
    browser.is_home_of(ADA).await;
    let typed = "return document.querySelector('#new_email').value + '|' + document.querySelector('#email-current').value";
    let kept = json!("countess@example.com|");
    assert_eq!(browser.js(typed, vec![]).await, kept, "never a password");
    served.pass(SignedDuration::from_hours(3));
    browser.fill("#email-current", PASSWORD).await;
    browser.send("change-email").await;
    browser.shows("You've been logged out.").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("login").await;
    browser.is_home_of(ADA).await;
    browser.until("its section", &open_is("email")).await;
    assert_eq!(browser.js(typed, vec![]).await, kept);
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser.log_in(ADA, PASSWORD).await;
    browser.is_home_of(ADA).await;
    assert_eq!(browser.js(typed, vec![]).await, "|");
    browser.end().await;
}

#[tokio::test]
async fn nobody_is_asked_for_where_nobody_is_logged_in() {
    for transport in [Transport::Bearer, Transport::Cookie] {
        let served = served(transport).await;
        let browser = Browser::at(&served).await;
        for page in ["login", "register", "forgot", "verify", "me"] {
            browser.open(&format!("/account/{page}")).await;
        }
        browser.arrives("/account/login").await;
        let failed = browser.failed_requests().await;
        assert!(failed.is_empty(), "{failed:?}");
        browser.end().await;
    }
}

#[tokio::test]
async fn tabs_notice_who_comes_and_goes_in_another() {
    for transport in [Transport::Bearer, Transport::Cookie] {
        let served = served(transport).await;
        served.account(ADA, |_| ()).await;
        let browser = Browser::at(&served).await;
        browser.open("/account/register").await;
        browser.open_tab("/account/login").await;
        browser.log_in(ADA, PASSWORD).await;
        browser.is_home_of(ADA).await;
        browser.go_to_tab(0).await;
        browser.is_home_of(ADA).await;
        browser.press("[data-rs-action=logout]").await;
        browser.arrives("/account/login").await;
        browser.go_to_tab(1).await;
        browser.arrives("/account/login").await;
        browser.shows("You're logged out.").await;
        browser.end().await;
    }
}

#[tokio::test]
async fn a_language_is_chosen_for_the_account_and_comes_from_the_sign_up() {
    let served = served(Transport::Cookie).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register?lang=de").await;
    browser.fill("[name=email]", ADA).await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.find("[data-rs-done]").await;
    let token = served.mailed_token(ADA, 1).await;
    served.verify(&token).await.is(200);
    let language = async || served.user(ADA).await.public().language;
    assert_eq!(language().await.as_deref(), Some("de"));
    browser.log_in(ADA, PASSWORD).await;
    browser.is_home_of(ADA).await;
    browser.shows("Ihr Konto").await;
    browser.open_section("language").await;
    let choose = "document.querySelector('#language-choice').value = 'fr'";
    browser.js(choose, vec![]).await;
    browser.send("update-language").await;
    browser.shows("Votre langue a été enregistrée.").await;
    assert_eq!(language().await.as_deref(), Some("fr"));
    assert_eq!(served.mails(ADA, 1).await.len(), 1);
    browser.end().await;
    // Another browser, which prefers English, shows the account in its own language.
    let other = Browser::at(&served).await;
    other.open("/account/login").await;
    other.shows("Forgot your password?").await;
    other.log_in(ADA, PASSWORD).await;
    other.shows("Votre compte").await;
    other.open("/account/me?lang=en").await;
    other.shows("Your account").await;
    other.end().await;
}

#[tokio::test]
async fn password_managers_find_whose_password_it_is() {
    let served = served(Transport::Bearer).await;
    let browser = at_home(&served, ADA).await;
    let named = "return [...document.querySelectorAll('form:has([type=password])')].every((form) => \
        form.querySelector('[autocomplete=username]')?.value === 'ada@example.com' && \
        [...form.querySelectorAll('[type=password]')].every((input) => \
        input.autocomplete === (input.name === 'new_password' ? 'new-password' : 'current-password')))";
    browser.until("a name with every password", named).await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser.open("/account/forgot").await;
    browser.fill("[name=email]", ADA).await;
    browser.send("forgot").await;
    browser.find("[data-rs-done]").await;
    let token = served.mailed_token(ADA, 1).await;
    browser
        .open(&format!("/account/reset-password?token={token}"))
        .await;
    browser.until("a name with the new password", named).await;
    browser.end().await;
}

#[tokio::test]
async fn an_international_address_is_shown_as_people_write_it_unless_it_deceives() {
    let served = served(Transport::Bearer).await;
    for (email, shown) in [
        ("ada@xn--mller-kva.example", "ada@müller.example"),
        ("ada@xn--fsqu00a.xn--0zwm56d", "ada@例子.测试"),
        // аррӏе in Cyrillic letters, and one of two scripts.
        ("ada@xn--80ak6aa92e.example", "ada@xn--80ak6aa92e.example"),
        ("ada@xn--pple-43d.example", "ada@xn--pple-43d.example"),
    ] {
        let browser = Browser::at(&served).await;
        browser.open("/account/forgot").await;
        browser.fill("[name=email]", email).await;
        browser.send("forgot").await;
        browser.find("[data-rs-done]").await;
        let script =
            "return document.querySelector('[data-rs-done] [data-rs-field=email]').textContent";
        assert_eq!(browser.js(script, vec![]).await, shown);
        browser.end().await;
    }
}

#[tokio::test]
async fn an_unconfirmed_address_is_confirmed_from_the_account() {
    let served = served_with(Transport::Cookie, |settings| {
        settings.features.require_verification = false;
    })
    .await;
    served
        .account(ADA, |account| account.is_verified = false)
        .await;
    let browser = Browser::at(&served).await;
    browser.log_in(ADA, PASSWORD).await;
    browser.is_home_of(ADA).await;
    browser.shows("Not confirmed").await;
    browser.send("resend-verification").await;
    browser.shows("a new link is on its way").await;
    browser.shows("You can ask for a new one in").await;
    browser.open(&link(&served, ADA, 1).await).await;
    browser.send("verify").await;
    browser.shows("Your email address is confirmed").await;
    browser.open("/account/me").await;
    browser.is_home_of(ADA).await;
    browser.shows("Confirmed").await;
    let offered = "return document.querySelector('[data-rs-unconfirmed]').checkVisibility()";
    assert_eq!(browser.js(offered, vec![]).await, false);
    browser.end().await;
}

#[tokio::test]
async fn all_that_is_kept_is_downloaded_as_a_file() {
    for transport in [Transport::Bearer, Transport::Cookie] {
        let served = served(transport).await;
        let browser = at_home(&served, ADA).await;
        let watch = "window.kept = {}; \
            HTMLAnchorElement.prototype.click = function () { window.kept.name = this.download; }; \
            const make = URL.createObjectURL; \
            URL.createObjectURL = (blob) => { blob.text().then((text) => { window.kept.file = text; }); return make.call(URL, blob); };";
        browser.js(watch, vec![]).await;
        browser.press("[data-rs-action=export-data]").await;
        browser
            .until("a file", "return Boolean(window.kept.file)")
            .await;
        let kept = browser.js("return window.kept", vec![]).await;
        assert_eq!(kept["name"], "account-data.json");
        let data: serde_json::Value = serde_json::from_str(kept["file"].as_str().unwrap()).unwrap();
        assert_eq!(data["account"]["email"], ADA);
        let mut events = data["events"].as_array().unwrap().iter();
        assert!(
            events.any(|event| event["type"] == "data_exported"),
            "{data}"
        );
        browser.end().await;
    }
}
