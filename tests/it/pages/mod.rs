//! The pages and their files over HTTP. What happens in a browser is in `browser`.

mod files;
pub(crate) mod languages;
pub(crate) mod overrides;
mod words;

use reqwest::Method;

use crate::support::actor::{Answer, Requests as _};
use crate::support::served::Served;

/// One with the pages on.
pub(crate) async fn with_pages() -> Served {
    Served::with(|settings| settings.features.enable_ui_router = true).await
}

/// Every page: where it is, what it calls itself, its forms.
const PAGES: [(&str, &str, &[&str]); 11] = [
    ("login", "login", &["login"]),
    ("register", "register", &["register", "resend-verification"]),
    ("verify", "verify", &["verify", "resend-verification"]),
    ("forgot", "forgot", &["forgot"]),
    ("reset", "reset", &["reset"]),
    ("reset-password", "reset", &["reset"]),
    (
        "confirm-email-change",
        "confirm-email-change",
        &["confirm-email-change"],
    ),
    ("accept-invitation", "accept-invitation", &["reset"]),
    (
        "undo-email-change",
        "undo-email-change",
        &["undo-email-change"],
    ),
    (
        "mfa-confirm",
        "mfa-confirm",
        &["mfa-confirm", "mfa-recovery", "mfa-send"],
    ),
    (
        "me",
        "me",
        &[
            "update-profile",
            "change-email",
            "resend-verification",
            "update-language",
            "change-password",
            "phone-setup-start",
            "phone-setup-confirm",
            "mfa-disable",
            "recovery-codes",
            "delete-account",
        ],
    ),
];

#[track_caller]
fn html(answer: &Answer) -> &str {
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8"),
        "{answer:?}"
    );
    answer.body.as_str().unwrap()
}

/// The values of an attribute, in their order.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let before = format!("{name}=\"");
    let rest = html.split(before.as_str()).skip(1);
    rest.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn every_page_names_itself_its_forms_and_its_prefixes() {
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_sms_2fa = true;
    })
    .await;
    for (path, name, forms) in PAGES {
        let answer = served.get(&format!("//account/{path}")).await;
        let html = html(answer.is(200));
        assert_eq!(attributes(html, "data-rs-page"), [name]);
        assert_eq!(attributes(html, "data-rs-api"), ["/api/auth"]);
        assert_eq!(attributes(html, "data-rs-ui"), ["/account"]);
        assert_eq!(attributes(html, "data-rs-transport"), ["bearer"]);
        assert_eq!(attributes(html, "data-rs-form"), forms, "{path}");
        // Sent without the script, no form may put a password into an address.
        assert_eq!(html.matches("<form").count(), forms.len());
        assert_eq!(html.matches("method=\"post\"").count(), forms.len());
        assert!(html.contains("<noscript>"), "{path}");
    }
}

#[tokio::test]
async fn the_account_has_all_that_others_hang_on() {
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_sms_2fa = true;
    })
    .await;
    let me = served.get("//account/me").await;
    let html = html(&me);
    assert_eq!(
        attributes(html, "data-rs-field"),
        ["full_name", "email", "created_at", "email"]
    );
    assert_eq!(
        attributes(html, "data-rs-badge"),
        ["is_verified", "is_mfa_enabled"]
    );
    assert_eq!(attributes(html, "data-rs-action")[0], "logout");
    for part in [
        "data-rs-account",
        "data-rs-message",
        "data-rs-mfa-section",
        "data-rs-mfa-status",
        "data-rs-mfa-enable",
        "data-rs-mfa-disable",
    ] {
        assert!(html.contains(part), "{part}");
    }
    for page in ["verify", "confirm-email-change"] {
        let answer = served.get(&format!("//account/{page}")).await;
        let html = answer.body.as_str().unwrap();
        assert!(html.contains("data-rs-token") && html.contains("data-rs-status=\"pending\""));
    }
}

