//! How the pages look, to eyes and to those who read them out: in both colour schemes, wide and narrow, restyled.

use std::fs;

use regstack::internals::config::Transport;
use regstack::internals::model::FullName;
use serde_json::{Value, json};

use super::{at_home, served, served_with};
use crate::support::actor::PASSWORD;
use crate::support::browser::Browser;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";

pub(super) fn axe() -> String {
    let file = format!(
        "{}/target/test-tools/axe-core/node_modules/axe-core/axe.min.js",
        env!("CARGO_MANIFEST_DIR")
    );
    fs::read_to_string(&file).unwrap_or_else(|_| panic!("{file} is missing: run tests/run"))
}

/// What axe finds, rules of good practice included.
pub(super) async fn violations(browser: &Browser, axe: &str) -> Value {
    browser.js(axe, vec![]).await;
    let script = "return axe.run(document, {resultTypes: ['violations']}).then(({violations}) => \
        violations.map(({id, nodes}) => [id, ...nodes.map(({html, any}) => html + ' ' + any.map(({message}) => message))]))";
    browser.js(script, vec![]).await
}

/// What sticks out to the right, and what is too small to be hit.
const ILL_FITTING: &str = "const wide = document.documentElement.scrollWidth > innerWidth ? ['too wide: ' + document.documentElement.scrollWidth] : []; \
    const small = [...document.querySelectorAll('button, input, select, summary, .rs-btn')] \
        .filter((control) => control.checkVisibility() && control.getBoundingClientRect().height < 43.5) \
        .map((control) => control.outerHTML + ' ' + control.getBoundingClientRect().height); \
    return [...wide, ...small]";

/// Looks at the page that is open in every way; fails if anything is to be said against it.
pub(super) async fn is_well(browser: &Browser, axe: &str, name: &str) {
    for scheme in ["light", "dark"] {
        for width in [1280, 320] {
            browser.look(width, scheme).await;
            let ill = browser.js(ILL_FITTING, vec![]).await;
            assert_eq!(ill, json!([]), "{name}, {scheme}, {width}");
        }
        let violations = violations(browser, axe).await;
        assert_eq!(violations, json!([]), "{name}, {scheme}: {violations:#}");
    }
}

#[tokio::test]
async fn nothing_is_to_be_said_against_the_pages_of_strangers() {
    let served = served(Transport::Bearer).await;
    let (browser, axe) = (Browser::at(&served).await, axe());
    for page in [
        "login",
        "register",
        "forgot",
        "verify",
        "verify?token=abc",
        "reset?token=abc",
        "confirm-email-change?token=abc",
        "accept-invitation?token=abc",
        "undo-email-change?token=abc",
        "reset",
        "nowhere",
    ] {
        browser.open(&format!("/account/{page}")).await;
        is_well(&browser, &axe, page).await;
    }
    browser
        .js(
            "sessionStorage.setItem('regstack.mfa_pending', 'x')",
            vec![],
        )
        .await;
    browser.open("/account/mfa-confirm").await;
    is_well(&browser, &axe, "mfa-confirm").await;
    // Marked fields, a message, and what comes after.
    browser.open("/account/register").await;
    browser.send("register").await;
    is_well(&browser, &axe, "register, empty").await;
    browser.fill("[name=email]", ADA).await;
    browser.fill("[name=password]", "correct horse").await;
    is_well(&browser, &axe, "register, filled in").await;
    browser.send("register").await;
    browser.shows("Check your email").await;
    is_well(&browser, &axe, "register, done").await;
    browser.log_in(ADA, "wrong").await;
    browser.shows("Wrong email").await;
    is_well(&browser, &axe, "login, refused").await;
    browser.end().await;
}

