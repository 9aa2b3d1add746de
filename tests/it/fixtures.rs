//! Databases that an older build left behind: this one opens and migrates them, and all that is in them is intact.
//! `tests/fixtures/before-0.3/README.md` tells what that is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mongodb::bson::{Bson, Document};
use regstack::internals::app::{Ambient, App};
use regstack::internals::clock::ManualClock;
use regstack::internals::config::{
    EmailBackend, Settings, SmsBackend, SmtpSecurity, SmtpSettings, TwilioSettings, Webhook,
};
use regstack::internals::random::SystemRandom;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::actor::Requests as _;
use crate::support::database::{Database, Kind};
use crate::support::on_both_engines;
use crate::support::process::Place;
use crate::support::receiver::Receiver;
use crate::support::served::{Served, code_in, eventually};
use crate::support::smtp_sink::{SmtpSink, decoded};
use crate::support::stand_in::StandIn;
use crate::twilio::TAKEN;

on_both_engines! {
    everything_is_there_as_it_was
    sessions_live_or_are_dead_as_before
    passwords_log_in_or_are_refused_as_before
    lockouts_hold_and_end
    mailed_links_work_or_are_dead_as_before
    what_was_queued_arrives_and_works
}

/// A copy of a database that was left behind, and what is known of it.
struct Fixture {
    known: Value,
    database: Database,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/before-0.3")
}

/// The documents of a file of Extended JSON, one a line.
fn documents(file: &Path) -> Vec<Document> {
    let text = std::fs::read_to_string(file).unwrap();
    let read = |line| match serde_json::from_str(line).unwrap() {
        Bson::Document(document) => document,
        other => panic!("{other} is no document"),
    };
    text.lines().map(read).collect()
}

/// Puts the documents and indexes into an empty database.
async fn restore(database: &Database) {
    for file in std::fs::read_dir(folder().join("mongodb")).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        let documents = documents(&file);
        let collection = database.collection(name).await;
        if name != "indexes" {
            if !documents.is_empty() {
                collection.insert_many(documents).await.unwrap();
            }
            continue;
        }
        let namespace = collection.namespace();
        let database = collection.client().database(&namespace.db);
        for command in documents {
            database.run_command(command).await.unwrap();
        }
    }
}

impl Fixture {
    async fn copied(kind: Kind) -> Self {
        let database = Database::fresh(kind).await;
        let known = match kind {
            Kind::Sqlite => {
                let copy = database.folder().join("regstack.db");
                std::fs::copy(folder().join("regstack.sqlite"), copy).unwrap();
                "sqlite.json"
            }
            Kind::Mongo => {
                restore(&database).await;
                "mongodb.json"
            }
        };
        let known = std::fs::read_to_string(folder().join(known)).unwrap();
        Self {
            known: serde_json::from_str(&known).unwrap(),
            database,
        }
    }

    /// When it was left behind.
    fn moment(&self) -> Timestamp {
        text(&self.known["moment"]).parse().unwrap()
    }

    /// The settings it was made with, as far as they matter.
    fn configure(&self) -> impl Fn(&mut Settings) + use<> {
        let secret = text(&self.known["jwt_secret"]).to_owned();
        move |settings| {
            settings.tokens.jwt_secret = secret.as_str().into();
            settings.features.enable_admin_router = true;
            settings.features.enable_sms_2fa = true;
        }
    }

    /// Served by this build at the moment it was left behind: nothing has expired, nothing is due to be sent.
    async fn served(self) -> (Value, Served) {
        let (moment, configure) = (self.moment(), self.configure());
        let served = Served::over_at(self.database, moment, configure).await;
        (self.known, served)
    }
}

#[track_caller]
fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
}

/// Asserts that all that was known is so; more may be known now.
#[track_caller]
fn holds(now: &Value, then: &Value) {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            for (field, then) in then {
                let now = now.get(field);
                holds(now.unwrap_or_else(|| panic!("{field} is lost")), then);
            }
        }
        (Value::Array(now), Value::Array(then)) => {
            assert_eq!(now.len(), then.len(), "{now:?}, not {then:?}");
            now.iter()
                .zip(then)
                .for_each(|(now, then)| holds(now, then));
        }
        _ => assert_eq!(now, then),
    }
}