#[tokio::test]
async fn a_page_runs_its_own_script_and_nothing_inline_and_is_kept_by_nobody() {
    let served = with_pages().await;
    for (path, ..) in PAGES.iter().filter(|(path, ..)| *path != "mfa-confirm") {
        let answer = served
            .get(&format!("//account/{path}?token=abc-DEF_1.2"))
            .await;
        let policy = answer.is(200).header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.split("; ").any(|of| of == part), "{part}: {policy}");
        }
        for forbidden in ["unsafe", "http:", "https:", "*"] {
            assert!(!policy.contains(forbidden), "{policy}");
        }
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert_eq!(answer.header("strict-transport-security"), None);
        let html = html(&answer);
        assert!(!html.contains("abc-DEF"), "the token stays in the address");
        for forbidden in ["<style", " style=", " onclick=", "javascript:", "://"] {
            assert!(!html.contains(forbidden), "{path}: {forbidden}");
        }
        // Beside it the messages, which are data.
        assert_eq!(html.matches("<script").count(), 2, "{path}");
        assert_eq!(html.matches("<script type=\"application/json\"").count(), 1);
        assert_eq!(html.matches("<script src=\"/regstack-static/").count(), 1);
    }
}

#[tokio::test]
async fn over_https_the_pages_ask_for_it_from_then_on_and_know_the_path_a_proxy_cuts_off() {
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.identity.base_url = "https://example.com/sub".into();
    })
    .await;
    let answer = served.get("//account/login").await;
    assert_eq!(
        answer.header("strict-transport-security"),
        Some("max-age=31536000")
    );
    let html = html(&answer);
    assert_eq!(attributes(html, "data-rs-api"), ["/sub/api/auth"]);
    assert_eq!(attributes(html, "data-rs-ui"), ["/sub/account"]);
    assert!(attributes(html, "src")[0].starts_with("/sub/regstack-static/js/regstack.js?v="));
}

#[tokio::test]
async fn links_in_mail_lead_to_a_page_that_changes_nothing_by_being_loaded() {
    let served = with_pages().await;
    served.register("ada@example.com").await.is(201);
    let mail = served.mails("ada@example.com", 1).await.remove(0);
    let link = mail
        .split_whitespace()
        .find(|word| word.starts_with("http"))
        .unwrap();
    let path = link
        .strip_prefix("http://localhost:8000")
        .expect("the configured base_url");
    assert!(path.starts_with("/account/verify?token="), "{path}");
    for method in [Method::GET, Method::HEAD, Method::GET] {
        let request = served.request(method, &format!("/{path}"));
        served.send(request).await.is(200);
    }
    let token = path.split_once("token=").unwrap().1;
    let proof = serde_json::json!({"token": token});
    served.post("/verify", proof).await.is(200);
}

#[tokio::test]
async fn the_root_leads_to_the_login_where_pages_are_on() {
    let answer = with_pages().await.get("//").await;
    assert_eq!(attributes(html(answer.is(200)), "data-rs-page"), ["login"]);
    Served::start().await.get("//").await.is(404);
}

#[tokio::test]
async fn where_there_is_no_page_there_is_one_that_says_so() {
    let served = with_pages().await;
    for path in ["//account/nowhere", "//account/login/x"] {
        let answer = served.get(path).await;
        let html = html(answer.is(404));
        assert!(html.contains("Page not found"), "{path}");
        assert!(html.contains("href=\"/account/me\""), "{path}");
    }
    let form = served.request(Method::POST, "//account/login");
    let answer = served.send(form.body("email=a&password=b")).await;
    assert!(html(answer.is(405)).contains("JavaScript"));
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
    // The second factor is off, so is its page.
    served.get("//account/mfa-confirm").await.is(404);
    served.get("//elsewhere").await.refused(404, "not_found");
    served.get("/nowhere").await.refused(404, "not_found");
}

#[tokio::test]
async fn the_prefix_itself_leads_to_the_account() {
    let served = with_pages().await;
    let client = crate::support::client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    for path in ["/account", "/account/"] {
        let answer = client
            .get(format!("{}{path}", served.origin))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 307, "{path}");
        assert_eq!(answer.headers()["location"], "/account/me");
    }
}

