//! Planted passwords, and every token and code that is given out: none is found where it does not belong, whatever happens.

use std::sync::{Arc, LazyLock};

use jiff::SignedDuration;
use regstack::internals::config::Features;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;

use crate::support::client::client;
use crate::support::database::{Database, Kind};
use crate::support::process::Place;
use crate::support::receiver::{Receiver, SECRET};
use crate::support::served::{Answer, Served, eventually, other_than};
use crate::support::smtp_sink::{SmtpSink, decoded};
use regstack::internals::model::EventFilter;

const ADA: &str = "ada@example.com";
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
        for field in ["access_token", "mfa_pending_token", "pending_token"] {
            if let Some(Value::String(token)) = body.get_mut(field).map(Value::take) {
                self.keep(&token);
            }
        }
        self.look("an answer", format!("{:?} {body}", answer.headers));
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

/// Somebody whose every word is watched.
struct Watched {
    served: Served,
    search: Search,
}

impl Watched {
    async fn post(&mut self, session: Option<&str>, path: &str, body: Value) -> Answer {
        self.send(Method::POST, session, path, body).await
    }

    async fn send(
        &mut self,
        method: Method,
        session: Option<&str>,
        path: &str,
        body: Value,
    ) -> Answer {
        let mut request = self.served.request(method, path).json(&body);
        if let Some(session) = session {
            request = request.bearer_auth(session);
        }
        let answer = self.served.send(request).await;
        self.search.answer(&answer);
        answer
    }

    async fn link(&mut self, to: &str, count: usize) -> String {
        let token = self.served.mailed_token(to, count).await;
        self.search.keep(&token)
    }

    async fn code(&mut self, count: usize) -> String {
        let code = self.served.code_sent_to(NUMBER, count).await;
        self.search.keep(&code)
    }
}

#[tokio::test]
#[allow(
    clippy::too_many_lines,
    reason = "one life from beginning to end: each part goes on from what the part before was given"
)]
async fn no_secret_is_found_where_it_does_not_belong() {
    let log = Log::capture();
    let receiver = Receiver::answering(&[500]).await;
    let served = Served::with(|settings| {
        settings.webhooks = vec![receiver.webhook(None)];
        settings.features = Features {
            enable_admin_router: true,
            enable_sms_2fa: true,
            ..settings.features.clone()
        };
        // So long that none is met by chance.
        settings.sms_codes.sms_code_length = 10;
    })
    .await;
    let search = Search::default();
    let mut watched = Watched { served, search };
    let [first, second, third, wrong] =
        ["first", "second", "third", "wrong"].map(|name| watched.search.plant(name));

    // Registration, verified by the second of two links.
    let wish = json!({"email": ADA, "password": first, "full_name": "Ada"});
    watched.post(None, "/register", wish).await.is(201);
    watched.link(ADA, 1).await;
    watched
        .post(None, "/resend-verification", json!({"email": ADA}))
        .await
        .is(202);
    let link = watched.link(ADA, 2).await;
    let used = json!({"token": link});
    watched.post(None, "/verify", used.clone()).await.is(200);
    watched.post(None, "/verify", used).await.is(400);

    // Logins that fail, and those that are no requests at all.
    watched
        .post(None, "/login", json!({"email": ADA, "password": wrong}))
        .await
        .is(401);
    watched
        .post(
            None,
            "/login",
            json!({"email": "nobody@example.com", "password": wrong}),
        )
        .await
        .is(401);
    for body in [
        json!({"email": ADA, "password": {"nested": wrong}}),
        json!({"email": wrong, "password": [wrong]}),
        json!({"email": ADA, wrong.clone(): wrong, "password": 5}),
    ] {
        assert!(
            watched
                .post(None, "/login", body)
                .await
                .status
                .is_client_error()
        );
    }
    let broken = format!("{{\"email\": \"{ADA}\", \"password\": \"{wrong}\",,}}");
    let request = watched.served.request(Method::POST, "/login").body(broken);
    let request = request.header("content-type", "application/json");
    let answer = watched.served.send(request).await;
    watched.search.answer(&answer);
    let query = format!("/me?token={}&password={wrong}", "x".repeat(8));
    let answer = watched.served.get(&query.replace(' ', "+")).await;
    watched.search.answer(&answer);

    // Password and address change, by session and by link.
    let login = json!({"email": ADA, "password": first});
    let answer = watched.post(None, "/login", login).await;
    let session = answer.is(200).text("access_token").to_owned();
    let change = json!({"current_password": wrong, "new_password": second});
    watched
        .post(Some(&session), "/change-password", change)
        .await
        .is(400);
    let change = json!({"current_password": first, "new_password": second});
    watched
        .post(Some(&session), "/change-password", change)
        .await
        .is(200);
    watched
        .post(Some(&session), "/change-password", json!({}))
        .await
        .is(401);
    // The notice of the change comes first.
    watched.served.outbox_drained().await;
    watched
        .post(None, "/forgot-password", json!({"email": ADA}))
        .await
        .is(202);
    let link = watched.link(ADA, 4).await;
    let reset = json!({"token": link, "new_password": third});
    watched
        .post(None, "/reset-password", reset.clone())
        .await
        .is(200);
    watched.post(None, "/reset-password", reset).await.is(400);
    let login = json!({"email": ADA, "password": third});
    let answer = watched.post(None, "/login", login.clone()).await;
    let session = answer.is(200).text("access_token").to_owned();
    let change = json!({"current_password": third, "new_email": "lovelace@example.com"});
    watched
        .post(Some(&session), "/change-email", change)
        .await
        .is(202);
    let link = watched.link("lovelace@example.com", 1).await;
    watched
        .post(None, "/confirm-email-change", json!({"token": link}))
        .await
        .is(200);

    // The phone: set up, asked for at login, with wrong codes between.
    let login = json!({"email": "lovelace@example.com", "password": third});
    let answer = watched.post(None, "/login", login.clone()).await;
    let session = answer.is(200).text("access_token").to_owned();
    let wish = json!({"phone_number": NUMBER, "current_password": third});
    let answer = watched.post(Some(&session), "/phone/start", wish).await;
    let pending = answer.is(202).text("pending_token").to_owned();
    let code = watched.code(1).await;
    let proof = |code: &str| json!({"pending_token": pending, "code": code});
    watched
        .post(None, "/phone/confirm", proof(&other_than(&code)))
        .await
        .is(400);
    watched
        .post(None, "/phone/confirm", proof(&code))
        .await
        .is(200);
    let answer = watched.post(None, "/login", login).await;
    let pending = answer.is(200).text("mfa_pending_token").to_owned();
    let code = watched.code(2).await;
    let proof = |code: &str| json!({"mfa_pending_token": pending, "code": code});
    watched
        .post(None, "/login/mfa-confirm", proof(&other_than(&code)))
        .await
        .is(400);
    let answer = watched.post(None, "/login/mfa-confirm", proof(&code)).await;
    let session = answer.is(200).text("access_token").to_owned();

    // Administration.
    let admin = watched.served.admin("admin@example.com").await;
    watched.search.keep(&admin);
    let id = watched.served.id_of("lovelace@example.com").await;
    let fourth = watched.search.plant("fourth");
    let path = format!("/admin/users/{id}");
    let set = json!({"new_password": fourth});
    watched
        .post(Some(&admin), &format!("{path}/set-password"), set)
        .await
        .is(200);
    watched
        .send(
            Method::PATCH,
            Some(&admin),
            &path,
            json!({"is_active": false}),
        )
        .await
        .is(200);
    watched
        .send(Method::DELETE, Some(&admin), &path, json!({}))
        .await;
    watched
        .post(Some(&session), "/logout", json!({}))
        .await
        .is(401);
    for list in ["/users", "/events?limit=200", "/outbox", "/pending"] {
        let list = format!("/admin{list}");
        watched
            .send(Method::GET, Some(&admin), &list, json!({}))
            .await
            .is(200);
    }

    let Watched { served, mut search } = watched;
    served.outbox_drained().await;
    assert!(receiver.posted().len() > 20, "{:?}", receiver.events());
    for posted in receiver.posted() {
        search.look("a webhook", posted.body.clone());
        search.look("a webhook's head", format!("{:?}", posted.headers));
    }
    let all = EventFilter::default();
    let events = served.app.store.events(&all, None, 500);
    search.look("the trail", format!("{:?}", events.await.unwrap().items));
    let outbox = served
        .app
        .store
        .messages(None, None, 100)
        .await
        .unwrap()
        .items;
    search.look("the outbox", format!("{outbox:?}"));
    search.look("the database", served.database().bytes().await);
    let text = std::fs::read_to_string(log.file.path()).unwrap();
    assert!(
        text.contains("/login/mfa-confirm") && text.contains("DEBUG"),
        "this is the log"
    );
    assert!(!text.contains("$argon2"), "a hash is logged");
    search.look("the log", text);
    search.finds_nothing();
}

