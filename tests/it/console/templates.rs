//! Previews of mail, SMS and pages.

use super::{Desk, ROOT, office, office_with};
use crate::support::database::Kind;

#[tokio::test]
async fn every_template_is_shown_in_every_language() {
    let served = office(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    let list = root.get("/templates").await;
    assert!(list.is(200).html.len() < 60_000, "{}", list.html.len());
    let links = list.html.split("/templates/preview?").skip(1);
    let names: Vec<String> = links
        .map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"))
        .filter(|query| query.starts_with("name="))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    for query in &names {
        let page = root.get(&format!("/templates/preview?{query}")).await;
        page.is(200).lacks("rs-message");
        assert!(page.html.len() < 60_000, "{query}: {}", page.html.len());
    }
    for (tag, subject) in [("en", "Confirm"), ("de", "tigen"), ("ar", "\u{0623}")] {
        let page = root
            .get(&format!("/templates/preview?name=verification&in={tag}"))
            .await;
        page.is(200)
            .shows(subject)
            .shows(&format!("lang=\"{tag}\""));
        let html = root
            .get(&format!("/templates/html?name=verification&in={tag}"))
            .await;
        html.is(200).shows(&format!("lang=\"{tag}\""));
    }
    for missing in [
        "",
        "name=nothing",
        "name=../../etc/passwd",
        "name=console/users.html",
    ] {
        root.get(&format!("/templates/preview?{missing}"))
            .await
            .is(404);
        root.get(&format!("/templates/html?{missing}"))
            .await
            .is(404);
    }
}

/// What an operator wrote into a template runs nowhere.
#[tokio::test]
async fn a_preview_runs_nothing_and_shows_what_replaces_it() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = "<html><head></head><body><script>alert(1)</script>{{ app_name }}</body></html>";
    std::fs::write(folder.path().join("verification.html"), hostile).unwrap();
    std::fs::write(
        folder.path().join("verification.txt"),
        "<script>2</script>{{ app_name }}",
    )
    .unwrap();
    let path = folder.path().to_owned();
    let served = office_with(Kind::Sqlite, |settings| {
        settings.pages.extra_template_dirs = vec![path];
    })
    .await;
    let root = Desk::of(&served, ROOT).await;
    root.get("/templates")
        .await
        .is(200)
        .shows("verification.html");
    let page = root.get("/templates/preview?name=verification").await;
    page.is(200)
        .shows("&lt;script&gt;2")
        .lacks("<script>2")
        .lacks("alert(1)");
    page.shows("sandbox></iframe>");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-src 'self'") && policy.contains("script-src 'self'"));
    let html = root.get("/templates/html?name=verification").await;
    let policy = html.is(200).headers["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(
        policy.ends_with("; sandbox") && !policy.contains("script-src"),
        "{policy}"
    );
    assert_eq!(html.headers["x-frame-options"], "SAMEORIGIN");
}