#[tokio::test]
async fn switched_off_there_are_neither_pages_nor_files() {
    let served = Served::start().await;
    for path in [
        "//account",
        "//account/login",
        "//account/nowhere",
        "//regstack-static/css/core.css",
        "//regstack-static/js/regstack.js",
    ] {
        served.get(path).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_page_is_off_with_the_route_that_it_needs() {
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_password_reset = false;
        settings.features.enable_account_deletion = false;
        settings.features.allow_registration = false;
    })
    .await;
    for path in ["forgot", "reset", "reset-password"] {
        served.get(&format!("//account/{path}")).await.is(404);
    }
    let login = served.get("//account/login").await;
    assert!(!html(&login).contains("/forgot") && !html(&login).contains("/register"));
    let register = served.get("//account/register").await;
    assert!(html(register.is(200)).contains("Sign-up is closed"));
    assert!(attributes(html(&register), "data-rs-form").is_empty());
    let me = served.get("//account/me").await;
    assert!(!html(&me).contains("delete-account") && !html(&me).contains("data-rs-mfa"));
}

#[tokio::test]
async fn names_and_slogans_are_text() {
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.identity.app_name = "Tom & <b>Jerry</b>".into();
        settings.pages.brand_tagline = Some("\"quick\" <script>alert(1)</script>".into());
        settings.pages.brand_logo_url = Some("https://pics.example/logo.svg?a=1&b=2".into());
    })
    .await;
    let answer = served.get("//account/login").await;
    let html = html(&answer);
    assert!(
        html.contains("Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;"),
        "{html}"
    );
    assert!(
        !html.contains("<script>") && !html.contains("<b>"),
        "{html}"
    );
    assert!(
        html.contains("<img class=\"rs-brand-logo\" src=\"https://pics.example/logo.svg?a=1&amp;b=2\" alt=\"\">"),
        "{html}"
    );
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.contains("img-src 'self' data: https://pics.example; "),
        "{policy}"
    );
}

#[tokio::test]
async fn password_managers_and_browsers_find_what_they_ask_the_root_for() {
    let served = with_pages().await;
    let page = served.get("//.well-known/change-password").await;
    assert_eq!(attributes(html(page.is(200)), "data-rs-page"), ["me"]);
    let icon = served.get("//favicon.ico").await;
    assert_eq!(icon.is(200).header("content-type"), Some("image/svg+xml"));
    Served::start().await.get("//favicon.ico").await.is(404);
}

async fn browse(served: &Served, method: Method, path: &str) -> Answer {
    let request = served.request(method, path);
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    served.send(request.header("accept", accept)).await
}

#[tokio::test]
async fn a_browser_reads_a_page_wherever_it_is_refused_outside_of_the_api() {
    let served = with_pages().await;
    for path in [
        "//elsewhere",
        "//regstack-static/nothing.css",
        "//wp-login.php",
    ] {
        let answer = browse(&served, Method::GET, path).await;
        assert!(html(answer.is(404)).contains("Page not found"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self'"), "{policy}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let unfit = browse(&served, Method::POST, "//docs").await;
    assert!(html(unfit.is(405)).contains("That didn&#x27;t work"));
    assert!(unfit.header("allow").is_some());
    let german = served.request(Method::GET, "//elsewhere");
    let german = german
        .header("accept", "text/html")
        .header("accept-language", "de");
    let german = served.send(german).await;
    assert!(html(german.is(404)).contains("lang=\"de\""));
    // Programs, and whatever is under the API's prefix, go on reading JSON.
    served.get("//elsewhere").await.refused(404, "not_found");
    let api = browse(&served, Method::GET, "/nowhere").await;
    api.refused(404, "not_found");
    let api = browse(&served, Method::GET, "/login").await;
    api.refused(405, "method_not_allowed");
    let off = browse(&Served::start().await, Method::GET, "//elsewhere").await;
    off.refused(404, "not_found");
}
