//! A session once the sign-up is through: `x-regstack-session: wanted` at `POST /register` and `POST /verify`.

use jiff::SignedDuration;
use regstack::internals::config::{Settings, Transport};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::actor::{Answer, PASSWORD, Requests as _, one_succeeds};
use crate::support::database::{Database, Kind};
use crate::support::on_both_engines;
use crate::support::served::{Served, at_once};

const ADA: &str = "ada@example.com";
const EVIL: &str = "https://evil.example";
/// The fields that a session adds to the answer.
const FIELDS: [&str; 3] = ["access_token", "token_type", "expires_in"];

on_both_engines! {
    the_browser_that_signed_up_is_logged_in
    a_link_alone_logs_nobody_in
    who_sends_the_password_is_logged_in
    what_stands_between_is_left_to_the_login
    twenty_uses_of_one_link_at_once_log_in_once
}

async fn start(kind: Kind, change: impl FnOnce(&mut Settings)) -> Served {
    Served::over(Database::fresh(kind).await, change).await
}

/// A request of a page of the site that wants a session.
fn wanting(served: &Served, path: &str) -> RequestBuilder {
    let request = served.request(Method::POST, path);
    let request = request.header("x-regstack-session", "wanted");
    request.header("origin", &served.origin)
}

fn sign_up(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

/// The cookie of a name that an answer sets.
fn set_cookie(answer: &Answer, name: &str) -> Option<String> {
    let lines = answer.headers.get_all("set-cookie").iter();
    let mut lines = lines.map(|line| line.to_str().unwrap());
    let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
    line.split(';').next().map(str::to_owned)
}

/// Registers from a page; what the browser keeps.
async fn signs_up(served: &Served, email: &str, password: &str) -> String {
    let request = wanting(served, "/register").json(&sign_up(email, password));
    let answer = served.send(request).await;
    let ticket = set_cookie(answer.is(201), "regstack_sign_up");
    format!("regstack_sign_up={}", ticket.expect("a ticket"))
}

/// Uses a link on a page, in a browser that holds these cookies.
async fn opens(served: &Served, token: &str, cookies: &str) -> Answer {
    let request = wanting(served, "/verify").header("cookie", cookies);
    served.send(request.json(&json!({"token": token}))).await
}

#[track_caller]
fn logs_nobody_in(answer: &Answer) {
    assert_eq!(answer.is(200).body["is_verified"], true);
    for field in FIELDS {
        assert_eq!(answer.body.get(field), None, "{answer:?}");
    }
    assert_eq!(set_cookie(answer, "regstack_session"), None);
}

async fn the_browser_that_signed_up_is_logged_in(kind: Kind) {
    for transport in [Transport::Bearer, Transport::Cookie] {
        let served = start(kind, |settings| settings.tokens.transport = transport).await;
        let request = wanting(&served, "/register").json(&sign_up(ADA, PASSWORD));
        let answer = served.send(request).await;
        let kept = answer.is(201).header("set-cookie").unwrap();
        let attributes = "; Path=/api/auth/verify; Max-Age=3600; HttpOnly; SameSite=Strict";
        assert!(kept.ends_with(attributes), "{kept}");
        let cookies = format!("theme=dark; {}", kept.split(';').next().unwrap());
        // A newer link is the same sign-up's. The older one would not be sent any more.
        served.mailed_token(ADA, 1).await;
        served.resend_verification(ADA).await.is(202);
        let token = served.mailed_token(ADA, 2).await;
        served.pass(SignedDuration::from_secs(3599));
        let answer = opens(&served, &token, &cookies).await;
        assert_eq!(answer.is(200).text("email"), ADA);
        assert_ne!(answer.body["last_login"], Value::Null);
        assert_eq!(answer.body["expires_in"], 7200);
        assert_eq!(set_cookie(&answer, "regstack_sign_up").as_deref(), Some(""));
        let session = set_cookie(&answer, "regstack_session");
        let person = match transport {
            Transport::Bearer => {
                assert_eq!((session, answer.text("token_type")), (None, "bearer"));
                served.bearer(answer.text("access_token"))
            }
            Transport::Cookie => {
                assert_eq!(answer.text("token_type"), "cookie");
                assert_eq!(answer.body.get("access_token"), None);
                served.page(&session.unwrap())
            }
        };
        let listed = person.get("/sessions").await;
        let sessions = listed.is(200).items();
        assert_eq!(sessions.len(), 1);
        assert_eq!(
            (&sessions[0]["is_current"], &sessions[0]["method"]),
            (&json!(true), &json!("password"))
        );
        for (kind, count) in [("user_verified", 1), ("user_logged_in", 1)] {
            assert_eq!(served.count_events(kind).await, count, "{kind}");
        }
        let again = opens(&served, &token, &cookies).await;
        again.refused(400, "invalid_token");
    }
}

/// Whoever reads the mail, was forwarded it, or made somebody else's browser open it.
async fn a_link_alone_logs_nobody_in(kind: Kind) {
    let served = start(kind, |_| ()).await;
    // Without the header, both answers are as they always were.
    let plain = served.register("plain@example.com").await;
    assert_eq!(plain.is(201).header("set-cookie"), None);
    let token = served.mailed_token("plain@example.com", 1).await;
    let answer = served.verify(&token).await;
    logs_nobody_in(&answer);
    assert_eq!(answer.header("set-cookie"), None);

    let bobs = signs_up(&served, "bob@example.com", PASSWORD).await;
    let token = served.mailed_token("bob@example.com", 1).await;
    let request = served.request(Method::POST, "/verify");
    let request = request.header("origin", &served.origin);
    let request = request.header("cookie", bobs);
    let answer = served.send(request.json(&json!({"token": token}))).await;
    logs_nobody_in(&answer);

    let eves = signs_up(&served, "eve@example.com", PASSWORD).await;
    for (number, scene) in [
        "no ticket",
        "another's ticket",
        "two tickets",
        "a damaged ticket",
        "no ticket at all",
        "an old ticket",
        "no page",
        "a page elsewhere",
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("ada{number}@example.com");
        let own = signs_up(&served, &email, PASSWORD).await;
        let token = served.mailed_token(&email, 1).await;
        let cookies = match scene {
            "no ticket" => "theme=dark".to_owned(),
            "another's ticket" => eves.clone(),
            "two tickets" => format!("{own}; {eves}"),
            "a damaged ticket" => own[..own.len() - 2].to_owned(),
            "no ticket at all" => "regstack_sign_up=".to_owned(),
            _ => own,
        };
        if scene == "an old ticket" {
            served.pass(SignedDuration::from_hours(1));
        }
        let mut request = served.request(Method::POST, "/verify");
        request = request.header("x-regstack-session", "wanted");
        match scene {
            "no page" => {}
            "a page elsewhere" => request = request.header("origin", EVIL),
            _ => request = request.header("origin", &served.origin),
        }
        let request = request.header("cookie", cookies);
        let answer = served.send(request.json(&json!({"token": token}))).await;
        assert_eq!(answer.status, 200, "{scene}");
        logs_nobody_in(&answer);
    }

    // A stranger registers the address anew: the link is theirs then, and so is the password.
    let ticket = signs_up(&served, ADA, PASSWORD).await;
    served.mailed_token(ADA, 1).await;
    served.register(ADA).await.is(201);
    let token = served.mailed_token(ADA, 2).await;
    logs_nobody_in(&opens(&served, &token, &ticket).await);
    assert_eq!(served.count_events("user_logged_in").await, 0);
}

async fn who_sends_the_password_is_logged_in(kind: Kind) {
    let served = start(kind, |settings| {
        settings.features.verify_requires_password = true;
    })
    .await;
    let ticket = signs_up(&served, ADA, PASSWORD).await;
    let token = served.mailed_token(ADA, 1).await;
    let send = async |password: &str| {
        let request = served.request(Method::POST, "/verify");
        let request = request.header("x-regstack-session", "Wanted");
        let link = json!({"token": token, "password": password});
        served.send(request.json(&link)).await
    };
    // No ticket takes the password's place.
    let answer = opens(&served, &token, &ticket).await;
    answer.refused(400, "wrong_password");
    for _ in 0..5 {
        send("wrong").await.refused(400, "wrong_password");
    }
    send(PASSWORD).await.refused(429, "locked");
    served.pass(SignedDuration::from_mins(15));
    let answer = send(PASSWORD).await;
    let person = served.bearer(answer.is(200).text("access_token"));
    person.me().await.is(200);
}

async fn what_stands_between_is_left_to_the_login(kind: Kind) {
    let served = start(kind, |settings| {
        settings.features.require_verification = false;
        settings.features.enable_sms_2fa = true;
    })
    .await;
    let unverified = async |email: &str| {
        served
            .account(email, |account| account.is_verified = false)
            .await;
    };
    let opens = async |email: &str, mails: usize| {
        let token = served.mailed_token(email, mails).await;
        let link = json!({"token": token, "password": PASSWORD});
        served.send(wanting(&served, "/verify").json(&link)).await
    };
    unverified("bob@example.com").await;
    served.resend_verification("bob@example.com").await.is(202);
    let answer = opens("bob@example.com", 1).await;
    let bob = served.bearer(answer.is(200).text("access_token"));
    bob.me().await.is(200);

    unverified(ADA).await;
    served.signed_in_with_phone(ADA, "+14155550123").await;
    served.outbox_is_empty().await;
    served.resend_verification(ADA).await.is(202);
    // The first tells of the phone.
    logs_nobody_in(&opens(ADA, 2).await);

    unverified("off@example.com").await;
    served.resend_verification("off@example.com").await.is(202);
    served.operator().disable("off@example.com").await;
    logs_nobody_in(&opens("off@example.com", 1).await);
    let logins = served.count_events("user_logged_in").await;
    assert_eq!(logins, 2, "Bob's, and Ada's before she had a phone");
}

async fn twenty_uses_of_one_link_at_once_log_in_once(kind: Kind) {
    let served = start(kind, |_| ()).await;
    let ticket = signs_up(&served, ADA, PASSWORD).await;
    let token = served.mailed_token(ADA, 1).await;
    let answers = at_once(20, |_| opens(&served, &token, &ticket)).await;
    one_succeeds(&answers, 200, (400, "invalid_token"));
    let answer = answers.iter().find(|answer| answer.status == 200).unwrap();
    let person = served.bearer(answer.text("access_token"));
    assert_eq!(person.get("/sessions").await.is(200).items().len(), 1);
    assert_eq!(served.count_events("user_logged_in").await, 1);
}

#[tokio::test]
async fn no_page_elsewhere_logs_its_visitors_in() {
    let served = Served::with(|settings| settings.tokens.transport = Transport::Cookie).await;
    // Eve has her own link, and wants Ada's browser to open it for her.
    for origin in [None, Some(EVIL), Some("null")] {
        let request = served.request(Method::POST, "/register");
        let mut request = request.header("x-regstack-session", "wanted");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let answer = served.send(request.json(&sign_up(ADA, PASSWORD))).await;
        assert_eq!(answer.is(201).header("set-cookie"), None, "{origin:?}");
    }
    // What a form or a link can send has no header.
    let plain = served.request(Method::POST, "/register");
    let plain = plain.header("origin", &served.origin);
    let answer = served.send(plain.json(&sign_up(ADA, PASSWORD))).await;
    assert_eq!(answer.is(201).header("set-cookie"), None);

    let ticket = signs_up(&served, ADA, PASSWORD).await;
    served.outbox_is_empty().await;
    let token = served.newest_token(ADA);
    for origin in [None, Some(EVIL), Some("null")] {
        let request = served.request(Method::POST, "/verify");
        let request = request.header("x-regstack-session", "wanted");
        let mut request = request.header("cookie", &ticket);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let answer = served.send(request.json(&json!({"token": token}))).await;
        answer.refused(403, "cross_site");
    }
    // In a browser where somebody is logged in, a link makes nobody else of them.
    let bob = served.account("bob@example.com", |_| ()).await;
    let proof = sign_up(bob.email.as_str(), PASSWORD);
    let login = served.request(Method::POST, "/login");
    let login = login.header("origin", &served.origin).json(&proof);
    let answer = served.send(login).await;
    let session = set_cookie(answer.is(200), "regstack_session").unwrap();
    let both = format!("{ticket}; regstack_session={session}");
    logs_nobody_in(&opens(&served, &token, &both).await);
    served.page(&session).me().await.is(200);
}

#[tokio::test]
async fn a_taken_address_gives_a_ticket_that_tells_nothing_and_opens_nothing() {
    let served = Served::with(|settings| settings.features.hide_registered_emails = true).await;
    served.account("bob@example.com", |_| ()).await;
    let useless = signs_up(&served, "bob@example.com", PASSWORD).await;
    let other = signs_up(&served, "eve@example.com", PASSWORD).await;
    assert_eq!(useless.len(), other.len());
    let token = served.mailed_token("eve@example.com", 1).await;
    logs_nobody_in(&opens(&served, &token, &useless).await);
}
