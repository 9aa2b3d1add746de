//! `POST /login`, and what guessing costs.

use std::time::Duration;

use jiff::SignedDuration;
use regstack::internals::model::{Email, Id, LockoutRule, Reservation};
use regstack::internals::random::{self, SystemRandom};
use regstack::internals::store::Attempt;
use serde_json::json;

use crate::support::actor::{PASSWORD, Requests as _, with_status};
use crate::support::served::{Served, at_once};

#[tokio::test]
async fn the_right_password_gets_a_token() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    let answer = served.log_in(" ADA@example.com ", PASSWORD).await;
    let token = answer.is(200).text("access_token").to_owned();
    assert_eq!(
        answer.body,
        json!({"access_token": token, "token_type": "bearer", "expires_in": 7200})
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        served.bearer(&token).me().await.is(200).text("last_login"),
        "2100-11-23T06:00:00.123Z"
    );
}

#[tokio::test]
async fn all_strangers_are_refused_alike() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    served.register("pending@example.com").await.is(201);
    served
        .account("none@example.com", |account| account.password = None)
        .await;
    let reference = served.log_in("nobody@example.com", PASSWORD).await;
    reference.refused(401, "invalid_credentials");
    assert_eq!(reference.header("www-authenticate"), Some("Bearer"));
    for (email, password) in [
        ("ada@example.com", "wrong"),
        ("pending@example.com", PASSWORD),
        ("none@example.com", PASSWORD),
    ] {
        let answer = served.log_in(email, password).await;
        assert_eq!(
            (answer.status, &answer.body),
            (reference.status, &reference.body),
            "{email}"
        );
    }
}

#[tokio::test]
async fn disabled_and_unverified_are_told_after_the_right_password_only_and_counted() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    served.operator().disable("ada@example.com").await;
    served
        .log_in("ada@example.com", "wrong")
        .await
        .refused(401, "invalid_credentials");
    for _ in 0..4 {
        served
            .log_in("ada@example.com", PASSWORD)
            .await
            .refused(403, "account_disabled");
    }
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(429, "locked");
}

#[tokio::test]
async fn unverified_accounts_log_in_where_no_verification_is_required() {
    let served = Served::with(|settings| settings.features.require_verification = false).await;
    served
        .account("ada@example.com", |account| account.is_verified = false)
        .await;
    served.log_in("ada@example.com", PASSWORD).await.is(200);
}

#[tokio::test]
async fn the_sixth_guess_is_not_evaluated_known_or_not() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        for _ in 0..5 {
            served
                .log_in(email, "wrong")
                .await
                .refused(401, "invalid_credentials");
            served.pass(SignedDuration::from_secs(10));
        }
        let locked = served.log_in(email, PASSWORD).await;
        assert_eq!(
            locked.refused(429, "locked").header("retry-after"),
            Some("850"),
            "the oldest of five failures leaves in 850 s"
        );
        served.pass(SignedDuration::from_millis(100_500));
        assert_eq!(
            served.log_in(email, PASSWORD).await.header("retry-after"),
            Some("750"),
            "counted down, rounded up"
        );
    }
    served.pass(SignedDuration::from_secs(900));
    served.log_in("ada@example.com", PASSWORD).await.is(200);
    assert_eq!(served.count_events("login_locked").await, 2);
}

#[tokio::test]
async fn one_failure_leaving_the_window_opens_one_guess() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    for _ in 0..5 {
        served.log_in("ada@example.com", "wrong").await.is(401);
        served.pass(SignedDuration::from_secs(10));
    }
    served.pass(SignedDuration::from_secs(850));
    served.log_in("ada@example.com", "wrong").await.is(401);
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(429, "locked");
}

#[tokio::test]
async fn success_clears_the_failures() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    for _ in 0..3 {
        for _ in 0..4 {
            served.log_in("ada@example.com", "wrong").await.is(401);
        }
        served.log_in("ada@example.com", PASSWORD).await.is(200);
    }
}

#[tokio::test]
async fn an_operator_unlocks() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    served.lock_out("ada@example.com").await;
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(429, "locked");
    served.operator().enable("ada@example.com").await;
    served.log_in("ada@example.com", PASSWORD).await.is(200);
}

#[tokio::test]
async fn with_limits_switched_off_nobody_is_locked_out() {
    let served = Served::with(|settings| settings.guessing.rate_limit_disabled = true).await;
    served.signed_up("ada@example.com").await;
    for _ in 0..8 {
        served
            .log_in("ada@example.com", "wrong")
            .await
            .refused(401, "invalid_credentials");
    }
    served.log_in("ada@example.com", PASSWORD).await.is(200);
}

#[tokio::test]
async fn fifty_wrong_guesses_at_once_evaluate_five() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let answers = at_once(50, |_| served.log_in(email, "wrong")).await;
        assert_eq!(
            (with_status(&answers, 401), with_status(&answers, 429)),
            (5, 45),
            "{email}"
        );
        served.log_in(email, PASSWORD).await.refused(429, "locked");
    }
}

#[tokio::test]
async fn twenty_right_logins_at_once_all_succeed() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    let answers = at_once(20, |_| served.log_in("ada@example.com", PASSWORD)).await;
    assert_eq!(with_status(&answers, 200), 20);
    for answer in answers {
        served
            .bearer(answer.text("access_token"))
            .me()
            .await
            .is(200);
    }
    served
        .log_in("ada@example.com", "wrong")
        .await
        .refused(401, "invalid_credentials");
}

