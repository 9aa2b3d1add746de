//! `POST /phone/start`, `POST /phone/confirm`, `DELETE /phone`.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use regstack::internals::config::Settings;
use regstack::internals::model::MessageKind;
use serde_json::{Value, json};

use crate::support::actor::{Actor, PASSWORD, Requests as _};
use crate::support::served::{Served, other_than};

const NUMBER: &str = "+14155550123";
const OTHER_NUMBER: &str = "+3227777777";

fn with_sms(settings: &mut Settings) {
    settings.features.enable_sms_2fa = true;
}

/// Number and flag, as `/me` shows them.
async fn factor(person: &Actor) -> Value {
    let me = person.me().await.is(200).body.clone();
    json!([me["phone_number"], me["is_mfa_enabled"]])
}

/// Moves on to another moment, so that what is recorded from now on comes last.
fn tick(served: &Served) {
    served.pass(SignedDuration::from_millis(1));
}

async fn last_event(served: &Served) -> &'static str {
    served.event_kinds().await.pop().unwrap()
}

#[tokio::test]
async fn a_phone_becomes_the_second_factor_by_its_code() {
    let served = Served::with(with_sms).await;
    let session = served.signed_up("ada@example.com").await;
    tick(&served);
    let started = session.start_phone(NUMBER).await;
    let token = started.is(202).text("pending_token").to_owned();
    assert_eq!(
        started.body,
        json!({"status": "code_sent", "pending_token": token, "expires_in": 600})
    );
    assert_eq!(last_event(&served).await, "phone_setup_started");
    let code = served.code_sent_to(NUMBER, 1).await;
    assert_eq!(factor(&session).await, json!([null, false]));

    let refused = served.confirm_phone(&token, &other_than(&code)).await;
    refused.refused(400, "wrong_code");
    tick(&served);
    let confirmed = served.confirm_phone(&token, &code).await;
    assert_eq!(confirmed.is(200).text("phone_number"), NUMBER);
    assert_eq!(confirmed.body["is_mfa_enabled"], true);
    assert_eq!(last_event(&served).await, "mfa_enabled");
    served
        .confirm_phone(&token, &code)
        .await
        .refused(400, "no_code");
    // The owner is told; sessions go on.
    assert!(served.mails("ada@example.com", 2).await[0].contains("was turned on"));
    assert_eq!(factor(&session).await, json!([NUMBER, true]));
}

#[tokio::test]
async fn the_database_holds_the_codes_hash_and_nobody_else_its_digits() {
    let served = Served::with(with_sms).await;
    let session = served.signed_up("ada@example.com").await;
    let started = session.start_phone(NUMBER).await;
    let code = served.code_sent_to(NUMBER, 1).await;
    let bytes = served.database().bytes().await;
    let stored = String::from_utf8_lossy(&bytes);
    let token = started.text("pending_token");
    let hash = regstack::internals::model::Code::presented(code.clone().into()).hash();
    assert!(stored.contains(hash.as_str()), "the hash is kept");
    assert!(!stored.contains(token), "the pending token is not");
    let claims = token.split('.').nth(1).unwrap();
    for public in [claims, &started.body.to_string()] {
        assert!(!public.contains(hash.as_str()) && !public.contains(&format!("\"{code}\"")));
    }
}

#[tokio::test]
async fn the_password_and_the_numbers_form_are_needed() {
    let served = Served::with(with_sms).await;
    let session = served.signed_up("ada@example.com").await;
    let mut sentences = BTreeSet::new();
    for number in [
        "14155550123",
        "+04155550123",
        "+1 (0) 4155550123",
        "+1415555012x",
        "+12345678901234567",
        "(+1) 4155550123",
    ] {
        let refused = session.start_phone(number).await;
        refused.refused(400, "invalid_phone");
        sentences.insert(refused.text("detail").to_owned());
    }
    assert_eq!(sentences.len(), 1, "no number is repeated");
    for (number, kind) in [
        ("+14", "string_too_short"),
        ("+12345678901234567890", "string_too_long"),
    ] {
        let refused = session.start_phone(number).await;
        let fault = &refused.refused(422, "validation_error").body["detail"][0];
        assert_eq!(
            (&fault["loc"][1], &fault["type"]),
            (&json!("phone_number"), &json!(kind))
        );
    }
    for (code, kind) in [
        ("123", "string_too_short"),
        ("12345678901", "string_too_long"),
    ] {
        let refused = served.confirm_phone("x", code).await;
        let fault = &refused.refused(422, "validation_error").body["detail"][0];
        assert_eq!(
            (&fault["loc"][1], &fault["type"]),
            (&json!("code"), &json!(kind))
        );
    }
    // Wrong passwords count like failed logins.
    let wish = json!({"phone_number": NUMBER, "current_password": "wrong"});
    let start = || session.post("/phone/start", wish.clone());
    for _ in 0..3 {
        start().await.refused(400, "wrong_password");
    }
    for _ in 0..2 {
        session
            .remove_phone("wrong")
            .await
            .refused(400, "wrong_password");
    }
    start().await.refused(429, "locked");
    session.remove_phone(PASSWORD).await.refused(429, "locked");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(429, "locked");
    served.outbox_is_empty().await;
    served.mails(NUMBER, 0).await;
}

