//! Logging in with other providers: who comes back, what is refused, linking and unlinking.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use regstack::internals::config::{Quota, RateLimit, Settings};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Digest as _;

use crate::support::actor::{Actor, NULL, PASSWORD, Requests as _, with_status};
use crate::support::authenticator::set_up;
use crate::support::fake_provider::{Browser, completed, served_with};
use crate::support::passkey::{SoftKey, give};
use crate::support::served::at_once;

const ADA: &str = "ada@idp.example";

#[tokio::test]
async fn a_stranger_signs_up_and_is_known_the_next_time() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    let mut browser = Browser::at(&served);
    let first = browser.log_in("idp", &idps[0]).await;
    first.is(200);
    assert_eq!(first.body["was_new_account"], true);
    assert_eq!(first.body["mfa_required"], false);
    assert_eq!(first.text("redirect_to"), "/account/me");
    assert_eq!(first.text("token_type"), "bearer");
    assert_eq!(first.body["expires_in"], 7200);
    let ada = served.bearer(first.text("access_token"));
    let me = ada.me().await;
    assert_eq!(
        (me.text("email"), me.text("full_name")),
        (ADA, "Ada Lovelace")
    );
    assert_eq!(me.body["is_verified"], true);
    let sessions = ada.get("/sessions").await;
    assert_eq!(sessions.items()[0]["method"], "oidc:idp");
    // The address there is nothing that anything is decided by.
    idps[0].is(json!({ "email": "other@idp.example" }));
    let again = Browser::at(&served).log_in("idp", &idps[0]).await;
    assert_eq!(again.body["was_new_account"], false);
    let known = served.bearer(again.text("access_token")).me().await;
    assert_eq!(known.text("id"), me.text("id"));
    assert_eq!(served.count_users().await, 1);
    let linked = ada.get("/oauth/providers").await;
    assert_eq!(linked.body["available"], json!(["idp"]));
    assert_eq!(linked.body["providers"][0]["name"], "IDP");
    assert_eq!(linked.body["linked"][0]["email"], ADA);
    assert_ne!(linked.body["linked"][0]["last_used_at"], NULL);
    assert_eq!(served.count_events("user_registered").await, 1);
    assert_eq!(served.count_events("user_logged_in").await, 2);
    served
        .get("/oauth/providers")
        .await
        .refused(401, "not_authenticated");
}

#[tokio::test]
async fn logins_that_are_started_are_counted_by_client() {
    let start = "/oauth/idp/start";
    let limit = |count: u32| {
        let count = count.try_into().unwrap();
        Some(RateLimit(vec![Quota { count, seconds: 60 }]))
    };
    let (served, _idps) = served_with(&["idp"], |settings| {
        settings.features.enable_ui_router = true;
        settings.guessing.limits.oauth_start = limit(2);
    })
    .await;
    let nobody = served.unled();
    for _ in 0..2 {
        nobody.get(start).await.is(302);
    }
    let refused = nobody.get(start).await;
    refused.refused(429, "rate_limited");
    assert!(refused.header("retry-after").is_some());
    browser_reads_a_page(&nobody, start).await;
    served.pass(SignedDuration::from_secs(60));
    nobody.get(start).await.is(302);
    // What a maker of links did wrong is told to programs and browsers alike.
    let elsewhere = nobody.request(Method::GET, "/oauth/other/start");
    let elsewhere = nobody.send(elsewhere.header("accept", "text/html")).await;
    elsewhere.refused(404, "not_found");
    // Without a word of the operator's there is a limit, too, behind a proxy that names its clients.
    let (served, _idps) = served_with(&["idp"], |settings| {
        settings.identity.behind_proxy = true;
    })
    .await;
    let nobody = served.unled();
    let from = |client: &str| {
        let request = nobody.request(Method::GET, start);
        nobody.send(request.header("x-forwarded-for", client))
    };
    for _ in 0..60 {
        from("203.0.113.9").await.is(302);
    }
    from("203.0.113.9").await.refused(429, "rate_limited");
    from("198.51.100.7").await.is(302);
}

