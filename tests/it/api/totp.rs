//! Authenticator apps and recovery codes: set up, asked for at login, guessed at, used up, lost.

use jiff::{SignedDuration, Timestamp};
use regstack::internals::config::Settings;
use regstack::internals::secret::SecretString;
use serde_json::{Value, json};

use crate::support::actor::{Actor, PASSWORD, Requests as _, with_code, with_status};
use crate::support::authenticator::{
    Authenticator, confirm, factors, recovery_codes, set_up, start,
};
use crate::support::served::{Served, at_once, other_than};

const ADA: &str = "ada@example.com";
const NUMBER: &str = "+14155550123";

fn with_apps(settings: &mut Settings) {
    settings.features.enable_totp = true;
}

/// A server, and Ada, who has an app and ten recovery codes. The step after that of the set-up has begun.
async fn ada(change: impl FnOnce(&mut Settings)) -> (Served, Actor, Authenticator, Vec<String>) {
    let served = Served::with(|settings| {
        with_apps(settings);
        change(settings);
    })
    .await;
    let session = served.signed_in(ADA).await;
    let (app, codes) = set_up(&served, &session).await;
    // A mail whose lease ran out while it was sent would come twice.
    served.outbox_is_empty().await;
    served.pass(SignedDuration::from_secs(30));
    (served, session, app, codes)
}

/// Presents something at the second step, by one way.
async fn present(
    served: &Served,
    token: &str,
    code: &str,
    method: &str,
) -> crate::support::actor::Answer {
    let proof = json!({"mfa_pending_token": token, "code": code, "method": method});
    served.post("/login/mfa-confirm", proof).await
}

#[tokio::test]
async fn an_app_is_set_up_and_asked_for_at_login() {
    let served = Served::with(with_apps).await;
    let session = served.signed_in(ADA).await;
    let none = json!({"is_mfa_enabled": false, "totp": false, "sms": false, "phone_hint": null, "recovery_codes_left": 0});
    assert_eq!(factors(&session).await, none);
    let wish = json!({"current_password": "wrong"});
    let wrong = session.post("/mfa/totp/start", wish).await;
    wrong.refused(400, "wrong_password");
    let started = start(&session).await;
    let started = started.is(200);
    let app = Authenticator(started.text("otpauth_url").to_owned());
    assert!(
        app.0
            .contains(&format!("?secret={}&", started.text("secret")))
    );
    assert!(started.text("qr_svg").starts_with("<svg "));
    // Nothing is on before the app has shown that it knows the secret.
    served
        .log_in(ADA, PASSWORD)
        .await
        .is(200)
        .text("access_token");
    let token = started.text("pending_token");
    let right = app.code(&served);
    let wrong = confirm(&served, token, &other_than(&right)).await;
    wrong.refused(400, "wrong_code");
    let on = confirm(&served, token, &right).await;
    let codes = recovery_codes(on.is(200));
    assert_eq!(codes.len(), 10);
    assert_eq!(on.body["is_mfa_enabled"], true);
    confirm(&served, token, &right)
        .await
        .refused(400, "no_code");
    let mail = &served.mails(ADA, 1).await[0];
    assert!(mail.contains("An authenticator app was added"), "{mail}");
    assert_eq!(factors(&session).await["recovery_codes_left"], 10);

    let answer = served.log_in(ADA, PASSWORD).await;
    let token = answer.is(200).text("mfa_pending_token").to_owned();
    let expected = json!({"status": "mfa_required", "mfa_pending_token": token, "expires_in": 600,
        "methods": ["totp", "recovery_code"]});
    assert_eq!(answer.body, expected);
    // The code that proved the app is used up.
    let used = served.confirm_login(&token, &right).await;
    used.refused(400, "wrong_code");
    served.pass(SignedDuration::from_secs(30));
    let session = served.confirm_login(&token, &app.code(&served)).await;
    let me = served
        .bearer(session.is(200).text("access_token"))
        .me()
        .await;
    assert_eq!(me.is(200).body["is_mfa_enabled"], true);
    served.outbox_is_empty().await;
}

