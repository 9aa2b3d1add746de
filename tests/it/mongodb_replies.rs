//! What a server answers, or does not: one lost reply at each command in turn, refused commands, options of its URL.

mod flows;
mod sessions;

use std::time::{Duration, Instant};

use mongodb::IndexModel;
use mongodb::bson::doc;
use mongodb::options::IndexOptions;
use serde_json::json;

use crate::support::actor::{Actor, Answer, PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::process::Place;
use crate::support::served::Served;

const NEW: &str = "another horse canary";
/// More commands than any operation has.
const MOST: u32 = 40;

/// Loses the reply to each command of an operation in turn. It may fail with 503, soon; asked again it must answer one of
/// these, unless it succeeded at once.
async fn each_reply_lost<Before>(
    served: &Served,
    before: impl AsyncFn(u32) -> Before,
    act: impl AsyncFn(&Before) -> Answer,
    answers: &[u16],
) {
    for nth in 0..MOST {
        let prepared = before(nth).await;
        served.app.store.settled().await;
        served.database().wire().lose_reply_after(nth);
        let started = Instant::now();
        let first = act(&prepared).await;
        served.app.store.settled().await;
        let lost = served.database().wire().lost();
        assert!(
            // To remove a one-time code is to use it.
            first.status.is_success()
                || lost.as_deref() != Some("delete")
                || answers.contains(&400),
            "reply {nth} lost: what was only cleared away is no step: {first:?}"
        );
        if first.status.as_u16() == 503 {
            let again = act(&prepared).await;
            assert!(
                answers.contains(&again.status.as_u16()),
                "reply {nth} lost: {first:?}, then {again:?}"
            );
        } else {
            assert!(first.status.is_success(), "reply {nth} lost: {first:?}");
        }
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "reply {nth} lost: nobody waits for a claim of their own"
        );
        if lost.is_none() {
            assert!(nth > 2, "it asks more than {nth} things");
            return;
        }
    }
    panic!("{MOST} commands are not enough");
}

async fn served() -> Served {
    let database = Database::fresh(Kind::Mongo).await;
    Served::over(database, |settings| {
        settings.guessing.rate_limit_disabled = true;
        settings.features.enable_admin_router = true;
    })
    .await
}

fn address(nth: u32) -> String {
    format!("ada{nth}@example.com")
}

#[tokio::test]
async fn a_login_ends_well_whichever_reply_is_lost() {
    let mut served = served().await;
    served.stop_sending().await;
    let account = async |nth| {
        served.account(&address(nth), |_| ()).await;
        address(nth)
    };
    let log_in = async |email: &String| served.log_in(email, PASSWORD).await;
    each_reply_lost(&served, account, log_in, &[200]).await;
}

#[tokio::test]
async fn a_registration_ends_well_whichever_reply_is_lost() {
    let mut served = served().await;
    served.stop_sending().await;
    each_reply_lost(
        &served,
        async |nth| address(nth),
        async |email: &String| served.register(email).await,
        &[201],
    )
    .await;
}

#[tokio::test]
async fn a_verification_ends_well_whichever_reply_is_lost() {
    let mut served = served().await;
    let mut tokens = Vec::new();
    for nth in 0..MOST {
        served.register(&address(nth)).await.is(201);
        tokens.push(served.mailed_token(&address(nth), 1).await);
    }
    served.stop_sending().await;
    let verify = async |nth: &u32| served.verify(&tokens[*nth as usize]).await;
    each_reply_lost(&served, async |nth| nth, verify, &[200]).await;
    // No account was made twice, and none was lost.
    for email in [address(0), address(1), address(2)] {
        assert!(served.user(&email).await.is_verified);
    }
}

#[tokio::test]
async fn ends_of_sessions_and_accounts_end_well_whichever_reply_is_lost() {
    let mut served = served().await;
    served.stop_sending().await;
    let signed_in = async |nth: u32| {
        served.account(&address(nth), |_| ()).await;
        served.logged_in(&address(nth), PASSWORD).await
    };
    // What was done already refuses the same token, or the same old password.
    each_reply_lost(
        &served,
        signed_in,
        async |ada: &Actor| ada.log_out().await,
        &[200, 401],
    )
    .await;
    let later = async |nth: u32| signed_in(100 + nth).await;
    let delete = async |ada: &Actor| ada.delete_account(PASSWORD).await;
    each_reply_lost(&served, later, delete, &[200, 204, 401]).await;
    let last = async |nth: u32| signed_in(200 + nth).await;
    let change = async |ada: &Actor| ada.change_password(PASSWORD, NEW).await;
    each_reply_lost(&served, last, change, &[200, 401]).await;
}

#[tokio::test]
async fn an_act_under_the_lease_ends_well_whichever_reply_is_lost() {
    let mut served = served().await;
    served.stop_sending().await;
    let admin = served.admin().await;
    let superuser = async |nth: u32| {
        served
            .account(&address(nth), |account| account.is_superuser = true)
            .await;
        served.id_of(&address(nth)).await
    };
    let demote = async |id: &regstack::internals::model::Id| {
        let no_more = json!({"is_superuser": false});
        admin.patch(&format!("/admin/users/{id}"), no_more).await
    };
    each_reply_lost(&served, superuser, demote, &[200]).await;
}

