//! `POST /login` and `POST /login/mfa-confirm` of an account with a second factor, and what guessing its codes costs.

use jiff::SignedDuration;
use regstack::internals::config::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer, PASSWORD, Requests as _, with_code};
use crate::support::served::{Served, at_once, other_than};

const NUMBER: &str = "+14155550123";
const ADA: &str = "ada@example.com";

fn with_sms(settings: &mut Settings) {
    settings.features.enable_sms_2fa = true;
    settings.guessing.sms_per_recipient_per_hour = 100;
}

/// A server, Ada who has a second factor, and her session. One SMS went to her number.
async fn ada(change: impl FnOnce(&mut Settings)) -> (Served, Actor) {
    let served = Served::with(|settings| {
        with_sms(settings);
        change(settings);
    })
    .await;
    let session = served.signed_in_with_phone(ADA, NUMBER).await;
    (served, session)
}

/// Logs in as far as the password leads; the pending token and the code of this, the `count`-th SMS.
async fn halfway(served: &Served, count: usize) -> (String, String) {
    let token = served.log_in_halfway(ADA).await;
    (token, served.code_sent_to(NUMBER, count).await)
}

/// The recorded events that say how logins went, oldest first.
async fn logins(served: &Served) -> Vec<&'static str> {
    let mut kinds = served.event_kinds().await;
    kinds.retain(|kind| kind.contains("log"));
    kinds
}

#[tokio::test]
async fn a_right_password_asks_for_the_code_and_the_code_gets_a_session() {
    let (served, _) = ada(|_| ()).await;
    let before = served.user(ADA).await;
    served.pass(SignedDuration::from_secs(9));
    served
        .log_in(ADA, "wrong")
        .await
        .refused(401, "invalid_credentials");
    served.pass(SignedDuration::from_millis(1));
    let answer = served.log_in(ADA, PASSWORD).await;
    let token = answer.is(200).text("mfa_pending_token").to_owned();
    assert_eq!(
        answer.body,
        json!({"status": "mfa_required", "mfa_pending_token": token, "expires_in": 600, "methods": ["sms", "recovery_code"], "delivery": "sms", "phone_hint": "•••• 23"})
    );
    let code = served.code_sent_to(NUMBER, 2).await;
    let halfway = served.user(ADA).await;
    assert_eq!(halfway.last_login, before.last_login, "not logged in yet");
    served.pass(SignedDuration::from_secs(1));
    let session = served.confirm_login(&token, &code).await;
    let session = session.is(200);
    let access_token = session.text("access_token");
    assert_eq!(
        session.body,
        json!({"access_token": access_token, "token_type": "bearer", "expires_in": 7200})
    );
    let me = served.bearer(access_token).me().await;
    assert_eq!(me.is(200).text("last_login"), "2100-11-23T06:00:10.124Z");
    served
        .confirm_login(&token, &code)
        .await
        .refused(400, "no_code");
    assert_eq!(
        logins(&served).await,
        [
            "user_logged_in",
            "login_failed",
            "mfa_login_started",
            "user_logged_in"
        ]
    );
}

#[tokio::test]
async fn fifty_wrong_codes_at_once_evaluate_five_and_the_right_one_afterwards_is_refused() {
    let (served, _) = ada(|_| ()).await;
    let other = served.sibling().await;
    let (token, code) = halfway(&served, 2).await;
    let wrong = other_than(&code);
    let answers = at_once(50, |index| {
        [&served, &other][index % 2].confirm_login(&token, &wrong)
    })
    .await;
    assert_eq!(with_code(&answers, "wrong_code"), 5);
    let unevaluated = with_code(&answers, "no_code") + with_code(&answers, "code_budget_spent");
    assert_eq!(unevaluated, 45);
    for served in [&served, &other] {
        let right = served.confirm_login(&token, &code).await;
        right.refused(400, "no_code");
    }
}

