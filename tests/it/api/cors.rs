//! `cors_origins`: pages elsewhere that may call the API.

use regstack::internals::config::{Settings, Transport};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
const APP: &str = "https://app.example";
const EVIL: &str = "https://evil.example";

async fn served(change: impl FnOnce(&mut Settings)) -> Served {
    let served = Served::with(change).await;
    served.account(ADA, |_| ()).await;
    served
}

/// What a browser asks before it sends a login for a page of this origin.
async fn preflight(served: &Served, origin: &str) -> (StatusCode, HeaderMap) {
    let answer = served
        .request(Method::OPTIONS, "/login")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
        .send()
        .await
        .unwrap();
    (answer.status(), answer.headers().clone())
}

async fn log_in(served: &Served, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap) {
    let mut request = served.request(Method::POST, "/login");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = json!({"email": ADA, "password": PASSWORD});
    let answer = request.json(&body).send().await.unwrap();
    (answer.status(), answer.headers().clone())
}

fn allowed(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get("access-control-allow-origin")?;
    value.to_str().ok()
}

#[tokio::test]
async fn only_named_origins_may_call_the_api_and_without_cookies() {
    let named = served(|settings| settings.identity.cors_origins = vec![APP.to_owned()]).await;
    let (status, headers) = preflight(&named, APP).await;
    assert_eq!((status.as_u16(), allowed(&headers)), (200, Some(APP)));
    assert!(!headers.contains_key("access-control-allow-credentials"));
    let (_, headers) = preflight(&named, EVIL).await;
    assert_eq!(allowed(&headers), None);
    let (status, headers) = log_in(&named, &[("origin", APP)]).await;
    assert_eq!((status.as_u16(), allowed(&headers)), (200, Some(APP)));

    let nobody = served(|_| ()).await;
    let (status, headers) = preflight(&nobody, APP).await;
    assert_eq!((status.as_u16(), allowed(&headers)), (405, None));

    let all = served(|settings| settings.identity.cors_origins = vec!["*".to_owned()]).await;
    let (_, headers) = preflight(&all, EVIL).await;
    assert_eq!(allowed(&headers), Some("*"));
    assert!(!headers.contains_key("access-control-allow-credentials"));
}

#[tokio::test]
async fn a_named_origin_of_the_same_site_may_use_the_cookie() {
    let served = served(|settings| {
        settings.tokens.transport = Transport::Cookie;
        settings.identity.cors_origins = vec![APP.to_owned()];
    })
    .await;
    let (_, headers) = preflight(&served, APP).await;
    assert_eq!(headers["access-control-allow-credentials"], "true");
    for (origin, site, status) in [
        (APP, "same-site", 200),
        (APP, "cross-site", 403),
        (EVIL, "same-site", 403),
        (EVIL, "cross-site", 403),
    ] {
        let headers = [("origin", origin), ("sec-fetch-site", site)];
        let (answered, headers) = log_in(&served, &headers).await;
        assert_eq!(answered.as_u16(), status, "{origin} {site}");
        assert_eq!(headers.contains_key("set-cookie"), status == 200);
    }
    let (answered, _) = log_in(&served, &[("origin", APP)]).await;
    assert_eq!(
        answered.as_u16(),
        403,
        "a browser that says nothing of the site"
    );
}
