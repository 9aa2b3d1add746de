//! `GET /docs`.

use crate::support::actor::Requests as _;
use crate::support::served::Served;

#[tokio::test]
async fn the_page_loads_its_own_files_and_nothing_else() {
    let served = Served::start().await;
    let page = served.get("//docs").await;
    assert_eq!(
        page.is(200).header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    for forbidden in ["unsafe", "http:", "https:", "*"] {
        assert!(!policy.contains(forbidden), "{policy}");
    }
    let page = page.body.as_str().unwrap();
    // The policy would stop them.
    assert_eq!(
        page.matches("<script").count(),
        page.matches("<script src=\"docs/").count()
    );
    assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("://"));
    let mut files = 0;
    for part in page.split(['"']).filter(|part| part.starts_with("docs/")) {
        let file = served.get(&format!("//{part}")).await;
        assert_eq!(
            file.is(200).header("x-content-type-options"),
            Some("nosniff")
        );
        let kind = file.header("content-type").unwrap();
        let expected = match part.rsplit('.').next().unwrap() {
            "js" => "text/javascript",
            "css" => "text/css",
            _ => "image/png",
        };
        assert_eq!(kind, expected, "{part}");
        files += 1;
    }
    assert_eq!(files, 4);
    for path in [
        "//docs/index.html",
        "//docs/swagger-initializer.js",
        "//docs/..%2fCargo.toml",
        "//docs/%2e%2e/x",
    ] {
        assert!(served.get(path).await.status.is_client_error(), "{path}");
    }
}
