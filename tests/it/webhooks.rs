//! Webhooks as receivers see them, and subscribers as a program does that embeds regstack.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use regstack::internals::config::Webhook;
use regstack::internals::delivery::AccountEvent;
use regstack::internals::model::EventKind;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::Place;
use crate::support::receiver::{Posted, Receiver, SECRET};
use crate::support::served::{Served, eventually};

/// A second secret of 24 bytes.
const OLDER: &str = "whsec_b2xkZXJvb2xkZXJvb2xkZXJvb2xkZXJv";

/// Lets time pass until it is so: what failed is tried again a few seconds later.
async fn in_time(served: &Served, so: impl Fn() -> bool) {
    let give_up = std::time::Instant::now() + Duration::from_mins(1);
    while !so() {
        assert!(std::time::Instant::now() < give_up, "never came true");
        served.pass(SignedDuration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_receiver_that_fails_twice_gets_one_webhook_three_times() {
    let receiver = Receiver::answering(&[500, 500]).await;
    let webhook = receiver.webhook(Some(&[EventKind::UserRegistered]));
    let served = Served::with(|settings| settings.webhooks = vec![webhook]).await;
    let user = served.account("ada@example.com", |_| ()).await;
    in_time(&served, || receiver.posted().len() == 3).await;
    served.outbox_is_empty().await;
    let posted = receiver.posted();
    assert_eq!(posted.len(), 3);
    for (index, post) in posted.iter().enumerate() {
        assert_eq!(post.header("webhook-id"), posted[0].header("webhook-id"));
        assert_eq!(post.body, posted[0].body);
        assert!(post.is_signed_with(SECRET), "{post:?}");
        assert!(!post.is_signed_with(OLDER));
        python_accepts(post);
        let at = |post: &Posted| post.header("webhook-timestamp").parse::<i64>().unwrap();
        assert!(
            index == 0 || at(post) > at(&posted[index - 1]),
            "of the try"
        );
        assert!(at(post) <= served.now().as_second());
    }
    let body = posted[0].json();
    assert_eq!(body["type"], "user_registered");
    assert_eq!(body["timestamp"], "2100-11-23T06:00:00.123Z");
    let data = &body["data"];
    assert_eq!(data["user"]["email"], "ada@example.com");
    assert_eq!(data["user_id"], user.id.to_string());
    assert_eq!(data["actor"], "operator:test");
    let mut fields: Vec<&String> = data["user"].as_object().unwrap().keys().collect();
    fields.sort();
    let me = serde_json::to_value(user.public()).unwrap();
    let mut wanted: Vec<&String> = me.as_object().unwrap().keys().collect();
    wanted.sort();
    assert_eq!(fields, wanted, "the public user and nothing else");
}

/// Checks a signature with nothing of ours: Python's own libraries, as docs/webhooks.md shows it.
fn python_accepts(post: &Posted) {
    let script = "import base64, hashlib, hmac, sys\n\
        secret, id, at, given, body = sys.argv[1:]\n\
        key = base64.b64decode(secret.removeprefix('whsec_'))\n\
        signed = f'{id}.{at}.'.encode() + body.encode()\n\
        wanted = 'v1,' + base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()\n\
        sys.exit(0 if any(hmac.compare_digest(wanted, one) for one in given.split()) else 1)";
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let accepted = Command::new(root.join("target/test-tools/venv/bin/python"))
        .args(["-c", script, SECRET])
        .args(
            ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| post.header(name)),
        )
        .arg(std::str::from_utf8(&post.body).unwrap())
        .stdin(Stdio::null())
        .status();
    assert!(accepted.unwrap().success(), "{post:?}");
}

#[tokio::test]
async fn while_a_secret_is_changed_both_sign() {
    let receiver = Receiver::answering(&[]).await;
    let mut webhook = receiver.webhook(None);
    webhook.secrets = vec![OLDER.into(), SECRET.into()];
    let served = Served::with(|settings| settings.webhooks = vec![webhook]).await;
    served.account("ada@example.com", |_| ()).await;
    eventually(|| !receiver.posted().is_empty()).await;
    let post = receiver.posted().remove(0);
    assert!(post.is_signed_with(SECRET) && post.is_signed_with(OLDER));
    assert_eq!(post.header("webhook-signature").split(' ').count(), 2);
}

#[tokio::test]
async fn a_receiver_that_hangs_costs_nobody_else_anything() {
    let hanging = Receiver::hanging().await;
    let well = Receiver::answering(&[]).await;
    let served = Served::with(|settings| {
        settings.webhooks = vec![hanging.webhook(None), well.webhook(None)];
    })
    .await;
    for number in 0..12 {
        let address = format!("person{number}@example.com");
        served.register(&address).await.is(201);
        // Mail arrives at once, however many webhooks hang.
        served.mailed_token(&address, 1).await;
    }
    eventually(|| well.posted().len() == 12).await;
    let under_way = hanging.posted().len();
    assert!((1..=4).contains(&under_way), "{under_way} at a time");
    // What is answered is settled a moment later.
    let waiting = served.outbox_falls_to(12).await;
    assert_eq!(waiting, 12, "those of the one that hangs, and nothing else");
}

#[tokio::test]
async fn each_receiver_gets_the_events_it_names() {
    let all = Receiver::answering(&[]).await;
    let some = Receiver::answering(&[]).await;
    let wanted = [EventKind::LoginFailed, EventKind::UserDeleted];
    let served = Served::with(|settings| {
        settings.webhooks = vec![all.webhook(None), some.webhook(Some(&wanted))];
    })
    .await;
    let session = served.signed_up("ada@example.com").await;
    served
        .log_in("ada@example.com", "a wrong password")
        .await
        .is(401);
    served
        .log_in("nobody@example.com", "a wrong password")
        .await
        .is(401);
    let deleted = session.delete_account(PASSWORD).await;
    assert!(deleted.status.is_success(), "{deleted:?}");
    served.outbox_is_empty().await;
    let mut trail = served.event_kinds().await;
    let mut events = all.events();
    trail.sort_unstable();
    events.sort_unstable();
    assert_eq!(events, trail, "whatever the trail has");
    let of = |kind: &str, email: &str| -> Value {
        let posted = some.posted();
        let mut bodies = posted.iter().map(Posted::json);
        bodies
            .find(|body| body["type"] == kind && body["data"]["email"] == email)
            .unwrap_or_else(|| panic!("no {kind} of {email}"))
    };
    assert_eq!(some.posted().len(), 3);
    let known = of("login_failed", "ada@example.com");
    assert_eq!(known["data"]["user"]["email"], "ada@example.com");
    let unknown = of("login_failed", "nobody@example.com");
    assert_eq!(unknown["data"]["user"], Value::Null);
    let gone = of("user_deleted", "ada@example.com");
    assert_eq!(gone["data"]["user"], Value::Null, "who is gone is told of");
    assert_eq!(gone["data"]["user_id"], known["data"]["user_id"]);
}

#[tokio::test]
async fn redirects_are_failures_and_gone_is_final() {
    let moved = Receiver::answering(&[302]).await;
    let gone = Receiver::answering(&[410]).await;
    let served = Served::with(|settings| {
        settings.webhooks = vec![moved.webhook(None), gone.webhook(None)];
    })
    .await;
    served.account("ada@example.com", |_| ()).await;
    in_time(&served, || moved.posted().len() == 2).await;
    served.outbox_is_empty().await;
    assert_eq!((moved.posted().len(), gone.posted().len()), (2, 1));
    let messages = served.messages().await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].recipient, gone.url);
    let why = messages[0].last_error.as_deref().unwrap();
    assert!(why.contains("410"), "{why}");
}

