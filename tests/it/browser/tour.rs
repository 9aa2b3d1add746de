//! A tour of every page and state, as people come to them.

use regstack::internals::model::FullName;
use reqwest::Method;
use serde_json::json;

use super::link;
use super::sheet::Sheet;
use crate::support::actor::{Actor, PASSWORD, Requests as _};
use crate::support::authenticator::Authenticator;
use crate::support::served::{Served, other_than};

/// As long as addresses and names get.
const LONG_EMAIL: &str =
    "maximiliana.wolfeschlegelsteinhausen.bergerdorff@mail.department-of-veterans.example.com";
const LONG_NAME: &str =
    "Maximiliana Wolfeschlegelsteinhausenbergerdorff von und zu Hohenlohe-Langenburg";

/// Somebody who is logged in by a program that says of itself what it is.
async fn at_device(served: &Served, email: &str, agent: &str) -> Actor {
    let login = served
        .request(Method::POST, "/login")
        .header("x-regstack-transport", "bearer")
        .header("user-agent", agent)
        .json(&json!({"email": email, "password": PASSWORD}));
    let login = served.send(login).await;
    served.bearer(login.is(200).text("access_token"))
}

/// What people see who are not logged in.
pub(super) async fn strangers(sheet: &mut Sheet<'_>, served: &Served) {
    let browser = sheet.browser;
    for page in ["login", "register", "forgot", "verify", "nowhere"] {
        sheet.open_and_take(&format!("/account/{page}"), page).await;
    }
    browser.open("/account/register").await;
    browser.send("register").await;
    browser.find("[aria-invalid=true]").await;
    sheet.take("register-faults").await;
    browser.fill("[name=email]", "ada@example.com").await;
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.find("[data-rs-done]").await;
    sheet.take("register-done").await;
    browser
        .open(&link(served, "ada@example.com", 1).await)
        .await;
    browser.find("[data-rs-form=verify]").await;
    sheet.take("verify-link").await;
    // As in another browser: this one would be logged in.
    browser.forget_cookies().await;
    browser.send("verify").await;
    browser.find("[data-rs-done]").await;
    sheet.take("verify-done").await;
    browser.open("/account/verify?token=dead").await;
    browser.send("verify").await;
    browser.find("[data-rs-renew]").await;
    sheet.take("verify-dead-link").await;
    browser.open("/account/login").await;
    browser.log_in("ada@example.com", "wrong").await;
    browser.find(".rs-message").await;
    sheet.take("login-refused").await;
    for _ in 0..served.app.settings.guessing.login_lockout_threshold {
        let request = served.request(Method::POST, "/login");
        let request = request.header("x-regstack-transport", "bearer");
        let wrong = json!({"email": "locked@example.com", "password": "wrong"});
        served.send(request.json(&wrong)).await.is(401);
    }
    browser.log_in("locked@example.com", "wrong").await;
    browser.find(".rs-message time").await;
    sheet.take("login-locked").await;
    browser.open("/account/forgot").await;
    browser.fill("[name=email]", "ada@example.com").await;
    browser.send("forgot").await;
    browser.find("[data-rs-done]").await;
    sheet.take("forgot-done").await;
    browser
        .open(&link(served, "ada@example.com", 2).await)
        .await;
    browser.find("[data-rs-form=reset]").await;
    sheet.take("reset-link").await;
    browser.fill("[name=new_password]", "short").await;
    browser.send("reset").await;
    browser.find("[aria-invalid=true]").await;
    sheet.take("reset-fault").await;
    browser.open("/account/reset?token=dead").await;
    browser.fill("[name=new_password]", PASSWORD).await;
    browser.send("reset").await;
    browser.find("[data-rs-renew]").await;
    sheet.take("reset-dead-link").await;
    browser.open("/account/reset").await;
    sheet.take("reset-no-link").await;
    browser
        .open("/account/confirm-email-change?token=dead")
        .await;
    sheet.take("confirm-email-change").await;
    browser.send("confirm-email-change").await;
    browser.find(".rs-message").await;
    sheet.take("confirm-email-change-dead-link").await;
    for page in ["undo-email-change", "accept-invitation"] {
        sheet
            .open_and_take(&format!("/account/{page}?token=dead"), page)
            .await;
    }
    browser.fill("[name=new_password]", PASSWORD).await;
    browser.send("reset").await;
    browser.find("[data-rs-renew]").await;
    sheet.take("accept-invitation-dead-link").await;
    browser.open("/account/undo-email-change?token=dead").await;
    browser.send("undo-email-change").await;
    browser.find("[data-rs-renew]").await;
    sheet.take("undo-email-change-dead-link").await;
    served
        .account("new@example.com", |account| account.is_verified = false)
        .await;
    browser.open("/account/login").await;
    browser.log_in("new@example.com", PASSWORD).await;
    browser.find(".rs-message a").await;
    sheet.take("login-unconfirmed").await;
    browser.press(".rs-message a").await;
    browser.arrives("/account/verify").await;
    browser.find("[data-rs-renew]").await;
    sheet.take("verify-unconfirmed").await;
}

