//! `POST /register` and `POST /resend-verification`.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;
use std::collections::HashSet;

use crate::support::actor::{Answer, PASSWORD, Requests as _, one_succeeds};
use crate::support::served::{Served, at_once, token_in};

#[tokio::test]
async fn a_registration_waits_for_its_mail() {
    let served = Served::start().await;
    let answer = served
        .post(
            "/register",
            json!({"email": "  Ada@Example.COM", "password": PASSWORD, "full_name": "Ada"}),
        )
        .await;
    assert_eq!(
        answer.is(201).body,
        json!({"status": "pending_verification", "email": "ada@example.com", "expires_at": "2100-11-24T06:00:00.123Z"})
    );
    served.pass(SignedDuration::from_secs(1));
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    let mail = served.mails("ada@example.com", 1).await.remove(0);
    assert!(mail.contains("Ada"), "{mail}");
    assert!(
        mail.contains("http://localhost:8000/verify?token="),
        "{mail}"
    );
    assert_eq!(
        served.event_kinds().await,
        ["verification_requested", "login_failed"]
    );
}

#[tokio::test]
async fn without_verification_the_account_is_there_at_once() {
    let served = Served::with(|settings| settings.features.require_verification = false).await;
    let user = served.register("ada@example.com").await;
    let id = user.is(201).text("id").to_owned();
    assert_eq!(
        user.body,
        json!({"id": id, "email": "ada@example.com", "is_active": true, "is_verified": true, "is_superuser": false, "full_name": "Ada",
            "phone_number": null, "is_mfa_enabled": false, "created_at": "2100-11-23T06:00:00.123Z", "updated_at": "2100-11-23T06:00:00.123Z",
            "last_login": null, "tokens_invalidated_after": null, "language": null})
    );
    assert!(
        id.len() == 24 && id.bytes().all(|digit| digit.is_ascii_hexdigit()),
        "{id}"
    );
    served.pass(SignedDuration::from_secs(1));
    served.log_in("ada@example.com", PASSWORD).await.is(200);
    served
        .register("ADA@example.com ")
        .await
        .refused(409, "email_taken");
    assert_eq!(
        served.event_kinds().await,
        ["user_registered", "user_logged_in"]
    );
}

#[tokio::test]
async fn nobody_registers_an_address_that_has_an_account() {
    let served = Served::start().await;
    served.signed_up("ada@example.com").await;
    served
        .register("Ada@EXAMPLE.com")
        .await
        .refused(409, "email_taken");
}

#[tokio::test]
async fn a_second_registration_replaces_password_name_and_link() {
    let served = Served::start().await;
    served.register("ada@example.com").await.is(201);
    let old = served.mailed_token("ada@example.com", 1).await;
    served.post("/register", json!({"email": "ada@example.com", "password": "another password", "full_name": "Countess"})).await.is(201);
    let new = served.mailed_token("ada@example.com", 2).await;
    served.verify(&old).await.refused(400, "invalid_token");
    let user = served.verify(&new).await;
    assert_eq!(user.is(200).text("full_name"), "Countess");
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(401, "invalid_credentials");
    served
        .log_in("ada@example.com", "another password")
        .await
        .is(200);
}

#[tokio::test]
async fn closed_registration_refuses_new_people_and_lets_waiting_ones_in() {
    let open = Served::start().await;
    open.register("waiting@example.com").await.is(201);
    let link = open.mailed_token("waiting@example.com", 1).await;
    let served = open
        .sibling_with(|settings| settings.features.allow_registration = false)
        .await;
    served
        .register("ada@example.com")
        .await
        .refused(403, "registration_disabled");
    served
        .post("/register", json!({"email": "x"}))
        .await
        .refused(422, "validation_error");
    for email in ["ada@example.com", "waiting@example.com"] {
        served.resend_verification(email).await.is(202);
    }
    served.outbox_is_empty().await;
    assert_eq!(served.mailbox.messages().len(), 1);
    served.verify(&link).await.is(200);
    served.log_in("waiting@example.com", PASSWORD).await.is(200);
}