/// A browser that follows a link to a provider too often gets a page, in its language, with the words of all limits.
async fn browser_reads_a_page(nobody: &Actor, start: &str) {
    let read = async |language: &str, path: &str| {
        let request = nobody.request(Method::GET, path);
        let request = request.header("accept", "text/html,*/*;q=0.8");
        nobody
            .send(request.header("accept-language", language))
            .await
    };
    let page = read("en", start).await;
    assert_eq!(
        page.is(429).header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(page.header("retry-after"), Some("60"));
    assert!(page.header("content-security-policy").is_some());
    let html = page.body.as_str().unwrap();
    assert!(
        html.contains("Too many tries. You can try again in <time>1 min 00 s</time>."),
        "{html}"
    );
    assert!(html.contains("href=\"/account/login\""), "{html}");
    assert!(!html.contains("?lang="), "each would be one more try");
    let german = read("de", start).await;
    let html = german.body.as_str().unwrap();
    assert!(html.contains("Zu viele Versuche. Sie"), "{html}");
}

#[tokio::test]
async fn where_there_is_no_provider_there_is_no_route() {
    let served = crate::support::served::Served::start().await;
    for path in ["/oauth/google/start", "/oauth/providers"] {
        served.get(path).await.refused(404, "not_found");
    }
    let (served, _) = served_with(&["idp"], |_| ()).await;
    served
        .get("/oauth/other/start")
        .await
        .refused(404, "not_found");
    served
        .get("/oauth/Not%20one/start")
        .await
        .refused(404, "not_found");
    let answer = Browser::at(&served)
        .get("/oauth/other/callback?code=1&state=2")
        .await;
    assert_eq!(
        answer.header("location"),
        Some("/account/login?error=unknown_provider")
    );
}

#[tokio::test]
async fn an_id_token_that_is_not_in_order_logs_nobody_in() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    let now = served.now().as_second();
    let ed = json!({ "alg": "EdDSA", "kid": "1" });
    let wrong: &[(&str, Value, Value)] = &[
        ("nonce", json!({ "nonce": "another" }), ed.clone()),
        ("no nonce", json!({ "nonce": null }), ed.clone()),
        (
            "issuer",
            json!({ "iss": "https://evil.example" }),
            ed.clone(),
        ),
        ("audience", json!({ "aud": "another-app" }), ed.clone()),
        (
            "audiences",
            json!({ "aud": ["regstack", "another-app"] }),
            ed.clone(),
        ),
        ("party", json!({ "azp": "another-app" }), ed.clone()),
        ("expired", json!({ "exp": now - 61 }), ed.clone()),
        ("no expiry", json!({ "exp": null }), ed.clone()),
        ("future", json!({ "iat": now + 120 }), ed.clone()),
        ("long ago", json!({ "iat": now - 31 * 60 }), ed.clone()),
        (
            "another access token",
            json!({ "at_hash": half_hash("another") }),
            ed.clone(),
        ),
        ("nobody", json!({ "sub": null }), ed.clone()),
        ("none", json!({}), json!({ "alg": "none" })),
        ("hmac", json!({}), json!({ "alg": "HS256", "kid": "1" })),
        (
            "unknown key",
            json!({}),
            json!({ "alg": "EdDSA", "kid": "2" }),
        ),
    ];
    for (what, claims, header) in wrong {
        idps[0].change(|says| {
            says.claims = claims.clone();
            says.header = header.clone();
        });
        let page = Browser::at(&served).go("idp", &idps[0]).await;
        assert_eq!(page, "/account/login?error=id_token_failed", "{what}");
    }
    idps[0].change(|says| {
        says.claims = json!({});
        says.header = ed.clone();
        says.is_forged = true;
    });
    let forged = Browser::at(&served).go("idp", &idps[0]).await;
    assert_eq!(forged, "/account/login?error=id_token_failed");
    idps[0].change(|says| (says.is_forged, says.is_unsigned) = (false, true));
    let unsigned = Browser::at(&served).go("idp", &idps[0]).await;
    assert_eq!(unsigned, "/account/login?error=id_token_failed");
    assert_eq!(served.count_users().await, 0);
    // Clocks may differ by a minute.
    idps[0].change(|says| {
        says.is_unsigned = false;
        says.claims = json!({ "iat": now + 55 });
    });
    Browser::at(&served).log_in("idp", &idps[0]).await.is(200);
}

