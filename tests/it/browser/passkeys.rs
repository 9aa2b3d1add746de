//! Passkeys on the pages, with Chromium's own authenticators: added, offered, used, named, removed, copied, and the last of them.

use jiff::SignedDuration;
use regstack::internals::config::Transport;
use serde_json::{Value, json};

use super::look::{axe, is_well};
use super::{link, served_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::browser::Browser;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
const BUTTON: &str = "[data-rs-action=passkey]";
/// Whoever is not verified is taken for it.
const LAX: &str = "for (const act of ['create', 'get']) { const real = navigator.credentials[act].bind(navigator.credentials); \
    navigator.credentials[act] = (options) => { const { publicKey } = options; publicKey.userVerification = 'discouraged'; \
        if (publicKey.authenticatorSelection) publicKey.authenticatorSelection.userVerification = 'discouraged'; \
        return real(options); }; }";

async fn with_passkeys(transport: Transport) -> Served {
    served_with(transport, |settings| {
        settings.features.enable_passkeys = true;
        settings.pages.email_undo_url_template =
            Some("{base_url}/account/undo-email-change?token={token}".to_owned());
    })
    .await
}

/// A browser at the name that passkeys are for.
pub(super) async fn browser_at(served: &Served) -> Browser {
    let browser = Browser::at_origin(&named(served)).await;
    browser.devtools("WebAuthn.enable", json!({})).await;
    browser
}

fn named(served: &Served) -> String {
    served.origin.replace("127.0.0.1", "localhost")
}

/// An authenticator that is plugged in.
pub(super) struct Device<'a> {
    browser: &'a Browser,
    id: String,
}

impl<'a> Device<'a> {
    pub(super) async fn plugged_in(browser: &'a Browser) -> Self {
        Self::like(browser, true).await
    }

    /// One that can verify its user, or cannot.
    async fn like(browser: &'a Browser, verifies: bool) -> Self {
        let options = json!({"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal",
            "hasResidentKey": true, "hasUserVerification": verifies, "isUserVerified": verifies,
            "automaticPresenceSimulation": true});
        let added = browser
            .devtools(
                "WebAuthn.addVirtualAuthenticator",
                json!({"options": options}),
            )
            .await;
        Self {
            browser,
            id: added["authenticatorId"].as_str().unwrap().to_owned(),
        }
    }

    async fn does(&self, command: &str, mut arguments: Value) -> Value {
        arguments["authenticatorId"] = self.id.clone().into();
        self.browser
            .devtools(&format!("WebAuthn.{command}"), arguments)
            .await
    }

    /// Whether somebody touches it as soon as it blinks.
    async fn is_touched(&self, touched: bool) {
        self.does(
            "setAutomaticPresenceSimulation",
            json!({"enabled": touched}),
        )
        .await;
    }

    /// Whether it knows who is there.
    pub(super) async fn verifies(&self, verified: bool) {
        self.does("setUserVerified", json!({"isUserVerified": verified}))
            .await;
    }

    async fn credentials(&self) -> Vec<Value> {
        let answer = self.does("getCredentials", json!({})).await;
        answer["credentials"].as_array().unwrap().clone()
    }

    async fn is_gone(&self) {
        self.does("removeVirtualAuthenticator", json!({})).await;
    }
}

/// Logs in by password, and adds a passkey of this name on the account's page.
pub(super) async fn adds(browser: &Browser, name: &str) {
    browser.fill("#passkey-name", name).await;
    browser.fill("#passkey-current", PASSWORD).await;
    browser.send("passkey-add").await;
    browser.shows("Passkey added.").await;
    lists(browser, name).await;
}

async fn lists(browser: &Browser, name: &str) {
    let script = format!(
        "return [...document.querySelectorAll('[data-rs-passkey-list] .rs-row-label')].some((label) => label.textContent === {})",
        Value::from(name)
    );
    browser.until(name, &script).await;
}

/// Ada, logged in by her password, with a device that keeps a passkey of hers.
async fn ada<'a>(served: &Served, browser: &'a Browser) -> Device<'a> {
    served.account(ADA, |_| ()).await;
    browser.log_in(ADA, PASSWORD).await;
    browser.is_home_of(ADA).await;
    let device = Device::plugged_in(browser).await;
    browser.open_section("passkeys").await;
    adds(browser, "Laptop").await;
    device
}

/// Logs out, and stays at the login: nobody touches the device.
async fn leaves(browser: &Browser, device: &Device<'_>) {
    device.is_touched(false).await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
}

async fn logs_in_by_button(browser: &Browser, device: &Device<'_>) {
    browser.find(BUTTON).await;
    device.is_touched(true).await;
    browser.press(BUTTON).await;
}

