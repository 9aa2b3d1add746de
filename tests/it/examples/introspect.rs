//! An application that asks regstack about each session (`REGSTACK_SERVICE_KEY` of `examples/go`): what ends a session counts
//! with the next request.

use jiff::SignedDuration;
use regstack::internals::model::Origin;
use serde_json::{Value, json};

use super::guard::{algorithm_on, forged_tokens, nobody_is_led_to_the_login};
use super::{served, status_for, token_at, visit};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::Kind;
use crate::support::example::{Example, With};
use crate::support::front::Front;
use crate::support::served::Served;

crate::support::on_both_engines! {
    what_ends_a_session_counts_with_the_next_request
    what_is_no_session_lets_nobody_pass
    a_dead_service_key_ends_no_session
}

const ADA: &str = "ada@example.com";

fn asking(front: &Front, key: &str) -> Example {
    Example::start(With::Go, &front.origin, &[("REGSTACK_SERVICE_KEY", key)])
}

async fn what_ends_a_session_counts_with_the_next_request(kind: Kind) {
    let (served, front) = served(kind, |settings| {
        settings.tokens.jwt_audience = Some("shop".into());
        settings.tokens.jwt_ttl_seconds = 60;
    })
    .await;
    let example = asking(&front, served.service("introspect").await.token());
    let operator = served.operator();
    let passes = async |token: &str| {
        let status = status_for(&example, token).await.as_u16();
        assert!([200, 401].contains(&status), "{status}");
        status == 200
    };

    let ada = served.signed_in(ADA).await;
    let answer = visit(&example).bearer_auth(ada.token()).send().await;
    let orders: Value = answer.unwrap().json().await.unwrap();
    let id = served.id_of(ADA).await;
    assert_eq!(orders, json!({ "orders_of": id.to_string() }));
    let cookie = format!("theme=dark; regstack_session={}", ada.token());
    let answer = visit(&example).header("cookie", cookie).send().await;
    assert_eq!(answer.unwrap().status(), 200, "by the cookie");
    nobody_is_led_to_the_login(&example, &front.origin).await;

    ada.log_out().await.is(200);
    assert!(!passes(ada.token()).await, "logged out");

    let ada = served.signed_in(ADA).await;
    operator.revoke_tokens(ADA).await;
    assert!(!passes(ada.token()).await, "revoked");

    let ada = served.signed_in(ADA).await;
    assert!(passes(ada.token()).await);
    operator.disable(ADA).await;
    assert!(!passes(ada.token()).await, "disabled");
    operator.enable(ADA).await;
    assert!(!passes(ada.token()).await, "and it stays so");

    let ada = served.signed_in(ADA).await;
    let changed = ada.change_password(PASSWORD, "another good password").await;
    changed.is(200);
    assert!(!passes(ada.token()).await, "another password");

    let ada = served.logged_in(ADA, "another good password").await;
    served.pass(SignedDuration::from_secs(58));
    assert!(passes(ada.token()).await);
    served.pass(SignedDuration::from_secs(2));
    assert!(!passes(ada.token()).await, "expired");

    let ada = served.logged_in(ADA, "another good password").await;
    operator.delete(ADA).await;
    assert!(!passes(ada.token()).await, "deleted");
    assert_eq!(front.key_reads(), 0, "whatever jwt_algorithm is");
}

async fn what_is_no_session_lets_nobody_pass(kind: Kind) {
    let (served, front) = served(kind, |settings| {
        settings.tokens.jwt_algorithm = algorithm_on(kind);
        settings.tokens.jwt_audience = Some("shop".into());
    })
    .await;
    let program = served.service("introspect").await;
    let example = asking(&front, program.token());
    let ada = served.signed_in(ADA).await;
    let bank = served
        .sibling_with(|settings| settings.tokens.jwt_audience = Some("bank".into()))
        .await;
    let stranger = Served::with(|settings| {
        settings.tokens.jwt_algorithm = algorithm_on(kind);
        settings.tokens.jwt_audience = Some("shop".into());
    })
    .await;
    let mut bad = forged_tokens(&served, ada.token()).await;
    bad.extend([
        (token_at(&bank, ADA).await, "another audience"),
        (
            stranger.signed_in(ADA).await.token().to_owned(),
            "of another regstack",
        ),
        (program.token().to_owned(), "the service key itself"),
        ("x".repeat(70_000), "longer than a form may be"),
        ("&token=".to_owned() + ada.token(), "two in one"),
    ]);
    for (token, why) in bad {
        let cookie = format!("regstack_session={token}");
        let by_cookie = visit(&example).header("cookie", cookie).send().await;
        assert_eq!(by_cookie.unwrap().status(), 401, "{why}, in the cookie");
        assert_eq!(status_for(&example, &token).await, 401, "{why}");
    }
    assert_eq!(status_for(&example, ada.token()).await, 200, "still");
}

/// Whose key it is that fails: the application's, not the person's.
async fn a_dead_service_key_ends_no_session(kind: Kind) {
    let (served, front) = served(kind, |_| ()).await;
    let ada = served.signed_in(ADA).await;
    let (key, program) = served.service_named("shop", "introspect").await;
    let example = asking(&front, program.token());
    assert_eq!(status_for(&example, ada.token()).await, 200);
    let (accounts, origin) = (&served.app.accounts, Origin::server());
    accounts.revoke_service_key(&key, &origin).await.unwrap();
    assert_eq!(status_for(&example, ada.token()).await, 503, "revoked");

    let reader = served.service("admin:read").await;
    let other = Served::start().await.service("introspect").await;
    for (key, why) in [
        (reader.token(), "without the scope"),
        (other.token(), "of another regstack"),
        ("rsk_slip", "a slip of the pen"),
        (ada.token(), "a person's token"),
    ] {
        let example = asking(&front, key);
        assert_eq!(status_for(&example, ada.token()).await, 503, "{why}");
        assert_eq!(status_for(&example, "x").await, 503, "{why}");
    }
    // Nobody listens there.
    let key = [("REGSTACK_SERVICE_KEY", reader.token())];
    let example = Example::start(With::Go, "http://127.0.0.1:1", &key);
    assert_eq!(status_for(&example, ada.token()).await, 503, "away");
}