#[tokio::test]
async fn a_code_is_read_as_people_write_it_and_what_is_no_code_is_not_counted() {
    let (served, _) = ada(|settings| settings.sms_codes.sms_code_max_attempts = 1).await;
    let (token, code) = halfway(&served, 2).await;
    for no_code in ["O42719", "042.71", "- - - -"] {
        let refused = served.confirm_login(&token, no_code).await;
        refused.refused(422, "validation_error");
    }
    let written = format!(" {}-{} ", &code[..3], &code[3..]);
    served.confirm_login(&token, &written).await.is(200);
}

#[tokio::test]
async fn the_right_code_twenty_times_at_once_gets_one_session() {
    let (served, _) = ada(|_| ()).await;
    let other = served.sibling().await;
    let (token, code) = halfway(&served, 2).await;
    let answers = at_once(20, |index| {
        [&served, &other][index % 2].confirm_login(&token, &code)
    })
    .await;
    let sessions: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(sessions.len(), 1);
    let refused = with_code(&answers, "no_code") + with_code(&answers, "code_budget_spent");
    assert_eq!(refused, 19, "{answers:?}");
    served
        .bearer(sessions[0].text("access_token"))
        .me()
        .await
        .is(200);
    let logins = logins(&served).await;
    let issued = logins.iter().filter(|kind| **kind == "user_logged_in");
    assert_eq!(issued.count(), 2, "the set-up's own, and this one");
}

#[tokio::test]
async fn a_new_login_does_not_refill_the_budget() {
    // Two times three: six wrong codes in a quarter of an hour.
    let (served, session) = ada(|settings| {
        settings.guessing.login_lockout_threshold = 2;
        settings.sms_codes.sms_code_max_attempts = 3;
    })
    .await;
    for round in 0..2 {
        let (token, code) = halfway(&served, 2 + round).await;
        for _ in 0..3 {
            let wrong = served.confirm_login(&token, &other_than(&code)).await;
            wrong.refused(400, "wrong_code");
            served.pass(SignedDuration::from_secs(10));
        }
        if round == 0 {
            let used_up = served.confirm_login(&token, &code).await;
            used_up.refused(400, "no_code");
        }
    }
    let spent = |answer: &Answer, wait: &str| {
        answer.refused(429, "code_budget_spent");
        assert_eq!(answer.header("retry-after"), Some(wait));
    };
    spent(&served.log_in(ADA, PASSWORD).await, "840");
    let wrong_password = served.log_in(ADA, "wrong").await;
    wrong_password.refused(401, "invalid_credentials");
    served.outbox_is_empty().await;
    served.mails(NUMBER, 3).await;
    assert_eq!(served.count_events("login_refused").await, 1);
    let recorded = logins(&served).await;
    assert_eq!(
        recorded
            .iter()
            .filter(|kind| **kind == "login_locked")
            .count(),
        1
    );
    // Another kind of code has a budget of its own.
    session.start_phone(NUMBER).await.is(202);
    served.code_sent_to(NUMBER, 4).await;
}

#[tokio::test]
async fn a_code_of_one_login_does_not_finish_another() {
    let (served, _) = ada(|_| ()).await;
    let (first, first_code) = halfway(&served, 2).await;
    let (second, second_code) = halfway(&served, 3).await;
    for (token, code) in [(&first, &first_code), (&first, &second_code)] {
        let refused = served.confirm_login(token, code).await;
        refused.refused(400, "no_code");
    }
    if first_code != second_code {
        let older = served.confirm_login(&second, &first_code).await;
        older.refused(400, "wrong_code");
    }
    served.confirm_login(&second, &second_code).await.is(200);
}

