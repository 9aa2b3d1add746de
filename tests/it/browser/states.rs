//! What goes wrong, and what the pages say then.

use jiff::SignedDuration;
use regstack::internals::config::Transport;
use serde_json::{Value, json};

use super::{at_home, link, served, served_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::browser::Browser;
use crate::support::fake_provider::FakeProvider;

const ADA: &str = "ada@example.com";

/// The fields that are marked, with what is said about each, and which of them has the focus.
async fn marked(browser: &Browser) -> Value {
    let script = "return [[...document.querySelectorAll('[aria-invalid=true]')].map((input) => \
                  [input.name, input.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id)) \
                  .find((note) => note.className === 'rs-error').textContent]), document.activeElement.name]";
    browser.js(script, vec![]).await
}

/// The errors that can be read.
const ERRORS: &str = "return [...document.querySelectorAll('[data-rs-tone=error]:not(:empty), .rs-error')] \
    .filter((place) => place.checkVisibility()).map((place) => place.textContent)";

#[tokio::test]
async fn faults_stand_at_their_fields_and_the_first_has_the_focus() {
    let served = served(Transport::Bearer).await;
    served.account("taken@example.com", |_| ()).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register").await;
    browser.fill("[name=email]", "ada").await;
    browser.fill("[name=password]", "seven77").await;
    browser.send("register").await;
    assert_eq!(
        marked(&browser).await,
        json!([[["password", "Use at least 8 characters."]], "password"])
    );
    // What is being mended is not wrong any more.
    browser.fill("[name=password]", PASSWORD).await;
    assert_eq!(marked(&browser).await[0], json!([]));
    browser.send("register").await;
    // What an email address is, the server alone says.
    browser
        .shows("Enter an email address like ada@example.com.")
        .await;
    assert_eq!(marked(&browser).await[1], "email");
    browser.fill("[name=email]", "taken@example.com").await;
    browser.send("register").await;
    browser
        .shows("There's already an account with this email address.")
        .await;
    browser.press(".rs-error a").await;
    browser.arrives("/account/login").await;
    browser.fill("[name=email]", "").await;
    browser.send("login").await;
    assert_eq!(
        marked(&browser).await[0],
        json!([
            ["email", "Enter your email address."],
            ["password", "Enter your password."]
        ])
    );
    browser.end().await;
}

#[tokio::test]
async fn a_message_is_announced_and_a_lockout_counts_down() {
    let served = served(Transport::Bearer).await;
    served.account(ADA, |_| ()).await;
    let browser = Browser::at(&served).await;
    for _ in 0..5 {
        served.log_in(ADA, "wrong").await.is(401);
    }
    served.pass(SignedDuration::from_secs(5));
    browser.log_in(ADA, PASSWORD).await;
    browser
        .shows("Too many failed attempts. You can try again in 14 min")
        .await;
    let said = browser
        .js("const said = [...document.querySelectorAll('[role=alert]')].find((place) => place.textContent); \
             return [said.dataset.rsTone, said.hidden, said.querySelector('time').getAttribute('aria-live'), said.querySelector('time').textContent]", vec![])
        .await;
    assert_eq!(
        said.as_array().unwrap()[..3],
        [json!("error"), json!(false), json!("off")]
    );
    let shown = said[3].as_str().unwrap();
    let script = format!(
        "return document.querySelector('time').textContent !== {}",
        Value::from(shown)
    );
    browser.until("another second", &script).await;
    browser
        .shows("Reset your password to unlock your account now.")
        .await;
    // The form works again at once: the answer, not the clock, decides.
    served.pass(SignedDuration::from_mins(16));
    browser.log_in(ADA, PASSWORD).await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}

/// Makes the page's requests wait until they are let go, and counts them.
const HOLD: &str = "window.asked = 0; const fetch = window.fetch; \
    const gate = new Promise((open) => { window.letGo = open; }); \
    window.fetch = async (...what) => { window.asked += 1; await gate; return fetch(...what); };";

#[tokio::test]
async fn a_form_that_waits_is_not_sent_twice() {
    let served = served(Transport::Cookie).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register").await;
    browser.js(HOLD, vec![]).await;
    browser.fill("[name=email]", ADA).await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.send("register").await;
    browser
        .find("[name=password]")
        .await
        .send_keys("\u{e007}")
        .await
        .unwrap();
    let waiting = browser
        .js("const form = document.querySelector('[data-rs-form=register]'); const button = form.querySelector('[type=submit]'); \
             return [window.asked, form.ariaBusy, button.ariaDisabled, form.contains(document.activeElement)]", vec![])
        .await;
    assert_eq!(waiting, json!([1, "true", "true", true]));
    browser.js("window.letGo()", vec![]).await;
    browser.shows("Check your email").await;
    served.mails(ADA, 1).await;
    browser.end().await;
}

#[tokio::test]
async fn a_session_that_ended_leads_to_the_login_and_back() {
    for transport in [Transport::Bearer, Transport::Cookie] {
        let served = served(transport).await;
        let browser = at_home(&served, ADA).await;
        browser.open_section("name").await;
        served.pass(SignedDuration::from_hours(3));
        browser.send("update-profile").await;
        // Back to the section afterwards.
        browser
            .arrives("/account/login?next=%2Faccount%2Fme%23name")
            .await;
        browser.shows("You've been logged out.").await;
        // Nothing has failed.
        let script = "const said = [...document.querySelectorAll('[data-rs-message]')].find((place) => place.textContent); \
            return [said.dataset.rsTone, said.role]";
        assert_eq!(
            browser.js(script, vec![]).await,
            json!(["status", "status"])
        );
        browser.reload().await;
        assert!(
            !browser.text().await.contains("been logged out"),
            "said once"
        );
        browser.log_in(ADA, PASSWORD).await;
        browser.is_home_of(ADA).await;
        // A page of somebody's own may ask for a login, too.
        browser.press("[data-rs-action=logout]").await;
        browser.arrives("/account/login").await;
        browser.open("/account/login?next=%2Fhealthz%3Fa%23b").await;
        browser.log_in(ADA, PASSWORD).await;
        browser.arrives("/healthz?a").await;
        browser.end().await;
    }
}

#[tokio::test]
async fn a_login_leads_to_no_other_site() {
    let served = served(Transport::Bearer).await;
    let browser = at_home(&served, ADA).await;
    // Whoever is logged in is sent on at once, by the same rule.
    for evil in [
        "https://evil.example/",
        "//evil.example",
        "%2f%2fevil.example",
        "/%5Cevil.example",
        "/%252f%252fevil.example",
        "/%255cevil.example",
        "%5c%5cevil.example",
        "/%09/evil.example",
        "/.//evil.example",
        "/a/..//evil.example",
        "%0a//evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "",
    ] {
        browser.open(&format!("/account/login?next={evil}")).await;
        browser.is_home_of(ADA).await;
    }
    browser.end().await;
}

#[tokio::test]
async fn a_server_that_is_away_or_talks_nonsense_is_said_to_be() {
    let served = served(Transport::Bearer).await;
    let browser = at_home(&served, ADA).await;
    let answer = |answer: &str| format!("window.fetch = async () => {answer}");
    browser.open_section("name").await;
    for (fetch, words) in [
        (
            "new Response('<h1>Bad Gateway</h1>', {status: 502})",
            "We can't reach the server.",
        ),
        (
            "new Response('<h1>Hello</h1>', {status: 200})",
            "That didn't work.",
        ),
        ("new Response('[]', {status: 418})", "That didn't work."),
        (
            "new Response('{\"code\": \"internal\"}', {status: 500, headers: {'x-request-id': 'abc-1'}})",
            "quote this code: abc-1",
        ),
        (
            "{ throw new TypeError('Failed to fetch') }",
            "We can't reach the server.",
        ),
        (
            "{ throw new DOMException('x', 'TimeoutError') }",
            "taking too long to answer",
        ),
        (
            "new Response('{\"code\": \"overloaded\"}', {status: 503, headers: {'retry-after': '2'}})",
            "You can try again in",
        ),
    ] {
        browser.js(&answer(fetch), vec![]).await;
        browser.send("update-profile").await;
        browser.shows(words).await;
    }
    browser.shows("You can try again now.").await;
    // Not "logged out" before the server has said so.
    browser
        .js(&answer("{ throw new TypeError('x') }"), vec![])
        .await;
    browser.press("[data-rs-action=logout]").await;
    browser.shows("You're still logged in.").await;

    // A page that was loaded before the server went away, and then loads what is its own.
    browser.devtools("Network.enable", json!({})).await;
    browser
        .devtools("Network.setBlockedURLs", json!({"urls": ["*/api/auth/me"]}))
        .await;
    browser.open("/account/me").await;
    browser.shows("We can't reach the server.").await;
    browser
        .devtools("Network.setBlockedURLs", json!({"urls": []}))
        .await;
    browser.press(".rs-again").await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}

#[tokio::test]
async fn a_dead_link_says_so_and_what_to_do() {
    let served = served(Transport::Bearer).await;
    served.register(ADA).await.is(201);
    let browser = Browser::at(&served).await;
    let first = link(&served, ADA, 1).await;
    browser.open(&first).await;
    browser.send("verify").await;
    browser.shows("Your email address is confirmed").await;
    // Done is done, by whatever way it is come back to.
    browser.reload().await;
    browser.shows("Your email address is confirmed").await;
    browser.open(&first).await;
    browser.send("verify").await;
    browser
        .shows("This link has expired or was already used.")
        .await;
    browser.fill("[data-rs-renew] [name=email]", ADA).await;
    browser.send("resend-verification").await;
    browser.shows("a new link is on its way").await;
    for (page, words) in [
        ("reset-password", "Get a new link"),
        ("confirm-email-change", "Go to your account"),
    ] {
        browser.open(&format!("/account/{page}?token=abc")).await;
        if page == "reset-password" {
            browser.fill("[name=new_password]", PASSWORD).await;
            browser.send("reset").await;
        } else {
            browser.send(page).await;
        }
        browser
            .shows("This link has expired or was already used.")
            .await;
        browser.shows(words).await;
    }
    browser.open("/account/mfa-confirm").await;
    browser.arrives("/account/login").await;
    browser.end().await;
}

#[tokio::test]
async fn a_code_that_is_late_leads_back_to_the_login() {
    let served = served(Transport::Bearer).await;
    let number = "+447700900124";
    served.signed_in_with_phone(ADA, number).await;
    let browser = Browser::at(&served).await;
    browser.log_in(ADA, PASSWORD).await;
    browser.arrives("/account/mfa-confirm").await;
    let code = served.code_sent_to(number, 2).await;
    served.pass(SignedDuration::from_mins(6));
    browser.fill("#code", &code).await;
    browser.send("mfa-confirm").await;
    browser.arrives("/account/login").await;
    browser.shows("Log in again to get a new one.").await;
    browser.end().await;
}

#[tokio::test]
async fn what_another_tab_does_counts() {
    let served = served(Transport::Bearer).await;
    let browser = at_home(&served, ADA).await;
    // As the other tab's page does it; a tab is not told of its own doing.
    browser
        .js("localStorage.removeItem('regstack.access_token'); \
             dispatchEvent(new StorageEvent('storage', {key: 'regstack.access_token', newValue: null}))", vec![])
        .await;
    browser.arrives("/account/login").await;
    browser.shows("You're logged out.").await;
    browser.end().await;
}

#[tokio::test]
async fn an_unconfirmed_address_and_a_disabled_account_are_told_apart_and_helped() {
    let served = served(Transport::Bearer).await;
    served
        .account(ADA, |account| account.is_verified = false)
        .await;
    let browser = Browser::at(&served).await;
    browser.log_in(ADA, PASSWORD).await;
    browser
        .shows("You haven't confirmed your email address yet.")
        .await;
    browser.press(".rs-message a").await;
    browser.arrives("/account/verify").await;
    browser.shows("Get a new link").await;
    assert_eq!(
        browser.js(ERRORS, vec![]).await,
        json!([]),
        "nothing has failed"
    );
    let typed = "return document.querySelector('form:not([hidden]) [name=email]').value";
    assert_eq!(browser.js(typed, vec![]).await, ADA);
    browser.send("resend-verification").await;
    browser.open(&link(&served, ADA, 1).await).await;
    browser.send("verify").await;
    browser.shows("Your email address is confirmed").await;
    browser.press("[data-rs-done] a").await;
    browser.arrives("/account/login").await;
    assert_eq!(browser.js(typed, vec![]).await, ADA);
    browser.keys(PASSWORD).await;
    browser.keys("\u{e007}").await;
    browser.is_home_of(ADA).await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    assert_eq!(browser.js(typed, vec![]).await, "", "who left is forgotten");
    served.account("off@example.com", |_| ()).await;
    served.operator().disable("off@example.com").await;
    browser.log_in("off@example.com", PASSWORD).await;
    browser.shows("This account is disabled.").await;
    browser.end().await;
}

#[tokio::test]
async fn an_address_opens_the_section_it_names_through_the_login_and_on_the_page() {
    for transport in [Transport::Bearer, Transport::Cookie] {
        let served = served(transport).await;
        served.account(ADA, |_| ()).await;
        let browser = Browser::at(&served).await;
        browser.open("/account/me#password").await;
        browser
            .arrives("/account/login?next=%2Faccount%2Fme%23password")
            .await;
        browser.log_in(ADA, PASSWORD).await;
        browser.is_home_of(ADA).await;
        let open = |id: &str| {
            format!("return location.hash === '#{id}' && document.querySelector('#{id}').open")
        };
        browser.until("an open section", &open("password")).await;
        // An address that differs by that alone loads nothing.
        browser.open("/account/me#email").await;
        browser.until("another one", &open("email")).await;
        // Who leaves on purpose is not led back.
        browser.press("[data-rs-action=logout]").await;
        browser.arrives("/account/login").await;
        browser.end().await;
    }
}

#[tokio::test]
async fn after_a_wrong_password_the_next_one_is_typed_over_it() {
    let served = served(Transport::Bearer).await;
    served.account(ADA, |_| ()).await;
    let browser = Browser::at(&served).await;
    browser.log_in(ADA, "wrong").await;
    browser.shows("Wrong email or password.").await;
    let script = "const here = document.activeElement; return [here.name, here.selectionStart, here.selectionEnd]";
    assert_eq!(
        browser.js(script, vec![]).await,
        json!(["password", 0, "wrong".len()])
    );
    browser.keys(&format!("{PASSWORD}\u{e007}")).await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}

#[tokio::test]
async fn a_hint_is_silent_while_an_error_says_the_same() {
    let served = served(Transport::Bearer).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register").await;
    browser.fill("[name=email]", ADA).await;
    browser.fill("[name=password]", "seven77").await;
    browser
        .shows("At least 8 characters. A few unrelated words work best.")
        .await;
    browser.send("register").await;
    // What is read out about the field, and what can be read below it.
    let script = "const input = document.querySelector('[name=password]'); \
        const notes = [...input.closest('.rs-field').querySelectorAll('p')].filter((note) => note.checkVisibility()); \
        return [input.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent), \
            notes.map((note) => note.textContent)]";
    let error = "Use at least 8 characters.";
    assert_eq!(browser.js(script, vec![]).await, json!([[error], [error]]));
    browser.keys("\u{e010}7").await;
    let rule = "At least 8 characters. A few unrelated words work best.";
    assert_eq!(browser.js(script, vec![]).await, json!([[rule], [rule]]));
    browser.end().await;
}

#[tokio::test]
async fn waiting_begins_with_the_yes_and_not_with_the_question() {
    let served = served(Transport::Cookie).await;
    let browser = at_home(&served, ADA).await;
    browser.js(HOLD, vec![]).await;
    browser.press("[data-rs-action=open-delete]").await;
    browser.fill("#delete-current", PASSWORD).await;
    let waiting = "return [window.asked, document.querySelectorAll('[aria-busy=true], [aria-disabled=true]').length]";
    assert_eq!(browser.js(waiting, vec![]).await, json!([0, 0]));
    browser.send("delete-account").await;
    browser
        .find("[data-rs-form=delete-account][aria-busy=true]")
        .await;
    assert_eq!(browser.js(waiting, vec![]).await, json!([1, 2]));
    browser.js("window.letGo()", vec![]).await;
    browser.shows("Your account was deleted.").await;
    browser.end().await;
}

#[tokio::test]
async fn a_name_that_nobody_gave_is_said_to_be_missing() {
    let served = served(Transport::Bearer).await;
    let browser = at_home(&served, ADA).await;
    let shown = "return [document.querySelector('[data-rs-field=full_name]').textContent, document.querySelector('#full_name').value]";
    assert_eq!(browser.js(shown, vec![]).await, json!(["Not given", ""]));
    browser.end().await;
}

#[tokio::test]
async fn an_email_address_that_the_api_takes_is_taken_by_the_page() {
    let served = served(Transport::Bearer).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register").await;
    browser.fill("[name=email]", "müller@example.de").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.shows("Check your email").await;
    browser.end().await;

    let without = served
        .sibling_with(|settings| settings.email.allow_utf8_email = Some(false))
        .await;
    let browser = Browser::at(&without).await;
    browser.open("/account/register").await;
    browser.fill("[name=email]", "andr\u{e9}@example.com").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser
        .shows("Use one without special characters before the @.")
        .await;
    assert_eq!(marked(&browser).await[1], "email");
    browser.end().await;
}

#[tokio::test]
async fn without_scripts_nothing_is_shown_that_needs_them() {
    let provider = FakeProvider::new().await;
    let served = served_with(Transport::Bearer, |settings| {
        settings.oauth.providers = vec![provider.settings("idp")];
    })
    .await;
    let browser = Browser::at(&served).await;
    let off = json!({"value": true});
    browser
        .devtools("Emulation.setScriptExecutionDisabled", off)
        .await;
    for (page, dead) in [
        ("login", "Password"),
        ("login", "Continue with"),
        ("forgot", "Enter your email address"),
        ("mfa-confirm", "We sent"),
        ("me", "Delete account"),
    ] {
        browser.open(&format!("/account/{page}")).await;
        browser.shows("This page needs JavaScript.").await;
        let text = browser.text().await;
        assert!(!text.contains(dead), "{page}: {text}");
    }
    browser.open("/account/nowhere").await;
    browser.shows("Page not found").await;
    assert!(!browser.text().await.contains("JavaScript"));
    browser.end().await;
}

#[tokio::test]
async fn what_the_api_says_of_a_field_is_in_the_language_of_the_page() {
    let served = served(Transport::Bearer).await;
    let browser = at_home(&served, ADA).await;
    browser.open("/account/me?lang=de").await;
    browser.shows(ADA).await;
    browser.open_section("second-step").await;
    browser.fill("#phone_number", "12").await;
    browser.fill("#phone-current", PASSWORD).await;
    browser.send("phone-setup-start").await;
    browser
        .shows("Geben Sie eine Telefonnummer mit Landesvorwahl ein")
        .await;
    browser.open_section("name").await;
    // More accents than a letter has.
    let name = "document.querySelector('#full_name').value = 'e' + '\u{301}'.repeat(20)";
    browser.js(name, vec![]).await;
    browser.send("update-profile").await;
    browser.find("#name .rs-error").await;
    let said = "return document.querySelector('#name .rs-error').textContent";
    let said = browser.js(said, vec![]).await;
    assert_eq!(said, "Name: Das Format stimmt nicht.");
    browser.end().await;
}
