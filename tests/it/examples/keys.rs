//! The libraries and the keys: the same token for all, and the keys read no more often than need be.

use std::time::{Duration, Instant};

use regstack::internals::config::JwtAlgorithm;
use serde_json::json;

use super::{part, served, status_for, token_at, with_header};
use crate::support::actor::Actor;
use crate::support::database::Kind;
use crate::support::example::{Example, With};
use crate::support::front::Front;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";

/// `PyJWT`, jose, Go's standard library and jsonwebtoken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_library_verifies_the_same_token() {
    for algorithm in [JwtAlgorithm::EdDsa, JwtAlgorithm::Es256] {
        let (served, front) = served(Kind::of_this_run(), |settings| {
            settings.tokens.jwt_algorithm = algorithm;
        })
        .await;
        let ada = served.signed_in(ADA).await;
        assert_eq!(part(ada.token(), 0)["alg"], algorithm.as_str());
        for with in With::ALL {
            let example = Example::start(with, &front.origin, &[]);
            let status = status_for(&example, ada.token()).await;
            assert_eq!(status, 200, "{with:?}, {}", algorithm.as_str());
        }
        assert_eq!(front.key_reads(), With::ALL.len());
    }
}

/// An installation that signs with keys, a session, and an example of each kind that has read the keys once and was then
/// shown twenty tokens of keys that nobody knows.
async fn with_forgeries() -> (Served, Front, Actor, Vec<(With, Example)>) {
    let (served, front) = served(Kind::Sqlite, |settings| {
        settings.tokens.jwt_algorithm = JwtAlgorithm::EdDsa;
    })
    .await;
    let ada = served.signed_in(ADA).await;
    let mut examples = Vec::new();
    for (read_before, with) in With::ALL.into_iter().enumerate() {
        let example = Example::start(with, &front.origin, &[]);
        assert_eq!(status_for(&example, ada.token()).await, 200, "{with:?}");
        are_refused(&example, with, &ada).await;
        assert_eq!(front.key_reads(), read_before + 1, "{with:?}");
        examples.push((with, example));
    }
    (served, front, ada, examples)
}

/// Twenty tokens, each of another key that nobody knows.
async fn are_refused(example: &Example, with: With, ada: &Actor) {
    for number in 0..20 {
        let header = json!({"alg": "EdDSA", "kid": format!("unknown-{number}")});
        let forged = with_header(ada.token(), &header);
        assert_eq!(status_for(example, &forged).await, 401, "{with:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_key_is_not_looked_up_again_and_again() {
    with_forgeries().await;
}

/// All wait at the same time: half a minute is what each of the libraries leaves between two readings, by its own clock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "waits for half a minute: tests/run --full"]
async fn a_new_key_is_looked_up_after_forgeries_too() {
    let (served, front, ada, examples) = with_forgeries().await;
    let (read, mut reads) = (Instant::now(), front.key_reads());

    // A key that signs at once, as after a theft: others read of it a little later.
    let origin = regstack::internals::model::Origin::server();
    let rotated = served.app.accounts.rotate_signing_key(true, &origin).await;
    assert!(rotated.unwrap().is_some());
    let token = token_at(&served, ADA).await;
    assert_ne!(part(&token, 0)["kid"], part(ada.token(), 0)["kid"]);
    tokio::time::sleep(Duration::from_secs(31).saturating_sub(read.elapsed())).await;
    for (with, example) in &examples {
        assert_eq!(status_for(example, &token).await, 200, "{with:?}");
        reads += 1;
        are_refused(example, *with, &ada).await;
        assert_eq!(front.key_reads(), reads, "{with:?}");
        assert_eq!(status_for(example, ada.token()).await, 200, "{with:?}");
    }
}