/// An operator says where events go; whoever answers there does not send them anywhere else.
#[tokio::test]
async fn a_redirect_leads_a_webhook_nowhere() {
    let inside = Receiver::answering(&[]).await;
    for status in [301_u16, 302, 303, 307, 308, 300, 201, 204] {
        let (to, hits) = (inside.url.clone(), Arc::new(AtomicUsize::new(0)));
        let counted = hits.clone();
        let answer = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let status = StatusCode::from_u16(status).unwrap();
            let headers = [
                ("location", to.clone()),
                ("refresh", format!("0; url={to}")),
                (
                    "alt-svc",
                    format!("h2=\"{}\"", to.split('/').nth(2).unwrap()),
                ),
            ];
            std::future::ready((status, headers))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let webhook = Webhook {
            url,
            events: None,
            secrets: vec![SECRET.into()],
        };
        let served = Served::with(|settings| settings.webhooks = vec![webhook]).await;
        served.account("ada@example.com", |_| ()).await;
        // Tried again where it has come from, unless it was taken.
        let tries = if status < 300 { 1 } else { 2 };
        in_time(&served, || hits.load(Ordering::SeqCst) >= tries).await;
    }
    assert_eq!(inside.posted().len(), 0);
}

#[tokio::test]
async fn subscribers_hear_all_and_harm_nobody() {
    let served = Served::start().await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let keep = |name: &'static str| {
        let heard = Arc::clone(&heard);
        move |happening: &AccountEvent| heard.lock().unwrap().push((name, happening.event.kind))
    };
    let (well, panics, fails, slow) = (keep("well"), keep("panics"), keep("fails"), keep("slow"));
    served.app.subscribe("panics", move |happening| {
        panics(&happening);
        assert!(happening.user.is_none(), "it panics");
        async { Ok::<_, String>(()) }
    });
    served.app.subscribe("fails", move |happening| {
        fails(&happening);
        async { Err("no") }
    });
    served.app.subscribe("slow", move |happening| {
        slow(&happening);
        std::future::pending::<Result<(), String>>()
    });
    served.app.subscribe("well", move |happening| {
        well(&happening);
        async { Ok::<_, String>(()) }
    });
    served.account("ada@example.com", |_| ()).await;
    served.signed_in("ada@example.com").await;
    served.log_in("ada@example.com", "wrong").await.is(401);
    let of = |name: &str| -> Vec<EventKind> {
        let heard = heard.lock().unwrap();
        let ours = heard.iter().filter(|(who, _)| *who == name);
        ours.map(|(_, kind)| *kind).collect()
    };
    let all = [
        EventKind::UserRegistered,
        EventKind::UserLoggedIn,
        EventKind::LoginFailed,
    ];
    for name in ["well", "panics", "fails"] {
        eventually(|| of(name).len() == 3).await;
        assert_eq!(of(name), all, "{name}");
    }
    assert_eq!(of("slow"), all[..1]);
}

