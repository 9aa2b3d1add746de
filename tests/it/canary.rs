//! Planted passwords, and every token and code that is given out: none is found where it does not belong, whatever happens.

use std::sync::{Arc, LazyLock};

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;

use crate::support::actor::{Actor, Answer, NULL, Requests as _};
use crate::support::authenticator::{Authenticator, recovery_codes};
use crate::support::database::{Database, Kind};
use crate::support::process::Place;
use crate::support::receiver::{Receiver, SECRET};
use crate::support::served::{Served, eventually, other_than, token_in};
use crate::support::smtp_sink::{SmtpSink, decoded};

const ADA: &str = "ada@example.com";
const LOVELACE: &str = "lovelace@example.com";
const GRACE: &str = "grace@example.com";
const NUMBER: &str = "+14155550177";

/// Secrets, and the places that were searched for them.
#[derive(Default)]
struct Search {
    secrets: Vec<String>,
    places: Vec<(String, Vec<u8>)>,
}

impl Search {
    /// A password of this name, to be found nowhere.
    fn plant(&mut self, name: &str) -> String {
        self.keep(&format!("canary {name} 7f3a91 password"))
    }

    fn keep(&mut self, secret: &str) -> String {
        assert!(secret.len() >= 8, "too short to be told from chance");
        self.secrets.push(secret.to_owned());
        secret.to_owned()
    }

    fn look(&mut self, place: &str, content: impl Into<Vec<u8>>) {
        self.places.push((place.to_owned(), content.into()));
    }

    /// An answer: what it gives out is kept, and what it refuses is searched.
    fn answer(&mut self, answer: &Answer) {
        let mut body = answer.body.clone();
        for field in [
            "access_token",
            "mfa_pending_token",
            "pending_token",
            "secret",
            "otpauth_url",
        ] {
            if let Some(Value::String(token)) = body.get_mut(field).map(Value::take) {
                self.keep(&token);
            }
        }
        // The same once more, as a picture.
        body.get_mut("qr_svg").map(Value::take);
        if let Some(codes) = body.get_mut("recovery_codes").map(Value::take) {
            for code in codes.as_array().into_iter().flatten() {
                self.keep(code.as_str().unwrap());
            }
        }
        let mut headers = answer.headers.clone();
        if let Some(line) = headers.remove("set-cookie") {
            let kept = line.to_str().unwrap().split(['=', ';']).nth(1);
            self.keep(kept.unwrap());
        }
        self.look("an answer", format!("{headers:?} {body}"));
    }

    /// Nothing is anywhere.
    fn finds_nothing(self) {
        assert!(self.secrets.len() > 5 && self.places.len() > 5);
        for (place, content) in &self.places {
            for secret in &self.secrets {
                let found = content
                    .windows(secret.len())
                    .position(|part| part == secret.as_bytes());
                if let Some(at) = found {
                    let around = &content[at.saturating_sub(200)..content.len().min(at + 200)];
                    panic!(
                        "{secret} is in {place}: {}",
                        String::from_utf8_lossy(around)
                    );
                }
            }
        }
    }
}

/// All that this thread logs, in the finest level.
struct Log {
    file: tempfile::NamedTempFile,
    _guard: DefaultGuard,
}

impl Log {
    fn capture() -> Self {
        // With a second subscriber, tracing asks every thread anew whether it wants a line.
        static SECOND: LazyLock<Dispatch> =
            LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));
        LazyLock::force(&SECOND);
        let file = tempfile::NamedTempFile::new().unwrap();
        let log = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(Arc::new(file.reopen().unwrap()))
            .finish();
        Self {
            file,
            _guard: tracing::subscriber::set_default(log),
        }
    }
}

/// A server where every word is watched.
struct Watched {
    served: Served,
    search: Search,
}

