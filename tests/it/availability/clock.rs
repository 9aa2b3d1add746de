//! The machine's clock is set forward and back while servers run: libfaketime stands in for the machine.

use std::process::Command;

use tokio::net::TcpListener;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::{Place, Ran, Server};
use crate::support::served::{eventually, token_in};
use crate::support::smtp_sink::{SmtpSink, decoded};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

/// A place whose clock can be set.
struct Clock(Place);

impl Clock {
    fn at(place: Place, offset: &str) -> Self {
        let clock = Self(place);
        clock.set(offset);
        clock
    }

    /// So far from the real time: `+20h`, `-3h`.
    fn set(&self, offset: &str) {
        self.0.write("time.new", &format!("{offset}\n"));
        std::fs::rename(self.0.path("time.new"), self.0.path("time")).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let library = std::fs::read_dir("/usr/lib")
            .unwrap()
            .map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"))
            .find(|library| library.exists())
            .expect("the package libfaketime");
        let mut command = self.0.command(arguments);
        command
            .env("LD_PRELOAD", library)
            .env("FAKETIME_TIMESTAMP_FILE", self.0.path("time"))
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command
    }

    fn serve(&self) -> Server {
        Server::start(self.command(&["serve", "--json", "--create"]))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs libfaketime: tests/run --full"]
async fn a_clock_that_jumps_forward_and_back_revives_nothing_and_locks_nobody_out() {
    let place = Place::configured().with_account(ADA).with_account(BOB);
    let clock = Clock::at(place, "+0");
    let server = clock.serve();
    let (ada, gone) = (server.signed_in(ADA).await, server.signed_in(ADA).await);
    gone.log_out().await.is(200);
    server.lock_out(BOB).await;
    server.log_in(BOB, PASSWORD).await.refused(429, "locked");

    clock.set("+20h");
    ada.me().await.is(401);
    gone.me().await.is(401);
    server.get("//readyz").await.is(200);
    let late = server.signed_in(ADA).await;
    let purged = Ran::end_of(clock.command(&["db", "purge"]));
    assert_eq!(purged.code, Some(0), "{purged:?}");

    // What ended stays ended, and what holds goes on.
    clock.set("+0");
    ada.me().await.is(200);
    gone.me().await.is(401);
    server.log_in(BOB, PASSWORD).await.refused(429, "locked");
    late.me().await.is(200);
    server.get("//readyz").await.is(200);

    clock.set("-3h");
    ada.me().await.is(200);
    gone.me().await.is(401);
    server.signed_in(ADA).await.me().await.is(200);
    // Nobody waits longer than the window.
    let locked = server.log_in(BOB, PASSWORD).await;
    let wait = locked.refused(429, "locked").header("retry-after").unwrap();
    assert!(wait.parse::<u32>().unwrap() <= 900, "{wait}");
    clock.set("-2h");
    server.log_in(BOB, PASSWORD).await.is(200);
    let said = server.stop();
    assert!(!said.contains("panicked"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs libfaketime: tests/run --full"]
async fn mail_that_was_dead_for_a_day_leaves_with_links_that_work() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let place = Place::configured();
    place.mails_to(port);
    let clock = Clock::at(place, "+0");
    let server = clock.serve();
    for number in 0..3 {
        let email = format!("user{number}@example.com");
        server.register(&email).await.is(201);
    }
    server.says("message delivery failed; will be retried");
    server.stop();

    clock.set("+23h");
    let sink = SmtpSink::on(TcpListener::bind(("127.0.0.1", port)).await.unwrap());
    let server = clock.serve();
    eventually(|| sink.mails().len() == 3).await;
    for mail in sink.mails() {
        server.verify(&token_in(&decoded(&mail))).await.is(200);
    }
    server.stop();
}