/// An index as somebody else made it.
fn index(name: &str, keys: mongodb::bson::Document, age: Option<Duration>) -> IndexModel {
    let mut options = IndexOptions::default();
    options.name = Some(name.to_owned());
    options.expire_after = age;
    IndexModel::builder().keys(keys).options(options).build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_that_may_not_change_indexes_is_served_and_told() {
    let database = Database::fresh(Kind::Mongo).await;
    let failures = database.collection("login_attempts").await;
    let aged = index("when_ttl", doc! { "when": 1 }, Some(Duration::from_mins(1)));
    failures.create_index(aged).await.unwrap();
    // As the role readWrite has it.
    database.wire().refuse(&[("collMod", 13)]);
    let place = Place::over(&database.wired_url());
    let migrated = place.run(&["db", "migrate"]);
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    assert!(
        migrated
            .stdout
            .contains("the index login_attempts.when_ttl was not changed")
            && migrated.stdout.contains("refused by the test"),
        "{migrated:?}"
    );
    assert_eq!(place.run(&["users", "list"]).code, Some(0));
    let server = place.serve(&[]);
    server.get("//readyz").await.is(200);
    server.register("ada@example.com").await.is(201);
    let log = server.stop();
    assert!(log.contains("login_attempts.when_ttl"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_indexes_are_adopted_under_any_name() {
    let database = Database::fresh(Kind::Mongo).await;
    for (collection, theirs) in [
        (
            "users",
            index("by_age", doc! { "created_at": 1, "_id": 1 }, None),
        ),
        (
            "mfa_codes",
            index("gone", doc! { "expires_at": 1 }, Some(Duration::ZERO)),
        ),
        (
            "login_attempts",
            index("old", doc! { "when": 1 }, Some(Duration::from_mins(1))),
        ),
    ] {
        database
            .collection(collection)
            .await
            .create_index(theirs)
            .await
            .unwrap();
    }
    let place = Place::over(&database.url());
    let migrated = place.run(&["db", "migrate"]);
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    for adopted in ["users.regstack_newest", "mfa_codes.mfa_ttl"] {
        assert!(
            !migrated.stdout.contains(adopted),
            "{adopted}: {migrated:?}"
        );
    }
    assert!(
        migrated
            .stdout
            .contains("changed the TTL of the index login_attempts.when_ttl"),
        "{migrated:?}"
    );
    let status = place.run(&["db", "status"]);
    assert_eq!(status.code, Some(0), "{status:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_index_is_told_as_the_server_answers_and_only_a_unique_one_blocks() {
    let database = Database::fresh(Kind::Mongo).await;
    let place = Place::over(&database.wired_url());
    database.wire().refuse(&[("createIndexes", 115)]);
    let refused = place.run(&["db", "migrate"]);
    refused.refused(
        4,
        &[
            "the database reported an error",
            "refused by the test",
            "115",
        ],
    );
    assert!(!refused.stderr.contains("can't be reached"), "{refused:?}");
    // All unique ones are there: the rest may be refused.
    database.wire().refuse(&[]);
    assert_eq!(place.run(&["db", "migrate"]).code, Some(0));
    let users = database.collection("users").await;
    users.drop_index("regstack_newest").await.unwrap();
    for code in [85, 115, 197] {
        database.wire().refuse(&[("createIndexes", code)]);
        let migrated = place.run(&["db", "migrate"]);
        assert_eq!(migrated.code, Some(0), "{migrated:?}");
        assert!(migrated.stdout.contains(&code.to_string()), "{migrated:?}");
        assert_eq!(place.run(&["users", "list"]).code, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_is_made_although_others_were_in_its_way_at_first() {
    let database = Database::fresh(Kind::Mongo).await;
    let place = Place::over(&database.wired_url());
    assert_eq!(place.run(&["db", "migrate"]).code, Some(0));
    let users = database.collection("users").await;
    for code in [24, 112, 117] {
        users.drop_index("regstack_newest").await.unwrap();
        database.wire().refuse_once("createIndexes", code);
        let migrated = place.run(&["db", "migrate"]);
        assert!(!migrated.stdout.contains("was not changed"), "{migrated:?}");
        let status = place.run(&["db", "status"]);
        assert_eq!(status.code, Some(0), "{status:?}");
    }
}

#[tokio::test]
async fn flags_are_counted_by_the_indexes_made_for_them() {
    let served = served().await;
    let admin = served.admin().await;
    served.database().wire().commands();
    admin.get("/admin/stats").await.is(200);
    let commands = served.database().wire().commands();
    let counts = commands
        .iter()
        .filter(|command| command.get_str("aggregate").ok() == Some("users"));
    let mut hints: Vec<String> = counts
        .filter_map(|command| command.get("hint"))
        .map(ToString::to_string)
        .collect();
    hints.sort();
    assert_eq!(hints.len(), 4, "{commands:?}");
}

#[test]
fn options_of_the_url_that_cannot_be_used_are_told_plainly() {
    for (option, words) in [
        ("w=0", "w=0 doesn't confirm writes"),
        (
            "tls=true&tlsCAFile=/no/such/file",
            "tlsCAFile /no/such/file can't be read",
        ),
        ("socketTimeoutMS=500", "remove the option socketTimeoutMS"),
        ("compressors=zstd", "remove the option compressors"),
    ] {
        let url =
            format!("mongodb://a:b@127.0.0.1:1/accounts?serverSelectionTimeoutMS=100&{option}");
        let refused = Place::over(&url).run(&["users", "list"]);
        refused.refused(3, &["the MongoDB URL can't be used", words]);
        assert!(
            !refused.stderr.contains("can't be reached") && !refused.stderr.contains('…'),
            "{refused:?}"
        );
    }
}