#[tokio::test]
async fn a_code_gets_one_session_however_often_and_wherever_it_is_presented() {
    let (served, _, app, _) = ada(|_| ()).await;
    let other = served.sibling().await;
    let token = served.log_in_halfway(ADA).await;
    let code = app.code(&served);
    let answers = at_once(20, |index| {
        [&served, &other][index % 2].confirm_login(&token, &code)
    })
    .await;
    assert_eq!(with_status(&answers, 200), 1, "{answers:?}");
    let refused = ["no_code", "wrong_code", "code_budget_spent"];
    let refused = refused.map(|code| with_code(&answers, code));
    assert_eq!(refused.iter().sum::<usize>(), 19);
    // Another login does not make it good again, nor does its being near.
    for seconds in [0, 20, 20] {
        served.pass(SignedDuration::from_secs(seconds));
        let token = served.log_in_halfway(ADA).await;
        let again = present(&served, &token, &code, "totp").await;
        again.refused(400, "wrong_code");
    }
    let token = served.log_in_halfway(ADA).await;
    served
        .confirm_login(&token, &app.code(&served))
        .await
        .is(200);
}

#[tokio::test]
async fn a_clock_may_be_one_step_off_and_not_two() {
    let (served, _, app, _) = ada(|_| ()).await;
    for (off, taken) in [(-60, false), (-30, true), (60, false), (30, true)] {
        served.pass(SignedDuration::from_secs(300));
        let token = served.log_in_halfway(ADA).await;
        let shown: Timestamp = served.now() + SignedDuration::from_secs(off);
        let answer = served.confirm_login(&token, &app.shows(shown)).await;
        if taken {
            answer.is(200);
        } else {
            answer.refused(400, "wrong_code");
        }
    }
}

#[tokio::test]
async fn guesses_are_few_and_a_new_login_does_not_refill_them() {
    for method in ["totp", "recovery_code"] {
        let (served, _, app, codes) = ada(|settings| {
            settings.guessing.login_lockout_threshold = 2;
        })
        .await;
        let other = served.sibling().await;
        let wrong = if method == "totp" {
            other_than(&app.code(&served))
        } else {
            "abcde-fghjk".to_owned()
        };
        let token = served.log_in_halfway(ADA).await;
        let answers = at_once(50, |index| {
            let served = [&served, &other][index % 2];
            present(served, &token, &wrong, method)
        })
        .await;
        assert_eq!(with_code(&answers, "wrong_code"), 5, "{answers:?}");
        let right = if method == "totp" {
            app.code(&served)
        } else {
            codes[0].clone()
        };
        let late = present(&served, &token, &right, method).await;
        late.refused(400, "no_code");
        // Ten wrong ones spend the budget. What the database could not answer in time was looked at by nobody.
        let mut looked_at = 5;
        'spending: for _ in 0..4 {
            let token = served.log_in_halfway(ADA).await;
            for _ in 0..5 {
                let guess = present(&served, &token, &wrong, method).await;
                looked_at += usize::from(guess.body["code"] == "wrong_code");
                if looked_at == 10 || guess.status == 429 {
                    break 'spending;
                }
            }
        }
        let token = served.log_in_halfway(ADA).await;
        let spent = present(&served, &token, &right, method).await;
        spent.refused(429, "code_budget_spent");
        assert_eq!(spent.header("retry-after"), Some("900"));
        assert_eq!(served.count_events("login_locked").await, 1);
        // The other way has a budget of its own; and an operator opens this one.
        served.operator().enable(ADA).await;
        let token = served.log_in_halfway(ADA).await;
        present(&served, &token, &right, method).await.is(200);
    }
}

#[tokio::test]
async fn with_every_budget_spent_the_right_password_says_so() {
    let (served, _, app, codes) = ada(|settings| {
        settings.guessing.login_lockout_threshold = 1;
    })
    .await;
    let wrong = other_than(&app.code(&served));
    for (wrong, method) in [(&*wrong, "totp"), ("abcde-fghjk", "recovery_code")] {
        let token = served.log_in_halfway(ADA).await;
        for _ in 0..5 {
            let guess = present(&served, &token, wrong, method).await;
            guess.refused(400, "wrong_code");
        }
    }
    let login = served.log_in(ADA, PASSWORD).await;
    login.refused(429, "code_budget_spent");
    assert_eq!(login.header("retry-after"), Some("900"));
    // Whoever does not know the password learns nothing of it.
    let guess = served.log_in(ADA, "wrong").await;
    guess.refused(401, "invalid_credentials");
    served.pass(SignedDuration::from_mins(15));
    let token = served.log_in_halfway(ADA).await;
    served.confirm_login(&token, &codes[0]).await.is(200);
}

