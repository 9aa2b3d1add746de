//! `transport = "cookie"`: the session travels in a cookie, which scripts can't read and other sites cannot use.

use regstack::internals::config::{Settings, Transport};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer, NULL, PASSWORD, Requests as _};
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
const EVIL: &str = "https://evil.example";
/// The header by which a login asks for its token in the body.
const WISH: &str = "x-regstack-transport";

fn by_cookie(settings: &mut Settings) {
    settings.tokens.transport = Transport::Cookie;
}

/// A server with cookies, and Ada.
async fn with_ada(change: impl FnOnce(&mut Settings)) -> Served {
    let served = Served::with(|settings| {
        by_cookie(settings);
        change(settings);
    })
    .await;
    served.account(ADA, |_| ()).await;
    served
}

/// A request with these headers; a null body is none.
async fn send(
    served: &Served,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: Value,
) -> Answer {
    let mut request = served.request(method.parse().unwrap(), path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    served
        .send(if body.is_null() {
            request
        } else {
            request.json(&body)
        })
        .await
}

fn credentials(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

/// Somebody who logs in on a page of the site: the session is in the cookie.
async fn log_in(served: &Served, email: &str) -> Actor {
    let origin = [("origin", served.origin.as_str())];
    let answer = send(served, ("POST", "/login"), &origin, credentials(email)).await;
    served.page(&session_of(answer.is(200)))
}

#[track_caller]
fn set_cookies(answer: &Answer) -> Vec<&str> {
    let lines = answer.headers.get_all("set-cookie").iter();
    lines.map(|line| line.to_str().unwrap()).collect()
}

/// The value of the one cookie that an answer sets.
#[track_caller]
fn session_of(answer: &Answer) -> String {
    let mut lines = set_cookies(answer);
    lines.retain(|line| !line.starts_with(CLEARED));
    let [line] = lines[..] else {
        panic!("one cookie in {answer:?}");
    };
    let value = line.strip_prefix("regstack_session=").unwrap();
    value.split(';').next().unwrap().to_owned()
}

const CLEARED: &str = "regstack_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";

#[tokio::test]
async fn login_puts_the_session_into_the_cookie_and_nowhere_else() {
    for (base_url, domain, seconds, more) in [
        ("http://localhost:8000", None, 7200, ""),
        ("https://a.example.com", None, 60, "; Secure"),
        (
            "https://a.example.com/app",
            Some("example.com"),
            7200,
            "; Secure; Domain=example.com",
        ),
    ] {
        let served = with_ada(|settings| {
            settings.identity.base_url = base_url.into();
            settings.identity.cookie_domain = domain.map(str::to_owned);
            settings.tokens.jwt_ttl_seconds = seconds;
        })
        .await;
        let origin = [("origin", base_url.trim_end_matches("/app"))];
        let answer = send(&served, ("POST", "/login"), &origin, credentials(ADA)).await;
        let session = session_of(answer.is(200));
        let expected = format!(
            "regstack_session={session}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{more}"
        );
        // One that a browser keeps from before the domain was set would lock it out beside the new one.
        let twin = domain.map(|_| format!("{CLEARED}; Secure"));
        let with_twin = |line: String| twin.iter().cloned().chain([line]).collect::<Vec<_>>();
        assert_eq!(set_cookies(&answer), with_twin(expected));
        assert_eq!(
            answer.body,
            json!({"token_type": "cookie", "expires_in": seconds})
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let elsewhere = answer
            .headers
            .iter()
            .filter(|(name, _)| *name != "set-cookie");
        for (name, value) in elsewhere {
            assert!(!value.to_str().unwrap().contains(&session), "{name}");
        }
        assert_eq!(served.page(&session).me().await.is(200).text("email"), ADA);

        // What is set is taken back under the same attributes, or the browser would keep it.
        let cookie = format!("regstack_session={session}");
        let headers = [origin[0], ("cookie", &cookie)];
        let answer = send(&served, ("POST", "/logout"), &headers, NULL).await;
        let cleared = with_twin(format!("{CLEARED}{more}"));
        assert_eq!(set_cookies(answer.is(200)), cleared);
    }
}

#[tokio::test]
async fn a_login_may_ask_for_its_token_in_the_body() {
    let served = with_ada(|_| ()).await;
    for headers in [
        &[(WISH, "bearer")][..],
        &[(WISH, "Bearer"), ("origin", EVIL)],
        &[(WISH, "bearer"), ("cookie", "regstack_session=dead")],
    ] {
        let answer = send(&served, ("POST", "/login"), headers, credentials(ADA)).await;
        assert_eq!(set_cookies(answer.is(200)), [""; 0]);
        assert_eq!(answer.text("token_type"), "bearer");
        served
            .bearer(answer.text("access_token"))
            .me()
            .await
            .is(200);
    }
    let origin = [("origin", served.origin.as_str()), (WISH, "cookie")];
    let answer = send(&served, ("POST", "/login"), &origin, credentials(ADA)).await;
    session_of(answer.is(200));
}

#[tokio::test]
async fn a_bearer_token_works_from_everywhere_and_costs_no_cookie() {
    let served = with_ada(|_| ()).await;
    let wish = [(WISH, "bearer")];
    let answer = send(&served, ("POST", "/login"), &wish, credentials(ADA)).await;
    let bearer = format!("Bearer {}", answer.is(200).text("access_token"));
    for page in [
        &[("origin", EVIL)][..],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[],
    ] {
        let mut headers = page.to_vec();
        headers.push(("authorization", &bearer));
        let name = json!({"full_name": "Ada"});
        send(&served, ("PATCH", "/me"), &headers, name)
            .await
            .is(200);
    }
    let out = [("authorization", bearer.as_str())];
    let answer = send(&served, ("POST", "/logout"), &out, NULL).await;
    assert_eq!(set_cookies(answer.is(200)), [""; 0]);
}

#[tokio::test]
async fn cookie_and_bearer_together_are_refused_whichever_is_alive() {
    let served = with_ada(|_| ()).await;
    let session = log_in(&served, ADA).await;
    let session = session.token();
    for (cookie, authorization) in [
        (session, format!("Bearer {session}")),
        (session, "bearer dead".into()),
        (session, "Bearer".into()),
        ("dead", format!("Bearer {session}")),
        ("", format!("Bearer {session}")),
    ] {
        let cookie = format!("regstack_session={cookie}");
        for route in [("GET", "/me"), ("POST", "/logout")] {
            let both = [
                ("cookie", cookie.as_str()),
                ("authorization", &authorization),
                ("origin", &served.origin),
            ];
            let answer = send(&served, route, &both, NULL).await;
            answer.refused(400, "ambiguous_credentials");
            assert_eq!(set_cookies(&answer), [""; 0]);
        }
    }
    // A password that a proxy in front asks for is no session.
    let cookie = format!("regstack_session={session}");
    let both = [("cookie", cookie.as_str()), ("authorization", "Basic eDp5")];
    send(&served, ("GET", "/me"), &both, NULL).await.is(200);
}

#[tokio::test]
async fn with_bearer_transport_the_cookie_is_nothing() {
    let served = Served::start().await;
    let ada = served.signed_up(ADA).await;
    let token = ada.token();
    let cookie = format!("regstack_session={token}");
    let alone = [("cookie", cookie.as_str()), ("origin", &served.origin)];
    let answer = send(&served, ("GET", "/me"), &alone, NULL).await;
    answer.refused(401, "not_authenticated");
    let bearer = format!("Bearer {token}");
    let both = [("cookie", cookie.as_str()), ("authorization", &bearer)];
    send(&served, ("GET", "/me"), &both, NULL).await.is(200);
    for headers in [&[("origin", EVIL)][..], &[(WISH, "cookie")]] {
        let answer = send(&served, ("POST", "/login"), headers, credentials(ADA)).await;
        assert_eq!(answer.is(200).text("token_type"), "bearer");
        assert_eq!(set_cookies(&answer), [""; 0]);
    }
    let answer = send(&served, ("POST", "/logout"), &both, NULL).await;
    assert_eq!(set_cookies(answer.is(200)), [""; 0]);
}

/// What browsers say when another site asks, or nobody does.
fn foreign(served: &Served) -> Vec<Vec<(&'static str, String)>> {
    let own = || served.origin.clone();
    let neighbour = served.origin.clone() + "1";
    let table = [
        (Some(EVIL.to_owned()), None),
        (Some("null".into()), None),
        (Some(neighbour), None),
        (Some(served.origin.replace("http:", "https:")), None),
        (Some(EVIL.to_owned()), Some("same-origin")),
        (Some(own()), Some("cross-site")),
        (Some(own()), Some("same-site")),
        (None, Some("cross-site")),
        (None, Some("same-site")),
        (None, Some("none")),
        (None, None),
    ];
    let line = |(origin, site): (Option<String>, Option<&str>)| {
        let origin = origin.map(|origin| ("origin", origin));
        let site = site.map(|site| ("sec-fetch-site", site.to_owned()));
        origin.into_iter().chain(site).collect()
    };
    table.into_iter().map(line).collect()
}

#[tokio::test]
async fn only_a_page_of_this_site_changes_anything_with_the_cookie() {
    let served = with_ada(|_| ()).await;
    let session = log_in(&served, ADA).await;
    let before = session.me().await.body;
    let cookie = format!("regstack_session={}", session.token());
    let with_cookie = |said: &[(&'static str, String)]| -> Vec<(&'static str, String)> {
        let cookie = std::iter::once(("cookie", cookie.clone()));
        cookie.chain(said.iter().cloned()).collect()
    };
    let another = json!({"current_password": PASSWORD, "new_password": "another good one"});
    for said in foreign(&served) {
        let headers = with_cookie(&said);
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        for (route, body) in [
            (("PATCH", "/me"), json!({"full_name": "Eve"})),
            (("POST", "/change-password"), another.clone()),
            (
                ("DELETE", "/account"),
                json!({"current_password": PASSWORD}),
            ),
            (("POST", "/logout"), NULL),
            // Before the body is looked at.
            (("PATCH", "/me"), json!(7)),
        ] {
            let answer = send(&served, route, &headers, body).await;
            answer.refused(403, "cross_site");
            assert_eq!(set_cookies(&answer), [""; 0]);
        }
        // Looking changes nothing, and links from other sites lead here.
        for method in ["GET", "HEAD"] {
            let answer = send(&served, (method, "/me"), &headers, NULL).await;
            assert_eq!(answer.status, 200, "{method} {said:?}");
        }
    }
    assert_eq!(session.me().await.body, before);

    let own = served.origin.as_str();
    for said in [
        &[("origin", own)][..],
        &[("origin", "http://localhost:8000")],
        &[("origin", own), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "same-origin")],
    ] {
        let headers: Vec<_> = said
            .iter()
            .copied()
            .chain([("cookie", cookie.as_str())])
            .collect();
        let name = json!({"full_name": "Ada"});
        send(&served, ("PATCH", "/me"), &headers, name)
            .await
            .is(200);
    }
}

#[tokio::test]
async fn no_other_site_logs_anybody_in() {
    let served = with_ada(|_| ()).await;
    for said in foreign(&served) {
        let said: Vec<_> = said
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        for body in [credentials(ADA), json!(7)] {
            let answer = send(&served, ("POST", "/login"), &said, body).await;
            answer.refused(403, "cross_site");
            assert_eq!(set_cookies(&answer), [""; 0]);
        }
    }
    let kinds = served.event_kinds().await;
    assert!(!kinds.contains(&"user_logged_in"), "{kinds:?}");
}

#[tokio::test]
async fn behind_a_proxy_the_base_url_alone_says_which_site_this_is() {
    let served = with_ada(|settings| settings.identity.behind_proxy = true).await;
    let own = [("origin", served.origin.as_str())];
    let answer = send(&served, ("POST", "/login"), &own, credentials(ADA)).await;
    answer.refused(403, "cross_site");
    let base = [("origin", "http://localhost:8000")];
    let answer = send(&served, ("POST", "/login"), &base, credentials(ADA)).await;
    session_of(answer.is(200));
}

#[tokio::test]
async fn logout_kills_the_session_and_takes_the_cookie_back() {
    let served = with_ada(|_| ()).await;
    let (session, other) = (log_in(&served, ADA).await, log_in(&served, ADA).await);
    let answer = session.log_out().await;
    assert_eq!(set_cookies(answer.is(200)), [CLEARED]);
    // A late answer must not end the login that came in between.
    for answer in [session.log_out().await, session.me().await] {
        answer.refused(401, "not_authenticated");
        assert_eq!(set_cookies(&answer), [""; 0]);
    }
    other.me().await.is(200);
    served.database().lose();
    let answer = other.log_out().await;
    answer.refused(503, "unavailable");
    assert_eq!(set_cookies(&answer), [""; 0], "the session is not dead");
}

#[tokio::test]
async fn what_ends_the_own_sessions_takes_the_cookie_back_once_it_is_done() {
    let served = with_ada(|_| ()).await;
    let session = log_in(&served, ADA).await;
    let answer = session.change_password("wrong", "another good one").await;
    assert_eq!(set_cookies(answer.is(400)), [""; 0]);
    let before = session.clone();
    let answer = session.change_password(PASSWORD, "another good one").await;
    // Whoever changed the password goes on with another session, which no script sees.
    let cookies = set_cookies(answer.is(200));
    let [cookie] = &cookies[..] else {
        panic!("{cookies:?}")
    };
    assert_ne!(*cookie, CLEARED);
    assert!(answer.body["access_token"].is_null(), "{answer:?}");
    before.me().await.refused(401, "not_authenticated");

    served.account("bob@example.com", |_| ()).await;
    let session = log_in(&served, "bob@example.com").await;
    let answer = session.delete_account("wrong").await;
    assert_eq!(set_cookies(answer.is(400)), [""; 0]);
    let answer = session.delete_account(PASSWORD).await;
    assert_eq!(set_cookies(answer.is(200)), [CLEARED]);
}

#[tokio::test]
async fn the_second_factor_waits_in_the_body_and_ends_in_the_cookie() {
    const NUMBER: &str = "+14155550123";
    let served = with_ada(|settings| settings.features.enable_sms_2fa = true).await;
    let session = log_in(&served, ADA).await;
    let started = session.start_phone(NUMBER).await;
    let code = served.code_sent_to(NUMBER, 1).await;
    let pending = started.is(202).text("pending_token");
    served.confirm_phone(pending, &code).await.is(200);

    let own = [("origin", served.origin.as_str())];
    let answer = send(&served, ("POST", "/login"), &own, credentials(ADA)).await;
    assert_eq!(answer.is(200).text("status"), "mfa_required");
    assert_eq!(set_cookies(&answer), [""; 0]);
    let pending = answer.text("mfa_pending_token").to_owned();
    // It is no session yet, whichever way it travels.
    let answer = served.page(&pending).me().await;
    answer.refused(401, "not_authenticated");
    let code = served.code_sent_to(NUMBER, 2).await;
    let proof = json!({"mfa_pending_token": pending, "code": code});
    let confirm = ("POST", "/login/mfa-confirm");
    for said in foreign(&served) {
        let said: Vec<_> = said
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = send(&served, confirm, &said, proof.clone()).await;
        answer.refused(403, "cross_site");
    }
    let answer = send(&served, confirm, &own, proof).await;
    assert_eq!(
        answer.is(200).body,
        json!({"token_type": "cookie", "expires_in": 7200})
    );
    served.page(&session_of(&answer)).me().await.is(200);

    // The last step says where the token goes.
    let answer = send(&served, ("POST", "/login"), &own, credentials(ADA)).await;
    let pending = answer.is(200).text("mfa_pending_token").to_owned();
    let code = served.code_sent_to(NUMBER, 3).await;
    let proof = json!({"mfa_pending_token": pending, "code": code});
    let answer = send(&served, confirm, &[(WISH, "bearer")], proof).await;
    assert_eq!(set_cookies(answer.is(200)), [""; 0]);
    served
        .bearer(answer.text("access_token"))
        .me()
        .await
        .is(200);
}

#[tokio::test]
async fn administrators_come_with_the_cookie_too() {
    let served = with_ada(|settings| settings.features.enable_admin_router = true).await;
    let root = "root@example.com";
    served
        .account(root, |account| account.is_superuser = true)
        .await;
    let (admin, ada) = (log_in(&served, root).await, log_in(&served, ADA).await);
    let answer = admin.get("/admin/users").await;
    assert_eq!(answer.is(200).body["total"], 2);
    let answer = ada.get("/admin/users").await;
    answer.refused(403, "not_admin");
    let lock = format!("/admin/users/{}", served.id_of(ADA).await);
    let off = json!({"is_active": false});
    let cookie = format!("regstack_session={}", admin.token());
    let headers = [("cookie", cookie.as_str()), ("origin", EVIL)];
    let answer = send(&served, ("PATCH", &lock), &headers, off.clone()).await;
    answer.refused(403, "cross_site");
    ada.me().await.is(200);
    let answer = admin.patch(&lock, off).await;
    answer.is(200);
    let answer = ada.me().await;
    answer.refused(401, "not_authenticated");
}

#[tokio::test]
async fn what_is_no_session_in_the_cookie_is_a_401() {
    let served = with_ada(|_| ()).await;
    let session = log_in(&served, ADA).await;
    let session = session.token();
    let pair = format!("regstack_session={session}");
    let long = format!("regstack_session={}", "a".repeat(5000));
    let lines: Vec<Vec<u8>> = [
        "regstack_session=",
        "regstack_session",
        "regstack_session=dead",
        "regstack_session=a.b.c",
        "regstack_session=a b",
        "regstack_session=%41",
        "regstack_session==",
        long.as_str(),
        // The same one twice, too: who plants a second must not choose which one counts.
        &format!("{pair}; {pair}"),
        &format!("{pair}; regstack_session=dead"),
        &format!("regstack_session=; {pair}"),
        &format!("regstack_session=\"{session}\""),
        &format!("{pair}x"),
        &format!("{pair},x"),
        &format!("Regstack_Session={session}"),
        &format!("__Host-{pair}"),
        &format!("x={pair}"),
    ]
    .iter()
    .map(|line| line.as_bytes().to_vec())
    .chain([b"regstack_session=\xff\xfe".to_vec()])
    .collect();
    for line in lines {
        for method in [Method::GET, Method::PATCH] {
            let request = served.request(method, "/me").json(&json!({}));
            let request = request.header("origin", &served.origin);
            let answer = served.send(request.header("cookie", line.as_slice())).await;
            answer.refused(401, "not_authenticated");
            assert_eq!(set_cookies(&answer), [""; 0]);
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
    let request = served.request(Method::GET, "/me");
    let twice = request.header("cookie", &pair).header("cookie", &pair);
    let answer = served.send(twice).await;
    answer.refused(401, "not_authenticated");
    let request = served.request(Method::GET, "/me");
    let strange = [b"x=\xff; a=\"; ", pair.as_bytes(), b" ;b"].concat();
    let answer = served.send(request.header("cookie", strange.as_slice()));
    answer.await.is(200);
}

#[tokio::test]
async fn a_logout_takes_twin_cookies_back_but_for_another_site() {
    let served = with_ada(|settings| {
        settings.identity.base_url = "https://a.example.com".into();
        settings.identity.cookie_domain = Some("example.com".to_owned());
    })
    .await;
    let here = [("origin", "https://a.example.com")];
    let answer = send(&served, ("POST", "/login"), &here, credentials(ADA)).await;
    let session = session_of(answer.is(200));
    let twins = format!("regstack_session={session}; regstack_session=x");
    let from = |origin| [("origin", origin), ("cookie", &*twins)];
    let own = from("https://a.example.com");
    let own = send(&served, ("POST", "/logout"), &own, NULL).await;
    own.refused(401, "not_authenticated");
    let cleared = set_cookies(&own);
    assert!(
        cleared.len() == 2 && cleared.iter().all(|line| line.starts_with(CLEARED)),
        "{cleared:?}"
    );
    let foreign = from("https://b.example.com");
    let foreign = send(&served, ("POST", "/logout"), &foreign, NULL).await;
    foreign.refused(401, "not_authenticated");
    assert_eq!(set_cookies(&foreign), [""; 0]);
}