/// What mailed links lead to that come of somebody else's deed, and how it ends.
pub(super) async fn links(sheet: &mut Sheet<'_>, served: &Served) {
    let browser = sheet.browser;
    served
        .account("joan@example.com", |account| {
            account.password = None;
            account.send_invite = true;
        })
        .await;
    browser
        .open(&link(served, "joan@example.com", 1).await)
        .await;
    browser.find("[data-rs-form=reset]").await;
    sheet.take("invitation").await;
    browser.fill("[name=new_password]", PASSWORD).await;
    browser.send("reset").await;
    browser.arrives("/account/login").await;
    browser.find(".rs-message:not(:empty)").await;
    sheet.take("invitation-done").await;
    served.account("mary@example.com", |_| ()).await;
    let session = at_device(served, "mary@example.com", "curl/8.14.1").await;
    session.change_email("alan@example.com").await.is(202);
    browser
        .open(&link(served, "alan@example.com", 1).await)
        .await;
    browser.send("confirm-email-change").await;
    browser.find("[data-rs-done]").await;
    sheet.take("confirm-email-change-done").await;
    browser
        .open(&link(served, "mary@example.com", 1).await)
        .await;
    sheet.take("undo-email-change-link").await;
    browser.send("undo-email-change").await;
    browser.find("[data-rs-done]").await;
    sheet.take("undo-email-change-done").await;
    served
        .post("/forgot-password", json!({"email": "mary@example.com"}))
        .await
        .is(202);
    browser
        .open(&link(served, "mary@example.com", 2).await)
        .await;
    browser.fill("[name=new_password]", PASSWORD).await;
    browser.send("reset").await;
    browser.arrives("/account/login").await;
    browser.find(".rs-message:not(:empty)").await;
    sheet.take("reset-done").await;
}

/// What an application with a name of its own and much to link to shows, to somebody with a long name, whose address
/// is not confirmed, and who is logged in in many places.
pub(super) async fn long_words(sheet: &mut Sheet<'_>, served: &Served) {
    let browser = sheet.browser;
    browser.open("/account/login").await;
    sheet.take("login-branded").await;
    browser.open("/account/register").await;
    browser.fill("[name=email]", LONG_EMAIL).await;
    sheet.take("register-branded").await;
    browser.open("/account/forgot").await;
    browser.fill("[name=email]", LONG_EMAIL).await;
    browser.send("forgot").await;
    browser.find("[data-rs-done]").await;
    sheet.take("forgot-done-long").await;
    served
        .account(LONG_EMAIL, |account| {
            account.full_name = FullName::parse(LONG_NAME).unwrap();
            account.is_verified = false;
        })
        .await;
    for agent in [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        "curl/8.14.1",
    ] {
        at_device(served, LONG_EMAIL, agent).await;
    }
    browser.open("/account/login").await;
    browser.log_in(LONG_EMAIL, PASSWORD).await;
    // It leads to the application, which is nowhere.
    browser
        .until(
            "a session",
            "return !location.pathname.startsWith('/account/login')",
        )
        .await;
    browser.open("/account/me").await;
    browser.is_home_of(LONG_EMAIL).await;
    browser.find("[data-rs-session-list] li").await;
    sheet.take("me-long").await;
    browser.open_section("email").await;
    sheet.take("me-long-email").await;
    browser
        .press("[data-rs-session-list] > li:nth-child(2) button")
        .await;
    browser.find("[data-rs-session-message]:not(:empty)").await;
    sheet.take("me-session-ended").await;
    browser.press("[data-rs-action=end-others]").await;
    let alone = "return document.querySelectorAll('[data-rs-session-list] li').length === 1";
    browser.until("one session", alone).await;
    sheet.take("me-sessions-ended").await;
    browser.press("[data-rs-action=open-delete]").await;
    browser.find("dialog[open]").await;
    sheet.take("me-delete-question-long").await;
}

