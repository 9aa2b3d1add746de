//! A quarter of an hour of everyday work: nothing grows.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::{Place, Server};
use crate::support::served::{at_once, eventually};
use crate::support::smtp_sink::SmtpSink;

/// `REGSTACK_TEST_SOAK_SECONDS`, or a quarter of an hour.
fn length() -> Duration {
    let seconds = std::env::var("REGSTACK_TEST_SOAK_SECONDS");
    Duration::from_secs(seconds.map_or(900, |seconds| seconds.parse().unwrap()))
}

/// Memory in KiB, and open descriptors.
fn uses(server: &Server) -> (u64, usize) {
    let folder = format!("/proc/{}", server.process());
    let status = fs::read_to_string(format!("{folder}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.unwrap().trim().strip_suffix(" kB").unwrap();
    (
        kib.parse().unwrap(),
        fs::read_dir(format!("{folder}/fd")).unwrap().count(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a quarter of an hour: tests/run --full"]
async fn memory_descriptors_and_outbox_stay_flat() {
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let place = Place::configured().with_account("ada@example.com");
    place.mails_to(sink.port());
    let server = place.serve(&[]);
    let (started, end) = (Instant::now(), Instant::now() + length());
    let work = at_once(8, |client| {
        let server = &server;
        async move {
            let mut number = 0;
            while Instant::now() < end {
                number += 1;
                let ada = server.signed_in("ada@example.com").await;
                ada.me().await.is(200);
                let name = json!({"full_name": format!("Ada {number}")});
                ada.patch("/me", name).await.is(200);
                server
                    .log_in(&format!("nobody{client}-{number}@example.com"), PASSWORD)
                    .await
                    .is(401);
                server
                    .register(&format!("user{client}-{number}@example.com"))
                    .await
                    .is(201);
                ada.log_out().await.is(200);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            number
        }
    });
    let watch = async {
        // After a quarter of the time, all that is kept at hand is there.
        tokio::time::sleep(length() / 4).await;
        let first = uses(&server);
        let mut last = first;
        while Instant::now() + length() / 20 < end {
            tokio::time::sleep(length() / 20).await;
            last = uses(&server);
        }
        (first, last)
    };
    let (rounds, ((memory, files), (memory_after, files_after))) = tokio::join!(work, watch);
    let told = format!(
        "{} rounds in {:?}; {memory} KiB became {memory_after}, {files} descriptors {files_after}",
        rounds.iter().sum::<u32>(),
        started.elapsed()
    );
    assert!(memory_after < memory + memory / 4 + 8192, "{told}");
    assert!(files_after <= files + 16, "{told}");
    eventually(|| {
        place.json(&["outbox", "list"])["items"]
            .as_array()
            .unwrap()
            .is_empty()
    })
    .await;
    server.stop();
}
