//! `tests/contact-sheet`: a picture of every page and state, at three widths, light and dark, in each language that is
//! asked for; and a page that shows them side by side. For eyes. What a machine can say against them is a test beside it.

use std::fs;
use std::path::Path;

use regstack::internals::config::{Settings, Transport};

use super::sheet::{Eye, SCHEMES, Sheet};
use super::{look, served_with, tour};
use crate::support::browser::Browser;
use crate::support::served::Served;

/// What is read from left to right, what is longer than most, and what is read from right to left.
const LANGUAGES: &str = "en de ar";

fn everything(settings: &mut Settings) {
    settings.features.enable_admin_router = true;
    settings.features.enable_totp = true;
}

/// An application that says all of itself that can be said.
fn brand(settings: &mut Settings) {
    settings.features.enable_totp = true;
    settings.features.require_verification = false;
    let pages = &mut settings.pages;
    pages.app_url = Some("https://app.example.com/".into());
    pages.brand_tagline = Some("Bookkeeping for small and medium-sized orchestras".into());
    pages.support_url = Some("https://example.com/help".into());
    pages.terms_url = Some("https://example.com/terms".into());
    pages.privacy_url = Some("https://example.com/privacy".into());
    pages.imprint_url = Some("https://example.com/imprint".into());
}

/// With the files as they are now, not as they were when the tests were built.
async fn fresh(change: fn(&mut Settings)) -> Served {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    served_with(Transport::Cookie, |settings| {
        change(settings);
        settings.pages.extra_static_dirs = vec![root.join("static")];
        settings.pages.extra_template_dirs = vec![root.join("templates")];
    })
    .await
}

/// The tools for developers, and each mail in its HTML form.
async fn developers(sheet: &mut Sheet<'_>, served: &Served) {
    sheet.open_and_take("/dev/mailbox", "mailbox").await;
    sheet
        .open_and_take("/dev/mailbox?view=text", "mailbox-text")
        .await;
    sheet
        .open_and_take("/dev/mailbox?view=source", "mailbox-source")
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

async fn language(language: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/contact-sheet")
        .join(language);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let mut states = Vec::new();
    for is_branded in [false, true] {
        let served = fresh(if is_branded { brand } else { everything }).await;
        let browser = Browser::at(&served).await;
        browser.open("/account/login").await;
        browser.speaks(language).await;
        let mut sheet = Sheet::new(&browser, Eye::Camera(folder.clone()));
        sheet.states = states;
        if is_branded {
            tour::long_words(&mut sheet, &served).await;
        } else {
            tour::strangers(&mut sheet, &served).await;
            tour::links(&mut sheet, &served).await;
            tour::holders(&mut sheet, &served).await;
            tour::apps(&mut sheet, &served).await;
            developers(&mut sheet, &served).await;
        }
        for scheme in SCHEMES {
            sheet.lay_out(scheme);
        }
        states = sheet.states;
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

/// Axe, a narrow window and a finger have nothing to say against what a tour comes to.
macro_rules! nothing_is_to_be_said_against {
    ($($test:ident, $settings:ident: $($tour:ident)+;)+) => {$(
        #[tokio::test]
        async fn $test() {
            let served = served_with(Transport::Cookie, $settings).await;
            let browser = Browser::at(&served).await;
            let mut sheet = Sheet::new(&browser, Eye::Judge(look::axe()));
            $(tour::$tour(&mut sheet, &served).await;)+
            browser.end().await;
        }
    )+};
}

nothing_is_to_be_said_against! {
    nothing_is_to_be_said_against_what_strangers_come_to, everything: strangers;
    nothing_is_to_be_said_against_what_links_and_apps_come_to, everything: links apps;
    nothing_is_to_be_said_against_what_holders_come_to, everything: holders;
    nothing_is_to_be_said_against_long_names_and_many_links, brand: long_words;
}