#[tokio::test]
async fn a_code_confirms_the_number_it_was_sent_to_and_no_other() {
    let served = Served::with(with_sms).await;
    let session = served.signed_in_with_phone("ada@example.com", NUMBER).await;
    let mine = session.start_phone(NUMBER).await;
    let mine = mine.is(202).text("pending_token");
    let to_mine = served.code_sent_to(NUMBER, 2).await;
    let other = session.start_phone(OTHER_NUMBER).await;
    let other = other.is(202).text("pending_token");
    let to_other = served.code_sent_to(OTHER_NUMBER, 1).await;
    for code in [&to_mine, &to_other] {
        let refused = served.confirm_phone(mine, code).await;
        refused.refused(400, "no_code");
    }
    if to_mine != to_other {
        let refused = served.confirm_phone(other, &to_mine).await;
        refused.refused(400, "wrong_code");
    }
    // The number that is set stays until the other is confirmed, and is then replaced.
    assert_eq!(factor(&session).await, json!([NUMBER, true]));
    served.confirm_phone(other, &to_other).await.is(200);
    assert_eq!(factor(&session).await, json!([OTHER_NUMBER, true]));
    let notices = served.mails("ada@example.com", 2).await;
    assert!(notices[0].contains("Your phone number for two-step verification was changed"));
}

#[tokio::test]
async fn another_number_ends_a_login_that_waits_for_the_older_one() {
    let served = Served::with(with_sms).await;
    let session = served.signed_in_with_phone("ada@example.com", NUMBER).await;
    let login = served.log_in_halfway("ada@example.com").await;
    let to_older = served.code_sent_to(NUMBER, 2).await;
    let setup = session.start_phone(OTHER_NUMBER).await;
    let setup = setup.is(202).text("pending_token");
    let code = served.code_sent_to(OTHER_NUMBER, 1).await;
    served.confirm_phone(setup, &code).await.is(200);
    let refused = served.confirm_login(&login, &to_older).await;
    refused.refused(400, "no_code");
    served.log_in_halfway("ada@example.com").await;
    served.code_sent_to(OTHER_NUMBER, 2).await;
}

#[tokio::test]
async fn a_set_up_dies_with_the_password_it_was_proven_by() {
    let served = Served::with(with_sms).await;
    let session = served.signed_up("ada@example.com").await;
    let setup = session.start_phone(NUMBER).await;
    let setup = setup.is(202).text("pending_token");
    let code = served.code_sent_to(NUMBER, 1).await;
    session
        .change_password(PASSWORD, "a brand new password")
        .await
        .is(200);
    let refused = served.confirm_phone(setup, &code).await;
    refused.refused(400, "invalid_token");
    let user = served.user("ada@example.com").await;
    assert!(user.second_factor().is_none());
}

#[tokio::test]
async fn an_sms_that_was_not_sent_goes_with_what_it_was_for() {
    let mut served = Served::with(with_sms).await;
    let session = served.signed_up("ada@example.com").await;
    served.outbox_is_empty().await;
    served.stop_sending().await;
    session.start_phone(NUMBER).await.is(202);
    let waiting = async |served: &Served| -> Vec<(MessageKind, String)> {
        let messages = served.messages().await.into_iter();
        messages.map(|sms| (sms.kind, sms.recipient)).collect()
    };
    let sms = (MessageKind::Sms, NUMBER.to_owned());
    assert_eq!(waiting(&served).await, [sms]);
    served.operator().revoke_tokens("ada@example.com").await;
    assert_eq!(waiting(&served).await, []);
}

#[tokio::test]
async fn a_code_and_its_token_live_as_long_as_they_say() {
    let served = Served::with(|settings| {
        with_sms(settings);
        settings.sms_codes.sms_code_ttl_seconds = 30;
        settings.sms_codes.mfa_pending_token_ttl_seconds = 60;
    })
    .await;
    let session = served.signed_up("ada@example.com").await;
    let started = session.start_phone(NUMBER).await;
    assert_eq!(started.is(202).body["expires_in"], 60);
    let token = started.text("pending_token");
    let code = served.code_sent_to(NUMBER, 1).await;
    served.pass(SignedDuration::from_secs(30));
    let late = served.confirm_phone(token, &code).await;
    late.refused(400, "code_expired");
    served.pass(SignedDuration::from_secs(30));
    let later = served.confirm_phone(token, &code).await;
    later.refused(400, "invalid_token");
    let started = session.start_phone(NUMBER).await;
    let code = served.code_sent_to(NUMBER, 2).await;
    served.pass(SignedDuration::from_millis(29_999));
    let in_time = served
        .confirm_phone(started.text("pending_token"), &code)
        .await;
    in_time.is(200);
}

