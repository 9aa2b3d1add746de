//! `/forward-auth`, asked as proxies ask.

use jiff::SignedDuration;
use regstack::internals::config::{Settings, Transport};
use regstack::internals::model::{FullName, Origin, UserChange};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::actor::{Actor, Answer, PASSWORD, Requests};
use crate::support::served::Served;

const APP: &str = "https://app.example.com";

fn behind_a_proxy(settings: &mut Settings) {
    settings.identity.base_url = "https://accounts.example.com".into();
    settings.identity.cookie_domain = Some("example.com".into());
    settings.identity.behind_proxy = true;
    settings.features.enable_forward_auth = true;
    settings.features.enable_ui_router = true;
    settings.tokens.transport = Transport::Cookie;
    settings.pages.return_origins = vec![APP.into()];
}

async fn served() -> Served {
    Served::with(behind_a_proxy).await
}

/// The question whether a request of this method to this URL may pass, as proxies put it.
fn question(method: &str, url: &str) -> Vec<(&'static str, String)> {
    let (scheme, rest) = url.split_once("://").unwrap();
    let at = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    vec![
        ("x-forwarded-method", method.to_owned()),
        ("x-forwarded-proto", scheme.to_owned()),
        ("x-forwarded-host", host.to_owned()),
        ("x-forwarded-uri", path.to_owned()),
    ]
}

fn ask(who: &impl Requests, query: &str, headers: &[(&'static str, String)]) -> RequestBuilder {
    let request = who
        .unled()
        .request(Method::GET, &format!("/forward-auth{query}"));
    headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, value)
    })
}

/// A person who opens a page.
async fn visit(served: &Served, url: &str) -> Answer {
    let request = ask(served, "", &question("GET", url)).header("accept", "text/html,*/*");
    served.send(request).await
}

/// Somebody whose browser holds a session.
async fn browser(served: &Served, email: &str) -> Actor {
    if served.find(email).await.is_none() {
        served.account(email, |_| ()).await;
    }
    let wish = json!({"email": email, "password": PASSWORD});
    let login = served.request(Method::POST, "/login").json(&wish);
    let login = login.header("x-regstack-transport", "bearer");
    let answer = served.send(login).await;
    served.page(answer.is(200).text("access_token"))
}

/// Gives an account another name.
async fn rename(served: &Served, email: &str, name: Option<&str>) {
    let change = UserChange {
        full_name: Some(FullName::parse(name.unwrap_or_default()).unwrap()),
        ..UserChange::default()
    };
    let id = served.id_of(email).await;
    let accounts = &served.app.accounts;
    let renamed = accounts.patch(id, change, false, &Origin::server()).await;
    renamed.unwrap();
}

/// Where a refused person is led, and back to.
fn led(answer: &Answer) -> (String, Option<String>) {
    let location = answer.header("location").expect("a location");
    let url = url::Url::parse(location).unwrap();
    let next = url.query_pairs().find(|(name, _)| name == "next");
    let page = location.split('?').next().unwrap().to_owned();
    (page, next.map(|(_, next)| next.into_owned()))
}

#[tokio::test]
async fn a_person_without_a_session_is_led_to_the_login_and_back_to_the_very_url() {
    let served = served().await;
    let url = format!("{APP}/reports/7?q=a%20b&c=d%26e&f[]=%C3%A9");
    let answer = visit(&served, &url).await;
    assert_eq!(answer.status, 302);
    let login = "https://accounts.example.com/account/login".to_owned();
    assert_eq!(led(&answer), (login, Some(url.clone())));
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    // nginx takes no redirect here, and makes one of this.
    let request = ask(&served, "?redirect=false", &question("GET", &url));
    let answer = served.send(request.header("accept", "text/html")).await;
    answer.refused(401, "not_authenticated");
    assert_eq!(led(&answer).1, Some(url));
}

