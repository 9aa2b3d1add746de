//! Thousands of connections that want nothing, and requests that nobody sane sends: others are served, and memory stays.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::actor::{PASSWORD, Requests as _, with_status};
use crate::support::client;
use crate::support::exposition::Exposition;
use crate::support::process::{Place, Server};
use crate::support::served::{Served, at_once};

const ADA: &str = "ada@example.com";

/// The memory that a process has, in MiB.
fn memory(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kib.parse::<u64>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_idle_and_a_thousand_slow_connections_keep_nobody_out() {
    let place = Place::configured().with_account(ADA);
    let server = place.serve(&[]);
    let ada = server.signed_in(ADA).await;
    let address = server.url("").trim_start_matches("http://").to_owned();
    let before = memory(&server);
    let mut most = before;
    for round in 0..2 {
        let (mut idle, mut slow) = (Vec::new(), Vec::new());
        for _ in 0..1000 {
            idle.push(TcpStream::connect(&address).await.unwrap());
            let mut one = TcpStream::connect(&address).await.unwrap();
            let begun = one.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ");
            begun.await.unwrap();
            slow.push(one);
        }
        for _ in 0..5 {
            for one in &mut slow {
                // Some have been shown the door by now.
                let _ = one.write_all(b"x").await;
            }
            let started = Instant::now();
            ada.me().await.is(200);
            server.log_in(ADA, PASSWORD).await.is(200);
            // As people do who come anew, not over a connection that is there already.
            let fresh = client::client().get(server.url("/healthz")).send().await;
            assert_eq!(fresh.unwrap().status(), 200);
            let took = started.elapsed();
            assert!(took < Duration::from_secs(15), "{took:?}");
        }
        let now = memory(&server);
        assert!(now < before + 100, "{before} MiB became {now}");
        assert!(round == 0 || now < most + 20, "{most} MiB became {now}");
        most = most.max(now);
    }
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_nobody_sane_sends_are_refused_and_leave_nothing_behind() {
    let place = Place::configured().with_account(ADA);
    let server = place.serve(&[]);
    let ada = server.signed_in(ADA).await;
    let before = memory(&server);
    let mut many_fields = "{".to_owned();
    for number in 0..100_000 {
        let _ = write!(many_fields, "\"f{number}\":1,");
    }
    let bodies: [(&str, Vec<u8>); 7] = [
        ("ten megabytes", vec![b' '; 10 << 20]),
        ("deep lists", vec![b'['; 50_000]),
        ("deep objects", b"{\"a\":".repeat(10_000)),
        (
            "invalid UTF-8",
            b"{\"email\":\"\xff\xfe\xc0\x80\",\"password\":\"\xed\xa0\x80\"}".to_vec(),
        ),
        ("many fields", many_fields.into_bytes()),
        (
            "a long number",
            [b"{\"email\":", &b"9".repeat(50_000)[..], b"}"].concat(),
        ),
        ("nothing", Vec::new()),
    ];
    for (what, body) in &bodies {
        let answers = at_once(16, |_| {
            let request = server.request(Method::POST, "/login");
            let request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
            async move { request.send().await.map(|answer| answer.status().as_u16()) }
        });
        for answer in answers.await {
            // Or closed, while it was still being sent.
            let is_refused = answer
                .as_ref()
                .map_or(true, |status| (400..500).contains(status));
            assert!(is_refused, "{what}: {answer:?}");
        }
        ada.me().await.is(200);
    }
    let now = memory(&server);
    assert!(now < before + 60, "{before} MiB became {now}");
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_logins_at_once_each_is_answered_or_put_off_and_none_times_out() {
    let served = Served::with(|settings| {
        settings.password.memory_kib = 8192;
        settings.password.iterations = 2;
        settings.password.max_concurrent_hashes = 1;
        settings.password.max_waiting_hashes = 32;
    })
    .await;
    let ada = served.signed_in(ADA).await;
    let logins = at_once(200, |number| {
        let served = &served;
        async move {
            let started = Instant::now();
            let email = format!("nobody{number}@example.com");
            let answer = served.log_in(&email, PASSWORD).await;
            (answer, started.elapsed())
        }
    });
    let others = async {
        let mut longest = Duration::ZERO;
        for _ in 0..20 {
            let started = Instant::now();
            ada.me().await.is(200);
            longest = longest.max(started.elapsed());
        }
        longest
    };
    let (logins, others) = tokio::join!(logins, others);
    let (answers, times): (Vec<_>, Vec<_>) = logins.into_iter().unzip();
    let (wrong, put_off) = (with_status(&answers, 401), with_status(&answers, 503));
    assert_eq!(wrong + put_off, 200);
    assert!(
        wrong > 20 && put_off > 20,
        "{wrong} computed, {put_off} put off"
    );
    for answer in answers.iter().filter(|answer| answer.status == 503) {
        answer.refused(503, "overloaded");
        let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds));
    }
    let longest = times.iter().max().unwrap();
    assert!(*longest < Duration::from_secs(10), "{longest:?}");
    assert!(others < Duration::from_secs(5), "{others:?}");
    let metrics = Exposition::of(&served.app.metrics().await);
    let shed = metrics.count("regstack_password_hashes_shed_total", &[]);
    assert_eq!(shed, put_off as u64);
    let told = [("method", "password"), ("outcome", "overloaded")];
    assert_eq!(
        metrics.count("regstack_logins_total", &told),
        put_off as u64
    );
}