/// An authenticator app: set up, asked for, lost.
pub(super) async fn apps(sheet: &mut Sheet<'_>, served: &Served) {
    let (browser, email) = (sheet.browser, "hedy@example.com");
    served.account(email, |_| ()).await;
    browser.open("/account/login").await;
    browser.log_in(email, PASSWORD).await;
    browser.is_home_of(email).await;
    browser.open_section("app").await;
    sheet.take("me-app").await;
    browser.fill("#app-current", PASSWORD).await;
    browser.send("totp-start").await;
    browser.find("[data-rs-totp-qr] img").await;
    sheet.take("me-app-qr").await;
    let secret =
        "return document.querySelector('[data-rs-totp-secret]').textContent.replaceAll(' ', '')";
    let secret = browser.js(secret, vec![]).await;
    let app = Authenticator(format!(
        "otpauth://totp/hedy?secret={}",
        secret.as_str().unwrap()
    ));
    let code = app.code(served);
    browser.fill("#app-code", &other_than(&code)).await;
    browser.send("totp-confirm").await;
    browser
        .find("[data-rs-form=totp-confirm] :is(.rs-message:not(:empty), .rs-error)")
        .await;
    sheet.take("me-app-wrong-code").await;
    browser.fill("#app-code", &code).await;
    browser.send("totp-confirm").await;
    browser.find("[data-rs-codes][open]").await;
    sheet.take("me-app-codes").await;
    browser.press("[data-rs-action=codes-done]").await;
    browser.find("[data-rs-app-remove]").await;
    sheet.take("me-app-on").await;
    browser.open_section("recovery-codes").await;
    sheet.take("me-codes").await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    browser.log_in(email, PASSWORD).await;
    browser.arrives("/account/mfa-confirm").await;
    sheet.take("mfa-app").await;
    browser.press("[data-rs-use=recovery_code]").await;
    sheet.take("mfa-recovery-code").await;
    browser.fill("#recovery_code", "not-a-code").await;
    browser.send("mfa-recovery").await;
    browser.find("[data-rs-form=mfa-recovery] .rs-error").await;
    sheet.take("mfa-recovery-code-refused").await;
}

/// What people see of their account.
pub(super) async fn holders(sheet: &mut Sheet<'_>, served: &Served) {
    let browser = sheet.browser;
    served
        .account("grace@example.com", |account| {
            account.full_name = FullName::parse("Grace Hopper").unwrap();
        })
        .await;
    browser.open("/account/login").await;
    browser.log_in("grace@example.com", PASSWORD).await;
    browser.is_home_of("grace@example.com").await;
    sheet.take("me").await;
    for section in ["name", "email", "language", "password", "second-step"] {
        browser.open(&format!("/account/me#{section}")).await;
        browser.reload().await;
        browser.find(&format!("#{section} form")).await;
        sheet.take(&format!("me-{section}")).await;
    }
    browser.open("/account/me#delete").await;
    browser.reload().await;
    browser.find("dialog[open]").await;
    sheet.take("me-delete-question").await;
    browser.open("/account/me#email").await;
    browser.reload().await;
    browser.fill("#new_email", "admiral@example.com").await;
    browser
        .fill("#email [name=current_password]", PASSWORD)
        .await;
    browser.send("change-email").await;
    browser.find(".rs-message").await;
    sheet.take("me-email-sent").await;
    browser.open("/account/me#second-step").await;
    browser.reload().await;
    let number = "+14155550123";
    browser.fill("#phone_number", number).await;
    browser
        .fill(
            "[data-rs-form=phone-setup-start] [name=current_password]",
            PASSWORD,
        )
        .await;
    browser.send("phone-setup-start").await;
    browser.find("[data-rs-form=phone-setup-confirm]").await;
    sheet.take("me-phone-code").await;
    let code = served.code_sent_to(number, 1).await;
    browser.fill("#code", &code).await;
    browser.send("phone-setup-confirm").await;
    browser.find("[data-rs-codes][open]").await;
    sheet.take("me-recovery-codes").await;
    browser.press("[data-rs-action=codes-done]").await;
    browser.find("[data-rs-mfa-disable]").await;
    sheet.take("me-two-step-on").await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    sheet.take("logged-out").await;
    browser.log_in("grace@example.com", PASSWORD).await;
    browser.find("[data-rs-form=mfa-confirm]").await;
    sheet.take("mfa-confirm").await;
    let code = served.code_sent_to(number, 2).await;
    browser.fill("[name=code]", &other_than(&code)).await;
    browser.send("mfa-confirm").await;
    browser.find(".rs-message").await;
    sheet.take("mfa-confirm-refused").await;
}