#[tokio::test]
async fn a_state_is_of_one_browser_one_provider_and_one_time() {
    let (served, idps) = served_with(&["idp", "other"], |_| ()).await;
    let mut browser = Browser::at(&served);
    let bad = "/account/login?error=bad_state";
    // A login that somebody else began (login CSRF): with no cookie, and with that of another login.
    let begun = browser.start("idp").await;
    let mut victim = Browser::at(&served);
    assert_eq!(victim.come_back("idp", &idps[0].accept(&begun)).await, bad);
    let begun = browser.start("idp").await;
    victim.start("idp").await;
    assert_ne!(victim.cookie, browser.cookie);
    assert_eq!(victim.come_back("idp", &idps[0].accept(&begun)).await, bad);
    // An answer of another provider than the one that was asked (mix-up).
    let begun = browser.start("idp").await;
    let back = idps[0].accept(&begun);
    assert_eq!(browser.come_back("other", &back).await, bad);
    assert_eq!(browser.come_back("idp", &back).await, bad, "used up");
    // Twice, and too late.
    let begun = browser.start("idp").await;
    let back = idps[0].accept(&begun);
    completed(&browser.come_back("idp", &back).await);
    assert_eq!(browser.come_back("idp", &back).await, bad);
    let begun = browser.start("idp").await;
    served.pass(SignedDuration::from_secs(300));
    assert_eq!(browser.come_back("idp", &idps[0].accept(&begun)).await, bad);
    // What nobody began, what is no state, and what stands twice.
    for query in [
        "code=1&state=x",
        "code=1&state=",
        &format!("code=1&state={}", "x".repeat(5000)),
    ] {
        let answer = browser.get(&format!("/oauth/idp/callback?{query}")).await;
        let page = answer.is(302).header("location").unwrap().to_owned();
        assert!(page.starts_with("/account/login?error="), "{page}");
    }
    let answer = browser.get("/oauth/idp/callback?code=1").await;
    assert_eq!(
        answer.header("location"),
        Some("/account/login?error=missing_code_or_state")
    );
    // Two windows of one browser do not disturb each other.
    let now = served.now().as_second();
    idps[0].change(|says| says.now = now);
    idps[1].change(|says| {
        says.now = now;
        says.claims = json!({ "email": "two@idp.example" });
    });
    let (one, two) = (browser.start("idp").await, browser.start("other").await);
    completed(&browser.come_back("other", &idps[1].accept(&two)).await);
    completed(&browser.come_back("idp", &idps[0].accept(&one)).await);
}

#[tokio::test]
async fn a_code_is_of_one_login_and_an_answer_of_one_issuer() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    // The attacker's code in the victim's login: the verifier is not its own (code injection).
    let (mut attacker, mut victim) = (Browser::at(&served), Browser::at(&served));
    let stolen = idps[0].accept(&attacker.start("idp").await);
    let mut back = idps[0].accept(&victim.start("idp").await);
    back.insert("code".into(), stolen["code"].clone());
    let page = victim.come_back("idp", &back).await;
    assert_eq!(page, "/account/login?error=token_exchange_failed");
    // Whoever says so must be who was asked, and say it if it always does (RFC 9207).
    for (iss, named) in [
        (Some("https://evil.example"), false),
        (None, true),
        (Some("x"), true),
    ] {
        let (served, idps) = served_with(&["idp"], |_| ()).await;
        idps[0].change(|says| {
            says.metadata = json!({ "authorization_response_iss_parameter_supported": named });
        });
        let mut browser = Browser::at(&served);
        let mut back = idps[0].accept(&browser.start("idp").await);
        if let Some(iss) = iss {
            back.insert("iss".into(), iss.into());
        }
        let page = browser.come_back("idp", &back).await;
        assert_eq!(
            page, "/account/login?error=id_token_failed",
            "{iss:?} {named}"
        );
        let asked = idps[0].says.lock().unwrap().asked.clone();
        assert!(
            !asked.contains(&"/token".to_owned()),
            "the code went nowhere"
        );
    }
    idps[0].change(|says| {
        says.metadata = json!({ "authorization_response_iss_parameter_supported": true });
    });
    let mut back = idps[0].accept(&victim.start("idp").await);
    back.insert("iss".into(), idps[0].issuer.clone());
    completed(&victim.come_back("idp", &back).await);
}

#[tokio::test]
async fn an_address_that_an_account_has_is_never_linked_silently() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    served.account(ADA, |_| ()).await;
    let page = Browser::at(&served).go("idp", &idps[0]).await;
    assert_eq!(page, "/account/login?error=email_in_use");
    // Nor is one that the provider has not verified worth anything.
    for claims in [
        json!({"email_verified": false}),
        json!({"email_verified": null}),
        json!({"email": "new@idp.example", "email_verified": "no"}),
        json!({"email": "no address"}),
    ] {
        idps[0].is(claims);
        let page = Browser::at(&served).go("idp", &idps[0]).await;
        assert_eq!(page, "/account/login?error=provider_email_unverified");
    }
    assert_eq!(served.count_users().await, 1);
    let ada = served.logged_in(ADA, PASSWORD).await;
    assert_eq!(ada.get("/oauth/providers").await.body["linked"], json!([]));
}