#[tokio::test]
async fn a_login_that_had_to_wait_is_judged_by_the_account_as_it_is_then() {
    let served = Served::with(|settings| settings.guessing.login_lockout_threshold = 1).await;
    served.account("ada@example.com", |_| ()).await;
    let other = Attempt {
        id: Id::from_bytes(random::bytes(&SystemRandom)),
        email: Email::parse("ada@example.com").unwrap(),
        ip: None,
        started_at: served.now(),
    };
    let rule = LockoutRule {
        threshold: 1,
        window: SignedDuration::from_secs(900),
    };
    let reserved = served.app.store.reserve_attempt(other.clone(), rule).await;
    assert_eq!(reserved.unwrap(), Reservation::Granted);
    let new = "another horse canary";
    let waiting = served.log_in("ada@example.com", new);
    let meanwhile = async {
        // Whatever the login reads before it waits, it has read by then.
        tokio::time::sleep(Duration::from_millis(200)).await;
        served.operator().set_password("ada@example.com", new).await;
        served.app.store.release_attempt(&other).await.unwrap();
    };
    let (answer, ()) = tokio::join!(waiting, meanwhile);
    answer.is(200);
}

#[tokio::test]
async fn a_weak_hash_is_upgraded_by_the_next_login_and_a_strong_one_is_left_alone() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    let hash = async || {
        served
            .user("ada@example.com")
            .await
            .hashed_password
            .unwrap()
    };
    let weak = hash().await;
    let stronger = served
        .sibling_with(|settings| settings.password.iterations = 3)
        .await;
    stronger.log_in("ada@example.com", "wrong").await.is(401);
    assert_eq!(hash().await, weak, "a wrong password upgrades nothing");
    stronger.log_in("ada@example.com", PASSWORD).await.is(200);
    let strong = hash().await;
    assert!(strong.as_phc().contains("t=3"), "upgraded");
    served.log_in("ada@example.com", PASSWORD).await.is(200);
    assert_eq!(hash().await, strong, "left alone");
}

#[tokio::test]
async fn a_full_hashing_queue_is_503_and_costs_no_guess() {
    let served = Served::with(|settings| {
        (settings.password.memory_kib, settings.password.iterations) = (16_384, 4);
        (
            settings.password.max_concurrent_hashes,
            settings.password.max_waiting_hashes,
        ) = (1, 1);
        settings.guessing.login_lockout_threshold = 100;
    })
    .await;
    served.signed_up("ada@example.com").await;
    let answers = at_once(20, |_| served.log_in("ada@example.com", PASSWORD)).await;
    let busy: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 503)
        .collect();
    assert!(
        !busy.is_empty() && with_status(&answers, 200) >= 2,
        "{answers:?}"
    );
    for answer in busy {
        answer.refused(503, "overloaded");
        assert!(answer.header("retry-after").is_some());
    }
    assert_eq!(served.failures_of("ada@example.com").await, 0);
}

/// The refused logins in the audit trail: why, whose, and how often.
async fn refused(served: &Served) -> Vec<(String, Option<String>, bool, u64)> {
    let events = served.events(200).await.into_iter();
    let refused = events.filter(|event| event.kind.as_str() == "login_refused");
    let of = |event: regstack::internals::model::Event| {
        let reason = event.data["reason"].as_str().unwrap().to_owned();
        let email = event.email.as_ref().map(ToString::to_string);
        assert_eq!(event.ip, Some(std::net::Ipv4Addr::LOCALHOST.into()));
        (reason, email, event.user_id.is_some(), event.times())
    };
    refused.map(of).collect()
}

#[tokio::test]
async fn whoever_knocks_at_a_locked_account_is_one_event_a_lockout_and_counted() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    for (email, is_known) in [("ada@example.com", true), ("nobody@example.com", false)] {
        for lockout in 1..=2 {
            served.lock_out(email).await;
            let answers = at_once(10, |_| served.log_in(email, PASSWORD)).await;
            assert_eq!(with_status(&answers, 429), 10);
            let mut found = refused(&served).await;
            found.retain(|(_, address, ..)| address.as_deref() == Some(email));
            let one = ("locked".to_owned(), Some(email.to_owned()), is_known, 10);
            assert_eq!(found, vec![one; lockout], "{email}");
            served.pass(SignedDuration::from_secs(901));
        }
    }
}

#[tokio::test]
async fn who_is_refused_for_their_address_is_one_event_and_counted() {
    let served = Served::with(|settings| {
        let quota = regstack::internals::config::Quota {
            count: 3.try_into().unwrap(),
            seconds: 60,
        };
        settings.guessing.limits.login = Some(regstack::internals::config::RateLimit(vec![quota]));
        settings.guessing.limits.register = settings.guessing.limits.login.clone();
    })
    .await;
    for number in 0..13 {
        let email = format!("user{number}@example.com");
        let answer = served.log_in(&email, PASSWORD).await;
        answer.is(if number < 3 { 401 } else { 429 });
        served.register(&email).await;
    }
    // The tenth is told together with those before it.
    let one = ("rate_limited".to_owned(), None, false, 10);
    assert_eq!(refused(&served).await, std::slice::from_ref(&one));
    for _ in 0..30 {
        served.log_in("ada@example.com", PASSWORD).await.is(429);
    }
    assert_eq!(refused(&served).await, [one]);
}
