//! The outbox in the console, and deliveries to the receivers of webhooks.

use jiff::SignedDuration;
use regstack::internals::config::Webhook;
use regstack::internals::model::{Id, MessageKind, MessageState};
use regstack::internals::store::{Delivery, MessageQueue};
use serde_json::Value;

use super::{Desk, ROOT, office, office_with, token};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::Kind;
use crate::support::on_both_engines;
use crate::support::receiver::SECRET;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
const ERROR: &str = "550 <script>alert(1)</script> no such mailbox";

on_both_engines! {
    messages_are_shown_retried_and_deleted
    failed_messages_are_retried_together
    deliveries_of_webhooks_are_shown_by_receiver
}

/// Gives up every message of a queue, as a worker does that was refused.
async fn give_up(served: &Served, queue: MessageQueue<'_>, hours: i64) -> Vec<Id> {
    let store = &served.app.store;
    let later = served.now() + SignedDuration::from_hours(hours) + SignedDuration::from_mins(1);
    let lease = Id::new(later, [7; 8]);
    let until = later + SignedDuration::from_mins(1);
    let claimed = store.claim_messages(queue, lease, until, later, 100).await;
    let mut ids = Vec::new();
    for claimed in claimed.unwrap() {
        let failed = Delivery::Failed {
            error: ERROR.to_owned(),
            at: served.now(),
        };
        let id = claimed.message.id;
        assert!(store.settle_message(id, lease, failed).await.unwrap());
        ids.push(id);
    }
    ids
}

const PEOPLE: MessageQueue<'static> = MessageQueue::People(&[MessageKind::Email]);

async fn messages_are_shown_retried_and_deleted(kind: Kind) {
    let mut served = office(kind).await;
    served.stop_sending().await;
    served.account(ADA, |_| ()).await;
    let id = served.queue_for_tomorrow(ADA).await;
    let root = Desk::of(&served, ROOT).await;
    let one = format!("/outbox/{id}");
    root.get("/outbox")
        .await
        .is(200)
        .shows(ADA)
        .shows("Waiting: 1. Failed: 0.");
    root.get("/outbox?state=failed")
        .await
        .lacks(&id.to_string());
    assert_eq!(give_up(&served, PEOPLE, 24).await, [id]);
    let failed = root.get("/outbox?state=failed").await;
    failed
        .is(200)
        .shows("Waiting: 0. Failed: 1.")
        .shows("no such mailbox")
        .lacks("<script>alert");
    for filter in ["kind=email", "to=ada@example.com", "to=+ada@example.com+"] {
        root.get(&format!("/outbox?{filter}"))
            .await
            .shows(&id.to_string());
    }
    for filter in ["kind=sms", "to=ada", "state=waiting"] {
        let none = root.get(&format!("/outbox?{filter}")).await;
        none.is(200).lacks(&id.to_string()).shows("No messages");
    }
    root.get(&one)
        .await
        .is(200)
        .shows("no such mailbox")
        .lacks("<script>alert");
    // A retry is seen in the API, and back on the list that it came from.
    let done = root
        .act(&format!("{one}/retry?state=failed&x=1"), &[])
        .await;
    done.is(200)
        .shows("The message is sent now")
        .shows("<option value=\"failed\" selected>");
    let admin = served.bearer(&token(&served, ROOT).await);
    let listed = admin.get("/admin/outbox").await;
    assert_eq!(listed.items()[0]["state"], "waiting");
    let question = root.get(&format!("{one}/delete")).await;
    question
        .is(200)
        .shows(ADA)
        .shows("You can&#x27;t undo this");
    assert_eq!(served.messages().await.len(), 1, "only asked");
    root.act(&format!("{one}/delete"), &[])
        .await
        .is(200)
        .shows("The message was deleted");
    assert!(admin.get("/admin/outbox").await.items().is_empty());
    for path in [one.clone(), format!("{one}/delete")] {
        root.get(&path).await.is(404);
    }
    // Somebody was faster.
    let late = root.act(&format!("{one}/retry"), &[]).await;
    late.is(200).shows("no longer there");
    // What the API deletes is gone here.
    let other = served.queue_for_tomorrow(ADA).await;
    root.get("/outbox").await.shows(&other.to_string());
    admin
        .delete(&format!("/admin/outbox/{other}"), Value::Null)
        .await
        .is(200);
    root.get("/outbox").await.lacks(&other.to_string());
}

async fn failed_messages_are_retried_together(kind: Kind) {
    let mut served = office(kind).await;
    served.stop_sending().await;
    for email in [ADA, "bob@example.com", "cleo@example.com"] {
        served.account(email, |_| ()).await;
        served.queue_for_tomorrow(email).await;
    }
    give_up(&served, PEOPLE, 24).await;
    let root = Desk::of(&served, ROOT).await;
    let states = async || {
        let messages = served.messages().await;
        let failed = messages.iter();
        failed
            .filter(|message| message.state == MessageState::Failed)
            .count()
    };
    let question = root.get("/outbox/retry?to=bob@example.com").await;
    question.is(200).shows("bob@example.com").lacks(ADA);
    assert_eq!(states().await, 3, "only asked");
    root.act("/outbox/retry?to=bob@example.com", &[])
        .await
        .is(200)
        .shows("Messages that are sent now: 1.");
    assert_eq!(states().await, 2);
    root.act("/outbox/retry", &[])
        .await
        .is(200)
        .shows("Messages that are sent now: 2.");
    assert_eq!(states().await, 0);
}