#[tokio::test]
async fn no_token_stands_for_another() {
    let (served, session) = ada(|_| ()).await;
    let (login, code) = halfway(&served, 2).await;
    let setup = session.start_phone(NUMBER).await;
    let setup = setup.is(202).text("pending_token");
    let setup_code = served.code_sent_to(NUMBER, 3).await;
    for token in [&login, setup] {
        served
            .bearer(token)
            .me()
            .await
            .refused(401, "not_authenticated");
    }
    for (token, code) in [(setup, &setup_code), (session.token(), &code), ("x", &code)] {
        let refused = served.confirm_login(token, code).await;
        refused.refused(400, "invalid_token");
    }
    for token in [login.as_str(), session.token()] {
        let refused = served.confirm_phone(token, &code).await;
        refused.refused(400, "invalid_token");
    }
    // Nor does one account's code end the login of another.
    served
        .signed_in_with_phone("bob@example.com", "+3227777777")
        .await;
    let bob = served.log_in_halfway("bob@example.com").await;
    let bobs_code = served.code_sent_to("+3227777777", 2).await;
    if bobs_code != code {
        let refused = served.confirm_login(&bob, &code).await;
        refused.refused(400, "wrong_code");
    }
    served.confirm_login(&login, &code).await.is(200);
}

#[tokio::test]
async fn whatever_ends_sessions_ends_the_wait_for_a_code() {
    let (served, _) = ada(|_| ()).await;
    let operator = served.operator();
    for (round, way) in ["password", "tokens", "lock", "factor"]
        .into_iter()
        .enumerate()
    {
        let (token, code) = halfway(&served, 2 + round).await;
        match way {
            "password" => operator.set_password(ADA, PASSWORD).await,
            "tokens" => operator.revoke_tokens(ADA).await,
            "lock" => {
                operator.disable(ADA).await;
                operator.enable(ADA).await;
            }
            _ => operator.remove_second_factor(ADA).await,
        }
        let refused = served.confirm_login(&token, &code).await;
        refused.refused(400, "invalid_token");
    }
    served.signed_in(ADA).await;
}

#[tokio::test]
async fn a_mailed_reset_ends_the_wait_for_a_code_and_does_not_refill_the_budget() {
    let (served, _) = ada(|settings| {
        settings.guessing.login_lockout_threshold = 1;
        settings.sms_codes.sms_code_max_attempts = 2;
    })
    .await;
    let (token, code) = halfway(&served, 2).await;
    let wrong = served.confirm_login(&token, &other_than(&code)).await;
    wrong.refused(400, "wrong_code");
    served.forgot_password(ADA).await.is(202);
    let link = served.mailed_token(ADA, 2).await;
    served.reset_password(&link, PASSWORD).await.is(200);
    let refused = served.confirm_login(&token, &code).await;
    refused.refused(400, "invalid_token");
    let (token, code) = halfway(&served, 3).await;
    let wrong = served.confirm_login(&token, &other_than(&code)).await;
    wrong.refused(400, "wrong_code");
    let spent = served.confirm_login(&token, &code).await;
    spent.refused(429, "code_budget_spent");
}

#[tokio::test]
async fn a_spent_budget_opens_with_time_or_by_an_administrator() {
    let (served, session) = ada(|settings| {
        settings.guessing.login_lockout_threshold = 1;
        settings.sms_codes.sms_code_max_attempts = 1;
        settings.sms_codes.sms_code_ttl_seconds = 1800;
        settings.sms_codes.mfa_pending_token_ttl_seconds = 1800;
    })
    .await;
    let spend = async |count| {
        let (token, code) = halfway(&served, count).await;
        let wrong = served.confirm_login(&token, &other_than(&code)).await;
        wrong.refused(400, "wrong_code");
        for refused in [
            served.log_in(ADA, PASSWORD).await,
            served.confirm_login(&token, &code).await,
        ] {
            refused.refused(429, "code_budget_spent");
            assert_eq!(refused.header("retry-after"), Some("900"));
        }
    };
    spend(2).await;
    served.pass(SignedDuration::from_millis(899_999));
    let early = served.log_in(ADA, PASSWORD).await;
    early.refused(429, "code_budget_spent");
    assert_eq!(early.header("retry-after"), Some("1"));
    served.pass(SignedDuration::from_millis(1));
    spend(3).await;
    served.operator().enable(ADA).await;
    let (token, code) = halfway(&served, 4).await;
    served.confirm_login(&token, &code).await.is(200);

    // A phone set-up has a budget of its own, with the same answers.
    let started = session.start_phone(NUMBER).await;
    let token = started.is(202).text("pending_token");
    let code = served.code_sent_to(NUMBER, 5).await;
    let wrong = served.confirm_phone(token, &other_than(&code)).await;
    wrong.refused(400, "wrong_code");
    for refused in [
        session.start_phone(NUMBER).await,
        served.confirm_phone(token, &code).await,
    ] {
        refused.refused(429, "code_budget_spent");
    }
    let (token, code) = halfway(&served, 6).await;
    served.confirm_login(&token, &code).await.is(200);
}

