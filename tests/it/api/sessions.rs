//! Sessions as rows: who is logged in where, ending them, and letting them go on.

use jiff::{SignedDuration, Timestamp};
use regstack::internals::auth::TokenCodec;
use regstack::internals::config::{Settings, Transport};
use regstack::internals::model::{Claims, Purpose};
use regstack::internals::secret::ExposeSecret as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer, NULL, PASSWORD, Requests as _, with_status};
use crate::support::database::{Database, Kind};
use crate::support::on_both_engines;
use crate::support::served::{Served, at_once};

const ADA: &str = "ada@example.com";
const FIREFOX: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const CURL: &str = "curl/8.14.1";
const DAY: u32 = 86_400;

on_both_engines! {
    each_session_sees_the_others_and_one_is_ended_on_every_server
    ending_all_others_leaves_the_acting_one
    nobody_ends_the_session_of_another
    twenty_tabs_renew_at_once_and_nobody_is_logged_out
    what_has_ended_cannot_be_renewed
    a_cookie_is_renewed_past_half_of_its_life
    requests_write_nothing_and_the_last_use_is_known
}

fn renewing(settings: &mut Settings) {
    settings.tokens.session_max_seconds = DAY;
}

async fn start(kind: Kind, change: impl FnOnce(&mut Settings)) -> Served {
    let served = Served::over(Database::fresh(kind).await, change).await;
    served.account(ADA, |_| ()).await;
    served
}

/// Somebody who logs in with this client.
async fn log_in_with(served: &Served, email: &str, client: &str) -> Actor {
    let request = served.request(Method::POST, "/login");
    let proof = json!({"email": email, "password": PASSWORD});
    let request = request.header("user-agent", client).json(&proof);
    let answer = served.send(request).await;
    served.bearer(answer.is(200).text("access_token"))
}

fn field<'a>(sessions: &'a [Value], name: &str) -> Vec<&'a Value> {
    sessions.iter().map(|session| &session[name]).collect()
}