#[tokio::test]
async fn verified_addresses_are_linked_where_that_is_wished_and_both_sides_are() {
    let (served, idps) = served_with(&["idp"], |settings| {
        settings.oauth.auto_link_verified_emails = true;
        settings.features.require_verification = false;
    })
    .await;
    served
        .account(ADA, |account| account.is_verified = false)
        .await;
    let page = Browser::at(&served).go("idp", &idps[0]).await;
    assert_eq!(page, "/account/login?error=email_in_use", "unverified here");
    let bob = served.account("bob@idp.example", |_| ()).await;
    idps[0].is(json!({ "sub": "2", "email": "Bob@idp.example", "email_verified": false }));
    let page = Browser::at(&served).go("idp", &idps[0]).await;
    assert_eq!(
        page, "/account/login?error=provider_email_unverified",
        "unverified there"
    );
    idps[0].is(json!({ "sub": "2", "email": "Bob@idp.example" }));
    let answer = Browser::at(&served).log_in("idp", &idps[0]).await;
    assert_eq!(answer.is(200).body["was_new_account"], false);
    let me = served.bearer(answer.text("access_token")).me().await;
    assert_eq!(me.text("id"), bob.id.to_string());
    let told = served.mails("bob@idp.example", 1).await;
    assert!(
        told[0].contains("You can now log in to your account with IDP."),
        "{told:?}"
    );
    assert_eq!(served.count_events("oauth_account_linked").await, 1);
}

#[tokio::test]
async fn nobody_signs_up_where_registration_is_off_and_who_is_linked_logs_in() {
    let (served, idps) = served_with(&["idp"], |settings| {
        settings.features.allow_registration = false;
    })
    .await;
    let page = Browser::at(&served).go("idp", &idps[0]).await;
    assert_eq!(page, "/account/login?error=registration_disabled");
    let bob = served.signed_in("bob@example.com").await;
    let mut browser = Browser::at(&served);
    let address = browser.start_link(&bob, "idp").await;
    let id = completed(&browser.come_back("idp", &idps[0].accept(&address)).await);
    browser.exchange(&id).await.is(200);
    Browser::at(&served).log_in("idp", &idps[0]).await.is(200);
}

#[tokio::test]
async fn a_session_is_fetched_once_in_time_and_by_its_browser() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    let mut browser = Browser::at(&served);
    let id = completed(&browser.go("idp", &idps[0]).await);
    Browser::at(&served)
        .exchange(&id)
        .await
        .refused(404, "not_found");
    browser.exchange(&id).await.refused(404, "not_found");
    let id = completed(&browser.go("idp", &idps[0]).await);
    let answers = at_once(20, |_| browser.exchange(&id)).await;
    assert_eq!(
        (with_status(&answers, 200), with_status(&answers, 404)),
        (1, 19)
    );
    let id = completed(&browser.go("idp", &idps[0]).await);
    served.pass(SignedDuration::from_secs(30));
    browser.exchange(&id).await.refused(404, "not_found");
    // The state is no name of what can be fetched, nor the other way round.
    let back = idps[0].accept(&browser.start("idp").await);
    browser
        .exchange(&back["state"])
        .await
        .refused(404, "not_found");
    let id = completed(&browser.go("idp", &idps[0]).await);
    let as_state = [
        ("code".to_owned(), "x".to_owned()),
        ("state".to_owned(), id),
    ];
    let page = browser.come_back("idp", &as_state.into()).await;
    assert_eq!(page, "/account/login?error=bad_state");
    served.post("/oauth/exchange", json!({})).await.is(422);
}

#[tokio::test]
async fn those_who_come_back_at_once_make_one_account_a_person() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    for round in 1..=8 {
        idps[0].is(json!({ "sub": round.to_string(), "email": format!("{round}@idp.example") }));
        let answers = at_once(8, |_| async {
            let mut browser = Browser::at(&served);
            let answer = browser.log_in("idp", &idps[0]).await;
            answer.is(200).clone()
        })
        .await;
        let new = answers
            .iter()
            .filter(|answer| answer.body["was_new_account"] == true);
        assert_eq!(new.count(), 1);
        assert_eq!(served.count_users().await, round);
    }
}

#[tokio::test]
async fn one_answer_that_comes_twenty_times_at_once_logs_in_once() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    let mut browser = Browser::at(&served);
    let back = idps[0].accept(&browser.start("idp").await);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&back)
        .finish();
    let path = format!("/oauth/idp/callback?{query}");
    let cookie = browser.cookie.clone();
    let pages = at_once(20, |_| {
        let mut tab = Browser::at(&served);
        tab.cookie.clone_from(&cookie);
        let path = path.clone();
        async move { tab.get(&path).await }
    })
    .await;
    let leads = |page: &&crate::support::actor::Answer| {
        let page = page.is(302).header("location").unwrap();
        page.starts_with("/account/oauth-complete?id=")
    };
    assert_eq!(pages.iter().filter(leads).count(), 1);
    let asked = idps[0].says.lock().unwrap().asked.clone();
    let redeemed = asked.iter().filter(|path| *path == "/token");
    assert_eq!(redeemed.count(), 1, "the code goes to the provider once");
    assert_eq!(served.count_users().await, 1);
}