#[tokio::test]
async fn nothing_is_to_be_said_against_the_account() {
    let served = served(Transport::Bearer).await;
    let (browser, axe) = (at_home(&served, ADA).await, axe());
    is_well(&browser, &axe, "me").await;
    browser
        .js(
            "for (const section of document.querySelectorAll('details')) { section.removeAttribute('name'); section.open = true }",
            vec![],
        )
        .await;
    is_well(&browser, &axe, "me, open").await;
    // At 200 % of 640 points there are 320 left; the letters alone may be doubled, too.
    browser.look(640, "light").await;
    browser
        .js("document.documentElement.style.fontSize = '200%'", vec![])
        .await;
    assert_eq!(browser.js(ILL_FITTING, vec![]).await, json!([]));
    browser.look(1280, "light").await;
    browser
        .js("document.documentElement.style.fontSize = ''", vec![])
        .await;
    browser.press("[data-rs-action=open-delete]").await;
    browser.find("dialog[open]").await;
    is_well(&browser, &axe, "the question").await;
    browser.end().await;
}

/// The states of strangers and of an account, in a language: what is longer than most, and what is read from the right.
async fn is_well_in(language: &str) {
    let served = served(Transport::Bearer).await;
    let axe = axe();
    let browser = Browser::at(&served).await;
    browser.open("/account/login").await;
    browser.speaks(language).await;
    for page in [
        "login",
        "forgot",
        "verify",
        "verify?token=abc",
        "reset",
        "reset?token=abc",
        "accept-invitation?token=abc",
        "undo-email-change?token=abc",
        "confirm-email-change?token=abc",
        "nowhere",
    ] {
        browser.open(&format!("/account/{page}")).await;
        is_well(&browser, &axe, page).await;
    }
    browser.open("/account/register").await;
    browser.send("register").await;
    is_well(&browser, &axe, "register, empty").await;
    browser.fill("[name=email]", ADA).await;
    browser.fill("[name=password]", "correct horse").await;
    browser.send("register").await;
    browser.find("[data-rs-done]").await;
    is_well(&browser, &axe, "register, done").await;
    browser.open("/account/login").await;
    browser.log_in(ADA, "wrong").await;
    browser.find(".rs-message").await;
    is_well(&browser, &axe, "login, refused").await;
    served
        .account("grace@example.com", |account| {
            account.full_name = FullName::parse("Grace Hopper").unwrap();
        })
        .await;
    browser.log_in("grace@example.com", PASSWORD).await;
    browser.is_home_of("grace@example.com").await;
    // What is written from the left starts where everything starts.
    let script = "return [...document.querySelectorAll('.rs-row:has(bdi)')].filter((row) => row.checkVisibility()).map((row) => { \
        const edge = (box) => document.dir === 'rtl' ? box.right : box.left; \
        const value = row.querySelector('bdi'); \
        return edge(value.getBoundingClientRect()) - edge(value.parentElement.getBoundingClientRect()) })";
    browser.look(320, "light").await;
    let insets = browser.js(script, vec![]).await;
    assert!(
        insets
            .as_array()
            .is_some_and(|insets| insets.len() >= 2 && insets.iter().all(|inset| inset == 0)),
        "name, email address, sessions: {insets}"
    );
    // The way out stands beside the heading, on the smallest phone too.
    let script = "return [...document.querySelector('.rs-title-row').children].map((part) => { \
        const { top, height } = part.getBoundingClientRect(); return Math.round(top + height / 2) })";
    let middles = browser.js(script, vec![]).await;
    assert_eq!(middles[0], middles[1], "heading and button");
    browser
        .js(
            "for (const section of document.querySelectorAll('details')) { section.removeAttribute('name'); section.open = true }",
            vec![],
        )
        .await;
    is_well(&browser, &axe, "me, open").await;
    browser.press("[data-rs-action=open-delete]").await;
    browser.find("dialog[open]").await;
    is_well(&browser, &axe, "the question").await;
    browser.end().await;
}

#[tokio::test]
async fn nothing_is_to_be_said_against_the_pages_in_german() {
    is_well_in("de").await;
}

#[tokio::test]
async fn nothing_is_to_be_said_against_the_pages_in_arabic() {
    is_well_in("ar").await;
}

