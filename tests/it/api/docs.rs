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
    for forbidden in ["unsafe", "http:", "https:", "*", "data:"] {
        assert!(!policy.contains(forbidden), "{policy}");
    }
    let page = page.body.as_str().unwrap();
    // The policy would stop them.
    assert_eq!(
        page.matches("<script").count(),
        page.matches("<script src=\"docs/").count()
    );
    assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("src=\"http"));
    let mut files = 0;
    for part in page.split(['"']).filter(|part| part.starts_with("docs/")) {
        let file = served.get(&format!("//{part}")).await;
        assert_eq!(
            file.is(200).header("x-content-type-options"),
            Some("nosniff")
        );
        let kind = file.header("content-type").unwrap();
        let expected = match part.rsplit('.').next().unwrap() {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        assert_eq!(kind, expected, "{part}");
        files += 1;
    }
    assert_eq!(files, 4);
    for path in [
        "//docs/index.html",
        "//docs/..%2fCargo.toml",
        "//docs/%2e%2e/x",
    ] {
        assert!(served.get(path).await.status.is_client_error(), "{path}");
    }
}

#[tokio::test]
async fn every_operation_of_the_document_is_on_the_page_in_the_order_of_a_first_visit() {
    let served = Served::with(|settings| {
        settings.features.enable_admin_router = true;
        settings.features.enable_sms_2fa = true;
    })
    .await;
    let document = served.get("//openapi.json").await.body;
    let page = served.get("//docs").await;
    let page = page.body.as_str().unwrap();
    let place = |id: &str| {
        page.find(&format!("<details class=\"operation\" id=\"{id}\""))
            .unwrap_or_else(|| panic!("{id} is not on the page"))
    };
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            place(operation["operationId"].as_str().unwrap());
        }
    }
    let order = [
        "register",
        "verify",
        "login",
        "logout",
        "get_me",
        "delete_account",
        "list_users",
        "healthz",
    ];
    let start = page.find("Getting started").unwrap();
    assert!(start < place(order[0]));
    assert!(order.is_sorted_by_key(|id| place(id)));
}
