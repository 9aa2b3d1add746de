//! An application served on a port of its own, with its own database, a clock that stands still, and a mailbox; and the
//! people who talk to it.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use regstack::internals::accounts::NewAccount;
use regstack::internals::app::{Ambient, App};
use regstack::internals::clock::{Clock as _, ManualClock};
use regstack::internals::config::Settings;
use regstack::internals::delivery::Mailbox;
use regstack::internals::model::{Actor, Email, Id, NewPassword, Origin, User};
use regstack::internals::random::SystemRandom;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::client;
use super::database::{Database, Kind};

/// The password of everybody who does not need another.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// One served application. Its workers and server end when it is dropped.
pub(crate) struct Served {
    pub(crate) app: App,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) mailbox: Mailbox,
    pub(crate) origin: String,
    client: reqwest::Client,
    stop: CancellationToken,
    stop_working: CancellationToken,
    working: JoinHandle<()>,
    database: Arc<Database>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// Status and `code`, the two things a program goes by.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> &Self {
        assert_eq!(
            (self.status.as_u16(), self.body["code"].as_str()),
            (status, Some(code)),
            "{self:?}"
        );
        self
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn text(&self, field: &str) -> &str {
        self.body[field]
            .as_str()
            .unwrap_or_else(|| panic!("no text {field} in {self:?}"))
    }
}

/// The settings of tests: hashes that cost next to nothing, a secret made for the occasion.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.password.memory_kib = 16;
    settings.password.iterations = 1;
    settings.tokens.jwt_secret = regstack::internals::random::token::<48>(&SystemRandom).into();
    settings
}

