//! Sessions that are ended, renewed, and begun by a sign-up: whichever reply is lost, what was to end has ended.

use std::cell::RefCell;

use jiff::SignedDuration;
use serde_json::json;

use super::{MOST, address, each_reply_lost};
use crate::support::actor::{Actor, NULL, PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::served::Served;

async fn renewing() -> Served {
    let database = Database::fresh(Kind::Mongo).await;
    let mut served = Served::over(database, |settings| {
        settings.guessing.rate_limit_disabled = true;
        settings.features.enable_admin_router = true;
        settings.tokens.session_max_seconds = 86_400;
    })
    .await;
    served.stop_sending().await;
    served
}

/// Somebody in two places: who acts, and who is to be logged out.
struct Two {
    acting: Actor,
    other: Actor,
    id: String,
}

async fn twice(served: &Served, email: String) -> Two {
    served.account(&email, |_| ()).await;
    let other = served.logged_in(&email, PASSWORD).await;
    let listed = other.get("/sessions").await;
    let id = listed.is(200).items()[0]["id"].as_str().unwrap().to_owned();
    let acting = served.logged_in(&email, PASSWORD).await;
    Two { acting, other, id }
}

/// Whoever was to be logged out is, and whoever acted is not.
async fn have_ended(people: Vec<(Actor, Actor)>) {
    assert!(people.len() > 3);
    for (acting, other) in people {
        other.me().await.refused(401, "not_authenticated");
        let listed = acting.get("/sessions").await;
        assert_eq!(listed.is(200).items().len(), 1);
    }
}

#[tokio::test]
async fn one_session_is_ended() {
    let served = renewing().await;
    let ended = RefCell::default();
    let before = async |nth: u32| {
        let two = twice(&served, address(nth)).await;
        let people: &RefCell<Vec<_>> = &ended;
        people
            .borrow_mut()
            .push((two.acting.clone(), two.other.clone()));
        two
    };
    let end = async |two: &Two| {
        two.acting
            .delete(&format!("/sessions/{}", two.id), NULL)
            .await
    };
    // What has ended is not found any more.
    each_reply_lost(&served, before, end, &[200, 404]).await;
    have_ended(ended.take()).await;
}

#[tokio::test]
async fn all_others_are_ended() {
    let served = renewing().await;
    let ended = RefCell::default();
    let before = async |nth: u32| {
        let two = twice(&served, address(nth)).await;
        let people: &RefCell<Vec<_>> = &ended;
        people
            .borrow_mut()
            .push((two.acting.clone(), two.other.clone()));
        two
    };
    let end = async |two: &Two| two.acting.delete("/sessions", NULL).await;
    each_reply_lost(&served, before, end, &[200]).await;
    have_ended(ended.take()).await;
}

#[tokio::test]
async fn a_session_is_renewed() {
    let served = renewing().await;
    let before = async |nth: u32| {
        served.account(&address(nth), |_| ()).await;
        served.logged_in(&address(nth), PASSWORD).await
    };
    let renew = async |mine: &Actor| {
        let answer = mine.post("/session/renew", NULL).await;
        if answer.status == 200 {
            let renewed = mine.bearer(answer.text("access_token"));
            // What was asked for is whole, and the older one lives on.
            assert_eq!(answer.body["expires_in"], 7200);
            drop(renewed);
        }
        answer
    };
    each_reply_lost(&served, before, renew, &[200]).await;
}

/// A logout with an older token, cut off after the session is on the list and before the list knows of the renewal. Asked again,
/// the server says that the session has ended, so it must stay so for as long as any of its tokens lives.
#[tokio::test]
async fn no_sweep_revives_a_session_whose_end_was_cut_off() {
    let database = Database::fresh(Kind::Mongo).await;
    let served = Served::over(database, |settings| {
        settings.tokens.jwt_ttl_seconds = 3 * 86_400;
        settings.tokens.session_max_seconds = 30 * 86_400;
    })
    .await;
    served.account("ada@example.com", |_| ()).await;
    let older = served.logged_in("ada@example.com", PASSWORD).await;
    served.pass(SignedDuration::from_hours(2 * 24));
    let newer = older.post("/session/renew", NULL).await;
    let newer = served.bearer(newer.is(200).text("access_token"));
    served.app.store.settled().await;
    served.database().wire().refuse(&[("findAndModify", 13)]);
    let out = older.log_out().await;
    assert!(out.status.is_server_error(), "{out:?}");
    served.database().wire().refuse(&[]);
    for ended in [&older, &newer] {
        ended.log_out().await.refused(401, "not_authenticated");
    }
    // The older token expired a day and an hour ago, the newer one lives.
    served.pass(SignedDuration::from_hours(2 * 24 + 1));
    served.log_in("ada@example.com", "wrong").await.is(401);
    let now = served.now();
    served.app.store.purge_revocations(now).await.unwrap();
    newer.me().await.refused(401, "not_authenticated");
    served.pass(SignedDuration::from_hours(3 * 24));
    served.log_in("ada@example.com", "wrong").await.is(401);
    let now = served.now();
    let purged = served.app.store.purge_revocations(now).await;
    assert_eq!(purged.unwrap(), 1, "once all have expired");
}

#[tokio::test]
async fn a_sign_up_logs_in_or_leaves_that_to_the_login() {
    let database = Database::fresh(Kind::Mongo).await;
    let mut served = Served::over(database, |settings| {
        settings.guessing.rate_limit_disabled = true;
    })
    .await;
    let mut tokens = Vec::new();
    for nth in 0..MOST {
        served.register(&address(nth)).await.is(201);
        tokens.push(served.mailed_token(&address(nth), 1).await);
    }
    served.stop_sending().await;
    let verify = async |nth: &u32| {
        let link = json!({"token": tokens[*nth as usize], "password": PASSWORD});
        let request = served.request(reqwest::Method::POST, "/verify");
        let request = request.header("x-regstack-session", "wanted");
        served.send(request.json(&link)).await
    };
    // A link that was used is no link any more: the account is there, to be logged in to.
    each_reply_lost(&served, async |nth| nth, verify, &[200, 400]).await;
    for email in [address(0), address(1), address(2)] {
        served.logged_in(&email, PASSWORD).await;
    }
}

/// The question that every request asks costs what it did before there were sessions: the account, and the list.
#[tokio::test]
async fn a_request_costs_two_reads_and_no_write() {
    let served = renewing().await;
    served.account("ada@example.com", |_| ()).await;
    let first = served.logged_in("ada@example.com", PASSWORD).await;
    let renewed = first.post("/session/renew", NULL).await;
    let renewed = served.bearer(renewed.is(200).text("access_token"));
    for mine in [first, renewed] {
        mine.me().await.is(200);
        served.app.store.settled().await;
        served.database().wire().commands();
        for _ in 0..20 {
            mine.me().await.is(200);
        }
        let commands = served.database().wire().commands();
        let read = |name: &str| {
            let of =
                |command: &&mongodb::bson::Document| command.get_str("find").ok() == Some(name);
            commands.iter().filter(of).count()
        };
        assert_eq!(
            (commands.len(), read("users"), read("token_blacklist")),
            (40, 20, 20),
            "{commands:?}"
        );
    }
}