async fn current(actor: &Actor) -> String {
    let listed = actor.get("/sessions").await;
    let mut sessions = listed.is(200).items().iter();
    let current = sessions.find(|session| session["is_current"] == true);
    current.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn end(actor: &Actor, id: &str) -> Answer {
    actor.delete(&format!("/sessions/{id}"), NULL).await
}

async fn renew(actor: &Actor) -> Answer {
    actor.post("/session/renew", NULL).await
}

/// A token as the Python package issues them, and versions before did: it has no row.
async fn rowless(served: &Served) -> Actor {
    let now: Timestamp = served.app.ambient.clock.now();
    let (user, life) = (served.id_of(ADA).await, SignedDuration::from_hours(2));
    let jti = "rN7z0Y_z_-uIv4PdRl1A5Q".to_owned();
    let claims = Claims::new(user, jti, now, now + life, Purpose::Session);
    let codec = TokenCodec::new(&served.app.settings.tokens);
    served.bearer(codec.sign(&claims).expose_secret())
}

async fn each_session_sees_the_others_and_one_is_ended_on_every_server(kind: Kind) {
    let served = start(kind, |_| ()).await;
    let other = served.sibling().await;
    let firefox = log_in_with(&served, ADA, FIREFOX).await;
    served.pass(SignedDuration::from_secs(1));
    let phone = log_in_with(&other, ADA, SAFARI).await;
    served.pass(SignedDuration::from_secs(1));
    let curl = log_in_with(&served, ADA, CURL).await;
    for (number, actor) in [&curl, &phone, &firefox].into_iter().enumerate() {
        let answer = actor.at(&other).get("/sessions").await;
        let sessions = answer.is(200).items();
        assert_eq!(field(sessions, "browser"), ["curl", "Safari", "Firefox"]);
        let systems = [NULL, json!("iPhone"), json!("Windows")];
        assert_eq!(
            field(sessions, "system"),
            systems.iter().collect::<Vec<_>>()
        );
        assert_eq!(field(sessions, "method"), ["password"; 3]);
        assert_eq!(field(sessions, "ip"), ["127.0.0.1"; 3]);
        assert_eq!(sessions[2]["user_agent"], FIREFOX);
        for (place, session) in sessions.iter().enumerate() {
            assert_eq!(session["is_current"], place == number);
        }
    }
    let id = current(&phone).await;
    end(&firefox, &id).await.is(200);
    phone
        .at(&other)
        .me()
        .await
        .refused(401, "not_authenticated");
    phone
        .at(&served)
        .me()
        .await
        .refused(401, "not_authenticated");
    end(&firefox, &id).await.refused(404, "not_found");
    for actor in [&firefox, &curl] {
        let answer = actor.at(&other).get("/sessions").await;
        assert_eq!(
            field(answer.is(200).items(), "browser"),
            ["curl", "Firefox"]
        );
    }
    let mut told = served.events(9).await.into_iter();
    let told = told.find(|event| event.kind.as_str() == "session_revoked");
    let told = told.unwrap();
    assert_eq!(
        (told.data["sid"].as_str(), told.email.unwrap().as_str()),
        (Some(&*id), ADA)
    );
    // The own one, as by logging out.
    let id = current(&curl).await;
    end(&curl, &id).await.is(200);
    curl.at(&other).me().await.refused(401, "not_authenticated");
    firefox.log_out().await.is(200);
    let admin = served.admin().await;
    let user = served.id_of(ADA).await;
    let left = admin.get(&format!("/admin/users/{user}/sessions")).await;
    assert!(left.status == 404 || left.items().is_empty());
}

async fn ending_all_others_leaves_the_acting_one(kind: Kind) {
    let served = start(kind, renewing).await;
    let other = served.sibling().await;
    let mine = log_in_with(&served, ADA, FIREFOX).await;
    let phone = log_in_with(&other, ADA, SAFARI).await;
    let unlisted = rowless(&served).await;
    unlisted.me().await.is(200);
    let tab = renew(&mine).await;
    let tab = served.bearer(tab.is(200).text("access_token"));
    served.forgot_password(ADA).await.is(202);
    let link = served.mailed_token(ADA, 1).await;

    tab.delete("/sessions", NULL).await.is(200);
    for server in [&served, &other] {
        for ended in [&phone, &unlisted] {
            let answer = ended.at(server).me().await;
            answer.refused(401, "not_authenticated");
        }
        mine.at(server).me().await.is(200);
        tab.at(server).me().await.is(200);
    }
    assert_eq!(mine.get("/sessions").await.is(200).items().len(), 1);
    assert_eq!(served.count_events("other_sessions_revoked").await, 1);
    // In the very same millisecond.
    log_in_with(&other, ADA, SAFARI).await.me().await.is(200);
    served
        .reset_password(&link, "another good one")
        .await
        .is(200);
    mine.me().await.refused(401, "not_authenticated");
}

async fn nobody_ends_the_session_of_another(kind: Kind) {
    let served = start(kind, |settings| {
        settings.features.enable_admin_router = true;
    })
    .await;
    let ada = served.signed_in(ADA).await;
    let eve = served.signed_in("eve@example.com").await;
    let id = current(&ada).await;
    end(&eve, &id).await.refused(404, "not_found");
    eve.delete("/sessions", NULL).await.is(200);
    ada.me().await.is(200);
    assert_eq!(eve.get("/sessions").await.items().len(), 1);
    let reader = served.service("admin:read").await;
    let user = served.id_of(ADA).await;
    let list = format!("/admin/users/{user}/sessions");
    let listed = reader.get(&list).await;
    assert_eq!(field(listed.is(200).items(), "is_current"), [false]);
    let one = format!("{list}/{id}");
    let refused = reader.delete(&one, NULL).await;
    refused.refused(403, "insufficient_scope");
    let eves = served.id_of("eve@example.com").await;
    let wrong = format!("/admin/users/{eves}/sessions/{id}");
    let writer = served.service("admin:write").await;
    writer.delete(&wrong, NULL).await.refused(404, "not_found");
    ada.me().await.is(200);
    writer.delete(&one, NULL).await.is(200);
    ada.me().await.refused(401, "not_authenticated");
}

async fn twenty_tabs_renew_at_once_and_nobody_is_logged_out(kind: Kind) {
    let served = start(kind, renewing).await;
    let mine = served.signed_in(ADA).await;
    served.pass(SignedDuration::from_secs(7000));
    let answers = at_once(20, |_| {
        let mine = mine.clone();
        async move { renew(&mine).await }
    })
    .await;
    assert_eq!(with_status(&answers, 200), 20, "{answers:?}");
    mine.me().await.is(200);
    served.pass(SignedDuration::from_secs(1000));
    mine.me().await.refused(401, "not_authenticated");
    let mut tabs: Vec<Actor> = Vec::new();
    for answer in &answers {
        let tab = served.bearer(answer.text("access_token"));
        tab.me().await.is(200);
        tabs.push(tab);
    }
    assert_eq!(
        tabs[0].get("/sessions").await.items().len(),
        1,
        "one session"
    );
    // Whatever is used of it, a day after the login it is over.
    let mut tab = tabs.pop().unwrap();
    loop {
        let answer = renew(&tab).await;
        let life = answer.is(200).body["expires_in"].as_i64().unwrap();
        assert!(life <= 7200);
        tab = served.bearer(answer.text("access_token"));
        served.pass(SignedDuration::from_secs(life.min(6000)));
        if life < 6000 {
            break;
        }
    }
    tab.me().await.refused(401, "not_authenticated");
    let login: Timestamp = served.user(ADA).await.last_login.unwrap();
    let over = served.app.ambient.clock.now();
    assert_eq!(over.duration_since(login).as_secs(), i64::from(DAY));
    // One logs out, and with it all tokens of the session.
    let mine = served.signed_in(ADA).await;
    let tab = renew(&mine).await;
    let tab = served.bearer(tab.text("access_token"));
    tab.log_out().await.is(200);
    for dead in [&mine, &tab] {
        dead.me().await.refused(401, "not_authenticated");
    }
}

async fn what_has_ended_cannot_be_renewed(kind: Kind) {
    let served = start(kind, renewing).await;
    let refused = async |actor: &Actor| {
        renew(actor).await.refused(401, "not_authenticated");
    };
    let out = served.signed_in(ADA).await;
    out.log_out().await.is(200);
    refused(&out).await;
    let (ended, acting) = (served.signed_in(ADA).await, served.signed_in(ADA).await);
    end(&acting, &current(&ended).await).await.is(200);
    refused(&ended).await;
    let other = served.signed_in(ADA).await;
    acting.delete("/sessions", NULL).await.is(200);
    refused(&other).await;
    let answer = acting.change_password(PASSWORD, "another good one").await;
    let new = served.bearer(answer.is(200).text("access_token"));
    refused(&acting).await;
    renew(&new).await.is(200);
    served.operator().disable(ADA).await;
    refused(&new).await;
    served.operator().enable(ADA).await;
    refused(&new).await;
    served.pass(SignedDuration::from_secs(1));
    let unlisted = rowless(&served).await;
    unlisted.me().await.is(200);
    renew(&unlisted).await.refused(409, "not_renewable");
    let without = served
        .sibling_with(|settings| settings.tokens.session_max_seconds = 0)
        .await;
    let eve = without.signed_in("eve@example.com").await;
    renew(&eve).await.refused(404, "not_found");
}

fn cookie_of(answer: &Answer) -> Option<&str> {
    let line = answer.header("set-cookie")?;
    line.strip_prefix("regstack_session=")?.split(';').next()
}

async fn a_cookie_is_renewed_past_half_of_its_life(kind: Kind) {
    let served = start(kind, |settings| {
        renewing(settings);
        settings.tokens.transport = Transport::Cookie;
    })
    .await;
    let log_in = async || {
        let request = served.request(Method::POST, "/login");
        let proof = json!({"email": ADA, "password": PASSWORD});
        let request = request.header("origin", &served.origin).json(&proof);
        let answer = served.send(request).await;
        served.page(cookie_of(answer.is(200)).unwrap())
    };
    let page = log_in().await;
    served.pass(SignedDuration::from_secs(3599));
    assert_eq!(cookie_of(page.me().await.is(200)), None);
    served.pass(SignedDuration::from_secs(1));
    let answers = at_once(20, |_| {
        let page = page.clone();
        async move { page.me().await }
    })
    .await;
    let tabs: Vec<Actor> = answers
        .iter()
        .map(|answer| served.page(cookie_of(answer.is(200)).expect("a new one")))
        .collect();
    let line = answers[0].header("set-cookie").unwrap();
    assert!(
        line.contains("Max-Age=7200; HttpOnly; SameSite=Lax"),
        "{line}"
    );
    for tab in tabs.iter().chain([&page]) {
        tab.me().await.is(200);
    }
    // As a bearer, it is a program's business.
    let program = served.bearer(page.token());
    assert_eq!(cookie_of(program.me().await.is(200)), None);
    // What another site makes the browser send renews nothing.
    let foreign = served.request(Method::POST, "/logout");
    let cookie = format!("regstack_session={}", page.token());
    let foreign = foreign
        .header("origin", "https://evil.example")
        .header("cookie", cookie);
    let foreign = served.send(foreign).await;
    assert_eq!(cookie_of(foreign.refused(403, "cross_site")), None);
    // An answer that takes the cookie takes it.
    let out = page.log_out().await;
    assert_eq!(cookie_of(out.is(200)), Some(""));
    for dead in tabs.iter().chain([&page]) {
        let answer = dead.me().await;
        assert_eq!(cookie_of(answer.refused(401, "not_authenticated")), None);
    }
    let without = served
        .sibling_with(|settings| settings.tokens.session_max_seconds = 0)
        .await;
    let page = log_in().await.at(&without);
    served.pass(SignedDuration::from_secs(7000));
    assert_eq!(cookie_of(page.me().await.is(200)), None);
    let explicit = renew(&page.at(&served)).await;
    assert!(cookie_of(explicit.is(200)).is_some());
    assert_eq!(
        explicit.body,
        json!({"token_type": "cookie", "expires_in": 7200})
    );
}

async fn requests_write_nothing_and_the_last_use_is_known(kind: Kind) {
    let mut served = start(kind, |_| ()).await;
    let mine = served.signed_in(ADA).await;
    mine.me().await.is(200);
    served.stop_sending().await;
    let mut other = served.sibling().await;
    other.stop_sending().await;
    let seen = async || {
        let answer = mine.at(&other).get("/sessions").await;
        let seen = answer.is(200).items()[0]["last_seen_at"].as_str().unwrap();
        seen.parse::<Timestamp>().unwrap()
    };
    let login = seen().await;
    let before = served.database().bytes().await;
    for _ in 0..50 {
        mine.me().await.is(200);
    }
    assert!(
        served.database().bytes().await == before,
        "a request wrote something"
    );
    served.pass(SignedDuration::from_mins(5));
    for _ in 0..50 {
        mine.me().await.is(200);
    }
    // In the background, in one write; here at the latest when somebody looks.
    mine.get("/sessions").await.is(200);
    assert_eq!(seen().await, login + SignedDuration::from_mins(5));
}

#[tokio::test]
async fn what_a_client_says_of_itself_is_kept_short_and_plain() {
    let served = start(Kind::Sqlite, |_| ()).await;
    let long = format!("<b>\u{e9}{}", "x".repeat(2000));
    let mine = log_in_with(&served, ADA, &long).await;
    let answer = mine.get("/sessions").await;
    let said = answer.items()[0]["user_agent"].as_str().unwrap();
    assert_eq!(said.chars().count(), 256);
    assert!(said.starts_with("<b>"));
}

#[tokio::test]
async fn a_changed_password_leaves_one_session_of_the_same_method() {
    let served = Served::with(|settings| settings.features.enable_sms_2fa = true).await;
    served.signed_in_with_phone(ADA, "+14155550123").await;
    let pending = served.log_in_halfway(ADA).await;
    let code = served.code_sent_to("+14155550123", 2).await;
    let mine = served.confirm_login(&pending, &code).await;
    let mine = served.bearer(mine.is(200).text("access_token"));
    let answer = mine.change_password(PASSWORD, "another good one").await;
    let new = served.bearer(answer.is(200).text("access_token"));
    let listed = new.get("/sessions").await;
    let sessions = listed.is(200).items();
    assert_eq!(field(sessions, "is_current"), [true]);
    assert_eq!(field(sessions, "method"), ["password+sms"]);
}