#[tokio::test]
async fn programs_are_told_and_not_led() {
    let served = served().await;
    let url = format!("{APP}/data");
    let asks = [
        ask(&served, "", &question("GET", &url)),
        ask(&served, "", &question("GET", &url)).header("accept", "*/*"),
        ask(&served, "", &question("POST", &url)).header("accept", "text/html"),
        ask(&served, "", &question("GET", &url))
            .header("accept", "text/html")
            .header("sec-fetch-mode", "cors"),
        ask(&served.bearer("x"), "", &question("GET", &url)).header("accept", "text/html"),
    ];
    for request in asks {
        let answer = served.send(request).await;
        answer.refused(401, "not_authenticated");
        assert_eq!(answer.header("location"), None);
    }
}

#[tokio::test]
async fn a_session_passes_with_its_identity() {
    let served = served().await;
    let ada = browser(&served, "ada@example.com").await;
    let url = format!("{APP}/x");
    for (name, encoded) in [
        (Some("Ada Lovelace"), "Ada Lovelace"),
        (Some("Zoë 100%"), "Zo%C3%AB 100%25"),
        (
            Some("a\r\nRemote-Groups: admin"),
            "a%0D%0ARemote-Groups: admin",
        ),
        (None, ""),
    ] {
        rename(&served, "ada@example.com", name).await;
        let answer = served.send(ask(&ada, "", &question("GET", &url))).await;
        answer.is(200);
        let id = served.id_of("ada@example.com").await.to_string();
        assert_eq!(answer.header("remote-user"), Some(id.as_str()));
        assert_eq!(answer.header("remote-email"), Some("ada@example.com"));
        assert_eq!(answer.header("remote-name"), Some(encoded));
        assert_eq!(
            answer.header("remote-groups"),
            Some(""),
            "present, and empty"
        );
        let lines = answer.headers.get_all("remote-groups").iter().count();
        assert_eq!(lines, 1);
    }
    let bearer = served.bearer(ada.token());
    for method in ["GET", "POST", "DELETE"] {
        let answer = served.send(ask(&bearer, "", &question(method, &url))).await;
        answer.is(200);
    }
}

#[tokio::test]
async fn administrators_alone_pass_where_only_they_may() {
    let served = served().await;
    let ada = browser(&served, "ada@example.com").await;
    served
        .account("root@example.com", |account| account.is_superuser = true)
        .await;
    let root = browser(&served, "root@example.com").await;
    let url = format!("{APP}/x");
    let passed = served.send(ask(&root, "?admin=true", &question("GET", &url)));
    assert_eq!(passed.await.is(200).header("remote-groups"), Some("admin"));
    let refused = served.send(ask(&ada, "?admin=true", &question("GET", &url)));
    refused.await.refused(403, "not_admin");
    let open = served.send(ask(&ada, "?admin=false", &question("GET", &url)));
    open.await.is(200);
}

