//! The libraries and the keys: the same token for all, and the keys read no more often than need be.

use std::time::{Duration, Instant};

use regstack::internals::config::JwtAlgorithm;
use serde_json::json;

use super::{part, served, status_for, token_at, with_header};
use crate::support::database::Kind;
use crate::support::example::{Example, With};

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

/// All wait at the same time: half a minute is what each of them leaves between two readings.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_key_is_looked_up_but_not_again_and_again() {
    let (served, front) = served(Kind::Sqlite, |settings| {
        settings.tokens.jwt_algorithm = JwtAlgorithm::EdDsa;
    })
    .await;
    let ada = served.signed_in(ADA).await;
    let examples = With::ALL.map(|with| (with, Example::start(with, &front.origin, &[])));
    let forged = |number: usize| {
        let header = json!({"alg": "EdDSA", "kid": format!("unknown-{number}")});
        with_header(ada.token(), &header)
    };
    let mut reads = 0;
    for (with, example) in &examples {
        assert_eq!(status_for(example, ada.token()).await, 200, "{with:?}");
        for number in 0..20 {
            assert_eq!(status_for(example, &forged(number)).await, 401, "{with:?}");
        }
        reads += 1;
        assert_eq!(front.key_reads(), reads, "{with:?}");
    }
    let read = Instant::now();

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
        for number in 0..20 {
            assert_eq!(status_for(example, &forged(number)).await, 401, "{with:?}");
        }
        assert_eq!(front.key_reads(), reads, "{with:?}");
        assert_eq!(status_for(example, ada.token()).await, 200, "{with:?}");
    }
}