#[tokio::test]
async fn a_provider_leads_the_server_nowhere_and_fills_it_with_nothing() {
    for path in [
        "/.well-known/openid-configuration",
        "/keys",
        "/token",
        "/userinfo",
    ] {
        let (served, idps) = served_with(&["idp"], |_| ()).await;
        idps[0].change(|says| {
            says.claims = json!({ "email": null });
            says.userinfo = json!({ "sub": "1", "email": ADA, "email_verified": true });
            says.moved = vec![path];
        });
        let away = "/account/login?error=provider_unavailable";
        let go = async || {
            let mut browser = Browser::at(&served);
            let answer = browser.get("/oauth/idp/start").await;
            let page = answer.is(302).header("location").unwrap().to_owned();
            if page.starts_with("/account") {
                return page;
            }
            let back = idps[0].accept(&page);
            browser.come_back("idp", &back).await
        };
        assert_eq!(go().await, away, "{path} redirects");
        let asked = idps[0].says.lock().unwrap().asked.clone();
        assert!(!asked.iter().any(|one| one.contains("moved")), "{asked:?}");
        idps[0].change(|says| (says.moved, says.huge) = (vec![], vec![path]));
        served.pass(SignedDuration::from_secs(5));
        assert_ne!(
            go().await.split('=').next(),
            Some("/account/oauth-complete?id"),
            "{path} is huge"
        );
        idps[0].change(|says| says.huge.clear());
        served.pass(SignedDuration::from_secs(5));
        completed(&go().await);
    }
}

#[tokio::test]
async fn a_disabled_account_stays_out() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    let mut browser = Browser::at(&served);
    browser.log_in("idp", &idps[0]).await.is(200);
    let id = completed(&browser.go("idp", &idps[0]).await);
    served.operator().disable(ADA).await;
    browser.exchange(&id).await.refused(404, "not_found");
    let page = browser.go("idp", &idps[0]).await;
    assert_eq!(page, "/account/login?error=user_inactive");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_after_it() {
    let (served, idps) = served_with(&["idp"], |settings| {
        settings.features.enable_totp = true;
    })
    .await;
    let bob = served.signed_in("bob@example.com").await;
    let (app, _) = set_up(&served, &bob).await;
    served.pass(SignedDuration::from_secs(30));
    let mut browser = Browser::at(&served);
    let address = browser.start_link(&bob, "idp").await;
    let id = completed(&browser.come_back("idp", &idps[0].accept(&address)).await);
    // Whoever links is logged in already.
    assert_eq!(
        browser.exchange(&id).await.is(200).body["mfa_required"],
        false
    );
    let waits = Browser::at(&served).log_in("idp", &idps[0]).await;
    assert_eq!(waits.is(200).body["mfa_required"], true);
    assert_eq!(waits.text("access_token"), "");
    assert_eq!(
        waits.body["mfa"]["methods"],
        json!(["totp", "recovery_code"])
    );
    let pending = waits.text("mfa_pending_token");
    served
        .confirm_login(pending, "000000")
        .await
        .refused(400, "wrong_code");
    let done = served.confirm_login(pending, &app.code(&served)).await;
    let session = served.bearer(done.is(200).text("access_token"));
    let sessions = session.get("/sessions").await;
    assert_eq!(sessions.items()[0]["method"], "oidc:idp");
    // An operator may leave it to the provider.
    let lax = served
        .sibling_with(|settings| settings.oauth.enforce_mfa_on_oauth_signin = false)
        .await;
    let answer = Browser::at(&lax).log_in("idp", &idps[0]).await;
    assert_eq!(answer.is(200).body["mfa_required"], false);
}

#[tokio::test]
async fn a_provider_is_no_second_factor_of_an_administrator() {
    let (served, idps) = served_with(&["idp"], |settings| {
        settings.features.enable_admin_router = true;
        settings.features.enable_totp = true;
        settings.features.require_mfa_for_admins = true;
    })
    .await;
    served
        .account("root@example.com", |account| account.is_superuser = true)
        .await;
    let root = served.logged_in("root@example.com", PASSWORD).await;
    let mut browser = Browser::at(&served);
    let address = browser.start_link(&root, "idp").await;
    completed(&browser.come_back("idp", &idps[0].accept(&address)).await);
    let answer = Browser::at(&served).log_in("idp", &idps[0]).await;
    let root = served.bearer(answer.is(200).text("access_token"));
    root.get("/admin/users").await.refused(403, "mfa_required");
}

