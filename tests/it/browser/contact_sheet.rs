//! `tests/contact-sheet`: a picture of every page and state, at three widths, light and dark, in each language that is
//! asked for; and a page that shows them side by side. For eyes: it judges nothing but that every state can be reached.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use regstack::internals::config::Transport;
use regstack::internals::model::FullName;
use reqwest::Method;
use serde_json::json;

use super::{link, served_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::browser::Browser;
use crate::support::served::Served;

const WIDTHS: [u32; 3] = [320, 390, 1280];
const SCHEMES: [&str; 2] = ["light", "dark"];
/// What is read from left to right, what is longer than most, and what is read from right to left.
const LANGUAGES: &str = "en de ar";

/// The pictures of one language; or, without a camera, what its pages say.
struct Sheet<'a> {
    browser: &'a Browser,
    has_camera: bool,
    folder: PathBuf,
    states: Vec<String>,
}

impl Sheet<'_> {
    /// Takes pictures of the page that is open, or reads it.
    async fn take(&mut self, state: &str) {
        if !self.has_camera {
            super::pseudo::is_translated(self.browser, state).await;
            self.states.push(state.to_owned());
            return;
        }
        for scheme in SCHEMES {
            for width in WIDTHS {
                self.browser.look(width, scheme).await;
                let picture = self.browser.picture().await;
                let file = self.folder.join(format!("{state}-{width}-{scheme}.png"));
                fs::write(file, picture).unwrap();
            }
        }
        self.states.push(state.to_owned());
    }

    async fn open_and_take(&mut self, path: &str, state: &str) {
        self.browser.open(path).await;
        self.take(state).await;
    }

    /// The page with all pictures of a scheme.
    fn lay_out(&self, scheme: &str) {
        let mut page = String::from(
            "<!doctype html><meta charset=utf-8><style>body{font:14px sans-serif;margin:16px;background:#8a8f9c}h2{margin:24px 0 8px}\
             div{display:flex;gap:16px;align-items:flex-start}img{box-shadow:0 1px 4px #0006}</style>",
        );
        for state in &self.states {
            let _ = write!(page, "<h2>{state}</h2><div>");
            for width in WIDTHS {
                let shown = width.min(640);
                let _ = write!(
                    page,
                    "<img src=\"{state}-{width}-{scheme}.png\" width={shown} alt=\"{state}, {width}\">"
                );
            }
            page += "</div>";
        }
        fs::write(self.folder.join(format!("{scheme}.html")), page).unwrap();
    }
}

async fn strangers(sheet: &mut Sheet<'_>, served: &Served) {
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

async fn holders(sheet: &mut Sheet<'_>, served: &Served) {
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
    browser
        .fill("[name=code]", &crate::support::served::other_than(&code))
        .await;
    browser.send("mfa-confirm").await;
    browser.find(".rs-message").await;
    sheet.take("mfa-confirm-refused").await;
}

/// Each mail in its HTML form, and the tools for developers.
async fn developers(sheet: &mut Sheet<'_>, served: &Served) {
    sheet.open_and_take("/dev/mailbox", "mailbox").await;
    sheet
        .open_and_take("/dev/mailbox?view=text", "mailbox-text")
        .await;
    sheet
        .open_and_take("/dev/mailbox?q=nothing+like+it", "mailbox-empty")
        .await;
    sheet.open_and_take("/docs", "docs").await;
    let script = "for (const one of document.querySelectorAll('.operation')) one.open = one.id === 'login'; \
        document.querySelector('#start').remove(); document.querySelector('#login').scrollIntoView()";
    sheet.browser.js(script, vec![]).await;
    sheet.take("docs-login").await;
    let mails = served.mailbox.messages().into_iter().rev();
    for (number, mail) in mails.filter(|message| message.html.is_some()).enumerate() {
        let path = format!("/dev/mailbox/{}/html", mail.id);
        sheet.open_and_take(&path, &format!("mail-{number}")).await;
    }
}

/// Reads every page and state of a served application: how many there were.
pub(super) async fn read_all(served: &Served) -> usize {
    let browser = Browser::at(served).await;
    let mut sheet = Sheet {
        browser: &browser,
        has_camera: false,
        folder: PathBuf::new(),
        states: Vec::new(),
    };
    strangers(&mut sheet, served).await;
    holders(&mut sheet, served).await;
    let count = sheet.states.len();
    browser.end().await;
    count
}

async fn language(language: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/contact-sheet")
        .join(language);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    // As the files are now, not as they were when the tests were built.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let served = served_with(Transport::Cookie, |settings| {
        settings.features.enable_admin_router = true;
        settings.pages.extra_static_dirs = vec![root.join("static")];
        settings.pages.extra_template_dirs = vec![root.join("templates")];
    })
    .await;
    let browser = Browser::at(&served).await;
    browser.open("/account/login").await;
    browser.speaks(language).await;
    let mut sheet = Sheet {
        browser: &browser,
        has_camera: true,
        folder,
        states: Vec::new(),
    };
    strangers(&mut sheet, &served).await;
    holders(&mut sheet, &served).await;
    developers(&mut sheet, &served).await;
    for scheme in SCHEMES {
        sheet.lay_out(scheme);
    }
}

#[tokio::test]
#[ignore = "for eyes, and takes minutes: tests/contact-sheet"]
async fn every_page_and_state_has_its_picture() {
    let languages = std::env::var("REGSTACK_LANGUAGES").unwrap_or_else(|_| LANGUAGES.into());
    // One after the other: on a busy machine several browsers starve each other of the time for a picture.
    for one in languages.split_whitespace() {
        language(one).await;
    }
}