#[tokio::test]
async fn failures_of_the_password_are_forgiven_by_the_code_alone() {
    let (served, _) = ada(|_| ()).await;
    for _ in 0..4 {
        served.log_in(ADA, "wrong").await.is(401);
    }
    let (token, code) = halfway(&served, 2).await;
    served
        .log_in(ADA, "wrong")
        .await
        .refused(401, "invalid_credentials");
    served.log_in(ADA, PASSWORD).await.refused(429, "locked");
    served.confirm_login(&token, &code).await.is(200);
    halfway(&served, 3).await;
}

#[tokio::test]
async fn a_wrong_code_is_in_the_audit_trail_as_a_failed_login() {
    let (served, _) = ada(|settings| {
        settings.guessing.login_lockout_threshold = 1;
        settings.sms_codes.sms_code_max_attempts = 1;
    })
    .await;
    let (token, code) = halfway(&served, 2).await;
    served.pass(SignedDuration::from_millis(1));
    served
        .confirm_login(&token, &other_than(&code))
        .await
        .is(400);
    let newest = served.events(2).await;
    let id = served.id_of(ADA).await;
    let mut kinds: Vec<_> = newest.iter().map(|event| event.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["login_failed", "login_locked"]);
    for event in newest {
        assert_eq!(event.user_id, Some(id));
        assert_eq!(event.email.unwrap().as_str(), ADA);
        assert_eq!(Value::from(event.data), json!({"step": "code"}));
        assert!(event.ip.is_some() && event.request_id.is_some());
    }
}

#[tokio::test]
async fn a_weak_hash_is_upgraded_on_the_way_to_the_code() {
    let (served, _) = ada(|_| ()).await;
    let hash = async || served.user(ADA).await.hashed_password.unwrap();
    let stronger = served
        .sibling_with(|settings| settings.password.iterations = 3)
        .await;
    let (token, code) = halfway(&stronger, 2).await;
    assert!(hash().await.as_phc().contains("t=3"), "upgraded");
    served.confirm_login(&token, &code).await.is(200);
    halfway(&served, 3).await;
}

#[tokio::test]
async fn without_limits_there_is_neither_cap_nor_budget_but_a_code_still_wears_out() {
    let (served, _) = ada(|settings| {
        settings.guessing.rate_limit_disabled = true;
        settings.guessing.sms_per_recipient_per_hour = 1;
        settings.guessing.login_lockout_threshold = 1;
        settings.sms_codes.sms_code_max_attempts = 2;
    })
    .await;
    for round in 0..4 {
        let (token, code) = halfway(&served, 2 + round).await;
        for _ in 0..2 {
            let wrong = served.confirm_login(&token, &other_than(&code)).await;
            wrong.refused(400, "wrong_code");
        }
        let used_up = served.confirm_login(&token, &code).await;
        used_up.refused(400, "no_code");
    }
    let (token, code) = halfway(&served, 6).await;
    served.confirm_login(&token, &code).await.is(200);
}