/// What is too small, set too close or too long to be read, or too low to be hit by a finger (WCAG 2.5.8: 24 points).
const ILLEGIBLE: &str = "const faults = []; const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()); \
    const size = (one) => parseFloat(getComputedStyle(one).fontSize); \
    for (const field of seen('input, select, textarea')) if (size(field) < 16) faults.push(field.name + ' would be zoomed into: ' + size(field)); \
    for (const text of seen('p, li, dd, label, summary')) { \
        if (size(text) < 13) faults.push(text.outerHTML + ' is small'); \
        if (text.matches('p') && parseFloat(getComputedStyle(text).lineHeight) / size(text) < 1.4) faults.push(text.outerHTML + ' is set too close'); \
        const range = document.createRange(); range.selectNodeContents(text); \
        const letters = Math.max(0, ...[...range.getClientRects()].map((line) => line.width)) / size(text) * 2; \
        if (text.matches('p') && letters > 80) faults.push(text.outerHTML + ' has lines of ' + letters); } \
    for (const link of seen('.rs-links a, .rs-languages a, .rs-footer-links a, .rs-brand')) \
        if (link.getBoundingClientRect().height < 24) faults.push(link.outerHTML + ' is low: ' + link.getBoundingClientRect().height); \
    return faults";

#[tokio::test]
async fn a_long_password_never_runs_under_its_button() {
    let script = "const input = document.querySelector('.rs-secret input'); \
        const button = input.parentElement.querySelector('button'); \
        const room = () => parseFloat(getComputedStyle(input).paddingInlineEnd) - button.offsetWidth; \
        const hidden = room(); button.click(); return Math.min(hidden, room())";
    let served = served(Transport::Bearer).await;
    let browser = Browser::at(&served).await;
    for language in ["en", "de", "fr", "es", "pt-BR", "ja", "ar"] {
        browser
            .open(&format!("/account/login?lang={language}"))
            .await;
        let room = browser.js(script, vec![]).await;
        assert!(room.as_f64().unwrap() >= 0.0, "{language}: {room}");
    }
}

#[tokio::test]
async fn everything_is_large_enough_to_be_read_and_hit() {
    let served = served_with(Transport::Bearer, |settings| {
        settings.pages.terms_url = Some("https://example.com/terms".into());
    })
    .await;
    let browser = at_home(&served, ADA).await;
    browser
        .js(
            "for (const section of document.querySelectorAll('details')) { section.removeAttribute('name'); section.open = true }",
            vec![],
        )
        .await;
    let fits = async |name: &str| {
        for width in [1280, 320] {
            browser.look(width, "light").await;
            assert_eq!(
                browser.js(ILLEGIBLE, vec![]).await,
                json!([]),
                "{name}, {width}"
            );
            assert_eq!(
                browser.js(ILL_FITTING, vec![]).await,
                json!([]),
                "{name}, {width}"
            );
        }
    };
    fits("me").await;
    browser.press("[data-rs-action=logout]").await;
    browser.arrives("/account/login").await;
    for page in [
        "login",
        "register",
        "forgot",
        "verify",
        "reset?token=abc",
        "nowhere",
    ] {
        browser.open(&format!("/account/{page}")).await;
        fits(page).await;
    }
    browser.end().await;
}

/// A theme of nothing but properties.
const THEME: &str = ":root {
  --rs-bg: rgb(1, 2, 3); --rs-bg-hover: rgb(4, 5, 6); --rs-surface: rgb(7, 8, 9); --rs-fg: rgb(250, 251, 252);
  --rs-fg-muted: rgb(200, 201, 202); --rs-border: rgb(10, 11, 12); --rs-accent: rgb(240, 200, 100);
  --rs-accent-fg: rgb(13, 14, 15); --rs-accent-bg: rgb(16, 17, 18); --rs-danger: rgb(255, 100, 99);
  --rs-danger-fg: rgb(19, 20, 21); --rs-danger-bg: rgb(22, 23, 24); --rs-radius: 3px; --rs-shadow: none;
  --rs-font-display: monospace; --rs-font-body: serif;
}";

async fn themed() -> (tempfile::TempDir, Served) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.css"), THEME).unwrap();
    let folders = vec![folder.path().to_owned()];
    let served = served_with(Transport::Bearer, |settings| {
        settings.pages.extra_static_dirs = folders;
        settings.pages.theme_css_url = Some("/regstack-static/mine.css".into());
    })
    .await;
    (folder, served)
}

