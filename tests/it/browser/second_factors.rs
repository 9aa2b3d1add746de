//! Authenticator app and recovery codes on the pages: the QR code as a camera sees it, the second step, the lost phone.

use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::SignedDuration;
use regstack::internals::config::Transport;
use serde_json::json;

use super::look::{axe, is_well};
use super::{at_home, served_with};
use crate::support::actor::PASSWORD;
use crate::support::authenticator::Authenticator;
use crate::support::browser::Browser;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";

async fn with_apps(transport: Transport) -> Served {
    served_with(transport, |settings| settings.features.enable_totp = true).await
}

/// What a scanner reads in a picture.
fn scanned(picture: &[u8]) -> String {
    let python = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/target/test-tools/venv/bin/python"
    );
    let script = "import io, sys, zxingcpp, PIL.Image as I; \
        print(zxingcpp.read_barcode(I.open(io.BytesIO(sys.stdin.buffer.read())).convert('L')).text)";
    let child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.expect("tests/run installs it");
    child.stdin.take().unwrap().write_all(picture).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "no code in the picture");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The recovery codes that are shown.
pub(super) async fn shown_codes(browser: &Browser) -> Vec<String> {
    browser.find("[data-rs-codes][open]").await;
    let script = "return [...document.querySelectorAll('[data-rs-codes-list] code')].map((code) => code.textContent)";
    let codes = browser.js(script, vec![]).await;
    serde_json::from_value(codes).unwrap()
}

/// Sets an app up on the account's page, by the picture of its QR code.
async fn sets_up(served: &Served, browser: &Browser) -> (Authenticator, Vec<String>) {
    browser.open_section("app").await;
    browser.fill("#app-current", PASSWORD).await;
    browser.send("totp-start").await;
    browser.find("[data-rs-totp-qr] img").await;
    let drawn = "return document.querySelector('[data-rs-totp-qr] img').naturalWidth > 0";
    browser.until("the QR code", drawn).await;
    let app = Authenticator(scanned(&browser.picture().await));
    let typed =
        "return document.querySelector('[data-rs-totp-secret]').textContent.replaceAll(' ', '')";
    let typed = browser.js(typed, vec![]).await;
    let typed = typed.as_str().unwrap();
    assert!(app.0.contains(&format!("?secret={typed}&")), "{}", app.0);
    browser.fill("#app-code", &app.code(served)).await;
    browser.send("totp-confirm").await;
    let codes = shown_codes(browser).await;
    assert_eq!(codes.len(), 10);
    (app, codes)
}

async fn an_app_is_set_up_and_asked_for(transport: Transport) {
    let served = with_apps(transport).await;
    let browser = at_home(&served, ADA).await;
    let (app, codes) = sets_up(&served, &browser).await;
    browser.press("[data-rs-action=codes-done]").await;
    browser.shows("Your authenticator app is set up.").await;
    browser.shows("10 codes left").await;
    // One app is enough: what is offered is to remove it.
    let offered = "return ['start', 'remove'].map((act) => document.querySelector(`[data-rs-form=totp-${act}]`).checkVisibility())";
    assert_eq!(browser.js(offered, vec![]).await, json!([false, true]));
    let gone = "return !document.querySelector('[data-rs-codes-list]').textContent && !document.querySelector('[data-rs-totp-secret]').textContent";
    browser.until("nothing of the secrets", gone).await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;

    served.pass(SignedDuration::from_secs(30));
    browser.log_in(ADA, PASSWORD).await;
    browser.arrives("/account/mfa-confirm").await;
    browser
        .shows("Enter the 6-digit code from your authenticator app.")
        .await;
    browser.fill("#code", "000000").await;
    browser.send("mfa-confirm").await;
    browser.shows("Wrong code.").await;
    browser.fill("#code", &app.code(&served)).await;
    browser.send("mfa-confirm").await;
    browser.is_home_of(ADA).await;

    // The phone is lost: a recovery code, and another app.
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser.log_in(ADA, PASSWORD).await;
    browser.arrives("/account/mfa-confirm").await;
    browser.press("[data-rs-use=recovery_code]").await;
    // What is no code at all, and what could be one.
    for wrong in ["not-a-code", "aaaaa-aaaaa"] {
        browser.fill("#recovery_code", wrong).await;
        browser.send("mfa-recovery").await;
        browser.shows("Wrong recovery code.").await;
    }
    browser
        .fill("#recovery_code", &codes[4].to_uppercase())
        .await;
    browser.send("mfa-recovery").await;
    browser.is_home_of(ADA).await;
    browser.shows("9 codes left").await;
    browser.open_section("recovery-codes").await;
    browser.fill("#codes-current", PASSWORD).await;
    browser.send("recovery-codes").await;
    let newer = shown_codes(&browser).await;
    assert!(newer.iter().all(|code| !codes.contains(code)));
    browser.press("[data-rs-action=codes-done]").await;
    browser.shows("10 codes left").await;
    browser.open_section("app").await;
    browser.fill("#app-remove-current", PASSWORD).await;
    browser.send("totp-remove").await;
    browser.shows("Your authenticator app was removed.").await;
    let badges = "return document.querySelector('[data-rs-badge=totp]').textContent === 'Off' && document.querySelector('[data-rs-codes-section]').hidden";
    browser.until("all is off", badges).await;
    assert_eq!(served.user(ADA).await.public().phone_number, None);
    browser.end().await;
}