#[tokio::test]
async fn min_strength_refuses_passwords_that_are_easy_to_guess() {
    let served = Served::with(|settings| settings.password.min_strength = 3).await;
    let register = async |password: &str| {
        served
            .post(
                "/register",
                json!({"email": "ada@example.com", "password": password}),
            )
            .await
    };
    for weak in ["password1", "ada@example.com", "qwertyuiop"] {
        let answer = register(weak).await;
        answer.refused(422, "validation_error");
        assert_eq!(answer.body["detail"][0]["loc"], json!(["body", "password"]));
        assert_eq!(answer.body["detail"][0]["type"], "password_too_weak");
    }
    register("tr0ub4dor&3 zebra lamp").await.is(201);
}

#[tokio::test]
async fn an_address_that_mail_cannot_reach_becomes_nobodys() {
    const BEYOND: &str = "jos\u{e9}@example.com";
    let open = Served::with(|settings| settings.features.enable_admin_router = true).await;
    let jose = open.signed_in(BEYOND).await;
    let served = open
        .sibling_with(|settings| settings.email.allow_utf8_email = Some(false))
        .await;
    let refused = |answer: &Answer, field: &str| {
        answer.refused(422, "validation_error");
        let fault = &answer.body["detail"][0];
        assert_eq!(fault["loc"], json!(["body", field]));
        assert_eq!(fault["type"], "email_not_reached");
        let words = fault["msg"].as_str().unwrap();
        assert!(words.contains("special characters"), "{words}");
    };
    let other = "andr\u{e9}@example.com";
    refused(&served.register(other).await, "email");
    served.register("andre@b\u{fc}cher.example").await.is(201);
    let ada = served.signed_in("ada@example.com").await;
    let change = json!({"new_email": other, "current_password": PASSWORD});
    refused(&ada.post("/change-email", change).await, "new_email");
    let admin = served.admin().await;
    let account = json!({"email": other, "send_invite": true});
    refused(&admin.post("/admin/users", account).await, "email");
    let path = format!("/admin/users/{}", served.id_of("ada@example.com").await);
    let change = json!({"email": other});
    refused(&admin.ask(Method::PATCH, &path, change).await, "email");
    assert!(served.find(other).await.is_none());
    // Who has one keeps it.
    jose.me().await.is(200);
    served.log_in(BEYOND, PASSWORD).await.is(200);
    let patched = admin
        .ask(
            Method::PATCH,
            &format!("/admin/users/{}", served.id_of(BEYOND).await),
            json!({"full_name": "Jos\u{e9}"}),
        )
        .await;
    patched.is(200);
}

#[tokio::test]
async fn a_name_is_no_tower_of_accents() {
    let served = Served::start().await;
    let register = async |name: &str| {
        let body = json!({"email": "ada@example.com", "password": PASSWORD, "full_name": name});
        served.post("/register", body).await
    };
    let tall = format!("A{}da", "\u{301}".repeat(40));
    let answer = register(&tall).await;
    answer.refused(422, "validation_error");
    assert_eq!(
        answer.body["detail"][0]["loc"],
        json!(["body", "full_name"])
    );
    for name in [
        "Nguye\u{302}\u{303}n",
        "\u{0645}\u{064f}\u{062d}\u{064e}\u{0645}\u{0651}\u{064e}\u{062f}",
    ] {
        register(name).await.is(201);
    }
}

#[tokio::test]
async fn a_new_link_kills_the_older_one() {
    let served = Served::start().await;
    served.register("ada@example.com").await.is(201);
    let old = served.mailed_token("ada@example.com", 1).await;
    let answer = served.resend_verification("ADA@example.com").await;
    let unknown = served.resend_verification("nobody@example.com").await;
    assert_eq!(
        (answer.is(202).body.clone(), unknown.status),
        (unknown.body, answer.status),
        "a stranger learns nothing"
    );
    let new = served.mailed_token("ada@example.com", 2).await;
    served.verify(&old).await.refused(400, "invalid_token");
    served.verify(&new).await.is(200);
}