#[tokio::test]
async fn linking_needs_a_live_and_fresh_session_and_is_told() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    let bob = served.signed_in("bob@example.com").await;
    served.pass(SignedDuration::from_mins(11));
    let late = bob.post("/oauth/idp/link/start", NULL).await;
    late.refused(403, "reauthentication_required");
    let wrong = json!({ "current_password": "wrong" });
    bob.post("/oauth/idp/link/start", wrong)
        .await
        .refused(400, "wrong_password");
    let right = json!({ "current_password": PASSWORD });
    bob.post("/oauth/idp/link/start", right).await.is(200);
    let bob = served.logged_in("bob@example.com", PASSWORD).await;
    idps[0].change(|says| says.now = served.now().as_second());
    // A session that has ended links nothing any more.
    let mut browser = Browser::at(&served);
    let address = browser.start_link(&bob, "idp").await;
    bob.log_out().await.is(200);
    let page = browser.come_back("idp", &idps[0].accept(&address)).await;
    assert_eq!(page, "/account/me?error=session_ended");
    let bob = served.logged_in("bob@example.com", PASSWORD).await;
    // Another browser that is made to come back links nothing to whoever began.
    let address = browser.start_link(&bob, "idp").await;
    let page = Browser::at(&served)
        .come_back("idp", &idps[0].accept(&address))
        .await;
    assert_eq!(page, "/account/login?error=bad_state");
    let address = browser.start_link(&bob, "idp").await;
    let id = completed(&browser.come_back("idp", &idps[0].accept(&address)).await);
    let exchanged = browser.exchange(&id).await;
    let same = served.bearer(exchanged.is(200).text("access_token"));
    assert_eq!(same.me().await.text("email"), "bob@example.com");
    assert_eq!(
        same.get("/sessions").await.items().len(),
        bob.get("/sessions").await.items().len()
    );
    bob.log_out().await.is(200);
    same.me().await.refused(401, "not_authenticated");
    let told = served.mails("bob@example.com", 1).await;
    assert!(
        told[0].contains("You can now log in to your account with IDP."),
        "{told:?}"
    );
    // The person is Bob's now, and Bob has one person of this provider.
    let eve = served.signed_in("eve@example.com").await;
    let address = browser.start_link(&eve, "idp").await;
    let page = browser.come_back("idp", &idps[0].accept(&address)).await;
    assert_eq!(page, "/account/me?error=identity_in_use");
    let bob = served.logged_in("bob@example.com", PASSWORD).await;
    for (claims, why) in [
        (json!({}), "already_linked"),
        (json!({ "sub": "2" }), "provider_in_use"),
    ] {
        idps[0].is(claims);
        let address = browser.start_link(&bob, "idp").await;
        let page = browser.come_back("idp", &idps[0].accept(&address)).await;
        assert_eq!(page, format!("/account/me?error={why}"));
    }
    assert_eq!(served.count_events("oauth_account_linked").await, 1);
}

#[tokio::test]
async fn the_last_way_in_stays_and_others_can_be_unlinked() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    let answer = Browser::at(&served).log_in("idp", &idps[0]).await;
    let ada = served.bearer(answer.text("access_token"));
    ada.delete("/oauth/idp/link", NULL)
        .await
        .refused(409, "last_way_in");
    ada.delete("/oauth/other/link", NULL)
        .await
        .refused(404, "not_found");
    served.forgot_password(ADA).await.is(202);
    let token = served.mailed_token(ADA, 1).await;
    served.reset_password(&token, PASSWORD).await.is(200);
    let ada = served.logged_in(ADA, PASSWORD).await;
    served.pass(SignedDuration::from_mins(11));
    ada.delete("/oauth/idp/link", NULL)
        .await
        .refused(403, "reauthentication_required");
    idps[0].change(|says| says.now = served.now().as_second());
    let proof = json!({ "current_password": PASSWORD });
    ada.delete("/oauth/idp/link", proof).await.is(200);
    let told = served.mails(ADA, 3).await;
    assert!(
        told[0].contains("You can no longer log in to your account with IDP."),
        "{told:?}"
    );
    let page = Browser::at(&served).go("idp", &idps[0]).await;
    assert_eq!(page, "/account/login?error=email_in_use");
    assert_eq!(served.count_events("oauth_account_unlinked").await, 1);
}

#[tokio::test]
async fn a_provider_that_was_removed_is_no_way_in_and_no_passkey_of_another_domain() {
    let passkeys = |settings: &mut Settings| settings.features.enable_passkeys = true;
    let (served, idps) = served_with(&["idp", "other"], passkeys).await;
    let answer = Browser::at(&served).log_in("idp", &idps[0]).await;
    let ada = served.bearer(answer.text("access_token"));
    let mut key = SoftKey::new();
    give(&served, &served.user(ADA).await, &mut key).await;
    let id = ada.get("/passkeys").await.items()[0]["id"].clone();
    let passkey = format!("/passkeys/{}", id.as_str().unwrap());
    let without_idp = served.sibling_with(|settings| {
        let providers = &mut settings.oauth.providers;
        providers.retain(|provider| provider.id.as_str() != "idp");
    });
    let without_idp = without_idp.await;
    let at_without = ada.at(&without_idp);
    let last = at_without.delete(&passkey, json!({})).await;
    last.refused(409, "last_way_in");
    let elsewhere = served.sibling_with(|settings| {
        settings.passkeys.rp_id = "example.org".to_owned();
    });
    let without_passkeys = served.sibling_with(|settings| {
        settings.features.enable_passkeys = false;
    });
    for there in [elsewhere.await, without_passkeys.await] {
        let last = ada.at(&there).delete("/oauth/idp/link", NULL).await;
        last.refused(409, "last_way_in");
    }
    // As they are configured, either lets the other go; and a dead link goes, too.
    at_without.delete("/oauth/idp/link", NULL).await.is(200);
    key.signed_in(&served).await;
}

