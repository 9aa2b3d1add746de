//! What an application brings to the pages and mails: its logo, icon, colors and links; and that the server alone judges
//! passwords.

use regstack::internals::config::Transport;
use serde_json::json;

use super::served_with;
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::browser::Browser;

const ADA: &str = "ada@example.com";
const LOGO: &str = "/regstack-static/img/icon.svg";

/// The words in the header that can be seen, and what pictures there say to those who can't see them.
const HEADER: &str = "const header = document.querySelector('.rs-header'); \
    return [header.innerText.trim(), [...header.querySelectorAll('img')].map((picture) => picture.alt)]";

#[tokio::test]
async fn a_logo_that_has_the_name_is_not_followed_by_it() {
    for (has_name, seen) in [
        (false, json!(["Acme", [""]])),
        (true, json!(["", ["Acme"]])),
    ] {
        let served = served_with(Transport::Cookie, |settings| {
            settings.identity.app_name = "Acme".into();
            settings.pages.brand_logo_url = Some(LOGO.into());
            settings.pages.brand_logo_has_name = has_name;
        })
        .await;
        let browser = Browser::at(&served).await;
        browser.open("/account/login").await;
        assert_eq!(browser.js(HEADER, vec![]).await, seen, "{has_name}");
        browser.end().await;
    }
}

#[tokio::test]
async fn the_icon_is_square_and_not_the_logo_and_the_frame_has_the_color_of_the_page() {
    let icon = "return document.querySelector('link[rel=icon]').getAttribute('href')";
    let frame = "const color = getComputedStyle(document.body).backgroundColor; \
        return [...document.querySelectorAll('meta[name=theme-color]')].every((meta) => meta.content === color)";
    for (own, href) in [
        (None, LOGO),
        (
            Some("/regstack-static/mine.png"),
            "/regstack-static/mine.png",
        ),
    ] {
        let served = served_with(Transport::Cookie, |settings| {
            settings.pages.brand_logo_url = Some("/regstack-static/wide-logo.svg".into());
            settings.pages.brand_icon_url = own.map(str::to_owned);
        })
        .await;
        let browser = Browser::at(&served).await;
        browser.open("/account/login").await;
        assert_eq!(browser.js(icon, vec![]).await, href);
        browser.until("the page's color", frame).await;
        browser.prefers("prefers-color-scheme", "dark").await;
        browser.until("the dark page's color", frame).await;
        browser.end().await;
    }
}

#[tokio::test]
async fn terms_privacy_imprint_and_help_are_linked_below_every_page() {
    let links = "return [...document.querySelectorAll('.rs-footer-links a')].map((link) => [link.textContent, link.href])";
    let served = served_with(Transport::Cookie, |settings| {
        let at = |page: &str| Some(format!("https://acme.example/{page}"));
        settings.pages.terms_url = at("terms");
        settings.pages.privacy_url = at("privacy");
        settings.pages.imprint_url = at("imprint");
        settings.pages.support_email = Some("help@acme.example".into());
    })
    .await;
    let browser = super::at_home(&served, ADA).await;
    for page in ["me", "login?lang=en", "nowhere"] {
        browser.open(&format!("/account/{page}")).await;
        browser.find(".rs-footer-links").await;
        let expected = json!([
            ["Help", "mailto:help@acme.example"],
            ["Terms", "https://acme.example/terms"],
            ["Privacy", "https://acme.example/privacy"],
            ["Imprint", "https://acme.example/imprint"],
        ]);
        assert_eq!(browser.js(links, vec![]).await, expected, "{page}");
    }
    // They are no further line of the languages.
    browser.look(320, "light").await;
    let apart = "const [languages, links] = ['.rs-languages', '.rs-footer-links'].map((list) => \
        document.querySelector(list).getBoundingClientRect()); return links.top - languages.bottom > 8";
    assert_eq!(browser.js(apart, vec![]).await, true);
    // Where nothing else is left to do, help is a link.
    browser.open("/account/undo-email-change?token=dead").await;
    browser.send("undo-email-change").await;
    let help = browser.find("[data-rs-renew] a").await;
    let help = help.attr("href").await.unwrap();
    assert_eq!(help.as_deref(), Some("mailto:help@acme.example"));
    browser.end().await;
}

#[tokio::test]
async fn a_notice_has_a_button_in_the_color_of_the_application_and_says_who_helps_and_why_it_came()
{
    let served = served_with(Transport::Bearer, |settings| {
        settings.pages.mail_accent = Some("#0b6b57".into());
        settings.pages.support_email = Some("help@acme.example".into());
    })
    .await;
    let ada = served.signed_in(ADA).await;
    let change = json!({"current_password": PASSWORD, "new_password": "battery staple horse"});
    ada.post("/change-password", change).await.is(200);
    served.mails(ADA, 1).await;
    let browser = Browser::at(&served).await;
    browser.open("/dev/mailbox").await;
    browser.shows("Your password was changed").await;
    let mail = "return document.querySelector('iframe').getAttribute('src')";
    let mail = browser.js(mail, vec![]).await;
    browser.open(mail.as_str().unwrap()).await;
    browser
        .shows("Someone else may be using your account.")
        .await;
    browser
        .shows("You got this email because ada@example.com has an account")
        .await;
    browser.shows("help@acme.example").await;
    let button = "const button = [...document.querySelectorAll('a')].find((link) => link.textContent.trim() === 'Reset your password'); \
        const colored = button.closest('[bgcolor], [style*=background]') ?? button; \
        return [new URL(button.href).pathname, getComputedStyle(colored).backgroundColor]";
    let expected = json!(["/account/forgot", "rgb(11, 107, 87)"]);
    assert_eq!(browser.js(button, vec![]).await, expected);
}

#[tokio::test]
async fn the_page_rates_no_password_and_shows_what_the_server_says() {
    let served = served_with(Transport::Cookie, |settings| {
        settings.password.min_strength = 3;
    })
    .await;
    let browser = Browser::at(&served).await;
    browser.open("/account/register").await;
    browser.fill("[name=email]", ADA).await;
    let below = "return [...document.querySelector('[name=password]').closest('.rs-field').querySelectorAll('p, meter, progress')] \
        .filter((part) => part.checkVisibility()).map((part) => part.textContent)";
    let rule = json!(["At least 8 characters. A few unrelated words work best."]);
    for weak in ["mypassword2024", "password1"] {
        browser.fill("[name=password]", weak).await;
        assert_eq!(browser.js(below, vec![]).await, rule, "{weak}");
        browser.send("register").await;
        browser.shows("This password is too easy to guess.").await;
        // With the next key, the rule takes the place of what was said.
        browser.keys("\u{e010}x").await;
    }
    browser.fill("[name=password]", PASSWORD).await;
    browser.send("register").await;
    browser.shows("Check your email").await;
    browser.end().await;
}