#[tokio::test]
async fn an_unverified_account_gets_a_new_link_whether_people_may_register_or_not() {
    for allow_registration in [true, false] {
        let served = Served::with(|settings| {
            settings.features.allow_registration = allow_registration;
            settings.guessing.mail_per_recipient_per_hour = 3;
        })
        .await;
        served
            .account("ada@example.com", |account| account.is_verified = false)
            .await;
        served.account("grace@example.com", |_| ()).await;
        let answer = served.resend_verification("ADA@example.com").await;
        for other in ["nobody@example.com", "grace@example.com"] {
            let other = served.resend_verification(other).await;
            assert_eq!((answer.status, &answer.body), (other.status, &other.body));
        }
        let old = served.mailed_token("ada@example.com", 1).await;
        served.resend_verification("ada@example.com").await.is(202);
        let new = served.mailed_token("ada@example.com", 2).await;
        served.verify(&old).await.refused(400, "invalid_token");
        for _ in 0..3 {
            served.resend_verification("ada@example.com").await.is(202);
        }
        served.outbox_is_empty().await;
        assert_eq!(served.mailbox.messages().len(), 3, "the cap holds");
        served.verify(&new).await.refused(400, "invalid_token");
        let newest = served.mailed_token("ada@example.com", 3).await;
        served.verify(&newest).await.is(200);
        served.log_in("ada@example.com", PASSWORD).await.is(200);
        served.resend_verification("ada@example.com").await.is(202);
        served.outbox_is_empty().await;
        assert_eq!(
            served.mailbox.messages().len(),
            3,
            "nothing is left to verify"
        );
    }
}

#[tokio::test]
async fn a_disabled_account_gets_no_new_link() {
    let served = Served::start().await;
    served
        .account("ada@example.com", |account| account.is_verified = false)
        .await;
    served.operator().disable("ada@example.com").await;
    served.resend_verification("ada@example.com").await.is(202);
    served.outbox_is_empty().await;
    assert!(served.mailbox.messages().is_empty());
}

#[tokio::test]
async fn a_resent_link_lives_its_own_full_time() {
    let served = Served::start().await;
    served.register("ada@example.com").await.is(201);
    served.mails("ada@example.com", 1).await;
    served.pass(SignedDuration::from_hours(23));
    served.resend_verification("ada@example.com").await.is(202);
    let token = served.mailed_token("ada@example.com", 2).await;
    served.pass(SignedDuration::from_hours(23));
    served.verify(&token).await.is(200);
}

#[tokio::test]
async fn a_mailbox_gets_so_many_mails_an_hour_and_the_last_link_stays_valid() {
    let served = Served::with(|settings| settings.guessing.mail_per_recipient_per_hour = 3).await;
    served.register("ada@example.com").await.is(201);
    served.mails("ada@example.com", 1).await;
    // One after the other: a link that is replaced before it was sent is not sent.
    for sent in [2, 3] {
        served.resend_verification("ada@example.com").await.is(202);
        served.mails("ada@example.com", sent).await;
    }
    let last = served.mailed_token("ada@example.com", 3).await;
    served.resend_verification("ada@example.com").await.is(202);
    let capped = served
        .post(
            "/register",
            json!({"email": "ada@example.com", "password": "a stranger's password"}),
        )
        .await;
    assert_eq!(
        capped.is(201).text("status"),
        "pending_verification",
        "answered as if it had been sent"
    );
    served.outbox_is_empty().await;
    served.mails("ada@example.com", 3).await;
    // An hour later mail flows again, and the last link that was mailed was valid all the time.
    served.pass(SignedDuration::from_mins(61));
    served.verify(&last).await.is(200);
    served.log_in("ada@example.com", PASSWORD).await.is(200);
}

#[tokio::test]
async fn links_go_to_the_configured_place_whatever_the_client_says() {
    let served = Served::with(|settings| {
        settings.identity.base_url = "https://accounts.example.com".into();
        settings.pages.verify_url_template = Some("{base_url}/#/welcome/{token}?x={y}".into());
    })
    .await;
    let request = served
        .request(reqwest::Method::POST, "/register")
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example");
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    served
        .send(request.header("forwarded", "host=evil.example").json(&body))
        .await
        .is(201);
    let mail = served.mails("ada@example.com", 1).await.remove(0);
    assert!(
        mail.contains("https://accounts.example.com/#/welcome/") && !mail.contains("evil"),
        "{mail}"
    );
}