#[tokio::test]
async fn a_provider_that_is_down_is_said_to_be_and_all_else_works() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    let away = "/account/login?error=provider_unavailable";
    idps[0].change(|says| says.down = vec!["/.well-known/openid-configuration"]);
    let mut browser = Browser::at(&served);
    let answer = browser.get("/oauth/idp/start").await;
    assert_eq!(answer.is(302).header("location"), Some(away));
    let bob = served.signed_in("bob@example.com").await;
    let refused = bob.post("/oauth/idp/link/start", NULL).await;
    refused.refused(503, "provider_unavailable");
    served.get("//account/login").await.is(200);
    idps[0].change(|says| says.down.clear());
    served.pass(SignedDuration::from_secs(5));
    for path in ["/token", "/keys"] {
        let begun = browser.start("idp").await;
        idps[0].change(|says| says.down = vec![path]);
        let page = browser.come_back("idp", &idps[0].accept(&begun)).await;
        assert_eq!(page, away, "{path}");
        idps[0].change(|says| says.down.clear());
        served.pass(SignedDuration::from_secs(5));
    }
    browser.log_in("idp", &idps[0]).await.is(200);
    // What is known already is good for a day.
    idps[0].change(|says| says.down = vec!["/.well-known/openid-configuration", "/keys"]);
    served.pass(SignedDuration::from_hours(2));
    idps[0].change(|says| says.now = served.now().as_second());
    browser.log_in("idp", &idps[0]).await.is(200);
    let begun = browser.start("idp").await;
    let mut back = idps[0].accept(&begun);
    back.insert("error".into(), "access_denied".into());
    assert_eq!(
        browser.come_back("idp", &back).await,
        "/account/login?error=access_denied"
    );
    let begun = browser.start("idp").await;
    let mut back = idps[0].accept(&begun);
    back.insert("error".into(), "<b>\n\u{1b}[31m".into());
    assert_eq!(
        browser.come_back("idp", &back).await,
        "/account/login?error=oauth_failed"
    );
}

#[tokio::test]
async fn a_discovery_document_of_another_is_not_believed() {
    let (served, idps) = served_with(&["idp"], |_| ()).await;
    for more in [
        json!({ "issuer": "https://evil.example" }),
        json!({ "token_endpoint": "ftp://evil.example" }),
    ] {
        idps[0].change(|says| says.metadata = more.clone());
        let answer = Browser::at(&served).get("/oauth/idp/start").await;
        assert_eq!(
            answer.header("location"),
            Some("/account/login?error=provider_unavailable"),
            "{more}"
        );
        served.pass(SignedDuration::from_secs(5));
    }
}

#[tokio::test]
async fn the_way_on_leads_to_this_site_or_to_a_named_one() {
    let (served, idps) = served_with(&["idp"], |settings| {
        settings.pages.return_origins = vec!["https://app.example".to_owned()];
    })
    .await;
    let ask = async |to: &str| {
        let to: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
        let path = format!("/oauth/idp/start?redirect_to={to}");
        Browser::at(&served).get(&path).await
    };
    for evil in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "////evil.example",
        "/%2fevil.example",
        "https://app.example@evil.example",
        "https://app.example.evil.example/",
        "javascript:alert(1)",
    ] {
        ask(evil).await.refused(400, "invalid_redirect");
    }
    for good in ["/account/me#password", "https://app.example/welcome?x=1"] {
        let mut browser = Browser::at(&served);
        let to: String = url::form_urlencoded::byte_serialize(good.as_bytes()).collect();
        let answer = browser
            .get(&format!("/oauth/idp/start?redirect_to={to}"))
            .await;
        let back = idps[0].accept(answer.is(302).header("location").unwrap());
        let id = completed(&browser.come_back("idp", &back).await);
        assert_eq!(
            browser.exchange(&id).await.is(200).text("redirect_to"),
            good
        );
    }
}