async fn deliveries_of_webhooks_are_shown_by_receiver(kind: Kind) {
    // Nobody listens there.
    let webhook = Webhook {
        url: "http://127.0.0.1:9/hooks?of=one".to_owned(),
        events: None,
        secrets: vec![SECRET.into()],
    };
    let url = webhook.url.clone();
    let mut served = office_with(kind, |settings| settings.webhooks = vec![webhook]).await;
    served.stop_sending().await;
    served.account(ADA, |_| ()).await;
    let mail = served.queue_for_tomorrow(ADA).await;
    let root = Desk::of(&served, ROOT).await;
    let page = root.get("/webhooks").await;
    page.is(200).shows(&url).lacks(&mail.to_string());
    page.lacks("No longer configured");
    let failed = give_up(&served, MessageQueue::Receiver(&url), 1).await;
    assert!(!failed.is_empty());
    let query: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
    let page = root
        .get(&format!("/webhooks?state=failed&to={query}"))
        .await;
    page.is(200).shows("no such mailbox").lacks("<script>alert");
    root.get("/webhooks?to=https://elsewhere.example")
        .await
        .shows("No messages");
    // Acts lead back to this room.
    let retry = format!("/outbox/{}/retry?state=failed&from=webhooks", failed[0]);
    let sent = root.post(&retry, &[]).await;
    let leads = sent.is(303).location.clone().unwrap();
    assert_eq!(leads, "/account/admin/webhooks?state=failed");
    let admin = served.bearer(&token(&served, ROOT).await);
    let listed = admin.get("/admin/outbox?state=waiting").await;
    let found = listed.items().iter();
    let found: Vec<&str> = found
        .filter(|message| message["kind"] == "webhook")
        .map(|message| message["id"].as_str().unwrap())
        .collect();
    assert!(found.contains(&failed[0].to_string().as_str()));
    // All failed ones of the room: webhooks only.
    give_up(&served, PEOPLE, 24).await;
    root.act("/outbox/retry?from=webhooks", &[]).await.is(200);
    let left = served.messages().await;
    let left: Vec<Id> = left
        .iter()
        .filter(|message| message.state == MessageState::Failed)
        .map(|message| message.id)
        .collect();
    assert_eq!(left, [mail]);
    // Without the setting, what waits is still shown.
    let sibling = served
        .sibling_with(|settings| settings.webhooks.clear())
        .await;
    let elsewhere = Desk::of(&sibling, ROOT).await;
    elsewhere
        .get("/webhooks")
        .await
        .is(200)
        .shows(&url)
        .shows("No longer configured");
}

#[tokio::test]
async fn a_test_message_is_sent_at_once_by_somebody_who_proved_who_they_are() {
    let served = office(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    let form = root.get("/outbox/test").await;
    form.is(200)
        .shows(&format!("value=\"{ROOT}\""))
        .lacks("current_password");
    root.act("/outbox/test", &[("to", ADA)])
        .await
        .is(200)
        .shows("The message was accepted");
    let sms = root.act("/outbox/test", &[("to", "+14155550123")]).await;
    sms.is(200).shows("The message was accepted");
    let messages = served.mailbox.messages();
    let [sms, mail] = messages.as_slice() else {
        panic!("{messages:?}");
    };
    assert_eq!((&*mail.to, &*sms.to), (ADA, "+14155550123"));
    assert!(served.messages().await.is_empty(), "without the outbox");
    for (to, says) in [
        ("", "Enter an email address or a phone number"),
        ("ada", "Enter an email address like"),
        ("+1", "Enter an email address like"),
        (
            "\"><script>alert(1)</script>",
            "Enter an email address like",
        ),
    ] {
        let again = root.post("/outbox/test", &[("to", to)]).await;
        again.is(200).shows(says).lacks("<script>alert");
    }
    served.pass(SignedDuration::from_mins(11));
    root.get("/outbox/test").await.shows("current_password");
    for fields in [
        &[("to", ADA)][..],
        &[("to", ADA), ("current_password", "not this one")],
    ] {
        root.act("/outbox/test", fields).await.is(200);
        assert_eq!(served.mailbox.messages().len(), 2, "{fields:?}");
    }
    root.act(
        "/outbox/test",
        &[("to", ADA), ("current_password", PASSWORD)],
    )
    .await
    .is(200)
    .shows("The message was accepted");
    assert_eq!(served.mailbox.messages().len(), 3);
}