#[tokio::test]
async fn switched_off_nobody_is_asked_for_a_code() {
    let (served, _) = ada(|_| ()).await;
    let off = served
        .sibling_with(|settings| settings.features.enable_sms_2fa = false)
        .await;
    let session = off.signed_in(ADA).await;
    assert_eq!(session.me().await.body["is_mfa_enabled"], true);
    let proof = json!({"mfa_pending_token": "x", "code": "042719"});
    off.post("/login/mfa-confirm", proof)
        .await
        .refused(404, "not_found");
    let (pending_token, _) = halfway(&served, 2).await;
    for token in ["x", &pending_token] {
        send_again(&off, token).await.refused(404, "not_found");
    }
    for (method, path) in [
        (Method::POST, "/phone/start"),
        (Method::POST, "/phone/confirm"),
        (Method::DELETE, "/phone"),
    ] {
        let answer = session.ask(method, path, json!(7)).await;
        answer.refused(404, "not_found");
    }
}

/// Asks for a new code.
async fn send_again(served: &Served, pending_token: &str) -> Answer {
    let wish = json!({"mfa_pending_token": pending_token});
    served.post("/login/mfa-send", wish).await
}

#[tokio::test]
async fn a_code_that_is_sent_again_takes_the_place_of_the_older_and_no_more_time() {
    let (served, _) = ada(|_| ()).await;
    let (token, code) = halfway(&served, 2).await;
    served.pass(SignedDuration::from_mins(8));
    let again = send_again(&served, &token).await;
    let newer = again.is(200).text("mfa_pending_token").to_owned();
    // A token's end is a whole second.
    let left = |answer: &Answer| answer.body["expires_in"].as_u64().unwrap();
    assert!((119..=120).contains(&left(&again)), "{again:?}");
    assert_eq!(again.text("phone_hint"), "•••• 23");
    served
        .confirm_login(&token, &code)
        .await
        .refused(400, "no_code");
    let sms = served.mails(NUMBER, 3).await.remove(0);
    assert!(sms.contains("1 min") || sms.contains("2 min"), "{sms}");
    let code = served.code_sent_to(NUMBER, 3).await;
    // Asked for once more, it does not live longer than the login that was begun with the password.
    served.pass(SignedDuration::from_secs(100));
    let last = send_again(&served, &newer).await;
    assert!((18..=20).contains(&left(&last)), "{last:?}");
    served
        .confirm_login(&newer, &code)
        .await
        .refused(400, "no_code");
    let last = last.is(200).text("mfa_pending_token");
    let code = served.code_sent_to(NUMBER, 4).await;
    served.confirm_login(last, &code).await.is(200);
    served.pass(SignedDuration::from_secs(20));
    for dead in [&token, &newer, last] {
        send_again(&served, dead)
            .await
            .refused(400, "invalid_token");
    }
}

#[tokio::test]
async fn no_code_is_sent_again_to_whom_the_password_let_in_before_it_changed() {
    let (served, session) = ada(|settings| {
        settings.guessing.sms_per_recipient_per_hour = 3;
    })
    .await;
    let (token, _) = halfway(&served, 2).await;
    for other in ["", "x", session.token()] {
        let answer = send_again(&served, other).await;
        assert!(answer.status.is_client_error(), "{answer:?}");
    }
    for count in [3, 4] {
        send_again(&served, &token).await.is(200);
        served.code_sent_to(NUMBER, count).await;
    }
    let capped = send_again(&served, &token).await;
    capped.refused(429, "rate_limited");
    served.pass(SignedDuration::from_hours(1));
    let (token, _) = halfway(&served, 5).await;
    session
        .at(&served)
        .change_password(PASSWORD, "another one, and longer")
        .await
        .is(200);
    send_again(&served, &token)
        .await
        .refused(400, "invalid_token");
    // Without the factor there is nothing to send.
    let session = served.log_in(ADA, "another one, and longer").await;
    let token = session.is(200).text("mfa_pending_token").to_owned();
    served.operator().remove_second_factor(ADA).await;
    send_again(&served, &token)
        .await
        .refused(400, "invalid_token");
}