#[tokio::test]
async fn codes_are_as_long_as_configured_and_differ() {
    for length in [4, 10] {
        let served = Served::with(|settings| {
            with_sms(settings);
            settings.sms_codes.sms_code_length = length;
            settings.guessing.sms_per_recipient_per_hour = 100;
        })
        .await;
        let session = served.signed_up("ada@example.com").await;
        let mut codes = BTreeSet::new();
        for count in 1..=10 {
            let started = session.start_phone(NUMBER).await;
            let code = served.code_sent_to(NUMBER, count).await;
            assert!(code.len() == usize::from(length), "{code}");
            if count == 10 {
                let token = started.text("pending_token");
                served.confirm_phone(token, &code).await.is(200);
            }
            codes.insert(code);
        }
        assert!(codes.len() > 5, "{codes:?}");
    }
}

#[tokio::test]
async fn a_number_gets_so_many_messages_an_hour_whoever_asks() {
    let served = Served::with(|settings| {
        with_sms(settings);
        settings.guessing.sms_per_recipient_per_hour = 3;
    })
    .await;
    let ada = served.signed_in_with_phone("ada@example.com", NUMBER).await;
    let bob = served.signed_up("bob@example.com").await;
    served.pass(SignedDuration::from_secs(60));
    bob.start_phone(NUMBER).await.is(202);
    served.log_in_halfway("ada@example.com").await;
    served.code_sent_to(NUMBER, 3).await;
    ada.start_phone(NUMBER).await.is(202);
    served.code_sent_to(NUMBER, 4).await;
    served.pass(SignedDuration::from_millis(500));
    for refused in [ada.start_phone(NUMBER).await, bob.start_phone(NUMBER).await] {
        refused.refused(429, "rate_limited");
        assert_eq!(refused.header("retry-after"), Some("3540"));
    }
    // A stranger who asks for codes to her number takes no code of a login away.
    served.log_in_halfway("ada@example.com").await;
    let code = served.code_sent_to(NUMBER, 5).await;
    bob.start_phone(OTHER_NUMBER).await.is(202);
    served.outbox_is_empty().await;
    served.mails(NUMBER, 5).await;
    served.pass(SignedDuration::from_millis(3_539_499));
    let early = ada.start_phone(NUMBER).await;
    assert_eq!(
        early.refused(429, "rate_limited").header("retry-after"),
        Some("1")
    );
    served.pass(SignedDuration::from_millis(1));
    ada.start_phone(NUMBER).await.is(202);
    assert_ne!(served.code_sent_to(NUMBER, 6).await.len(), 0);
    assert_eq!(code.len(), 6);
}

#[tokio::test]
async fn an_account_has_so_many_numbers_written_to_an_hour() {
    for is_limited in [true, false] {
        let served = Served::with(|settings| {
            with_sms(settings);
            settings.guessing.sms_per_recipient_per_hour = 3;
            settings.guessing.rate_limit_disabled = !is_limited;
        })
        .await;
        let ada = served.signed_up("ada@example.com").await;
        for number in ["+3220000001", "+3220000002", "+3220000003"] {
            ada.start_phone(number).await.is(202);
            served.pass(SignedDuration::from_secs(60));
        }
        let events = served.event_kinds().await.len();
        let fourth = ada.start_phone(NUMBER).await;
        if !is_limited {
            fourth.is(202);
            continue;
        }
        fourth.refused(429, "rate_limited");
        assert_eq!(fourth.header("retry-after"), Some("3420"));
        assert_eq!(served.event_kinds().await.len(), events);
        served.outbox_is_empty().await;
        served.mails(NUMBER, 0).await;
        let bob = served.signed_up("bob@example.com").await;
        bob.start_phone(NUMBER).await.is(202);
        served.pass(SignedDuration::from_secs(3420));
        ada.start_phone(NUMBER).await.is(202);
    }
}

#[tokio::test]
async fn the_owner_switches_it_off_with_the_password() {
    let served = Served::with(with_sms).await;
    let session = served.signed_in_with_phone("ada@example.com", NUMBER).await;
    let login = served.log_in_halfway("ada@example.com").await;
    let code = served.code_sent_to(NUMBER, 2).await;
    let refused = session.remove_phone("wrong").await;
    refused.refused(400, "wrong_password");
    assert_eq!(factor(&session).await, json!([NUMBER, true]));
    tick(&served);
    session.remove_phone(PASSWORD).await.is(200);
    assert_eq!(last_event(&served).await, "mfa_disabled");
    assert_eq!(factor(&session).await, json!([null, false]));
    assert!(served.mails("ada@example.com", 2).await[0].contains("was turned off"));
    let refused = session.remove_phone(PASSWORD).await;
    refused.refused(400, "mfa_not_enabled");
    let dead = served.confirm_login(&login, &code).await;
    dead.refused(400, "invalid_token");
    served.signed_in("ada@example.com").await;
}