impl Served {
    pub(crate) async fn start() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let database = Database::fresh(Kind::of_this_run()).await;
        Self::over(database, change).await
    }

    /// One over a database that may hold something already.
    pub(crate) async fn over(database: Database, change: impl FnOnce(&mut Settings)) -> Self {
        // Far ahead: a server that removes what is old by its own clock must find nothing.
        let now = "2100-11-23T06:00:00.123Z".parse().unwrap();
        Self::over_at(database, now, change).await
    }

    /// The same at this moment.
    pub(crate) async fn over_at(
        database: Database,
        now: Timestamp,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let database = Arc::new(database);
        let clock = Arc::new(ManualClock::starting_at(now));
        Self::on(settings, database, clock, Mailbox::default()).await
    }

    /// From now on nothing is sent: what is queued stays in the outbox.
    pub(crate) async fn stop_sending(&mut self) {
        self.stop_working.cancel();
        (&mut self.working).await.unwrap();
    }

    /// A second server over the same database, with the same clock, settings and mailbox.
    pub(crate) async fn sibling(&self) -> Self {
        self.sibling_with(|_| ()).await
    }

    /// A second server over the same database, with other settings.
    pub(crate) async fn sibling_with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = (*self.app.settings).clone();
        change(&mut settings);
        Self::on(
            settings,
            Arc::clone(&self.database),
            Arc::clone(&self.clock),
            self.mailbox.clone(),
        )
        .await
    }

    async fn on(
        mut settings: Settings,
        database: Arc<Database>,
        clock: Arc<ManualClock>,
        mailbox: Mailbox,
    ) -> Self {
        settings.database.engine = database.engine();
        let ambient = Ambient {
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            mailbox: Some(mailbox.clone()),
        };
        let app = App::open(settings, ambient).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let (serving, working) = (app.clone(), app.clone());
        let (stop_serving, stop_working) = (stop.clone(), stop.child_token());
        let stopped_working = stop_working.clone();
        tokio::spawn(async move {
            regstack::internals::http::serve(&serving, listener, stop_serving)
                .await
                .unwrap();
        });
        let working = tokio::spawn(async move { working.run_workers(stopped_working).await });
        let client = client::builder()
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        Self {
            app,
            clock,
            mailbox,
            origin,
            client,
            stop,
            stop_working,
            working,
            database,
        }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.clock.advance(time);
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let path = if path.starts_with("//") {
            path[1..].to_owned()
        } else {
            format!("/api/auth{path}")
        };
        self.client
            .request(method, format!("{}{path}", self.origin))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer {
            status,
            headers,
            body,
        }
    }

    /// A request of somebody without a session.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body))
            .await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// A request with a session.
    pub(crate) async fn as_bearer(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let request = self.request(method, path).bearer_auth(token);
        self.send(if let Some(body) = body {
            request.json(&body)
        } else {
            request
        })
        .await
    }

    pub(crate) async fn me(&self, token: &str) -> Answer {
        self.as_bearer(token, Method::GET, "/me", None).await
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.post("/login", json!({"email": email, "password": password}))
            .await
    }

    pub(crate) async fn register(&self, email: &str) -> Answer {
        self.post(
            "/register",
            json!({"email": email, "password": PASSWORD, "full_name": "Ada"}),
        )
        .await
    }

    /// A person with a verified account; their session's token.
    pub(crate) async fn person(&self, email: &str) -> String {
        let before = self
            .mailbox
            .messages()
            .iter()
            .filter(|mail| mail.to == email)
            .count();
        self.register(email).await.is(201);
        let token = self.mailed_token(email, before + 1).await;
        self.post("/verify", json!({"token": token})).await.is(200);
        self.log_in(email, PASSWORD)
            .await
            .is(200)
            .text("access_token")
            .to_owned()
    }

    /// An account made by an operator, verified and with the usual password unless `change` says otherwise.
    pub(crate) async fn account(&self, email: &str, change: impl FnOnce(&mut NewAccount)) -> User {
        let mut account = NewAccount {
            email: Email::parse(email).unwrap(),
            password: Some(NewPassword::parse(PASSWORD.into()).unwrap()),
            full_name: None,
            is_superuser: false,
            is_verified: true,
            send_invite: false,
        };
        change(&mut account);
        self.app
            .accounts
            .create_user(account, &Self::operator())
            .await
            .unwrap()
    }

    /// A superuser; their session's token.
    pub(crate) async fn admin(&self, email: &str) -> String {
        self.account(email, |account| account.is_superuser = true)
            .await;
        self.log_in(email, PASSWORD)
            .await
            .is(200)
            .text("access_token")
            .to_owned()
    }

    /// The session of somebody who logs in with the usual password.
    pub(crate) async fn session(&self, email: &str) -> String {
        let answer = self.log_in(email, PASSWORD).await;
        answer.is(200).text("access_token").to_owned()
    }

    /// Asks for a code to make a number the second factor.
    pub(crate) async fn start_phone(&self, session: &str, number: &str) -> Answer {
        let wish = json!({"phone_number": number, "current_password": PASSWORD});
        self.as_bearer(session, Method::POST, "/phone/start", Some(wish))
            .await
    }

    /// Presents a code for the pending token of a phone set-up.
    pub(crate) async fn confirm_phone(&self, pending_token: &str, code: &str) -> Answer {
        let proof = json!({"pending_token": pending_token, "code": code});
        self.post("/phone/confirm", proof).await
    }

    /// Presents a code for the pending token of a login.
    pub(crate) async fn confirm_login(&self, pending_token: &str, code: &str) -> Answer {
        let proof = json!({"mfa_pending_token": pending_token, "code": code});
        self.post("/login/mfa-confirm", proof).await
    }

    /// A person with the usual password whose logins need a code from a phone that nobody wrote to before; their session.
    pub(crate) async fn person_with_phone(&self, email: &str, number: &str) -> String {
        self.account(email, |_| ()).await;
        let session = self.session(email).await;
        let started = self.start_phone(&session, number).await;
        let pending = started.is(202).text("pending_token");
        let code = self.code_sent_to(number, 1).await;
        self.confirm_phone(pending, &code).await.is(200);
        session
    }

    /// Logs in as far as the password leads; the pending token.
    pub(crate) async fn log_in_halfway(&self, email: &str) -> String {
        let answer = self.log_in(email, PASSWORD).await;
        answer.is(200).text("mfa_pending_token").to_owned()
    }

    /// The code in the newest SMS to a number, once `count` went there.
    pub(crate) async fn code_sent_to(&self, number: &str, count: usize) -> String {
        let text = self.mails(number, count).await.remove(0);
        let (_, after) = text.split_once("code: ").expect("a code in the SMS");
        let digits = after.find(|c: char| !c.is_ascii_digit());
        after[..digits.unwrap_or(after.len())].to_owned()
    }

    /// The id of the account of an address.
    pub(crate) async fn id_of(&self, email: &str) -> Id {
        let email = Email::parse(email).unwrap();
        self.app
            .accounts
            .user_by_email(&email)
            .await
            .unwrap()
            .unwrap()
            .id
    }

    /// Somebody with a shell on the machine.
    pub(crate) fn operator() -> Origin {
        Origin {
            actor: Actor::Operator("test".into()),
            ip: None,
            request_id: None,
        }
    }

    /// The token in the newest mail to an address, once `count` mails went there.
    pub(crate) async fn mailed_token(&self, email: &str, count: usize) -> String {
        let text = self.mails(email, count).await.remove(0);
        let url = text
            .split_whitespace()
            .find(|word| word.starts_with("http"))
            .expect("a link in the mail");
        url.split_once("token=")
            .expect("a token in the link")
            .1
            .to_owned()
    }

    /// The texts of the messages to an address or number, newest first, once there are `count`.
    pub(crate) async fn mails(&self, email: &str, count: usize) -> Vec<String> {
        let here = || -> Vec<String> {
            self.mailbox
                .messages()
                .into_iter()
                .filter(|mail| mail.to == email)
                .map(|mail| mail.text)
                .collect()
        };
        eventually(|| here().len() >= count).await;
        let mails = here();
        assert_eq!(mails.len(), count, "mails to {email}");
        mails
    }

    /// Waits until the outbox is empty: whatever was queued has arrived.
    pub(crate) async fn outbox_is_empty(&self) {
        self.outbox_falls_to(0).await;
    }

    /// Waits until no more than so many messages are left in the outbox, and says how many are; fails after a minute.
    pub(crate) async fn outbox_falls_to(&self, count: u64) -> u64 {
        let give_up = std::time::Instant::now() + Duration::from_mins(1);
        loop {
            let waiting = self.app.store.outbox().await.unwrap().waiting;
            if waiting <= count {
                return waiting;
            }
            assert!(
                std::time::Instant::now() < give_up,
                "{waiting} are left, not {count}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The names of the recorded events, oldest first.
    pub(crate) async fn event_kinds(&self) -> Vec<&'static str> {
        let page = self
            .app
            .store
            .events(
                &regstack::internals::model::EventFilter::default(),
                None,
                200,
            )
            .await
            .unwrap();
        page.items
            .iter()
            .rev()
            .map(|event| event.kind.as_str())
            .collect()
    }
}

/// A code that is not this one.
pub(crate) fn other_than(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", &code[1..])
}

/// Waits for something that another task or process is about to do; fails after a minute.
#[track_caller]
pub(crate) fn eventually(done: impl Fn() -> bool) -> impl Future<Output = ()> {
    let place = std::panic::Location::caller();
    async move {
        let give_up = std::time::Instant::now() + Duration::from_mins(1);
        while !done() {
            assert!(
                std::time::Instant::now() < give_up,
                "never came true, at {place}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Runs `count` copies of something at once; their outcomes.
pub(crate) async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    count: usize,
    act: impl Fn(usize) -> F,
) -> Vec<T> {
    let tasks: Vec<_> = (0..count).map(|index| tokio::spawn(act(index))).collect();
    let mut outcomes = Vec::with_capacity(count);
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}
