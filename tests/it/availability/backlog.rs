//! Many messages that wait for somebody who doesn't answer: everybody else's leave, and nothing grows.

use std::fs;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::{Place, Server};
use crate::support::served::eventually;
use crate::support::smtp_sink::SmtpSink;

const ADA: &str = "ada@example.com";

/// A port where nobody listens.
async fn dead_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

/// Memory of its own in KiB: pages of files are not.
fn memory(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    line.unwrap()
        .trim()
        .strip_suffix(" kB")
        .unwrap()
        .parse()
        .unwrap()
}

/// Processor time in milliseconds.
fn processor(server: &Server) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", server.process())).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks = fields.split(' ').skip(11).take(2);
    ticks
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .sum::<u64>()
        * 10
}

/// Puts so many messages that nobody takes into the outbox, due since a while.
fn fill(place: &Place, count: u32, kind: &str, recipient: &str) {
    let raw = place.raw();
    raw.execute_batch("pragma synchronous = off").unwrap();
    raw.execute(
        "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?1),
             start (at) as (select unixepoch() * 1000)
         insert into outbox (id, kind, recipient, dies_with_change, payload, created_at, not_before, expires_at, attempts)
         select lower(hex(randomblob(12))), ?2, ?3, 0, randomblob(600), at - 60000, at - 60000, at + 86400000, 0
         from numbers, start",
        (count, kind, recipient),
    )
    .unwrap();
}

/// Waits for one mail to somebody new after another. Returns how long the slowest took.
async fn slowest_mail(server: &Server, sink: &SmtpSink, mails: usize) -> Duration {
    let mut slowest = Duration::ZERO;
    for _ in 0..mails {
        let (asked, before) = (Instant::now(), sink.mails().len());
        let email = format!("n{before}@example.com");
        server.register(&email).await.is(201);
        eventually(|| sink.mails().len() > before).await;
        slowest = slowest.max(asked.elapsed());
    }
    slowest
}

#[allow(clippy::print_stdout, reason = "the figures are what it is run for")]
async fn harms_nobody(count: u32) {
    for kind in ["webhook", "sms"] {
        let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let place = Place::configured().with_account(ADA);
        let dead = format!("http://127.0.0.1:{}/hooks", dead_port().await);
        place.append(
            "regstack.toml",
            &format!("[[webhooks]]\nurl = \"{dead}\"\nevents = [\"account_erased\"]\nsecret_env = \"HOOK\"\n"),
        );
        let hook = format!("HOOK={}\n", crate::support::receiver::SECRET);
        place.append("regstack.secrets.env", &hook);
        place.mails_to(sink.port());
        let server = place.serve(&[]);
        let ada = server.signed_in(ADA).await;
        let few = slowest_mail(&server, &sink, 5).await;
        let before = memory(&server);
        let recipient = if kind == "sms" { "+15550100" } else { &dead };
        fill(&place, count, kind, recipient);
        let many = slowest_mail(&server, &sink, 5).await;
        let started = Instant::now();
        ada.me().await.is(200);
        server.log_in(ADA, PASSWORD).await.is(200);
        let answered = started.elapsed();
        let (after, worked) = (memory(&server), processor(&server));
        tokio::time::sleep(Duration::from_secs(2)).await;
        let idle = processor(&server) - worked;
        let told = format!(
            "{count} of {kind}: a mail took {few:?}, then {many:?}; two answers {answered:?}; \
             {before} KiB became {after}; {idle} ms of processor time in two seconds"
        );
        println!("{told}");
        assert!(many < few * 2 + Duration::from_secs(1), "{told}");
        assert!(answered < Duration::from_secs(2), "{told}");
        assert!(after < before + 64 * 1024, "{told}");
        assert!(idle < 1000, "{told}");
        server.stop();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_dead_receiver_harms_nobody() {
    harms_nobody(20_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: tests/run --full"]
async fn a_million_messages_for_a_dead_receiver_harm_nobody() {
    harms_nobody(1_000_000).await;
}