#[tokio::test]
async fn the_audit_trail_says_what_a_second_step_was_tried_with() {
    let (served, _, app, codes) = ada(|_| ()).await;
    let wrong = other_than(&app.code(&served));
    let token = served.log_in_halfway(ADA).await;
    let id = served.id_of(ADA).await;
    let newest = served.events(1).await.remove(0);
    assert_eq!(
        (newest.kind.as_str(), newest.user_id),
        ("mfa_login_started", Some(id))
    );
    for (wrong, method) in [(&*wrong, "totp"), ("abcde-fghjk", "recovery_code")] {
        served.pass(SignedDuration::from_millis(1));
        let guess = present(&served, &token, wrong, method).await;
        guess.refused(400, "wrong_code");
        let newest = served.events(1).await.remove(0);
        assert_eq!(
            (newest.kind.as_str(), newest.user_id),
            ("login_failed", Some(id))
        );
        assert_eq!(Value::from(newest.data), json!({"step": method}));
        assert!(newest.ip.is_some() && newest.request_id.is_some());
    }
    served.pass(SignedDuration::from_millis(1));
    served.confirm_login(&token, &codes[0]).await.is(200);
    let mut told = served.events(2).await;
    told.sort_by_key(|event| event.kind.as_str());
    let told: Vec<_> = told
        .into_iter()
        .map(|event| (event.kind.as_str(), event.user_id, Value::from(event.data)))
        .collect();
    let expected = [
        ("recovery_code_used", Some(id), json!({"left": 9})),
        ("user_logged_in", Some(id), json!({})),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn the_audit_trail_says_how_factors_came_and_went() {
    let (served, session, ..) = ada(|_| ()).await;
    let wish = || json!({"current_password": PASSWORD});
    let made = session.post("/mfa/recovery-codes", wish()).await;
    made.is(200);
    served.pass(SignedDuration::from_millis(1));
    session.delete("/mfa/totp", wish()).await.is(200);
    let id = served.id_of(ADA).await;
    let mut told = served.events(10).await;
    assert!(told.iter().all(|event| event.user_id == Some(id)));
    // Of one moment, in no order.
    told.sort_by_key(|event| (event.at, event.kind.as_str()));
    let told = told.into_iter();
    let told: Vec<_> = told
        .map(|event| (event.kind.as_str(), Value::from(event.data)))
        .filter(|(kind, _)| !kind.starts_with("user_"))
        .collect();
    let app = json!({"method": "totp"});
    let expected = [
        ("mfa_enabled", app.clone()),
        ("totp_setup_started", json!({})),
        ("recovery_codes_created", json!({})),
        ("mfa_disabled", app),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_second_step_belongs_to_its_own_login() {
    let (served, session, app, codes) = ada(|_| ()).await;
    let bob = served.signed_in("bob@example.com").await;
    let (_, bobs) = set_up(&served, &bob).await;
    let older = served.log_in_halfway(ADA).await;
    let token = served.log_in_halfway(ADA).await;
    let code = app.code(&served);
    served
        .confirm_login(&older, &code)
        .await
        .refused(400, "no_code");
    served
        .confirm_login(&token, &bobs[0])
        .await
        .refused(400, "wrong_code");
    let started = start(&session).await;
    let setup = started.is(200).text("pending_token").to_owned();
    for other in [session.token(), &setup, "x"] {
        for (proof, method) in [
            (&code, "totp"),
            (&code, "sms"),
            (&codes[0], "recovery_code"),
        ] {
            let refused = present(&served, other, proof, method).await;
            refused.refused(400, "invalid_token");
        }
        let refused = served.confirm_login(other, &code).await;
        refused.refused(400, "invalid_token");
    }
    confirm(&served, &token, &code)
        .await
        .refused(400, "invalid_token");
    served
        .bearer(&setup)
        .me()
        .await
        .refused(401, "not_authenticated");
    // What ends sessions ends the wait, and the set-up.
    let operator = served.operator();
    for way in ["password", "tokens", "lock", "factor"] {
        let token = served.log_in_halfway(ADA).await;
        match way {
            "password" => operator.set_password(ADA, PASSWORD).await,
            "tokens" => operator.revoke_tokens(ADA).await,
            "lock" => {
                operator.disable(ADA).await;
                operator.enable(ADA).await;
            }
            _ => operator.remove_second_factor(ADA).await,
        }
        served.pass(SignedDuration::from_secs(30));
        let code = app.code(&served);
        for method in ["totp", "recovery_code"] {
            let code = if method == "totp" { &code } else { &codes[9] };
            let dead = present(&served, &token, code, method).await;
            dead.refused(400, "invalid_token");
        }
        let late = confirm(&served, &setup, &code).await;
        late.refused(400, "invalid_token");
    }
    served.signed_in(ADA).await;
}

#[tokio::test]
async fn nobody_learns_of_a_factor_without_the_password() {
    let (served, ..) = ada(|_| ()).await;
    served.account("plain@example.com", |_| ()).await;
    let answers = [ADA, "plain@example.com", "nobody@example.com"];
    let mut bodies = Vec::new();
    for email in answers {
        let answer = served.log_in(email, "wrong").await;
        answer.refused(401, "invalid_credentials");
        bodies.push(answer.body);
    }
    assert!(
        bodies.windows(2).all(|pair| pair[0] == pair[1]),
        "{bodies:?}"
    );
}

#[tokio::test]
async fn what_cannot_be_a_code_is_no_guess() {
    let (served, _, app, codes) = ada(|settings| {
        settings.sms_codes.sms_code_max_attempts = 1;
    })
    .await;
    let token = served.log_in_halfway(ADA).await;
    for none in ["abcde", "abcde-fghjk-m", "abcdu-fghjk", "042.71", ""] {
        let refused = served.confirm_login(&token, none).await;
        refused.refused(422, "validation_error");
    }
    let fault = present(&served, &token, "042719", "magic").await;
    fault.refused(422, "validation_error");
    let other_kind = present(&served, &token, &codes[0], "totp").await;
    other_kind.refused(400, "wrong_code");
    let written = codes[0].to_uppercase().replace('-', " ").replace('0', "O");
    served.confirm_login(&token, &written).await.is(200);
    let token = served.log_in_halfway(ADA).await;
    let code = app.code(&served);
    let written = format!("{} {}", &code[..3], &code[3..]);
    served.confirm_login(&token, &written).await.is(200);
}

#[tokio::test]
async fn a_recovery_code_used_twenty_times_at_once_gets_one_session() {
    let (served, session, _, codes) = ada(|_| ()).await;
    let other = served.sibling().await;
    let token = served.log_in_halfway(ADA).await;
    let answers = at_once(20, |index| {
        [&served, &other][index % 2].confirm_login(&token, &codes[0])
    })
    .await;
    assert_eq!(with_status(&answers, 200), 1, "{answers:?}");
    assert_eq!(factors(&session).await["recovery_codes_left"], 9);
    let token = served.log_in_halfway(ADA).await;
    let used = served.confirm_login(&token, &codes[0]).await;
    used.refused(400, "wrong_code");
    assert_eq!(served.count_events("recovery_code_used").await, 1);
    let mail = &served.mails(ADA, 2).await[0];
    assert!(
        mail.contains("A recovery code was used") && mail.contains("9 codes left"),
        "{mail}"
    );
}

#[tokio::test]
async fn the_owner_is_told_of_every_code_and_of_the_last_one() {
    let (served, session, _, codes) = ada(|_| ()).await;
    for (index, code) in codes.iter().enumerate() {
        // Notices have a cap of their own, which an attacker must not spend for the owner; ten codes an hour are no attack.
        served.outbox_is_empty().await;
        served.pass(SignedDuration::from_mins(10));
        let token = served.log_in_halfway(ADA).await;
        served.confirm_login(&token, code).await.is(200);
        let mail = &served.mails(ADA, index + 2).await[0];
        let said = match 9 - index {
            0 => {
                "Your last recovery code was used to log in. Create new codes on your account page."
            }
            1 => "You have 1 code left. Create new ones soon.",
            _ => "codes left.",
        };
        assert!(mail.contains(said), "{said}: {mail}");
    }
    assert_eq!(factors(&session).await["recovery_codes_left"], 0);
    let login = served.log_in(ADA, PASSWORD).await;
    assert_eq!(login.is(200).body["methods"], json!(["totp"]));
}

#[tokio::test]
async fn new_recovery_codes_take_the_place_of_the_older_ones() {
    let (served, session, _, codes) = ada(|_| ()).await;
    let wish = |password: &str| json!({"current_password": password});
    let wrong = session.post("/mfa/recovery-codes", wish("wrong")).await;
    wrong.refused(400, "wrong_password");
    let made = session.post("/mfa/recovery-codes", wish(PASSWORD)).await;
    let newer = recovery_codes(made.is(200));
    assert_eq!(newer.len(), 10);
    assert!(newer.iter().all(|code| !codes.contains(code)));
    let mail = &served.mails(ADA, 2).await[0];
    assert!(mail.contains("New recovery codes were created"), "{mail}");
    assert_eq!(served.count_events("recovery_codes_created").await, 1);
    let token = served.log_in_halfway(ADA).await;
    let older = served.confirm_login(&token, &codes[0]).await;
    older.refused(400, "wrong_code");
    served.confirm_login(&token, &newer[0]).await.is(200);
    let plain = served.signed_in("plain@example.com").await;
    let none = plain.post("/mfa/recovery-codes", wish(PASSWORD)).await;
    none.refused(400, "mfa_not_enabled");
}

#[tokio::test]
async fn whoever_lost_the_phone_helps_themselves() {
    let (served, _, lost, codes) = ada(|_| ()).await;
    let token = served.log_in_halfway(ADA).await;
    let session = served.confirm_login(&token, &codes[0]).await;
    let session = served.bearer(session.is(200).text("access_token"));
    // A new app takes the place of the lost one: nobody has to be asked, and nothing is off in between.
    let started = start(&session).await;
    let app = Authenticator(started.is(200).text("otpauth_url").to_owned());
    let answer = confirm(&served, started.text("pending_token"), &app.code(&served)).await;
    assert!(recovery_codes(answer.is(200)).is_empty(), "nine are left");
    served.pass(SignedDuration::from_secs(30));
    let token = served.log_in_halfway(ADA).await;
    let old = served.confirm_login(&token, &lost.code(&served)).await;
    old.refused(400, "wrong_code");
    served
        .confirm_login(&token, &app.code(&served))
        .await
        .is(200);
    let mails = served.mails(ADA, 3).await;
    assert!(mails[0].contains("authenticator app for two-step verification was replaced"));
    // Or it goes, and the recovery codes with it.
    let wish = |password: &str| json!({"current_password": password});
    let wrong = session.delete("/mfa/totp", wish("wrong")).await;
    wrong.refused(400, "wrong_password");
    session.delete("/mfa/totp", wish(PASSWORD)).await.is(200);
    let twice = session.delete("/mfa/totp", wish(PASSWORD)).await;
    twice.refused(400, "mfa_not_enabled");
    let state = factors(&session).await;
    assert_eq!(
        (&state["is_mfa_enabled"], &state["recovery_codes_left"]),
        (&json!(false), &json!(0))
    );
    served.logged_in(ADA, PASSWORD).await;
    assert!(served.mails(ADA, 4).await[0].contains("was removed"));
}

#[tokio::test]
async fn an_account_with_app_and_phone_takes_either_and_is_sent_a_code_only_if_it_asks() {
    let (served, session, app, _) = ada(|settings| settings.features.enable_sms_2fa = true).await;
    let started = session.start_phone(NUMBER).await;
    let code = served.code_sent_to(NUMBER, 1).await;
    let on = served
        .confirm_phone(started.is(202).text("pending_token"), &code)
        .await;
    assert_eq!(
        on.is(200).body["recovery_codes"],
        Value::Null,
        "it has some"
    );
    let login = served.log_in(ADA, PASSWORD).await;
    let login = login.is(200);
    assert_eq!(
        login.body["methods"],
        json!(["totp", "sms", "recovery_code"])
    );
    assert_eq!(
        (&login.body["delivery"], login.text("phone_hint")),
        (&Value::Null, "•••• 23")
    );
    served.outbox_is_empty().await;
    served.mails(NUMBER, 1).await;
    served
        .confirm_login(login.text("mfa_pending_token"), &app.code(&served))
        .await
        .is(200);
    for by_sms in [true, false] {
        let token = served.log_in_halfway(ADA).await;
        let asked = served
            .post("/login/mfa-send", json!({"mfa_pending_token": token}))
            .await;
        assert_eq!(asked.is(200).text("delivery"), "sms");
        let code = served.code_sent_to(NUMBER, 3 - usize::from(by_sms)).await;
        let waiting = asked.text("mfa_pending_token");
        served
            .confirm_login(&token, &code)
            .await
            .refused(400, "no_code");
        served.pass(SignedDuration::from_secs(30));
        if by_sms {
            served.confirm_login(waiting, &code).await.is(200);
        } else {
            present(&served, waiting, &app.code(&served), "totp")
                .await
                .is(200);
            served
                .confirm_login(waiting, &code)
                .await
                .refused(400, "no_code");
        }
    }
    session.remove_phone(PASSWORD).await.is(200);
    let state = factors(&session).await;
    let left = (
        &state["is_mfa_enabled"],
        &state["totp"],
        &state["sms"],
        &state["recovery_codes_left"],
    );
    assert_eq!(
        left,
        (&json!(true), &json!(true), &json!(false), &json!(10))
    );
    assert_eq!(session.me().await.is(200).body["phone_number"], Value::Null);
}

#[tokio::test]
async fn factors_outlive_a_change_of_the_secret() {
    let (served, session, app, codes) = ada(|_| ()).await;
    let old = served.app.settings.tokens.jwt_secret.clone();
    let rotated = served
        .sibling_with(|settings| {
            settings.tokens.jwt_secret = "a-new-secret-of-the-tests-0123456789abcdef".into();
            settings.tokens.jwt_previous_secrets = vec![old];
        })
        .await;
    let started = start(&session.at(&rotated)).await;
    let half_way = started.is(200).text("pending_token").to_owned();
    rotated.app.accounts.reseal_factors().await.unwrap();
    let known = async |served: &Served| served.app.accounts.opens_all_factors().await;
    assert!(known(&rotated).await.unwrap());
    let without = rotated
        .sibling_with(|settings| settings.tokens.jwt_previous_secrets.clear())
        .await;
    assert!(known(&without).await.unwrap());
    for proof in [app.code(&served), codes[0].clone()] {
        let token = without.log_in_halfway(ADA).await;
        without.confirm_login(&token, &proof).await.is(200);
    }
    let app = Authenticator(started.text("otpauth_url").to_owned());
    confirm(&without, &half_way, &app.code(&without))
        .await
        .is(200);
    // Before it was sealed anew, nobody without the old secret could have opened it.
    let lost = served
        .sibling_with(|settings| {
            settings.tokens.jwt_secret = "another-secret-of-the-tests-0123456789abcd".into();
        })
        .await;
    assert!(!known(&lost).await.unwrap());
    let token = lost.log_in_halfway(ADA).await;
    let answer = lost.confirm_login(&token, "042719").await;
    answer.refused(500, "internal");
}

#[tokio::test]
async fn servers_that_have_not_followed_a_rotation_do_not_lead_back() {
    let (before, session, app, codes) = ada(|_| ()).await;
    let old = before.app.settings.tokens.jwt_secret.clone();
    let new = SecretString::from("a-new-secret-of-the-tests-0123456789abcdef");
    let newest = SecretString::from("the-newest-secret-of-the-tests-0123456789");
    let prepared = before
        .sibling_with(|settings| settings.tokens.jwt_next_secret = Some(new.clone()))
        .await;
    let rotated = before
        .sibling_with(|settings| {
            settings.tokens.jwt_secret = new.clone();
            settings.tokens.jwt_previous_secrets = vec![old.clone()];
        })
        .await;
    let opened_by = async |secret: &SecretString| {
        let alone = before
            .sibling_with(|settings| settings.tokens.jwt_secret = secret.clone())
            .await;
        alone.app.accounts.opens_all_factors().await.unwrap()
    };
    for _ in 0..2 {
        for server in [&rotated, &prepared, &before] {
            server.app.accounts.reseal_factors().await.unwrap();
        }
        assert!(opened_by(&new).await, "what is sealed anew stays so");
    }
    // Both open it meanwhile.
    for (server, proof) in [(&prepared, &codes[0]), (&rotated, &app.code(&rotated))] {
        let token = server.log_in_halfway(ADA).await;
        server.confirm_login(&token, proof).await.is(200);
    }
    // What the one that lags behind seals is sealed anew by those that went on, over two rotations as well.
    let wish = json!({"current_password": PASSWORD});
    let session = session.at(&prepared);
    session.post("/mfa/recovery-codes", wish).await.is(200);
    assert!(!opened_by(&new).await);
    let twice = before
        .sibling_with(|settings| {
            settings.tokens.jwt_secret = newest.clone();
            settings.tokens.jwt_previous_secrets = vec![new.clone(), old];
        })
        .await;
    for server in [&twice, &rotated, &prepared] {
        server.app.accounts.reseal_factors().await.unwrap();
    }
    assert!(opened_by(&newest).await);
}

#[tokio::test]
async fn with_apps_switched_off_no_login_asks_for_one() {
    let (served, ..) = ada(|_| ()).await;
    let off = served
        .sibling_with(|settings| settings.features.enable_totp = false)
        .await;
    off.logged_in(ADA, PASSWORD).await;
    off.get("/mfa").await.refused(404, "not_found");
}

#[tokio::test]
async fn administrators_may_be_required_to_have_a_factor() {
    let served = Served::with(|settings| {
        with_apps(settings);
        settings.features.enable_admin_router = true;
        settings.features.require_mfa_for_admins = true;
    })
    .await;
    let person = served.signed_in(ADA).await;
    person.get("/admin/stats").await.refused(403, "not_admin");
    let admin = served.admin().await;
    for path in ["/admin/stats", "/admin/users"] {
        admin.get(path).await.refused(403, "mfa_required");
    }
    admin.me().await.is(200);
    set_up(&served, &admin).await;
    admin.get("/admin/stats").await.is(200);
    let off = served
        .sibling_with(|settings| {
            settings.features.enable_totp = false;
            settings.features.enable_sms_2fa = true;
        })
        .await;
    let at_off = admin.at(&off);
    let refused = at_off.get("/admin/stats").await;
    refused.refused(403, "mfa_required");
    // Programs have no factor: what they hold is no password.
    let program = served.service("admin:read").await;
    program.get("/admin/users").await.is(200);
}

#[tokio::test]
async fn nothing_that_proves_anything_is_stored_as_it_is() {
    let (served, _, app, codes) = ada(|_| ()).await;
    let token = served.log_in_halfway(ADA).await;
    served.confirm_login(&token, &codes[0]).await.is(200);
    served.outbox_is_empty().await;
    let secret = app.0.split("secret=").nth(1).unwrap();
    let secret = secret.split('&').next().unwrap();
    let plain = codes.iter().map(|code| code.replace('-', ""));
    let canaries = codes
        .iter()
        .cloned()
        .chain(plain)
        .chain([secret.to_owned()]);
    let bytes = served.database().bytes().await;
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(holds(ADA));
    for canary in canaries {
        assert!(!holds(&canary));
    }
}

#[tokio::test]
async fn a_session_says_how_it_was_begun() {
    let (served, session, app, codes) = ada(|_| ()).await;
    for proof in [app.code(&served), codes[0].clone()] {
        let token = served.log_in_halfway(ADA).await;
        served.confirm_login(&token, &proof).await.is(200);
        served.pass(SignedDuration::from_secs(1));
    }
    let sessions = session.get("/sessions").await;
    let methods = sessions.is(200).items().iter();
    let methods: Vec<_> = methods.map(|session| session["method"].clone()).collect();
    assert_eq!(
        methods,
        ["password+recovery_code", "password+totp", "password"]
    );
}
