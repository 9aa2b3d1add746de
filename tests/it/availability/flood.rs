//! Floods: of logins from one address, and where memory or file descriptors run out.

use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::actor::{Answer, PASSWORD, Requests};
use crate::support::process::{Place, Server};
use crate::support::served::{Served, at_once};

/// Logs in through a proxy, from this address.
async fn log_in(server: &impl Requests, client: &str, email: &str, password: &str) -> Answer {
    let request = server.request(Method::POST, "/login");
    let request = request.header("x-forwarded-for", client);
    let credentials = json!({"email": email, "password": password});
    server.send(request.json(&credentials)).await
}

/// What a client is answered that the server has no room for.
#[track_caller]
fn is_put_off(answer: &Answer) {
    answer.refused(503, "overloaded");
    let seconds = answer.header("retry-after").unwrap();
    assert!((1..=60).contains(&seconds.parse::<u32>().unwrap()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_logins_from_one_address_keeps_nobody_else_out() {
    let served = Served::with(|settings| {
        settings.identity.behind_proxy = true;
        settings.guessing.limits.login = None;
        settings.password.memory_kib = 8192;
        settings.password.iterations = 4;
        settings.password.max_concurrent_hashes = 1;
        settings.password.max_waiting_hashes = 16;
    })
    .await;
    served.account("ada@example.com", |_| ()).await;
    let alone = Instant::now();
    log_in(&served, "198.51.100.1", "ada@example.com", PASSWORD)
        .await
        .is(200);
    let alone = alone.elapsed();
    let end = Instant::now() + Duration::from_secs(4);
    let flood = at_once(64, |number| {
        let served = &served;
        async move {
            let (mut wrong, mut put_off, mut longest) = (0, 0, Duration::ZERO);
            // Each has a network and accounts to try; most are of one.
            let client = if number < 56 {
                "203.0.113.9".to_owned()
            } else {
                format!("2001:db8:{number}::1")
            };
            let mut tried = 0;
            while Instant::now() < end {
                tried += 1;
                let email = format!("nobody{number}-{tried}@example.com");
                let started = Instant::now();
                let answer = log_in(served, &client, &email, "wrong password").await;
                longest = longest.max(started.elapsed());
                if answer.status == 401 {
                    wrong += 1;
                } else {
                    is_put_off(&answer);
                    put_off += 1;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
            (wrong, put_off, longest)
        }
    });
    let honest = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut times = Vec::new();
        while Instant::now() + Duration::from_millis(500) < end {
            let started = Instant::now();
            log_in(&served, "198.51.100.1", "ada@example.com", PASSWORD)
                .await
                .is(200);
            times.push(started.elapsed());
        }
        times
    };
    let (flood, mut times) = tokio::join!(flood, honest);
    times.sort();
    let sum = |count: fn(&(u32, u32, Duration)) -> u32| flood.iter().map(count).sum::<u32>();
    let (wrong, put_off) = (sum(|one| one.0), sum(|one| one.1));
    let longest = flood.iter().map(|one| one.2).max().unwrap();
    let figures = format!(
        "alone {alone:?}; {} right logins, the slowest {:?}; flood: {wrong} computed, {put_off} put off, the slowest {longest:?}",
        times.len(),
        times.last()
    );
    assert!(times.len() >= 3 && wrong > 0 && put_off > 0, "{figures}");
    assert!(
        times
            .last()
            .is_some_and(|time| *time < Duration::from_secs(2)),
        "{figures}"
    );
    // An answer, never a time-out of a client; how fast is for the benches.
    assert!(longest < Duration::from_secs(10), "{figures}");
}

/// Gives a running process so much of something, and no more: its soft limit, which may be raised again.
fn limit(server: &Server, what: &str, amount: &str) {
    let pid = server.process().to_string();
    let limited = Command::new("prlimit")
        .args(["--pid", &pid, &format!("--{what}={amount}:")])
        .status();
    assert!(limited.unwrap().success());
}

/// The address space of a process, in bytes.
fn address_space(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let kib = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kib.parse::<u64>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_memory_for_a_hash_logins_are_put_off_and_all_else_goes_on() {
    let place = Place::configured();
    place.set("require_verification = false");
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    let large = toml.replace("memory_kib = 64", "memory_kib = 131072");
    place.write("regstack.toml", &large);
    let mut command = place.command(&["serve", "--json", "--create"]);
    // The allocator asks the system for each hash then, instead of reserving a gigabyte of addresses for all of them.
    command.env("MIMALLOC_ARENA_RESERVE", "1024");
    let server = Server::start(command);
    // All its threads are there, then.
    server.get("//readyz").await.is(200);
    // Half of what a hash takes.
    limit(
        &server,
        "as",
        &(address_space(&server) + (64 << 20)).to_string(),
    );
    let answers = at_once(16, |number| {
        let server = &server;
        async move {
            let email = format!("nobody{number}@example.com");
            server.log_in(&email, PASSWORD).await
        }
    })
    .await;
    for answer in &answers {
        is_put_off(answer);
    }
    server.get("//healthz").await.is(200);
    server.get("//readyz").await.is(200);
    limit(&server, "as", "unlimited");
    server.register("ada@example.com").await.is(201);
    server.log_in("ada@example.com", PASSWORD).await.is(200);
    server.stop();
}

/// The resident memory of a process, in MiB.
fn resident(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kib.parse::<u64>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_logins_stays_below_the_ceiling_that_is_said_at_the_start() {
    const HASHES: u64 = 2;
    let place = Place::configured();
    place.set("max_connections = 100\nrate_limit_disabled = true");
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    let large = toml.replace(
        "memory_kib = 64",
        &format!("memory_kib = 19456\nmax_concurrent_hashes = {HASHES}"),
    );
    place.write("regstack.toml", &large);
    let server = place.serve(&[]);
    let said = server.says("memory: at most");
    let (_, most) = said.split_once("at most ").unwrap();
    let most: u64 = most.split(' ').next().unwrap().parse().unwrap();
    let before = resident(&server);
    let end = Instant::now() + Duration::from_secs(2);
    let seen = at_once(16, |number| {
        let server = &server;
        async move {
            let (mut highest, mut tried) = (0, 0);
            while Instant::now() < end {
                tried += 1;
                let email = format!("nobody{number}-{tried}@example.com");
                server.log_in(&email, PASSWORD).await;
                highest = highest.max(resident(server));
            }
            highest
        }
    })
    .await;
    let highest = seen.into_iter().max().unwrap();
    assert!(highest <= most, "{highest} MiB of at most {most}");
    let hashes = HASHES * 19;
    assert!(highest >= before + hashes / 2, "{before}, then {highest}");
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_file_descriptors_run_out_idle_connections_give_way() {
    let place = Place::configured();
    let server = place.serve(&[]);
    server.get("//readyz").await.is(200);
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.process()));
    let most = open.unwrap().count() + 4;
    limit(&server, "nofile", &most.to_string());
    let address = server.url("").trim_start_matches("http://").to_owned();
    let crowd: Vec<_> = (0..20)
        .map(|_| std::net::TcpStream::connect(&address).unwrap())
        .collect();
    server.says("accepting connections failed");
    // While they are held: whoever comes anew is served all the same. A client of ours would use a connection that it has.
    let asked = tokio::time::timeout(Duration::from_secs(8), async {
        let mut late = tokio::net::TcpStream::connect(&address).await.unwrap();
        let request =
            format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        late.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        late.read_to_string(&mut answer).await.unwrap();
        answer
    });
    let answer = asked
        .await
        .expect("an answer before idle connections end by themselves");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    drop(crowd);
    server.get("//readyz").await.is(200);
    server.stop();
}
