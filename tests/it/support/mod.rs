//! What the integration tests have in common.

pub(crate) mod actor;
pub(crate) mod authenticator;
pub(crate) mod browser;
pub(crate) mod client;
pub(crate) mod database;
pub(crate) mod example;
pub(crate) mod exposition;
pub(crate) mod fake_provider;
pub(crate) mod flood;
pub(crate) mod front;
pub(crate) mod insight;
pub(crate) mod name_server;
pub(crate) mod oidc_peer;
pub(crate) mod operator;
pub(crate) mod passkey;
pub(crate) mod peer;
pub(crate) mod phone;
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod pseudo;
pub(crate) mod receiver;
pub(crate) mod served;
pub(crate) mod smtp_sink;
pub(crate) mod stand_in;

/// Makes a test of each on each engine, of functions that are told the engine.
macro_rules! on_both_engines {
    ($($test:ident)+) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::support::database::Kind::Sqlite).await;
            })+
        }
        mod on_mongodb {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::support::database::Kind::Mongo).await;
            })+
        }
    };
}

pub(crate) use on_both_engines;