#[tokio::test]
async fn an_app_is_set_up_and_asked_for_with_bearer() {
    an_app_is_set_up_and_asked_for(Transport::Bearer).await;
}

#[tokio::test]
async fn an_app_is_set_up_and_asked_for_with_cookie() {
    an_app_is_set_up_and_asked_for(Transport::Cookie).await;
}

#[tokio::test]
async fn recovery_codes_are_shown_whatever_fails_after_the_factor_is_on() {
    let served = with_apps(Transport::Cookie).await;
    let browser = at_home(&served, ADA).await;
    browser.open_section("app").await;
    browser.fill("#app-current", PASSWORD).await;
    browser.send("totp-start").await;
    browser.find("[data-rs-totp-qr] img").await;
    let app = Authenticator(scanned(&browser.picture().await));
    // The connection is gone as soon as the code has been taken.
    let cut = "const real = window.fetch; \
        window.fetch = (url, ...rest) => /\\/(me|mfa)$/.test(new URL(url, location).pathname) \
            ? Promise.reject(new TypeError('gone')) : real(url, ...rest);";
    browser.js(cut, vec![]).await;
    browser.fill("#app-code", &app.code(&served)).await;
    browser.send("totp-confirm").await;
    assert_eq!(shown_codes(&browser).await.len(), 10);
    browser.end().await;
}

#[tokio::test]
async fn recovery_codes_are_copied_downloaded_and_printed() {
    let served = with_apps(Transport::Cookie).await;
    let browser = at_home(&served, ADA).await;
    let (_, codes) = sets_up(&served, &browser).await;
    let watch = "window.kept = {}; \
        navigator.clipboard.writeText = async (text) => { window.kept.copied = text; }; \
        window.print = () => { window.kept.printed = true; }; \
        HTMLAnchorElement.prototype.click = function () { window.kept.name = this.download; fetch; \
            window.kept.isFile = this.href.startsWith('blob:'); }; \
        const make = URL.createObjectURL; \
        URL.createObjectURL = (blob) => { blob.text().then((text) => { window.kept.file = text; }); return make.call(URL, blob); };";
    browser.js(watch, vec![]).await;
    for act in ["copy", "download", "print"] {
        let button = format!("[data-rs-action=codes-{act}]");
        browser.press(&button).await;
    }
    browser
        .until("a file", "return Boolean(window.kept.file)")
        .await;
    let kept = browser.js("return window.kept", vec![]).await;
    assert_eq!(kept["copied"], codes.join("\n"));
    assert_eq!(
        (&kept["name"], &kept["isFile"]),
        (&json!("recovery-codes.txt"), &json!(true))
    );
    assert!(kept["file"].as_str().unwrap().contains(&codes.join("\n")));
    assert_eq!(kept["printed"], true);
    browser.shows("Copied.").await;
    browser.end().await;
}

#[tokio::test]
async fn nothing_is_to_be_said_against_the_pages() {
    let served = with_apps(Transport::Bearer).await;
    let (browser, axe) = (at_home(&served, ADA).await, axe());
    let (_, codes) = sets_up(&served, &browser).await;
    is_well(&browser, &axe, "recovery codes").await;
    browser.press("[data-rs-action=codes-done]").await;
    is_well(&browser, &axe, "an app is on").await;
    browser.open_section("recovery-codes").await;
    is_well(&browser, &axe, "recovery codes to be made").await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser.log_in(ADA, PASSWORD).await;
    browser.arrives("/account/mfa-confirm").await;
    is_well(&browser, &axe, "the second step by app").await;
    browser.send("mfa-confirm").await;
    browser.shows("Enter the code.").await;
    browser.press("[data-rs-use=recovery_code]").await;
    browser.send("mfa-recovery").await;
    browser.shows("Enter a recovery code.").await;
    is_well(&browser, &axe, "the second step by recovery code").await;
    browser.press("[data-rs-use=totp]").await;
    browser.find("[data-rs-form=mfa-confirm]").await;
    // What was wrong before has nothing to do with it.
    let wrong = "return document.querySelectorAll('.rs-error, [aria-invalid]').length";
    assert_eq!(browser.js(wrong, vec![]).await, 0);
    browser.press("[data-rs-use=recovery_code]").await;
    browser.fill("#recovery_code", &codes[0]).await;
    browser.send("mfa-recovery").await;
    browser.is_home_of(ADA).await;
    browser.end().await;
}
