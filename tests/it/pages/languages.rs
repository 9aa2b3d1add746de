//! Languages: of pages, of mails and SMS, of an account.

use std::fs;

use reqwest::Method;
use serde_json::json;

use super::html;
use crate::support::actor::{Answer, PASSWORD, Requests as _};
use crate::support::served::Served;

const ADA: &str = "ada@example.com";

/// Some messages in languages that nobody ships.
pub(crate) const WELSH: &str = "login-title = Mewngofnodi\nlanguage-name = Cymraeg\nmail-verification-subject = Cadarnhewch\nmail-hello-name = Helo { $name },\nmail-hello = Helo,\nmail-password-reset = Ailosod { $email }\nsms-phone-setup = Cod { $app }: { $code }\n";
pub(crate) const HEBREW: &str = "login-title = כניסה\nmail-hello = שלום,\n";

/// One whose people may read Welsh and Hebrew, too.
pub(crate) async fn multilingual(languages: &[&str], default: &str) -> (tempfile::TempDir, Served) {
    let folder = tempfile::tempdir().unwrap();
    let locales = folder.path().join("locales");
    fs::create_dir(&locales).unwrap();
    fs::write(locales.join("cy.ftl"), WELSH).unwrap();
    fs::write(locales.join("he.ftl"), HEBREW).unwrap();
    let served = Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_sms_2fa = true;
        settings.features.hide_registered_emails = true;
        settings.pages.extra_template_dirs = vec![folder.path().to_owned()];
        settings.pages.languages = languages.iter().map(ToString::to_string).collect();
        default.clone_into(&mut settings.pages.default_language);
    })
    .await;
    (folder, served)
}

/// The language that a page says it is in, and its direction.
fn language(answer: &Answer) -> String {
    let html = html(answer.is(200));
    let start = html.find("<html ").unwrap();
    let end = start + html[start..].find('>').unwrap();
    html[start..end]
        .replace("<html lang=", "")
        .replace(['"', '='], "")
        .replace("dir", "")
}

async fn login(served: &Served, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = served.request(Method::GET, &format!("//account/{path}"));
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    served.send(request).await
}

#[tokio::test]
async fn a_page_is_in_the_language_of_its_address_then_of_the_browser_then_the_default() {
    let (_folder, served) = multilingual(&["en", "cy", "he"], "he").await;
    let accept = "accept-language";
    for (path, headers, expected) in [
        ("login", &[][..], "he rtl"),
        ("login?lang=cy", &[], "cy ltr"),
        ("login?lang=cy-GB", &[(accept, "en")], "cy ltr"),
        ("login", &[(accept, "cy")], "cy ltr"),
        (
            "login",
            &[(accept, "fr;q=1, en;q=0.4, cy;q=0.5, *;q=0.1")],
            "cy ltr",
        ),
        ("login", &[(accept, "cy;q=0, en-GB;q=0.2")], "en ltr"),
        ("login", &[(accept, "sw")], "he rtl"),
        (
            "login",
            &[(accept, "en"), ("cookie", "a=b; regstack_lang=cy")],
            "cy ltr",
        ),
        ("login?lang=en", &[("cookie", "regstack_lang=cy")], "en ltr"),
        ("login?lang=../../en", &[], "he rtl"),
        (
            "login?lang=<script>",
            &[("cookie", "regstack_lang=\"><b>")],
            "he rtl",
        ),
    ] {
        let answer = login(&served, path, headers).await;
        assert_eq!(language(&answer), expected, "{path} {headers:?}");
    }
    let welsh = login(&served, "login?lang=cy&next=%2Faccount%2Fme%23x", &[]).await;
    assert!(html(&welsh).contains(">Mewngofnodi</h1>"));
    assert!(
        html(&welsh).contains(">Email address<"),
        "what is not translated is English"
    );
    let kept = welsh.header("set-cookie").unwrap();
    assert_eq!(
        kept,
        "regstack_lang=cy; Path=/; Max-Age=31536000; SameSite=Lax"
    );
    assert!(html(&welsh).contains("href=\"?next=%2Faccount%2Fme%23x&amp;lang=he\" lang=\"he\""));
    assert!(html(&welsh).contains(" aria-current=\"true\">Cymraeg</a>"));
    let plain = login(&served, "login", &[]).await;
    assert_eq!(plain.header("set-cookie"), None);
    let with_token = login(&served, "verify?lang=cy&token=abc", &[]).await;
    assert!(
        !html(&with_token).contains("rs-languages"),
        "the token would be lost"
    );
}

#[tokio::test]
async fn languages_that_are_not_offered_are_not_given() {
    let (_folder, served) = multilingual(&["en", "cy"], "en").await;
    let answer = login(&served, "login?lang=he", &[("accept-language", "he")]).await;
    assert_eq!(language(&answer), "en ltr");
    assert!(!html(&answer).contains("lang=\"he\""));
    let (_folder, alone) = multilingual(&["en"], "en").await;
    assert!(!html(&login(&alone, "login", &[]).await).contains("rs-languages"));
}