#[tokio::test]
async fn a_theme_of_properties_alone_restyles_everything() {
    let (_folder, served) = themed().await;
    let browser = at_home(&served, ADA).await;
    browser
        .js(
            "for (const section of document.querySelectorAll('details')) { section.removeAttribute('name'); section.open = true }",
            vec![],
        )
        .await;
    browser.send("change-email").await;
    for scheme in ["light", "dark"] {
        browser.look(1280, scheme).await;
        for (selector, property, value) in [
            ("body", "background-color", "rgb(1, 2, 3)"),
            ("body", "color", "rgb(250, 251, 252)"),
            ("body", "font-family", "serif"),
            (".rs-title", "font-family", "monospace"),
            (".rs-card", "background-color", "rgb(7, 8, 9)"),
            (".rs-card", "border-top-color", "rgb(10, 11, 12)"),
            (".rs-card", "box-shadow", "none"),
            (".rs-hint", "color", "rgb(200, 201, 202)"),
            (".rs-btn-primary", "background-color", "rgb(240, 200, 100)"),
            (".rs-btn-primary", "color", "rgb(13, 14, 15)"),
            (".rs-btn-primary", "border-top-left-radius", "3px"),
            (".rs-btn-danger", "background-color", "rgb(255, 100, 99)"),
            (".rs-btn-danger", "color", "rgb(19, 20, 21)"),
            (".rs-btn-ghost", "color", "rgb(240, 200, 100)"),
            (".rs-error", "color", "rgb(255, 100, 99)"),
            ("#full_name", "background-color", "rgb(7, 8, 9)"),
            ("#full_name", "border-top-left-radius", "3px"),
        ] {
            let script = "return getComputedStyle(document.querySelector(arguments[0])).getPropertyValue(arguments[1])";
            let found = browser
                .js(script, vec![selector.into(), property.into()])
                .await;
            // Colours change over a moment.
            let script = format!(
                "return getComputedStyle(document.querySelector({})).getPropertyValue({}) === {}",
                Value::from(selector),
                Value::from(property),
                Value::from(value)
            );
            browser
                .until(
                    &format!("{selector} {property} {value}, not {found}"),
                    &script,
                )
                .await;
        }
        // No colour of ours is left anywhere.
        let script = "const ours = ['rgb(49, 80, 200)', 'rgb(163, 182, 255)', 'rgb(244, 245, 248)', 'rgb(17, 20, 27)', 'rgb(255, 255, 255)', 'rgb(25, 29, 39)']; \
            return [...document.querySelectorAll('body, body *')].filter((element) => element.checkVisibility()).flatMap((element) => ['color', 'backgroundColor', 'borderTopColor'] \
                .filter((part) => ours.includes(getComputedStyle(element)[part])).map((part) => element.className + ' ' + part))";
        assert_eq!(browser.js(script, vec![]).await, json!([]), "{scheme}");
    }
    browser.end().await;
}

#[tokio::test]
async fn colours_of_the_system_and_a_wish_for_stillness_are_followed() {
    let served = served(Transport::Bearer).await;
    let browser = Browser::at(&served).await;
    browser.open("/account/login").await;
    browser.prefers("forced-colors", "active").await;
    browser.send("login").await;
    // What is most important and what is wrong are told by their form, as no colour is left to tell them.
    let script = "const style = (selector) => getComputedStyle(document.querySelector(selector)); \
        return [style('.rs-btn-primary').backgroundColor !== style('.rs-card').backgroundColor, \
        style('[aria-invalid=true]').borderTopStyle, style('.rs-secret input:not([aria-invalid=true]), .rs-card').borderTopStyle]";
    assert_eq!(
        browser.js(script, vec![]).await,
        json!([true, "dashed", "solid"])
    );
    browser.prefers("prefers-reduced-motion", "reduce").await;
    let script = "return [...document.querySelectorAll('body *')].filter((element) => { const style = getComputedStyle(element); \
        return parseFloat(style.transitionDuration) > 0 && style.transitionProperty !== 'none' }).map((element) => element.outerHTML)";
    assert_eq!(browser.js(script, vec![]).await, json!([]));
    browser.end().await;
}
