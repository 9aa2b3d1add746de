//! Everything without a pointer.

use regstack::internals::config::Transport;
use serde_json::{Value, json};

use super::{at_home, link, served};
use crate::support::actor::PASSWORD;
use crate::support::browser::Browser;

const ADA: &str = "ada@example.com";
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const SPACE: &str = "\u{e00d}";
const BACKSPACE: &str = "\u{e003}";
const ESCAPE: &str = "\u{e00c}";

/// What has the focus: its name, or what it says; and whether that is seen.
async fn focus(browser: &Browser) -> Value {
    let script = "const here = document.activeElement; const style = getComputedStyle(here); \
        return [here.name || ((here.matches('summary') && here.querySelector('.rs-row-label')) || here).textContent.trim(), here.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]";
    browser.js(script, vec![]).await
}

#[tokio::test]
async fn signing_up_and_logging_in_need_no_pointer_and_the_focus_is_seen() {
    let served = served(Transport::Cookie).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register").await;
    assert_eq!(focus(&browser).await, json!(["email", true]));
    browser.keys(&format!("{ADA}{TAB}Ada{TAB}{PASSWORD}")).await;
    browser.keys(TAB).await;
    assert_eq!(focus(&browser).await, json!(["Show", true]));
    browser.keys(SPACE).await;
    let shown = browser
        .js("const input = document.querySelector('[name=password]'); return [input.type, input.value, document.activeElement.getAttribute('aria-label')]", vec![])
        .await;
    assert_eq!(shown, json!(["text", PASSWORD, "Hide password"]));
    browser.keys(TAB).await;
    assert_eq!(focus(&browser).await, json!(["Create account", true]));
    browser.keys(ENTER).await;
    browser.shows("Check your email").await;
    // The heading is read out, and the next key leads on from there.
    assert_eq!(focus(&browser).await[0], "Check your email");
    browser.keys(TAB).await;
    assert_eq!(focus(&browser).await, json!(["Send new link", true]));

    // As in another browser: this one would be logged in.
    browser.forget_cookies().await;
    browser.open(&link(&served, ADA, 1).await).await;
    // Past the brand to the one button.
    browser.keys(&format!("{TAB}{TAB}")).await;
    assert_eq!(
        focus(&browser).await,
        json!(["Confirm email address", true])
    );
    browser.keys(ENTER).await;
    browser.shows("Your email address is confirmed").await;
    browser.keys(&format!("{TAB}{ENTER}")).await;
    browser.arrives("/account/login").await;
    browser
        .until(
            "a page that listens",
            "return document.activeElement.name === 'password'",
        )
        .await;
    // Who was just confirmed need not say who they are.
    browser.keys(&format!("wrong{ENTER}")).await;
    browser.shows("Wrong email or password.").await;
    // Nothing was thrown away: not the focus, not what was typed.
    assert_eq!(focus(&browser).await, json!(["password", true]));
    browser.keys(&BACKSPACE.repeat("wrong".len())).await;
    browser.keys(&format!("{PASSWORD}{ENTER}")).await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}

#[tokio::test]
async fn the_account_needs_no_pointer() {
    let served = served(Transport::Cookie).await;
    let browser = at_home(&served, ADA).await;
    let mut stops = Vec::new();
    for _ in 0..10 {
        browser.keys(TAB).await;
        let at = focus(&browser).await;
        assert_eq!(at[1], true, "{at} is not seen to have the focus");
        stops.push(at[0].as_str().unwrap().to_owned());
    }
    assert_eq!(
        stops[1..],
        [
            "Log out",
            "Name",
            "Email address",
            "Language",
            "Password",
            "Two-step verification",
            "Log out everywhere else",
            "Download your data",
            "Delete account"
        ]
    );
    browser.keys(ENTER).await;
    browser.find("dialog[open]").await;
    browser.shows("You can't undo this.").await;
    assert_eq!(focus(&browser).await, json!(["current_password", true]));
    browser.keys(PASSWORD).await;
    browser.keys(ESCAPE).await;
    let closed = "return !document.querySelector('dialog[open]')";
    browser.until("an end of the question", closed).await;
    // Nothing is lost but what was typed into it.
    assert_eq!(focus(&browser).await, json!(["Delete account", true]));
    browser.keys(ENTER).await;
    browser.find("dialog[open]").await;
    let typed = "return document.querySelector('#delete-current').value";
    assert_eq!(browser.js(typed, vec![]).await, "");
    // The careful answer comes first; the focus stays within the question.
    browser.keys(&format!("{PASSWORD}{TAB}{TAB}")).await;
    assert_eq!(focus(&browser).await, json!(["Cancel", true]));
    browser.keys(TAB).await;
    assert_eq!(focus(&browser).await, json!(["Delete account", true]));
    browser.keys(ENTER).await;
    browser.shows("Your account was deleted.").await;
    browser.end().await;
}