#[tokio::test]
async fn mail_is_in_the_language_of_the_account_then_of_the_request() {
    let (_folder, served) = multilingual(&[], "en").await;
    let hello = |mails: Vec<String>| mails[0].lines().next().unwrap().to_owned();
    let register = async |email: &str, language: serde_json::Value, accept: &str| {
        let body = json!({"email": email, "password": PASSWORD, "language": language});
        let request = served.request(Method::POST, "/register").json(&body);
        served
            .send(request.header("accept-language", accept))
            .await
            .is(201)
            .status
    };
    register("own@example.com", "cy".into(), "he").await;
    assert_eq!(hello(served.mails("own@example.com", 1).await), "Helo,");
    register("asked@example.com", serde_json::Value::Null, "he, en").await;
    assert_eq!(hello(served.mails("asked@example.com", 1).await), "שלום,");
    register("none@example.com", serde_json::Value::Null, "sw").await;
    assert_eq!(hello(served.mails("none@example.com", 1).await), "Hello,");

    // What the registration said is the account's, and counts whoever asks from where.
    served.resend_verification("own@example.com").await.is(202);
    assert_eq!(hello(served.mails("own@example.com", 2).await), "Helo,");
    let token = served.mailed_token("own@example.com", 2).await;
    served.verify(&token).await.is(200);
    assert_eq!(
        served
            .user("own@example.com")
            .await
            .public()
            .language
            .as_deref(),
        Some("cy")
    );
    let forgot = served.request(Method::POST, "/forgot-password");
    let forgot = forgot.json(&json!({"email": "own@example.com"}));
    served
        .send(forgot.header("accept-language", "he"))
        .await
        .is(202);
    assert!(served.mails("own@example.com", 3).await[0].contains("Ailosod own@example.com"));
    register("own@example.com", serde_json::Value::Null, "he").await;
    assert_eq!(
        hello(served.mails("own@example.com", 4).await),
        "Helo,",
        "told of a second sign-up"
    );
}

#[tokio::test]
async fn an_account_has_a_language_and_changes_it() {
    let (_folder, served) = multilingual(&[], "en").await;
    let ada = served.signed_in(ADA).await;
    assert_eq!(ada.get("/me").await.body["language"], json!(null));
    let changed = ada.patch("/me", json!({"language": "CY-gb"})).await;
    assert_eq!(changed.is(200).text("language"), "cy-GB");
    let kept = ada.patch("/me", json!({"full_name": "Ada"})).await;
    assert_eq!(kept.text("language"), "cy-GB", "what is not named stays");
    for wrong in [
        "",
        "x",
        "de_DE!",
        "and a long one that is none of any language",
    ] {
        ada.patch("/me", json!({"language": wrong}))
            .await
            .refused(422, "validation_error");
    }
    ada.patch("/me", json!({"language": null})).await.is(200);
    assert_eq!(ada.get("/me").await.body["language"], json!(null));
    ada.patch("/me", json!({"language": "cy"})).await.is(200);
    let phone = json!({"phone_number": "+447700900125", "current_password": PASSWORD});
    ada.post("/phone/start", phone).await.is(202);
    let sms = served.mails("+447700900125", 1).await.remove(0);
    assert!(
        sms.starts_with("Cod RegStack: ") || sms.starts_with("Cod "),
        "{sms}"
    );
}

#[test]
fn a_language_without_messages_is_refused_at_start() {
    let check = |change: &dyn Fn(&mut regstack::internals::config::Pages)| {
        let mut settings = crate::support::served::settings();
        change(&mut settings.pages);
        let ambient = regstack::internals::app::Ambient::system();
        let faults = regstack::internals::app::App::check(&settings, &ambient).unwrap_err();
        faults[0].to_string()
    };
    let unknown = check(&|pages| pages.languages = vec!["en".into(), "tlh".into()]);
    assert!(
        unknown.starts_with("languages: there are no messages in \"tlh\"; there are "),
        "{unknown}"
    );
    let unknown = check(&|pages| pages.default_language = "tlh".into());
    assert!(
        unknown.starts_with("default_language: there are no messages in"),
        "{unknown}"
    );
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("locales")).unwrap();
    fs::write(folder.path().join("locales/cy.ftl"), WELSH).unwrap();
    let left_out = check(&|pages| {
        pages.extra_template_dirs = vec![folder.path().to_owned()];
        pages.languages = vec!["cy".into()];
    });
    assert_eq!(left_out, "default_language: must be one of languages");
    fs::write(
        folder.path().join("locales/cy.ftl"),
        "mail-hello-name = Helo { $nmae },\n",
    )
    .unwrap();
    let wrong = check(&|pages| pages.extra_template_dirs = vec![folder.path().to_owned()]);
    let file = folder.path().join("locales/cy.ftl");
    let expected = format!(
        "extra_template_dirs: {}, line 1: mail-hello-name has no variable $nmae",
        file.display()
    );
    assert_eq!(wrong, expected);
}