async fn everything_is_there_as_it_was(kind: Kind) {
    let fixture = Fixture::copied(kind).await;
    let place = Place::over(&fixture.database.url());
    let (known, served) = fixture.served().await;
    // An inspection shows what is there; the first request waits until the schema is up to date.
    let administrator = text(&known["administrator"]);
    served.bearer(administrator).get("/me").await.is(200);
    let inspection = served.app.store.inspect().await.unwrap();
    let faults: Vec<_> = inspection.faults().collect();
    let left = served.app.store.migrate().await.unwrap();
    assert!(faults.is_empty() && left.is_empty(), "{faults:?} {left:?}");

    let expected = known["expected"].as_object().unwrap();
    // The administrator's session is of then too.
    let show = async |path: &str| {
        let path = format!("/admin/{path}");
        let answer = served.bearer(administrator).get(&path).await;
        answer.is(200).body.clone()
    };
    for (list, count) in [("users", 15), ("events", 68), ("outbox", 6), ("pending", 4)] {
        let page = show(&format!("{list}?limit=200")).await;
        assert_eq!(page["items"].as_array().unwrap().len(), count, "{list}");
        holds(&page["items"], &expected[list]);
    }
    holds(&show("stats").await, &expected["stats"]);
    holds(&show("stats/series?days=1").await, &expected["series"]);
    let rows = serde_json::to_value(&inspection.rows).unwrap();
    for then in expected["rows"].as_array().unwrap() {
        let there = rows.as_array().unwrap().contains(then);
        assert!(there, "{then} is not in {rows}");
    }

    let listed = place.json(&["users", "list", "--all"]);
    holds(&listed["items"], &expected["users"]);
    for then in expected["users"].as_array().unwrap() {
        let shown = place.json(&["users", "show", text(&then["email"])]);
        holds(&shown["user"], then);
        let one = show(&format!("users/{}", text(&then["id"]))).await;
        holds(&one, then);
    }
}

/// Asks all questions of a group, one after the other: the answers must be those of the build that left the database
/// behind. Their bodies, by what was asked.
async fn answers_of(known: &Value, served: &Served, group: &str) -> Vec<(String, Value)> {
    let mut answers = Vec::new();
    let questions = known["questions"].as_array().unwrap();
    for question in questions.iter().filter(|one| one["group"] == group) {
        let method: Method = text(&question["method"]).parse().unwrap();
        let mut request = served.request(method, text(&question["path"]));
        if let Some(token) = question["token"].as_str() {
            request = request.bearer_auth(token);
        }
        if !question["body"].is_null() {
            request = request.json(&question["body"]);
        }
        let answer = served.send(request).await;
        let code = answer.body["code"].as_str();
        assert_eq!(
            (json!(answer.status.as_u16()), json!(code)),
            (question["status"].clone(), question["code"].clone()),
            "{}: {answer:?}",
            question["what"]
        );
        answers.push((text(&question["what"]).to_owned(), answer.body));
    }
    answers
}

async fn sessions_live_or_are_dead_as_before(kind: Kind) {
    let (known, served) = Fixture::copied(kind).await.served().await;
    let answers = answers_of(&known, &served, "sessions").await;
    let live: Vec<_> = answers
        .iter()
        .filter_map(|(_, body)| body["email"].as_str())
        .collect();
    assert_eq!(
        live,
        ["plain", "unicode", "cut", "factor"].map(|name| format!("{name}@example.com"))
    );
    let dead: Vec<_> = answers[4..].iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(dead, ["revoked", "cut off", "disabled"]);
}

async fn passwords_log_in_or_are_refused_as_before(kind: Kind) {
    let (known, served) = Fixture::copied(kind).await.served().await;
    let answers = answers_of(&known, &served, "logins").await;
    assert_eq!(answers.len(), 16);
    for (name, body) in &answers[..9] {
        // A second factor that was on is asked for.
        let given = if name == "factor" {
            "mfa_pending_token"
        } else {
            "access_token"
        };
        assert!(body[given].is_string(), "{name}: {body}");
    }
}

async fn lockouts_hold_and_end(kind: Kind) {
    let (known, served) = Fixture::copied(kind).await.served().await;
    let answers = answers_of(&known, &served, "lockouts").await;
    assert_eq!(answers.len(), 4);
    served.pass(SignedDuration::from_mins(15));
    let email = "locked@example.com";
    let password = text(&known["passwords"][email]);
    served.log_in(email, password).await.is(200);
}

async fn mailed_links_work_or_are_dead_as_before(kind: Kind) {
    let (known, served) = Fixture::copied(kind).await.served().await;
    let answers = answers_of(&known, &served, "links").await;
    assert_eq!(answers.len(), 13);
}

/// The token in the one mail to an address.
fn token_to(mails: &[String], email: &str) -> String {
    let to = format!("To: {email}");
    let mut mails = mails.iter().filter(|mail| mail.contains(&to));
    let (Some(mail), None) = (mails.next(), mails.next()) else {
        panic!("not one mail to {email}");
    };
    let mail = decoded(mail);
    let (_, after) = mail.split_once("token=").expect("a link in the mail");
    let word = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
    after.chars().take_while(word).collect()
}