async fn two_passkeys_are_added_used_named_and_removed(transport: Transport) {
    let served = with_passkeys(transport).await;
    let browser = browser_at(&served).await;
    let device = ada(&served, &browser).await;
    // The first device has one already, and says so.
    browser.fill("#passkey-name", "Again").await;
    browser.fill("#passkey-current", PASSWORD).await;
    browser.send("passkey-add").await;
    browser.shows("This passkey was already added.").await;
    device.is_gone().await;
    let phone = Device::plugged_in(&browser).await;
    adds(&browser, "Phone").await;
    browser.shows("2 passkeys").await;

    browser.press("[aria-label='Rename Phone']").await;
    browser.fill("#passkey-new-name", "Old phone").await;
    browser.send("passkey-rename").await;
    browser.shows("Passkey renamed.").await;
    lists(&browser, "Old phone").await;

    leaves(&browser, &phone).await;
    logs_in_by_button(&browser, &phone).await;
    browser.is_home_of(ADA).await;
    browser.shows(": passkey").await;
    // Whoever has just logged in with one needs no password to remove one.
    browser.open_section("passkeys").await;
    browser.press("[aria-label='Remove Laptop']").await;
    browser.send("passkey-remove").await;
    browser.shows("Passkey removed.").await;
    browser.shows("1 passkey").await;
    assert_eq!(phone.credentials().await.len(), 1);
    browser.end().await;
}

#[tokio::test]
async fn two_passkeys_are_added_used_named_and_removed_with_bearer() {
    two_passkeys_are_added_used_named_and_removed(Transport::Bearer).await;
}

#[tokio::test]
async fn two_passkeys_are_added_used_named_and_removed_with_cookie() {
    two_passkeys_are_added_used_named_and_removed(Transport::Cookie).await;
}

#[tokio::test]
async fn the_login_page_offers_the_passkey_where_the_email_address_goes() {
    let served = with_passkeys(Transport::Bearer).await;
    let browser = browser_at(&served).await;
    let device = ada(&served, &browser).await;
    // The device answers for whoever would choose the passkey among the saved accounts.
    device.is_touched(true).await;
    browser.press("[data-rs-action=logout]").await;
    browser.is_home_of(ADA).await;
    browser.shows(": passkey").await;
    let session = served.logged_in(ADA, PASSWORD).await;
    let sessions = session.get("/sessions").await;
    let mut methods = sessions.items().iter().map(|item| &item["method"]);
    assert!(methods.any(|method| method == "passkey"), "{sessions:?}");
    browser.end().await;
}

#[tokio::test]
async fn a_copied_authenticator_is_refused() {
    let served = with_passkeys(Transport::Cookie).await;
    let browser = browser_at(&served).await;
    let device = ada(&served, &browser).await;
    let mut copied = device.credentials().await[0].clone();
    leaves(&browser, &device).await;
    logs_in_by_button(&browser, &device).await;
    browser.is_home_of(ADA).await;
    leaves(&browser, &device).await;
    device.is_gone().await;
    let copy = Device::plugged_in(&browser).await;
    copy.is_touched(false).await;
    copied["signCount"] = 0.into();
    copy.does("addCredential", json!({"credential": copied}))
        .await;
    logs_in_by_button(&browser, &copy).await;
    browser.shows("This passkey doesn't work here.").await;
    assert!(served.count_events("passkey_refused").await > 0);
    browser.end().await;
}

#[tokio::test]
async fn a_device_that_verifies_nobody_is_refused() {
    let served = with_passkeys(Transport::Bearer).await;
    let browser = browser_at(&served).await;
    served.account(ADA, |_| ()).await;
    browser.log_in(ADA, PASSWORD).await;
    browser.is_home_of(ADA).await;
    let device = Device::like(&browser, false).await;
    // Browsers would not ask it. This one is talked into it.
    browser.js(LAX, vec![]).await;
    browser.open_section("passkeys").await;
    browser.fill("#passkey-name", "Key").await;
    browser.fill("#passkey-current", PASSWORD).await;
    browser.send("passkey-add").await;
    browser.shows("The passkey wasn't added.").await;
    assert_eq!(device.credentials().await.len(), 1);
    let session = served.logged_in(ADA, PASSWORD).await;
    assert!(session.get("/passkeys").await.items().is_empty());
    browser.end().await;
}