#[tokio::test]
async fn the_cookie_carries_the_session_where_that_is_set() {
    let (served, idps) = served_with(&["idp"], |settings| {
        settings.tokens.transport = regstack::internals::config::Transport::Cookie;
    })
    .await;
    let mut browser = Browser::at(&served);
    let id = completed(&browser.go("idp", &idps[0]).await);
    browser.exchange(&id).await.refused(403, "cross_site");
    let cookie = browser.cookie.clone().unwrap();
    let request = served
        .request(reqwest::Method::POST, "/oauth/exchange")
        .header("origin", &served.origin)
        .header("cookie", format!("regstack_oauth={cookie}"))
        .json(&json!({ "id": id }));
    let answer = served.send(request).await;
    assert_eq!(answer.is(200).text("access_token"), "");
    assert_eq!(answer.text("token_type"), "cookie");
    let set = answer.header("set-cookie").unwrap();
    let token = set
        .strip_prefix("regstack_session=")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    served.page(token).me().await.is(200);
}

/// What GitHub documents of `POST /login/oauth/access_token`, `GET /user` and `GET /user/emails`, as it is today.
#[tokio::test]
async fn github_is_spoken_to_in_its_own_way() {
    let (served, idps) = served_with(&["github"], |_| ()).await;
    let user = json!({ "login": "octocat", "id": 583_231, "node_id": "MDQ6VXNlcjE=", "type": "User", "name": "monalisa octocat", "email": null, "site_admin": false });
    let emails = |verified: bool| {
        json!([
            { "email": "old@example.com", "primary": false, "verified": true, "visibility": null },
            { "email": "octocat@github.com", "primary": true, "verified": verified, "visibility": "public" },
        ])
    };
    idps[0].change(|says| says.github = (user.clone(), emails(false)));
    let page = Browser::at(&served).go("github", &idps[0]).await;
    assert_eq!(page, "/account/login?error=provider_email_unverified");
    idps[0].change(|says| says.github = (user.clone(), emails(true)));
    let answer = Browser::at(&served).log_in("github", &idps[0]).await;
    let octocat = served.bearer(answer.is(200).text("access_token"));
    let me = octocat.me().await;
    assert_eq!(
        (me.text("email"), me.text("full_name")),
        ("octocat@github.com", "monalisa octocat")
    );
    // Who is renamed there is the same here; a code that is used up is refused with a success.
    let renamed = json!({ "login": "renamed", "id": 583_231, "name": null });
    idps[0].change(|says| says.github = (renamed, json!([])));
    let answer = Browser::at(&served).log_in("github", &idps[0]).await;
    assert_eq!(answer.is(200).body["was_new_account"], false);
    let mut browser = Browser::at(&served);
    let mut back = idps[0].accept(&browser.start("github").await);
    back.insert("code".into(), "used".into());
    let page = browser.come_back("github", &back).await;
    assert_eq!(page, "/account/login?error=token_exchange_failed");
    idps[0].change(|says| says.down = vec!["/api/v3/user/emails"]);
    let page = browser.go("github", &idps[0]).await;
    assert_eq!(page, "/account/login?error=provider_unavailable");
}

/// What an ID token that is signed with Ed25519 says of the access token that comes with it.
fn half_hash(access_token: &str) -> String {
    let hash = sha2::Sha512::digest(access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash[..32])
}

/// What Google documents of its ID tokens; its endpoints are named by its discovery document.
#[tokio::test]
async fn google_and_providers_that_say_more_elsewhere_are_understood() {
    let (served, idps) = served_with(&["google"], |_| ()).await;
    let now = served.now().as_second();
    idps[0].is(json!({ "azp": "regstack", "sub": "110169484474386276334", "at_hash": half_hash("the-access-token"), "hd": "example.com",
        "email": "jsmith@example.com", "email_verified": true, "name": "John Smith", "picture": "https://lh3.example/p", "given_name": "John",
        "family_name": "Smith", "locale": "en", "iat": now, "exp": now + 3600 }));
    let answer = Browser::at(&served).log_in("google", &idps[0]).await;
    let me = served
        .bearer(answer.is(200).text("access_token"))
        .me()
        .await;
    assert_eq!(me.text("email"), "jsmith@example.com");
    // Others say the address at another place only; it must be of the same person.
    idps[0].change(|says| {
        says.claims = json!({ "sub": "2", "email": null, "email_verified": null });
        says.userinfo = json!({ "sub": "3", "email": "two@example.com", "email_verified": true });
    });
    let page = Browser::at(&served).go("google", &idps[0]).await;
    assert_eq!(page, "/account/login?error=id_token_failed");
    idps[0].change(|says| says.userinfo["sub"] = json!("2"));
    let answer = Browser::at(&served).log_in("google", &idps[0]).await;
    let me = served
        .bearer(answer.is(200).text("access_token"))
        .me()
        .await;
    assert_eq!(me.text("email"), "two@example.com");
}