impl Served {
    /// Waits until all is sent, letting time pass for what a receiver refused.
    async fn outbox_drained(&self) {
        let give_up = std::time::Instant::now() + std::time::Duration::from_mins(1);
        while self.app.store.outbox().await.unwrap().waiting > 0 {
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
    let client = client();
    let url = |path: &str| server.url(&format!("/api/auth{path}"));
    let post = async |path: &str, body: Value| {
        let answer = client.post(url(path)).json(&body).send().await.unwrap();
        let status = answer.status();
        (status, answer.json::<Value>().await.unwrap())
    };
    let token = async |count: usize| {
        eventually(|| sink.mails().len() >= count).await;
        let mail = decoded(&sink.mails()[count - 1]);
        let (_, after) = mail.split_once("token=").expect("a link in the mail");
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
        after[..end.unwrap_or(after.len())].to_owned()
    };

    // The server that takes the mail puts it off first, and quotes the link.
    sink.put_off(2);
    let wish = json!({"email": ADA, "password": first, "full_name": "Ada"});
    assert_eq!(post("/register", wish).await.0, StatusCode::CREATED);
    let listed = place.run(&["outbox", "list"]);
    search.look("outbox list", listed.stdout + listed.stderr.as_str());
    let link = search.keep(&token(1).await);
    assert_eq!(
        post("/verify", json!({"token": link})).await.0,
        StatusCode::OK
    );
    let (status, body) = post("/login", json!({"email": ADA, "password": second})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    search.look("a refusal", body.to_string());
    let (status, body) = post("/login", json!({"email": ADA, "password": [first]})).await;
    assert!(status.is_client_error());
    search.look("a refusal", body.to_string());
    let (status, body) = post("/login", json!({"email": ADA, "password": first})).await;
    assert_eq!(status, StatusCode::OK);
    search.keep(body["access_token"].as_str().unwrap());
    assert_eq!(
        post("/forgot-password", json!({"email": ADA})).await.0,
        StatusCode::ACCEPTED
    );
    let link = search.keep(&token(2).await);
    let reset = json!({"token": link, "new_password": second});
    assert_eq!(post("/reset-password", reset).await.0, StatusCode::OK);

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