/// Goes from stop to stop until one is named so. It is seen to have the focus.
async fn go_to(browser: &Browser, name: &str) {
    // Without a screen a page that came by a script may name its field while its window never gets the focus.
    browser
        .devtools(
            "Emulation.setFocusEmulationEnabled",
            json!({"enabled": true}),
        )
        .await;
    for _ in 0..40 {
        let at = focus(browser).await;
        if at[0] == name {
            assert_eq!(at[1], true, "{at} is not seen to have the focus");
            return;
        }
        browser.keys(TAB).await;
    }
    panic!("no key leads to {name}");
}

/// Opens a section of the account.
async fn unfold(browser: &Browser, section: &str) {
    go_to(browser, section).await;
    browser.keys(ENTER).await;
}

/// Types a text into a field.
async fn type_into(browser: &Browser, field: &str, text: &str) {
    go_to(browser, field).await;
    browser.keys(text).await;
}

/// Logs in at the login; the email address is there already, unless one has logged out.
async fn log_in(browser: &Browser, email: &str, password: &str) {
    browser.arrives("/account/login").await;
    let listens = "return ['email', 'password'].includes(document.activeElement.name)";
    browser.until("a page that listens", listens).await;
    if focus(browser).await[0] == "email" {
        browser.keys(&format!("{email}{TAB}")).await;
    }
    let filled_in = "return document.querySelector('[name=email]').value";
    assert_eq!(browser.js(filled_in, vec![]).await, email);
    browser.keys(&format!("{password}{ENTER}")).await;
}

#[tokio::test]
async fn names_passwords_addresses_and_phones_change_without_a_pointer() {
    let (new, countess, number) = (
        "another horse, another battery",
        "countess@example.com",
        "+447700900123",
    );
    let served = served(Transport::Cookie).await;
    served.account(ADA, |_| ()).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/forgot").await;
    type_into(&browser, "email", &format!("{ADA}{ENTER}")).await;
    browser.shows("Check your email").await;
    browser.open(&link(&served, ADA, 1).await).await;
    type_into(&browser, "new_password", &format!("{new}{ENTER}")).await;
    log_in(&browser, ADA, new).await;
    browser.is_home_of(ADA).await;

    unfold(&browser, "Name").await;
    type_into(&browser, "full_name", &format!("Ada{ENTER}")).await;
    browser.shows("Your name was saved.").await;

    unfold(&browser, "Password").await;
    type_into(&browser, "current_password", new).await;
    type_into(&browser, "new_password", &format!("{PASSWORD}{ENTER}")).await;
    browser.shows("Your password was changed.").await;

    unfold(&browser, "Email address").await;
    type_into(&browser, "new_email", countess).await;
    type_into(&browser, "current_password", &format!("{PASSWORD}{ENTER}")).await;
    browser.shows("We sent a link to").await;
    browser.open(&link(&served, countess, 1).await).await;
    go_to(&browser, "Use new email address").await;
    browser.keys(ENTER).await;
    browser.shows("Your email address was changed").await;
    browser.keys(&format!("{TAB}{ENTER}")).await;
    log_in(&browser, countess, PASSWORD).await;
    browser.is_home_of(countess).await;

    unfold(&browser, "Two-step verification").await;
    type_into(&browser, "phone_number", number).await;
    type_into(&browser, "current_password", &format!("{PASSWORD}{ENTER}")).await;
    browser.shows("We sent a code to").await;
    let code = served.code_sent_to(number, 1).await;
    type_into(&browser, "code", &format!("{code}{ENTER}")).await;
    browser.shows("Two-step verification is on.").await;
    browser.open("/account/me").await;
    browser.is_home_of(countess).await;
    go_to(&browser, "Log out").await;
    browser.keys(ENTER).await;
    log_in(&browser, countess, PASSWORD).await;
    browser.arrives("/account/mfa-confirm").await;
    let code = served.code_sent_to(number, 2).await;
    type_into(&browser, "code", &format!("{code}{ENTER}")).await;
    browser.is_home_of(countess).await;
    unfold(&browser, "Two-step verification").await;
    type_into(&browser, "current_password", &format!("{PASSWORD}{ENTER}")).await;
    browser.shows("We removed your phone number.").await;
    browser.end().await;
}