impl Watched {
    async fn start(receiver: &Receiver) -> Self {
        let served = Served::with(|settings| {
            settings.webhooks = vec![receiver.webhook(None)];
            settings.features.enable_admin_router = true;
            settings.features.enable_sms_2fa = true;
            settings.features.enable_totp = true;
            settings.tokens.session_max_seconds = 86_400;
            // So long that none is met by chance.
            settings.sms_codes.sms_code_length = 10;
        })
        .await;
        let search = Search::default();
        Self { served, search }
    }

    /// A request, whose answer is entered.
    async fn ask(&mut self, actor: &Actor, method: Method, path: &str, body: Value) -> Answer {
        let answer = actor.ask(method, path, body).await;
        self.search.answer(&answer);
        answer
    }

    async fn post(&mut self, actor: &Actor, path: &str, body: Value) -> Answer {
        self.ask(actor, Method::POST, path, body).await
    }

    /// A request of nobody in particular.
    async fn visit(&mut self, path: &str, body: Value) -> Answer {
        let visitor = self.served.anonymous();
        self.post(&visitor, path, body).await
    }

    /// A login that is enough.
    async fn logged_in(&mut self, email: &str, password: &str) -> Actor {
        let answer = self.visit("/login", credentials(email, password)).await;
        self.served.bearer(answer.is(200).text("access_token"))
    }

    async fn link(&mut self, to: &str, count: usize) -> String {
        let token = self.served.mailed_token(to, count).await;
        self.search.keep(&token)
    }

    async fn code(&mut self, count: usize) -> String {
        let code = self.served.code_sent_to(NUMBER, count).await;
        self.search.keep(&code)
    }

    /// Whatever is left behind anywhere.
    async fn look_everywhere(&mut self, receiver: &Receiver, log: &Log) {
        self.served.outbox_drained().await;
        assert!(receiver.posted().len() > 20, "{:?}", receiver.events());
        for posted in receiver.posted() {
            self.search.look("a webhook", posted.body.clone());
            self.search
                .look("a webhook's head", format!("{:?}", posted.headers));
        }
        let events = self.served.events(500).await;
        self.search.look("the trail", format!("{events:?}"));
        let outbox = self.served.messages().await;
        self.search.look("the outbox", format!("{outbox:?}"));
        let bytes = self.served.database().bytes().await;
        self.search.look("the database", bytes);
        let text = std::fs::read_to_string(log.file.path()).unwrap();
        assert!(
            text.contains("/login/mfa-confirm") && text.contains("DEBUG"),
            "this is the log"
        );
        assert!(!text.contains("$argon2"), "a hash is logged");
        self.search.look("the log", text);
    }
}

fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

fn change(current: &str, new: &str) -> Value {
    json!({"current_password": current, "new_password": new})
}

/// One life from beginning to end: each part goes on from what the part before was given.
#[tokio::test]
async fn no_secret_is_found_where_it_does_not_belong() {
    let log = Log::capture();
    let receiver = Receiver::answering(&[500]).await;
    let mut watched = Watched::start(&receiver).await;
    let [first, second, third, fourth, wrong] =
        ["first", "second", "third", "fourth", "wrong"].map(|name| watched.search.plant(name));
    registering(&mut watched, &first).await;
    logging_in_in_vain(&mut watched, &wrong).await;
    changing_the_password(&mut watched, [&first, &second, &third], &wrong).await;
    moving_to_another_address(&mut watched, &third).await;
    living_in_sessions(&mut watched, &third).await;
    signing_up_here(&mut watched, &third).await;
    using_an_app(&mut watched, &third).await;
    proving_a_phone(&mut watched, &third).await;
    let session = logging_in_with_a_code(&mut watched, &third).await;
    administering(&mut watched, &session, &fourth).await;
    watched.look_everywhere(&receiver, &log).await;
    watched.search.finds_nothing();
}

/// Verified by the second of two links.
async fn registering(watched: &mut Watched, password: &str) {
    let wish = json!({"email": ADA, "password": password, "full_name": "Ada"});
    watched.visit("/register", wish).await.is(201);
    watched.link(ADA, 1).await;
    let again = json!({"email": ADA});
    watched.visit("/resend-verification", again).await.is(202);
    let used = json!({"token": watched.link(ADA, 2).await});
    watched.visit("/verify", used.clone()).await.is(200);
    watched.visit("/verify", used).await.is(400);
}