#[tokio::test]
async fn twenty_registrations_at_once_are_one() {
    let served = Served::with(|settings| settings.features.require_verification = false).await;
    let answers = at_once(20, |_| served.register("ada@example.com")).await;
    one_succeeds(&answers, 201, (409, "email_taken"));
    assert_eq!(served.count_users().await, 1);
}

#[tokio::test]
async fn twenty_pending_registrations_at_once_leave_one_link_alive() {
    let served = Served::with(|settings| settings.guessing.mail_per_recipient_per_hour = 100).await;
    let answers = at_once(20, |_| served.register("ada@example.com")).await;
    for answer in &answers {
        answer.is(201);
    }
    served.outbox_is_empty().await;
    let mails = served.mailbox.messages();
    let tokens: HashSet<String> = mails.iter().map(|mail| token_in(&mail.text)).collect();
    let mut verified = 0;
    for token in tokens {
        let answer = served.verify(&token).await;
        if answer.status == 200 {
            verified += 1;
        } else {
            answer.refused(400, "invalid_token");
        }
    }
    assert_eq!(verified, 1);
    assert_eq!(served.count_users().await, 1);
}

#[tokio::test]
async fn strangers_keep_no_address_from_registering() {
    let served = Served::with(|settings| settings.guessing.mail_per_recipient_per_hour = 3).await;
    for _ in 0..5 {
        served.resend_verification("ada@example.com").await.is(202);
        served.forgot_password("ada@example.com").await.is(202);
    }
    served.register("ada@example.com").await.is(201);
    let token = served.mailed_token("ada@example.com", 1).await;
    served.verify(&token).await.is(200);
    served.forgot_password("ada@example.com").await.is(202);
    served.mails("ada@example.com", 2).await;
}

#[tokio::test]
async fn a_stranger_who_uses_up_the_cap_leaves_the_owner_a_mail() {
    let served = Served::with(|settings| {
        settings.guessing.mail_per_recipient_per_hour = 3;
        settings.identity.behind_proxy = true;
    })
    .await;
    let register = async |client: &str, password: &str| {
        let request = served.request(reqwest::Method::POST, "/register");
        let request = request.header("x-forwarded-for", client);
        let body = json!({"email": "ada@example.com", "password": password});
        served.send(request.json(&body)).await.is(201);
        served.outbox_is_empty().await;
    };
    for _ in 0..9 {
        register("203.0.113.9", "a stranger's password").await;
    }
    // Three, and one as any other client gets it.
    served.mails("ada@example.com", 4).await;
    register("198.51.100.1", PASSWORD).await;
    let link = served.mailed_token("ada@example.com", 5).await;
    served.verify(&link).await.is(200);
    served.log_in("ada@example.com", PASSWORD).await.is(200);

    // So too for the links of a change, which anybody may ask for who has an account; and a crowd gets no more than once again
    // as many mails to one mailbox.
    let session = served.signed_in("ada@example.com").await;
    let ask = async |client: &str| {
        let request = session.request(reqwest::Method::POST, "/change-email");
        let request = request.header("x-forwarded-for", client);
        let body = json!({"new_email": "bob@example.com", "current_password": PASSWORD});
        served.send(request.json(&body)).await.is(202);
        served.outbox_is_empty().await;
    };
    for number in 0..12 {
        ask(&format!("203.0.113.{number}")).await;
    }
    served.mails("bob@example.com", 6).await;
}

#[tokio::test]
async fn spellings_of_one_mailbox_share_a_cap() {
    let served = Served::with(|settings| settings.guessing.mail_per_recipient_per_hour = 3).await;
    for tag in 0..5 {
        let address = format!("ada+{tag}@example.com");
        served.register(&address).await.is(201);
    }
    served.outbox_is_empty().await;
    assert_eq!(served.mailbox.messages().len(), 3);
}
