//! Templates and themes of others: those of the Python package, as its users' overrides are, and small ones.

use std::fs;
use std::path::{Path, PathBuf};

use super::{attributes, html};

use crate::support::actor::Requests as _;
use crate::support::served::Served;

/// The pages' templates of the Python package, which `tests/run` fetches.
pub(crate) fn python_templates() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/test-tools/python/0.1.0/src/regstack/ui/templates");
    assert!(
        folder.join("base.html").is_file(),
        "{} is missing: run tests/run",
        folder.display()
    );
    folder
}

/// Copies some of them, so that the rest stays built in.
fn some_of(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("auth")).unwrap();
    for name in names {
        fs::copy(python_templates().join(name), folder.path().join(name)).unwrap();
    }
    folder
}

async fn overridden(folder: &Path) -> Served {
    Served::with(|settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_sms_2fa = true;
        settings.pages.theme_css_url = Some("/branding/theme.css".into());
        settings.pages.extra_template_dirs = vec![folder.to_owned()];
    })
    .await
}

#[tokio::test]
async fn all_templates_of_the_python_package_render_as_overrides() {
    let served = overridden(&python_templates()).await;
    for (path, name, form) in [
        ("login", "login", Some("login")),
        ("register", "register", Some("register")),
        ("forgot", "forgot", Some("forgot")),
        ("reset-password", "reset", Some("reset")),
        ("verify", "verify", None),
        ("confirm-email-change", "confirm-email-change", None),
        ("mfa-confirm", "mfa-confirm", Some("mfa-confirm")),
        ("me", "me", Some("update-profile")),
    ] {
        let answer = served.get(&format!("//account/{path}")).await;
        let html = html(answer.is(200));
        assert!(attributes(html, "data-rs-page").contains(&name));
        assert_eq!(attributes(html, "data-rs-form").first().copied(), form);
        assert_eq!(html.matches("id=\"rs-messages\"").count(), 1, "{path}");
        assert!(html.contains("href=\"/branding/theme.css\""), "{path}");
        assert!(html.contains("src=\"/regstack-static/js/regstack.js\""));
        assert!(
            !html.contains("data-rs-transport"),
            "the override is in use"
        );
    }
    // What the package has no template for stands in its frame.
    let nowhere = served.get("//account/nowhere").await;
    assert!(html(nowhere.is(404)).contains("Page not found"));
    assert!(!html(&nowhere).contains("data-rs-transport"));
}

#[tokio::test]
async fn a_frame_and_a_page_can_be_overridden_each_without_the_other() {
    let frame = some_of(&["base.html"]);
    let served = overridden(frame.path()).await;
    let login = served.get("//account/login").await;
    assert!(!html(&login).contains("data-rs-transport"));
    assert!(html(&login).contains("<h1 class=\"rs-title\">Log in</h1>"));

    let page = some_of(&["auth/login.html"]);
    let served = overridden(page.path()).await;
    let login = served.get("//account/login").await;
    assert!(html(&login).contains("data-rs-transport"));
    assert!(!html(&login).contains("<h1 class=\"rs-title\">Log in</h1>"));
}

#[tokio::test]
async fn every_block_of_the_frame_can_be_filled() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("auth")).unwrap();
    let blocks = ["title", "extra_head", "brand", "content", "footer"];
    let filled = blocks.map(|block| format!("{{% block {block} %}}({block}){{% endblock %}}\n"));
    fs::write(
        folder.path().join("auth/login.html"),
        format!("{{% extends \"base.html\" %}}\n{}", filled.concat()),
    )
    .unwrap();
    let served = overridden(folder.path()).await;
    let login = served.get("//account/login").await;
    for block in blocks {
        assert_eq!(html(&login).matches(&format!("({block})")).count(), 1);
    }
}

#[test]
fn a_page_that_uses_what_it_is_not_given_is_refused_at_start() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("auth")).unwrap();
    let file = folder.path().join("auth/me.html");
    fs::write(&file, "{% extends \"base.html\" %}\n{{ user.email }}\n").unwrap();
    let mut settings = crate::support::served::settings();
    settings.pages.extra_template_dirs = vec![folder.path().to_owned()];
    let ambient = regstack::internals::app::Ambient::system();
    let faults = regstack::internals::app::App::check(&settings, &ambient).unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        format!(
            "extra_template_dirs: {}, line 2: unknown variable: `user` is undefined",
            file.display()
        )
    );
}