/// Logins that fail, and those that are no requests at all.
async fn logging_in_in_vain(watched: &mut Watched, wrong: &str) {
    for email in [ADA, "nobody@example.com"] {
        let refused = watched.visit("/login", credentials(email, wrong)).await;
        refused.is(401);
    }
    for body in [
        json!({"email": ADA, "password": {"nested": wrong}}),
        json!({"email": wrong, "password": [wrong]}),
        json!({"email": ADA, wrong: wrong, "password": 5}),
    ] {
        let refused = watched.visit("/login", body).await;
        assert!(refused.status.is_client_error());
    }
    let broken = format!("{{\"email\": \"{ADA}\", \"password\": \"{wrong}\",,}}");
    let request = watched.served.request(Method::POST, "/login").body(broken);
    let request = request.header("content-type", "application/json");
    let answer = watched.served.send(request).await;
    watched.search.answer(&answer);
    let query = format!("/me?token={}&password={wrong}", "x".repeat(8));
    let answer = watched.served.get(&query.replace(' ', "+")).await;
    watched.search.answer(&answer);
}

/// By session, and by link.
async fn changing_the_password(
    watched: &mut Watched,
    [first, second, third]: [&str; 3],
    wrong: &str,
) {
    let ada = watched.logged_in(ADA, first).await;
    for (body, status) in [
        (change(wrong, second), 400),
        (change(first, second), 200),
        (json!({}), 401),
    ] {
        let answer = watched.post(&ada, "/change-password", body).await;
        answer.is(status);
    }
    // The notice of the change comes first.
    watched.served.outbox_drained().await;
    let forgot = json!({"email": ADA});
    watched.visit("/forgot-password", forgot).await.is(202);
    let reset = json!({"token": watched.link(ADA, 4).await, "new_password": third});
    for status in [200, 400] {
        let answer = watched.visit("/reset-password", reset.clone()).await;
        answer.is(status);
    }
}

async fn moving_to_another_address(watched: &mut Watched, password: &str) {
    let ada = watched.logged_in(ADA, password).await;
    let wish = json!({"current_password": password, "new_email": LOVELACE});
    watched.post(&ada, "/change-email", wish).await.is(202);
    let link = json!({"token": watched.link(LOVELACE, 1).await});
    let confirmed = watched.visit("/confirm-email-change", link).await;
    confirmed.is(200);
}

/// Listed, renewed, and ended.
async fn living_in_sessions(watched: &mut Watched, password: &str) {
    let ada = watched.logged_in(LOVELACE, password).await;
    let other = watched.logged_in(LOVELACE, password).await;
    let renewed = watched.post(&other, "/session/renew", NULL).await;
    let renewed = watched.served.bearer(renewed.is(200).text("access_token"));
    let listed = watched.ask(&ada, Method::GET, "/sessions", NULL).await;
    let sessions = listed.is(200).items().iter();
    let other = sessions.filter(|session| session["is_current"] == false);
    let other = other.map(|session| session["id"].as_str().unwrap().to_owned());
    for id in other.collect::<Vec<_>>() {
        let path = format!("/sessions/{id}");
        watched.ask(&ada, Method::DELETE, &path, NULL).await.is(200);
    }
    watched.post(&renewed, "/session/renew", NULL).await.is(401);
    let others = watched.ask(&ada, Method::DELETE, "/sessions", NULL).await;
    others.is(200);
}