#[tokio::test]
async fn a_disabled_account_is_out_with_the_next_request() {
    let served = served().await;
    let ada = browser(&served, "ada@example.com").await;
    let url = format!("{APP}/x");
    served
        .send(ask(&ada, "", &question("GET", &url)))
        .await
        .is(200);
    served.operator().disable("ada@example.com").await;
    let answer = served.send(ask(&ada, "", &question("GET", &url))).await;
    answer.refused(401, "not_authenticated");
    for name in [
        "remote-user",
        "remote-email",
        "remote-name",
        "remote-groups",
    ] {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_login_leads_nowhere_but_to_named_origins() {
    let served = served().await;
    for evil in [
        "https://evil.example/",
        "https://app.example.com.evil.example/",
        "https://app.example.com@evil.example/",
        "http://app.example.com/",
        "https://app.example.com:8443/",
        "https://other.example.com/",
        "javascript://app.example.com/%0aalert(1)",
    ] {
        let (page, next) = led(&visit(&served, evil).await);
        assert_eq!(page, "https://accounts.example.com/account/login");
        assert_eq!(next, None, "{evil}");
    }
    // What is put together of two headers must not become another address.
    for (name, value) in [
        ("x-forwarded-uri", "//evil.example/"),
        ("x-forwarded-uri", "@evil.example/"),
        ("x-forwarded-uri", ".evil.example/"),
        ("x-forwarded-uri", "https://evil.example/"),
        ("x-forwarded-uri", "/\\evil.example"),
        ("x-forwarded-uri", "/a b"),
        ("x-forwarded-host", "evil.example#"),
        ("x-forwarded-host", "app.example.com, evil.example"),
        ("x-forwarded-proto", "https://evil.example/?"),
    ] {
        let mut headers = question("GET", &format!("{APP}/x"));
        headers.iter_mut().find(|line| line.0 == name).unwrap().1 = value.to_owned();
        let request = ask(&served, "", &headers).header("accept", "text/html");
        let (_, next) = led(&served.send(request).await);
        let harmless = next.is_none_or(|next| next.starts_with("https://app.example.com/"));
        assert!(harmless, "{name}: {value}");
    }
}

/// A client can write any header, but only a proxy that is trusted is believed.
#[tokio::test]
async fn what_an_untrusted_peer_says_of_a_request_changes_nothing() {
    let served = Served::with(|settings| {
        behind_a_proxy(settings);
        settings.identity.trusted_proxies = vec!["198.51.100.0/24".parse().unwrap()];
    })
    .await;
    let url = format!("{APP}/x");
    let (said, silent) = (question("GET", &url), Vec::new());
    let ada = browser(&served, "ada@example.com").await;
    let bearer = served.bearer(ada.token());
    for (who, status) in [(served.actor(), 401), (&bearer, 200), (&ada, 403)] {
        let mut answers = Vec::new();
        for headers in [&said, &silent] {
            // A page elsewhere makes the browser ask.
            let request = ask(who, "", headers).header("accept", "text/html");
            let request = request.header("sec-fetch-site", "cross-site");
            let mut answer = served.send(request).await;
            answer.is(status);
            answer.headers.remove("x-request-id");
            answer.headers.remove("date");
            answers.push((answer.headers, answer.body));
        }
        assert_eq!(answers[0], answers[1]);
    }
}

#[tokio::test]
async fn a_page_elsewhere_changes_nothing_with_the_cookie() {
    let served = served().await;
    let ada = browser(&served, "ada@example.com").await;
    let cookie = format!("regstack_session={}", ada.token());
    let url = format!("{APP}/orders");
    let try_it = async |method: Option<&str>, origin: Option<&str>, site: &str| {
        let mut headers = question(method.unwrap_or("GET"), &url);
        headers.retain(|(name, _)| method.is_some() || *name != "x-forwarded-method");
        let mut request = ask(&served, "", &headers)
            .header("cookie", &cookie)
            .header("sec-fetch-site", site);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        served.send(request).await.status.as_u16()
    };
    // The application's own pages, and a person who types its address.
    assert_eq!(try_it(Some("POST"), Some(APP), "same-origin").await, 200);
    assert_eq!(try_it(Some("GET"), None, "none").await, 200);
    assert_eq!(try_it(Some("GET"), None, "cross-site").await, 200);
    // Everybody else's.
    let evil = Some("https://evil.example");
    for method in ["POST", "PUT", "DELETE", "PROPPATCH"] {
        assert_eq!(try_it(Some(method), evil, "cross-site").await, 403);
        assert_eq!(try_it(Some(method), None, "cross-site").await, 403);
        assert_eq!(try_it(Some(method), Some("null"), "cross-site").await, 403);
        let neighbour = Some("https://other.example.com");
        assert_eq!(try_it(Some(method), neighbour, "same-site").await, 403);
    }
    // A method that the proxy does not name may be any.
    assert_eq!(try_it(None, evil, "cross-site").await, 403);
}

#[tokio::test]
async fn where_the_cookie_does_not_reach_nobody_is_led_in_circles() {
    let served = Served::with(|settings| {
        behind_a_proxy(settings);
        settings.identity.cookie_domain = None;
    })
    .await;
    let (_, next) = led(&visit(&served, &format!("{APP}/x")).await);
    assert_eq!(next, None);
    let by_bearer = Served::with(|settings| {
        behind_a_proxy(settings);
        settings.tokens.transport = Transport::Bearer;
    })
    .await;
    let answer = visit(&by_bearer, &format!("{APP}/x")).await;
    answer.refused(401, "not_authenticated");
    let without_pages = Served::with(|settings| {
        behind_a_proxy(settings);
        settings.features.enable_ui_router = false;
    })
    .await;
    let answer = visit(&without_pages, &format!("{APP}/x")).await;
    answer.refused(401, "not_authenticated");
}

#[tokio::test]
async fn every_method_is_answered_and_nginx_gets_what_it_takes() {
    let served = served().await;
    let ada = browser(&served, "ada@example.com").await;
    let bearer = served.bearer(ada.token());
    for method in [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND",
    ] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = bearer.request(method, "/forward-auth");
        bearer.send(request).await.is(200);
    }
    let both = |query: &str| {
        let cookie = format!("regstack_session={}", ada.token());
        let request = ask(&bearer, query, &question("GET", APP));
        served.send(request.header("cookie", cookie))
    };
    both("").await.refused(400, "ambiguous_credentials");
    both("?redirect=false")
        .await
        .refused(401, "not_authenticated");
    let off = Served::start().await;
    off.get("/forward-auth").await.refused(404, "not_found");
}

/// Only where the proxy passes it on, only for a page that a person opens, and never beyond the longest.
#[tokio::test]
async fn a_page_that_is_opened_renews_the_cookie_where_the_proxy_passes_it_on() {
    let served = Served::with(|settings| {
        behind_a_proxy(settings);
        settings.tokens.session_max_seconds = 8000;
    })
    .await;
    let ada = browser(&served, "ada@example.com").await;
    let page = format!("{APP}/reports");
    let set = async |query: &str, method: &str, accept: &str| {
        let request = ask(&ada, query, &question(method, &page));
        let answer = served.send(request.header("accept", accept)).await;
        let set = answer.is(200).headers.get_all("set-cookie").iter();
        let set: Vec<String> = set.map(|line| line.to_str().unwrap().to_owned()).collect();
        set
    };
    let (html, nothing) = ("text/html", Vec::<String>::new());
    assert_eq!(set("?renew=true", "GET", html).await, nothing);
    served.pass(SignedDuration::from_secs(3600));
    assert_eq!(set("", "GET", html).await, nothing);
    assert_eq!(set("?renew=false", "GET", html).await, nothing);
    assert_eq!(set("?renew=true", "GET", "image/webp,*/*").await, nothing);
    let renewed = set("?renew=true&redirect=false", "GET", html).await;
    assert_eq!(renewed.len(), 1, "nginx passes one line on");
    let attributes = "; Path=/; Max-Age=4400; HttpOnly; SameSite=Lax; Secure; Domain=example.com";
    assert!(renewed[0].ends_with(attributes), "{renewed:?}");
    let token = renewed[0].split(['=', ';']).nth(1).unwrap();
    let renewed = served.page(token);
    // As a bearer it is a program's business.
    let request = ask(
        &served.bearer(token),
        "?renew=true",
        &question("GET", &page),
    );
    served.pass(SignedDuration::from_secs(4300));
    let answer = served.send(request.header("accept", html)).await;
    assert_eq!(answer.is(200).header("set-cookie"), None);
    let refused = ask(&ada, "?renew=true", &question("GET", &page));
    let refused = served.send(refused.header("accept", "*/*")).await;
    assert_eq!(
        refused
            .refused(401, "not_authenticated")
            .header("set-cookie"),
        None
    );
    served.bearer(token).log_out().await.is(200);
    let ended = ask(&renewed, "?renew=true", &question("GET", &page));
    let ended = served.send(ended.header("accept", html)).await;
    assert_eq!(ended.is(302).header("set-cookie"), None);
}