/// A place with a receiver whose secret is this.
fn place(url: &str, secret: &str) -> Place {
    let place = Place::configured();
    let webhook = format!(
        "[[webhooks]]\nurl = \"{url}\"\nevents = [\"user_registered\"]\nsecret_env = \"HOOK\"\n"
    );
    place.append("regstack.toml", &webhook);
    place.append("regstack.secrets.env", &format!("HOOK={secret}\n"));
    place
}

#[test]
fn a_wrong_secret_stops_the_start_with_file_and_line() {
    for command in [&["serve"][..], &["config", "check"]] {
        let ran = place("https://app.example/hooks", "whsec_canary").run(command);
        assert_eq!(ran.code, Some(3), "{ran:?}");
        let said = ran.stdout + ran.stderr.as_str();
        assert!(
            said.contains("regstack.toml:7: webhooks.secret_env names HOOK")
                && !said.contains("canary"),
            "{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_sends_what_it_queued_or_says_that_a_server_will() {
    let receiver = Receiver::answering(&[204, 500]).await;
    let place = place(&receiver.url, SECRET);
    let create =
        |address: &str| place.run(&["users", "create", address, "--no-password", "--verified"]);
    let ran = create("ada@example.com");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    assert_eq!(receiver.events(), ["user_registered"]);
    let ran = create("bob@example.com");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let wanted = format!(
        "the webhook to {} wasn't sent: it answered 500",
        receiver.url
    );
    assert!(
        ran.stderr.contains(&wanted) && ran.stderr.contains("a server will retry"),
        "{ran:?}"
    );
    let list = place.json(&["outbox", "list"]);
    let waits = &list["items"][0];
    assert_eq!(
        (&waits["kind"], &waits["to"]),
        (&json!("webhook"), &json!(receiver.url))
    );
    assert!(!list.to_string().contains("payload"), "{list}");
    // A command that only looks sends nothing.
    place.json(&["users", "list"]);
    assert_eq!(receiver.posted().len(), 2);
    let id = waits["id"].as_str().unwrap();
    let ran = place.run(&["outbox", "retry", id]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(receiver.posted().len(), 3);
    assert_eq!(receiver.posted()[1].header("webhook-id"), id);
    assert_eq!(receiver.posted()[2].header("webhook-id"), id);
}