/// Somebody is logged in by the browser that they signed up with, and somebody else is not.
async fn signing_up_here(watched: &mut Watched, password: &str) {
    let origin = watched.served.origin.clone();
    let page = |served: &Served, path: &str| {
        let request = served.request(Method::POST, path).header("origin", &origin);
        request.header("x-regstack-session", "wanted")
    };
    let request = page(&watched.served, "/register").json(&credentials(GRACE, password));
    let answer = watched.served.send(request).await;
    watched.search.answer(&answer);
    let kept = answer.is(201).header("set-cookie").unwrap();
    let kept = kept.split(';').next().unwrap().to_owned();
    let link = json!({"token": watched.link(GRACE, 1).await});
    for (cookies, status) in [(format!("{kept}; {kept}x"), 200), (kept, 400)] {
        let request = page(&watched.served, "/verify").header("cookie", cookies);
        let answer = watched.served.send(request.json(&link)).await;
        assert_eq!(answer.status, status);
    }
}

/// An authenticator app and a recovery code, each with a wrong one first; both are gone in the end.
async fn using_an_app(watched: &mut Watched, password: &str) {
    let grace = watched.logged_in(GRACE, password).await;
    let proof = json!({"current_password": password});
    let started = watched.post(&grace, "/mfa/totp/start", proof.clone()).await;
    let app = Authenticator(started.is(200).text("otpauth_url").to_owned());
    let pending = started.text("pending_token").to_owned();
    let code = app.code(&watched.served);
    let mut codes = Vec::new();
    for (code, status) in [(other_than(&code), 400), (code, 200)] {
        let confirm = json!({"pending_token": pending, "code": code});
        let answer = watched.visit("/mfa/totp/confirm", confirm).await;
        assert_eq!(answer.status, status);
        codes = recovery_codes(&answer);
    }
    let halfway = watched.visit("/login", credentials(GRACE, password)).await;
    let pending = halfway.is(200).text("mfa_pending_token").to_owned();
    for (code, status) in [("aaaaa-aaaaa", 400), (&*codes[0], 200), (&*codes[0], 400)] {
        let confirm = json!({"mfa_pending_token": pending, "code": code});
        let answer = watched.visit("/login/mfa-confirm", confirm).await;
        assert_eq!(answer.status, status, "{code}");
    }
    let grace = &grace;
    let anew = watched
        .post(grace, "/mfa/recovery-codes", proof.clone())
        .await;
    assert_eq!(recovery_codes(anew.is(200)).len(), 10);
    let off = watched.ask(grace, Method::DELETE, "/mfa/totp", proof).await;
    off.is(200);
}

/// With a wrong code first.
async fn proving_a_phone(watched: &mut Watched, password: &str) {
    let ada = watched.logged_in(LOVELACE, password).await;
    let wish = json!({"phone_number": NUMBER, "current_password": password});
    let started = watched.post(&ada, "/phone/start", wish).await;
    let pending = started.is(202).text("pending_token");
    let code = watched.code(1).await;
    for (code, status) in [(other_than(&code), 400), (code, 200)] {
        let proof = json!({"pending_token": pending, "code": code});
        watched.visit("/phone/confirm", proof).await.is(status);
    }
}

/// With a wrong code first; the session.
async fn logging_in_with_a_code(watched: &mut Watched, password: &str) -> Actor {
    let login = credentials(LOVELACE, password);
    let halfway = watched.visit("/login", login).await;
    let pending = halfway.is(200).text("mfa_pending_token");
    let code = watched.code(2).await;
    let proof = |code: &str| json!({"mfa_pending_token": pending, "code": code});
    let wrong = proof(&other_than(&code));
    watched.visit("/login/mfa-confirm", wrong).await.is(400);
    let answer = watched.visit("/login/mfa-confirm", proof(&code)).await;
    watched.served.bearer(answer.is(200).text("access_token"))
}