/// The code in the one SMS to a number, of those that Twilio was asked to send.
fn code_to(twilio: &StandIn, number: &str) -> String {
    let asked = twilio.asked();
    let mut codes = asked.iter().filter_map(|asked| {
        let form = url::form_urlencoded::parse(asked.body.as_bytes());
        let form: std::collections::HashMap<_, _> = form.into_owned().collect();
        (form["To"] == number).then(|| code_in(&form["Body"]))
    });
    let (Some(code), None) = (codes.next(), codes.next()) else {
        panic!("not one SMS to {number}");
    };
    code
}

async fn what_was_queued_arrives_and_works(kind: Kind) {
    let fixture = Fixture::copied(kind).await;
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let twilio = StandIn::new(&[TAKEN]).await;
    let hook = &fixture.known["webhook"];
    let receiver = Receiver::at(text(&hook["url"])).await;
    let hook_secret = text(&hook["secret"]).to_owned();

    let mut settings = crate::support::served::settings();
    fixture.configure()(&mut settings);
    settings.database.engine = fixture.database.engine();
    settings.email.backend = EmailBackend::Smtp(SmtpSettings {
        host: "127.0.0.1".into(),
        port: sink.port(),
        security: SmtpSecurity::Plain,
        login: None,
        timeout: Duration::from_secs(30),
        helo_name: None,
        own_host: "app.example".into(),
    });
    settings.sms = SmsBackend::Twilio(TwilioSettings {
        account_sid: "AC0123456789abcdef0123456789abcdef".into(),
        auth_token: "canary-token".into(),
        from: "+15005550006".into(),
        api_url: Some(twilio.origin().into()),
    });
    settings.webhooks = vec![Webhook {
        url: receiver.url.clone(),
        events: None,
        secrets: vec![hook_secret.as_str().into()],
    }];
    // All that waits is due again.
    let now = fixture.moment() + SignedDuration::from_mins(6);
    let ambient = Ambient {
        clock: Arc::new(ManualClock::starting_at(now)),
        random: Arc::new(SystemRandom),
        ..Ambient::system()
    };
    let app = App::open(settings, ambient).await.unwrap();
    let stop = CancellationToken::new();
    let working = {
        let (app, stop) = (app.clone(), stop.clone());
        tokio::spawn(async move { app.run_workers(stop).await })
    };
    eventually(|| {
        (
            sink.mails().len(),
            twilio.asked().len(),
            receiver.posted().len(),
        ) == (2, 2, 1)
    })
    .await;
    stop.cancel();
    working.await.unwrap();
    let left = app.store.outbox().await.unwrap();
    assert_eq!((left.waiting, left.failed), (0, 1));
    drop(app);

    let posted = receiver.posted().remove(0);
    assert_eq!(posted.event(), "user_deleted");
    assert!(posted.is_signed_with(&hook_secret));
    let configure = fixture.configure();
    let served = Served::over_at(fixture.database, now, configure).await;
    let known = fixture.known;

    let email = "queued@example.com";
    let link = json!({"token": token_to(&sink.mails(), email)});
    served.post("/verify", link).await.is(200);
    let password = text(&known["passwords"][email]);
    served.log_in(email, password).await.is(200);

    let (email, password) = ("unicode@example.com", "a password of her own");
    let token = token_to(&sink.mails(), email);
    let wish = json!({"token": token, "new_password": password});
    served.post("/reset-password", wish).await.is(200);
    served.log_in(email, password).await.is(200);

    let flight = &known["in_flight"];
    let code = code_to(&twilio, text(&flight["number"]));
    let login = served
        .confirm_login(text(&flight["login_mfa"]), &code)
        .await;
    let session = login.is(200).text("access_token").to_owned();
    let me = served.bearer(&session).me().await;
    assert_eq!(me.is(200).text("email"), "factor@example.com");

    let code = code_to(&twilio, "+14155550124");
    let setup = text(&flight["phone_setup"]);
    served.confirm_phone(setup, &code).await.is(200);
    let email = "setup@example.com";
    let login = served.log_in(email, text(&known["passwords"][email])).await;
    login.is(200).text("mfa_pending_token");

    // What was given up is opened too, when it is tried again.
    let outbox = known["expected"]["outbox"].as_array().unwrap();
    let failed = outbox.iter().find(|message| message["state"] == "failed");
    let failed = failed.unwrap();
    let path = format!("/admin/outbox/{}/retry", text(&failed["id"]));
    let administrator = text(&known["administrator"]);
    let retried = served.bearer(administrator).post(&path, Value::Null).await;
    retried.is(200);
    let token = served.mailed_token(text(&failed["to"]), 1).await;
    served
        .post("/verify", json!({"token": token}))
        .await
        .is(200);
}