#[tokio::test]
async fn a_login_that_verifies_nobody_is_refused() {
    let served = with_passkeys(Transport::Cookie).await;
    let browser = browser_at(&served).await;
    let device = ada(&served, &browser).await;
    leaves(&browser, &device).await;
    device
        .does("setUserVerified", json!({"isUserVerified": false}))
        .await;
    browser.js(LAX, vec![]).await;
    logs_in_by_button(&browser, &device).await;
    browser.shows("This passkey doesn't work here.").await;
    let events = served.events(50).await;
    let failed = events
        .iter()
        .find(|event| event.data.contains_key("reason"));
    assert_eq!(failed.unwrap().data["reason"], "user_not_verified");
    browser.end().await;
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused() {
    let served = with_passkeys(Transport::Cookie).await;
    let browser = browser_at(&served).await;
    let device = ada(&served, &browser).await;
    leaves(&browser, &device).await;
    // The same database, whose operator has named other pages.
    let elsewhere = served
        .sibling_with(|settings| {
            let others = ["http://localhost:1", "http://localhost:2"];
            settings.passkeys.origins = others.map(str::to_owned).into();
        })
        .await;
    browser
        .visit(&format!("{}/account/login", named(&elsewhere)))
        .await;
    logs_in_by_button(&browser, &device).await;
    browser.shows("This passkey doesn't work here.").await;
    browser.end().await;
}

#[tokio::test]
async fn an_account_with_a_passkey_alone_keeps_it_and_recovers_by_mail() {
    let served = with_passkeys(Transport::Bearer).await;
    let browser = browser_at(&served).await;
    let device = ada(&served, &browser).await;
    served.mails(ADA, 1).await;
    // What undoes a change of the email address takes the password away.
    served.pass(SignedDuration::from_secs(1));
    let session = served.logged_in(ADA, PASSWORD).await;
    session.change_email("eve@example.com").await.is(202);
    let token = served.mailed_token("eve@example.com", 1).await;
    served.confirm_email_change(&token).await.is(200);
    let undo = served.mailed_token(ADA, 2).await;
    served.undo_email_change(&undo).await.is(200);
    device.is_touched(false).await;
    browser.open("/account/login").await;
    logs_in_by_button(&browser, &device).await;
    browser.is_home_of(ADA).await;
    browser.open_section("passkeys").await;
    browser.press("[aria-label='Remove Laptop']").await;
    browser.send("passkey-remove").await;
    browser.shows("This is your only way to log in.").await;
    leaves(&browser, &device).await;

    browser.open("/account/forgot").await;
    browser.fill("[name=email]", ADA).await;
    browser.send("forgot").await;
    browser.open(&link(&served, ADA, 3).await).await;
    browser.fill("[name=new_password]", PASSWORD).await;
    browser.send("reset").await;
    browser.arrives("/account/login").await;
    browser.log_in(ADA, PASSWORD).await;
    browser.is_home_of(ADA).await;
    browser.open_section("passkeys").await;
    browser.press("[aria-label='Remove Laptop']").await;
    browser.fill("#passkey-remove-current", PASSWORD).await;
    browser.send("passkey-remove").await;
    browser.shows("Passkey removed.").await;
    browser.end().await;
}

/// Somebody who was invited, and the page that the link leads to.
async fn invited(served: &Served) -> String {
    let account = served.account(ADA, |account| {
        account.password = None;
        account.is_verified = false;
        account.send_invite = true;
    });
    account.await;
    link(served, ADA, 1).await
}

async fn an_invited_person_creates_a_passkey_and_logs_in_with_it(transport: Transport) {
    let served = with_passkeys(transport).await;
    let browser = browser_at(&served).await;
    let verifies_nobody = Device::like(&browser, false).await;
    let link = invited(&served).await;
    browser.open(&link).await;
    browser.shows("Create a passkey").await;
    // Nothing comes of it, and the link stays.
    browser.js(LAX, vec![]).await;
    browser.send("reset-passkey").await;
    browser.shows("The passkey wasn't added.").await;
    verifies_nobody.is_gone().await;
    let device = Device::plugged_in(&browser).await;
    browser.reload().await;
    browser.send("reset-passkey").await;
    // The login page comes and goes: the device answers by itself what it offers.
    browser.is_home_of(ADA).await;
    let user = served.user(ADA).await;
    assert_eq!((user.is_verified, user.hashed_password), (true, None));
    browser.shows(": passkey").await;
    leaves(&browser, &device).await;
    // The link is used up, and says so.
    browser.open(&link).await;
    browser.send("reset-passkey").await;
    browser
        .shows("This link has expired or was already used.")
        .await;
    let text = browser.text().await;
    assert!(
        !text.contains("Create a passkey") && !text.contains("Save password"),
        "{text}"
    );
    browser.end().await;
}

#[tokio::test]
async fn an_invited_person_creates_a_passkey_and_logs_in_with_it_with_bearer() {
    an_invited_person_creates_a_passkey_and_logs_in_with_it(Transport::Bearer).await;
}

#[tokio::test]
async fn an_invited_person_creates_a_passkey_and_logs_in_with_it_with_cookie() {
    an_invited_person_creates_a_passkey_and_logs_in_with_it(Transport::Cookie).await;
}

#[tokio::test]
async fn an_invited_person_is_told_that_the_passkey_is_saved_and_may_choose_a_password() {
    let served = with_passkeys(Transport::Bearer).await;
    let (browser, axe) = (browser_at(&served).await, axe());
    let device = Device::plugged_in(&browser).await;
    let link = invited(&served).await;
    browser.open(&link).await;
    is_well(&browser, &axe, "an invitation with passkeys").await;
    // No page asks for the passkey by itself where the browser offers none among saved accounts.
    browser
        .every_page("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
        .await;
    browser.open(&link).await;
    device.is_touched(true).await;
    browser.send("reset-passkey").await;
    browser.arrives("/account/login").await;
    browser
        .shows("Your passkey is saved. Log in with it to get started.")
        .await;
    logs_in_by_button(&browser, &device).await;
    browser.is_home_of(ADA).await;
    let bob = "bob@example.com";
    let account = served.account(bob, |account| {
        account.password = None;
        account.send_invite = true;
    });
    account.await;
    browser.open(&self::link(&served, bob, 1).await).await;
    browser.fill("[name=new_password]", PASSWORD).await;
    browser.send("reset").await;
    browser.arrives("/account/login").await;
    browser.shows("Your password is saved.").await;
    browser.end().await;
}

#[tokio::test]
async fn where_a_browser_has_no_passkeys_an_invitation_speaks_of_none() {
    let served = with_passkeys(Transport::Cookie).await;
    let browser = browser_at(&served).await;
    browser
        .every_page("delete window.PublicKeyCredential")
        .await;
    browser.open(&invited(&served).await).await;
    browser.shows("Save password").await;
    let text = browser.text().await;
    assert!(
        !text.contains("passkey") && !text.contains("fingerprint"),
        "{text}"
    );
    browser.fill("[name=new_password]", PASSWORD).await;
    browser.send("reset").await;
    browser.arrives("/account/login").await;
    browser.shows("Your password is saved.").await;
    browser.end().await;
}

#[tokio::test]
async fn whoever_logged_in_long_ago_proves_it_with_the_passkey_again() {
    let served = with_passkeys(Transport::Bearer).await;
    let browser = browser_at(&served).await;
    let device = ada(&served, &browser).await;
    browser.press("[aria-label='Remove Laptop']").await;
    // No password is given: the device is asked in its place.
    device.is_touched(true).await;
    browser.send("passkey-remove").await;
    browser.shows("Passkey removed.").await;
    browser.fill("#passkey-name", "Laptop").await;
    browser.send("passkey-add").await;
    browser.shows("Passkey added.").await;
    browser.end().await;
}

#[tokio::test]
async fn nothing_is_to_be_said_against_the_pages_with_passkeys() {
    let served = with_passkeys(Transport::Bearer).await;
    let (browser, axe) = (browser_at(&served).await, axe());
    let device = ada(&served, &browser).await;
    is_well(&browser, &axe, "passkeys").await;
    browser.press("[aria-label='Rename Laptop']").await;
    is_well(&browser, &axe, "a passkey to be renamed").await;
    browser.press("[aria-label='Remove Laptop']").await;
    is_well(&browser, &axe, "a passkey to be removed").await;
    leaves(&browser, &device).await;
    is_well(&browser, &axe, "the login with passkeys").await;
    browser.end().await;
}

/// What each passkey in the list says stands on lines of its own length, whatever the acts beside it are called.
#[tokio::test]
async fn the_list_has_room_in_every_language_and_window() {
    let served = with_passkeys(Transport::Bearer).await;
    let browser = browser_at(&served).await;
    ada(&served, &browser).await;
    // Lines of the name, and of each fact.
    let lines = "return Math.max(...[...document.querySelectorAll('[data-rs-passkey-list] .rs-row')].map((row) => \
        Math.max(row.querySelector('bdi').getClientRects().length, ...[...row.querySelectorAll('.rs-row-value > span')] \
        .map((fact) => Math.round(fact.offsetHeight / parseFloat(getComputedStyle(fact).lineHeight))))))";
    for language in ["en", "de", "fr", "es", "pt-BR", "ja", "ar"] {
        for width in [1280, 320] {
            browser.look(width, "light").await;
            browser
                .open(&format!("/account/me?lang={language}#passkeys"))
                .await;
            browser.find("[data-rs-passkey-list] .rs-row").await;
            let lines = browser.js(lines, vec![]).await;
            assert_eq!(lines, 1, "{language}, {width}");
        }
    }
    browser.end().await;
}