/// The account gets this password, is disabled and deleted; its session is over.
async fn administering(watched: &mut Watched, session: &Actor, password: &str) {
    let admin = watched.served.superuser("admin@example.com").await;
    watched.search.keep(admin.token());
    let path = format!("/admin/users/{}", watched.served.id_of(LOVELACE).await);
    let set = json!({"new_password": password});
    let set_password = format!("{path}/set-password");
    watched.post(&admin, &set_password, set).await.is(200);
    let disable = json!({"is_active": false});
    let disabled = watched.ask(&admin, Method::PATCH, &path, disable).await;
    disabled.is(200);
    watched.ask(&admin, Method::DELETE, &path, NULL).await;
    watched.post(session, "/logout", json!({})).await.is(401);
    for list in ["/users", "/events?limit=200", "/outbox", "/pending"] {
        let list = format!("/admin{list}");
        watched.ask(&admin, Method::GET, &list, NULL).await.is(200);
    }
}

impl Served {
    /// Waits until all is sent, letting time pass for what a receiver refused.
    async fn outbox_drained(&self) {
        let give_up = std::time::Instant::now() + std::time::Duration::from_mins(1);
        while self.waiting().await > 0 {
            assert!(std::time::Instant::now() < give_up, "never empty");
            self.pass(SignedDuration::from_secs(1));
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_and_its_commands_tell_no_secret() {
    let mut search = Search::default();
    let receiver = Receiver::answering(&[]).await;
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let database = Database::fresh(Kind::of_this_run()).await;
    let place = Place::over(&database.url());
    let webhook = format!(
        "[[webhooks]]\nurl = \"{}\"\nsecret_env = \"HOOK\"\n",
        receiver.url
    );
    place.append("regstack.toml", &webhook);
    place.append("regstack.secrets.env", &format!("HOOK={SECRET}\n"));
    place.mails_to(sink.port());
    search.keep(SECRET);
    search.keep(place.secret());
    let [first, second, third] = ["first", "second", "third"].map(|name| search.plant(name));

    let server = place.serve(&["-v"]);
    let visitor = server.anonymous();
    let token = async |count: usize| {
        eventually(|| sink.mails().len() >= count).await;
        token_in(&decoded(&sink.mails()[count - 1]))
    };

    // The server that takes the mail puts it off first, and quotes the link.
    sink.put_off(2);
    let wish = json!({"email": ADA, "password": first, "full_name": "Ada"});
    visitor.post("/register", wish).await.is(201);
    let listed = place.run(&["outbox", "list"]);
    search.look("outbox list", listed.stdout + listed.stderr.as_str());
    let link = search.keep(&token(1).await);
    visitor.verify(&link).await.is(200);
    let refused = visitor.log_in(ADA, &second).await;
    search.look("a refusal", refused.is(401).body.to_string());
    let nonsense = json!({"email": ADA, "password": [first]});
    let refused = visitor.post("/login", nonsense).await;
    assert!(refused.status.is_client_error());
    search.look("a refusal", refused.body.to_string());
    search.keep(visitor.logged_in(ADA, &first).await.token());
    visitor.forgot_password(ADA).await.is(202);
    let link = search.keep(&token(2).await);
    visitor.reset_password(&link, &second).await.is(200);

    let set = ["users", "set-password", ADA, "--password-stdin"];
    let ran = place.run_with_stdin(&set, format!("{third}\n"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    search.look("set-password", ran.stdout + ran.stderr.as_str());
    for command in [
        &["users", "list"][..],
        &["users", "show", ADA],
        &["users", "show", ADA, "--json"],
        &["outbox", "list", "--json"],
        &["config", "show"],
        &["config", "check", "-v"],
        &["db", "status"],
        &["users", "create", "not an address", "--no-password"],
    ] {
        let ran = place.run(command);
        search.look(&command.join(" "), ran.stdout + ran.stderr.as_str());
    }
    eventually(|| receiver.events().contains(&"password_changed".to_owned())).await;
    for posted in receiver.posted() {
        search.look("a webhook", posted.body.clone());
    }
    search.look("the database", database.bytes().await);
    server.signal("TERM");
    let (code, log) = server.end();
    assert_eq!(code, Some(0), "{log}");
    assert!(
        log.contains("451 4.7.1 later") && log.contains("DEBUG"),
        "{log}"
    );
    search.look("the log", log);
    search.finds_nothing();
}
